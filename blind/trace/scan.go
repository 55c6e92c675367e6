package trace

import (
	"cmp"
	"math"
	"slices"
)

// scan is what the work of actors comes to, learnt from all of them, who are nearly all
// innocent (empirical Bayes; Efron 2010, Large-Scale Inference), and for each the time within
// the window in which it is furthest beyond that (a scan statistic; Kulldorff 1997). When
// the theft was is seldom known to the day, and the window may be longer than the logs.
type scan struct {
	c     *Counts
	kind  measure
	busy  []int // how many of the first days are busy ones; see times
	level []level
	rates map[int64][2]float64 // of the office, per quiet and per busy day
	peers map[int64]float64    // of the office: the median share of reads that are of the leaked, or theirs of the register
	surge float64              // share of actors who break all bounds for reasons of their own
	most  float64              // the most that any of them read within a time
	best  []excess             // by tally
}

// measure is what of reads is held to be ordinary or not.
type measure uint8

const (
	reads   measure = iota // all that are named, and how many of them are of the leaked
	lone                   // of leaked people whom the actor reads on one day only: whoever works on files comes back to them
	numbers                // returned records that are not named
)

// of is the volume of the kind.
func (m measure) of(v Volume) float64 {
	switch m {
	case lone:
		return float64(v.Lone)
	case numbers:
		return float64(v.Returned)
	}
	return float64(v.Entries)
}

// hits are those of them that would be of the leaked.
func (m measure) hits(v Volume) float64 {
	if m == reads {
		return float64(v.Exposed)
	}
	return m.of(v)
}

// level is the times of one length, in days.
type level struct {
	length, step int
	from, to     int     // of Counts.Days: they lie in there
	price        float64 // bits that it takes to name one of them
	size         float64 // of the negative binomial around what is expected: small where such times differ much
	mixed        float64 // how much more the share of the leaked differs between such times than if each read were drawn by itself
}

// excess is a time in which an actor read more than its work explains.
type excess struct {
	from, to int     // of Counts.Days
	volume   Volume  // what it read then
	people   float64 // leaked people whom the actor ever read
	expected float64 // of the kind, by its ordinary work
	usual    float64 // natural logarithm of the chance of that much by ordinary work
	share    float64 // of its ordinary reads, those of the leaked
	price    float64
	mixed    float64
	bits     float64 // see scan.bits
	score    float64 // by which times of one actor are compared
}

// scanned learns what is ordinary, and finds everybody's furthest time.
func scanned(c *Counts, kind measure) *scan {
	s := &scan{c: c, kind: kind, best: make([]excess, len(c.Tallies)), surge: 1 / (float64(len(c.Tallies)) + 2), most: 2}
	if len(c.Tallies) == 0 || c.From >= c.To {
		return s
	}
	s.times()
	s.offices()
	s.lay()
	s.spread()
	s.seek()
	return s
}

// times tells busy days from quiet ones, as weekends are: on a quiet one fewer actors than
// half the median read anything.
func (s *scan) times() {
	readers := make([]float64, len(s.c.Days))
	for i := range s.c.Tallies {
		for _, r := range s.c.Tallies[i].Days {
			readers[r.Day]++
		}
	}
	usual := median(readers)
	s.busy = make([]int, len(readers)+1)
	for d, n := range readers {
		s.busy[d+1] = s.busy[d]
		if 2*n >= usual {
			s.busy[d+1]++
		}
	}
}

// quietAndBusy is how many days of a time are quiet, and how many busy.
func (s *scan) quietAndBusy(from, to int) (days [2]float64) {
	days[1] = float64(s.busy[to] - s.busy[from])
	days[0] = float64(to-from) - days[1]
	return days
}

// offices works out what an account of each office reads on a day, without the one that reads
// most, and the median share of what is of the kind, of all where the office is small.
func (s *scan) offices() {
	type sum struct{ all, most [2]float64 }
	const few = 5
	sums, members, shares := map[int64]*sum{}, map[int64]float64{}, map[int64][]float64{}
	var all []float64
	for i := range s.c.Tallies {
		t := &s.c.Tallies[i]
		own, v := [2]float64{}, Volume{}
		for _, r := range t.Days {
			own[s.busy[r.Day+1]-s.busy[r.Day]] += s.kind.of(r.Volume)
			v = v.plus(r.Volume)
		}
		if sums[t.Office] == nil {
			sums[t.Office] = &sum{}
		}
		o := sums[t.Office]
		for class, k := range own {
			o.all[class] += k
			o.most[class] = max(o.most[class], k)
		}
		members[t.Office]++
		share := (float64(v.Exposed) + 0.5) / (float64(v.Entries) + 1)
		shares[t.Office], all = append(shares[t.Office], share), append(all, share)
	}
	s.peers = map[int64]float64{}
	for office, own := range shares {
		if len(own) < few {
			own = all
		}
		// Whoever reads people of all offices reads as many of the leaked as there are.
		s.peers[office] = max(median(own), s.everyone())
	}
	days := s.quietAndBusy(0, len(s.c.Days))
	general := [2]float64{}
	for _, o := range sums {
		for class := range general {
			general[class] += o.all[class] / float64(len(s.c.Tallies))
		}
	}
	s.rates = map[int64][2]float64{}
	for office, o := range sums {
		var rate [2]float64
		for class := range rate {
			n := max(members[office]-1, 0)
			rate[class] = (o.all[class] - o.most[class]*min(n, 1) + general[class] + 0.5) / (n + 1 + boolean(n == 0)) / max(days[class], 1)
		}
		s.rates[office] = rate
	}
}

