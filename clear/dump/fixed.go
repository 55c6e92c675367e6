package dump

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// fixedFormat is text whose columns stand at the same places of every line: as
// clients of databases print results, and as old programs write files.
type fixedFormat struct{}

func (fixedFormat) probe(s *sample) float64 {
	text := s.text[:min(len(s.text), sniffSize)]
	lines := fixedLines(text, s.whole && len(text) == len(s.text))
	for i, line := range lines[:min(len(lines), preambleRows)] {
		if r := rulingOf(line); r != nil && (r.framed && i+1 < len(lines) && r.holds(lines[i+1]) || !r.framed && i > 0 && r.heads(lines[i-1])) {
			return 0.8
		}
	}
	if r := alignment(lines); r != nil {
		d := detectDialect(s)
		if d.delim != 0 && d.delim != ' ' && d.width > 1 && mostly(d, text) {
			return 0
		}
		return 0.3
	}
	return 0
}

func (fixedFormat) open(s *sample) layout {
	l := &fixedLayout{charset: s.charset, maxRow: s.maxRow, words: "fixed width: "}
	text := s.text[:min(len(s.text), sniffSize)]
	lines := fixedLines(text, s.whole && len(text) == len(s.text))
	for i, line := range lines {
		if r := rulingOf(line); r != nil && (r.framed && i+1 < len(lines) && r.holds(lines[i+1]) || !r.framed && i > 0 && r.heads(lines[i-1])) {
			l.words += "lines of dashes"
			return l
		}
	}
	l.aligned = alignment(lines)
	l.words += "columns apart by blanks"
	var rows []cutLine
	for at := 0; at < len(text); {
		n := skipEnd(text[at:])
		line := text[at : at+n]
		if cells := l.aligned.cut(chomp(line)); len(bytes.TrimSpace(line)) > 0 {
			rows = append(rows, cutLine{cells: cells, text: line, lines: 1, at: at})
		}
		if at += n; len(rows) == preambleRows+headerRows {
			break
		}
	}
	d := &dialect{charset: s.charset, maxRow: s.maxRow, width: len(l.aligned.columns)}
	d.settle(rows)
	l.begins = d.offset
	l.tables = []fixedTable{{names: d.names, named: d.named}}
	return l
}

// fixedLayout is a text of tables of fixed width.
type fixedLayout struct {
	charset charset
	maxRow  int
	words   string
	begins  int
	aligned *ruling // of a text without lines of dashes
	tables  []fixedTable
	met     bool // the survey is over
}

type fixedTable struct {
	raw   []string // names as they lie
	names []string
	named bool
}

func (l *fixedLayout) describe() string {
	words := l.words
	if l.header() {
		return words + ", header"
	}
	return words + ", no header"
}

func (l *fixedLayout) columns() []string { return l.tables[0].names }
func (l *fixedLayout) header() bool      { return len(l.tables) == 0 || l.tables[0].named }
func (l *fixedLayout) start() int        { return l.begins }
func (l *fixedLayout) placed() bool      { return l.aligned != nil }
func (l *fixedLayout) parser() parser {
	return &fixedParser{cells: cellWriter{charset: l.charset}}
}

func (l *fixedLayout) split() splitter {
	s := &fixedSplitter{layout: l}
	if l.aligned != nil {
		s.part = &textPart{ruling: l.aligned}
	}
	return s
}

func (l *fixedLayout) survey() splitter {
	if l.met || l.aligned != nil {
		return nil
	}
	l.met = true
	return l.split()
}

func (l *fixedLayout) surveyed() []shape {
	l.met = true
	var out []shape
	for i, t := range l.tables {
		s := shape{columns: t.names, header: t.named}
		if len(l.tables) > 1 {
			s.name = tableName("", i)
		}
		out = append(out, s)
	}
	return out
}

// table is the place of the table with that header, which is added where it is
// new. The last of too many takes the rest that are as wide.
func (l *fixedLayout) table(header []cutCell) int {
	d := dialect{charset: l.charset}
	var raw []string
	for _, c := range header {
		raw = append(raw, string(d.decode(c.text)))
	}
	wide := -1
	for i, t := range l.tables {
		if slices.Equal(t.raw, raw) {
			return i
		}
		if len(t.raw) == len(raw) {
			wide = i
		}
	}
	if wide >= 0 && len(l.tables) >= maxTables {
		return wide
	}
	l.tables = append(l.tables, fixedTable{raw: raw, names: named(raw), named: true})
	return len(l.tables) - 1
}

// ruling is where the columns of a table stand, in characters.
type ruling struct {
	columns []band
	framed  bool // a frame stands around it
	barred  bool // bars stand between the columns
}

// band is a column: from its first character to past its last.
type band struct{ from, to int }

