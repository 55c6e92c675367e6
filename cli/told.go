package cli

import (
	"strings"
	"time"
	_ "time/tzdata" // zones, where the machine has none

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// toldFlags are the flags of a source that tells its own history.
type toldFlags struct {
	Told
	history     bool
	zone, since string
}

func (t *toldFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&t.history, "history", false, "SOURCE holds all versions there were, with when each began")
	flags.BoolVar(&t.Changes, "changes", false, "SOURCE holds what changed since the last snapshot, with when")
	flags.StringVar(&t.ValidFrom, "valid-from", "", "name of the `column` that tells when a row became so")
	flags.StringVar(&t.ValidTo, "valid-to", "", "name of the `column` that tells when it ceased to be so")
	flags.StringVar(&t.Operation, "operation", "", "name of the `column` that tells insert, update or delete")
	flags.StringVar(&t.Column, "column", "", "with --changes of one column a row: name of the `column` that names it")
	flags.StringVar(&t.Value, "value", "", "with --column: name of the `column` that holds the new value")
	flags.StringVar(&t.zone, "zone", "UTC", "time `zone` of times that name none, such as Europe/Paris")
	flags.StringVar(&t.since, "since", "", "with --history: `time` from which on changes are kept; default: three years before --as-of")
	cmd.MarkFlagsMutuallyExclusive("history", "changes")
}

// request is what the flags ask for; nil where they say nothing of a history.
func (t *toldFlags) request(cmd *cobra.Command) (*Told, error) {
	if !t.history && !t.Changes {
		for _, name := range []string{"valid-from", "valid-to", "operation", "column", "value", "zone", "since"} {
			if cmd.Flags().Changed(name) {
				return nil, failure.New(failure.Usage, "Add --history where SOURCE holds all versions, --changes where it holds what changed since the last snapshot.", "--%s is for sources that tell their history", name)
			}
		}
		return nil, nil
	}
	if (t.Column == "") != (t.Value == "") || t.Column != "" && !t.Changes {
		return nil, failure.New(failure.Usage, "Give both, with --changes, where each row holds the new value of one column.", "--column and --value go together, with --changes")
	}
	if t.since != "" && !t.history {
		return nil, failure.New(failure.Usage, "Leave it out: changes are kept from the last snapshot on.", "--since is for --history")
	}
	var err error
	if t.Zone, err = time.LoadLocation(t.zone); err != nil || strings.EqualFold(t.zone, "local") {
		return nil, failure.New(failure.Usage, "Name it as Europe/Paris or UTC.", "there is no time zone %q", visible.Text(t.zone, 40))
	}
	if t.since != "" {
		if t.Since, err = parseTime(t.since); err != nil {
			return nil, failure.New(failure.Usage, "Write it as 2026-01-31 or 2026-01-31T18:00:00Z.", "--since: %w", err)
		}
	}
	return &t.Told, nil
}

// toldFacts tells what became of the rows.
func toldFacts(f *facts, h ToldRows) {
	dated := "to the day"
	if h.Exact {
		dated = "to the instant"
	}
	text := plural(h.Applied+h.Ended, "change") + " kept, dated " + dated
	f.add("history", text)
	var left []string
	for _, x := range []struct {
		n    int64
		what string
	}{
		{h.Earlier, "of before what is kept"},
		{h.Later, "of after the snapshot"},
		{h.Repeated, "of the same instant as another"},
		{h.Same, "without a change"},
		{h.Unknown, "of nobody known"},
	} {
		if x.n > 0 {
			left = append(left, count(x.n)+" "+x.what)
		}
	}
	if len(left) > 0 {
		f.add("rows left out", strings.Join(left, ", "))
	}
}
