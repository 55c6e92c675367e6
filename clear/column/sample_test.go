package column_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/clear/table"
)

// sharedData is the folder of real and realistic files beside the module; the
// test is skipped where it is missing.
func sharedData(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			t.Skip("no module root above the test")
		}
		dir = filepath.Dir(dir)
	}
	data := filepath.Join(dir, "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		t.Skip("the shared data is not beside the module")
	}
	return data
}

// readCSV reads a compressed CSV whole.
func readCSV(t testing.TB, path string) (*table.Batch, []string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Skip("the file is not there")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(z)
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	names, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(row) == len(names) {
			rows = append(rows, row)
		}
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return batch(rows, len(names)), names
}

func batch(rows [][]string, width int) *table.Batch {
	var b table.Batch
	b.Reset(0, width)
	for i, row := range rows {
		for _, cell := range row {
			b.AppendString(cell)
		}
		b.EndRow(int64(i + 1))
	}
	return &b
}
