package column

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/kind"
	"constat.example/internal/failure"
)

// Thresholds on the posterior.
const (
	enough = .5 // a kind is given
	surely = .9 // two columns of one kind in a register are no accident
)

// assignment gives each column its kind.
type assignment struct {
	names   []string
	ballots []ballot
	columns []Column
	o       Options
	holder  [kind.Count]int // 1 + the column that holds a kind that cannot repeat
}

func (a *assignment) settle() error {
	if err := a.override(); err != nil {
		return err
	}
	if err := a.recordID(); err != nil {
		return err
	}
	if err := a.contradictions(); err != nil {
		return err
	}
	a.surnames()
	a.auction()
	return nil
}

func (a *assignment) open(i int) bool {
	return !a.columns[i].Overridden && a.columns[i].Evidence == nil
}

// give settles a column.
func (a *assignment) give(i int, k kind.Kind, confidence float64, evidence ...string) {
	c := &a.columns[i]
	c.Kind, c.Confidence = k, confidence
	c.Evidence = append(evidence, a.ballots[i].evidence(k)...)
	if !k.Info().Repeats {
		a.holder[k] = i + 1
	}
}

// override settles what a person has said.
func (a *assignment) override() error {
	for i, name := range a.names {
		a.columns[i].Name = name
		k, ok := a.o.Map.find(name)
		if !ok {
			continue
		}
		if j := a.holder[k]; j > 0 && !k.Info().Repeats {
			return failure.New(failure.BadInput, "Leave the kind to one of them in the map file and write ignore for the other.",
				"the map file gives the kind %s to two columns, %q and %q", k, a.names[j-1], name)
		}
		a.give(i, k, 1, "the map file says so")
		a.columns[i].Overridden = true
	}
	if a.o.ID == "" {
		return nil
	}
	i := slices.IndexFunc(a.names, func(n string) bool { return sameName(n, a.o.ID) })
	if i < 0 {
		return failure.New(failure.BadInput, fmt.Sprintf("Name one of the columns with --id: %s.", join(a.names)),
			"there is no column %q", a.o.ID)
	}
	if j := a.holder[kind.RecordID]; j > 0 && j != i+1 {
		return failure.New(failure.BadInput, "Correct the map file or --id.",
			"the map file names the column %q as record id, and --id the column %q", a.names[j-1], a.names[i])
	}
	a.columns[i].Evidence = nil
	a.give(i, kind.RecordID, 1, "--id names it")
	a.columns[i].Overridden = true
	return nil
}

// recordID finds the one column of record ids.
func (a *assignment) recordID() error {
	if a.holder[kind.RecordID] > 0 {
		return nil
	}
	type claim struct {
		column int
		score  float64
	}
	var claims []claim
	for i := range a.ballots {
		b := &a.ballots[i]
		if !a.open(i) || b.barred[kind.RecordID] != "" || b.profile.n == 0 {
			continue
		}
		best := b.ranking()[0].Kind
		likely := b.posterior()[kind.RecordID] >= enough || best == kind.Identifier && b.scores[kind.RecordID] > b.scores[kind.Unknown]
		if a.o.Role == Register {
			// The organisation's own number for a person serves where nothing is called a record id.
			own := best == kind.Identifier || best == kind.Login || best == kind.RecordID
			likely = likely || own && b.unique() && b.scores[kind.Identifier] > b.scores[kind.Unknown]
		}
		if likely {
			claims = append(claims, claim{i, b.scores[kind.RecordID]})
		}
	}
	slices.SortStableFunc(claims, func(x, y claim) int { return cmp.Compare(y.score, x.score) })
	const tie = .7 // nats: the better one is not twice as probable
	switch {
	case len(claims) == 0 && a.o.Role == Register:
		return failure.New(failure.BadInput, "Name the column of the organisation's own record ids with --id, one of: "+join(a.names)+".",
			"no column of the register holds record ids")
	case len(claims) == 0:
		return nil
	case len(claims) > 1 && a.o.Role == Register && claims[0].score-claims[1].score < tie:
		return failure.New(failure.BadInput, "Name the right one with --id.",
			"two columns of the register may hold the record id, %s and %s", a.called(claims[0].column), a.called(claims[1].column))
	}
	i := claims[0].column
	if a.o.Role == Dump && a.ballots[i].ranking()[0].Kind != kind.RecordID {
		return nil // the best column is more probably another number
	}
	a.give(i, kind.RecordID, max(a.ballots[i].posterior()[kind.RecordID], enough))
	return nil
}

