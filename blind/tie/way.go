package tie

import (
	"cmp"
	"slices"
)

// nowhere is no table.
const nowhere = -1

// step is a tie as a step of a way, from a table to one nearer to people.
type step struct {
	tie        int
	table, by  int // tables
	key, byKey int
	back       bool // from the table that is named to the one that names
}

// ways finds for each table how its rows come to people: the fewest ties from a
// table that names people (or, where none does, one that holds what names a
// person by itself). Of several it is the one whose key has most values: a payment
// is the customer's, not the clerk's who took it. Those not taken are told.
func (j *judge) ways() []Way {
	rank := make([]int, len(j.d.Tables))
	highest := 0
	for i, t := range j.d.Tables {
		rank[i] = t.people()
		highest = max(highest, rank[i])
	}
	if highest == 0 {
		return nil
	}
	root := make([]bool, len(rank))
	for i := range rank {
		root[i] = rank[i] == highest
	}
	var ways []Way
	parent := make([]int, len(rank))
	for i := range parent {
		parent[i] = nowhere
	}
	reached := slices.Clone(root)

	// A table that names people and is tied to another that names the same
	// ones: the one that is named stays.
	for _, s := range j.steps() {
		if s.back || !root[s.table] || !root[s.by] || parent[s.table] != nowhere {
			continue
		}
		round := false
		for t := s.by; t != nowhere; t = parent[t] {
			round = round || t == s.table
		}
		if !round {
			parent[s.table] = s.by
			reached[s.table] = false
		}
	}
	for {
		next := map[int]step{}
		for _, s := range j.steps() {
			switch {
			case reached[s.table] || !reached[s.by]:
			case root[s.table] && parent[s.table] != s.by:
			default:
				if _, ok := next[s.table]; !ok {
					next[s.table] = s
				} else {
					j.passOver(s)
				}
			}
		}
		if len(next) == 0 {
			return ways
		}
		for t := range j.d.Tables {
			if s, ok := next[t]; ok {
				reached[t] = true
				ways = append(ways, Way{Tie: s.tie, Table: t, Key: s.key, ByTable: s.by, ByKey: s.byKey})
			}
		}
	}
}

// passOver tells of a tie to people that was not taken.
func (j *judge) passOver(s step) {
	if s.back || j.d.Tables[s.by].people() == 0 {
		return
	}
	j.held[s.tie].Reason = Coarser
}

// settle moves the ties that were passed over to those that do not hold, of
// which it keeps the most telling.
func (j *judge) settle(ways []Way) []Way {
	place := make([]int, len(j.held))
	var held []Tie
	for i, t := range j.held {
		place[i] = len(held)
		if t.Reason == Coarser {
			j.refused = append(j.refused, t)
		} else {
			held = append(held, t)
		}
	}
	j.held = held
	var refused []Tie
	for _, t := range j.refused {
		if t.Reason != Serial || !j.plain(t) {
			refused = append(refused, t)
		}
	}
	j.refused = refused
	for i := range ways {
		ways[i].Tie = place[ways[i].Tie]
	}
	slices.SortStableFunc(j.refused, func(a, b Tie) int { return cmp.Compare(told(a.Reason), told(b.Reason)) })
	j.refused = j.refused[:min(len(j.refused), mostTold)]
	return ways
}

// plain reports a tie of serial numbers that nobody would look for: from the key
// of a table's own rows, or to one that names those of another.
func (j *judge) plain(t Tie) bool {
	named := func(k int) bool {
		return slices.ContainsFunc(j.held, func(h Tie) bool { return h.To == k }) ||
			same(read(j.d.Keys[k].Name).subject, noun(j.table(k).Name))
	}
	naming := func(k int) bool {
		from := func(h Tie) bool { return h.From == k && h.Reason != Serial }
		return slices.ContainsFunc(j.held, from) || slices.ContainsFunc(j.refused, from)
	}
	return named(t.From) || naming(t.To)
}

// steps lists what ties allow, the preferred first: forward ones, and back ones
// where hardly two rows name one, as details do that stand in a table of their
// own.
func (j *judge) steps() []step {
	var all []step
	for i, t := range j.held {
		from, to := j.d.Keys[t.From].Table, j.d.Keys[t.To].Table
		all = append(all, step{tie: i, table: from, by: to, key: t.From, byKey: t.To})
		if n := j.counts.keys[t.From]; n.distinct >= fewKeys && j.counts.unique(j.d, t.From) {
			all = append(all, step{tie: i, table: to, by: from, key: t.To, byKey: t.From, back: true})
		}
	}
	order := func(back bool) int {
		if back {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b step) int {
		return cmp.Or(cmp.Compare(order(a.back), order(b.back)), cmp.Compare(j.counts.keys[j.held[b.tie].From].distinct, j.counts.keys[j.held[a.tie].From].distinct))
	})
	return all
}
