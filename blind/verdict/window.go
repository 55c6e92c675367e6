package verdict

import (
	"cmp"
	"math"
	"slices"
	"time"

	"constat.example/blind/kind"
)

// Counts is what the window of a copy is worked out from. All are of the same
// people: those of the register whom rows of the dump are linked to, or every
// n-th of them.
type Counts struct {
	Snapshots []time.Time // when the register stood as each snapshot has it, ascending
	Changes   []Change
	Created   []Presence // people who came into the register between two snapshots
	Gone      []Presence // people who went for good
	People    int64      // in the register now
	Linked    int64      // people whom rows are linked to
	Rows      int64      // rows that show a value from before or after some change
	Torn      int64      // of Rows: no one instant fits all that they show
}

// Change counts changes of people's values, of one kind, that happened after
// From and not after To, by whether the dump shows what was before or after.
type Change struct {
	From, To      time.Time
	Kind          kind.Kind
	Before, After int64
	Dated         bool // From and To are told by the register's history, and are not two snapshots
	Exact         bool // the instant is known: From and To are no further apart than it is counted by
}

// Presence counts people who came or went after From and not after To.
type Presence struct {
	From, To time.Time
	Here     int64 // in the dump
	All      int64 // in the register
}

// How the copy was made, as far as changes tell.
const (
	Once  = "once"  // at one instant
	Twice = "twice" // at two instants
	Over  = "over"  // bit by bit, between two instants
)

// What a window rests on.
const (
	Snapshots = "snapshots" // changes known to lie between two snapshots
	History   = "history"   // changes whose instants or days the register's own history tells
)

// Why there is no window.
const (
	OneSnapshot   = "the register has one snapshot only, so no change of a value dates the copy"
	NobodyLinked  = "no row is linked to a person of the register, so no change of theirs dates the copy"
	NoChange      = "no value of the people linked changed between the snapshots, or the dump holds none that did"
	TooFewChanges = "too few changes of the people linked were seen to date the copy"
	Unbounded     = "the changes seen fit any time"
	NoCopy        = "the dump is no copy of the register, so there is no copy to date"
	Contradictory = "the changes seen contradict each other: no copy, made at once, in two goes or bit by bit, shows such values"
)

// What was set aside as it contradicts what changes of values say.
const (
	CreatedAside = "people created later"
	GoneAside    = "people gone before"
)

// Window is when a copy was made. Times are zero where they are not known.
type Window struct {
	Refused string // why there is none

	// However changes are spread between two snapshots, the copy was made after
	// NotBefore and not after NotAfter; likelier elsewhere by less than one to a hundred.
	NotBefore, NotAfter time.Time
	MostLikely          time.Time

	// With nineteen chances in twenty, changes taken as spread evenly between
	// two snapshots. Where kinds contradict that, it is not Even, and the interval
	// holds what each kind says by itself, and a quarter more on both sides.
	Low, High time.Time
	Even      bool

	Basis    string // Snapshots or History, of what bounds the copy
	Shape    string
	Instants []Instant // where Shape is not Once
	Curve    []Point
	Shown    []Change // the changes of all kinds, those far from the window put together
	Against  int64    // changes that contradict the window
	Aside    []string
}

// Instant is one of two instants of copying, or, of a copy made bit by bit, how
// long it took: then At is zero.
type Instant struct {
	At, From, To time.Time
	Share        float64 // of what was copied
}

// Point is a point of the likelihood curve, 1 at its highest.
type Point struct {
	At         time.Time
	Likelihood float64
}

// The limits of the judgement.
const (
	leastChanges = 3    // as few changes as a window is made from
	unlikely     = 4.6  // ln 100: how much less likely than the best what is excluded must be
	outside      = 0.02 // of the posterior that the interval leaves out: less than 1 in 20, for what the model does not know of
	contrary     = 0.03 // share of changes against one instant from which several are tried
	gain         = 5.0  // log likelihood that a copy in several goes must gain
	leastShare   = 0.05 // of the smaller of two copies: less is taken for wrong links and stale rows
	misfit       = 0.10 // share of changes that fit nothing from which all is contradictory
	uneven       = 10.8 // 0.999 quantile of chi-squared with one degree of freedom, for kinds that disagree
	contrast     = 20.0 // log likelihood by which people's coming and going may contradict changes
)

