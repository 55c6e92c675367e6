package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/reminder"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/internal/words"
	"constat.example/triage"
)

// RemindRequest asks which duties fall due.
type RemindRequest struct {
	Common
	Case   string // "": all that are open
	Within []time.Duration

	Webhook, Syslog, Outputs string // where it is sent; a file that says so; "": nowhere
	Yes                      bool   // it is sent
}

// Reminded is which duties fall due, and what was sent of it.
type Reminded struct {
	Schema    string              `json:"schema"` // constat.reminders/1
	At        time.Time           `json:"at"`
	Reminders []reminder.Reminder `json:"reminders"` // the soonest first
	Unsure    int                 `json:"unsure"`    // more that hang on what nobody said of a party
	To        []string            `json:"to"`        // to whom it is sent, or would be
	New       int                 `json:"new"`       // of the reminders: not sent before
	Sent      bool                `json:"sent"`
	Unsent    []string            `json:"unsent"` // why some wait for the next run
}

func (a *app) caseRemind() *cobra.Command {
	if a.services.Remind == nil {
		return nil
	}
	var (
		request RemindRequest
		lang    string
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "remind [CASE] [flags]",
		Short: "Tell which duties of open cases fall due",
		Long: `Tell which duties of all open cases, or of one, are overdue or fall due within a time,
the soonest first. Only those that are a party's for sure and more than advice are
told; how many hang on what nobody said of a party is counted.

Where receivers are named it is sent to them, with --yes: each duty once when each of
the times is reached, and once when it is overdue, however often the command is run.
What was sent is kept in the home; what a receiver did not take waits for the next run.
Receivers are those of the watch, and so is the file that names them.

The exit code is 1 where there is any.`,
		Example: `  constat case remind
  constat case remind --within 48h,4h --outputs outputs.yaml --yes`,
		Annotations: clockShown,
		Args:        between(0, 1, "at most one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			if err := checkLanguage(lang); err != nil {
				return err
			}
			for _, w := range request.Within {
				if w <= 0 {
					return failure.New(failure.Usage, "Write it as 24h, or several as 48h,4h.", "--within %s is no time before something", w)
				}
			}
			if len(args) > 0 {
				request.Case = args[0]
			}
			found, problem := a.services.Remind(cmd.Context(), request)
			if found == nil {
				return problem
			}
			if asJSON {
				err = a.printJSON(found)
			} else if len(found.Reminders) > 0 {
				err = a.print(func(w io.Writer) { reminderTable(w, found, lang, a.ui.outStyle) })
			}
			if err != nil {
				return err
			}
			a.sayReminded(found)
			if problem != nil {
				return problem
			}
			return remindedAttention(found)
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.DurationSliceVar(&request.Within, "within", []time.Duration{24 * time.Hour}, "how long before it is due one is reminded, as `24h`, or several as 48h,4h")
	flags.StringVar(&request.Webhook, "webhook", "", "post each reminder as JSON to this `URL` (with --yes)")
	flags.StringVar(&request.Syslog, "syslog", "", "send each reminder as syslog in CEF to this `address`, host:port over TCP (with --yes)")
	flags.StringVar(&request.Outputs, "outputs", "", "`file` (YAML) of a webhook, a syslog server and e-mail, as of the watch (with --yes)")
	flags.BoolVar(&request.Yes, "yes", false, "have reminders sent")
	langFlag(cmd, &lang)
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	completeFiles(cmd, "outputs", "yaml", "yml")
	a.stored(cmd)
	return cmd
}

func reminderTable(w io.Writer, r *Reminded, lang string, s style) {
	say := func(fr, en string) string { return words.Both{FR: fr, EN: en}.In(lang) }
	t := newGrid(s, left(say("dossier", "case")), left(say("organisme", "party")), left(say("échéance", "duty")), left(say("situation", "stands")))
	for _, x := range r.Reminders {
		standing := visible.Text(x.Standing.In(lang), 300)
		if x.Overdue {
			standing = s.yellow(standing)
		}
		t.row(visible.Text(x.Case, 64), visible.Text(x.Party, 60), visible.Text(x.What.In(lang), 120), standing)
	}
	t.write(w, "")
}

// sayReminded says what else there is to know, and what became of the sending.
func (a *app) sayReminded(r *Reminded) {
	if r.Unsure > 0 {
		a.ui.say(fmt.Sprintf("%s may fall due besides, and hang on what nobody said of a party: \"constat case deadlines CASE\" shows them", plurals(int64(r.Unsure), "duty", "duties")))
	}
	to := visible.Text(strings.Join(r.To, ", "), 300)
	switch {
	case r.Sent:
		a.ui.say(fmt.Sprintf("%s of them for the first time, to %s", count(int64(r.New)), to))
	case len(r.To) > 0 && len(r.Unsent) == 0:
		a.ui.say(fmt.Sprintf("nothing was sent; with --yes %s would be sent to %s", plural(int64(r.New), "reminder"), to))
	}
}

// remindedAttention is what asks for attention; nil for nothing.
func remindedAttention(r *Reminded) error {
	late := 0
	for _, x := range r.Reminders {
		if x.Overdue {
			late++
		}
	}
	text := fmt.Sprintf("overdue: %s; due soon: %s", count(int64(late)), count(int64(len(r.Reminders)-late)))
	switch {
	case len(r.Unsent) > 0:
		return failure.New(failure.Attention, "They wait in the journal; the next run sends them.", "%s; reminders could not be sent: %s", text, strings.Join(r.Unsent, "; "))
	case len(r.Reminders) > 0:
		return failure.New(failure.Attention, "", "%s", text)
	}
	return nil
}

func remind(ctx context.Context, r RemindRequest) (*Reminded, error) {
	found, err := r.bench().Remind(ctx, triage.RemindRequest{
		Case: r.Case, Within: r.Within, Send: r.Yes, Outputs: triage.Outputs{Webhook: r.Webhook, Syslog: r.Syslog, File: r.Outputs},
	})
	if found == nil {
		return nil, err
	}
	return &Reminded{
		Schema: "constat.reminders/1", At: found.At, Reminders: orEmpty(found.Reminders), Unsure: found.Unsure,
		To: orEmpty(found.To), New: found.New, Sent: found.Sent, Unsent: orEmpty(found.Unsent),
	}, err
}
