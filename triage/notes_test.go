package triage_test

import (
	"os"
	"path/filepath"
	"testing"

	"constat.example/desk/assessment"
	"constat.example/scenario"
	"constat.example/scenario/score"
	"constat.example/triage"
)

// TestNotes assesses a dump in whose notes people are quoted, and holds the
// figures against the truth of the drill.
func TestNotes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	drill := filepath.Join(dir, "drill")
	truth, err := scenario.Write(t.Context(), drill, scenario.Config{People: 4000, Seed: 31, Snapshots: []int{16, 17, 18, 19, 20, 23}}, "notes", func(t *scenario.Theft) { t.Sample = 1000 })
	if err != nil {
		t.Fatal(err)
	}
	w := workbench(filepath.Join(dir, "home"))
	for _, s := range truth.Snapshots {
		if _, err := w.Import(t.Context(), triage.ImportRequest{Source: filepath.Join(drill, "register", s.File), AsOf: s.At}); err != nil {
			t.Fatal(err)
		}
	}
	res, err := w.Assess(t.Context(), triage.AssessRequest{Paths: []string{filepath.Join(drill, "dump.csv")}, Links: filepath.Join(drill, "links.csv")})
	if err != nil {
		t.Fatal(err)
	}
	v, err := score.Drill(drill, res.JSON)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Checks {
		if c.Off > 0.01 {
			t.Errorf("%s: %s", c.Name, c.Detail)
		}
	}
	t.Log(v)
	free := res.Assessment.Exposures.FreeText
	if free.Only == 0 || free.Mentions.ConfirmedByRegister == 0 || free.Mentions.ByRow == 0 {
		t.Errorf("free text %+v", free)
	}
	mentions := filepath.Join(filepath.Dir(res.JSON), "mentions.parquet")
	if _, err := os.Stat(mentions); err != nil {
		t.Error(err)
	}

	// A later assessment of the same case, of a dump without notes, leaves none.
	other := filepath.Join(dir, "other.csv")
	if err := os.WriteFile(other, []byte("courriel;telephone\njean.martin@courriel.example;0639980001\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := w.Assess(t.Context(), triage.AssessRequest{Paths: []string{other}, Case: res.Assessment.Case})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mentions); err == nil || again.Assessment.Exposures.FreeText.Mentions != (assessment.Mentions{}) {
		t.Errorf("mentions stay: %v, %+v", err, again.Assessment.Exposures.FreeText)
	}
}
