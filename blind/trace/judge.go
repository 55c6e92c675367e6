package trace

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// ordinary is what the work of actors comes to, as learnt from all of them, who are nearly
// all innocent (empirical Bayes; Efron 2010, Large-Scale Inference).
type ordinary struct {
	expected []float64 // reads of the leaked within the window, by tally
	size     float64   // of the negative binomial around them: small where days differ much
	surge    float64   // share of actors who break all bounds for reasons of their own
	most     float64   // the most that any of them read
}

// reads is one of the two kinds of volume: named records, or counts of unnamed ones.
type reads func(Volume) float64

func exposed(v Volume) float64  { return float64(v.Exposed) }
func returned(v Volume) float64 { return float64(v.Returned) }

// learn works out what would be ordinary within the window: for everybody what they did on
// the other days, drawn towards what their office does. The same people are looked at on
// other days, so that who works in the region of a leak is expected to read more of it.
// Where the logs have no other days, the share of the leaked in the reads of the office
// stands for it; unnamed reads then have nothing to be compared with but each other.
func learn(c *Counts, of reads) *ordinary {
	o := &ordinary{expected: make([]float64, len(c.Tallies))}
	switch {
	case c.Outside >= min(1, c.Inside/4) && c.Outside > 0:
		o.byPast(c, of)
	default:
		o.byPeers(c, of)
	}
	o.spread(c, of)
	return o
}

// byPast is the posterior mean of a Poisson rate whose gamma prior, worth one event, is the
// office's.
func (o *ordinary) byPast(c *Counts, of reads) {
	type sum struct{ events, actors float64 }
	all, offices := sum{}, map[int64]sum{}
	for _, t := range c.Tallies {
		s := offices[t.Office]
		offices[t.Office] = sum{s.events + of(t.Out), s.actors + 1}
		all = sum{all.events + of(t.Out), all.actors + 1}
	}
	general := (all.events + 1) / (all.actors * c.Outside)
	for i, t := range c.Tallies {
		s := offices[t.Office]
		prior := (s.events + general*c.Outside) / ((s.actors + 1) * c.Outside)
		o.expected[i] = (1 + of(t.Out)) / (1/prior + c.Outside) * c.Inside
	}
}

// byPeers takes the median share of the office, or of all where the office is small.
func (o *ordinary) byPeers(c *Counts, of reads) {
	const few = 5
	share := func(v Volume) float64 { return (of(v) + 0.5) / (float64(v.Entries+v.Returned) + 1) }
	var all []float64
	offices := map[int64][]float64{}
	for _, t := range c.Tallies {
		all = append(all, share(t.In))
		offices[t.Office] = append(offices[t.Office], share(t.In))
	}
	general := median(all)
	volumes := make([]float64, len(c.Tallies))
	for i, t := range c.Tallies {
		volumes[i] = of(t.In)
	}
	typical := median(volumes)
	for i, t := range c.Tallies {
		q := general
		if s := offices[t.Office]; len(s) >= few {
			q = median(s)
		}
		o.expected[i] = q * float64(t.In.Entries+t.In.Returned)
		if of(Volume{Returned: 1}) == 1 { // a share of itself says nothing
			o.expected[i] = typical
		}
	}
}

// spread measures how far actors are from what is expected: the size of a negative binomial,
// by moments without the furthest hundredth, and the share of those who are beyond it.
func (o *ordinary) spread(c *Counts, of reads) {
	var off []float64
	o.most = 2
	for i, t := range c.Tallies {
		k, m := of(t.In), o.expected[i]
		o.most = max(o.most, k)
		if m >= 1 {
			off = append(off, ((k-m)*(k-m)-m)/(m*m))
		}
	}
	slices.Sort(off)
	if cut := max(3, len(off)/100); len(off) > 3*cut {
		off = off[:len(off)-cut]
	} else {
		off = nil
	}
	o.size = 2 // where nothing can be learnt: half as much again, either way, is nothing
	if len(off) > 0 {
		sum := 0.0
		for _, x := range off {
			sum += x
		}
		o.size = 1 / min(2, max(0.05, 1.5*sum/float64(len(off)))) // the furthest were left out
	}
	beyond := 0
	for i, t := range c.Tallies {
		k := of(t.In)
		if k < 0.5*float64(c.Leaked) && k > o.expected[i] && logNegativeBinomial(k, o.expected[i], o.size) < -30 {
			beyond++ // who read half of the leak is weighed, and is no measure
		}
	}
	o.surge = (float64(beyond) + 1) / (float64(len(c.Tallies)) + 2)
}

