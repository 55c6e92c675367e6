package field

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/clear/internal/fold"
	"constat.example/clear/internal/gazette"
)

var (
	placeMarks = fold.SetOf("/()")
	figures    = fold.SetOf("0123456789")
)

// place reads the name of a commune: SAINT and SUR spelt out; postcode, CEDEX
// and the number of an arrondissement left off.
func (s *Splitter) place(k kind.Kind, text []byte) (Validity, Reason) {
	s.words = fold.Words(s.words[:0], text, placeMarks)
	s.out = appendPlace(s.out, s.split(s.words))
	s.one(k)
	return nameValidity(s.out)
}

// appendPlace appends the canonical name of a commune. words are folded, with
// slashes and parentheses kept.
func appendPlace(dst []byte, words [][]byte) []byte {
	start := len(dst)
	depth := 0
	from := start // where the word under way starts
	flush := func() {
		switch word := dst[from:]; string(word) {
		case "":
			return
		case "ST":
			dst = append(dst[:from], "SAINT"...)
		case "STE":
			dst = append(dst[:from], "SAINTE"...)
		case "STS":
			dst = append(dst[:from], "SAINTS"...)
		case "CDX":
			dst = append(dst[:from], "CEDEX"...)
		}
		dst = append(dst, ' ')
		from = len(dst)
	}
	for _, word := range words {
		for i := 0; i < len(word); i++ {
			switch c := word[i]; {
			case c == '(':
				flush()
				depth++
			case c == ')':
				depth = max(depth-1, 0)
			case depth > 0: // what stands in parentheses is not the commune
			case c != '/':
				dst = append(dst, c)
			case string(dst[from:]) == "S" && i+1 < len(word) && word[i+1] == 'S' && (i+2 == len(word) || word[i+2] == '/'):
				dst = append(dst[:from], "SOUS "...) // s/s
				from = len(dst)
				i++
			case string(dst[from:]) == "S":
				dst = append(dst[:from], "SUR "...) // s/
				from = len(dst)
			default:
				flush()
			}
		}
		flush()
	}
	out := bytes.TrimRight(dst[start:], " ")
	out = communeOf(out)
	return append(dst[:start], out...)
}

// communeOf takes postcode, CEDEX and arrondissement off the folded name of a
// commune, as long as a word is left.
func communeOf(name []byte) []byte {
	for {
		// In front: a postcode.
		if i := bytes.IndexByte(name, ' '); i == 5 && digits(name[:5]) || i == 4 && digits(name[:4]) {
			name = name[i+1:]
			continue
		}
		if i := bytes.Index(name, []byte(" CEDEX")); i > 0 && (len(name) == i+6 || name[i+6] == ' ') {
			name = name[:i]
			continue
		}
		i := bytes.LastIndexByte(name, ' ')
		if i < 0 {
			return name
		}
		last := name[i+1:]
		switch string(last) {
		case "ARRONDISSEMENT", "ARRDT", "ARR", "ARDT", "ARRT", "EME", "ER", "E", "FRANCE":
			if string(last) == "E" && !endsInDigit(name[:i]) {
				return name
			}
			name = name[:i]
			continue
		}
		if ordinal(last) {
			name = name[:i]
			continue
		}
		return name
	}
}

func endsInDigit(b []byte) bool { return len(b) > 0 && isDigit(b[len(b)-1]) }

// ordinal reports whether word is a number, perhaps with the ending of an
// ordinal: 15, 8E, 1ER, 3EME.
func ordinal(word []byte) bool {
	i := 0
	for i < len(word) && isDigit(word[i]) {
		i++
	}
	if i == 0 {
		return false
	}
	switch string(word[i:]) {
	case "", "E", "ER", "EME", "ND", "IEME":
		return true
	}
	return false
}

