package fold

import "unicode"

// cyrillic transliterates U+0410 to U+042F, after ICAO Doc 9303 part 3.
var cyrillic = [...]string{
	"A", "B", "V", "G", "D", "E", "ZH", "Z", "I", "I", "K", "L", "M", "N", "O", "P",
	"R", "S", "T", "U", "F", "KH", "TS", "CH", "SH", "SHCH", "IE", "Y", "", "E", "IU", "IA",
}

// cyrillicOther transliterates U+0400 to U+040F, the letters of other Slavic
// languages.
var cyrillicOther = [...]string{
	"E", "E", "D", "G", "IE", "DZ", "I", "I", "J", "LJ", "NJ", "C", "K", "I", "U", "DZ",
}

// greek transliterates U+0391 to U+03A9, with upsilon as in the usual OU.
var greek = [...]string{
	"A", "V", "G", "D", "E", "Z", "I", "TH", "I", "K", "L", "M", "N", "X", "O", "P",
	"R", "", "S", "T", "U", "F", "CH", "PS", "O",
}

// transliteration writes a Greek or Cyrillic letter, or a Latin one that does
// not decompose, in plain letters.
func transliteration(r rune) (string, bool) {
	switch r {
	case 'ς':
		return "S", true
	case 'Ґ', 'ґ':
		return "G", true
	case 'ẞ':
		return "SS", true
	case 'Ə', 'ə', 'Ɛ', 'ɛ', 'Ǝ', 'ǝ':
		return "E", true
	case 'Ƒ', 'ƒ':
		return "F", true
	case 'Ɔ', 'ɔ':
		return "O", true
	case 'Ɖ', 'ɖ', 'Ɗ', 'ɗ':
		return "D", true
	case 'Ɓ', 'ɓ':
		return "B", true
	}
	u := unicode.ToUpper(r)
	switch {
	case u >= 0x0410 && u <= 0x042F:
		return cyrillic[u-0x0410], true
	case u >= 0x0400 && u <= 0x040F:
		return cyrillicOther[u-0x0400], true
	case u >= 0x0391 && u <= 0x03A9:
		return greek[u-0x0391], true
	}
	return "", false
}
