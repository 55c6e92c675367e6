package scenario_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"constat.example/scenario"
)

// TestManyThefts has two thieves take from one agency what Write has one take: the
// register is written once and fits both, and neither takes what the other does.
func TestManyThefts(t *testing.T) {
	t.Parallel()
	c := config(6)
	c.People = 1500
	w, err := scenario.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	register := filepath.Join(t.TempDir(), "register")
	if err := os.Mkdir(register, 0o700); err != nil {
		t.Fatal(err)
	}
	day := w.SnapshotTime(3).AddDate(0, 0, 10)
	snapshots, err := w.WriteRegister(t.Context(), register, day, day.AddDate(0, 0, 1), w.SnapshotTime(12))
	if err != nil {
		t.Fatal(err)
	}
	if len(snapshots) != 5 || !snapshots[1].At.Equal(day) || snapshots[1].People == 0 {
		t.Errorf("%+v", snapshots)
	}
	steal := func(kind string, seed uint64) (*scenario.Truth, map[string][]byte) {
		dir := filepath.Join(t.TempDir(), "drill")
		truth, err := w.Steal(t.Context(), dir, kind, snapshots, scenario.Vary(seed), scenario.At(3.4))
		if err != nil {
			t.Fatal(err)
		}
		return truth, tree(t, dir)
	}
	one, files := steal("sample", 1)
	if _, again := steal("sample", 1); !bytes.Equal(files[one.Dump], again[one.Dump]) {
		t.Error("the same thief takes something else")
	}
	if other, others := steal("sample", 2); bytes.Equal(files["truth/links.csv"], others["truth/links.csv"]) || !other.Theft.Equal(one.Theft) {
		t.Error("another thief takes the same people, or at another time")
	}
	if len(one.Snapshots) != 5 || one.Theft.Before(day) || one.Theft.After(w.SnapshotTime(4)) {
		t.Errorf("copied at %v, with %d snapshots", one.Theft, len(one.Snapshots))
	}
	whole := filepath.Join(t.TempDir(), "whole")
	if _, err := scenario.Write(t.Context(), whole, c, "sample", scenario.Vary(1), scenario.At(3.4)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(tree(t, whole)[one.Dump], files[one.Dump]) {
		t.Error("a drill beside its register is another")
	}
	for seed := range uint64(12) {
		for _, k := range scenario.Kinds() {
			c.People = 200
			dir := filepath.Join(t.TempDir(), "drill")
			if truth, err := scenario.Write(t.Context(), dir, c, k.Name, scenario.Vary(seed)); err != nil || truth.Class != k.Class {
				t.Fatalf("%s varied by %d: %v", k.Name, seed, err)
			}
			if seed > 1 && k.Name == "foreign" {
				break // of the first two seeds all kinds, of the others some
			}
		}
	}
}

// TestMixtures counts what is copied of dumps that are blown up or baited.
func TestMixtures(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(7), "padded-real")
	ours, theirs := 0, 0
	for _, row := range readCSV(t, filepath.Join(dir, truth.Dump), ';') {
		switch id := row["identifiant"]; {
		case id[:3] == "PSP":
			theirs++
		default:
			ours++
		}
	}
	copied := int(truth.GenuineShare*float64(truth.Rows) + 0.5)
	// Who does not exist has an id of the register's pattern, who is another's one of theirs.
	if invented := truth.Invented; ours != copied+invented || theirs != truth.Genuine-copied || theirs < 400 || truth.Class != "mixed" {
		t.Errorf("%d rows under our ids, %d under others; %d copied, %d invented of %d", ours, theirs, copied, invented, truth.Rows)
	}
	if truth.Population.Reached >= truth.Population.Register {
		t.Errorf("%+v", truth.Population)
	}
	_, truth = write(t, config(7), "baited")
	if truth.Genuine != 1000 || truth.Invented < 5000 {
		t.Errorf("%d genuine rows, %d invented", truth.Genuine, truth.Invented)
	}
}

// TestCareless finds nothing that fits in rows made up without care.
func TestCareless(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(7), "careless")
	names, fit, rows := map[string]bool{}, 0, 0
	for _, row := range readCSV(t, filepath.Join(dir, truth.Dump), ';') {
		names[row["nom_naissance"]] = true
		rows++
		if row["nir"][1:3] == row["date_naissance"][2:4] {
			fit++
		}
	}
	if rows < 2000 || len(names) > 40 || fit > rows/20 || truth.Genuine != 0 {
		t.Errorf("%d rows, %d surnames, %d years that fit", rows, len(names), fit)
	}
}
