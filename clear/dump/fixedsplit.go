package dump

import "bytes"

// fixedSplitter walks lines: it knows headers and lines of dashes, and says of
// every row where its columns stand.
type fixedSplitter struct {
	layout *fixedLayout
	part   *textPart // that rows belong to; nil outside of tables
	frame  *ruling   // of a frame whose header comes next
}

func (s *fixedSplitter) split(text []byte, final bool) (int, []mark) {
	pos := 0
	var marks []mark
	for pos < len(text) {
		n := skipEnd(text[pos:])
		if !final && text[pos+n-1] != '\n' {
			break
		}
		line := chomp(text[pos : pos+n])
		next, seen := []byte(nil), final
		if rest := text[pos+n:]; len(rest) > 0 {
			k := skipEnd(rest)
			next, seen = chomp(rest[:k]), final || rest[k-1] == '\n' || k > s.layout.maxRow
			if k > s.layout.maxRow {
				next = nil // as far as one looks ahead
			}
		}
		if !seen && s.layout.aligned == nil {
			break
		}
		if n > s.layout.maxRow {
			marks = append(marks, mark{start: pos, end: pos + n, as: rowTooLong, part: s.part})
		} else if s.row(line, next) {
			// A row goes on where a cell does.
			for end := line; s.part.ruling.continues(end); {
				k := skipEnd(text[pos+n:])
				if n+k > s.layout.maxRow {
					break
				}
				if !final && (k == 0 || text[pos+n+k-1] != '\n') {
					return pos, marks
				}
				end = chomp(text[pos+n : pos+n+k])
				if rulingOf(end) != nil || len(end) == 0 {
					break
				}
				n += k
			}
			marks = append(marks, mark{start: pos, end: pos + n, as: rowsOfPart, part: s.part})
		}
		pos += n
	}
	return pos, marks
}

// row reports that a line is a row, or begins one.
func (s *fixedSplitter) row(line, next []byte) bool {
	if s.layout.aligned != nil {
		return len(bytes.TrimSpace(line)) > 0
	}
	if len(bytes.TrimSpace(line)) == 0 {
		if s.part != nil && s.part.ruling.barred {
			s.part = nil
		}
		s.frame = nil
		return false
	}
	if r := rulingOf(line); r != nil {
		if r.framed && r.holds(next) && (s.part == nil || !s.part.ruling.framed) {
			s.frame = r
		}
		return false
	}
	if s.frame != nil {
		s.begin(s.frame, line)
		s.frame = nil
		return false
	}
	if s.part == nil || !s.part.ruling.framed {
		if r := rulingOf(next); r != nil && r.heads(line) && (!r.framed || r.holds(line)) {
			s.begin(r, line)
			return false
		}
	}
	switch {
	case s.part == nil:
		return false
	case s.part.ruling.framed:
		if s.part.ruling.holds(line) {
			return true
		}
		s.part = nil
		return false
	case tallies(line):
		s.part = nil
		return false
	}
	return true
}

// begin begins a table, or goes on with one that has the same header.
func (s *fixedSplitter) begin(r *ruling, header []byte) {
	s.part = &textPart{ruling: r, table: s.layout.table(r.cut(header))}
}

func (s *fixedSplitter) skip(text []byte, _ bool) (int, bool) {
	n := skipEnd(text)
	return n, n > 0 && text[n-1] == '\n'
}

func (s *fixedSplitter) tail(text []byte) int { return bytes.LastIndexByte(text, '\n') + 1 }

func (s *fixedSplitter) table() int {
	if s.part == nil {
		return 0
	}
	return s.part.table
}

func (s *fixedSplitter) ahead() int { return s.layout.maxRow }

// fixedParser reads rows by where their columns stand.
type fixedParser struct {
	cells cellWriter
	taken []cutCell // of the row under way
}

func (p *fixedParser) parse(c *chunk, out *output) {
	p.cells.begin(c.text)
	at := 0
	for _, m := range c.marks {
		out.between(m.start - at)
		at = m.end
		p.row(c.text[m.start:m.end], m, out)
	}
	out.between(len(c.text) - at)
}

func (p *fixedParser) row(text []byte, m mark, out *output) {
	if m.part != nil {
		out.into(m.part.table)
	}
	if m.as == rowTooLong {
		out.reject(tooLong, m.start, len(text))
		return
	}
	r := m.part.ruling
	mended := p.cells.row(text)
	width := len(r.columns)
	cells := p.taken[:0]
	for at := 0; at < len(text); {
		n := skipEnd(text[at:])
		line := chomp(text[at : at+n])
		goes := r.continues(line)
		if at += n; at == len(text) && len(cells) == 0 && !goes {
			cells = r.cutInto(cells, line)
			break
		}
		more := r.cut(line)
		for i := range more {
			if goes {
				more[i].text = bytes.TrimRight(bytes.TrimSuffix(more[i].text, []byte("+")), " ")
			}
			if i < len(cells) && len(more[i].text) > 0 {
				cells[i].text = append(append(bytes.Clone(cells[i].text), '\n'), more[i].text...)
			}
		}
		if len(cells) == 0 {
			cells = append(cells, more...)
		}
	}
	p.taken = cells
	switch filled := len(trimEmpty(cells)); {
	case len(cells) > width:
		out.reject(tooManyCells, m.start, len(text))
		return
	case len(cells) == 1 && width > 2, filled == 1 && width > 2 && r.columns[1].from >= len(chomp(text)):
		out.reject(tooFewCells, m.start, len(text))
		return
	}
	for _, c := range cells {
		p.cells.put(&out.batch, c.text)
	}
	out.row(len(text), mended || len(cells) < width)
}
