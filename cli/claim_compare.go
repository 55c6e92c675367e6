package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/assessment"
	"constat.example/desk/report"
	"constat.example/internal/visible"
)

func (a *app) claimCompare() *cobra.Command {
	if a.services.CompareClaims == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare CASE [flags]",
		Short: "Put what is claimed beside what is established",
		Long: `Put each claim of a case beside what its latest assessment established: how many,
which fields, by when; and tell each time that what is established changed, what
moved and when. Nothing is assessed anew.

A count agrees with a claim as far as the claim is precise: "19 million" is anything
from 18.5 to 19.5. A field is confirmed where people of the register are found with
it, of nobody where a column holds it and nobody of the register is found, not
judged where no kind of data goes by the word.`,
		Example: `  constat claim compare forum-2026-04
  constat claim compare forum-2026-04 --json`,
		Args: between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			found, err := a.services.CompareClaims(cmd.Context(), CaseRequest{Common: common, Case: args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(found)
			}
			return a.print(func(w io.Writer) { comparison(w, found, common.Now(), a.ui.outStyle) })
		},
		ValidArgsFunction: a.caseArgument,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func comparison(w io.Writer, c *ClaimComparison, now time.Time, s style) {
	if len(c.Claims) == 0 {
		fmt.Fprintln(w, "The case has no claim.")
	}
	if !c.Assessed {
		fmt.Fprintf(w, "Nothing is established yet:  constat assess DUMP --case %s\n\n", quoteArg(c.Case))
	}
	for i, x := range c.Claims {
		if i > 0 {
			fmt.Fprintln(w)
		}
		claimBeside(w, x, now, s)
	}
	if len(c.Changes) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.bold("What was established, each time it changed"))
		t := newGrid(s, left("when (UTC)"), left("by"), left("what"))
		for _, x := range c.Changes {
			t.row(x.Time.UTC().Format(time.DateTime), visible.Text(x.Who, 40), changeText(x))
		}
		t.write(w, "  ")
	}
}

// claimBeside draws one claim beside what is established.
func claimBeside(w io.Writer, c assessment.Claim, now time.Time, s style) {
	title := fmt.Sprintf("Claim %d: %s", c.Number, either(visible.Text(c.Source, 60), "source not said"))
	if c.FirstSeen != nil {
		title += ", seen " + day(*c.FirstSeen)
	}
	switch {
	case c.CorrectedBy > 0:
		title += fmt.Sprintf(" (corrected by claim %d)", c.CorrectedBy)
	case c.Against:
		title += " (the assessment is held against it)"
	}
	fmt.Fprintln(w, s.bold(title))
	t := newGrid(s, left(""), left("claimed"), left("established"), left(""))
	if c.Count != nil && len(c.Counts) == 0 {
		t.row("how many", claimedCount(c.Count, c.Unit), "–", "")
	}
	for i, n := range c.Counts {
		claimed := claimedCount(c.Count, c.Unit)
		if i > 0 {
			claimed = ""
		}
		found := count(n.Established) + " " + n.Of
		if n.Low != nil && n.High != nil {
			found += fmt.Sprintf(" (%s to %s)", count(*n.Low), count(*n.High))
		}
		t.row(map[bool]string{true: "how many", false: ""}[i == 0], claimed, found, countStates[n.State])
	}
	for i, f := range c.Fields {
		found := fieldStates[f.State]
		if f.State == assessment.FieldConfirmed {
			found = fmt.Sprintf("%s, of %s", found, people(f.People))
		}
		t.row(map[bool]string{true: "fields", false: ""}[i == 0], visible.Text(f.Field, 40), found, "")
	}
	for i, k := range c.Unclaimed {
		t.row(map[bool]string{true: "and found", false: ""}[i == 0], "–", fmt.Sprintf("%s, of %s", k.Kind.Label("en"), people(k.People)), "not claimed")
	}
	for _, x := range [][2]string{{"price", c.Price}, {"ransom", c.Ransom}} {
		if x[1] != "" {
			t.row(x[0], visible.Text(x[1], 40), "", "")
		}
	}
	if c.Deadline != "" {
		t.row("deadline", visible.Text(c.Deadline, 40), deadlineText(c, now), "")
	}
	for i, x := range c.Samples {
		t.row(map[bool]string{true: "samples", false: ""}[i == 0], sampleFact(ClaimSample{x.What, x.Rows, x.SHA256}), "", "")
	}
	t.write(w, "  ")
}

func deadlineText(c assessment.Claim, now time.Time) string {
	if c.DeadlineAt == nil {
		return "no time can be told from it"
	}
	at, err := time.Parse(time.RFC3339, *c.DeadlineAt)
	if err != nil {
		return ""
	}
	if at.After(now) {
		return "ends " + instant(at)
	}
	return "passed " + instant(at)
}

var countStates = map[string]string{
	assessment.CountAgrees: "as claimed",
	assessment.CountFewer:  "fewer, in the files at hand",
	assessment.CountMore:   "more",
}

var fieldStates = map[string]string{
	assessment.FieldConfirmed:   "confirmed",
	assessment.FieldOfNobody:    "in the files, of nobody of the register",
	assessment.FieldNotFound:    "not found",
	assessment.FieldNotAssessed: "–",
	assessment.FieldNotJudged:   "not judged: no kind of data goes by this word",
}

// changeText tells what moved, in one line.
func changeText(c EstablishedChange) string {
	if len(c.Moved) == 0 {
		text := fmt.Sprintf("first assessment: %s, %s, %s", classWord(c.Facts.Class), people(c.Facts.People), plural(c.Facts.Rows, "row"))
		if c.Facts.Claim > 0 {
			text += fmt.Sprintf(", against claim %d", c.Facts.Claim)
		}
		return text
	}
	var all []string
	for _, m := range c.Moved {
		all = append(all, report.Move(report.English, m, count))
	}
	return strings.Join(all, "; ")
}

func classWord(class string) string { return report.English.Class(class) }