// rates are the shares of changes that may show the wrong side: of stale rows
// among fresh ones, and of rows that are linked to the wrong person. What is
// learnt is which; there are never more than one in twenty, or no window could be excluded.
var rates = [...]float64{0.0003, 0.001, 0.003, 0.01, 0.03, 0.05}

// WindowOf works out when the copy was made. seen is when it was first seen
// outside, zero where that is not known: it ends what the last snapshot leaves open.
func WindowOf(c Counts, seen time.Time) Window {
	var all int64
	for _, x := range c.Changes {
		all += x.Before + x.After
	}
	for _, x := range c.Created {
		all += x.Here
	}
	for _, x := range c.Gone {
		all += x.Here
	}
	switch {
	case len(c.Snapshots) < 2:
		return Window{Refused: OneSnapshot}
	case c.Linked == 0:
		return Window{Refused: NobodyLinked}
	case len(c.Changes) == 0 && len(c.Created) == 0 && len(c.Gone) == 0:
		return Window{Refused: NoChange}
	case all < leastChanges:
		return Window{Refused: TooFewChanges}
	}
	l := newLine(c, seen)
	w := l.once()
	if l.contrary(w.best) || l.slow(w.best) {
		w.Window = l.several(w)
	}
	if w.Refused != "" {
		return Window{Refused: w.Refused}
	}
	w.Aside = l.aside
	w.Shown = l.shown(w.Window)
	w.Against = l.against(w.Window)
	return w.Window
}

// line is the counts along the time, in seconds since the first snapshot.
type line struct {
	zero       time.Time
	edges      []float64        // of spans: the snapshots, where stretches of dated changes begin and end, and what is beyond them
	dated      map[float64]bool // of the edges: those that are no snapshots
	known      [2]bool          // the first and the last edge are instants that are known
	boundaries []boundary
	kinds      []Change // as they came
	spans      []span
	aside      []string
}

// boundary is the changes between two instants.
type boundary struct{ from, to, before, after float64 }

func (b boundary) n() float64 { return b.before + b.after }

// passed is the share of changes that had happened by t.
func (b boundary) passed(t float64) float64 {
	return min(1, max(0, (t-b.from)/(b.to-b.from)))
}

// span is the time between two snapshots: for all instants in it the same
// changes had happened, had not, or are open.
type span struct {
	from, to    float64
	past, ahead boundary
	open        []boundary
	created     [len(rates)]float64 // log likelihood of the people who were not there yet
	gone        [len(rates)]float64 // and of those who were there no more
}

func newLine(c Counts, seen time.Time) *line {
	l := &line{zero: c.Snapshots[0], kinds: c.Changes}
	at := func(t time.Time) float64 { return t.Sub(l.zero).Seconds() }
	for _, s := range c.Snapshots {
		l.edges = append(l.edges, at(s))
	}
	n := len(l.edges)
	last := l.edges[n-1]
	width := last / float64(n-1)
	l.known[1] = !seen.IsZero() && at(seen) > last
	end := last + width
	if l.known[1] {
		end = at(seen)
	}
	l.edges = append(append([]float64{-width}, l.edges...), end)
	l.dated = map[float64]bool{}
	for _, x := range c.Changes {
		for _, t := range []float64{at(x.From), at(x.To)} {
			if x.Dated && !slices.Contains(l.edges[:n+2], t) {
				l.dated[t] = true
			}
		}
	}
	for t := range l.dated {
		l.edges = append(l.edges, t)
	}
	slices.Sort(l.edges)
	merged := map[[2]float64]boundary{}
	for _, x := range c.Changes {
		k := [2]float64{at(x.From), at(x.To)}
		b := merged[k]
		merged[k] = boundary{k[0], k[1], b.before + float64(x.Before), b.after + float64(x.After)}
	}
	for _, b := range merged {
		if b.n() > 0 {
			l.boundaries = append(l.boundaries, b)
		}
	}
	slices.SortFunc(l.boundaries, func(a, b boundary) int {
		return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.from, b.from))
	})
	for i, from := range l.edges[:len(l.edges)-1] {
		s := span{from: from, to: l.edges[i+1]}
		for _, b := range l.boundaries {
			switch {
			case b.to <= s.from:
				s.past.before, s.past.after = s.past.before+b.before, s.past.after+b.after
			case b.from >= s.to:
				s.ahead.before, s.ahead.after = s.ahead.before+b.before, s.ahead.after+b.after
			default:
				s.open = append(s.open, b)
			}
		}
		for r, rate := range rates {
			for _, p := range c.Created {
				if at(p.From) >= s.to {
					s.created[r] += strangers(p, rate, c)
				}
			}
			for _, p := range c.Gone {
				if at(p.To) <= s.from {
					s.gone[r] += strangers(p, rate, c)
				}
			}
		}
		l.spans = append(l.spans, s)
	}
	l.weigh()
	return l
}

