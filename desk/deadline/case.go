package deadline

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"constat.example/internal/plainyaml"
	"constat.example/internal/visible"
)

// Case is what the clocks of an incident are reckoned from.
type Case struct {
	ID      string   // names the calendar's entries
	Parties []Party  // who may have to tell; in the order that duties come out
	Events  []Event  // in the order they were recorded; their number is their place, from 1
	With    []string // switches that are on: proposals, laws not yet in force
}

// Party is an organisation of the case, and what it is. What nobody said stays
// empty: its duties are then shown with the condition.
type Party struct {
	ID      string
	Name    string
	Country string         // ISO 3166
	Zone    *time.Location // whose days and hours count

	Controller *bool
	Serves     []Service // as processor; none: it is none

	NIS2      string // "none", "important", "essential"
	Financial string // "none", "other", "strict": a credit institution, central counterparty or trading venue, "designated": told by its authority that Regulation 2025/301, 5(4) is not for it
	Trust     *bool  // a trust service provider
	Telecom   *bool  // a provider of public electronic communications
	Insured   *bool  // against attacks on its systems
	Public    *bool  // an authority, or its people are officials
	Operator  *bool  // of vital importance, or of essential services
	Health    *bool  // a health establishment or service

	Holidays []string // days (2026-01-31) that are public holidays there besides the country's
}

// Service is that a party processes data for a controller, or for a processor of
// one.
type Service struct {
	Party string
	Hours int // within which the contract has it told; 0: none set
}

// Event is what happened, with its evidence.
type Event struct {
	Kind     Kind
	Party    string // to whom it happened, or who did it
	To       string // of ToldController: who was told
	At       time.Time
	Day      bool           // only the day is known: At is its first instant
	Zone     *time.Location // of the clock that showed At; nil: the party's
	Set      time.Time      // the time that an authority set; zero: none
	Evidence []string       // SHA-256 of what proves it, a page's address, or a reference
	Who      string         // recorded it
	Corrects int            // number of the event that it stands for; 0: none
}

// Fact is what a party may be.
type Fact string

// What a party may be.
const (
	IsController Fact = "controller"
	IsProcessor  Fact = "processor"
	IsNIS2       Fact = "nis2"
	IsFinancial  Fact = "financial"
	IsTrust      Fact = "trust"
	IsTelecom    Fact = "telecom"
	IsInsured    Fact = "insured"
	IsPublic     Fact = "public"
	IsOperator   Fact = "operator"
	IsHealth     Fact = "health"
)

var facts = []Fact{IsController, IsProcessor, IsNIS2, IsFinancial, IsTrust, IsTelecom, IsInsured, IsPublic, IsOperator, IsHealth}

// is tells whether the party is that, nil where nobody said.
func (p *Party) is(f Fact) *bool {
	said := func(word string) *bool {
		if word == "" {
			return nil
		}
		yes := word != "none"
		return &yes
	}
	switch f {
	case IsController:
		return p.Controller
	case IsProcessor:
		serves := len(p.Serves) > 0
		return &serves
	case IsNIS2:
		return said(p.NIS2)
	case IsFinancial:
		return said(p.Financial)
	case IsTrust:
		return p.Trust
	case IsTelecom:
		return p.Telecom
	case IsInsured:
		return p.Insured
	case IsPublic:
		return p.Public
	case IsOperator:
		return p.Operator
	default:
		return p.Health
	}
}

func (p *Party) calendar() calendar {
	c := calendar{french: p.Country == "FR"}
	for _, h := range p.Holidays {
		if t, err := time.Parse(time.DateOnly, h); err == nil {
			c.more = append(c.more, dateOf(t, time.UTC))
		}
	}
	return c
}

// zones are the clocks of capitals: the clock of a party that names none.
var zones = map[string]string{
	"AT": "Europe/Vienna", "BE": "Europe/Brussels", "BG": "Europe/Sofia", "CY": "Asia/Nicosia", "CZ": "Europe/Prague", "DE": "Europe/Berlin",
	"DK": "Europe/Copenhagen", "EE": "Europe/Tallinn", "ES": "Europe/Madrid", "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GR": "Europe/Athens",
	"HR": "Europe/Zagreb", "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IT": "Europe/Rome", "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg",
	"LV": "Europe/Riga", "MT": "Europe/Malta", "NL": "Europe/Amsterdam", "PL": "Europe/Warsaw", "PT": "Europe/Lisbon", "RO": "Europe/Bucharest",
	"SE": "Europe/Stockholm", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava",
}

