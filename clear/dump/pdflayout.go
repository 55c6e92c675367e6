package dump

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"html"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// pdfLayout makes lines of the words of a PDF document, which know nothing but
// their places. Lines whose cells stand one above another are rows of a table,
// and a table goes on over pages; all other lines are text. Each line is written
// after the number of what it belongs to, 0 for text, and a tab: what belongs
// together is picked out later, by pdfLines.
//
// Places are compared within one document, whose columns stand at the same
// places of every page. Text as `pdftotext -layout` makes it squeezes each page
// by its widest cells, so that columns wander from page to page.
type pdfLayout struct {
	in     *bufio.Reader
	words  []pdfWord // of the page under way
	bytes  int       // of text in them
	tables []*pdfTable
	out    bytes.Buffer
	sizes  []int64 // of what was written, by number, without the numbers
	lost   bool    // a word was
	end    error

	full, empty  int64 // pages with text and without
	lines, prose int   // of text, and of these sentences
	any          bool  // the page under way has some
}

// Most of what is kept of a page, and in all. A page of more is taken as several.
const (
	pdfPageWords = 100_000
	pdfPageBytes = 8 << 20
	pdfTables    = 64
	pdfWordBytes = 1 << 20 // a word is shorter
)

// Measures, in heights of a line.
const (
	pdfGap     = 0.8 // between cells; a space between words is a third of it
	pdfSameRow = 0.4 // between the middles of words of one line
	pdfBlock   = 1.8 // between blocks, in the usual distance of lines
	pdfNear    = 1.0 // from a column to a cell that is in none
)

type pdfWord struct {
	span
	top, bottom float64
	text        string
}

// span is a place across the page, in points.
type span struct{ from, to float64 }

// meets reports that two places overlap by more than a hair.
func (s span) meets(o span) bool {
	return min(s.to, o.to)-max(s.from, o.from) > min(1, 0.1*min(s.to-s.from, o.to-o.from))
}

func (s span) with(o span) span { return span{min(s.from, o.from), max(s.to, o.to)} }

// pdfLine is a line of cells, each of words.
type pdfLine struct {
	top, bottom float64
	cells       [][]pdfWord
	table       *pdfTable
	row         []string // its cells by the table's columns
}

type pdfTable struct {
	number  int
	columns []span
	rows    int // written
	cells   int // of these, that hold text
}

func newPDFLayout(in io.Reader) *pdfLayout {
	return &pdfLayout{in: bufio.NewReaderSize(in, pdfWordBytes), sizes: []int64{0}}
}

func (p *pdfLayout) Read(b []byte) (int, error) {
	for p.out.Len() == 0 && p.end == nil {
		p.line()
	}
	if p.out.Len() > 0 {
		return p.out.Read(b)
	}
	return 0, p.end
}

// line takes in a line of what the program says.
func (p *pdfLayout) line() {
	line, err := p.in.ReadSlice('\n')
	for errors.Is(err, bufio.ErrBufferFull) { // a word longer than any
		p.lost = true
		_, err = p.in.ReadSlice('\n')
		line = nil
	}
	line = bytes.TrimSpace(line)
	switch {
	case bytes.HasPrefix(line, []byte("<word ")):
		w, ok := readPDFWord(line)
		if w.text == "" {
			p.lost = p.lost || !ok
			break
		}
		p.any = true
		p.words = append(p.words, w)
		if p.bytes += len(w.text); len(p.words) == pdfPageWords || p.bytes > pdfPageBytes {
			p.page()
		}
	case bytes.HasPrefix(line, []byte("<page ")):
		p.any = false
	case bytes.HasPrefix(line, []byte("</page>")):
		p.page()
		p.count()
	}
	if err == nil {
		return
	}
	if len(p.words) > 0 {
		p.page()
		p.count()
	}
	if p.end = err; p.lost && errors.Is(err, io.EOF) {
		p.end = PDFDamaged
	}
}

func (p *pdfLayout) count() {
	if p.any {
		p.full++
	} else {
		p.empty++
	}
}

