// Package casefile is what people decide about a case: acts, who may do them, and
// the state that they add up to. It is pure: acts come from a store and go to one,
// and the time is told.
package casefile

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"constat.example/desk/chain"
	"constat.example/desk/deadline"
)

// Do is a code of what was done.
type Do string

// What can be done.
const (
	Open      Do = "open"      // the case
	Grant     Do = "grant"     // a role to somebody; in the history of the home
	Revoke    Do = "revoke"    // a role
	Mark      Do = "mark"      // the case, with TLP and PAP
	State     Do = "state"     // an event that clocks go by, or who has to tell whom
	Weigh     Do = "weigh"     // how grave the breach is, in what no dump tells
	Decide    Do = "decide"    // something; where it needs a second yes it waits for that
	Approve   Do = "approve"   // what somebody else decided
	Reject    Do = "reject"    // what somebody else decided
	Withdraw  Do = "withdraw"  // what oneself decided and nobody has approved
	Shred     Do = "shred"     // begins what was agreed to: the files that destroying takes away
	Destroyed Do = "destroyed" // they are gone
	Say       Do = "answer"    // what evidence cannot tell, for documents; in the history of the home of the organisation itself
	File      Do = "file"      // a document, with whom it is for
	Tell      Do = "tell"      // others: a file that tells of the case was written, for a reason
)

// Act is one act, and a line of the history of a case.
type Act struct {
	Number int64     `json:"number"` // from 1
	Time   time.Time `json:"time"`   // UTC, to the second
	Who    Person    `json:"who"`
	Do     Do        `json:"do"`

	Subject Subject              `json:"subject,omitempty"` // of a decision
	Choice  Choice               `json:"choice,omitempty"`  // of a decision
	Of      int64                `json:"of,omitempty"`      // number of the decision that is approved, rejected, withdrawn, or was done
	Role    Role                 `json:"role,omitempty"`    // granted or revoked
	Whom    string               `json:"whom,omitempty"`    // account that the role is for
	TLP     TLP                  `json:"tlp,omitempty"`
	PAP     PAP                  `json:"pap,omitempty"`
	Event   *deadline.EventEntry `json:"event,omitempty"`  // who stated it is Who
	Facts   *Facts               `json:"facts,omitempty"`  // take the place of all stated before
	Weighs  []Weighing           `json:"weighs,omitempty"` // all of them for Reason
	Files   []Kept               `json:"files,omitempty"`  // what destroying takes away; what others are told
	Answers []Answer             `json:"answers,omitempty"`
	Filing  *Filing              `json:"filing,omitempty"` // Event is then what it is for the clocks
	Reason  string               `json:"reason,omitempty"`

	Prev string `json:"prev"` // SHA-256 of the line before
}

// Person is who acts: an account of the machine, and the name that they go by.
type Person struct {
	Account string `json:"account"`
	Name    string `json:"name,omitempty"`
}

// String words it as "name (account)".
func (p Person) String() string {
	if p.Name == "" {
		return p.Account
	}
	return p.Name + " (" + p.Account + ")"
}

// Facts are who the parties of a case are, and what is switched on.
type Facts struct {
	With    []string              `json:"with,omitempty"`
	Parties []deadline.PartyEntry `json:"parties"`
}

// Kept is a file known by its hash. Its name quotes nothing.
type Kept struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// Place implements chain.Act.
func (a *Act) Place() (seq *int64, prev *string) { return &a.Number, &a.Prev }

// LongestReason is how long a reason may be, in characters.
const LongestReason = 500

var fullSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Check implements chain.Act: it tells what cannot be an act.
func (a *Act) Check() error {
	switch {
	case a.Time.IsZero() || a.Time != a.Time.UTC().Truncate(time.Second):
		return errors.New("tells no time in UTC, to the second")
	case a.Who.Account == "" || !line(a.Who.Account, 80) || !line(a.Who.Name, 80):
		return errors.New("does not say who acted")
	case !line(a.Reason, LongestReason) || !line(a.Whom, 80):
		return errors.New("has a text of several lines, or one that is too long")
	case a.Of < 0:
		return errors.New("names no other act")
	}
	for _, f := range a.Files {
		if !fullSum.MatchString(f.SHA256) || !line(f.Name, 120) {
			return errors.New("names a file not by its SHA-256")
		}
	}
	return a.checkKind()
}

func (a *Act) checkKind() error {
	wants := func(ok bool, what string) error {
		if ok {
			return nil
		}
		return errors.New(what)
	}
	switch a.Do {
	case Open:
		return nil
	case Grant, Revoke:
		return wants(a.Role.known() && a.Whom != "", "gives out no role, or to nobody")
	case Mark:
		return wants((a.TLP == "" || slices.Contains(tlps, a.TLP)) && (a.PAP == "" || slices.Contains(paps, a.PAP)) && a.TLP+TLP(a.PAP) != "", "marks the case with nothing that TLP and PAP have")
	case State:
		return wants((a.Event == nil) != (a.Facts == nil), "states neither facts nor an event, or both")
	case Weigh:
		return checkWeighs(a.Weighs)
	case Decide:
		rule, ok := subjects[a.Subject]
		return wants(ok && slices.Contains(rule.choices, a.Choice), "decides nothing that there is to decide")
	case Approve, Reject, Withdraw:
		return wants(a.Of > 0, "answers no decision")
	case Shred, Destroyed:
		return wants(a.Of > 0, "was agreed to by nobody")
	case Say:
		return checkAnswers(a.Answers)
	case File:
		return a.Filing.check()
	case Tell:
		return wants(len(a.Files) == 1 && strings.TrimSpace(a.Reason) != "", "tells nothing, or does not say to whom and why")
	}
	return errors.New("does what nobody can do")
}

// line reports whether text is one line, of so many characters at most.
func line(text string, longest int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= longest && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 })
}

// about is what the history of a case, or of the home for "", hangs on.
func about(caseID string) string { return "constat.acts/1 " + caseID }

// Parse reads a history: that of a case, or of the home for "".
func Parse(caseID string, text []byte) chain.Chain[Act] { return chain.Parse[Act](about(caseID), text) }
