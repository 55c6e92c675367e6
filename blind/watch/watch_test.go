package watch_test

import (
	"slices"
	"testing"

	"constat.example/blind/watch"
)

func TestAYearOfWork(t *testing.T) {
	t.Parallel()
	const accounts, days = 300, 120
	g := newAgency(1, accounts, days)
	w := watch.New(watch.Options{})
	false1 := 0
	g.run(w, 0, days, func(day int, a watch.Alarm) {
		false1++
		t.Logf("day %d: %s %s of %s: %d people, usual %.0f, peers %.0f, %.1f bits %v", day, a.At, a.Rule, a.Account, a.People, a.Usual, a.Peers, a.Bits, a.Signs)
	})
	t.Log(w.Levels(), w.Taken)
	t.Logf("%d false alarms", false1)
	// Thieves.
	var at []int64
	for i := range 20 {
		g.thieves = []thief{{adviser: (i*37 + 5) % accounts, from: days + i, days: 1, strange: i%2 == 0}}
		caught := int64(0)
		g.run(w, days+i, 1, func(_ int, a watch.Alarm) {
			if a.Account == g.names.Of(g.advisers[g.thieves[0].adviser].account) && (a.Rule == watch.Day || a.Rule == watch.Hour || a.Rule == watch.Walk) && caught == 0 {
				caught = a.People
			}
		})
		if caught == 0 {
			caught = 1 << 40
		}
		at = append(at, caught)
	}
	slices.Sort(at)
	t.Log(at)
}
