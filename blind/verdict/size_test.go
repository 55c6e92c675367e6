package verdict

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"constat.example/blind/register"
)

// standing is a register of people in order of id, of whom some are in the dump.
type standing struct {
	in      []bool
	regions int
}

// drawn draws n of the register at random, or of the part of it that a condition holds for.
func drawn(r *rand.Rand, people, n int, of func(i int) bool) standing {
	s := standing{in: make([]bool, people), regions: 50}
	for _, i := range r.Perm(people) {
		if n > 0 && (of == nil || of(i)) {
			s.in[i] = true
			n--
		}
	}
	return s
}

// regionOf spreads regions unevenly over people, independent of their ids.
func (s standing) regionOf(i int) int {
	x := float64(uint32(i)*2654435761) / math.MaxUint32
	return int(x * x * float64(s.regions))
}

// spread counts as the statements do, of those from one place up to another.
func (s standing) spread(from, to int) Spread {
	var out Spread
	n := to - from
	groups := func(of func(i int) int, count int) []Group {
		all := make([]Group, count)
		for i := from; i < to; i++ {
			g := &all[of(i)]
			if s.in[i] {
				g.In++
			} else {
				g.Out++
			}
		}
		for i := range all {
			all[i].Name = fmt.Sprintf("%02d", i)
			all[i].Dense = float64(all[i].In) / float64(max(1, all[i].In+all[i].Out))
		}
		return all
	}
	o := &out.ByID
	o.Bins = groups(func(i int) int { return (i - from) * bins / n }, bins)
	var places []int
	before := -1
	for i := from; i < to; i++ {
		is := 0
		if s.in[i] {
			is = 1
			places = append(places, i)
		}
		if is != before {
			o.Stretches++
		}
		before = is
	}
	o.In, o.Out, o.Looked, o.Trim = int64(len(places)), int64(n-len(places)), int64(n), 1
	if len(places) > 0 {
		first, last := places[0], places[len(places)-1]
		o.From, o.To = float64(first-from)/float64(n), float64(last+1-from)/float64(n)
		o.Dense = float64(len(places)) / float64(last+1-first)
	}
	out.Register, out.Leaked = int64(n), o.In
	out.Regions = groups(s.regionOf, s.regions)
	out.Created = groups(func(i int) int { return min(3, i*5/len(s.in)) }, 4) // who came later has the higher ids
	return out
}

// sizing is the counts of a genuine dump of them.
func (s standing) sizing(claimed int64) Sizing {
	all := s.spread(0, len(s.in))
	n := all.Leaked
	c := Sizing{
		Class: Genuine, Share: [2]float64{0.99, 1}, Rows: n, Linked: n, Persons: n, All: all,
		Register: People{all.Register, all.Register, all.Register},
	}
	if claimed > 0 {
		c.Claimed = &claimed
	}
	if o := all.ByID; o.In > 0 && o.To-o.From < 1-trifle && !o.whole() {
		from, to := slices.Index(s.in, true), len(s.in)
		for !s.in[to-1] {
			to--
		}
		c.Part = s.spread(from+1, to-1)
	}
	return c
}

// TestTestsHoldTheirLevel: of random samples next to none is called not random, and the
// interval of whom the thief reached holds the truth, which is everybody.
func TestTestsHoldTheirLevel(t *testing.T) {
	t.Parallel()
	const runs, people = 1500, 6_000
	r := rand.New(rand.NewPCG(1, 71))
	refused, missed := 0, 0
	for i := range runs {
		n := []int{200, 300, 1000, 3000}[i%4]
		s := SizeOf(drawn(r, people, n, nil).sizing(1_000_000))
		switch {
		case s.Refused == SizeNotRandom:
			refused++
		case s.Refused != "" || s.Low > people || s.High < people:
			missed++
		}
	}
	t.Logf("of %d random samples %d are called not random, and %d intervals miss", runs, refused, missed)
	if refused > runs/100 {
		t.Errorf("%d of %d random samples are called not random", refused, runs)
	}
	if missed > runs*5/100 {
		t.Errorf("%d of %d intervals miss", missed, runs)
	}
}

