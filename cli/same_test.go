package cli_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// TestSameInputSameOutput assesses drills of other seeds over and over: the
// assessment is the same to the byte, timings apart, and so are the links.
func TestSameInputSameOutput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind string
		seed uint64
	}{{"noisy", 11}, {"stale-third", 12}, {"padded", 13}} {
		t.Run(fmt.Sprintf("%s of seed %d", c.kind, c.seed), func(t *testing.T) {
			t.Parallel()
			dir := drill(t, c.kind, 1200, c.seed, []int{0, 20})
			p := on(t, filepath.Join(t.TempDir(), "home"))
			for _, path := range snapshotsOf(t, dir) {
				p.must(0, "register", "import", path)
			}
			var json, links string
			for i, threads := range []string{"1", "2"} {
				out := filepath.Join(t.TempDir(), "links.csv")
				got := timeless(t, p.must(0, "assess", dumpOf(t, dir), "--json", "--threads", threads, "--links", out))
				switch {
				case i == 0:
					json, links = got, read(t, out)
				case got != json:
					t.Errorf("run %d: another assessment: %s", i+1, firstDifference(json, got))
				case read(t, out) != links:
					t.Errorf("run %d: other links: %s", i+1, firstDifference(links, read(t, out)))
				}
			}
			sameInParquet(t, p, dumpOf(t, dir), links)
		})
	}
}

// sameInParquet holds links in Parquet against those in CSV.
func sameInParquet(t *testing.T, p program, dump, links string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "links.parquet")
	p.must(0, "assess", dump, "--links", out)
	f, err := file.OpenParquetFile(out, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	in, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := in.ReadTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer table.Release()
	var names []string
	rows := make([][]string, table.NumRows())
	for c := range int(table.NumCols()) {
		names = append(names, table.Column(c).Name())
		at := 0
		for _, chunk := range table.Column(c).Data().Chunks() {
			for i := range chunk.Len() {
				var text string
				switch v := chunk.(type) {
				case *array.Int64:
					text = strconv.FormatInt(v.Value(i), 10)
				case *array.String:
					text = v.Value(i)
				case *array.Float64:
					decimals := map[string]int{"probability": 6, "weight": 3}[names[c]]
					text = strconv.FormatFloat(v.Value(i), 'f', decimals, 64)
					if short, _ := strconv.ParseFloat(text, 64); short != v.Value(i) {
						t.Fatalf("row %d: %s %v has more digits than %s", at+1, names[c], v.Value(i), text)
					}
				default:
					t.Fatalf("column %s of type %T", names[c], v)
				}
				rows[at] = append(rows[at], text)
				at++
			}
		}
	}
	f2, err := os.Open(filepath.Join(write(t, t.TempDir(), "links.csv", links)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f2.Close() }()
	want, err := csv.NewReader(f2).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := append([][]string{names}, rows...)
	if len(got) < 1000 || !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("%d rows in Parquet, %d in CSV, or other values", len(got), len(want))
	}
}

// TestEqualDrillsGiveEqualBytes runs one drill twice, and its like in another
// folder: their homes are made anew, and nothing differs but the timings.
func TestEqualDrillsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	var json, links string
	for i := range 2 {
		dir := drill(t, "noisy", 800, 5, []int{0, 12})
		p := on(t, filepath.Join(t.TempDir(), "home"))
		for run := range 2 - i {
			got := timeless(t, p.must(0, "drill", "run", dir, "--json"))
			made := read(t, filepath.Join(dir, "links.csv"))
			switch {
			case json == "":
				json, links = got, made
			case got != json:
				t.Errorf("drill %d, run %d: another assessment: %s", i+1, run+1, firstDifference(json, got))
			case made != links:
				t.Errorf("drill %d, run %d: other links", i+1, run+1)
			}
		}
	}
}

// firstDifference shows where two texts part.
func firstDifference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			from := max(0, i-60)
			return fmt.Sprintf("%q against %q", a[from:min(len(a), i+30)], b[from:min(len(b), i+30)])
		}
	}
	return fmt.Sprintf("%d bytes against %d", len(a), len(b))
}
