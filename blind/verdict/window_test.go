package verdict_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/verdict"
)

var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// world is a register with changes spread evenly in time, and a dump of it.
type world struct {
	every time.Duration // between snapshots
	pairs int           // of snapshots
	rate  float64       // changes of linked people a day
	wrong float64       // share of changes that show the wrong side
	r     *rand.Rand
}

// counts draws what a dump shows whose every value was copied at an instant that
// at gives.
func (w world) counts(at func() time.Time) verdict.Counts {
	c := verdict.Counts{People: 1000, Linked: 1000}
	for s := range w.pairs + 1 {
		c.Snapshots = append(c.Snapshots, start.Add(time.Duration(s)*w.every))
	}
	for s := range w.pairs {
		x := verdict.Change{From: c.Snapshots[s], To: c.Snapshots[s+1], Kind: kind.Email}
		days := w.every.Hours() / 24
		for range int(w.rate*days + w.r.Float64()) {
			changed := x.From.Add(time.Duration(w.r.Float64() * float64(w.every)))
			after := !changed.After(at())
			if w.r.Float64() < w.wrong {
				after = !after
			}
			if after {
				x.After++
			} else {
				x.Before++
			}
		}
		c.Changes = append(c.Changes, x)
	}
	return c
}

func once(t time.Time) func() time.Time { return func() time.Time { return t } }

const day = 24 * time.Hour

func within(t, from, to time.Time) bool {
	return (from.IsZero() || !t.Before(from)) && (to.IsZero() || !t.After(to))
}

// TestWindow tries counts that are made up.
func TestWindow(t *testing.T) {
	t.Parallel()
	monthly := world{every: 30 * day, pairs: 24, rate: 10, r: rand.New(rand.NewPCG(1, 2))}
	daily := world{every: day, pairs: 300, rate: 7, r: rand.New(rand.NewPCG(3, 4))}
	wrong := monthly
	wrong.wrong = 0.03
	at := start.Add(371*day + 9*time.Hour)
	for name, c := range map[string]struct {
		counts verdict.Counts
		widest time.Duration // of the interval
		bounds time.Duration // of not before and not after
	}{
		"slow snapshots":  {monthly.counts(once(at)), 6 * day, 31 * day},
		"wrong links":     {wrong.counts(once(at)), 8 * day, 31 * day},
		"daily snapshots": {daily.counts(once(at.Add(-200 * day))), 3 * day, 3 * day},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			truth := at
			if name == "daily snapshots" {
				truth = at.Add(-200 * day)
			}
			w := verdict.WindowOf(c.counts, time.Time{})
			if w.Refused != "" || w.Shape != verdict.Once || !w.Even {
				t.Fatalf("refused %q, shape %q, even %v", w.Refused, w.Shape, w.Even)
			}
			if !within(truth, w.NotBefore, w.NotAfter) || w.NotBefore.IsZero() || w.NotAfter.IsZero() || w.NotAfter.Sub(w.NotBefore) > c.bounds {
				t.Errorf("copied at %v: bounds %v to %v", truth, w.NotBefore, w.NotAfter)
			}
			if !within(truth, w.Low, w.High) || w.High.Sub(w.Low) > c.widest || !within(w.MostLikely, w.Low, w.High) {
				t.Errorf("copied at %v: interval %v to %v, most likely %v", truth, w.Low, w.High, w.MostLikely)
			}
			if !slices.IsSortedFunc(w.Curve, func(a, b verdict.Point) int { return a.At.Compare(b.At) }) || len(w.Curve) < 50 {
				t.Errorf("the curve has %d points, or not in order", len(w.Curve))
			}
			var shown, all int64
			for _, x := range w.Shown {
				shown += x.Before + x.After
			}
			for _, x := range c.counts.Changes {
				all += x.Before + x.After
			}
			if shown != all {
				t.Errorf("%d changes shown of %d", shown, all)
			}
		})
	}
}

