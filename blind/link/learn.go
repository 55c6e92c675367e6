package link

import (
	"math"
	"slices"

	"constat.example/blind/kind"
)

// A counted pattern: one level per aspect, and how many candidate pairs show it.
type counted struct {
	pattern int64
	levels  []int
	n       float64
}

// model is what is learnt of the kinds of pair: how many there are of each and
// how they agree.
type model struct {
	pairs float64 // all pairs of a row and a person

	// How many pairs of each kind there are.
	matches, households, twins float64

	as      []*aspect
	surname int // index of the aspect, or -1
	email   int
	number  int // NIR

	// held is, by aspect, the share of rows that it could be seen in: 1 in a dump of
	// one table, less where only some tables hold it.
	held []float64

	m [][]float64 // [aspect][level-1]: rates among matches
	f [][]float64 // the same when names changed places; nil for aspects that do not follow
	h [][]float64 // among members of one household
	t [][]float64 // among twins
	u [][]float64 // by chance
}

// Strength of the priors, in pairs. A handful of rows must not move the rates
// far from what is known of registers in general; a million must. Where most
// rows have no match, what little looks like one is mostly something else, and
// rates learnt from it would make it look ever more like one: each row
// without a match holds the rates to the prior.
const (
	priorWeight   = 25.0
	priorPerMatch = 0.02
	priorPerMiss  = 0.3
	iterations    = 400
	converged     = 1e-7
	leastAgree    = 0.30 // a match agrees at some level but "differs" at least this often
	priorShare    = 0.20 // share of rows first taken to have their person in the register
	priorHome     = 0.05 // pairs of one household per row, at first
	priorTwin     = 0.001
	twinSameBirth = 0.97
	mostMatch     = 1.0   // people per row: who holds two records is rare
	mostHome      = 3.0   // pairs of one household per row, at most
	mostTwin      = 0.035 // three people in a hundred have a twin
	leastAbsent   = 0.02  // share of rows whose person is not in the register, at least
)

// newModel starts from the priors. u is the average chance of each level but
// the last.
func newModel(as []*aspect, u func(*aspect) []float64, rows, people int64) *model {
	md := &model{pairs: float64(rows) * float64(people), as: as}
	index := func(name string) int { return slices.IndexFunc(as, func(a *aspect) bool { return a.name == name }) }
	md.surname, md.email, md.number = index("surname"), index(kind.Email.String()), index(kind.NIR.String())
	md.matches = priorShare * float64(rows)
	md.households = priorHome * float64(rows)
	md.twins = priorTwin * float64(rows)
	for _, a := range as {
		var chance []float64
		if u != nil {
			chance = withRest(u(a))
		}
		md.held = append(md.held, 1)
		md.u = append(md.u, chance)
		md.m = append(md.m, append([]float64(nil), a.match...))
		md.f = append(md.f, together(a))
		home, twin := chance, chance
		if a.home != nil {
			home, twin = append([]float64(nil), a.home...), append([]float64(nil), a.home...)
		}
		if a.born {
			twin = bornTogether(len(a.levels))
		}
		md.h = append(md.h, home)
		md.t = append(md.t, twin)
	}
	return md
}

func withRest(levels []float64) []float64 {
	return append(append([]float64(nil), levels...), max(rest(levels), 0.01))
}

// rest is what rates leave of one.
func rest(rates []float64) float64 {
	left := 1.0
	for _, r := range rates {
		left -= r
	}
	return left
}

// togetherSwapped is how often, of a match, both names are in each other's
// place when one is: the prior.
const togetherSwapped = 0.85

func together(a *aspect) []float64 {
	if a.after == "" {
		return nil
	}
	out := make([]float64, len(a.levels))
	for i, level := range a.levels {
		if out[i] = (1 - togetherSwapped) / float64(len(a.levels)-1); level == "swapped" {
			out[i] = togetherSwapped
		}
	}
	return out
}

func bornTogether(levels int) []float64 {
	out := make([]float64, levels)
	for i := range out {
		out[i] = (1 - twinSameBirth) / float64(levels-1)
	}
	out[0] = twinSameBirth
	return out
}

// logs returns the logarithm of the expected number of pairs of each kind with
// that pattern.
func (md *model) logs(levels []int) (match, household, twin, chance float64) {
	match = safeLog(md.matches)
	household = safeLog(md.households)
	twin = safeLog(md.twins)
	chance = safeLog(md.pairs)
	for i, l := range levels {
		if l == 0 {
			continue
		}
		if md.follows(i, levels) {
			match += safeLog(md.f[i][l-1])
		} else {
			match += safeLog(md.m[i][l-1])
		}
		household += safeLog(md.h[i][l-1])
		twin += safeLog(md.t[i][l-1])
		chance += safeLog(max(md.u[i][l-1], md.implied(i, levels)))
	}
	return match, household, twin, chance
}

// follows reports whether aspect i goes with another one in the pattern: given
// names in the surname's place when the surname is in theirs.
func (md *model) follows(i int, levels []int) bool {
	if md.as[i].after == "" || md.surname < 0 || levels[md.surname] == 0 {
		return false
	}
	return md.as[md.surname].levels[levels[md.surname]-1] == "swapped"
}

