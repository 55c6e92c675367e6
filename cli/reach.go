package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/reach"
	"constat.example/desk/report"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/triage"
)

// ReachRequest asks how far accounts reach into a register.
type ReachRequest struct {
	RegisterRequest
	Logs   []string
	Map    string // file, or ""
	Format string // "": found out
	Zone   *time.Location
	Skew   time.Duration
	Rights string // file of who may read whom, or ""
	Rules  string // file of what explains a read, or ""
	Page   string // file to draw, or ""
}

// reachFlags are what an audit is told about logs.
type reachFlags struct {
	request ReachRequest
	zone    string
	limits  limits
}

func (f *reachFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.request.Rights, "rights", "", "`file` (YAML) of who may read whom")
	flags.StringVar(&f.request.Rules, "rules", "", "`file` (YAML) of what explains a read, as of the watch")
	flags.StringVar(&f.request.Map, "map", "", "map `file` (YAML) that says what the fields of the logs are")
	flags.StringVar(&f.request.Format, "format", "", "`name` of the format of the logs (default: found out)")
	flags.StringVar(&f.zone, "zone", "", "time `zone` of times that tell none, as Europe/Paris (default UTC)")
	flags.DurationVar(&f.request.Skew, "skew", 0, "how `long` the clock of the logs was behind, added to their times")
	flags.StringVar(&f.request.Page, "page", "", "draw how far accounts reach as a page, into this `file`")
	f.limits.flags(cmd)
	completeFiles(cmd, "rights", "yaml", "yml")
	completeFiles(cmd, "rules", "yaml", "yml")
	completeFiles(cmd, "map", "yaml", "yml")
}

// read takes the logs given to the command.
func (f *reachFlags) read(request RegisterRequest, logs []string) (err error) {
	f.request.RegisterRequest, f.request.Logs = request, logs
	if len(logs) == 0 && cmp.Or(f.request.Rights, f.request.Rules, f.request.Map, f.request.Format, f.zone, f.request.Page) != "" {
		return failure.New(failure.Usage, "Name the logs: constat register audit LOG --rights FILE.", "how far accounts reach is told from logs, and none were given")
	}
	if f.request.Page != "" { // before the work, not after
		if st, err := os.Stat(filepath.Dir(f.request.Page)); err != nil || !st.IsDir() {
			return failure.New(failure.BadInput, "Name a file in a folder that is there.", "there is no folder for the page %s", f.request.Page)
		}
	}
	if f.zone != "" {
		if f.request.Zone, err = time.LoadLocation(f.zone); err != nil {
			return failure.New(failure.Usage, "Zones are named like Europe/Paris.", "there is no time zone %q", visible.Text(f.zone, 40))
		}
	}
	return nil
}

// reach finds out how far accounts reach, and draws the page.
func (a *app) reach(ctx context.Context, r ReachRequest) (*reach.Reach, error) {
	found, attention := a.services.ReachRegister(ctx, r)
	if found == nil || r.Page == "" {
		return found, attention
	}
	var page bytes.Buffer
	if err := report.ReachPage(&page, found); err != nil {
		return nil, err
	}
	if err := disk.WriteFile(r.Page, page.Bytes()); err != nil {
		return nil, failure.New(failure.BadInput, "Name a file in a folder that is there.", "writing the page: %w", err)
	}
	return found, attention
}

