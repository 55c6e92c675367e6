package dump

import (
	"bytes"
	"math"
	"math/bits"
	"slices"
)

// Rows of another number of cells than the table has columns are mended: of the
// ways in which they could have been meant, that one is taken whose cells look
// most like those of the columns they would stand in.

// columnLook is how the cells of a column look.
type columnLook struct {
	class  [cellClasses]float32 // cost of a cell of that class: minus the logarithm of its share
	size   float32              // mean of the sizes, as sizeOf
	spread float32              // their standard deviation
}

// cellClasses is the number of types of cells, with digits in them or without.
const cellClasses = 2 * (int(cellText) + 1)

func classOf(cell []byte, quoted bool) int {
	digit := 0
	for _, c := range cell {
		if c >= '0' && c <= '9' {
			digit = 1
			break
		}
	}
	return 2*int(typeOf(cell, quoted)) + digit
}

// sizeOf is how long a cell is, on a scale on which twice as long is one more.
func sizeOf(cell []byte) float32 { return float32(bits.Len(uint(len(cell)))) }

// looksOf is how the columns of rows look, of those that have all cells, or all
// that most rows have; where none has, of what there is.
func looksOf(width, short int, rows []cutLine) []columnLook {
	looks := make([]columnLook, width)
	fits := func(r cutLine) bool { return len(r.cells) == width || len(r.cells) == short }
	whole := slices.ContainsFunc(rows, fits)
	for i := range looks {
		counts, n, filled := [cellClasses]float64{}, 0.0, 0.0
		sum, squares := 0.0, 0.0
		for _, r := range rows {
			if whole && !fits(r) || i >= len(r.cells) {
				continue
			}
			c := r.cells[i]
			n++
			counts[classOf(c.text, c.quoted)]++
			if len(c.text) > 0 {
				size := float64(sizeOf(c.text))
				filled++
				sum += size
				squares += size * size
			}
		}
		for k := range counts {
			looks[i].class[k] = float32(-math.Log((counts[k] + 0.3) / (n + 0.3*float64(cellClasses))))
		}
		if filled > 0 {
			mean := sum / filled
			looks[i].size = float32(mean)
			looks[i].spread = float32(math.Sqrt(max(0, squares/filled-mean*mean)))
		}
	}
	return looks
}

// cost is how unlike a cell of the column a cell is.
func (l *columnLook) cost(class int, size float32) float32 {
	c := l.class[class]
	if size > 0 && l.size > 0 {
		z := (size - l.size) / max(l.spread, 0.7)
		c += min(z*z/2, 3)
	}
	return c
}

// What it costs to take a row for one that went wrong in some way, on the scale
// of the logarithms of chances.
const (
	costGap      = 1.2 // an empty column
	costLastGap  = 0.8 // one at the end of the row
	costDrop     = 0.7 // an empty cell left out
	costLastDrop = 0.1 // one at the end
	costJoin     = 1.5 // two cells that are one, with a delimiter within
	costJoinWord = 0.6 // the same where the delimiter is a blank
	costUneven   = 2   // any of these
	costQuote    = 1   // another quote than the table's
	costOther    = 3   // another delimiter

	mendMost  = 24   // cells too many
	mendSteps = 8000 // steps of looking for the best way, per row
)

// mender finds the columns of cells.
type mender struct {
	looks []columnLook
	join  []byte

	cells [][]byte // of the row under way, which lie in hold
	hold  []byte
	best  []byte // the same of the best way so far
	plain []bool // that were not quoted
	cost  []float32
	from  []uint8 // how each best cost came about
	class []int16 // of runs of cells, by start and length; -1 where not known yet
	size  []float32
	text  []byte // to join cells in
	out   [][]byte
	row   [][]byte // the best way so far
}

// begin makes room for the cells of a line, once by themselves and once joined.
func (m *mender) begin(line int) {
	m.cells, m.plain = m.cells[:0], m.plain[:0]
	m.hold = grown(m.hold, 2*line+16)[:0]
}

func (m *mender) add(cell []byte, plain bool) {
	m.cells = append(m.cells, m.keep(cell))
	m.plain = append(m.plain, plain)
}

// keep is a cell that lasts until the next line.
func (m *mender) keep(cell []byte) []byte {
	at := len(m.hold)
	m.hold = append(m.hold, cell...)
	return m.hold[at:]
}