// TestBeyondSnapshots: a copy older than the first snapshot, or younger than the last, is bounded on one side.
func TestBeyondSnapshots(t *testing.T) {
	t.Parallel()
	m := world{every: 30 * day, pairs: 6, rate: 3, r: rand.New(rand.NewPCG(5, 6))}
	last := start.Add(180 * day)
	w := verdict.WindowOf(m.counts(once(last.Add(day))), time.Time{})
	if w.Refused != "" || w.NotBefore.IsZero() || !w.NotAfter.IsZero() || !w.High.IsZero() {
		t.Errorf("a copy of after the last snapshot: %+v", w)
	}
	seen := last.Add(9 * day)
	if w := verdict.WindowOf(m.counts(once(last.Add(day))), seen); !w.NotAfter.Equal(seen) || w.High.After(seen) || w.MostLikely.IsZero() {
		t.Errorf("a copy that was seen on %v: %+v", seen, w)
	}
	if w := verdict.WindowOf(m.counts(once(start.Add(-day))), time.Time{}); w.Refused != "" || !w.NotBefore.IsZero() || w.NotAfter.IsZero() || !w.Low.IsZero() {
		t.Errorf("a copy of before the first snapshot: %+v", w)
	}
}

// TestSeveral: copies made in two goes, and bit by bit.
func TestSeveral(t *testing.T) {
	t.Parallel()
	for name, every := range map[string]time.Duration{"monthly": 30 * day, "weekly": 7 * day, "daily": day} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(7, uint64(every)))
			m := world{every: every, pairs: int(360 * day / every), rate: 12, wrong: 0.01, r: r}
			first, second := start.Add(95*day), start.Add(271*day)
			w := verdict.WindowOf(m.counts(func() time.Time {
				if r.Float64() < 0.3 {
					return first
				}
				return second
			}), time.Time{})
			if w.Refused != "" || w.Shape != verdict.Twice {
				t.Fatalf("two goes: refused %q, shape %q", w.Refused, w.Shape)
			}
			for i, at := range []time.Time{first, second} {
				if x := w.Instants[i]; !within(at, x.From, x.To) || x.To.Sub(x.From) > 3*every+20*day {
					t.Errorf("copied at %v: %v to %v", at, x.From, x.To)
				}
			}
			if s := w.Instants[0].Share; s < 0.25 || s > 0.35 {
				t.Errorf("share of the first copy: %v", s)
			}
			w = verdict.WindowOf(m.counts(func() time.Time {
				return first.Add(time.Duration(r.Float64() * float64(second.Sub(first))))
			}), time.Time{})
			if w.Refused != "" || w.Shape != verdict.Over {
				t.Fatalf("bit by bit: refused %q, shape %q", w.Refused, w.Shape)
			}
			if x := w.Instants[0]; x.From.Sub(first).Abs() > 20*day || x.To.Sub(second).Abs() > 20*day || !within(first, w.NotBefore, w.NotAfter) || !within(second, w.NotBefore, w.NotAfter) {
				t.Errorf("copied from %v to %v: %v to %v within %v and %v", first, second, x.From, x.To, w.NotBefore, w.NotAfter)
			}
		})
	}
}

// TestSlowlyFewChanges: a copy over five weeks is told as one where a change a day, of months
// of them, is all that shows it.
func TestSlowlyFewChanges(t *testing.T) {
	t.Parallel()
	slow := 0
	const worlds = 6
	for seed := range uint64(worlds) {
		r := rand.New(rand.NewPCG(seed, 35))
		m := world{every: day, pairs: 300, rate: 1.5, wrong: 0.003, r: r}
		first, long := start.Add(140*day), 35*day
		w := verdict.WindowOf(m.counts(func() time.Time { return first.Add(time.Duration(r.Float64() * float64(long))) }), time.Time{})
		if w.Shape == verdict.Over && within(first.Add(long/10), w.NotBefore, w.NotAfter) && within(first.Add(long*9/10), w.NotBefore, w.NotAfter) {
			slow++
		}
	}
	if slow < worlds*2/3 {
		t.Errorf("%d of %d copies over five weeks are told as such", slow, worlds)
	}
}

