package cli

import "strings"

// Words splits a command line, at spaces that are not between double quotes.
func Words(line string) []string {
	quoted := false
	words := strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			quoted = !quoted
			return -1
		case r == ' ' && quoted:
			return 0 // for a while
		}
		return r
	}, line))
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "\x00", " ")
	}
	return words
}
