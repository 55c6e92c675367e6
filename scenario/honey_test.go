package scenario_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"constat.example/scenario"
)

// TestHoney reads what a drill with made-up people holds: those of the register stand
// in its snapshots from the day on and nowhere else, those of the copy that was
// taken in the dump, those of the other copy nowhere.
func TestHoney(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(6), "honey-partner")
	text, err := os.ReadFile(filepath.Join(dir, scenario.HoneyFolder, scenario.HoneyList))
	if err != nil {
		t.Fatal(err)
	}
	var sets []scenario.HoneySet
	if err := json.Unmarshal(text, &sets); err != nil || len(sets) != 3 {
		t.Fatalf("%s: %v", text, err)
	}
	of := map[string]string{} // copy by mail, phone and NIR
	ids := map[string]string{}
	for _, s := range sets {
		rows := readCSV(t, filepath.Join(dir, scenario.HoneyFolder, s.File), ';')
		if len(rows) != 40 || s.Everywhere != (s.Copy == "register") || s.From.After(truth.Theft) {
			t.Errorf("%d people of %+v", len(rows), s)
		}
		for _, row := range rows {
			ids[row["identifiant"]] = s.Copy
			of[row["nir"]] = s.Copy
		}
	}
	if len(ids) != 120 || len(of) != 120 {
		t.Errorf("%d record ids and %d NIRs of 120 people", len(ids), len(of))
	}
	for _, s := range truth.Snapshots {
		n := map[string]int{}
		rows := readCSV(t, filepath.Join(dir, "register", s.File), ';')
		for _, row := range rows {
			n[ids[row["identifiant"]]]++
			if of[row["nir"]] != ids[row["identifiant"]] {
				t.Errorf("%s: somebody has the NIR of a made-up person", s.File)
			}
		}
		want := 40
		if s.At.Before(sets[0].From) {
			want = 0
		}
		if n["register"] != want || n["partner-a"]+n["partner-b"] > 0 || len(rows) != s.People {
			t.Errorf("%s: %v made up of %d, %d told", s.File, n, len(rows), s.People)
		}
	}
	n := map[string]int{}
	for _, row := range readCSV(t, filepath.Join(dir, truth.Dump), ',') {
		if copied := ids[row["record_id"]]; copied != "" {
			n[copied]++
		}
	}
	h := truth.Honey
	if h == nil || h.Copy != "partner-a" || n["partner-a"] != 40 || n["partner-b"] != 0 || n["register"] == 0 || n["register"] == 40 {
		t.Fatalf("the dump holds %v, %+v is told", n, h)
	}
	if h.Found["partner-a"] != 40 || h.Found["register"] != n["register"] || h.Rows != n["register"]+40 {
		t.Errorf("the dump holds %v, %+v is told", n, h)
	}
	if _, plain := write(t, config(6), "partner"); plain.Honey != nil {
		t.Error("a drill without made-up people tells of some")
	}
}
