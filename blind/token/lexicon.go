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
	file *parquetFile
	done bool

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
	return &LexiconWriter{file: f}, nil
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
		var err error
		switch column := column.(type) {
		case *file.Int64ColumnChunkWriter:
			_, err = column.WriteBatch(w.longs, nil, nil)
		case *file.Int32ColumnChunkWriter:
			_, err = column.WriteBatch(w.ints, nil, nil)
		}
		return err
	})
}

// Close completes the file, syncs it and puts it in its place. After an error
// there is no file.
func (w *LexiconWriter) Close() error {
	if w.done {
		return nil
	}
	w.done = true
	return w.file.close()
}

// Abort gives the file up; after Close it does nothing.
func (w *LexiconWriter) Abort() error {
	if w.done {
		return nil
	}
	w.done = true
	return w.file.abort()
}
