package dump

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"unicode/utf8"
)

// A recordReader reads text of records that name their own fields, a line each
// or several: LDIF, vCard, blocks of keys and values.
type recordReader interface {
	// end is the offset behind the record that text begins with, with what
	// separates it from the next; 0 where that lies beyond text. begun says, and
	// then tells of the whole lines seen, whether they hold anything of it.
	end(text []byte, begun bool) (n int, now bool)
	// fields tells the fields of a record, which is in UTF-8, by put, which
	// reports whether it took them. read is false for what is no record and
	// nobody's data; a reason that is not 0 refuses it.
	fields(record []byte, put func(key string, value []byte) bool) (read bool, why reason)
}

// noReason is what there is to say of what is read.
const noReason = reason(0)

// recordLayout is text of such records.
type recordLayout struct {
	how     string // as describe says
	charset charset
	maxRow  int
	reader  func() recordReader
	keys    *keySet
}

func (l *recordLayout) describe() string  { return l.how }
func (l *recordLayout) columns() []string { return l.keys.names() }
func (l *recordLayout) header() bool      { return true }
func (l *recordLayout) start() int        { return 0 }
func (l *recordLayout) split() splitter   { return &recordSplitter{reader: l.reader()} }
func (l *recordLayout) parser() parser    { return newRecordParser(l) }
func (l *recordLayout) keyParser() parser { return newRecordParser(l) }
func (l *recordLayout) setKeys(k *keySet) {
	if len(k.paths) == 0 {
		k.more = true // records there may be, but no key
	}
	l.keys = k
}

// recordSplitter cuts text into whole records.
type recordSplitter struct {
	reader recordReader
	begun  bool // of a record that is too long, something was seen
	within bool // a line of it
}

func (s *recordSplitter) split(text []byte, final bool) (int, []mark) {
	if final {
		return len(text), nil
	}
	return s.tail(text), nil
}

// skip looks for the end of a record that is too long.
func (s *recordSplitter) skip(text []byte, final bool) (int, bool) {
	from := 0
	if s.within {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return len(text), false
		}
		from, s.within, s.begun = end+1, false, true
	}
	n, begun := s.reader.end(text[from:], s.begun)
	switch {
	case n > 0:
		s.begun = false
		return from + n, true
	case final:
		return len(text), false
	}
	s.begun = begun
	n = bytes.LastIndexByte(text, '\n') + 1
	if len(text)-n > 1<<10 { // the rest of the line says nothing
		s.within = true
		n = len(text)
	}
	return n, false
}

func (s *recordSplitter) tail(text []byte) int {
	at := 0
	for at < len(text) {
		n, _ := s.reader.end(text[at:], false)
		if n == 0 {
			break
		}
		at += n
	}
	return at
}

// recordParser reads the records of chunks into columns.
type recordParser struct {
	layout *recordLayout
	text   recordReader
	cells  cellWriter
	keys   keyRow
	times  map[string]int
}

func newRecordParser(l *recordLayout) *recordParser {
	p := &recordParser{layout: l, text: l.reader(), cells: cellWriter{charset: l.charset}, times: map[string]int{}}
	if l.keys != nil {
		p.keys = newKeyRow(l.keys)
	}
	return p
}

func (p *recordParser) parse(c *chunk, out *output) {
	p.cells.begin(c.text)
	keysOnly := p.layout.keys == nil
	if keysOnly {
		p.keys = growingKeyRow()
	}
	for at := 0; at < len(c.text); {
		n, _ := p.text.end(c.text[at:], false)
		if n == 0 {
			n = len(c.text) - at
		}
		p.record(c.text[at:at+n], at, keysOnly, out)
		at += n
	}
	if keysOnly {
		out.keys = p.keys.found
	}
}

// Fields of one name in a record have columns of their own, up to this many;
// those beyond share one.
const maxTimes = 3

func (p *recordParser) record(text []byte, at int, keysOnly bool, out *output) {
	if len(bytes.TrimSpace(text)) == 0 {
		out.between(len(text))
		return
	}
	if len(text) > p.layout.maxRow {
		out.reject(tooLong, at, len(text))
		return
	}
	mended := p.cells.row(text)
	record := text
	if !p.cells.under.raw {
		record = bytes.Clone(p.cells.text(text))
	}
	p.keys.reset()
	p.keys.keys.hint = 0
	clear(p.times)
	read, why := p.text.fields(record, p.put)
	switch {
	case why != noReason:
		out.reject(why, at, len(text))
	case !read || keysOnly:
		out.between(len(text))
	default:
		for _, value := range p.keys.slots {
			out.batch.Append(value)
		}
		out.row(len(text), mended)
	}
}

// put gives a column a value.
func (p *recordParser) put(key string, value []byte) bool {
	if value = bytes.TrimSpace(value); len(value) == 0 {
		return true
	}
	p.times[key]++
	switch n := p.times[key]; {
	case n > maxTimes:
		key += " (more)"
	case n > 1:
		key += " (" + strconv.Itoa(n) + ")"
	}
	child := p.keys.child(p.keys.keys, []byte(key))
	return child != nil && p.keys.set(child, value)
}

// nextLine is the first line of text without its end, and what follows it.
func nextLine(text []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(text, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), rest
}

// unfolded is the first line of text put together with those that go on with
// it, which begin with a blank; and what follows them.
func unfolded(text []byte) (line, rest []byte) {
	line, rest = nextLine(text)
	for more := false; len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t'); more = true {
		var next []byte
		if next, rest = nextLine(rest[1:]); !more {
			line = bytes.Clone(line)
		}
		line = append(line, next...)
	}
	return line, rest
}

// textOf is a value of bytes as text: as it is, decoded, or in hexadecimal.
func textOf(value []byte) []byte {
	if bytes.IndexByte(value, 0) < 0 && !noise(value) {
		if utf8.Valid(value) {
			return value
		}
		return windows1252.appendUTF8(nil, value)
	}
	return hex.AppendEncode([]byte("0x"), value)
}