// TestARangeIsTold: of samples of a range of ids, the size of the range is within the
// interval as often as is said, and the interval is narrow.
func TestARangeIsTold(t *testing.T) {
	t.Parallel()
	const runs, people = 600, 6_000
	r := rand.New(rand.NewPCG(2, 71))
	given, held, width := 0, 0, 0.0
	for range runs {
		reach := 2_000 + r.IntN(2_500)
		from := r.IntN(people - reach)
		s := SizeOf(drawn(r, people, 400, func(i int) bool { return i >= from && i < from+reach }).sizing(1_000_000))
		if s.Refused != "" {
			continue
		}
		given++
		width += float64(s.High-s.Low) / float64(reach)
		if s.Low <= int64(reach) && int64(reach) <= s.High {
			held++
		}
	}
	t.Logf("%d of %d given, %d hold the truth, %.4f wide", given, runs, held, width/float64(given))
	if given < runs*97/100 || held < given*93/100 || held == given {
		t.Errorf("of %d ranges %d were told, %d of these rightly", runs, given, held)
	}
	if width/float64(given) > 0.03 {
		t.Errorf("intervals are %.3f of the range wide", width/float64(given))
	}
}

// TestWhatIsNotRandomIsRefused: samples of 300 that departures of every kind are in.
func TestWhatIsNotRandomIsRefused(t *testing.T) {
	t.Parallel()
	const people = 6_000
	some := standing{regions: 50}
	for name, c := range map[string]struct {
		of      func(r *rand.Rand) func(i int) bool
		n       int
		refused []string
	}{
		"pages of twenty": {func(r *rand.Rand) func(int) bool {
			pages := map[int]bool{}
			for len(pages) < 20 {
				pages[r.IntN(people/20)] = true
			}
			return func(i int) bool { return pages[i/20] }
		}, 300, []string{SizeNotRandom}},
		"three regions, in part": {func(*rand.Rand) func(int) bool {
			return func(i int) bool { g := some.regionOf(i); return g == 3 || g == 7 || g == 9 }
		}, 300, []string{SizeNotRandom}},
		"two ranges": {func(*rand.Rand) func(int) bool {
			return func(i int) bool { return i < 2000 || i >= 4500 }
		}, 300, []string{SizeNotRandom}},
		"twice as many of half of the ids": {func(r *rand.Rand) func(int) bool {
			return func(i int) bool { return i < people/2 || r.IntN(2) == 0 }
		}, 900, []string{SizeNotRandom}},
		"the first":         {func(*rand.Rand) func(int) bool { return func(i int) bool { return i < 1_000 } }, 1_000, []string{SizeFirst}},
		"a stretch":         {func(*rand.Rand) func(int) bool { return func(i int) bool { return i >= 700 && i < 1_700 } }, 1_000, []string{SizeStretch}},
		"a hundred":         {func(*rand.Rand) func(int) bool { return func(int) bool { return true } }, 100, []string{SizeFewPeople}},
		"twenty":            {func(*rand.Rand) func(int) bool { return func(int) bool { return true } }, 20, []string{SizeFewRows}},
		"two regions whole": {func(*rand.Rand) func(int) bool { return func(i int) bool { return some.regionOf(i) >= 48 } }, people, []string{SizeRegion}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(20) {
				r := rand.New(rand.NewPCG(seed, 72))
				d := drawn(r, people, c.n, c.of(r))
				s := SizeOf(d.sizing(1_000_000))
				if !slices.Contains(c.refused, s.Refused) || s.Estimate != 0 || s.High != 0 {
					t.Errorf("seed %d: refused %q, %d (%d to %d), tests %v", seed, s.Refused, s.Estimate, s.Low, s.High, s.Tests)
				}
				if n := d.sizing(0).Persons; s.Low != n {
					t.Errorf("seed %d: at least %d of %d", seed, s.Low, n)
				}
				if s.Refused == SizeNotRandom && !slices.ContainsFunc(s.Tests, func(t Test) bool { return t.Result == Failed }) {
					t.Errorf("seed %d: refused, and no test failed", seed)
				}
			}
		})
	}
}

