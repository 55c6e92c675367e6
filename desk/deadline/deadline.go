// Package deadline tells by when whom an organisation must have told of a breach:
// duties of GDPR, NIS2, DORA and French law, reckoned from events with their
// evidence by rules that are data, with version and source. It reads no clock:
// now is an argument.
//
// A duty's Due is what nobody contests, Latest what can be argued and by what,
// Earliest from when a strict authority may count. That a risk is high or
// unlikely is an event, since a person decides it.
package deadline

import (
	"fmt"
	"slices"
	"time"
)

// State is how a duty stands.
type State string

// How a duty stands.
const (
	Running       State = "running"        // not done; not late, or no hour is set
	Overdue       State = "overdue"        // not done, Due has passed
	Met           State = "met"            // done by Due, or no hour was set
	MetLate       State = "met_late"       // done after Due
	Unsure        State = "unsure"         // done; an hour is missing that decides whether by Due
	Waiting       State = "waiting"        // what would start it has not happened, or is not recorded
	NotApplicable State = "not_applicable" // for the reason in Why
)

// Moment is an event as a duty refers to it.
type Moment struct {
	Event    int       `json:"event"` // its number in the case, from 1
	Kind     Kind      `json:"kind"`
	At       time.Time `json:"at"`  // UTC
	Day      bool      `json:"day"` // only the day is known
	Evidence []string  `json:"evidence"`

	zone *time.Location
}

// end is the last second at which it may have been.
func (m *Moment) end() time.Time {
	if !m.Day {
		return m.At
	}
	return midnight(m.At, 1, m.zone).Add(-time.Second)
}

// When is the moment by the clock of zone, as far as it is known.
func (m *Moment) When(zone *time.Location) Words { return m.when(zone) }

// Argued is an instant that can be argued for, with the argument.
type Argued struct {
	At  time.Time `json:"at"` // UTC
	Why Words     `json:"why"`
}

// Duty is one duty of one party as it stands. Instants are in UTC; Zone is the
// name of the party's clock.
type Duty struct {
	Party   string  `json:"party"`
	To      string  `json:"to,omitempty"` // the controller, of a processor's duty
	Rule    string  `json:"rule"`
	Article Words   `json:"article"`
	Binding Binding `json:"binding"`
	Whom    Words   `json:"whom"`
	What    Words   `json:"what"`
	Note    Words   `json:"note"`
	Source  string  `json:"source"`
	Checked bool    `json:"checked"` // the wording of the article was read

	If    []Fact `json:"if"` // it is the party's only if it is these; nobody said
	State State  `json:"state"`
	Why   Words  `json:"why"` // of the state, "" where it explains itself

	Start    *Moment    `json:"start"`
	Due      *time.Time `json:"due"`     // null: no hour is set, or nothing started it
	Counted  Words      `json:"counted"` // how Due comes about
	Latest   *Argued    `json:"latest"`
	Earliest *Argued    `json:"earliest"`
	Met      *Moment    `json:"met"`

	// Seconds are left until Due, or, negative, gone by since: until Met where it is
	// met, until now else. Without Due they are those since Start. Null where
	// neither is known, or an hour is missing.
	Seconds      *int64 `json:"seconds"`
	WithinLatest bool   `json:"within_latest"` // late, and by Latest all the same
	Zone         string `json:"zone"`

	start     time.Time // of the clock, as reminders need it
	zone      *time.Location
	undecided bool // it waits for a person's decision
}

// Duties reckons all duties of a case as they stand at now: those of the first
// party by the order of the rules, then those of the next. Events after now are
// left out. It fails where the case does not hold (Check), or switches on what no
// rule knows.
func Duties(book *Rulebook, c *Case, now time.Time) ([]Duty, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	switches := book.Switches()
	for i, name := range c.With {
		if !slices.Contains(switches, name) {
			return nil, fmt.Errorf("switch %d is none of %v", i+1, switches)
		}
	}
	r := &reckoner{book: book, c: c, now: now.UTC().Truncate(time.Second), withdrawn: c.TakenBack()}
	var all []Duty
	for i := range c.Parties {
		p := &c.Parties[i]
		for n := range book.Rules {
			rule := &book.Rules[n]
			if rule.Switch != "" && !slices.Contains(c.With, rule.Switch) {
				continue
			}
			services := []Service{{}}
			if rule.Each && len(p.Serves) > 0 {
				services = p.Serves
			}
			for _, s := range services {
				all = append(all, r.duty(rule, p, s))
			}
		}
	}
	return all, nil
}

