package field

import (
	"bytes"
	"strings"

	"constat.example/blind/kind"
)

// ibanLengths are the lengths of the IBANs of the SWIFT registry, release 101:
// country, then length.
const ibanLengths = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28" +
	"EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20" +
	"LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29" +
	"RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30"

// IBANLength is the length of a country's IBANs, by its code of two capitals, or 0.
func IBANLength(country string) int {
	for i := 0; i < len(ibanLengths); i += 4 {
		if strings.HasPrefix(ibanLengths[i:], country) {
			return value([]byte(ibanLengths[i+2 : i+4]))
		}
	}
	return 0
}

// iban reads a bank account: an IBAN of any country (ISO 13616), or a French RIB,
// to which it adds country and check digits.
func (s *Splitter) iban(text []byte) (Validity, Reason) {
	var clean bool
	s.out, clean = s.pressed(text)
	for bytes.HasPrefix(s.out, []byte("IBAN")) {
		s.out = append(s.out[:0], bytes.TrimLeft(s.out[4:], ":")...)
		_, clean = compact(nil, s.out)
	}
	if zeros(s.out) {
		return Empty, NoReason
	}
	n := len(s.out)
	if masked(s.out) {
		s.bare()
		return Odd, Masked
	}
	if n < 8 || n > 40 {
		s.bare()
		return Invalid, Length
	}
	reason := NoReason
	if n == 23 && clean && ribFits(s.out) {
		s.out = append(s.out, "    "...)
		copy(s.out[4:], s.out[:23])
		copy(s.out, "FR00")
		check := 98 - mod97(s.out)
		s.out[2], s.out[3] = '0'+byte(check/10), '0'+byte(check%10)
		n, reason = 27, BareRIB
	}
	// The ends keep their length when a character is missing or added.
	switch {
	case n >= 23:
		s.ends(kind.IBAN, 11)
	case n >= 14:
		s.ends(kind.IBAN, 7)
	default:
		s.ends(kind.IBAN, n/2)
	}
	switch {
	case !clean || !isUpper(s.out[0]) || !isUpper(s.out[1]) || !isDigit(s.out[2]) || !isDigit(s.out[3]):
		return Invalid, Shape
	case mod97(s.out) != 1:
		return Invalid, KeyMismatch
	}
	length := IBANLength(string(s.out[:2]))
	french := string(s.out[:2]) == "FR" || string(s.out[:2]) == "MC"
	switch {
	case length == 0:
		return Odd, Unlisted
	case n != length:
		return Invalid, Length
	case french && !ribFits(s.out[4:]):
		return Odd, KeyMismatch
	}
	return odd(reason)
}

// masked reports whether part of an account number is starred or crossed out.
func masked(number []byte) bool {
	return bytes.IndexByte(number, '*') >= 0 || bytes.Contains(number, []byte("XXX")) || bytes.Contains(number, []byte("###"))
}

// mod97 is the remainder by 97 of an IBAN with its first four characters put
// last and letters counted from A = 10 (ISO 7064, MOD 97-10).
func mod97(iban []byte) int {
	n := 0
	for i := range iban {
		c := iban[(i+4)%len(iban)]
		switch {
		case isDigit(c):
			n = (n*10 + int(c-'0')) % 97
		case isUpper(c):
			n = (n*100 + int(c-'A') + 10) % 97
		default:
			return 0
		}
	}
	return n
}

// ribFits reports whether 23 characters are a French RIB: bank 5, branch 5,
// account 11, key 2, where 89·bank + 15·branch + 3·account + key is a multiple
// of 97 with letters A, J = 1; B, K, S = 2; … I, R, Z = 9.
func ribFits(rib []byte) bool {
	if len(rib) != 23 || !digits(rib[:10]) || !digits(rib[21:]) {
		return false
	}
	account := 0
	for _, c := range rib[10:21] {
		d := 0
		switch {
		case isDigit(c):
			d = int(c - '0')
		case c >= 'A' && c <= 'I':
			d = int(c-'A') + 1
		case c >= 'J' && c <= 'R':
			d = int(c-'J') + 1
		case c >= 'S' && c <= 'Z':
			d = int(c-'S') + 2
		default:
			return false
		}
		account = account*10 + d
	}
	return (89*value(rib[:5])+15*value(rib[5:10])+3*account+value(rib[21:]))%97 == 0
}
