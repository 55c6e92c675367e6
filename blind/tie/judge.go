package tie

import (
	"cmp"
	"math"
	"slices"
)

// Reason is why a tie holds or does not, in words.
type Reason string

// Why ties hold.
const (
	Declared  Reason = "the dump declares it as a foreign key"
	NamesIt   Reason = "the name of the column names the other table"
	SameName  Reason = "both columns have the same name, and it is one of a key"
	NoChance  Reason = "chance does not explain that so many values are in both"
	RowsAgree Reason = "the rows that it brings together agree on what both tables say of a person"
)

// Why they do not.
const (
	Partly      Reason = "the names fit, but too many of the values are not in the other column"
	Serial      Reason = "numbers that count up are in any other column that counts up, and neither names nor rows confirm it"
	Ambiguous   Reason = "it fits several tables equally well"
	InARole     Reason = "it names somebody in a role, not the person whom the row is about"
	OtherPeople Reason = "the rows that it brings together name different people"
	TooFew      Reason = "both tables name people, and too few rows can be compared to tell whether they are the same"
	Coarser     Reason = "another column leads to people more finely"
	Disputed    Reason = "most rows that could be linked by themselves belong to somebody else"
	Mixed       Reason = "rows with one key belong to different people"
)

// Reasons lists all that are told, those why ties hold first.
func Reasons() []Reason {
	return []Reason{Declared, NamesIt, SameName, NoChance, RowsAgree, Partly, Serial, Ambiguous, InARole, OtherPeople, TooFew, Coarser, Disputed, Mixed}
}

// Limits of judgement.
const (
	included     = 0.95 // share of the values of one column that the other must have
	sparse       = 3    // common logarithm of how much larger the room of keys must be than their number for chance to be ruled out
	fewKeys      = 5    // distinct values from which on anything is concluded without names
	fewPairs     = 10   // pairs of rows from which on agreement tells something
	agreed       = 0.5  // share of pairs that agree where rows are of one person
	byLot        = 5    // how many times what chance gives that share must be
	hubLeast     = 0.02 // distinct values by rows of a key that several rows of a person share
	mostTold     = 64   // refused ties that are told
	mostCompared = 200  // pairs of columns whose rows are compared
)

// judge decides which ties hold.
type judge struct {
	d      Dump
	counts *counts
	agree  func(from, to int) (agreement, error)

	held    []Tie
	refused []Tie
	known   map[[2]int]agreement
}

// candidate is a tie before it is chosen.
type candidate struct {
	Tie
	score int
}

func (j *judge) inclusion(from, to int) float64 {
	if n := j.counts.keys[from].distinct; n > 0 {
		return float64(j.counts.common(from, to)) / float64(n)
	}
	return 0
}

func (j *judge) table(key int) Table { return j.d.Tables[j.d.Keys[key].Table] }

func (j *judge) says(from, to int) said {
	return says(j.d.Keys[from].Name, j.table(from).Name, j.d.Keys[to].Name, j.table(to).Name)
}

func (j *judge) agreement(from, to int) (agreement, error) {
	at := [2]int{from, to}
	if a, ok := j.known[at]; ok {
		return a, nil
	}
	if !comparable(j.table(from), j.table(to)) || len(j.known) == mostCompared {
		return agreement{}, nil
	}
	a, err := j.agree(from, to)
	if err != nil {
		return a, err
	}
	if j.known == nil {
		j.known = map[[2]int]agreement{}
	}
	j.known[at] = a
	return a, nil
}

// comparable reports that two tables share a kind that tells people apart.
func comparable(a, b Table) bool {
	for _, kinds := range personal {
		for _, k := range kinds {
			if a.holds(k) && b.holds(k) {
				return true
			}
		}
	}
	return false
}

func (a agreement) confirms() bool {
	return a.pairs >= fewPairs && a.share >= agreed && a.share >= byLot*a.chance
}

func (a agreement) denies() bool { return a.pairs >= fewPairs && a.share < agreed }

// all judges every key: each has one tie at most.
func (j *judge) all() error {
	taken := map[[2]int]bool{} // one-to-one ties that hold the other way round
	for from := range j.d.Keys {
		best, err := j.of(from)
		if err != nil {
			return err
		}
		switch {
		case best == nil:
		case best.score == 0:
			j.refused = append(j.refused, best.Tie)
		case !taken[[2]int{best.To, best.From}]:
			taken[[2]int{best.From, best.To}] = true
			j.held = append(j.held, best.Tie)
		}
	}
	return nil
}