// Zone finds a clock by its name in the time zone database.
func Zone(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, errors.New("a time zone has a name as Europe/Paris")
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, errors.New("there is no time zone of that name; one is Europe/Paris")
	}
	return zone, nil
}

// Time reads when something happened: a day, or a day and a time, with an offset
// or by the clock of zone. It refuses a time that the clock showed twice or never.
func Time(text string, zone *time.Location) (at time.Time, day bool, err error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		y, m, d := t.Date()
		return wall(y, m, d, 0, 0, 0, zone), true, nil
	}
	for _, form := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(form, text); err == nil {
			return t.In(zone).Truncate(time.Second), false, nil
		}
	}
	for _, form := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04"} {
		t, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		t = t.Truncate(time.Second)
		y, m, d := t.Date()
		at := wall(y, m, d, t.Hour(), t.Minute(), t.Second(), zone)
		shows := func(at time.Time) bool { return at.In(zone).Format(form) == t.Format(form) }
		if !shows(at) {
			return time.Time{}, false, errors.New("clocks were put forward then and never showed that time; write it with its offset, as 2026-03-29T03:30+02:00")
		}
		for _, change := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
			if shows(at.Add(change)) {
				return time.Time{}, false, errors.New("clocks were put back then and showed that time twice; write it with its offset, as 2026-10-25T02:30+02:00")
			}
		}
		return at, false, nil
	}
	return time.Time{}, false, errors.New("a time is written 2026-01-31, 2026-01-31T18:00 or 2026-01-31T18:00+01:00")
}

// File is a case as it is written: in YAML by people, in JSON where it is kept.
type File struct {
	Case    string       `yaml:"case" json:"case"`
	With    []string     `yaml:"with" json:"with,omitempty"`
	Parties []PartyEntry `yaml:"parties" json:"parties"`
	Events  []EventEntry `yaml:"events" json:"events"`
}

// PartyEntry is a party as it is written.
type PartyEntry struct {
	ID         string         `yaml:"id" json:"id"`
	Name       string         `yaml:"name" json:"name"`
	Country    string         `yaml:"country" json:"country"`
	Zone       string         `yaml:"zone" json:"zone,omitempty"` // "": that of the country
	Controller *bool          `yaml:"controller" json:"controller,omitempty"`
	Serves     []ServiceEntry `yaml:"serves" json:"serves,omitempty"`
	NIS2       string         `yaml:"nis2" json:"nis2,omitempty"`
	Financial  string         `yaml:"financial" json:"financial,omitempty"`
	Trust      *bool          `yaml:"trust" json:"trust,omitempty"`
	Telecom    *bool          `yaml:"telecom" json:"telecom,omitempty"`
	Insured    *bool          `yaml:"insured" json:"insured,omitempty"`
	Public     *bool          `yaml:"public" json:"public,omitempty"`
	Operator   *bool          `yaml:"operator" json:"operator,omitempty"`
	Health     *bool          `yaml:"health" json:"health,omitempty"`
	Holidays   []string       `yaml:"holidays" json:"holidays,omitempty"`
}

// ServiceEntry is a service as it is written.
type ServiceEntry struct {
	Party string `yaml:"party" json:"party"`
	Hours int    `yaml:"hours" json:"hours,omitempty"`
}

// EventEntry is an event as it is written: its times as the clock showed them.
type EventEntry struct {
	Kind     Kind     `yaml:"kind" json:"kind"`
	Party    string   `yaml:"party" json:"party"`
	To       string   `yaml:"to" json:"to,omitempty"`
	At       string   `yaml:"at" json:"at"`
	Zone     string   `yaml:"zone" json:"zone,omitempty"` // of times without an offset; "": the party's
	Set      string   `yaml:"set" json:"set,omitempty"`
	Evidence []string `yaml:"evidence" json:"evidence,omitempty"`
	Who      string   `yaml:"who" json:"who,omitempty"`
	Corrects int      `yaml:"corrects" json:"corrects,omitempty"`
}

