package dump

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deeply the values of a row may be nested.
const maxDepth = 64

// jsonReader reads one JSON object (RFC 8259) into the columns of a row: the
// keys of nested objects are joined by dots, the values of arrays and of keys
// that come twice by commas. Null is an empty cell.
//
// Objects by which MongoDB says the type of a value are that value.
//
// It forgives what costs no meaning, and says that it did: control characters
// in strings, unknown escapes, NaN and the infinities.
type jsonReader struct {
	keyRow
	scratch []byte // for keys with escapes

	text   []byte
	at     int
	mended bool
}

// object reads text, which is one object; blanks may surround it.
func (r *jsonReader) object(text []byte) bool {
	r.reset()
	r.text, r.at, r.mended, r.why = text, 0, false, badJSON
	r.blanks()
	if r.at >= len(text) || text[r.at] != '{' {
		r.why = notAnObject
		return false
	}
	if !r.members(r.keys, 0) {
		return false
	}
	r.blanks()
	return r.at == len(text)
}

func (r *jsonReader) blanks() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// members reads an object, from its brace.
func (r *jsonReader) members(n *keyNode, depth int) bool {
	if depth > maxDepth {
		r.why = tooDeep
		return false
	}
	if n != nil {
		n.hint = 0
	}
	r.at++
	r.blanks()
	if r.at < len(r.text) && r.text[r.at] == '}' {
		r.at++
		return true
	}
	if depth > 0 && r.extended(n) {
		return true
	}
	for {
		r.blanks()
		if r.at >= len(r.text) || r.text[r.at] != '"' {
			return false
		}
		raw, escaped, ok := r.quoted()
		if !ok {
			return false
		}
		if escaped {
			r.scratch = r.unescape(r.scratch[:0], raw)
			raw = r.scratch
		}
		if bytes.IndexByte(raw, 0) >= 0 {
			raw = bytes.ReplaceAll(raw, []byte{0}, nil)
			r.mended = true
		}
		child := r.child(n, raw)
		if child == nil {
			return false
		}
		r.blanks()
		if r.at >= len(r.text) || r.text[r.at] != ':' {
			return false
		}
		r.at++
		if !r.value(child, depth) {
			return false
		}
		if more, ok := r.more('}'); !more {
			return ok
		}
	}
}

// more reads what follows a member or an element: a comma, after which there is
// more, or the end. Anything else is not ok.
func (r *jsonReader) more(end byte) (more, ok bool) {
	r.blanks()
	if r.at >= len(r.text) {
		return false, false
	}
	c := r.text[r.at]
	if c != ',' && c != end {
		return false, false
	}
	r.at++
	return c == ',', true
}

func (r *jsonReader) value(n *keyNode, depth int) bool {
	r.blanks()
	if r.at >= len(r.text) {
		return false
	}
	switch c := r.text[r.at]; c {
	case '"':
		raw, escaped, ok := r.quoted()
		if !ok {
			return false
		}
		if escaped {
			raw = r.unescape(make([]byte, 0, len(raw)), raw)
		}
		return r.set(n, raw)
	case '{':
		return r.members(n, depth+1)
	case '[':
		if depth >= maxDepth {
			r.why = tooDeep
			return false
		}
		r.at++
		r.blanks()
		if r.at < len(r.text) && r.text[r.at] == ']' {
			r.at++
			return r.set(n, nil)
		}
		for {
			if !r.value(n, depth+1) {
				return false
			}
			if more, ok := r.more(']'); !more {
				return ok
			}
		}
	default:
		return r.literal(n)
	}
}

// literal reads a number, true, false or null.
func (r *jsonReader) literal(n *keyNode) bool {
	word := r.word()
	switch string(word) {
	case "null":
		return r.set(n, nil)
	case "true", "false":
		return r.set(n, word)
	case "NaN", "Infinity", "-Infinity":
		r.mended = true
		return r.set(n, word)
	}
	return jsonNumber(word) && r.set(n, word)
}

// word reads up to what ends a number or a word.
func (r *jsonReader) word() []byte {
	start := r.at
	for r.at < len(r.text) {
		if c := r.text[r.at]; c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			break
		}
		r.at++
	}
	return r.text[start:r.at]
}

// jsonNumber reports a number as RFC 8259 has it; zeros may lead, as in the
// codes that careless programs write as numbers.
func jsonNumber(word []byte) bool {
	if len(word) > 0 && word[0] == '-' {
		word = word[1:]
	}
	digits := func() bool {
		n := 0
		for n < len(word) && word[n] >= '0' && word[n] <= '9' {
			n++
		}
		word = word[n:]
		return n > 0
	}
	if !digits() {
		return false
	}
	if len(word) > 0 && word[0] == '.' {
		word = word[1:]
		if !digits() {
			return false
		}
	}
	if len(word) > 0 && word[0]|0x20 == 'e' {
		word = word[1:]
		if len(word) > 0 && (word[0] == '+' || word[0] == '-') {
			word = word[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(word) == 0
}

// quoted reads a string, from its quote, without taking its escapes off.
func (r *jsonReader) quoted() (raw []byte, escaped, ok bool) {
	text := r.text
	start := r.at + 1
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			r.at = i + 1
			return text[start:i], escaped, true
		case c == '\\':
			escaped = true
			i++
		case c < 0x20:
			if c == '\n' {
				return nil, false, false // strings end on their line
			}
			r.mended = true
		}
	}
	return nil, false, false
}

// unescape appends raw to dst with its escapes taken off.
func (r *jsonReader) unescape(dst, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' || i+1 == len(raw) {
			dst = append(dst, c)
			continue
		}
		i++
		switch raw[i] {
		case '"', '\\', '/':
			dst = append(dst, raw[i])
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			u, ok := hex4(raw[i+1:])
			if !ok {
				r.mended = true
				dst = append(dst, '\\', 'u')
				continue
			}
			i += 4
			if utf16.IsSurrogate(u) {
				low := rune(utf8.RuneError)
				if i+2 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u' {
					low, _ = hex4(raw[i+3:])
				}
				if full := utf16.DecodeRune(u, low); full != utf8.RuneError {
					u = full
					i += 6
				} else {
					u = utf8.RuneError
					r.mended = true
				}
			}
			if u != 0 {
				dst = utf8.AppendRune(dst, u)
			} else {
				r.mended = true
			}
		default:
			r.mended = true
			dst = append(dst, raw[i])
		}
	}
	return dst
}

func hex4(text []byte) (rune, bool) {
	if len(text) < 4 {
		return utf8.RuneError, false
	}
	u := rune(0)
	for _, c := range text[:4] {
		switch {
		case c >= '0' && c <= '9':
			u = u<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			u = u<<4 | rune(c|0x20-'a'+10)
		default:
			return utf8.RuneError, false
		}
	}
	return u, true
}
