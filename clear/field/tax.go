package field

import "constat.example/blind/kind"

// taxNumber reads a French tax number (numéro fiscal, SPI): 13 digits, the
// first 0 to 3, the last three the first ten modulo 511. Older numbers carry no
// such key, so a mismatch is odd, not invalid.
func (s *Splitter) taxNumber(text []byte) (Validity, Reason) {
	how, clean := s.number(text)
	if zeros(s.out) {
		return Empty, NoReason
	}
	if len(s.out) == 12 && digits(s.out) {
		s.out = append(s.out, 0)
		copy(s.out[1:], s.out[:12])
		s.out[0] = '0'
		if !taxKey(s.out) { // not a lost zero after all
			s.out = append(s.out[:0], s.out[1:]...)
		} else {
			how = ZeroLost
		}
	}
	if len(s.out) < 8 || len(s.out) > 18 || how == DigitsLost {
		s.bare()
		return Invalid, Length
	}
	s.ends(kind.TaxNumber, 6)
	switch {
	case len(s.out) != 13:
		return Invalid, Length
	case !clean || !digits(s.out) || s.out[0] > '3':
		return Invalid, Shape
	case !taxKey(s.out):
		return Odd, KeyMismatch
	}
	return odd(how)
}

func taxKey(number []byte) bool { return value(number[:10])%511 == value(number[10:]) }

// siret reads a SIRET (14 digits), a SIREN (9) or a French VAT number, whose
// SIREN it keeps. Both carry a Luhn digit; those of La Poste's offices sum to a
// multiple of five instead.
func (s *Splitter) siret(text []byte) (Validity, Reason) {
	how, clean := s.number(text)
	if zeros(s.out) {
		return Empty, NoReason
	}
	n := len(s.out)
	switch {
	case n == 13 && string(s.out[:2]) == "FR" && digits(s.out[4:]): // FR, key, SIREN
		s.out = append(s.out[:0], s.out[4:]...)
	case n > 12 && string(s.out[:3]) == "RCS" && digits(s.out[n-9:]):
		s.out = append(s.out[:0], s.out[n-9:]...)
	case (n == 13 || n == 8) && digits(s.out):
		s.out = append(s.out, 0)
		copy(s.out[1:], s.out[:n])
		s.out[0] = '0'
		if !luhn(s.out) {
			s.out = append(s.out[:0], s.out[1:]...)
		} else {
			how = ZeroLost
		}
	}
	if n < 8 || n > 40 || how == DigitsLost {
		s.bare()
		return Invalid, Length
	}
	s.one(kind.SIRET)
	switch {
	case !clean || !digits(s.out):
		return Invalid, Shape
	case len(s.out) != 9 && len(s.out) != 14:
		return Invalid, Length
	case !luhn(s.out) && !laPoste(s.out):
		return Invalid, KeyMismatch
	}
	return odd(how)
}

// luhn reports whether digits pass Luhn's check (ISO/IEC 7812-1).
func luhn(digits []byte) bool {
	sum := 0
	for i, c := range digits {
		d := int(c - '0')
		if (len(digits)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func laPoste(siret []byte) bool {
	if len(siret) != 14 || string(siret[:9]) != "356000000" {
		return false
	}
	sum := 0
	for _, c := range siret {
		sum += int(c - '0')
	}
	return sum%5 == 0
}
