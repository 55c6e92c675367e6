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
	c      *Counts
	of     func(Volume) float64 // the kind of volume: named reads of the leaked, or counts of unnamed ones
	busy   []int                // how many of the first days are busy ones; see times
	levels []level
	rates  map[int64][2]float64 // of the office, per quiet and per busy day
	peers  map[int64]float64    // of the office: the median share of reads that are of the leaked, or theirs of the register
	surge  float64              // share of actors who break all bounds for reasons of their own
	most   float64              // the most that any of them read within a time
	best   []excess             // by tally
}

func exposed(v Volume) float64  { return float64(v.Exposed) }
func returned(v Volume) float64 { return float64(v.Returned) }

// level is the times of one length, in days.
type level struct {
	length, step int
	price        float64 // bits that it takes to name one of them
	size         float64 // of the negative binomial around what is expected: small where such times differ much
}

// excess is a time in which an actor read more than its work explains.
type excess struct {
	from, to int     // of Counts.Days
	volume   Volume  // what it read then
	expected float64 // of the kind, by its ordinary work
	usual    float64 // natural logarithm of the chance of that much by ordinary work
	share    float64 // of its ordinary reads, those of the kind
	price    float64
	bits     float64 // see scan.bits
}

// scanned learns what is ordinary, and finds everybody's furthest time.
func scanned(c *Counts, of func(Volume) float64) *scan {
	s := &scan{c: c, of: of, best: make([]excess, len(c.Tallies)), surge: 1 / (float64(len(c.Tallies)) + 2), most: 2}
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
			own[s.busy[r.Day+1]-s.busy[r.Day]] += s.of(r.Volume)
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
		share := (s.of(v) + 0.5) / (float64(v.Entries+v.Returned) + 1)
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
		s.levels = append(s.levels, level{length: length, step: max(1, length/4)})
		next := length + length/2
		if length&(length-1) != 0 {
			next = length + length/3
		}
		length = max(next, length+1)
	}
	if last := len(s.levels) - 1; last < 0 || s.levels[last].length < window {
		s.levels = append(s.levels, level{length: window, step: 1})
	}
	for i := range s.levels {
		l := &s.levels[i]
		l.price = log2(float64(len(s.levels))) + log2(float64((window-l.length)/l.step+1))
	}
}

// sums are running sums of what one actor read, by day.
type sums struct{ entries, exposed, returned, quiet, busy []float64 }

func (s *scan) sum(t *Tally, into *sums) {
	n := len(s.c.Days) + 1
	if into.entries == nil {
		*into = sums{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)}
	}
	at := 0
	for d := range n - 1 {
		var v Volume
		if at < len(t.Days) && int(t.Days[at].Day) == d {
			v = t.Days[at].Volume
			at++
		}
		into.entries[d+1] = into.entries[d] + float64(v.Entries)
		into.exposed[d+1] = into.exposed[d] + float64(v.Exposed)
		into.returned[d+1] = into.returned[d] + float64(v.Returned)
		into.quiet[d+1], into.busy[d+1] = into.quiet[d], into.busy[d]
		if s.busy[d+1] > s.busy[d] {
			into.busy[d+1] += s.of(v)
		} else {
			into.quiet[d+1] += s.of(v)
		}
	}
}

// expect is what an actor would read of the kind in a time, by all its other days, drawn
// towards its office's (a gamma prior worth one read); and what it did. Where the time is
// most of the log, by what its peers read.
func (s *scan) expect(t *Tally, r *sums, from, to int) (expected, read float64) {
	n := len(s.c.Days)
	read = r.busy[to] - r.busy[from] + r.quiet[to] - r.quiet[from]
	if float64(to-from) > mostOf*float64(n) {
		if s.of(Volume{Returned: 1}) == 1 { // a share of itself says nothing
			rate, days := s.rates[t.Office], s.quietAndBusy(from, to)
			return rate[0]*days[0] + rate[1]*days[1], read
		}
		return s.peers[t.Office] * (r.entries[to] - r.entries[from]), read
	}
	rate, here, whole := s.rates[t.Office], s.quietAndBusy(from, to), s.quietAndBusy(0, n)
	for class, of := range [2][]float64{r.quiet, r.busy} {
		if here[class] > 0 {
			others, days := of[n]-(of[to]-of[from]), whole[class]-here[class]
			prior := 1 / rate[class] // days worth one read
			if days > 0 {
				prior = min(prior, days/(1+others)) // an office that hardly reads any says nothing of who does
			}
			expected += here[class] * (1 + others) / (prior + days)
		}
	}
	return expected, read
}

