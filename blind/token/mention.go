package token

import (
	"errors"

	"github.com/apache/arrow-go/v18/parquet"
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

	numbers []int64
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
	return w.file.write(len(mentions), func(i int, c *chunk, first, count int) {
		n := w.numbers[:0]
		for _, m := range mentions[first : first+count] {
			switch i {
			case 0:
				n = append(n, m.Row)
			case 1:
				n = append(n, int64(m.Kind))
			case 2:
				n = append(n, m.Value)
			case 3:
				checked := int64(0)
				if m.Checked {
					checked = 1
				}
				n = append(n, checked)
			}
		}
		w.numbers = n
		c.numbers(n)
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