func TestReadings(t *testing.T) {
	t.Parallel()
	const people = 6_000
	r := rand.New(rand.NewPCG(3, 71))
	all := func(int) bool { return true }
	stretch := func(i int) bool { return i >= 700 && i < 1_700 }
	for name, c := range map[string]struct {
		n       int
		of      func(int) bool
		claimed int64
		change  func(*Sizing)
		basis   string
		refused string
		low     int64
	}{
		"the whole register, whatever is claimed": {people, all, 1_000_000, nil, WholeRegister, "", people},
		"a random part that is all claimed":       {1_500, all, 1_500, nil, WholeFile, "", 1_500},
		"boasted of":                              {1_500, all, 3_300, nil, WholeFile, "", 1_500},
		"a part of what is claimed":               {1_500, all, 3_400, nil, ReachedAll, "", people - 20},
		"nothing claimed":                         {1_500, all, 0, nil, "", SizeUnclaimed, 1_500},
		"a stretch, nothing claimed":              {1_000, stretch, 0, nil, WholeRange, "", 1_000},
		"the first, all that is claimed":          {1_000, func(i int) bool { return i < 1_000 }, 1_000, nil, WholeFile, "", 1_000},
		"not ours":                                {1_000, all, 0, func(c *Sizing) { c.Class = Foreign }, "", SizeNotOurs, 0},
		"made up":                                 {1_000, all, 0, func(c *Sizing) { c.Class = Fabricated }, "", SizeNotOurs, 0},
		"others' leaks":                           {1_000, all, 0, func(c *Sizing) { c.Class, c.Share = Recycled, [2]float64{} }, "", SizeNotOurs, 0},
		"not told":                                {1_000, all, 0, func(c *Sizing) { c.Class, c.Share = Undetermined, [2]float64{} }, "", SizeUntold, 0},
		"nobody":                                  {0, all, 0, nil, "", SizeNobody, 0},
		"wrong links":                             {1_500, all, 1_500, func(c *Sizing) { c.Wrong = 9 }, WholeFile, "", 1_485},
	} {
		t.Run(name, func(t *testing.T) {
			counts := drawn(r, people, c.n, c.of).sizing(c.claimed)
			if c.change != nil {
				c.change(&counts)
			}
			s := SizeOf(counts)
			if s.Basis != c.basis || s.Refused != c.refused || s.Low != c.low && (c.basis != ReachedAll || s.Low < c.low) {
				t.Errorf("%q %q, %d (%d to %d)", s.Basis, s.Refused, s.Estimate, s.Low, s.High)
			}
			if s.Refused == "" && (s.Low > s.Estimate || s.Estimate > s.High) {
				t.Errorf("%d is not within %d to %d", s.Estimate, s.Low, s.High)
			}
		})
	}
}

// TestMissedRowsWiden: rows that are copied and not linked are of somebody.
func TestMissedRowsWiden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s                   Sizing
		low, estimate, high int64
	}{
		{Sizing{Class: Genuine, Share: [2]float64{0.98, 1}, Rows: 1000, Linked: 990, Ambiguous: 4, Persons: 990}, 990, 1000, 1000},
		{Sizing{Class: Genuine, Share: [2]float64{0.98, 1}, Rows: 3000, Linked: 2970, Persons: 990}, 990, 990, 1020}, // three rows each: all are seldom missed
		{Sizing{Class: Mixed, Share: [2]float64{0.68, 0.72}, Rows: 1000, Linked: 700, Ambiguous: 4, Persons: 700}, 700, 704, 720},
		{Sizing{Class: Mixed, Share: [2]float64{0.68, 0.70}, Rows: 1000, Linked: 700, Persons: 700}, 700, 700, 700},
	} {
		if p := c.s.inFile(); p.Low != c.low || p.Estimate != c.estimate || p.High != c.high {
			t.Errorf("%+v: %+v", c.s, p)
		}
	}
}

