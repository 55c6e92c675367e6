package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/desk/assessment"
	"constat.example/desk/report"
	"constat.example/desk/review"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

func (a *app) link() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "link COMMAND",
		Short: "See why a row is linked to a person, and decide doubtful rows",
		Long: `A link ties a row of the dump to a person of the register. Each has a
probability, worked out from what agrees and what does not. Here it is told what
makes it, and a person decides the rows that it leaves in doubt.

Rows are numbered from 1, over all files of the dump, as in the file that
"constat assess --links" writes.`,
		Example: `  constat link review forum-2026-04
  constat link explain forum-2026-04 812
  constat link decide forum-2026-04 812 same --reason other-given-name`,
	}, a.linkExplain(), a.linkReview(), a.linkDecide(), a.linkUndo())
}

func (a *app) linkExplain() *cobra.Command {
	if a.services.ExplainLink == nil {
		return nil
	}
	var (
		request         ExplainRequest
		asJSON          bool
		lang, passwords string
		limits          limits
	)
	cmd := &cobra.Command{
		Use:   "explain CASE ROW [flags]",
		Short: "Show what makes the probability of a row's link",
		Long: `Show why a row is linked to a person, or is not: the odds one starts from, what
each thing that agrees or differs adds to them or takes away, how common the very
value is, what people who are alike take off, and the probability that comes of
it. A bit doubles the odds.

No value of the row is shown, only what agrees and how. With --open the row is
read from the sealed originals and its cells are shown beside, on the terminal
only; who looked at which row is written in the chain of custody of the case
before.`,
		Example: `  constat link explain forum-2026-04 812
  constat link explain forum-2026-04 812 --lang fr
  constat link explain forum-2026-04 812 --open --as Jeanne`,
		Args: between(2, 2, "one case and the number of one row"),
		RunE: func(cmd *cobra.Command, args []string) error {
			language := report.Language(lang)
			if language != report.English && language != report.French {
				return failure.New(failure.Usage, "The languages are fr and en.", "there is no language %q", visible.Text(lang, 20))
			}
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			request.Case = args[0]
			if request.Row, err = rowNumber(args[1]); err != nil {
				return err
			}
			if passwords != "" {
				if request.Passwords, err = passwordFile(passwords); err != nil {
					return err
				}
			}
			found, err := a.services.ExplainLink(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(found)
			}
			return a.print(func(w io.Writer) { explanation(w, found, language, a.ui.outStyle) })
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.BoolVar(&request.Open, "open", false, "show what the row holds, in the clear; that you did is logged")
	flags.StringVar(&lang, "lang", "en", "`language` to tell it in: fr or en")
	flags.StringVar(&passwords, "password-file", "", "with --open, try the passwords in this `file` on archives that are encrypted")
	flags.BoolVar(&asJSON, "json", false, "print as JSON; with --open, values too")
	complete(cmd, "lang", cobra.FixedCompletions([]string{"fr", "en"}, cobra.ShellCompDirectiveNoFileComp))
	limits.flags(cmd)
	a.acts(cmd)
	return cmd
}

// rowNumber reads the number of a row.
func rowNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, failure.New(failure.Usage, "Rows are numbered from 1, over all files of the dump.", "%q is not the number of a row", visible.Text(text, 40))
	}
	return n, nil
}

// pageOfReview is how many rows a page of the review has, unless asked otherwise.
const pageOfReview = 20

