package verdict

import (
	"math"
	"slices"
	"time"

	"constat.example/blind/register"
)

// Sizing is the counts that the size of a leak is worked out from. "People" are
// those of the register.
type Sizing struct {
	Claimed *int64 // by whoever offers the dump; nil where nothing is said
	Class   Class
	Share   [2]float64 // bounds of the share of rows that are copied

	Rows, Linked, Ambiguous int64
	Persons                 int64   // whom rows are linked to
	Wrong                   float64 // links that are expected to be wrong
	Register                People  // in the register when the copy was made

	All  Spread // over the whole register
	Part Spread // over the range of ids that the people in the dump stand in; empty where that is all of it

	Files []FileSample // each a file of its own; none where there is one only
}

// People is a number of people with its bounds.
type People struct{ Estimate, Low, High int64 }

// Spread is how the people in a dump stand in the register as of one snapshot, or in a
// part of it. Of many people every n-th is looked at, of those in the dump and of
// the others; the places are then of those looked at.
type Spread struct {
	Register int64 // people there were
	Leaked   int64 // of Register: in the dump
	ByID     Order
	ByFile   Order // the order in which the register was first read
	Regions  []Group
	Created  []Group // by the snapshot that they came with
	Rows     Steps   // of rows that follow one another in the dump
}

// Order is how they stand in an order of the register. The zero Order is none.
type Order struct {
	Bins []Group // stretches of as many people of the register each

	Stretches int64 // of people in the dump or not in the dump, in the order
	In, Out   int64 // people in the dump and not, of those looked at

	// From and To are where those in the dump begin and end, as shares of the order,
	// Trim of them left out at each end, and Dense how many of the register between
	// are in the dump.
	From, To, Dense float64
	Trim            int64
	Looked          int64 // people of the register that places are among
}

// Group is people who have something in common: of those looked at, how many are in
// the dump and how many are not.
type Group struct {
	Name    string
	In, Out int64
	Dense   float64 // share of the register's people in the group who are in the dump
}

// Steps counts, of rows of the dump that follow one another, how often the id goes up.
type Steps struct{ Up, All int64 }

// FileSample is the people of one file of the dump.
type FileSample struct {
	Persons int64 // in the file
	Known   int64 // of them: in a file before
	Before  int64 // people in the files before
}

// What an estimate is of.
const (
	WholeRegister = "the people in the file, which holds the whole register as it stood when it was copied"
	WholeFile     = "the people in the file, which is about all that is claimed"
	WholeRegions  = "the people in the file, which holds some regions whole and next to nobody else"
	WholeRange    = "the people in the file, which holds one stretch of the record ids whole and nobody else"
	ReachedAll    = "the people whom the thief could reach: the sample is spread over the register as a random one is, so that it was drawn from the whole of it"
	ReachedRange  = "the people whom the thief could reach: the sample is spread over one range of record ids as a random one is, so that it was drawn from this range"
	DrawnTwice    = "the people in what the files were drawn from, by how many stand in several of them"
)

// Why there is no estimate; the lower bound stands where there is one.
const (
	SizeNotOurs   = "what is in the dump was not copied from the register, so that nothing of the register leaked by it"
	SizeNobody    = "nobody of the register is linked to a row"
	SizeUntold    = "whether the dump was copied from the register is not told, so that only the people found in it are counted"
	SizeFewRows   = "too few rows to tell what they were taken from"
	SizeFewPeople = "fewer than 200 people are too few to test whether they are a random sample of the register"
	SizeFirst     = "the dump holds the first people of the register in its order: the beginning of something longer tells nothing of its length"
	SizeStretch   = "the dump is one stretch of the record ids, taken whole, and more is claimed: what lies beyond it cannot be told"
	SizeRegion    = "the dump holds some regions whole, and more is claimed: what lies beyond them cannot be told"
	SizeNotRandom = "the people in the dump are no random sample of the register, so that they tell nothing of those who are not in it"
	SizeUnclaimed = "the people in the dump are spread as a random sample of the register, and nothing says whether they are all that was taken: a claim with a count would"
)

