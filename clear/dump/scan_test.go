package dump

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"constat.example/clear/table"
	"constat.example/internal/failure"
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
	d, err := openFiles(t, paths, Options{}, chunkSize)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// openFiles opens files for as long as the test runs.
func openFiles(t testing.TB, paths []string, o Options, chunk int) (*Dump, error) {
	t.Helper()
	sources, done, err := Files(paths)
	if err != nil {
		return nil, err
	}
	t.Cleanup(done)
	return open(context.Background(), sources, o, chunk)
}

func TestScanPlainCSV(t *testing.T) {
	t.Parallel()
	s := scanAll(t, openAll(t, file(t, "a.csv", "nom,prenom,ville\nMartin,Anne,Lyon\n\nPetit,\"Luc, dit L\",Pau\n")))
	if len(s.rows) != 2 || s.rows[1][1] != "Luc, dit L" || s.ordinal[1] != 2 {
		t.Errorf("rows %q %v", s.rows, s.ordinal)
	}
	if s.account.DecodedTotal != s.account.DecodedAccounted || s.dump.Inputs[0].SHA256 == "" {
		t.Errorf("account %+v", s.account)
	}
}

// TestBarred reads all but what the reader failed on before, and tells what it
// works on.
func TestBarred(t *testing.T) {
	t.Parallel()
	archive := file(t, "a.zip", zipped(t, "one.csv", "id;nom\n1;x\n", "two.csv", "id;nom\n2;y\n"))
	plain := file(t, "b.csv", "id;nom\n3;z\n")
	for _, c := range []struct {
		barred  []string
		rows    int
		rejects []string
		worked  []string
	}{
		{nil, 3, nil, []string{"a.zip", "a.zip/one.csv", "a.zip/two.csv", "b.csv", "a.zip/one.csv", "a.zip/two.csv", "b.csv"}},
		{[]string{"a.zip/one.csv"}, 2, []string{"a.zip/one.csv"}, []string{"a.zip", "a.zip/two.csv", "b.csv", "a.zip/two.csv", "b.csv"}},
		{[]string{"a.zip/one.csv", "a.zip/two.csv"}, 1, []string{"a.zip/one.csv", "a.zip/two.csv"}, []string{"a.zip", "b.csv", "b.csv"}},
		{[]string{"a.zip"}, 1, []string{"a.zip"}, []string{"b.csv", "b.csv"}},
		{[]string{"b.csv"}, 2, []string{"b.csv"}, []string{"a.zip", "a.zip/one.csv", "a.zip/two.csv", "a.zip/one.csv", "a.zip/two.csv"}},
	} {
		var worked []string
		d, err := openFiles(t, []string{archive, plain}, Options{Barred: c.barred, OneByOne: true, Working: func(name string) { worked = append(worked, name) }}, chunkSize)
		if err != nil {
			t.Fatal(err)
		}
		s := scanAll(t, d)
		var rejects []string
		for _, r := range s.account.Rejects {
			if r.Reason != "the reader failed on it" || r.Count != 1 || r.Bytes == 0 {
				t.Errorf("without %q: reject %+v", c.barred, r)
			}
			rejects = append(rejects, r.Name)
		}
		if len(s.rows) != c.rows || !slices.Equal(rejects, c.rejects) || !slices.Equal(worked, c.worked) {
			t.Errorf("without %q: %d rows, rejects %q, worked on %q", c.barred, len(s.rows), rejects, worked)
		}
		if a := s.account; a.BytesTotal != a.BytesAccounted || a.DecodedTotal != a.DecodedAccounted {
			t.Errorf("account %+v", a)
		}
	}
	if _, err := openFiles(t, []string{plain}, Options{Barred: []string{"b.csv"}}, chunkSize); failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
		t.Errorf("nothing left to read: %v", err)
	}
}
