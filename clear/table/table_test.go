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
	carried(t, &b)
	b.AppendString("half")
	b.DropRow()
	if b.Rows() != 2 || b.Bytes() != 4 {
		t.Errorf("after DropRow: %d rows, %d bytes", b.Rows(), b.Bytes())
	}
}

// carried fills another batch with the parts of b.
func carried(t *testing.T, b *table.Batch) {
	t.Helper()
	ordinals, ends, text := b.Parts()
	var c table.Batch
	c.AppendString("of before")
	c.Resize(b.Table, b.Width, b.Rows(), b.Bytes())
	to, toEnds, toText := c.Parts()
	copy(to, ordinals)
	copy(toEnds, ends)
	copy(toText, text)
	if !c.Whole(0) || c.Whole(1) || string(c.Cell(1, 0)) != "cd" || len(c.Cell(1, 1)) != 0 {
		t.Errorf("carried over: %q %q, whole %v", c.Cell(1, 0), c.Cell(1, 1), c.Whole(0))
	}
	toEnds[1]++
	if last := len(toEnds) - 1; !c.Whole(0) {
		t.Error("an end of a cell that is later is still one")
	} else if toEnds[last]--; c.Whole(0) {
		t.Error("text that belongs to no cell")
	}
	toEnds[1] = 0
	if c.Whole(0) {
		t.Error("a cell that ends before it begins")
	}
}