type reckoner struct {
	book      *Rulebook
	c         *Case
	now       time.Time
	withdrawn map[int]bool
}

// find lists the events of those kinds that are a party's, by time, then as
// recorded. to is the controller who was told; "" for all.
func (r *reckoner) find(kinds []Kind, p *Party, to string) []Moment {
	var all []Moment
	for i := range r.c.Events {
		e := &r.c.Events[i]
		kind := e.Kind
		mine := e.Party == p.ID && (to == "" || kind != ToldController || e.To == to)
		if kind == ToldController && e.To == p.ID {
			kind, mine = Told, true
		}
		if !mine || !slices.Contains(kinds, kind) || r.withdrawn[i+1] || e.At.After(r.now) {
			continue
		}
		zone := e.Zone
		if zone == nil {
			zone = r.c.zone(e.Party)
		}
		evidence := append([]string{}, e.Evidence...)
		all = append(all, Moment{Event: i + 1, Kind: kind, At: e.At.UTC(), Day: e.Day, Evidence: evidence, zone: zone})
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return a.At.Compare(b.At) })
	return all
}

func (r *reckoner) first(kinds []Kind, p *Party, to string) *Moment {
	if all := r.find(kinds, p, to); len(all) > 0 {
		return &all[0]
	}
	return nil
}

func (r *reckoner) last(kinds []Kind, p *Party, to string) *Moment {
	if all := r.find(kinds, p, to); len(all) > 0 {
		return &all[len(all)-1]
	}
	return nil
}

// concerns are what a party learns or decides that makes a breach its own again
// after it was found not to be.
var concerns = []Kind{Aware, Told, HighRisk, NoHighRisk, Significant, Major}

func (r *reckoner) duty(rule *Rule, p *Party, s Service) Duty {
	d := Duty{
		Party: p.ID, To: s.Party, Rule: rule.ID, Article: rule.Article, Binding: rule.Binding, Whom: rule.Whom, What: rule.What, Note: rule.Note,
		Source: rule.Source, Checked: rule.Checked, If: []Fact{}, Zone: p.Zone.String(), zone: p.Zone,
	}
	if local, ok := rule.Local[p.Country]; ok {
		d.Whom = local
	}
	if to := r.c.party(s.Party); to != nil {
		d.Whom = pair(to.Name, to.Name)
	}
	if why, not := r.outside(rule, p, &d); not {
		d.State, d.Why = NotApplicable, why
		return d
	}
	d.Start = r.first(rule.Starts, p, "")
	if rule.LatestStart {
		d.Start = r.last(rule.Starts, p, "")
	}
	met := r.find(rule.Met, p, s.Party)
	if rule.After && d.Start != nil {
		met = slices.DeleteFunc(met, func(m Moment) bool { return m.end().Before(d.Start.At) })
	}
	if len(met) > 0 && (d.Start != nil || !rule.Arises) {
		d.Met = &met[0]
	}
	day := dateOf(r.now, p.Zone)
	if d.Start != nil {
		day = dateOf(d.Start.At, p.Zone)
	}
	if !rule.applies(day) {
		d.State, d.Why = NotApplicable, outOfForce(rule)
		return d
	}
	if last := r.last(append([]Kind{NotOurs}, concerns...), p, ""); last != nil && last.Kind == NotOurs {
		d.State, d.Why = NotApplicable, decided(last, d.zone)
		return d
	}
	if last := r.last(slices.Concat(rule.Needs, rule.Waived, rule.Restores), p, ""); last != nil && slices.Contains(rule.Waived, last.Kind) {
		d.State, d.Why = NotApplicable, decided(last, d.zone)
		return d
	} else if len(rule.Needs) > 0 && (last == nil || !slices.Contains(rule.Needs, last.Kind)) && d.Start != nil {
		r.since(&d)
		d.State, d.Why, d.undecided = Waiting, undecided(rule.Needs), true
		if d.Met != nil {
			d.State, d.Why = Met, metWithoutDecision
		}
		return d
	}
	if strict := r.first(rule.Strict, p, ""); strict != nil && (d.Start == nil || rule.CapHours == 0 && strict.At.Before(d.Start.At)) {
		r.strict(&d, rule, p, strict)
	}
	if d.Start == nil {
		d.State, d.Why = Waiting, notStarted(rule)
		if d.Met != nil {
			d.State, d.Why = Met, metWithoutStart(rule)
		}
		return d
	}
	if rule.Ongoing != "" && r.ongoing(&d, rule, p) {
		return d
	}
	due, ok := r.reckon(rule, p, d.Start, s)
	if !ok {
		r.since(&d)
		d.State = Running
		if d.Met != nil {
			d.State = Met
		}
		if rule.Set {
			d.Why = noTimeSet
		}
		return d
	}
	if s.Hours > 0 {
		d.Binding = Contract
	}
	r.conclude(&d, due)
	if rule.Ongoing == "final" && d.State == MetLate && r.first(rule.Ends, p, "") == nil {
		d.Why = unlessItLasted
	}
	return d
}