// of finds the tie of one key: the best that holds (its score is more than 0), or
// the most telling one that does not; nil where there is nothing to tell.
func (j *judge) of(from int) (*candidate, error) {
	var holds, not []candidate
	for to := range j.d.Keys {
		if j.d.Keys[to].Table == j.d.Keys[from].Table || j.counts.common(from, to) == 0 {
			continue
		}
		c, err := j.pair(from, to)
		if err != nil {
			return nil, err
		}
		switch {
		case c == nil:
		case c.score > 0:
			holds = append(holds, *c)
		default:
			not = append(not, *c)
		}
	}
	rank := func(list []candidate) {
		slices.SortStableFunc(list, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.Inclusion, a.Inclusion), cmp.Compare(j.table(b.To).people(), j.table(a.To).people()))
		})
	}
	rank(holds)
	rank(not)
	switch {
	case len(holds) > 1 && holds[0].Reason == NoChance && holds[0].score == holds[1].score && holds[0].Inclusion == holds[1].Inclusion && j.table(holds[0].To).people() == j.table(holds[1].To).people():
		holds[0].score, holds[0].Reason = 0, Ambiguous
		return &holds[0], nil
	case len(holds) > 0:
		return &holds[0], nil
	case len(not) > 0:
		// A declared or named one is told rather than one that only might be.
		slices.SortStableFunc(not, func(a, b candidate) int { return cmp.Compare(told(a.Reason), told(b.Reason)) })
		return &not[0], nil
	}
	return nil, nil
}

// told ranks reasons by how much a reader would miss them.
func told(r Reason) int {
	return slices.Index([]Reason{Ambiguous, InARole, OtherPeople, TooFew, Coarser, Partly, Serial}, r)
}

// pair judges whether one key names the rows of another; nil where there is
// nothing to tell. Scores: 1 for what chance does not explain, up to 6 for what
// the dump declares.
func (j *judge) pair(from, to int) (*candidate, error) {
	share := j.inclusion(from, to)
	c := candidate{Tie: Tie{From: from, To: to, Inclusion: share}}
	unique := j.counts.unique(j.d, to)
	says := j.says(from, to)
	mine, theirs := j.table(from).people(), j.table(to).people()
	refuse := func(why Reason) (*candidate, error) {
		c.score, c.Reason = 0, why
		return &c, nil
	}

	switch {
	case slices.Contains(j.d.References, Reference{from, to}):
		c.score, c.Reason = 6, Declared
		if theirs > 0 && (says == saidRole || read(j.d.Keys[from].Name).role()) {
			return refuse(InARole)
		}
	case says == saidRole && theirs > 0:
		if share < included || !unique {
			return nil, nil
		}
		return refuse(InARole)
	case says != saidNothing && says != saidRole:
		hub := says == saidSame && float64(j.counts.keys[to].distinct) >= hubLeast*float64(j.counts.keys[to].filled)
		if !unique && (!hub || theirs <= mine) {
			return nil, nil // the other way round, if at all
		}
		if share < included {
			return refuse(Partly)
		}
		if c.score, c.Reason = 3, NamesIt; says == saidTheTable {
			c.score = 5
		} else if says == saidSame {
			if c.score, c.Reason = 4, SameName; !unique {
				c.score = 2
			}
		}
	case unique && share >= included && j.counts.keys[from].distinct >= fewKeys:
		// Without names: rows must agree, or chance be ruled out.
		room := math.Min(j.d.Keys[from].Room, j.d.Keys[to].Room)
		most := math.Log10(float64(max(j.counts.keys[from].distinct, j.counts.keys[to].distinct)))
		switch {
		case room >= most+sparse:
			c.score, c.Reason = 1, NoChance
		case mine > 0 && theirs > 0:
			a, err := j.agreement(from, to)
			if err != nil {
				return nil, err
			}
			if !a.confirms() {
				return refuse(Serial)
			}
			c.score, c.Reason = 2, RowsAgree
		case read(j.d.Keys[from].Name).key:
			return refuse(Serial)
		default:
			return nil, nil // a count or a quantity
		}
	default:
		return nil, nil
	}

	// Two tables that both name people: of the same ones?
	if mine == 2 && theirs == 2 && c.Reason != RowsAgree {
		a, err := j.agreement(from, to)
		if err != nil {
			return nil, err
		}
		switch {
		case a.denies():
			return refuse(OtherPeople)
		case !a.confirms():
			return refuse(TooFew)
		}
	}
	return &c, nil
}
