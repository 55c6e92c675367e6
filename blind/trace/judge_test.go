package trace

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// agency is a simulated agency's reads, as sets of numbers of people: what the SQL counts,
// counted in Go.
type agency struct {
	rand    *rand.Rand
	people  int
	days    int
	from    int // first day of the window
	to      int // day after its last
	reads   [][]read
	unnamed map[int][]read // by account; person is how many records were returned
	offices []int64
	regions int
}

type read struct{ day, person int }

// newAgency has accounts in regions; each reads people of their region mostly, the same
// ones often, and differs from others by two orders of magnitude. One account in a hundred
// reads widely.
func newAgency(seed uint64, people, accounts, regions, days int) *agency {
	a := &agency{rand: rand.New(rand.NewPCG(seed, 17)), people: people, days: days, from: days/2 - 5, to: days/2 + 5, regions: regions, unnamed: map[int][]read{}}
	for i := range accounts {
		region := i % regions
		a.offices = append(a.offices, int64(region+1))
		busy := 1 + a.rand.ExpFloat64()*15
		wide := a.rand.IntN(100) == 0
		if wide {
			busy = float64(people) / float64(days) / 2
		}
		caseload := make([]int, 60)
		for j := range caseload {
			caseload[j] = a.personOf(region)
		}
		var reads []read
		for d := range days {
			mood := 0.4 + a.rand.Float64()*1.2
			if d%7 > 4 {
				mood = 0
			}
			if a.rand.IntN(200) == 0 {
				mood *= 6
			}
			for range int(busy * mood) {
				person := a.personOf(region)
				switch {
				case wide:
					person = a.rand.IntN(people)
				case a.rand.IntN(2) == 0:
					person = caseload[a.rand.IntN(len(caseload))]
				case a.rand.IntN(20) == 0:
					person = a.rand.IntN(people)
				}
				reads = append(reads, read{d, person})
			}
		}
		a.reads = append(a.reads, reads)
	}
	return a
}

func (a *agency) personOf(region int) int {
	return region + a.regions*a.rand.IntN(a.people/a.regions)
}

// steal has accounts read people within the window, each an equal part.
func (a *agency) steal(people []int, by ...int) {
	for i, p := range people {
		who := by[i%len(by)]
		a.reads[who] = append(a.reads[who], read{a.from + 1 + a.rand.IntN(a.to-a.from-2), p})
	}
}

