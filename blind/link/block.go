package link

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/kind"
)

// A key is something candidates can be joined on: a value, or nearness of one.
type key struct {
	name  string
	group string   // keys of one group say the same thing: at most one in a rule
	dump  []string // columns of the row, any of which may match …
	reg   []string // … any of these of a person
	near  kind.Family
	miss  float64 // how often a match does not agree on it, both sides filled
	fill  float64 // share of rows and people that have it
	u     float64 // chance that two strangers agree on it
	cap   string  // chance table that tells values too common to join on alone

	spread float64 // how many values a near key looks up for one; 0 or 1: one
}

// rule is a set of keys that must all agree, as a bit mask over keys.
type rule struct {
	keys  uint32
	pairs float64 // expected candidates per row
	work  float64 // look-ups per row
}

// Limits of the choice of rules.
const (
	maxKeysPerRule = 3
	maxRules       = 18
	maxWork        = 600.0 // look-ups per row under one rule
	uncovered      = 1e-6
	maxShared      = 200 // people who may share an identifier that is joined on alone

	// A value that more than maxCrowd rows and maxCrowd people share (a filler such
	// as 1900-01-01 beside UNKNOWN) would pair them all with all, and tell nothing.
	maxCrowd = 300
)

// keys returns what the two sides can be joined on, in a fixed order.
func (l *linker) keys(near bool) []key {
	var ks []key
	for _, a := range l.aspects {
		u := l.average(a)
		share := func(dump, reg []string) float64 {
			var d, r float64
			for _, c := range dump {
				d = max(d, l.fill["d."+c])
			}
			for _, c := range reg {
				r = max(r, l.fill["r."+c])
			}
			return d * r
		}
		k := key{name: a.name, group: a.name, dump: l.key(a.dump, a), reg: l.key(a.register, a)}
		switch {
		case a.name == "sex" || a.name == "region" || a.name == "house_number" || a.name == "birthplace":
			continue // too common to narrow anything; the rest finds the pairs
		case a.sort == sortPlace:
			for i, c := range a.dump {
				k := k
				k.name, k.dump, k.reg = c, a.dump[i:i+1], a.register[i:i+1]
				k.u, k.miss, k.fill = u[0]+u[1], 0.15, share(k.dump, k.reg)
				ks = append(ks, k)
			}
			continue
		case a.sort == sortStreet:
			k.u, k.miss = u[0]+u[1]+u[2], 0.20
		case a.sort == sortID:
			k.u, k.miss, k.cap = u[0], 1-a.match[0], a.name
		default:
			k.u, k.miss = u[0], 1-a.match[0]
		}
		k.fill = share(k.dump, k.reg)
		ks = append(ks, k)
		if near && len(a.joins) > 0 {
			n := k
			n.name, n.near = k.name+"~", a.family
			n.u, n.miss, n.spread = u[0]+u[1], k.miss/3, l.measured[a.name].spread
			if a.sort == sortStreet {
				n.u = u[0] + u[1] + u[2]
			}
			ks = append(ks, n)
		}
	}
	// Names in the wrong order.
	if s, g := l.aspect("surname"), l.aspect("given"); near && s != nil && g != nil {
		ks = append(ks, key{
			name: "surname<>given", group: "surname", dump: s.dump, reg: g.register[:1], miss: 0.98,
			fill: 1, u: max(1e-9, l.measured["surname"].by["swapped"]),
		}, key{
			name: "given<>surname", group: "given", dump: g.dump[:1], reg: s.register, miss: 0.98,
			fill: 1, u: max(1e-9, l.measured["given"].by["swapped"]),
		})
	}
	return ks
}

// rules chooses which sets of keys to join on, so that a match is met by at
// least one of them however its errors fall, while a row meets no more than
// budget people by chance. Errors are taken as independent; of all small sets
// within the budget the one that finds most of what is still missed, for its
// cost, is taken first, until what is missed is less than enough.
func chooseRules(ks []key, people int64, budget, enough float64) []rule {
	var possible []rule
	var extend func(set uint32, from, size int, u, work float64)
	extend = func(set uint32, from, size int, u, work float64) {
		for i := from; i < len(ks); i++ {
			k := ks[i]
			clash := false
			for j := range ks[:i] {
				clash = clash || set&(1<<j) != 0 && ks[j].group == k.group
			}
			if clash || k.fill == 0 {
				continue
			}
			next, pairs, work := set|1<<i, u*k.u*float64(people), work*max(1, k.spread)
			if work > maxWork {
				continue
			}
			if pairs <= budget {
				possible = append(possible, rule{next, pairs, work})
				continue // a larger set would only find less
			}
			if size+1 < maxKeysPerRule {
				extend(next, i+1, size+1, u*k.u, work)
			}
		}
	}
	extend(0, 0, 0, 1, 1)

	// Every way the keys of a match can hold or fail, with its probability.
	// A near key holds whenever its exact one does.
	type state struct {
		holds uint32
		p     float64
	}
	states := []state{{0, 1}}
	for i, k := range ks {
		p := k.fill * (1 - k.miss)
		exact := -1
		if strings.HasSuffix(k.name, "~") {
			exact = i - 1
		}
		next := make([]state, 0, 2*len(states))
		for _, s := range states {
			p := p
			if exact >= 0 {
				if s.holds&(1<<exact) != 0 {
					next = append(next, state{s.holds | 1<<i, s.p})
					continue
				}
				miss := 1 - ks[exact].fill*(1-ks[exact].miss)
				p = max(0, 1-(1-p)/miss)
			}
			next = append(next, state{s.holds | 1<<i, s.p * p}, state{s.holds, s.p * (1 - p)})
		}
		// What is very unlikely is dropped: it would cost memory and decide nothing.
		states = slices.DeleteFunc(next, func(s state) bool { return s.p < uncovered/10 })
	}

	var chosen []rule
	for len(chosen) < maxRules {
		missed := 0.0
		for _, s := range states {
			missed += s.p
		}
		if missed < enough {
			break
		}
		best, bestScore, bestGain := -1, 0.0, 0.0
		for i, r := range possible {
			gain := 0.0
			for _, s := range states {
				if s.holds&r.keys == r.keys {
					gain += s.p
				}
			}
			score := gain / (0.5 + r.pairs + 0.1*r.work)
			if score > bestScore*(1+1e-12) {
				best, bestScore, bestGain = i, score, gain
			}
		}
		if best < 0 || bestGain < uncovered {
			break
		}
		r := possible[best]
		chosen = append(chosen, r)
		states = slices.DeleteFunc(states, func(s state) bool { return s.holds&r.keys == r.keys })
	}
	return chosen
}

