//go:build eval

package watch_test

import (
	"math"
	"slices"
	"testing"

	"constat.example/blind/watch"
)

// Of ordinary work hardly an alarm; of a thief who takes all he can, one before the
// five hundredth person.
func TestMonthsOfWork(t *testing.T) {
	t.Parallel()
	const accounts, days = 300, 120
	g := newAgency(1, accounts, days)
	w := watch.New(watch.Options{})
	raised := 0
	g.run(w, 0, days, func(day int, a watch.Alarm) {
		raised++
		t.Logf("day %d: %s %s of %s: %d people, usual %.0f, peers %.0f, %.1f bits %v", day, a.At, a.Rule, a.Account, a.People, a.Usual, a.Peers, a.Bits, a.Signs)
	})
	t.Log(w.Levels(), w.Taken)
	if weeks := days / 7; raised > weeks {
		t.Errorf("%d false alarms in %d weeks", raised, weeks)
	}
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
			caught = math.MaxInt64
		}
		at = append(at, caught)
	}
	slices.Sort(at)
	if median, most := at[len(at)/2], at[len(at)*19/20]; median > 500 || most > 2000 {
		t.Errorf("alarms at the %dth person in the median, at the %dth in 95 of 100: %v", median, most, at)
	}
}

// A thief who takes 200 people a day beside the account's own work is found within a week.
func TestSlowThief(t *testing.T) {
	t.Parallel()
	const accounts, learnt = 150, 60
	g := newAgency(2, accounts, 400)
	w := watch.New(watch.Options{})
	g.run(w, 0, learnt, func(int, watch.Alarm) {})
	for i := range 6 {
		g.advisers[i*9].away, g.advisers[i*9].from = [3]int{-99, -99, -99}, 0
		g.thieves = append(g.thieves, thief{adviser: i * 9, from: learnt + 3, days: 14, perDay: 200})
	}
	found := map[string]int{}
	g.run(w, learnt, 17, func(day int, a watch.Alarm) {
		if _, ok := found[a.Account]; !ok && day >= learnt+3 {
			found[a.Account] = day - learnt - 3
		}
	})
	late := 0
	for _, t := range g.thieves {
		if d, ok := found[g.names.Of(g.advisers[t.adviser].account)]; !ok || d > 8 {
			late++
		}
	}
	if late > 1 {
		t.Errorf("%d thieves of %d were not found within a week: %v", late, len(g.thieves), found)
	}
}