// TestRefused: what cannot be dated says why.
func TestRefused(t *testing.T) {
	t.Parallel()
	m := world{every: 30 * day, pairs: 12, rate: 5, r: rand.New(rand.NewPCG(9, 10))}
	still := m
	still.rate = -1
	nothing := still.counts(once(start))
	nothing.Changes = nil
	few := nothing
	few.Changes = []verdict.Change{{From: few.Snapshots[3], To: few.Snapshots[4], Before: 1, After: 1}}
	nobody := verdict.Counts{Snapshots: nothing.Snapshots, People: 1000}
	single := m.counts(once(start))
	single.Snapshots = single.Snapshots[:1]
	backwards := m.counts(once(start.Add(180 * day)))
	for i, x := range backwards.Changes {
		backwards.Changes[i].Before, backwards.Changes[i].After = x.After, x.Before
	}
	for want, c := range map[string]verdict.Counts{
		verdict.OneSnapshot: single, verdict.NobodyLinked: nobody, verdict.NoChange: nothing, verdict.TooFewChanges: few, verdict.Contradictory: backwards,
	} {
		if w := verdict.WindowOf(c, time.Time{}); w.Refused != want || !w.NotBefore.IsZero() || !w.NotAfter.IsZero() || w.Curve != nil {
			t.Errorf("refused %q, wanted %q", w.Refused, want)
		}
	}
}

// TestPresence: people created later and gone before bound the copy where no value
// tells, and are set aside where values contradict them.
func TestPresence(t *testing.T) {
	t.Parallel()
	m := world{every: 30 * day, pairs: 12, rate: 10, r: rand.New(rand.NewPCG(11, 12))}
	at := start.Add(165 * day)
	c := m.counts(once(at))
	c.People, c.Linked = 100_000, 50_000
	for s := range c.Changes {
		p := verdict.Presence{From: c.Snapshots[s], To: c.Snapshots[s+1], All: 200}
		created, gone := p, p
		if s < 5 {
			created.Here = 100
		}
		if s == 5 {
			created.Here, gone.Here = 40, 60
		}
		if s > 5 {
			gone.Here = 100
		}
		c.Created, c.Gone = append(c.Created, created), append(c.Gone, gone)
	}
	check := func(name string, c verdict.Counts, aside int) {
		t.Helper()
		w := verdict.WindowOf(c, time.Time{})
		if w.Refused != "" || w.NotBefore != c.Snapshots[5] || w.NotAfter != c.Snapshots[6] || len(w.Aside) != aside {
			t.Errorf("%s: refused %q, %v to %v, set aside %v", name, w.Refused, w.NotBefore, w.NotAfter, w.Aside)
		}
	}
	check("all agree", c, 0)
	bare := c
	bare.Changes = nil
	check("nothing but people", bare, 0)
	kept := c
	kept.Gone = slices.Clone(c.Gone)
	for s := range kept.Gone {
		kept.Gone[s].Here = 100
	}
	check("an archive was copied too", kept, 1)
}

// TestUneven: a kind that was rewritten in one night contradicts the others, and
// the interval holds what both say.
func TestUneven(t *testing.T) {
	t.Parallel()
	m := world{every: 30 * day, pairs: 12, rate: 10, r: rand.New(rand.NewPCG(13, 14))}
	at := start.Add(165 * day)
	c := m.counts(once(at))
	c.Changes = append(c.Changes, verdict.Change{From: c.Snapshots[5], To: c.Snapshots[6], Kind: kind.Phone, After: 400})
	w := verdict.WindowOf(c, time.Time{})
	if w.Even || w.NotBefore != c.Snapshots[5] || w.NotAfter != c.Snapshots[6] || !within(at, w.Low, w.High) || w.High != w.NotAfter {
		t.Errorf("even %v, %v to %v, interval %v to %v", w.Even, w.NotBefore, w.NotAfter, w.Low, w.High)
	}
}