// outside tells why a rule is not for a party, if so, and notes what nobody said.
func (r *reckoner) outside(rule *Rule, p *Party, d *Duty) (Words, bool) {
	for i := range r.book.Rules {
		o := &r.book.Rules[i]
		if o.Replaces == rule.ID && slices.Contains(r.c.With, o.Switch) {
			return replacedBy(o), true
		}
	}
	if len(rule.Country) > 0 && !slices.Contains(rule.Country, p.Country) {
		return elsewhere(rule.Country), true
	}
	for _, f := range rule.Who {
		is := p.is(f)
		switch {
		case is == nil:
			d.If = append(d.If, f)
		case !*is:
			return isNot(f), true
		}
	}
	for _, f := range rule.Unless {
		if is := p.is(f); is != nil && *is {
			return isInstead(f), true
		}
	}
	if name, ok := rule.Dormant[p.Country]; ok && !slices.Contains(r.c.With, name) {
		return dormant(name), true
	}
	return Words{}, false
}

// since sets the seconds since the start of a clock without an end.
func (r *reckoner) since(d *Duty) {
	d.start = d.Start.At
	if d.Start.Day {
		return
	}
	until := r.now
	if d.Met != nil {
		if d.Met.Day {
			return
		}
		until = d.Met.At
	}
	s := int64(until.Sub(d.Start.At) / time.Second)
	d.Seconds = &s
}

// strict sets from when a strict authority may count, where that is before Due.
func (r *reckoner) strict(d *Duty, rule *Rule, p *Party, from *Moment) {
	harsh := *rule
	if rule.CapHours > 0 {
		harsh.Hours, harsh.CapHours = rule.CapHours, 0
	}
	due, ok := r.reckon(&harsh, p, from, Service{})
	if !ok {
		return
	}
	d.Earliest = &Argued{due.at.UTC(), countedFrom(rule, from, r.first([]Kind{Investigation}, p, ""), d.zone)}
}

// ongoing treats the two reports that hang on whether an incident lasts still a
// month after the notification. It reports whether the duty is concluded.
func (r *reckoner) ongoing(d *Duty, rule *Rule, p *Party) bool {
	month, _ := r.reckon(rule, p, d.Start, Service{})
	end := r.first(rule.Ends, p, "")
	lasts := end == nil || end.At.After(month.at) // as far as is known
	if rule.Ongoing == "progress" {
		final := r.first([]Kind{NIS2Final}, p, "")
		switch {
		case end != nil && !lasts:
			d.State, d.Why = NotApplicable, endedBefore(end, d.zone)
		case final != nil && !final.end().After(month.at):
			d.State, d.Why = NotApplicable, endedBefore(final, d.zone)
		case end == nil && !r.now.After(month.at):
			d.State, d.Why = Waiting, onlyIfLasting(month.at, d.zone)
			if d.Met != nil {
				d.State, d.Why = Met, Words{}
			}
		default:
			return false
		}
		return true
	}
	switch {
	case !lasts, d.Met != nil && !d.Met.At.After(month.at), d.Met != nil && end == nil:
		return false
	case end != nil: // handled after the month: the month runs anew
		d.Start = end
		return false
	case r.now.After(month.at):
		d.State, d.Why = Waiting, lastsStill(month.at, d.zone)
		return true
	default:
		return false
	}
}

// reckoning is a time that is up, and how.
type reckoning struct {
	at      time.Time
	counted Words
	latest  *Argued
}

// reckon counts a rule's period from a start. The start of which only the day is
// known is that day's first instant; what can be argued then runs from its last.
// It reports false where no hour is set.
func (r *reckoner) reckon(rule *Rule, p *Party, start *Moment, s Service) (reckoning, bool) {
	switch {
	case s.Hours > 0:
		return reckoning{at: start.At.Add(time.Duration(s.Hours) * time.Hour), counted: inHours(s.Hours, start)}, true
	case rule.Set:
		set := r.c.Events[start.Event-1].Set
		return reckoning{at: set.UTC(), counted: setByAuthority}, !set.IsZero()
	case rule.Hours > 0:
		return r.hours(rule, p, start), true
	case rule.Days > 0, rule.Months > 0:
		return r.dates(rule, p, start), true
	}
	return reckoning{}, false
}

