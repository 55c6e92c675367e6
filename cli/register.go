package cli

import (
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

func (a *app) register() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "register COMMAND",
		Short: "Keep snapshots of your own register, as tokens",
		Long: `The register is your organisation's own data set of persons. Constat keeps
snapshots of it, as it stood at successive dates, so that a value in a dump can
be told to be current or out of date, and a theft be dated. What is kept are
tokens: without the key they say nothing about anybody.

An organisation with several registers, of clients and of job seekers say, gives
each a name with --register; the one without a name is main. A dump is then held
against all of them, and the one that it was copied from is found.`,
		Example: `  constat register import people-2026-01-01.csv
  constat register list`,
	}, a.registerImport(), a.registerList(), a.registerShow(), a.registerAudit())
}

func (a *app) registerImport() *cobra.Command {
	if a.services.ImportRegister == nil {
		return nil
	}
	var (
		request ImportRequest
		asOf    string
		asJSON  bool
		limits  limits
		told    toldFlags
	)
	cmd := &cobra.Command{
		Use:   "import SOURCE [flags]",
		Short: "Add a snapshot: a CSV, JSON or Parquet file, or a PostgreSQL table",
		Long: `Import the register as it stands in SOURCE: a CSV, JSON or Parquet file, or a
PostgreSQL table or query (postgres://…?table=NAME or …?query=SELECT…), read in
a read-only transaction. Snapshots are imported from the oldest to the latest.

What each column holds is found out and shown; a map file overrides it (see
"constat help map"). One column names the person, and is the same in all
snapshots; name it with --id where several could.

The snapshot is taken to be as of the date that the file's name holds
(people-2026-01-01.csv), else as of now; --as-of says otherwise. Times without
a zone are in UTC.

A register that keeps its own history is imported with it, so that a theft can be
dated to the minute: --history where SOURCE holds all versions of each person with
when each began, --changes where it holds what changed since the last snapshot
(docs/register-history.md).

Where there is no key yet, one is made in the home. Either the whole snapshot
is added or nothing is, whatever interrupts it; the same command again goes on
with one that was cut short ("constat help resume").`,
		Example: `  constat register import people-2026-01-01.csv --id file_number
  constat register import export.parquet --as-of 2026-03-31T22:00:00Z
  constat register import versions.csv --id file_number --history
  constat register import changes-2026-04-02.csv --changes --as-of 2026-04-03
  constat register import 'postgres://reader@db.example/agency?table=public.person'`,
		Args: between(1, 1, "one source"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			request.Source = args[0]
			if request.Told, err = told.request(cmd); err != nil {
				return err
			}
			if request.AsOf, err = a.asOf(asOf, args[0]); err != nil {
				return err
			}
			imported, err := a.services.ImportRegister(cmd.Context(), request)
			if imported == nil {
				return err
			}
			return a.imported(imported, asJSON, err)
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	flags := cmd.Flags()
	a.registerFlag(cmd, &request.Register, "`name` of the register to add to, one that is not there is made (default main)")
	flags.StringVar(&request.ID, "id", "", "name of the `column` that holds the record id")
	flags.StringVar(&asOf, "as-of", "", "`time` the source stood as it is: 2026-01-31 or 2026-01-31T18:00:00Z")
	flags.StringVar(&request.Map, "map", "", "map `file` (YAML) that says what columns hold; see \"constat help map\"")
	flags.BoolVar(&request.Fresh, "fresh", false, "begin anew: use nothing that an import cut short has sealed")
	flags.BoolVar(&asJSON, "json", false, "print what was imported as JSON")
	told.flags(cmd)
	limits.flags(cmd)
	completeFiles(cmd, "map", "yaml", "yml")
	a.completeColumns(cmd, "id")
	return cmd
}

func (a *app) imported(i *Imported, asJSON bool, attention error) error {
	a.ui.close()
	var err error
	if asJSON {
		err = printJSON(a.ui.out, i)
	} else {
		err = importSummary(a.ui.out, i, a.ui.outStyle, a.ui.columns)
	}
	if err != nil {
		return writing(err)
	}
	for _, warning := range i.Warnings {
		a.ui.warn(warning)
	}
	switch {
	case attention != nil:
		return attention
	case i.Rows.Rejected > 0:
		return failure.New(failure.Attention, "Look at the places listed, mend the source, and import it again with a later --as-of.",
			"%s of the source could not be read and %s not in the snapshot", plural(i.Rows.Rejected, "row"), areIs(i.Rows.Rejected))
	case len(i.Warnings) > 0:
		return failure.New(failure.Attention, "", "the snapshot was added, with %s, said above", plural(int64(len(i.Warnings)), "warning"))
	}
	return nil
}

func areIs(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// asOf is the instant a source stood as it is: the flag, else the date in the
// file's name, else now.
func (a *app) asOf(flag, source string) (time.Time, error) {
	if flag != "" {
		at, err := parseTime(flag)
		if err != nil {
			return time.Time{}, failure.New(failure.Usage, "Write it as 2026-01-31 or 2026-01-31T18:00:00Z.", "--as-of: %w", err)
		}
		return at, nil
	}
	if at, ok := dateInName(source); ok {
		a.ui.say(fmt.Sprintf("taking the snapshot as of %s, the date in the name of the file (--as-of says otherwise)", at.Format(time.DateOnly)))
		return at, nil
	}
	return a.now(), nil
}

var isoDate = regexp.MustCompile(`(?:19|20)\d\d-\d\d-\d\d`)

// dateInName returns the date in the name of a file when it holds exactly one.
func dateInName(source string) (time.Time, bool) {
	if strings.Contains(source, "://") {
		return time.Time{}, false
	}
	dates := isoDate.FindAllString(filepath.Base(source), -1)
	if len(dates) != 1 {
		return time.Time{}, false
	}
	at, err := time.Parse(time.DateOnly, dates[0])
	return at, err == nil
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateTime, "2006-01-02 15:04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", visible.Text(text, 40))
}

func (a *app) registerList() *cobra.Command {
	if a.services.ListRegister == nil {
		return nil
	}
	var (
		request RegisterRequest
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List the registers and their snapshots, oldest first",
		Long: `List the snapshots of all registers, or of one, oldest first: as of when each
is, how many people it has, how many came, changed or went since the one before,
and what it takes on disk.`,
		Example: `  constat register list
  constat register list --register employers
  constat register list --json`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			snapshots, err := a.services.ListRegister(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(orEmpty(snapshots))
			}
			if len(snapshots) == 0 {
				a.ui.say("the register is empty; add a snapshot with \"constat register import SOURCE\"")
				return nil
			}
			return a.print(func(w io.Writer) { snapshotTable(w, snapshots, a.ui.outStyle) })
		},
	}
	a.registerFlag(cmd, &request.Register, "`name` of the register (default all)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func snapshotTable(w io.Writer, snapshots []Snapshot, s style) {
	heads := []head{left("snapshot"), left("as of"), right("people"), right("added"), right("changed"), right("gone"), right("on disk"), left("source")}
	several := slices.ContainsFunc(snapshots, func(x Snapshot) bool { return x.Register != snapshots[0].Register })
	if several {
		heads = append([]head{left("register")}, heads...)
	}
	t := newGrid(s, heads...)
	for _, x := range snapshots {
		row := []string{x.ID, instant(x.AsOf), count(x.People), count(x.Added), count(x.Changed), count(x.Gone), size(x.Bytes), visible.Text(sourceName(x.Source), 48)}
		if several {
			row = append([]string{x.Register}, row...)
		}
		t.row(row...)
	}
	t.write(w, "")
}

// sourceName shortens a source to what tells it from others. Passwords are
// not in it, but should one be, it does not come out here.
func sourceName(source string) string {
	if u, err := url.Parse(source); err == nil && u.Scheme != "" && u.Host != "" {
		return u.Redacted()
	}
	return filepath.Base(source)
}

func (a *app) registerShow() *cobra.Command {
	if a.services.ShowRegister == nil {
		return nil
	}
	var (
		request RegisterRequest
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "show [flags]",
		Short: "Describe a register: people, kinds of data, room on disk",
		Long: `Describe a register, of several the main one where none is named: how many
people it has had and has now, which kinds of data it holds of them and how many
distinct values of each, and what it takes on disk for a person.`,
		Example: `  constat register show
  constat register show --home /srv/constat --json`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			r, err := a.services.ShowRegister(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(r)
			}
			return a.print(func(w io.Writer) { registerTable(w, r, a.ui.outStyle) })
		},
	}
	a.registerFlag(cmd, &request.Register, "`name` of the register (default the only one, else main)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func registerTable(w io.Writer, r *RegisterSummary, s style) {
	facts := newFacts(s)
	facts.add("register", r.Register)
	facts.add("people now", count(r.Present))
	facts.add("people ever", count(r.People))
	facts.add("snapshots", count(int64(len(r.Snapshots))))
	if len(r.Snapshots) > 0 {
		facts.add("from", instant(r.Snapshots[0].AsOf))
		facts.add("to", instant(r.Snapshots[len(r.Snapshots)-1].AsOf))
	}
	onDisk := size(r.Bytes)
	if r.People > 0 {
		onDisk += fmt.Sprintf(", %.0f bytes a person", float64(r.Bytes)/float64(r.People))
	}
	facts.add("on disk", onDisk)
	facts.add("key", r.Key)
	facts.write(w, "")
	if len(r.Columns) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := newGrid(s, left("kind"), right("people with a value"), right("distinct values"))
	for _, c := range r.Columns {
		t.row(c.Kind, count(c.Filled), count(c.Distinct))
	}
	t.write(w, "")
}

func (a *app) registerAudit() *cobra.Command {
	if a.services.AuditRegister == nil {
		return nil
	}
	var (
		request RegisterRequest
		asJSON  bool
		logs    reachFlags
	)
	cmd := &cobra.Command{
		Use:   "audit [LOG...] [flags]",
		Short: "Check what is kept, and by logs how far accounts reach",
		Long: `Check that what is kept of all registers, or of one, is whole: every file the manifest names
is there and is what it was, and the people add up from one snapshot to the
next. Nothing is changed. The exit code is 1 when a check fails.

Given logs of who read whose record, it tells besides how many people of a
register each account could read, has read and needed to; the ten accounts whose
loss would cost most; and what to change first. Whom an account could read comes
from the rights declared with --rights, whom it needed to from the reasons of
--rules: what is not declared is not guessed (docs/reach.md). Nothing of the
logs is kept.`,
		Example: `  constat register audit
  constat register audit --json
  constat register audit access.log.gz --rights rights.yaml --rules rules.yaml
  constat register audit audit.jsonl --rights rights.yaml --json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&logs.limits); err != nil {
				return err
			}
			if err := logs.read(request, args); err != nil {
				return err
			}
			audit, attention := a.services.AuditRegister(cmd.Context(), request)
			if audit == nil {
				return attention
			}
			if len(args) > 0 && attention == nil { // a register that does not hold tells nothing
				if audit.Reach, attention = a.reach(cmd.Context(), logs.request); audit.Reach == nil {
					return attention
				}
			}
			a.ui.close()
			if asJSON {
				audit.Checks = orEmpty(audit.Checks)
				err = a.printJSON(audit)
			} else {
				err = a.print(func(w io.Writer) {
					checkTable(w, audit.Checks, "FAILED", a.ui.outStyle)
					if audit.Reach != nil {
						reachFacts(w, audit.Reach, logs.request.Page, a.ui.outStyle, a.ui.columns)
					}
				})
			}
			if err != nil {
				return err
			}
			if attention != nil {
				return attention
			}
			if n := failed(audit.Checks); n > 0 {
				return failure.New(failure.Attention, "Bring the home back from its last copy, or import the snapshots anew into another home.",
					"%s failed", plural(n, "check"))
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	a.registerFlag(cmd, &request.Register, "`name` of the register (default all)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	logs.flags(cmd)
	return cmd
}

// registerFlag adds --register, completed with the registers of the home.
func (a *app) registerFlag(cmd *cobra.Command, name *string, usage string) {
	cmd.Flags().StringVar(name, "register", "", usage)
	complete(cmd, "register", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		home, err := a.homeDir()
		if err != nil || a.services.Registers == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		names, err := a.services.Registers(home)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	})
}

// checkTable lists checks; bad is the word for one that does not hold.
func checkTable(w io.Writer, checks []Check, bad string, s style) {
	t := newGrid(s, left(""), left("check"), left("found"))
	for _, c := range checks {
		mark := "ok"
		if !c.OK {
			mark = bad
		}
		t.row(mark, c.Name, c.Detail)
	}
	t.write(w, "")
}

func failed(checks []Check) (n int64) {
	for _, c := range checks {
		if !c.OK {
			n++
		}
	}
	return n
}
