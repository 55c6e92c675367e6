package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// LeakRequest asks for an earlier leak to be kept.
type LeakRequest struct {
	Common
	Paths     []string
	Name      string
	Seen      time.Time // day; zero where it was not said
	Ours      bool
	Map       string   // map file that overrides kinds of columns, or ""
	Passwords [][]byte // tried on what is encrypted
}

// LeakNamed names an earlier leak.
type LeakNamed struct {
	Common
	Name string
	Yes  bool // what is to be done is done; else it is only told
}

// Leak is an earlier leak as the home keeps it.
type Leak struct {
	Name    string              `json:"name"`
	Seen    string              `json:"seen"` // day, or "" where it is not known
	Added   time.Time           `json:"added"`
	By      string              `json:"by"`
	Ours    bool                `json:"ours"` // said to be copied from the register
	Key     string              `json:"key"`
	Inputs  []assessment.Input  `json:"inputs"`
	Rows    assessment.Rows     `json:"rows"`
	Columns []LeakColumn        `json:"columns"`
	Bytes   int64               `json:"bytes"`   // of what is kept
	Rejects []assessment.Reject `json:"rejects"` // told when it is added
}

// LeakColumn is what a column of a leak was taken for.
type LeakColumn struct {
	Table string `json:"table"`
	Name  string `json:"name"`
	Kind  string `json:"kind"`
}

// LeakRemoved is a leak that was taken away, or would be.
type LeakRemoved struct {
	Name  string `json:"name"`
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"`
	Done  bool   `json:"done"`
}

func (a *app) leaks() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "leak COMMAND",
		Short: "Keep earlier leaks, to tell what of a dump was out already",
		Long: `Old leaks are sold again as new ones. Of the leaks that your organisation knew
before and may lawfully hold, its own and those of others, Constat keeps tokens;
every dump that is assessed is held against them, and against the cases of past
incidents. What was out about the same person is told from what is new.`,
		Example: `  constat leak add incident-2024.csv.gz --name incident-2024 --seen 2024-03-12 --ours
  constat leak list`,
	}, a.leakAdd(), a.leakList(), a.leakShow(), a.leakRemove())
}

