package column_test

import (
	"math/rand/v2"
	"testing"

	"constat.example/clear/column"
)

// BenchmarkType types a sample of 20,000 rows and 30 columns.
func BenchmarkType(b *testing.B) {
	w := loadWorld(b)
	r := rand.New(rand.NewPCG(1, 1))
	rows, labels := makeFile(w, r, 20000)
	more, _ := makeFile(w, r, 20000)
	names := make([]string, 30)
	for i, l := range labels {
		names[i] = l.header
	}
	for i := range rows {
		rows[i] = append(rows[i], more[i]...)[:len(names)]
	}
	sample := batch(rows, len(names))
	for b.Loop() {
		if _, err := column.Type(sample, names, column.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