// strangers is the log likelihood (of a Poisson count, against the best there
// is) of finding people in the dump who could not be copied, where wrong links
// meet each person of the register alike. Fewer than that tell nothing.
func strangers(p Presence, rate float64, c Counts) float64 {
	here := float64(p.Here)
	wrong := rate * float64(c.Linked) * float64(p.All) / math.Max(1, float64(c.People))
	if here <= wrong || here == 0 {
		return 0
	}
	return here*math.Log(math.Max(wrong, 1e-9)/here) - wrong + here
}

// weigh sets aside people who came or went where they contradict what changes
// of values say: a register may take people out, and in, that others still hold.
func (l *line) weigh() {
	best := func(use func(s *span) span) float64 {
		top := math.Inf(-1)
		for i := range l.spans {
			s := use(&l.spans[i])
			top = max(top, s.free())
		}
		return top
	}
	none := [len(rates)]float64{}
	all := best(func(s *span) span { return *s })
	bare := best(func(s *span) span { x := *s; x.created, x.gone = none, none; return x })
	if len(l.boundaries) == 0 || bare-all < contrast {
		return
	}
	created := best(func(s *span) span { x := *s; x.created = none; return x })
	gone := best(func(s *span) span { x := *s; x.gone = none; return x })
	if bare-created < contrast || bare-gone >= contrast {
		l.aside = append(l.aside, CreatedAside)
		for i := range l.spans {
			l.spans[i].created = none
		}
	}
	if bare-created >= contrast || bare-gone < contrast && created < gone {
		l.aside = append(l.aside, GoneAside)
		for i := range l.spans {
			l.spans[i].gone = none
		}
	}
}

// log likelihood of changes of which a share p shows what was after.
func (b boundary) log(p float64) float64 {
	x := 0.0
	if b.after > 0 {
		x += b.after * math.Log(p)
	}
	if b.before > 0 {
		x += b.before * math.Log(1-p)
	}
	return x
}

// settled is the log likelihood of what is not open in the span, where stale is
// the share of changes that show the value before though they had happened, and
// early the share that show the one after though they had not.
func (s *span) settled(stale, early int) float64 {
	return s.past.log(1-rates[stale]) + s.ahead.log(rates[early]) + s.created[early] + s.gone[stale]
}

// summed sums a likelihood over the rates, each as likely as the other beforehand.
func summed(log func(stale, early int) float64) float64 {
	var logs [len(rates) * len(rates)]float64
	top := math.Inf(-1)
	for i := range rates {
		for j := range rates {
			x := log(i, j)
			logs[i*len(rates)+j] = x
			top = max(top, x)
		}
	}
	sum := 0.0
	for _, x := range logs {
		sum += math.Exp(x - top)
	}
	return top + math.Log(sum/float64(len(logs)))
}

