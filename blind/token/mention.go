package token

import (
	"errors"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"constat.example/blind/kind"
)

// Mention is an identifier that stands in the free text of a row. Value is in
// the domain of the kind's whole values, so that it meets the register's.
type Mention struct {
	Row     int64
	Kind    kind.Kind
	Value   Token
	Checked bool // a key or check digit confirmed it
}

// MentionWriter writes mentions to a Parquet file: row BIGINT, kind SMALLINT,
// value BIGINT, checked SMALLINT (1 or 0). There is no file until there is a
// mention. It is not safe for concurrent use.
type MentionWriter struct {
	table
	path string

	longs []int64
	ints  []int32
}

// CreateMentions prepares the file path, which appears when Close succeeds and
// anything was written.
func CreateMentions(path string) *MentionWriter { return &MentionWriter{path: path} }

// Write appends mentions.
func (w *MentionWriter) Write(mentions []Mention) error {
	if w.done {
		return errors.New("writing mentions: the file is closed")
	}
	if len(mentions) == 0 {
		return nil
	}
	if w.file == nil {
		if err := w.start(); err != nil {
			return err
		}
	}
	return w.file.write(len(mentions), func(i int, column file.ColumnChunkWriter, first, count int) error {
		mentions := mentions[first : first+count]
		w.longs, w.ints = w.longs[:0], w.ints[:0]
		for _, m := range mentions {
			switch i {
			case 0:
				w.longs = append(w.longs, m.Row)
			case 1:
				w.ints = append(w.ints, int32(m.Kind))
			case 2:
				w.longs = append(w.longs, m.Value)
			case 3:
				w.ints = append(w.ints, 0)
				if m.Checked {
					w.ints[len(w.ints)-1] = 1
				}
			}
		}
		return writeNumbers(column, w.longs, w.ints)
	})
}

func (w *MentionWriter) start() error {
	f, err := create(w.path)
	if err != nil {
		return err
	}
	required := parquet.Repetitions.Required
	fields := schema.FieldList{bigint(RowColumn, required), smallint("kind", required), bigint("value", required), smallint("checked", required)}
	if err := f.start(fields, []bool{true, true, false, true}); err != nil {
		return errors.Join(err, f.abort())
	}
	w.file = f
	return nil
}

// Written tells whether there is a file, or will be once it is closed.
func (w *MentionWriter) Written() bool { return w.file != nil }
