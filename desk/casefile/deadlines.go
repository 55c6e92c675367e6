package casefile

import (
	"time"

	"constat.example/desk/deadline"
)

// decided are the events that decisions are: a person decides whether a risk is high.
var decided = map[Subject]map[Choice]deadline.Kind{
	Authority: {NotNotify: deadline.NoRisk},
	People: {
		Inform: deadline.HighRisk, NotInform: deadline.NoHighRisk, Publicly: deadline.ExemptPublic, Unreadable: deadline.ExemptUnintelligible,
		Averted: deadline.ExemptRemoved, Restricted: deadline.Restricted,
	},
}

// Deadlines is the case as its clocks are reckoned from: events that were stated, in
// order, then those that decisions in force are, of the party whose case it is: the
// first controller.
func (c *Case) Deadlines() *deadline.File {
	f := &deadline.File{Case: c.ID}
	party := c.Party()
	if c.Facts != nil {
		f.With, f.Parties = c.Facts.With, c.Facts.Parties
	}
	for _, e := range c.Events {
		entry := e.Event
		entry.Who = e.Who.String()
		f.Events = append(f.Events, entry)
	}
	for i := range c.Decisions {
		d := &c.Decisions[i]
		kind, is := decided[d.Subject][d.Choice]
		if !is || d.Progress != Decided || party == "" {
			continue
		}
		at := d.Time
		if !d.Answered.IsZero() {
			at = d.Answered
		}
		f.Events = append(f.Events, deadline.EventEntry{Kind: kind, Party: party, At: at.UTC().Format(time.RFC3339), Who: d.Who.String()})
	}
	return f
}

// Party is whose case it is: the first controller; "" where nobody said.
func (c *Case) Party() string {
	if c.Facts == nil {
		return ""
	}
	for _, p := range c.Facts.Parties {
		if p.Controller != nil && *p.Controller {
			return p.ID
		}
	}
	return ""
}
