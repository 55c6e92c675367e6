package dump

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"constat.example/clear/table"
)

// file writes a file of that content, for tests that open it.
func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// scanned is all that a scan gave.
type scanned struct {
	dump    *Dump
	account *Account
	rows    [][]string
	ordinal []int64
	table   []int
}

func scanAll(t testing.TB, d *Dump) scanned {
	t.Helper()
	s := scanned{dump: d}
	a, err := d.Scan(context.Background(), func(b *table.Batch, release func()) error {
		for r := range b.Rows() {
			var row []string
			for c := range b.Width {
				row = append(row, string(b.Cell(r, c)))
			}
			s.rows = append(s.rows, row)
			s.ordinal = append(s.ordinal, b.Ordinal[r])
			s.table = append(s.table, b.Table)
		}
		release()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s.account = a
	return s
}

func openAll(t testing.TB, paths ...string) *Dump {
	t.Helper()
	d, err := Open(context.Background(), sourcesOf(t, paths...), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// sourcesOf opens files, and closes them with the test.
func sourcesOf(t testing.TB, paths ...string) []Source {
	t.Helper()
	sources, done, err := Files(paths)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	return sources
}

func TestScanPlainCSV(t *testing.T) {
	t.Parallel()
	s := scanAll(t, openAll(t, file(t, "a.csv", "nom,prenom,ville\nMartin,Anne,Lyon\n\nPetit,\"Luc, dit L\",Pau\n")))
	if len(s.rows) != 2 || s.rows[1][1] != "Luc, dit L" || s.ordinal[1] != 2 {
		t.Errorf("rows %q %v", s.rows, s.ordinal)
	}
	if s.account.DecodedTotal != s.account.DecodedAccounted {
		t.Errorf("account %+v", s.account)
	}
}
