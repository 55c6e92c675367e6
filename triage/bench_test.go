package triage_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

// The benchmarks of the main job, on a simulated agency. Sizes are in
// thousands of rows; CONSTAT_BENCH names a folder that keeps what was
// simulated from one run to the next.

// tenKinds keeps ten kinds of the register beside the record id: the others
// are told to be ignored.
const tenKinds = `columns:
  commune_naissance: ignore
  code_commune_naissance: ignore
  pays_naissance: ignore
  complement_adresse: ignore
  code_commune: ignore
  iban: ignore
  numero_fiscal: ignore
  date_creation: ignore
`

// incident is a simulated register of two snapshots and a dump of it.
func incident(b testing.TB, people, rows int) string {
	b.Helper()
	root := os.Getenv("CONSTAT_BENCH")
	if root == "" {
		root = b.TempDir()
	}
	dir := filepath.Join(root, fmt.Sprintf("%d-%d", people, rows))
	if _, err := os.Stat(filepath.Join(dir, "truth", "truth.json")); err == nil {
		return dir
	}
	_, err := scenario.Write(context.Background(), dir, scenario.Config{People: people, Seed: 77, Snapshots: []int{11, 23}}, "full-copy",
		func(t *scenario.Theft) {
			t.Months, t.Sample, t.Shuffled = 12.5, rows, true
			t.Columns = []string{"nom_naissance", "nom_usage", "prenoms", "sexe", "date_naissance", "nir", "courriel", "telephone", "adresse", "code_postal", "commune"}
		})
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "map.yaml"), []byte(tenKinds), 0o600); err != nil {
		b.Fatal(err)
	}
	return dir
}

func workbench(home string) triage.Bench {
	return triage.Bench{Home: home, Engine: open, Now: time.Now}
}

func importAll(b *testing.B, w triage.Bench, dir string) {
	b.Helper()
	snapshots, err := filepath.Glob(filepath.Join(dir, "register", "*.csv"))
	if err != nil {
		b.Fatal(err)
	}
	slices.Sort(snapshots)
	for _, path := range snapshots {
		asOf, err := time.Parse(time.DateOnly, strings.TrimSuffix(filepath.Base(path), ".csv"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Import(context.Background(), triage.ImportRequest{Source: path, AsOf: asOf, Map: filepath.Join(dir, "map.yaml")}); failure.CodeOf(err) > failure.Attention {
			b.Fatal(err)
		}
	}
}

func BenchmarkAssess(b *testing.B) {
	for _, size := range []struct{ people, rows int }{{200_000, 100_000}, {2_000_000, 1_000_000}} {
		b.Run(fmt.Sprintf("rows=%d", size.rows), func(b *testing.B) {
			dir := incident(b, size.people, size.rows)
			w := workbench(b.TempDir())
			importAll(b, w, dir)
			b.ReportAllocs()
			for b.Loop() {
				res, err := w.Assess(context.Background(), triage.AssessRequest{Paths: []string{filepath.Join(dir, "dump.csv")}, Links: filepath.Join(w.Home, "links.csv"), Fresh: true})
				if failure.CodeOf(err) > failure.Attention {
					b.Fatal(err)
				}
				timings, _ := json.Marshal(res.Assessment.Timings)
				b.Logf("%d linked, %d ambiguous; %s", res.Assessment.Linked.Rows, res.Assessment.Linked.Ambiguous, timings)
			}
			b.ReportMetric(float64(size.rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkImport(b *testing.B) {
	const people = 200_000
	dir := incident(b, people, 100_000)
	for b.Loop() {
		w := workbench(b.TempDir())
		importAll(b, w, dir)
		kept, err := w.Snapshots("")
		if err != nil {
			b.Fatal(err)
		}
		all := kept[0].Snapshots
		b.ReportMetric(float64(all[0].Bytes)/float64(all[0].People), "B/person")
		b.ReportMetric(float64(all[1].Bytes)/float64(all[1].People), "B/person-later")
	}
}

// BenchmarkSeal reads, types, seals and writes the dump and the register of an
// incident, without the engine.
func BenchmarkSeal(b *testing.B) {
	people, rows := 200_000, 100_000
	if os.Getenv("CONSTAT_BENCH") != "" {
		people, rows = 2_000_000, 1_000_000
	}
	dir := incident(b, people, rows)
	registers, err := filepath.Glob(filepath.Join(dir, "register", "*.csv"))
	if err != nil || len(registers) == 0 {
		b.Fatal("no register", err)
	}
	slices.Sort(registers)
	w := workbench(b.TempDir())
	if err := w.NewDrillKey([]byte("a key for figures")); err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		ids        bool
	}{{"dump", filepath.Join(dir, "dump.csv"), false}, {"register", registers[0], true}} {
		b.Run(c.name, func(b *testing.B) {
			out := b.TempDir()
			b.ReportAllocs()
			var sealed int64
			for b.Loop() {
				n, err := w.Seal(context.Background(), c.path, filepath.Join(dir, "map.yaml"), out, c.ids)
				if err != nil {
					b.Fatal(err)
				}
				sealed += n
			}
			b.ReportMetric(float64(sealed)/b.Elapsed().Seconds(), "rows/s")
			for _, name := range []string{"tokens", "lexicon"} {
				if info, err := os.Stat(filepath.Join(out, name+".parquet")); err == nil {
					b.ReportMetric(float64(info.Size())*float64(b.N)/float64(sealed), name+"-B/row")
				}
			}
		})
	}
}