// readPDFWord reads an element of a word: its text, and the places of its four
// sides as attributes. It has none where it is no element, or a blank one.
func readPDFWord(line []byte) (pdfWord, bool) {
	head, text, ok := strings.Cut(string(line), ">")
	text, closed := strings.CutSuffix(text, "</word>")
	if !ok || !closed {
		return pdfWord{}, false
	}
	var at [4]float64
	for i, name := range []string{` xMin="`, ` xMax="`, ` yMin="`, ` yMax="`} {
		_, rest, ok := strings.Cut(head, name)
		value, _, closed := strings.Cut(rest, `"`)
		n, err := strconv.ParseFloat(value, 64)
		if !ok || !closed || err != nil || math.IsNaN(n) {
			n = 0 // its text counts all the same
		}
		at[i] = min(max(n, -1e6), 1e6)
	}
	text = strings.Join(strings.Fields(html.UnescapeString(text)), " ")
	return pdfWord{span: span{at[0], max(at[0]+0.5, at[1])}, top: at[2], bottom: max(at[2]+1, at[3]), text: text}, true
}

// page writes the lines of a page.
func (p *pdfLayout) page() {
	lines := pdfLines(p.words)
	p.words, p.bytes = p.words[:0], 0
	for _, block := range pdfBlocks(lines) {
		p.find(block)
		for i, l := range block {
			if l.table != nil {
				p.write(l.table.number, pdfRow(l.row))
				continue
			}
			if i == 0 || block[i-1].table != nil {
				p.write(0, "")
			}
			for _, text := range l.texts() {
				p.lines++
				if isProse(text) {
					p.prose++
				}
				p.write(0, text)
			}
		}
	}
}

func (p *pdfLayout) write(number int, line string) {
	if line == "" && p.sizes[0] == 0 {
		return // a blank line parts, and there is nothing before it
	}
	p.out.WriteString(strconv.Itoa(number))
	p.out.WriteByte('\t')
	p.out.WriteString(line)
	p.out.WriteByte('\n')
	p.sizes[number] += int64(len(line)) + 1
}

// texts is the line as text: one, but where forms put several names with their
// values side by side, one for each.
func (l *pdfLine) texts() []string {
	var all []string
	for i, c := range l.cells {
		words := make([]string, len(c))
		for j, w := range c {
			words[j] = w.text
		}
		text := strings.Join(words, " ")
		if i == 0 || slices.ContainsFunc(words, isLabel) && !isLabel(all[len(all)-1]) {
			all = append(all, text)
		} else {
			all[len(all)-1] += " " + text
		}
	}
	return all
}

// Text of which that share is sentences is not searched for other formats: the
// commas of sentences part no cells.
const pdfProse = 30

// isProse reports a line of a sentence, by its words.
func isProse(text string) bool {
	words := strings.Fields(text)
	return len(words) >= 5 && !slices.ContainsFunc(words, isLabel)
}

// isLabel reports a text that names what follows.
func isLabel(text string) bool { return strings.HasSuffix(text, ":") }

// pdfRow is a row as CSV.
func pdfRow(cells []string) string {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(c, `"`, `""`))
		b.WriteByte('"')
	}
	return b.String()
}

// pdfLines makes lines of words, from top to bottom.
func pdfLines(words []pdfWord) []*pdfLine {
	middle := func(w pdfWord) float64 { return (w.top + w.bottom) / 2 }
	slices.SortStableFunc(words, func(a, b pdfWord) int { return cmp.Compare(middle(a), middle(b)) })
	var lines []*pdfLine
	for len(words) > 0 {
		n := 1
		for n < len(words) && middle(words[n])-middle(words[0]) < pdfSameRow*(words[0].bottom-words[0].top) {
			n++
		}
		lines = append(lines, newPDFLine(words[:n]))
		words = words[n:]
	}
	return lines
}

