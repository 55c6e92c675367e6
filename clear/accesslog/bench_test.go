package accesslog

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// lineSizes are near the 200 bytes that lines of such logs have.
func benchLines(n int, one func(i int) string) []byte {
	var b bytes.Buffer
	for i := range n {
		b.WriteString(one(i))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func jsonLine(i int) string {
	return fmt.Sprintf(`{"ts":"2026-03-01T%02d:%02d:%02d.%03dZ","account":"conseiller-%04d","action":"consultation","record":"FT-%07d","ip":"10.%d.%d.7","session":"s%06d","office":"agence-%03d","reason":"suivi","ua":"Firefox 128"}`,
		i/3_600_000%24, i/60_000%60, i/1000%60, i%1000, i*7919%10_000, i*7907%1_000_000, i%8, i%250, i*31%40_000, i%300)
}

func webLine(i int) string {
	return fmt.Sprintf(`10.%d.%d.7 - conseiller-%04d [01/Mar/2026:%02d:%02d:%02d +0100] "GET /api/v1/dossiers/%07d?vue=complete HTTP/1.1" 200 5120 "https://portail.example/recherche" "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0"`,
		i%8, i%250, i*7919%10_000, i/3_600_000%24, i/60_000%60, i/1000%60, i*7907%1_000_000)
}

// BenchmarkScan reads lines of 200 bytes with two workers; scan/op is what a plain count of
// line ends takes on the same bytes, as a measure of the machine.
func BenchmarkScan(b *testing.B) {
	for _, c := range []struct {
		name string
		one  func(int) string
		o    Options
	}{
		{"json", jsonLine, Options{}},
		{"combined", webLine, Options{}},
		{"postgres", func(i int) string {
			return fmt.Sprintf(`2026-03-01 %02d:%02d:%02d.%03d UTC [%d] web@registre 10.0.0.9 LOG:  statement: SELECT nom, prenom, naissance, adresse FROM public.clients WHERE actif AND id = %d ORDER BY nom LIMIT 50`, i/3_600_000%24, i/60_000%60, i/1000%60, i%1000, i%500, i*7907%1_000_000)
		}, Options{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			const n = 1_000_000
			text := benchLines(n, c.one)
			path := filepath.Join(b.TempDir(), "log")
			if err := os.WriteFile(path, text, 0o600); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(text)))
			b.ResetTimer()
			for range b.N {
				r := New(c.o)
				got := 0
				if err := r.Scan(b.Context(), []string{path}, func(batch *Batch) error { got += len(batch.Accesses); return nil }); err != nil {
					b.Fatal(err)
				}
				if got != n {
					b.Fatalf("%d entries: %+v", got, r.Accounts())
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
		b.Run(c.name+"/newlines", func(b *testing.B) {
			text := benchLines(1_000_000, c.one)
			b.SetBytes(int64(len(text)))
			b.ResetTimer()
			for range b.N {
				if bytes.Count(text, []byte{'\n'}) != 1_000_000 {
					b.Fatal()
				}
			}
			b.ReportMetric(1_000_000*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
