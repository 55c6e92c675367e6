package field

import (
	"bytes"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field/internal/roman"
	"constat.example/clear/field/internal/sound"
	"constat.example/clear/internal/gazette"
)

// longestEdited is the longest text whose deletions are written out: their
// number and length both grow with it, and no name is longer.
const longestEdited = 48

// Variants yields the variants of a canonical value of family f, the value
// itself as Form first. Same input, same order; no variant twice in a class.
// The text yielded is void after yield returns. A text that is not as Split
// canonicalises it (see Part) has the variants of its words all the same.
func Variants(f kind.Family, canonical []byte, yield func(token.Class, []byte)) {
	if len(canonical) == 0 || f == kind.NoFamily {
		return
	}
	v := variants{yield: yield}
	v.form(canonical)
	switch f {
	case kind.Name:
		v.name(canonical)
	case kind.Date:
		v.date(canonical)
	case kind.Place:
		v.place(canonical)
	case kind.Street:
		v.street(canonical)
	}
}

// variants yields each variant once.
type variants struct {
	yield func(token.Class, []byte)
	forms [][]byte // those yielded, in order
}

// form yields a copy of text as Form, unless it was.
func (v *variants) form(text []byte) {
	for _, have := range v.forms {
		if bytes.Equal(have, text) {
			return
		}
	}
	if len(text) == 0 {
		return
	}
	v.forms = append(v.forms, bytes.Clone(text))
	v.yield(token.Form, v.forms[len(v.forms)-1])
}

// name yields a name without its particles, its parts, its parts joined, the
// names it is short for, the one spelling of its transliterations; its
// deletions; its sound.
func (v *variants) name(canonical []byte) {
	canonical = v.lettered(canonical)
	words := appendWords(nil, canonical)
	if len(words) > 1 {
		bareWords := make([][]byte, 0, len(words))
		for _, word := range words {
			if !particle(word) {
				bareWords = append(bareWords, saint(word))
			}
		}
		spelt := make([][]byte, 0, len(words))
		for _, word := range words {
			spelt = append(spelt, saint(word))
		}
		v.form(appendJoined(nil, spelt))
		v.form(appendJoined(nil, bareWords))
		v.form(bytes.Join(words, nil))
		v.form(bytes.Join(spelt, nil))
		if len(words) > 2 && particle(words[0]) {
			v.form(bytes.Join(spelt[1:], nil)) // DE LA TOUR and LATOUR
		}
		if len(bareWords) > 1 && len(bareWords) <= 8 {
			for _, word := range bareWords {
				if utf8.RuneCount(word) >= 3 && string(word) != "SAINT" && string(word) != "SAINTE" {
					v.form(word)
				}
			}
		}
	}
	for _, head := range gazette.Heads(canonical) {
		v.form([]byte(head))
	}
	joined := bytes.Join(words, nil)
	v.romanised(joined)
	v.edits(joined)
	v.sound(joined)
}

// romanised yields the spelling that transliterations of a name have in common:
// two where a W says too little of where it comes from.
func (v *variants) romanised(joined []byte) {
	if len(joined) > longestEdited {
		return
	}
	for _, w := range []byte("UV") {
		if key := roman.Key(nil, joined, w); len(key) >= leastSpelt {
			v.form(key)
		}
		if bytes.IndexByte(joined, 'W') < 0 {
			return
		}
	}
}

// leastSpelt is the shortest spelling that is compared: shorter ones are those of
// too many names.
const leastSpelt = 3

// lettered yields a name with the letters that its digits stand for, where one
// who typed or scanned it took them for one another, and returns it.
func (v *variants) lettered(name []byte) []byte {
	if bytes.IndexAny(name, "01568") < 0 {
		return name
	}
	name = bytes.Clone(name)
	for i, c := range name {
		switch c {
		case '0':
			name[i] = 'O'
		case '1':
			name[i] = 'I'
		case '5':
			name[i] = 'S'
		case '6':
			name[i] = 'G'
		case '8':
			name[i] = 'B'
		}
	}
	v.form(name)
	return name
}

// saint spells out ST and STE.
func saint(word []byte) []byte {
	switch string(word) {
	case "ST":
		return []byte("SAINT")
	case "STE":
		return []byte("SAINTE")
	}
	return word
}

