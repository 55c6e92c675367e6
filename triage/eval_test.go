//go:build eval

package triage_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/blind/engine/duckdb"
	"constat.example/clear/seal"
	"constat.example/internal/failure"
	"constat.example/triage"
)

// TestEval links the labelled sets at hand, the way a user would, and prints how
// well. The sets are never tuned on row by row; what they hold is public
// and made up.
func TestEval(t *testing.T) {
	fmt.Printf("%-22s %8s %8s %8s  %9s %9s %9s  %7s\n", "set", "register", "dump", "pairs", "precision", "recall", "F1", "seconds")
	for _, n := range []int{1, 2, 3} {
		rows := read(t, fmt.Sprintf("linkage-febrl/dataset%d.csv.gz", n))
		register, dump := [][]string{rows[0]}, [][]string{rows[0]}
		for _, r := range rows[1:] {
			if strings.HasSuffix(r[0], "-org") {
				register = append(register, r)
			} else {
				dump = append(dump, r)
			}
		}
		link(t, fmt.Sprintf("FEBRL %d", n), register, dump, febrl)
	}
	link(t, "FEBRL 4", read(t, "linkage-febrl/dataset4a.csv.gz"), read(t, "linkage-febrl/dataset4b.csv.gz"), febrl)
	link(t, "INSEE 10,000 × 10,000",
		without(read(t, "linkage-insee-appariement/synthetic_data_10000_A.csv.gz"), "sorting_key"),
		without(read(t, "linkage-insee-appariement/synthetic_data_10000_B.csv.gz"), "sorting_key"), febrl)
}

// febrl is the number of the person in a FEBRL record id: rec-12-dup-0 is rec-12.
func febrl(id string) string {
	parts := strings.Split(id, "-")
	return parts[0] + "-" + parts[1]
}

// link imports one file, assesses the other without its ids, and prints how
// well the links fit the ids.
func link(t *testing.T, name string, register, dump [][]string, person func(id string) string) {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "register.csv"), register)
	write(t, filepath.Join(dir, "dump.csv"), without(dump, dump[0][0]))
	bench := triage.Bench{Home: filepath.Join(dir, "home"), Engine: duckdb.Open, Now: time.Now, Unlock: seal.Unlock{}}
	ctx := context.Background()
	if _, err := bench.Import(ctx, triage.ImportRequest{Source: filepath.Join(dir, "register.csv"), ID: register[0][0], AsOf: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}); failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	links := filepath.Join(dir, "links.csv")
	start := time.Now()
	res, err := bench.Assess(ctx, triage.AssessRequest{Paths: []string{filepath.Join(dir, "dump.csv")}, Links: links})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	took := time.Since(start)

	inRegister := map[string]bool{}
	for _, r := range register[1:] {
		inRegister[person(r[0])] = true
	}
	pairs := 0
	for _, r := range dump[1:] {
		if inRegister[person(r[0])] {
			pairs++
		}
	}
	file, err := os.Open(links)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	found, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, l := range found[1:] {
		var row int
		fmt.Sscan(l[0], &row)
		if person(dump[row][0]) == person(l[1]) {
			right++
		} else if os.Getenv("SHOW") != "" {
			fmt.Println("wrong", l, dump[row])
		}
	}
	p, r := float64(right)/float64(max(1, len(found)-1)), float64(right)/float64(pairs)
	fmt.Printf("%-22s %8d %8d %8d  %9.5f %9.5f %9.5f  %7.2f\n", name, len(register)-1, len(dump)-1, pairs, p, r, 2*p*r/(p+r), took.Seconds())
	if os.Getenv("SHOW") != "" {
		res.Assessment.Write(os.Stdout)
	}
}

func read(t *testing.T, name string) [][]string {
	t.Helper()
	packed, err := os.ReadFile(filepath.Join("../../shared/data", name))
	if err != nil {
		t.Skipf("the labelled set %s is not at hand: %v", name, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.TrimLeadingSpace = true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func write(t *testing.T, path string, rows [][]string) {
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
	drop := -1
	for i, c := range rows[0] {
		if c == name {
			drop = i
		}
	}
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = append(append([]string(nil), r[:drop]...), r[drop+1:]...)
	}
	return out
}