// drawing are characters that lines are drawn with, by the plain ones.
var drawing = strings.NewReplacer("─", "-", "━", "-", "═", "-", "=", "-", "│", "|", "┃", "|", "║", "|",
	"┌", "+", "┬", "+", "┐", "+", "├", "+", "┼", "+", "┤", "+", "└", "+", "┴", "+", "┘", "+",
	"╔", "+", "╦", "+", "╗", "+", "╠", "+", "╬", "+", "╣", "+", "╚", "+", "╩", "+", "╝", "+", "╞", "+", "╪", "+", "╡", "+", "╭", "+", "╮", "+", "╰", "+", "╯", "+")

// rulingOf is where columns stand by a line of dashes; nil where it is none.
func rulingOf(line []byte) *ruling {
	if len(line) < 3 || len(line) > 1<<16 {
		return nil
	}
	for _, c := range line {
		if c < 0x80 && alnum(c) {
			return nil
		}
	}
	drawn := []byte(drawing.Replace(string(bytes.TrimRight(line, " "))))
	r := &ruling{}
	dashes, between := 0, byte(0)
	for _, c := range drawn {
		switch c {
		case '-':
			dashes++
		case '+', '|':
			between = '+'
		case ' ', ':':
		default:
			return nil
		}
	}
	if dashes < 3 {
		return nil
	}
	if between != 0 {
		r.barred = true
		r.framed = drawn[0] == '+' || drawn[0] == '|'
	}
	from := 0
	for i := 0; i <= len(drawn); i++ {
		ends := i == len(drawn) || r.barred && (drawn[i] == '+' || drawn[i] == '|') || !r.barred && drawn[i] == ' '
		if !ends {
			continue
		}
		if i > from {
			r.columns = append(r.columns, band{from, i})
		}
		from = i + 1
	}
	if len(r.columns) < 2 {
		return nil
	}
	return r
}

// holds reports that a line stands in the frame.
func (r *ruling) holds(line []byte) bool {
	return r.framed && isBar(line, 0)
}

// heads reports that a line may be the header over a line of dashes: it has a
// name over each group.
func (r *ruling) heads(line []byte) bool {
	cells := r.cut(line)
	filled := 0
	for _, c := range cells {
		if len(c.text) > 0 {
			filled++
		}
	}
	if r.barred {
		return len(cells) == len(r.columns) && 2*filled > len(cells)
	}
	return 2*filled > len(cells) && rulingOf(line) == nil
}

// cut is the cells of a line, without the blanks around them. In a table with
// bars it cuts at the bars, where they stand elsewhere; it gives another number
// of cells where they cannot be found.
func (r *ruling) cut(line []byte) []cutCell { return r.cutInto(nil, line) }

func (r *ruling) cutInto(out []cutCell, line []byte) []cutCell {
	at := offsets(line)
	if !r.barred {
		return r.cutAt(out, line, at)
	}
	aligned := true
	for i, c := range r.columns {
		if i+1 < len(r.columns) {
			aligned = aligned && isBar(line, at.of(c.to))
		}
	}
	if aligned && (!r.framed || isBar(line, 0)) {
		return r.cutAt(out, line, at)
	}
	plain := line
	if !ascii(line) {
		plain = []byte(strings.NewReplacer("│", "|", "┃", "|", "║", "|").Replace(string(line)))
	}
	if r.framed {
		plain = bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(plain), []byte("|")), []byte("|"))
	}
	for cell := range bytes.SplitSeq(plain, []byte("|")) {
		out = append(out, cutCell{text: bytes.Trim(cell, " ")})
	}
	return out
}

// cutAt cuts a line where the columns stand.
func (r *ruling) cutAt(out []cutCell, line []byte, at places) []cutCell {
	for i, c := range r.columns {
		from, to := at.of(c.from), len(line)
		if i+1 < len(r.columns) {
			to = at.of(r.columns[i+1].from)
			if r.barred {
				to = at.of(c.to)
			}
		} else if r.framed {
			to = at.of(c.to)
		}
		out = append(out, cutCell{text: bytes.Trim(line[from:to], " ")})
	}
	return out
}

// continues reports that a cell of the line goes on in the next: psql says so
// by a plus sign at the end of the column.
func (r *ruling) continues(line []byte) bool {
	if !r.barred || bytes.IndexByte(line, '+') < 0 {
		return false
	}
	at := offsets(line)
	for _, c := range r.columns {
		if i := at.of(c.to - 1); i < len(line) && line[i] == '+' {
			return true
		}
	}
	return false
}

func isBar(line []byte, i int) bool {
	return i < len(line) && (line[i] == '|' || line[i] >= 0x80 && (bytes.HasPrefix(line[i:], []byte("│")) || bytes.HasPrefix(line[i:], []byte("┃")) || bytes.HasPrefix(line[i:], []byte("║"))))
}

