package accesslog

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFollowTellsWhatItCannotUnpack: files that were moved away while nobody read, and cannot be unpacked or are
// shorter than what was read of them, are counted, and what came after them is read.
func TestFollowTellsWhatItCannotUnpack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "acces.log")
	write(t, path, line(0)+line(1))
	read := func(r *Reader, n int, from Position) (string, Position) {
		ids, at := followed(t, n, func(ctx context.Context, each func(*Batch) error) error { return r.Follow(ctx, path, from, each) })
		return strings.Join(ids, " "), at
	}
	_, at := read(New(Options{}), 2, Position{})
	if err := os.Rename(path, path+".3"); err != nil {
		t.Fatal(err)
	}
	write(t, path+".2.gz", "no gzip at all")
	write(t, path+".1.gz", gzipped(t, line(2))[:15]) // torn
	write(t, path, line(3))
	r := New(Options{})
	if ids, _ := read(r, 1, at); ids != "X-3" {
		t.Errorf("%s came", ids)
	}
	var unread []string
	for _, a := range r.Accounts() {
		if a.Unread > 0 {
			unread = append(unread, a.Name)
		}
	}
	if got := strings.Join(unread, " "); got != "acces.log.2.gz acces.log.1.gz" {
		t.Errorf("told as not read: %q", got)
	}
}

// TestFollowWhilePacked: a file that was moved away stands there twice while it is packed. It is read once.
func TestFollowWhilePacked(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "acces.log")
	write(t, path, line(0)+line(1))
	_, at := followed(t, 2, func(ctx context.Context, each func(*Batch) error) error {
		return New(Options{}).Follow(ctx, path, Position{}, each)
	})
	write(t, path, line(2))
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	text := gzipped(t, line(0)+line(1)+line(2))
	for _, torn := range []string{text[:12], text[:len(text)-12], text} {
		if err := os.WriteFile(path+".1.gz", []byte(torn), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(line(3)), 0o600); err != nil {
			t.Fatal(err)
		}
		r := New(Options{})
		ids, _ := followed(t, 2, func(ctx context.Context, each func(*Batch) error) error { return r.Follow(ctx, path, at, each) })
		if got := strings.Join(ids, " "); got != "X-2 X-3" {
			t.Errorf("with %d bytes of it packed, %s came", len(torn), got)
		}
		for _, a := range r.Accounts() {
			if a.Unread > 0 {
				t.Errorf("%s is told as not read, and was, in %s.1", a.Name, filepath.Base(path))
			}
		}
	}
}
