package field

import (
	"bytes"
	"math/bits"
)

// frenchTypes and englishTypes are the street types long enough to be known
// when misspelt.
var (
	frenchTypes = [...]string{
		"AVENUE", "BOULEVARD", "ALLEE", "IMPASSE", "CHEMIN", "PLACE", "ROUTE", "SQUARE", "COURS", "PASSAGE", "FAUBOURG",
		"LOTISSEMENT", "RESIDENCE", "HAMEAU", "SENTIER", "ESPLANADE", "PROMENADE", "TRAVERSE", "RUELLE", "VENELLE", "DOMAINE",
		"QUARTIER", "CHAUSSEE",
	}
	englishTypes = [...]string{
		"STREET", "AVENUE", "CRESCENT", "CIRCUIT", "PLACE", "CLOSE", "COURT", "DRIVE", "ROAD", "LANE", "TERRACE", "PARADE", "GROVE",
		"HIGHWAY", "BOULEVARD", "SQUARE", "GARDENS", "PARKWAY",
	}
)

// untyped takes the type off the words of a street: in front as in French, at
// the end as in English; spelt as canonical streets have it, else with a typing
// error, parted in two, or run into the word beside it.
func untyped(words [][]byte) [][]byte {
	n := len(words)
	if n == 0 {
		return words
	}
	if n > 1 {
		switch {
		case streetType(words[0]) != "":
			return words[1:]
		case englishType(words[n-1]) != "":
			return words[:n-1]
		case misspelt(words[0], frenchTypes[:]):
			return words[1:]
		case misspelt(words[n-1], englishTypes[:]):
			return words[:n-1]
		case n > 2 && misspelt(bytes.Join(words[n-2:], nil), englishTypes[:]):
			return words[:n-2]
		}
	}
	for _, t := range frenchTypes {
		if rest := len(words[0]) - len(t); len(t) >= 5 && rest >= 2 && string(words[0][:len(t)]) == t {
			return append([][]byte{words[0][len(t):]}, words[1:]...)
		}
	}
	for _, t := range englishTypes {
		last := words[n-1]
		if rest := len(last) - len(t); len(t) >= 5 && rest >= 3 && typos(last[rest:], t) <= len(t)/6 {
			return append(append(make([][]byte, 0, n), words[:n-1]...), last[:rest])
		}
	}
	return words
}

// misspelt reports whether word is one of types with a typing error, or with two
// in a long one.
func misspelt(word []byte, types []string) bool {
	if len(word) < 4 || len(word) > longestType {
		return false
	}
	letters := lettersOf(string(word))
	for _, t := range types {
		most := 1
		if len(t) >= 7 {
			most = 2
		}
		if off := len(word) - len(t); off < -most || off > most {
			continue
		}
		// An error changes two letters at most, which is quickly seen.
		if bits.OnesCount32(letters^lettersOf(t)) <= 2*most && typos(word, t) <= most {
			return true
		}
	}
	return false
}

// lettersOf is the set of the letters of word, as a mask.
func lettersOf(word string) uint32 {
	mask := uint32(0)
	for i := range len(word) {
		mask |= 1 << (word[i] & 31)
	}
	return mask
}

// longestType is the longest word that may be a street type.
const longestType = 16

// typos counts the typing errors that make b of a: letters wrong, missing or
// added, neighbours swapped (the restricted distance of Damerau and
// Levenshtein). It is large where the lengths say so.
func typos(a []byte, b string) int {
	if len(a) > longestType || len(b) > longestType {
		return longestType
	}
	var rows [longestType + 1][longestType + 1]int
	for i := range len(a) + 1 {
		for j := range len(b) + 1 {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
				continue
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], 1+rows[i-2][j-2])
			}
		}
	}
	return rows[len(a)][len(b)]
}
