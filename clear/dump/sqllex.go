package dump

import (
	"bytes"
	"strings"
)

// sqlMode is how literals are written at a place of an SQL text.
type sqlMode struct {
	backslash bool // a backslash in quotes takes the next character's meaning away
	charset   charset
}

func blankByte(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0
}

// wordByte reports a character of names that need no quotes.
func wordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '#' || c == '@' || c >= 0x80
}

func blanks(text []byte, i int) int {
	for i < len(text) && blankByte(text[i]) {
		i++
	}
	return i
}

// quotedEnd is the offset past the quote that closes the one at i; -1 when text
// does not show it. A quote that ends text closes.
func quotedEnd(text []byte, i int, backslash bool) int {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch text[i] {
		case quote:
			if i+1 == len(text) || text[i+1] != quote {
				return i + 1
			}
			i++
		case '\\':
			if backslash {
				i++
			}
		}
	}
	return -1
}

// literalEnd is quotedEnd, heeding what stands before the quote: E'…' of
// PostgreSQL has backslashes, q'[…]' of Oracle quotes of its own.
func literalEnd(text []byte, i int, backslash bool) int {
	if text[i] != '\'' || i == 0 || !wordByte(text[i-1]) {
		return quotedEnd(text, i, backslash && text[i] != '`')
	}
	start := i
	for start > 0 && wordByte(text[start-1]) && i-start < 3 {
		start--
	}
	switch string(text[start:i]) {
	case "E", "e":
		return quotedEnd(text, i, true)
	case "q", "Q", "nq", "Nq", "NQ", "nQ":
		if i+1 == len(text) {
			return -1
		}
		if k := bytes.Index(text[i+2:], []byte{oracleClose(text[i+1]), '\''}); k >= 0 {
			return i + 2 + k + 2
		}
		return -1
	}
	return quotedEnd(text, i, backslash)
}

// oracleClose is the character that closes the one that opens an Oracle literal.
func oracleClose(c byte) byte {
	switch c {
	case '[':
		return ']'
	case '(':
		return ')'
	case '{':
		return '}'
	case '<':
		return '>'
	}
	return c
}

// maxTag is the longest tag of a dollar quote.
const maxTag = 64

// dollarTag is the length of the tag $…$ that opens a dollar quote at i; 0 when
// none does.
func dollarTag(text []byte, i int) int {
	if i > 0 && wordByte(text[i-1]) {
		return 0
	}
	for j := i + 1; j < len(text) && j-i < maxTag; j++ {
		c := text[j]
		if c == '$' {
			return j + 1 - i
		}
		if !wordByte(c) || j == i+1 && c >= '0' && c <= '9' {
			return 0
		}
	}
	return 0
}

// dollarEnd is the offset past the dollar quote that opens at i with a tag of
// that length; -1 when text does not show it.
func dollarEnd(text []byte, i, tag int) int {
	k := bytes.Index(text[i+tag:], text[i:i+tag])
	if k < 0 {
		return -1
	}
	return i + 2*tag + k
}

// lexer reads the head of a statement. short is set when the text ends before
// the head does.
type lexer struct {
	text  []byte
	i     int
	short bool
}

// space passes over blanks and comments.
func (l *lexer) space() {
	for {
		l.i = blanks(l.text, l.i)
		rest := l.text[l.i:]
		var n int
		switch {
		case bytes.HasPrefix(rest, []byte("--")):
			n = bytes.IndexByte(rest, '\n')
		case bytes.HasPrefix(rest, []byte("/*")) && !bytes.HasPrefix(rest, []byte("/*!")):
			if n = bytes.Index(rest, []byte("*/")); n >= 0 {
				n += 2
			}
		default:
			return
		}
		if n < 0 {
			l.i = len(l.text)
			return
		}
		l.i += n
	}
}

// peek is the next character that is not blank; 0 at the end.
func (l *lexer) peek() byte {
	l.space()
	if l.i >= len(l.text) {
		l.short = true
		return 0
	}
	return l.text[l.i]
}

// take passes over c where it comes next.
func (l *lexer) take(c byte) bool {
	if l.peek() != c {
		return false
	}
	l.i++
	return true
}

// word reads a word without quotes, in capitals; "" where something else stands.
func (l *lexer) word() string {
	l.peek()
	start := l.i
	for l.i < len(l.text) && wordByte(l.text[l.i]) {
		l.i++
	}
	if l.i == len(l.text) {
		l.short = true
	}
	return strings.ToUpper(string(l.text[start:l.i]))
}

// ahead is the word that comes next, which stays.
func (l *lexer) ahead() string {
	at := l.i
	w := l.word()
	l.i = at
	return w
}

// takeWords passes over those of the words that come next.
func (l *lexer) takeWords(words ...string) {
	for _, w := range words {
		if l.ahead() == w {
			l.word()
		}
	}
}

// part reads one part of a name, in quotes of any kind or without.
func (l *lexer) part() (string, bool) {
	c := l.peek()
	closing := c
	switch c {
	case '`', '"', '\'':
	case '[':
		closing = ']'
	default:
		start := l.i
		for l.i < len(l.text) && wordByte(l.text[l.i]) {
			l.i++
		}
		if l.i == len(l.text) {
			l.short = true
		}
		return string(l.text[start:l.i]), l.i > start
	}
	start := l.i + 1
	for i := start; i < len(l.text); i++ {
		if l.text[i] != closing {
			continue
		}
		if i+1 < len(l.text) && l.text[i+1] == closing {
			i++
			continue
		}
		l.i = i + 1
		if l.i == len(l.text) {
			l.short = true
		}
		return strings.ReplaceAll(string(l.text[start:i]), string([]byte{closing, closing}), string(closing)), true
	}
	l.i = len(l.text)
	l.short = true
	return "", false
}

// name reads a name of several parts joined by dots.
func (l *lexer) name() (string, bool) {
	name, ok := l.part()
	for ok && l.i < len(l.text) && l.text[l.i] == '.' {
		l.i++
		var more string
		if more, ok = l.part(); ok {
			name += "." + more
		}
	}
	return name, ok
}

// names reads a list of names in brackets, of which the first was taken.
func (l *lexer) names() ([]string, bool) {
	var all []string
	for {
		name, ok := l.name()
		if !ok {
			return nil, false
		}
		all = append(all, name)
		if l.take(',') {
			continue
		}
		return all, l.take(')')
	}
}
