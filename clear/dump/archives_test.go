package dump

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/datatest"
	"constat.example/internal/failure"
)

// unpackedMember is what became of a member, at any depth.
type unpackedMember struct {
	name string
	size int64
	sum  uint32
	why  string // why it is not read, or ends too soon
}

func (m unpackedMember) String() string {
	if m.why != "" {
		return fmt.Sprintf("%s: %d bytes, then %s", m.name, m.size, m.why)
	}
	return fmt.Sprintf("%s: %d bytes, %08x", m.name, m.size, m.sum)
}

// unpackAll unpacks files that lie side by side, by name and content in turn,
// down to what is no container.
func unpackAll(t testing.TB, passwords []string, files ...string) (all []unpackedMember) {
	t.Helper()
	d := &Dump{options: Options{}.withDefaults(), chunk: chunkSize}
	for _, p := range passwords {
		d.options.Passwords = append(d.options.Passwords, []byte(p))
	}
	var blobs []*blob
	for i := 0; i < len(files); i += 2 {
		in := &input{Source: Source{Name: files[i], Size: int64(len(files[i+1])), At: strings.NewReader(files[i+1])}}
		blobs = append(blobs, &blob{input: len(d.inputs), packed: in.Size, size: in.Size, open: in.open, at: in})
		d.inputs = append(d.inputs, in)
		d.Inputs = append(d.Inputs, Input{Name: in.Name, Bytes: in.Size})
	}
	d.spooled = make([]int64, len(d.inputs))
	t.Cleanup(func() { _ = d.Close() })
	e := &explorer{Dump: d}
	var enter func(b *blob, depth int)
	enter = func(b *blob, depth int) {
		f := &entry{name: d.nameOf(b), dump: d, blob: b}
		head, err := b.start()
		if err != nil {
			t.Fatal(err)
		}
		how := b.in
		for _, c := range containers {
			if how == nil && c.magic(head) && depth < DefaultDepth {
				how = c
			}
		}
		if how == nil {
			all = append(all, readAll(t, b, f.name))
			return
		}
		inner, refused, err := how.unpack(context.Background(), f)
		if err != nil {
			if _, ok := errors.AsType[*broken](err); !ok && failure.CodeOf(err) != failure.BadInput {
				t.Fatalf("%s: %v", f.name, err)
			}
			m := unpackedMember{name: f.name, why: err.Error()}
			if how == (selfExtracting{}) {
				m = readAll(t, b, f.name) // a program and nothing else
			}
			all = append(all, m)
			return
		}
		for _, r := range refused {
			all = append(all, unpackedMember{name: strings.Trim(f.name+"/"+r.name, "/"), why: r.why.String()})
		}
		for _, in := range inner {
			in.input, in.name = b.input, joined(b.name, clean(in.name))
		}
		if inner, err = e.gather(context.Background(), inner); err != nil {
			t.Fatal(err)
		}
		for _, in := range inner {
			enter(in, depth+1)
		}
	}
	blobs, err := e.gather(context.Background(), blobs)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blobs {
		enter(b, 0)
	}
	for _, r := range e.refused {
		all = append(all, unpackedMember{name: r.name, why: r.why.String()})
	}
	return all
}

func readAll(t testing.TB, b *blob, name string) unpackedMember {
	t.Helper()
	in, err := b.open()
	if err != nil {
		t.Fatal(err)
	}
	sum := crc32.NewIEEE()
	n, err := io.Copy(sum, in)
	m := unpackedMember{name: name, size: n, sum: sum.Sum32()}
	if end, ok := errors.AsType[*broken](err); ok {
		m.why = end.why.String()
	} else if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if b.size >= 0 && m.why == "" && b.size != n {
		t.Errorf("%s: %d bytes, said to be %d", name, n, b.size)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	return m
}

// dataSet reads the files in a tar archive of the public data, by name.
func dataSet(t testing.TB, path string) (names []string, files map[string]string) {
	t.Helper()
	files = map[string]string{}
	for r := tar.NewReader(bytes.NewReader(datatest.Read(t, path))); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			slices.Sort(names)
			return names, files
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		files[h.Name] = string(b)
	}
}

