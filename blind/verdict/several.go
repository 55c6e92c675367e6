package verdict

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// contrary reports whether so many changes contradict one instant in the span
// that several are worth trying.
func (l *line) contrary(s *span) bool {
	wrong, all := s.past.before+s.ahead.after, 0.0
	for _, b := range l.boundaries {
		all += b.n()
	}
	return wrong >= 8 && wrong > contrary*all
}

// slow reports whether a copy made bit by bit around the span explains the changes at
// least as well as one made in it. Where snapshots are close together the few changes of
// those weeks drown in all that happened before and after, so that they are no share of it.
func (l *line) slow(s *span) bool {
	middle, all := (s.from+s.to)/2, l.edges[len(l.edges)-1]-l.edges[0]
	single := l.loosely()
	for length := 2 * (s.to - s.from); length < all; length *= 1.5 {
		for _, off := range []float64{-length / 4, 0, length / 4} {
			g := goes{shape: Over, all: l.boundaries, grid: []float64{middle + off - length/2, middle + off + length/2}}
			if g.weigh(0, 1).log > single {
				return true
			}
		}
	}
	return false
}

// fit is how well a copy in several goes fits: two instants i and j of a grid,
// a share of what was copied at the first of them, or a copy from i to j.
type fit struct {
	i, j       int
	share, log float64
}

// several tries a copy at two instants, and one made bit by bit, against one
// instant, by their likelihood. One instant is given the share of changes in its
// own span for free, so that changes spread unevenly between two snapshots are
// not taken for a copy in several goes.
func (l *line) several(once found) Window {
	best, shape := found{Window: once.Window}, Once
	log := l.loosely()
	share := l.shares(once)
	n := 0.0
	for _, b := range l.boundaries {
		n += b.n()
	}
	for _, s := range []string{Over, Twice} {
		goes := l.try(s)
		x := goes.best.log
		if s == Twice {
			x -= math.Log(n) / 2 // for its share
		}
		if x > log+gain || shape != Once && x > log {
			best.Window, shape, log, share = goes.window(l), s, x, goes.shares(goes.best)
		}
	}
	if l.misfit(share) {
		return Window{Refused: Contradictory}
	}
	return best.Window
}

// loosely is the greatest log likelihood of a copy at one instant.
func (l *line) loosely() float64 {
	top := math.Inf(-1)
	for i := range l.spans {
		top = max(top, l.spans[i].loosely())
	}
	return top
}

// loosely is the greatest log likelihood of a copy in the span.
func (s *span) loosely() float64 {
	top := math.Inf(-1)
	for i := range rates {
		for j := range rates {
			x := s.past.log(1-rates[i]) + s.ahead.log(rates[j])
			for _, b := range s.open {
				x += b.log(min(1-rates[i], max(rates[j], b.after/b.n())))
			}
			top = max(top, x)
		}
	}
	return top
}

// shares are the shares of the changes of each boundary that one instant would
// have show what was after.
func (l *line) shares(once found) []float64 {
	all := make([]float64, len(l.boundaries))
	for i, b := range l.boundaries {
		switch {
		case b.to <= once.best.from:
			all[i] = 1
		case b.from < once.best.to:
			all[i] = b.after / b.n()
		}
	}
	return all
}

// misfit reports whether more of the changes than chance and wrong links explain
// are not as they should be.
func (l *line) misfit(shares []float64) bool {
	wrong, all := 0.0, 0.0
	for i, b := range l.boundaries {
		p := min(0.99, max(0.01, shares[i]))
		wrong += max(0, math.Abs(b.after-p*b.n())-3*math.Sqrt(b.n()*p*(1-p)+1))
		all += b.n()
	}
	return wrong > misfit*all
}

// goes is the search for a copy in several goes: instants of a grid, and of each
// pair how well it fits.
type goes struct {
	shape string
	grid  []float64
	all   []boundary
	fits  []fit
	best  fit
}

// grids are how many instants are tried, first over all time, then near the best.
const grids = 44

// try looks for the pair of instants that fits best.
func (l *line) try(shape string) *goes {
	g := &goes{shape: shape, all: l.boundaries, grid: thinned(l.edges)}
	g.search()
	for range 2 {
		// Closer around the pairs that cannot be told from the best.
		near := map[int]bool{}
		for _, f := range g.fits {
			if f.log >= g.best.log-unlikely {
				for d := -1; d <= 1; d++ {
					near[f.i+d], near[f.j+d] = true, true
				}
			}
		}
		var grid []float64
		for i := range g.grid {
			if !near[i] {
				continue
			}
			grid = append(grid, g.grid[i])
			if near[i+1] && i+1 < len(g.grid) {
				for k := 1; k < 4; k++ {
					grid = append(grid, g.grid[i]+(g.grid[i+1]-g.grid[i])*float64(k)/4)
				}
			}
		}
		if len(grid) > 3*grids {
			break
		}
		g.grid = grid
		g.search()
	}
	return g
}

