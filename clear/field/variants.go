package field

import (
	"bytes"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/blind/token"
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
// names it is short for; its deletions; its sound.
func (v *variants) name(canonical []byte) {
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
	v.edits(joined)
	v.sound(joined)
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

// date yields a date with day and month swapped, its eight digits and those
// with one left out, and its components two by two.
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
		v.edits(figures)
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

// place yields a place without its leading article, and its deletions.
func (v *variants) place(canonical []byte) {
	words := appendWords(nil, canonical)
	if len(words) > 1 && article(words[0]) {
		v.form(appendJoined(nil, words[1:]))
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

// street yields a street without its box and without its type, and the
// deletions of its telling words: with those of type and particles, the lexicon
// would be half as large again.
func (v *variants) street(canonical []byte) {
	words := appendWords(nil, canonical)
	for i := 1; i < len(words)-1; i++ {
		if box(words[i]) {
			words = words[:i]
			v.form(appendJoined(nil, words))
			break
		}
	}
	if len(words) > 1 {
		if streetType(words[0]) != "" {
			words = words[1:]
		} else if englishType(words[len(words)-1]) != "" {
			words = words[:len(words)-1]
		}
		v.form(appendJoined(nil, words))
	}
	telling := make([][]byte, 0, len(words))
	for _, word := range words {
		if !particle(word) {
			telling = append(telling, word)
		}
	}
	v.edits(bytes.Join(telling, nil))
}
