package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/casefile"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// stored makes cmd one that reads the store, which --store names.
func (a *app) stored(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.store, "store", "", "where decisions are kept: a `file`, or postgres://… of a team (default $CONSTAT_STORE, else in the home)")
}

// deskCommand completes a command that does one act about a case, as fill makes it.
func (a *app) deskCommand(cmd *cobra.Command, fill func(r *DeskRequest, args []string) error) *cobra.Command {
	if a.services.ActOnCase == nil {
		return nil
	}
	var (
		request DeskRequest
		asJSON  bool
	)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		var err error
		if request.Common, err = a.common(nil); err != nil {
			return err
		}
		request.Case = args[0]
		request.Act.Reason, err = cmd.Flags().GetString("reason")
		if err != nil {
			return err
		}
		if err := fill(&request, args); err != nil {
			return err
		}
		do := a.services.ActOnCase
		if request.Act.Do == casefile.Open {
			do = a.services.OpenCase
		}
		desk, err := do(cmd.Context(), request)
		if err != nil {
			return err
		}
		if asJSON {
			return a.printJSON(desk)
		}
		return a.print(func(w io.Writer) { deskView(w, desk, a.ui.outStyle) })
	}
	cmd.ValidArgsFunction = a.caseArgument
	flags := cmd.Flags()
	flags.String("reason", "", "why, as a short `text` that names nobody")
	flags.Int64Var(&request.Seen, "seen", 0, "refuse where somebody acted after the act of this `number`, as \"case show\" told it")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	a.stored(cmd)
	return cmd
}

func (a *app) caseOpen() *cobra.Command {
	return a.deskCommand(&cobra.Command{
		Use:   "open CASE [flags]",
		Short: "Open an empty case",
		Long: `Open an empty case, when a signal comes before any file. "constat assess" and
"constat claim add" open one by themselves.`,
		Example: `  constat case open forum-2026-04 --reason "call from the CERT"`,
		Args:    between(1, 1, "a name for the case"),
	}, func(r *DeskRequest, _ []string) error {
		r.Act.Do = casefile.Open
		return nil
	})
}

func (a *app) caseDecide() *cobra.Command {
	return a.deskCommand(&cobra.Command{
		Use:   "decide CASE SUBJECT CHOICE --reason TEXT [flags]",
		Short: "Decide, or propose what needs a second yes",
		Long: "Decide something about a case. What needs a second yes (whether those concerned\nare told, that notices are sent) waits for another person's: \"constat case approve\".\n\n" +
			subjectsText() + `
Nobody's data belongs into a reason; one that holds an address, a number or the
like is refused.`,
		Example: `  constat case decide forum-2026-04 standing confirmed --reason "rows agree"
  constat case decide forum-2026-04 people inform --reason "IBAN of 11.7 million"`,
		Args: between(3, 3, "a case, a subject and a choice"),
	}, func(r *DeskRequest, args []string) error {
		subject, choice := casefile.Subject(args[1]), casefile.Choice(args[2])
		if !slices.Contains(decidable(), subject) {
			return failure.New(failure.Usage, "Subjects are: "+join(decidable())+".", "there is nothing to decide about %q", visible.Text(args[1], 40))
		}
		if choices := casefile.Choices(subject); !slices.Contains(choices, choice) {
			return failure.New(failure.Usage, "Choices are: "+join(choices)+".", "%q cannot be decided about %s", visible.Text(args[2], 40), subject)
		}
		r.Act.Do, r.Act.Subject, r.Act.Choice = casefile.Decide, subject, choice
		return nil
	})
}

// decidable are the subjects that have no command of their own.
func decidable() []casefile.Subject {
	return slices.DeleteFunc(casefile.Subjects(), func(s casefile.Subject) bool { return s == casefile.Closing || s == casefile.Destroy })
}

// subjectsText lists what can be decided.
func subjectsText() string {
	var b strings.Builder
	for _, s := range decidable() {
		fmt.Fprintf(&b, "  %-10s %s\n", s, join(casefile.Choices(s)))
	}
	return b.String()
}

func join[S ~string](all []S) string {
	var words []string
	for _, s := range all {
		words = append(words, string(s))
	}
	return strings.Join(words, ", ")
}

// answers word the answers to a decision of somebody else, and of one's own.
var answers = map[casefile.Do][2]string{
	casefile.Approve:  {"Say the second yes to a decision", "Say the second yes to what somebody else decided. It takes another account than theirs,\nand a role that may."},
	casefile.Reject:   {"Say no to a decision that waits", "Say no to what somebody else decided and nobody has approved yet."},
	casefile.Withdraw: {"Withdraw a decision of one's own", "Withdraw what oneself decided and nobody has approved yet."},
}

