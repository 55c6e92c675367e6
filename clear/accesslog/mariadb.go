package accesslog

import (
	"bytes"

	"constat.example/blind/access"
)

// MariaDB's server_audit writes (MariaDB documentation, Audit Plugin Log Format)
//
//	time,serverhost,user,host,connection,query,operation,database,object,returncode
//
// to a file; to syslog without the time, the server's host before. object is the
// statement in single quotes for QUERY, the table for READ and WRITE.
type mariaAudit struct {
	lines

	options Options
	queries bool // statements are logged too, so that lines of tables say nothing more
}

func openMariaAudit(o Options, head []byte, forced bool) format {
	f := mariaAudit{options: o}
	p := f.parser().(*mariaAuditParser)
	good, all := 0, 0
	for line := range bytes.Lines(head) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if p.split(line) {
			good++
			f.queries = f.queries || bytes.HasPrefix(p.operation, []byte("QUERY"))
		}
		all++
	}
	if good == 0 || !forced && 5*good < 4*all {
		return nil
	}
	return f
}

func (f mariaAudit) parser() parser {
	p := &mariaAuditParser{mariaAudit: f, clock: newClock(f.options), sql: f.options.Map.sql()}
	p.sql.mariadb = true
	return p
}

type mariaAuditParser struct {
	mariaAudit

	clock clock
	sql   sql
	room  []byte

	time, user, host, connection, operation, database, object, code []byte
}

// split takes a line apart. Users and hosts hold no comma.
func (p *mariaAuditParser) split(line []byte) bool {
	p.time = nil
	first, rest, ok := bytes.Cut(line, []byte(","))
	if !ok {
		return false
	}
	if c := newClock(Options{}); len(first) == 17 {
		if _, ok := c.packed(first); ok {
			p.time = first
			if _, rest, ok = bytes.Cut(rest, []byte(",")); !ok { // the server's own host
				return false
			}
		}
	}
	for _, to := range []*[]byte{&p.user, &p.host, &p.connection, nil, &p.operation, &p.database} {
		var one []byte
		if one, rest, ok = bytes.Cut(rest, []byte(",")); !ok {
			return false
		}
		if to != nil {
			*to = one
		}
	}
	for _, c := range p.operation {
		if (c < 'A' || c > 'Z') && c != '_' {
			return false
		}
	}
	if _, ok := digits(p.connection); !ok || len(p.connection) == 0 || len(p.operation) == 0 {
		return false
	}
	end := bytes.LastIndexByte(rest, ',')
	if end < 0 {
		// No code: a statement that was cut at server_audit_query_log_limit.
		end = len(rest)
		p.code = nil
	} else {
		p.code = rest[end+1:]
	}
	if _, ok := digits(p.code); !ok {
		end, p.code = len(rest), nil
	}
	p.object = rest[:end]
	return true
}

func (p *mariaAuditParser) parse(text []byte, e *entry) (fate, string) {
	if !p.split(text) {
		return rejected, notAudit
	}
	if !e.when(&p.clock, p.time) {
		return rejected, noTime
	}
	e.account, e.address, e.session = p.user, p.host, p.connection
	failed := len(p.code) > 0 && string(p.code) != "0"
	switch string(p.operation) {
	case "CONNECT":
		if e.action, e.acted = access.Login, true; failed {
			e.action = access.Refused
		}
		return used, ""
	case "FAILED_CONNECT":
		e.action, e.acted = access.Refused, true
		return used, ""
	case "DISCONNECT":
		e.action, e.acted = access.Logout, true
		return used, ""
	case "READ", "WRITE":
		if p.queries || ofSystem(p.database, p.object) {
			return idle, ""
		}
		e.table = p.object
		if e.action, e.acted = access.List, true; p.operation[0] == 'W' {
			e.action = access.Write
		}
		return e.concerns(&p.sql), ""
	case "QUERY", "QUERY_DML", "QUERY_DML_NO_SELECT", "QUERY_DDL", "QUERY_DCL":
		return p.query(failed, e), ""
	}
	return idle, ""
}

const notAudit = "not of the format of MariaDB's audit log"

func (p *mariaAuditParser) query(failed bool, e *entry) fate {
	text := bytes.Trim(p.object, "'")
	if bytes.IndexByte(text, '\\') >= 0 {
		p.room = unslash(p.room[:0], text)
		text = p.room
	}
	e.statement(&p.sql, text, nil, -1, nil)
	if failed {
		// 1142, 1143, 1044, 1045: it was forbidden. Any other: nothing was seen.
		switch string(p.code) {
		case "1142", "1143", "1044", "1045", "1227":
			e.action = access.Denied
		default:
			if e.action.Reads() {
				e.count = 0
			}
		}
	}
	return e.concerns(&p.sql)
}

// unslash undoes how server_audit writes a statement in quotes: a backslash before a quote
// or a backslash; \n, \r and \t.
func unslash(to, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' && i+1 < len(text) {
			i++
			switch c = text[i]; c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			}
		}
		to = append(to, c)
	}
	return to
}

// general reads the general query log of MariaDB and MySQL: time, connection, command and
// argument, with tabs between; lines without a connection go on with the statement before.
// Who a connection is stands in its Connect, and times of MariaDB stand only where the
// second changes: so its lines are read in order, by one parser.
type general struct{ options Options }

