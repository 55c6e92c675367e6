package watch_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/blind/watch"
)

// BenchmarkTake takes in reads of ten thousand accounts at work, a hundred a day each.
func BenchmarkTake(b *testing.B) {
	const accounts, perDay, days, batch = 10_000, 1_000_000, 2, 5000
	var names access.Names
	number := func(form string, i int) access.Name { return names.Number(fmt.Appendf(nil, form, i)) }
	rng := rand.New(rand.NewPCG(31, 32))
	all := make([]access.Access, perDay*days)
	for i := range all {
		who := rng.IntN(accounts)
		all[i] = access.Access{
			Time: int64(1_756_080_000+i/perDay*86_400)*1_000_000 + int64(i%perDay)*36_000_000_000/perDay, Line: int64(i + 1),
			Record: token.Token(rng.Uint64()), Count: 1, Step: rng.Int64N(2000) - 1000, By: kind.RecordID, Action: access.Read,
			Account: number("c%04d", who), Session: number("s%06x", who), Address: number("10.31.0.%d", who), Device: number("poste-%d", who), Office: number("%03d", who/100),
		}
	}
	for b.Loop() {
		w := watch.New(watch.Options{})
		for at := 0; at < len(all); at += batch {
			w.Take("log", all[at:at+batch], &names)
		}
		if w.Taken != int64(len(all)) || w.Accounts() != accounts {
			b.Fatal(w.Taken, w.Accounts())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/access")
}
