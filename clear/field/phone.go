package field

import (
	"bytes"

	"github.com/nyaruka/phonenumbers"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/internal/fold"
)

// phone reads a phone number; its canonical form is E.164. French numbers, with
// any separators, take a short way; libphonenumber reads the rest, as from
// France. Numbers that nobody was allotted are valid all the same: registers
// hold many, and fiction has its own.
func (s *Splitter) phone(text []byte) (Validity, Reason) {
	text, how := numeral(s.spare[:0], text)
	if how == DigitsLost {
		s.out = append(s.out, text...)
		s.bare()
		return Invalid, DigitsLost
	}
	var plus bool
	plus, text = s.dialled(text)
	if len(s.out) > 15 {
		// Several numbers in the cell: the first one.
		if i := bytes.IndexAny(text, "/;,|\n"); i > 0 {
			s.out = s.out[:0]
			plus, text = s.dialled(text[:i])
			how = Several
		}
	}
	switch {
	case len(s.out) == 0:
		s.out = fold.Words(s.out, text, noMarks)
		s.bare()
		return Invalid, Shape
	case zeros(s.out):
		return Empty, NoReason
	}
	plus = plus && s.out[0] != '0' // no country code begins so
	if national := frenchNumber(s.out, plus); national != nil {
		if len(s.out) == 9 && !plus {
			how = ZeroLost
		}
		return s.frenchPhone(national, how)
	}
	if len(s.out) < 6 {
		s.typed(plus)
		s.bare()
		return Invalid, Length
	}
	e164, possible, valid := foreignNumber(s.out, plus)
	if possible {
		s.out = append(s.out[:0], e164...)
		s.phoneParts()
		if valid {
			return odd(how)
		}
		return Odd, Foreign
	}
	s.typed(plus)
	if len(s.out) > 20 {
		s.bare()
		return Invalid, Length
	}
	s.phoneParts()
	return Invalid, Shape
}

// frenchPhone makes the nine significant digits of a French number, which may be
// in s.out, the canonical text.
func (s *Splitter) frenchPhone(national []byte, how Reason) (Validity, Reason) {
	// Overseas départements have country codes of their own.
	from := len(s.out)
	s.out = append(s.out, overseas(national)...)
	s.out = append(s.out, national...)
	s.out = s.out[:copy(s.out, s.out[from:])]
	s.phoneParts()
	n := s.out[len(s.out)-9:]
	switch {
	case n[0] == '8' && s.out[2] == '3':
		return Odd, Special
	case same(n[1:]):
		return Odd, Filler
	}
	return odd(how)
}

// typed puts the plus back before digits that are no number.
func (s *Splitter) typed(plus bool) {
	if plus {
		s.out = append(s.out, 0)
		copy(s.out[1:], s.out)
		s.out[0] = '+'
	}
}

func same(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}

// dialled appends to s.out the digits that text dials, without "(0)", a label
// in front or an extension behind, and reports whether a plus stands in front.
func (s *Splitter) dialled(text []byte) (plus bool, used []byte) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case isDigit(c):
			s.out = append(s.out, c)
		case c == '+' && len(s.out) == 0:
			plus = true
		case c == '(' && len(s.out) > 0 && i+2 < len(text) && text[i+1] == '0' && text[i+2] == ')':
			i += 2
		case (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && len(s.out) >= 8:
			return plus, text[:i]
		}
	}
	return plus, text
}

// frenchNumber returns the nine significant digits of a French number, or nil.
func frenchNumber(d []byte, plus bool) []byte {
	switch n := len(d); {
	case plus && n == 11 && d[0] == '3' && d[1] == '3':
		d = d[2:]
	case plus && n == 12 && string(d[:3]) == "330":
		d = d[3:]
	case plus:
		return nil
	case n == 10 && d[0] == '0' || n == 9:
		d = d[n-9:]
	case n == 11 && d[0] == '3' && d[1] == '3':
		d = d[2:]
	case n == 13 && string(d[:4]) == "0033":
		d = d[4:]
	case n == 14 && string(d[:5]) == "00330":
		d = d[5:]
	case n == 12 && string(d[:3]) == "330":
		d = d[3:]
	default:
		return nil
	}
	if d[0] == '0' {
		return nil
	}
	return d
}

// overseas is the country code, with its plus, of a number of the French plan
// (Arcep decision 2018-0881); 06 39 98 is kept for fiction.
func overseas(national []byte) string {
	switch string(national[:3]) {
	case "262", "263", "269", "692", "693":
		return "+262"
	case "639":
		if national[3] != '9' || national[4] != '8' {
			return "+262"
		}
	case "590", "690", "691":
		return "+590"
	case "594", "694":
		return "+594"
	case "596", "696", "697":
		return "+596"
	}
	return "+33"
}

// foreignNumber asks libphonenumber.
func foreignNumber(d []byte, plus bool) (e164 string, possible, valid bool) {
	text := string(d)
	if plus {
		text = "+" + text
	}
	number, err := phonenumbers.Parse(text, "FR")
	if err != nil || !phonenumbers.IsPossibleNumber(number) {
		return "", false, false
	}
	e164 = phonenumbers.Format(number, phonenumbers.E164)
	return e164, true, phonenumbers.IsValidNumber(number)
}

// phoneParts adds the number and its ends: the last four digits, and the first
// eight characters, which a digit missing at the other end does not shift.
func (s *Splitter) phoneParts() {
	s.one(kind.Phone)
	n := s.whole
	if n < 8 {
		return
	}
	s.spans = append(s.spans,
		span{kind.Phone, token.Head, 0, min(8, n-4)},
		span{kind.Phone, token.Tail, n - 4, n})
}