// chance is log2 of the chance that actor i reads k by ordinary work: mostly the negative
// binomial, and seldom anything, each order of magnitude as likely as another.
func (o *ordinary) chance(i int, k float64) float64 {
	usual := math.Exp(logNegativeBinomial(k, o.expected[i], o.size))
	seldom := 1 / ((k + 1) * math.Log(o.most+2))
	return log2((1-o.surge)*usual + o.surge*seldom)
}

// logNegativeBinomial is the natural logarithm of its mass at k, by mean and size.
func logNegativeBinomial(k, mean, size float64) float64 {
	a, _ := math.Lgamma(k + size)
	b, _ := math.Lgamma(k + 1)
	c, _ := math.Lgamma(size)
	return a - b - c + size*math.Log(size/(size+mean)) + k*math.Log(mean/(size+mean))
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	s := slices.Clone(all)
	slices.Sort(s)
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// Candidates are the actors worth a close look, those first whose reads of the leaked are
// furthest beyond what their ordinary work explains. Only who is known can be one.
func Candidates(c *Counts) []Actor {
	o := learn(c, exposed)
	type one struct {
		actor Actor
		bits  float64
	}
	var all []one
	least := max(3, 0.005*float64(c.Leaked))
	for i, t := range c.Tallies {
		if k := exposed(t.In); t.Actor != 0 && k >= least {
			all = append(all, one{t.Actor, surprise(c, o, i, exposed)})
		}
	}
	slices.SortStableFunc(all, func(a, b one) int { return cmp.Compare(b.bits, a.bits) })
	var actors []Actor
	for _, a := range all[:min(len(all), mostCandidates)] {
		actors = append(actors, a.actor)
	}
	return actors
}

// surprise is how much likelier, in bits, it is that actor i stole some part of the leak,
// any part as likely as another, than that ordinary work came to as many reads of it. What
// the thief did comes on top of that work.
func surprise(c *Counts, o *ordinary, i int, of reads) float64 {
	k := of(c.Tallies[i].In)
	if k <= o.expected[i] {
		return 0
	}
	return -log2(max(float64(c.Leaked), k)) - o.chance(i, k)
}

// explanation is a set of candidates, and how well it explains the leak.
type explanation struct {
	set     uint64
	bits    float64 // over nobody, price paid
	covered float64 // share of the leak
}

// weighing is what explanations are weighed with.
type weighing struct {
	c        *Counts
	cells    []Cell
	surprise []float64 // by candidate
}

// Judge names the suspects. candidates are those of Candidates, and cells are over them.
func Judge(c *Counts, candidates []Actor, cells []Cell) Finding {
	switch {
	case c.Leaked == 0:
		return Finding{Refused: NoLeaked}
	case !slices.ContainsFunc(c.Tallies, func(t Tally) bool { return t.In.Entries+t.In.Returned > 0 }):
		return Finding{Refused: NoReads}
	}
	f := Finding{Unread: c.Leaked - c.Read}
	o := learn(c, exposed)
	w := &weighing{c: c, cells: cells}
	at := make([]int, len(candidates))
	for i, a := range candidates {
		at[i], _ = slices.BinarySearchFunc(c.Tallies, a, func(t Tally, a Actor) int { return cmp.Compare(t.Actor, a) })
		w.surprise = append(w.surprise, surprise(c, o, at[i], exposed))
	}
	tried := w.search()
	counted := w.counted(tried)

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
		// No explanation is surer than the part of the leak that it explains.
		p := math.Exp2(e.bits-top) / total * min(mostSure, e.covered)
		for s := e.set; s != 0; s &= s - 1 {
			likely[bits.TrailingZeros64(s)] += p
		}
	}
	for i, a := range candidates {
		t := c.Tallies[at[i]]
		s := Suspect{Actor: a, Likelihood: min(mostSure, likely[i]), Expected: o.expected[at[i]], Reads: t.In.Exposed, Bits: w.surprise[i]}
		s.Read, s.Exposed = w.read(1 << i)
		f.Suspects = append(f.Suspects, s)
	}
	if len(counted) > 0 {
		by := learn(c, returned)
		for _, e := range counted {
			i := int(e.set)
			t := c.Tallies[i]
			f.Suspects = append(f.Suspects, Suspect{
				Actor: t.Actor, Likelihood: min(mostCounted, math.Exp2(e.bits-top)/total), Expected: by.expected[i], Reads: t.In.Returned,
				Read: t.In.Returned, Bits: surprise(c, by, i, returned), Counted: true,
			})
		}
	}
	f.Suspects = slices.DeleteFunc(f.Suspects, func(s Suspect) bool { return s.Likelihood < LeastTold })
	slices.SortStableFunc(f.Suspects, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(b.Likelihood, a.Likelihood), cmp.Compare(b.Exposed, a.Exposed), cmp.Compare(b.Reads, a.Reads), cmp.Compare(a.Actor, b.Actor))
	})
	f.Suspects = f.Suspects[:min(len(f.Suspects), told)]
	var named uint64
	for _, s := range f.Suspects {
		if i := slices.Index(candidates, s.Actor); i >= 0 && !s.Counted {
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

// weigh weighs a set. Two witnesses must agree, and the weaker counts: that what leaked is
// what the set read, rather than any people of the register (a minimum description length,
// Rissanen 1978); and that the set read more of it than its work explains. Each account
// costs as much as it takes to name it.
func (w *weighing) weigh(set uint64) explanation {
	n := float64(w.c.Leaked)
	read, leaked := w.read(set)
	covered := float64(leaked) / n
	chance := min(1, (float64(read)+1)/float64(max(w.c.People, 1)))
	fit := 0.0
	if covered > chance {
		fit = n*divergence(covered, chance) - log2(n+1)/2
	}
	beyond := 0.0
	for s := set; s != 0; s &= s - 1 {
		beyond += w.surprise[bits.TrailingZeros64(s)]
	}
	// Mostly the theft is whole in the logs; else any part of it.
	whole := log2(0.8*20*math.Pow(covered, 19) + 0.2)
	price := float64(bits.OnesCount64(set)) * log2(float64(len(w.c.Tallies)+1))
	return explanation{set: set, bits: min(fit, beyond+whole) - price, covered: covered}
}

// divergence is Kullback and Leibler's of two chances, in bits.
func divergence(p, q float64) float64 {
	part := func(p, q float64) float64 {
		if p == 0 {
			return 0
		}
		return p * log2(p/max(q, 1e-12))
	}
	return part(p, q) + part(1-p, 1-q)
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
	m := len(w.surprise)
	for i := range m {
		better(try(1 << i))
	}
	// Two or three who only together read what leaked may each say little.
	grown := uint64(0)
	for range min(m, 8) {
		gain, next := int64(0), -1
		_, had := w.read(grown)
		for i := range m {
			if _, has := w.read(grown | 1<<i); w.surprise[i] > 0 && has-had > gain {
				gain, next = has-had, i
			}
		}
		if next < 0 || float64(gain) < 0.01*float64(w.c.Leaked) {
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
func (w *weighing) counted(tried []explanation) []explanation {
	for _, e := range tried {
		if e.bits > 0 && e.covered >= 0.5 {
			return nil
		}
	}
	if !slices.ContainsFunc(w.c.Tallies, func(t Tally) bool { return t.In.Returned > 0 }) {
		return nil
	}
	const enough = 0.8
	o := learn(w.c, returned)
	var all []explanation
	for i, t := range w.c.Tallies {
		if v := returned(t.In); t.Actor != 0 && v-o.expected[i] >= enough*float64(w.c.Leaked) {
			e := explanation{set: uint64(i), bits: surprise(w.c, o, i, returned) + log2(16.2) - log2(float64(len(w.c.Tallies)+1))}
			all = append(all, e)
		}
	}
	return all
}
