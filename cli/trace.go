package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/assessment"
	"constat.example/desk/report"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/triage"
)

// TraceRequest asks who read the exposed people of a case.
type TraceRequest struct {
	Common
	Case      string
	Logs      []string // none: those that were given before
	Map       string   // file, or ""
	Format    string   // "": found out
	Zone      *time.Location
	Skew      time.Duration
	Inventory string // file, or ""
}

// Trace is who read the exposed people, and what the logs cannot show.
type Trace struct {
	Case     string               `json:"case"`
	Suspects []assessment.Suspect `json:"suspects"`

	assessment.Trace

	Page string `json:"page"` // path
}

func (a *app) trace() *cobra.Command {
	if a.services.Trace == nil {
		return nil
	}
	var (
		request TraceRequest
		zone    string
		asJSON  bool
		limits  limits
	)
	cmd := &cobra.Command{
		Use:   "trace LOG... --case ID [flags]",
		Short: "Find out which accounts read the exposed people, and what logs cannot show",
		Long: `Trace who read the people whom the assessment of a case found exposed: read
access logs (of applications, databases, web servers; plain, gzip or zstd),
and weigh each account by what it read of the exposed people within the window of
theft, against its own work on other days and that of its office. An account
that reads everything by its work is no suspect for having read these people.

Where no account explains the leak it says so: "not in these logs" is never "no
intrusion". With it come the blind spots: ways in which the data could have left
that these logs cannot show, each with the part of the leak that it could
explain. An inventory file declares others: backups, replicas, exports, partners.

Record ids are sealed as they are read; the case keeps the accesses as numbers,
and the names of accounts, addresses and sessions. The suspects stand on the page
of the case from then on. Without logs, those given before are weighed again.`,
		Example: `  constat trace access.log.gz --case forum-2026-04
  constat trace audit.jsonl --case forum-2026-04 --map audit.yaml --zone Europe/Paris
  constat trace audit.jsonl --case forum-2026-04 --inventory outlets.yaml --json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			if request.Logs = args; request.Case == "" {
				return failure.New(failure.Usage, "\"constat case list\" shows the cases.", "whose leak it is about must be said with --case")
			}
			if zone != "" {
				if request.Zone, err = time.LoadLocation(zone); err != nil {
					return failure.New(failure.Usage, "Zones are named like Europe/Paris.", "there is no time zone %q", visible.Text(zone, 40))
				}
			}
			traced, attention := a.services.Trace(cmd.Context(), request)
			if traced == nil {
				return attention
			}
			if asJSON {
				err = a.printJSON(traced)
			} else {
				err = a.print(func(w io.Writer) { traceFacts(w, traced, a.ui.outStyle, a.ui.columns) })
			}
			if err != nil {
				return err
			}
			return attention
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Case, "case", "", "`ID` of the case whose exposed people are sought")
	flags.StringVar(&request.Map, "map", "", "map `file` (YAML) that says what the fields of the logs are")
	flags.StringVar(&request.Format, "format", "", "`name` of the format of the logs (default: found out)")
	flags.StringVar(&zone, "zone", "", "time `zone` of times that tell none, as Europe/Paris (default UTC)")
	flags.DurationVar(&request.Skew, "skew", 0, "how `long` the clock of the logs was behind, added to their times")
	flags.StringVar(&request.Inventory, "inventory", "", "`file` (YAML) of other ways out: backups, replicas, exports, partners")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	limits.flags(cmd)
	a.completeCases(cmd)
	completeFiles(cmd, "map", "yaml", "yml")
	completeFiles(cmd, "inventory", "yaml", "yml")
	return cmd
}

func traceFacts(w io.Writer, t *Trace, s style, columns int) {
	f := newFacts(s)
	f.add("case", t.Case)
	for _, l := range t.Logs {
		told := fmt.Sprintf("%s: %s, %s used, %s of no interest, %s rejected", l.Format, plural(l.Lines, "line"), count(l.Used), count(l.Idle), count(l.Rejected))
		if l.First != nil && l.Last != nil {
			told += fmt.Sprintf("; %s to %s", dayOf(*l.First), dayOf(*l.Last))
		}
		f.add(visible.Text(l.Name, 60), told)
	}
	f.add("exposed people", fmt.Sprintf("%s, of whom somebody read %s within the window", count(t.Leaked), count(t.Read)))
	f.write(w, "")
	fmt.Fprintln(w)
	suspected(w, t.Trace, t.Suspects, s, columns)
	if len(t.BlindSpots) > 0 {
		fmt.Fprintln(w, "\nWhat these logs cannot show, and how much of the leak it could explain at most:")
		for _, b := range t.BlindSpots {
			text := fmt.Sprintf("%s: %s", shareOf(b.Share), report.BlindSpot("en", b))
			if len(b.Accounts) > 0 {
				names := make([]string, len(b.Accounts))
				for i, n := range b.Accounts {
					names[i] = visible.Text(n, 40)
				}
				text += " (" + strings.Join(names, ", ") + ")"
			}
			item(w, text, columns)
		}
	}
	fmt.Fprintf(w, "\npage: %s\n", t.Page)
}

// suspected prints who may have read the exposed people, or that nobody did by these logs.
func suspected(w io.Writer, t assessment.Trace, suspects []assessment.Suspect, s style, columns int) {
	switch {
	case t.Refused != "":
		item(w, "Not traced: "+t.Refused+".", columns)
	case len(suspects) == 0 || suspects[0].Likelihood <= 0.5:
		item(w, "The theft is not in these logs, as far as they can be weighed. That is not to say that there was none: see the blind spots.", columns)
	}
	if len(suspects) > 0 {
		g := newGrid(s, left("account"), right("likelihood"), right("of the leak"), right("people read"), right("leaked, ordinarily"), left("from"), left("to"))
		for _, x := range suspects {
			account := visible.Text(x.Account, 40)
			if x.Counted {
				account += " (by counts)"
			}
			g.row(account, shareOf(x.Likelihood), shareOf(x.Covered), count(x.Read), fmt.Sprintf("%.0f", x.Expected), minuteOf(x.First), minuteOf(x.Last))
		}
		g.write(w, "  ")
	}
}

// dayOf is the day of an RFC 3339 time.
func dayOf(at string) string { return at[:min(len(at), len(time.DateOnly))] }

// minuteOf is an RFC 3339 time to the minute.
func minuteOf(at string) string {
	return strings.Replace(at[:min(len(at), len("2006-01-02T15:04"))], "T", " ", 1)
}

func traceLogs(ctx context.Context, r TraceRequest) (*Trace, error) {
	in, err := r.bench().Trace(ctx, triage.TraceRequest{
		Case: r.Case, Logs: r.Logs, Map: r.Map, Format: r.Format, Zone: r.Zone, Skew: r.Skew, Inventory: r.Inventory,
	})
	if in == nil {
		return nil, err
	}
	return &Trace{Case: in.Assessment.Case, Suspects: in.Assessment.Suspects, Trace: in.Assessment.Trace, Page: in.Page}, err
}
