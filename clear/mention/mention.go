// Package mention finds identifiers of people inside free text: notes,
// comments, bodies of messages, in French and English. A number is reported only
// where something beside its length speaks for it: a check key, an issuer, the
// grouping that only such numbers have, or a word in front that says what it is.
// Years, amounts, order and parcel numbers, versions and hashes are none.
//
// What is looked for, and what it takes:
//
//	e-mails          an address, "name [at] domain [dot] fr" too
//	phones           ten digits from 0 alone or in the groups people write, or a
//	                 country code that libphonenumber knows; not behind "order"
//	NIR              15 characters whose key fits; without key only behind "NIR"
//	IBAN             any country's length, its key fitting; a RIB behind "RIB"
//	payment cards    issuer, length and Luhn digit; the short ones behind "card"
//	tax numbers, identity cards, passports, licences, birth dates
//	                 only behind a word that says so
//
// The text is read once, from left to right; where two readings overlap, the
// one that begins first wins, and of those the one that a key confirms. Nothing
// is allocated for a text that holds nothing.
package mention

import (
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
)

// Most is how many mentions of one text are told; the others are counted.
const Most = 1000

// Mention is one identifier in a text.
type Mention struct {
	Kind     kind.Kind
	From, To int    // bytes in the text
	Text     []byte // canonical, as clear/field has it for the kind
	Checked  bool   // a key or check digit confirms it
}

// Finder looks texts through. It keeps its buffers from text to text: use one
// per goroutine. Its zero value is ready.
type Finder struct {
	split field.Splitter
	found []Mention
	more  int
	buf   []byte // canonical texts of found
	plain []byte // a candidate without what stands between its characters

	text  []byte
	last  int // end of the last mention
	asked int // questions to libphonenumber
	run   run
	near  near // the word in front of run, once it was looked for
	seen  bool
}

// Find returns the mentions in text in their order, at most Most, and how many
// more there are. They are void after the next call.
func (f *Finder) Find(text []byte) (found []Mention, more int) {
	f.text, f.last, f.asked = text, 0, 0
	f.found, f.more, f.buf = f.found[:0], 0, f.buf[:0]
	for i := 0; ; {
		for i < len(text) && triggers[text[i]] == 0 {
			i++
		}
		if i == len(text) {
			break
		}
		switch c := text[i]; {
		case c == '@':
			i = f.mail(i)
		case digit(c):
			i = f.number(i)
		default:
			i = f.spelt(i)
		}
	}
	f.text = nil
	return f.found, f.more
}

// triggers are the characters at which a closer look begins.
var triggers = [256]uint8{
	'@': 1, '[': 1, '(': 1, '{': 1,
	'0': 1, '1': 1, '2': 1, '3': 1, '4': 1, '5': 1, '6': 1, '7': 1, '8': 1, '9': 1,
}

// add reports raw, which stands in the text from one place to another, if it is
// a value of kind k that accept takes. Where it is not, the text goes on.
func (f *Finder) add(k kind.Kind, raw []byte, from, to int, checked bool, accept func(field.Validity, field.Reason) bool) bool {
	if from < f.last {
		return false
	}
	parts, validity, reason := f.split.Split(k, 1, raw)
	if !accept(validity, reason) {
		return false
	}
	for _, p := range parts {
		if p.Column.Kind != k || p.Column.Role != token.Whole {
			continue
		}
		f.last = to
		if len(f.found) == Most {
			f.more++
			return true
		}
		at := len(f.buf)
		f.buf = append(f.buf, p.Text...)
		f.found = append(f.found, Mention{Kind: k, From: from, To: to, Text: f.buf[at:len(f.buf):len(f.buf)], Checked: checked})
		return true
	}
	return false
}

// What is accepted of what the field package says.

func valid(v field.Validity, _ field.Reason) bool { return v == field.Valid }

func usable(v field.Validity, _ field.Reason) bool { return v == field.Valid || v == field.Odd }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func alnum(c byte) bool { return digit(c) || letter(c) }

// at is the character at a place, or a line's end outside of the text.
func (f *Finder) at(i int) byte {
	if i < 0 || i >= len(f.text) {
		return '\n'
	}
	return f.text[i]
}

// blank is the length of a blank at i: a space, or one that does not break.
func (f *Finder) blank(i int) int {
	switch f.at(i) {
	case ' ':
		return 1
	case 0xC2:
		if f.at(i+1) == 0xA0 {
			return 2
		}
	case 0xE2:
		if f.at(i+1) == 0x80 && (f.at(i+2) == 0xAF || f.at(i+2) == 0x89) {
			return 3
		}
	}
	return 0
}