// The tests of a sample being random over the register.
const (
	IDsEven    = "ids_even"   // by record id, as many from each part of the register
	IDsApart   = "ids_apart"  // by record id, not in clusters
	FileEven   = "file_even"  // the same in the order in which the register was read
	FileApart  = "file_apart" //
	RegionEven = "regions"    // as many from each region
	EvenInTime = "created"    // as many of those who came with each snapshot
	RowOrder   = "row_order"  // whether rows are in order of id: it tells how they were written out, and decides nothing
	level      = 0.005        // chance that a random sample fails any test
	trifle     = 0.02         // difference that no test minds: links are missed more often of some than of others
	fewPeople  = 200          // from whom on tests tell something
	complete   = 0.95         // share of a part of the register from which it is taken to be whole
	boasted    = 2.25         // how many times the rows a claim may be of what is nevertheless whole
	fewOfFile  = 30           // people of a file from whom on it counts as a sample
	sizeSides  = 0.025        // chance on each side of an interval
	regionRest = 0.02         // share of people outside of whole regions
)

// Results of a test.
const (
	Passed  = "passed"
	Failed  = "failed"
	NotTold = "not_told" // nothing to tell it by
)

// Test is a test of whether the people in the dump are a random sample.
type Test struct {
	Name   string
	Result string
	P      float64 // chance that a random sample departs as far
	Off    float64 // how far it departs, 0 to 1
	Within bool    // it was made within the range of ids, not over the whole register
}

// Size is how many people a leak holds.
type Size struct {
	Refused string
	Basis   string
	// Estimate and High are nothing where it is refused. Low is at least so many then,
	// and 0 where not even that is known.
	Estimate, Low, High int64

	Tests     []Test
	Reach     *People // whom the thief could reach, where that is told
	Exfil     int64   // at least so many people are in what was taken; 0 where that is not told
	From, To  float64 // the range of ids that it is about, as shares of the register
	Regions   []string
	OneByFile bool // of SizeFirst: the order is that in which the register was read, not that of ids
}

// SizeOf works out how many people a leak holds. See docs/design/size.md.
func SizeOf(c Sizing) Size {
	s := Size{To: 1}
	switch {
	case c.Class == Fabricated || c.Class == Foreign || c.Class == Recycled && c.Share[1] == 0:
		s.Refused = SizeNotOurs
		return s
	case c.Persons == 0:
		s.Refused = SizeNobody
		return s
	}
	file := c.inFile()
	s.Low = file.Low
	if c.Class != Undetermined {
		s.Exfil = file.Low
	}
	switch {
	case c.Rows < fewestRows || c.Persons < fewestRows:
		s.Refused = SizeFewRows
		return s
	case c.Class == Undetermined:
		s.Refused, s.Low = SizeUntold, 0 // that any leaked is not told
		return s
	}
	s.Tests = c.All.tests(false)
	taken := func(p People, basis string) Size {
		s.Estimate, s.Low, s.High, s.Basis = p.Estimate, p.Low, p.High, basis
		return s
	}
	refuse := func(why string) Size {
		s.Refused = why
		return s
	}
	if share := float64(c.All.Leaked) / float64(max(1, c.All.Register)); share >= complete {
		s.Reach = &c.Register
		file.High = min(file.High, max(file.Estimate, c.Register.High)) // there are no more to be missed
		return taken(file, WholeRegister)
	}
	regions := c.All.wholeRegions()
	first, byFile := c.All.first()
	stretch := !first && c.All.ByID.whole()
	switch {
	case first:
		s.OneByFile = byFile
		s.From, s.To = c.All.ByID.From, c.All.ByID.To
	case regions != nil:
		s.Regions, s.Reach = regions, &file
	case stretch:
		s.From, s.To, s.Reach = c.All.ByID.From, c.All.ByID.To, &file
	}
	more := c.Claimed != nil && float64(*c.Claimed) > boasted*float64(c.Rows)
	random := c.Persons >= fewPeople && passes(s.Tests)
	basis := ReachedAll
	if !random && !first && regions == nil && !stretch && c.Part.Leaked >= fewPeople {
		within := c.Part.tests(true)
		s.Tests = append(s.Tests, within...)
		if random = passes(within); random {
			basis, s.From, s.To = ReachedRange, c.All.ByID.From, c.All.ByID.To
		}
	}
	whole := c.Claimed != nil && !more
	if random && !whole {
		reach := c.reached()
		s.Reach = &reach
	}
	switch {
	case first && !whole:
		return refuse(SizeFirst)
	case regions != nil && !more:
		return taken(file, WholeRegions)
	case regions != nil:
		return refuse(SizeRegion)
	case stretch && !more:
		return taken(file, WholeRange)
	case stretch:
		return refuse(SizeStretch)
	case whole:
		return taken(file, WholeFile)
	case c.Persons < fewPeople:
		return refuse(SizeFewPeople)
	case !random:
		return refuse(SizeNotRandom)
	}
	if drawn, ok := recaptured(c.Files, c.Register.High); ok {
		drawn.Low = max(drawn.Low, file.Low)
		drawn.Estimate = max(drawn.Estimate, drawn.Low)
		drawn.High = max(drawn.High, drawn.Estimate)
		return taken(drawn, DrawnTwice)
	}
	if !more {
		return refuse(SizeUnclaimed)
	}
	return taken(*s.Reach, basis)
}

