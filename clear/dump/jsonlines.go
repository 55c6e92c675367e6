package dump

import "bytes"

// jsonLinesFormat is one JSON object a line (jsonlines.org).
type jsonLinesFormat struct{}

func (jsonLinesFormat) probe(s *sample) float64 {
	text := s.text
	if !s.whole {
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	lines, like, good := 0, 0, 0
	r := newKeyReader()
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		lines++
		if line[0] == '{' {
			like++
			if r.object(bytes.TrimSuffix(line, []byte{','})) {
				good++
			}
		}
		if lines == 100 {
			break
		}
	}
	if lines == 0 || like*5 < lines*4 || good*2 < lines {
		return 0
	}
	return 0.95
}

func (jsonLinesFormat) open(s *sample) layout {
	return &jsonLines{jsonLayout{name: "JSON Lines", charset: s.charset, maxRow: s.maxRow}}
}

// jsonLayout is what both ways of writing JSON objects share.
type jsonLayout struct {
	name    string
	charset charset
	maxRow  int
	from    int // offset of the first row in the sample's text
	keys    *keySet
}

func (l *jsonLayout) describe() string  { return l.name + ": one column for each key" }
func (l *jsonLayout) columns() []string { return l.keys.names() }
func (l *jsonLayout) header() bool      { return true }
func (l *jsonLayout) start() int        { return l.from }
func (l *jsonLayout) setKeys(k *keySet) {
	if len(k.paths) == 0 {
		k.more = true // rows there may be, but no key
	}
	l.keys = k
}

// jsonLines is a text of JSON Lines.
type jsonLines struct{ jsonLayout }

func (l *jsonLines) split() splitter   { return &lineSplitter{} }
func (l *jsonLines) parser() parser    { return newJSONParser(&l.jsonLayout, true) }
func (l *jsonLines) keyParser() parser { return newKeyParser(&l.jsonLayout, true) }

// lineSplitter cuts text into lines.
type lineSplitter struct{}

func (*lineSplitter) split(text []byte, final bool) (int, []mark) {
	if final {
		return len(text), nil
	}
	return bytes.LastIndexByte(text, '\n') + 1, nil
}

func (*lineSplitter) skip(text []byte, _ bool) (int, bool) {
	if n := bytes.IndexByte(text, '\n'); n >= 0 {
		return n + 1, true
	}
	return len(text), false
}

func (*lineSplitter) tail(text []byte) int { return bytes.LastIndexByte(text, '\n') + 1 }

// jsonParser reads objects, one a line or where marks say.
type jsonParser struct {
	layout *jsonLayout
	lines  bool
	cells  cellWriter
	reader jsonReader
}

func newJSONParser(l *jsonLayout, lines bool) *jsonParser {
	p := &jsonParser{layout: l, lines: lines, cells: cellWriter{charset: l.charset}}
	p.reader.keyRow = newKeyRow(l.keys)
	return p
}

// newKeyReader reads objects for their keys.
func newKeyReader() *jsonReader {
	return &jsonReader{keyRow: growingKeyRow()}
}

func newKeyParser(l *jsonLayout, lines bool) *jsonParser {
	return &jsonParser{layout: l, lines: lines, cells: cellWriter{charset: l.charset}}
}

func (p *jsonParser) parse(c *chunk, out *output) {
	p.cells.begin(c.text)
	keysOnly := p.layout.keys == nil
	if keysOnly {
		p.reader = *newKeyReader()
	}
	if p.lines {
		for at := 0; at < len(c.text); {
			end := len(c.text)
			if n := bytes.IndexByte(c.text[at:], '\n'); n >= 0 {
				end = at + n + 1
			}
			p.row(c.text[at:end], at, out)
			at = end
		}
	} else {
		at := 0
		for _, m := range c.marks {
			out.between(m.start - at)
			at = m.end
			switch m.as {
			case rowTooLong:
				out.reject(tooLong, m.start, m.end-m.start)
			case rowMalformed:
				out.reject(badJSON, m.start, m.end-m.start)
			case rowNoObject:
				out.reject(notAnObject, m.start, m.end-m.start)
			default:
				p.row(c.text[m.start:m.end], m.start, out)
			}
		}
		out.between(len(c.text) - at)
	}
	if keysOnly {
		out.keys = p.reader.found
	}
}

// row reads one row, which lies at that offset of the chunk.
func (p *jsonParser) row(text []byte, at int, out *output) {
	if len(text) > p.layout.maxRow {
		out.reject(tooLong, at, len(text))
		return
	}
	line := text
	if p.lines {
		line = bytes.Trim(text, " \t\r\n\x1e")
		line = bytes.TrimRight(bytes.TrimSuffix(line, []byte{','}), " \t")
	}
	if len(line) == 0 {
		out.between(len(text))
		return
	}
	mended := p.cells.row(line)
	if !p.cells.under.raw {
		line = bytes.Clone(p.cells.text(line))
	}
	if !p.reader.object(line) {
		out.reject(p.reader.why, at, len(text))
		return
	}
	if p.layout.keys == nil {
		out.between(len(text))
		return
	}
	for _, value := range p.reader.slots {
		out.batch.Append(value)
	}
	out.row(len(text), mended || p.reader.mended)
}
