// Package table carries rows of personal values from the rooms that read them
// to the rooms that seal them: many small cells in one piece of memory, so
// that reading a file of millions of rows allocates next to nothing.
package table

// Batch is a run of rows with the same columns. Cells alias the batch's
// memory and are void after Reset.
type Batch struct {
	Table   int     // which table of the source the rows belong to, from 0
	Width   int     // columns per row
	Ordinal []int64 // 1-based ordinal of each row in its source, rejected rows counted

	data []byte
	ends []uint32 // end in data of each cell, row by row
}

// Reset empties b for rows of the given table and width.
func (b *Batch) Reset(tableIndex, width int) {
	b.Table, b.Width = tableIndex, width
	b.Ordinal = b.Ordinal[:0]
	b.data = b.data[:0]
	b.ends = b.ends[:0]
}

// Rows is the number of complete rows in b.
func (b *Batch) Rows() int { return len(b.Ordinal) }

// Bytes is how much cell text b holds. Keep it below 4 GiB.
func (b *Batch) Bytes() int { return len(b.data) }

// Cell returns the text of a cell, in UTF-8; empty when there is none.
func (b *Batch) Cell(row, column int) []byte {
	i := row*b.Width + column
	start := uint32(0)
	if i > 0 {
		start = b.ends[i-1]
	}
	return b.data[start:b.ends[i]:b.ends[i]]
}

// Append adds a cell to the row under way, copying text.
func (b *Batch) Append(text []byte) {
	b.data = append(b.data, text...)
	b.ends = append(b.ends, uint32(len(b.data)))
}

// AppendString is Append for a string.
func (b *Batch) AppendString(text string) {
	b.data = append(b.data, text...)
	b.ends = append(b.ends, uint32(len(b.data)))
}

// EndRow ends the row under way, filling missing cells with empty ones. It
// reports false, and drops the row, when the row had more cells than columns.
func (b *Batch) EndRow(ordinal int64) bool {
	want := (len(b.Ordinal) + 1) * b.Width
	if len(b.ends) > want {
		b.DropRow()
		return false
	}
	for len(b.ends) < want {
		b.ends = append(b.ends, uint32(len(b.data)))
	}
	b.Ordinal = append(b.Ordinal, ordinal)
	return true
}

// DropRow forgets the cells of the row under way.
func (b *Batch) DropRow() {
	b.ends = b.ends[:len(b.Ordinal)*b.Width]
	if len(b.ends) == 0 {
		b.data = b.data[:0]
		return
	}
	b.data = b.data[:b.ends[len(b.ends)-1]]
}

// Parts are what b is made of: the ordinals of its rows, where in text each
// cell ends, row by row, and text. They are b's memory, for whoever carries
// batches from one process to another.
func (b *Batch) Parts() (ordinals []int64, ends []uint32, text []byte) {
	return b.Ordinal, b.ends, b.data
}

// Resize makes b a batch of so many rows and bytes of text, whose Parts are to
// be filled in.
func (b *Batch) Resize(tableIndex, width, rows, bytes int) {
	b.Table, b.Width = tableIndex, width
	b.Ordinal = resize(b.Ordinal, rows)
	b.ends = resize(b.ends, rows*width)
	b.data = resize(b.data, bytes)
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// Whole reports that Parts as filled in make a batch: its rows follow one
// another after the one of that ordinal, and so do its cells, to the end of the text.
func (b *Batch) Whole(after int64) bool {
	for _, at := range b.Ordinal {
		if at <= after {
			return false
		}
		after = at
	}
	last := uint32(0)
	for _, end := range b.ends {
		if end < last {
			return false
		}
		last = end
	}
	return int(last) == len(b.data)
}
