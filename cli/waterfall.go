package cli

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"constat.example/desk/assessment"
	"constat.example/desk/report"
	"constat.example/internal/visible"
)

// Widths of a waterfall's columns; with the blanks between them it is 98 wide.
const (
	widthName = 22
	widthHow  = 38
	widthBits = 6
	widthBar  = 26
)

// explanation tells why a row is linked or not, as a waterfall of evidence.
func explanation(w io.Writer, x *assessment.Explanation, l report.Language, s style) {
	fmt.Fprintln(w, s.bold(verdictOf(x, l)))
	for _, line := range story(x, l) {
		fold(w, "  ", "  ", line, 98)
	}
	if len(x.Candidates) > 0 {
		best := x.Candidates[0]
		fmt.Fprintf(w, "\n%s\n", l.T("Ce qui concorde avec la fiche ", "What agrees with the record ")+s.bold(visible.Text(best.RecordID, 60)))
		waterfall(w, x, best.Waterfall, l, s)
	}
	if len(x.Candidates) > 1 {
		fmt.Fprintf(w, "\n%s\n", s.bold(l.T("Qui d’autre convient", "Who else fits")))
		for i, c := range x.Candidates[1:] {
			fold(w, fmt.Sprintf("  %d. ", i+2), "     ", rival(c, l), 98)
		}
		if x.Others > 0 {
			fmt.Fprintf(w, "  %s\n", l.T("et %s de plus, moins probables", "and %s more, less likely", l.Int(int64(x.Others))))
		}
	}
	if len(x.Cells) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.bold(l.T("Le reste de la ligne, qui n’est pas comparé", "The rest of the row, which is not compared")))
		f := newFacts(s)
		for _, c := range x.Cells {
			f.add(visible.Text(c.Column, 30), visible.Text(c.Text, 60))
		}
		f.write(w, "  ")
	}
}

// verdictOf is the finding in one sentence.
func verdictOf(x *assessment.Explanation, l report.Language) string {
	row, id, p := l.Int(x.Row), "", probabilityIn(x.Probability, l)
	if len(x.Candidates) > 0 {
		id = visible.Text(x.Candidates[0].RecordID, 60)
	}
	for _, d := range x.Decisions {
		if d.Applied && d.Act == "same" {
			return l.T("Ligne %s : rattachée à la fiche %s, par décision d’une personne.", "Row %s: linked to the record %s, by decision of a person.", row, visible.Text(d.RecordID, 60))
		}
	}
	switch {
	case x.Tie != nil:
		return l.T("Ligne %s : rattachée à la fiche %s, avec une probabilité de %s.", "Row %s: linked to the record %s, with a probability of %s.", row, visible.Text(x.Tie.RecordID, 60), p)
	case x.Verdict == "linked":
		return l.T("Ligne %s : rattachée à la fiche %s, avec une probabilité de %s.", "Row %s: linked to the record %s, with a probability of %s.", row, id, p)
	case x.Verdict == "ambiguous":
		return l.T("Ligne %s : ambiguë. La fiche la plus probable l’est à %s.", "Row %s: ambiguous. The likeliest record has a probability of %s.", row, p)
	case len(x.Candidates) == 0:
		return l.T("Ligne %s : non rattachée. Personne du registre ne lui ressemble.", "Row %s: not linked. Nobody in the register is like it.", row)
	}
	return l.T("Ligne %s : non rattachée. La fiche la plus probable l’est à %s.", "Row %s: not linked. The likeliest record has a probability of %s.", row, p)
}

// story is what else must be known to understand the verdict.
func story(x *assessment.Explanation, l report.Language) (lines []string) {
	end := func(t assessment.TieEnd) string {
		return visible.Text(t.Table, 40) + "." + visible.Text(t.Column, 40)
	}
	if t := x.Tie; t != nil {
		lines = append(lines, l.T("Elle désigne par %s la ligne %s, et en a pris la personne.", "It names by %s the row %s, and took that row’s person.", end(t.TieEnd), l.Int(t.Row)))
	}
	if x.Against != nil {
		lines = append(lines, l.T("Par %s elle désigne une ligne de quelqu’un d’autre ; cet indice pèse moins.", "By %s it names a row of somebody else; that weighed less.", end(*x.Against)))
	}
	if x.Aside {
		lines = append(lines, l.T("Ses propres indices ont été écartés : le lien avec une autre ligne, ou un simple numéro qui concorde, ne le permet pas.",
			"Its own evidence was set aside: it is tied to a row of somebody else, or nothing agrees but a number."))
	}
	for _, d := range x.Decisions {
		what := map[string]string{
			"same":    l.T("c’est cette personne", "it is that person"),
			"not":     l.T("ce n’est pas cette personne", "it is not that person"),
			"unknown": l.T("on ne peut pas le dire", "nobody can tell"),
		}[d.Act]
		about := ""
		if d.RecordID != "" {
			about = " (" + visible.Text(d.RecordID, 60) + ")"
		}
		waits := ""
		if !d.Applied {
			waits = l.T(" Elle s’appliquera à la prochaine évaluation.", " It will be applied by the next assessment.")
		}
		lines = append(lines, l.T("Décision %s de %s : %s%s, car « %s ».", "Decision %s, by %s: %s%s, because “%s”.", l.Int(d.Decision), visible.Text(d.Who, 60), what, about, visible.Text(d.Reason, 200))+waits)
	}
	return lines
}

// probabilityIn writes a probability with the six decimals that links have.
func probabilityIn(p float64, l report.Language) string { return l.Dec(p, 6) }

