package score

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/trace"
	"constat.example/desk/assessment"
	"constat.example/scenario"
)

// Evidence is what the logs of a drill hold of its thief.
type Evidence string

// Evidences.
const (
	Records   Evidence = "records"       // whose records guilty accounts got
	Numbers   Evidence = "numbers"       // how many
	Statement Evidence = "a statement"   // that somebody ran one, and not what it gave
	Elsewhere Evidence = "nothing"       // the theft is not in these logs
	NoTheft   Evidence = "nobody to find" // nothing was copied from the register that the logs are of
)

// Traced is what a trace said, beside what is true of the drill.
type Traced struct {
	Kind string
	Seed uint64
	Is   Evidence

	// Right: where the logs hold records or numbers, as many suspects as there are guilty
	// accounts, and they, come first. Of a statement: the blind spots name who ran it, and
	// nobody innocent is likelier than not. Else: nobody is.
	Right    bool
	Likely   bool // as Right, and every guilty account is likelier than not
	Innocent bool // an account that did nothing comes first, and is likelier than not
	Leaked   int64
	Said     string // the first few suspects, or why there are none
	True     string // the guilty accounts
}

// likely is from where on somebody is more likely than not.
const likely = 0.5

// Trace holds a trace to the truth of its drill, which must have logs.
func Trace(truth *scenario.Truth, a *assessment.Assessment) Traced {
	t := truth.Access
	s := Traced{Kind: truth.Kind, Seed: truth.Seed, Is: evidence(t), Leaked: a.Trace.Leaked}
	var names []string
	for _, g := range t.Guilty {
		names = append(names, g.Account)
	}
	guilty := func(x assessment.Suspect) bool { return t.InLogs && slices.Contains(names, x.Account) }
	s.True = cmp.Or(strings.Join(names, ", "), "nobody")
	if s.Is == Elsewhere || s.Is == NoTheft {
		s.True = "not in these logs"
	}
	s.Said = said(a)
	s.Innocent = len(a.Suspects) > 0 && a.Suspects[0].Likelihood > likely && !guilty(a.Suspects[0])
	switch s.Is {
	case Records, Numbers:
		first := a.Suspects[:min(len(a.Suspects), len(t.Guilty))]
		s.Right = len(first) == len(t.Guilty)
		for _, x := range first {
			s.Right = s.Right && guilty(x)
		}
		s.Likely = s.Right && first[len(first)-1].Likelihood > likely
	case Statement:
		s.Right = !s.Innocent && slices.ContainsFunc(a.Trace.BlindSpots, func(b assessment.BlindSpot) bool {
			return b.Code == trace.BulkStatement && slices.ContainsFunc(b.Accounts, func(n string) bool { return slices.Contains(names, n) })
		})
		s.Likely = s.Right
	default:
		s.Right = len(a.Suspects) == 0 || a.Suspects[0].Likelihood <= likely
		s.Likely = s.Right
	}
	return s
}

func evidence(t *scenario.TruthAccess) Evidence {
	switch {
	case t.How == scenario.WayNone:
		return NoTheft
	case !t.InLogs:
		return Elsewhere
	case t.Named:
		return Records
	case t.How == scenario.WayCounts || t.How == scenario.WayExport:
		return Numbers
	}
	return Statement
}

// said is the first few suspects.
func said(a *assessment.Assessment) string {
	if a.Trace.Refused != "" {
		return "refused: " + a.Trace.Refused
	}
	var all []string
	for _, x := range a.Suspects[:min(len(a.Suspects), 4)] {
		all = append(all, fmt.Sprintf("%s %.0f %%", x.Account, 100*x.Likelihood))
	}
	return cmp.Or(strings.Join(all, ", "), "nobody")
}

func (s Traced) String() string {
	mark := ""
	switch {
	case s.Innocent:
		mark = " INNOCENT"
	case !s.Right:
		mark = " NOT RIGHT"
	case !s.Likely:
		mark = " UNLIKELY"
	}
	return fmt.Sprintf("%d %-12s %-14s%s: %s; %s true, %d leaked;", s.Seed, s.Kind, s.Is, mark, s.Said, s.True, s.Leaked)
}

// TraceFigures are what many drills show, as Markdown.
func TraceFigures(all []Traced) string {
	var b strings.Builder
	b.WriteString("| the logs hold | drills | right | and likelier than not | an innocent first, likelier than not |\n|---|--:|--:|--:|--:|\n")
	row := func(name string, of func(Traced) bool) {
		n, right, sure, innocent := 0, 0, 0, 0
		for _, s := range all {
			if !of(s) {
				continue
			}
			n++
			for _, c := range []struct {
				yes bool
				to  *int
			}{{s.Right, &right}, {s.Likely, &sure}, {s.Innocent, &innocent}} {
				if c.yes {
					*c.to++
				}
			}
		}
		if n > 0 {
			fmt.Fprintf(&b, "| %s | %d | %s | %s | %d |\n", name, n, part(right, n), part(sure, n), innocent)
		}
	}
	for _, is := range []Evidence{Records, Numbers, Statement, Elsewhere, NoTheft} {
		row(string(is), func(s Traced) bool { return s.Is == is })
	}
	row("all", func(Traced) bool { return true })
	b.WriteString("\n| kind | drills | right | and likelier than not | an innocent first, likelier than not |\n|---|--:|--:|--:|--:|\n")
	var kinds []string
	for _, s := range all {
		if !slices.Contains(kinds, s.Kind) {
			kinds = append(kinds, s.Kind)
			row(s.Kind, func(x Traced) bool { return x.Kind == s.Kind })
		}
	}
	return b.String()
}

// traced checks what a trace said, where the drill has logs and was traced.
func (v *Outcome) traced(a *assessment.Assessment, t *scenario.Truth) {
	if t.Access == nil || a.Trace.Refused == assessment.NotTraced || len(a.Trace.Logs) == 0 {
		return
	}
	s := Trace(t, a)
	name := "suspected first"
	if s.Is == Statement {
		name = "who ran the statement stands among the blind spots"
	}
	v.statement(name, s.Said, s.True, s.Right, "")
	v.statement("no innocent account is suspected first", s.Said, s.True, !s.Innocent, "")
}
