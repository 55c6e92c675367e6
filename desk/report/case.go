package report

import (
	"bytes"
	"html/template"
	"io"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/finding"
	"constat.example/desk/severity"
	"constat.example/internal/visible"
)

// Case is what the page of a case is drawn from.
type Case struct {
	State       *casefile.Case
	Team        casefile.Team
	At          time.Time // clocks are told as they stand then
	Opened      time.Time
	Clock       *deadline.Case         // nil: nobody said yet whose duties there are
	Duties      []deadline.Duty        // at At
	Assessment  *assessment.Assessment // the latest; nil where there is none
	Claims      []assessment.Claim     // all of the case, beside what is established
	Established []finding.Line         // each time it moved, the oldest first
	Severity    *severity.Assessment
	Happened    []casefile.Happened      // the earliest first
	Titles      map[string]casefile.Both // of forms, by name: those of documents that were filed
}

// CasePage writes the page of a case: one file in both languages, as Page does, first in
// that one.
func CasePage(w io.Writer, c *Case, first Language) error {
	return write(w, "case.html.tmpl", first, newCasePage(french, c), newCasePage(english, c))
}

// CasesPage writes the page of all cases of a home, the most pressing first.
func CasesPage(w io.Writer, cases []CaseRow, at time.Time, first Language) error {
	return write(w, "cases.html.tmpl", first, newCasesPage(french, cases, at), newCasesPage(english, cases, at))
}

// write writes a page of two editions, whole or not at all.
func write[T any](w io.Writer, name string, first Language, editions ...T) error {
	var style []byte
	for _, file := range []string{"page.css", "case.css"} {
		css, err := files.ReadFile(file)
		if err != nil {
			return err
		}
		style = append(style, css...)
	}
	var page bytes.Buffer
	err := pageTemplate.ExecuteTemplate(&page, name, struct {
		Style template.CSS
		First string
		Page  []T
	}{template.CSS(style), string(first), editions})
	if err != nil {
		return err
	}
	_, err = w.Write(page.Bytes())
	return err
}

// marked is how a case is marked and where it stands.
type marked struct {
	ID       string
	TLP, PAP string
	Colour   string // of the TLP, as a class: "red", "amber", "green", "clear"
	Standing string // of the breach, in words
	State    string // "open", "closed", "destroyed"
	StateIn  string // the same in words; "" for open
	Breach   string // "suspected", "confirmed", "refuted", "" for nothing decided
}

// colours are the classes of markings: the two ambers look the same (FIRST, 2022).
var colours = map[casefile.TLP]string{
	casefile.Red: "red", casefile.AmberStrict: "amber", casefile.Amber: "amber", casefile.Green: "green", casefile.Clear: "clear",
}

func (l language) marked(c *casefile.Case) marked {
	m := marked{ID: visible.Text(c.ID, longest), TLP: string(c.TLP), PAP: string(c.PAP), Colour: colours[c.TLP], State: "open"}
	m.Standing = l.T("rien n’est encore décidé de la violation", "nothing is decided yet about the breach")
	if d := c.Current(casefile.Standing); d != nil {
		m.Breach = string(d.Choice)
		m.Standing = map[casefile.Choice]string{
			casefile.Suspected: l.T("violation soupçonnée", "breach suspected"),
			casefile.Confirmed: l.T("violation confirmée", "breach confirmed"),
			casefile.Refuted:   l.T("violation écartée", "breach refuted"),
		}[d.Choice]
	}
	m.Standing = upper(m.Standing)
	switch {
	case c.Destroyed != nil:
		m.State, m.StateIn = "destroyed", l.T("données détruites le %s", "data destroyed on %s", l.day(*c.Destroyed, time.UTC))
	case c.Closed():
		m.State, m.StateIn = "closed", l.T("dossier clos", "case closed")
	}
	return m
}

// casePage is the page of a case in one language.
type casePage struct {
	edition // of the latest assessment, or of an empty one

	Marked    marked
	Zone      *time.Location // all times of the page are told by its clock
	ZoneName  string
	At        *instant
	Opened    *instant
	Assessed  bool
	Next      *nextDuty
	Others    []nextDuty // that press too
	Clocked   bool       // somebody said whose duties there are
	Parties   []partyDuties
	Waiting   []waiting
	Decisions []decided
	Past      []decided
	Filed     []filed
	History   *history
	Severity  *panel
	Line      *timeline
}

