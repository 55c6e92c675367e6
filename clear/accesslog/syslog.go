package accesslog

import (
	"bytes"

	"constat.example/internal/failure"
)

// syslogLines reads files that a syslog daemon wrote, in the form of RFC 3164 (the time
// without a year), of RFC 5424, or of RFC 3164 with a time as RFC 3339 has it, which
// rsyslog and others write. PostgreSQL cuts long messages into pieces [entry-piece]: they
// are put together where they follow one another.
type syslogLines struct{ lines }

func openSyslog(o Options, head []byte, forced bool) format {
	f := envelope{framing: syslogLines{}, opener: func() opener { return &syslogOpener{clock: newClock(o)} }}
	dated := o
	if dated.Year == 0 {
		dated.Year = 2000 // any: only what the messages are is asked
	}
	finder := envelope{framing: f.framing, opener: func() opener { return &syslogOpener{clock: newClock(dated)} }}
	good, all := finder.discover(dated, head, "syslog")
	if !forced && (all == 0 || 5*good < 4*all) {
		return nil
	}
	f.inner, f.of, f.called = finder.inner, finder.of, finder.called
	o.enclosed = true
	f.options = o
	if yearless(head) && o.Year == 0 {
		return refusal{f, "its times tell no year", "Say with --year in which year the log begins."}
	}
	return f
}

// refusal is a format that cannot be read as the options are.
type refusal struct {
	format

	why, hint string
}

func (no refusal) failure(name string) error {
	return failure.New(failure.BadInput, no.hint, "the log %s cannot be read: %s", name, no.why)
}

// yearless tells whether the first line has a time without a year.
func yearless(head []byte) bool {
	line := bytes.TrimSpace(head[:lines{}.next(head)])
	if len(line) > 0 && line[0] == '<' {
		_, line, _ = bytes.Cut(line, []byte(">"))
	}
	return len(line) > 3 && monthOf(line[:3]) > 0 && (len(line) < 11 || !isDigit(line[7]) || line[9] == ':')
}

// header is what syslog puts before a message.
type header struct {
	time, tag, pid []byte
	entry, piece   int // PostgreSQL's [entry-piece]; 0 where there is none
	message        []byte
}

// read takes a line apart.
func (h *header) read(line []byte) bool {
	*h = header{}
	if len(line) > 0 && line[0] == '<' {
		end := bytes.IndexByte(line, '>')
		if n, ok := digits(line[1:max(1, end)]); end < 2 || end > 4 || !ok || n > 191 {
			return false
		}
		if line = line[end+1:]; bytes.HasPrefix(line, []byte("1 ")) {
			return h.modern(line[2:])
		}
	}
	switch {
	case len(line) > 16 && line[3] == ' ' && monthOf(line[:3]) > 0:
		n := 15
		if line[9] != ':' && len(line) > 21 { // Nov 21 2026 22:50:04
			n = 20
		}
		h.time, line = line[:n], bytes.TrimLeft(line[n:], " ")
	case len(line) > 20 && line[4] == '-' && (line[10] == 'T'):
		n := bytes.IndexByte(line, ' ')
		if n < 19 {
			return false
		}
		h.time, line = line[:n], line[n+1:]
	default:
		return false
	}
	// host tag[pid]: message, or tag[pid]: message.
	rest := line
	for i := range 2 {
		one, after, ok := bytes.Cut(rest, []byte(" "))
		if !ok {
			break
		}
		if rest = after; bytes.HasSuffix(one, []byte(":")) {
			h.named(one[:len(one)-1])
			h.message = rest
			h.pieces()
			return true
		}
		if i == 0 {
			line = rest // behind the host
		}
	}
	h.message = line
	return true
}

// named takes a tag apart: program[pid].
func (h *header) named(tag []byte) {
	h.tag = tag
	if i := bytes.IndexByte(tag, '['); i >= 0 && tag[len(tag)-1] == ']' {
		h.tag, h.pid = tag[:i], tag[i+1:len(tag)-1]
		if j := bytes.LastIndexByte(h.pid, '.'); j >= 0 { // app[postgres.4882]
			h.tag = h.pid[:j]
		}
	}
}

