package token

import (
	"errors"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// RowKeys is a run of the keys by which the tables of one dump name each
// other's rows: one entry for each cell that holds one. It is reused.
type RowKeys struct {
	Row    []int64 // ordinal in the dump
	Number []int16 // of the column, among all that may be keys
	Value  []Token
}

// Reset empties k and keeps its room.
func (k *RowKeys) Reset() { k.Row, k.Number, k.Value = k.Row[:0], k.Number[:0], k.Value[:0] }

// RowKeyWriter writes keys to a Parquet file: row BIGINT, number SMALLINT, value
// BIGINT. It is not safe for concurrent use.
type RowKeyWriter struct {
	table
	numbers []int64
}

// CreateRowKeys begins the file path, which appears when Close succeeds.
func CreateRowKeys(path string) (*RowKeyWriter, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	required := parquet.Repetitions.Required
	fields := schema.FieldList{bigint(RowColumn, required), smallint("number", required), bigint("value", required)}
	// The keys of one column come together, so its number repeats.
	if err := f.start(fields, []bool{false, true, false}); err != nil {
		return nil, errors.Join(err, f.abort())
	}
	return &RowKeyWriter{table: table{file: f}}, nil
}

// Write appends keys.
func (w *RowKeyWriter) Write(k *RowKeys) error {
	if w.done {
		return errors.New("writing keys of rows: the file is closed")
	}
	return w.file.write(len(k.Row), func(i int, c *chunk, first, count int) {
		switch i {
		case 0:
			c.numbers(k.Row[first : first+count])
		case 1:
			w.numbers = w.numbers[:0]
			for _, n := range k.Number[first : first+count] {
				w.numbers = append(w.numbers, int64(n))
			}
			c.numbers(w.numbers)
		default:
			c.numbers(k.Value[first : first+count])
		}
	})
}
