package paper_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"constat.example/desk/form"
	"constat.example/desk/paper"
	"constat.example/desk/report"
)

func text(t testing.TB, d *form.Document, lang report.Language, width int) string {
	t.Helper()
	var b bytes.Buffer
	if err := paper.Text(&b, d, lang, width); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGoldenTexts(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		for _, lang := range languages {
			golden(t, d.name+"."+lang.Lang()+".txt", []byte(text(t, d.of(t), lang, 90)))
		}
	}
}

func TestTextKeepsToItsWidth(t *testing.T) {
	t.Parallel()
	for _, width := range []int{-1, 40, 55, 80, 200} {
		for _, lang := range languages {
			for i, l := range strings.Split(text(t, sample(t), lang, width), "\n") {
				if n := utf8.RuneCountInString(l); n > max(width, 40) || l != strings.TrimRight(l, " ") {
					t.Errorf("width %d, line %d is %d wide, or ends in spaces: %q", width, i+1, n, l)
				}
			}
		}
	}
}