// free is the log likelihood that the copy was made somewhere in the span,
// however the changes in it are spread.
func (s *span) free() float64 {
	return summed(func(stale, early int) float64 {
		x := s.settled(stale, early)
		for _, b := range s.open {
			x += b.log(min(1-rates[stale], max(rates[early], b.after/b.n())))
		}
		return x
	})
}

// at is the log likelihood of an instant in the span, changes spread evenly.
func (s *span) at(t float64) float64 {
	return summed(func(stale, early int) float64 {
		x := s.settled(stale, early)
		for _, b := range s.open {
			f := b.passed(t)
			x += b.log(f*(1-rates[stale]) + (1-f)*rates[early])
		}
		return x
	})
}

// found is a window with the span that is likeliest.
type found struct {
	Window
	best *span
}

// once works out the window of a copy made at one instant.
func (l *line) once() found {
	logs := make([]float64, len(l.spans))
	best := 0
	for i := range l.spans {
		logs[i] = l.spans[i].free()
		if logs[i] > logs[best] {
			best = i
		}
	}
	first, last := len(l.spans), 0
	for i, x := range logs {
		if x >= logs[best]-unlikely {
			first, last = min(first, i), max(last, i)
		}
	}
	w := found{best: &l.spans[best]}
	if first == 0 && last == len(l.spans)-1 {
		w.Refused = Unbounded
		return w
	}
	w.Shape = Once
	w.NotBefore, w.NotAfter = l.edge(first), l.edge(last+1)
	w.Basis = Snapshots
	if l.dated[l.edges[first]] || l.dated[l.edges[last+1]] {
		w.Basis = History
	}
	mass := l.posterior(logs, logs[best])
	low, high := mass.quantile(outside/2), mass.quantile(1-outside/2)
	w.MostLikely = l.inner(mass.mode())
	w.Low, w.High = l.inner(low), l.inner(high)
	if w.Even = l.even(w.best); !w.Even {
		a, b := l.hull(logs, logs[best])
		low, high = max(l.edges[first], min(low, a)), min(l.edges[last+1], max(high, b))
		w.Low, w.High = l.inner(low), l.inner(high)
	}
	if l.since(w.NotBefore, low) > low {
		w.Low = w.NotBefore
	}
	if !w.NotAfter.IsZero() && (w.High.After(w.NotAfter) || w.High.IsZero()) {
		w.High = w.NotAfter
	}
	w.Low, w.High = outward(w.Low, -1), outward(w.High, 1)
	if !w.MostLikely.IsZero() {
		w.MostLikely = w.MostLikely.Round(time.Minute)
	}
	w.Curve = l.curve(first, last, low, high)
	return w
}

// since is the instant in seconds, or, where it is zero, what is given.
func (l *line) since(t time.Time, otherwise float64) float64 {
	if t.IsZero() {
		return otherwise
	}
	return t.Sub(l.zero).Seconds()
}

// outward rounds to the minute, down or up; a zero time stays.
func outward(t time.Time, way int) time.Time {
	if t.IsZero() {
		return t
	}
	x := t.Truncate(time.Minute)
	if way > 0 && x.Before(t) {
		x = x.Add(time.Minute)
	}
	return x
}

func (l *line) time(t float64) time.Time {
	return l.zero.Add(time.Duration(math.Round(t)) * time.Second)
}

// edge is the i-th edge as a time, zero where it is not known.
func (l *line) edge(i int) time.Time {
	if i == 0 && !l.known[0] || i == len(l.edges)-1 && !l.known[1] {
		return time.Time{}
	}
	return l.time(l.edges[i])
}

// inner is an instant as a time, zero where it is beyond what is known.
func (l *line) inner(t float64) time.Time {
	n := len(l.edges)
	if t < l.edges[1] && !l.known[0] || t > l.edges[n-2] && !l.known[1] {
		return time.Time{}
	}
	return l.time(t)
}

// mass is a posterior over instants, piecewise linear.
type mass struct{ at, density []float64 }

