package casefile

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"constat.example/desk/deadline"
	"constat.example/internal/failure"
)

// Filing is a document that a person handed to whom it is for. Constat hands nothing over.
type Filing struct {
	Number    int       `json:"number"` // in the case, from 1
	Form      string    `json:"form"`
	At        time.Time `json:"at"`                  // of filing; UTC, to the second
	Reference string    `json:"reference,omitempty"` // that the addressee gave
	SHA256    string    `json:"sha256"`              // of the document as it was filed
}

// Filed is a filing as it was stated.
type Filed struct {
	Filing
	Act  int64     `json:"act"` // number of it
	Time time.Time `json:"time"`
	Who  Person    `json:"who"`
}

// filingRule says what has to be decided before a document is filed (law 8), and who may
// file it.
type filingRule struct {
	subject Subject // "": nothing
	choice  Choice
	by      []Role
	other   bool // somebody else than who decided: it takes two
}

var (
	toAuthority = filingRule{Authority, Notify, []Role{Officer, Administrator}, false}
	toPolice    = filingRule{Complaint, Complain, []Role{Officer, Administrator}, false}
	toMany      = filingRule{People, Inform, []Role{Officer, Communication}, false}
	toPublic    = filingRule{Statement, Publish, []Role{Communication, Officer}, true}
	toSecurity  = filingRule{by: []Role{Officer, Administrator}}
	within      = filingRule{by: []Role{Analyst, Officer, Administrator}}
)

// filings are the rules by the event that filing a document is. What is no event stays
// within the house.
var filings = map[deadline.Kind]filingRule{
	"":                 within,
	deadline.Notified:  toAuthority,
	deadline.Completed: toAuthority, deadline.TelecomNotified: toAuthority, deadline.TelecomCompleted: toAuthority,
	deadline.Complaint: toPolice, deadline.ProsecutorTold: toPolice,
	deadline.PersonsTold: toMany, deadline.Published: toPublic,
}

func filingRuleOf(a *Act) filingRule {
	kind := deadline.Kind("")
	if a.Event != nil {
		kind = a.Event.Kind
	}
	if r, ok := filings[kind]; ok {
		return r
	}
	return toSecurity
}

var formName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func (f *Filing) check() error {
	switch {
	case f == nil:
		return errors.New("files nothing")
	case f.Number < 1 || !formName.MatchString(f.Form) || !fullSum.MatchString(f.SHA256):
		return errors.New("files what is no document")
	case f.At.IsZero() || f.At != f.At.UTC().Truncate(time.Second):
		return errors.New("tells no time of filing in UTC, to the second")
	case !line(f.Reference, 80):
		return errors.New("has a reference of several lines, or one that is too long")
	}
	return nil
}

// mayFile refuses to file what nobody decided to.
func (c *Case) mayFile(a *Act) error {
	rule := filingRuleOf(a)
	if a.Filing.Number != len(c.Filings)+1 {
		return failure.New(failure.Refused, fmt.Sprintf("See \"constat case show %s\", and file it again.", c.ID), "somebody else filed a document meanwhile; nothing was done")
	}
	if rule.subject == "" {
		return nil
	}
	d := c.Current(rule.subject)
	switch {
	case d == nil || d.Choice != rule.choice:
		return failure.New(failure.Refused, fmt.Sprintf("Who may decide does: constat case decide %s %s %s --reason …", c.ID, rule.subject, rule.choice),
			"it is not decided that %s of case %s is %s, and nothing is filed without it", rule.subject, c.ID, rule.choice)
	case rule.other && d.Who.Account == a.Who.Account:
		return failure.New(failure.Refused, "Somebody else has to file it, at an account of their own: what the public is told takes two people.", "decision %d is your own", d.Number)
	}
	return nil
}

// words tell a filing.
func (f *Filing) words() Both {
	w := both("a remis le document %s (dépôt %d)", "filed %s (filing %d)", f.Form, f.Number)
	if f.Reference != "" {
		w = pair(w.FR+", référence "+f.Reference, w.EN+", reference "+f.Reference)
	}
	return w
}