func newPDFLine(words []pdfWord) *pdfLine {
	slices.SortStableFunc(words, func(a, b pdfWord) int { return cmp.Compare(a.from, b.from) })
	l := &pdfLine{top: words[0].top, bottom: words[0].bottom}
	for i, w := range words {
		if last := len(l.cells) - 1; i > 0 && w.from-words[i-1].to < pdfGap*(w.bottom-w.top) {
			l.cells[last] = append(l.cells[last], w)
		} else {
			l.cells = append(l.cells, []pdfWord{w})
		}
		l.top, l.bottom = min(l.top, w.top), max(l.bottom, w.bottom)
	}
	return l
}

// pdfBlocks parts lines where they stand further apart than usual.
func pdfBlocks(lines []*pdfLine) [][]*pdfLine {
	var steps []float64
	for i := 1; i < len(lines); i++ {
		steps = append(steps, lines[i].bottom-lines[i-1].bottom)
	}
	if len(steps) == 0 {
		return [][]*pdfLine{lines}[:len(lines)]
	}
	sorted := slices.Sorted(slices.Values(steps))
	usual := sorted[len(sorted)/2]
	var blocks [][]*pdfLine
	from := 0
	for i, step := range steps {
		if step > pdfBlock*usual {
			blocks = append(blocks, lines[from:i+1])
			from = i + 1
		}
	}
	return append(blocks, lines[from:])
}

// Shares of a block's lines that make it a table: of all of them in a new one,
// of those with several cells in one that goes on; and how many there are at least.
const (
	pdfLeastRows  = 3
	pdfNewShare   = 40
	pdfKnownShare = 60
	pdfFilled     = 70 // of the cells that a row of the table has as a rule
)

// find finds the lines of a block that are rows.
func (p *pdfLayout) find(block []*pdfLine) {
	var several []*pdfLine
	for _, l := range block {
		if len(l.cells) > 1 && !l.labelled() {
			several = append(several, l)
		}
	}
	if len(several) == 0 {
		return
	}
	best, most := (*pdfTable)(nil), 0
	for _, t := range slices.Backward(p.tables) {
		fit, cells := 0, 0
		for _, l := range several {
			if row, _ := t.place(l, false); row != nil {
				fit++
				cells += len(l.cells)
			}
		}
		if fit > most && 100*fit >= pdfKnownShare*len(several) && 100*cells*t.rows >= pdfFilled*fit*t.cells {
			best, most = t, fit
		}
	}
	if best == nil && len(p.tables) < pdfTables {
		best = p.table(block, several)
	}
	if best == nil {
		return
	}
	for _, l := range block {
		if len(l.cells) < 2 {
			continue
		}
		if row, columns := best.place(l, false); row != nil {
			l.table, l.row = best, row
			best.columns = columns
			best.rows++
			best.cells += len(l.cells)
		}
	}
}

// table makes a table of lines, the fullest first: the emptier ones must fit in.
// It is nil where they do not.
func (p *pdfLayout) table(block, several []*pdfLine) *pdfTable {
	t := &pdfTable{number: len(p.tables) + 1}
	fullest := slices.Clone(several)
	slices.SortStableFunc(fullest, func(a, b *pdfLine) int { return cmp.Compare(len(b.cells), len(a.cells)) })
	fit := 0
	for _, l := range fullest {
		if row, columns := t.place(l, 2*len(l.cells) >= len(t.columns)); row != nil {
			fit++
			t.columns = columns
		}
	}
	if fit < pdfLeastRows || 100*fit < pdfNewShare*len(block) {
		return nil
	}
	p.tables = append(p.tables, t)
	p.sizes = append(p.sizes, 0)
	return t
}

// labelled reports a line that names what stands in it, as forms do.
func (l *pdfLine) labelled() bool {
	return slices.ContainsFunc(l.cells, func(c []pdfWord) bool {
		return slices.ContainsFunc(c, func(w pdfWord) bool { return isLabel(w.text) })
	})
}

