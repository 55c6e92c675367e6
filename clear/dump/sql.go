package dump

import (
	"bytes"
	"regexp"
)

// sqlFormat is SQL text: statements of which some hold rows. It knows how
// values are written and not the language, so that what thieves cut, joined or
// edited is read all the same.
type sqlFormat struct{}

// sqlDialect is the program a text was written by.
type sqlDialect uint8

const (
	anySQL sqlDialect = iota
	mysql
	postgres
	sqlServer
	oracle
)

var sqlDialects = [...]string{"of no known program", "MySQL or MariaDB", "PostgreSQL", "SQL Server", "Oracle"}

var (
	sqlStart = regexp.MustCompile(`(?i)^(\s|--[^\n]*\n|#[^\n]*\n|/\*[^!M](?s:.*?)\*/;?)*(/\*m?![0-9]|\\restrict |create (or replace )?(table|database|schema|sequence|type|extension|function)\b|insert (ignore )?into\b|insert \[|insert all\b|replace into\b|drop (table|database|schema)\b|set [a-z_@]+[ =]|begin;|copy [^\n]+ from stdin|use [\x60\[a-z]|start transaction|rem inserting|alter (table|database)\b)`)
	sqlData  = regexp.MustCompile(`(?im)^(insert\s+(ignore\s+)?(into\s+)?[^\s(]+\s*(\([^()]*\)\s*)?values\s*\(|copy [^\s(]+ (\([^()]*\) )?from stdin\b[^\n]*;|insert all\s+into\s)`)
)

// startsSQL reports that a text begins as an SQL text does.
func startsSQL(text []byte) bool { return sqlStart.Match(text[:min(len(text), 16<<10)]) }

func (sqlFormat) probe(s *sample) float64 {
	if startsSQL(s.text) {
		return 0.97
	}
	found := sqlData.FindAllIndex(s.text, 3)
	if len(found) == 3 || len(found) > 0 && found[0][0] < 4<<10 {
		return 0.6 // cut out of a dump, or with something before it
	}
	return 0
}

func (sqlFormat) open(s *sample) layout {
	l := &sqlLayout{maxRow: s.maxRow, tables: newSQLTables()}
	l.tables.wide = s.charset.wide()
	l.dialect = dialectOf(s.text)
	l.mode.charset = s.charset
	if l.tables.wide {
		l.mode.charset = utf8Text
	}
	switch l.dialect {
	case mysql:
		l.mode.backslash = true
		if !l.mode.charset.isUTF8() { // bytes in quotes mislead; what it writes without a word is this
			l.mode.charset = windows1252
		}
	case anySQL:
		l.mode.backslash = l.trial(s, true) < l.trial(s, false)
	}
	// What the text says of itself before its first row holds.
	sp := l.splitter(newSQLTables())
	sp.tables.wide = l.tables.wide
	head := s.text
	if at := sqlData.FindIndex(head); at != nil {
		head = head[:at[0]]
	}
	_, _ = sp.split(head, true)
	l.mode = sp.mode
	return l
}

// trial is how much of a sample cannot be read, with backslashes or without.
func (l *sqlLayout) trial(s *sample, backslash bool) int64 {
	sp := l.splitter(newSQLTables())
	sp.mode.backslash = backslash
	_, _ = sp.split(s.text, s.whole)
	bad := 2 * sp.broken
	if !backslash && bytes.Contains(s.text, []byte(`\'`)) {
		bad++
	}
	return bad
}

// dialectOf tells by what only one program writes, of which the first counts:
// rows may hold anything.
func dialectOf(text []byte) sqlDialect {
	text = text[:min(len(text), 64<<10)]
	first, at := anySQL, len(text)
	for _, of := range []struct {
		dialect sqlDialect
		any     []string
	}{
		{postgres, []string{"PostgreSQL database", "pg_catalog", "standard_conforming_strings", "FROM stdin;", "\\restrict "}},
		{mysql, []string{"MySQL dump", "MariaDB dump", "phpMyAdmin", "/*!40", "INSERT INTO `", "ENGINE=", "FOREIGN_KEY_CHECKS", "UNIQUE_CHECKS", "TABLE `", "into `"}},
		{sqlServer, []string{"[dbo]", "\nGO\n", "\nGO\r\n", "INSERT [", "IDENTITY_INSERT"}},
		{oracle, []string{"REM INSERTING", "Insert into ", "INSERT ALL", "to_date('", "TO_DATE('", "to_timestamp(", "TO_TIMESTAMP(", "SET DEFINE OFF"}},
	} {
		for _, mark := range of.any {
			if k := bytes.Index(text, []byte(mark)); k >= 0 && k < at {
				first, at = of.dialect, k
			}
		}
	}
	return first
}

// sqlLayout is an SQL text.
type sqlLayout struct {
	dialect sqlDialect
	mode    sqlMode // at the start
	maxRow  int
	tables  *sqlTables
	found   []shape

	surveys []*sqlSplitter // that were made, by backslash escapes
}

func (l *sqlLayout) describe() string {
	words := "SQL: " + sqlDialects[l.dialect]
	if l.mode.backslash {
		words += ", backslash escapes"
	}
	return words
}

func (l *sqlLayout) columns() []string { return l.found[0].columns }
func (l *sqlLayout) header() bool      { return l.found[0].header }
func (l *sqlLayout) start() int        { return 0 }
func (l *sqlLayout) split() splitter   { return l.splitter(l.tables) }
func (l *sqlLayout) parser() parser    { return &sqlParser{layout: l} }

// survey is called again where nothing but the whole text tells whether there
// are backslash escapes: the way that reads more is kept.
func (l *sqlLayout) survey() splitter {
	switch n := len(l.surveys); {
	case n == 0:
		l.surveys = append(l.surveys, l.splitter(l.tables))
	case n == 1 && l.dialect == anySQL && l.surveys[0].broken > 0:
		l.mode.backslash = !l.mode.backslash
		t := newSQLTables()
		t.wide = l.tables.wide
		l.surveys = append(l.surveys, l.splitter(t))
	default:
		return nil
	}
	return l.surveys[len(l.surveys)-1]
}

func (l *sqlLayout) surveyed() []shape {
	if len(l.surveys) == 2 {
		if l.surveys[1].broken < l.surveys[0].broken {
			l.tables = l.surveys[1].tables
		} else {
			l.mode.backslash = !l.mode.backslash
		}
	}
	l.surveys = nil
	l.found = l.tables.shapes()
	return l.found
}

func (l *sqlLayout) placed() bool { return false }

func (l *sqlLayout) splitter(t *sqlTables) *sqlSplitter {
	return &sqlSplitter{tables: t, maxRow: l.maxRow, mode: l.mode, delimiter: semicolon}
}