func (a *app) leakAdd() *cobra.Command {
	if a.services.AddLeak == nil {
		return nil
	}
	var (
		request   LeakRequest
		seen      string
		passwords string
		asJSON    bool
		limits    limits
	)
	cmd := &cobra.Command{
		Use:   "add FILE... --name NAME [flags]",
		Short: "Keep the tokens of an earlier leak",
		Long: `Read the files of an earlier leak as one, in any format that assess reads, and
keep its tokens under the key of the register. The files themselves are not
kept, and nothing of them that could be read without the key: should the key
change, add them again.

--seen is the day on which the leak was out, as far as you know: a dump that was
seen before is not held against it. --ours says that it was copied from your
register; without it that is told by its record ids, where it has some.

Either the whole leak is kept or nothing is, whatever interrupts it.`,
		Example: `  constat leak add incident-2024.csv.gz --name incident-2024 --seen 2024-03-12 --ours
  constat leak add shop.sql --name shop --map shop.yaml --json`,
		Args: between(1, -1, "the file or files of the leak"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			request.Paths = args
			if request.Name == "" {
				return failure.New(failure.Usage, "Name it with --name, by what people call it: --name incident-2024.", "the leak needs a name")
			}
			if seen != "" {
				if request.Seen, err = time.Parse(time.DateOnly, seen); err != nil {
					return failure.New(failure.Usage, "Write the day as 2024-03-12.", "--seen: %q is not a day", visible.Text(seen, 40))
				}
			}
			if passwords != "" {
				if request.Passwords, err = passwordFile(passwords); err != nil {
					return err
				}
			}
			leak, err := a.services.AddLeak(cmd.Context(), request)
			if leak == nil {
				return err
			}
			a.ui.close()
			if asJSON {
				return firstError(a.printJSON(leak), err)
			}
			return firstError(a.print(func(w io.Writer) { leakFacts(w, leak, a.ui.outStyle) }), err)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Name, "name", "", "keep the leak under this `name`")
	flags.StringVar(&seen, "seen", "", "`day` on which the leak was out, as 2024-03-12")
	flags.BoolVar(&request.Ours, "ours", false, "the leak was copied from your register")
	flags.StringVar(&request.Map, "map", "", "map `file` (YAML) that says what columns hold; see \"constat help map\"")
	flags.StringVar(&passwords, "password-file", "", "try the passwords in this `file`, one a line, on archives that are encrypted")
	flags.BoolVar(&asJSON, "json", false, "print what was kept as JSON")
	limits.flags(cmd)
	a.acts(cmd)
	completeFiles(cmd, "map", "yaml", "yml")
	return cmd
}

func firstError(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

func (a *app) leakList() *cobra.Command {
	if a.services.ListLeaks == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List the earlier leaks that are kept",
		Long: `List the earlier leaks of the home by name: when each was out, whose it is, and
how many rows it has. Cases of past incidents count besides ("constat case
list").`,
		Example: `  constat leak list
  constat leak list --json`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			leaks, err := a.services.ListLeaks(cmd.Context(), common)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(orEmpty(leaks))
			case len(leaks) == 0:
				a.ui.say("no earlier leak is kept yet; \"constat leak add\" keeps one")
				return nil
			}
			return a.print(func(w io.Writer) { leakTable(w, leaks, a.ui.outStyle) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func leakTable(w io.Writer, leaks []Leak, s style) {
	t := newGrid(s, left("leak"), left("out since"), right("rows"), left("ours"), left("files"))
	for _, l := range leaks {
		var files []string
		for _, in := range l.Inputs {
			files = append(files, visible.Text(in.Name, 40))
		}
		t.row(visible.Text(l.Name, 64), either(l.Seen, "not said"), count(l.Rows.Read), saidOurs(l.Ours), strings.Join(files, ", "))
	}
	t.write(w, "")
}

func saidOurs(yes bool) string {
	if yes {
		return "yes"
	}
	return "not said"
}

func (a *app) leakShow() *cobra.Command {
	if a.services.ShowLeak == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME [flags]",
		Short: "Show what is kept of an earlier leak",
		Long: `Show what is kept of an earlier leak: who added it and when, its files with their
SHA-256, and what each column was taken for.`,
		Example: `  constat leak show incident-2024
  constat leak show incident-2024 --json`,
		Args: between(1, 1, "the name of one leak"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			leak, err := a.services.ShowLeak(cmd.Context(), LeakNamed{Common: common, Name: args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(leak)
			}
			return a.print(func(w io.Writer) { leakFacts(w, leak, a.ui.outStyle) })
		},
		ValidArgsFunction: a.leakArgument,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func leakFacts(w io.Writer, l *Leak, s style) {
	f := newFacts(s)
	f.add("leak", visible.Text(l.Name, 64))
	f.add("out since", either(l.Seen, "not said"))
	f.add("ours", saidOurs(l.Ours))
	f.add("added", moment(l.Added)+" by "+visible.Text(l.By, 40))
	f.add("rows", count(l.Rows.Read))
	if l.Rows.Rejected > 0 {
		f.add("rejected", count(l.Rows.Rejected))
	}
	f.add("kept", size(l.Bytes)+" of tokens, under key "+l.Key)
	f.write(w, "")
	fmt.Fprintf(w, "\n%s\n", s.bold("Files, which are not kept"))
	t := newGrid(s, left("name"), right("size"), left("SHA-256"))
	for _, in := range l.Inputs {
		t.row(visible.Text(in.Name, 40), size(in.Bytes), in.SHA256)
	}
	t.write(w, "  ")
	fmt.Fprintf(w, "\n%s\n", s.bold("Columns"))
	t = newGrid(s, left("column"), left("kind"), left("table"))
	for _, c := range l.Columns {
		t.row(visible.Text(c.Name, 40), c.Kind, visible.Text(c.Table, 40))
	}
	t.write(w, "  ")
}

func (a *app) leakRemove() *cobra.Command {
	if a.services.RemoveLeak == nil {
		return nil
	}
	var (
		request LeakNamed
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "remove NAME [flags]",
		Short: "Take an earlier leak away",
		Long: `Take away what is kept of an earlier leak. Without --yes it is only said what
would be taken away. Assessments that were held against it stay as they are.`,
		Example: `  constat leak remove incident-2024
  constat leak remove incident-2024 --yes`,
		Args: between(1, 1, "the name of one leak"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.Name = args[0]
			gone, err := a.services.RemoveLeak(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(gone)
			}
			return a.print(func(w io.Writer) {
				f := newFacts(a.ui.outStyle)
				f.add("leak", visible.Text(gone.Name, 64))
				f.add("rows", count(gone.Rows))
				f.add("size", size(gone.Bytes))
				f.write(w, "")
				if gone.Done {
					fmt.Fprintln(w, "\nIt is taken away; add its files again to have it back.")
				} else {
					fmt.Fprintln(w, "\nNothing was done. With --yes it would be taken away.")
				}
			})
		},
		ValidArgsFunction: a.leakArgument,
	}
	cmd.Flags().BoolVar(&request.Yes, "yes", false, "take it away; without this flag it is only said what would be")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// leakArgument completes a first argument with the leaks of the home.
func (a *app) leakArgument(_ *cobra.Command, args []string, _ string) (names []string, _ cobra.ShellCompDirective) {
	home, err := a.homeDir()
	if err != nil || len(args) > 0 || a.services.ListLeaks == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	leaks, err := a.services.ListLeaks(context.Background(), Common{Home: home})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, l := range leaks {
		names = append(names, l.Name)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