// implied is the chance of a level that another agreement already brings with
// it: the NIR holds sex, year and month of birth and birthplace, and mail
// addresses are made of names. What two strangers agree on because they agree on
// something else must not count twice.
func (md *model) implied(i int, levels []int) float64 {
	exactly := func(j int) bool { return j >= 0 && levels[j] == 1 }
	level := md.as[i].levels[levels[i]-1]
	if exactly(md.number) && impliedBy(md.as[i].name) == kind.NIR.String() {
		switch md.as[i].name + " " + level {
		case "sex exact", "birthplace exact", "birth_date two_parts":
			return 0.9
		case "birth_date exact", "birth_date near":
			return 0.05
		}
	}
	if exactly(md.email) && impliedBy(md.as[i].name) == kind.Email.String() {
		switch md.as[i].name + " " + level {
		case "surname exact":
			return 0.5
		case "given exact":
			return 0.3
		}
	}
	return 0
}

// impliedBy names the aspect whose exact agreement already brings that of
// another; "" where there is none.
func impliedBy(aspect string) string {
	switch aspect {
	case "sex", "birthplace", "birth_date":
		return kind.NIR.String()
	case "surname", "given":
		return kind.Email.String()
	}
	return ""
}

// absent is the share of rows whose person is not in the register. A stranger,
// or somebody of the same household, is the best candidate only for those:
// the others have their own person.
func (md *model) absent(rows int64) float64 {
	return max(leastAbsent, 1-md.matches/max(1, float64(rows)))
}

func safeLog(x float64) float64 { return math.Log(max(x, 1e-300)) }

// learn fits the model to the counted patterns by expectation maximisation
// (Dempster, Laird & Rubin 1977) with Dirichlet priors. The chances stay as
// counted; so do the personal aspects of households and twins, which are those of chance.
// Patterns must come in a fixed order, for the sums to be the same every time.
func learn(as []*aspect, md *model, rows int64, patterns []counted) {
	prior := newModel(as, nil, 0, 0)
	before := math.Inf(-1)
	for range iterations {
		sums := newSums(as)
		likelihood := 0.0
		var nm, nh, nt float64
		for _, p := range patterns {
			lm, lh, lt, lu := md.logs(p.levels)
			top := max(lm, lh, lt, lu)
			em, eh, et, eu := math.Exp(lm-top), math.Exp(lh-top), math.Exp(lt-top), math.Exp(lu-top)
			all := em + eh + et + eu
			wm, wh, wt := p.n*em/all, p.n*eh/all, p.n*et/all
			likelihood += p.n * (top + math.Log(all))
			nm, nh, nt = nm+wm, nh+wh, nt+wt
			for i, l := range p.levels {
				if l > 0 {
					if md.follows(i, p.levels) {
						sums.f[i][l-1] += wm
					} else {
						sums.m[i][l-1] += wm
					}
					sums.h[i][l-1] += wh + wt
				}
			}
		}
		md.matches = min(nm+1e-3, mostMatch*float64(rows))
		md.households = min(nh+1e-3, mostHome*float64(rows))
		md.twins = min(nt+1e-6, mostTwin*float64(rows))
		for i, a := range as {
			md.m[i] = posterior(sums.m[i], prior.m[i], priorWeight+md.held[i]*(priorPerMatch*nm+priorPerMiss*max(0, float64(rows)-nm)))
			if last := len(md.m[i]) - 1; md.m[i][last] > 1-leastAgree {
				rescale(md.m[i], 1-leastAgree)
			}
			if a.after != "" {
				md.f[i] = posterior(sums.f[i], prior.f[i], priorWeight+md.held[i]*priorPerMiss*max(0, float64(rows)-nm))
			}
			if a.home != nil {
				md.h[i] = posterior(sums.h[i], prior.h[i], priorWeight+0.1*(nh+nt))
				if k := slices.Index(a.levels, "swapped"); k >= 0 {
					md.h[i][k] = min(md.h[i][k], md.u[i][k]) // relatives have a surname in no other name's place
				}
				if !a.born {
					md.t[i] = md.h[i]
				}
			}
		}
		if math.Abs(likelihood-before) <= converged*math.Abs(likelihood) {
			break
		}
		before = likelihood
	}
}

type sums struct{ m, f, h [][]float64 }

func newSums(as []*aspect) sums {
	var s sums
	for _, a := range as {
		s.m = append(s.m, make([]float64, len(a.levels)))
		s.f = append(s.f, make([]float64, len(a.levels)))
		s.h = append(s.h, make([]float64, len(a.levels)))
	}
	return s
}

func posterior(seen, prior []float64, weight float64) []float64 {
	total := weight
	for _, n := range seen {
		total += n
	}
	out := make([]float64, len(seen))
	for i, n := range seen {
		out[i] = (n + weight*prior[i]) / total
	}
	return out
}

// rescale sets the last rate and scales the others to make one.
func rescale(rates []float64, last float64) {
	rest := 1 - rates[len(rates)-1]
	for i := range rates[:len(rates)-1] {
		rates[i] *= (1 - last) / rest
	}
	rates[len(rates)-1] = last
}
