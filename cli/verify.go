package cli

import (
	"io"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
)

func (a *app) verify() *cobra.Command {
	if a.services.VerifyCase == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify CASE [flags]",
		Short: "Check the evidence of a case: chain of custody, originals",
		Long: `Check that what a case holds is what was received: recompute its chain of
custody, read every original through its seal and hash it, and look whether
what was discarded is gone and whether anything is there that the chain does
not tell of. What was checked is listed, and logged in the chain.

The exit code is 1 when something does not hold.`,
		Example: `  constat verify forum-2026-04
  constat verify forum-2026-04 --json`,
		Args: between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			audit, err := a.services.VerifyCase(cmd.Context(), CaseRequest{Common: common, Case: args[0]})
			if err != nil {
				return err
			}
			if asJSON {
				audit.Checks = orEmpty(audit.Checks)
				err = a.printJSON(audit)
			} else {
				err = a.print(func(w io.Writer) { checkTable(w, audit.Checks, "FAILED", a.ui.outStyle) })
			}
			if err != nil {
				return err
			}
			if n := failed(audit.Checks); n > 0 {
				return failure.New(failure.Attention, "Bring the folder of the case back from a backup, and keep this one to look into.",
					"%s failed: the evidence of case %s is not what was received", plural(n, "check"), args[0])
			}
			return nil
		},
		ValidArgsFunction: a.caseArgument,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	return cmd
}
