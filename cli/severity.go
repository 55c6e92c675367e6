package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/desk/casefile"
	"constat.example/desk/report"
	"constat.example/desk/severity"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// Severity is how badly the breach of a case can hurt people, and what people said of it.
type Severity struct {
	Schema   string             `json:"schema"` // constat.severity/1
	Case     string             `json:"case"`
	Assessed bool               `json:"assessed"` // factors were filled from an assessment
	Said     []casefile.Weighed `json:"said"`     // by people, as it stands
	Seen     int64              `json:"seen"`     // number of the last act

	*severity.Assessment
}

func (a *app) caseSeverity() *cobra.Command {
	if a.services.Severity == nil || a.services.ActOnCase == nil {
		return nil
	}
	var (
		request             DeskRequest
		state, adjust, take []string
		lang                string
		asJSON              bool
	)
	cmd := &cobra.Command{
		Use:   "severity CASE [flags]",
		Short: "Score how badly the breach can hurt people",
		Long: `Score how badly a breach can hurt people, by ENISA's method of 2013: SE = DPC x EI +
CB. DPC (what data) and EI (how surely it names somebody) are filled from the case's
latest assessment. What no dump tells is stated by a person, with a reason:

  ` + strings.Join(casefile.Points(), "\n  ") + `

Of confidentiality, contained is known recipients, full unknown ones or published. Of
integrity and availability, contained can be mended, full cannot.

A factor is moved by a person, with a reason: --adjust dpc+1:volume by whole steps (up for
` + reasonNames(+1) + `; down for ` + reasonNames(-1) + `),
--adjust ei=maximum:context to one of ` + join(severity.Levels()) + `.
--take-back undoes either: malice, dpc:volume, ei. All of them are acts of the case.

The score decides nothing: whether a high risk is likely (article 34 GDPR), a person
decides ("constat case decide CASE people ..."). What speaks for it and against it is
laid out side by side.`,
		Example: `  constat case severity forum-2026-04
  constat case severity forum-2026-04 --state malice=yes --reason "offered for sale"
  constat case severity forum-2026-04 --adjust dpc+1:vulnerable --reason "minors"
  constat case severity forum-2026-04 --take-back dpc:vulnerable --reason "none"`,
		Args: between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			if err := checkLanguage(lang); err != nil {
				return err
			}
			request.Case, request.Act.Do = args[0], casefile.Weigh
			if request.Act.Weighs, err = weighings(state, adjust, take); err != nil {
				return err
			}
			switch said := len(request.Act.Weighs) > 0; {
			case said:
				if _, err := a.services.ActOnCase(cmd.Context(), request); err != nil {
					return err
				}
			case request.Act.Reason != "" || request.Seen != 0:
				return failure.New(failure.Usage, "Say what with --state, --adjust or --take-back.", "there is a reason and nothing that it is for")
			}
			found, err := a.services.Severity(cmd.Context(), CaseRequest{Common: request.Common, Case: request.Case})
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(found)
			}
			return a.print(func(w io.Writer) { severityView(w, found, lang, a.ui.outStyle, a.ui.columns) })
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&state, "state", nil, "state what no dump tells, as `WHAT=EXTENT`; may be repeated")
	flags.StringArrayVar(&adjust, "adjust", nil, "move a factor, as `FACTOR:REASON` (dpc+1:volume, ei=maximum:context); may be repeated")
	flags.StringArrayVar(&take, "take-back", nil, "take back what was said of `WHAT`; may be repeated")
	flags.StringVar(&request.Act.Reason, "reason", "", "why, as a short `text` that names nobody")
	flags.Int64Var(&request.Seen, "seen", 0, "refuse where somebody acted after the act of this `number`, as \"case show\" told it")
	langFlag(cmd, &lang)
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	complete(cmd, "state", cobra.FixedCompletions(casefile.Statements(), cobra.ShellCompDirectiveNoFileComp))
	a.acts(cmd)
	a.stored(cmd)
	return cmd
}

