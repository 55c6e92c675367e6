package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
	"constat.example/internal/progress"
	"constat.example/internal/visible"
)

// clockShown marks commands that show the deadlines of their case themselves.
var clockShown = map[string]string{"clock": "shown"}

// clock says, after whatever a command said, which duty of the case it worked on is next.
func (a *app) clock(ctx context.Context, cmd *cobra.Command, code int) {
	id := a.caseOf(cmd)
	if a.services.Clock == nil || id == "" || cmd.Annotations["clock"] != "" || ctx.Err() != nil || code != int(failure.OK) && code != int(failure.Attention) {
		return
	}
	home, err := a.homeDir()
	if err != nil {
		return // the command has told that already
	}
	all, err := a.services.Clock(ctx, CaseRequest{Case: id, Common: Common{Home: home, Store: either(a.store, a.getenv("CONSTAT_STORE")), Now: a.now, Progress: progress.None}})
	switch {
	case err != nil:
		a.ui.warn(fmt.Sprintf("the clock of case %s cannot be told: %s", visible.Text(id, 64), err))
	case len(all) > 0:
		a.ui.tick(id, all)
	}
}

// caseOf is the case that a command worked on: the one it was named by its first word or
// with --case; "" for none.
func (a *app) caseOf(cmd *cobra.Command) string {
	if cmd == nil || a.about != "" {
		return a.about
	}
	if f := cmd.Flags().Lookup("case"); f != nil && f.Value.String() != "" {
		return f.Value.String()
	}
	if use := strings.Fields(cmd.Use); len(use) > 1 && strings.Trim(use[1], "[]") == "CASE" {
		return cmd.Flags().Arg(0)
	}
	return ""
}

// tick says what the clock of a case shows: what is overdue, and what runs out next.
func (u *ui) tick(id string, all []NextDuty) {
	first := all[0]
	text := fmt.Sprintf("clock of %s: %s: %s", visible.Text(id, 64), visible.Text(first.What, 200), visible.Text(first.Standing, 300))
	if !first.Overdue {
		u.say(text)
		return
	}
	late := 1
	for late < len(all) && all[late].Overdue {
		late++
	}
	if late > 1 {
		text += fmt.Sprintf("; overdue besides: %s", count(int64(late-1)))
	}
	if late < len(all) {
		text += fmt.Sprintf("; next, %s: %s", visible.Text(all[late].What, 200), visible.Text(all[late].Standing, 300))
	}
	u.warn(text)
}
