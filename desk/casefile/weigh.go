package casefile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat.example/desk/severity"
	"constat.example/internal/failure"
)

// Weighing is one thing that a person says of the severity of a breach: what no dump
// tells, or that a factor of ENISA's formula is moved.
type Weighing struct {
	What Point           `json:"what"`
	For  severity.Reason `json:"for,omitempty"` // of DPC and EI: why they are moved
	To   string          `json:"to,omitempty"`  // as Point says; "": what was said before is taken back
}

// Point is what is weighed.
type Point string

// What there is to weigh, and what To then is.
const (
	Confidentiality Point = "confidentiality" // none, contained, full
	Integrity       Point = "integrity"       // the same
	Availability    Point = "availability"    // the same
	Malice          Point = "malice"          // yes, no
	Unintelligible  Point = "unintelligible"  // yes, no
	DPC             Point = "dpc"             // whole steps with their sign: +1
	EI              Point = "ei"              // negligible, limited, significant, maximum
)

// points are what may be stated, and as what. DPC and EI are moved instead.
var points = []struct {
	what Point
	as   []string
}{
	{Confidentiality, []string{string(severity.None), string(severity.Contained), string(severity.Full)}},
	{Integrity, []string{string(severity.None), string(severity.Contained), string(severity.Full)}},
	{Availability, []string{string(severity.None), string(severity.Contained), string(severity.Full)}},
	{Malice, []string{"yes", "no"}},
	{Unintelligible, []string{"yes", "no"}},
}

// Points lists what may be stated, as "malice yes, no", one a line.
func Points() []string {
	all := make([]string, len(points))
	for i, p := range points {
		all[i] = fmt.Sprintf("%-16s %s", p.what, strings.Join(p.as, ", "))
	}
	return all
}

// Statements lists all that may be stated, as "malice=yes".
func Statements() (all []string) {
	for _, p := range points {
		for _, to := range p.as {
			all = append(all, string(p.what)+"="+to)
		}
	}
	return all
}

// key is what a weighing takes the place of: DPC may be moved once for each reason.
func (w Weighing) key() string {
	if w.What == DPC {
		return string(w.What) + ":" + string(w.For)
	}
	return string(w.What)
}

// String is the weighing as it is written: "malice=yes", "dpc+1:volume", "ei=maximum:context".
func (w Weighing) String() string {
	switch {
	case w.To == "":
		return w.key()
	case w.What == DPC:
		return string(w.What) + w.To + ":" + string(w.For)
	case w.What == EI:
		return string(w.What) + "=" + w.To + ":" + string(w.For)
	}
	return string(w.What) + "=" + w.To
}

// ParseStatement reads "malice=yes".
func ParseStatement(text string) (Weighing, error) {
	what, to, ok := strings.Cut(text, "=")
	w := Weighing{What: Point(what), To: to}
	if !ok || to == "" || w.What == DPC || w.What == EI || w.check() != nil {
		return Weighing{}, errors.New("it is none of what may be stated")
	}
	return w, nil
}

// ParseAdjustment reads "dpc+1:volume" or "ei=maximum:context".
func ParseAdjustment(text string) (Weighing, error) {
	move, reason, ok := strings.Cut(text, ":")
	w := Weighing{For: severity.Reason(reason)}
	if to, is := strings.CutPrefix(move, "ei="); is {
		w.What, w.To = EI, to
	} else if to, is := strings.CutPrefix(move, "dpc"); is {
		w.What, w.To = DPC, to
	}
	if !ok || w.To == "" || w.check() != nil {
		return Weighing{}, errors.New("it moves neither DPC nor EI for a reason that there is")
	}
	return w, nil
}

// ParseTaken reads what is taken back: "malice", "dpc:volume", "ei".
func ParseTaken(text string) (Weighing, error) {
	what, reason, _ := strings.Cut(text, ":")
	w := Weighing{What: Point(what), For: severity.Reason(reason)}
	if w.String() != text || w.check() != nil {
		return Weighing{}, errors.New("it is none of what may be said of the severity")
	}
	return w, nil
}

