package ledger_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"constat.example/desk/ledger"
	"constat.example/internal/progress"
)

// BenchmarkAppend has 64 at a time append an entry, each of which waits until its own
// is on the disk.
func BenchmarkAppend(b *testing.B) {
	l := open(b, b.TempDir())
	var n atomic.Int64
	b.SetParallelism(64)
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := l.Append(context.Background(), entry(int(n.Add(1)))); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkAppendAlone appends one after another, as commands do.
func BenchmarkAppendAlone(b *testing.B) {
	l := open(b, b.TempDir())
	for n := 0; b.Loop(); n++ {
		if _, err := l.Append(context.Background(), entry(n)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReplay verifies a ledger of 100,000 entries that name four files each.
func BenchmarkReplay(b *testing.B) {
	l := open(b, b.TempDir())
	const entries = 100_000
	var all []*ledger.Entry
	for n := range entries / 2 {
		begun := entry(n)
		done := *begun
		done.Step, done.Of, done.Inputs = ledger.Done, int64(2*n+1), nil
		for _, name := range []string{"assessment.json", "assessment.html", "established.jsonl", "evidence/custody.jsonl"} {
			done.Files = append(done.Files, ledger.File{Name: name, Bytes: int64(1000 + n), Sum: begun.Inputs[0], Grows: ledger.Grows(name)})
		}
		all = append(all, begun, &done)
	}
	if _, err := l.Append(context.Background(), all...); err != nil {
		b.Fatal(err)
	}
	began := cpu(b)
	for b.Loop() {
		if _, err := ledger.Replay(context.Background(), l.Dir(), l.Key(), nil, progress.None, ledger.NewBooks().Take); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(entries*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(entries*float64(b.N)/(cpu(b)-began).Seconds(), "entries/cpu-s") // of all threads
}

// cpu is how long this process has computed, on all cores.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
