package fold

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Set is a set of ASCII characters.
type Set [utf8.RuneSelf]bool

// SetOf returns the set of the characters of s, which are ASCII.
func SetOf(s string) *Set {
	var set Set
	for i := range len(s) {
		set[s[i]] = true
	}
	return &set
}

// Has reports whether c is in s.
func (s *Set) Has(c byte) bool { return c < utf8.RuneSelf && s[c] }

// All reports whether text has no other characters than those of s.
func (s *Set) All(text []byte) bool {
	for _, c := range text {
		if !s.Has(c) {
			return false
		}
	}
	return true
}

// Index is the offset of the first character of s in text, or -1.
func (s *Set) Index(text []byte) int {
	for i, c := range text {
		if s.Has(c) {
			return i
		}
	}
	return -1
}

// Letter folds the letter that text begins with as Clean and Words would, if it
// is one of ASCII or of U+00C0 to U+00FF with one plain letter below it, and says
// how many bytes it takes; n is 0 for anything else.
func Letter(text []byte) (folded byte, n int) {
	if len(text) == 0 {
		return 0, 0
	}
	if folded = plainUpper[text[0]]; folded >= 'A' {
		return folded, 1
	}
	if text[0] == 0xC3 && len(text) > 1 && text[1]&0xC0 == 0x80 {
		if folded = latin[text[1]&0x3F]; folded >= 'A' {
			return folded, 2
		}
	}
	return 0, 0
}

// plainUpper is ASCII letters in upper case, and digits; 0 for all other bytes.
var plainUpper = func() (table [256]byte) {
	for c := range table {
		if isAlnum(byte(c)) {
			table[c] = upper(byte(c))
		}
	}
	return table
}()

// Words appends text as upper-case words with one space between them: accents
// dropped, ligatures opened (Œ is OE, ß is SS), Greek and Cyrillic
// transliterated after ICAO Doc 9303; letters of other scripts stay, in upper
// case. The characters of keep stay as they are; all others part words.
func Words(dst, text []byte, keep *Set) []byte {
	start := len(dst)
	blank := true // whether a space would be the second in a row
	for i := 0; i < len(text); {
		c := text[i]
		if folded := plainUpper[c]; folded != 0 {
			i++
			dst = append(dst, folded)
			blank = false
			continue
		}
		if c < utf8.RuneSelf {
			i++
			switch {
			case keep[c]:
				dst = append(dst, c)
				blank = false
			case !blank:
				dst = append(dst, ' ')
				blank = true
			}
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		i += n
		before := len(dst)
		var known bool
		dst, known = appendLetter(dst, r)
		switch {
		case len(dst) > before:
			blank = false
		case !known && !blank:
			dst = append(dst, ' ')
			blank = true
		}
	}
	if len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// appendLetter appends r folded. known reports whether r is part of a word,
// even if nothing was appended for it: a mark, a hard sign.
func appendLetter(dst []byte, r rune) (out []byte, known bool) {
	switch {
	case r >= 0xC0 && r < 0x180:
		return appendLatin(dst, r)
	case unicode.Is(unicode.M, r):
		return dst, true
	}
	if s, ok := transliteration(r); ok {
		return append(dst, s...), true
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	if d := norm.NFKD.Properties(buf[:n]).Decomposition(); d != nil {
		for i := 0; i < len(d); {
			part, n := utf8.DecodeRune(d[i:])
			i += n
			switch {
			case part < utf8.RuneSelf && isAlnum(byte(part)):
				dst = append(dst, upper(byte(part)))
				known = true
			case part < utf8.RuneSelf, part == r: // punctuation inside a sign such as ㈱
			default:
				var k bool
				dst, k = appendLetter(dst, part)
				known = known || k
			}
		}
		return dst, known
	}
	if unicode.IsLetter(r) || unicode.IsDigit(r) {
		return utf8.AppendRune(dst, unicode.ToUpper(r)), true
	}
	return dst, false
}

// latin holds the base letters of U+00C0 to U+017F; a digit points into
// ligatures, a space is a sign that is no letter.
const latin = "AAAAAA0CEEEEIIII" + "DNOOOOO OUUUUY12" +
	"AAAAAA0CEEEEIIII" + "DNOOOOO OUUUUY1Y" +
	"AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIII33JJKKKLLLLLLLLLLNNNNNNN44" +
	"OOOOOO55RRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS"

var ligatures = [...]string{"AE", "TH", "SS", "IJ", "NG", "OE"}

func appendLatin(dst []byte, r rune) ([]byte, bool) {
	switch c := latin[r-0xC0]; {
	case c == ' ':
		return dst, false
	case c <= '9':
		return append(dst, ligatures[c-'0']...), true
	default:
		return append(dst, c), true
	}
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// Case appends text with every letter in upper or lower case, and composed.
func Case(dst, text []byte, to int) []byte {
	start := len(dst)
	ascii := true
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf {
			i++
			switch {
			case to == unicode.UpperCase:
				c = upper(c)
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		i += n
		ascii = false
		dst = utf8.AppendRune(dst, unicode.To(to, r))
	}
	if !ascii && !norm.NFC.IsNormal(dst[start:]) {
		return append(dst[:start], norm.NFC.Bytes(dst[start:])...)
	}
	return dst
}
