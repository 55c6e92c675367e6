package dump

import (
	"bytes"
)

// csvParser reads the cells of rows.
type csvParser struct {
	d     *dialect
	out   *output
	cells cellWriter
	table int // among those of the member

	count int  // cells of the row under way
	odd   bool // a quote stood where it means nothing
	open  bool // a quote was never closed

	mender *mender // made when first needed
	caught *mender // takes the cells instead of the batch
	as     dialect // that a row is tried in
}

func newCSVParser(d *dialect) *csvParser {
	return &csvParser{d: d, cells: cellWriter{charset: d.charset}}
}

func (p *csvParser) parse(c *chunk, out *output) {
	p.out = out
	p.cells.begin(c.text)
	p.rows(c.text, 0, len(c.text), c.marks)
}

// rows reads the rows from at to end of a chunk, and returns the marks that it
// did not come to.
func (p *csvParser) rows(text []byte, at, end int, marks []mark) []mark {
	quoted := p.d.quote != 0 && bytes.IndexByte(text[at:end], p.d.quote) >= 0
	for at < end {
		var next int
		if len(marks) > 0 && marks[0].start == at {
			next = marks[0].end
			marks = marks[1:]
		} else {
			next = at + p.d.lineEnd(text[at:end], true)
		}
		p.row(text[at:next], at, quoted)
		at = next
	}
	return marks
}

// row reads one row, which lies at that offset of the chunk.
func (p *csvParser) row(text []byte, at int, quoted bool) {
	d := p.d
	if p.table > 0 {
		p.out.into(p.table)
	}
	if len(text) > d.maxRow {
		p.out.reject(tooLong, at, len(text))
		return
	}
	line := d.chomp(text)
	if d.blank(line) || d.title != nil && len(line) == len(d.title) && bytes.Equal(line, d.title) {
		p.out.between(len(text))
		return
	}
	repaired := p.cells.row(line)
	switch {
	case !quoted && d.escape == 0:
		p.plain(line)
	default:
		p.read(line, quoteLenient)
		repaired = repaired || p.odd || p.open
	}
	if p.count != d.width && p.count != d.short {
		repaired = true
		open := p.open
		switch p.mend(line) {
		case mendedRow:
		case mendedRemark:
			p.out.batch.DropRow()
			p.out.between(len(text))
			return
		case mendedOne:
			p.out.reject(tooFewCells, at, len(text))
			return
		default:
			why := tooManyCells
			if open {
				why = openQuote
			}
			p.out.reject(why, at, len(text))
			return
		}
	}
	p.out.row(len(text), repaired)
}

// blank reports that a line holds nothing: no cell, not even an empty one.
func (d *dialect) blank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' && c != 0x1a || c == d.delim {
			return false
		}
	}
	return true
}

func (p *csvParser) put(cell []byte, plain bool) {
	if p.caught != nil {
		p.caught.add(cell, plain)
		return
	}
	if p.count++; p.count <= p.d.width {
		p.cells.put(&p.out.batch, cell)
	}
}

// plain reads a line without quotes.
func (p *csvParser) plain(line []byte) {
	p.count, p.odd, p.open = 0, false, false
	d := p.d
	if d.delim != 0 {
		step := d.step()
		for {
			k := d.nextDelim(line)
			if k < 0 {
				break
			}
			p.put(line[:k], true)
			line = line[k+step:]
			for d.trim && len(line) > 0 && line[0] == ' ' {
				line = line[1:]
			}
		}
	}
	p.put(line, true)
}

// quoting is what to make of quotes that stand where they should not.
type quoting uint8

const (
	quoteLenient quoting = iota // a quote within a quoted cell that ends nothing is text
	quoteStrict                 // if it begins a cell, then the quote before it was text
	quoteNone                   // all quotes are text
)

// read reads a row that may have quotes.
func (p *csvParser) read(line []byte, how quoting) {
	p.count, p.odd, p.open = 0, false, false
	d := p.d
	i := 0
	for {
		for d.trim && i < len(line) && line[i] == ' ' {
			i++
		}
		if how != quoteNone && d.quote != 0 && i < len(line) && line[i] == d.quote {
			if end := p.quotedCell(line, i, how); end >= 0 {
				if end >= len(line) {
					return
				}
				i = end + d.step()
				continue
			}
			p.open = true
		} else if how == quoteNone {
			p.odd = true
		}
		end := d.unquotedEnd(line[i:])
		cell := line[i : i+end]
		if d.escape != 0 && bytes.IndexByte(cell, d.escape) >= 0 {
			cell = p.unescape(cell)
		}
		p.put(cell, true)
		i += end
		if i >= len(line) {
			return
		}
		i += d.step()
	}
}

// unquotedEnd is the offset of the delimiter that ends an unquoted cell.
func (d *dialect) unquotedEnd(line []byte) int {
	if d.delim == 0 {
		return len(line)
	}
	if d.escape == 0 || d.long != nil {
		if k := d.nextDelim(line); k >= 0 {
			return k
		}
		return len(line)
	}
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case d.escape:
			i++
		case d.delim:
			return i
		}
	}
	return len(line)
}

// quotedCell reads the quoted cell that begins at i. It returns the offset of
// the delimiter that ends it or of the end of the line; -1 when it is not closed.
func (p *csvParser) quotedCell(line []byte, i int, how quoting) int {
	d := p.d
	start := i
	i++
	from := i // what is not yet in scratch
	scratch := p.cells.scratch[:0]
	for {
		k := d.nextQuote(line[i:])
		if k < 0 {
			return -1
		}
		at := i + k
		i = at + 1
		if i < len(line) && line[i] == d.quote {
			scratch = append(scratch, line[from:i]...)
			i++
			from = i
			continue
		}
		j := i
		for j < len(line) && (line[j] == ' ' || line[j] == '\r') && line[j] != d.delim {
			j++
		}
		if j >= len(line) || d.delimAt(line, j) {
			cell := line[from:at]
			if len(scratch) > 0 {
				scratch = append(scratch, cell...)
				cell = scratch
			}
			p.cells.scratch = scratch
			if d.escape != 0 && bytes.IndexByte(cell, d.escape) >= 0 {
				cell = p.unescape(cell)
			}
			p.put(cell, false)
			return j
		}
		p.odd = true
		if how == quoteStrict && at-1 > start && d.delimBefore(line, at) {
			return -1
		}
	}
}

// unescape takes escapes off: those of characters that mean something, and
// those of the ends of lines and tabs that some programs write.
func (p *csvParser) unescape(cell []byte) []byte {
	d := p.d
	out := p.cells.plain[:0]
	for i := 0; i < len(cell); i++ {
		c := cell[i]
		if c == d.escape && i+1 < len(cell) {
			switch next := cell[i+1]; next {
			case d.quote, d.delim, d.escape, '"', '\'', '\n', '\r':
				c = next
				i++
			case 'n':
				c = '\n'
				i++
			case 't':
				c = '\t'
				i++
			case 'r':
				c = '\r'
				i++
			}
		}
		out = append(out, c)
	}
	p.cells.plain = out
	return out
}