// inFile is how many people are in the dump: those linked, fewer where links are
// wrong, more by the rows that are copied and not linked.
func (c Sizing) inFile() People {
	wrong := int64(math.Ceil(c.Wrong + 2*math.Sqrt(c.Wrong)))
	// A row linked to somebody else adds that person, and hides the one it is of.
	p := People{Estimate: c.Persons, Low: max(1, c.Persons-wrong), High: c.Persons + wrong}
	open := c.Rows - c.Linked
	if c.Class == Undetermined || c.Linked == 0 {
		return p
	}
	most := min(open, int64(math.Ceil(c.Share[1]*float64(c.Rows)))-c.Linked)
	if most <= 0 {
		return p
	}
	p.High += most
	// Rows are missed about as often of those of whom others are found: of somebody with
	// k rows all are missed with the chance of one to the power k.
	missed := float64(min(c.Ambiguous, most))
	if c.Class == Genuine {
		missed = float64(most)
	}
	rate := missed / (float64(c.Linked) + missed)
	unseen := math.Pow(rate, float64(c.Linked)/float64(c.Persons))
	p.Estimate += int64(math.Round(float64(c.Persons) * unseen / max(1e-9, 1-unseen)))
	p.Estimate = min(p.Estimate, p.High)
	return p
}

// tests are the tests of the people in the dump being a random sample of those there are.
func (s Spread) tests(within bool) []Test {
	all := []Test{
		even(IDsEven, s.ByID.Bins),
		apart(IDsApart, s.ByID),
		even(FileEven, s.ByFile.Bins),
		apart(FileApart, s.ByFile),
		even(RegionEven, s.Regions),
		even(EvenInTime, s.Created),
	}
	told := 0
	for _, t := range all {
		if t.Result != NotTold {
			told++
		}
	}
	for i := range all {
		// Bonferroni: together they reject a random sample with the chance of level.
		if t := &all[i]; t.Result != NotTold && t.P < level/float64(told) && t.Off > trifle {
			t.Result = Failed
		}
		all[i].Within = within
	}
	return append(all, s.Rows.test(within))
}

// passes tells whether no test failed, and those by record id were made.
func passes(tests []Test) bool {
	made := false
	for _, t := range tests {
		if t.Result == Failed {
			return false
		}
		made = made || t.Name == IDsEven && t.Result == Passed
	}
	return made
}