// some picks people: of a region, or of all where it is -1.
func (a *agency) some(n, region int) []int {
	var all []int
	for p := range a.people {
		if region < 0 || p%a.regions == region {
			all = append(all, p)
		}
	}
	a.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

// judge counts, and judges.
func (a *agency) judge(leaked []int, dated bool) (Finding, *Counts) {
	is := make([]bool, a.people)
	for _, p := range leaked {
		is[p] = true
	}
	c := &Counts{Leaked: int64(len(leaked)), People: int64(a.people)}
	index := make([]int, a.days+1) // of a day among those on which anybody reads
	for d := range a.days {
		index[d] = len(c.Days)
		if slices.ContainsFunc(a.reads, func(all []read) bool {
			return slices.ContainsFunc(all, func(r read) bool { return r.day == d })
		}) {
			c.Days = append(c.Days, epoch/day+int64(d))
		}
	}
	index[a.days] = len(c.Days)
	c.To = len(c.Days)
	if dated {
		c.From, c.To = index[a.from], index[a.to]
	}
	inside := func(d int) bool { return !dated || d >= a.from && d < a.to }
	seen := map[int]bool{}
	for i, reads := range a.reads {
		perDay := make([]Reads, len(c.Days))
		single := map[int]map[int]bool{} // on which days each person was read
		for _, r := range reads {
			if single[r.person] == nil {
				single[r.person] = map[int]bool{}
			}
			single[r.person][index[r.day]] = true
			d := &perDay[index[r.day]]
			d.Entries++
			if is[r.person] {
				d.Exposed++
				if inside(r.day) {
					seen[r.person] = true
				}
			}
		}
		people := 0
		for person, days := range single {
			if !is[person] {
				continue
			}
			if people++; len(days) == 1 {
				for d := range days {
					perDay[d].Lone++
				}
			}
		}
		for _, u := range a.unnamed[i] {
			perDay[index[u.day]].Returned += int64(u.person)
		}
		t := Tally{Actor: Actor(i + 1), Office: a.offices[i], People: int64(people)}
		for d, r := range perDay {
			if r.Day = int32(d); r.Volume != (Volume{}) {
				t.Days = append(t.Days, r)
			}
		}
		c.Tallies = append(c.Tallies, t)
	}
	c.Read = int64(len(seen))
	candidates := candidates(scanned(c, reads), scanned(c, lone))
	masks := map[int]uint64{}
	for i, k := range candidates {
		for _, r := range a.reads[k.actor-1] {
			if at := index[r.day]; at >= k.from && at < k.to {
				masks[r.person] |= 1 << i
			}
		}
	}
	cells := map[uint64]Cell{}
	for person, mask := range masks {
		cell := cells[mask]
		cell.Mask = mask
		cell.Read++
		if is[person] {
			cell.Leaked++
		}
		cells[mask] = cell
	}
	var sorted []Cell
	for _, cell := range cells {
		sorted = append(sorted, cell)
	}
	slices.SortFunc(sorted, func(x, y Cell) int {
		if x.Mask < y.Mask {
			return -1
		}
		return 1
	})
	return judge(c, candidates, sorted), c
}

// theft is how people left, and by whom as far as logs show.
type theft struct {
	name   string
	guilty int // how many accounts; 0: not in the logs
	play   func(a *agency) (leaked []int, guilty []int)
	dated  bool
}

var thefts = []theft{
	{"an adviser's account reads people of all regions", 1, func(a *agency) ([]int, []int) {
		e := a.some(2000, -1)
		a.steal(e, 7)
		return e, []int{7}
	}, true},
	{"an adviser's account reads its whole region", 1, func(a *agency) ([]int, []int) {
		e := a.some(1<<30, 3)
		a.steal(e, 3)
		return e, []int{3}
	}, true},
	{"part of what was read is leaked", 1, func(a *agency) ([]int, []int) {
		e := a.some(4000, 5)
		a.steal(e, 5)
		return e[:len(e)/3], []int{5}
	}, true},
	{"two accounts share the work", 2, func(a *agency) ([]int, []int) {
		e := a.some(3000, -1)
		a.steal(e, 11, 42)
		return e, []int{11, 42}
	}, true},
	{"three accounts share the work, undated", 3, func(a *agency) ([]int, []int) {
		e := a.some(3000, -1)
		a.steal(e, 11, 42, 77)
		return e, []int{11, 42, 77}
	}, false},
	{"an adviser's account, undated", 1, func(a *agency) ([]int, []int) {
		e := a.some(2000, -1)
		a.steal(e, 9)
		return e, []int{9}
	}, false},
	{"a small leak", 1, func(a *agency) ([]int, []int) {
		e := a.some(300, -1)
		a.steal(e, 15)
		return e, []int{15}
	}, true},
	{"the whole register within three days, undated", 1, func(a *agency) ([]int, []int) {
		e := a.some(1<<30, -1)
		a.from, a.to = 30, 35
		a.steal(e, 19)
		return e, []int{19}
	}, false},
	{"an adviser who comes back to the same people all the time, undated", 1, func(a *agency) ([]int, []int) {
		e := a.some(1500, 4)
		for range 6000 {
			a.reads[4] = append(a.reads[4], read{a.rand.IntN(a.days), e[a.rand.IntN(80)]})
		}
		a.steal(e, 4)
		return e, []int{4}
	}, false},
	{"a copy that ends after what it is dated to", 1, func(a *agency) ([]int, []int) {
		e := a.some(2000, -1)
		a.steal(e, 8)
		a.to -= 4
		return e, []int{8}
	}, true},
	{"only counts", 1, func(a *agency) ([]int, []int) {
		e := a.some(3000, -1)
		for i := range a.reads {
			for d := range a.days {
				if d%7 < 5 {
					a.unnamed[i] = append(a.unnamed[i], read{d, a.rand.IntN(40)})
				}
			}
		}
		a.unnamed[23] = append(a.unnamed[23], read{a.from + 2, len(e) + 50})
		return e, []int{23}
	}, true},
	{"a copy, while accounts are given as many records as ever", 0, func(a *agency) ([]int, []int) {
		for i := range 20 {
			for d := range a.days {
				if a.rand.IntN(5) == 0 {
					a.unnamed[i] = append(a.unnamed[i], read{d, 300 + a.rand.IntN(2000)})
				}
			}
		}
		return a.some(1500, -1), nil
	}, true},
	{"a copy, while somebody begins to work where it is of", 0, func(a *agency) ([]int, []int) {
		e := a.some(1<<30, 6)
		a.reads[6] = slices.DeleteFunc(a.reads[6], func(r read) bool { return r.day < a.from })
		for range 500 {
			a.reads[6] = append(a.reads[6], read{a.from + a.rand.IntN(a.days-a.from), e[a.rand.IntN(len(e))]})
		}
		return e, nil
	}, true},
	{"a backup of everybody", 0, func(a *agency) ([]int, []int) { return a.some(1<<30, -1), nil }, true},
	{"a copy of some people", 0, func(a *agency) ([]int, []int) { return a.some(2000, -1), nil }, true},
	{"a copy of one region", 0, func(a *agency) ([]int, []int) { return a.some(1<<30, 2), nil }, true},
	{"a copy of part of a region, undated", 0, func(a *agency) ([]int, []int) { return a.some(700, 2), nil }, false},
	{"a copy of few people", 0, func(a *agency) ([]int, []int) { return a.some(100, -1), nil }, true},
	{"a copy, while an account reads more than ever", 0, func(a *agency) ([]int, []int) {
		a.steal(a.some(4000, -1), 30)
		return a.some(2000, -1), nil
	}, true},
}

// TestThefts plays every theft: who did it comes first, and where it is not in the logs
// nobody is held for likelier than not.
func TestThefts(t *testing.T) {
	t.Parallel()
	const rounds = 2
	for _, theft := range thefts {
		t.Run(theft.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(rounds) {
				if right, innocent, said := play(t, theft, seed); !right || innocent {
					t.Error(said)
				}
			}
		})
	}
}

