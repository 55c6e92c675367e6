//go:build eval

package dump

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// duckdb is the release measured beside: the one that is embedded as the engine.
const duckdb = "1.5.4"

// pollockSum is the scores of a reader over files.
type pollockSum struct {
	simple, weighted [pollockScores]float64
	files, weight    float64
	classes          map[string][2]float64 // sum of scores, and files
}

func (p *pollockSum) add(f polluted, s [pollockScores]float64) {
	if p.classes == nil {
		p.classes = map[string][2]float64{}
	}
	c := p.classes[f.class]
	for i, x := range s {
		p.simple[i] += x
		p.weighted[i] += x * f.weight
		c[0] += x
	}
	c[1]++
	p.classes[f.class] = c
	p.files++
	p.weight += f.weight
}

func (p *pollockSum) scores() (simple, weighted float64) {
	for i := range p.simple {
		simple += p.simple[i] / p.files
		weighted += p.weighted[i] / p.weight
	}
	return simple, weighted
}

// TestEvalPollock measures this package and DuckDB's reader on the same files.
// The reader was tuned on the source "orders" of seed 1 alone.
func TestEvalPollock(t *testing.T) {
	fmt.Printf("%-26s %-34s %8s %8s\n", "Pollock, source and seed", "reader", "simple", "weighted")
	for _, of := range []struct {
		source string
		seed   uint64
		held   bool // out: nothing was tuned on it
	}{{"orders", 1, false}, {"orders", 8101, true}, {"members", 8102, true}} {
		files := pollute(pollockSources[of.source](rand.New(rand.NewPCG(of.seed, 2))))
		dir := t.TempDir()
		var names []string
		for i, f := range files {
			name := filepath.Join(dir, fmt.Sprintf("%04d.csv", i))
			if err := os.WriteFile(name, []byte(f.text), 0o600); err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
			told := map[string]any{"delimiter": f.as.delim, "quotechar": f.as.quote, "escapechar": f.as.escape, "skiprows": f.skip, "names": nil}
			if f.skip > 0 && len(f.want) > 0 {
				told["names"] = f.want[0]
			}
			b, err := json.Marshal(told)
			if err == nil {
				err = os.WriteFile(name+".told", b, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		label := fmt.Sprintf("%s %d", of.source, of.seed)
		var ours pollockSum
		for i, f := range files {
			got, ok := readPolluted(t, names[i])
			var s [pollockScores]float64
			if ok {
				s = pollockScore(f.want, got)
			}
			ours.add(f, s)
		}
		simple, weighted := ours.scores()
		fmt.Printf("%-26s %-34s %8.3f %8.3f\n", label, "Constat", simple, weighted)
		ours.print()
		if !of.held {
			continue
		}
		if simple < 9.8 || weighted < 9.8 {
			t.Errorf("%s: %.3f simple, %.3f weighted; want 9.8", label, simple, weighted)
		}
		for how, theirs := range evalDuckDB(t, dir, files) {
			s, w := theirs.scores()
			fmt.Printf("%-26s %-34s %8.3f %8.3f\n", label, "DuckDB "+duckdb+", "+duckdbModes[how], s, w)
			theirs.print()
			if simple <= s || weighted <= w {
				t.Errorf("%s: DuckDB, %s, does better", label, duckdbModes[how])
			}
		}
	}
}

// print tells the scores by kind of pollution.
func (p *pollockSum) print() {
	for _, class := range slices.Sorted(maps.Keys(p.classes)) {
		c := p.classes[class]
		fmt.Printf("    %-34s %5.0f files %8.3f\n", class, c[1], c[0]/c[1])
	}
}

// duckdbModes are the settings of DuckDB's reader that are measured. In the last
// it is told delimiter, quote, escape, the lines to skip and the names of the
// columns, which nobody tells Constat.
var duckdbModes = []string{"auto", "tolerant", "tolerant, and told the dialect"}

// evalDuckDB has DuckDB read the files, by its Python package in an environment
// of its own, or says why it cannot.
func evalDuckDB(t *testing.T, dir string, files []polluted) []pollockSum {
	t.Helper()
	venv := filepath.Join(os.TempDir(), "constat-eval-duckdb-"+duckdb)
	python := filepath.Join(venv, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		for _, args := range [][]string{{"python3", "-m", "venv", venv}, {filepath.Join(venv, "bin", "pip"), "install", "--quiet", "duckdb==" + duckdb}} {
			if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
				_ = os.RemoveAll(venv)
				fmt.Printf("    DuckDB %s is not measured: %v: %s\n", duckdb, err, strings.TrimSpace(string(out)))
				return nil
			}
		}
	}
	if out, err := exec.Command(python, filepath.Join("testdata", "duckdb_read.py"), dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sums := make([]pollockSum, len(duckdbModes))
	for how := range duckdbModes {
		for i, f := range files {
			read, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%04d.csv.%d", i, how)))
			var s [pollockScores]float64
			if err == nil {
				r := csv.NewReader(strings.NewReader(string(read)))
				r.FieldsPerRecord = -1
				got, err := r.ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				s = pollockScore(f.want, got)
			}
			sums[how].add(f, s)
		}
	}
	return sums
}