// posterior works out how likely the instants are, all as likely as the others
// beforehand, in the spans that count. Where changes are many, the likelihood
// is a needle, so that instants are taken close together where it must be.
func (l *line) posterior(logs []float64, best float64) mass {
	const even, dense, wide = 32, 96, 7.0
	var m mass
	for i := range l.spans {
		s := &l.spans[i]
		if logs[i] < best-16 {
			m.at, m.density = append(m.at, s.from, s.to), append(m.density, math.Inf(-1), math.Inf(-1))
			continue
		}
		var at []float64
		for k := range even + 1 {
			at = append(at, s.from+(s.to-s.from)*float64(k)/even)
		}
		for _, b := range s.open {
			share := (b.after + 0.5) / (b.n() + 1)
			width := wide * math.Sqrt(share*(1-share)/b.n()) * (b.to - b.from)
			for k := range dense + 1 {
				t := b.from + share*(b.to-b.from) + width*(2*float64(k)/dense-1)
				if t > s.from && t < s.to {
					at = append(at, t)
				}
			}
		}
		slices.Sort(at)
		for _, t := range slices.Compact(at) {
			m.at, m.density = append(m.at, t), append(m.density, s.at(t))
		}
	}
	top := slices.Max(m.density)
	for i, x := range m.density {
		m.density[i] = math.Exp(x - top)
	}
	return m
}

func (m mass) piece(i int) float64 {
	return (m.at[i+1] - m.at[i]) * (m.density[i] + m.density[i+1]) / 2
}

func (m mass) quantile(q float64) float64 {
	total := 0.0
	for i := range len(m.at) - 1 {
		total += m.piece(i)
	}
	want := q * total
	for i := range len(m.at) - 1 {
		p := m.piece(i)
		if want <= p && p > 0 {
			// Within a piece the density runs straight from one value to the next.
			a, b, d := m.density[i], m.density[i+1], m.at[i+1]-m.at[i]
			lo, hi := 0.0, 1.0
			for range 50 {
				x := (lo + hi) / 2
				if d*x*(a+(b-a)*x/2) < want {
					lo = x
				} else {
					hi = x
				}
			}
			return m.at[i] + d*hi
		}
		want -= p
	}
	return m.at[len(m.at)-1]
}

