package cli

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"constat.example/desk/casefile"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

func (a *app) team() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "role COMMAND",
		Short: "Give out the roles of the incident team",
		Long: `Roles say who may decide what ("constat help roles"). As long as none are given out,
whoever may write to the home has all of them; a second yes takes another account
all the same. The first role is an administrator's own.`,
		Example: `  constat role grant alice administrator
  constat role list`,
	}, a.roleList(), a.roleChange(casefile.Grant), a.roleChange(casefile.Revoke))
}

func (a *app) roleList() *cobra.Command {
	if a.services.Team == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list [flags]",
		Short:   "List who has which roles",
		Long:    "List the accounts that have roles. With --json also when who gave them.",
		Example: `  constat role list`,
		Args:    between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			team, err := a.services.Team(cmd.Context(), common)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(team)
			}
			return a.print(func(w io.Writer) { teamTable(w, team, a.ui.outStyle) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.stored(cmd)
	return cmd
}

func teamTable(w io.Writer, team *Team, s style) {
	if len(team.Members) == 0 {
		fmt.Fprintln(w, "No roles are given out: whoever may write to the home has all of them.")
		return
	}
	t := newGrid(s, left("account"), left("roles"))
	for _, m := range team.Members {
		t.row(visible.Text(m.Account, 80), join(m.Roles))
	}
	t.write(w, "")
}

func (a *app) roleChange(do casefile.Do) *cobra.Command {
	if a.services.ActOnCase == nil || a.services.Team == nil {
		return nil
	}
	short, long := "Give somebody a role", "Give an account of the machine a role: "+join(casefile.Roles())+"."
	if do == casefile.Revoke {
		short, long = "Take a role from somebody", "Take a role from an account. The last administrator stays one."
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use: string(do) + " ACCOUNT ROLE [flags]", Short: short, Long: long,
		Example: fmt.Sprintf("  constat role %s alice dpo", do),
		Args:    between(2, 2, "an account and a role"),
		RunE: func(cmd *cobra.Command, args []string) error {
			role := casefile.Role(args[1])
			if !slices.Contains(casefile.Roles(), role) {
				return failure.New(failure.Usage, "Roles are: "+join(casefile.Roles())+".", "there is no role %q", visible.Text(args[1], 40))
			}
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			if _, err := a.services.ActOnCase(cmd.Context(), DeskRequest{Common: common, Act: casefile.Act{Do: do, Whom: args[0], Role: role}}); err != nil {
				return err
			}
			team, err := a.services.Team(cmd.Context(), common)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(team)
			}
			return a.print(func(w io.Writer) { teamTable(w, team, a.ui.outStyle) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	a.stored(cmd)
	return cmd
}

func (a *app) storage() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "store COMMAND",
		Short: "Back up what people decided, and bring it back",
		Long: `Decisions, roles and what is filed are kept in a file of the home, or in a PostgreSQL that a
team shares (--store postgres://…, or $CONSTAT_STORE). A backup of either kind can
be brought back into the other.`,
		Example: `  constat store backup desk.jsonl
  constat store restore desk.jsonl --store postgres://desk@localhost/desk`,
	}, a.storeCommand("backup FILE [flags]", "Write all decisions into a file",
		"Write all acts of people into a new file, with a count and a hash over all at its end.\nThe rest of the home (keys, register, cases) is copied as files are.", "constat store backup desk.jsonl", "backed up", a.services.BackUpStore),
		a.storeCommand("restore FILE [flags]", "Bring decisions back from a backup",
			"Bring a backup back into an empty store, all of it or nothing.", "constat store restore desk.jsonl", "brought back", a.services.RestoreStore))
}

func (a *app) storeCommand(use, short, long, example, done string, do func(context.Context, StoreRequest) (*StoreDone, error)) *cobra.Command {
	if do == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: "  " + example, Args: between(1, 1, "a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			found, err := do(cmd.Context(), StoreRequest{Common: common, File: args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(found)
			}
			return a.print(func(w io.Writer) { fmt.Fprintf(w, "%s: %s acts\n", done, count(found.Acts)) })
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.stored(cmd)
	return cmd
}
