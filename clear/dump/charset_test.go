package dump

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path"
	"strings"
	"testing"

	"constat.example/internal/datatest"
)

// unpacked reads the files of a .tar.gz.
func unpacked(t testing.TB, archive string) map[string][]byte {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDetectCharset(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		text string
		want charset
		none bool
	}{
		{name: "ASCII", text: "a;b\n1;2\n", want: utf8Text},
		{name: "noise", text: "\x07\x93\x02\xfe\x00\x11\x18\x03\x9c\xe1\x15\x06\x0e", none: true},
		{name: "UTF-8", text: "nom;ville\nHélène;Orléans\n", want: utf8Text},
		{name: "UTF-8 mark", text: "\xef\xbb\xbfa;b\n", want: utf8Text},
		{name: "UTF-8 with one odd row", text: strings.Repeat("Hélène;Orléans\n", 9) + "H\xe9l\xe8ne\n", want: utf8Text},
		{name: "Windows-1252", text: "nom;ville\nH\xe9l\xe8ne;Orl\xe9ans\nL\x92Ha\xff;12 \x80\n", want: windows1252},
		{name: "capitals", text: "NOM;VILLE\nH\xc9L\xc8NE;ORL\xc9ANS\n", want: windows1252},
		{name: "ISO 8859-15", text: "s\xbdur;c\xbdur;12 \xa4;\xe9t\xe9\n", want: latin9},
		{name: "Mac Roman", text: "nom;ville\rH\x8el\x8fne;Orl\x8eans;fran\x8dais\r", want: macRoman},
		{name: "CP850", text: "nom;ville\nH\x82l\x8ane;Orl\x82ans;fran\x87ais\n", want: cp850},
		{name: "UTF-16 LE without mark", text: "a\x00;\x00b\x00\n\x00", want: utf16LE},
		{name: "UTF-16 BE without mark", text: "\x00a\x00;\x00b\x00\n", want: utf16BE},
		{name: "UTF-16 LE", text: "\xff\xfea\x00\n\x00", want: utf16LE},
		{name: "UTF-32 BE", text: "\x00\x00\xfe\xff\x00\x00\x00a", want: utf32BE},
		{name: "UTF-32 LE without mark", text: "a\x00\x00\x00;\x00\x00\x00", want: utf32LE},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, ok := detect([]byte(c.text), nil)
			if ok == c.none || ok && got != c.want {
				t.Errorf("got %v %t, want %v", got, ok, c.want)
			}
		})
	}
}

// TestUchardet holds the detection against the texts of uchardet's own tests,
// of the charsets that are told apart here.
func TestUchardet(t *testing.T) {
	t.Parallel()
	names := map[string]charset{
		"ascii": utf8Text, "utf-8": utf8Text, "utf-16le": utf16LE, "utf-16be": utf16BE, "utf-16": utf16LE, "utf-32": utf32LE,
		"iso-8859-1": windows1252, "windows-1252": windows1252, "iso-8859-15": latin9,
	}
	right, all := 0, 0
	for name, text := range unpacked(t, datatest.Path(t, "encodings-uchardet/uchardet-test.tar.gz")) {
		base := path.Base(name)
		want, known := names[strings.TrimSuffix(base, path.Ext(base))]
		if strings.HasSuffix(base, ".be") {
			want++
		}
		if !known {
			continue
		}
		all++
		got, ok := detect(text, nil)
		// Where no byte tells ISO 8859-15 from Windows-1252 both are right.
		same := ok && !got.isUTF8() && bytes.Equal(got.appendUTF8(nil, text), want.orWestern().appendUTF8(nil, text))
		if ok && got == want || !want.isUTF8() && same {
			right++
		} else {
			t.Logf("%s: got %v", name, got)
		}
	}
	t.Logf("%d of %d texts", right, all)
	if right*100 < all*95 {
		t.Errorf("%d of %d texts, want 95 %%", right, all)
	}
}

func (c charset) orWestern() charset {
	if c.isUTF8() {
		return windows1252
	}
	return c
}
