// Package words keeps the same words in French and English side by side, where
// data carry them: JSON, rules, reports.
package words

import (
	"strconv"
	"strings"
)

// Both is a text in French and English.
type Both struct {
	FR string `json:"fr" yaml:"fr"`
	EN string `json:"en" yaml:"en"`
}

// Languages are the tags that In knows.
var Languages = []string{"fr", "en"}

// In is the text in a language: French for "fr", with the no-break spaces that its
// double punctuation takes, else English.
func (b Both) In(lang string) string {
	if lang == "fr" {
		return spaces.Replace(b.FR)
	}
	return b.EN
}

// Whole reports whether neither text is missing.
func (b Both) Whole() bool { return b.FR != "" && b.EN != "" }

// spaces sets the spaces before double punctuation and inside quotes (Lexique des
// règles typographiques en usage à l'Imprimerie nationale).
var spaces = strings.NewReplacer(" :", "\u00a0:", " ;", "\u202f;", " ?", "\u202f?", " !", "\u202f!", "« ", "«\u00a0", " »", "\u00a0»")

// Count writes a number with its digits in groups of three.
func Count(n int64) Both {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	group := func(mark string) string {
		var b strings.Builder
		for i, d := range digits {
			if i > 0 && (len(digits)-i)%3 == 0 {
				b.WriteString(mark)
			}
			b.WriteRune(d)
		}
		return sign + b.String()
	}
	return Both{FR: group("\u202f"), EN: group(",")}
}