func newCasePage(l language, c *Case) casePage {
	a := assessment.New()
	if c.Assessment != nil {
		of := *c.Assessment
		a = &of
	}
	a.Claims = c.Claims
	p := casePage{edition: newEdition(l, a, time.Time{}), Marked: l.marked(c.State), Zone: zoneOf(c.Clock), Assessed: c.Assessment != nil, Clocked: c.Clock != nil}
	p.ZoneName = p.Zone.String()
	p.At, p.Opened = l.moment(c.At, p.Zone), l.moment(c.Opened, p.Zone)
	if c.Clock != nil {
		if !c.State.Closed() {
			p.Next, p.Others = l.next(c.Clock, c.Duties)
		}
		p.Parties = l.duties(c.Clock, c.Duties, c.At, p.Zone)
	}
	p.decide(c)
	p.filed(c)
	p.History = p.moved(c.Established)
	if c.Severity != nil {
		p.Severity = l.panel(c)
	}
	p.Line = p.timeline(c)
	return p
}

// zoneOf is the clock of the party whose case it is: the first controller, or the first
// party; UTC where nobody said.
func zoneOf(c *deadline.Case) *time.Location {
	if c == nil || len(c.Parties) == 0 {
		return time.UTC
	}
	for i := range c.Parties {
		if p := &c.Parties[i]; p.Controller != nil && *p.Controller {
			return p.Zone
		}
	}
	return c.Parties[0].Zone
}

// moment words an instant by the clock of a zone, to the minute; nil for the zero time.
func (l language) moment(t time.Time, zone *time.Location) *instant {
	if t.IsZero() {
		return nil
	}
	t = t.In(zone)
	hour := t.Format(", 15:04")
	if l == french {
		hour = t.Format(", 15") + nbsp + "h" + nbsp + t.Format("04")
	}
	return &instant{Text: l.day(t, zone) + hour, Machine: t.UTC().Format(time.RFC3339)}
}

// day words the day of an instant by the clock of a zone.
func (l language) day(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	return l.Time(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC))
}

// both is a text in the page's language.
func (l language) both(b casefile.Both) string { return b.In(string(l)) }

// waiting is a decision that waits for a second yes.
type waiting struct {
	Number         int64
	What, Who, Why string
	When           *instant
	Roles          string
	Accounts       []string // that have one of them; none where no roles are given out
}

// decided is a decision in force, or one that is past.
type decided struct {
	Number             int64
	Subject, Choice    string
	Who, Second, Why   string
	When               *instant
	Progress, Answered string // "" for one in force
}

// ofPage is a part of a page with the page that shows it.
type ofPage struct {
	Page casePage
	Of   any
}

// Row hands a part of the page to its template.
func (p casePage) Row(of any) ofPage { return ofPage{p, of} }

// filed is a document that was handed to whom it is for.
type filed struct {
	Number         int64
	Title, Who     string
	When           *instant
	Reference, Sum string
}

var progressWords = map[casefile.Progress]pair{
	casefile.Past:      {"remplacée", "replaced"},
	casefile.Rejected:  {"rejetée", "rejected"},
	casefile.Withdrawn: {"retirée", "withdrawn"},
}

func (p *casePage) decide(c *Case) {
	for i := range c.State.Decisions {
		d := &c.State.Decisions[i]
		subject, choice := p.both(d.Subject.Words()), p.both(d.Choice.Words())
		who, why, when := visible.Text(d.Who.String(), longest), visible.Text(d.Reason, casefile.LongestReason), p.moment(d.Time, p.Zone)
		if d.Progress == casefile.Waiting {
			roles, accounts := c.Team.Answerers(d)
			shown := waiting{Number: d.Number, What: subject + p.T(" : ", ": ") + choice, Who: who, Why: why, When: when}
			var names []string
			for _, r := range roles {
				names = append(names, p.both(r.Words()))
			}
			shown.Roles = p.either(names)
			for _, name := range accounts {
				shown.Accounts = append(shown.Accounts, visible.Text(name, longest))
			}
			p.Waiting = append(p.Waiting, shown)
			continue
		}
		shown := decided{Number: d.Number, Subject: subject, Choice: choice, Who: who, Why: why, When: when}
		if d.Second != nil {
			shown.Second = visible.Text(d.Second.String(), longest)
		}
		if d.Progress == casefile.Decided {
			p.Decisions = append(p.Decisions, shown)
		} else {
			shown.Progress = p.of(progressWords[d.Progress])
			p.Past = append(p.Past, shown)
		}
	}
}

// filed lists the documents that were filed.
func (p *casePage) filed(c *Case) {
	for i := range c.State.Filings {
		f := &c.State.Filings[i]
		title := visible.Text(f.Form, longest)
		if words, ok := c.Titles[f.Form]; ok {
			title = p.both(words)
		}
		p.Filed = append(p.Filed, filed{
			Number: int64(f.Number), Title: title, Who: visible.Text(f.Who.String(), longest), When: p.moment(f.At, p.Zone),
			Reference: visible.Text(f.Reference, longest), Sum: f.SHA256,
		})
	}
}

// either joins names by "or".
func (l language) either(names []string) string {
	text := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			text += l.T(" ou ", " or ")
		default:
			text += ", "
		}
		text += n
	}
	return text
}