// TestUnevenCoverage draws months in which much of what changes does so in batches
// or at the month's end, kind by kind, in numbers in which chance drowns.
func TestUnevenCoverage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2026, 12))
	worlds := 600
	if testing.Short() {
		worlds = 200
	}
	const pairs, month = 6, 30 * day
	held, told, dated := 0, 0, 0
	var widths []float64
	for range worlds {
		c := verdict.Counts{People: 1_000_000, Linked: 1_000_000}
		for s := range pairs + 1 {
			c.Snapshots = append(c.Snapshots, start.Add(time.Duration(s)*month))
		}
		at := start.Add(month + time.Duration(r.Float64()*float64((pairs-2)*month)))
		kinds := []kind.Kind{kind.Address, kind.Email, kind.Phone, kind.IBAN}[:2+r.IntN(3)]
		for i, k := range kinds {
			number, batched, style := 2_000+r.IntN(60_000), 0.1+0.5*r.Float64(), r.IntN(3)
			if i == 0 { // people move when they like
				batched = 0
			}
			night := r.Float64()
			for s := range pairs {
				x := verdict.Change{From: c.Snapshots[s], To: c.Snapshots[s+1], Kind: k}
				share := min(1, max(0, float64(at.Sub(x.From))/float64(month)))
				late := min(1, max(0, (share-28./30)*15)) // of what is done in the last two days
				if style == 1 {                           // in one night of the month
					late = 0
					if share > night {
						late = 1
					}
				}
				if style == 2 {
					late = share
				}
				p := (1-batched)*share + batched*late
				mean := float64(number) * p
				x.After = int64(min(float64(number), max(0, mean+r.NormFloat64()*math.Sqrt(mean*(1-p)))))
				x.Before = int64(number) - x.After
				c.Changes = append(c.Changes, x)
			}
		}
		w := verdict.WindowOf(c, time.Time{})
		if w.Refused != "" || w.Shape != verdict.Once {
			continue
		}
		dated++
		if within(at, w.Low, w.High) {
			held++
		}
		if !w.Even {
			told++
			widths = append(widths, w.High.Sub(w.Low).Hours()/24)
		}
	}
	t.Logf("%d dated; interval holds %.1f %%; %d uneven, their median interval %.1f days", dated, 100*float64(held)/float64(dated), told, median(widths))
	if float64(held) < 0.95*float64(dated) || dated*20 < worlds*19 || told*3 < dated {
		t.Errorf("of %d windows of %d, %d of them uneven, %d intervals hold the truth", dated, worlds, told, held)
	}
	if median(widths) > 20 {
		t.Errorf("the median interval is %.1f days, hardly less than the pair", median(widths))
	}
}

// TestCoverage draws worlds at random and counts how many windows hold the truth.
func TestCoverage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2026, 11))
	worlds := 800
	if testing.Short() {
		worlds = 500
	}
	held, bounded, refused, wide := 0, 0, 0, 0
	var widths, slow []float64
	for range worlds {
		w := world{
			every: []time.Duration{day, 7 * day, 30 * day}[r.IntN(3)], rate: 0.3 + 20*r.Float64()*r.Float64(), wrong: 0.03 * r.Float64() * r.Float64(), r: r,
		}
		w.pairs = 3 + r.IntN(int(400*day/w.every))
		at := start.Add(time.Duration(r.Float64() * float64(w.pairs) * float64(w.every)))
		got := verdict.WindowOf(w.counts(once(at)), time.Time{})
		if got.Refused != "" || got.Shape != verdict.Once {
			refused++
			continue
		}
		if within(at, got.Low, got.High) {
			held++
		}
		if within(at, got.NotBefore, got.NotAfter) {
			bounded++
		}
		if !got.NotBefore.IsZero() && !got.NotAfter.IsZero() {
			switch {
			case w.every == day && w.rate > 4:
				width := got.NotAfter.Sub(got.NotBefore).Hours() / 24
				widths = append(widths, width)
				if width > 3 {
					wide++
				}
			case w.every == 30*day && w.rate > 4 && !got.Low.IsZero() && !got.High.IsZero():
				slow = append(slow, got.High.Sub(got.Low).Hours()/24)
			}
		}
	}
	dated := worlds - refused
	t.Logf("%d dated, %d not; interval holds %.1f %%, bounds hold %.1f %%; daily: median %.1f days between bounds, %d of %d over 3; monthly: median interval %.1f days",
		dated, refused, 100*float64(held)/float64(dated), 100*float64(bounded)/float64(dated), median(widths), wide, len(widths), median(slow))
	if float64(held) < 0.95*float64(dated) || float64(bounded) < 0.95*float64(dated) {
		t.Errorf("of %d windows %d intervals and %d bounds hold the truth", dated, held, bounded)
	}
	if refused*20 > worlds || wide*20 > len(widths) {
		t.Errorf("%d of %d were not dated; %d of %d windows of daily snapshots are wider than three days", refused, worlds, wide, len(widths))
	}
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
