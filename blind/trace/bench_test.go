package trace

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"constat.example/blind/access"
	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/token"
)

// scatter makes a token of a number, as scattered as real ones (splitmix64).
func scatter(n uint64) token.Token {
	n += 0x9E3779B97F4A7C15
	n = (n ^ n>>30) * 0xBF58476D1CE4E5B9
	n = (n ^ n>>27) * 0x94D049BB133111EB
	return token.Token((n ^ n>>31) | 1)
}

// BenchmarkTrace traces CONSTAT_TRACE_MILLIONS (10) million accesses of ten thousand accounts
// over a year against a tenth as many leaked people, of ten times as many.
func BenchmarkTrace(b *testing.B) {
	millions := 10
	if text := os.Getenv("CONSTAT_TRACE_MILLIONS"); text != "" {
		var err error
		if millions, err = strconv.Atoi(text); err != nil || millions < 1 {
			b.Fatalf("CONSTAT_TRACE_MILLIONS is %q", text)
		}
	}
	entries, accounts := uint64(millions)*1_000_000, uint64(10_000)
	leaked, people := entries/10, entries
	dir := b.TempDir()
	path := filepath.Join(dir, "accesses.parquet")
	w, err := access.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	const year = int64(365 * day)
	batch := make([]access.Access, 0, 1<<16)
	write := func() {
		if err := w.Write(batch); err != nil {
			b.Fatal(err)
		}
		batch = batch[:0]
	}
	for i := range entries {
		r := uint64(scatter(i ^ 0xABCDEF))
		a := access.Access{
			Time: epoch + int64(i)*(year/int64(entries)), Line: int64(i + 1), Record: scatter(r % people), Count: 1,
			Account: access.Name(1 + (r>>32)%accounts), Address: access.Name(20_000 + (r>>32)%accounts), Office: access.Name(1 + (r>>32)%200), Action: access.Read,
		}
		// One account reads all of the leaked within ten weeks.
		if into := a.Time - epoch - year/2; into > 0 && into < year/5 && i%2 == 0 {
			a.Account, a.Record = 77, scatter(i/2%leaked)
		}
		if batch = append(batch, a); len(batch) == cap(batch) {
			write()
		}
	}
	write()
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	list := filepath.Join(dir, "leaked.parquet")
	l, err := token.CreateNumbers(list, []token.NumbersColumn{{Name: "record", Bits: 64}})
	if err != nil {
		b.Fatal(err)
	}
	if err := l.Write(int(leaked), func(dst []int64, _, first, count int) []int64 {
		for i := range count {
			dst = append(dst, scatter(uint64(first+i)))
		}
		return dst
	}); err != nil {
		b.Fatal(err)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	before := spent(b)
	b.ResetTimer()
	for b.Loop() {
		s, err := duckdb.Open(b.Context(), engine.Config{Dir: dir, Threads: 2, Memory: 3 << 30})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.View(b.Context(), "accesses", path); err != nil {
			b.Fatal(err)
		}
		if err := s.View(b.Context(), "leaked", list); err != nil {
			b.Fatal(err)
		}
		c := Config{Session: timed{s, b}, Accesses: "accesses", Leaked: "leaked", People: int64(people), From: epoch + year/2 - 10*int64(day), To: epoch + year/2 + 90*int64(day)}
		got, err := Run(b.Context(), c, Outlook{From: c.From, To: c.To})
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("%d accounts, nobody %.3f, suspects %+v", len(got.Counts.Tallies), got.Nobody, got.Suspects)
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(entries)/b.Elapsed().Seconds()*float64(b.N), "accesses/s")
	b.ReportMetric((spent(b)-before)/float64(b.N), "cpu-s/op")
}

// timed tells what each statement takes of the processor.
type timed struct {
	engine.Session

	b *testing.B
}

func (t timed) tell(before float64, statement string) {
	t.b.Logf("%6.2f s  %.70s", spent(t.b)-before, strings.Join(strings.Fields(statement), " "))
}

// Table implements engine.Session.
func (t timed) Table(ctx context.Context, name, query string) error {
	defer t.tell(spent(t.b), name+": "+query)
	return t.Session.Table(ctx, name, query)
}

// Query implements engine.Session.
func (t timed) Query(ctx context.Context, query string, row func([]any) error) error {
	defer t.tell(spent(t.b), query)
	return t.Session.Query(ctx, query, row)
}

// spent is the seconds of processor that the process has taken: on a machine that others use
// the clock tells little.
func spent(b *testing.B) float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}
