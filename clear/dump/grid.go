package dump

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
)

// Limits of sheets.
const (
	maxSheets       = 10_000
	maxSheetColumns = 16_384
	maxSheetRows    = 1 << 20  // that repeated rows of a sheet are told out as
	maxGridTables   = 10_000   // of a file
	maxGridGaps     = 100_000  // after which tables are looked for
	maxGridColumns  = 1 << 20  // of all of them together
	pendingRows     = 60       // rows after a gap that tell whether a table begins there
	windowBytes     = 1 << 20  // of the start of a table, kept to find its header
	windowCell      = 401      // bytes of a cell in it; longer ones are no names
	carriedCellSize = 32 << 10 // bytes of a cell that is repeated in the rows it reaches down over
	carriedSize     = 4 << 20  // bytes of all of them
)

// gridRow is a row of a sheet. One is used for all rows of a file.
type gridRow struct {
	number        int64 // in the sheet, from 0: those left out are blank
	offset, bytes int64 // in the file
	heading       bool  // every cell says of itself that it heads a column
	mended        bool
	why           reason // why it cannot be read, where bad
	bad           bool

	text  []byte
	cells []gridCell // by column
	at    int        // where in text the cell under way begins
	most  int        // bytes
}

type gridCell struct{ from, to int }

func (r *gridRow) begin(number, offset int64) {
	r.number, r.offset, r.bytes = number, offset, 0
	r.heading, r.mended, r.bad = false, false, false
	r.text, r.cells, r.at = r.text[:0], r.cells[:0], 0
}

// fail says why the row cannot be read; the first reason stands.
func (r *gridRow) fail(why reason) {
	if !r.bad {
		r.bad, r.why = true, why
	}
}

// put ends a cell: what was appended to text since the last one.
func (r *gridRow) put(column int) {
	from, to := r.at, len(r.text)
	r.at = to
	switch {
	case to > r.most:
		r.fail(tooLong)
		r.text, r.at = r.text[:from], from
	case from == to:
	case column < 0:
		r.fail(badRecord)
	case column >= maxSheetColumns:
		r.fail(tooManyCells)
	default:
		for len(r.cells) <= column {
			r.cells = append(r.cells, gridCell{})
		}
		if c := r.cells[column]; c.from != c.to {
			r.fail(badRecord) // two cells in one place
			return
		}
		r.cells[column] = gridCell{from, to}
	}
}

func (r *gridRow) cell(column int) []byte {
	if column < 0 || column >= len(r.cells) {
		return nil
	}
	c := r.cells[column]
	return r.text[c.from:c.to]
}

// first is the first column with something in it.
func (r *gridRow) first() int {
	return slices.IndexFunc(r.cells, func(c gridCell) bool { return c.from != c.to })
}

// carried are cells that reach down over rows below them, by column.
type carried struct {
	row   int64 // under way
	end   int64 // the row after the last that any reaches down to
	cells []carriedCell
	size  int // bytes
}

type carriedCell struct {
	end  int64 // the row after its last
	text []byte
}

// add says that the cell of that column, which was just put, is also that of
// the next rows.
func (c *carried) add(r *gridRow, column int, rows int64) {
	if column < 0 || column >= maxSheetColumns || rows < 1 {
		return
	}
	for len(c.cells) <= column {
		c.cells = append(c.cells, carriedCell{})
	}
	cell := &c.cells[column]
	c.size -= len(cell.text)
	cell.end, cell.text = c.row+1+rows, cell.text[:0]
	c.end = max(c.end, cell.end)
	if text := r.cell(column); len(text) <= carriedCellSize && c.size+len(text) <= carriedSize {
		cell.text = append(cell.text, text...)
	}
	c.size += len(cell.text)
}

// sheetMerge is a cell that reaches down to a row, as files list them after the rows.
type sheetMerge struct{ row, last, column int32 }

// mostMerged is how many of a sheet are filled down.
const mostMerged = 1 << 16

// sorted puts them in the order of the rows.
func sorted(merged []sheetMerge) []sheetMerge {
	slices.SortStableFunc(merged, func(a, b sheetMerge) int { return cmp.Compare(a.row, b.row) })
	return merged
}

// merge adds the cells of a row that are listed to reach down; it returns those
// of the rows that follow.
func (c *carried) merge(r *gridRow, merged []sheetMerge) []sheetMerge {
	for len(merged) > 0 && int64(merged[0].row) <= r.number {
		if m := merged[0]; int64(m.row) == r.number {
			c.add(r, int(m.column), int64(m.last-m.row))
		}
		merged = merged[1:]
	}
	return merged
}