// TestRecapture draws two or three samples of a leak, and tells its size from those who
// are in several.
func TestRecapture(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 71))
	for _, draws := range [][]int{{800, 700}, {500, 400, 600}} {
		const runs, leak, most = 800, 9_000, 40_000
		held, width := 0, 0.0
		for range runs {
			var files []FileSample
			seen := map[int]bool{}
			for _, n := range draws {
				f := FileSample{Persons: int64(n), Before: int64(len(seen))}
				drawn := r.Perm(leak)[:n]
				for _, p := range drawn {
					if seen[p] {
						f.Known++
					}
				}
				for _, p := range drawn {
					seen[p] = true
				}
				files = append(files, f)
			}
			p, ok := recaptured(files, most)
			if !ok {
				t.Fatal("nothing is told")
			}
			width += float64(p.High-p.Low) / leak
			if p.Low <= leak && leak <= p.High {
				held++
			}
		}
		t.Logf("%v: %d of %d hold the truth, %.2f wide", draws, held, runs, width/runs)
		if held < runs*93/100 || held > runs*99/100 {
			t.Errorf("%v: %d of %d hold the truth", draws, held, runs)
		}
	}
	for name, files := range map[string][]FileSample{
		"one":                    {{Persons: 500}},
		"the same twice":         {{Persons: 500}, {Persons: 500, Known: 500, Before: 500}},
		"parts of one draw":      {{Persons: 3000}, {Persons: 3000, Known: 0, Before: 3000}},
		"a handful":              {{Persons: 500}, {Persons: 20, Known: 2, Before: 500}},
		"more than there can be": {{Persons: 30_000}, {Persons: 30_000, Known: 10, Before: 30_000}},
	} {
		if p, ok := recaptured(files, 40_000); ok {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// TestTails holds the chance of chi-squared against tables (Abramowitz and Stegun, 26.8).
func TestTails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ x, k, p float64 }{{3.841459, 1, 0.05}, {10.8276, 1, 0.001}, {18.307, 10, 0.05}, {29.5883, 10, 0.001}, {124.342, 100, 0.05}, {77.9295, 100, 0.95}} {
		if p := chiTail(c.x, c.k); math.Abs(p-c.p) > 1e-4*c.p+1e-6 {
			t.Errorf("chi-squared of %g above %g: %g, want %g", c.k, c.x, p, c.p)
		}
	}
	// Of 3 drawn from 10, of which 4 are marked: 20/120 have none, 60/120 one.
	if p := fewer(10, 4, 3, 2); math.Abs(p-80./120) > 1e-9 {
		t.Errorf("fewer than two marked: %g", p)
	}
}

func TestPeopleBetween(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2024, 1, 1+n, 0, 0, 0, 0, time.UTC) }
	m := register.Manifest{Snapshots: []register.Snapshot{
		{AsOf: day(0), People: 1000, Added: 1000}, {AsOf: day(10), People: 1100, Added: 150, Gone: 50}, {AsOf: day(20), People: 1080, Added: 30, Gone: 50},
	}}
	for _, c := range []struct {
		from, to int
		want     People
	}{
		{0, 0, People{1000, 1000, 1000}},
		{10, 10, People{1100, 1100, 1100}},
		{5, 5, People{1050, 1033, 1067}}, // 2 √(200/4) of those who moved, and 7.5/4 who came and went
		{30, 30, People{1080, 1080, 1080}},
		{0, 20, People{1100, 1000, 1100}},
	} {
		if p := PeopleBetween(m, day(c.from), day(c.to)); p != c.want {
			t.Errorf("from %d to %d: %+v, want %+v", c.from, c.to, p, c.want)
		}
	}
}