// called is how sentences name a column.
func (a *assignment) called(i int) string {
	if name := strings.TrimSpace(a.names[i]); name != "" {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprintf("number %d", i+1)
}

// unique reports whether nearly all rows have a value of their own.
func (b *ballot) unique() bool {
	p := &b.profile
	return p.filled*100 >= p.rows*98 && p.distinct*100 >= p.filled*98
}

// contradictions refuses a register in which two columns surely hold one kind
// that a person has once. A column whose name says the kind is no rival of one
// whose values alone look like it (a date of death beside the birth date). Two
// surnames are no contradiction, nor are two numbers of other organisations.
func (a *assignment) contradictions() error {
	if a.o.Role != Register {
		return nil
	}
	var first [2][kind.Count]int // 1 + column: by values alone, by name
	for i := range a.ballots {
		if !a.open(i) || a.ballots[i].profile.n == 0 {
			continue
		}
		best := a.ballots[i].ranking()[0]
		k := best.Kind
		if k.Info().Repeats || best.Score < surely || a.holder[k] > 0 || k == kind.Identifier || k == kind.RecordID ||
			k == kind.BirthSurname || k == kind.UsedSurname {
			continue
		}
		named := 0
		if a.ballots[i].header.weights[k] > 0 {
			named = 1
		}
		if j := first[named][k] - 1; j >= 0 {
			x, y := a.names[j], a.names[i]
			return failure.New(failure.BadInput, fmt.Sprintf("Say which one holds it in a map file given with --map, for example:\ncolumns:\n  %q: %s\n  %q: ignore", x, k, y),
				"two columns of the register hold the %s, %s and %s", label(k), a.called(j), a.called(i))
		}
		first[named][k] = i + 1
	}
	return nil
}

// surnames tells the birth surname from the used one where there are two: by
// their headers, else by their order. A lone surname is the birth surname
// unless its header says otherwise.
func (a *assignment) surnames() {
	const birth, used = kind.BirthSurname, kind.UsedSurname
	var found []int
	for i := range a.ballots {
		if b := &a.ballots[i]; a.open(i) && b.profile.n > 0 {
			if post := b.posterior(); post[birth]+post[used] >= enough {
				found = append(found, i)
			}
		}
	}
	if len(found) != 2 || a.holder[birth] > 0 || a.holder[used] > 0 {
		return
	}
	x, y := found[0], found[1]
	lean := func(i int) float64 { return a.ballots[i].scores[birth] - a.ballots[i].scores[used] }
	why := "their names tell which of the two surnames it is"
	switch d := lean(x) - lean(y); {
	case d < -.1:
		x, y = y, x
	case d <= .1:
		why = "of two surnames the first is taken for the birth surname"
	}
	both := func(i int) float64 { p := a.ballots[i].posterior(); return p[birth] + p[used] }
	a.give(x, birth, both(x), why)
	a.give(y, used, both(y), why)
}

// auction settles the remaining columns, the surest first. A kind that cannot
// repeat goes to one column, and the next that would have it takes its next
// best kind.
func (a *assignment) auction() {
	for {
		best, bestAt := Guess{}, -1
		for i := range a.ballots {
			b := &a.ballots[i]
			if !a.open(i) {
				continue
			}
			if b.profile.n == 0 {
				a.columns[i].Kind, a.columns[i].Confidence, a.columns[i].Evidence = kind.Unknown, 1, []string{"empty"}
				continue
			}
			for k, j := range a.holder {
				if j > 0 {
					b.bar(kind.Kind(k), fmt.Sprintf("the column %s already holds the %s", a.called(j-1), label(kind.Kind(k))))
				}
			}
			b.bar(kind.RecordID, "a record id needs to be named as one or known to the register")
			if g := b.ranking()[0]; bestAt < 0 || g.Score > best.Score {
				best, bestAt = g, i
			}
		}
		if bestAt < 0 {
			break
		}
		a.close(bestAt, best)
	}
	for i := range a.columns {
		a.alternatives(i)
	}
}

// close gives a column the best kind left to it.
func (a *assignment) close(i int, g Guess) {
	b := &a.ballots[i]
	var lost []string
	for k, why := range b.barred {
		if why != "" && b.scores[k] > b.scores[g.Kind] && b.scores[k] > 0 && k != int(kind.RecordID) {
			lost = append(lost, why)
		}
	}
	if g.Kind != kind.Unknown && g.Score < enough {
		lost = append(lost, "no kind is probable enough")
		g = Guess{kind.Unknown, b.posterior()[kind.Unknown]}
	}
	a.give(i, g.Kind, g.Score, lost...)
	if a.columns[i].Evidence == nil {
		a.columns[i].Evidence = []string{"nothing tells it to be any of the kinds"}
	}
}

// alternatives lists the runners-up.
func (a *assignment) alternatives(i int) {
	const most, least = 3, .01
	c := &a.columns[i]
	b := &a.ballots[i]
	if b.profile.n == 0 {
		return
	}
	b.barred = [kind.Count]string{}
	for _, g := range b.ranking() {
		if g.Kind != c.Kind && g.Score >= least && len(c.Alternatives) < most {
			c.Alternatives = append(c.Alternatives, g)
		}
	}
}