// holds reports a column that a cell above reaches down to.
func (c *carried) holds(column int) bool {
	return column < len(c.cells) && c.cells[column].end > c.row
}

// fill gives a row that has cells of its own those from above.
func (c *carried) fill(r *gridRow) {
	if c.end <= c.row || r.first() < 0 {
		return
	}
	for column := range c.cells {
		if o := &c.cells[column]; o.end > c.row && len(o.text) > 0 && len(r.cell(column)) == 0 {
			r.text = append(r.text, o.text...)
			r.put(column)
		}
	}
}

// pass goes down so many rows.
func (c *carried) pass(rows int64) { c.row += rows }

// gridVisitor hears of the sheets of a file and their rows. A file is walked
// through twice: once to find its tables, once to tell them out; what is told
// is the same both times.
type gridVisitor interface {
	// sheet begins one, numbered by the order of beginning, within which others
	// may begin and end.
	sheet(name string)
	// row is told for rows with something in them. An error ends the walk.
	row(sheet int, r *gridRow) error
	// reject is told of what cannot be read; sheet is -1 where it is of none.
	reject(sheet int, why reason, offset, bytes int64)
	end(sheet int, hidden bool)
}

// tell tells a row, or why it cannot be read.
func (r *gridRow) tell(to gridVisitor, sheet int, end int64) error {
	r.bytes = end - r.offset
	switch {
	case r.bad:
		to.reject(sheet, r.why, r.offset, r.bytes)
	case r.first() >= 0:
		return to.row(sheet, r)
	}
	return nil
}

// gridFile is a file of sheets.
type gridFile interface {
	walk(ctx context.Context, to gridVisitor) error
}

// gridTable is a table within a sheet; a sheet may hold several, one below the other.
type gridTable struct {
	begin, end int    // its first row and the one after its last, among those told of the sheet
	from       int    // its first column
	title      []byte // its header, to tell when it comes again
	index      int    // among the tables of the file; -1 where there are too many
	shape      shape
}

// gridSheet is a sheet while its tables are looked for, and the tables found.
type gridSheet struct {
	name   string
	hidden bool
	tables []gridTable

	count   int   // rows told
	last    int64 // number of the last
	current gridWindow
	pending gridWindow // what follows a gap, until it is known what it is
}

// gridWindow is the start of what may be a table.
type gridWindow struct {
	open     bool
	begin    int // row told
	rows     int
	from, to int // columns
	beyond   int // the first column of the rows that are not kept
	lines    []cutLine
	heading  []bool
	bytes    int
}

func (w *gridWindow) add(r *gridRow, at int) {
	first := r.first()
	if !w.open {
		*w = gridWindow{open: true, begin: at, from: first, beyond: maxSheetColumns}
	}
	w.rows++
	w.from, w.to = min(w.from, first), max(w.to, len(r.cells))
	if len(w.lines) == preambleRows+headerRows || len(w.lines) > 1 && w.bytes > windowBytes {
		w.beyond = min(w.beyond, first)
		return
	}
	line := cutLine{cells: make([]cutCell, len(r.cells)), lines: 1, at: at}
	for i := range r.cells {
		text := r.cell(i)
		line.cells[i].text = bytes.Clone(text[:min(len(text), windowCell)])
		w.bytes += 48 + len(line.cells[i].text)
	}
	w.lines = append(w.lines, line)
	w.heading = append(w.heading, r.heading)
}

// take adds what follows.
func (w *gridWindow) take(next gridWindow) {
	w.rows += next.rows
	w.from, w.to = min(w.from, next.from), max(w.to, next.to)
	room := min(preambleRows+headerRows-len(w.lines), len(next.lines))
	if w.bytes > windowBytes {
		room = 0
	}
	if room < next.rows {
		w.beyond = min(w.beyond, next.from)
	}
	w.lines = append(w.lines, next.lines[:room]...)
	w.heading = append(w.heading, next.heading[:room]...)
	w.bytes += next.bytes
}

// cut is the window's rows from a column on; those that are ragged end with
// their last cell, others at the same.
func (w *gridWindow) cut(from int, ragged bool) []cutLine {
	lines := slices.Clone(w.lines)
	for i := range lines {
		cells := lines[i].cells[min(from, len(lines[i].cells)):]
		if !ragged {
			cells = append(slices.Clone(cells), make([]cutCell, w.to-from-len(cells))...)
		}
		lines[i].cells = cells
		lines[i].text = joinCells(nil, len(cells), func(c int) []byte { return cells[c].text })
	}
	return lines
}

