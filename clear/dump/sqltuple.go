package dump

import "bytes"

// maxBrackets is how many brackets may be open within a list of values.
const maxBrackets = 32

// sqlTuple is the length of the list of values at the start of text, and how
// many they are. It looks at quotes and brackets, and at what follows quotes:
// where one is broken, something odd does. For a broken list the length is how
// far it was looked at.
func sqlTuple(text []byte, final bool, limit int, backslash bool) (n, cells int, is element) {
	over := elementUnknown
	if len(text) > limit {
		text, over = text[:limit], elementBroken
	}
	if final {
		over = elementBroken
	}
	depth, cells := 0, 1
	empty := true
	for i := 0; i < len(text); {
		c := text[i]
		switch c {
		case '\'', '"', '`':
			end := literalEnd(text, i, backslash)
			if end < 0 {
				return len(text), 0, over
			}
			empty = false
			at := blanks(text, end)
			if at == len(text) {
				return at, 0, over
			}
			switch next := text[at]; next {
			case ',', ')', ':', '|', '+', ']', '.':
			case '\'':
				if bytes.IndexByte(text[end:at], '\n') < 0 { // else PostgreSQL joins them
					return at, 0, elementBroken
				}
			default:
				if at == end || !afterLiteral(text[at:]) {
					if len(text)-at < 8 && over == elementUnknown {
						return at, 0, over
					}
					return at, 0, elementBroken
				}
			}
			i = at
			continue
		case '(', '[':
			if depth == maxBrackets {
				return i, 0, elementBroken
			}
			depth++
		case ')', ']':
			depth--
			if depth == 0 {
				if empty && cells == 1 {
					cells = 0
				}
				return i + 1, cells, elementWhole
			}
		case ',':
			if depth == 1 {
				cells++
			}
		case ';', '\\':
			return i, 0, elementBroken
		case '$':
			if tag := dollarTag(text, i); tag > 0 {
				end := dollarEnd(text, i, tag)
				if end < 0 {
					return len(text), 0, over
				}
				empty = false
				i = end
				continue
			}
			empty = false
		case ' ', '\t', '\n', '\r':
		default:
			empty = false
		}
		i++
	}
	return len(text), 0, over
}

// afterLiteral reports a word that may follow a literal.
func afterLiteral(text []byte) bool {
	n := 0
	for n < len(text) && n < 8 && wordByte(text[n]) {
		n++
	}
	switch string(bytes.ToUpper(text[:n])) {
	case "AS", "AT", "COLLATE", "USING":
		return true
	}
	return false
}

// looseReach is how far a list of values with stray quotes may go.
const looseReach = 64 << 10 // bytes

// looseTuple is the length of a list of values in which quotes stand unescaped:
// one opens only where a value begins and closes only where one ends. It must
// have so many values.
func looseTuple(text []byte, final bool, limit, width int) (int, element) {
	over := elementUnknown
	if limit = min(limit, looseReach); len(text) > limit {
		text, over = text[:limit], elementBroken
	}
	if final {
		over = elementBroken
	}
	cells := 0
	for i := 1; i < len(text); {
		i = blanks(text, i)
		for i < len(text) && text[i] != '\'' && text[i] != ',' && text[i] != ')' && text[i] != '\n' && text[i] != '(' && text[i] != ';' {
			i++
		}
		if i < len(text) && text[i] == '\'' {
			end := looseEnd(text, i, over == elementBroken)
			if end < 0 {
				return 0, over
			}
			i = blanks(text, end)
		}
		if i >= len(text) {
			break
		}
		cells++
		switch text[i] {
		case ',':
			i++
		case ')':
			if cells != width {
				return 0, elementBroken
			}
			return i + 1, elementWhole
		default:
			return 0, elementBroken
		}
	}
	return 0, over
}

// looseEnd is the offset past the quote that closes the one at i: the next with
// a comma and another value after it, or the end of the list; -1 when text does
// not show it.
func looseEnd(text []byte, i int, final bool) int {
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case '\n':
			if startsData(text[j+1:]) {
				return -1
			}
		case '\'':
			at := blanks(text, j+1)
			if at == len(text) {
				return -1
			}
			if len(text)-at < lineAhead && !final {
				return -1
			}
			if text[at] == ')' {
				end := blanks(text, at+1)
				if end == len(text) && !final {
					return -1
				}
				if end == len(text) || text[end] == ',' || text[end] == ';' || text[end] == '(' || wordByte(text[end]) {
					return j + 1
				}
			}
			if text[at] != ',' {
				continue
			}
			next := blanks(text, at+1)
			if next == len(text) {
				return -1
			}
			if c := text[next]; c == '\'' || c >= '0' && c <= '9' || c == '-' || c == '.' || bytes.HasPrefix(text[next:], []byte("NULL")) || bytes.HasPrefix(text[next:], []byte("N'")) {
				return j + 1
			}
		}
	}
	return -1
}