// joined is cells i to i+n as one.
func (m *mender) joined(i, n int) []byte {
	if n == 0 {
		return m.cells[i]
	}
	m.text = append(m.text[:0], m.cells[i]...)
	for k := i + 1; k <= i+n; k++ {
		m.text = append(m.text, m.join...)
		m.text = append(m.text, m.cells[k]...)
	}
	return m.text
}

// align gives every cell its column. It says what that costs, and whether there
// is a way.
func (m *mender) align() (float32, bool) {
	n, w := len(m.cells), len(m.looks)
	m.out = m.out[:0]
	if n <= w {
		return m.spread(), true
	}
	over := n - w
	if over > mendMost || w*(over+1)*(over+1) > mendSteps {
		return 0, false
	}
	// best[j][k]: the first j columns are filled, with k cells more than that.
	stride := over + 1
	m.cost = grown(m.cost, (w+1)*stride)
	m.from = grown(m.from, (w+1)*stride)
	m.class = grown(m.class, n*stride)
	m.size = grown(m.size, n*stride)
	for i := range m.class {
		m.class[i] = -1
	}
	join := float32(costJoin)
	if string(m.join) == " " {
		join = costJoinWord
	}
	for i := range m.cost {
		m.cost[i] = math.MaxFloat32
	}
	m.cost[0] = 0
	const dropped = 255
	for j := 0; j <= w; j++ {
		drop := float32(costDrop)
		if j == w {
			drop = costLastDrop
		}
		for k := 0; k <= over; k++ {
			at := j*stride + k
			if k > 0 && len(bytes.TrimSpace(m.cells[j+k-1])) == 0 && m.cost[at-1]+drop < m.cost[at] {
				m.cost[at], m.from[at] = m.cost[at-1]+drop, dropped
			}
			if j == w || m.cost[at] == math.MaxFloat32 {
				continue
			}
			for more := 0; k+more <= over; more++ {
				i := j + k
				c := i*stride + more
				if m.class[c] < 0 {
					cell := m.joined(i, more)
					m.class[c] = int16(classOf(cell, more > 0 || !m.plain[i]))
					m.size[c] = sizeOf(cell)
				}
				cost := m.cost[at] + float32(more)*join + m.looks[j].cost(int(m.class[c]), m.size[c])
				if next := at + stride + more; cost < m.cost[next] {
					m.cost[next], m.from[next] = cost, uint8(more)
				}
			}
		}
	}
	total := m.cost[w*stride+over]
	if total == math.MaxFloat32 {
		return 0, false
	}
	m.out = grown(m.out, w)
	for j, k := w, over; j > 0 || k > 0; {
		more := int(m.from[j*stride+k])
		if more == dropped {
			k--
			continue
		}
		j--
		k -= more
		m.out[j] = m.keep(m.joined(j+k, more))
	}
	return total, true
}

// spread is align for rows with too few cells: some columns stay empty.
func (m *mender) spread() float32 {
	n, w := len(m.cells), len(m.looks)
	gaps := w - n
	stride := gaps + 1
	m.cost = grown(m.cost, (n+1)*stride)
	m.from = grown(m.from, (n+1)*stride)
	if n*stride > mendSteps {
		m.out = append(m.out, m.cells...)
		for len(m.out) < w {
			m.out = append(m.out, nil)
		}
		return costLastGap * float32(gaps)
	}
	for i := 0; i <= n; i++ {
		class, size := 0, float32(0)
		if i > 0 {
			class, size = classOf(m.cells[i-1], !m.plain[i-1]), sizeOf(m.cells[i-1])
		}
		gap := float32(costGap)
		if i == n {
			gap = costLastGap
		}
		for k := 0; k <= gaps; k++ {
			at := i*stride + k
			best, how := float32(math.MaxFloat32), uint8(0)
			if i == 0 && k == 0 {
				best = 0
			}
			if i > 0 {
				best = m.cost[at-stride] + m.looks[i-1+k].cost(class, size)
			}
			if k > 0 {
				if c := m.cost[at-1] + gap; c < best {
					best, how = c, 1
				}
			}
			m.cost[at], m.from[at] = best, how
		}
	}
	m.out = grown(m.out, w)
	for i, k := n, gaps; i > 0 || k > 0; {
		if m.from[i*stride+k] == 1 {
			k--
			m.out[i+k] = nil
			continue
		}
		i--
		m.out[i+k] = m.cells[i]
	}
	return m.cost[n*stride+gaps]
}

