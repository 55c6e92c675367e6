package trace

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// explanation is a set of candidates, and how well it explains the leak.
type explanation struct {
	set     uint64
	bits    float64 // over nobody, price paid
	covered float64 // share of the leak
}

// weighing is what explanations are weighed with.
type weighing struct {
	c     *Counts
	cells []Cell
	bits  []float64 // by candidate; see scan.bits
}

// judge names the suspects. cells are over the candidates.
func judge(c *Counts, candidates []candidate, cells []Cell) Finding {
	switch {
	case c.Leaked == 0:
		return Finding{Refused: NoLeaked}
	case !slices.ContainsFunc(c.Tallies, func(t Tally) bool {
		v := t.within(c.From, c.To)
		return v.Entries+v.Returned > 0
	}):
		return Finding{Refused: NoReads}
	}
	f := Finding{Unread: c.Leaked - c.Read}
	w := &weighing{c: c, cells: cells}
	for _, k := range candidates {
		w.bits = append(w.bits, k.bits)
	}
	tried := w.search()
	counts, counted := w.counted(tried)

	// Nobody has no price and no bits.
	top := 0.0
	for _, e := range slices.Concat(tried, counted) {
		top = max(top, e.bits)
	}
	total := math.Exp2(-top)
	for _, e := range slices.Concat(tried, counted) {
		total += math.Exp2(e.bits - top)
	}
	likely := make([]float64, len(candidates))
	best := explanation{}
	for _, e := range tried {
		if e.bits > best.bits {
			best = e
		}
		// No explanation is surer than the part of the leak that it explains, nor than a number
		// alone where as many of the leaked would have been met by chance.
		most := mostSure
		if people, _ := w.read(e.set); w.chance(people, e.covered) > 1 {
			most = mostCounted
		}
		p := math.Exp2(e.bits-top) / total * min(most, e.covered)
		for s := e.set; s != 0; s &= s - 1 {
			likely[bits.TrailingZeros64(s)] += p
		}
	}
	suspect := func(e *excess, tally int) Suspect {
		return Suspect{Actor: c.Tallies[tally].Actor, From: c.Days[e.from], To: c.Days[e.to-1], Expected: e.expected}
	}
	for i, k := range candidates {
		e := &k.excess
		s := suspect(e, k.tally)
		s.Likelihood, s.Reads, s.Bits = min(mostSure, likely[i]), e.volume.Exposed, w.bits[i]
		s.Read, s.Exposed = w.read(1 << i)
		f.Suspects = append(f.Suspects, s)
	}
	for _, x := range counted {
		tally := int(x.set)
		e := &counts.best[tally]
		s := suspect(e, tally)
		s.Likelihood, s.Reads, s.Read, s.Bits, s.Counted = min(mostCounted, math.Exp2(x.bits-top)/total), e.volume.Returned, e.volume.Returned, x.bits, true
		f.Suspects = append(f.Suspects, s)
	}
	f.Suspects = slices.DeleteFunc(f.Suspects, func(s Suspect) bool { return s.Likelihood < LeastTold })
	slices.SortStableFunc(f.Suspects, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(b.Likelihood, a.Likelihood), cmp.Compare(b.Exposed, a.Exposed), cmp.Compare(b.Reads, a.Reads), cmp.Compare(a.Actor, b.Actor))
	})
	f.Suspects = f.Suspects[:min(len(f.Suspects), told)]
	var named uint64
	for _, s := range f.Suspects {
		if i := slices.IndexFunc(candidates, func(k candidate) bool { return k.actor == s.Actor }); i >= 0 && !s.Counted {
			named |= 1 << i
		}
	}
	_, leaked := w.read(named)
	f.Explained = float64(leaked) / float64(c.Leaked)
	f.Nobody = math.Exp2(-top) / total
	if best.bits > 0 {
		f.Nobody = max(f.Nobody, 1-min(mostSure, best.covered))
	}
	if len(f.Suspects) > 0 && f.Suspects[0].Counted {
		f.Nobody = max(f.Nobody, 1-mostCounted)
	}
	return f
}

// read counts the people whom a set read together.
func (w *weighing) read(set uint64) (all, leaked int64) {
	for _, cell := range w.cells {
		if cell.Mask&set != 0 {
			all, leaked = all+cell.Read, leaked+cell.Leaked
		}
	}
	return all, leaked
}

