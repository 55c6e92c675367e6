package field

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/clear/internal/fold"
	"constat.example/clear/internal/gazette"
)

var nameMarks = fold.SetOf("-")

// fullName reads a cell that holds surname and given names in either order.
// A comma parts them ("DUPONT, Marie"); else the case does (DUPONT Marie, Marie
// DUPONT); else how much more often each word is a given name than a surname,
// given names first when nothing tells.
func (s *Splitter) fullName(text []byte) (Validity, Reason) {
	if i := bytes.IndexByte(text, ','); i > 0 {
		s.words = fold.Words(s.words[:0], text[:i], noMarks)
		if len(s.words) > 0 {
			s.surnames(kind.BirthSurname, s.split(s.words))
			s.spare = fold.Words(s.spare[:0], text[i+1:], givenMarks)
			s.given(s.spare)
			return nameValidity(s.out)
		}
	}
	words := s.cased(text)
	if len(words) == 0 {
		return Invalid, Shape
	}
	kept := untitled(words)
	from := cap(words) - cap(kept)
	surname, given := s.halves(kept, s.cases[from:from+len(kept)])
	s.spare = appendJoined(s.spare[:0], given)
	s.line = dashless(appendJoined(s.line[:0], surname))
	s.surnames(kind.BirthSurname, s.split(s.line))
	s.given(s.spare)
	return nameValidity(s.out)
}

// cased folds the words of text, and notes the case of each in s.cases: 'U'
// upper, 'L' lower, 'C' capitalised or an initial.
func (s *Splitter) cased(text []byte) [][]byte {
	s.words, s.cases = s.words[:0], s.cases[:0]
	for len(text) > 0 {
		n := bytes.IndexAny(text, " ,;()/")
		if n < 0 {
			n = len(text)
		}
		word := text[:n]
		text = text[min(n+1, len(text)):]
		from := len(s.words)
		s.words = fold.Words(s.words, word, nameMarks)
		if bytes.IndexFunc(s.words[from:], isLetter) < 0 {
			s.words = s.words[:from]
			continue
		}
		// D'ARTAGNAN folds to two words.
		c := caseOf(word)
		for range 1 + bytes.Count(s.words[from:], []byte(" ")) {
			s.cases = append(s.cases, c)
		}
		s.words = append(s.words, ' ')
	}
	return s.split(s.words)
}

func isLetter(r rune) bool { return r != '-' && r != ' ' }

func caseOf(word []byte) byte {
	upper, lower := 0, 0
	for len(word) > 0 {
		r, n := utf8.DecodeRune(word)
		word = word[n:]
		switch {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
	}
	switch {
	case lower == 0 && upper > 1:
		return 'U'
	case upper == 0 && lower > 0:
		return 'L'
	}
	return 'C'
}

// halves parts the words of a full name, two surnames tied by NEE and its like
// included.
func (s *Splitter) halves(words [][]byte, cases []byte) (surname, given [][]byte) {
	for i := 1; i < len(words)-1; i++ {
		if tieOf(words[i]) == noTie {
			continue
		}
		switch {
		case i > 1: // Marie DUPONT née MARTIN
			surname, given = parted(words[:i], cases[:i])
			s.picked = append(append(s.picked[:0], surname...), words[i:]...)
		case i+2 < len(words): // DUPONT née MARTIN Marie
			surname, given = parted(words[i+1:], cases[i+1:])
			s.picked = append(append(s.picked[:0], words[:i+1]...), surname...)
		default:
			return words, nil
		}
		return s.picked, given
	}
	return parted(words, cases)
}

// parted parts the words of a full name.
func parted(words [][]byte, cases []byte) (surname, given [][]byte) {
	n := len(words)
	if n < 2 {
		return words, nil
	}
	if k, first := byCase(words, cases); k > 0 {
		if first {
			return words[:k], words[k:]
		}
		return words[k:], words[:k]
	}
	// The words' odds of being given names: summed over the given names less
	// those over the surname, they are the log odds of a way to part them.
	total := 0
	for _, word := range words {
		total += givenOdds(word)
	}
	best, at, surnameFirst := -1<<30, 0, false
	sum := 0
	for k := 1; k < n; k++ {
		sum += givenOdds(words[k-1])
		if odds := 2*sum - total + 1; odds > best { // +1: given names usually stand first
			best, at, surnameFirst = odds, k, false
		}
		if odds := total - 2*sum; odds > best {
			best, at, surnameFirst = odds, k, true
		}
	}
	if surnameFirst {
		return words[:at], words[at:]
	}
	return words[at:], words[:at]
}

// byCase parts words where those in upper case, with their particles, stand
// together at one end and the others at the other. It returns 0 where the case
// does not tell; first says that the surname stands first.
func byCase(words [][]byte, cases []byte) (k int, first bool) {
	upper := func(i int) bool { return cases[i] == 'U' || cases[i] == 'L' && particle(words[i]) }
	first = upper(0)
	seen := false // a word truly in upper case
	for i := range words {
		seen = seen || cases[i] == 'U'
		switch {
		case k == 0 && upper(i) != first:
			k = i
		case k > 0 && upper(i) == first:
			return 0, false
		}
	}
	if !seen {
		return 0, false
	}
	return k, first
}

// givenOdds is the logarithm in base 2 of how much more often a word is a
// given name than a surname.
func givenOdds(word []byte) int {
	const (
		initial = 2
		unknown = -3
		never   = -10
	)
	if particle(word) {
		return never
	}
	if len(word) == 1 {
		return initial
	}
	if odds, ok := gazette.Given(word); ok {
		return odds
	}
	if i := bytes.IndexByte(word, '-'); i > 0 {
		if odds, ok := gazette.Given(word[:i]); ok {
			return odds
		}
	}
	return unknown
}

// particle reports whether a folded word is a particle of surnames.
func particle(word []byte) bool {
	switch string(word) {
	case "DE", "DU", "DES", "D", "LA", "LE", "LES", "L", "DA", "DAS", "DO", "DOS", "DI", "DEL", "DELLA", "DELLE", "DELLO",
		"VAN", "VON", "VANDER", "VANDEN", "DER", "DEN", "TER", "TEN", "ZU", "ZUM", "ZUR", "EL", "AL", "BEN", "IBN", "BINT", "OULD", "MC", "MAC", "O", "Y", "E", "I":
		return true
	}
	return false
}

func (s *Splitter) composeFullName() []byte {
	surname, given := bytes.Clone(s.composeSurname()), s.composeGiven(nil)
	switch {
	case len(surname) == 0:
		return given
	case len(given) > 0:
		return append(append(surname, ", "...), given...)
	case bytes.IndexByte(surname, ' ') > 0:
		// The comma says that all of it is the surname.
		return append(surname, ',')
	}
	return surname
}
