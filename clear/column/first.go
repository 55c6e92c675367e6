package column

import "strings"

// First is what the cells of a table's first row are, judged as possible names
// of columns. Values in a header's place would be told to people as names.
type First struct {
	Words  []bool // the cell says, in words of the lexicon, what a column holds
	Values []bool // the cell is a value, like those below it
	Even   bool   // a column of words without a check, such as names, is headed by a cell written as they are
}

// Header reports that the row names columns: more of its cells are words of
// headers than values; where none is either, no name heads a column of names.
func (f First) Header() bool {
	words, values := 0, 0
	for i := range f.Words {
		if f.Words[i] {
			words++
		}
		if f.Values[i] {
			values++
		}
	}
	return words > values || words == 0 && values == 0 && !f.Even
}

// proof are looks that no name of a column has.
var proof = []look{email, iban, nir, nirNoKey, tax, siret, card, phone, day, clocked, fiveDigits, ipAddress, hash}

// hints are looks that a name of a column may have by accident, when the words
// are not those of headers.
var hints = []look{givenName, surnameHit, fullName, cityHit, countryName, regionName, sexWord, extraLine, street}

// ReadFirst judges the cells of a first row by themselves and by the rows below
// it, of which a few dozen are enough.
func ReadFirst(first [][]byte, below [][][]byte) First {
	l := &looker{lists: loadLists()}
	f := First{Words: make([]bool, len(first)), Values: make([]bool, len(first))}
	for i, text := range first {
		if l.missing(text) {
			continue
		}
		own := l.looks(text)
		n, column := l.shares(i, below)
		f.Words[i] = !own.any(proof, 1) && (own[street] == 0 || own[numbered] == 0) && spoken(string(text))
		switch {
		case f.Words[i]:
		case own.any(proof, 1), own[street] > 0 && own[numbered] > 0, column.any([]look{email, iban, nir, tax, phone}, n/2):
			f.Values[i] = true
		default:
			for _, x := range hints {
				f.Values[i] = f.Values[i] || own[x] > 0 && (n == 0 || column[x]*5 >= n)
			}
		}
		f.Even = f.Even || !f.Words[i] && own[nameShaped] > 0 && column[nameShaped]*2 > n && l.written(text, i, below)
	}
	return f
}

// Telling reports, of names that came with a file, which may be values: of a
// person, and not words for what a column holds. A lone given name or town says
// little; several among the names do, and so do two values that can be nothing
// else: beside them only what is all words of headers is taken for a name.
func Telling(names []string) []bool {
	l := &looker{lists: loadLists()}
	telling, strange, weak, sure := make([]bool, len(names)), []int{}, []int{}, 0
	for i, name := range names {
		if l.missing([]byte(name)) {
			continue
		}
		own := l.looks([]byte(name))
		switch {
		case own.any(proof, 1), own[street] > 0 && own[numbered] > 0:
			telling[i] = true
			sure++
		case spoken(name):
			if readHeader(name).strangers > 0 {
				strange = append(strange, i)
			}
		case own[fullName] > 0:
			telling[i] = true
		case own[givenName] > 0, own[surnameHit] > 0, own[cityHit] > 0:
			weak = append(weak, i)
		default:
			strange = append(strange, i)
		}
	}
	const several, person = 3, 2
	if len(weak) < several && sure < person {
		weak = nil
	}
	if sure < person {
		strange = nil
	}
	for _, i := range append(weak, strange...) {
		telling[i] = true
	}
	return telling
}

// spoken reports that a name is made of the words of headers, for the most
// part, or is a place such as "column 3".
func spoken(name string) bool {
	h := readHeader(name)
	if h.absent {
		return strings.ContainsAny(name, "0123456789")
	}
	if !h.said && !h.other {
		return false
	}
	return h.strangers*2 < h.tokens || h.strangers == 1 && h.tokens == 2
}

// seen is how often each look was seen.
type seen [lookCount]float64

func (s *seen) any(looks []look, least float64) bool {
	for _, x := range looks {
		if s[x] > 0 && s[x] >= least {
			return true
		}
	}
	return false
}

func (l *looker) looks(text []byte) *seen {
	var s seen
	l.look(text, 1, (*[lookCount]float64)(&s))
	return &s
}

// shares counts the looks of the cells below, and the cells.
func (l *looker) shares(column int, below [][][]byte) (n float64, s seen) {
	for _, row := range below {
		if column < len(row) && !l.missing(row[column]) {
			l.look(row[column], 1, (*[lookCount]float64)(&s))
			n++
		}
	}
	return n, s
}

// written reports that a cell is written as one in twenty of those below it or
// more: in capitals, in small letters, with a capital first.
func (l *looker) written(text []byte, column int, below [][][]byte) bool {
	like, n := 0, 0
	for _, row := range below {
		if column < len(row) && !l.missing(row[column]) {
			n++
			if cased(row[column]) == cased(text) {
				like++
			}
		}
	}
	return like > 0 && like*20 >= n
}

// cased is how a text is written: 1 for a capital first, 2 for capitals after
// it, 4 for small letters.
func cased(text []byte) (how uint8) {
	for i, c := range text {
		switch {
		case c >= 'A' && c <= 'Z' && i == 0:
			how |= 1
		case c >= 'A' && c <= 'Z':
			how |= 2
		case c >= 'a' && c <= 'z':
			how |= 4
		}
	}
	return how
}
