package dump

import (
	"bytes"
	"maps"
	"slices"
)

// sniffSize is how much of a text the dialect is judged on.
const sniffSize = 96 << 10

// detectDialect finds how a CSV text is written: it cuts the sample by every
// dialect that could be meant and takes the one whose rows are most alike and
// whose cells most look like something, after van den Burg, Nazábal and Sutton,
// "Wrangling messy CSV files by detecting row and type patterns" (2019).
func detectDialect(s *sample) *dialect {
	text := s.text
	d := &dialect{quote: '"', charset: s.charset, maxRow: s.maxRow}
	d.anyCR = loneReturns(text)
	text = wholeLines(d, text, s.whole)
	best := cut{}
	all := candidates(d, text)
	if !d.anyCR && bytes.Count(text, []byte{'\r'})-bytes.Count(text, []byte("\r\n")) > 1 {
		// Carriage returns alone may end rows as line feeds do.
		any := *d
		any.anyCR = true
		all = append(all, candidates(&any, text)...)
	}
	for _, c := range all {
		if got := judge(c, text); got.better(best) {
			best = got
		}
	}
	best.d.charset, best.d.maxRow = s.charset, s.maxRow
	best.d.layOut(s)
	return best.d
}

// loneReturns reports that lines end with a carriage return alone: there are no
// other ends, or many.
func loneReturns(text []byte) bool {
	feeds := bytes.Count(text, []byte{'\n'})
	pairs := bytes.Count(text, []byte("\r\n"))
	returns := bytes.Count(text, []byte{'\r'})
	return returns-pairs > feeds
}

// wholeLines is the start of text that is judged, without a last line cut short.
func wholeLines(d *dialect, text []byte, whole bool) []byte {
	if len(text) > sniffSize {
		text, whole = text[:sniffSize], false
	}
	if !whole {
		if n := d.lastLine(text); n > 0 {
			text = text[:n]
		}
	}
	return text
}

// delimiters in the order in which they are preferred where nothing else tells.
const delimiters = ",;\t|:^~#\x01\x1f\x1e&*/= "

// candidates are the dialects that could be meant: those whose characters occur
// where they would have to.
func candidates(base *dialect, text []byte) []*dialect {
	var out []*dialect
	add := func(d dialect) {
		for _, quote := range []byte{'"', '\''} {
			if quote != '"' && !opens(text, quote, &d) {
				continue
			}
			d.quote = quote
			out = append(out, new(d))
			if bytes.Contains(text, []byte{'\\', quote}) {
				e := d
				e.escape = '\\'
				out = append(out, &e)
			}
		}
	}
	long := longDelimiters(text)
	for _, delim := range append([]byte{0}, delimiters...) {
		if delim != 0 && (bytes.IndexByte(text, delim) < 0 || slices.ContainsFunc(long, func(l []byte) bool { return bytes.IndexByte(l, delim) >= 0 && delim != ' ' })) {
			continue
		}
		d := *base
		d.delim = delim
		d.trim = delim != 0 && delim != ' ' && padded(text, delim) || delim == ' ' && bytes.Contains(text, []byte("  "))
		add(d)
	}
	for _, l := range long {
		d := *base
		d.delim, d.long = l[0], l
		add(d)
	}
	return out
}

// opens reports that a quote stands at the start of a cell.
func opens(text []byte, quote byte, d *dialect) bool {
	for i := 0; i < len(text); i++ {
		k := bytes.IndexByte(text[i:], quote)
		if k < 0 {
			return false
		}
		i += k
		if i == 0 || text[i-1] == '\n' || text[i-1] == '\r' || d.delimBefore(text, i) || d.delim != 0 && bytes.HasSuffix(bytes.TrimRight(text[max(0, i-64):i], " "), d.delimiter()) {
			return true
		}
	}
	return false
}

// padded reports that a blank follows nearly every delimiter.
func padded(text []byte, delim byte) bool {
	all := bytes.Count(text, []byte{delim})
	with := bytes.Count(text, []byte{delim, ' '})
	atEnd := bytes.Count(text, []byte{delim, '\n'}) + bytes.Count(text, []byte{delim, '\r'})
	return with*10 >= (all-atEnd)*9 && with > 0
}

// cut is what a dialect makes of the sample.
type cut struct {
	d     *dialect
	score float64
	rows  int
}

func (c cut) better(than cut) bool { return than.d == nil || c.score > than.score }

// prior is how likely a delimiter is before one looks.
func (d *dialect) prior() float64 {
	if d.long != nil {
		return 1 // its characters stand nowhere else
	}
	switch d.delim {
	case ',', ';', '\t', '|':
		return 1
	case '^', '~', 0x01, 0x1e, 0x1f:
		return 0.8
	case 0:
		return 1
	case ' ':
		if d.trim {
			return 0.4 // aligned columns
		}
		return 0.2
	case '#':
		return 0.3
	case ':':
		return 0.2
	default:
		return 0.1
	}
}

// oneColumn is the pattern score of a row that is one cell.
const oneColumn = 0.1

