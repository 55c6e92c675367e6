package cage

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"constat.example/clear/dump"
	"constat.example/clear/table"
)

// BenchmarkPipe carries batches from one end of a pipe to the other: the bytes
// counted are those of cell text.
func BenchmarkPipe(b *testing.B) {
	var batch table.Batch
	batch.Reset(0, 9)
	for row := 1; batch.Bytes() < 1<<20; row++ {
		for _, cell := range []string{"123456", "MARTIN", "Jeanne", "1970-01-02", "jeanne.martin123456@mail.example", "+33639980123", "12 rue des Lilas", "69001", "Lyon"} {
			batch.AppendString(cell)
		}
		batch.EndRow(int64(row))
	}
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	widen(w)
	go func() {
		for writeBatch(w, tellRows, &batch) == nil {
		}
	}()
	var got table.Batch
	tables := []dump.Table{{Columns: make([]string, 9)}}
	b.SetBytes(int64(batch.Bytes()))
	for b.Loop() {
		f, err := readFrame(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := f.batch(r, &got, tables, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScan reads the same CSV here and in the cage, plain and sealed.
func BenchmarkScan(b *testing.B) {
	var s strings.Builder
	s.WriteString("id;nom;prenom;naissance;courriel;telephone;adresse;cp;ville\n")
	for i := range 1_000_000 {
		fmt.Fprintf(&s, "%d;MARTIN;Jeanne;19%02d-01-02;jeanne.martin%d@mail.example;+33639980%03d;%d rue des Lilas;69001;Lyon\n", i, i%100, i, i%1000, i%90)
	}
	plain, sealed := files(b, "a.csv", s.String()), []Input{sealedFile(b, "a.csv", s.String())}
	for _, c := range []struct {
		name   string
		config Config
		inputs []Input
	}{
		{"here", Config{}, plain},
		{"caged", caged(), plain},
		{"here, sealed", Config{}, sealed},
		{"caged, sealed", caged(), sealed},
	} {
		b.Run(c.name, func(b *testing.B) {
			r, err := Open(b.Context(), c.config, c.inputs, dump.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			b.SetBytes(int64(s.Len()))
			for b.Loop() {
				if _, err := r.Scan(b.Context(), func(_ *table.Batch, release func()) error {
					release()
					return nil
				}); err != nil {
					b.Fatal(err)
				}
			}
			if r.child != nil {
				b.ReportMetric(peak(b, r.child.process.Pid), "child-MiB")
			}
		})
	}
}

// peak is the most memory that a process had so far.
func peak(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skip("no /proc here")
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}
