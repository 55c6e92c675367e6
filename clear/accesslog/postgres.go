package accesslog

import (
	"bytes"
	"encoding/json"

	"constat.example/blind/access"
)

// PostgreSQL writes what happens in one of three forms: csvlog (PostgreSQL 15
// documentation, 20.8.4; 26 columns, 23 to 25 before version 14), jsonlog (20.8.5), or
// stderr after a prefix of the administrator's (log_line_prefix). Statements stand in
// pgaudit's lines, in those of log_statement, and, with how long they took, in those of
// log_min_duration_statement.

// server is what a line of the server says, whatever its form.
type server struct {
	user, host, session, program, message, detail []byte
}

// Columns of csvlog.
const (
	csvTime, csvUser, csvHost, csvSession, csvMessage, csvDetail, csvProgram = 0, 1, 4, 5, 13, 14, 22
	csvFewest                                                                = 23
	csvMost                                                                  = 26
)

type pgCSV struct {
	quoted

	options Options
}

func openPostgresCSV(o Options, head []byte, forced bool) format {
	var r record
	first := bytes.TrimRight(head[:quoted{}.next(head)], "\r\n")
	c := newClock(o)
	if !r.split(first, ',') || len(r.fields) < csvFewest || len(r.fields) > csvMost {
		return nil
	}
	if _, ok := c.read(r.fields[csvTime]); !ok {
		return nil
	}
	return pgCSV{options: o}
}

func (f pgCSV) parser() parser {
	return &pgCSVParser{pgStatements: newStatements(f.options)}
}

type pgCSVParser struct {
	pgStatements
	record
}

func (p *pgCSVParser) parse(text []byte, e *entry) (fate, string) {
	if !p.split(text, ',') || len(p.fields) < csvFewest || len(p.fields) > csvMost {
		return rejected, notCSV
	}
	if !e.when(&p.clock, p.fields[csvTime]) {
		return rejected, noTime
	}
	host := p.fields[csvHost]
	if i := bytes.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	return p.said(&server{p.fields[csvUser], host, p.fields[csvSession], p.fields[csvProgram], p.fields[csvMessage], p.fields[csvDetail]}, e), ""
}

type pgJSON struct {
	lines

	options Options
}

var pgTree = newTree([][]string{{"timestamp"}, {"user"}, {"remote_host"}, {"session_id"}, {"application_name"}, {"message"}, {"detail"}})

func openPostgresJSON(o Options, head []byte, _ bool) format {
	var first struct {
		Severity string `json:"error_severity"`
		Message  string `json:"message"`
		Time     string `json:"timestamp"`
	}
	if json.Unmarshal(bytes.TrimSpace(head[:lines{}.next(head)]), &first) != nil || first.Severity == "" || first.Message == "" || first.Time == "" {
		return nil
	}
	return pgJSON{options: o}
}

func (f pgJSON) parser() parser {
	return &pgJSONParser{pgStatements: newStatements(f.options)}
}

type pgJSONParser struct {
	pgStatements
	scanner
}

func (p *pgJSONParser) parse(text []byte, e *entry) (fate, string) {
	if !p.scan(text, pgTree, 7) {
		return rejected, notJSON
	}
	if !e.when(&p.clock, p.one(0)) {
		return rejected, noTime
	}
	return p.said(&server{p.one(1), p.one(2), p.one(3), p.one(4), p.one(5), p.one(6)}, e), ""
}

// pgStatements makes entries of the server's messages. It is used by one goroutine.
type pgStatements struct {
	clock  clock
	sql    sql
	parts  record
	params [][]byte
	more   record
}

func newStatements(o Options) pgStatements {
	return pgStatements{clock: newClock(o), sql: o.Map.sql()}
}

var (
	auditMark     = []byte("AUDIT: ")
	statementMark = []byte("statement: ")
	executeMark   = []byte("execute ")
	durationMark  = []byte("duration: ")
	backupName    = []byte("pg_dump")
)

