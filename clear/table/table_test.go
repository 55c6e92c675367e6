package table_test

import (
	"testing"

	"constat.example/clear/table"
)

func TestBatch(t *testing.T) {
	var b table.Batch
	b.Reset(0, 2)
	b.AppendString("a")
	b.AppendString("b")
	if !b.EndRow(1) {
		t.Fatal("a whole row was refused")
	}
	b.AppendString("1")
	b.AppendString("2")
	b.AppendString("3")
	if b.EndRow(2) {
		t.Fatal("a row too wide was accepted")
	}
	b.Append([]byte("cd"))
	if !b.EndRow(3) {
		t.Fatal("a short row was refused")
	}
	if b.Rows() != 2 || string(b.Cell(0, 1)) != "b" || string(b.Cell(1, 0)) != "cd" || len(b.Cell(1, 1)) != 0 {
		t.Errorf("wrong cells: %q %q %q", b.Cell(0, 1), b.Cell(1, 0), b.Cell(1, 1))
	}
	if b.Ordinal[1] != 3 {
		t.Errorf("ordinal %d, want 3: a rejected row keeps its place", b.Ordinal[1])
	}
	b.AppendString("half")
	b.DropRow()
	if b.Rows() != 2 || b.Bytes() != 4 {
		t.Errorf("after DropRow: %d rows, %d bytes", b.Rows(), b.Bytes())
	}
}