func reachFacts(w io.Writer, r *reach.Reach, page string, s style, columns int) {
	fmt.Fprintln(w)
	f := newFacts(s)
	f.add("register", r.Register)
	f.add("people", count(r.People))
	for _, l := range r.Logs {
		f.add(visible.Text(l.Name, 60), fmt.Sprintf("%s: %s, %s used, %s of no interest, %s rejected", l.Format, plural(l.Lines, "line"), count(l.Used), count(l.Idle), count(l.Rejected)))
	}
	if last := r.LastDay(); r.From != nil && last != nil {
		f.add("period", dayOf(*r.From)+" to "+dayOf(*last))
	}
	if r.Outside > 0 {
		f.add("out of it", plural(r.Outside, "entry"))
	}
	if r.Refused == "" {
		f.add("accounts", count(int64(len(r.Accounts))))
	}
	f.write(w, "")
	fmt.Fprintln(w)
	if r.Refused != "" {
		item(w, "Not told: "+r.Refused+".", columns)
		return
	}
	g := newGrid(s, left("people of the register"), right("by somebody"), right("by nobody"), right("accounts a person"))
	var refused []string
	for _, line := range []struct {
		name string
		of   reach.Whole
	}{{"could be read", r.Could}, {"were read", r.Read}, {"were read for a reason", r.Needed}} {
		if line.of.Refused != "" {
			refused = append(refused, line.of.Refused)
			g.row(line.name, "?", "?", "?")
			continue
		}
		g.row(line.name, count(*line.of.Somebody), count(*line.of.Nobody), fmt.Sprintf("%.1f", float64(*line.of.Doors)/float64(max(1, r.People))))
	}
	g.write(w, "  ")
	for _, why := range refused {
		item(w, "Not told: "+why+".", columns)
	}
	fmt.Fprintln(w, "\nAccounts whose loss would cost most:")
	g = newGrid(s, left("account"), left("role"), right("could read"), right("has read"), right("needed"), left(""))
	for _, x := range r.Accounts[:len(r.Costliest)] {
		flags := make([]string, len(x.Flags))
		for i, flag := range x.Flags {
			flags[i] = report.ReachFlag(report.English, flag)
		}
		g.row(visible.Text(x.Account, 40), visible.Text(x.Role, 30), optional(x.Could), atLeast(x), optional(x.Needed), strings.Join(flags, "; "))
	}
	g.write(w, "  ")
	if len(r.Roles) > 1 {
		fmt.Fprintln(w, "\nThe median account of each role:")
		g = newGrid(s, left("role"), right("accounts"), right("could read"), right("has read"), right("needed"))
		for _, x := range r.Roles {
			name := visible.Text(x.Role, 40)
			if name == "" {
				name = "(not told)"
			}
			g.row(name, count(x.Accounts), optional(x.Median.Could), count(x.Median.Read), optional(x.Median.Needed))
		}
		g.write(w, "  ")
	}
	if len(r.Steps) > 0 {
		fmt.Fprintln(w, "\nWhat to change first:")
	}
	for i, x := range r.Steps {
		what, why := report.ReachStep(report.English, x)
		text := fmt.Sprintf("%d. %s. %s", i+1, what, why)
		if len(x.Accounts) > 0 && x.Code != "protect" && x.Code != "narrow" {
			text += " " + someNames(x.Accounts, 8)
		}
		fold(w, "  ", "     ", text, columns)
	}
	if page != "" {
		fmt.Fprintf(w, "\npage: %s\n", page)
	}
}

// someNames lists names, and how many more there are.
func someNames(all []string, most int) string {
	shown := make([]string, 0, most)
	for _, n := range all[:min(most, len(all))] {
		shown = append(shown, visible.Text(n, 40))
	}
	text := strings.Join(shown, ", ")
	if n := len(all) - most; n > 0 {
		text += fmt.Sprintf(" and %s more", count(int64(n)))
	}
	return "(" + text + ")"
}

// atLeast is how many people an account read, with a sign where it may be more.
func atLeast(x reach.Account) string {
	if x.AtLeast() {
		return ">= " + count(x.Read)
	}
	return count(x.Read)
}

func optional(n *int64) string {
	if n == nil {
		return "?"
	}
	return count(*n)
}

func reachRegister(ctx context.Context, r ReachRequest) (*reach.Reach, error) {
	return r.bench().Reach(ctx, triage.ReachRequest{
		Register: r.Register, Logs: r.Logs, Map: r.Map, Format: r.Format, Zone: r.Zone, Skew: r.Skew, Rights: r.Rights, Rules: r.Rules,
	})
}
