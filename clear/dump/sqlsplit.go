package dump

import (
	"bytes"
	"strings"
)

// sqlState is what an SQL text is in the middle of.
type sqlState uint8

const (
	sqlBetween sqlState = iota // statements
	sqlValues                  // the lists of values of an INSERT
	sqlRest                    // what follows them in their statement
	sqlCopy                    // the lines of a COPY block
)

// sqlSplitter finds the statements of a text, and the rows in those that hold
// data. What is broken costs as little as can be: the next list of values, or
// the next line that begins a statement, is where reading goes on.
type sqlSplitter struct {
	tables *sqlTables
	maxRow int

	mode      sqlMode
	state     sqlState
	to        *sqlTarget
	cells     int    // of the last list of values, in the survey; 0 when none was seen
	delimiter []byte // that ends statements
	database  string // of USE
	head      []byte // of the last INSERT, as it lies: the next mostly has the same
	seen      int64  // bytes cut so far
	wasted    int64  // bytes looked at in vain for the ends of what is broken
	broken    int64  // lists of values that cannot be read

	skipping bool
	skipFrom int // where in the next text to look for an end
}

func (s *sqlSplitter) split(text []byte, final bool) (int, []mark) {
	var marks []mark
	s.skipping = false
	at := 0
	for at < len(text) {
		n, m, ok := s.step(text[at:], s.seen+int64(at), final)
		if !ok {
			break
		}
		if m.end > m.start {
			m.start += at
			m.end += at
			marks = append(marks, m)
		}
		at += n
	}
	s.seen += int64(at)
	return at, marks
}

func (s *sqlSplitter) table() int {
	if s.to == nil {
		return 0
	}
	return max(s.to.table, 0)
}

// ahead is the reach of what is looked at to go on after what is broken.
func (s *sqlSplitter) ahead() int { return min(resumeReach, s.maxRow) + 2*lineAhead }

// tail cuts a copy, to see where the text that is whole ends.
func (s *sqlSplitter) tail(text []byte) int {
	like := *s
	n, _ := like.split(text, false)
	return n
}

// step takes the next piece of text, which lies at that offset of the whole, and
// marks it where it is a row. It reports false, and changes nothing, where more
// text is needed to say.
func (s *sqlSplitter) step(text []byte, at int64, final bool) (int, mark, bool) {
	if s.state == sqlCopy {
		return s.copyLines(text, final)
	}
	if n := blanks(text, 0); n > 0 {
		return n, mark{}, true
	}
	limit := s.reach(at)
	if n, is := remark(text, final, limit); is != elementBroken {
		if is == elementUnknown {
			return 0, mark{}, false
		}
		if !bytes.HasSuffix(text[:n], []byte("*/")) && text[0] == '/' {
			s.wasted += int64(min(limit, len(text)))
		}
		s.conditional(text[:n])
		return n, mark{}, true
	}
	switch s.state {
	case sqlValues:
		return s.values(text, at, final)
	case sqlRest:
		return s.rest(text, at, final)
	default:
		return s.statement(text, at, final)
	}
}

// remark is the length of the comment at the start of text; elementBroken where
// none is there. A comment that is not closed within a limit ends with its line.
func remark(text []byte, final bool, limit int) (int, element) {
	if len(text) > limit {
		text, final = text[:limit], true
	}
	var end int
	switch {
	case len(text) == 1 && (text[0] == '-' || text[0] == '/') && !final:
		return 0, elementUnknown
	case bytes.HasPrefix(text, []byte("--")) || text[0] == '#':
		end = bytes.IndexByte(text, '\n')
	case bytes.HasPrefix(text, []byte("/*")):
		if end = bytes.Index(text, []byte("*/")); end >= 0 {
			return end + 2, elementWhole
		}
		if !final {
			return 0, elementUnknown
		}
		end = bytes.IndexByte(text, '\n')
	default:
		return 0, elementBroken
	}
	if end < 0 {
		if final {
			return len(text), elementWhole
		}
		return 0, elementUnknown
	}
	return end + 1, elementWhole
}

