package report

import (
	"strings"
	"testing"

	"constat.example/desk/assessment"
)

// TestHoneyIsWorded words each finding on made-up people in both languages.
func TestHoneyIsWorded(t *testing.T) {
	t.Parallel()
	own := assessment.HoneyCopy{Name: "register", Everywhere: true, Placed: 60}
	a := assessment.HoneyCopy{Name: "partner-a", Placed: 40}
	with := func(n int64, c assessment.HoneyCopy) assessment.HoneyCopy { c.Found = n; return c }
	for name, test := range map[string]struct {
		named    []string
		copies   []assessment.HoneyCopy
		refused  string
		fr, en   string
		nothing  bool
		unplaced bool
	}{
		"one copy":    {[]string{"partner-a"}, []assessment.HoneyCopy{own, with(9, a)}, "", "vient de la copie partner-a", "from the copy partner-a", false, false},
		"two copies":  {[]string{"partner-a", "register"}, []assessment.HoneyCopy{own, with(9, a)}, "", "plusieurs copies", "several copies", false, false},
		"nobody":      {nil, []assessment.HoneyCopy{own, a}, "", "Aucune personne inventée", "No made-up person", false, false},
		"the own":     {nil, []assessment.HoneyCopy{with(4, own), a}, "", "copié du registre", "copied from the register", false, false},
		"too few":     {nil, []assessment.HoneyCopy{own, with(1, a)}, "", "trop peu", "too few", false, false},
		"refused":     {nil, []assessment.HoneyCopy{own, a}, assessment.HoneyUnseen, "", "", true, false},
		"none placed": {nil, nil, assessment.NoHoney, "", "", false, true},
	} {
		h := assessment.Honey{Named: test.named, Copies: test.copies, Refused: test.refused}
		for _, c := range test.copies {
			h.Placed += c.Placed
			h.Found += c.Found
		}
		for _, l := range []language{french, english} {
			e := edition{language: l, A: &assessment.Assessment{Honey: h}}
			shown := e.Honey()
			if (shown == nil) != test.unplaced {
				t.Errorf("%s: shown %v", name, shown != nil)
			}
			if shown == nil {
				continue
			}
			if (shown.Says == "") != test.nothing || !strings.Contains(shown.Says, map[language]string{french: test.fr, english: test.en}[l]) || strings.Contains(shown.Says, "%!") {
				t.Errorf("%s, %s: %q", name, l, shown.Says)
			}
			if test.refused != "" && (shown.Refused == nil || shown.Refused.English) {
				t.Errorf("%s, %s: refused as %+v", name, l, shown.Refused)
			}
		}
	}
}
