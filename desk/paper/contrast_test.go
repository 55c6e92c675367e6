package paper

import (
	"regexp"
	"testing"

	"constat.example/internal/contrasttest"
)

// TestContrast checks the colours of markings, which are FIRST's and stand on black; all
// others are the style sheet's that every page shares, and tested with it.
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := files.ReadFile("paper.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string]string{}
	root := regexp.MustCompile(`(?s):root\{(.*?)\}`).FindSubmatchIndex(css)
	for _, c := range regexp.MustCompile(`--([a-z-]+):#([0-9a-f]{3,6})`).FindAllSubmatch(css[root[2]:root[3]], -1) {
		colours[string(c[1])] = string(c[2])
	}
	if len(colours) != 5 {
		t.Fatalf("%d colours, want black and four on it", len(colours))
	}
	for name, colour := range colours {
		if ratio := contrasttest.Ratio(t, colour, colours["black-tlp"]); name != "black-tlp" && ratio < 4.5 {
			t.Errorf("%s on black is %.2f to 1, less than 4.5", name, ratio)
		}
	}
	for _, other := range regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b`).FindAll(css[root[1]:], -1) {
		if ratio := contrasttest.Ratio(t, string(other[1:]), "fff"); ratio < 4.5 { // of margins, on paper
			t.Errorf("%s on paper is %.2f to 1, less than 4.5", other, ratio)
		}
	}
}