// values takes the next list of values, or sees that there is none.
func (s *sqlSplitter) values(text []byte, at int64, final bool) (int, mark, bool) {
	switch c := text[0]; {
	case c == ',':
		return 1, mark{}, true
	case bytes.HasPrefix(text, s.delimiter):
		s.state = sqlBetween
		return len(s.delimiter), mark{}, true
	case c == ';':
		s.state = sqlBetween
		return 1, mark{}, true
	case c == '(':
		n, cells, is := sqlTuple(text, final, s.reach(at), s.mode.backslash)
		switch is {
		case elementUnknown:
			return 0, mark{}, false
		case elementWhole:
			s.cells = cells
			s.tables.width(s.to, cells)
			return n, mark{0, n, rowSQL, s.to, nil}, true
		}
		if width := s.width(); width > 1 {
			switch n, is := looseTuple(text, final, s.reach(at), width); is {
			case elementUnknown:
				return 0, mark{}, false
			case elementWhole:
				return n, mark{0, n, rowSQLMended, s.to, nil}, true
			}
		}
		return s.lost(text, at, final, n)
	case wordByte(c):
		l := &lexer{text: text}
		word := l.word()
		if (l.short || len(text) < lineAhead) && !final {
			return 0, mark{}, false
		}
		switch {
		case word == "INTO": // of INSERT ALL
			return s.into(text, final)
		case startsStatement(text) || word == "GO" || word == "INSERT":
			s.state = sqlBetween
			return 0, mark{}, true
		default: // ON CONFLICT, RETURNING, SELECT, AS …
			s.state = sqlRest
			return 0, mark{}, true
		}
	case c == '/' || c == '\\':
		s.state = sqlBetween
		return 0, mark{}, true
	default:
		return s.lost(text, at, final, 0)
	}
}

// width is how many values are expected, 0 when that is not known.
func (s *sqlSplitter) width() int {
	switch {
	case s.to.list > 0:
		return s.to.list
	case s.tables.known(s.to) > 0:
		return s.tables.known(s.to)
	}
	return s.cells
}

// lost takes a list of values that cannot be read, up to where reading can go
// on. So much of it was looked at in vain.
func (s *sqlSplitter) lost(text []byte, at int64, final bool, looked int) (int, mark, bool) {
	vain := s.wasted + int64(looked)
	n, is := s.resume(text, 1, at, final, &vain)
	switch is {
	case elementUnknown:
		return 0, mark{}, false
	case elementBroken:
		n = len(text)
	}
	s.wasted = vain
	s.broken++
	as := rowSQLBroken
	if n > s.maxRow {
		as = rowTooLong
	}
	if n < len(text) && text[n] != '(' {
		s.state = sqlBetween
	}
	return n, mark{0, n, as, s.to, nil}, true
}

// rest passes over what follows the values in their statement.
func (s *sqlSplitter) rest(text []byte, at int64, final bool) (int, mark, bool) {
	n, is := s.end(text, at, final)
	switch is {
	case elementUnknown:
		return 0, mark{}, false
	case elementBroken:
		s.state = sqlBetween
		return n, mark{0, n, rowNoSQL, s.to, nil}, true
	}
	s.state = sqlBetween
	return n, mark{}, true
}

// How far a statement that holds no data is looked at for what it says.
const maxHead = 256 << 10 // bytes

