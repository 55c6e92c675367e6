package score_test

import (
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/scenario"
	"constat.example/scenario/score"
)

// TestJudge holds findings to the truth of a copy, and of a file of nobody's.
func TestJudge(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 3, 4, 12, 0, 0, 0, time.UTC)
	when := func(days int) *string {
		text := at.AddDate(0, 0, days).Format(time.RFC3339)
		return &text
	}
	share := func(x float64) *float64 { return &x }
	people := func(n int64) *int64 { return &n }
	copied := func() *scenario.Truth {
		return &scenario.Truth{Kind: "partial", Class: "genuine", Rows: 900, GenuineShare: 1, TheftFrom: &at, TheftTo: &at, Population: &scenario.Population{Reached: 900}}
	}
	made := func() *scenario.Truth { return &scenario.Truth{Kind: "fabricated", Class: "fabricated", Rows: 900} }
	for _, c := range []struct {
		name        string
		truth       *scenario.Truth
		say         func(*assessment.Assessment)
		right       bool
		grave       bool
		share, time bool // told, and hold the truth
		size        bool
	}{
		{"all as it is", copied(), func(a *assessment.Assessment) {
			a.Verdict.Class = "genuine"
			a.Verdict.GenuineShare.Low, a.Verdict.GenuineShare.High = share(0.99), share(1)
			a.Window.NotBefore, a.Window.NotAfter = when(-1), when(1)
			a.Size.Low, a.Size.High = people(850), people(950)
		}, true, false, true, true, true},
		{"bounds that are open", copied(), func(a *assessment.Assessment) {
			a.Verdict.Class, a.Window.NotAfter, a.Size.Low = "genuine", when(1), people(850)
		}, true, false, false, true, true},
		{"bounds beside the truth", copied(), func(a *assessment.Assessment) {
			a.Verdict.Class = "mixed"
			a.Verdict.GenuineShare.Low, a.Verdict.GenuineShare.High = share(0.9), share(0.99)
			a.Window.NotBefore, a.Window.NotAfter, a.Size.Low = when(1), when(2), people(901)
		}, false, false, false, false, false},
		{"a copy taken for made up", copied(), func(a *assessment.Assessment) { a.Verdict.Class = "fabricated" }, false, true, false, false, false},
		{"made up and taken for a copy", made(), func(a *assessment.Assessment) { a.Verdict.Class = "genuine" }, false, true, false, false, false},
		{"made up and not told", made(), func(*assessment.Assessment) {}, false, false, false, false, false},
		{"ten rows and not told", &scenario.Truth{Class: "genuine", Rows: 10}, func(*assessment.Assessment) {}, true, false, false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := assessment.New()
			c.say(a)
			j := score.Judge(c.truth, a, false)
			holds := func(b score.Bound) bool { return b.Asked && b.Told && b.Holds }
			if j.Right != c.right || j.Grave != c.grave || holds(j.Share) != c.share || holds(j.Window) != c.time || holds(j.Size) != c.size {
				t.Errorf("%+v", j)
			}
		})
	}
	recycled := &scenario.Truth{Class: "recycled", Rows: 900, TheftFrom: &at, TheftTo: &at}
	a := assessment.New()
	a.Verdict.Class = "genuine"
	if j := score.Judge(recycled, a, false); !j.Right || j.Class != "genuine" {
		t.Errorf("a copy whose first leak is not known: %+v", j)
	}
	if j := score.Judge(recycled, a, true); j.Right || j.Class != "recycled" {
		t.Errorf("a copy whose first leak is known: %+v", j)
	}

	a.Verdict.GenuineShare.Low, a.Verdict.GenuineShare.High = share(0.99), share(1)
	text := score.Figures([]score.Judged{score.Judge(copied(), a, false), score.Judge(made(), a, false), score.Judge(made(), assessment.New(), false)})
	for _, line := range []string{
		"3 drills: the class is right in 1 of 3 (33.3 %); a copy taken for made up, or the other way round or somebody else's for a copy, in 1.",
		"| genuine | 1 | 0 | 0 | 0 | 0 | 0 |",
		"| fabricated | 1 | 0 | 0 | 0 | 0 | 1 |",
		"| share genuine | 3 | 2 | 1 of 2 (50.0 %) | 2 | 0.010 | 0.010 |",
		"| fabricated | 2 | 0 | 1 | 0 of 1 | 0 of 0 | – | – | 0 of 0 |",
		"- class: not assessed (3)",
		"- fabricated of seed 0 : genuine told for fabricated not assessed; share 0.99 to 1, true 0.0000. ",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
}
