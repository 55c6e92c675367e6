package seal

import (
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/mention"
	"constat.example/clear/table"
)

// Heard counts what was found in the free text of a source.
type Heard struct {
	Cells    int64 // texts looked through
	Mentions int64 // identifiers found, those beyond mention.Most of one text included
	Untold   int64 // of them: beyond that
}

// Add returns both counts together.
func (h Heard) Add(o Heard) Heard {
	return Heard{h.Cells + o.Cells, h.Mentions + o.Mentions, h.Untold + o.Untold}
}

// ear listens to the texts of the columns that are to be searched.
type ear struct {
	finder  mention.Finder
	columns []listened
	heard   []token.Mention
	count   Heard
}

type listened struct {
	column int
	long   bool // only texts of some length: the column is of no kind
}

// A text of a column of no kind is worth reading from so many bytes and blanks
// on: below, it is a code or a label.
const (
	longBytes  = 24
	longBlanks = 3
)

func (e *ear) open(c Columns) {
	for i, search := range c.Search {
		if search {
			e.columns = append(e.columns, listened{i, c.Kinds[i] != kind.FreeText})
		}
	}
}

// Mentions returns the identifiers in the free text of src's rows, sealed, in
// the order of rows. They are void after the next call.
func (s *Sealer) Mentions(src *table.Batch) []token.Mention {
	e := &s.ear
	e.heard = e.heard[:0]
	if len(e.columns) == 0 {
		return nil
	}
	for row := range src.Rows() {
		for _, l := range e.columns {
			text := src.Cell(row, l.column)
			if len(text) == 0 || l.long && !isLong(text) {
				continue
			}
			found, more := e.finder.Find(text)
			e.count.Cells++
			e.count.Mentions += int64(len(found) + more)
			e.count.Untold += int64(more)
			for _, m := range found {
				e.heard = append(e.heard, token.Mention{
					Row: src.Ordinal[row], Kind: m.Kind, Checked: m.Checked,
					Value: s.key.token(&s.scratch, token.Column{Kind: m.Kind, Occurrence: 1}, m.Text),
				})
			}
		}
	}
	return e.heard
}

func isLong(text []byte) bool {
	if len(text) < longBytes {
		return false
	}
	blanks := 0
	for _, c := range text {
		if c == ' ' {
			if blanks++; blanks == longBlanks {
				return true
			}
		}
	}
	return false
}

// Heard tells what Mentions found so far.
func (s *Sealer) Heard() Heard { return s.ear.count }
