package token

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// Writer writes a token table to a Parquet file: row, kinds, sealed (for a
// register), then the columns of the layout under their names, token 0 as
// null. It is not safe for concurrent use.
type Writer struct {
	layout  Layout
	withIDs bool
	file    *parquetFile
	started bool
	done    bool
}

// Create begins the file path. It appears when Close succeeds, and replaces an
// earlier one then; withIDs says that batches carry sealed record ids.
func Create(path string, layout Layout, withIDs bool) (*Writer, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	return &Writer{layout: layout, withIDs: withIDs, file: f}, nil
}

// Write appends the rows of b, whose layout must be that of the file.
func (w *Writer) Write(b *Batch) error {
	if w.done {
		return errors.New("writing tokens: the file is closed")
	}
	if err := w.check(b); err != nil {
		return fmt.Errorf("writing tokens to %s: %w", w.file.path, err)
	}
	if b.Len() == 0 {
		return nil
	}
	if !w.started {
		if err := w.start(b); err != nil {
			return err
		}
	}
	slots := w.slots()
	return w.file.write(b.Len(), func(i int, c *chunk, first, count int) {
		switch {
		case i == 0:
			c.numbers(b.Row[first : first+count])
		case i == 1:
			c.numbers(b.Kinds[first : first+count])
		case i < slots:
			c.blobs(b.RecordID[first : first+count])
		default:
			c.numbers(b.Cells[i-slots][first : first+count])
		}
	})
}

func (w *Writer) check(b *Batch) error {
	if !slices.Equal(b.Layout, w.layout) || len(b.Cells) != len(w.layout) {
		return errors.New("the batch has other columns than the file")
	}
	for i, cells := range b.Cells {
		if len(cells) != b.Len() {
			return fmt.Errorf("column %s has %d cells for %d rows", w.layout[i].Name(), len(cells), b.Len())
		}
	}
	if len(b.Kinds) != b.Len() {
		return fmt.Errorf("the batch has kinds for %d of %d rows", len(b.Kinds), b.Len())
	}
	if w.withIDs && len(b.RecordID) != b.Len() {
		return fmt.Errorf("the batch has sealed record ids for %d of %d rows", len(b.RecordID), b.Len())
	}
	return nil
}

// slots is how many columns come before the layout's.
func (w *Writer) slots() int {
	if w.withIDs {
		return 3
	}
	return 2
}

// start lays out the file. Whether a column repeats is told from the first
// batch: a dictionary over distinct values would only cost time.
func (w *Writer) start(b *Batch) error {
	fields := schema.FieldList{bigint(RowColumn, parquet.Repetitions.Required), bigint(KindsColumn, parquet.Repetitions.Required)}
	repeats := []bool{false, true}
	if w.withIDs {
		fields = append(fields, blob(SealedColumn))
		repeats = append(repeats, false)
	}
	for i, c := range w.layout {
		if c.Short() {
			fields = append(fields, smallint(c.Name(), parquet.Repetitions.Optional))
		} else {
			fields = append(fields, bigint(c.Name(), parquet.Repetitions.Optional))
		}
		repeats = append(repeats, repeating(b.Cells[i]))
	}
	w.started = true
	return w.file.start(fields, repeats)
}

// repeating reports whether fewer than half of the first cells are distinct.
func repeating(cells []Token) bool {
	const sample = 8 << 10
	cells = cells[:min(len(cells), sample)]
	seen := make(map[Token]struct{}, len(cells))
	filled := 0
	for _, t := range cells {
		if t != 0 {
			filled++
			seen[t] = struct{}{}
		}
	}
	return len(seen)*2 < filled
}

// Close completes the file, syncs it and puts it in its place. After an error
// there is no file.
func (w *Writer) Close() error {
	if w.done {
		return nil
	}
	w.done = true
	if !w.started { // a table without rows is a table all the same
		empty := NewBatch(w.layout)
		if err := w.start(empty); err != nil {
			return errors.Join(err, w.file.abort())
		}
	}
	return w.file.close()
}

// Abort gives the file up; after Close it does nothing.
func (w *Writer) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	return w.file.abort()
}
