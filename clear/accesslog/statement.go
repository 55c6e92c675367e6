package accesslog

import (
	"bytes"

	"constat.example/blind/access"
	"constat.example/blind/kind"
)

// sql looks at statements as far as access to records goes: what they do, to which
// table, for which record ids. It is no parser: what it does not know it passes over, and
// no value of a statement leaves it but record ids and steps.
type sql struct {
	text []byte
	at   int

	mariadb bool                 // a backslash escapes, and " encloses values
	keys    [][]byte             // columns that hold record ids
	tables  [][]byte             // that matter; none: all
	columns map[string]kind.Kind // what columns hold, small letters

	last   []byte // the name before the mark read last
	dotted bool   // that mark was a dot

	params  [][]byte
	ids     [][]byte
	table   []byte
	aliases []alias
	by      kind.Kind
	sought  int64
	single  bool // one record is asked for by its id, which may be a parameter that is not told
	gathers bool // one row may hold many records
}

type alias struct{ name, table []byte }

type word struct {
	text []byte
	of   []byte // what stands before the dot before a name
	is   byte   // 'n' name, 'v' value (number or string), 'p' parameter, or the mark itself; 0 at the end
}

func (s *sql) next() word {
	w := s.word()
	switch {
	case w.is == 'n':
		if s.dotted {
			w.of = s.last
		}
		s.last, s.dotted = w.text, false
	default:
		s.dotted = w.is == '.'
	}
	return w
}

func (s *sql) word() word {
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			s.at++
		case c == '-' && s.ahead() == '-' || c == '#' && s.mariadb:
			s.past([]byte("\n"))
		case c == '/' && s.ahead() == '*':
			s.at += 2
			s.past([]byte("*/"))
		case c == '\'':
			return word{text: s.enclosed(c, s.mariadb), is: 'v'}
		case c == '"' && s.mariadb:
			return word{text: s.enclosed(c, true), is: 'v'}
		case c == '"' || c == '`':
			return word{text: s.enclosed(c, false), is: 'n'}
		case c >= '0' && c <= '9':
			return word{text: s.run(), is: 'v'}
		case c == '$' && isDigit(s.ahead()):
			s.at++
			return word{text: s.run(), is: 'p'}
		case c == '?':
			s.at++
			return word{text: nil, is: 'p'}
		case c == '$' && !s.mariadb:
			return s.dollars()
		case nameByte(c):
			name := s.run()
			if s.at < len(s.text) && s.text[s.at] == '\'' && len(name) == 1 { // E'…', N'…', B'…', X'…'
				return word{text: s.enclosed('\'', s.mariadb || name[0]|0x20 == 'e'), is: 'v'}
			}
			return word{text: name, is: 'n'}
		default:
			s.at++
			return word{text: s.text[s.at-1 : s.at], is: c}
		}
	}
	return word{}
}

func (s *sql) ahead() byte {
	if s.at+1 < len(s.text) {
		return s.text[s.at+1]
	}
	return 0
}

// past goes on behind the next mark, or to the end.
func (s *sql) past(mark []byte) {
	if s.at = min(s.at, len(s.text)); s.at < len(s.text) {
		if i := bytes.Index(s.text[s.at:], mark); i >= 0 {
			s.at += i + len(mark)
			return
		}
	}
	s.at = len(s.text)
}

// dollars reads $tag$ … $tag$.
func (s *sql) dollars() word {
	from := s.at
	for s.at++; s.at < len(s.text) && nameByte(s.text[s.at]); s.at++ {
	}
	if s.at >= len(s.text) || s.text[s.at] != '$' {
		s.at = from + 1
		return word{text: s.text[from:s.at], is: '$'}
	}
	s.at++
	mark, inside := s.text[from:s.at], s.at
	s.past(mark)
	return word{text: bytes.TrimSuffix(s.text[inside:s.at], mark), is: 'v'}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func nameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || isDigit(c) || c >= 0x80
}

func (s *sql) run() []byte {
	from := s.at
	for s.at < len(s.text) && nameByte(s.text[s.at]) {
		s.at++
	}
	return s.text[from:s.at]
}