// TestArchivesOfOthers unpacks archives that others made to test their own
// programs. Sums are checked on the way; what is not read must say why.
func TestArchivesOfOthers(t *testing.T) {
	t.Parallel()
	odd := map[string]string{ // reasons, in the order of members
		"7zcracker.7z":                                  "encrypted, and no password offered fits",
		"COMPRESS-492.7z":                               "damaged or cut short",
		"test_read_format_7zip_bcj2_deflate.7z":         "cut short", // its last byte, for the decoder
		"test_read_format_7zip_empty_archive.7z":        "damaged or cut short",
		"test_read_format_7zip_malformed.7z":            "damaged or cut short",
		"test_read_format_7zip_malformed2.7z":           "damaged or cut short",
		"test_read_format_7zip_symbolic_name.7z":        "link or device",
		"test_read_format_zip.zip":                      "damaged", // a wrong sum
		"test_read_format_zip_7z_deflate.zip":           "link or device",
		"test_read_format_zip_7z_lzma.zip":              "link or device",
		"test_read_format_zip_bz2_hang.zip":             "damaged or cut short",
		"test_read_format_zip_encryption_data.zip":      "encrypted member",
		"test_read_format_zip_encryption_header.zip":    "e",
		"test_read_format_zip_encryption_partially.zip": "encrypted member",
		"test_read_format_zip_extra_padding.zip":        "list of its members",
		"test_read_format_zip_lzma_alone_leak.zipx":     "list of its members",
		"test_read_format_zip_malformed1.zip":           "list of its members",
		"test_read_format_zip_ppmd8.zipx":               "method that is not read",
		"test_read_format_zip_ppmd8_multi.zipx":         "method that is not read",
		"test_read_format_zip_symlink.zip":              "link or device",
	}
	for _, set := range []string{"archives-libarchive/libarchive-zip-7z.tar.gz", "archives-sevenzip/sevenzip-testdata.tar.gz"} {
		names, files := dataSet(t, set)
		for _, name := range names {
			if strings.HasPrefix(name, "multi.7z.") {
				continue // together below
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				read := 0
				for _, m := range unpackAll(t, []string{"x", "password", "12345678"}, name, files[name]) {
					switch {
					case m.why == "":
						read++
					case odd[name] == "" || !strings.Contains(m.why, odd[name]) && !strings.Contains(m.why, "not read"):
						t.Errorf("%s", m)
					default:
						read++
					}
				}
				if empty := name == "empty2.7z" || strings.HasSuffix(name, ".jar"); read == 0 != empty {
					t.Error("nothing is said of it")
				}
			})
		}
	}
	t.Run("volumes", func(t *testing.T) {
		t.Parallel()
		_, files := dataSet(t, "archives-sevenzip/sevenzip-testdata.tar.gz")
		one := func(n int) string { return fmt.Sprintf("multi.7z.%03d", n) }
		var given []string
		for n := 6; n > 0; n-- {
			given = append(given, one(n), files[one(n)])
		}
		whole := unpackAll(t, nil, given...)
		if len(whole) < 8 || slices.ContainsFunc(whole, func(m unpackedMember) bool { return m.why != "" }) {
			t.Errorf("%v", whole)
		}
		without := unpackAll(t, nil, append(slices.Clone(given[:4]), given[6:]...)...)
		if !slices.ContainsFunc(without, func(m unpackedMember) bool { return m.name == "multi.7z.004" && m.why == volumeMissing.String() }) {
			t.Errorf("%v", without)
		}
	})
}

// expect holds what became of members against words; "!" begins a reason.
func expect(t *testing.T, got []unpackedMember, want ...string) {
	t.Helper()
	var words []string
	for _, m := range got {
		switch {
		case m.why == "":
			words = append(words, fmt.Sprintf("%s %d", m.name, m.size))
		case m.size > 0:
			words = append(words, fmt.Sprintf("%s part !%s", m.name, m.why))
		default:
			words = append(words, fmt.Sprintf("%s !%s", m.name, m.why))
		}
	}
	slices.Sort(words)
	slices.Sort(want)
	if !slices.Equal(words, want) {
		t.Errorf("unpacked\n%s\nwant\n%s", strings.Join(words, "\n"), strings.Join(want, "\n"))
	}
}