// even tests by Pearson's chi-squared whether people in the dump and others are spread
// alike over groups. Groups too small to expect five of each are put together.
func even(name string, groups []Group) Test {
	t := Test{Name: name, Result: NotTold}
	var in, out float64
	for _, g := range groups {
		in, out = in+float64(g.In), out+float64(g.Out)
	}
	if in == 0 || out == 0 {
		return t
	}
	least := 5 * (in + out) / min(in, out)
	var kept []Group
	var rest Group
	for _, g := range groups {
		if float64(g.In+g.Out) >= least {
			kept = append(kept, g)
			continue
		}
		rest.In, rest.Out = rest.In+g.In, rest.Out+g.Out
		if float64(rest.In+rest.Out) >= least {
			kept, rest = append(kept, rest), Group{}
		}
	}
	if rest.In+rest.Out > 0 && len(kept) > 0 {
		last := &kept[len(kept)-1]
		last.In, last.Out = last.In+rest.In, last.Out+rest.Out
	}
	if len(kept) < 2 {
		return t
	}
	chi, off := 0.0, 0.0
	for _, g := range kept {
		n := float64(g.In + g.Out)
		a, b := n*in/(in+out), n*out/(in+out)
		chi += (float64(g.In)-a)*(float64(g.In)-a)/a + (float64(g.Out)-b)*(float64(g.Out)-b)/b
		off += math.Abs(float64(g.In)/in-float64(g.Out)/out) / 2
	}
	t.Result, t.P, t.Off = Passed, chiTail(chi, float64(len(kept)-1)), off
	return t
}

// apart tests by Wald and Wolfowitz's runs (1940) whether people in the dump stand in
// clusters. Their standing further apart than at random is no matter.
func apart(name string, o Order) Test {
	t := Test{Name: name, Result: NotTold}
	a, b := float64(o.In), float64(o.Out)
	if a < fewestRows || b < fewestRows {
		return t
	}
	n := a + b
	mean := 1 + 2*a*b/n
	sd := math.Sqrt(2 * a * b * (2*a*b - n) / (n * n * (n - 1)))
	t.Result, t.P = Passed, math.Erfc((mean-float64(o.Stretches))/sd/math.Sqrt2)/2
	t.Off = max(0, 1-float64(o.Stretches)/mean)
	return t
}

// test tells whether rows stand in order of id. A random sample may.
func (s Steps) test(within bool) Test {
	t := Test{Name: RowOrder, Result: NotTold, Within: within}
	if s.All < fewestRows {
		return t
	}
	n := float64(s.All) + 1
	z := math.Abs(float64(s.Up)-float64(s.All)/2) / math.Sqrt((n+1)/12) // Moore and Wallis 1943
	t.Result, t.P = Passed, math.Erfc(z/math.Sqrt2)
	t.Off = math.Abs(2*float64(s.Up)/float64(s.All) - 1)
	return t
}

// whole tells whether all who stand between the first and the last in the dump are in it.
func (o Order) whole() bool { return o.In >= fewestRows && o.Dense >= complete }

// first tells whether the dump is the beginning of the register in either order, and
// whether in that in which it was read.
func (s Spread) first() (is, byFile bool) {
	begins := func(o Order) bool { return o.whole() && o.From <= 0.005 && o.To < complete }
	return begins(s.ByID) || begins(s.ByFile), !begins(s.ByID)
}

// wholeRegions are the regions that the dump holds whole, where hardly anybody in it
// is of another; nil where there is none.
func (s Spread) wholeRegions() []string {
	var whole []string
	var in, all int64
	for _, g := range s.Regions {
		all += g.In
		if g.In >= fewestRows && g.Dense >= 0.9 {
			whole = append(whole, g.Name)
			in += g.In
		}
	}
	if all == 0 || len(whole) == len(s.Regions) || float64(all-in) > regionRest*float64(all) {
		return nil
	}
	slices.Sort(whole)
	return whole
}

