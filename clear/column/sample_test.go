package column_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"strings"
	"testing"

	"constat.example/clear/table"
	"constat.example/internal/datatest"
)

// readCSV reads a CSV of the public data whole.
func readCSV(t testing.TB, name string) (*table.Batch, []string) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(datatest.Read(t, name)))
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
