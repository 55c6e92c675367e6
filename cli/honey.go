package cli

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

func (a *app) honey() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "honey COMMAND",
		Short: "Put made-up people into copies of the register, to know which one leaked",
		Long: `People who do not exist, put into the register, into an extract for a partner,
into a backup: other people in each. Whoever steals a copy steals them too; an
assessment finds them in the dump and names the copy.

What Constat keeps of them is tokens, as of the register. They are handed over
once, in a file: load it, then delete it.`,
		Example: `  constat honey new --copy partner-a --count 40 --mail-domain agency.example -o partner-a.csv
  constat honey list`,
	}, a.honeyNew(), a.honeyAdd(), a.honeyList(), a.honeyShow(), a.honeyRetire())
}

// bounds of how many people are made up at once.
const (
	fewestHoney = 3
	mostHoney   = 10_000
)

var mailDomain = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,200}[A-Za-z0-9])?\.[A-Za-z]{2,}$`)

func (a *app) honeyNew() *cobra.Command {
	if a.services.NewHoney == nil {
		return nil
	}
	var (
		request      HoneyRequest
		asOf, limits = "", limits{}
		asJSON       bool
	)
	cmd := &cobra.Command{
		Use:   "new --copy NAME --count N -o FILE [flags]",
		Short: "Make people up for a copy of the register",
		Long: `Make people up who look like those of the register: its columns, its way of
writing, names and years and places as people in France have them. Nobody in any
snapshot of the register has a number, a mail address or a name with a birth date
of theirs. Their phones are kept for works of fiction, their mail is at the domain
you name, their social security numbers are of a rank that no birth has, their
accounts of banks that do not exist.

The rows are written to a new file, once, readable by you alone: load them into
that copy, then delete the file. --everywhere is for people who go into the
register itself, and so into every copy made of it.`,
		Example: `  constat honey new --copy register-2026 --everywhere --count 60 --ids FT-0990000001 --mail-domain agency.example -o honey.csv
  constat honey new --copy partner-a-2026q3 --count 40 --like extract-a.csv --mail-domain agency.example -o honey-a.csv`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case request.Out == "":
				return failure.New(failure.Usage, "Name the file with -o.", "made-up people need a file that they are written to")
			case request.Count < fewestHoney || request.Count > mostHoney:
				return failure.New(failure.Usage, "Forty are a good number.", "--count is %d: make up from %d to %s people", request.Count, fewestHoney, count(mostHoney))
			case !mailDomain.MatchString(request.MailDomain):
				return failure.New(failure.Usage, "Name one of your own with --mail-domain, as agency.example.", "%q is no domain of mail addresses", visible.Text(request.MailDomain, 60))
			}
			var err error
			if request.AsOf, err = a.honeyTime(asOf); err != nil {
				return err
			}
			if err := namedCopy(request.Copy); err != nil {
				return err
			}
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			made, err := a.services.NewHoney(cmd.Context(), request)
			if err != nil {
				return err
			}
			return a.honeyMade(made, asJSON, fmt.Sprintf("%s. Load it into that copy, then delete it: it is not kept anywhere else", request.Out))
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Copy, "copy", "", "`name` of the copy that the people go into, as partner-a-2026q3")
	flags.IntVar(&request.Count, "count", 40, "how `many` people")
	flags.BoolVar(&request.Everywhere, "everywhere", false, "they go into the register itself, and so into every copy")
	flags.StringVar(&request.Like, "like", "", "`file` whose columns and writing they have (default: as the last snapshot)")
	flags.StringVar(&request.Map, "map", "", "map `file` (YAML) that says what the columns of --like hold (default: as in the register)")
	flags.StringVar(&request.ID, "id", "", "name of the `column` of --like that holds the record id (default: as in the register)")
	flags.StringVar(&request.FirstID, "ids", "", "record `id` of the first; the next ones are counted on (default: left empty)")
	flags.StringVar(&request.MailDomain, "mail-domain", "honey.example", "`domain` of their mail addresses, one of your own")
	flags.StringVarP(&request.Out, "out", "o", "", "`file` to write them to; must not exist")
	flags.StringVar(&asOf, "as-of", "", "`time` since when they stand in the copy (default now)")
	flags.BoolVar(&asJSON, "json", false, "print what was made as JSON")
	a.registerFlag(cmd, &request.Register, "`name` of the register (default the only one, else main)")
	limits.flags(cmd)
	completeFiles(cmd, "map", "yaml", "yml")
	return cmd
}

func (a *app) honeyAdd() *cobra.Command {
	if a.services.AddHoney == nil {
		return nil
	}
	var (
		request      HoneyRequest
		asOf, limits = "", limits{}
		asJSON       bool
	)
	cmd := &cobra.Command{
		Use:   "add FILE --copy NAME [flags]",
		Short: "Keep made-up people whom you made yourself",
		Long: `Keep the tokens of made-up people who were made elsewhere, or whom a copy has held