// adds is the least share of the leak that each of several accounts must add to what the
// others read: thieves share the work, and have no need to do it twice.
const adds = 0.02

// weigh weighs a set: what speaks against each of its members, and for how much of the leak
// they read together. Each costs as much as it takes to name it.
func (w *weighing) weigh(set uint64) explanation {
	all, leaked := w.read(set)
	e := explanation{set: set, covered: float64(leaked) / float64(w.c.Leaked)}
	e.bits = extent(e.covered) - w.chance(all, e.covered) - float64(bits.OnesCount64(set))*log2(float64(len(w.c.Tallies)+1))
	for s := set; s != 0; s &= s - 1 {
		one := s & -s
		e.bits += w.bits[bits.TrailingZeros64(one)]
		if set != one {
			if _, without := w.read(set &^ one); float64(leaked-without) < adds*float64(w.c.Leaked) {
				e.bits = math.Inf(-1)
			}
		}
	}
	return e
}

// chance is how well, in bits, the part of the leak that was read is just that which comes with
// reading so many people of the register, whoever they are: then nothing ties them to the
// leak. The less of the register leaked, the more it says.
func (w *weighing) chance(people int64, covered float64) float64 {
	p := min(1, float64(people)/float64(max(w.c.People, 1)))
	const blur = 0.02 // nobody reads quite at random
	spread := p*(1-p)/float64(w.c.Leaked) + blur*blur
	density := math.Exp(-(covered-p)*(covered-p)/(2*spread)) / math.Sqrt(2*math.Pi*spread)
	return max(0, log2(density)) * max(0, 1-float64(w.c.Leaked)/float64(max(w.c.People, 1)))
}

// search weighs every candidate, grows the best set greedily (weighted set cover, Chvátal
// 1979), exchanges members while that helps, and weighs the neighbours of what it finds.
func (w *weighing) search() []explanation {
	seen := map[uint64]bool{0: true}
	var all []explanation
	try := func(set uint64) explanation {
		e := w.weigh(set)
		if !seen[set] {
			seen[set] = true
			all = append(all, e)
		}
		return e
	}
	best := explanation{}
	better := func(e explanation) bool {
		if e.bits > best.bits {
			best = e
			return true
		}
		return false
	}
	m := len(w.bits)
	for i := range m {
		better(try(1 << i))
	}
	// Two or three who only together read what leaked may each say little.
	grown := uint64(0)
	for range min(m, 8) {
		gain, next := int64(0), -1
		_, had := w.read(grown)
		for i := range m {
			if _, has := w.read(grown | 1<<i); w.bits[i] > 0 && has-had > gain {
				gain, next = has-had, i
			}
		}
		if next < 0 || float64(gain) < adds*float64(w.c.Leaked) {
			break
		}
		grown |= 1 << next
		better(try(grown))
	}
	for changed := best.set != 0; changed; {
		changed = false
		from := best.set
		for i := range m {
			one := uint64(1) << i
			if from&one == 0 {
				changed = better(try(from|one)) || changed
				for s := from; s != 0; s &= s - 1 {
					changed = better(try(from&^(s&-s)|one)) || changed
				}
			} else if from != one {
				changed = better(try(from&^one)) || changed
			}
		}
	}
	return all
}

// counted weighs actors by unnamed reads, where named ones leave much of the leak
// unexplained. The set of such an explanation is the index of a tally.
func (w *weighing) counted(tried []explanation) (*scan, []explanation) {
	for _, e := range tried {
		if e.bits > 0 && e.covered >= 0.5 {
			return nil, nil
		}
	}
	if !slices.ContainsFunc(w.c.Tallies, func(t Tally) bool { return t.within(w.c.From, w.c.To).Returned > 0 }) {
		return nil, nil
	}
	const enough = 0.8
	by := scanned(w.c, numbers)
	var all []explanation
	for i, e := range by.best {
		if e.to == 0 || float64(e.volume.Returned)-e.expected < enough*float64(w.c.Leaked) {
			continue
		}
		all = append(all, explanation{set: uint64(i), bits: e.bits + extent(1) - log2(float64(len(w.c.Tallies)+1))})
	}
	return by, all
}
