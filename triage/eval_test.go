//go:build eval

package triage_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/internal/datatest"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/scenario/score"
	"constat.example/triage"
)

// TestEval links the labelled sets at hand and drills of seeds that nothing
// was tuned on, the way a user would, and prints how well. "pairs" are rows
// tied to records; clusters are what rows and records of one person make
// together, right when they are exactly a person's.
func TestEval(t *testing.T) {
	fmt.Printf("%-26s %8s %8s %8s  %9s %9s %9s  %9s %9s  %7s\n",
		"set", "register", "dump", "pairs", "precision", "recall", "F1", "clusterF1", "pair-clF1", "seconds")
	for _, n := range []int{1, 2, 3} {
		rows := labelled(t, fmt.Sprintf("linkage-febrl/dataset%d.csv.gz", n))
		register, dump := [][]string{rows[0]}, [][]string{rows[0]}
		for _, r := range rows[1:] {
			if strings.HasSuffix(r[0], "-org") {
				register = append(register, r)
			} else {
				dump = append(dump, r)
			}
		}
		evalPairs(t, fmt.Sprintf("FEBRL %d", n), register, dump)
	}
	evalPairs(t, "FEBRL 4", labelled(t, "linkage-febrl/dataset4a.csv.gz"), labelled(t, "linkage-febrl/dataset4b.csv.gz"))
	evalPairs(t, "INSEE 10,000 × 10,000",
		without(labelled(t, "linkage-insee-appariement/synthetic_data_10000_A.csv.gz"), "sorting_key"),
		without(labelled(t, "linkage-insee-appariement/synthetic_data_10000_B.csv.gz"), "sorting_key"))
	evalGenerated(t)
	var bins []score.Bin
	for _, d := range []struct {
		kind   string
		people int
		seed   uint64
	}{
		{"full-copy", 100_000, 9001},
		{"stale-third", 100_000, 9002},
		{"noisy", 100_000, 9003},
		{"sample", 100_000, 9004},
		{"partial", 100_000, 9005},
		{"foreign", 50_000, 9006},
		{"padded", 50_000, 9007},
		{"fabricated", 50_000, 9008},
	} {
		bins = merge(bins, evalDrill(t, d.kind, d.people, d.seed))
	}
	wrong, links := 0.0, int64(0)
	fmt.Println("\nprobabilities given to links of the drills, and the share that is right")
	for _, b := range bins {
		if b.Links > 0 {
			fmt.Printf("  %.3f–%.3f  %8d links  said %.4f  right %.4f\n", b.From, b.To, b.Links, b.Mean, b.Right)
			wrong += float64(b.Links) * max(b.Mean-b.Right, b.Right-b.Mean)
			links += b.Links
		}
	}
	fmt.Printf("  expected calibration error %.6f\n", wrong/float64(max(1, links)))
}

// merge adds the links of b's bins to a's.
func merge(a, b []score.Bin) []score.Bin {
	for _, more := range b {
		i := slices.IndexFunc(a, func(have score.Bin) bool { return have.From == more.From })
		if i < 0 {
			a = append(a, more)
			continue
		}
		n := float64(a[i].Links + more.Links)
		of := func(x, y float64) float64 { return (x*float64(a[i].Links) + y*float64(more.Links)) / max(1, n) }
		a[i].Mean, a[i].Right = of(a[i].Mean, more.Mean), of(a[i].Right, more.Right)
		a[i].Links += more.Links
	}
	slices.SortFunc(a, func(x, y score.Bin) int { return cmp.Compare(x.From, y.From) })
	return a
}

// person is the number of the person in a FEBRL record id: rec-12-dup-0 is 12.
func person(id string) string { return strings.Split(id, "-")[1] }

// evalPairs imports one file, assesses the other without its ids, and prints how well
// the links fit the ids.
func evalPairs(t *testing.T, name string, register, dump [][]string) {
	t.Helper()
	dir := t.TempDir()
	writeCSV(t, filepath.Join(dir, "register.csv"), register)
	writeCSV(t, filepath.Join(dir, "dump.csv"), without(dump, dump[0][0]))
	w := workbench(filepath.Join(dir, "home"))
	imported(t, w, filepath.Join(dir, "register.csv"), register[0][0], "", 0)
	links := filepath.Join(dir, "links.csv")
	took := assessed(t, w, filepath.Join(dir, "dump.csv"), links)

	// Records and rows are items; what they are tied to is their label.
	inRegister := map[string]string{} // person → record id
	var truth, found []string
	for _, r := range register[1:] {
		inRegister[person(r[0])] = r[0]
		truth, found = append(truth, person(r[0])), append(found, r[0])
	}
	var pairs []score.Link
	first := len(truth)
	for i, r := range dump[1:] {
		if id, ok := inRegister[person(r[0])]; ok {
			pairs = append(pairs, score.Link{Row: int64(i + 1), RecordID: id})
		}
		truth, found = append(truth, person(r[0])), append(found, fmt.Sprintf("row %d", i+1))
	}
	for l, err := range score.Read(links) {
		if err != nil {
			t.Fatal(err)
		}
		found[first+int(l.Row)-1] = l.RecordID
	}
	report, err := score.Pairs(func(yield func(score.Link, error) bool) {
		for _, p := range pairs {
			if !yield(p, nil) {
				return
			}
		}
	}, score.Read(links))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := score.Clusters(truth, found)
	if err != nil {
		t.Fatal(err)
	}
	within, err := score.ClusterPairs(truth, found)
	if err != nil {
		t.Fatal(err)
	}
	p := report.Pairs
	fmt.Printf("%-26s %8d %8d %8d  %9.5f %9.5f %9.5f  %9.5f %9.5f  %7.2f\n",
		name, len(register)-1, len(dump)-1, p.True, p.Precision, p.Recall, p.F1, whole.F1, within.F1, took.Seconds())
}

