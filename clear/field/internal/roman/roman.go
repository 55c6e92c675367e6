// Package roman brings a name to the one spelling that several ways of
// writing it in plain letters come to: Arabic and Slavic names as French,
// English or Polish clerks wrote them down (OUALID and WALID, DJAMEL and JAMEL,
// TCHEKHOV and CHEKHOV), German ones with and without their marks (MUELLER and
// MÜLLER).
//
// It is coarser than the name and finer than its sound: names that French
// merely pronounces alike stay apart. The rules are our own, from how the
// romanisations of ICAO Doc 9303, of civil registries in North Africa and of French
// usage differ. What is usual in French is left as it is, and a name that the rules
// leave alone is its own key, so that most names cost nothing.
package roman

import "bytes"

// Key appends the one spelling of word, of which characters other than A to Z
// stay as they are. w is what W is taken for: 'U' as in English names of Arabs, 'V' as
// in Polish and German ones.
func Key(dst, word []byte, w byte) []byte {
	start := len(dst)
	dst, i := servant(dst, word)
	for i < len(word) {
		code, n := letter(word, i)
		if word[i] == 'W' && w == 'V' {
			code = "V"
		}
		i += n
		for k := range len(code) {
			// Whatever is doubled, in one spelling or another, is written once.
			if c := code[k]; len(dst) == start || dst[len(dst)-1] != c || c >= 0x80 {
				dst = append(dst, c)
			}
		}
	}
	return dst
}

// servant takes off ABD, "servant of", with the article that ties it to what
// follows, in all its vowels and with its L become the next letter: ABDEL KADER,
// ABDUL KADIR, ABDERRAHMANE.
func servant(dst, word []byte) ([]byte, int) {
	if len(word) < 7 || !bytes.HasPrefix(word, []byte("ABD")) || !vowel(word[3]) {
		return dst, 0
	}
	i := 4
	if word[3] == 'O' && word[4] == 'U' {
		i++
	}
	switch {
	case word[i] == 'L' && !vowel(word[i+1]):
		i++
	case !vowel(word[i]) && word[i+1] == word[i]:
		i++
	default:
		return dst, 0
	}
	return append(dst, "ABD"...), i
}

func vowel(c byte) bool {
	return c == 'A' || c == 'E' || c == 'I' || c == 'O' || c == 'U' || c == 'Y'
}

func at(w []byte, i int) byte {
	if i < 0 || i >= len(w) {
		return 0
	}
	return w[i]
}

// front reports whether C and G are soft before that letter.
func front(c byte) bool { return c == 'E' || c == 'I' || c == 'Y' }

// letter says what the letters at w[i] come to, and how many they are.
func letter(w []byte, i int) (code string, n int) {
	a, b, c := w[i], at(w, i+1), at(w, i+2)
	switch a {
	case 'H':
		return "", 1
	case 'W':
		return "U", 1
	case 'Y':
		return "I", 1
	case 'Q':
		if b == 'U' {
			return throat(c), 2
		}
		return throat(b), 1
	case 'O':
		switch {
		case b == 'U' || b == 'O':
			return "U", 2
		case b == 'E' && umlaut(w, i):
			return "O", 2
		}
	case 'U':
		if b == 'E' && umlaut(w, i) {
			return "U", 2
		}
	case 'A':
		switch {
		case b == 'E' && umlaut(w, i):
			return "A", 2
		case b == 'I' || b == 'Y':
			return "EI", 2
		}
	case 'E':
		switch b {
		case 'E':
			return "I", 2
		case 'Y':
			return "EI", 2
		}
	case 'C':
		return hard(b, c)
	case 'S':
		switch {
		case b == 'C' && c == 'H':
			return "CH", 3
		case b == 'H':
			return "CH", 2
		}
	case 'T':
		if b == 'C' && c == 'H' {
			return "CH", 3
		}
	case 'K':
		switch b {
		case 'S':
			return "X", 2
		case 'H':
			return throat(c), 2
		}
		return throat(b), 1
	case 'D':
		if b == 'J' {
			return "J", 2
		}
	case 'Z':
		if b == 'H' {
			return "J", 2
		}
	case 'P':
		if b == 'H' {
			return "F", 2
		}
	case 'G':
		switch {
		case b == 'H' && !front(c) && c != 0:
			return "R", 2
		case b == 'U' && c == 'E' && front(at(w, i+3)):
			return "G", 2 // SERGUEI; but GUERIN is not GERIN
		}
	case 'F':
		// IVANOFF and IVANOV.
		if b == 'F' && i+2 == len(w) && i > 3 && (w[i-1] == 'O' || w[i-1] == 'E') {
			return "V", 2
		}
	}
	return string(w[i : i+1]), 1
}

// throat is how French writes the sound of K before that letter.
func throat(next byte) string {
	if front(next) {
		return "K"
	}
	return "C"
}

// hard says what a C before b and c comes to.
func hard(b, c byte) (code string, n int) {
	switch {
	case b == 'H' && c != 0 && !vowel(c):
		return "C", 2
	case b == 'H', b == 'Z':
		return "CH", 2
	case b == 'K' || b == 'Q':
		return "", 1
	case front(b):
		return "S", 1
	}
	return "C", 1
}

// umlaut reports whether the E after w[i] may stand for the dots of a German
// vowel: before a consonant, but not in the endings of NOEL, MANUELLE, RAPHAEL.
func umlaut(w []byte, i int) bool {
	c := at(w, i+2)
	if c == 0 || vowel(c) {
		return false
	}
	switch string(w[i+2:]) {
	case "L", "LE", "LLE", "LA", "LLA", "S", "T", "TTE", "TTI", "Z":
		return false
	}
	return true
}
