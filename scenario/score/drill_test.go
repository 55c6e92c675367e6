package score_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/scenario/score"
)

// TestWindow holds windows against a copy that took weeks and against none.
func TestWindow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, kind, check string
		window            func(truth *scenario.Truth) (from, to time.Time)
		right             bool
	}{
		{"all of a scrape", "scrape", "theft within its window", func(is *scenario.Truth) (from, to time.Time) { return *is.TheftFrom, *is.TheftTo }, true},
		{"half of a scrape", "scrape", "theft within its window", func(is *scenario.Truth) (from, to time.Time) {
			return *is.TheftFrom, is.TheftTo.AddDate(0, 0, -9)
		}, false},
		{"a window of nothing", "fabricated", "no window for want of a theft", func(is *scenario.Truth) (from, to time.Time) { return is.Theft, is.Theft }, false},
		{"no window of nothing", "fabricated", "no window for want of a theft", nil, true},
		{"no window of a theft", "scrape", "theft within its window", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "drill")
			truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: 300, Seed: 2, Snapshots: []int{0, 23}}, c.kind)
			if err != nil {
				t.Fatal(err)
			}
			a := assessment.New()
			a.Window = assessment.Window{}
			if c.window != nil {
				from, to := c.window(truth)
				before, after := from.Format(time.RFC3339), to.Format(time.RFC3339)
				a.Window.NotBefore, a.Window.NotAfter = &before, &after
			}
			text, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "assessment.json")
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			v, err := score.Drill(dir, path)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(v.Checks, func(is score.Check) bool { return is.Name == c.check })
			if i < 0 || v.Checks[i].OK != c.right {
				t.Errorf("%+v", v.Checks)
			}
		})
	}
}

func TestDrill(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "drill")
	truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: 500, Seed: 2, Snapshots: []int{0, 23}}, "stale-third")
	if err != nil {
		t.Fatal(err)
	}
	a := assessment.New()
	a.Rows.Read = int64(truth.Rows)
	a.Linked.Rows, a.Linked.Persons = int64(truth.Genuine)-1, int64(truth.Persons)
	a.Exposures.Persons, a.Exposures.Stale = int64(truth.Persons), int64(truth.Stale)
	for _, e := range truth.Exposures {
		a.Exposures.ByKind[e.Kind.String()] = int64(e.People)
		a.Exposures.Kinds = append(a.Exposures.Kinds, assessment.Exposure{Kind: e.Kind, People: int64(e.People), Stale: int64(e.Stale)})
	}
	path := filepath.Join(t.TempDir(), "assessment.json")
	write := func() {
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write()
	v, err := score.Drill(dir, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Checks {
		if wrong := c.Name == "rows linked"; wrong != (c.Off > 0) || !c.OK {
			t.Errorf("%+v", c)
		}
	}
	if len(v.Refused) != 4 || v.Links.Found != 0 {
		t.Errorf("refused %q, links %v", v.Refused, v.Links)
	}

	before, after := "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z"
	a.Window = assessment.Window{NotBefore: &before, NotAfter: &after}
	a.Verdict.Class, a.Verdict.Refused = "genuine", ""
	write()
	if v, err = score.Drill(dir, path); err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Checks {
		if c.Name == "verdict" && !c.OK || c.Name == "theft within its window" && c.OK {
			t.Errorf("%+v", c)
		}
	}
	if len(v.Refused) != 1 {
		t.Errorf("refused %q", v.Refused)
	}

	links, err := os.ReadFile(filepath.Join(dir, "truth", "links.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "links.csv"), links, 0o600); err != nil {
		t.Fatal(err)
	}
	if v, err = score.Drill(dir, path); err != nil || v.Links.F1 != 1 || v.Links.True != int64(truth.Genuine) {
		t.Errorf("the truth scored against itself: %v, %v", v, err)
	}

	if _, err := score.Drill(t.TempDir(), path); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("a folder without truth: %v", err)
	}
	if _, err := score.Drill(dir, filepath.Join(dir, "claim.yaml")); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("no assessment: %v", err)
	}
}
