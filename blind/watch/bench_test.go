package watch_test

import (
	"syscall"
	"testing"
	"time"

	"constat.example/blind/watch"
)

// BenchmarkTake has days of ten thousand accounts taken in, and tells millions of accesses
// a second of processor time, which other work on the machine does not change.
func BenchmarkTake(b *testing.B) {
	g := newAgency(4, 10_000, 400)
	w := watch.New(watch.Options{})
	all := g.day(0, nil)
	spent := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := spent()
	for i := 0; b.Loop(); i++ {
		if i > 0 {
			for j := range all {
				all[j].Time += 24 * 3_600_000_000
			}
		}
		w.Take("log", all, &g.names)
	}
	b.ReportMetric(float64(len(all))*float64(b.N)/(spent()-before).Seconds()/1e6, "M/cpu-s")
}
