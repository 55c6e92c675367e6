// Package words keeps the same words in French and English side by side, where
// data carry them: JSON, rules, reports.
package words

import "strings"

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