// mode is the middle of where the density is at its highest.
func (m mass) mode() float64 {
	first, last := -1, 0
	for i, x := range m.density {
		if x > 0.98 {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return (m.at[first] + m.at[last]) / 2
}

// even reports whether the kinds whose changes are open in a span agree on the
// share that had happened, as they do where changes are spread evenly: a batch
// job that rewrites one column in a night does not.
func (l *line) even(s *span) bool {
	together, apart, kinds := 0.0, 0.0, 0
	for _, b := range s.open {
		if b.n() == 0 || b.to-b.from <= 3600 { // nothing is made narrower within what is as narrow
			continue
		}
		together += b.log(b.after / b.n())
		for _, x := range l.kinds {
			k := boundary{before: float64(x.Before), after: float64(x.After)}
			if x.From.Sub(l.zero).Seconds() == b.from && x.To.Sub(l.zero).Seconds() == b.to && k.n() > 0 {
				apart += k.log(k.after / k.n())
				kinds++
			}
		}
		kinds--
	}
	// Wilson and Hilferty (1931): a chi-squared of k degrees is near its cube.
	k := float64(kinds)
	if k < 1 {
		return true
	}
	limit := uneven
	if k > 1 {
		limit = k * math.Pow(1-2/(9*k)+3.09*math.Sqrt(2/(9*k)), 3)
	}
	return 2*(apart-together) <= limit
}

// hull is what each kind whose changes are open says of the copy by itself,
// from the earliest to the latest, and a quarter as far again on both sides: kinds that
// disagree with each other may all be off in one direction. What a batch job wrote at
// once says the beginning or the end of the pair.
func (l *line) hull(logs []float64, best float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	kinds := map[kind.Kind]map[[2]float64]boundary{}
	for _, x := range l.kinds {
		k := [2]float64{x.From.Sub(l.zero).Seconds(), x.To.Sub(l.zero).Seconds()}
		if kinds[x.Kind] == nil {
			kinds[x.Kind] = map[[2]float64]boundary{}
		}
		b := kinds[x.Kind][k]
		kinds[x.Kind][k] = boundary{k[0], k[1], b.before + float64(x.Before), b.after + float64(x.After)}
	}
	for _, own := range kinds {
		alone, speaks := *l, false
		alone.spans = slices.Clone(l.spans)
		for i := range alone.spans {
			s := &alone.spans[i]
			var open []boundary
			for _, b := range s.open {
				if x := own[[2]float64{b.from, b.to}]; x.n() > 0 {
					open = append(open, x)
					speaks = speaks || logs[i] >= best-unlikely
				}
			}
			s.open = open
		}
		if speaks {
			mass := alone.posterior(logs, best)
			low, high = min(low, mass.quantile(outside/2)), max(high, mass.quantile(1-outside/2))
		}
	}
	return low - (high-low)/4, high + (high-low)/4
}

// curve draws the likelihood of instants around the window.
func (l *line) curve(first, last int, low, high float64) []Point {
	const even, dense = 96, 40
	first, last = max(0, first-1), min(len(l.spans)-1, last+1)
	from, to := l.spans[first].from, l.spans[last].to
	if first == 0 && !l.known[0] {
		from = l.edges[1]
	}
	if last == len(l.spans)-1 && !l.known[1] {
		to = l.edges[len(l.edges)-2]
	}
	var at []float64
	for k := range even + 1 {
		at = append(at, from+(to-from)*float64(k)/even)
	}
	for k := range dense + 1 {
		if t := low + (high-low)*(1.5*float64(k)/dense-0.25); t > from && t < to {
			at = append(at, t)
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	logs := make([]float64, len(at))
	for i, t := range at {
		logs[i] = l.span(t).at(t)
	}
	return l.points(at, logs)
}

func (l *line) points(at, logs []float64) []Point {
	top := slices.Max(logs)
	points := make([]Point, len(at))
	for i, t := range at {
		points[i] = Point{At: l.time(t), Likelihood: math.Exp(logs[i] - top)}
	}
	return points
}

// span is the one that holds an instant.
func (l *line) span(t float64) *span {
	for i := range l.spans {
		if t <= l.spans[i].to {
			return &l.spans[i]
		}
	}
	return &l.spans[len(l.spans)-1]
}

// around is how many pairs of snapshots on each side of the window are told one by one.
const around = 6

// shown is the changes of all kinds together between every two snapshots near
// the window, and those of before and after it in one each.
func (l *line) shown(w Window) []Change {
	from, to := l.since(w.NotBefore, l.edges[0]), l.since(w.NotAfter, l.edges[len(l.edges)-1])
	near := [2]int{len(l.boundaries), -1}
	for i, b := range l.boundaries {
		if b.to > from && b.from < to {
			near[0], near[1] = min(near[0], i), max(near[1], i)
		}
	}
	if near[1] < 0 {
		near = [2]int{0, len(l.boundaries) - 1}
	}
	var told []Change
	add := func(bs []boundary) {
		if len(bs) == 0 {
			return
		}
		x := Change{From: l.time(bs[0].from), To: l.time(bs[len(bs)-1].to)}
		for _, b := range bs {
			x.Before, x.After = x.Before+int64(b.before), x.After+int64(b.after)
		}
		told = append(told, x)
	}
	low, high := max(0, near[0]-around), min(len(l.boundaries), near[1]+1+around)
	add(l.boundaries[:low])
	if high-low > 8*around { // a copy made over a year of daily snapshots
		add(l.boundaries[low:high])
		low = high
	}
	for i := low; i < high; i++ {
		add(l.boundaries[i : i+1])
	}
	add(l.boundaries[high:])
	return told
}

// against counts the changes that show the wrong side of the window.
func (l *line) against(w Window) (n int64) {
	for _, b := range l.boundaries {
		switch {
		case b.to <= l.since(w.NotBefore, math.Inf(-1)):
			n += int64(b.before)
		case b.from >= l.since(w.NotAfter, math.Inf(1)):
			n += int64(b.after)
		}
	}
	return n
}
