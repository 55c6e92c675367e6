package field

import (
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// nir reads a French social security number: sex, year and month of birth,
// département and commune of birth, rank; 13 characters, and a key of two
// digits. Rules: Cnam (nir-validation), service-public. Its canonical form is
// the 13 characters; a number of another length stays as typed.
func (s *Splitter) nir(text []byte) (Validity, Reason) {
	how, clean := s.number(text)
	n := len(s.out)
	if zeros(s.out) {
		return Empty, NoReason
	}
	if how == DigitsLost || n < 10 || n > 20 {
		s.bare()
		if how == DigitsLost {
			return Invalid, DigitsLost
		}
		return Invalid, Length
	}
	validity, reason := judgeNIR(s.out)
	if !clean {
		validity, reason = Invalid, Shape
	}
	if n == 15 && clean {
		s.out = s.out[:13]
	}
	s.nirParts()
	if validity == Valid {
		return odd(how)
	}
	return validity, reason
}

// nirParts makes all of s.out the canonical text, with its ends.
func (s *Splitter) nirParts() {
	s.one(kind.NIR)
	// Head and tail are cut at fixed places from either end, so that a missing
	// or added character leaves one of them whole.
	s.spans = append(s.spans,
		span{kind.NIR, token.Head, 0, min(7, s.whole)},
		span{kind.NIR, token.Tail, max(0, s.whole-6), s.whole})
}

func judgeNIR(number []byte) (Validity, Reason) {
	if len(number) != 13 && len(number) != 15 {
		return Invalid, Length
	}
	corsica := number[5] == '2' && (number[6] == 'A' || number[6] == 'B')
	for i, c := range number {
		if !isDigit(c) && !(i == 6 && corsica) {
			return Invalid, Shape
		}
	}
	if len(number) == 15 && value(number[13:]) != NIRKey(number[:13]) {
		return Invalid, KeyMismatch
	}
	switch number[0] {
	case '1', '2':
	case '3', '4':
		return Odd, SeriesRare
	case '5', '6', '7', '8': // MIG, NNP, NIA: what follows is no date or place
		return Odd, Provisional
	default:
		return Invalid, Shape
	}
	month := value(number[3:5])
	switch {
	case month == 0 || month > 12 && month < 20:
		return Invalid, MonthWrong
	case number[5] == '0' && number[6] == '0':
		return Invalid, Shape
	case month >= 20:
		return Odd, MonthUnknown
	case len(number) == 13:
		return Odd, KeyMissing
	}
	return Valid, NoReason
}

// NIRKey is the key of the 13 characters of a NIR: 97 less the remainder of
// their number by 97, where 2A counts as 19 and 2B as 18.
func NIRKey(number []byte) int {
	n := 0
	for i, c := range number {
		switch {
		case i == 6 && c == 'A': // 2A is 19: the 2 was counted, so one is taken off
			n = n*10 - 1
		case i == 6 && c == 'B':
			n = n*10 - 2
		default:
			n = n*10 + int(c-'0')
		}
	}
	return 97 - n%97
}