func (a *app) caseAnswer(do casefile.Do) *cobra.Command {
	return a.deskCommand(&cobra.Command{
		Use:     string(do) + " CASE NUMBER [flags]",
		Short:   answers[do][0],
		Long:    answers[do][1] + "\n\"constat case show\" numbers decisions.",
		Example: fmt.Sprintf("  constat case %s forum-2026-04 3 --reason \"read and agreed\"", do),
		Args:    between(2, 2, "a case and the number of a decision"),
	}, func(r *DeskRequest, args []string) error {
		if _, err := fmt.Sscanf(args[1], "%d", &r.Act.Of); err != nil || r.Act.Of < 1 {
			return failure.New(failure.Usage, "\"constat case show\" numbers decisions.", "%q is no number of a decision", visible.Text(args[1], 20))
		}
		r.Act.Do = do
		return nil
	})
}

func (a *app) caseEnd(choice casefile.Choice) *cobra.Command {
	short, long := "Close a case", "Close a case: nothing more is decided, and its data may be destroyed. It is refused\nwhile a decision waits for a second yes."
	if choice == casefile.Reopen {
		short, long = "Open a closed case again", "Open a closed case again, where something new came up."
	}
	return a.deskCommand(&cobra.Command{
		Use: string(choice) + " CASE --reason TEXT [flags]", Short: short, Long: long,
		Example: fmt.Sprintf("  constat case %s forum-2026-04 --reason \"by decision of the board\"", choice),
		Args:    between(1, 1, "one case"),
	}, func(r *DeskRequest, _ []string) error {
		r.Act.Do, r.Act.Subject, r.Act.Choice = casefile.Decide, casefile.Closing, choice
		return nil
	})
}

func (a *app) caseMark() *cobra.Command {
	var tlp, pap string
	cmd := a.deskCommand(&cobra.Command{
		Use:     "mark CASE [--tlp MARKING] [--pap MARKING] [flags]",
		Short:   "Mark who may be told of a case, and what may be done with it",
		Long:    "Mark a case by the Traffic Light Protocol (who may be told) and the Permissible\nActions Protocol (what may be done):\n\n  TLP  " + join(casefile.TLPs()) + "\n  PAP  " + join(casefile.PAPs()) + "\n\nA case begins as AMBER+STRICT and AMBER.",
		Example: `  constat case mark forum-2026-04 --tlp RED`,
		Args:    between(1, 1, "one case"),
	}, func(r *DeskRequest, _ []string) error {
		r.Act.Do, r.Act.TLP, r.Act.PAP = casefile.Mark, casefile.TLP(strings.ToUpper(tlp)), casefile.PAP(strings.ToUpper(pap))
		if r.Act.TLP != "" && !slices.Contains(casefile.TLPs(), r.Act.TLP) || r.Act.PAP != "" && !slices.Contains(casefile.PAPs(), r.Act.PAP) || tlp+pap == "" {
			return failure.New(failure.Usage, "TLP has "+join(casefile.TLPs())+"; PAP has "+join(casefile.PAPs())+".", "the case is marked with nothing that there is")
		}
		return nil
	})
	if cmd != nil {
		cmd.Flags().StringVar(&tlp, "tlp", "", "`marking` of who may be told")
		cmd.Flags().StringVar(&pap, "pap", "", "`marking` of what may be done")
	}
	return cmd
}

// state is where a case is.
func (d *Desk) state() string {
	switch {
	case d.Destroyed != nil:
		return "destroyed"
	case d.Closed:
		return "closed"
	}
	return "open"
}

func deskView(w io.Writer, d *Desk, s style) {
	f := newFacts(s)
	state := d.state()
	if d.Destroyed != nil {
		state += " on " + day(d.Destroyed.Format(time.DateOnly))
	}
	f.add("state", state)
	f.add("breach", either(d.Standing, "nothing decided"))
	f.add("marked", "TLP:"+d.TLP+"  PAP:"+d.PAP)
	f.add("last act", count(d.Seen))
	f.write(w, "")
	if len(d.Decisions) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.bold("Decisions"))
		t := newGrid(s, right(""), left("when (UTC)"), left("who"), left("decided"), left(""), left("because"))
		for _, x := range d.Decisions {
			t.row(count(x.Number), x.Time.Format(time.DateTime), visible.Text(x.Who.String(), 40), string(x.Subject)+": "+string(x.Choice), progressText(x), visible.Text(x.Reason, 100))
		}
		t.write(w, "  ")
	}
	if len(d.Filings) > 0 {
		fmt.Fprintf(w, "\n%s\n", s.bold("Filings"))
		t := newGrid(s, right(""), left("filed (UTC)"), left("document"), left("reference"), left("by"), left("SHA-256"))
		for _, x := range d.Filings {
			t.row(fmt.Sprint(x.Number), x.At.Format(time.DateTime), x.Form, either(visible.Text(x.Reference, 80), "none"), visible.Text(x.Who.String(), 40), x.SHA256[:12])
		}
		t.write(w, "  ")
	}
	for _, x := range d.Decisions {
		if x.Progress == casefile.Waiting {
			fmt.Fprintf(w, "\n%s constat case approve %s %d\n", s.yellow("Waits for a second yes, by another person:"), d.Case, x.Number)
		}
	}
}