// enclosed reads what stands between two marks; a doubled mark is one that belongs to it.
func (s *sql) enclosed(mark byte, slashes bool) []byte {
	from := s.at + 1
	for s.at++; s.at < len(s.text); s.at++ {
		switch {
		case s.text[s.at] == '\\' && slashes:
			s.at++
		case s.text[s.at] != mark:
		case s.ahead() == mark:
			s.at++
		default:
			s.at++
			return s.text[from : s.at-1]
		}
	}
	s.at = len(s.text)
	return s.text[min(from, s.at):]
}

func (w word) says(what string) bool {
	return w.is == 'n' && len(w.text) == len(what) && bytes.EqualFold(w.text, []byte(what))
}

func (w word) among(what ...string) bool {
	for _, one := range what {
		if w.says(one) {
			return true
		}
	}
	return false
}

// name reads a name that may have its schema before it; nil, and nothing read, where
// there is none.
func (s *sql) name() (schema, name []byte) {
	back := s.at
	w := s.next()
	for w.among("only", "lateral", "table") {
		w = s.next()
	}
	for w.is == 'n' {
		name, back = w.text, s.at
		if s.next().is != '.' {
			break
		}
		schema = name
		w = s.next()
	}
	s.at = back
	return schema, name
}

// meets takes up a table that a statement names.
func (s *sql) meets() {
	schema, name := s.name()
	if name == nil {
		return
	}
	back := s.at
	if s.next().is == '(' { // a function
		s.at = back
		return
	}
	s.at = back
	w := s.next()
	if w.says("as") {
		back = s.at
		w = s.next()
	}
	if w.is == 'n' && !w.among("where", "join", "left", "right", "inner", "cross", "full", "natural", "on", "order", "group", "limit", "set", "union", "for", "using", "values", "select", "to", "from", "offset", "returning", "having", "tablesample", "partition", "force", "use", "ignore", "into", "fetch", "window", "except", "intersect", "straight_join") {
		s.aliases = append(s.aliases, alias{w.text, name})
	} else {
		s.at = back
	}
	s.aliases = append(s.aliases, alias{name, name})
	if ofSystem(schema, name) {
		return
	}
	if s.table == nil || len(s.tables) > 0 && !oneOf(s.table, s.tables) && oneOf(name, s.tables) {
		s.table = name
	}
}

// ofSystem tells the tables in which a database keeps its own things.
func ofSystem(schema, name []byte) bool {
	switch string(bytes.ToLower(schema)) {
	case "pg_catalog", "information_schema", "performance_schema", "mysql", "sys", "pg_toast":
		return true
	}
	return bytes.HasPrefix(name, []byte("pg_")) || bytes.EqualFold(name, []byte("dual"))
}

func oneOf(name []byte, names [][]byte) bool {
	for _, one := range names {
		if bytes.EqualFold(one, name) {
			return true
		}
	}
	return false
}

// look tells what a text of statements does; of several, what bears most on records.
// params are the parameters, from $1 on. ids, table and the like hold the rest.
func (s *sql) look(text []byte, params [][]byte) access.Action {
	s.text, s.at, s.params = text, 0, params
	s.ids, s.table, s.aliases, s.by, s.sought, s.single, s.gathers = s.ids[:0], nil, s.aliases[:0], kind.Unknown, 0, false, false
	if bytes.Contains(text, dumpMark) {
		s.statement()
		return access.Backup
	}
	action := access.Other
	for s.at < len(s.text) {
		if one := s.statement(); weight[one] > weight[action] {
			action = one
		}
	}
	if action == access.Read && len(s.ids) > 1 {
		return access.List
	}
	return action
}

// dumpMark stands in the statements by which mysqldump and mariadb-dump read tables.
var dumpMark = []byte("/*!40001 SQL_NO_CACHE */")

// weight orders what statements do.
var weight = [access.Actions]int{access.Write: 1, access.Search: 2, access.Read: 3, access.List: 4, access.Logging: 5, access.Export: 6, access.Copy: 7, access.Backup: 8}

