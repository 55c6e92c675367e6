package report

import (
	"cmp"
	"slices"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
)

// CaseRow is one case as the page of all tells it.
type CaseRow struct {
	State  *casefile.Case
	Opened time.Time
	People *int64         // of the register, found exposed; nil where nothing was assessed
	Clock  *deadline.Case // nil: nobody said yet whose duties there are, or it is closed
	Duties []deadline.Duty
	Alarms int64 // of the watch
}

// casesPage is the page of all cases in one language.
type casesPage struct {
	language
	Marked *marked // as the strictest of them; nil for none
	At     *instant
	Rows   []shownCase
	Late   int64 // cases with a duty that is overdue
	Wait   int64 // decisions that wait for a second yes
}

// shownCase is a case in one row.
type shownCase struct {
	Marked marked
	Opened *instant
	People *int64
	Alarms int64
	Next   *nextDuty
	Bar    *dutyBar
	More   int64 // duties that press besides
	Waits  []string
	Clock  string // why there is none
}

func newCasesPage(l language, cases []CaseRow, at time.Time) casesPage {
	p := casesPage{language: l, At: l.moment(at, time.UTC)}
	cases = slices.Clone(cases)
	slices.SortStableFunc(cases, func(a, b CaseRow) int {
		x, y := deadline.Pressing(a.Duties), deadline.Pressing(b.Duties)
		switch {
		case len(x) > 0 && len(y) > 0:
			return cmp.Or(x[0].Due.Compare(*y[0].Due), cmp.Compare(a.State.ID, b.State.ID))
		case len(x) > 0:
			return -1
		case len(y) > 0:
			return 1
		}
		return cmp.Or(cmp.Compare(over(a), over(b)), cmp.Compare(a.State.ID, b.State.ID))
	})
	for _, c := range cases {
		shown := shownCase{Marked: l.marked(c.State), Opened: l.moment(c.Opened, zoneOf(c.Clock)), People: c.People, Alarms: c.Alarms}
		for _, d := range c.State.Waiting() {
			shown.Waits = append(shown.Waits, l.both(d.Subject.Words())+l.T(" : ", ": ")+l.both(d.Choice.Words()))
		}
		p.Wait += int64(len(shown.Waits))
		switch {
		case shown.Marked.State != "open":
			shown.Clock = l.T("plus d’horloge", "no clock any more")
		case c.Clock == nil:
			shown.Clock = l.T("personne n’a encore dit qui doit informer qui", "nobody said yet who has to tell whom")
		default:
			shown.Clock = l.T("aucune échéance à heure fixe ne court", "no deadline with a set time runs")
			if pressing := deadline.Pressing(c.Duties); len(pressing) > 0 {
				var others []nextDuty
				shown.Next, others = l.next(c.Clock, c.Duties)
				shown.More = int64(len(others))
				shown.Bar = l.dutyBar(pressing[0], at, l.dutyRow(pressing[0], at))
				if shown.Next.Overdue {
					p.Late++
				}
			}
		}
		p.Rows = append(p.Rows, shown)
		p.mark(shown.Marked)
	}
	return p
}

// mark marks the page at least as strictly as a case on it.
func (p *casesPage) mark(m marked) {
	if p.Marked == nil {
		p.Marked = &m
		return
	}
	if slices.Index(casefile.TLPs(), casefile.TLP(m.TLP)) < slices.Index(casefile.TLPs(), casefile.TLP(p.Marked.TLP)) {
		p.Marked.TLP, p.Marked.Colour = m.TLP, m.Colour
	}
	if slices.Index(casefile.PAPs(), casefile.PAP(m.PAP)) < slices.Index(casefile.PAPs(), casefile.PAP(p.Marked.PAP)) {
		p.Marked.PAP = m.PAP
	}
}

// over is 1 of a case that is closed.
func over(c CaseRow) int {
	if c.State.Closed() {
		return 1
	}
	return 0
}
