package dump

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/clear/table"
	"constat.example/internal/datatest"
	"constat.example/internal/failure"
)

// TestAllAtHand reads every public file there is, whatever it is: its bytes add
// up, or an error says what to do.
func TestAllAtHand(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it reads thousands of files one after the other, which shows nothing to the race detector")
	}
	root := filepath.Dir(datatest.Path(t, "README.md"))
	read, refused := 0, 0
	account := func(name, path string) {
		err := func() error {
			sources, done, err := Files([]string{path})
			if err != nil {
				return err
			}
			defer done()
			d, err := Open(t.Context(), sources, Options{})
			if err != nil {
				return err
			}
			defer func() { _ = d.Close() }()
			rows := int64(0)
			a, err := d.Scan(context.Background(), func(b *table.Batch, release func()) error {
				rows += int64(b.Rows())
				release()
				return nil
			})
			if err != nil {
				return err
			}
			if rows != a.Read || a.BytesTotal != a.BytesAccounted || a.DecodedTotal != a.DecodedAccounted {
				t.Errorf("%s: %d rows, %+v", name, rows, a)
			}
			return nil
		}()
		switch {
		case err == nil:
			read++
		case failure.CodeOf(err) == failure.BadInput && failure.HintOf(err) != "":
			refused++
		default:
			t.Errorf("%s: %v", name, err)
		}
	}
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if info, err := e.Info(); err != nil || info.Size() > 12<<20 {
			return err // figures of INSEE: nothing new in them
		}
		account(name, path)
		if strings.HasSuffix(path, ".tar.gz") {
			for member, content := range unpacked(t, path) {
				if len(content) > 4<<20 {
					continue
				}
				at := filepath.Join(t.TempDir(), "member")
				if err := os.WriteFile(at, content, 0o600); err != nil {
					return err
				}
				account(name+"/"+member, at)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files read, %d refused", read, refused)
}