// edits yields text and every text that leaves one character out of it.
func (v *variants) edits(text []byte) {
	if utf8.RuneCount(text) < 4 || len(text) > longestEdited {
		return
	}
	v.yield(token.Edit, text)
	buf := make([]byte, 0, len(text))
	last := rune(-1)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		// Leaving out either of two like neighbours gives the same.
		if r != last {
			buf = append(append(buf[:0], text[:i]...), text[i+n:]...)
			v.yield(token.Edit, buf)
		}
		last = r
		i += n
	}
}

func (v *variants) sound(text []byte) {
	if len(text) < 3 || len(text) > longestEdited {
		return
	}
	if key := sound.Key(nil, text); len(key) > 0 {
		v.yield(token.Sound, key)
	}
}

// date yields a date with day and month swapped and in the century next to
// its own, its eight digits and those with one left out, and its components two
// by two. Of a year alone those are its twelve months, so that it meets every
// date in it.
func (v *variants) date(canonical []byte) {
	figures := bytes.ReplaceAll(canonical, []byte("-"), nil)
	if len(canonical) != 10 || !digits(figures) || len(figures) != 8 {
		// Digits as typed, too few or too many.
		if digits(figures) {
			v.edits(figures)
		}
		return
	}
	year, month, day := canonical[:4], canonical[5:7], canonical[8:]
	m, d := value(month), value(day)
	if m >= 1 && m <= 12 && d >= 1 && d <= 12 {
		v.form(bytes.Join([][]byte{year, day, month}, []byte("-")))
	}
	known := func(component []byte) bool { return !zeros(component) }
	if known(year) && known(month) && known(day) {
		v.form(otherCentury(canonical))
		v.edits(figures)
	}
	if known(year) && !known(month) && !known(day) {
		for m := 1; m <= 12; m++ {
			v.yield(token.Sound, append(bytes.Clone(year), '-', '0'+byte(m/10), '0'+byte(m%10), '-'))
		}
	}
	for _, pair := range [...]struct {
		known bool
		parts [3][]byte
	}{
		{known(year) && known(month), [3][]byte{year, month, nil}},
		{known(year) && known(day), [3][]byte{year, nil, day}},
		{known(month) && known(day), [3][]byte{nil, month, day}},
	} {
		if pair.known {
			v.yield(token.Sound, bytes.Join(pair.parts[:], []byte("-")))
		}
	}
}

// otherCentury is the date a hundred years before or after, which the same two
// digits of a year stand for; nil where nobody living is born in that year.
func otherCentury(canonical []byte) []byte {
	year, shift := value(canonical[:4]), -100
	if year < 1900+pivot {
		shift = 100
	}
	if year += shift; year < 1900 || year > lastYear {
		return nil
	}
	d := date{year, value(canonical[5:7]), value(canonical[8:])}
	return d.append(nil)
}

// place yields a place without its leading article, the commune that it has
// become a part of, and its deletions.
func (v *variants) place(canonical []byte) {
	words := appendWords(nil, canonical)
	if len(words) > 1 && article(words[0]) {
		v.form(appendJoined(nil, words[1:]))
	}
	for _, now := range gazette.Merged(canonical) {
		v.form([]byte(now))
	}
	v.edits(bytes.Join(words, nil))
}

func article(word []byte) bool {
	switch string(word) {
	case "LE", "LA", "LES", "L":
		return true
	}
	return false
}

// street yields a street without its box and without its type, misspelt or run
// into its name as it may be, and the deletions of its telling words: with those
// of type and particles, the lexicon would be half as large again.
func (v *variants) street(canonical []byte) {
	words := appendWords(nil, canonical)
	for i := 1; i < len(words)-1; i++ {
		if box(words[i]) {
			words = words[:i]
			v.form(appendJoined(nil, words))
			break
		}
	}
	words = untyped(words)
	v.form(appendJoined(nil, words))
	telling := make([][]byte, 0, len(words))
	for _, word := range words {
		if !particle(word) {
			telling = append(telling, word)
		}
	}
	v.edits(bytes.Join(telling, nil))
}
