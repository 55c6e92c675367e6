package triage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"constat.example/desk/alarm"
	"constat.example/desk/casefile"
	"constat.example/desk/finding"
)

// Happened is one thing that happened about a case.
type Happened struct {
	At   time.Time
	Who  string // "" where nobody here did it
	From string // "claim", "evidence", "finding", "alarm", "act", "event"
	Code string
	What string // in words
}

// Timeline tells all that happened about a case, the earliest first; of one instant
// in the order in which it is kept.
func (b Bench) Timeline(ctx context.Context, id string) ([]Happened, error) {
	c, err := b.Case(id)
	if err != nil {
		return nil, err
	}
	d, err := b.Desk(ctx, id)
	if err != nil {
		return nil, err
	}
	established, err := finding.In(b.CaseDir(id), id).Lines()
	if err != nil {
		return nil, err
	}
	var all []Happened
	for _, x := range c.Claims {
		if !x.FirstSeen.IsZero() {
			all = append(all, Happened{At: x.FirstSeen.UTC(), From: "claim", Code: "claimed", What: "claimed: " + claimed(x.Claimed.Count, x.Claimed.Unit) + ", seen on " + x.Source})
		}
	}
	for _, e := range c.Custody.Entries {
		all = append(all, Happened{At: e.Time, Who: e.Who, From: "evidence", Code: string(e.Act), What: fmt.Sprintf("%s: %s", e.Act, e.Name)})
	}
	for i, l := range established {
		what := fmt.Sprintf("established: %s, %d people of the register in %d rows", l.Class, l.People, l.Rows)
		if i > 0 && established[i-1].People != l.People {
			what += fmt.Sprintf(" (before: %d)", established[i-1].People)
		}
		all = append(all, Happened{At: l.Time, Who: l.Who, From: "finding", Code: l.Class, What: what})
	}
	for i := range c.Alarms {
		all = append(all, Happened{At: c.Alarms[i].At, From: "alarm", Code: string(c.Alarms[i].Rule), What: alarm.Title(&c.Alarms[i], alarm.English)})
	}
	for i := range d.Acts {
		a := &d.Acts[i]
		all = append(all, Happened{At: a.Time, Who: a.Who.String(), From: "act", Code: string(a.Do), What: casefile.Words(a)})
	}
	known, err := d.Case.Deadlines().Read()
	if err != nil {
		return nil, err
	}
	for i := range d.Case.Events {
		e := &known.Events[i]
		all = append(all, Happened{At: e.At.UTC(), From: "event", Code: string(e.Kind), What: e.Kind.Words().EN})
	}
	slices.SortStableFunc(all, func(x, y Happened) int { return x.At.Compare(y.At) })
	return all, nil
}

func claimed(n *int64, unit string) string {
	if n == nil {
		return "no number"
	}
	return fmt.Sprintf("%d %s", *n, cmp.Or(unit, "of something"))
}
