package casefile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/desk/deadline"
	"constat.example/internal/failure"
)

// Team is who has which roles, by account. It is the state of the home's history.
type Team struct {
	Roles   map[string][]Role
	Answers []Stated // what the organisation says of itself, in force
	Seen    int64    // number of the last act
}

// Case is the state that the acts of a case add up to.
type Case struct {
	ID        string
	Seen      int64 // number of the last act
	Opened    time.Time
	TLP       TLP
	PAP       PAP
	Decisions []Decision
	Facts     *Facts // stated last; nil for none
	Events    []Event
	Answers   []Stated // in force
	Filings   []Filed
	Weighed   []Weighed // what was said of the severity, as it stands, in the order of acts
	Destroyed *time.Time
	Shredded  []Kept // what destroying takes away, from when it began
}

// Progress is where a decision stands.
type Progress string

// Where decisions stand. One that a later one on its subject took the place of is Past.
const (
	Waiting   Progress = "waiting" // for the second yes
	Decided   Progress = "decided"
	Past      Progress = "past"
	Rejected  Progress = "rejected"
	Withdrawn Progress = "withdrawn"
)

// Decision is a decision and what became of it.
type Decision struct {
	Number   int64     `json:"number"` // of the act
	Time     time.Time `json:"time"`
	Who      Person    `json:"who"`
	Subject  Subject   `json:"subject"`
	Choice   Choice    `json:"choice"`
	Reason   string    `json:"reason"`
	Progress Progress  `json:"progress"`
	Second   *Person   `json:"second"` // who approved or rejected it
	Answered time.Time `json:"answered,omitzero"`
}

// Event is an event as it was stated.
type Event struct {
	Number int64               `json:"number"` // of the act
	Time   time.Time           `json:"time"`   // at which it was stated
	Who    Person              `json:"who"`
	Event  deadline.EventEntry `json:"event"`
}

// TeamOf adds up the history of the home.
func TeamOf(acts []Act) Team {
	t := Team{Roles: map[string][]Role{}}
	for _, a := range acts {
		t.Seen = a.Number
		t.apply(a)
	}
	return t
}

func (t *Team) apply(a Act) {
	had := t.Roles[a.Whom]
	switch {
	case a.Do == Say:
		t.Answers = stated(t.Answers, &a)
	case a.Do == Grant && !slices.Contains(had, a.Role):
		t.Roles[a.Whom] = append(had, a.Role)
	case a.Do == Revoke:
		if t.Roles[a.Whom] = slices.DeleteFunc(had, func(r Role) bool { return r == a.Role }); len(t.Roles[a.Whom]) == 0 {
			delete(t.Roles, a.Whom)
		}
	}
}

// Of adds up the history of a case.
func Of(id string, acts []Act) *Case {
	c := &Case{ID: id, TLP: AmberStrict, PAP: "AMBER"}
	for _, a := range acts {
		c.apply(a)
	}
	return c
}

func (c *Case) apply(a Act) {
	c.Seen = a.Number
	if c.Opened.IsZero() {
		c.Opened = a.Time
	}
	switch a.Do {
	case Mark:
		if a.TLP != "" {
			c.TLP = a.TLP
		}
		if a.PAP != "" {
			c.PAP = a.PAP
		}
	case State:
		if a.Facts != nil {
			c.Facts = a.Facts
		} else {
			c.Events = append(c.Events, Event{Number: a.Number, Time: a.Time, Who: a.Who, Event: *a.Event})
		}
	case Weigh:
		c.weigh(a)
	case Decide:
		d := Decision{Number: a.Number, Time: a.Time, Who: a.Who, Subject: a.Subject, Choice: a.Choice, Reason: a.Reason, Progress: Waiting}
		if subjects[a.Subject].second == nil {
			c.settle(a.Subject)
			d.Progress = Decided
		}
		c.Decisions = append(c.Decisions, d)
	case Approve, Reject, Withdraw:
		d := c.decision(a.Of)
		if d == nil {
			return
		}
		who := a.Who
		switch a.Do {
		case Approve:
			c.settle(d.Subject)
			d.Progress, d.Second = Decided, &who
		case Reject:
			d.Progress, d.Second = Rejected, &who
		default:
			d.Progress = Withdrawn
		}
		d.Answered = a.Time
	case Say:
		c.Answers = stated(c.Answers, &a)
	case File:
		c.Filings = append(c.Filings, Filed{Filing: *a.Filing, Act: a.Number, Time: a.Time, Who: a.Who})
		if a.Event != nil {
			c.Events = append(c.Events, Event{Number: a.Number, Time: a.Time, Who: a.Who, Event: *a.Event})
		}
	case Shred:
		c.Shredded = a.Files
	case Destroyed:
		at := a.Time
		c.Destroyed = &at
	}
}

