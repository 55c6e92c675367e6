package field

import "constat.example/blind/kind"

// document reads the number of an identity card, a passport or a driving
// licence. Numbers of shapes that France does not issue are odd.
func (s *Splitter) document(k kind.Kind, text []byte) (Validity, Reason) {
	how, clean := s.number(text)
	n := len(s.out)
	if zeros(s.out) {
		return Empty, NoReason
	}
	if !clean || how == DigitsLost || n < 5 || n > 20 {
		s.bare()
		return Invalid, Shape
	}
	// The ends keep their length when a character is missing or added.
	if n <= 10 {
		s.ends(k, n/2-n/10) // 4 of 8, 9 and 10
	} else {
		s.ends(k, 5)
	}
	if !french(k, s.out) {
		if letters(s.out) {
			return Invalid, Shape
		}
		return Odd, Foreign
	}
	return odd(how)
}

// french reports whether a number has a shape that France issues: identity
// cards of 12 digits (year, month, département, rank) or of nine characters
// since 2021; passports and licences as cards, 12AB34567; licences of 12
// digits.
func french(k kind.Kind, number []byte) bool {
	n := len(number)
	card := n == 9 && digits(number[:2]) && isUpper(number[2]) && isUpper(number[3]) && digits(number[4:])
	switch k {
	case kind.IDCard:
		if n == 12 {
			month := 0
			if digits(number[2:4]) {
				month = value(number[2:4])
			}
			return digits(number[:4]) && month >= 1 && month <= 12 && digits(number[7:])
		}
		return n == 9 && !letters(number) && !digits(number)
	case kind.Permit:
		return card || n == 12 && digits(number)
	default:
		return card
	}
}

func letters(b []byte) bool {
	for _, c := range b {
		if isDigit(c) {
			return false
		}
	}
	return true
}