// Parse reads a case written in YAML. Errors tell where, and quote nothing.
func Parse(text []byte) (*Case, error) {
	f, err := ParseFile(text)
	if err != nil {
		return nil, err
	}
	return f.Read()
}

// ParseFile reads the YAML of a case, and does not look yet at what it says.
func ParseFile(text []byte) (*File, error) {
	f := &File{}
	if err := plainyaml.Decode(text, f, plainyaml.Strict); err != nil {
		return nil, err
	}
	return f, nil
}

// Read reads the times of a case, and checks it. Errors tell where, and quote
// nothing.
func (f *File) Read() (*Case, error) {
	c := &Case{ID: f.Case, With: f.With}
	for i, p := range f.Parties {
		party := Party{
			ID: p.ID, Name: p.Name, Country: p.Country, Controller: p.Controller, NIS2: p.NIS2, Financial: p.Financial, Trust: p.Trust, Telecom: p.Telecom,
			Insured: p.Insured, Public: p.Public, Operator: p.Operator, Health: p.Health, Holidays: p.Holidays,
		}
		for _, s := range p.Serves {
			party.Serves = append(party.Serves, Service(s))
		}
		zone, err := Zone(cmp.Or(p.Zone, zones[p.Country]))
		if err != nil {
			return nil, fmt.Errorf("party %d: %w", i+1, err)
		}
		party.Zone = zone
		c.Parties = append(c.Parties, party)
	}
	for i := range f.Events {
		event, err := f.Events[i].read(c)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", i+1, err)
		}
		c.Events = append(c.Events, event)
	}
	return c, c.Check()
}

func (e *EventEntry) read(c *Case) (Event, error) {
	event := Event{Kind: e.Kind, Party: e.Party, To: e.To, Evidence: e.Evidence, Who: e.Who, Corrects: e.Corrects}
	zone := c.zone(e.Party)
	var err error
	if e.Zone != "" {
		if zone, err = Zone(e.Zone); err != nil {
			return event, err
		}
		event.Zone = zone
	}
	if event.At, event.Day, err = Time(e.At, zone); err != nil {
		return event, err
	}
	if e.Set == "" {
		return event, nil
	}
	set, day, err := Time(e.Set, zone)
	if err != nil {
		return event, fmt.Errorf("the time that was set: %w", err)
	}
	if day {
		set = midnight(set, 1, zone) // within that day
	}
	event.Set = set
	return event, nil
}

// party is the party of that id, or nil.
func (c *Case) party(id string) *Party {
	for i := range c.Parties {
		if c.Parties[i].ID == id {
			return &c.Parties[i]
		}
	}
	return nil
}

// TakenBack are the numbers of the events that do not stand: those that another corrects
// or takes back. What was wrong never happened, whenever that was seen; what stood for an
// event that a withdrawal takes back no longer does.
func (c *Case) TakenBack() map[int]bool {
	out, back := map[int]bool{}, map[int]bool{}
	for i, e := range slices.Backward(c.Events) {
		if e.Corrects > 0 && !back[i+1] {
			out[e.Corrects] = true
			back[e.Corrects] = e.Kind == Withdrawn
		}
	}
	return out
}

// Name is the name of the party of that id.
func (c *Case) Name(id string) string {
	if p := c.party(id); p != nil {
		return p.Name
	}
	return id
}

// Local is when event i (from 0) was by the clock that showed it: a day where only
// that is known.
func (c *Case) Local(i int) string {
	e := &c.Events[i]
	zone := e.Zone
	if zone == nil {
		zone = c.zone(e.Party)
	}
	if e.Day {
		return e.At.In(zone).Format(time.DateOnly)
	}
	return e.At.In(zone).Format(time.RFC3339)
}

func (c *Case) zone(id string) *time.Location {
	if p := c.party(id); p != nil {
		return p.Zone
	}
	return time.UTC
}

var caseID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Check tells what a case cannot be, as words that follow "party 2" or "event 3".
func (c *Case) Check() error {
	if !caseID.MatchString(c.ID) {
		return errors.New("the case has no id of at most 64 letters, digits, dots, dashes and underscores")
	}
	if len(c.Parties) == 0 {
		return errors.New("the case has no party")
	}
	for i := range c.Parties {
		if err := c.checkParty(i); err != nil {
			return fmt.Errorf("party %d: %w", i+1, err)
		}
	}
	for i := range c.Events {
		if err := c.checkEvent(i); err != nil {
			return fmt.Errorf("event %d: %w", i+1, err)
		}
	}
	return nil
}

