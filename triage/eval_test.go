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

// TestEvalPairs links the labelled sets at hand, the way a user would, prints how
// well, and fails where that is less than is wanted. "pairs" are rows tied to records;
// clusters are what rows and records of one person make together, right when
// they are exactly a person's.
func TestEvalPairs(t *testing.T) {
	evalHeader()
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
		evalPairs(t, fmt.Sprintf("FEBRL %d", n), 0.999, register, dump)
	}
	evalPairs(t, "FEBRL 4", 0.9995, labelled(t, "linkage-febrl/dataset4a.csv.gz"), labelled(t, "linkage-febrl/dataset4b.csv.gz"))
	evalPairs(t, "INSEE 10,000 × 10,000", 0.9975,
		without(labelled(t, "linkage-insee-appariement/synthetic_data_10000_A.csv.gz"), "sorting_key"),
		without(labelled(t, "linkage-insee-appariement/synthetic_data_10000_B.csv.gz"), "sorting_key"))
	evalGenerated(t)
}

func evalHeader() {
	fmt.Printf("%-26s %8s %8s %8s  %9s %9s %9s  %9s %9s  %7s\n",
		"set", "register", "dump", "pairs", "precision", "recall", "F1", "clusterF1", "pair-clF1", "seconds")
}

// TestEvalDrills does the same with drills of seeds that nothing was tuned on (9000
// and above).
func TestEvalDrills(t *testing.T) {
	evalHeader()
	few := func(theft *scenario.Theft) { theft.Sample = 10 }
	var bins []score.Bin
	for _, d := range []drill{
		{name: "full-copy", people: 100_000, seed: 9001, precision: 0.99995, recall: 0.9995},
		{name: "stale-third", people: 100_000, seed: 9002, precision: 0.9999, recall: 0.999},
		{name: "noisy", people: 100_000, seed: 9003, precision: 0.999, recall: 0.995},
		{name: "rekeyed", people: 100_000, seed: 9009, precision: 0.999, recall: 0.995},
		{name: "rekeyed", people: 100_000, seed: 9010, precision: 0.999, recall: 0.995},
		{name: "sample", people: 100_000, seed: 9004, precision: 0.9999, recall: 0.999},
		{name: "partial", people: 100_000, seed: 9005, precision: 0.9999, recall: 0.999},
		{name: "foreign", people: 50_000, seed: 9006, precision: 0.9999, recall: 0.999},
		{name: "padded", people: 50_000, seed: 9007, precision: 0.9999, recall: 0.999},
		{name: "fabricated", people: 50_000, seed: 9008, precision: 1, recall: 1},
		{name: "ten rows of a copy", kind: "sample", people: 50_000, seed: 9011, adjust: few, precision: 1, recall: 0.9},
		{name: "ten rows, keyed in", kind: "rekeyed", people: 50_000, seed: 9012, adjust: few, precision: 1, recall: 0.9},
		{name: "ten rows of nobody", kind: "fabricated", people: 50_000, seed: 9013, adjust: few, precision: 1, recall: 1},
	} {
		bins = merge(bins, evalDrill(t, d))
	}
	reliability(t, bins)
}

// drill is one drill of the evaluation: what is simulated, and what is wanted.
type drill struct {
	name, kind string // the kind is the name where it is not given
	people     int
	seed       uint64
	adjust     func(*scenario.Theft)

	precision, recall float64
}

// worstCalibration is how far the probabilities said may be from the share that
// is right, links averaged over bins (expected calibration error).
const worstCalibration = 0.01

// reliability prints what the links of each bin were said to be worth and what
// they were.
func reliability(t *testing.T, bins []score.Bin) {
	t.Helper()
	wrong, links := 0.0, int64(0)
	fmt.Println("\nprobabilities given to links of the drills, and the share that is right")
	fmt.Printf("  %-12s %9s %9s %9s\n", "probability", "said", "right", "links")
	for _, b := range bins {
		if b.Links > 0 {
			fmt.Printf("  %.3f–%.3f  %9.4f %9.4f %9d\n", b.From, b.To, b.Mean, b.Right, b.Links)
			wrong += float64(b.Links) * max(b.Mean-b.Right, b.Right-b.Mean)
			links += b.Links
		}
	}
	off := wrong / float64(max(1, links))
	fmt.Printf("  expected calibration error %.6f\n", off)
	if off > worstCalibration {
		t.Errorf("the probabilities are off by %.4f, more than %g", off, worstCalibration)
	}
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
// the links fit the ids: F1 no less than wanted.
func evalPairs(t *testing.T, name string, wanted float64, register, dump [][]string) {
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
	if p.F1 < wanted {
		t.Errorf("%s: F1 %.5f, less than %g", name, p.F1, wanted)
	}
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
func evalDrill(t *testing.T, d drill) []score.Bin {
	t.Helper()
	dir := t.TempDir()
	ctx := context.Background()
	var adjust []func(*scenario.Theft)
	if d.adjust != nil {
		adjust = append(adjust, d.adjust)
	}
	truth, err := scenario.Write(ctx, dir, scenario.Config{People: d.people, Seed: d.seed, Snapshots: []int{0, 8, 16, 23}}, cmp.Or(d.kind, d.name), adjust...)
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
	name := "drill " + d.name
	fmt.Printf("%-26s %8d %8d %8d  %9.5f %9.5f %9.5f  %9s %9s  %7.2f\n", name, d.people, truth.Rows, p.True, p.Precision, p.Recall, p.F1, "", "", took.Seconds())
	if p.Precision < d.precision || p.Recall < d.recall {
		t.Errorf("%s of seed %d: precision %.5f, recall %.5f, wanted %g and %g", name, d.seed, p.Precision, p.Recall, d.precision, d.recall)
	}
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