func (w Weighing) check() error {
	switch w.What {
	case DPC, EI:
		if w.To == "" {
			if w.What == EI && w.For == "" || w.What == DPC && severity.Way(w.For) != 0 {
				return nil
			}
			return errors.New("takes back nothing that there can be")
		}
		a, err := w.adjustment("", Person{Account: "x"})
		if err != nil {
			return err
		}
		a.Note = "x" // the reason of an act is looked at with the act
		if _, err := severity.Assess(severity.Breach{}, []severity.Adjustment{a}); err != nil {
			return errors.New("moves a factor as it cannot be moved")
		}
		return nil
	}
	for _, p := range points {
		if p.what == w.What && w.For == "" && (w.To == "" || slices.Contains(p.as, w.To)) {
			return nil
		}
	}
	return errors.New("says nothing of the severity that there is to say")
}

// checkWeighs checks what one act says: something, and nothing twice.
func checkWeighs(all []Weighing) error {
	seen := map[string]bool{}
	for _, w := range all {
		if err := w.check(); err != nil {
			return err
		}
		if seen[w.key()] {
			return errors.New("says something twice")
		}
		seen[w.key()] = true
	}
	if len(all) == 0 {
		return errors.New("says nothing of the severity")
	}
	return nil
}

// adjustment is the weighing as the formula takes it.
func (w Weighing) adjustment(note string, who Person) (severity.Adjustment, error) {
	a := severity.Adjustment{Factor: string(w.What), Reason: w.For, Note: note, Who: who.String()}
	if w.What == EI {
		a.To = severity.Level(w.To)
		return a, nil
	}
	steps, err := strconv.Atoi(w.To)
	if err != nil || len(w.To) != 2 || w.To[0] != '+' && w.To[0] != '-' {
		return a, errors.New("moves DPC not by whole steps, as +1")
	}
	a.Steps = steps
	return a, nil
}

// Weighed is something that was said of the severity and stands.
type Weighed struct {
	Weighing

	Number int64     `json:"number"` // of the act
	Time   time.Time `json:"time"`
	Who    Person    `json:"who"`
	Reason string    `json:"reason"`
}

// weigh adds what an act says, in the place of what was said before.
func (c *Case) weigh(a Act) {
	for _, w := range a.Weighs {
		c.Weighed = slices.DeleteFunc(slices.Clone(c.Weighed), func(o Weighed) bool { return o.key() == w.key() })
		if w.To != "" {
			c.Weighed = append(c.Weighed, Weighed{Weighing: w, Number: a.Number, Time: a.Time, Who: a.Who, Reason: a.Reason})
		}
	}
}

// mayWeigh refuses what would say nothing, or that the formula does not take.
func (c *Case) mayWeigh(a Act) error {
	if strings.TrimSpace(a.Reason) == "" {
		return failure.New(failure.Usage, "Say why with --reason: an auditor, and you in a year, will ask.", "what is said of the severity needs a reason")
	}
	for _, w := range a.Weighs {
		if w.To == "" && !slices.ContainsFunc(c.Weighed, func(o Weighed) bool { return o.key() == w.key() }) {
			return failure.New(failure.Usage, fmt.Sprintf("\"constat case severity %s\" shows what is said.", c.ID), "nothing is said of %s that could be taken back", w.key())
		}
	}
	would := Case{Weighed: c.Weighed}
	would.weigh(a)
	if _, err := severity.Assess(would.Breach(severity.Breach{})); err != nil {
		return failure.New(failure.Usage, "Word the reason without values of people; see \"constat case severity --help\".", "the severity cannot be worked out so: %w", err)
	}
	return nil
}

// Breach adds to what an assessment knows of a breach what people said of it.
func (c *Case) Breach(b severity.Breach) (severity.Breach, []severity.Adjustment) {
	var adjustments []severity.Adjustment
	for _, w := range c.Weighed {
		yes := w.To == "yes"
		switch w.What {
		case Confidentiality:
			b.Confidentiality = severity.Extent(w.To)
		case Integrity:
			b.Integrity = severity.Extent(w.To)
		case Availability:
			b.Availability = severity.Extent(w.To)
		case Malice:
			b.Malice = &yes
		case Unintelligible:
			b.Unintelligible = yes
		case DPC, EI:
			if a, err := w.adjustment(w.Reason, w.Who); err == nil { // it was checked before it was kept
				adjustments = append(adjustments, a)
			}
		}
	}
	return b, adjustments
}