func (r *reckoner) hours(rule *Rule, p *Party, start *Moment) reckoning {
	length := func(n int) time.Duration { return time.Duration(n) * time.Hour }
	out := reckoning{at: start.At.Add(length(rule.Hours)), counted: inHours(rule.Hours, start)}
	rounded := nextHour(start.end(), p.Zone).Add(length(rule.Hours))
	if rule.CapHours > 0 {
		if known := r.first(rule.CapFrom, p, ""); known != nil {
			limit := known.At.Add(length(rule.CapHours))
			if !start.At.After(limit) && limit.Before(out.at) {
				out = reckoning{at: limit, counted: inHours(rule.CapHours, known)}
				if by := nextHour(known.end(), p.Zone).Add(length(rule.CapHours)); by.Before(rounded) {
					rounded = by
				}
			}
		}
	}
	switch rule.Counting {
	case EU:
		out.latest = &Argued{rounded.UTC(), hourNotCounted}
	case DORA:
		if !relieve(rule, p, &out) {
			out.latest = &Argued{rounded.UTC(), hourNotCounted}
		}
	}
	return out
}

func (r *reckoner) dates(rule *Rule, p *Party, start *Moment) reckoning {
	cal, from, n := p.calendar(), start.At, rule.Days
	out := reckoning{at: addDays(from, n, p.Zone), counted: inDays(n, start)}
	if rule.Months > 0 {
		out = reckoning{at: addMonths(from, rule.Months, p.Zone), counted: inMonths(rule.Months, start)}
	}
	last := dateOf(out.at, p.Zone)
	end := cal.next(last)
	why := lastDayCounts
	if rule.Days >= 2 { // at least two working days (art. 3(5))
		worked := 0
		for day := dateOf(from, p.Zone).add(1); !end.before(day); day = day.add(1) {
			if cal.works(day) {
				worked++
			}
		}
		for ; worked < 2; worked++ {
			end = cal.next(end.add(1))
		}
	}
	if end != last {
		why = workingDay(p.Country)
	}
	if rule.Counting == DORA && relieve(rule, p, &out) {
		return out
	}
	if rule.Counting != Elapsed {
		out.latest = &Argued{end.add(1).at(0, 0, p.Zone).UTC(), why}
	}
	return out
}

// relieve moves what is due on a day that is no working day to noon of the next
// one, for those who may (Regulation 2025/301, article 5(4) to (6)). Where nobody
// said whether a party may, that is argued only. It reports whether it did either.
func relieve(rule *Rule, p *Party, out *reckoning) bool {
	day := dateOf(out.at, p.Zone)
	next := p.calendar().next(day)
	if day == next {
		return false
	}
	noon := next.at(12, 0, p.Zone)
	switch {
	case p.Financial == "designated":
		return false
	case rule.Relief == "all", p.Financial == "other" && p.NIS2 == "none":
		out.at, out.counted = noon, atNoon(out.counted)
		return true
	case p.Financial != "strict" && (p.NIS2 == "none" || p.NIS2 == ""):
		out.latest = &Argued{noon.UTC(), noonIfFree}
		return true
	}
	return false
}

// conclude sets what follows from when a duty is due, and from whether it was met.
func (r *reckoner) conclude(d *Duty, due reckoning) {
	at := due.at.UTC()
	d.Due, d.Counted, d.start = &at, due.counted, d.Start.At
	if due.latest != nil && due.latest.At.After(at) {
		d.Latest = due.latest
	}
	if d.Earliest != nil && !d.Earliest.At.Before(at) {
		d.Earliest = nil
	}
	left := func(by time.Time) {
		s := int64(at.Sub(by) / time.Second)
		d.Seconds = &s
	}
	within := func(by time.Time) bool { return d.Latest != nil && by.After(at) && !by.After(d.Latest.At) }
	if d.Met == nil {
		d.State = Running
		if r.now.After(at) {
			d.State = Overdue
		}
		d.WithinLatest = within(r.now)
		left(r.now)
		return
	}
	begun := d.Start.end().Sub(d.Start.At) // how much later the start may have been
	switch {
	case !d.Met.end().After(at):
		d.State = Met
	case d.Met.At.After(at.Add(begun)):
		d.State = MetLate
		d.WithinLatest = within(d.Met.end())
	default:
		d.State, d.Why = Unsure, hourMissing(d.Start, d.Met)
	}
	if !d.Start.Day && !d.Met.Day {
		left(d.Met.At)
	}
}
