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

// Varier works out the variants of canonical values. It keeps its buffers from
// value to value: use one per goroutine. Its zero value is ready.
type Varier struct {
	yield     func(token.Class, []byte)
	words     [][]byte // of the value
	bare      [][]byte // of them those that tell
	spelt     [][]byte // all, ST spelt out
	forms     []byte   // those yielded, one after another
	ends      []int    // where each ends in forms
	text      []byte   // variant under way
	shortened []byte   // text with a character left out
	letters   []byte   // a name with letters for its digits
}

// Vary yields the variants of a canonical value of family f, the value itself
// as Form first. Same input, same order; no variant twice in a class. The text
// yielded is void after yield returns. A text that is not as Split
// canonicalises it (see Part) has the variants of its words all the same.
func (v *Varier) Vary(f kind.Family, canonical []byte, yield func(token.Class, []byte)) {
	if len(canonical) == 0 || f == kind.NoFamily {
		return
	}
	v.yield, v.forms, v.ends = yield, v.forms[:0], v.ends[:0]
	v.words = appendWords(v.words[:0], canonical)
	v.form(canonical)
	switch f {
	case kind.Name:
		v.name(canonical)
	case kind.Date:
		v.date(canonical)
	case kind.Place:
		v.place(canonical)
	case kind.Street:
		v.street()
	}
}

// form yields text as Form, unless it was.
func (v *Varier) form(text []byte) {
	if len(text) == 0 {
		return
	}
	from := 0
	for _, end := range v.ends {
		if bytes.Equal(v.forms[from:end], text) {
			return
		}
		from = end
	}
	v.forms = append(v.forms, text...)
	v.ends = append(v.ends, len(v.forms))
	v.yield(token.Form, text)
}

// joined is the words in one, and spaced the words with blanks between them.
func (v *Varier) joined(words [][]byte) []byte {
	v.text = v.text[:0]
	for _, word := range words {
		v.text = append(v.text, word...)
	}
	return v.text
}

func (v *Varier) spaced(words [][]byte) []byte {
	v.text = appendJoined(v.text[:0], words)
	return v.text
}

// name yields a name without its particles, its parts, its parts joined, the
// names it is short for, the one spelling of its transliterations; its
// deletions; its sound.
func (v *Varier) name(canonical []byte) {
	canonical = v.lettered(canonical)
	if words := v.words; len(words) > 1 {
		v.bare, v.spelt = v.bare[:0], v.spelt[:0]
		for _, word := range words {
			full := saint(word)
			v.spelt = append(v.spelt, full)
			if !particle(word) {
				v.bare = append(v.bare, full)
			}
		}
		v.form(v.spaced(v.spelt))
		v.form(v.spaced(v.bare))
		v.form(v.joined(words))
		v.form(v.joined(v.spelt))
		if len(words) > 2 && particle(words[0]) {
			v.form(v.joined(v.spelt[1:])) // DE LA TOUR and LATOUR
		}
		if len(v.bare) > 1 && len(v.bare) <= 8 {
			for _, word := range v.bare {
				if utf8.RuneCount(word) >= 3 && string(word) != "SAINT" && string(word) != "SAINTE" {
					v.form(word)
				}
			}
		}
	}
	for _, head := range gazette.Heads(canonical) {
		v.text = append(v.text[:0], head...)
		v.form(v.text)
	}
	joined := v.joined(v.words)
	v.romanised(joined)
	v.edits(joined)
	v.sound(joined)
}