// fallLine is a line of a waterfall.
type fallLine struct {
	name, how string
	bits      float64
	whole     bool // the bar begins at nothing
	cells     []string
}

func waterfall(w io.Writer, x *assessment.Explanation, f assessment.Waterfall, l report.Language, s style) {
	lines := []fallLine{{
		name: l.T("au départ", "to begin with"), whole: true, bits: f.Start,
		how: l.T("une paire quelconque, %s", "any row and record, %s", l.Rate(1/(1+math.Exp2(-f.Start)))),
	}, {
		name: l.T("au registre", "in the register"), bits: f.Present,
		how: l.T("attendues : %s des lignes", "%s of rows are expected to be", l.Percent(x.Expected, 0)),
	}}
	var missing []string
	for _, e := range f.Evidence {
		name := l.Aspect(e.Aspect)
		if e.Level == "" {
			missing = append(missing, lowerFirst(name))
			continue
		}
		lines = append(lines, fallLine{name: name, how: how(e, x.People, l), bits: e.Bits, cells: e.Cells})
	}
	for _, more := range []struct {
		name, how string
		bits      float64
	}{
		{l.T("numéros", "numbers"), l.T("jusqu’où ils sont ceux du registre", "how far they are the register’s own"), f.Shown},
		{l.T("proches", "relatives"), l.T("un foyer ou un jumeau l’expliquerait", "a household or a twin would explain it"), f.Relatives},
		{l.T("rivaux", "rivals"), l.T("d’autres conviennent aussi", "others fit too"), f.Rivals},
	} {
		if math.Abs(more.bits) >= 0.05 {
			lines = append(lines, fallLine{name: more.name, how: more.how, bits: more.bits})
		}
	}
	lines = append(lines, fallLine{name: l.T("en tout", "all in all"), how: l.T("probabilité %s", "probability %s", probabilityIn(f.Probability, l)), bits: f.Total, whole: true})

	low, high, at := 0.0, 0.0, 0.0
	for _, line := range lines {
		if line.whole {
			at = 0
		}
		at += line.bits
		low, high = min(low, at), max(high, at)
	}
	scale := float64(2*widthBar-2) / max(high-low, 1e-9)
	place := func(bits float64) int { return int(math.Round((bits - low) * scale)) }
	fmt.Fprintf(w, "  %s %s %s\n", pad("", widthName, false), pad("", widthHow, false), s.dim(pad("bits", widthBits, true)))
	at = 0
	for i, line := range lines {
		from := at
		if line.whole {
			from = 0
		}
		at = from + line.bits
		drawn := stretch(place(from), place(at), place(0))
		colour := s.cyan
		if line.bits < 0 {
			colour = s.red
		}
		bits := l.Dec(line.bits, 1)
		if line.bits >= 0.05 {
			bits = "+" + bits
		}
		name := pad(cut(line.name, widthName), widthName, false)
		if i == len(lines)-1 {
			name = s.bold(name)
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %s %s %s  %s", name, pad(cut(line.how, widthHow), widthHow, false), pad(bits, widthBits, true), colour(drawn)), " "))
		for _, cell := range line.cells {
			fmt.Fprintf(w, "  %s %s\n", pad("", widthName, false), s.dim("› ")+visible.Text(cell, 70))
		}
	}
	if len(missing) > 0 {
		fold(w, "  ", "  ", l.T("Absents d’un côté ou de l’autre : ", "Missing on one side or the other: ")+strings.Join(missing, ", ")+".", 98)
	}
}

// how says how an aspect agrees, and how common that is.
func how(e assessment.Evidence, people int64, l report.Language) string {
	text := l.Level(e.Level)
	if at := strings.Index(text, " ("); at > 0 {
		text = text[:at] // what is in brackets explains the word where there is room
	}
	if e.Stale {
		text += l.T(" (antérieur)", " (earlier)")
	}
	switch {
	case e.Told:
		text += l.T(", un autre le dit déjà", ", another tells it already")
	case !e.Exact:
	case e.Chance*float64(people) < 1:
		text += l.T(", personne d’autre", ", nobody else has it")
	default:
		text += ", " + l.Rate(e.Chance)
	}
	return text
}

// rival says in a line on what somebody else agrees.
func rival(c assessment.Candidate, l report.Language) string {
	var agree, differ []string
	for _, e := range c.Evidence {
		name := lowerFirst(l.Aspect(e.Aspect))
		switch e.Level {
		case "":
		case "differs":
			differ = append(differ, name)
		default:
			agree = append(agree, name)
		}
	}
	text := fmt.Sprintf("%s, %s", visible.Text(c.RecordID, 60), l.T("probabilité %s", "probability %s", probabilityIn(c.Probability, l)))
	if len(agree) > 0 {
		text += l.T(" ; concordent : ", "; agree: ") + strings.Join(agree, ", ")
	}
	if len(differ) > 0 {
		text += l.T(" ; diffèrent : ", "; differ: ") + strings.Join(differ, ", ")
	}
	return text
}

// stretch draws what lies between two places, in halves of a cell, with a mark where
// the odds are even.
func stretch(from, to, even int) string {
	from, to = min(from, to), max(from, to)
	if from == to {
		to++
	}
	var b strings.Builder
	for cell := range widthBar {
		left := 2*cell >= from && 2*cell < to
		right := 2*cell+1 >= from && 2*cell+1 < to
		switch {
		case left && right:
			b.WriteRune('█')
		case left:
			b.WriteRune('▌')
		case right:
			b.WriteRune('▐')
		case even/2 == cell:
			b.WriteRune('│')
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func pad(text string, width int, right bool) string {
	blanks := strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
	if right {
		return blanks + text
	}
	return text + blanks
}