// judge cuts text and scores the result: pattern times type.
func judge(d *dialect, text []byte) cut {
	rows := cutRows(d, text, 1<<30)
	widths := map[int]int{}
	counted, known, cells, quoted, stray, odd := 0, 0.0, 0, 0, 0, 0
	for _, r := range rows {
		if comment(r.cells[0].text, d.delim) && !r.cells[0].quoted {
			continue
		}
		counted += r.lines
		widths[len(r.cells)] += r.lines
		for _, c := range r.cells {
			cells++
			if c.quoted {
				quoted++
				if d.oddQuotes(c.text) {
					odd++
				}
			} else if len(c.text) > 0 && (c.text[0] == d.quote || c.text[0] == '"') {
				stray++
			}
			if typeOf(c.text, c.quoted) != cellOther {
				known++
			} else if list(c.text, d.delim) {
				known += 0.5
			}
		}
	}
	if cells == 0 {
		return cut{d: d, score: 0}
	}
	pattern := 0.0
	d.width = 0
	for _, w := range slices.Sorted(maps.Keys(widths)) {
		n := widths[w]
		pattern += float64(n) * max(1e-3, float64(w-1)) / float64(w)
		if d.width == 0 || n > widths[d.width] {
			d.width = w
		}
	}
	pattern /= float64(len(widths))
	if d.delim == 0 {
		pattern = oneColumn * float64(counted)
	}
	typed := max(1e-5, known/float64(cells))
	score := d.prior() * pattern * typed * typed
	if quoted > 0 && stray == 0 && (d.quote == '"' || quoted*20 >= cells) {
		score *= 1.01
	}
	if odd == 0 {
		score *= 1.001 // what explains every quote is before what does not
	}
	return cut{d: d, score: score, rows: counted}
}

// oddQuotes reports a quote within a quoted cell that is neither doubled nor
// escaped.
func (d *dialect) oddQuotes(cell []byte) bool {
	for i := 0; i < len(cell); i++ {
		switch {
		case cell[i] == d.escape && d.escape != 0:
			i++
		case cell[i] == d.quote && i+1 < len(cell) && cell[i+1] == d.quote:
			i++
		case cell[i] == d.quote:
			return true
		}
	}
	return false
}

// list reports a cell that holds a list of its own, by another separator.
func list(cell []byte, delim byte) bool {
	for _, by := range []byte(",;|") {
		if by != delim && bytes.IndexByte(cell, by) > 0 && bytes.IndexByte(cell, delim) < 0 {
			return true
		}
	}
	return false
}

// comment reports the first cell of a line that many programs take for a
// remark.
func comment(line []byte, delim byte) bool {
	return len(line) == 0 && (delim == '#' || delim == '/') || bytes.HasPrefix(line, []byte("#")) || bytes.HasPrefix(line, []byte("//"))
}

// cutCell is a cell of a row that was cut for a look.
type cutCell struct {
	text   []byte
	quoted bool
}

// cutLine is a row that was cut for a look.
type cutLine struct {
	cells []cutCell
	text  []byte // the whole row, end of line included
	lines int    // it spans
	at    int    // offset of text in what was cut
}

// cutRows cuts text into rows of cells as the reader would, roughly: quotes are
// left within cells, and a quote never closed is text. Blank lines are left out.
func cutRows(d *dialect, text []byte, most int) []cutLine {
	var rows []cutLine
	vain := 0
	for at := 0; at < len(text) && len(rows) < most; {
		row, n := cutRow(d, text[at:], &vain)
		line := text[at : at+n]
		if row[0].quoted || !d.blank(d.chomp(line)) {
			lines := 1
			for _, c := range row {
				if c.quoted {
					lines += bytes.Count(c.text, []byte{'\n'})
				}
			}
			rows = append(rows, cutLine{row, line, lines, at})
		}
		at += n
	}
	return rows
}

// vainReach is how much may be read in vain for the ends of quoted cells.
const vainReach = 4 << 20 // bytes

// cutRow cuts the row at the start of text, and returns its length. It adds to
// vain what it read in vain.
func cutRow(d *dialect, text []byte, vain *int) ([]cutCell, int) {
	var row []cutCell
	i := 0
	for {
		for d.trim && i < len(text) && text[i] == ' ' {
			i++
		}
		if i < len(text) && text[i] == d.quote && *vain < vainReach {
			end := closing(d, text, i)
			if end < 0 {
				*vain += len(text) - i
			} else {
				row = append(row, cutCell{text[i+1 : end], true})
				i = end + 1
				for i < len(text) && text[i] == ' ' && d.delim != ' ' {
					i++
				}
				if d.delimAt(text, i) {
					i += d.step()
					continue
				}
				return row, i + max(0, d.lineEnd(text[i:], true))
			}
		}
		line := text[i:]
		n := d.lineEnd(line, true)
		if d.delim != 0 {
			if k := d.unquotedEnd(line[:n]); k < n {
				row = append(row, cutCell{line[:k], false})
				i += k + d.step()
				continue
			}
		}
		row = append(row, cutCell{d.chomp(line[:n]), false})
		return row, i + n
	}
}

// closing is the offset of the quote that closes the one at i, or -1.
func closing(d *dialect, text []byte, i int) int {
	for j := i + 1; j < len(text); j++ {
		k := d.nextQuote(text[j:])
		if k < 0 {
			return -1
		}
		j += k
		if j+1 < len(text) && text[j+1] == d.quote {
			j++
			continue
		}
		n := j + 1
		for n < len(text) && text[n] == ' ' && d.delim != ' ' {
			n++
		}
		if n == len(text) || text[n] == '\n' || text[n] == '\r' || d.delimAt(text, n) {
			return j
		}
	}
	return -1
}
