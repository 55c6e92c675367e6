package dump

import "bytes"

// jsonSplitter finds where JSON objects begin and end. Where one is broken, the
// next is looked for by how objects begin in this text.
type jsonSplitter struct {
	maxRow  int
	wrapped bool   // what follows the array is no row
	first   []byte // the key that all objects begin with, in quotes, or nil
	closed  bool   // the array has ended
	skipped bool   // skip was called before for this row
}

// How much of text is looked at around a brace to see that it begins a row.
const (
	blanksAround = 64  // most blanks between characters
	lookAround   = 256 // bytes before and after
)

func (s *jsonSplitter) split(text []byte, final bool) (int, []mark) {
	var marks []mark
	s.skipped = false
	for at := 0; at < len(text); {
		if s.closed {
			n, found := nextArray(text[at:], final)
			at += n
			if !found {
				return at, marks
			}
			s.closed = false
			continue
		}
		switch c := text[at]; c {
		case ' ', '\t', '\r', '\n', ',', '[', 0x1e, 0:
			at++
			continue
		case ']':
			at++
			s.closed = s.wrapped
			continue
		case '{':
		default:
			n := junk(text[at:], final, s.maxRow)
			if n < 0 {
				return at, marks
			}
			marks = append(marks, mark{start: at, end: at + n, as: rowNoObject})
			at += n
			continue
		}
		n, is := reachElement(text[at:], final, s.maxRow)
		switch is {
		case elementWhole:
			marks = append(marks, mark{start: at, end: at + n, as: rowWhole})
			at += n
			continue
		case elementUnknown:
			return at, marks
		}
		n = s.next(text[at:], 1, final)
		if n < 0 {
			if !final {
				return at, marks
			}
			n = len(text) - at
		}
		as := rowMalformed
		if n > s.maxRow {
			as = rowTooLong
		}
		marks = append(marks, mark{start: at, end: at + n, as: as})
		at += n
	}
	return len(text), marks
}

func (s *jsonSplitter) skip(text []byte, final bool) (int, bool) {
	from := 1
	if s.skipped {
		from = lookAround
	}
	s.skipped = true
	if n := s.next(text, from, final); n >= 0 {
		return n, true
	}
	if final {
		return len(text), true
	}
	return max(0, len(text)-2*lookAround), false
}

func (*jsonSplitter) tail(text []byte) int { return len(text) }

// next is the offset of the next object that begins a row, from an offset on;
// -1 when text, as far as it can be judged, shows none.
func (s *jsonSplitter) next(text []byte, from int, final bool) int {
	for i := from; i < len(text); i++ {
		k := bytes.IndexByte(text[i:], '{')
		if k < 0 {
			return -1
		}
		i += k
		if !final && i+lookAround > len(text) {
			return -1
		}
		if s.begins(text, i) {
			return i
		}
	}
	return -1
}

// begins reports that the brace at i looks like the start of a row: it follows
// the end of another, or stands first on its line, and the usual key comes next.
func (s *jsonSplitter) begins(text []byte, i int) bool {
	if s.first != nil {
		after := text[i+1 : min(len(text), i+1+blanksAround+len(s.first))]
		if !bytes.HasPrefix(bytes.TrimLeft(after, " \t\r\n"), s.first) {
			return false
		}
	}
	j := back(text, i)
	if j < 0 {
		return false
	}
	if text[j] == 0x1e || bytes.IndexByte(text[j+1:i], '\n') >= 0 && s.first != nil {
		return true
	}
	if text[j] == '}' {
		return s.first != nil || bytes.IndexByte(text[j+1:i], '\n') >= 0
	}
	if text[j] != ',' {
		return false
	}
	j = back(text, j)
	return j >= 0 && (text[j] == '}' || s.first != nil)
}

// back is the offset of the last character before i that is not blank, or -1.
func back(text []byte, i int) int {
	for j := i - 1; j >= 0 && j >= i-blanksAround; j-- {
		switch text[j] {
		case ' ', '\t', '\r', '\n':
		default:
			return j
		}
	}
	return -1
}

// junk is the length of something that is neither object nor between objects;
// -1 when text does not show its end. It ends where an object or a line begins,
// and is never longer than a row.
func junk(text []byte, final bool, maxRow int) int {
	seen := text[:min(len(text), maxRow)]
	if n := bytes.IndexAny(seen[1:], "{\n,]"); n >= 0 {
		return n + 1
	}
	if final || len(text) > maxRow {
		return len(seen)
	}
	return -1
}

// nextArray is the offset past the bracket of the next array of objects. When
// there is none it says how much of text cannot hold its start.
func nextArray(text []byte, final bool) (int, bool) {
	for at := 0; ; {
		k := bytes.IndexByte(text[at:], '[')
		if k < 0 {
			return len(text), false
		}
		at += k
		after := text[at+1 : min(len(text), at+1+blanksAround)]
		rest := bytes.TrimLeft(after, " \t\r\n")
		switch {
		case len(rest) > 0 && rest[0] == '{':
			return at + 1, true
		case len(rest) == 0 && len(after) < blanksAround && !final:
			return at, false
		}
		at++
	}
}

// element is what was found of an object.
type element uint8

const (
	elementWhole element = iota
	elementBroken
	elementUnknown // more text is needed to say
)

// nestedLimit is how many braces and brackets may be open before an object is
// taken for broken.
const nestedLimit = 1024

// reachElement follows the object or array at the start of text to its end. It
// looks at strings, braces and brackets only, and at what stands beside
// strings: where a quote is broken, something odd does.
func reachElement(text []byte, final bool, maxRow int) (int, element) {
	over := elementUnknown
	if final || len(text) > maxRow {
		over = elementBroken
	}
	text = text[:min(len(text), maxRow)]
	var open [nestedLimit]byte
	depth := 0
	before := byte(0) // the last character that is not blank
	for i := 0; i < len(text); {
		c := text[i]
		switch c {
		case ' ', '\t', '\r', '\n':
			i++
			continue
		case '"':
			if before != '{' && before != '[' && before != ',' && before != ':' {
				return 0, elementBroken
			}
			n := stringEnd(text[i:])
			switch {
			case n == brokenString:
				return 0, elementBroken
			case n < 0:
				return 0, over
			}
			i += n
			before = '"'
			continue
		case '{', '[':
			if depth == nestedLimit {
				return 0, elementBroken
			}
			open[depth] = c + 2 // the one that closes it
			depth++
		case '}', ']':
			if open[depth-1] != c {
				return 0, elementBroken
			}
			depth--
			if depth == 0 {
				return i + 1, elementWhole
			}
		case ',', ':':
		default:
			if before == '"' || before == '}' || before == ']' {
				return 0, elementBroken
			}
		}
		before = c
		i++
	}
	return 0, over
}

const brokenString = -2

// stringEnd is the length of the string at the start of text; -1 when text does
// not show its end, brokenString when its line ends before it does.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		case '\n':
			return brokenString
		}
	}
	return -1
}
