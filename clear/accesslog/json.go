package accesslog

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// tree is the paths of a JSON object that are looked for.
type tree struct {
	keys map[string]*tree
	slot int // index of the value; -1 for none
	rank int // of several paths of one slot, the lowest that an object has counts

	// Of a tree that grows as paths are met:
	path string
	of   func(path string) (slot, rank int) // nil where it does not grow

	// Objects of a log mostly have the same keys in the same order: which key came
	// first in this object, which after this key, and how this key is written, with its
	// quotes and the colon.
	first, then *tree
	written     []byte
}

// mostPaths is how many paths are kept; such as are met beyond are worked out each time.
const mostPaths = 1 << 12

// newTree looks for values by their paths.
func newTree(paths [][]string) *tree {
	root := &tree{slot: -1}
	for i, path := range paths {
		at := root
		for _, key := range path {
			if at.keys == nil {
				at.keys = map[string]*tree{}
			}
			next := at.keys[key]
			if next == nil {
				next = &tree{slot: -1}
				at.keys[key] = next
			}
			at = next
		}
		at.slot = i
	}
	return root
}

// growing is a tree that asks of for every path what is to be kept of it.
func growing(of func(path string) (slot, rank int)) *tree {
	return &tree{slot: -1, of: of}
}

// under is what is looked for behind a key; nil for nothing.
func (t *tree) under(key []byte, kept *int) *tree {
	if t == nil {
		return nil
	}
	if next, ok := t.keys[string(key)]; ok || t.of == nil {
		return next
	}
	next := &tree{path: string(key), of: t.of}
	if t.path != "" {
		next.path = t.path + "." + next.path
	}
	next.slot, next.rank = t.of(next.path)
	if *kept < mostPaths {
		*kept++
		if t.keys == nil {
			t.keys = map[string]*tree{}
		}
		t.keys[string(key)] = next
	}
	return next
}

// scanner reads one JSON object and keeps the values of some paths. What stands at other
// paths is skipped and only looked at as far as skipping needs.
type scanner struct {
	text   []byte
	at     int
	values [][][]byte // by slot: the scalars there, several where there is a list
	owners []*tree    // by slot: from where they are
	room   []byte     // texts that had escapes
	plain  bool       // there is no backslash
	depth  int
	kept   int // paths of a tree that grows
}

// deepest is how deep objects may lie in one another.
const deepest = 64

// scan reads text, which must be one object.
func (s *scanner) scan(text []byte, t *tree, slots int) bool {
	s.text, s.at, s.room, s.depth = text, 0, s.room[:0], 0
	s.plain = bytes.IndexByte(text, '\\') < 0
	for len(s.values) < slots {
		s.values, s.owners = append(s.values, nil), append(s.owners, nil)
	}
	for i := range s.values {
		s.values[i], s.owners[i] = s.values[i][:0], nil
	}
	s.blank()
	if !s.object(t) {
		return false
	}
	s.blank()
	return s.at == len(s.text)
}

// put keeps a value.
func (s *scanner) put(t *tree, text []byte) {
	switch owner := s.owners[t.slot]; {
	case owner == nil, owner != t && t.rank < owner.rank:
		s.owners[t.slot], s.values[t.slot] = t, append(s.values[t.slot][:0], text)
	case owner == t:
		s.values[t.slot] = append(s.values[t.slot], text)
	}
}

// one is the first value of a slot; nil where there is none.
func (s *scanner) one(slot int) []byte {
	if slot < 0 || len(s.values[slot]) == 0 {
		return nil
	}
	return s.values[slot][0]
}