// play judges one theft: whether the guilty come first, or nobody is said where it is
// nobody; and whether an innocent is held for likelier than not.
func play(t *testing.T, theft theft, seed uint64) (first, innocent bool, said string) {
	t.Helper()
	a := newAgency(seed, 20_000, 240, 10, 60)
	leaked, guilty := theft.play(a)
	f, c := a.judge(leaked, theft.dated)
	is := func(s Suspect) bool { return slices.Contains(guilty, int(s.Actor)-1) }
	said = fmt.Sprintf("seed %d: %d leaked, %d accounts, nobody %.3f, explained %.3f, suspects %+v", seed, len(leaked), len(c.Tallies), f.Nobody, f.Explained, f.Suspects)
	if f.Refused != "" {
		t.Errorf("refused: %s", f.Refused)
	}
	first = true
	for i := range guilty {
		if i >= len(f.Suspects) || !is(f.Suspects[i]) || f.Suspects[i].Likelihood <= 0.5 && !f.Suspects[i].Counted {
			first = false
		}
	}
	if len(guilty) == 0 {
		first = len(f.Suspects) == 0 || f.Suspects[0].Likelihood <= 0.5
	}
	for _, s := range f.Suspects {
		innocent = innocent || s.Likelihood > 0.5 && !is(s)
	}
	return first, innocent, said
}
