package dump

import (
	"bytes"
	"slices"
	"strings"
)

// csvLayout is a CSV text: one table, or parts that differ in how they are
// written or in which table their rows belong to. The first part is known from
// the sample, the others from a survey of the whole text.
type csvLayout struct {
	*dialect // of the first part
	begins   int
	parts    []*textPart
	tables   []csvTable
}

// textPart is a run of rows that are written alike.
type textPart struct {
	at, body int64 // where it and its first row begin, counted from the first row of the text
	d        *dialect
	ruling   *ruling // of fixed width: where the columns stand
	table    int
}

type csvTable struct {
	names []string
	named bool
	words string
}

func newCSVLayout(d *dialect, at int) *csvLayout {
	return &csvLayout{dialect: d, begins: at + d.offset}
}

func (l *csvLayout) start() int { return l.begins }

func (l *csvLayout) placed() bool { return len(l.parts) == 1 }

func (l *csvLayout) split() splitter {
	if len(l.parts) < 2 {
		return l.dialect.split()
	}
	return &partSplitter{parts: l.parts, inner: csvSplitter{d: l.parts[0].d}}
}

func (l *csvLayout) parser() parser {
	if len(l.parts) < 2 {
		return l.dialect.parser()
	}
	return &partParser{by: map[*dialect]*csvParser{}}
}

// survey is asked for once.
func (l *csvLayout) survey() splitter {
	if l.parts != nil {
		return nil
	}
	l.add(0, 0, l.dialect)
	return &csvSurvey{layout: l, d: l.dialect, inner: csvSplitter{d: l.dialect}}
}

func (l *csvLayout) surveyed() []shape {
	var out []shape
	for i, t := range l.tables {
		s := shape{columns: t.names, header: t.named}
		if len(l.tables) > 1 {
			s.name, s.dialect = tableName("", i), t.words
		}
		out = append(out, s)
	}
	return out
}

// add begins a part, which goes on with a table that has the same columns.
func (l *csvLayout) add(at, body int64, d *dialect) {
	table := -1
	for i, t := range slices.Backward(l.tables) {
		if len(t.names) != d.width {
			continue
		}
		if !d.named || t.named && slices.EqualFunc(t.names, d.names, strings.EqualFold) {
			table = i
			break
		}
	}
	if table < 0 {
		table = len(l.tables)
		_, words, _ := strings.Cut(d.describe(), ": ")
		l.tables = append(l.tables, csvTable{names: d.names, named: d.named, words: words})
	}
	l.parts = append(l.parts, &textPart{at: at, body: body, d: d, table: table})
}

// What makes a table, or another way of writing one.
const (
	blockRows    = 200 // rows of a block that are judged at the start of a text
	runRows      = 12  // rows of another kind that are judged further down
	runBytes     = 64 << 10
	leastRows    = 5 // without a header
	leastLooking = 8 // without one, and with the delimiter of the rows above
)

// firstTable is how the first table of a sample is written, and the offset from
// which it was judged. What the sample as a whole looks like is what most of its
// rows are; a smaller table may stand before them.
func firstTable(s *sample) (*dialect, int) {
	d := detectDialect(s)
	for at := 0; at < max(d.head, 1) && at < len(s.text); {
		n := blockEnd(d, s.text[at:])
		block := s.text[at : at+n]
		for _, rows := range []int{blockRows, runRows} {
			if first := tableIn(cutLines(d, block, rows), d, true); first != nil && !mostly(d, cutLines(d, block, rows)) {
				return first, at
			}
		}
		at += n
	}
	return d, 0
}

// blockEnd is the offset past the blank line that ends the block at the start
// of text.
func blockEnd(d *dialect, text []byte) int {
	filled := false
	for at := 0; at < len(text); {
		n := d.lineEnd(text[at:], true)
		if blank := d.blank(d.chomp(text[at : at+n])); blank && filled {
			return at + n
		} else if !blank {
			filled = true
		}
		at += n
	}
	return len(text)
}

// cutLines is the first lines of text.
func cutLines(d *dialect, text []byte, lines int) []byte {
	at := 0
	for range lines {
		if at == len(text) {
			break
		}
		at += d.lineEnd(text[at:], true)
	}
	return text[:at]
}

// mostly reports that at least a quarter of the rows of a text are as wide as
// the table.
func mostly(d *dialect, text []byte) bool {
	rows := cutRows(d, text, blockRows)
	like := 0
	for _, r := range rows {
		if len(r.cells) == d.width {
			like++
		}
	}
	return 4*like >= len(rows)
}

