package dump

import (
	"bytes"
	"strings"
)

// copyStyle is how the lines of a COPY block are written where it says so:
// `COPY t FROM stdin WITH (FORMAT csv, DELIMITER ';')`.
type copyStyle struct {
	csv, binary   bool
	header        bool // the first line names columns
	delim         byte
	quote, escape byte   // of CSV
	null          []byte // that stands for nothing
	charset       charset
	encoded       bool // it says in which charset
}

// copyOptions reads what stands between `FROM stdin` and the end of the line,
// nil where that is nothing.
func copyOptions(text []byte) *copyStyle {
	l := &lexer{text: text}
	words := 0
	var s copyStyle
	given := map[string]string{}
	last := ""
	for l.i < len(text) {
		switch c := l.peek(); {
		case c == 0:
			l.i = len(text)
		case c == '\'':
			escaped := l.i > 0 && text[l.i-1]|0x20 == 'e'
			v, _ := l.part()
			if escaped && len(v) > 1 && v[0] == '\\' {
				plain, _ := appendEscape(nil, []byte(v[1:]), true)
				v = string(plain)
			}
			given[last] = v
		case wordByte(c):
			w := l.word()
			if w == "AS" || w == "E" {
				continue
			}
			words++
			switch {
			case w == "CSV":
				s.csv = true
			case w == "BINARY":
				s.binary = true
			case w == "HEADER":
				s.header = true
			case last == "HEADER" && (w == "FALSE" || w == "OFF" || w == "0"):
				s.header = false
			}
			last = w
		default:
			l.i++
		}
	}
	if words == 0 {
		return nil
	}
	if strings.EqualFold(given["FORMAT"], "csv") {
		s.csv = true
	}
	s.delim, s.null = '\t', []byte(`\N`)
	if s.csv {
		s.delim, s.quote, s.null = ',', '"', []byte{}
	}
	one := func(to *byte, names ...string) {
		for _, name := range names {
			if v := given[name]; len(v) == 1 {
				*to = v[0]
			}
		}
	}
	one(&s.delim, "DELIMITER", "DELIMITERS")
	one(&s.quote, "QUOTE")
	s.escape = s.quote
	one(&s.escape, "ESCAPE")
	if v, ok := given["NULL"]; ok {
		s.null = []byte(v)
	}
	s.charset, s.encoded = sqlCharsets[strings.ToUpper(given["ENCODING"])]
	return &s
}

// lineEnd is the offset past the end of the record that begins at an offset. A
// quote that is not closed within a row's longest is none: then closed is false,
// and the record is its first line.
func (s *copyStyle) lineEnd(text []byte, at, limit int) (end int, closed bool) {
	if s == nil || !s.csv {
		return copyLineEnd(text, at), true
	}
	in := false
	for i := at; i < len(text) && (!in || i-at <= limit); i++ {
		switch c := text[i]; {
		case in && c == s.escape && i+1 < len(text) && (text[i+1] == s.quote || text[i+1] == s.escape):
			i++
		case c == s.quote:
			in = !in
		case c == '\n' && !in:
			return i + 1, true
		}
	}
	if !in {
		return len(text), true
	}
	if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n + 1, false
	}
	return len(text), false
}

// skip is skipLine for lines so written.
func (s *copyStyle) skip(text []byte) (int, bool) {
	if s == nil || !s.csv {
		return skipLine(text)
	}
	if n := bytes.IndexByte(text, '\n'); n >= 0 {
		return n + 1, true
	}
	return len(text), false
}

// separators is how many delimiters stand in a record.
func (s *copyStyle) separators(line []byte) int {
	switch {
	case s == nil:
		return bytes.Count(line, []byte{'\t'})
	case !s.csv:
		return bytes.Count(line, []byte{s.delim})
	}
	n := 0
	s.eachCell(line, func([]byte, bool) { n++ })
	return n - 1
}

// eachCell reads the cells of a record of CSV. A cell with quotes is void after
// the next one.
func (s *copyStyle) eachCell(line []byte, each func(cell []byte, quoted bool)) {
	var plain []byte
	for from := 0; ; {
		n := bytes.IndexByte(line[from:], s.delim)
		q := bytes.IndexByte(line[from:], s.quote)
		if q < 0 || n >= 0 && n < q {
			if n < 0 {
				each(line[from:], false)
				return
			}
			each(line[from:from+n], false)
			from += n + 1
			continue
		}
		plain = plain[:0]
		in := false
		i := from
	cell:
		for ; i < len(line); i++ {
			switch c := line[i]; {
			case in && c == s.escape && i+1 < len(line) && (line[i+1] == s.quote || line[i+1] == s.escape):
				i++
				plain = append(plain, line[i])
			case c == s.quote:
				in = !in
			case c == s.delim && !in:
				break cell
			default:
				plain = append(plain, c)
			}
		}
		each(plain, true)
		if i >= len(line) {
			return
		}
		from = i + 1
	}
}

// styledLines takes whole records of a COPY block that says how they are
// written, of which n bytes belong to it at most.
func (s *sqlSplitter) styledLines(text []byte, n int, whole bool) int {
	at := 0
	for at < n {
		end, closed := s.to.style.lineEnd(text[:n], at, s.maxRow)
		if !whole && (end == n && text[n-1] != '\n' || !closed && n-at <= s.maxRow) {
			break
		}
		at = end
		if bytes.HasPrefix(text[at:n], copyNext[1:]) { // looked at when it comes first
			return at
		}
	}
	return at
}

// copyHeader takes the first line of a block that names columns there; false
// where more text is needed.
func (s *sqlSplitter) copyHeader(text []byte, final bool) (int, bool) {
	style := s.to.style
	end, closed := style.lineEnd(text, 0, s.most())
	if !final && (!closed || text[end-1] != '\n') && len(text) <= s.most() {
		return 0, false
	}
	line := bytes.TrimRight(text[:end], "\r\n")
	var names []string
	if style.csv {
		style.eachCell(line, func(cell []byte, _ bool) { names = append(names, string(cell)) })
	} else {
		names = strings.Split(string(line), string(rune(style.delim)))
	}
	if s.to.list == 0 && len(names) <= maxColumns {
		to := s.tables.target(s.to.of.name, names, s.to.mode)
		to.style = style
		s.to = to
	}
	s.to.fresh = false
	return end, true
}

// styled reads the cells of a record.
func (p *sqlParser) styled(line []byte, s *copyStyle) {
	if !s.csv {
		p.copyCells(line, s.delim, s.null)
		return
	}
	s.eachCell(line, func(cell []byte, quoted bool) {
		switch {
		case quoted:
			p.values = append(p.values, sqlCell{text: p.keep(cell)})
		case bytes.Equal(cell, s.null):
			p.values = append(p.values, sqlCell{lies: true})
		default:
			p.values = append(p.values, sqlCell{text: cell, lies: true})
		}
	})
}
