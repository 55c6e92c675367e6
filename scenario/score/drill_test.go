package score_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/scenario/score"
)

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