// romanised yields the spelling that transliterations of a name have in common:
// two where a W says too little of where it comes from.
func (v *Varier) romanised(joined []byte) {
	if len(joined) > longestEdited {
		return
	}
	for _, w := range [...]byte{'U', 'V'} {
		if v.shortened = roman.Key(v.shortened[:0], joined, w); len(v.shortened) >= leastSpelt {
			v.form(v.shortened)
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
// who typed or scanned it took them for one another, and returns it; its words
// are then those of the value.
func (v *Varier) lettered(name []byte) []byte {
	if !bytes.ContainsAny(name, "01568") {
		return name
	}
	v.letters = append(v.letters[:0], name...)
	for i, c := range v.letters {
		switch c {
		case '0':
			v.letters[i] = 'O'
		case '1':
			v.letters[i] = 'I'
		case '5':
			v.letters[i] = 'S'
		case '6':
			v.letters[i] = 'G'
		case '8':
			v.letters[i] = 'B'
		}
	}
	v.form(v.letters)
	v.words = appendWords(v.words[:0], v.letters)
	return v.letters
}

// saint spells out ST and STE.
func saint(word []byte) []byte {
	switch string(word) {
	case "ST":
		return sainte[:5]
	case "STE":
		return sainte
	}
	return word
}

var sainte = []byte("SAINTE")

// edits yields text and every text that leaves one character out of it.
func (v *Varier) edits(text []byte) {
	if utf8.RuneCount(text) < 4 || len(text) > longestEdited {
		return
	}
	v.yield(token.Edit, text)
	last := rune(-1)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		// Leaving out either of two like neighbours gives the same.
		if r != last {
			v.shortened = append(append(v.shortened[:0], text[:i]...), text[i+n:]...)
			v.yield(token.Edit, v.shortened)
		}
		last = r
		i += n
	}
}

func (v *Varier) sound(text []byte) {
	if len(text) < 3 || len(text) > longestEdited {
		return
	}
	if v.shortened = sound.Key(v.shortened[:0], text); len(v.shortened) > 0 {
		v.yield(token.Sound, v.shortened)
	}
}

// date yields a date with day and month swapped and in the century next to
// its own, its eight digits and those with one left out, and its components two
// by two. Of a year alone those are its twelve months, so that it meets every
// date in it.
func (v *Varier) date(canonical []byte) {
	figures := v.text[:0]
	for _, c := range canonical {
		if c != '-' {
			figures = append(figures, c)
		}
	}
	v.text = figures
	if len(canonical) != 10 || !digits(figures) || len(figures) != 8 {
		// Digits as typed, too few or too many.
		if digits(figures) {
			v.edits(figures)
		}
		return
	}
	year, month, day := canonical[:4], canonical[5:7], canonical[8:]
	var none []byte
	m, d := value(month), value(day)
	if m >= 1 && m <= 12 && d >= 1 && d <= 12 {
		v.form(v.dashed(year, day, month))
	}
	known := func(component []byte) bool { return !zeros(component) }
	if known(year) && known(month) && known(day) {
		v.shortened = appendOtherCentury(v.shortened[:0], canonical)
		v.form(v.shortened)
		v.edits(figures)
	}
	if known(year) && !known(month) && !known(day) {
		for m := byte(1); m <= 12; m++ {
			v.yield(token.Sound, v.dashed(year, []byte{'0' + m/10, '0' + m%10}, none))
		}
	}
	if known(year) && known(month) {
		v.yield(token.Sound, v.dashed(year, month, none))
	}
	if known(year) && known(day) {
		v.yield(token.Sound, v.dashed(year, none, day))
	}
	if known(month) && known(day) {
		v.yield(token.Sound, v.dashed(none, month, day))
	}
}

// dashed is three components of a date with dashes between them.
func (v *Varier) dashed(a, b, c []byte) []byte {
	v.shortened = append(append(append(append(append(v.shortened[:0], a...), '-'), b...), '-'), c...)
	return v.shortened
}

// appendOtherCentury appends the date a hundred years before or after, which the
// same two digits of a year stand for; nothing where nobody living is born in
// that year.
func appendOtherCentury(dst, canonical []byte) []byte {
	year, shift := value(canonical[:4]), -100
	if year < 1900+pivot {
		shift = 100
	}
	if year += shift; year < 1900 || year > lastYear {
		return dst
	}
	return date{year, value(canonical[5:7]), value(canonical[8:])}.append(dst)
}

// place yields a place without its leading article, the commune that it has
// become a part of, and its deletions.
func (v *Varier) place(canonical []byte) {
	if len(v.words) > 1 && article(v.words[0]) {
		v.form(v.spaced(v.words[1:]))
	}
	for _, now := range gazette.Merged(canonical) {
		v.text = append(v.text[:0], now...)
		v.form(v.text)
	}
	v.edits(v.joined(v.words))
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
func (v *Varier) street() {
	words := v.words
	for i := 1; i < len(words)-1; i++ {
		if box(words[i]) {
			words = words[:i]
			v.form(v.spaced(words))
			break
		}
	}
	words = untyped(words)
	v.form(v.spaced(words))
	v.bare = v.bare[:0]
	for _, word := range words {
		if !particle(word) {
			v.bare = append(v.bare, word)
		}
	}
	v.edits(v.joined(v.bare))
}
