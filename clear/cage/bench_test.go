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

// BenchmarkScan reads texts of each large format here and in the cage, plain
// and sealed.
func BenchmarkScan(b *testing.B) {
	const rows = 1_000_000
	var csv, lines, inserts, copied strings.Builder
	csv.WriteString("id;nom;prenom;naissance;courriel;telephone;adresse;cp;ville\n")
	inserts.WriteString("/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `t` (`id` int, `nom` text, `prenom` text, `naissance` date, `courriel` text, `adresse` text, `cp` text, `ville` text);\nINSERT INTO `t` VALUES ")
	copied.WriteString("SET standard_conforming_strings = on;\nCOPY public.t (id, nom, prenom, naissance, courriel, adresse, cp, ville) FROM stdin;\n")
	for i := range rows {
		fmt.Fprintf(&csv, "%d;MARTIN;Jeanne;19%02d-01-02;jeanne.martin%d@mail.example;+33639980%03d;%d rue des Lilas;69001;Lyon\n", i, i%100, i, i%1000, i%90)
		fmt.Fprintf(&lines, `{"id":%d,"nom":"MARTIN","prenom":"Hélène","naissance":"19%02d-01-02","courriel":"jeanne.martin%d@mail.example","adresse":{"voie":"%d rue des Lilas","cp":"69001","ville":"Lyon"}}`+"\n", i, i%100, i, i%90)
		switch {
		case i%5000 == 4999:
			inserts.WriteString(";\nINSERT INTO `t` VALUES ")
		case i > 0:
			inserts.WriteString(",")
		}
		fmt.Fprintf(&inserts, "(%d,'MARTIN','Hélène','19%02d-01-02','jeanne.martin%d@mail.example','%d rue de l\\'Orme','69001','Lyon')", i, i%100, i, i%90)
		fmt.Fprintf(&copied, "%d\tMARTIN\tHélène\t19%02d-01-02\tjeanne.martin%d@mail.example\t%d rue\\tdes Lilas\t69001\t\\N\n", i, i%100, i, i%90)
	}
	inserts.WriteString(";\n")
	copied.WriteString("\\.\n")
	for _, text := range []struct{ name, text string }{
		{"a.csv", csv.String()}, {"a.jsonl", lines.String()}, {"inserts.sql", inserts.String()}, {"copy.sql", copied.String()},
	} {
		plain, sealed := files(b, text.name, text.text), []Input{sealedFile(b, text.name, text.text)}
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
			b.Run(text.name+", "+c.name, func(b *testing.B) {
				r, err := Open(b.Context(), c.config, c.inputs, dump.Options{})
				if err != nil {
					b.Fatal(err)
				}
				defer r.Close()
				b.SetBytes(int64(len(text.text)))
				for b.Loop() {
					a, err := r.Scan(b.Context(), func(_ *table.Batch, release func()) error {
						release()
						return nil
					})
					if err != nil {
						b.Fatal(err)
					}
					if a.Read != rows {
						b.Fatalf("%d rows", a.Read)
					}
				}
				if r.child != nil {
					b.ReportMetric(peak(b, r.child.process.Pid), "child-MiB")
				}
			})
		}
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
