package token

import (
	"errors"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// NumbersColumn is a column of a NumbersWriter.
type NumbersColumn struct {
	Name    string
	Bits    int  // 16, 32 or 64: how wide it is in the file
	Repeats bool // whether its values repeat, so that a dictionary shortens it
}

// NumbersWriter writes a table of numbers, none of them null, to a Parquet file.
// It is not safe for concurrent use.
type NumbersWriter struct {
	table
	columns int
}

// CreateNumbers begins the file path, which appears when Close succeeds.
func CreateNumbers(path string, columns []NumbersColumn) (*NumbersWriter, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	var fields schema.FieldList
	var repeats []bool
	for _, c := range columns {
		node := map[int]func(string, parquet.Repetition) schema.Node{16: smallint, 32: integer, 64: bigint}[c.Bits]
		if node == nil {
			return nil, errors.Join(errors.New("writing numbers: a column has 16, 32 or 64 bits"), f.abort())
		}
		fields, repeats = append(fields, node(c.Name, parquet.Repetitions.Required)), append(repeats, c.Repeats)
	}
	if err := f.start(fields, repeats); err != nil {
		return nil, errors.Join(err, f.abort())
	}
	return &NumbersWriter{table: table{file: f}, columns: len(columns)}, nil
}

// Write appends n rows; fill is called once per column and row group, or oftener, and
// appends to dst the cells of column i from row first on, count of them.
func (w *NumbersWriter) Write(n int, fill func(dst []int64, i, first, count int) []int64) error {
	if w.done {
		return errors.New("writing numbers: the file is closed")
	}
	var cells []int64
	return w.file.write(n, func(i int, c *chunk, first, count int) {
		cells = fill(cells[:0], i, first, count)
		c.numbers(cells)
	})
}