// settle makes what was decided on a subject past.
func (c *Case) settle(s Subject) {
	for i := range c.Decisions {
		if d := &c.Decisions[i]; d.Subject == s && d.Progress == Decided {
			d.Progress = Past
		}
	}
}

// decision is the one of that number; nil for none.
func (c *Case) decision(number int64) *Decision {
	for i := range c.Decisions {
		if c.Decisions[i].Number == number {
			return &c.Decisions[i]
		}
	}
	return nil
}

// Current is what is decided on a subject; nil for nothing yet.
func (c *Case) Current(s Subject) *Decision {
	for i := range c.Decisions {
		if d := &c.Decisions[i]; d.Subject == s && d.Progress == Decided {
			return d
		}
	}
	return nil
}

// Waiting are the decisions that wait for a second yes.
func (c *Case) Waiting() []Decision {
	return slices.DeleteFunc(slices.Clone(c.Decisions), func(d Decision) bool { return d.Progress != Waiting })
}

// Closed reports whether the case is closed.
func (c *Case) Closed() bool {
	d := c.Current(Closing)
	return d != nil && d.Choice == Close
}

// May refuses an act that its doer may not do, or that the case does not allow now.
// For acts of the home c is nil.
func (t Team) May(c *Case, a Act) error {
	if err := a.Check(); err != nil {
		return failure.New(failure.Usage, "", "the act %w", err)
	}
	switch a.Do {
	case Approve, Reject, Withdraw:
		return t.mayAnswer(c, a)
	case Revoke:
		if a.Role == Administrator && slices.Contains(t.Roles[a.Whom], Administrator) && len(t.having([]Role{Administrator})) == 1 {
			return failure.New(failure.Refused, "Give the role to somebody else first.", "%s is the last administrator", a.Whom)
		}
	case Grant:
		if len(t.Roles) == 0 && (a.Role != Administrator || a.Whom != a.Who.Account) {
			return failure.New(failure.Refused, fmt.Sprintf("Begin with: constat role grant %s administrator", a.Who.Account), "no roles are given out yet, and the first one is an administrator's own")
		}
	}
	first := doers[a.Do]
	switch a.Do {
	case Decide:
		first = subjects[a.Subject].first
	case File:
		first = filingRuleOf(&a).by
	case Say:
		if c == nil {
			first = append(slices.Clone(first), Administrator)
		}
	}
	if err := t.has(a.Who, first, doing(a)); err != nil || c == nil {
		return err
	}
	switch {
	case a.Do == Open && c.Seen > 0:
		return Known(c.ID)
	case c.Destroyed != nil:
		return failure.New(failure.Refused, "Open another case.", "the data of case %s was destroyed on %s", c.ID, c.Destroyed.Format(time.DateOnly))
	case c.Closed() && (a.Do != Decide || a.Choice != Reopen && a.Subject != Destroy) && a.Do != Shred && a.Do != Destroyed && a.Do != Tell:
		return failure.New(failure.Refused, fmt.Sprintf("Open it again first: constat case reopen %s --reason …", c.ID), "case %s is closed", c.ID)
	case a.Do == Decide && a.Choice == Reopen && !c.Closed():
		return failure.New(failure.Refused, "", "case %s is not closed", c.ID)
	case a.Do == Decide && a.Subject == Destroy && !c.Closed():
		return failure.New(failure.Refused, fmt.Sprintf("Close it first: constat case close %s --reason …", c.ID), "case %s is not closed, and what is open is not destroyed", c.ID)
	case a.Do == Decide && a.Choice == Close && len(c.Waiting()) > 0:
		return failure.New(failure.Refused, fmt.Sprintf("Have it approved, rejected or withdrawn first: \"constat case show %s\".", c.ID), "decision %d of case %s waits for a second yes", c.Waiting()[0].Number, c.ID)
	case len(c.Shredded) > 0 && a.Do != Destroyed:
		return failure.New(failure.Refused, fmt.Sprintf("Have it go on: constat case destroy %s --yes", c.ID), "the data of case %s is being destroyed", c.ID)
	case a.Do == Decide && strings.TrimSpace(a.Reason) == "":
		return failure.New(failure.Usage, "Say why with --reason: an auditor, and you in a year, will ask.", "a decision needs a reason")
	case a.Do == File:
		return c.mayFile(&a)
	case a.Do == Weigh:
		return c.mayWeigh(a)
	case a.Do == Shred || a.Do == Destroyed:
		if d := c.Current(Destroy); d == nil || d.Number != a.Of {
			return failure.New(failure.Refused, "", "nobody agreed that the data of case %s is destroyed", c.ID)
		}
	}
	return nil
}