for long. That they are like nobody real is not checked.`,
		Example: `  constat honey add our-test-people.csv --copy backup-lyon --as-of 2024-03-01`,
		Args:    between(1, 1, "one file of made-up people"),
		RunE: func(cmd *cobra.Command, args []string) error {
			request.File = args[0]
			var err error
			if request.AsOf, err = a.honeyTime(asOf); err != nil {
				return err
			}
			if err := namedCopy(request.Copy); err != nil {
				return err
			}
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			made, err := a.services.AddHoney(cmd.Context(), request)
			if err != nil {
				return err
			}
			return a.honeyMade(made, asJSON, "")
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Copy, "copy", "", "`name` of the copy that the people stand in")
	flags.BoolVar(&request.Everywhere, "everywhere", false, "they stand in the register itself, and so in every copy")
	flags.StringVar(&request.ID, "id", "", "name of the `column` that holds the record id (default: as in the register)")
	flags.StringVar(&request.Map, "map", "", "map `file` (YAML) that says what columns hold; see \"constat help map\"")
	flags.StringVar(&asOf, "as-of", "", "`time` since when they stand in the copy (default now)")
	flags.BoolVar(&asJSON, "json", false, "print what was kept as JSON")
	a.registerFlag(cmd, &request.Register, "`name` of the register (default the only one, else main)")
	limits.flags(cmd)
	completeFiles(cmd, "map", "yaml", "yml")
	return cmd
}

func (a *app) honeyMade(made *HoneyMade, asJSON bool, written string) error {
	if asJSON {
		made.Left = orEmpty(made.Left)
		return a.printJSON(made)
	}
	return a.print(func(w io.Writer) {
		f := newFacts(a.ui.outStyle)
		f.add("copy", made.Copy)
		f.add("people", count(made.People))
		if written != "" {
			f.add("written to", written)
		}
		if len(made.Left) > 0 {
			f.add("left empty", visible.Text(strings.Join(made.Left, ", "), 400))
		}
		f.write(w, "")
	})
}

func (a *app) honeyTime(flag string) (time.Time, error) {
	if flag == "" {
		return a.now().UTC().Truncate(time.Second), nil
	}
	at, err := parseTime(flag)
	if err != nil {
		return time.Time{}, failure.New(failure.Usage, "Write it as 2026-01-31 or 2026-01-31T18:00:00Z.", "--as-of: %w", err)
	}
	return at, nil
}

var copyName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func namedCopy(name string) error {
	if copyName.MatchString(name) {
		return nil
	}
	return failure.New(failure.Usage, "Name it with --copy, by up to 64 letters, digits, dots, hyphens and underscores.", "%q is no name of a copy", visible.Text(name, 64))
}

func (a *app) honeyList() *cobra.Command {
	if a.services.ListHoney == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List the copies that hold made-up people",
		Long:  `List the copies that hold made-up people, oldest first, and since when. No key is opened.`,
		Example: `  constat honey list
  constat honey list --json`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			sets, err := a.services.ListHoney(cmd.Context(), common)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(orEmpty(sets))
			}
			if len(sets) == 0 {
				a.ui.say("no people were made up; \"constat honey new\" makes some")
				return nil
			}
			return a.print(func(w io.Writer) { honeyTable(w, sets, a.ui.outStyle) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func honeyTable(w io.Writer, sets []HoneySet, s style) {
	t := newGrid(s, left("copy"), right("people"), left("since"), left("until"), left("where"))
	for _, x := range sets {
		until, where := "", "this copy alone"
		if x.Until != nil {
			until = instant(*x.Until)
		}
		if x.Everywhere {
			where = "the register, every copy"
		}
		t.row(x.Copy, count(x.People), instant(x.From), until, where)
	}
	t.write(w, "")
}

func (a *app) honeyShow() *cobra.Command {
	if a.services.ShowHoney == nil {
		return nil
	}
	var (
		registerName string
		asJSON       bool
	)
	cmd := &cobra.Command{
		Use:   "show COPY [flags]",
		Short: "Show what the register knows of a copy's made-up people",
		Long: `Show how many of a copy's made-up people stand in the register, or stood there,