// everyone is the share of the leaked among the people of the register.
func (s *scan) everyone() float64 { return float64(s.c.Leaked) / float64(max(s.c.People, 1)) }

func boolean(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// mostOf is the longest a time may be, of the days of the logs, for the others to be its
// measure.
const mostOf = 0.75

// lay lays out the times that are looked at: lengths half as long again or a third, each
// beginning wherever a quarter of it has passed. Where the window is most of the log, it
// is looked at as a whole too, and peers are the measure.
func (s *scan) lay() {
	window, all := s.c.To-s.c.From, len(s.c.Days)
	for length := 1; length <= window && float64(length) <= mostOf*float64(all); {
		s.level = append(s.level, level{length: length, step: max(1, length/4)})
		next := length + length/2
		if length&(length-1) != 0 {
			next = length + length/3
		}
		length = max(next, length+1)
	}
	switch last := len(s.level) - 1; {
	case s.kind == numbers: // of which only the actor's own other times tell
		s.level = slices.DeleteFunc(s.level, func(l level) bool { return 3*l.length > all })
	case last < 0 || s.level[last].length < window:
		s.level = append(s.level, level{length: window, step: 1})
	}
	for i := range s.level {
		l := &s.level[i]
		// A copy that took weeks is dated by most of it: half of a time may lie beside the window.
		beside := min(l.length, window) / 2
		l.from, l.to = max(0, s.c.From-beside), min(all, s.c.To+beside)
		l.price = log2(float64(len(s.level))) + log2(float64((l.to-l.from-l.length)/l.step+1))
	}
}

// sums are running sums of what one actor read, by day.
type sums struct {
	volume      []Volume
	quiet, busy []float64 // of the kind
	from, to    int       // from the first day on which it read anything up to the last
}

func (s *scan) sum(t *Tally, into *sums) {
	n := len(s.c.Days) + 1
	if into.volume == nil {
		*into = sums{volume: make([]Volume, n), quiet: make([]float64, n), busy: make([]float64, n)}
	}
	into.from, into.to = int(t.Days[0].Day), int(t.Days[len(t.Days)-1].Day)+1
	at := 0
	for d := range n - 1 {
		var v Volume
		if at < len(t.Days) && int(t.Days[at].Day) == d {
			v = t.Days[at].Volume
			at++
		}
		into.volume[d+1] = into.volume[d].plus(v)
		into.quiet[d+1], into.busy[d+1] = into.quiet[d], into.busy[d]
		if s.busy[d+1] > s.busy[d] {
			into.busy[d+1] += s.kind.of(v)
		} else {
			into.quiet[d+1] += s.kind.of(v)
		}
	}
}

// within is what was read from a day up to another.
func (r *sums) within(from, to int) Volume { return r.volume[to].less(r.volume[from]) }

// expect is what an actor would read of the kind in a time, by all its other days, drawn
// towards its office's (a gamma prior worth one read). The days before it was first seen are
// none of its, nor those after it was last: whoever begins to work reads what the office
// reads. Where the time is most of the log, the office is the measure too.
func (s *scan) expect(t *Tally, r *sums, from, to int) (expected float64) {
	n := len(s.c.Days)
	rate, here := s.rates[t.Office], s.quietAndBusy(from, to)
	whole, own := s.quietAndBusy(r.from, r.to), s.quietAndBusy(min(max(from, r.from), r.to), max(min(to, r.to), r.from))
	office := rate[0]*here[0] + rate[1]*here[1]
	if float64(to-from) > mostOf*float64(n) {
		return max(office, s.alone(r.within(from, to)))
	}
	for class, of := range [2][]float64{r.quiet, r.busy} {
		if here[class] > 0 {
			others, days := of[n]-(of[to]-of[from]), whole[class]-own[class]
			prior := 1 / rate[class] // days worth one read
			if days > 0 {
				prior = min(prior, days/(1+others)) // an office that hardly reads any says nothing of who does
			}
			expected += here[class] * (1 + others) / (prior + days)
		}
	}
	if own[0]+own[1] > mostOf*(whole[0]+whole[1]) { // too little is known of it
		return max(expected, office)
	}
	return expected
}

// alone is what an actor reads of the kind where nothing but the same time tells: all of what
// it reads, of whomever; of the leaked as many as there are.
func (s *scan) alone(v Volume) float64 {
	switch s.kind {
	case lone:
		return s.everyone() * float64(v.Entries)
	case numbers:
		return 0
	}
	return float64(v.Entries)
}

// shareOf is how many of an actor's reads are of the leaked by its other days, or by those of its
// office: whoever begins to work there reads whom they read.
func (s *scan) shareOf(t *Tally, r *sums, from, to int) float64 {
	const prior = 10 // reads
	others := r.volume[len(s.c.Days)].less(r.within(from, to))
	return max(s.peers[t.Office], (float64(others.Exposed)+prior*s.peers[t.Office])/(float64(others.Entries)+prior))
}

// spread measures how far actors are from what is expected, for each length: the size of a
// negative binomial, by moments, and how much shares differ, both without the furthest hundredth.
func (s *scan) spread() {
	const enough = 200_000 // times that are looked at
	var r sums
	off, mixed := make([][]float64, len(s.level)), make([][]float64, len(s.level))
	stride := 1 + len(s.c.Tallies)*len(s.c.Days)/enough
	for i := 0; i < len(s.c.Tallies); i += stride {
		t := &s.c.Tallies[i]
		s.sum(t, &r)
		for j := range s.level {
			l := &s.level[j]
			for from := s.c.From; from+l.length <= s.c.To; from += l.length {
				v := r.within(from, from+l.length)
				k := s.kind.of(v)
				if m := s.expect(t, &r, from, from+l.length); m >= 1 {
					off[j] = append(off[j], ((k-m)*(k-m)-m)/(m*m))
				}
				if v.Entries >= least && s.kind == reads {
					mixed[j] = append(mixed[j], 2*math.Ln2*apart(v, float64(t.People), s.shareOf(t, &r, from, from+l.length)))
				}
			}
		}
	}
	trimmed := func(all []float64, otherwise float64) float64 {
		cut := max(3, len(all)/100)
		if len(all) <= 3*cut {
			return otherwise
		}
		slices.Sort(all)
		sum := 0.0
		for _, x := range all[:len(all)-cut] {
			sum += x
		}
		return 1.5 * sum / float64(len(all)-cut) // the furthest were left out
	}
	for j := range s.level {
		s.level[j].size = 1 / min(2, max(0.05, trimmed(off[j], 0.5))) // where nothing can be learnt: half as much again, either way, is nothing
		s.level[j].mixed = max(1, trimmed(mixed[j], 2))
	}
}

// least is how many reads are worth a look.
const least = 3

// seek finds for everybody the time of the largest excess, and how many break all bounds.
func (s *scan) seek() {
	const bounds = -30 // natural logarithm
	beyond := 0.0
	few := max(least, 0.005*float64(s.c.Leaked))
	var r sums
	for i := range s.c.Tallies {
		t := &s.c.Tallies[i]
		s.sum(t, &r)
		surges := false
		for j := range s.level {
			l := &s.level[j]
			for from := l.from; from+l.length <= l.to; from += l.step {
				to := from + l.length
				v := r.within(from, to)
				k, hits := s.kind.of(v), s.kind.hits(v)
				s.most = max(s.most, k)
				if hits < least {
					continue
				}
				e := excess{from: from, to: to, volume: v, people: float64(t.People), expected: s.expect(t, &r, from, to), share: s.shareOf(t, &r, from, to), price: l.price, mixed: l.mixed}
				if k <= 1.2*e.expected && s.fit(&e) == 0 {
					continue
				}
				if e.usual = logNegativeBinomial(max(k, e.expected), e.expected, l.size); e.usual < bounds/4 {
					e.usual = max(e.usual, s.before(&r, from, to, k))
				}
				if e.usual < bounds && hits < 0.5*float64(s.c.Leaked) {
					surges = true // who read half of the leak is weighed, and is no measure
				}
				if t.Actor == 0 || hits < few || s.covered(&e)*float64(s.c.Leaked) < few {
					continue
				}
				// What is beyond doubt is not made surer by a shorter time, which shows less of the theft.
				const beyondDoubt = 40
				e.bits = s.bits(&e)
				e.score = min(e.bits, beyondDoubt) + extent(s.covered(&e))
				if s.best[i].to == 0 || e.score > s.best[i].score {
					s.best[i] = e
				}
			}
		}
		beyond += boolean(surges)
	}
	s.surge = (beyond + 1) / (float64(len(s.c.Tallies)) + 2)
	for i := range s.best {
		if e := &s.best[i]; e.to > 0 {
			e.bits = s.bits(e)
		}
	}
}

// covered is the share of the leaked that an actor may have read in a time, at most.
func (s *scan) covered(e *excess) float64 {
	hits := s.kind.hits(e.volume)
	if s.kind != numbers {
		hits = min(hits, e.people)
	}
	return min(1, hits/float64(s.c.Leaked))
}

// before is the natural logarithm of the chance of that much by how often the actor did nearly
// as much in other times as long; nothing where it never did.
func (s *scan) before(r *sums, from, to int, k float64) float64 {
	const nearly = 1.5
	length, others, such := to-from, 0.0, 0.0
	look := func(a, b int) {
		others++
		if nearly*s.kind.of(r.within(a, b)) >= k {
			such++
		}
	}
	for b := from; b-length >= r.from; b -= length {
		look(b-length, b)
	}
	for a := to; a+length <= r.to; a += length {
		look(a, a+length)
	}
	if such == 0 {
		return math.Inf(-1)
	}
	return math.Log(such / (others + 1) / (k + 1))
}

// bits is how much likelier, in bits, it is that somebody stole some part of the leak in a
// time, any part and any time as likely as another, than that the work of an actor came to
// that. Work is mostly ordinary, and seldom breaks all bounds at some time: each order of
// magnitude is as likely as another then. Either way the leaked are among those read as
// often as among those whom the actor reads at other times.
func (s *scan) bits(e *excess) float64 {
	k, fit := s.kind.of(e.volume), s.fit(e)
	stolen := s.stolen(e) - e.price
	seldom := log2(s.surge) - log2((k+1)*math.Log(s.most+2)) - e.price - fit
	usual := log2(1-s.surge) + e.usual*math.Log2E
	if s.kind == reads {
		usual -= fit
	}
	return stolen - logSum(usual, seldom)
}

// stolen is the chance of what was stolen, in bits: any part of the leak as likely as
// another. Of numbers half of the time nearly what leaked, else more.
func (s *scan) stolen(e *excess) float64 {
	n, k := float64(s.c.Leaked), s.kind.hits(e.volume)
	any := 1 / max(n, k)
	if s.kind != numbers {
		return log2(any)
	}
	const below, above = 0.95, 1.2
	near := 0.0
	if x := k - e.expected; x >= below*n && x <= above*n {
		near = 1 / ((above - below) * n)
	}
	return log2((near + any) / 2)
}

// logSum adds two chances, all as logarithms to base 2.
func logSum(a, b float64) float64 {
	most := max(a, b)
	return most + log2(math.Exp2(a-most)+math.Exp2(b-most))
}

// fit is how much, in bits, the share of the leaked among an actor's reads is beyond its
// ordinary share (the divergence of two chances, by how much shares differ among all).
// Counts tell nothing of whom.
func (s *scan) fit(e *excess) float64 {
	if s.kind == numbers || float64(e.volume.Exposed) <= e.share*float64(e.volume.Entries) {
		return 0
	}
	return apart(e.volume, e.people, e.share) / e.mixed
}

// apart is how far the share of the leaked among reads is from another, in bits: of as many
// reads as there are people behind them, for whoever works on a file opens it again.
func apart(v Volume, people, share float64) float64 {
	if v.Entries == 0 {
		return 0
	}
	n, hits := float64(v.Entries), float64(v.Exposed)
	return n * min(1, (people+1)/(hits+1)) * divergence(hits/n, min(share, 1))
}

// extent is how likely it is that the part of the leak that the logs hold is that large, in
// bits: mostly the theft is whole in the logs; else any part of it.
func extent(covered float64) float64 { return log2(0.8*20*math.Pow(covered, 19) + 0.2) }

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

// candidate is an actor worth a close look, in its time.
type candidate struct {
	actor Actor
	tally int
	excess
}

// candidates are those first whose reads of the leaked are furthest beyond what their
// ordinary work explains, by one measure or the other. Only who is known can be one.
func candidates(by ...*scan) []candidate {
	var all []candidate
	for i := range by[0].c.Tallies {
		best := excess{}
		for _, s := range by {
			if e := s.best[i]; e.to > 0 && (best.to == 0 || e.score > best.score) {
				if best = e; s.kind == lone { // the others were read again
					best.expected += float64(e.volume.Exposed - e.volume.Lone)
				} else {
					best.expected *= e.share
				}
			}
		}
		if best.to > 0 {
			all = append(all, candidate{by[0].c.Tallies[i].Actor, i, best})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	return all[:min(len(all), mostCandidates)]
}
