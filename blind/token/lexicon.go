package token

import (
	"errors"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// LexiconWriter writes a lexicon to a Parquet file: family SMALLINT, value
// BIGINT, class SMALLINT, variant INTEGER. It is not safe for concurrent use.
type LexiconWriter struct {
	table

	longs []int64
	ints  []int32
}

// CreateLexicon begins the file path, which appears when Close succeeds.
func CreateLexicon(path string) (*LexiconWriter, error) {
	f, err := create(path)
	if err != nil {
		return nil, err
	}
	required := parquet.Repetitions.Required
	fields := schema.FieldList{smallint("family", required), bigint("value", required), smallint("class", required), integer("variant", required)}
	// The entries of one value come together, so it repeats.
	if err := f.start(fields, []bool{true, true, true, false}); err != nil {
		return nil, errors.Join(err, f.abort())
	}
	return &LexiconWriter{table: table{file: f}}, nil
}

// Write appends entries.
func (w *LexiconWriter) Write(entries []Entry) error {
	if w.done {
		return errors.New("writing a lexicon: the file is closed")
	}
	return w.file.write(len(entries), func(i int, column file.ColumnChunkWriter, first, count int) error {
		entries := entries[first : first+count]
		w.longs, w.ints = w.longs[:0], w.ints[:0]
		for _, e := range entries {
			switch i {
			case 0:
				w.ints = append(w.ints, int32(e.Family))
			case 1:
				w.longs = append(w.longs, e.Value)
			case 2:
				w.ints = append(w.ints, int32(e.Class))
			case 3:
				w.ints = append(w.ints, e.Variant)
			}
		}
		return writeNumbers(column, w.longs, w.ints)
	})
}
