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
	Records   Evidence = "records"        // whose records guilty accounts got
	Numbers   Evidence = "numbers"        // how many
	Statement Evidence = "a statement"    // that somebody ran one, and not what it gave
	Elsewhere Evidence = "nothing"        // the theft is not in these logs
	NoTheft   Evidence = "nobody to find" // nothing was copied from the register that the logs are of
)

// Traced is what a trace said, beside what is true of the drill.
type Traced struct {
	Kind string
	Seed uint64
	Is   Evidence

	// Right: where the logs hold records, as many suspects as there are guilty accounts, and
	// they, come first. Where they hold numbers or a statement: so it is, or a blind spot
	// names the guilty account and nobody innocent is likelier than not. Else: nobody is
	// likelier than not.
	Right    bool
	Likely   bool // the suspects who come first are the guilty accounts, and likelier than not; else as Right
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
	first := a.Suspects[:min(len(a.Suspects), len(t.Guilty))]
	foremost := len(first) == len(t.Guilty) && !slices.ContainsFunc(first, func(x assessment.Suspect) bool { return !guilty(x) })
	spotted := slices.ContainsFunc(a.Trace.BlindSpots, func(b assessment.BlindSpot) bool {
		return (b.Code == trace.BulkStatement || b.Code == trace.CountsOnly) && slices.ContainsFunc(b.Accounts, func(n string) bool { return slices.Contains(names, n) })
	})
	switch s.Is {
	case Records:
		s.Right = foremost
		s.Likely = foremost && first[len(first)-1].Likelihood > likely
	case Numbers:
		s.Right = foremost || spotted && !s.Innocent
		s.Likely = foremost && first[len(first)-1].Likelihood > likely
	case Statement:
		s.Right = spotted && !s.Innocent
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
