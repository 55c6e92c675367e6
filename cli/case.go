package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/blind/watch"
	"constat.example/desk/alarm"
	"constat.example/desk/casefile"
	"constat.example/desk/evidence"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

func (a *app) cases() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "case COMMAND",
		Short: "See what a case holds, decide, and see who did what",
		Long: `A case is the file of one incident: its claims, its assessment, the originals that
were assessed, each sealed as it was received, and what people decided about it.
The chain of custody tells who received, read, verified or discarded which
original; decisions tell who decided what, why, and who said the second yes where
one is needed ("constat help roles").`,
		Example: `  constat case list
  constat case show forum-2026-04
  constat case deadlines forum-2026-04 --event aware=2026-04-20T12:17
  constat case decide forum-2026-04 authority notify --reason "people are at risk"`,
	}, a.caseOpen(), a.caseList(), a.caseShow(), a.casePage(), a.caseTimeline(), a.caseDeadlines(), a.caseRemind(), a.caseSeverity(), a.caseMark(), a.caseDecide(), a.caseAnswers(), a.caseAnswer(casefile.Approve), a.caseAnswer(casefile.Reject), a.caseAnswer(casefile.Withdraw),
		a.caseEnd(casefile.Close), a.caseEnd(casefile.Reopen), a.caseDestroy(), a.caseDiscard())
}

