package field

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/internal/fold"
)

var noMarks = fold.SetOf("")

// split returns the words of a folded text, in a slice that the next call
// reuses.
func (s *Splitter) split(text []byte) [][]byte {
	s.tokens = appendWords(s.tokens[:0], text)
	return s.tokens
}

func appendWords(words [][]byte, text []byte) [][]byte {
	for len(text) > 0 {
		n := bytes.IndexByte(text, ' ')
		if n < 0 {
			return append(words, text)
		}
		if n > 0 {
			words = append(words, text[:n])
		}
		text = text[n+1:]
	}
	return words
}

func appendJoined(dst []byte, words [][]byte) []byte {
	for i, word := range words {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, word...)
	}
	return dst
}

// title reports whether a folded word is a form of address.
func title(word []byte) bool {
	switch string(word) {
	case "M", "MR", "MRS", "MS", "MISS", "MME", "MLLE", "MELLE", "MONSIEUR", "MADAME", "MADEMOISELLE",
		"MMES", "MM", "MESSIEURS", "DR", "DOCTEUR", "MAITRE":
		return true
	}
	return false
}

// longTitle reports whether a folded word is a form of address that cannot be
// an initial: one that may also stand after the name.
func longTitle(word []byte) bool {
	switch string(word) {
	case "MME", "MLLE", "MELLE", "MONSIEUR", "MADAME", "MADEMOISELLE":
		return true
	}
	return false
}

// tie says how a word ties two surnames together.
type tie uint8

const (
	noTie   tie = iota
	born        // used surname, NEE, birth surname
	married     // birth surname, EPOUSE, used surname
)

func tieOf(word []byte) tie {
	switch string(word) {
	case "NEE", "BORN":
		return born
	case "EPOUSE", "EPSE", "EP", "EPS", "EPX", "VEUVE", "VVE", "VE", "MARIEE", "DIVORCEE":
		return married
	}
	return noTie
}

// untitled takes forms of address off both ends of words, as long as a word is
// left: "M. et Mme DUPONT" is DUPONT.
func untitled(words [][]byte) [][]byte {
	for len(words) > 1 {
		switch {
		case title(words[0]):
			words = words[1:]
		case len(words) > 2 && (string(words[0]) == "ET" || string(words[0]) == "OU") && title(words[1]):
			words = words[2:]
		case longTitle(words[len(words)-1]):
			words = words[:len(words)-1]
		default:
			return words
		}
	}
	return words
}

// surname reads a surname column. Particles stay: they are part of the name.
func (s *Splitter) surname(k kind.Kind, text []byte) (Validity, Reason) {
	s.words = fold.Words(s.words[:0], text, noMarks)
	s.surnames(k, s.split(s.words))
	return nameValidity(s.out)
}

// surnames adds the surnames that words hold: one, of kind k, or two tied by
// NEE, EPOUSE, VEUVE and their like.
func (s *Splitter) surnames(k kind.Kind, words [][]byte) {
	for {
		words = untitled(words)
		if len(words) < 2 || tieOf(words[0]) == noTie {
			break
		}
		// "née MARTIN" alone says which of the two it is.
		if k = kind.UsedSurname; tieOf(words[0]) == born {
			k = kind.BirthSurname
		}
		words = words[1:]
	}
	for i := 1; i < len(words)-1; i++ {
		how := tieOf(words[i])
		if how == noTie {
			continue
		}
		first, second := untitled(words[:i]), words[i+1:]
		for len(second) > 1 && tieOf(second[0]) != noTie {
			second = second[1:]
		}
		for j := 1; j < len(second); j++ {
			if tieOf(second[j]) != noTie {
				second = second[:j]
			}
		}
		second = untitled(second)
		if how == born {
			first, second = second, first
		}
		s.addName(kind.BirthSurname, token.Whole, first)
		s.addName(kind.UsedSurname, token.Whole, second)
		return
	}
	s.addName(k, token.Whole, words)
}

func (s *Splitter) addName(k kind.Kind, role token.Role, words [][]byte) {
	from := len(s.out)
	if s.out = appendJoined(s.out, words); len(s.out) > from {
		s.add(k, role, from)
	}
}

func (s *Splitter) composeSurname() []byte {
	birth, used := s.text(kind.BirthSurname, token.Whole), s.text(kind.UsedSurname, token.Whole)
	switch {
	case birth == nil:
		return used
	case used == nil:
		return birth
	}
	return bytes.Join([][]byte{used, birth}, []byte(" NEE "))
}

// nameValidity flags names that hold digits, or no letter.
func nameValidity(name []byte) (Validity, Reason) {
	letters, figures := false, false
	for _, c := range name {
		letters = letters || isUpper(c) || c >= 0x80
		figures = figures || isDigit(c)
	}
	switch {
	case !letters:
		return Invalid, Shape
	case figures:
		return Odd, NotASCII
	}
	return Valid, NoReason
}