// Known refuses to open a case that there is.
func Known(id string) error {
	return failure.New(failure.Usage, fmt.Sprintf("\"constat case show %s\" shows it.", id), "there is a case %s already", id)
}

func (t Team) mayAnswer(c *Case, a Act) error {
	d := c.decision(a.Of)
	switch {
	case d == nil:
		return failure.New(failure.Usage, fmt.Sprintf("\"constat case show %s\" numbers them.", c.ID), "case %s has no decision %d", c.ID, a.Of)
	case d.Progress != Waiting:
		return failure.New(failure.Refused, fmt.Sprintf("See \"constat case show %s\".", c.ID), "decision %d waits for nothing: it is %s", d.Number, d.Progress)
	case a.Do == Withdraw && a.Who.Account != d.Who.Account:
		return failure.New(failure.Refused, "Reject it instead.", "decision %d is not yours to withdraw", d.Number)
	case a.Do != Withdraw && a.Who.Account == d.Who.Account:
		return failure.New(failure.Refused, "Somebody else has to say the second yes, at an account of their own.", "decision %d is your own", d.Number)
	case a.Do == Reject && strings.TrimSpace(a.Reason) == "":
		return failure.New(failure.Usage, "Say why with --reason.", "to reject a decision needs a reason")
	case a.Do == Withdraw:
		return nil
	}
	return t.has(a.Who, subjects[d.Subject].second, fmt.Sprintf("say the second yes on %s, or no", d.Subject))
}

// Allows refuses somebody who has none of the roles to do what is no act of a case.
func (t Team) Allows(who Person, what string, any ...Role) error { return t.has(who, any, what) }

// has refuses somebody who has none of the roles. Where none are given out, everybody
// has all.
func (t Team) has(who Person, any []Role, what string) error {
	if len(t.Roles) == 0 || slices.ContainsFunc(t.Roles[who.Account], func(r Role) bool { return slices.Contains(any, r) }) {
		return nil
	}
	var names []string
	for _, r := range any {
		names = append(names, string(r))
	}
	hint := "An administrator gives roles: constat role grant ACCOUNT ROLE."
	if them := t.having(any); len(them) > 0 {
		hint = "Ask " + strings.Join(them, ", ") + "."
	}
	return failure.New(failure.Refused, hint, "%s may not %s: that takes the role %s", who.Account, what, strings.Join(names, " or "))
}

// Answerers are the roles that may say the second yes to a decision, and the accounts that
// have one and are not its doer's, in order.
func (t Team) Answerers(d *Decision) (roles []Role, accounts []string) {
	roles = slices.Clone(subjects[d.Subject].second)
	return roles, slices.DeleteFunc(t.having(roles), func(account string) bool { return account == d.Who.Account })
}

// having are the accounts with any of the roles, in order.
func (t Team) having(any []Role) []string {
	var them []string
	for account, has := range t.Roles {
		if slices.ContainsFunc(has, func(r Role) bool { return slices.Contains(any, r) }) {
			them = append(them, account)
		}
	}
	slices.Sort(them)
	return them
}

// doing words an act for a refusal.
func doing(a Act) string {
	switch a.Do {
	case Decide:
		return "decide on " + string(a.Subject)
	case State:
		return "state what happened"
	case Weigh:
		return "say how grave the breach is"
	case Mark:
		return "mark a case"
	case Grant, Revoke:
		return "give out roles"
	case Open:
		return "open a case"
	case Say:
		return "answer for a document"
	case File:
		return "file " + a.Filing.Form
	case Tell:
		return "tell others of a case"
	}
	return "do that"
}