// langFlag gives cmd a flag of the language that it tells things in.
func langFlag(cmd *cobra.Command, lang *string) {
	cmd.Flags().StringVar(lang, "lang", "en", "`language` to tell it in: fr or en")
	complete(cmd, "lang", cobra.FixedCompletions(words.Languages, cobra.ShellCompDirectiveNoFileComp))
}

func checkLanguage(lang string) error {
	if !slices.Contains(words.Languages, lang) {
		return failure.New(failure.Usage, "Take fr or en.", "%q is no language for --lang", visible.Text(lang, 20))
	}
	return nil
}

// reasonNames are the reasons that move DPC up (+1) or down (-1).
func reasonNames(way int) string {
	return join(slices.DeleteFunc(severity.Reasons(), func(r severity.Reason) bool { return severity.Way(r) != way }))
}

// weighings read what is said of the severity.
func weighings(state, adjust, take []string) (all []casefile.Weighing, err error) {
	for _, read := range []struct {
		flag, hint string
		texts      []string
		parse      func(string) (casefile.Weighing, error)
	}{
		{"--state", "It is one of " + strings.Join(casefile.Statements(), ", ") + ".", state, casefile.ParseStatement},
		{"--adjust", "It is as dpc+1:volume, dpc-1:public or ei=maximum:context; \"constat case severity --help\" lists the reasons.", adjust, casefile.ParseAdjustment},
		{"--take-back", "It is as malice, dpc:volume or ei.", take, casefile.ParseTaken},
	} {
		for _, text := range read.texts {
			w, err := read.parse(text)
			if err != nil {
				return nil, failure.New(failure.Usage, read.hint, "%s %q: %w", read.flag, visible.Text(text, 60), err)
			}
			all = append(all, w)
		}
	}
	return all, nil
}

func severityView(w io.Writer, v *Severity, lang string, s style, columns int) {
	say := func(fr, en string) string { return words.Both{FR: fr, EN: en}.In(lang) }
	number := func(q severity.Quarters) string { return decimal(q.Value(), lang) }
	f := newFacts(s)
	f.add(say("dossier", "case"), visible.Text(v.Case, 64))
	f.add(say("gravité", "severity"), severityLine(v.Assessment, lang))
	if v.Band != "" {
		f.add(say("niveau CNIL", "CNIL level"), v.Level+say(" (proposé)", " (proposed)"))
		f.add(say("soit", "meaning"), v.Criterion.In(lang))
	}
	if !v.Assessed {
		f.add(say("examen", "assessment"), say("aucun : les types de données manquent", "none: the kinds of data are missing"))
	}
	f.write(w, "")

	fmt.Fprintf(w, "\n%s\n", s.bold("SE = DPC × EI + CB"))
	t := newGrid(s, left(""), right(""), left(say("pourquoi", "why")), left(say("par", "by")))
	factor := func(name string, x severity.Factor) {
		t.row(name, number(x.Filled), visible.Text(x.Why.In(lang), 300), say("les données", "the data"))
		for _, m := range x.Moved {
			t.row("", signed(m.By, lang), visible.Text(m.Words.In(lang)+say(" : ", ": ")+m.Note, 300), visible.Text(m.Who, 60))
		}
		if len(x.Moved) > 0 {
			t.row("", "= "+number(x.Score), beyondText(x, lang), "")
		}
	}
	factor("DPC", v.DPC)
	factor("EI", v.EI)
	for _, p := range v.CB {
		by := ""
		why := p.Words.In(lang)
		for _, x := range v.Said {
			if string(x.What) == p.Part {
				by = visible.Text(x.Who.String(), 60)
				why += say(" : ", ": ") + x.Reason
			}
		}
		t.row("CB", signed(p.Points, lang), visible.Text(why, 300), by)
	}
	t.write(w, "  ")
	for _, x := range v.Said {
		if !v.Assessed && (x.What == casefile.DPC || x.What == casefile.EI) {
			fmt.Fprintf(w, "  %s %s\n", say("Dit, et compté dès que des types de données sont établis :", "Said, and counted once kinds of data are established:"), visible.Text(x.Words().In(lang)+say(" : ", ": ")+x.Reason+" ("+x.Who.String()+")", 600))
		}
	}

	for _, x := range report.SeverityFlags(report.Language(lang), v.Assessment) {
		fmt.Fprintln(w, "  "+x)
	}
	fmt.Fprintf(w, "\n%s\n", s.bold(say("Un risque élevé est-il probable (article 34 du RGPD) ?", "Is a high risk likely (article 34 GDPR)?")))
	besides(w, argued(v.For, say("Pour", "For"), lang), argued(v.Against, say("Contre", "Against"), lang), columns-2)
	fmt.Fprintln(w)
	fold(w, "  ", "  ", v.Undecided.In(lang), columns)
}

