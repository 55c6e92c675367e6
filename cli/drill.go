package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
	"constat.example/internal/near"
	"constat.example/internal/visible"
)

func (a *app) drill() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "drill COMMAND",
		Short: "Train on a simulated incident whose truth is known",
		Long: `A drill is a simulated incident at an invented agency: its register, a dump, the
claim that comes with it, and the truth, kept apart. Use drills to train a team,
and to see how well Constat does. Nobody in them exists.`,
		Example: `  constat drill new --kind full-copy --people 10000 --seed 7 --out drill
  constat drill run drill
  constat drill score drill`,
	}, a.drillNew(), a.drillRun(), a.drillScore())
}

func (a *app) drillNew() *cobra.Command {
	if a.services.NewDrill == nil {
		return nil
	}
	var (
		request   DrillRequest
		snapshots string
		asJSON    bool
	)
	var kinds strings.Builder
	var names []string
	for _, k := range a.services.DrillKinds {
		fmt.Fprintf(&kinds, "\n    %-14s %s", k.Name, k.What)
		names = append(names, k.Name)
	}
	cmd := &cobra.Command{
		Use:   "new --kind NAME --people N --seed S --out DIR [flags]",
		Short: "Write a drill into a folder",
		Long: `Simulate an agency and the theft of its data, and write them into a new folder:
register/ (dated snapshots), the dump, claim.yaml, logs/ (what accounts did from ten
weeks before the theft to two after it), and truth/, which no other command than
"drill score" reads; of some kinds also earlier/, leaks of before that the dump is
made of, or register-b/, a second register. The same seed gives the same drill.

With --snapshots daily there is also a snapshot of each day for a month around the
theft, so that it can be dated to days; they take as much room as the register
every day. With --snapshots history there is the first snapshot and a file of what
changed since, and when, so that the theft can be dated to the hour or better.

Kinds of drill:
` + kinds.String(),
		Example: `  constat drill new --kind full-copy --people 10000 --seed 7 --out drill
  constat drill new --kind scrape --people 20000 --snapshots daily --out drill`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			if err := checkDrill(cmd, request, names); err != nil {
				return err
			}
			request.Daily, request.History = snapshots == "daily", snapshots == "history"
			if !request.Daily && !request.History && snapshots != "monthly" {
				return failure.New(failure.Usage, "Give --snapshots monthly, daily or history.", "there are no snapshots %q", visible.Text(snapshots, 40))
			}
			made, err := a.services.NewDrill(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				made.Snapshots, made.Dump, made.Earlier = orEmpty(made.Snapshots), orEmpty(made.Dump), orEmpty(made.Earlier)
				return a.printJSON(made)
			}
			return a.print(func(w io.Writer) { drillFacts(w, made, a.ui.outStyle) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Kind, "kind", "", "`name` of the kind of drill")
	flags.IntVar(&request.People, "people", 10000, "`number` of people of the agency")
	flags.Uint64Var(&request.Seed, "seed", 1, "`number` that the drill grows from")
	flags.StringVar(&snapshots, "snapshots", "monthly", "`frequency` of snapshots of the register: monthly, daily around the theft, or history")
	flags.StringVar(&request.Out, "out", "", "`folder` to write, which must not exist or be empty")
	flags.BoolVar(&asJSON, "json", false, "print what was written as JSON")
	described := make([]string, len(names))
	for i, k := range a.services.DrillKinds {
		described[i] = k.Name + "\t" + k.What
	}
	complete(cmd, "kind", cobra.FixedCompletions(described, cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "snapshots", cobra.FixedCompletions([]string{"monthly", "daily", "history"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.MarkFlagDirname("out")
	return cmd
}

func checkDrill(cmd *cobra.Command, r DrillRequest, kinds []string) error {
	known := false
	for _, kind := range kinds {
		known = known || kind == r.Kind
	}
	switch {
	case r.Kind == "":
		return failure.New(failure.Usage, "Name one with --kind: "+strings.Join(kinds, ", ")+".", "%s needs a kind of drill", cmd.CommandPath())
	case !known:
		hint := "The kinds are " + strings.Join(kinds, ", ") + "."
		if like := near.Word(r.Kind, kinds); like != "" {
			hint = fmt.Sprintf("Did you mean %q? %s", like, hint)
		}
		return failure.New(failure.Usage, hint, "there is no kind of drill %q", visible.Text(r.Kind, 40))
	case r.Out == "":
		return failure.New(failure.Usage, "Name one with --out.", "%s needs a folder to write", cmd.CommandPath())
	case r.People < 1:
		return failure.New(failure.Usage, "Give --people a number from 1.", "an agency has people: --people %d", r.People)
	}
	return nil
}

func drillFacts(w io.Writer, d *DrillMade, s style) {
	f := newFacts(s)
	f.add("drill", fmt.Sprintf("%s, %s, seed %d", d.Kind, people(int64(d.People)), d.Seed))
	f.add("folder", d.Out)
	f.add("snapshots", count(int64(len(d.Snapshots))))
	f.add("dump", strings.Join(d.Dump, ", ")+" ("+plural(d.Rows, "row")+")")
	if len(d.Earlier) > 0 {
		f.add("leaks of before", strings.Join(d.Earlier, ", "))
	}
	f.write(w, "")
	fmt.Fprintf(w, "\nNext:  constat drill run %s\n", quoteArg(d.Out))
}

func people(n int64) string {
	if n == 1 {
		return "1 person"
	}
	return count(n) + " people"
}

// quoteArg writes an argument so that a shell reads it as one word.
func quoteArg(arg string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./+,:=@%", r)
	}
	if arg != "" && strings.IndexFunc(arg, func(r rune) bool { return !plain(r) }) < 0 {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

func (a *app) drillRun() *cobra.Command {
	if a.services.RunDrill == nil {
		return nil
	}
	var (
		limits limits
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "run DIR [flags]",
		Short: "Play a drill: import its register, assess its dump, trace its logs",
		Long: `Play a drill as a team would: import its snapshots into a home of its own inside
the folder, assess its dump there, then trace who read the exposed people by its
logs. The truth is not read.`,
		Example: `  constat drill run drill`,
		Args:    between(1, 1, "the folder of a drill"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(&limits)
			if err != nil {
				return err
			}
			outcome, err := a.services.RunDrill(cmd.Context(), DrillRunRequest{Common: common, Dir: args[0]})
			if outcome == nil {
				return err
			}
			return a.outcome(outcome, asJSON, err)
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the assessment as JSON")
	limits.flags(cmd)
	return cmd
}

func (a *app) drillScore() *cobra.Command {
	if a.services.ScoreDrill == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "score DIR [flags]",
		Short: "Compare what was found in a drill with the truth",
		Long: `Compare what "drill run" found with the truth of the drill: which links are right,
which were missed, and whether the counts hold.`,
		Example: `  constat drill score drill
  constat drill score drill --json`,
		Args: between(1, 1, "the folder of a drill"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			score, err := a.services.ScoreDrill(cmd.Context(), DrillRunRequest{Common: common, Dir: args[0]})
			if score == nil {
				return err
			}
			a.ui.close()
			if asJSON {
				score.Checks = orEmpty(score.Checks)
				return a.printJSON(score)
			}
			return a.print(func(w io.Writer) { scoreFacts(w, score, a.ui.outStyle) })
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func scoreFacts(w io.Writer, score *Score, s style) {
	f := newFacts(s)
	f.add("drill", score.Drill)
	f.add("links made", count(score.Links))
	f.add("true links", count(score.TrueLinks))
	f.add("precision", fmt.Sprintf("%.4f %%  of the links made are right", 100*score.Precision))
	f.add("recall", fmt.Sprintf("%.4f %%  of the true links were found", 100*score.Recall))
	f.add("F1", fmt.Sprintf("%.5f", score.F1))
	f.write(w, "")
	if len(score.Checks) > 0 {
		fmt.Fprintln(w)
		checkTable(w, score.Checks, "off", s)
	}
}
