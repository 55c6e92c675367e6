package field

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/internal/fold"
	"constat.example/clear/internal/gazette"
)

var (
	givenMarks = fold.SetOf("-,;/&|+")
	givenGaps  = fold.SetOf(",;/&|+")
)

// givenNames reads a column of given names: up to three, parted by commas and
// their like or else by blanks. A hyphen makes one name of two, as French civil
// status has it since 1999: "Jean-Pierre" is one name, "Jean Pierre" are two
// (they meet again in the variants of the first).
func (s *Splitter) givenNames(text []byte) (Validity, Reason) {
	s.words = fold.Words(s.words[:0], text, givenMarks)
	s.given(s.words)
	return nameValidity(s.out)
}

// given adds the given names of a text folded with its marks.
func (s *Splitter) given(text []byte) {
	text = tightened(text)
	parted := givenGaps.Index(text) >= 0
	if !parted {
		text = mendedName(text)
	}
	role := token.Whole
	for len(text) > 0 && role <= token.Third {
		var name []byte
		if parted {
			name, text = cut(text)
		} else {
			name, text = compound(text)
		}
		from := len(s.out)
		words := appendWords(s.tokens[:0], dashless(name))
		s.tokens = words
		for len(words) > 1 && longTitle(words[0]) {
			words = words[1:]
		}
		if len(words) == 0 || role == token.Whole && len(words) == 1 && longTitle(words[0]) && len(text) > 0 {
			continue
		}
		s.out = appendJoined(s.out, words)
		s.add(kind.GivenNames, role, from)
		role++
	}
}

// mendedName takes out, in place, the blank that parts a frequent given name in
// two ("ISABE LLA"), unless both halves are names too.
func mendedName(text []byte) []byte {
	i := bytes.IndexByte(text, ' ')
	if i < 0 || bytes.IndexByte(text[i+1:], ' ') >= 0 || len(text) > 16 {
		return text
	}
	_, first := gazette.Given(text[:i])
	_, second := gazette.Given(text[i+1:])
	if first && second {
		return text
	}
	var buf [16]byte
	joined := append(append(buf[:0], text[:i]...), text[i+1:]...)
	if _, ok := gazette.Given(joined); !ok {
		return text
	}
	return append(text[:i], text[i+1:]...)
}

// tightened takes out, in place, the blanks around hyphens and the hyphens and
// marks that part nothing.
func tightened(text []byte) []byte {
	out := text[:0]
	for _, c := range text {
		n := len(out)
		switch {
		case c == ' ' && (n == 0 || out[n-1] == '-' || out[n-1] == ' '):
			continue
		case c == '-':
			if n > 0 && out[n-1] == ' ' {
				out = out[:n-1]
				n--
			}
			if n == 0 || !isWord(out[n-1]) {
				continue
			}
		case !isWord(c) && c != ' ':
			for n > 0 && !isWord(out[n-1]) {
				n--
			}
			out = out[:n]
			if n == 0 {
				continue
			}
		}
		out = append(out, c)
	}
	n := len(out)
	for n > 0 && !isWord(out[n-1]) {
		n--
	}
	return out[:n]
}

// isWord reports whether c is part of a folded word.
func isWord(c byte) bool { return isAlnum(c) || c >= 0x80 }

// cut parts text at its first mark.
func cut(text []byte) (name, rest []byte) {
	i := givenGaps.Index(text)
	if i < 0 {
		return text, nil
	}
	return text[:i], text[i+1:]
}

// compound parts text after its first name, to which belong the words that a
// particle ties to it: MARIE DE LOURDES, ABD EL KADER, NOUR EDDINE.
func compound(text []byte) (name, rest []byte) {
	end := wordEnd(text, 0)
	for end < len(text) {
		this := text[bytes.LastIndexByte(text[:end], ' ')+1 : end]
		next := text[end+1 : wordEnd(text, end+1)]
		if !leans(this) && !ties(next) {
			return text[:end], text[end+1:]
		}
		end = wordEnd(text, end+1)
	}
	return text, nil
}

func wordEnd(text []byte, from int) int {
	if i := bytes.IndexByte(text[from:], ' '); i >= 0 {
		return from + i
	}
	return len(text)
}

// leans reports whether a word of a given name needs the next.
func leans(word []byte) bool {
	switch string(word) {
	case "DE", "DU", "DES", "DA", "DOS", "DO", "DI", "D", "LA", "LAS", "LOS", "EL", "AL", "BEN", "ABD", "ABDEL", "ABDUL", "ABOU", "OULD":
		return true
	}
	return false
}

// ties reports whether a word of a given name needs the one before.
func ties(word []byte) bool {
	switch string(word) {
	case "DE", "DU", "DES", "DA", "DOS", "DO", "DI", "D", "EL", "AL", "EDDINE", "EDINE", "ALLAH", "ULLAH":
		return true
	}
	return false
}

// dashless turns the hyphens of name into blanks, in place.
func dashless(name []byte) []byte {
	for i, c := range name {
		if c == '-' {
			name[i] = ' '
		}
	}
	return name
}

// composeGiven appends the given names: with hyphens in a single compound one,
// with commas between several.
func (s *Splitter) composeGiven(dst []byte) []byte {
	second := s.text(kind.GivenNames, token.Second)
	for role := token.Whole; role <= token.Third; role++ {
		name := s.text(kind.GivenNames, role)
		if name == nil {
			break
		}
		if role > token.Whole {
			dst = append(dst, ", "...)
		}
		if second != nil {
			dst = append(dst, name...)
		} else {
			dst = append(dst, bytes.ReplaceAll(name, []byte(" "), []byte("-"))...)
		}
	}
	return dst
}