// severityLine tells the score in one line: "2 × 1 + 1 = 3, high".
func severityLine(a *severity.Assessment, lang string) string {
	number := func(q severity.Quarters) string { return decimal(q.Value(), lang) }
	band := a.BandWords.In(lang)
	if a.SE != nil {
		return fmt.Sprintf("%s × %s + %s = %s, %s", number(a.DPC.Score), number(a.EI.Score), number(a.Circumstances()), number(*a.SE), band)
	}
	text := words.Both{FR: "entre %s et %s", EN: "between %s and %s"}.In(lang)
	text = fmt.Sprintf(text, number(a.Low), number(a.High))
	if band == "" {
		band = words.Both{FR: "indéterminée tant qu’il manque quelque chose", EN: "not told while something is missing"}.In(lang)
	}
	return text + ", " + band
}

func beyondText(f severity.Factor, lang string) string {
	if !f.Beyond {
		return ""
	}
	return words.Both{FR: "au-delà de l’échelle : dit, non compté", EN: "beyond the scale: told, not counted"}.In(lang)
}

// decimal writes a score in a language.
func decimal(x float64, lang string) string {
	text := fmt.Sprintf("%g", x)
	if lang == "fr" {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

func signed(q severity.Quarters, lang string) string {
	switch {
	case q > 0:
		return "+" + decimal(q.Value(), lang)
	case q < 0:
		return "−" + decimal(-q.Value(), lang)
	}
	return "0"
}

// argued words arguments under a heading.
func argued(all []severity.Argument, heading, lang string) []string {
	lines := []string{heading}
	for _, x := range all {
		lines = append(lines, "– "+x.Words.In(lang))
	}
	if len(all) == 0 {
		lines = append(lines, words.Both{FR: "– rien de ce qui est établi ou dit", EN: "– nothing that is established or said"}.In(lang))
	}
	return lines
}

// besides prints paragraphs in two columns.
func besides(w io.Writer, one, other []string, columns int) {
	width := max(24, (columns-3)/2)
	flow := func(all []string) (lines []string) {
		for _, text := range all {
			var b strings.Builder
			fold(&b, "", "  ", text, width)
			lines = append(lines, strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")...)
		}
		return lines
	}
	a, b := flow(one), flow(other)
	for i := range max(len(a), len(b)) {
		x, y := "", ""
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		pad := strings.Repeat(" ", max(0, width-len([]rune(x))))
		fmt.Fprintln(w, strings.TrimRight("  "+x+pad+"   "+y, " "))
	}
}

func caseSeverity(ctx context.Context, r CaseRequest) (*Severity, error) {
	b := r.bench()
	d, err := b.Desk(ctx, r.Case)
	if err != nil {
		return nil, err
	}
	found, err := b.Severity(ctx, r.Case)
	if err != nil {
		return nil, err
	}
	return &Severity{Schema: "constat.severity/1", Case: r.Case, Assessed: !slices.Contains(found.Missing, "kinds"), Said: orEmpty(d.Case.Weighed), Seen: d.Case.Seen, Assessment: found}, nil
}