// spread measures how far actors are from what is expected: for each length the size of a
// negative binomial, by moments without the furthest hundredth.
func (s *scan) spread() {
	const enough = 200_000 // times that are looked at
	var r sums
	off := make([][]float64, len(s.levels))
	stride := 1 + len(s.c.Tallies)*len(s.c.Days)/enough
	for i := 0; i < len(s.c.Tallies); i += stride {
		t := &s.c.Tallies[i]
		s.sum(t, &r)
		for j := range s.levels {
			l := &s.levels[j]
			for from := s.c.From; from+l.length <= s.c.To; from += l.length {
				if m, k := s.expect(t, &r, from, from+l.length); m >= 1 {
					off[j] = append(off[j], ((k-m)*(k-m)-m)/(m*m))
				}
			}
		}
	}
	for j := range s.levels {
		o := off[j]
		slices.Sort(o)
		s.levels[j].size = 2 // where nothing can be learnt: half as much again, either way, is nothing
		if cut := max(3, len(o)/100); len(o) > 3*cut {
			sum := 0.0
			for _, x := range o[:len(o)-cut] {
				sum += x
			}
			s.levels[j].size = 1 / min(2, max(0.05, 1.5*sum/float64(len(o)-cut))) // the furthest were left out
		}
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
		n := len(s.c.Days)
		surges := false
		for j := range s.levels {
			l := &s.levels[j]
			for from := s.c.From; from+l.length <= s.c.To; from += l.step {
				to := from + l.length
				k := r.busy[to] - r.busy[from] + r.quiet[to] - r.quiet[from]
				s.most = max(s.most, k)
				if k < least {
					continue
				}
				m, _ := s.expect(t, &r, from, to)
				if k <= 1.2*m {
					continue
				}
				e := excess{
					from: from, to: to, expected: m, usual: logNegativeBinomial(k, m, l.size), price: l.price,
					volume: Volume{int64(r.entries[to] - r.entries[from]), int64(r.exposed[to] - r.exposed[from]), int64(r.returned[to] - r.returned[from])},
				}
				if e.usual < bounds && k < 0.5*float64(s.c.Leaked) {
					surges = true // who read half of the leak is weighed, and is no measure
				}
				if t.Actor == 0 || k < few {
					continue
				}
				const prior = 10 // reads
				everyone := s.everyone()
				if float64(to-from) > mostOf*float64(n) {
					everyone = s.peers[t.Office]
				}
				e.share = (r.exposed[n] - float64(e.volume.Exposed) + prior*everyone) / (r.entries[n] - float64(e.volume.Entries) + prior)
				covered := min(1, k/float64(s.c.Leaked))
				if e.bits = s.bits(&e, float64(e.volume.Entries), k) + extent(covered); s.best[i].to == 0 || e.bits > s.best[i].bits {
					s.best[i] = e
				}
			}
		}
		beyond += boolean(surges)
	}
	s.surge = (beyond + 1) / (float64(len(s.c.Tallies)) + 2)
}

// bits is how much likelier, in bits, it is that somebody stole some part of the leak in a
// time, any part and any time as likely as another, than that the work of an actor came to
// that. Work is mostly ordinary, and seldom breaks all bounds at some time: each order of
// magnitude is as likely as another then, and the leaked are among those read as often as
// among those whom the actor reads at others (people of whom leaked were read then).
func (s *scan) bits(e *excess, people, leaked float64) float64 {
	k := s.of(e.volume)
	stolen := -log2(max(float64(s.c.Leaked), k)) - e.price
	seldom := -log2((k+1)*math.Log(s.most+2)) - e.price - s.fit(e, people, leaked)
	return stolen - logSum(log2(1-s.surge)+e.usual*math.Log2E, log2(s.surge)+seldom)
}

// logSum adds two chances, all as logarithms to base 2.
func logSum(a, b float64) float64 {
	most := max(a, b)
	return most + log2(math.Exp2(a-most)+math.Exp2(b-most))
}

// fit is how much, in bits, the share of the leaked among the people whom an actor read is
// beyond its ordinary share (the divergence of two chances, less a price for their
// difference; Rissanen 1978). Counts tell nothing of whom.
func (s *scan) fit(e *excess, people, leaked float64) float64 {
	if people <= 0 || s.of(Volume{Returned: 1}) == 1 {
		return 0
	}
	p := min(1, leaked/people)
	if p <= e.share {
		return 0
	}
	return max(0, people*divergence(p, min(e.share, 1))-log2(people+1)/2)
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
	actor    Actor
	tally    int
	from, to int // of Counts.Days
}

// candidates are those first whose reads of the leaked are furthest beyond what their
// ordinary work explains. Only who is known can be one.
func (s *scan) candidates() []candidate {
	var all []candidate
	for i, e := range s.best {
		if e.to > 0 {
			all = append(all, candidate{s.c.Tallies[i].Actor, i, e.from, e.to})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(s.best[b.tally].bits, s.best[a.tally].bits) })
	return all[:min(len(all), mostCandidates)]
}
