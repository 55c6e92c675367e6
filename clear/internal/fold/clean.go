// Package fold cleans messy text and folds it to plain upper-case letters, so
// that what people typed on different machines, in different decades, meets.
package fold

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Damage says what had happened to a text before it reached us.
type Damage uint8

// Degrees of damage.
const (
	Intact   Damage = iota
	Repaired        // characters had been read in the wrong encoding; they were put back
	Lost            // replacement characters stand where others were
)

// Cleaner cleans texts and keeps its buffers between them: one per goroutine.
type Cleaner struct {
	text, spare []byte
}

// Clean returns src in composed Unicode without what is no part of a value:
// surrounding blanks and quotes, invisible and direction marks, the ="…" of
// spreadsheets. Blanks of every kind become spaces, dashes '-', apostrophes
// '\”, double quotes '"', full-width letters and foreign digits plain ones;
// bytes that are not UTF-8 are read as cp1252, and UTF-8 that had been read as
// cp1252 is put back. With lines, line ends stay as '\n'. The result aliases
// src or c, until its next call. Cleaning a clean text changes nothing.
func (c *Cleaner) Clean(src []byte, lines bool) ([]byte, Damage) {
	if plain(src) {
		return unwrap(src), Intact
	}
	damage := Intact
	c.text = decode(c.text[:0], src)
	for again := true; again; {
		var mended, dropped, lost bool
		c.swap(mend(c.spare[:0], c.text, &mended))
		if mended {
			// Each repair shortens the text, so this ends; text may have been
			// misread more than once.
			damage = max(damage, Repaired)
			continue
		}
		c.swap(simplify(c.spare[:0], c.text, lines, &dropped, &lost))
		if lost {
			damage = Lost
		}
		// What was dropped may have stood between the halves of a misread
		// character; composing may have made one.
		again = dropped
		if !ascii(c.text) && !norm.NFC.IsNormal(c.text) {
			c.swap(norm.NFC.Append(c.spare[:0], c.text...))
			again = true
		}
	}
	return unwrap(c.text), damage
}

// swap makes text, which was built in spare, the text.
func (c *Cleaner) swap(text []byte) { c.text, c.spare = text, c.text }

// plain reports whether b is printable ASCII and letters of U+00C0 to U+00FF
// throughout. No such text is another misread: behind a letter that UTF-8 begins
// with, something below them would have to stand.
func plain(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if c := b[i]; c-' ' > '~'-' ' {
			if c != 0xC3 || i+1 == len(b) || b[i+1]&0xC0 != 0x80 {
				return false
			}
			i++
		}
	}
	return true
}

// unwrap takes off blanks and quotes around b, as often as there are any, and
// the apostrophe by which spreadsheets mark text.
func unwrap(b []byte) []byte {
	for {
		b = trim(b)
		n := len(b)
		switch {
		case n >= 3 && b[0] == '=' && b[1] == '"' && b[n-1] == '"':
			b = b[2 : n-1]
		case n >= 2 && b[0] == '"' && b[n-1] == '"':
			b = b[1 : n-1]
		case n >= 2 && b[0] == '\'' && b[n-1] == '\'':
			b = b[1 : n-1]
		case n >= 2 && b[0] == '\'':
			b = b[1:]
		default:
			return b
		}
	}
}

func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\n') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\n') {
		b = b[:len(b)-1]
	}
	return b
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decode appends src as UTF-8, reading each byte that is none as cp1252.
func decode(dst, src []byte) []byte {
	if utf8.Valid(src) {
		return append(dst, src...)
	}
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		if r == utf8.RuneError && n == 1 {
			r = rune(src[0])
			if r < 0xA0 {
				r = cp1252[r-0x80]
			}
		}
		dst = utf8.AppendRune(dst, r)
		src = src[n:]
	}
	return dst
}

// simplify rewrites text character by character. dropped tells that some went
// without a trace, lost that replacement characters did.
func simplify(dst, text []byte, lines bool, dropped, lost *bool) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			i++
			switch {
			case c == '\n' || c == '\r':
				if lines {
					c = '\n'
				} else {
					c = ' '
				}
			case c == '\t' || c == '\v' || c == '\f':
				c = ' '
			case c < ' ' || c == 0x7F:
				*dropped = true
				continue
			}
			dst = append(dst, c)
			continue
		}
		r, n := utf8.DecodeRune(text[i:])
		i += n
		switch {
		case r == utf8.RuneError:
			*dropped, *lost = true, true
			continue
		case r >= 0xC0 && r <= 0x24F: // the letters most texts are made of
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFF01 - '!'
		case r == '‘' || r == '’' || r == '‚' || r == '‛' || r == '′' || r == 'ʼ' || r == 'ʹ' || r == '´' || r == '＇':
			r = '\''
		case r == '“' || r == '”' || r == '„' || r == '«' || r == '»' || r == '″':
			r = '"'
		case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE58, r == 0xFE63, r == 0x2043:
			r = '-'
		case r == 0x85 || r == 0x2028 || r == 0x2029:
			r = ' '
			if lines {
				r = '\n'
			}
		case r == 0xAD || r == 0x034F || r == 0x180E || unicode.Is(unicode.Cf, r) || unicode.IsControl(r) ||
			(r >= 0xFE00 && r <= 0xFE0F):
			*dropped = true
			continue
		case unicode.IsSpace(r) || unicode.Is(unicode.Zs, r) || r == 0x2800 || r == 0x3164:
			r = ' '
		case unicode.Is(unicode.Nd, r):
			r = digit(r)
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// digit is the plain digit that r stands for: decimal digits come in runs of
// ten in Unicode.
func digit(r rune) rune {
	zero := r
	for unicode.Is(unicode.Nd, zero-1) && r-zero < 9 {
		zero--
	}
	return '0' + (r - zero)
}
