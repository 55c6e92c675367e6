package dump

import (
	"bytes"
	"strings"
)

// starved says what to do where a head could not be read: wait for more of it,
// or take it for broken.
func (s *sqlSplitter) starved(l *lexer, text []byte, final bool) (int, element) {
	if l.short && !final && len(text) <= s.most() {
		return 0, elementUnknown
	}
	return 0, elementBroken
}

// most is the longest head.
func (s *sqlSplitter) most() int { return min(maxHead, s.maxRow) }

// insert reads the head of an INSERT up to its values.
func (s *sqlSplitter) insert(text []byte, final bool) (int, element) {
	l := &lexer{text: text[:min(len(text), s.most())]}
	l.word()
	if l.ahead() == "ALL" || l.ahead() == "FIRST" {
		l.word()
		if l.word() != "INTO" {
			return s.starved(l, text, final)
		}
		return s.target(l, text, final, false)
	}
	l.takeWords("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "OVERWRITE", "INTO", "TABLE", "ONLY")
	return s.target(l, text, final, true)
}

// into reads the head of a further table of an INSERT ALL.
func (s *sqlSplitter) into(text []byte, final bool) (int, mark, bool) {
	l := &lexer{text: text[:min(len(text), s.most())]}
	l.word()
	n, is := s.target(l, text, final, false)
	switch is {
	case elementUnknown:
		return 0, mark{}, false
	case elementBroken:
		s.state = sqlRest
	}
	return n, mark{}, true
}

// target reads the table, the columns and the word VALUES.
func (s *sqlSplitter) target(l *lexer, text []byte, final, again bool) (int, element) {
	name, ok := l.name()
	if !ok {
		return s.starved(l, text, final)
	}
	if l.ahead() == "AS" {
		l.word()
		l.part()
	}
	var columns []string
	if l.take('(') {
		if columns, ok = l.names(); !ok || len(columns) > maxColumns {
			return s.starved(l, text, final)
		}
	}
	l.takeWords("OVERRIDING", "SYSTEM", "USER", "VALUE")
	if w := l.ahead(); w == "VALUES" {
		l.word()
	} else if w != "" || l.peek() != '(' || columns == nil {
		return s.starved(l, text, final)
	}
	if l.i >= len(text) && !final {
		return 0, elementUnknown
	}
	s.state = sqlValues
	s.to = s.tables.target(s.qualified(name), columns, s.mode)
	s.cells = 0
	s.head = nil
	if again {
		s.head = bytes.Clone(text[:l.i])
	}
	return l.i, elementWhole
}

// qualified is a name with the database it is in.
func (s *sqlSplitter) qualified(name string) string {
	if s.database != "" && !strings.Contains(name, ".") {
		return s.database + "." + name
	}
	return name
}

// copyHead reads the head of a COPY block, its line included.
func (s *sqlSplitter) copyHead(text []byte, final bool) (int, element) {
	l := &lexer{text: text[:min(len(text), s.most())]}
	l.word()
	name, ok := l.name()
	if !ok {
		return s.starved(l, text, final)
	}
	var columns []string
	if l.take('(') {
		if columns, ok = l.names(); !ok || len(columns) > maxColumns {
			return s.starved(l, text, final)
		}
	}
	if l.word() != "FROM" || l.word() != "STDIN" {
		return s.starved(l, text, final)
	}
	k := bytes.IndexByte(l.text[l.i:], '\n')
	if k < 0 {
		l.short = true
		return s.starved(l, text, final)
	}
	mode := s.mode
	style := copyOptions(l.text[l.i : l.i+k])
	if style != nil && style.encoded && !s.tables.wide {
		mode.charset = style.charset
	}
	s.to = s.tables.target(s.qualified(name), columns, mode)
	s.to.style = style
	s.state = sqlCopy
	s.head = nil
	return l.i + k + 1, elementWhole
}

// copyLine reports that a line begins a COPY block.
func copyLine(line []byte) bool {
	if n := bytes.IndexByte(line[:min(len(line), maxHead)], '\n'); n >= 0 {
		line = line[:n]
	}
	line = bytes.ToUpper(bytes.TrimSpace(line))
	return bytes.HasSuffix(line, []byte{';'}) && bytes.Contains(line, []byte(" FROM STDIN"))
}

var (
	copyEnd  = []byte("\n\\.")
	copyNext = []byte("\nCOPY ")
)

// copyLines takes whole lines of a COPY block.
func (s *sqlSplitter) copyLines(text []byte, final bool) (int, mark, bool) {
	if bytes.HasPrefix(text, copyEnd[1:]) && (len(text) > 2 && (text[2] == '\n' || text[2] == '\r') || len(text) == 2 && final) {
		n, _, ok := s.line(text, final)
		if ok {
			s.state = sqlBetween
		}
		return n, mark{}, ok
	}
	if len(text) < 4 && !final {
		return 0, mark{}, false
	}
	if bytes.HasPrefix(text, copyNext[1:]) || len(text) < len(copyNext)-1 && !final {
		if bytes.IndexByte(text, '\n') < 0 && !final && len(text) <= s.most() {
			return 0, mark{}, false
		}
		if copyLine(text) { // the end of the block before is missing
			s.state = sqlBetween
			return 0, mark{}, true
		}
	}
	if s.to.fresh && s.to.style != nil && s.to.style.header {
		n, ok := s.copyHeader(text, final)
		return n, mark{}, ok
	}
	s.survey(text)
	n := len(text)
	next := false
	for at := 0; ; {
		k := bytes.Index(text[at:n], copyEnd)
		if k < 0 {
			break
		}
		at += k + 1
		if at+2 == len(text) && !final || at+2 < len(text) && text[at+2] != '\n' && text[at+2] != '\r' {
			continue // a value that begins so, or not to be told yet
		}
		n, next = at, true
		break
	}
	// What may be the next block is looked at when it comes first.
	if s.to.style != nil && s.to.style.csv {
		if n = s.styledLines(text, n, next || final); n == 0 {
			return 0, mark{}, false
		}
		next = true
	} else if k := bytes.Index(text[:n], copyNext); k >= 0 {
		n, next = k+1, true
	}
	if !next && !final {
		if n = lastLineEnd(text); n == 0 {
			return 0, mark{}, false
		}
	}
	s.to.fresh = false
	as := rowsCopy
	if s.to.style != nil && s.to.style.binary {
		as = rowsNotRead
	}
	return n, mark{0, n, as, s.to, nil}, true
}

// survey notes how wide the lines of a COPY block are where nothing names its
// columns.
func (s *sqlSplitter) survey(text []byte) {
	if !s.to.fresh {
		return
	}
	if n := bytes.IndexByte(text, '\n'); n >= 0 {
		s.tables.width(s.to, s.to.style.separators(text[:n])+1)
	}
}

// lastLineEnd is the offset past the last end of a line that a backslash does
// not make part of a value.
func lastLineEnd(text []byte) int {
	for n := len(text); n > 0; {
		k := bytes.LastIndexByte(text[:n], '\n')
		if k < 0 {
			return 0
		}
		if !escapedAt(text, k) {
			return k + 1
		}
		n = k
	}
	return 0
}

// escapedAt reports that an odd number of backslashes stands before i.
func escapedAt(text []byte, i int) bool {
	n := 0
	for n < i && text[i-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}

// create notes the columns of a CREATE TABLE.
func (s *sqlSplitter) create(text []byte) {
	head, ok := readTableHead(text)
	if !ok {
		s.index(text)
		return
	}
	var columns []string
	var binary []bool
	var keys []sqlKey
	for _, c := range head.columns {
		columns = append(columns, c.name)
		binary = append(binary, binaryTypes[strings.ToUpper(c.kind)])
		keys = append(keys, keysIn(c.rest, c.name)...)
	}
	for _, clause := range head.clauses {
		keys = append(keys, keysIn(clause, "")...)
	}
	s.tables.created(s.qualified(head.name), columns, binary, keys)
	s.head = nil
}

// tableHead is what a CREATE TABLE says.
type tableHead struct {
	name    string
	columns []columnHead
	clauses [][]byte // that are no column
	tail    []byte   // after the closing bracket
}

// columnHead is what it says of a column.
type columnHead struct {
	name string
	kind string // the first word of its type, or of what stands in its place
	rest []byte // all that follows its name
}

// readTableHead reads a CREATE TABLE with a list of columns.
func readTableHead(text []byte) (*tableHead, bool) {
	l := &lexer{text: text}
	l.word()
	l.takeWords("OR", "REPLACE", "GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED", "FOREIGN", "EXTERNAL", "COLUMN")
	if l.word() != "TABLE" {
		return nil, false
	}
	l.takeWords("IF", "NOT", "EXISTS")
	name, ok := l.name()
	if !ok || !l.take('(') {
		return nil, false
	}
	h := &tableHead{name: name}
	for len(h.columns) < maxColumns {
		quoted := strings.IndexByte("`\"['", l.peek()) >= 0
		from := l.i
		column, ok := l.part()
		if !ok {
			break
		}
		is := quoted || !tableClauses[strings.ToUpper(column)]
		kind := ""
		if is {
			from = l.i
			kind, _ = l.name()
		}
		more := l.clause()
		rest := bytes.TrimSuffix(text[from:min(l.i, len(text))], []byte{','})
		if is {
			h.columns = append(h.columns, columnHead{column, kind, rest})
		} else {
			h.clauses = append(h.clauses, rest)
		}
		if !more {
			break
		}
	}
	h.tail = text[min(l.i+1, len(text)):]
	return h, true
}

// clause passes over the rest of a clause of a CREATE TABLE; it reports whether
// another follows.
func (l *lexer) clause() bool {
	depth := 0
	for l.i < len(l.text) {
		switch c := l.peek(); c {
		case 0:
			return false
		case '\'', '"', '`':
			end := quotedEnd(l.text, l.i, false)
			if end < 0 {
				return false
			}
			l.i = end
			continue
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return false
			}
		case ',':
			if depth == 0 {
				l.i++
				return true
			}
		}
		l.i++
	}
	return false
}

// tableClauses are words that begin a clause that is no column.
var tableClauses = map[string]bool{
	"PRIMARY": true, "KEY": true, "UNIQUE": true, "CONSTRAINT": true, "INDEX": true, "FOREIGN": true, "CHECK": true,
	"FULLTEXT": true, "SPATIAL": true, "EXCLUDE": true, "LIKE": true, "PERIOD": true,
}

// binaryTypes are the types of columns whose values are bytes.
var binaryTypes = map[string]bool{
	"BLOB": true, "TINYBLOB": true, "MEDIUMBLOB": true, "LONGBLOB": true, "BINARY": true, "VARBINARY": true,
	"BYTEA": true, "IMAGE": true, "RAW": true, "BIT": true,
}

// conditional heeds a comment that MySQL runs.
func (s *sqlSplitter) conditional(comment []byte) {
	inner, ok := bytes.CutPrefix(comment, []byte("/*!"))
	if !ok {
		return
	}
	inner = bytes.TrimLeft(bytes.TrimSuffix(inner, []byte("*/")), "0123456789 ")
	if len(inner) > 4 && bytes.EqualFold(inner[:4], []byte("SET ")) {
		s.set(inner)
	}
}

// set heeds what a SET says of how literals are written.
func (s *sqlSplitter) set(text []byte) {
	if len(text) > 4<<10 {
		return
	}
	was := s.mode
	f := strings.FieldsFunc(strings.ToUpper(string(text)), func(r rune) bool { return strings.ContainsRune(" \t\r\n=';,\"", r) })
	for i := 1; i < len(f)-1; i++ {
		switch f[i] {
		case "NAMES", "CLIENT_ENCODING":
			if f[i+1] == "TO" && i+2 < len(f) {
				f[i+1] = f[i+2]
			}
			if c, ok := sqlCharsets[f[i+1]]; ok && !s.tables.wide {
				s.mode.charset = c
			}
		case "STANDARD_CONFORMING_STRINGS":
			s.mode.backslash = f[i+1] == "OFF" || f[i+1] == "FALSE"
		case "SQL_MODE", "@@SQL_MODE", "@@SESSION.SQL_MODE":
			for _, w := range f[i+1:] {
				if w == "NO_BACKSLASH_ESCAPES" {
					s.mode.backslash = false
				}
			}
		}
	}
	if s.mode != was {
		s.head = nil
	}
}

// sqlCharsets are charsets by the names MySQL and PostgreSQL give them.
var sqlCharsets = map[string]charset{
	"UTF8": utf8Text, "UTF8MB4": utf8Text, "UTF8MB3": utf8Text, "UTF-8": utf8Text, "UNICODE": utf8Text,
	"LATIN1": windows1252, "WIN1252": windows1252, "CP1252": windows1252, "ISO_8859_1": windows1252, "ISO88591": windows1252,
	"LATIN9": latin9, "ISO885915": latin9, "CP850": cp850, "MACROMAN": macRoman,
}
