package field

import (
	"unicode"

	"constat.example/blind/kind"
	"constat.example/clear/internal/fold"
)

// identifier reads a login (lower case), a record id or another identifier
// (upper case). Nothing else about it is changed, but for the ".0" of a number
// read as a float: leading zeros are part of it.
func (s *Splitter) identifier(k kind.Kind, text []byte, to int) (Validity, Reason) {
	text, how := numeral(s.spare[:0], text)
	s.words = fold.Case(s.words[:0], text, to)
	// What changed case may look like text misread, or like a number.
	for range 3 {
		clean, _ := s.cleaner.Clean(s.words, false)
		clean, _ = numeral(nil, clean)
		if string(clean) == string(s.words) {
			break
		}
		s.words = fold.Case(s.words[:0], append([]byte(nil), clean...), to)
	}
	s.out = append(s.out, s.words...)
	if len(s.out) == 0 {
		return Empty, NoReason
	}
	if k == kind.RecordID {
		s.one(k)
	} else {
		s.ends(k, (len(s.out)-1)/2)
	}
	if how == DigitsLost {
		return Odd, DigitsLost
	}
	if k == kind.Login && to == unicode.LowerCase && len(s.out) > 128 {
		return Odd, Length
	}
	return odd(how)
}