// places are the offsets of the characters of a line; nil where each is a byte.
type places struct {
	offsets []int
	end     int
}

func offsets(line []byte) places {
	p := places{end: len(line)}
	if ascii(line) || !utf8.Valid(line) {
		return p
	}
	for i := range string(line) {
		p.offsets = append(p.offsets, i)
	}
	return p
}

// of is the offset of a character; the end of the line where it has fewer.
func (p places) of(i int) int {
	if p.offsets == nil {
		return min(i, p.end)
	}
	if i >= len(p.offsets) {
		return p.end
	}
	return p.offsets[i]
}

// What it takes for lines to be columns without lines of dashes.
const (
	alignedLines = 8
	alignedShare = 60 // percent of lines with blanks side by side
)

// alignment finds columns that stand apart by blanks in all lines; nil where
// there are none.
func alignment(lines [][]byte) *ruling {
	lines = lines[:min(len(lines), headerRows)]
	var taken []int
	n, padded := 0, 0
	for _, line := range lines {
		if bytes.IndexByte(line, '\t') >= 0 || len(line) > 4096 {
			return nil
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		n++
		if bytes.Contains(bytes.TrimSpace(line), []byte("  ")) {
			padded++
		}
		at := offsets(line)
		for i := range utf8.RuneCount(line) {
			if i == len(taken) {
				taken = append(taken, 0)
			}
			if o := at.of(i); o < len(line) && line[o] != ' ' {
				taken[i]++
			}
		}
	}
	if n < alignedLines || padded*100 < n*alignedShare {
		return nil
	}
	r := &ruling{}
	for i := 0; i < len(taken); {
		for i < len(taken) && taken[i] == 0 {
			i++
		}
		from := i
		for i < len(taken) && taken[i] > 0 {
			i++
		}
		if i > from {
			r.columns = append(r.columns, band{from, i})
		}
	}
	r.join(lines, taken, n)
	if len(r.columns) < 2 || r.delimited(lines) {
		return nil
	}
	for _, c := range r.columns {
		// A column begins or ends at one place in nearly all lines that fill it.
		filled := 0
		for i := c.from; i < c.to; i++ {
			filled = max(filled, taken[i])
		}
		if 5*taken[c.from] < 4*filled && 5*taken[c.to-1] < 4*filled {
			return nil
		}
	}
	return r
}

// delimited reports that what looks like a column holds one separator and
// nothing else: cells that were padded so as to stand below one another.
func (r *ruling) delimited(lines [][]byte) bool {
	for i := range r.columns {
		var mark []byte
		same, filled := 0, 0
		for _, line := range lines {
			cell := bytes.TrimSpace(r.cut(line)[i].text)
			if len(cell) == 0 {
				continue
			}
			filled++
			if len(cell) == 1 && bytes.IndexByte([]byte(";,|:"), cell[0]) >= 0 && (mark == nil || cell[0] == mark[0]) {
				mark = cell
				same++
			}
		}
		if filled > 0 && same*20 >= filled*19 && 2*filled > len(lines) {
			return true
		}
	}
	return false
}

// join puts together what only a blank at the same place parts, as in a date
// with a time: both sides are full in all lines, but the first has no name over
// the second.
func (r *ruling) join(lines [][]byte, taken []int, n int) {
	head := r.cut(lines[0])
	out := r.columns[:0:0]
	for i, c := range r.columns {
		if i > 0 && c.from == out[len(out)-1].to+1 && len(head[i].text) == 0 && taken[c.from] >= n-1 && taken[c.from-2] >= n-1 {
			out[len(out)-1].to = c.to
			continue
		}
		out = append(out, c)
	}
	r.columns = out
}

// fixedLines is the whole lines of a text, without their ends.
func fixedLines(text []byte, whole bool) [][]byte {
	if !whole {
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	var lines [][]byte
	for line := range bytes.Lines(text) {
		lines = append(lines, chomp(line))
	}
	return lines
}

func chomp(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// skipEnd is the offset past the end of the first line of text.
func skipEnd(text []byte) int {
	if n := bytes.IndexByte(text, '\n'); n >= 0 {
		return n + 1
	}
	return len(text)
}

// tallies reports a line that says how many rows there were.
func tallies(line []byte) bool {
	for _, word := range []string{"row", "ligne", "record", "mpty set", "ROW"} {
		if bytes.Contains(line, []byte(word)) {
			return tally.Match(line)
		}
	}
	return false
}

// tally is how clients say how many rows there were.
var tally = regexp.MustCompile(`(?i)^\s*(\(?\d+ (rows?|lignes?|records?)\b.*|no rows selected\.?|\(\d+ rows? affected\)|empty set.*)$`)
