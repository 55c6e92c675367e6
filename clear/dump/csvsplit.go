package dump

import "bytes"

// How far a quoted cell may reach over the ends of lines before its quote is
// taken for broken.
const maxReach = 1 << 20 // bytes

// csvSplitter finds the lines of which several make one row. A line with an
// even number of quotes is always a row; only one with an odd number may go on.
type csvSplitter struct {
	d       *dialect
	seen    int64 // bytes cut so far
	wasted  int64 // bytes read in vain for the end of broken quotes
	skipped bool  // skip stopped at a carriage return whose line feed may follow
}

func (s *csvSplitter) split(text []byte, final bool) (int, []mark) {
	pos := 0
	var marks []mark
	d := s.d
	for pos < len(text) && d.quote != 0 {
		q := bytes.IndexByte(text[pos:], d.quote)
		if q < 0 {
			break
		}
		line := pos + d.lastLine(text[pos:pos+q])
		n := d.lineEnd(text[line:], final)
		if n < 0 {
			s.seen += int64(line)
			return line, marks
		}
		if d.quotes(text[line:line+n])%2 == 0 {
			pos = line + n
			continue
		}
		if s.wasted > 64<<20+8*(s.seen+int64(line)) {
			pos = line + n // hostile: nearly every line opens a quote in vain
			continue
		}
		switch end, read, is := d.reach(text[line:], n, final); is {
		case reachUnknown:
			s.seen += int64(line)
			return line, marks
		case reachBroken:
			s.wasted += int64(read)
			pos = line + n
		default:
			if end > n {
				marks = append(marks, mark{start: line, end: line + end, as: rowOfLines})
			}
			pos = line + end
		}
	}
	if final {
		pos = len(text)
	} else if pos < len(text) {
		pos += d.lastLine(text[pos:])
	}
	s.seen += int64(pos)
	return pos, marks
}

func (s *csvSplitter) skip(text []byte, final bool) (int, bool) {
	if s.skipped {
		s.skipped = false
		if len(text) > 0 && text[0] == '\n' {
			s.seen++
			return 1, true
		}
		return 0, true
	}
	n := s.d.lineEnd(text, final)
	ended := n >= 0
	if !ended {
		n = len(text)
		s.skipped = s.d.anyCR && n > 0 && text[n-1] == '\r'
	}
	s.seen += int64(n)
	return n, ended
}

func (s *csvSplitter) tail(text []byte) int { return s.d.lastLine(text) }

// lastLine returns the offset of the last line that text begins, which is len
// when text ends with a whole line. A carriage return at the very end is taken
// for the first half of an end of line.
func (d *dialect) lastLine(text []byte) int {
	n := bytes.LastIndexByte(text, '\n') + 1
	if d.anyCR && len(text) > n {
		n += bytes.LastIndexByte(text[n:len(text)-1], '\r') + 1
	}
	return n
}

// quotes counts the quotes of a line that no escape takes the meaning of.
func (d *dialect) quotes(line []byte) int {
	n := bytes.Count(line, []byte{d.quote})
	if d.escape == 0 || bytes.IndexByte(line, d.escape) < 0 {
		return n
	}
	n = 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case d.escape:
			i++
		case d.quote:
			n++
		}
	}
	return n
}

// reached is what became of a row that may go on over several lines.
type reached uint8

const (
	reachEnd     reached = iota // the row ends
	reachBroken                 // a quote is broken: the first line stands alone
	reachUnknown                // more text is needed to say
)

// reach follows the row at the start of text, whose first line has that length,
// to its end. It also says how much it read.
func (d *dialect) reach(text []byte, line int, final bool) (end, read int, is reached) {
	limit := min(maxReach, d.maxRow)
	full := len(text) >= limit
	text = text[:min(len(text), limit)]
	over := reachUnknown
	if final || full {
		over = reachBroken
	}
	cells, i := 0, 0
	for {
		cells++
		for d.trim && i < len(text) && text[i] == ' ' {
			i++
		}
		if i < len(text) && text[i] == d.quote {
			start := i
			i++
			for {
				k := d.nextQuote(text[i:])
				if k < 0 {
					return 0, len(text), over
				}
				at := i + k
				i = at + 1
				if i < len(text) && text[i] == d.quote && d.quote != d.escape {
					i++
					continue
				}
				j := i
				for j < len(text) && (text[j] == ' ' || text[j] == '\r') && text[j] != d.delim {
					j++
				}
				if j >= len(text) {
					if final && !full {
						i = j
						break
					}
					return 0, len(text), over
				}
				if d.delimAt(text, j) || text[j] == '\n' || d.anyCR && bytes.IndexByte(text[i:j], '\r') >= 0 {
					i = j
					break
				}
				if at-1 > start && at > line && (text[at-1] == '\n' || d.delimBefore(text, at)) {
					return 0, at, reachBroken // it opens another cell
				}
			}
		}
		// To the end of the cell.
		rest := text[i:]
		if d.anyCR && i > 0 && text[i-1] == '\r' {
			break
		}
		stop := d.lineEnd(rest, final && !full)
		if stop < 0 {
			if k := d.nextDelim(rest); d.delim != 0 && k >= 0 {
				i += k + d.step()
				continue
			}
			return 0, len(text), over
		}
		if d.delim != 0 {
			if k := d.nextDelim(rest[:stop]); k >= 0 {
				i += k + d.step()
				continue
			}
		}
		i += stop
		break
	}
	if i > line && d.swallowed(text[:i], line, cells) {
		return 0, i, reachBroken
	}
	return i, i, reachEnd
}

// nextQuote returns the offset of the next quote without an escape before it.
func (d *dialect) nextQuote(text []byte) int {
	if d.escape == 0 {
		return bytes.IndexByte(text, d.quote)
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case d.escape:
			i++
		case d.quote:
			return i
		}
	}
	return -1
}

// swallowed reports that a row of several lines is more likely several rows, of
// which a broken quote made one: the count of cells is wrong and the lines have
// the right one, or the lines that make it look like rows themselves.
func (d *dialect) swallowed(row []byte, line, cells int) bool {
	if d.delim == 0 || d.width < 2 {
		return false
	}
	like, lines := 0, 0
	first, last := false, false
	for at := 0; at < len(row); {
		n := d.lineEnd(row[at:], true)
		lines++
		last = bytes.Count(row[at:at+n], d.delimiter())+1 == d.width
		if last {
			like++
		}
		if lines == 1 {
			first = last
		}
		at += n
	}
	if cells != d.width {
		return cells > d.width || first || last
	}
	return like*5 >= lines*4 && like*(d.width-1) >= 8
}
