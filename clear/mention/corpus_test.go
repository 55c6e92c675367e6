package mention_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/clear/mention"
	"constat.example/scenario"
)

// TestCorpus finds what stands in the notes of a drill, French and English, of
// invented people, among as many decoys, and holds it against the truth. The
// same hand wrote notes and finder: notes of others will do worse.
func TestCorpus(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "drill")
	people := 20_000
	if testing.Short() {
		people = 4000
	}
	if _, err := scenario.Write(t.Context(), dir, scenario.Config{People: people, Seed: 77, Snapshots: []int{0, 23}}, "notes", func(t *scenario.Theft) { t.Sample, t.Notes = people, 10_000 }); err != nil {
		t.Fatal(err)
	}
	truth := map[string]int{} // row, kind, value
	var of, right, found [kind.Count]int
	for _, m := range rows(t, filepath.Join(dir, "truth", "mentions.csv"), ',') {
		truth[strings.Join(m[:3], " ")]++
		k, err := kind.Parse(m[1])
		if err != nil {
			t.Fatal(err)
		}
		of[k]++
	}
	var f mention.Finder
	var wrong, bytes int
	for i, row := range rows(t, filepath.Join(dir, "dump.csv"), ';') {
		text := row[len(row)-1]
		bytes += len(text)
		said, _ := f.Find([]byte(text))
		for _, m := range said {
			found[m.Kind]++
			key := fmt.Sprintf("%d %s %s", i+1, m.Kind, m.Text)
			if truth[key] == 0 {
				if wrong++; wrong < 10 {
					t.Logf("row %d: a %s at %d that is none", i+1, m.Kind, m.From)
				}
				continue
			}
			truth[key]--
			right[m.Kind]++
		}
	}
	missed := 0
	for _, key := range slices.Sorted(maps.Keys(truth)) {
		if truth[key] > 0 {
			if missed++; missed < 10 {
				t.Logf("missed: row and kind %s", key[:strings.LastIndexByte(key, ' ')])
			}
		}
	}
	var all, allRight, allFound int
	for _, k := range kind.All() {
		if of[k]+found[k] == 0 {
			continue
		}
		all, allRight, allFound = all+of[k], allRight+right[k], allFound+found[k]
		precision, recall := float64(right[k])/float64(max(1, found[k])), float64(right[k])/float64(max(1, of[k]))
		t.Logf("%-14s %6d there, precision %.4f, recall %.4f", k, of[k], precision, recall)
		if precision < 0.99 || recall < 0.97 {
			t.Errorf("%s: precision %.4f, recall %.4f", k, precision, recall)
		}
	}
	t.Logf("%-14s %6d there, precision %.4f, recall %.4f, in %d bytes", "all", all, float64(allRight)/float64(allFound), float64(allRight)/float64(all), bytes)
	if all < people {
		t.Errorf("the corpus has %d identifiers only", all)
	}
}

// rows reads a CSV without its header.
func rows(t *testing.T, path string, comma rune) [][]string {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r := csv.NewReader(in)
	r.Comma = comma
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}