func (a *app) linkReview() *cobra.Command {
	if a.services.ReviewLinks == nil {
		return nil
	}
	var (
		request         ReviewRequest
		decided, asJSON bool
		limits          limits
	)
	cmd := &cobra.Command{
		Use:   "review CASE [flags]",
		Short: "List the rows that a person should look at, and why",
		Long: `List the rows of a case that are in doubt: ambiguous ones, those that somebody
fits and not well enough to be linked, and linked ones whose probability is under
0.95. Rows that were decided are left out. Those with most at stake come first: by
the highest rank of sensitivity of what the row holds, then by how much it holds.

With --decided the decisions that stand are listed instead.`,
		Example: `  constat link review forum-2026-04
  constat link review forum-2026-04 --limit 50 --after 812
  constat link review forum-2026-04 --decided`,
		Args: between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			if request.Case = args[0]; request.Limit < 1 {
				return failure.New(failure.Usage, "Leave --limit out to see 20.", "--limit %d is no number of rows", request.Limit)
			}
			if request.After < 0 {
				return failure.New(failure.Usage, "Leave --after out to begin at the top.", "--after %d is not the number of a row", request.After)
			}
			list, err := a.services.ReviewLinks(cmd.Context(), request)
			if err != nil {
				return err
			}
			switch {
			case asJSON:
				return a.printJSON(list)
			case decided:
				return a.print(func(w io.Writer) { decisionTable(w, list, a.ui.outStyle) })
			}
			return a.print(func(w io.Writer) { reviewTable(w, list, request.Limit, a.ui.outStyle) })
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.IntVar(&request.Limit, "limit", pageOfReview, "list this `number` of rows at most")
	flags.Int64Var(&request.After, "after", 0, "begin after this `row`, the last of the page before")
	flags.BoolVar(&decided, "decided", false, "list the decisions that stand instead")
	flags.BoolVar(&asJSON, "json", false, "print as JSON, rows and decisions")
	limits.flags(cmd)
	return cmd
}

func reviewTable(w io.Writer, list *assessment.Review, limit int, s style) {
	switch {
	case list.Total == 0:
		fmt.Fprintln(w, "No row is left in doubt.")
	case len(list.Rows) == 0:
		fmt.Fprintln(w, "There is no row after that one.")
	default:
		t := newGrid(s, right("row"), left("stands"), right("probability"), left("stake"), left("why"))
		for _, r := range list.Rows {
			t.row(strconv.FormatInt(r.Row, 10), r.Verdict, probabilityIn(r.Probability, report.English), r.Stake, whyReviewed(r))
		}
		t.write(w, "")
		verb := "are"
		if list.Total == 1 {
			verb = "is"
		}
		fmt.Fprintf(w, "\n%s %s in doubt.", plural(list.Total, "row"), verb)
		if list.Next > 0 {
			fmt.Fprintf(w, " The next page: constat link review %s --limit %d --after %d", quoteArg(list.Case), limit, list.Next)
		}
		fmt.Fprintf(w, "\n\"constat link explain %s %d\" says more of a row, and \"constat link decide\" decides it.\n", quoteArg(list.Case), list.Rows[0].Row)
	}
	pending(w, list)
}

// pending says that decisions wait to be applied.
func pending(w io.Writer, list *assessment.Review) {
	if list.Pending > 0 {
		fmt.Fprintf(w, "\n%s made since the dump was assessed. To apply, assess it again as before: constat assess --case %s\n", plural(list.Pending, "decision"), quoteArg(list.Case))
	}
}

// whyReviewed says why a row should be looked at.
func whyReviewed(r assessment.ReviewRow) string {
	names := func(aspects []string) string {
		var words []string
		for _, x := range aspects {
			words = append(words, strings.ReplaceAll(x, "_", " "))
		}
		if n := len(words); n > 4 {
			words = append(words[:3], fmt.Sprintf("%d more", n-3))
		}
		if n := len(words); n > 1 {
			return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
		}
		return strings.Join(words, "")
	}
	switch r.Reason {
	case "alike":
		return fmt.Sprintf("%d people fit equally well, on %s", r.People, names(r.Agree))
	case "several":
		return fmt.Sprintf("%d people fit, one of them best, on %s", r.People, names(r.Agree))
	case "mixed":
		if len(r.Agree) == 0 {
			return names(r.Differ) + " differ"
		}
		return "agrees on " + names(r.Agree) + ", not on " + names(r.Differ)
	case "thin":
		return "only " + names(r.Agree) + " can be compared, and agree"
	case "kin":
		return "agrees on " + names(r.Agree) + ", as a relative’s would"
	}
	return "it is tied to a row that is not sure"
}

func decisionTable(w io.Writer, list *assessment.Review, s style) {
	if len(list.Decisions) == 0 {
		fmt.Fprintln(w, "No decision stands.")
	} else {
		t := newGrid(s, right(""), right("row"), left("decided"), left("state"), left("when (UTC)"), left("who"), left("because"))
		for _, d := range list.Decisions {
			state := "to be applied"
			switch {
			case d.Void != "":
				state = "void: " + visible.Text(d.Void, 60)
			case d.Applied:
				state = "applied"
			}
			t.row(strconv.FormatInt(d.Decision, 10), strconv.FormatInt(d.Row, 10), d.Act, state, visible.Text(d.When, 25), visible.Text(d.Who, 40), visible.Text(d.Reason, 100))
		}
		t.write(w, "")
	}
	pending(w, list)
}

func (a *app) linkDecide() *cobra.Command {
	if a.services.DecideLink == nil {
		return nil
	}
	var (
		request DecideRequest
		asJSON  bool
		limits  limits
	)
	cmd := &cobra.Command{
		Use:   "decide CASE ROW same|not|unknown --reason TEXT [flags]",
		Short: "Decide whose a row is, or is not",
		Long: `Decide that a row is a person's (same), that it is not theirs (not), or that
nobody can tell (unknown). Without --person it is about the person the row is
linked to, or its best candidate.

The decision is kept in the case with who, when and why, and is applied whenever
the dump is assessed again in this case: "same" links the row with probability 1,
"not" rules that person out and considers the next best, "unknown" keeps the row
ambiguous. A later decision about the row replaces it, and "constat link undo"
undoes it. It holds for this dump, and for no other.

The reason is kept as it is written: name nobody in it. One with five digits in a
row, or an @, is refused.`,
		Example: `  constat link decide forum-2026-04 812 same --reason other-given-name
  constat link decide forum-2026-04 812 not --person A1042 --reason twin
  constat link decide forum-2026-04 813 unknown --reason namesakes`,
		Args: between(3, 3, "one case, the number of one row, and same, not or unknown"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			request.Case, request.Answer = args[0], args[2]
			if request.Row, err = rowNumber(args[1]); err != nil {
				return err
			}
			if err := review.CheckReason(request.Reason); err != nil {
				return err
			}
			kept, err := a.services.DecideLink(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(kept)
			}
			return a.print(func(w io.Writer) {
				decisionFacts(w, kept, a.ui.outStyle)
				fmt.Fprintf(w, "\nTo apply, assess the dump again as before: constat assess --case %s\n", quoteArg(request.Case))
			})
		},
		ValidArgsFunction: a.decideArguments,
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Person, "person", "", "`record id` of the person it is about (default the best candidate)")
	flags.StringVar(&request.Reason, "reason", "", "why, as a short `text` without any value")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	limits.flags(cmd)
	a.acts(cmd)
	return cmd
}

// decideArguments completes the case, and after the row the answers.
func (a *app) decideArguments(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 2 {
		return []string{"same", "not", "unknown"}, cobra.ShellCompDirectiveNoFileComp
	}
	return a.caseArgument(cmd, args, word)
}

func decisionFacts(w io.Writer, d *assessment.RowDecision, s style) {
	f := newFacts(s)
	f.add("decision", strconv.FormatInt(d.Decision, 10))
	f.add("row", strconv.FormatInt(d.Row, 10))
	what := d.Act
	if d.Of > 0 {
		what = fmt.Sprintf("decision %d is undone", d.Of)
	}
	f.add("decided", what)
	if d.RecordID != "" {
		f.add("person", visible.Text(d.RecordID, 80))
	}
	f.add("by", visible.Text(d.Who, 80))
	f.add("because", visible.Text(d.Reason, 400))
	f.write(w, "")
}

func (a *app) linkUndo() *cobra.Command {
	if a.services.UndoDecision == nil {
		return nil
	}
	var (
		request UndoRequest
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "undo CASE [DECISION] --reason TEXT [flags]",
		Short: "Have a decision about a link stand no longer",
		Long: `Undo a decision, named by its number, or by its row with --row. Nothing is
erased: that it was made, and that it was undone, by whom and why, both stay in
the case. The next assessment does without it.`,
		Example: `  constat link undo forum-2026-04 3 --reason wrong-row
  constat link undo forum-2026-04 --row 812 --reason wrong-row`,
		Args: between(1, 2, "one case and the number of one decision"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.Case = args[0]
			if (len(args) == 2) == (request.Row != 0) || request.Row < 0 {
				return failure.New(failure.Usage, "Give the number of the decision, or the row with --row; \"constat link review CASE --decided\" shows both.", "it is not said which one decision is to be undone")
			}
			if len(args) == 2 {
				if request.Decision, err = strconv.ParseInt(args[1], 10, 64); err != nil || request.Decision < 1 {
					return failure.New(failure.Usage, "\"constat link review CASE --decided\" shows the numbers.", "%q is not the number of a decision", visible.Text(args[1], 40))
				}
			}
			undone, err := a.services.UndoDecision(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(undone)
			}
			return a.print(func(w io.Writer) { decisionFacts(w, undone, a.ui.outStyle) })
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.Int64Var(&request.Row, "row", 0, "undo the one decision about this `row`")
	flags.StringVar(&request.Reason, "reason", "", "why, as a short `text` without any value")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	return cmd
}
