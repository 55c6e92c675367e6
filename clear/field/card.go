package field

import "constat.example/blind/kind"

// issuers are the ranges of payment cards (ISO/IEC 7812-1, the schemes' own
// documents): the first digits, from and to, and the lengths their numbers have.
var issuers = [...]struct {
	from, to          int
	shortest, longest int
}{
	{4, 4, 16, 19},             // Visa; 13 digits are told apart in knownIssuer
	{51, 55, 16, 16},           // Mastercard
	{2221, 2720, 16, 16},       // Mastercard
	{34, 34, 15, 15},           // American Express
	{37, 37, 15, 15},           //
	{300, 305, 14, 19},         // Diners Club
	{3095, 3095, 14, 19},       //
	{36, 36, 14, 19},           //
	{38, 39, 14, 19},           //
	{6011, 6011, 16, 19},       // Discover
	{644, 659, 16, 19},         //
	{3528, 3589, 16, 19},       // JCB
	{62, 62, 16, 19},           // UnionPay
	{81, 81, 16, 19},           //
	{2200, 2204, 16, 19},       // Mir
	{5018, 5018, 12, 19},       // Maestro
	{5020, 5020, 12, 19},       //
	{5038, 5038, 12, 19},       //
	{5893, 5893, 12, 19},       //
	{6304, 6304, 12, 19},       //
	{6759, 6763, 12, 19},       //
	{508_500, 508_999, 16, 16}, // RuPay
	{606_985, 607_984, 16, 16}, //
	{979_200, 979_289, 16, 16}, // Troy
}

// paymentCard reads the number of a payment card, the PAN: 12 to 19 digits of a
// known issuer, the last a Luhn digit. Its canonical form is the digits. One
// whose middle is crossed out, as receipts have it, is no number to compare.
func (s *Splitter) paymentCard(text []byte) (Validity, Reason) {
	how, clean := s.number(text)
	n := len(s.out)
	switch {
	case zeros(s.out):
		return Empty, NoReason
	case masked(s.out):
		s.bare()
		return Odd, Masked
	case how == DigitsLost || n < 11 || n > 20:
		s.bare()
		if how == DigitsLost {
			return Invalid, DigitsLost
		}
		return Invalid, Length
	}
	// The ends overlap nowhere and leave the middle out: the head is little more
	// than the issuer, the tail is the person's.
	s.ends(kind.PaymentCard, 5)
	switch {
	case !clean || !digits(s.out):
		return Invalid, Shape
	case n < 12 || n > 19:
		return Invalid, Length
	case !luhn(s.out):
		return Invalid, KeyMismatch
	case !knownIssuer(s.out):
		return Odd, Unlisted
	}
	return odd(how)
}

// knownIssuer reports whether digits begin as an issuer's numbers of that
// length do.
func knownIssuer(number []byte) bool {
	n := len(number)
	if n == 13 && number[0] == '4' { // the first Visa cards
		return true
	}
	for _, r := range issuers {
		width := 1
		for limit := 10; r.from >= limit; limit *= 10 {
			width++
		}
		if first := value(number[:width]); first >= r.from && first <= r.to {
			return n >= r.shortest && n <= r.longest
		}
	}
	return false
}