// joinCells is a row in one piece, to be compared with others.
func joinCells(dst []byte, n int, cell func(int) []byte) []byte {
	for c := range n {
		dst = append(append(dst, cell(c)...), 0x1f)
	}
	return bytes.TrimRight(dst, "\x1f")
}

// header is how the window begins: at a row that is the first of the table, or
// its header, and at a column.
func (w *gridWindow) header() (d *dialect, begin, from int) {
	d = &dialect{delim: '\t'}
	ragged := w.cut(w.from, true)
	for i, l := range ragged { // firstRow looks at the first cell
		if len(l.cells) == 0 {
			ragged[i].cells = make([]cutCell, 1)
		}
	}
	d.width = usualWidth(ragged)
	begin = d.firstRow(ragged)
	sure := false
	for i := range min(len(w.lines), 10) {
		if w.heading[i] && 2*(len(ragged[i].cells)-countEmpty(ragged[i].cells)) >= w.to-w.from {
			begin, sure = i, true
			break
		}
	}
	from = w.beyond
	for _, l := range w.lines[begin:] {
		from = min(from, slices.IndexFunc(l.cells, func(c cutCell) bool { return len(c.text) > 0 }))
	}
	d.width = w.to - from
	d.headedBy(w.cut(from, false), begin, sure)
	return d, begin, from
}

// preamble reports that a window is a few words above the table that follows.
func (w *gridWindow) preamble(next *gridWindow) bool {
	for _, l := range w.lines {
		if 3*(len(l.cells)-countEmpty(l.cells)) > next.to-next.from {
			return false
		}
	}
	return w.rows == len(w.lines) && w.rows <= preambleRows
}

// newTable reports that the window, which follows a gap, begins with a header.
func (w *gridWindow) newTable(above *gridWindow) bool {
	if w.rows < 2 {
		return false
	}
	lines := w.cut(w.from, false)
	h := lines[0]
	if len(h.cells)-countEmpty(h.cells) < 2 {
		return false
	}
	d := &dialect{delim: '\t', width: w.to - w.from}
	if !w.heading[0] {
		if !d.isHeader(h.cells, lines[1:]) {
			return false
		}
		if first := d.judgeFirst(h.cells, lines[1:]); !first.Header() || !slices.Contains(first.Words, true) {
			return false
		}
	}
	known, at, from := above.header()
	if known.named {
		again := above.cut(from, false)[at]
		return !bytes.Equal(again.text, h.text)
	}
	return !above.preamble(w)
}

// gridSurvey finds the tables in the sheets of a file.
type gridSurvey struct {
	sheets  []*gridSheet
	tables  int
	gaps    int   // after which a table may begin
	columns int   // of all tables
	left    int64 // bytes that may still be told
}

// errSwollen ends the walk through a file whose rows are far more than it is,
// since it says of them that they are repeated.
var errSwollen = errors.New("the rows are far more than the file")

func (s *gridSurvey) sheet(name string) { s.sheets = append(s.sheets, &gridSheet{name: name}) }

func (s *gridSurvey) reject(int, reason, int64, int64) {}

func (s *gridSurvey) row(sheet int, r *gridRow) error {
	if s.left -= int64(len(r.text)); s.left < 0 {
		return errSwollen
	}
	g := s.sheets[sheet]
	gap := g.count > 0 && r.number > g.last+1
	g.last = r.number
	if gap {
		s.settle(g)
	}
	to := &g.current
	if g.pending.open || gap && g.current.rows > 1 {
		to = &g.pending
	}
	to.add(r, g.count)
	g.count++
	if g.pending.rows == pendingRows {
		s.settle(g)
	}
	return nil
}

// settle says what the rows after a gap are.
func (s *gridSurvey) settle(g *gridSheet) {
	if !g.pending.open {
		return
	}
	s.gaps++
	if s.gaps < maxGridGaps && s.tables < maxGridTables && g.pending.newTable(&g.current) {
		s.close(g, g.pending.begin)
		g.current = g.pending
	} else {
		g.current.take(g.pending)
	}
	g.pending = gridWindow{}
}