// statement reads one statement, up to its ;.
func (s *sql) statement() access.Action {
	first := s.next()
	for first.is == '(' || first.is == ';' {
		first = s.next()
	}
	action := access.Other
	switch {
	case first.says("copy"):
		action = s.copied()
	case first.among("select", "with"):
		return s.query(first)
	case first.among("insert", "replace"):
		return max(s.query(first), access.Write)
	case first.says("create"):
		w := s.next()
		for w.among("or", "replace", "temp", "temporary", "unlogged", "global", "local") {
			w = s.next()
		}
		if w.among("table", "materialized") { // AS SELECT
			return s.query(first)
		}
	case first.among("update", "delete", "merge"):
		if first.says("update") {
			s.meets()
		}
		s.query(first)
		return access.Write
	case first.says("table"):
		s.meets()
		action = access.List
	case first.says("handler"):
		s.meets()
		action = access.List
	case first.says("declare"):
		for w := s.next(); w.is != 0; w = s.next() {
			if w.among("select", "with") {
				return s.query(w)
			}
		}
	case first.among("set", "alter", "drop", "uninstall"):
		action = s.logging()
	}
	for w := s.next(); w.is != 0 && w.is != ';'; w = s.next() {
	}
	return action
}

// copied reads COPY table TO …, COPY (select) TO …; COPY … FROM fills a table.
func (s *sql) copied() access.Action {
	back := s.at
	if s.next().is == '(' {
		s.query(s.next())
		return access.Copy
	}
	s.at = back
	if schema, name := s.name(); !ofSystem(schema, name) {
		s.table = name
	}
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

// logging tells whether a SET, ALTER or DROP changes what is logged.
func (s *sql) logging() access.Action {
	for w := s.next(); w.is != 0 && w.is != ';'; w = s.next() {
		if (w.is == 'n' || w.is == 'v') && setsLogging(w.text) {
			return access.Logging
		}
	}
	return access.Other
}

// setsLogging tells the names of settings that say what is logged.
func setsLogging(name []byte) bool {
	switch string(bytes.ToLower(name)) {
	case "pgaudit", "general_log", "general_log_file", "server_audit", "log_output", "sql_log_off", "logging_collector", "session_preload_libraries", "shared_preload_libraries", "slow_query_log":
		return true
	}
	return hasPrefixFold(name, "server_audit_") || hasPrefixFold(name, "pgaudit.") || hasPrefixFold(name, "log_min_") || hasPrefixFold(name, "log_statement") ||
		hasPrefixFold(name, "log_destination") || hasPrefixFold(name, "log_directory") || hasPrefixFold(name, "log_connections") || hasPrefixFold(name, "log_disconnections")
}

func hasPrefixFold(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && bytes.EqualFold(s[:len(prefix)], []byte(prefix))
}

// part of a query that a word stands in.
type part uint8

const (
	before   part = iota // SELECT
	selected             // what is selected
	source               // FROM
	where                // a condition
	after                // GROUP, ORDER and the like
)

// level is one depth of brackets.
type level struct {
	part  part
	own   bool // a SELECT of its own begins here
	shown bool // what it lists is given to whoever asks
}

// query reads on to the end of a statement whose first word was given.
func (s *sql) query(first word) access.Action {
	var levels [32]level
	depth := 0
	at := &levels[0]
	writes := first.among("insert", "replace", "create")
	var target []byte
	shows, searched, into, selects, outer := false, false, false, false, -1
	had := len(s.ids)
	var prior word
	if first.says("select") {
		*at, selects, outer = level{selected, true, true}, true, 0
	}
	for w := s.next(); w.is != 0 && w.is != ';'; w = s.next() {
		switch {
		case w.is == '(':
			around := *at
			if depth++; depth >= len(levels) {
				return access.Other // none that a program wrote to be read
			}
			at = &levels[depth]
			*at = level{around.part, false, around.shown}
		case w.is == ')':
			if depth > 0 {
				depth--
				at = &levels[depth]
			}
		case w.says("select"):
			top := outer < 0 || depth <= outer
			if outer < 0 || depth < outer {
				outer, shows = depth, false // of WITH … SELECT the last list is what is shown
			}
			*at, selects = level{selected, true, top || at.part == selected && at.shown}, true
		case w.among("from", "join", "straight_join", "using") && (at.own || !selects || w.says("join")):
			if at.part = source; w.says("using") {
				back := s.at
				if s.next().is == '(' { // JOIN … USING (column)
					s.at, at.part = back, where
					break
				}
				s.at = back
			}
			s.meets()
		case w.is == ',' && at.part == source:
			s.meets()
		case w.says("into"):
			back := s.at
			if s.next().among("outfile", "dumpfile") {
				into = true
				break
			}
			s.at = back
			if selects {
				into = into || !s.mariadb // SELECT … INTO table; of MariaDB, INTO variables
			} else if at.part == before {
				_, target = s.name()
			}
		case w.among("where", "on", "having"):
			at.part = where
		case w.among("group", "order", "union", "intersect", "except", "returning", "window", "for") && (at.own || depth == 0):
			at.part = after
		case w.among("limit", "offset"):
			at.part = after
			s.offset(w)
		case w.is == 'n' && bytes.EqualFold(w.text, []byte("set_config")):
			if s.next(); setsLogging(s.next().text) {
				return access.Logging
			}
		case at.part == selected && at.shown && w.is == 'n':
			shows = s.shown(w) || shows
		case at.part == selected && at.shown && w.is == '*':
			shows = true
		case at.part == where:
			searched = s.condition(prior, w) || searched
		}
		prior = w
	}
	switch {
	case into, writes && selects && s.table != nil:
		return access.Copy
	case writes || !selects:
		if s.table == nil {
			s.table = target
		}
		return access.Other
	case !shows:
		// SELECT 1, count(*): that there are records, and whose is known to whoever asks; a
		// foreign key's own check is of this form.
		s.ids = s.ids[:had]
		s.by, s.sought = kind.Unknown, 0
		return access.Other
	case len(s.ids) == had+1, s.single && len(s.ids) == had:
		return access.Read
	case len(s.ids) > had, s.by == kind.RecordID:
		return access.List
	case searched:
		return access.Search
	}
	return access.List
}

// shown tells whether a word of a list of columns shows something of a record. It reads
// count(…) and AS name to their end.
func (s *sql) shown(w word) bool {
	switch {
	case w.says("as"):
		s.next()
		return false
	case w.among("distinct", "all", "null", "true", "false", "top", "sql_no_cache"):
		return false
	}
	back := s.at
	if s.next().is != '(' {
		s.at = back
		return true
	}
	if w.says("count") || w.among("now", "version", "current_database", "row_count", "found_rows", "last_insert_id") {
		for open := 1; open > 0; {
			switch s.next().is {
			case '(':
				open++
			case ')':
				open--
			case 0:
				return false
			}
		}
		return false
	}
	s.at = back
	if w.among("string_agg", "array_agg", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg", "xmlagg", "group_concat", "json_arrayagg", "json_objectagg", "query_to_xml", "table_to_xml") {
		s.gathers = true
		return true
	}
	return false // what it is made of tells
}

// offset reads LIMIT n, LIMIT from, n and OFFSET from: how far into the list a page lies.
func (s *sql) offset(w word) {
	value := s.next()
	if w.says("limit") {
		back := s.at
		if s.next().is != ',' {
			s.at = back
			return
		}
	}
	if text, ok := s.valueOf(value); ok && s.by == kind.Unknown {
		if n, ok := digits(text); ok && len(text) > 0 && len(text) < 16 {
			s.sought = int64(n) + 1
		}
	}
}

// valueOf is what a value or a parameter says.
func (s *sql) valueOf(w word) ([]byte, bool) {
	switch w.is {
	case 'v':
		return w.text, true
	case 'p':
		if n, ok := digits(w.text); ok && n >= 1 && n <= len(s.params) && len(w.text) < 5 {
			return s.params[n-1], true
		}
	}
	return nil, false
}

// condition reads a condition at its operator w, which stands behind prior. It tells
// whether a search is made by it.
func (s *sql) condition(prior, w word) bool {
	switch {
	case w.is == '=' && prior.is == 'n':
		return s.equals(prior)
	case w.is == '=' && (prior.is == 'v' || prior.is == 'p'): // 7 = id
		back := s.at
		w := s.next()
		for s.next().is == '.' {
			back, w = s.at, s.next()
		}
		if s.at = back; s.isKey(w) {
			s.next()
			s.take(prior)
		}
		return true
	case w.says("in") && s.isKey(prior):
		back := s.at
		if s.next().is != '(' {
			s.at = back
			return true
		}
		inside := s.at
		if s.next().among("select", "with") {
			s.at = back
			return true
		}
		s.at = inside
		for open := 1; open > 0; {
			switch v := s.next(); v.is {
			case '(':
				open++
			case ')':
				open--
			case 0:
				return false
			default:
				s.take(v)
			}
		}
		return false
	case (w.is == '<' || w.is == '>' || w.says("between")) && s.isKey(prior):
		// Pages that begin where the one before ended.
		v := s.next()
		if v.is == '=' || v.is == '>' {
			v = s.next()
		}
		if text, ok := s.valueOf(v); ok || v.is == 'p' {
			s.by, s.sought = kind.RecordID, numberOf(text)
		}
		return false
	case w.among("like", "ilike", "between", "in", "similar", "regexp", "rlike", "match"), w.is == '<', w.is == '>', w.is == '~', w.is == '@':
		if prior.is == 'n' {
			back := s.at
			s.sifts(prior, s.next())
			s.at = back
		}
		return true
	}
	return false
}

// equals reads what a column is to be equal to.
func (s *sql) equals(column word) bool {
	back := s.at
	value := s.next()
	key := s.isKey(column)
	if value.among("any", "all", "some") { // = ANY ($1), ANY ('{1,2}'), ANY (ARRAY[1, 2])
		for open := 0; ; {
			v := s.next()
			switch v.is {
			case '(':
				open++
				continue
			case ')':
				open--
			}
			if v.is == 0 || open <= 0 || v.among("select") {
				break
			}
			if text, ok := s.valueOf(v); key && ok {
				for one := range bytes.SplitSeq(bytes.Trim(text, "{}"), []byte(",")) {
					s.takes(bytes.Trim(one, `" `))
				}
			}
		}
		return !key
	}
	switch {
	case value.is != 'v' && value.is != 'p':
		s.at = back // another column, or an expression
		return false
	case key:
		s.take(value)
		s.single = true
		return false
	}
	s.sifts(column, value)
	return true
}

// sifts takes up by what kind of value a search is made.
func (s *sql) sifts(column, value word) {
	k, ok := s.columns[string(bytes.ToLower(column.text))]
	if !ok || s.by != kind.Unknown {
		return
	}
	s.by, s.sought = k, 0
	if text, ok := s.valueOf(value); ok {
		s.sought = ordinal(k, text)
	}
}

// isKey tells whether a word is a column of record ids: of a table that matters, where the
// text tells whose it is.
func (s *sql) isKey(w word) bool {
	if w.is != 'n' || !oneOf(w.text, s.keys) {
		return false
	}
	if len(s.tables) == 0 {
		return true
	}
	for _, a := range s.aliases {
		if bytes.EqualFold(a.name, w.of) {
			return oneOf(a.table, s.tables)
		}
	}
	return true
}

func (s *sql) take(w word) {
	if text, ok := s.valueOf(w); ok {
		s.takes(text)
	}
}

func (s *sql) takes(id []byte) {
	if len(id) > 0 {
		s.ids = append(s.ids, id)
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
	if e.action == access.Copy && rows == 0 || s.gathers {
		rows = -1 // COPY is logged as of no rows
	}
	e.count, e.by, e.sought = rows, s.by, s.sought
	if e.action == access.Read && len(e.records) == 1 {
		e.by, e.sought = kind.RecordID, numberOf(e.records[0])
	}
}
