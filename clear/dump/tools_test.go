package dump

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRealTools unpacks what the programs make that people pack dumps with.
func TestRealTools(t *testing.T) {
	t.Parallel()
	text := numbered(5000)
	for _, c := range []struct {
		name    string
		command string // run in a folder that holds a.csv and b/c.csv
		files   int    // members of it that are whole; 2 where 0
	}{
		{"7z", "7z a x.7z a.csv b", 0},
		{"7z of volumes", "7z a -v10k -mx=0 x.7z a.csv b", 0},
		{"7z, encrypted", "7z a -psecret x.7z a.csv b", 0},
		{"7z, stored and encrypted", "7z a -mx=0 -psecret x.7z a.csv b", 0},
		{"7z, names encrypted", "7z a -psecret -mhe=on x.7z a.csv b", 0},
		{"7z, not solid, PPMd", "7z a -ms=off -m0=PPMd x.7z a.csv b", 0},
		{"7z zip, Deflate64", "7z a -tzip -mm=Deflate64 x.zip a.csv b", 0},
		{"7z zip, LZMA", "7z a -tzip -mm=LZMA x.zip a.csv b", 0},
		{"7z zip, BZip2", "7z a -tzip -mm=BZip2 x.zip a.csv b", 0},
		{"7z zip, AES-256", "7z a -tzip -mem=AES256 -psecret x.zip a.csv b", 0},
		{"7z zip, AES-128, stored", "7z a -tzip -mem=AES128 -mx=0 -psecret x.zip a.csv b", 0},
		{"7z zip, ZipCrypto", "7z a -tzip -mem=ZipCrypto -psecret x.zip a.csv b", 0},
		{"7z zip of volumes", "7z a -tzip -v10k x.zip a.csv b", 0},
		{"7z xz", "7z a -txz x.xz a.csv", 1},
		{"7z bzip2", "7z a -tbzip2 x.bz2 a.csv", 1},
		{"zip", "zip -q -r x.zip a.csv b", 0},
		{"zip, encrypted", "zip -q -e -P secret -r x.zip a.csv b", 0},
		{"zip, stored and encrypted", "zip -q -0 -e -P secret -r x.zip a.csv b", 0},
		{"zip, bzip2", "zip -q -Z bzip2 -r x.zip a.csv b", 0},
		{"zip, streamed", "zip -q -fd -r x.zip a.csv b", 0},
		{"zip of volumes", "zip -q -0 -s 64k -r x.zip a.csv b", 0},
		{"xz", "xz -k a.csv && mv a.csv.xz x.xz", 1},
		{"bzip2", "bzip2 -k a.csv && mv a.csv.bz2 x.bz2", 1},
		{"lz4", "lz4 -q a.csv x.lz4", 1},
		{"lz4 legacy", "lz4 -q -l a.csv x.lz4", 1},
		{"tar", "tar cf x.tar a.csv b", 0},
		{"tar of xz", "tar cJf x.txz a.csv b", 0},
		{"split of gzip", "gzip -c a.csv | split -b 9000 - x.gz.", 1},
		{"split in numbers", "split -d -b 9000 a.csv x.csv.", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tool, _, _ := strings.Cut(c.command, " ")
			if _, err := exec.LookPath(tool); err != nil {
				t.Skipf("%s is not installed: on Debian, apt-get install p7zip-full zip xz-utils bzip2 lz4", tool)
			}
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "b"), 0o700); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"a.csv", "b/c.csv"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			run := exec.Command("sh", "-c", c.command) //nolint:gosec // the commands above
			run.Dir = dir
			if out, err := run.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			var files []string
			for _, e := range entries {
				if strings.HasPrefix(e.Name(), "x") {
					b, err := os.ReadFile(filepath.Join(dir, e.Name()))
					if err != nil {
						t.Fatal(err)
					}
					files = append(files, e.Name(), string(b))
				}
			}
			good := func(passwords []string) (n int, why []string) {
				for _, m := range unpackAll(t, passwords, files...) {
					if m.why == "" && m.size == int64(len(text)) {
						n++
					} else {
						why = append(why, fmt.Sprint(m))
					}
				}
				return n, why
			}
			want := max(c.files, 2-c.files)
			if n, why := good([]string{"wrong", "secret", "other"}); n != want || len(why) > 0 {
				t.Errorf("%d members, and %q", n, why)
			}
			if !strings.Contains(c.command, "secret") {
				return
			}
			for _, w := range []struct {
				passwords []string
				reason    reason
			}{{nil, encrypted}, {[]string{"wrong", "other"}, wrongPassword}} {
				n, why := good(w.passwords)
				if n > 0 || len(why) == 0 || slices.ContainsFunc(why, func(m string) bool { return !strings.HasSuffix(m, w.reason.String()) }) {
					t.Errorf("%d members under %q, and %q", n, w.passwords, why)
				}
			}
		})
	}
}
