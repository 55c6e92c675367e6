//go:build eval

package ledger_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestEvalTampered makes ten thousand random changes to a ledger: all are found.
func TestEvalTampered(t *testing.T) { tamper(t, 10_000, 8) }

// TestEvalOthersRead: a ledger is read by the specifications alone where numbers of bundles take
// more than three digits.
func TestEvalOthersRead(t *testing.T) { othersRead(t, 255_999, 256_000, 256_300) }

// TestEvalTessera has the checker of Tessera, which shares no code with Constat, read a ledger
// at borders of bundles and tiles. "make fsck" installs it and names it.
func TestEvalTessera(t *testing.T) {
	fsck := os.Getenv("CONSTAT_FSCK")
	if fsck == "" {
		t.Skip("skipped: \"make fsck\" runs it")
	}
	l := open(t, t.TempDir())
	at := 0
	for _, size := range []int{1, 255, 256, 257, 600, 65_536, 65_800} {
		grow(t, l, at, size, 10_000)
		at = size
		check := func() (holds bool, said string) {
			cmd := exec.CommandContext(t.Context(), fsck, "--storage_url=file://"+l.Dir()+"/", "--public_key="+filepath.Join(l.Dir(), "key"), "--ui=false")
			out, err := cmd.CombinedOutput()
			return err == nil && strings.Contains(string(out), "Successfully fsck'd log with size "+strconv.Itoa(size)+" "), string(out)
		}
		if ok, said := check(); !ok {
			t.Fatalf("%d entries: %s", size, said)
		}
		files := map[string][]byte{}
		names := ledgerFiles(t, l.Dir(), files)
		last := names[len(names)-1] // a tile or a bundle
		put(t, l.Dir(), map[string][]byte{last: flipped(files[last])})
		if ok, said := check(); ok {
			t.Fatalf("%d entries: with another %s it is taken for whole: %s", size, last, said)
		}
		put(t, l.Dir(), map[string][]byte{last: files[last]})
	}
}
