package dump

import (
	"archive/tar"
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func tarred(t testing.TB, headers []tar.Header, contents ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, h := range headers {
		h.Size, h.Mode = int64(len(contents[i])), 0o600
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(contents[i])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTar(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a-very-long-name/", 12) + "b.csv"
	whole := tarred(t, []tar.Header{
		{Name: "a.csv"},
		{Name: long},
		{Name: "dir/", Typeflag: tar.TypeDir},
		{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
		{Name: "hard", Typeflag: tar.TypeLink, Linkname: "a.csv"},
		{Name: "tty", Typeflag: tar.TypeChar},
		{Name: "é.csv", PAXRecords: map[string]string{"comment": "x"}},
	}, "abc", strings.Repeat("x", 1000), "", "", "", "", "hello")
	links := []string{"x/link !" + noFile.String(), "x/hard !" + noFile.String(), "x/tty !" + noFile.String()}
	gnu := tarred(t, []tar.Header{{Name: long, Format: tar.FormatGNU}}, "abc")
	sparse := []byte(tarred(t, []tar.Header{{Name: "s", Format: tar.FormatGNU}, {Name: "a"}}, "abc", "1"))
	sparse[156] = tar.TypeGNUSparse
	copy(sparse[483:], "00000000003\x00") // the real size
	sum := int64(8 * ' ')
	for i, c := range sparse[:tarBlock] {
		if i < 148 || i >= 156 {
			sum += int64(c)
		}
	}
	copy(sparse[148:], fmt.Sprintf("%06o\x00 ", sum))
	damagedHeader := []byte(tarred(t, []tar.Header{{Name: "a"}, {Name: "b"}, {Name: "c"}}, "1", "2", "3"))
	damagedHeader[2*tarBlock] ^= 1
	for _, c := range []struct {
		name, archive string
		want          []string
	}{
		{"of all kinds", whole, append([]string{"x/a.csv 3", "x/" + long + " 1000", "x/é.csv 5"}, links...)},
		{"GNU", gnu, []string{"x/" + long + " 3"}},
		{"a damaged header", string(damagedHeader), []string{"x/a 1", "x/c 1", "x !" + damaged.String()}},
		{"sparse", string(sparse), []string{"x/s !" + unreadMethod.String(), "x/a 1"}},
		{"two archives", gnu + gnu, []string{"x/" + long + " 3", "x/" + long + " 3"}},
		{"rubbish behind", gnu + "rubbish", []string{"x/" + long + " 3", "x !" + damaged.String()}},
		{"cut in a member", tarred(t, []tar.Header{{Name: "a"}}, strings.Repeat("x", 2000))[:1500], []string{"x/a part !" + cutShort.String()}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			expect(t, unpackAll(t, nil, "x", c.archive), c.want...)
		})
	}
}

// TestTarDamaged cuts an archive at many lengths and changes bytes at random.
func TestTarDamaged(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	whole := tarred(t, []tar.Header{{Name: "a.csv"}, {Name: strings.Repeat("b", 150)}, {Name: "é"}}, numbered(30), "abc", "")
	for n := tarBlock; n < len(whole)-2*tarBlock; n += 37 {
		if all := unpackAll(t, nil, "x", whole[:n]); len(all) == 0 {
			t.Fatalf("cut at %d, nothing is said", n)
		}
	}
	for range 500 {
		b := []byte(whole)
		b[tarBlock+r.IntN(len(b)-tarBlock)] ^= 1 << r.IntN(8)
		if all := unpackAll(t, nil, "x", string(b)); len(all) < 2 {
			t.Fatalf("%v", all)
		}
	}
}
