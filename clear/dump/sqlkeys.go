package dump

import (
	"strings"
)

// Key is what an SQL text declares of columns of a table: that no two rows
// have the same there, or that they name rows of a table.
type Key struct {
	Columns []int // places in the table's Columns
	Table   int   // index in Tables of the table whose rows are named; -1 where the columns are a primary key or unique
	To      []int // the columns there, as many as Columns; nil where Table is -1
}

// sqlKey is a Key as the text names it.
type sqlKey struct {
	columns []string
	primary bool
	table   string // that REFERENCES names; "": a primary key, or unique
	to      []string
}

// maxKeys is how many keys of one table are noted.
const maxKeys = 256

// keysIn reads what a clause declares of keys: of a column where column names
// one, else of the table.
func keysIn(clause []byte, column string) []sqlKey {
	l := &lexer{text: clause}
	var keys []sqlKey
	var from []string
	if column != "" {
		from = []string{column}
	}
	for l.peek() != 0 {
		switch w := l.word(); w {
		case "":
			l.pass()
		case "PRIMARY", "UNIQUE":
			l.takeWords("KEY", "INDEX", "CLUSTERED", "NONCLUSTERED")
			columns := from
			if column == "" {
				columns = l.keyColumns()
			}
			if len(columns) > 0 {
				keys = append(keys, sqlKey{columns: columns, primary: w == "PRIMARY"})
			}
		case "FOREIGN":
			l.takeWords("KEY")
			from = l.keyColumns()
		case "REFERENCES":
			table, ok := l.name()
			if !ok || len(from) == 0 {
				continue
			}
			k := sqlKey{columns: from, table: table}
			if l.peek() == '(' {
				k.to = l.keyColumns()
			}
			keys = append(keys, k)
		}
	}
	return keys
}

// pass goes past one literal, one pair of brackets with what is in it, or one
// character.
func (l *lexer) pass() {
	for depth := 0; l.i < len(l.text); {
		switch c := l.text[l.i]; c {
		case '\'', '"', '`':
			if end := quotedEnd(l.text, l.i, false); end > 0 {
				l.i = end - 1
			}
		case '(':
			depth++
		case ')':
			depth--
		}
		l.i++
		if depth <= 0 {
			return
		}
	}
}

// keyColumns reads a list of columns in brackets, with the name of an index
// before it, or without; lengths and orders of columns are passed over.
func (l *lexer) keyColumns() []string {
	for n := 0; l.peek() != '(' && n < 4; n++ { // a name, USING BTREE
		if _, ok := l.name(); !ok {
			return nil
		}
	}
	if !l.take('(') {
		return nil
	}
	var columns []string
	for {
		name, ok := l.part()
		if !ok || len(columns) == maxKeys {
			return nil
		}
		columns = append(columns, name)
		for c := l.peek(); c != ',' && c != ')'; c = l.peek() {
			if c == 0 {
				return nil
			}
			l.pass()
		}
		if l.take(')') {
			return columns
		}
		l.take(',')
	}
}

// alter notes the keys that an ALTER TABLE adds.
func (s *sqlSplitter) alter(text []byte) {
	l := &lexer{text: text}
	l.word()
	if l.word() != "TABLE" {
		return
	}
	l.takeWords("IF", "EXISTS", "ONLY")
	name, ok := l.name()
	if !ok {
		return
	}
	for more := true; more; {
		from := l.i
		more = l.clause()
		s.tables.declare(s.qualified(name), keysIn(text[from:l.i], ""))
	}
}

// index notes the columns of a CREATE UNIQUE INDEX.
func (s *sqlSplitter) index(text []byte) {
	l := &lexer{text: text}
	if l.word(); l.word() != "UNIQUE" {
		return
	}
	l.takeWords("CLUSTERED", "NONCLUSTERED")
	if l.word() != "INDEX" {
		return
	}
	l.takeWords("CONCURRENTLY", "IF", "NOT", "EXISTS")
	if l.ahead() != "ON" {
		l.name()
	}
	if l.word() != "ON" {
		return
	}
	l.takeWords("ONLY")
	if name, ok := l.name(); ok {
		if columns := l.keyColumns(); len(columns) > 0 {
			s.tables.declare(s.qualified(name), []sqlKey{{columns: columns}})
		}
	}
}

// declare notes keys of a table that the text has made.
func (t *sqlTables) declare(table string, keys []sqlKey) {
	if t.done || len(keys) == 0 {
		return
	}
	if i, ok := t.named[table]; ok {
		of := t.all[i]
		of.keys = append(of.keys, keys...)
		of.keys = of.keys[:min(len(of.keys), maxKeys)]
	}
}

// find is the table of that name, as the text of another table names it: with
// the schema or without, in capitals or not; nil where none or several fit.
func (t *sqlTables) find(name, from string) *sqlTable {
	if i, ok := t.named[name]; ok {
		return t.all[i]
	}
	if at := strings.LastIndexByte(from, '.'); at >= 0 {
		if i, ok := t.named[from[:at+1]+name]; ok {
			return t.all[i]
		}
	}
	last := func(s string) string { return s[strings.LastIndexByte(s, '.')+1:] }
	var found *sqlTable
	for _, of := range t.all {
		if !strings.EqualFold(last(of.name), last(name)) {
			continue
		}
		if found != nil {
			return nil
		}
		found = of
	}
	return found
}

// keysOf are the keys of a table by the places of its columns, and of the tables
// among those of the member that have data.
func (t *sqlTables) keysOf(of *sqlTable) []Key {
	var out []Key
	for _, k := range of.keys {
		key := Key{Columns: of.places(k.columns), Table: -1}
		if key.Columns == nil {
			continue
		}
		if k.table != "" {
			to := t.find(k.table, of.name)
			if to == nil || to.at < 0 {
				continue
			}
			names := k.to
			for _, other := range to.keys {
				if names == nil && other.primary {
					names = other.columns
				}
			}
			key.Table, key.To = to.at, to.places(names)
			if len(key.To) != len(key.Columns) {
				continue
			}
		}
		out = append(out, key)
	}
	return out
}

// places are those of columns by name; nil where one is not there.
func (of *sqlTable) places(names []string) []int {
	var at []int
	for _, name := range names {
		i, ok := of.exact[name]
		if !ok {
			if i, ok = of.folded[strings.ToLower(name)]; !ok {
				return nil
			}
		}
		at = append(at, i)
	}
	return at
}

// keysFrom are the keys of a member whose first table stands at that index.
func keysFrom(keys []Key, first int) []Key {
	for i := range keys {
		if keys[i].Table >= 0 {
			keys[i].Table += first
		}
	}
	return keys
}