func (a *app) caseList() *cobra.Command {
	if a.services.ListCases == nil {
		return nil
	}
	var (
		page   PageRequest
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List the cases",
		Long: `List the cases of the home: when each was opened, how many originals and claims
it holds, and how many people of the register its assessment found exposed. With
--page they are drawn as a page, the most pressing first, each with its clock and
what waits for a second yes.`,
		Example: `  constat case list
  constat case list --json`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if page.File != "" {
				return a.drawPage(cmd.Context(), page)
			}
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			cases, err := a.services.ListCases(cmd.Context(), common)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(orEmpty(cases))
			case len(cases) == 0:
				a.ui.say("there is no case yet; \"constat assess\" and \"constat claim add\" open one")
				return nil
			}
			return a.print(func(w io.Writer) { caseTable(w, cases, a.ui.outStyle) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	if a.services.CasePage != nil {
		cmd.Flags().StringVar(&page.File, "page", "", "draw the cases as a page, into this `file`")
		cmd.Flags().StringVar(&page.Lang, "lang", "en", "`language` that the page shows first: fr or en")
		cmd.MarkFlagsMutuallyExclusive("page", "json")
	}
	a.stored(cmd)
	return cmd
}

func caseTable(w io.Writer, cases []CaseSummary, s style) {
	columns := []head{left("case"), left("opened"), right("originals"), right("size"), right("claims"), right("people exposed")}
	watched := slices.ContainsFunc(cases, func(c CaseSummary) bool { return c.Alarms > 0 })
	if watched {
		columns = append(columns, right("alarms"))
	}
	decided := slices.ContainsFunc(cases, func(c CaseSummary) bool { return c.State != "" })
	if decided {
		columns = append(columns, left("stands"), left("next deadline"))
	}
	t := newGrid(s, columns...)
	for _, c := range cases {
		exposed := "not assessed"
		if c.People != nil {
			exposed = count(*c.People)
		}
		cells := []string{visible.Text(c.ID, 64), moment(c.Opened), count(c.Originals), size(c.Bytes), count(c.Claims), exposed}
		if watched {
			cells = append(cells, count(c.Alarms))
		}
		if decided {
			stands := either(c.State, "open")
			if stands == "open" {
				stands = either(c.Standing, "open")
			}
			cells = append(cells, stands, nextText(c.Next, s))
		}
		t.row(cells...)
	}
	t.write(w, "")
}

func (a *app) caseShow() *cobra.Command {
	if a.services.ShowCase == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show CASE [flags]",
		Short: "Show what a case holds, with its chain of custody",
		Long: `Show the claims and the assessment of a case, the originals it holds, with who
sealed each and when, and the chain of custody in order.

Each line of the chain carries the SHA-256 of the line before, so that a line
changed or taken out shows. Lines cut off its end do not: note the last SHA-256
elsewhere, and compare. "constat verify" reads the originals too.`,
		Annotations: clockShown,
		Example: `  constat case show forum-2026-04
  constat case show forum-2026-04 --json`,
		Args: between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			view, err := a.services.ShowCase(cmd.Context(), CaseRequest{Common: common, Case: args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(view)
			}
			return a.print(func(w io.Writer) { caseView(w, view, a.ui.outStyle) })
		},
		ValidArgsFunction: a.caseArgument,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.stored(cmd)
	return cmd
}

// nextText words a duty that is next, and where it stands.
func nextText(n *NextDuty, s style) string {
	if n == nil {
		return "none"
	}
	text := n.What + ": " + n.Standing
	if n.Overdue {
		return s.yellow(text)
	}
	return text
}

func caseView(w io.Writer, v *CaseView, s style) {
	section := func(title string) { fmt.Fprintf(w, "\n%s\n", s.bold(title)) }
	f := newFacts(s)
	f.add("case", visible.Text(v.ID, 64))
	f.add("opened", moment(v.Opened))
	if v.Assessment == nil {
		f.add("assessment", "none")
	} else {
		f.add("assessment", v.Assessment.Summary)
		f.add("all figures", v.Assessment.JSON)
		f.add("page", v.Assessment.Page)
	}
	if v.Next != nil {
		f.add("next deadline", nextText(v.Next, s))
	}
	f.write(w, "")

	if len(v.Claims) > 0 {
		section("Claims, the latest last")
		t := newGrid(s, left("source"), left("first seen"), right("claimed"), left("price"))
		for _, c := range v.Claims {
			claimed := "not said"
			if c.Count != nil {
				claimed = count(*c.Count)
			}
			t.row(visible.Text(c.Source, 60), either(day(c.FirstSeen), "not said"), claimed, either(visible.Text(c.Price, 40), "not said"))
		}
		t.write(w, "  ")
	}
	if v.Desk != nil {
		deskView(w, v.Desk, s)
	}
	if len(v.Alarms) > 0 {
		section("Alarms of the watch, in the order of the logs")
		all := slices.Clone(v.Alarms)
		slices.SortStableFunc(all, func(a, b watch.Alarm) int { return a.At.Compare(b.At) })
		for i := range all {
			x := &all[i]
			fmt.Fprintf(w, "  %s  %s  %s\n", moment(x.At), alarm.Severity(x, alarm.English), s.red(alarm.Title(x, alarm.English)))
			for _, sentence := range alarm.Sentences(x, alarm.English) {
				fmt.Fprintf(w, "    %s\n", sentence)
			}
			fmt.Fprintf(w, "    %s\n", s.dim(fmt.Sprintf("%s%s  alarm %s", plural(x.People+x.Rows, "record"), whereOf(x), x.ID)))
		}
	}
	if len(v.Evidence) == 0 {
		fmt.Fprintln(w, "\nThe case holds no original.")
		return
	}
	section("Originals")
	t := newGrid(s, left("name"), right("size"), left("SHA-256"), left("sealed"), left("by"), left(""))
	for _, o := range v.Evidence {
		state := o.Role
		if o.State != string(evidence.StateHeld) {
			state = o.State
		}
		t.row(visible.Text(o.Name, 40), size(o.Bytes), o.SHA256, moment(o.Received), visible.Text(o.By, 40), state)
	}
	t.write(w, "  ")
	section("Chain of custody")
	t = newGrid(s, right(""), left("when (UTC)"), left("who"), left("did"), left("original"), left("SHA-256"), left("because"))
	for _, e := range v.Custody.Acts {
		t.row(count(e.Seq), e.Time.UTC().Format(time.DateTime), visible.Text(e.Who, 40), visible.Text(string(e.Act), 20), visible.Text(e.Name, 32), e.SHA256[:12], visible.Text(e.Reason, 100))
	}
	t.write(w, "  ")
	if v.Custody.Holds {
		fmt.Fprintf(w, "  The chain holds; its last line has the SHA-256 %s.\n", v.Custody.Head)
		return
	}
	for _, b := range v.Custody.Breaks {
		fmt.Fprintf(w, "  %s %s\n", s.yellow("The chain does not hold:"), b)
	}
}

func (a *app) caseDiscard() *cobra.Command {
	if a.services.DiscardOriginal == nil {
		return nil
	}
	var (
		request DiscardRequest
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "discard CASE SHA256 --reason TEXT [flags]",
		Short: "Destroy an original, for good",
		Long: `Destroy an original of a case: first the key that opens it and nothing else,
then the sealed file. The original is named by its SHA-256 or how that begins.
Without --yes it is only said what would be destroyed.

That it begins and that it is done are logged in the chain of custody, with who
and why. The assessment stays, and so do the tokens it was made from. Copies of
the home that were made before can still be opened with the key: destroy those
as well.`,
		Example: `  constat case discard forum-2026-04 3f2a9c --reason closed
  constat case discard forum-2026-04 3f2a9c --reason closed --yes`,
		Args: between(2, 2, "one case and the SHA-256 of one original"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.Case, request.SHA256, request.Reason = args[0], args[1], strings.TrimSpace(request.Reason)
			if request.Reason == "" {
				return failure.New(failure.Usage, "Say why with --reason; the chain of custody keeps it.", "an original is not destroyed without a reason")
			}
			if err := sumPrefix(request.SHA256); err != nil {
				return err
			}
			done, err := a.services.DiscardOriginal(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(done)
			}
			return a.print(func(w io.Writer) { discardFacts(w, done, a.ui.outStyle) })
		},
		ValidArgsFunction: a.originalArgument,
	}
	cmd.Flags().StringVar(&request.Reason, "reason", "", "why it is destroyed, as a short `text`")
	cmd.Flags().BoolVar(&request.Yes, "yes", false, "destroy it; without this flag it is only said what would be")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	return cmd
}

// leastSum is how many digits of a SHA-256 name an original.
const leastSum = 4

func sumPrefix(text string) error {
	if len(text) < leastSum || len(text) > 64 || strings.Trim(strings.ToLower(text), "0123456789abcdef") != "" {
		return failure.New(failure.Usage, "\"constat case show\" lists the originals of a case with their SHA-256.",
			"%q is not how a SHA-256 begins, with %d digits or more", visible.Text(text, 70), leastSum)
	}
	return nil
}

func discardFacts(w io.Writer, d *Discard, s style) {
	f := newFacts(s)
	f.add("case", d.Case)
	f.add("original", visible.Text(d.Name, 80))
	f.add("SHA-256", d.SHA256)
	f.add("size", size(d.Bytes))
	f.write(w, "")
	if d.Done {
		fmt.Fprintln(w, "\nIt is destroyed, and nothing brings it back but a copy of the home made before.")
	} else {
		fmt.Fprintln(w, "\nNothing was done. With --yes it would be destroyed, for good.")
	}
}