// modern reads what RFC 5424 puts before a message: time host program process id
// [structured data].
func (h *header) modern(line []byte) bool {
	var parts [5][]byte
	for i := range parts {
		n := bytes.IndexByte(line, ' ')
		if n < 0 {
			return false
		}
		parts[i], line = line[:n], line[n+1:]
	}
	h.time, h.tag, h.pid = parts[0], parts[2], parts[3]
	switch {
	case len(line) > 0 && line[0] == '-':
		line = line[1:]
	case len(line) > 0 && line[0] == '[':
		inside, quoted, at := true, false, 1
		for ; at < len(line); at++ {
			switch c := line[at]; {
			case quoted && c == '\\':
				at++
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '[':
				inside = true
			case c == ']':
				inside = false
			}
			if !inside && (at+1 == len(line) || line[at+1] != '[') {
				at++
				break
			}
		}
		line = line[min(at, len(line)):]
	default:
		return false
	}
	h.message = bytes.TrimPrefix(bytes.TrimLeft(line, " "), []byte("\xef\xbb\xbf"))
	h.pieces()
	return true
}

// pieces takes PostgreSQL's [entry-piece] off the message, and a [name] before it.
func (h *header) pieces() {
	for m := h.message; len(m) > 2 && m[0] == '['; {
		end := bytes.IndexByte(m, ']')
		if end < 0 {
			return
		}
		a, b, ok := bytes.Cut(m[1:end], []byte("-"))
		n, ok1 := digits(a)
		k, ok2 := digits(b)
		m = bytes.TrimPrefix(m[end+1:], []byte(" "))
		if ok && ok1 && ok2 && len(a) > 0 && len(b) > 0 && len(a) < 10 && len(b) < 10 {
			h.entry, h.piece, h.message = n, k, m
			return
		}
	}
}

// follows tells whether a line is the piece after that of h, which it becomes.
func (h *header) follows(line []byte) bool {
	if h.piece == 0 {
		return false
	}
	var after header
	if !after.read(line) || after.entry != h.entry || after.piece != h.piece+1 || !bytes.Equal(after.pid, h.pid) {
		return false
	}
	*h = after
	return true
}

func (syslogLines) next(text []byte) int {
	at := lines{}.next(text)
	var h header
	if !h.read(bytes.TrimRight(text[:at], "\r\n")) || h.piece == 0 {
		return at
	}
	for at < len(text) {
		n := lines{}.next(text[at:])
		if !h.follows(bytes.TrimRight(text[at:at+n], "\r\n")) {
			break
		}
		at += n
	}
	return at
}

func (syslogLines) cut(text []byte, last bool) int {
	if last {
		return len(text)
	}
	end := bytes.LastIndexByte(text, '\n') + 1
	for end > 0 {
		begin := bytes.LastIndexByte(text[:end-1], '\n') + 1
		var h header
		if h.read(bytes.TrimRight(text[begin:end], "\r\n")); h.piece == 0 {
			return end
		}
		if h.piece == 1 {
			return begin // more pieces may come
		}
		end = begin
	}
	return 0
}

// syslogOpener takes messages out of lines of syslog.
type syslogOpener struct {
	clock clock
	room  []byte
}

func (s *syslogOpener) open(text []byte, e *entry) (message, tag []byte, what fate, why string) {
	var h header
	first, more, several := bytes.Cut(text, []byte{'\n'})
	if !h.read(bytes.TrimRight(first, "\r")) {
		return nil, nil, rejected, notSyslog
	}
	if !e.when(&s.clock, h.time) {
		return nil, nil, rejected, noTime
	}
	if h.piece > 1 {
		return nil, nil, rejected, pieceOf
	}
	if !several && bytes.IndexByte(h.message, '#') < 0 {
		return h.message, h.tag, used, ""
	}
	s.room = append(s.room[:0], h.message...)
	for line := range bytes.Lines(more) {
		var h header
		h.read(bytes.TrimRight(line, "\r\n"))
		// A piece is a line of its own where it begins with a tab or a prefix; else the line
		// before was too long.
		if _, name, _, _ := severity(h.message); name != nil || bytes.HasPrefix(h.message, []byte("#011")) || bytes.HasPrefix(h.message, []byte("\t")) {
			s.room = append(s.room, '\n')
		}
		s.room = append(s.room, h.message...)
	}
	return bytes.ReplaceAll(s.room, []byte("#011"), []byte("\t")), h.tag, used, ""
}

const (
	notSyslog = "not a line of syslog"
	pieceOf   = "a piece of a message whose beginning does not stand before it"
)