func progressText(d casefile.Decision) string {
	if d.Second == nil {
		return string(d.Progress)
	}
	by := visible.Text(d.Second.String(), 40)
	switch d.Progress {
	case casefile.Rejected:
		return "rejected by " + by
	case casefile.Past:
		return "past; second yes by " + by
	}
	return "second yes by " + by
}

func (a *app) caseTimeline() *cobra.Command {
	if a.services.Timeline == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "timeline CASE [flags]",
		Short: "Show all that happened, on one line of time",
		Long: `Show claims, originals, findings each time they moved, alarms, decisions, filings and
the events that clocks go by on one line of time, the earliest first.`,
		Example: `  constat case timeline forum-2026-04`,
		Args:    between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			all, err := a.services.Timeline(cmd.Context(), CaseRequest{Common: common, Case: args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(orEmpty(all))
			}
			return a.print(func(w io.Writer) {
				t := newGrid(a.ui.outStyle, left("when (UTC)"), left(""), left("what"), left("who"))
				for _, h := range all {
					t.row(h.At.UTC().Format(time.DateTime), h.From, visible.Text(h.What, 160), visible.Text(h.Who, 40))
				}
				t.write(w, "")
			})
		},
		ValidArgsFunction: a.caseArgument,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.stored(cmd)
	return cmd
}

func (a *app) caseDestroy() *cobra.Command {
	if a.services.DestroyCase == nil {
		return nil
	}
	var (
		reason      string
		yes, asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "destroy CASE [--reason TEXT | --yes] [flags]",
		Short: "Destroy the data of a closed case, for good",
		Long: `Destroy the data of a closed case: the keys of its originals, the key of the case,
and all tokens made from them. Claims, findings, decisions and the chain of
custody stay; they hold none.

It takes two people: the officer proposes it with --reason, an administrator
says the second yes ("constat case approve"), and then it is done with --yes. Without
either it is only said what would be destroyed. What was destroyed stands in the
history of the case by name and SHA-256. Copies of the home that were made before
still hold it: destroy those as well.`,
		Example: `  constat case destroy forum-2026-04
  constat case destroy forum-2026-04 --reason "proceedings ended"
  constat case destroy forum-2026-04 --yes`,
		Args: between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			if reason = strings.TrimSpace(reason); reason != "" {
				if yes {
					return failure.New(failure.Usage, "Propose with --reason; when another person has agreed, do it with --yes.", "it cannot be proposed and done at once")
				}
				desk, err := a.services.ActOnCase(cmd.Context(), DeskRequest{Common: common, Case: args[0], Act: casefile.Act{Do: casefile.Decide, Subject: casefile.Destroy, Choice: casefile.Shredded, Reason: reason}})
				if err != nil {
					return err
				}
				if asJSON {
					return a.printJSON(desk)
				}
				return a.print(func(w io.Writer) { deskView(w, desk, a.ui.outStyle) })
			}
			done, err := a.services.DestroyCase(cmd.Context(), DestroyRequest{Common: common, Case: args[0], Yes: yes})
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(done)
			}
			return a.print(func(w io.Writer) { destroyed(w, done, a.ui.outStyle) })
		},
		ValidArgsFunction: a.caseArgument,
	}
	cmd.Flags().StringVar(&reason, "reason", "", "propose it, with the reason as a short `text`")
	cmd.Flags().BoolVar(&yes, "yes", false, "destroy it, as two people agreed")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	a.stored(cmd)
	return cmd
}

func destroyed(w io.Writer, d *Destruction, s style) {
	t := newGrid(s, left("file"), left("SHA-256"))
	for _, k := range d.Files {
		t.row(visible.Text(k.Name, 100), k.SHA256)
	}
	t.write(w, "")
	if d.Done {
		fmt.Fprintln(w, "\nThey are destroyed, and nothing brings them back but a copy of the home made before.")
	} else {
		fmt.Fprintln(w, "\nNothing was done. These are what would be destroyed, for good.")
	}
}