// statement takes the next statement, or the head of one that holds data.
func (s *sqlSplitter) statement(text []byte, at int64, final bool) (int, mark, bool) {
	switch c := text[0]; {
	case bytes.HasPrefix(text, s.delimiter):
		return len(s.delimiter), mark{}, true
	case c == ';':
		return 1, mark{}, true
	case c == '\\' || c == '/' || c == '@': // for psql, SQL*Plus
		return s.line(text, final)
	case !wordByte(c):
		return s.noise(text, final)
	}
	if len(s.head) > 0 && bytes.HasPrefix(text, s.head) && len(text) > len(s.head) {
		s.state = sqlValues
		return len(s.head), mark{}, true
	}
	l := &lexer{text: text}
	word := l.word()
	if l.short && !final {
		return 0, mark{}, false
	}
	switch word {
	case "INSERT", "REPLACE":
		n, is := s.insert(text, final)
		if is == elementUnknown {
			return 0, mark{}, false
		}
		if is == elementWhole {
			return n, mark{}, true
		}
	case "COPY":
		n, is := s.copyHead(text, final)
		if is == elementUnknown {
			return 0, mark{}, false
		}
		if is == elementWhole {
			return n, mark{}, true
		}
	case "GO":
		return l.i, mark{}, true
	case "DELIMITER":
		n, _, ok := s.line(text, final)
		if d := bytes.TrimSpace(text[min(l.i, n):n]); len(d) > 0 && len(d) < 16 {
			s.delimiter = bytes.Clone(d)
		}
		return n, mark{}, ok
	case "REM", "PROMPT", "SPOOL", "WHENEVER":
		return s.line(text, final)
	default:
		if !sqlVerbs[word] {
			return s.noise(text, final)
		}
	}
	n, is := s.end(text, at, final)
	if is == elementUnknown {
		return 0, mark{}, false
	}
	if is == elementBroken {
		s.wasted += int64(min(s.reach(at), len(text)))
	}
	head := text[:min(n, maxHead)]
	switch word {
	case "CREATE":
		s.create(head)
	case "ALTER":
		s.alter(head)
	case "SET":
		s.set(head)
	case "USE":
		l := &lexer{text: head, i: len("USE")}
		if name, ok := l.part(); ok {
			s.database = name
			s.head = nil
		}
	}
	if is == elementBroken || word == "INSERT" && !bytes.Contains(bytes.ToUpper(head), []byte("SELECT")) && !bytes.Contains(bytes.ToUpper(head), []byte("DEFAULT")) {
		s.broken++
		return n, mark{0, n, rowNoSQL, s.to, nil}, true
	}
	return n, mark{}, true
}

// noise takes what is no statement.
func (s *sqlSplitter) noise(text []byte, final bool) (int, mark, bool) {
	n := min(len(text), s.maxRow)
	seen := text[:n]
	for i := 1; ; i++ {
		k := -1
		if i < n {
			k = bytes.IndexByte(seen[i:], '\n')
		}
		if k < 0 {
			if !final && len(text) <= s.maxRow {
				return 0, mark{}, false
			}
			break
		}
		i += k
		if !final && len(text)-i < lineAhead {
			return 0, mark{}, false
		}
		if startsStatement(text[i+1:]) {
			n = i + 1
			break
		}
	}
	s.broken++
	return n, mark{0, n, rowNoSQL, s.to, nil}, true
}

// line passes over a line.
func (s *sqlSplitter) line(text []byte, final bool) (int, mark, bool) {
	n := min(len(text), s.maxRow)
	if k := bytes.IndexByte(text[:n], '\n'); k >= 0 {
		return k + 1, mark{}, true
	}
	if !final && len(text) <= s.maxRow {
		return 0, mark{}, false
	}
	return n, mark{}, true
}

// lineAhead is how much of a line tells that it begins a statement.
const lineAhead = 48 // bytes

// startsStatement reports that a line is likely the first of a statement: it
// begins with the words of one, without blanks before.
func startsStatement(line []byte) bool {
	if len(line) < 2 || !strings.ContainsRune("ircdasulbg-/\\", rune(line[0]|0x20)) && line[0] != '\\' {
		return false
	}
	head := bytes.ToUpper(line[:min(len(line), lineAhead)])
	for _, w := range statementStarts {
		if bytes.HasPrefix(head, w) {
			return true
		}
	}
	return false
}

var statementStarts = func() (all [][]byte) {
	for _, w := range []string{
		"INSERT INTO ", "INSERT IGNORE ", "INSERT ALL", "INSERT [", "INSERT DBO.", "REPLACE INTO ", "CREATE TABLE ", "CREATE DATABASE ", "CREATE SCHEMA ",
		"CREATE INDEX ", "CREATE UNIQUE ", "CREATE SEQUENCE ", "CREATE VIEW ", "CREATE FUNCTION ", "DROP TABLE ", "ALTER TABLE ", "ALTER SEQUENCE ", "ALTER DATABASE ",
		"SET IDENTITY_INSERT ", "SET NAMES ", "SET @", "SET CLIENT_ENCODING", "SET DEFINE ", "UNLOCK TABLES", "LOCK TABLES", "LOCK TABLE ", "BEGIN;", "COMMIT;", "COMMIT\n",
		"-- ", "--\n", "--\r\n", "/*!", "/*M!", "GO\n", "GO\r\n", "USE `", "USE [", "SELECT PG_CATALOG.", "\\.\n", "\\.\r", "\\UNRESTRICT ", "\\RESTRICT ", "\\CONNECT ", "REM INSERTING ", "COPY ",
	} {
		all = append(all, []byte(w))
	}
	return all
}()