// grown is s with n elements, whatever they are.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, n+n/2)
	}
	return s[:n]
}

// mended is what was made of a row of the wrong number of cells.
type mended uint8

const (
	mendedRow    mended = iota
	mendedNot           // it has cells that belong nowhere
	mendedOne           // it is one cell
	mendedRemark        // it is a remark
)

// otherDelimiters are those that a row may have instead of the table's.
const otherDelimiters = ";,\t| "

// mend reads a row again, in every way that it could have been meant, and
// writes the likeliest.
func (p *csvParser) mend(line []byte) mended {
	d := p.d
	if p.mender == nil {
		p.mender = &mender{looks: d.looks}
	}
	m := p.mender
	best, found, one, quotes := float32(math.MaxFloat32), false, true, p.odd || p.open
	row := m.row[:0]
	try := func(as *dialect, how quoting, more float32) {
		m.begin(len(line))
		m.join = as.delimiter()
		p.caught = m
		p.d = as
		p.read(line, how)
		p.d = d
		p.caught = nil
		cost, ok := m.align()
		if len(m.cells) != d.width {
			more += costUneven
		}
		if ok && cost+more < best {
			best, found, one = cost+more, true, len(m.cells) == 1
			row = append(row[:0], m.out...)
			m.row = row
			m.hold, m.best = m.best, m.hold
		}
	}
	try(d, quoteLenient, 0)
	if quotes {
		try(d, quoteStrict, 0)
		try(d, quoteNone, 0)
	}
	as := &p.as
	*as = *d
	for _, quote := range []byte{'"', '\''} {
		if quote != d.quote && d.delim != 0 && bytes.IndexByte(line, quote) >= 0 && opens(line, quote, d) {
			as.quote = quote
			try(as, quoteLenient, costQuote)
		}
	}
	if best > 1.5*float32(d.width)+costUneven {
		for _, c := range []byte(otherDelimiters) {
			if c == d.delim || d.width < 3 || 2*bytes.Count(line, []byte{c}) < d.width-1 {
				continue
			}
			*as = *d
			as.delim, as.long, as.trim = c, nil, false
			if as.quote == 0 {
				as.quote = '"'
			}
			try(as, quoteLenient, costOther)
		}
	}
	switch {
	case comment(line, d.delim):
		return mendedRemark
	case !found:
		return mendedNot
	case one && d.width > 2:
		return mendedOne
	}
	p.out.batch.DropRow()
	for _, cell := range row {
		p.cells.put(&p.out.batch, cell)
	}
	return mendedRow
}

// reread reads the first row again where it has not the cells that the others
// have: a quote or its delimiter may have gone wrong. It is the first reading
// that gives as many as there are columns, if there is one.
func (d *dialect) reread(r cutLine, next []cutLine) cutLine {
	line := d.chomp(r.text)
	for _, how := range []quoting{quoteLenient, quoteStrict, quoteNone} {
		if cells := d.readAs(line, how); len(cells) == d.width {
			r.cells = cells
			return r
		}
	}
	if kept := withoutEmpty(r.cells, d.width); len(kept) == d.width {
		r.cells = kept
		return r
	}
	for _, c := range []byte(otherDelimiters) {
		as := *d
		as.delim, as.long, as.trim = c, nil, false
		if c == d.delim || d.width < 3 || c == ' ' && len(next) > 0 && d.isHeader(next[0].cells, next[1:]) {
			continue // a sentence before the header
		}
		if cells := as.readAs(line, quoteLenient); len(cells) == d.width {
			r.cells = cells
			return r
		}
	}
	return r
}

// readAs is the cells of a line.
func (d *dialect) readAs(line []byte, how quoting) []cutCell {
	p := newCSVParser(d)
	p.caught = &mender{}
	p.caught.begin(len(line))
	p.read(line, how)
	var cells []cutCell
	for i, c := range p.caught.cells {
		cells = append(cells, cutCell{c, !p.caught.plain[i]})
	}
	return cells
}

// withoutEmpty leaves out empty cells until there are n, the last ones first.
func withoutEmpty(cells []cutCell, n int) []cutCell {
	out := slices.Clone(cells)
	for i := len(out) - 1; i >= 0 && len(out) > n; i-- {
		if len(bytes.TrimSpace(out[i].text)) == 0 {
			out = slices.Delete(out, i, i+1)
		}
	}
	return out
}
