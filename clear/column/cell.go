package column

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// cell is one distinct value, taken apart once for all tests.
type cell struct {
	text   []byte // without blanks, invisible characters and spreadsheet dress around
	folded []byte // upper case, accents dropped, punctuation to single blanks
	words  int    // in folded

	digits, letters, blanks, others int // characters of text by class; others are punctuation
}

// undress is a cell as text: ="0123" and its quotes are a spreadsheet's way of
// keeping a zero; .0 after an integer a float's way of losing it.
func undress(raw []byte) []byte {
	t := bytes.TrimFunc(raw, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\uFEFF' || r >= '\u200B' && r <= '\u200F' || r >= '\u202A' && r <= '\u202E' || r == '\u2060'
	})
	t = bytes.TrimPrefix(t, []byte("="))
	if len(t) > 1 && (t[0] == '"' || t[0] == '\'') && t[len(t)-1] == t[0] {
		t = bytes.TrimSpace(t[1 : len(t)-1])
	}
	if whole, ok := bytes.CutSuffix(t, []byte(".0")); ok && len(whole) > 0 && allDigits(whole) {
		t = whole
	}
	return t
}

// read fills c from a raw cell, reusing its memory.
func (c *cell) read(raw []byte) {
	c.text = undress(raw)
	c.digits, c.letters, c.blanks, c.others = 0, 0, 0, 0
	c.folded = c.folded[:0]
	ascii := true
	for _, b := range c.text {
		if b >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		for _, b := range c.text {
			c.add(rune(b))
		}
	} else {
		for _, r := range norm.NFKD.String(string(c.text)) {
			switch {
			case unicode.Is(unicode.Mn, r):
			case r == 'œ' || r == 'Œ':
				c.add('O')
				c.add('E')
			default:
				c.add(r)
			}
		}
	}
	c.folded = bytes.TrimRight(c.folded, " ")
	c.words = 0
	if len(c.folded) > 0 {
		c.words = 1 + bytes.Count(c.folded, []byte(" "))
	}
}

func (c *cell) add(r rune) {
	switch {
	case r >= 'a' && r <= 'z':
		c.letters++
		c.folded = append(c.folded, byte(r)-'a'+'A')
		return
	case r >= 'A' && r <= 'Z':
		c.letters++
	case r >= '0' && r <= '9':
		c.digits++
	case r == ' ' || r == '\u00A0':
		c.blanks++
		r = ' '
	case r >= utf8.RuneSelf && unicode.IsLetter(r):
		c.letters++
		r = unicode.ToUpper(r)
	default:
		c.others++
		r = ' '
	}
	if r == ' ' {
		if n := len(c.folded); n > 0 && c.folded[n-1] != ' ' {
			c.folded = append(c.folded, ' ')
		}
		return
	}
	c.folded = utf8.AppendRune(c.folded, r)
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// compact is text without blanks, dots, hyphens and slashes, appended to buf.
func compact(buf, text []byte) []byte {
	for _, b := range text {
		switch b {
		case ' ', '.', '-', '/', '\t', '_':
		default:
			buf = append(buf, b)
		}
	}
	return buf
}
