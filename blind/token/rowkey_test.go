package token_test

import (
	"path/filepath"
	"slices"
	"testing"

	"constat.example/blind/token"
)

func TestRowKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys.parquet")
	w, err := token.CreateRowKeys(path)
	if err != nil {
		t.Fatal(err)
	}
	var k token.RowKeys
	if err := w.Write(&k); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		k.Reset()
		k.Row, k.Number, k.Value = append(k.Row, int64(i), int64(i)), append(k.Number, 7, -1), append(k.Value, int64(-i), 1<<62)
		if err := w.Write(&k); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&k); err == nil {
		t.Error("a closed file was written to")
	}
	columns := readFile(t, path)
	for i, want := range []column{
		{name: "row", values: []any{int64(0), int64(0), int64(1), int64(1), int64(2), int64(2)}},
		{name: "number", values: []any{int64(7), int64(-1), int64(7), int64(-1), int64(7), int64(-1)}},
		{name: "value", values: []any{int64(0), int64(1 << 62), int64(-1), int64(1 << 62), int64(-2), int64(1 << 62)}},
	} {
		if columns[i].name != want.name || !slices.Equal(columns[i].values, want.values) {
			t.Errorf("column %s holds %v, want %v", columns[i].name, columns[i].values, want.values)
		}
	}
}
