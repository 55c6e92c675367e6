package watch_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/kind"
)

// agency makes the accesses of an agency at work: offices of 25, people of whom some
// read four times what others do, negative binomial days, seasons, days on which a
// whole office or one person answers a mass mailing, leaves, newcomers, a new desk now and
// then.
type agency struct {
	rng      *rand.Rand
	names    access.Names
	advisers []adviser
	first    time.Time
	line     int64
	thieves  []thief
}

type adviser struct {
	account, office, address, device access.Name
	mean                             float64
	from, to                         int // days
	away                             [3]int
	weekends                         bool
	base                             int64 // of its caseload
}

// thief reads people on days from and on, with the account of an adviser.
type thief struct {
	adviser    int
	from, days int
	perDay     int // 0: as fast as it can, everything
	strange    bool
	read       int64
}

const perOffice = 25

func newAgency(seed uint64, accounts, days int) *agency {
	g := &agency{rng: rand.New(rand.NewPCG(seed, 77)), first: time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC)}
	for i := range accounts {
		office := i / perOffice
		a := adviser{
			account: g.names.Number(fmt.Appendf(nil, "c%05d", i)), office: g.names.Number(fmt.Appendf(nil, "office-%d", office)),
			address: g.names.Number(fmt.Appendf(nil, "10.%d.%d.%d", office/250, office%250, i%perOffice+1)), device: g.names.Number(fmt.Appendf(nil, "pc-%d", i)),
			mean: 40 * math.Exp(0.5*g.rng.NormFloat64()), to: days, base: int64(i) * 1000, weekends: g.rng.IntN(20) == 0,
		}
		if g.rng.IntN(10) == 0 {
			a.from = g.rng.IntN(days)
		}
		for j := range a.away {
			a.away[j] = g.rng.IntN(365)
		}
		g.advisers = append(g.advisers, a)
	}
	return g
}

func (g *agency) poisson(m float64) int {
	if m > 50 {
		return max(0, int(m+math.Sqrt(m)*g.rng.NormFloat64()+0.5))
	}
	n, p, limit := 0, 1.0, math.Exp(-m)
	for {
		if p *= g.rng.Float64(); p < limit {
			return n
		}
		n++
	}
}

// gamma is Marsaglia and Tsang's (2000), of mean 1.
func (g *agency) gamma(shape float64) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := g.rng.NormFloat64()
		v := math.Pow(1+c*x, 3)
		if v > 0 && math.Log(g.rng.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v / shape
		}
	}
}

// day makes the accesses of a day, in the order of time.
func (g *agency) day(day int, all []access.Access) []access.Access {
	start := g.first.AddDate(0, 0, day).UnixMicro()
	weekend := day%7 >= 5
	offices := len(g.advisers)/perOffice + 1
	busy := make([]float64, offices)
	for i := range busy {
		busy[i] = 1 + 0.2*math.Sin(2*math.Pi*float64(day+3*i)/365)
		if day%7 == 0 {
			busy[i] *= 1.3
		}
		if g.rng.IntN(80) == 0 {
			busy[i] *= 3
		}
	}
	for i := range g.advisers {
		a := &g.advisers[i]
		away := slices.ContainsFunc(a.away[:], func(d int) bool { return day%365 >= d && day%365 < d+10 })
		if day < a.from || weekend && !a.weekends || away && !slices.ContainsFunc(g.thieves, func(t thief) bool { return t.adviser == i }) {
			continue
		}
		m := a.mean * busy[i/perOffice] * g.gamma(5)
		if g.rng.IntN(110) == 0 {
			m *= 2.5
		}
		address, device := a.address, a.device
		if g.rng.IntN(60) == 0 {
			address = g.names.Number(fmt.Appendf(nil, "192.168.%d.%d", g.rng.IntN(250), g.rng.IntN(250)))
		}
		if g.rng.IntN(250) == 0 {
			a.device = g.names.Number(fmt.Appendf(nil, "pc-%d-%d", i, day))
		}
		for range g.poisson(m) {
			hour := 8 + min(9, int(10*g.rng.Float64()))
			at := start + int64(hour)*3_600_000_000 + g.rng.Int64N(3_600_000_000)
			all = append(all, access.Access{
				Time: at, Record: a.base + g.rng.Int64N(700) + 1, Count: 1, Account: a.account, Office: a.office, Address: address, Device: device,
				Action: access.Read, By: kind.RecordID, Step: g.rng.Int64N(2_000_000) - 1_000_000,
			})
		}
	}
	for i := range g.thieves {
		t := &g.thieves[i]
		if day < t.from || day >= t.from+t.days {
			continue
		}
		a := g.advisers[t.adviser]
		n, gap, at := t.perDay, int64(8*3_600_000_000)/int64(max(t.perDay, 1)), start+9*3_600_000_000
		if n == 0 {
			n, gap, at = 20_000, 1_500_000, start+int64(9+g.rng.IntN(7))*3_600_000_000
		}
		if t.strange {
			a.address, a.device = g.names.Number([]byte("203.0.113.9")), g.names.Number([]byte("python-requests/2"))
		}
		for range n {
			t.read++
			all = append(all, access.Access{
				Time: at, Record: 1<<40 + g.rng.Int64N(1<<40), Count: 1, Account: a.account, Office: a.office, Address: a.address, Device: a.device,
				Action: access.Read, By: kind.RecordID, Step: g.rng.Int64N(2_000_000) - 1_000_000,
			})
			at += gap
		}
	}
	slices.SortStableFunc(all, func(x, y access.Access) int { return int(x.Time - y.Time) })
	for i := range all {
		g.line++
		all[i].Line = g.line
	}
	return all
}
