package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"constat.example/desk/casefile"
	"constat.example/desk/severity"
	"constat.example/internal/visible"
)

// panel is how badly a breach can hurt people, as it is shown.
type panel struct {
	S            *severity.Assessment
	Sum          string // "2 × 1 + 1 = 3"; "" while something is missing
	Score        string // "3", or "2.5 to 3.5"
	Band, Level  string
	Criterion    string
	Low, High    float64 // where the score stands on the scale, in hundredths
	Bands        []severityBand
	Rows         []severityRow
	Flags        []string
	For, Against []string
	Undecided    string
	Decided      *decided // what a person decided about article 34; nil for nothing yet
}

// severityBand is a stretch of the scale, in hundredths.
type severityBand struct {
	X, Width float64
	Name     string
	Class    string
}

// severityRow is one factor or part of the sum, or what moved it.
type severityRow struct {
	Name, Points, Why, Who string
	Total                  bool // what a factor comes to after it was moved
}

// mostSeverity is the most that a score can be: 4 × 1 + 4 × ½.
const mostSeverity = 24 // quarters

func scale(q severity.Quarters) float64 { return hundredths(100 * float64(q) / mostSeverity) }

func (l language) panel(c *Case) *panel {
	s := c.Severity
	p := &panel{
		S: s, Band: l.both(s.BandWords), Level: s.Level, Criterion: l.both(s.Criterion), Low: scale(s.Low), High: scale(s.High), Undecided: l.both(s.Undecided),
		Bands: []severityBand{
			{0, scale(8), l.T("faible", "low"), "low"},
			{scale(8), scale(4), l.T("moyenne", "medium"), "medium"},
			{scale(12), scale(4), l.T("élevée", "high"), "high"},
			{scale(16), scale(mostSeverity - 16), l.T("très élevée", "very high"), "very-high"},
		},
	}
	if s.SE != nil {
		p.Score = l.points(*s.SE)
		p.Sum = l.points(s.DPC.Score) + " × " + l.points(s.EI.Score) + " + " + l.points(s.Circumstances()) + " = " + p.Score
	} else {
		p.Score = l.T("entre %s et %s", "between %s and %s", l.points(s.Low), l.points(s.High))
	}
	p.factor(l, l.T("Données (DPC)", "Data (DPC)"), s.DPC)
	p.factor(l, l.T("Identification (EI)", "Identification (EI)"), s.EI)
	for _, part := range s.CB {
		row := severityRow{Name: upper(l.both(casefile.MissingWords(part.Part))) + " (CB)", Points: l.signed(part.Points), Why: l.both(part.Words)}
		for _, w := range c.State.Weighed {
			if string(w.What) == part.Part {
				row.Why += l.T(" ; motif : ", ", because: ") + visible.Text(w.Reason, casefile.LongestReason)
				row.Who = visible.Text(w.Who.String(), longest)
			}
		}
		p.Rows = append(p.Rows, row)
	}
	p.Flags = SeverityFlags(l, s)
	for _, x := range s.For {
		p.For = append(p.For, l.both(x.Words))
	}
	for _, x := range s.Against {
		p.Against = append(p.Against, l.both(x.Words))
	}
	if d := c.State.Current(casefile.People); d != nil {
		p.Decided = &decided{Choice: l.both(d.Choice.Words()), Who: visible.Text(d.Who.String(), longest), Why: visible.Text(d.Reason, casefile.LongestReason)}
	}
	return p
}

// SeverityFlags word what is flagged beside a score, and what it lacks.
func SeverityFlags(l Language, s *severity.Assessment) (all []string) {
	if s.Hundred {
		all = append(all, l.T("Plus de cent personnes : signalé, non compté.", "More than a hundred people: flagged, not scored."))
	}
	if s.Unintelligible {
		all = append(all, l.T("Données incompréhensibles pour qui les détient : signalé, non compté.", "Data unintelligible to whoever has it: flagged, not scored."))
	}
	if len(s.Missing) > 0 {
		names := make([]string, len(s.Missing))
		for i, m := range s.Missing {
			names[i] = l.both(casefile.MissingWords(m))
		}
		all = append(all, l.T("Il manque : %s.", "Missing: %s.", strings.Join(names, ", ")))
	}
	return all
}

func (p *panel) factor(l language, name string, f severity.Factor) {
	p.Rows = append(p.Rows, severityRow{Name: name, Points: l.points(f.Filled), Why: l.both(f.Why), Who: l.T("les données", "the data")})
	for _, m := range f.Moved {
		p.Rows = append(p.Rows, severityRow{Points: l.signed(m.By), Why: l.both(m.Words) + l.T(" ; motif : ", ", because: ") + visible.Text(m.Note, casefile.LongestReason), Who: visible.Text(m.Who, longest)})
	}
	if len(f.Moved) > 0 {
		why := ""
		if f.Beyond {
			why = l.T("au-delà de l’échelle : dit, non compté", "beyond the scale: told, not counted")
		}
		p.Rows = append(p.Rows, severityRow{Points: "= " + l.points(f.Score), Why: why, Total: true})
	}
}

// points writes a score.
func (l language) points(q severity.Quarters) string {
	decimals := 0
	switch {
	case q%4 == 0:
	case q%2 == 0:
		decimals = 1
	default:
		decimals = 2
	}
	return l.Dec(q.Value(), decimals)
}

func (l language) signed(q severity.Quarters) string {
	if q > 0 {
		return "+" + l.points(q)
	}
	return l.points(q)
}

// upper writes a text with a capital at its beginning.
func upper(text string) string {
	first, width := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[width:]
}
