package accesslog

import (
	"bytes"
)

// pgText reads what PostgreSQL writes to stderr: a prefix that the administrator chose,
// then the severity, then the message; lines that begin with a tab go on with the entry
// before. The prefix is not described anywhere in the file, so its parts are found by how
// they look: a time at its head, user@database or user=…, host, [pid], session id.
type pgText struct {
	options Options
}

var severities = [][]byte{
	[]byte("LOG:  "), []byte("FATAL:  "), []byte("ERROR:  "), []byte("WARNING:  "), []byte("NOTICE:  "), []byte("INFO:  "), []byte("PANIC:  "), []byte("DETAIL:  "), []byte("STATEMENT:  "), []byte("HINT:  "), []byte("CONTEXT:  "), []byte("DEBUG1:  "),
}

// severity finds where the message begins, and whether it adds to another.
func severity(line []byte) (prefix, name, message []byte) {
	best := -1
	for _, s := range severities {
		if i := bytes.Index(line, s); i >= 0 && (best < 0 || i < best) {
			best, prefix, name, message = i, line[:i], s[:len(s)-3], line[i+len(s):]
		}
	}
	return prefix, name, message
}

func openPostgresText(o Options, head []byte, forced bool) format {
	good, all := 0, 0
	for line := range bytes.Lines(head) {
		if line[0] == '\t' || line[0] == '\n' {
			continue
		}
		if all++; all > sniffed {
			break
		}
		if _, name, _ := severity(line); name != nil {
			good++
		}
	}
	if all == 0 || !forced && 2*good < all {
		return nil
	}
	return pgText{options: o}
}

// cut keeps the last entry back until the line after it is seen.
func (pgText) cut(text []byte, last bool) int {
	if last {
		return len(text)
	}
	for end := len(text); ; {
		i := bytes.LastIndexByte(text[:end], '\n')
		if i < 0 {
			return 0
		}
		if i+1 < len(text) && text[i+1] != '\t' {
			return i + 1
		}
		end = i
	}
}

func (pgText) next(text []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		if at += i + 1; at >= len(text) || text[at] != '\t' {
			return at
		}
	}
}

func (f pgText) parser() parser { return &pgTextParser{pgStatements: newStatements(f.options)} }

type pgTextParser struct {
	pgStatements

	text []byte
}

func (p *pgTextParser) parse(text []byte, e *entry) (fate, string) {
	prefix, name, message := severity(text)
	if name == nil {
		return rejected, notAccess
	}
	at, rest := p.timeOf(prefix)
	if at == 0 {
		return rejected, noTime
	}
	if name := string(name); name == "DETAIL" || name == "STATEMENT" || name == "HINT" || name == "CONTEXT" {
		return idle, ""
	}
	e.time = at
	if bytes.IndexByte(message, '\t') >= 0 {
		p.text = append(p.text[:0], bytes.ReplaceAll(message, []byte("\n\t"), []byte("\n"))...)
		message = p.text
	}
	s := server{message: message}
	s.prefix(rest)
	return p.said(&s, e), ""
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
	return 0, nil
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