func ruleName(ks []key, r rule) string {
	var names []string
	for i, k := range ks {
		if r.keys&(1<<i) != 0 {
			names = append(names, k.name)
		}
	}
	return strings.Join(names, "+")
}

// join makes the table of the pairs (row, person) of open rows that agree on all
// keys of a rule.
func (l *linker) join(ctx context.Context, table string, ks []key, r rule) error {
	var set []key
	for i, k := range ks {
		if r.keys&(1<<i) != 0 {
			set = append(set, k)
		}
	}
	// One select per choice of columns on each side, without a column twice.
	var dumps, regs []string
	dump := func(choice []string) string {
		var cols, where, from strings.Builder
		for i, c := range choice {
			v := "d." + c
			if set[i].near != kind.NoFamily {
				alias := fmt.Sprintf("x%d", i)
				fmt.Fprintf(&from, " JOIN around_%s %s ON %s.a = d.%s", set[i].near, alias, alias, c)
				v = alias + ".b"
			}
			if set[i].cap != "" && len(set) == 1 {
				fmt.Fprintf(&from, " LEFT JOIN chance_%s cap ON cap.value = d.%s", set[i].cap, c)
				fmt.Fprintf(&where, " AND coalesce(cap.n, 0) <= %d", maxShared)
			}
			fmt.Fprintf(&cols, ", %s AS k%d", v, i)
			fmt.Fprintf(&where, " AND d.%s IS NOT NULL", c)
		}
		return fmt.Sprintf("SELECT d.row%s FROM %s d%s WHERE TRUE%s", cols.String(), l.pool, from.String(), where.String())
	}
	reg := func(choice []string) string {
		var cols, where strings.Builder
		for i, c := range choice {
			fmt.Fprintf(&cols, ", %s AS k%d", c, i)
			fmt.Fprintf(&where, " AND %s IS NOT NULL", c)
		}
		return fmt.Sprintf("SELECT person%s FROM reg_state WHERE TRUE%s", cols.String(), where.String())
	}
	choices(set, func(k key) []string { return k.dump }, func(c []string) { dumps = append(dumps, dump(c)) })
	choices(set, func(k key) []string { return k.reg }, func(c []string) { regs = append(regs, reg(c)) })
	cols, same, crowd := make([]string, len(set)), make([]string, len(set)), make([]string, len(set))
	for i := range set {
		cols[i] = fmt.Sprintf("k%d", i)
		same[i] = fmt.Sprintf("d.k%d = r.k%d", i, i)
		crowd[i] = fmt.Sprintf("d.k%d = c.k%d", i, i)
	}
	k := strings.Join(cols, ", ")
	d, people := strings.Join(dumps, " UNION ALL "), strings.Join(regs, " UNION ALL ")
	if err := l.s.Table(ctx, "crowded", fmt.Sprintf("SELECT %[1]s FROM (%[2]s) d GROUP BY %[1]s HAVING count(*) > %[3]d", k, d, maxCrowd)); err != nil {
		return err
	}
	crowded, err := l.number(ctx, "SELECT count(*) FROM crowded")
	if err != nil {
		return err
	}
	query := fmt.Sprintf("SELECT d.row, r.person FROM (%s) d JOIN (%s) r ON %s", d, people, strings.Join(same, " AND "))
	if crowded > 0 {
		if err := l.s.Table(ctx, "crowd", fmt.Sprintf("SELECT r.%s FROM (%s) r JOIN crowded d ON %s GROUP BY r.%s HAVING count(*) > %d",
			strings.Join(cols, ", r."), people, strings.Join(same, " AND "), strings.Join(cols, ", r."), maxCrowd)); err != nil {
			return err
		}
		query += fmt.Sprintf(" LEFT JOIN crowd c ON %s WHERE c.k0 IS NULL", strings.Join(crowd, " AND "))
	}
	if err := l.s.Table(ctx, table, query); err != nil {
		return err
	}
	return l.drop(ctx, "crowded", "crowd")
}

func choices(set []key, columns func(key) []string, each func([]string)) {
	choice := make([]string, len(set))
	var pick func(i int)
	pick = func(i int) {
		if i == len(set) {
			each(slices.Clone(choice))
			return
		}
		for _, c := range columns(set[i]) {
			choice[i] = c
			pick(i + 1)
		}
	}
	pick(0)
}