// close ends the table under way before that row.
func (s *gridSurvey) close(g *gridSheet, end int) {
	w := &g.current
	d, begin, from := w.header()
	t := gridTable{begin: w.lines[begin].at, end: end, from: from, shape: shape{columns: d.names, header: d.named}}
	if d.named {
		t.title = w.cut(from, false)[begin].text
		t.begin++
	}
	s.tables++
	if s.columns += len(d.names); s.columns > maxGridColumns {
		s.columns -= len(d.names)
		t.index, t.shape.columns = -1, nil
	}
	g.tables = append(g.tables, t)
	g.current = gridWindow{}
}

func (s *gridSurvey) end(sheet int, hidden bool) {
	g := s.sheets[sheet]
	g.hidden = g.hidden || hidden
	if g.current.open {
		s.settle(g)
		s.close(g, g.count)
	}
}

// gridLayout is a file whose tables are known.
type gridLayout struct {
	as     string // format and how it is written
	entry  *entry
	file   gridFile
	sheets []*gridSheet
	all    []shape
}

// openGrid finds the tables of a file of sheets.
func openGrid(ctx context.Context, as string, f *entry, file gridFile) (wholeLayout, error) {
	s := &gridSurvey{left: f.budget()}
	if err := file.walk(ctx, s); err != nil && !errors.Is(err, errSwollen) {
		return nil, err
	}
	for i := range s.sheets { // which the walk may not have come to the end of
		s.end(i, false)
	}
	l := &gridLayout{as: as, entry: f, file: file, sheets: s.sheets}
	for i, g := range l.sheets {
		for k := range g.tables {
			t := &g.tables[k]
			if t.index < 0 {
				continue
			}
			t.index = len(l.all)
			t.shape.name = tableName(g.name, i)
			if len(g.tables) > 1 {
				t.shape.name += " (" + strconv.Itoa(k+1) + ")"
			}
			if g.hidden {
				t.shape.name += " (hidden)"
			}
			l.all = append(l.all, t.shape)
		}
	}
	if len(l.all) == 1 && len(l.sheets) == 1 && l.sheets[0].name == "" {
		l.all[0].name = ""
	}
	return l, nil
}

func (l *gridLayout) describe() string { return l.as }
func (l *gridLayout) shapes() []shape  { return l.all }

func (l *gridLayout) read(ctx context.Context, out *output) error {
	t := &gridTeller{layout: l, out: out, left: l.entry.budget()}
	if err := l.file.walk(ctx, t); err != nil && !errors.Is(err, errSwollen) {
		return err
	}
	return nil
}

// gridTeller tells the rows of the tables out.
type gridTeller struct {
	layout *gridLayout
	out    *output
	under  []gridReading // by sheet
	left   int64         // bytes that may still be told out
	told   int64         // bytes of the file that rejects took
	line   []byte
}

type gridReading struct {
	count int
	table int // in the sheet
}

func (t *gridTeller) sheet(string) { t.under = append(t.under, gridReading{}) }

func (t *gridTeller) end(int, bool) {}

func (t *gridTeller) reject(sheet int, why reason, offset, bytes int64) {
	if sheet >= 0 {
		if g := t.layout.sheets[sheet]; len(g.tables) > 0 {
			t.out.into(max(g.tables[min(t.under[sheet].table, len(g.tables)-1)].index, 0))
		}
	}
	bytes = max(0, min(bytes, t.layout.entry.blob.size-t.told))
	t.told += bytes
	t.out.reject(why, int(offset), int(bytes))
}

func (t *gridTeller) row(sheet int, r *gridRow) error {
	if err := t.out.ctx.Err(); err != nil {
		return context.Cause(t.out.ctx)
	}
	g, u := t.layout.sheets[sheet], &t.under[sheet]
	at := u.count
	u.count++
	for u.table+1 < len(g.tables) && at >= g.tables[u.table].end {
		u.table++
	}
	table := &g.tables[u.table]
	width := len(table.shape.columns)
	if t.left -= int64(len(r.text) + 4*width); t.left < 0 {
		t.reject(sheet, bomb, r.offset, r.bytes)
		return errSwollen
	}
	if at < table.begin {
		return nil // words above the table, or its header
	}
	if table.index < 0 {
		t.reject(sheet, tooManyCells, r.offset, r.bytes)
		return nil
	}
	if table.title != nil {
		t.line = joinCells(t.line[:0], min(width, max(len(r.cells)-table.from, 0)), func(c int) []byte { return r.cell(table.from + c) })
		if bytes.Equal(t.line, table.title) {
			return nil // the header again
		}
	}
	t.out.into(table.index)
	for c := range width {
		t.out.batch.Append(r.cell(table.from + c))
	}
	t.out.row(0, r.mended)
	return nil
}