// reached is how many people a random sample was drawn from, by the order of ids: it
// lies between the first and the last of the sample, and a little beyond.
//
// What lies outside of the r-th of the n drawn from either end of m people in a row
// is at least g people as likely as fewer than 2r of the n are among any g+1 of the
// m, since the gaps between those drawn are exchangeable (David and Nagaraja 2003,
// Order Statistics): a hypergeometric chance.
func (c Sizing) reached() People {
	o, n, full := c.All.ByID, c.All.Leaked, c.All.Register
	share := o.To - o.From
	margin := 0.0
	if o.Looked < full { // the places are those among some of the register only
		margin = 2 * math.Sqrt(max(0, share*(1-share))/float64(max(1, o.Looked)))
	}
	at := func(share float64) int64 { return min(max(int64(math.Round(share*float64(full))), n), full) }
	r := 2 * max(1, o.Trim)
	bound := func(seen int64, holds func(m int64) bool) int64 { return firstWith(seen, full, holds) }
	least, seen, most := at(share-margin), at(share), at(share+margin)
	low := bound(least, func(m int64) bool { return 1-fewer(m, m-least+2, n, r) >= sizeSides }) // no less than seen
	mid := bound(seen, func(m int64) bool { return fewer(m, m-seen+1, n, r) <= 0.5 })
	high := bound(most, func(m int64) bool { return fewer(m, m-most+1, n, r) < sizeSides }) // no more than seen
	then := func(m, people int64) int64 {
		return int64(math.Round(float64(m) * float64(people) / float64(max(1, full))))
	}
	p := People{Estimate: then(mid, c.Register.Estimate), Low: then(low, c.Register.Low), High: then(high, c.Register.High)}
	if high >= full {
		// Nothing tells it from the whole register, which is what access most often is to.
		p.Estimate = c.Register.Estimate
	}
	p.Low, p.High = min(p.Low, p.Estimate), max(p.High, p.Estimate)
	return p
}

