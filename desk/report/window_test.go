package report_test

import (
	"strings"
	"testing"
	"time"

	"constat.example/blind/verdict"
	"constat.example/desk/assessment"
)

// TestWindowsAreWorded draws windows of every shape in both languages.
func TestWindowsAreWorded(t *testing.T) {
	t.Parallel()
	at := func(s string) *string { return &s }
	for name, c := range map[string]struct {
		change func(w *assessment.Window)
		says   [2][]string
		not    string
	}{
		"open at both ends": {
			func(w *assessment.Window) {
				w.NotBefore, w.NotAfter, w.MostLikely, w.Interval, w.Aside = nil, nil, nil, assessment.Bounds{}, nil
			},
			[2][]string{
				{"pas avant\u00a0: inconnu, aucun instantané n’est assez ancien", "pas après\u00a0: inconnu"},
				{"not before: unknown, no snapshot is old enough", "not after: unknown"},
			},
			"With 95 chances",
		},
		"bounded below": {
			func(w *assessment.Window) { w.NotAfter, w.Interval.High = nil, nil },
			[2][]string{{"la copie a été faite après le"}, {"the copy was made after"}},
			"",
		},
		"uneven": {
			func(w *assessment.Window) { w.Even = false },
			[2][]string{{"ne s’accordent pas entre deux instantanés"}, {"do not agree between two snapshots"}},
			"the copy was made between",
		},
		"twice": {
			func(w *assessment.Window) {
				w.Shape, w.Instants = assessment.ShapeTwice, []assessment.Instant{
					{At: at("2025-02-03T04:05:00Z"), From: at("2025-02-01T00:00:00Z"), To: at("2025-02-05T00:00:00Z"), Share: 0.3214}, {Share: 0.6786},
				}
			},
			[2][]string{
				{"deux copies les expliquent", "3\u00a0février 2025 à 04\u00a0h\u00a005", "32,1\u00a0%", "à une date que les instantanés ne couvrent pas"},
				{"two copies do", "3\u00a0February 2025 at 04:05", "32.1%", "at a time that the snapshots do not cover"},
			},
			"the copy was made between",
		},
		"bit by bit": {
			func(w *assessment.Window) {
				w.Shape, w.Instants = assessment.ShapeOver, []assessment.Instant{{From: at("2025-02-01T00:00:00Z"), To: at("2025-06-01T00:00:00Z"), Share: 1}}
			},
			[2][]string{
				{"une copie faite petit à petit les explique, à partir du", "1er\u00a0juin 2025"},
				{"a copy made bit by bit does, from", "1\u00a0June 2025"},
			},
			"",
		},
		"a curve that tells no time": {
			func(w *assessment.Window) { w.Curve[3].At = "<script>" },
			[2][]string{{"Comment la copie est datée"}, {"How the copy is dated"}},
			"Likelihood of when",
		},
		"nothing but people": {
			func(w *assessment.Window) { w.Changes, w.Rows, w.Torn, w.Against = nil, 0, 0, 0 },
			[2][]string{{"Vraisemblance de la date de la copie"}, {"Likelihood of when the copy was made"}},
			"changes tell",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := later()
			c.change(&a.Window)
			for i, edition := range editions(t, draw(t, a, time.Time{})) {
				text := words(edition)
				for _, want := range c.says[i] {
					if !strings.Contains(text, want) {
						t.Errorf("edition %d does not say %q", i, want)
					}
				}
				if c.not != "" && i == 1 && strings.Contains(text, c.not) {
					t.Errorf("edition %d says %q", i, c.not)
				}
			}
		})
	}
}

// TestWindowRefusalsAreWorded: every reason there is has words in French.
func TestWindowRefusalsAreWorded(t *testing.T) {
	t.Parallel()
	for _, why := range []string{verdict.OneSnapshot, verdict.NobodyLinked, verdict.NoChange, verdict.TooFewChanges, verdict.Unbounded, verdict.Contradictory} {
		a := later()
		a.Window = assessment.NoWindow(why)
		for i, edition := range editions(t, draw(t, a, time.Time{})) {
			text := words(edition)
			if strings.Contains(text, why) != (i == 1) || strings.Contains(text, "How the copy is dated") {
				t.Errorf("edition %d of %q is in the wrong language, or dates the copy", i, why)
			}
		}
	}
	if verdict.Once != assessment.ShapeOnce || verdict.Twice != assessment.ShapeTwice || verdict.Over != assessment.ShapeOver ||
		verdict.CreatedAside != assessment.AsideCreated || verdict.GoneAside != assessment.AsideGone {
		t.Error("the words of the verdict are not those of the assessment")
	}
}
