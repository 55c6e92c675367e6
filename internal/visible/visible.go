// Package visible makes names that come from outside (of columns, files,
// tables) fit to be shown: what would move the cursor, turn the direction of
// reading or show nothing is written out.
package visible

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Text returns text with every character that has no shape of its own written
// as its number, and with what is beyond limit characters cut.
func Text(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == limit {
			b.WriteRune('…')
			break
		}
		n++
		if shapeless(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// shapeless tells control characters, marks of direction (Unicode TR36, Trojan
// Source), characters of no width, separators other than the plain space, and
// bytes that were not UTF-8. French and English no-break spaces are let be.
func shapeless(r rune) bool {
	switch r {
	case ' ', '\u00a0', '\u202f':
		return false
	case '\ufffd':
		return true
	}
	return unicode.In(r, unicode.C, unicode.Z) || !unicode.IsPrint(r) && !unicode.IsMark(r)
}

// quoted is what values of people have: an address, or digits as phone numbers,
// dates and identifiers have them.
var quoted = regexp.MustCompile(`@|\d(?:[ .,/\-\x{a0}\x{202f}]?\d){4}`)

// Quotes reports whether a text that is to name something may quote a value of
// somebody: it has an @, or five digits in a row, parted or not.
func Quotes(text string) bool { return quoted.MatchString(text) }