and the record ids of those that have one: by them they are found, and taken out.
Record ids that the register gave them itself are known once a snapshot that holds
them is imported.`,
		Example: `  constat honey show register-2026`,
		Args:    between(1, 1, "the name of one copy"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := namedCopy(args[0]); err != nil {
				return err
			}
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			shown, err := a.services.ShowHoney(cmd.Context(), HoneyRequest{Common: common, Copy: args[0], Register: registerName})
			if err != nil {
				return err
			}
			if asJSON {
				shown.RecordIDs = orEmpty(shown.RecordIDs)
				return a.printJSON(shown)
			}
			return a.print(func(w io.Writer) {
				f := newFacts(a.ui.outStyle)
				f.add("copy", shown.Copy)
				f.add("people", count(shown.People))
				f.add("since", instant(shown.From))
				if shown.Until != nil {
					f.add("until", instant(*shown.Until))
				}
				f.add("in the register", count(shown.InRegister))
				f.write(w, "")
				if len(shown.RecordIDs) > 0 {
					fmt.Fprintln(w, "\nrecord ids:")
					for _, id := range shown.RecordIDs {
						fmt.Fprintln(w, "  "+visible.Text(id, 80))
					}
				}
			})
		},
		ValidArgsFunction: a.completeHoney,
	}
	a.registerFlag(cmd, &registerName, "`name` of the register to look in (default the only one, else main)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func (a *app) honeyRetire() *cobra.Command {
	if a.services.RetireHoney == nil {
		return nil
	}
	var (
		request HoneyRequest
		asOf    string
	)
	cmd := &cobra.Command{
		Use:   "retire COPY [flags]",
		Short: "Note that a copy's made-up people were taken out",
		Long: `Note that a copy's made-up people are no longer in it: take them out first, by the
record ids that "constat honey show" tells. Their tokens stay, so that a dump taken
before is still told; one that holds them was copied before that time.

Without --yes nothing is noted.`,
		Example: `  constat honey retire partner-a-2026q3
  constat honey retire partner-a-2026q3 --as-of 2026-10-01 --yes`,
		Args: between(1, 1, "the name of one copy"),
		RunE: func(cmd *cobra.Command, args []string) error {
			request.Copy = args[0]
			var err error
			if request.AsOf, err = a.honeyTime(asOf); err != nil {
				return err
			}
			if err := namedCopy(request.Copy); err != nil {
				return err
			}
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			set, err := a.services.RetireHoney(cmd.Context(), request)
			if err != nil {
				return err
			}
			return a.print(func(w io.Writer) {
				if request.Yes {
					fmt.Fprintf(w, "The %s made-up people of %s are noted as taken out on %s.\n", count(set.People), set.Copy, instant(*set.Until))
					return
				}
				fmt.Fprintf(w, "Would note that the %s made-up people of %s were taken out on %s. --yes does.\n", count(set.People), set.Copy, instant(*set.Until))
			})
		},
		ValidArgsFunction: a.completeHoney,
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "`time` from which they are no longer there (default now)")
	cmd.Flags().BoolVar(&request.Yes, "yes", false, "do it")
	return cmd
}

// completeHoney completes the names of copies.
func (a *app) completeHoney(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	common, err := a.common(nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	sets, err := a.services.ListHoney(cmd.Context(), common)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, s := range sets {
		names = append(names, s.Copy)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// honeyFound prints what made-up people say of a dump, and how many of each copy
// were found.
func honeyFound(w io.Writer, h assessment.Honey, says string, s style, columns int) {
	fold(w, "  ", "  ", says, columns)
	t := newGrid(s, left("copy"), right("found"), right("placed"), right("leaked"))
	for _, c := range h.Copies {
		leaked := "-"
		if c.Likelihood != nil {
			leaked = sure(*c.Likelihood)
		}
		t.row(visible.Text(c.Name, 64), count(c.Found), count(c.Placed), leaked)
	}
	t.write(w, "  ")
}
