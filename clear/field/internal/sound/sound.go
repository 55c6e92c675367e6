// Package sound writes how a name sounds in French, so that spellings of one
// sound meet: DUPONT and DUPOND, GAUTHIER and GOTIER, LEFEBVRE and LEFEVRE.
//
// The rules are our own, drawn from the published descriptions of three
// algorithms: FONEM (Bouchard, Brard, Lavoie, "FONEM: un code de transcription
// phonétique pour la reconstitution automatique des familles saguenayennes",
// Population 36-6, 1981), Phonex (Brouard, 1999) and Soundex-FR. A few rules
// make English names behave: WRIGHT and RIGHT, PHILLIPS and FILIPS.
package sound

// The letters of a key: consonants as usual, X for the sound of "ch", J for
// that of "ge", and A, E, I, O, U, W ("oi") for vowels; nasal vowels are 1
// (an, en), 2 (in, ain, un) and 3 (on).

// Key appends the key of word, whose characters other than upper-case letters
// A to Z are passed over. Words without any have no key.
func Key(dst, word []byte) []byte {
	var buf [64]byte
	w := buf[:0]
	for _, c := range word {
		if c < 'A' || c > 'Z' {
			continue
		}
		// Double letters sound like single ones, except EE and OO.
		if n := len(w); n > 0 && w[n-1] == c && c != 'E' && c != 'O' {
			if c == 'N' || c == 'M' {
				c = 'H' // keeps the vowel before from turning nasal, and is silent
			} else {
				continue
			}
		}
		w = append(w, c)
	}
	start := len(dst)
	w = ending(w)
	for i := 0; i < len(w); {
		var n int
		if vowel(w[i]) {
			dst, n = voice(dst, start, w, i)
		} else {
			dst, n = articulate(dst, start, w, i)
		}
		i += n
	}
	return dst
}

// mute is a silent E: not heard, but the consonant before it is (ANNE), and C
// and G before it are soft (LAURENCE, SERGE).
const mute = 'e'

// ending takes off the letters that French leaves silent at the end of words.
func ending(w []byte) []byte {
	n := len(w)
	switch {
	case n > 3 && w[n-1] == 'S' && w[n-2] == 'E':
		n--
		w[n-1] = mute
	case n > 2 && w[n-1] == 'E' && w[n-2] != 'E':
		w[n-1] = mute
	case n > 3 && (w[n-1] == 'R' || w[n-1] == 'Z') && w[n-2] == 'E':
		n-- // ROGER, like ROGE
	default:
		for n > 3 && silent(w[n-1]) && !(w[n-1] == 'H' && w[n-2] == 'C') {
			n--
		}
		if n > 4 && w[n-1] == 'L' && w[n-2] == 'U' && n < len(w) {
			n-- // RENAULT, like RENAUD
		}
	}
	return w[:n]
}

func silent(c byte) bool {
	return c == 'T' || c == 'D' || c == 'S' || c == 'X' || c == 'Z' || c == 'P' || c == 'H'
}

func vowel(c byte) bool {
	return c == 'A' || c == 'E' || c == 'I' || c == 'O' || c == 'U' || c == 'Y'
}

// at is the letter i places on, or 0.
func at(w []byte, i int) byte {
	if i < 0 || i >= len(w) {
		return 0
	}
	return w[i]
}

// put appends c unless the key under way already ends in it.
func put(dst []byte, start int, c byte) []byte {
	if len(dst) > start && dst[len(dst)-1] == c {
		return dst
	}
	return append(dst, c)
}

// nasal reports whether a vowel followed by the letter at i is nasal: N or M
// before a consonant or the end.
func nasal(w []byte, i int) bool {
	c := at(w, i)
	if c != 'N' && c != 'M' {
		return false
	}
	next := at(w, i+1)
	return !vowel(next) && next != mute && next != 'H' && next != 'N' && next != 'M'
}

// voice appends the vowel at w[i] and says how many letters it takes.
func voice(dst []byte, start int, w []byte, i int) ([]byte, int) {
	a, b, c := at(w, i), at(w, i+1), at(w, i+2)
	// Spellings of two or three letters, and what they sound like.
	code, n := byte(0), 1
	switch {
	case a == 'E' && b == 'A' && c == 'U':
		code, n = 'O', 3
	case a == 'O' && b == 'E' && c == 'U':
		code, n = 'E', 3
	case a == 'A' && b == 'U':
		code, n = 'O', 2
	case a == 'O' && (b == 'U' || b == 'O'):
		code, n = 'U', 2
	case a == 'O' && (b == 'I' || b == 'Y'):
		code, n = 'W', 2
	case a == 'O' && b == 'E', a == 'E' && b == 'U', a == 'E' && b == 'A':
		code, n = 'E', 2
	case a == 'E' && b == 'E':
		code, n = 'I', 2
	case (a == 'A' || a == 'E') && (b == 'I' || b == 'Y'):
		if nasal(w, i+2) {
			return put(dst, start, '2'), 3
		}
		code, n = 'E', 2
	case nasal(w, i+1):
		switch a {
		case 'A', 'E':
			code = '1'
		case 'O':
			code = '3'
		default:
			code = '2'
		}
		n = 2
	case a == 'Y':
		code = 'I'
	default:
		code = a
	}
	return put(dst, start, code), n
}

// soft reports whether c before this letter sounds like s, and g like j.
func soft(c byte) bool { return c == 'E' || c == 'I' || c == 'Y' || c == mute }

// articulate appends the consonant at w[i] and says how many letters it takes.
func articulate(dst []byte, start int, w []byte, i int) ([]byte, int) {
	a, b, c := at(w, i), at(w, i+1), at(w, i+2)
	switch a {
	case 'H', mute:
		return dst, 1
	case 'P':
		if b == 'H' {
			return put(dst, start, 'F'), 2
		}
	case 'S':
		switch {
		case b == 'C' && c == 'H':
			return put(dst, start, 'X'), 3
		case b == 'H':
			return put(dst, start, 'X'), 2
		case b == 'C' && soft(c):
			return put(dst, start, 'S'), 2
		}
	case 'C':
		switch {
		case b == 'H' && (c == 'R' || c == 'L' || c == 'N'):
			return put(dst, start, 'K'), 2
		case b == 'H':
			return put(dst, start, 'X'), 2
		case b == 'K' || b == 'Q':
			return dst, 1
		case soft(b):
			return put(dst, start, 'S'), 1
		}
		return put(dst, start, 'K'), 1
	case 'Q':
		if b == 'U' {
			return put(dst, start, 'K'), 2
		}
		return put(dst, start, 'K'), 1
	case 'G':
		switch {
		case b == 'N' && i > 0:
			return put(dst, start, 'N'), 2
		case b == 'H' && i > 0:
			return dst, 2 // WRIGHT, HUGH
		case b == 'U' && soft(c):
			return put(dst, start, 'G'), 2
		case b == 'E' && (c == 'O' || c == 'A'):
			return put(dst, start, 'J'), 2
		case soft(b):
			return put(dst, start, 'J'), 1
		}
	case 'T':
		if b == 'C' && c == 'H' {
			return dst, 1
		}
	case 'B':
		if b == 'V' {
			return dst, 1 // LEFEBVRE
		}
	case 'K':
		if b == 'N' && i == 0 {
			return dst, 1 // KNIGHT
		}
	case 'W':
		if b == 'R' && i == 0 {
			return dst, 1 // WRIGHT
		}
		return put(dst, start, 'V'), 1
	case 'X', 'Z':
		return put(dst, start, 'S'), 1
	}
	return put(dst, start, a), 1
}