func openGeneral(o Options, head []byte, forced bool) format {
	if !forced && !bytes.Contains(head, []byte("Id Command\tArgument")) {
		return nil
	}
	return general{options: o}
}

func (general) ordered() bool { return true }

// generalLine takes a line apart; false where it goes on with the one before.
func generalLine(line []byte) (time, connection, command, argument []byte, ok bool) {
	head, rest, found := bytes.Cut(line, []byte{'\t'})
	if !found {
		return nil, nil, nil, nil, false
	}
	if len(head) == 0 { // MariaDB: two tabs where the second is that of before
		rest = bytes.TrimPrefix(rest, []byte{'\t'})
	} else if c := head[0]; c < '0' || c > '9' {
		return nil, nil, nil, nil, false
	}
	id, argument, _ := bytes.Cut(rest, []byte{'\t'})
	id = bytes.TrimLeft(id, " ")
	connection, command, found = bytes.Cut(id, []byte(" "))
	if _, is := digits(connection); !found || !is || len(connection) == 0 || len(command) == 0 || command[0] < 'A' || command[0] > 'Z' {
		return nil, nil, nil, nil, false
	}
	return bytes.TrimSpace(head), connection, command, argument, true
}

func (general) cut(text []byte, last bool) int {
	if last {
		return len(text)
	}
	end := bytes.LastIndexByte(text, '\n') + 1
	for end > 0 {
		begin := bytes.LastIndexByte(text[:end-1], '\n') + 1
		if _, _, _, _, ok := generalLine(text[begin:end]); ok && begin > 0 {
			return begin
		}
		end = begin
	}
	return 0
}

func (general) next(text []byte) int {
	at := lines{}.next(text)
	if _, _, _, _, ok := generalLine(text[:at]); !ok {
		return at
	}
	for at < len(text) {
		n := lines{}.next(text[at:])
		if _, _, _, _, ok := generalLine(text[at : at+n]); ok || generalHeader(text[at:at+n]) {
			break
		}
		at += n
	}
	return at
}

// generalHeader tells the lines that a server writes when it opens the log.
func generalHeader(line []byte) bool {
	return bytes.HasSuffix(bytes.TrimSpace(line), []byte("started with:")) || bytes.HasPrefix(line, []byte("Tcp port: ")) || bytes.HasPrefix(line, []byte("Time\t"))
}

func (f general) parser() parser {
	p := &generalParser{general: f, clock: newClock(f.options), sql: f.options.Map.sql(), who: map[string]login{}}
	p.sql.mariadb = true
	return p
}

type generalParser struct {
	general

	clock clock
	sql   sql
	now   int64
	timed bool
	who   map[string]login
}

type login struct{ user, host []byte }

func (p *generalParser) parse(text []byte, e *entry) (fate, string) {
	when, connection, command, argument, ok := generalLine(text)
	if !ok {
		if generalHeader(text) {
			if bytes.HasSuffix(text, []byte("started with:")) && p.timed {
				e.time, e.action, e.acted, e.local = p.now, access.Logging, true, p.clock.assumed
				return used, ""
			}
			return idle, ""
		}
		return rejected, notGeneral
	}
	if len(when) > 0 {
		if p.now, ok = p.clock.read(when); !ok {
			return rejected, noTime
		}
		p.timed = true
	}
	if !p.timed {
		return rejected, noTime
	}
	e.time, e.local, e.session = p.now, p.clock.assumed, connection
	by := p.who[string(connection)]
	if e.account, e.address = by.user, by.host; string(command) == "Connect" {
		return p.connect(connection, argument, e), ""
	}
	switch string(command) {
	case "Quit":
		delete(p.who, string(connection))
		e.action, e.acted = access.Logout, true
		return used, ""
	case "Query", "Execute":
		e.statement(&p.sql, argument, nil, -1, nil)
		return e.concerns(&p.sql), ""
	case "Binlog": // Binlog Dump: a replica begins
		e.action, e.acted = access.Backup, true
		return used, ""
	case "Field": // Field List table
		return idle, ""
	}
	return idle, ""
}

const notGeneral = "not of the format of the general log"

// connect reads user@host on database using …, or Access denied for user 'user'@'host'.
func (p *generalParser) connect(connection, argument []byte, e *entry) fate {
	e.action, e.acted = access.Login, true
	if rest, denied := bytes.CutPrefix(argument, []byte("Access denied for user ")); denied {
		e.action = access.Refused
		argument = bytes.ReplaceAll(rest, []byte("'"), nil)
	}
	user, rest, _ := bytes.Cut(argument, []byte("@"))
	host, _, _ := bytes.Cut(rest, []byte(" "))
	e.account, e.address = user, host
	if e.action == access.Login {
		if len(p.who) >= mostConnections {
			clear(p.who) // such as were never seen to quit
		}
		p.who[string(connection)] = login{bytes.Clone(user), bytes.Clone(host)}
	} else {
		delete(p.who, string(connection))
	}
	return used
}

// mostConnections is far more than a server has open.
const mostConnections = 1 << 20
