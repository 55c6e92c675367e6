package accesslog

import (
	"bytes"
)

// quoted is the part of a format whose entries are CSV records: quoted fields may hold
// line ends.
type quoted struct{}

// cut ends where a line does outside of quotes. A text begins with an entry, so that the
// quotes before a place tell whether it is inside.
func (quoted) cut(text []byte, _ bool) int {
	for end := len(text); ; {
		i := bytes.LastIndexByte(text[:end], '\n')
		if i < 0 {
			return 0
		}
		if bytes.Count(text[:i], []byte{'"'})%2 == 0 {
			return i + 1
		}
		// The line end is inside a field that began before it: the field's quote is the last.
		end = bytes.LastIndexByte(text[:i], '"')
		if end < 0 {
			return 0
		}
	}
}

func (quoted) next(text []byte) int {
	inside := false
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return len(text)
		}
		if bytes.Count(text[at:at+i], []byte{'"'})%2 == 1 {
			inside = !inside
		}
		if at += i + 1; !inside {
			return at
		}
	}
}

func (quoted) parser() parser { return nothing{} }

// record splits a CSV record. Fields in quotes with quotes in them are written to room.
type record struct {
	fields [][]byte
	room   []byte
}

func (r *record) split(text []byte, sep byte) bool {
	r.fields, r.room = r.fields[:0], r.room[:0]
	for {
		if len(text) > 0 && text[0] == '"' {
			field, rest, ok := r.unquote(text[1:])
			if !ok {
				return false
			}
			r.fields = append(r.fields, field)
			if len(rest) == 0 {
				return true
			}
			if rest[0] != sep {
				return false
			}
			text = rest[1:]
			continue
		}
		i := bytes.IndexByte(text, sep)
		if i < 0 {
			r.fields = append(r.fields, text)
			return true
		}
		r.fields = append(r.fields, text[:i])
		text = text[i+1:]
	}
}

func (r *record) unquote(text []byte) (field, rest []byte, ok bool) {
	end := bytes.IndexByte(text, '"')
	if end < 0 {
		return nil, nil, false
	}
	if end+1 >= len(text) || text[end+1] != '"' {
		return text[:end], text[end+1:], true
	}
	first := len(r.room)
	for {
		r.room = append(r.room, text[:end]...)
		if end+1 >= len(text) || text[end+1] != '"' {
			return r.room[first:len(r.room):len(r.room)], text[end+1:], true
		}
		r.room = append(r.room, '"')
		text = text[end+2:]
		if end = bytes.IndexByte(text, '"'); end < 0 {
			return nil, nil, false
		}
	}
}

// table reads CSV whose first line names the fields.
type table struct {
	quoted

	options Options
	sep     byte
	width   int
	header  []byte
	slots   [fields]int
}

func openCSV(o Options, head []byte, forced bool) format {
	f := table{options: o}
	first := bytes.TrimSuffix(head[:f.next(head)], []byte("\n"))
	first = bytes.TrimSuffix(first, []byte("\r"))
	for _, sep := range []byte(",;\t|") {
		if bytes.Count(first, []byte{sep}) > bytes.Count(first, []byte{f.sep}) || f.sep == 0 {
			f.sep = sep
		}
	}
	var r record
	if !r.split(first, f.sep) || len(r.fields) < 2 {
		return nil
	}
	var names []string
	for _, name := range r.fields {
		names = append(names, string(bytes.TrimSpace(name)))
	}
	f.width, f.header = len(names), bytes.Clone(first)
	f.slots = o.Map.resolve(names)
	if f.slots[fieldTime] < 0 || !forced && f.slots[fieldAccount] < 0 && f.slots[fieldAddress] < 0 {
		return nil
	}
	return f
}

func (f table) parser() parser { return &tableParser{table: f, clock: newClock(f.options)} }

type tableParser struct {
	table
	record

	clock clock
	cells [fields][1][]byte
	of    [fields][][]byte
}

func (p *tableParser) parse(text []byte, e *entry) (fate, string) {
	if !p.split(text, p.sep) || len(p.fields) != p.width {
		return rejected, notCSV
	}
	if bytes.Equal(text, p.header) {
		return idle, ""
	}
	for f, slot := range p.slots {
		p.of[f] = nil
		if slot >= 0 && len(p.fields[slot]) > 0 {
			p.cells[f][0] = p.fields[slot]
			p.of[f] = p.cells[f][:]
		}
	}
	return lines{}.told(p.of[:], &p.clock, e, p.options.Map)
}