// sqlVerbs are words that begin statements.
var sqlVerbs = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range bytes.Fields([]byte(`
		ALTER ANALYZE ATTACH BEGIN CALL CHECKPOINT CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DEFINE DELETE DETACH DISABLE DISCARD DO
		DROP ENABLE END EXEC EXECUTE EXIT EXPLAIN FLUSH GRANT HANDLER IF IMPORT INSERT LISTEN LOAD LOCK MERGE NOTIFY OPTIMIZE PRAGMA PREPARE PRINT
		PURGE QUIT RAISERROR REASSIGN REFRESH REINDEX RELEASE RENAME REPLACE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW START TRUNCATE
		UNLISTEN UNLOCK UPDATE USE VACUUM VALUES WHILE WITH CONNECT DISCONNECT`)) {
		m[string(w)] = true
	}
	return m
}()

// end is the length of the statement at the start of text, its delimiter
// included. One that a line with another statement ends, in the midst of a
// quote, is broken.
func (s *sqlSplitter) end(text []byte, at int64, final bool) (int, element) {
	full := false
	if limit := s.reach(at); len(text) > limit {
		text, final, full = text[:limit], true, true
	}
	unknown := func() (int, element) {
		if !final {
			return 0, elementUnknown
		}
		if n := lineAfter(text, 1, len(text)); n > 0 {
			return n, elementBroken
		}
		return len(text), elementBroken
	}
	plain := bytes.Equal(s.delimiter, semicolon)
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == s.delimiter[0]:
			if len(text)-i < len(s.delimiter) && !final {
				return 0, elementUnknown
			}
			if bytes.HasPrefix(text[i:], s.delimiter) {
				return i + len(s.delimiter), elementWhole
			}
			i++
		case c == '\'' || c == '"' || c == '`':
			end := literalEnd(text, i, s.mode.backslash)
			if end < 0 {
				return unknown()
			}
			if end == len(text) && !final {
				return 0, elementUnknown
			}
			if plain && end < len(text) && wordByte(text[end]) { // a word beside a quote is odd
				if n := lineAfter(text, i, end); n > 0 {
					return n, elementBroken
				}
			}
			i = end
		case c == '$':
			tag := dollarTag(text, i)
			if tag == 0 {
				i++
				continue
			}
			end := dollarEnd(text, i, tag)
			if end < 0 {
				return unknown()
			}
			i = end
		case c == '-' || c == '/' || c == '#' && s.mode.backslash:
			n, is := remark(text[i:], final, len(text))
			if is == elementBroken || c == '#' && i > 0 && wordByte(text[i-1]) {
				i++
				continue
			}
			if is == elementUnknown {
				return unknown()
			}
			i += n
		case c == '\n' && plain:
			if !final && len(text)-i < lineAhead {
				return 0, elementUnknown
			}
			if rest := text[i+1:]; startsData(rest) || goLine(rest) {
				return i + 1, elementWhole
			}
			i++
		default:
			i++
		}
	}
	if !final || full {
		return unknown()
	}
	return len(text), elementWhole
}

var semicolon = []byte{';'}

// lineAfter is the offset of the first line between two offsets that begins a
// statement with data; 0 when none does.
func lineAfter(text []byte, from, to int) int {
	for i := from; i < to; i++ {
		k := bytes.IndexByte(text[i:to], '\n')
		if k < 0 {
			return 0
		}
		i += k
		if startsData(text[i+1 : to]) {
			return i + 1
		}
	}
	return 0
}

