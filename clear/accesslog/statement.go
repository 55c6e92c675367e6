package accesslog

import (
	"bytes"

	"constat.example/blind/access"
	"constat.example/blind/kind"
)

// sql looks at statements as far as access to records goes: what they do, to which
// table, for which record ids. It is no parser: what it does not know it passes over, and
// no value of a statement leaves it but record ids.
type sql struct {
	text []byte
	at   int

	key   string // column that holds record ids, small letters
	ids   [][]byte
	table []byte
}

type word struct {
	text []byte
	is   byte // 'n' name, 'v' value (number or string), 'p' parameter, or the mark itself; 0 at the end
}

func (s *sql) next() word {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			s.at++
		case c == '-' && s.at+1 < len(s.text) && s.text[s.at+1] == '-':
			if i := bytes.IndexByte(s.text[s.at:], '\n'); i >= 0 {
				s.at += i
			} else {
				s.at = len(s.text)
			}
		case c == '/' && s.at+1 < len(s.text) && s.text[s.at+1] == '*':
			if i := bytes.Index(s.text[s.at+2:], []byte("*/")); i >= 0 {
				s.at += i + 4
			} else {
				s.at = len(s.text)
			}
		case c == '\'':
			return word{s.enclosed('\''), 'v'}
		case c == '"' || c == '`':
			return word{s.enclosed(c), 'n'}
		case c >= '0' && c <= '9':
			return word{s.run(), 'v'}
		case c == '$' && s.at+1 < len(s.text) && s.text[s.at+1] >= '0' && s.text[s.at+1] <= '9':
			s.at++
			return word{s.run(), 'p'}
		case nameByte(c):
			return word{s.run(), 'n'}
		default:
			s.at++
			return word{s.text[s.at-1 : s.at], c}
		}
	}
	return word{}
}

func nameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= '0' && c <= '9' || c >= 0x80
}

func (s *sql) run() []byte {
	from := s.at
	for s.at < len(s.text) && nameByte(s.text[s.at]) {
		s.at++
	}
	return s.text[from:s.at]
}

// enclosed reads what stands between two marks; a doubled mark is one that belongs to it.
func (s *sql) enclosed(mark byte) []byte {
	from := s.at + 1
	for s.at++; s.at < len(s.text); s.at++ {
		if s.text[s.at] == '\\' && mark == '\'' && s.at+1 < len(s.text) && s.text[s.at+1] == '\'' {
			s.at++
			continue
		}
		if s.text[s.at] != mark {
			continue
		}
		if s.at+1 < len(s.text) && s.text[s.at+1] == mark {
			s.at++
			continue
		}
		s.at++
		return s.text[from : s.at-1]
	}
	return s.text[from:]
}

func (w word) says(what string) bool {
	return w.is == 'n' && len(w.text) == len(what) && bytes.EqualFold(w.text, []byte(what))
}

// name reads a name that may have its schema before it, from the word after w.
func (s *sql) name() []byte {
	w := s.next()
	if w.says("only") || w.says("lateral") {
		w = s.next()
	}
	for {
		if w.is != 'n' {
			return nil
		}
		back := s.at
		if s.next().is != '.' {
			s.at = back
			return w.text
		}
		w = s.next()
	}
}

// look tells what a statement does. params are its parameters, from $1 on.
func (s *sql) look(text []byte, params [][]byte) access.Action {
	s.text, s.at, s.ids, s.table = text, 0, s.ids[:0], nil
	first := s.next()
	for first.is == '(' {
		first = s.next()
	}
	switch {
	case first.says("copy"):
		return s.copied()
	case first.says("insert"), first.says("update"), first.says("delete"), first.says("merge"), first.says("replace"):
		s.from(params)
		return access.Write
	case first.says("set"), first.says("alter"):
		return s.logging()
	case first.says("select"), first.says("with"), first.says("table"), first.says("fetch"), first.says("execute"), first.says("declare"), first.says("explain"), first.says("prepare"):
		return s.from(params)
	}
	return access.Other
}

// copied reads COPY table TO …, COPY (select) TO …; COPY … FROM fills a table.
func (s *sql) copied() access.Action {
	back := s.at
	if s.next().is == '(' {
		s.from(nil)
		return access.Copy
	}
	s.at = back
	s.table = s.name()
	for w := s.next(); w.is != 0; w = s.next() {
		if w.says("from") {
			return access.Write
		}
		if w.says("to") {
			return access.Copy
		}
	}
	return access.Other
}

// logging tells whether a SET or ALTER changes what is logged.
func (s *sql) logging() access.Action {
	for w := s.next(); w.is != 0; w = s.next() {
		if w.says("pgaudit") || w.says("general_log") || w.says("server_audit_logging") || w.says("server_audit_events") || w.says("log_statement") || w.says("log_output") ||
			w.says("log_min_duration_statement") || w.says("logging_collector") || w.says("session_preload_libraries") || w.says("shared_preload_libraries") {
			return access.Logging
		}
	}
	return access.Other
}

// from reads on to the tables and conditions.
func (s *sql) from(params [][]byte) access.Action {
	action, one, searched := access.List, false, false
	inWhere := false
	var before word
	for w := s.next(); w.is != 0; w = s.next() {
		switch {
		case w.says("from") || w.says("join") || w.says("into") && s.table == nil || w.says("update"):
			if w.says("into") {
				back := s.at
				if after := s.next(); after.says("outfile") || after.says("dumpfile") {
					return access.Copy
				}
				s.at = back
			}
			if name := s.name(); s.table == nil {
				s.table = name
			}
		case w.says("where"):
			inWhere = true
		case inWhere && w.is == '=' && before.is == 'n':
			value := s.next()
			if value.says("any") { // = ANY ($1)
				s.next()
				value = s.next()
			}
			if s.isKey(before) {
				s.take(value, params)
				one = true
			} else if value.is == 'v' || value.is == 'p' {
				searched = true
			}
			w = value
		case inWhere && w.says("in") && s.isKey(before):
			if s.next().is == '(' {
				for v := s.next(); v.is != 0 && v.is != ')'; v = s.next() {
					s.take(v, params)
				}
			}
		case inWhere && (w.says("like") || w.says("ilike") || w.says("between") || w.is == '<' || w.is == '>' || w.is == '~'):
			searched = true
		}
		before = w
	}
	switch {
	case one || len(s.ids) == 1:
		action = access.Read
	case searched:
		action = access.Search
	}
	return action
}

func (s *sql) isKey(w word) bool { return w.is == 'n' && s.key != "" && w.says(s.key) }

func (s *sql) take(w word, params [][]byte) {
	switch w.is {
	case 'v':
		s.ids = append(s.ids, w.text)
	case 'p':
		if n, ok := digits(w.text); ok && n >= 1 && n <= len(params) && len(w.text) < 5 {
			s.ids = append(s.ids, params[n-1])
		}
	}
}

// statement takes up a statement and how many rows it gave, where that is known.
func (e *entry) statement(s *sql, text []byte, params [][]byte, rows int64, table []byte) {
	e.action, e.acted = s.look(text, params), true
	e.records = append(e.records, s.ids...)
	if e.table = table; len(table) == 0 {
		e.table = s.table
	} else if i := bytes.LastIndexByte(table, '.'); i >= 0 {
		e.table = table[i+1:]
	}
	if e.action == access.Copy && rows == 0 {
		rows = -1 // COPY is logged as of no rows
	}
	e.count = rows
	if e.action == access.Read && len(e.records) == 1 {
		e.by, e.sought = kind.RecordID, numberOf(e.records[0])
	}
}