// thinned takes no more than grids of the edges, the first and the last among them.
func thinned(edges []float64) []float64 {
	if len(edges) <= grids {
		return slices.Clone(edges)
	}
	var some []float64
	for k := range grids {
		some = append(some, edges[k*(len(edges)-1)/(grids-1)])
	}
	return some
}

// search weighs every pair of instants of the grid.
func (g *goes) search() {
	g.fits, g.best = g.fits[:0], fit{log: math.Inf(-1)}
	for i := range g.grid {
		for j := i + 1; j < len(g.grid); j++ {
			f := g.weigh(i, j)
			g.fits = append(g.fits, f)
			if f.log > g.best.log {
				g.best = f
			}
		}
	}
}

// weigh is how well a pair of instants fits, at its best rate of changes that
// show the wrong side.
func (g *goes) weigh(i, j int) fit {
	best := fit{i: i, j: j, log: math.Inf(-1)}
	f := fit{i: i, j: j, share: 0.5}
	if g.shape == Twice {
		f.share = g.part(i, j)
	}
	shares := g.shares(f)
	for _, rate := range []float64{0.0005, 0.005, 0.02} {
		f.log = 0
		for k, b := range g.all {
			f.log += b.log(rate + (1-2*rate)*shares[k])
		}
		if f.log > best.log {
			best = f
		}
	}
	return best
}

// part is the share of what was copied at the first of two instants that fits
// best: the likelihood has one peak, where its slope is nought.
func (g *goes) part(i, j int) float64 {
	low, high := leastShare, 1-leastShare
	for range 14 {
		w, slope := (low+high)/2, 0.0
		for _, b := range g.all {
			first, second := b.passed(g.grid[i]), b.passed(g.grid[j])
			if d := first - second; d != 0 {
				p := min(0.999, max(0.001, w*first+(1-w)*second))
				slope += d * (b.after/p - b.before/(1-p))
			}
		}
		if slope > 0 {
			low = w
		} else {
			high = w
		}
	}
	return (low + high) / 2
}

// shares are the shares of the changes of each boundary that show what was after.
func (g *goes) shares(f fit) []float64 {
	all := make([]float64, len(g.all))
	from, to := g.grid[f.i], g.grid[f.j]
	for k, b := range g.all {
		if g.shape == Twice {
			all[k] = f.share*b.passed(from) + (1-f.share)*b.passed(to)
		} else {
			all[k] = (b.until(to) - b.until(from)) / (to - from)
		}
	}
	return all
}

// until is the integral of passed up to t.
func (b boundary) until(t float64) float64 {
	switch {
	case t <= b.from:
		return 0
	case t >= b.to:
		return (b.to-b.from)/2 + t - b.to
	}
	return (t - b.from) * (t - b.from) / (2 * (b.to - b.from))
}

// window tells the best pair, and as bounds of each instant those of the pairs
// that cannot be told from it, and the next of the grid.
func (g *goes) window(l *line) Window {
	low, high := [2]int{g.best.i, g.best.j}, [2]int{g.best.i, g.best.j}
	top := make([]float64, len(g.grid))
	for i := range top {
		top[i] = math.Inf(-1)
	}
	for _, f := range g.fits {
		top[f.i], top[f.j] = max(top[f.i], f.log), max(top[f.j], f.log)
		if f.log >= g.best.log-unlikely {
			low[0], high[0] = min(low[0], f.i), max(high[0], f.i)
			low[1], high[1] = min(low[1], f.j), max(high[1], f.j)
		}
	}
	bounds := func(n int) (from, to time.Time) {
		return outward(l.inner(g.grid[max(0, low[n]-1)]), -1), outward(l.inner(g.grid[min(len(g.grid)-1, high[n]+1)]), 1)
	}
	w := Window{Shape: g.shape, Basis: Snapshots, Even: true}
	at := [2]time.Time{l.inner(g.grid[g.best.i]).Round(time.Minute), l.inner(g.grid[g.best.j]).Round(time.Minute)}
	from, until := bounds(0)
	since, to := bounds(1)
	w.NotBefore, w.NotAfter = from, to
	w.Low, w.High = from, to
	if g.shape == Twice {
		w.Instants = []Instant{
			{At: at[0], From: from, To: until, Share: g.best.share},
			{At: at[1], From: since, To: to, Share: 1 - g.best.share},
		}
		w.MostLikely = at[0]
		if g.best.share < 0.5 {
			w.MostLikely = at[1]
		}
	} else {
		w.Instants = []Instant{{From: at[0], To: at[1], Share: 1}}
	}
	var points, logs []float64
	for i, t := range g.grid {
		if !math.IsInf(top[i], -1) && (l.known[0] || t >= l.edges[1]) && (l.known[1] || t <= l.edges[len(l.edges)-2]) {
			points, logs = append(points, t), append(logs, top[i])
		}
	}
	if len(points) > 1 {
		w.Curve = l.points(points, logs)
		slices.SortFunc(w.Curve, func(a, b Point) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
	}
	return w
}