// tableIn is how a text is written that is a table of its own, other than d;
// nil where it is none. alone says that nothing of another kind precedes it.
func tableIn(text []byte, d *dialect, alone bool) *dialect {
	own := detectDialect(&sample{text: text, whole: true, charset: d.charset, maxRow: d.maxRow})
	same := own.delim == d.delim && bytes.Equal(own.long, d.long)
	if own.width < 2 || own.long == nil && strings.IndexByte(",;\t|\x01\x1e\x1f", own.delim) < 0 || same && own.width == d.width {
		return nil
	}
	rows := cutRows(own, text[own.offset:], 1<<20)
	like := 0
	for _, r := range rows {
		if len(r.cells) == own.width {
			like++
		}
	}
	least := leastRows
	switch {
	case own.named && alone:
		least = 1
	case own.named:
		least = 2
	case same:
		least = leastLooking
	}
	if like < least || 10*like < 9*len(rows) {
		return nil
	}
	if same && !own.named && fits(d, rows) {
		return nil
	}
	return own
}

// fits reports that rows of another number of cells find their columns well:
// they are rows of the table from which something is missing.
func fits(d *dialect, rows []cutLine) bool {
	m := &mender{looks: d.looks, join: d.delimiter()}
	total := float32(0)
	for _, r := range rows {
		m.begin(len(r.text))
		for _, c := range r.cells {
			m.add(c.text, !c.quoted)
		}
		cost, ok := m.align()
		if !ok {
			return false
		}
		total += cost
	}
	return total <= 2*float32(d.width*len(rows))
}

// csvSurvey looks for parts: it follows the rows, and judges runs of such as do
// not fit the part under way.
type csvSurvey struct {
	layout *csvLayout
	d      *dialect
	inner  csvSplitter
	at     int64 // of the text cut so far

	run    []byte // the rows of another kind met last
	rows   int    // their number
	begins int64  // where they begin
	after  bool   // a blank line precedes them
	blank  bool   // the last line was blank
	body   bool   // the part has a row
	vain   int64  // runs that were judged and are nothing
	tired  bool   // the run under way is one of them
}

func (s *csvSurvey) split(text []byte, final bool) (int, []mark) {
	pos := 0
	for {
		n, marks := s.inner.split(text[pos:], final)
		end := pos + n
		changed := false
		base := pos
		for pos < end && !changed {
			next := pos + s.d.lineEnd(text[pos:end], true)
			if len(marks) > 0 && marks[0].start+base == pos {
				next = base + marks[0].end
				marks = marks[1:]
			}
			changed = s.row(text[pos:next], s.at+int64(pos))
			pos = next
		}
		if changed {
			s.inner = csvSplitter{d: s.d}
			continue
		}
		if final {
			s.judge()
		}
		s.at += int64(pos)
		return pos, nil
	}
}

func (s *csvSurvey) skip(text []byte, final bool) (int, bool) {
	n, ended := s.inner.skip(text, final)
	s.at += int64(n)
	return n, ended
}

func (s *csvSurvey) tail(text []byte) int { return s.inner.tail(text) }

// row looks at a row, and reports whether another part begins with it or
// before it.
func (s *csvSurvey) row(text []byte, at int64) (changed bool) {
	d := s.d
	if d.delim != 0 && len(s.run) == 0 && !s.blank && bytes.Count(text, d.delimiter())+1 == d.width {
		s.body, s.tired = true, false
		return false
	}
	line := d.chomp(text)
	if d.blank(line) {
		changed = s.judge()
		s.blank, s.tired = true, false
		return changed
	}
	after := s.blank
	s.blank = false
	if d.cellsOf(line) == d.width {
		if len(s.run) > 0 && !s.sameWidth() {
			changed = s.judge()
		}
		if !changed && len(s.run) == 0 && (!after || !s.body || !s.unlike(line)) {
			s.body, s.tired = true, false
			return false
		}
		if changed {
			return true
		}
	} else if len(s.run) > 0 && s.sameWidth() {
		if s.judge() {
			return true
		}
	}
	if s.tired || len(s.layout.parts) >= maxTables {
		return false
	}
	if len(s.run) == 0 {
		s.begins, s.after = at, after
	}
	s.run = append(s.run, text...)
	s.rows++
	if s.rows >= runRows || len(s.run) >= runBytes {
		return s.judge()
	}
	return false
}

// sameWidth reports that the run under way has as many cells as the table: it
// follows a blank line and may begin with another header.
func (s *csvSurvey) sameWidth() bool {
	first := s.run[:s.d.lineEnd(s.run, true)]
	return s.d.cellsOf(s.d.chomp(first)) == s.d.width
}

// unlike reports that a line looks like no row of the table.
func (s *csvSurvey) unlike(line []byte) bool {
	row, other := s.d.readAs(line, quoteLenient), 0
	for i, c := range row {
		if s.d.looks[i].class[classOf(c.text, c.quoted)] > 2 {
			other++
		}
	}
	return 3*other >= len(row)
}

