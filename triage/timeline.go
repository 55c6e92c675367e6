package triage

import (
	"context"
	"fmt"
	"slices"
	"time"

	"constat.example/desk/alarm"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/finding"
	"constat.example/desk/report"
	"constat.example/internal/visible"
)

// Timeline tells all that happened about a case, the earliest first; of one instant
// in the order in which it is kept.
func (b Bench) Timeline(ctx context.Context, id string) ([]casefile.Happened, error) {
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
	return happened(c, d, established)
}

func happened(c *Case, d Desk, established []finding.Line) ([]casefile.Happened, error) {
	var all []casefile.Happened
	add := func(at time.Time, who string, from casefile.Lane, code, fr, en string) {
		all = append(all, casefile.Happened{At: at, Who: who, From: from, Code: code, What: casefile.Both{FR: fr, EN: en}})
	}
	for _, x := range c.Claims {
		if n := claimed(x.Claimed.Count, x.Claimed.Unit); !x.FirstSeen.IsZero() {
			add(x.FirstSeen.UTC(), "", casefile.Claims, "claimed", "affirmé : "+n.FR+", vue sur "+x.Source, "claimed: "+n.EN+", seen on "+x.Source)
		}
	}
	for _, e := range c.Custody.Entries {
		w := e.Act.Words()
		add(e.Time, e.Who, casefile.Evidence, string(e.Act), w.FR+" : "+e.Name, w.EN+": "+e.Name)
	}
	for i, l := range established {
		fr := fmt.Sprintf("établi : %s, %d personnes du registre dans %d lignes", report.French.Class(l.Class), l.People, l.Rows)
		en := fmt.Sprintf("established: %s, %d people of the register in %d rows", l.Class, l.People, l.Rows)
		if i > 0 && established[i-1].People != l.People {
			fr += fmt.Sprintf(" (auparavant : %d)", established[i-1].People)
			en += fmt.Sprintf(" (before: %d)", established[i-1].People)
		}
		add(l.Time, l.Who, casefile.Findings, l.Class, fr, en)
	}
	if c.Assessment != nil {
		for i := range c.Assessment.Suspects {
			s := &c.Assessment.Suspects[i]
			first, err1 := time.Parse(time.RFC3339, s.First)
			last, err2 := time.Parse(time.RFC3339, s.Last)
			if err1 != nil || err2 != nil || s.Likelihood < 0.5 {
				continue // of the others the assessment tells
			}
			name, likely := visible.Text(s.Account, 64), 100*s.Likelihood
			add(first, "", casefile.Suspects, "first", fmt.Sprintf("première lecture suspecte de %s (vraisemblance %.0f %%)", name, likely), fmt.Sprintf("first suspect read of %s (likelihood %.0f %%)", name, likely))
			add(last, "", casefile.Suspects, "last", fmt.Sprintf("dernière lecture suspecte de %s : %d personnes exposées lues en tout", name, s.Exposed), fmt.Sprintf("last suspect read of %s: %d of the exposed people read in all", name, s.Exposed))
		}
	}
	for i := range c.Alarms {
		add(c.Alarms[i].At, "", casefile.Alarms, string(c.Alarms[i].Rule), alarm.Title(&c.Alarms[i], alarm.French), alarm.Title(&c.Alarms[i], alarm.English))
	}
	for i := range d.Acts {
		a := &d.Acts[i]
		w := casefile.Words(a)
		add(a.Time, a.Who.String(), casefile.Acts, string(a.Do), w.FR, w.EN)
	}
	var known deadline.Case
	if d.Case.Facts != nil { // no event is stated before
		of, err := d.Case.Deadlines().Read()
		if err != nil {
			return nil, err
		}
		known = *of
	}
	for i := range d.Case.Events {
		e := &known.Events[i]
		add(e.At.UTC(), "", casefile.Events, string(e.Kind), e.Kind.Words().FR, e.Kind.Words().EN)
	}
	slices.SortStableFunc(all, func(x, y casefile.Happened) int { return x.At.Compare(y.At) })
	return all, nil
}

func claimed(n *int64, unit string) casefile.Both {
	switch {
	case n == nil:
		return casefile.Both{FR: "aucun nombre", EN: "no number"}
	case unit == "":
		return casefile.Both{FR: fmt.Sprintf("%d, sans dire de quoi", *n), EN: fmt.Sprintf("%d of something", *n)}
	}
	return casefile.Both{FR: report.French.Counted(*n, unit), EN: fmt.Sprintf("%d %s", *n, unit)}
}