// said makes an entry of a message.
func (p *pgStatements) said(s *server, e *entry) fate {
	e.account, e.session, e.address, e.device = s.user, s.session, s.host, s.program
	m := s.message
	switch {
	case bytes.HasPrefix(m, auditMark):
		return p.audit(s, m[len(auditMark):], e)
	case bytes.HasPrefix(m, []byte("connection authorized: ")):
		e.action, e.acted = access.Login, true
		return used
	case bytes.HasPrefix(m, []byte("disconnection: ")):
		e.action, e.acted = access.Logout, true
		return used
	case bytes.HasPrefix(m, []byte("password authentication failed")), bytes.HasPrefix(m, []byte("no pg_hba.conf entry")), bytes.Contains(m, []byte("authentication failed for user")):
		e.action, e.acted = access.Refused, true
		return used
	case bytes.HasPrefix(m, []byte("permission denied for ")):
		e.action, e.acted = access.Denied, true
		return used
	case bytes.HasPrefix(m, []byte("starting PostgreSQL ")), bytes.HasPrefix(m, []byte("database system is shut down")), bytes.HasPrefix(m, []byte("parameter \"log_")), bytes.HasPrefix(m, []byte("parameter \"pgaudit.")):
		e.action, e.acted = access.Logging, true
		return used
	}
	if bytes.HasPrefix(m, durationMark) { // duration: 0.042 ms  statement: …
		if i := bytes.Index(m, []byte(" ms  ")); i >= 0 {
			m = m[i+5:]
		}
	}
	switch {
	case bytes.HasPrefix(m, statementMark):
		e.statement(&p.sql, m[len(statementMark):], nil, -1, nil)
	case bytes.HasPrefix(m, executeMark):
		_, text, ok := bytes.Cut(m, []byte(": "))
		if !ok {
			return idle
		}
		e.statement(&p.sql, text, p.parameters(s.detail), -1, nil)
	case bytes.HasPrefix(m, []byte("fastpath function call: ")):
		return idle
	default:
		return idle
	}
	return p.settle(s, e)
}

// parameters reads "parameters: $1 = '12', $2 = NULL".
func (p *pgStatements) parameters(detail []byte) [][]byte {
	_, rest, ok := bytes.Cut(detail, []byte("arameters: "))
	if p.params = p.params[:0]; !ok {
		return nil
	}
	inside := sql{text: rest}
	for w := inside.next(); w.is != 0; w = inside.next() {
		if w.is != '=' {
			continue
		}
		v := inside.next()
		if v.is != 'v' {
			v.text = nil
		}
		p.params = append(p.params, v.text)
	}
	return p.params
}

// audit reads what pgaudit says, a CSV record: type, statement id, substatement id, class,
// command, object type, object, statement, parameters, and since 1.6, where it is told to
// log them, rows.
func (p *pgStatements) audit(s *server, text []byte, e *entry) fate {
	if !p.parts.split(text, ',') || len(p.parts.fields) < 8 {
		return idle
	}
	f := p.parts.fields
	class, command, object, statement := f[3], f[4], f[6], f[7]
	p.params = p.params[:0]
	if len(f) > 8 && len(f[8]) > 0 && f[8][0] != '<' && p.more.split(f[8], ',') {
		p.params = append(p.params, p.more.fields...)
	}
	rows := int64(-1)
	if last := f[len(f)-1]; len(f) > 9 {
		if n, ok := digits(last); ok && len(last) > 0 && len(last) < 16 {
			rows = int64(n)
		}
	}
	e.statement(&p.sql, statement, p.params, rows, object)
	if bytes.Equal(class, []byte("READ")) && bytes.HasPrefix(statement, []byte("<previously logged>")) {
		e.action = access.List
	}
	switch {
	case bytes.Equal(class, []byte("READ")) && bytes.Equal(command, []byte("COPY")):
		e.action = access.Copy
	case bytes.Equal(class, []byte("WRITE")):
		e.action = access.Write
	case bytes.Equal(class, []byte("MISC")) && e.action != access.Logging:
		e.action = access.Other
	case !bytes.Equal(class, []byte("READ")) && e.action != access.Logging:
		e.action = access.Other
	}
	return p.settle(s, e)
}

// settle leaves out the tables that are not asked for, and tells a backup by the name that
// the client gave itself, which it may choose freely.
func (p *pgStatements) settle(s *server, e *entry) fate {
	if e.action == access.Copy && bytes.HasPrefix(s.program, backupName) {
		e.action = access.Backup
	}
	return e.concerns(&p.sql)
}

// concerns leaves out what a statement did to tables that do not matter.
func (e *entry) concerns(s *sql) fate {
	if !e.action.Reads() && e.action != access.Write {
		return e.settle()
	}
	switch {
	case len(e.table) == 0:
		if e.action != access.Copy && e.action != access.Backup {
			return idle // SELECT 1, SHOW: of no table
		}
	case len(s.tables) > 0 && !oneOf(e.table, s.tables), ofSystem(nil, e.table):
		return idle
	}
	return e.settle()
}
