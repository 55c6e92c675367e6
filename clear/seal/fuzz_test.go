package seal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/seal"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// Whatever stands in the cells: a row comes out for each row that goes in, the
// same from what is remembered as the first time, with tokens that are
// opaque and ids that open.
func FuzzSeal(f *testing.F) {
	kinds := kind.All()
	layout := token.LayoutOf(kinds)
	f.Add("Dupont née Martin", "12 bis rue des Acacias 35000 Rennes", "A-1")
	f.Add("\u202e\ufeff", "\xff\xfe", "0000-00-00")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		var src table.Batch
		src.Reset(0, len(kinds))
		for row, cell := range []string{a, b, c, a} {
			for range kinds {
				src.AppendString(cell)
			}
			src.EndRow(int64(row + 1))
		}
		s := seal.NewSealer(testKey(), seal.Columns{Kinds: kinds, Layout: layout})
		first, second := token.NewBatch(layout), token.NewBatch(layout)
		if s.Seal(first, &src, true) != nil || s.Seal(second, &src, true) != nil {
			t.Fatal("not sealed")
		}
		if first.Len() != 4 || !slices.Equal(first.Kinds, second.Kinds) {
			t.Errorf("%d rows, kinds %v, then %v", first.Len(), first.Kinds, second.Kinds)
		}
		for i := range first.Cells {
			if !slices.Equal(first.Cells[i], second.Cells[i]) || first.Cells[i][0] != first.Cells[i][3] {
				t.Errorf("column %s seals differently", layout[i].Name())
			}
			for _, v := range first.Cells[i] {
				if layout[i].Short() && int64(int16(v)) != v {
					t.Errorf("column %s has %d", layout[i].Name(), v)
				}
			}
		}
		ids := layout.Index(token.Column{Kind: kind.RecordID, Occurrence: 1})
		for row, sealed := range first.RecordID {
			if (len(sealed) > 0) != (first.Cells[ids][row] != 0) || !bytes.Equal(sealed, second.RecordID[row]) {
				t.Errorf("row %d: an id without a token, or sealed twice differently", row)
			}
			if len(sealed) > 0 {
				if id, err := testKey().OpenRecordID(sealed); err != nil || id == "" {
					t.Errorf("row %d does not open: %v", row, err)
				}
			}
		}
		for i, count := range s.Counts() {
			if count.Filled != count.Valid+count.Odd+count.Invalid || count.Filled > 8 {
				t.Errorf("column %s: %+v", kinds[i], count)
			}
		}
	})
}

// Whatever the files of a ring hold: an error for people or a key, no panic.
func FuzzRing(f *testing.F) {
	const id = "0123456789abcdef"
	f.Add([]byte("age-encryption.org/v1\n-> X25519 x\n"), []byte(`{"schema":"constat.ring/1","current":"`+id+`"}`), []byte("AGE-SECRET-KEY-1\n"))
	f.Add([]byte("age-encryption.org/v1\n-> scrypt x 4\n"), []byte("{}"), []byte(""))
	f.Fuzz(func(t *testing.T, key, manifest, identity []byte) {
		dir := t.TempDir()
		for name, data := range map[string][]byte{id + ".key.age": key, "ring.json": manifest, "identity.txt": identity} {
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r := ring(t, dir)
		for _, u := range []seal.Unlock{{}, pass("p")} {
			if _, err := r.Open("", u); failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
				t.Errorf("%v", err)
			}
		}
		if infos, err := r.List(); err == nil && len(infos) != 1 {
			t.Errorf("%d keys", len(infos))
		}
	})
}