// place puts the cells of a line under the columns of t, and gives these as wide
// as they are with them. A cell under no column is one of a new column where t
// may grow. It gives nothing where the line is no row of t.
func (t *pdfTable) place(l *pdfLine, grow bool) ([]string, []span) {
	columns := slices.Clone(t.columns)
	type piece struct {
		span
		text string
	}
	var pieces []piece
	put := func(words []pdfWord) {
		s, texts := words[0].span, []string{words[0].text}
		for _, w := range words[1:] {
			s = s.with(w.span)
			texts = append(texts, w.text)
		}
		pieces = append(pieces, piece{s, strings.Join(texts, " ")})
	}
	for _, c := range l.cells {
		whole := c[0].span.with(c[len(c)-1].span)
		if under(columns, whole) < 2 {
			put(c)
			continue
		}
		// Two cells that nearly touch: a word belongs to where it stands.
		from, at := 0, -1
		for i, w := range c {
			n := under(columns, w.span)
			if n > 1 {
				return nil, nil
			}
			if n == 0 {
				continue
			}
			now := slices.IndexFunc(columns, w.meets)
			if at >= 0 && now != at {
				put(c[from:i])
				from = i
			}
			at = now
		}
		put(c[from:])
	}
	where := make([]span, 0, len(pieces)) // the column of each, by its place: columns may still be added
	for _, s := range pieces {
		i := slices.IndexFunc(columns, s.meets)
		if i < 0 && grow {
			i, _ = slices.BinarySearchFunc(columns, s.span, func(c, s span) int { return cmp.Compare(c.from, s.from) })
			columns = slices.Insert(columns, i, s.span)
		}
		if i < 0 {
			if i = nearest(columns, s.span, pdfNear*(l.bottom-l.top)); i < 0 {
				return nil, nil
			}
		}
		if under(columns, columns[i].with(s.span)) == 1 {
			columns[i] = columns[i].with(s.span)
		}
		where = append(where, columns[i])
	}
	row := make([]string, len(columns))
	for n, s := range pieces {
		i := slices.IndexFunc(columns, where[n].meets)
		row[i] = strings.TrimSpace(row[i] + " " + s.text)
	}
	return row, columns
}

// under counts the columns that a place overlaps.
func under(columns []span, s span) int {
	n := 0
	for _, c := range columns {
		if c.meets(s) {
			n++
		}
	}
	return n
}

// nearest is the column next to a place, within reach; -1 for none.
func nearest(columns []span, s span, reach float64) int {
	best := -1
	for i, c := range columns {
		if d := max(c.from-s.to, s.from-c.to); d < reach {
			best, reach = i, d
		}
	}
	return best
}

// pdfPart reads the lines of a layout that belong to one number; those of prose
// as cells in quotes.
type pdfPart struct {
	io.Closer
	prose  bool
	in     *bufio.Reader
	number []byte // and a tab
	rest   []byte // of the line under way
	within bool   // the line under way is one, and goes on
	inside bool   // a line is under way
}

func newPDFPart(in io.ReadCloser, number int, prose bool) *pdfPart {
	return &pdfPart{prose: prose, Closer: in, in: bufio.NewReaderSize(in, 64<<10), number: []byte(strconv.Itoa(number) + "\t")}
}

func (p *pdfPart) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		line, err := p.in.ReadSlice('\n')
		if len(line) == 0 {
			return 0, err
		}
		first := !p.inside
		if first {
			line, p.within = bytes.CutPrefix(line, p.number)
		}
		p.inside = errors.Is(err, bufio.ErrBufferFull)
		if p.within {
			p.rest = line
		}
		if p.within && p.prose && !(first && len(line) == 1) {
			p.rest = quoted(line, first, !p.inside)
		}
		if err != nil && !p.inside && len(p.rest) == 0 {
			return 0, err
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// quoted is a piece of a line as one of a cell in quotes.
func quoted(piece []byte, first, last bool) []byte {
	body, end := bytes.CutSuffix(piece, []byte("\n"))
	body = bytes.ReplaceAll(body, []byte(`"`), []byte(`""`))
	if first {
		body = append([]byte(`"`), body...)
	}
	if last {
		body = append(body, '"')
	}
	if end {
		body = append(body, '\n')
	}
	return body
}