// evalGenerated assesses the JSON Lines of a customer table against a register
// made from its CSV.
func evalGenerated(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"clients-copy.csv", "clients.jsonl"} {
		if err := os.WriteFile(filepath.Join(dir, name), datatest.Read(t, "dumps-generated/"+name+".gz"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := workbench(filepath.Join(dir, "home"))
	imported(t, w, filepath.Join(dir, "clients-copy.csv"), "", "", 0)
	links := filepath.Join(dir, "links.csv")
	took := assessed(t, w, filepath.Join(dir, "clients.jsonl"), links)
	lines := bytes.Split(bytes.TrimSpace(datatest.Read(t, "dumps-generated/clients.jsonl.gz")), []byte("\n"))
	report, err := score.Pairs(func(yield func(score.Link, error) bool) {
		for i, line := range lines {
			var customer struct{ ID int }
			if err := json.Unmarshal(line, &customer); err != nil {
				t.Fatal(err)
			}
			if !yield(score.Link{Row: int64(i + 1), RecordID: fmt.Sprint(customer.ID)}, nil) {
				return
			}
		}
	}, score.Read(links))
	if err != nil {
		t.Fatal(err)
	}
	p := report.Pairs
	fmt.Printf("%-26s %8d %8d %8d  %9.5f %9.5f %9.5f  %9s %9s  %7.2f\n", "PostgreSQL copy × JSONL", len(lines), len(lines), p.True, p.Precision, p.Recall, p.F1, "", "", took.Seconds())
}

// evalDrill plays a drill with four of its snapshots and prints its score.
func evalDrill(t *testing.T, kind string, people int, seed uint64) []score.Bin {
	t.Helper()
	dir := t.TempDir()
	ctx := context.Background()
	truth, err := scenario.Write(ctx, dir, scenario.Config{People: people, Seed: seed, Snapshots: []int{0, 8, 16, 23}}, kind)
	if err != nil {
		t.Fatal(err)
	}
	w := workbench(filepath.Join(dir, "home"))
	snapshots, err := filepath.Glob(filepath.Join(dir, "register", "*.csv"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(snapshots)
	for i, path := range snapshots {
		imported(t, w, path, "", "", i)
	}
	links := filepath.Join(dir, "links.csv")
	took := assessed(t, w, filepath.Join(dir, truth.Dump), links)
	report, err := score.Links(filepath.Join(dir, "truth", "links.csv"), links)
	if err != nil {
		t.Fatal(err)
	}
	p := report.Pairs
	fmt.Printf("%-26s %8d %8d %8d  %9.5f %9.5f %9.5f  %9s %9s  %7.2f\n", "drill "+kind, people, truth.Rows, p.True, p.Precision, p.Recall, p.F1, "", "", took.Seconds())
	return report.Calibration
}

func imported(t *testing.T, w triage.Bench, source, id, mapFile string, month int) {
	t.Helper()
	_, err := w.Import(context.Background(), triage.ImportRequest{Source: source, ID: id, Map: mapFile, AsOf: time.Date(2024, time.Month(1+month), 1, 0, 0, 0, 0, time.UTC)})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
}

func assessed(t *testing.T, w triage.Bench, dump, links string) time.Duration {
	t.Helper()
	start := time.Now()
	res, err := w.Assess(context.Background(), triage.AssessRequest{Paths: []string{dump}, Links: links})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	took := time.Since(start)
	if os.Getenv("CONSTAT_SHOW") != "" {
		if err := res.Assessment.Write(os.Stdout); err != nil {
			t.Fatal(err)
		}
	}
	return took
}

func labelled(t *testing.T, name string) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(datatest.Read(t, name)))
	r.TrimLeadingSpace = true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func writeCSV(t *testing.T, path string, rows [][]string) {
	t.Helper()
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// without drops a column.
func without(rows [][]string, name string) [][]string {
	drop := slices.Index(rows[0], name)
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = slices.Delete(slices.Clone(r), drop, drop+1)
	}
	return out
}
