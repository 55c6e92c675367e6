package report

import (
	"regexp"
	"testing"

	"constat.example/internal/contrasttest"
)

// TestContrast checks the pairs of colours that text is set in against WCAG
// 2.2, 1.4.3 (4.5 to 1), in the light and the dark scheme, and those that
// carry meaning in drawings against 1.4.11 (3 to 1).
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := files.ReadFile("page.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s):root\{(.*?)\}`).FindAllStringSubmatch(string(css), -1)
	if len(blocks) != 3 {
		t.Fatalf("%d schemes, want light, dark and print", len(blocks))
	}
	for i, block := range blocks {
		colours := map[string]string{}
		for _, c := range regexp.MustCompile(`--([a-z-]+):#([0-9a-f]{3,6})`).FindAllStringSubmatch(block[1], -1) {
			colours[c[1]] = c[2]
		}
		for _, pair := range []struct {
			front, back string
			least       float64
		}{
			{"ink", "paper", 4.5},
			{"ink", "alert", 4.5},
			{"soft", "paper", 4.5},
			{"soft", "faint", 4.5},
			{"blue", "paper", 4.5},
			{"blue", "faint", 4.5},
			{"blue", "ground", 4.5},
			{"paper", "blue", 4.5},
			{"stale", "paper", 4.5},
			{"green", "paper", 4.5},
			{"red", "paper", 4.5},
			{"grey", "paper", 3},
			{"stale", "stale-back", 3},
		} {
			if ratio := contrasttest.Ratio(t, colours[pair.front], colours[pair.back]); ratio < pair.least {
				t.Errorf("scheme %d: %s on %s is %.2f to 1, less than %g", i, pair.front, pair.back, ratio, pair.least)
			}
		}
	}
}
