package report

import (
	"slices"
	"time"

	"constat.example/desk/deadline"
	"constat.example/internal/visible"
)

// nextDuty is a duty that presses.
type nextDuty struct {
	Title, Party string
	Span         string // left, or gone by
	Overdue      bool
	Due          string // by the party's clock
	Latest       string // until when it can be argued, where it is late; ""
}

// next are the duties that press: the first, and the others.
func (l language) next(c *deadline.Case, duties []deadline.Duty) (first *nextDuty, others []nextDuty) {
	for _, d := range deadline.Pressing(duties) {
		zone := zoneNamed(d.Zone)
		n := nextDuty{Title: visible.Text(l.both(d.Title()), 2*longest), Overdue: d.State == deadline.Overdue, Due: l.both(deadline.Instant(*d.Due, zone))}
		if len(c.Parties) > 1 {
			n.Party = visible.Text(c.Name(d.Party), longest)
		}
		if d.Seconds != nil {
			n.Span = l.both(deadline.Span(*d.Seconds))
		}
		if n.Overdue && d.Latest != nil {
			n.Latest = l.both(deadline.Instant(d.Latest.At, zone))
		}
		if first == nil {
			first = &n
		} else {
			others = append(others, n)
		}
	}
	return first, others
}

func zoneNamed(name string) *time.Location {
	if zone, err := deadline.Zone(name); err == nil {
		return zone
	}
	return time.UTC
}

// partyDuties are the duties of a party, the most pressing first.
type partyDuties struct {
	Name  string
	Rows  []dutyRow
	Ifs   []dutyRow // that hang on what nobody said of the party
	Rest  []dutyRow // that have not begun, or are not the party's
	Alone bool      // it is the only party
}

// dutyRow is a duty as it stands.
type dutyRow struct {
	Title, Article, Standing, Why string
	Class                         string // "late", "runs", "open", "decide", "done", "unsure", "rest"
	Mark                          string // a sign for those who do not see colours
	Bar                           *dutyBar
	Start, Due, Latest, Earliest  string
}

// dutyBar is the time of a duty from its start, in hundredths: Due is where it is due.
type dutyBar struct {
	Used, Due, Late float64 // Used and Late are widths, Late from Due on
	Latest          float64 // where it can be argued until; 0: nowhere
	Met             float64 // where it was done; 0: not
	More            bool    // it is late by more than is drawn
	Endless         bool    // no hour is set
	Says            string
}

// dutyClasses are how duties look, by deadline's order of urgency.
var dutyClasses = []struct{ class, mark string }{
	deadline.Late: {"late", "!"}, deadline.Runs: {"runs", "▸"}, deadline.Endless: {"open", "▸"}, deadline.Doubtful: {"unsure", "?"},
	deadline.ToDecide: {"decide", "?"}, deadline.Done: {"done", "✓"}, deadline.NotBegun: {"rest", "–"},
}

func (l language) duties(c *deadline.Case, duties []deadline.Duty, at time.Time, zone *time.Location) (all []partyDuties) {
	for i := range c.Parties {
		party := partyDuties{Name: visible.Text(c.Parties[i].Name, longest), Alone: len(c.Parties) == 1}
		for _, d := range deadline.ByUrgency(duties, c.Parties[i].ID) {
			row := l.dutyRow(d, at)
			to := &party.Rows
			switch {
			case d.Urgency() == deadline.NotBegun:
				to = &party.Rest
			case len(d.If) > 0:
				to = &party.Ifs
			}
			*to = append(*to, row)
		}
		all = append(all, party)
	}
	return all
}

func (l language) dutyRow(d *deadline.Duty, at time.Time) dutyRow {
	zone := zoneNamed(d.Zone)
	look := dutyClasses[d.Urgency()]
	row := dutyRow{
		Title: visible.Text(l.both(d.Title()), 2*longest), Article: l.both(d.Article), Standing: l.both(d.Standing()) + ".",
		Class: look.class, Mark: look.mark,
	}
	row.Article += l.binding(d)
	if d.Why.Whole() {
		row.Why = l.both(d.Why)
	}
	instant := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return l.both(deadline.Instant(*t, zone))
	}
	if d.Start != nil {
		row.Start = l.both(d.Start.When(zone))
	}
	row.Due = instant(d.Due)
	if d.Latest != nil {
		row.Latest = instant(&d.Latest.At)
	}
	if d.Earliest != nil && d.Met == nil {
		row.Earliest = instant(&d.Earliest.At)
	}
	row.Bar = l.dutyBar(d, at, row)
	return row
}

// binding says what a duty rests on, where it is not law that was read.
func (l language) binding(d *deadline.Duty) string {
	text := ""
	switch d.Binding {
	case deadline.Guidance:
		text = l.T(", conseil", ", guidance")
	case deadline.Contract:
		text = l.T(", contrat", ", contract")
	case deadline.Proposal:
		text = l.T(", proposition", ", proposal")
	}
	if !d.Checked {
		text += l.T(", texte à vérifier", ", wording to be checked")
	}
	return text
}

// dutyBar draws the time of a duty that has begun. Each has its own scale: what is read
// from it is how much of the time is used.
func (l language) dutyBar(d *deadline.Duty, at time.Time, row dutyRow) *dutyBar {
	if d.Start == nil || slices.Contains([]deadline.State{deadline.NotApplicable, deadline.Waiting}, d.State) {
		return nil
	}
	start := d.Start.At
	bar := &dutyBar{Says: row.Title + ". " + row.Standing}
	if d.Due == nil {
		bar.Endless = true
		if d.Met != nil {
			bar.Met = 97
		}
		return bar
	}
	length := d.Due.Sub(start)
	if length <= 0 {
		length = time.Second
	}
	until := at
	if d.Met != nil {
		until = d.Met.At
	}
	end := start.Add(length + length/8)
	if d.Latest != nil && d.Latest.At.After(end) {
		end = d.Latest.At.Add(length / 20)
	}
	if until.After(end) {
		end = until.Add(length / 20)
	}
	if most := start.Add(2 * length); end.After(most) {
		end, bar.More = most, until.After(most)
	}
	place := func(t time.Time) float64 {
		return hundredths(min(max(100*float64(t.Sub(start))/float64(end.Sub(start)), 0), 100))
	}
	bar.Due = place(*d.Due)
	bar.Used = min(place(until), bar.Due)
	if until.After(*d.Due) {
		bar.Late = hundredths(max(place(until)-bar.Due, 0.8))
	}
	if d.Latest != nil {
		bar.Latest = place(d.Latest.At)
	}
	if d.Met != nil {
		bar.Met = max(place(until), 1)
	}
	return bar
}

// dueLine is a duty that presses, and when it is due.
type dueLine struct{ Title, Party, Due string }

// withDuties adds when the duties that press are due.
func (e edition) withDuties(duties []deadline.Duty) edition {
	pressing := deadline.Pressing(duties)
	for _, d := range pressing {
		line := dueLine{Title: visible.Text(e.both(d.Title()), 2*longest), Due: e.both(deadline.Instant(*d.Due, zoneNamed(d.Zone)))}
		if d.Party != pressing[0].Party || d.Party != pressing[len(pressing)-1].Party {
			line.Party = visible.Text(d.Party, longest)
		}
		e.Due = append(e.Due, line)
	}
	return e
}