func (s *scanner) blank() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) take(c byte) bool {
	if s.at < len(s.text) && s.text[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) object(t *tree) bool {
	if s.depth++; s.depth > deepest || !s.take('{') {
		return false
	}
	s.blank()
	if s.take('}') {
		s.depth--
		return true
	}
	var none *tree
	guess := &none
	if t != nil && t.of != nil {
		guess = &t.first
	}
	for {
		s.blank()
		next := *guess
		if next != nil && bytes.HasPrefix(s.text[s.at:], next.written) {
			s.at += len(next.written)
		} else {
			from := s.at
			key, ok := s.quoted()
			if !ok {
				return false
			}
			s.blank()
			if !s.take(':') {
				return false
			}
			if next = t.under(key, &s.kept); next != nil && next.of != nil {
				if next.written == nil {
					next.written = bytes.Clone(s.text[from:s.at])
				}
				*guess = next
			}
		}
		if next != nil {
			guess = &next.then
		}
		s.blank()
		if !s.value(next) {
			return false
		}
		s.blank()
		if s.take('}') {
			s.depth--
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

func (s *scanner) value(t *tree) bool {
	if s.at >= len(s.text) {
		return false
	}
	switch s.text[s.at] {
	case '{':
		return s.object(t)
	case '[':
		if s.depth++; s.depth > deepest {
			return false
		}
		s.at++
		s.blank()
		if s.take(']') {
			s.depth--
			return true
		}
		for {
			s.blank()
			if !s.value(t) {
				return false
			}
			s.blank()
			if s.take(']') {
				s.depth--
				return true
			}
			if !s.take(',') {
				return false
			}
		}
	case '"':
		if t == nil || t.slot < 0 {
			return s.skipQuoted()
		}
		text, ok := s.quoted()
		if ok {
			s.put(t, text)
		}
		return ok
	}
	from := s.at
	for s.at < len(s.text) && !ends(s.text[s.at]) {
		s.at++
	}
	word := s.text[from:s.at]
	if !scalar(word) {
		return false
	}
	if t != nil && t.slot >= 0 && string(word) != "null" {
		s.put(t, word)
	}
	return true
}

func ends(c byte) bool {
	return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '"' || c == ':'
}

// scalar tells whether a word is a number or one of the three names.
func scalar(word []byte) bool {
	switch string(word) {
	case "true", "false", "null":
		return true
	case "":
		return false
	}
	for _, c := range word {
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			return false
		}
	}
	return word[0] == '-' || word[0] >= '0' && word[0] <= '9'
}

func (s *scanner) skipQuoted() bool {
	s.at++
	if s.plain {
		i := bytes.IndexByte(s.text[s.at:], '"')
		s.at += i + 1
		return i >= 0
	}
	for {
		i := bytes.IndexByte(s.text[s.at:], '"')
		if i < 0 {
			return false
		}
		end := s.at + i
		slashes := 0
		for end-slashes-1 >= s.at && s.text[end-slashes-1] == '\\' {
			slashes++
		}
		s.at = end + 1
		if slashes%2 == 0 {
			return true
		}
	}
}

// quoted reads a string.
func (s *scanner) quoted() ([]byte, bool) {
	if s.at >= len(s.text) || s.text[s.at] != '"' {
		return nil, false
	}
	from := s.at + 1
	if !s.skipQuoted() {
		return nil, false
	}
	text := s.text[from : s.at-1]
	if s.plain || bytes.IndexByte(text, '\\') < 0 {
		return text, true
	}
	first := len(s.room)
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			s.room = append(s.room, text[i])
			continue
		}
		i++
		switch c := text[i]; c {
		case 'n':
			s.room = append(s.room, '\n')
		case 't':
			s.room = append(s.room, '\t')
		case 'r':
			s.room = append(s.room, '\r')
		case 'b':
			s.room = append(s.room, '\b')
		case 'f':
			s.room = append(s.room, '\f')
		case '"', '\\', '/':
			s.room = append(s.room, c)
		case 'u':
			r, ok := hex4(text[i+1:])
			if !ok {
				return nil, false
			}
			i += 4
			if utf16.IsSurrogate(r) {
				low, ok := rune(0), false
				if len(text) > i+2 && text[i+1] == '\\' && text[i+2] == 'u' {
					low, ok = hex4(text[i+3:])
				}
				if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
					i += 6
				}
			}
			s.room = utf8.AppendRune(s.room, r)
		default:
			return nil, false
		}
	}
	return s.room[first:len(s.room):len(s.room)], true
}

func hex4(text []byte) (rune, bool) {
	if len(text) < 4 {
		return 0, false
	}
	r := rune(0)
	for _, c := range text[:4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
