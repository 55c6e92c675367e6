package dump

import "bytes"

// jsonFormat is JSON objects one after another: in an array, in an array that
// is a value of one object, or with nothing but blanks between them.
type jsonFormat struct{}

func (jsonFormat) probe(s *sample) float64 {
	text := bytes.TrimLeft(s.text, " \t\r\n")
	if len(text) == 0 || text[0] != '[' && text[0] != '{' {
		return 0
	}
	if envelope(s.text, s.whole) > 0 {
		return 1
	}
	if rest := bytes.TrimLeft(text[1:], " \t\r\n"); text[0] == '[' && len(rest) > 0 && rest[0] == ']' {
		return 0.9
	}
	sp := &jsonSplitter{maxRow: s.maxRow}
	n, marks := sp.split(text, s.whole)
	good, bad := 0, 0
	r := newKeyReader()
	for _, m := range marks[:min(len(marks), 100)] {
		switch {
		case m.as == rowWhole && r.object(text[m.start:m.end]):
			good++
		default:
			bad++
		}
	}
	switch {
	case good > 0 && good*4 >= bad:
		return 0.9
	case n == 0 && !s.whole:
		return 0.2 // one object that the sample does not hold whole
	}
	return 0
}

func (jsonFormat) open(s *sample) layout {
	l := &jsonObjects{jsonLayout: jsonLayout{name: "JSON", charset: s.charset, maxRow: s.maxRow}}
	l.from = envelope(s.text, s.whole)
	l.wrapped = l.from > 0
	sp := &jsonSplitter{maxRow: s.maxRow}
	text := s.text[l.from:]
	_, marks := sp.split(text, s.whole)
	for i, m := range marks {
		key := firstKey(text[m.start:m.end])
		if m.as != rowWhole {
			continue
		}
		if i > 0 && l.first != nil && !bytes.Equal(l.first, key) {
			l.first = nil
			break
		}
		l.first = bytes.Clone(key)
	}
	return l
}

// jsonObjects is a text of JSON objects.
type jsonObjects struct {
	jsonLayout
	wrapped bool   // the array is a value of one object
	first   []byte // the key that all objects begin with, in quotes; nil when it varies
}

func (l *jsonObjects) split() splitter {
	return &jsonSplitter{maxRow: l.maxRow, wrapped: l.wrapped, first: l.first}
}
func (l *jsonObjects) parser() parser    { return newJSONParser(&l.jsonLayout, false) }
func (l *jsonObjects) keyParser() parser { return newKeyParser(&l.jsonLayout, false) }

// firstKey is the first key of an object, in its quotes.
func firstKey(object []byte) []byte {
	rest := bytes.TrimLeft(object[1:], " \t\r\n")
	if len(rest) == 0 || rest[0] != '"' {
		return nil
	}
	if n := bytes.IndexByte(rest[1:], '"'); n >= 0 && n < 100 {
		return rest[:n+2]
	}
	return nil
}

// envelope is the offset of the rows of an object that holds one array of
// objects and little else; 0 when text is no such object.
func envelope(text []byte, whole bool) int {
	at := len(text) - len(bytes.TrimLeft(text, " \t\r\n"))
	if at == len(text) || text[at] != '{' {
		return 0
	}
	end, is := reachElement(text[at:], whole, len(text))
	if is == elementWhole && len(bytes.TrimSpace(text[at+end:])) > 0 || is == elementBroken {
		return 0 // several objects one after another
	}
	if is == elementUnknown {
		end = len(text) - at
	}
	// The first array of objects, at the first level, and how long it is.
	depth := 0
	for i := at; i < at+end; i++ {
		switch text[i] {
		case '"':
			n := stringEnd(text[i:])
			if n < 0 {
				return 0
			}
			i += n - 1
		case '{':
			depth++
		case '}':
			depth--
		case '[':
			depth++
			if depth != 2 {
				continue
			}
			rest := bytes.TrimLeft(text[i+1:], " \t\r\n")
			if len(rest) == 0 || rest[0] != '{' {
				continue
			}
			n, is := reachElement(text[i:at+end], false, len(text))
			if is != elementWhole {
				n = at + end - i
			}
			if n*3 < end || !twoObjects(rest) {
				continue
			}
			return i + 1
		case ']':
			depth--
		}
	}
	return 0
}

// twoObjects reports that a second object follows the first in an array, or
// that the first goes beyond what is seen.
func twoObjects(text []byte) bool {
	n, is := reachElement(text, false, len(text)+1)
	if is != elementWhole {
		return is == elementUnknown
	}
	rest := bytes.TrimLeft(text[n:], " \t\r\n,")
	return len(rest) == 0 || rest[0] == '{'
}
