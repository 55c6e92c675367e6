package score_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
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
	for _, f := range v.Figures {
		if wrong := f.Name == "rows linked"; wrong != (f.Off > 0) {
			t.Errorf("%+v", f)
		}
		if verdict := strings.Contains(f.Name, "verdict") || strings.Contains(f.Name, "within"); verdict != f.Refused {
			t.Errorf("%+v", f)
		}
	}

	before, after := "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z"
	a.Window = assessment.Window{NotBefore: &before, NotAfter: &after}
	a.Verdict.Class, a.Verdict.Refused = "genuine", ""
	write()
	if v, err = score.Drill(dir, path); err != nil {
		t.Fatal(err)
	}
	for _, f := range v.Figures {
		if f.Name == "verdict" && f.Off != 0 || f.Name == "theft within its window" && f.Off != 1 {
			t.Errorf("%+v", f)
		}
	}

	if _, err := score.Drill(t.TempDir(), path); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("a folder without truth: %v", err)
	}
	if _, err := score.Drill(dir, filepath.Join(dir, "claim.yaml")); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("no assessment: %v", err)
	}
}
