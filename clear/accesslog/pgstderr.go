package accesslog

import (
	"bytes"
)

// pgText reads what PostgreSQL writes to stderr: a prefix that the administrator chose,
// then the severity, then the message; lines that begin with a tab go on with the entry
// before, and so do those whose severity is DETAIL and the like, which the server writes
// together with it. The prefix is not described anywhere in the file, so its parts are
// found by how they look: a time at its head, user@database or user=…, host, [pid],
// session id.
type pgText struct {
	options Options
}

var severityMark = []byte(":  ")

// severity finds where the message begins. adds tells that it goes on with another's.
func severity(line []byte) (prefix, name, message []byte, adds bool) {
	for at := 0; ; {
		i := bytes.Index(line[at:], severityMark)
		if i < 0 {
			return nil, nil, nil, false
		}
		end := at + i
		from := end
		for from > 0 && (line[from-1] >= 'A' && line[from-1] <= 'Z' || line[from-1] >= '1' && line[from-1] <= '5') {
			from--
		}
		switch string(line[from:end]) {
		case "DETAIL", "STATEMENT", "HINT", "CONTEXT", "QUERY", "LOCATION", "BACKTRACE":
			adds = true
			fallthrough
		case "LOG", "FATAL", "ERROR", "WARNING", "NOTICE", "INFO", "PANIC", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5":
			return line[:from], line[from:end], line[end+len(severityMark):], adds
		}
		at = end + 1
	}
}

func openPostgresText(o Options, head []byte, forced bool) format {
	good, all := 0, 0
	p := pgTextParser{pgStatements: newStatements(o)}
	for line := range bytes.Lines(head) {
		if line[0] == '\t' || line[0] == '\n' {
			continue
		}
		if all++; all > sniffed {
			break
		}
		prefix, name, _, _ := severity(line)
		if at, _ := p.timeOf(prefix); name != nil && (at != 0 || o.enclosed) && line[0] != '{' {
			good++
		}
	}
	if all == 0 || !forced && 2*good < all {
		return nil
	}
	return pgText{options: o}
}

// goesOn tells whether a line goes on with the entry before it.
func goesOn(line []byte) bool {
	if line[0] == '\t' {
		return true
	}
	_, _, _, adds := severity(line)
	return adds
}

// cut keeps the last entry back until a line is seen that does not go on with it.
func (pgText) cut(text []byte, last bool) int {
	if last {
		return len(text)
	}
	end := bytes.LastIndexByte(text, '\n') + 1 // what follows may not be whole
	for end > 0 {
		begin := bytes.LastIndexByte(text[:end-1], '\n') + 1
		if begin > 0 && !goesOn(text[begin:end]) {
			return begin
		}
		end = begin
	}
	return 0
}

func (pgText) next(text []byte) int {
	at := lines{}.next(text)
	for at < len(text) {
		n := lines{}.next(text[at:])
		if !goesOn(text[at : at+n]) {
			break
		}
		at += n
	}
	return at
}

func (f pgText) parser() parser { return &pgTextParser{pgStatements: newStatements(f.options)} }

type pgTextParser struct {
	pgStatements

	message, detail []byte
}

func (p *pgTextParser) parse(text []byte, e *entry) (fate, string) {
	first, more, _ := bytes.Cut(text, []byte{'\n'})
	prefix, name, message, adds := severity(first)
	if name == nil {
		return rejected, notAccess
	}
	at, rest := p.timeOf(prefix)
	if at == 0 && !e.timed {
		return rejected, noTime
	}
	if at != 0 {
		e.time, e.local = at, p.clock.assumed
	}
	if adds {
		return idle, "" // its beginning is not in this log
	}
	s := server{message: message}
	if len(more) > 0 {
		s.message, s.detail = p.together(message, more)
	}
	s.prefix(rest)
	return p.said(&s, e), ""
}

// together puts the message and its detail together from the lines that follow the first.
func (p *pgTextParser) together(message, more []byte) (whole, detail []byte) {
	p.message, p.detail = append(p.message[:0], message...), p.detail[:0]
	var other []byte
	to := &p.message
	for line := range bytes.Lines(more) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > 0 && line[0] == '\t' {
			*to = append(append(*to, '\n'), line[1:]...)
			continue
		}
		_, name, text, _ := severity(line)
		if to = &other; string(name) == "DETAIL" {
			to = &p.detail
		}
		*to = append((*to)[:0], text...)
	}
	return p.message, p.detail
}

// timeOf finds the time in a prefix, and what follows it.
func (p *pgTextParser) timeOf(prefix []byte) (int64, []byte) {
	for i := 0; i+19 <= len(prefix) && i < 64; i++ {
		if c := prefix[i]; c < '0' || c > '9' || i > 0 && prefix[i-1] >= '0' && prefix[i-1] <= '9' {
			continue
		}
		// A time, perhaps with parts of a second, perhaps with a zone after a blank.
		end := i + 19
		for end < len(prefix) && (prefix[end] == '.' || prefix[end] >= '0' && prefix[end] <= '9') {
			end++
		}
		if end+1 < len(prefix) && prefix[end] == ' ' {
			zone := end + 1
			for zone < len(prefix) && (prefix[zone]|0x20 >= 'a' && prefix[zone]|0x20 <= 'z' || prefix[zone] == '+' || prefix[zone] == '-' || prefix[zone] == ':' || zone > end+1 && prefix[zone] >= '0' && prefix[zone] <= '9') {
				zone++
			}
			if at, ok := p.clock.read(bytes.TrimRight(prefix[i:zone], ":")); ok && zone > end+1 {
				return at, prefix[zone:]
			}
		}
		if at, ok := p.clock.read(prefix[i:end]); ok {
			return at, prefix[end:]
		}
	}
	return 0, prefix
}

// prefix takes user, host and session from the parts of a prefix.
func (s *server) prefix(rest []byte) {
	for one := range bytes.FieldsFuncSeq(rest, func(r rune) bool { return r == ' ' || r == ',' || r == '[' || r == ']' || r == '(' || r == ')' }) {
		one = bytes.Trim(one, ":")
		key, value, is := bytes.Cut(one, []byte("="))
		switch {
		case is && (string(key) == "user" || string(key) == "u"):
			s.user = value
		case is && (string(key) == "client" || string(key) == "host" || string(key) == "h" || string(key) == "remote"):
			s.host, _, _ = bytes.Cut(value, []byte("("))
		case is && (string(key) == "app" || string(key) == "a" || string(key) == "application"):
			s.program = value
		case is:
		case bytes.IndexByte(one, '@') > 0 && s.user == nil:
			s.user, _, _ = bytes.Cut(one, []byte("@"))
		case isSession(one):
			s.session = one
		case bytes.Count(one, []byte(".")) == 3 && numeric(one) && s.host == nil:
			s.host = one
		}
	}
}

// isSession tells a session id: two numbers in base 16 with a dot between.
func isSession(s []byte) bool {
	a, b, ok := bytes.Cut(s, []byte("."))
	if !ok || len(a) != 8 || len(b) == 0 || len(b) > 8 {
		return false
	}
	for _, part := range [][]byte{a, b} {
		for _, c := range part {
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

func numeric(s []byte) bool {
	for _, c := range s {
		if (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return true
}