// placeCode reads an INSEE code: département (01 to 95, 2A, 2B, 97, 98, or 99
// for abroad) and three characters. Its canonical form is the present code of the
// commune: those of merged ones, of Corsica and the Paris region before their
// départements were parted, and of arrondissements, change for nobody who moves.
func (s *Splitter) placeCode(k kind.Kind, text []byte) (Validity, Reason) {
	how, clean := s.number(text)
	if zeros(s.out) {
		return Empty, NoReason
	}
	if !clean || how == DigitsLost {
		s.bare()
		return Invalid, Shape
	}
	reason := NoReason
	switch {
	case len(s.out) == 4 && digits(s.out):
		s.out = append(s.out[:0], append([]byte{'0'}, s.out...)...)
		reason = ZeroLost
	case len(s.out) == 3 && digits(s.out) && k == kind.BirthPlaceCode && s.out[0] != '0':
		s.out = append(s.out[:0], append([]byte("99"), s.out...)...)
		reason = ZeroLost
	}
	if present, ok := gazette.PresentCode(s.out); ok {
		s.out = append(s.out[:0], present...)
	}
	s.one(k)
	if len(s.out) != 5 {
		return Invalid, Length
	}
	corsica := s.out[0] == '2' && (s.out[1] == 'A' || s.out[1] == 'B') && digits(s.out[2:])
	if !corsica && (!digits(s.out) || s.out[0] == '0' && s.out[1] == '0') {
		return Invalid, Shape
	}
	if string(s.out[:2]) == "96" {
		return Odd, SeriesRare // Tunisia and Morocco before their independence
	}
	return odd(reason)
}

// country reads a country: its canonical form is the ISO code of two letters,
// or the name where it is in no list.
func (s *Splitter) country(k kind.Kind, text []byte) (Validity, Reason) {
	s.words = fold.Words(s.words[:0], text, noMarks)
	if iso, ok := gazette.Country(s.words); ok {
		s.out = append(s.out, iso...)
		s.one(k)
		return Valid, NoReason
	}
	s.out = append(s.out, s.words...)
	s.one(k)
	if digits(s.out) {
		return Invalid, Unlisted
	}
	return Odd, Unlisted
}

// region reads a département or a région, or a state abroad: its canonical form
// is the code of the département, or the name.
func (s *Splitter) region(text []byte) (Validity, Reason) {
	s.words = fold.Words(s.words[:0], text, noMarks)
	words := s.split(s.words)
	candidates := [...][]byte{s.words, nil, nil}
	if len(words) > 1 { // "75 - Paris", "Paris (75)"
		candidates[1], candidates[2] = words[0], words[len(words)-1]
	}
	for i, name := range candidates {
		var padded [2]byte
		switch {
		case len(name) == 3 && name[0] == '0':
			name = name[1:]
		case len(name) == 1 && isDigit(name[0]):
			padded = [2]byte{'0', name[0]}
			name = padded[:]
		}
		if code, ok := gazette.Region(name); ok && (i == 0 || isDigit(code[0]) && isDigit(name[0])) {
			s.out = append(s.out, code...)
			s.one(kind.Region)
			return Valid, NoReason
		}
	}
	s.out = append(s.out, s.words...)
	s.one(kind.Region)
	return Odd, Unlisted
}

// postCode reads a postcode: five digits in France, their leading zero put
// back; others are kept without blanks, in upper case.
func (s *Splitter) postCode(text []byte) (Validity, Reason) {
	// "75001 PARIS"
	several := false
	if i := bytes.IndexByte(text, ' '); i == 5 && digits(text[:5]) && len(text) > 6 && !isDigit(text[6]) {
		text, several = text[:5], true
	}
	how, clean := s.number(text)
	if several {
		how = Several
	}
	if zeros(s.out) && len(s.out) < 6 {
		return Empty, NoReason
	}
	if i := figures.Index(s.out); i > 0 && len(s.out) == i+5 && digits(s.out[i:]) {
		if p := string(s.out[:i]); p == "F" || p == "FR" || p == "CP" {
			s.out = append(s.out[:0], s.out[i:]...)
		}
	}
	if n := len(s.out); (n == 3 || n == 4) && digits(s.out) {
		s.out = append(s.out, "00"[:5-n]...)
		copy(s.out[5-n:], s.out[:n])
		copy(s.out, "00"[:5-n])
		how = ZeroLost
	}
	switch {
	case !clean || how == DigitsLost || len(s.out) < 3 || len(s.out) > 10:
		s.bare()
		return Invalid, Shape
	case len(s.out) != 5 || !digits(s.out):
		s.one(kind.PostCode)
		if figures.Index(s.out) < 0 {
			return Invalid, Shape
		}
		return Odd, Foreign
	}
	onePostcode(s.out)
	s.one(kind.PostCode)
	if s.out[0] == '0' && s.out[1] == '0' || string(s.out[:2]) == "99" {
		return Odd, Foreign
	}
	return odd(how)
}

// onePostcode writes, in place, the postcode that half of the sixteenth
// arrondissement of Paris has beside its own as the other one: the streets are the same.
func onePostcode(code []byte) {
	if string(code) == "75116" {
		code[2] = '0'
	}
}