// startsData reports a line that begins a statement with data, or a table.
func startsData(line []byte) bool {
	if len(line) < 12 {
		return false
	}
	switch line[0] | 0x20 {
	case 'i', 'c', 'r':
	default:
		return false
	}
	head := bytes.ToUpper(line[:min(len(line), lineAhead)])
	for _, w := range []string{"INSERT INTO ", "INSERT [", "INSERT ALL", "REPLACE INTO ", "CREATE TABLE "} {
		if bytes.HasPrefix(head, []byte(w)) {
			return true
		}
	}
	return copyStart(head)
}

// copyStart reports the start of a COPY of rows, without what could stand in a
// row: a name, and then columns or FROM.
func copyStart(head []byte) bool {
	rest, ok := bytes.CutPrefix(head, []byte("COPY "))
	if !ok {
		return false
	}
	n := 0
	for n < len(rest) && (wordByte(rest[n]) || rest[n] == '.' || rest[n] == '"') {
		n++
	}
	return n > 0 && (bytes.HasPrefix(rest[n:], []byte(" (")) || bytes.HasPrefix(rest[n:], []byte(" FROM")))
}

func goLine(line []byte) bool {
	return len(line) >= 2 && line[0]|0x20 == 'g' && line[1]|0x20 == 'o' && (len(line) == 2 || line[2] == '\n' || line[2] == '\r' || line[2] == ';')
}

// reach is how far a list of values may go. It shrinks when much was looked at
// in vain, so that hostile texts do not take for ever.
func (s *sqlSplitter) reach(at int64) int {
	if s.wasted > 64<<20+8*at {
		return 4 << 10
	}
	return s.maxRow
}

// Limits of the search for where to go on.
const (
	resumeReach = 64 << 10 // bytes of a list of values that is looked for
	resumeBack  = 256      // bytes before it that are looked at
)

// resume is the offset, from one on, at which reading can go on: a line that
// begins a statement, or a list of values of the right length after another.
// elementBroken says that text has none.
func (s *sqlSplitter) resume(text []byte, from int, at int64, final bool, vain *int64) (int, element) {
	width := 0
	if s.state == sqlValues {
		width = s.width()
	}
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '\n':
			if !final && len(text)-i < lineAhead {
				return i, elementUnknown
			}
			if startsStatement(text[i+1:]) {
				return i + 1, elementWhole
			}
		case '(':
			if width == 0 || !follows(text, i) || *vain > 64<<20+8*(at+int64(i)) {
				continue
			}
			n, cells, is := sqlTuple(text[i:], final, min(resumeReach, s.maxRow), s.mode.backslash)
			if is == elementUnknown {
				return i, elementUnknown
			}
			if is == elementWhole && cells == width {
				return i, elementWhole
			}
			*vain += int64(max(n, 64))
		}
	}
	if !final {
		return len(text), elementUnknown
	}
	return 0, elementBroken
}

// follows reports that the bracket at i comes after the end of a list of values.
func follows(text []byte, i int) bool {
	j := back(text, i)
	if j < 0 || text[j] != ',' {
		return false
	}
	j = back(text, j)
	return j >= 0 && text[j] == ')'
}

// skip looks for where to go on after a row that is too long.
func (s *sqlSplitter) skip(text []byte, final bool) (int, bool) {
	if s.state == sqlCopy {
		n, ended := s.to.style.skip(text)
		s.seen += int64(n)
		return n, ended
	}
	from := s.skipFrom
	if !s.skipping {
		from = 1
		if s.state == sqlValues && text[0] == '(' {
			looked, _, _ := sqlTuple(text, final, s.reach(s.seen), s.mode.backslash)
			s.wasted += int64(looked)
		}
	}
	n, is := s.resume(text, from, s.seen, final, &s.wasted)
	switch is {
	case elementWhole:
		if text[n] != '(' {
			s.state = sqlBetween
		}
		s.skipping = false
		s.seen += int64(n)
		return n, true
	case elementBroken:
		s.seen += int64(len(text))
		return len(text), true
	}
	keep := min(n, resumeBack)
	s.skipping, s.skipFrom = true, keep
	s.seen += int64(n - keep)
	return n - keep, false
}
