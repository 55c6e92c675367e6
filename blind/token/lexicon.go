package token

import (
	"errors"
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// LexiconWriter writes a lexicon to a Parquet file: family SMALLINT, value
// BIGINT, class SMALLINT, variant INTEGER. It is not safe for concurrent use.
type LexiconWriter struct {
	table

	numbers []int64
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
	return w.file.write(len(entries), func(i int, c *chunk, first, count int) {
		entries := entries[first : first+count]
		n := slices.Grow(w.numbers[:0], count)[:count]
		switch i {
		case 0:
			for j := range entries {
				n[j] = int64(entries[j].Family)
			}
		case 1:
			for j := range entries {
				n[j] = entries[j].Value
			}
		case 2:
			for j := range entries {
				n[j] = int64(entries[j].Class)
			}
		case 3:
			for j := range entries {
				n[j] = int64(entries[j].Variant)
			}
		}
		w.numbers = n
		c.numbers(n)
	})
}