func (c *Case) checkParty(i int) error {
	p := &c.Parties[i]
	switch {
	case !isName(p.ID):
		return errors.New("its id is not of small letters, digits and hyphens")
	case c.party(p.ID) != p:
		return errors.New("another party has its id")
	case !legible(p.Name, 80):
		return errors.New("its name is not of 1 to 80 characters on one line")
	case !isCountry(p.Country):
		return errors.New("its country is not two capital letters, as FR")
	case p.Zone == nil:
		return errors.New("it has no time zone")
	case p.Controller == nil && len(p.Serves) == 0:
		return errors.New("it is not said whether it is a controller, or whom it serves as a processor")
	case !slices.Contains([]string{"", "none", "important", "essential"}, p.NIS2):
		return errors.New("nis2 is none of none, important and essential")
	case !slices.Contains([]string{"", "none", "other", "strict", "designated"}, p.Financial):
		return errors.New("financial is none of none, other, strict and designated")
	}
	for n, s := range p.Serves {
		switch {
		case s.Party == p.ID || c.party(s.Party) == nil:
			return errors.New("it serves none of the other parties")
		case s.Hours < 0 || s.Hours > 10_000:
			return errors.New("the hours of its contract are not from 0 to 10000")
		case slices.ContainsFunc(p.Serves[:n], func(o Service) bool { return o.Party == s.Party }):
			return errors.New("it serves a party twice")
		}
	}
	for _, h := range p.Holidays {
		if _, err := time.Parse(time.DateOnly, h); err != nil {
			return errors.New("a holiday is not written 2026-01-31")
		}
	}
	return nil
}

func (c *Case) checkEvent(i int) error {
	e := &c.Events[i]
	to := c.party(e.To)
	switch {
	case !e.Kind.known() || e.Kind == Told:
		return errors.New("there is no such kind of event")
	case c.party(e.Party) == nil:
		return errors.New("its party is none of the case's")
	case e.At.Year() < 1990 || e.At.Year() > 2200:
		return errors.New("its year is not from 1990 to 2200")
	case (e.Kind == ToldController) != (e.To != ""):
		return errors.New("only of telling a controller it is said who was told")
	case e.To != "" && (to == nil || !slices.ContainsFunc(c.party(e.Party).Serves, func(s Service) bool { return s.Party == e.To })):
		return errors.New("who was told is not served by its party")
	case !e.Set.IsZero() && e.Kind != Ordered && e.Kind != NIS2Asked:
		return errors.New("only an order or a request sets a time")
	case !e.Set.IsZero() && (e.Set.Before(e.At) || e.Set.Year() > 2200):
		return errors.New("the time that was set is before it, or centuries on")
	case e.Corrects < 0 || e.Corrects > i:
		return errors.New("it corrects no event before it")
	case (e.Kind == Withdrawn) && e.Corrects == 0:
		return errors.New("a withdrawal says which event it takes back")
	case e.Who != "" && !legible(e.Who, 200):
		return errors.New("who recorded it is not of 1 to 200 characters on one line")
	}
	for _, ref := range e.Evidence {
		if !reference(ref) {
			return errors.New("a piece of evidence is neither a SHA-256, nor an address of a page, nor a reference of up to 80 characters without @ and without five digits in a row: it is to name, not to quote")
		}
	}
	return nil
}

// reference reports whether text names evidence and quotes none: what people are
// known by has an @ or many digits.
func reference(text string) bool {
	if sum, err := hex.DecodeString(text); err == nil && len(sum) == 32 {
		return true
	}
	if strings.HasPrefix(text, "https://") {
		return legible(text, 300) && !strings.ContainsAny(text, " @")
	}
	return legible(text, 80) && !visible.Quotes(text)
}

// legible reports whether text is of 1 to most characters that can be shown on one
// line.
func legible(text string, most int) bool {
	return text != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && strings.TrimSpace(text) == text &&
		strings.IndexFunc(text, func(r rune) bool {
			return !unicode.IsGraphic(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
		}) < 0
}