// judge ends the run under way, and reports whether it begins another part.
func (s *csvSurvey) judge() bool {
	if len(s.run) == 0 {
		return false
	}
	run, rows, begins, after := s.run, s.rows, s.begins, s.after
	s.run, s.rows = s.run[:0], 0
	s.tired = true
	if rows < 2 || s.vain > 1000+s.at>>16 {
		return false
	}
	s.vain++
	own := tableIn(run, s.d, after)
	if own != nil && !own.named && !s.body {
		own = nil // the header has more columns than the rows
	}
	if own == nil && after {
		own = s.titled(run)
	}
	if own == nil {
		return false
	}
	s.vain--
	s.layout.add(begins, begins+int64(own.offset), own)
	s.d, s.body, s.tired, s.blank = own, true, false, false
	return true
}

// titled is the dialect of a run that is written as the rows above and has
// another header; nil where it has none.
func (s *csvSurvey) titled(run []byte) *dialect {
	d := *s.d
	d.names, d.named, d.title, d.looks = nil, false, nil, nil
	d.layOut(&sample{text: run, whole: true, charset: d.charset, maxRow: d.maxRow})
	if !d.named || d.width != s.d.width || d.head > 0 || slices.EqualFunc(d.names, s.d.names, strings.EqualFold) {
		return nil
	}
	return &d
}

// cellsOf is the number of cells of a line.
func (d *dialect) cellsOf(line []byte) int {
	if d.delim == 0 {
		return 1
	}
	if d.quote == 0 || bytes.IndexByte(line, d.quote) < 0 {
		return bytes.Count(line, d.delimiter()) + 1
	}
	for cells, i := 1, 0; ; cells++ {
		for d.trim && i < len(line) && line[i] == ' ' {
			i++
		}
		if i < len(line) && line[i] == d.quote {
			if end := closing(d, line, i); end >= 0 {
				i = end + 1
			}
		}
		i += d.unquotedEnd(line[i:])
		if i >= len(line) {
			return cells
		}
		i += d.step()
	}
}

// partSplitter cuts a text of several parts, each in its own way.
type partSplitter struct {
	parts []*textPart
	now   int // index of the part under way
	inner csvSplitter
	at    int64 // of the text cut so far
}

// bound is the offset in text at which the next part begins, where text reaches
// it, and whether it does.
func (s *partSplitter) bound(text []byte) (int, bool) {
	if s.now+1 < len(s.parts) {
		if next := s.parts[s.now+1].at - s.at; next <= int64(len(text)) {
			return int(next), true
		}
	}
	return len(text), false
}

func (s *partSplitter) split(text []byte, final bool) (int, []mark) {
	pos := 0
	var marks []mark
	for pos < len(text) {
		end, last := s.bound(text)
		if last && pos >= end {
			s.now++
			s.inner = csvSplitter{d: s.parts[s.now].d}
			continue
		}
		part := s.parts[s.now]
		if body := part.body - s.at; int64(pos) < body {
			to := int(min(body, int64(end)))
			marks = append(marks, mark{start: pos, end: to, as: rowsBetween, part: part})
			pos = to
			continue
		}
		n, within := s.inner.split(text[pos:end], final || last)
		if n > 0 {
			marks = append(marks, mark{start: pos, end: pos + n, as: rowsOfPart, part: part})
			for _, m := range within {
				m.start += pos
				m.end += pos
				marks = append(marks, m)
			}
			pos += n
		}
		if pos < end {
			break
		}
	}
	s.at += int64(pos)
	return pos, marks
}

func (s *partSplitter) skip(text []byte, final bool) (int, bool) {
	end, last := s.bound(text)
	n, ended := s.inner.skip(text[:end], final || last)
	s.at += int64(n)
	return n, ended || last && n == end
}

func (s *partSplitter) tail(text []byte) int { return s.inner.tail(text) }
func (s *partSplitter) table() int           { return s.parts[s.now].table }
func (s *partSplitter) ahead() int           { return 0 }

// partParser reads the rows of several parts.
type partParser struct {
	by map[*dialect]*csvParser
}

func (p *partParser) parse(c *chunk, out *output) {
	marks := c.marks
	for len(marks) > 0 {
		m := marks[0]
		marks = marks[1:]
		if m.as == rowsBetween {
			out.between(m.end - m.start)
			continue
		}
		by := p.by[m.part.d]
		if by == nil {
			by = newCSVParser(m.part.d)
			by.table = m.part.table
			p.by[m.part.d] = by
		}
		by.out = out
		by.cells.begin(c.text[m.start:m.end])
		out.into(by.table)
		marks = by.rows(c.text, m.start, m.end, marks)
	}
}
