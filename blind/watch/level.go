package watch

import "math"

// level finds from which surprise on an alarm is given, so that all accounts together
// raise no more false ones than the budget. Surprises would fall off by half with
// each bit if people worked as the model says. They do not quite, so the fall is
// measured on the installation's own: beyond what has been seen it is carried on as
// a straight line, which is a Pareto tail of the chances (Hill 1975, Weissman 1978).
type level struct {
	seen [bins]float32 // how many surprises of that many bits, older ones fading
	all  float32       // how many in a day, of late
	at   float32       // bits from which on an alarm is given
}

const (
	bins   = 64
	tail   = 100 // surprises that the fall is measured on
	fading = 1 - 1.0/180
	lowest = 16
)

// add takes a surprise in.
func (l *level) add(b float64) { l.seen[min(int(b), bins-1)]++ }

// settle ends a day in which so many surprises were possible; perWeek is the budget.
func (l *level) settle(possible int, perWeek float64) {
	l.all = max(l.all*0.95, float32(possible))
	total := 0.0
	for i := range l.seen {
		l.seen[i] *= fading
		total += float64(l.seen[i])
	}
	above, excess, u := 0.0, 0.0, bins-1
	for ; u > 2; u-- {
		if above+float64(l.seen[u]) > tail {
			break
		}
		above += float64(l.seen[u])
		excess += float64(l.seen[u]) * min(float64(u), 40)
	}
	u++
	// The fall as the model has it counts for as much as some surprises seen.
	const prior, fall = 20, 1.443
	mean := fall
	if above > 0 {
		mean = (excess - above*float64(u) + above/2 + prior*fall) / (above + prior)
		mean = max(mean, fall)
	}
	share := math.Exp2(-float64(u))
	if total > 0 {
		share = max(share, above/total)
	}
	wanted := perWeek / max(7*float64(l.all), 500)
	l.at = float32(min(max(float64(u)+mean*math.Log(share/wanted), lowest), bins))
}

// rare is the level of what is rare enough to be told one by one: nothing is carried
// on. It lies where no more than the budget came of late.
type rare struct {
	seen  [bins]float32
	weeks float32
	at    float32
}

func (r *rare) add(b float64) { r.seen[min(int(b), bins-1)]++ }

// settle ends a day.
func (r *rare) settle(perWeek float64) {
	r.weeks = r.weeks*fading + 1.0/7
	sum := 0.0
	r.at = bins
	for i := bins - 1; i >= usually; i-- {
		r.seen[i] *= fading
		if sum += float64(r.seen[i]); sum > perWeek*(float64(r.weeks)+few) {
			break
		}
		r.at = float32(i)
	}
}

const (
	few     = 8 // weeks' budget that a rare level grants at first
	usually = 3 // bits under which nothing is rare
)