// firstWith is the least from low to high for which it holds, where it holds from
// there on; high where it does for none.
func firstWith(low, high int64, holds func(int64) bool) int64 {
	for low < high {
		if mid := low + (high-low)/2; holds(mid) {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return low
}

// fewer is the chance that fewer than r of n drawn from m are among g of them.
func fewer(m, g, n, r int64) float64 {
	g = min(max(g, 0), m)
	sum, peak := 0.0, (n+1)*(g+1)/(m+2)
	for j := min(r-1, g, n); j >= max(0, n-(m-g)); j-- {
		term := hypergeometric(m, g, n, j)
		if sum += term; j < peak && term < 1e-17*sum {
			break
		}
	}
	return min(1, sum)
}

// hypergeometric is the chance that k of n drawn from m are among g of them.
func hypergeometric(m, g, n, k int64) float64 {
	if k < 0 || k > g || n-k < 0 || n-k > m-g {
		return 0
	}
	return math.Exp(lchoose(g, k) + lchoose(m-g, n-k) - lchoose(m, n))
}

func lchoose(n, k int64) float64 {
	return lgamma(float64(n)+1) - lgamma(float64(k)+1) - lgamma(float64(n-k)+1)
}

// Before is the index of the last snapshot that is not after an instant; the first
// where all are.
func Before(m register.Manifest, at time.Time) int {
	i := 0
	for i+1 < len(m.Snapshots) && !m.Snapshots[i+1].AsOf.After(at) {
		i++
	}
	return i
}

// PeopleBetween is how many people the register had at some instant from one to
// another. Those who came and went between two snapshots are taken to have done so
// evenly, give or take what chance does.
func PeopleBetween(m register.Manifest, from, until time.Time) People {
	at := func(t time.Time) (people, off float64) {
		i := Before(m, t)
		s := m.Snapshots[i]
		if i+1 == len(m.Snapshots) || !t.After(s.AsOf) {
			return float64(s.People), 0
		}
		next := m.Snapshots[i+1]
		share := t.Sub(s.AsOf).Seconds() / next.AsOf.Sub(s.AsOf).Seconds()
		moved := float64(next.Added + next.Gone)
		// Twice the standard deviation of how many of those who moved had by then, and
		// those who came and went between the two, in no snapshot.
		off = 2*math.Sqrt(moved*share*(1-share)) + float64(next.Added)*float64(next.Gone)/max(1, float64(s.People))*share*(1-share)
		return float64(s.People) + share*float64(next.People-s.People), off
	}
	instants := []time.Time{from, until}
	for _, s := range m.Snapshots {
		if s.AsOf.After(from) && s.AsOf.Before(until) {
			instants = append(instants, s.AsOf)
		}
	}
	p := People{Low: math.MaxInt64}
	for _, t := range instants {
		people, off := at(t)
		p.Low, p.High = min(p.Low, int64(people-off)), max(p.High, int64(math.Ceil(people+off)))
	}
	middle, _ := at(from.Add(until.Sub(from) / 2))
	p.Estimate = min(max(int64(math.Round(middle)), p.Low), p.High)
	return p
}

// recaptured is how many people there are in what several files were drawn from, each
// at random, by how many of each stand in those before (Petersen 1896, Chapman 1951; of
// more than two Schnabel 1938). The bounds of two are exact; of more they are those
// between which the likelihood is no less than a seventh of the highest (Wilks 1938).
// It is not told where files are copies of one another, or are drawn without one
// another, as the parts of one sample are: then it would be more than there are.
func recaptured(files []FileSample, most int64) (p People, ok bool) {
	var draws []FileSample
	var seen, again int64
	for _, f := range files {
		seen += f.Persons - f.Known
		if f.Before > 0 && f.Persons >= fewOfFile && f.Known < f.Persons {
			draws = append(draws, f)
			again += f.Known
		}
	}
	if len(draws) == 0 || most < seen {
		return p, false
	}
	likelihood := func(m int64) float64 {
		sum := 0.0
		for _, d := range draws {
			if m-d.Before < d.Persons-d.Known {
				return math.Inf(-1)
			}
			sum += lchoose(d.Before, d.Known) + lchoose(m-d.Before, d.Persons-d.Known) - lchoose(m, d.Persons)
		}
		return sum
	}
	beyond := 4 * most
	if len(draws) == 1 {
		d := draws[0]
		below := func(m int64) float64 { return fewer(m, d.Before, d.Persons, d.Known+1) }   // P(so many again or fewer)
		above := func(m int64) float64 { return 1 - fewer(m, d.Before, d.Persons, d.Known) } // P(so many or more)
		p.Low = firstWith(seen, beyond, func(m int64) bool { return below(m) >= sizeSides })
		p.High = firstWith(seen, beyond, func(m int64) bool { return above(m) < sizeSides })
		p.Estimate = int64(math.Round(float64(d.Before+1)*float64(d.Persons+1)/float64(d.Known+1))) - 1
	} else {
		// The likelihood has one peak: what follows it is less likely than what is before.
		p.Estimate = firstWith(seen, beyond, func(m int64) bool { return likelihood(m) > math.Inf(-1) && likelihood(m+1) <= likelihood(m) })
		top := likelihood(p.Estimate)
		const drop = 1.9207 // half the 0.95 quantile of chi-squared with one degree of freedom
		p.Low = firstWith(seen, p.Estimate, func(m int64) bool { return likelihood(m) >= top-drop })
		p.High = firstWith(p.Estimate, beyond, func(m int64) bool { return likelihood(m) < top-drop })
	}
	if p.Low > most {
		return People{}, false
	}
	p.Estimate = min(max(p.Estimate, p.Low), most)
	p.High = min(p.High, most)
	return p, true
}

// chiTail is the chance of a chi-squared of k degrees of freedom being x or more: the
// upper incomplete gamma function, by its series below its mean and by its continued
// fraction above (Abramowitz and Stegun 1964, 6.5.29 and 6.5.31).
func chiTail(x, k float64) float64 {
	a, x := k/2, x/2
	if x <= 0 {
		return 1
	}
	scale := math.Exp(a*math.Log(x) - x - lgamma(a))
	if x < a+1 {
		sum, term := 1/a, 1/a
		for i := 1.0; i < 10_000 && term > sum*1e-15; i++ {
			term *= x / (a + i)
			sum += term
		}
		return max(0, 1-scale*sum)
	}
	const tiny = 1e-300
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for i := 1.0; i < 10_000; i++ {
		an := -i * (i - a)
		b += 2
		d = 1 / nonZero(an*d+b, tiny)
		c = nonZero(b+an/c, tiny)
		h *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return scale * h
}

func nonZero(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}
