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
	var request VerifyRequest
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify [CASE] [flags]",
		Short: "Check that nothing was changed: ledger, files, findings, originals",
		Long: `Check that what a case holds is what was received and what was written: replay
the ledger of the home entry by entry, its tree and its signature, and hold every
file of the case against it; hold the findings against each other; recompute the
chain of custody, read every original through its seal and hash it, and look
whether what was discarded is gone. Without CASE all of the home is checked.
Where something does not hold, the first thing that does not is named. What was
checked of the originals is logged.

With --key the check is an auditor's: on a copy, on another machine, without the
keys of the home and without its ledger's private one. Nothing is written then,
and of originals the sealed bytes are checked. Copy the home without its folder
keys. --checkpoint names a checkpoint that was kept elsewhere: a ledger that was
cut, replaced or written anew since does not hold against it.

The exit code is 1 when something does not hold.`,
		Example: `  constat verify forum-2026-04
  constat verify forum-2026-04 --json
  constat verify --home copy --key agency.vkey --checkpoint checkpoint-of-may`,
		Args: between(0, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			if len(args) > 0 {
				request.Case = args[0]
			}
			audit, err := a.services.VerifyCase(cmd.Context(), request)
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
			for _, c := range audit.Checks {
				if !c.OK {
					return failure.New(failure.Attention, "Keep the home as it is to look into, and bring all of it back from a backup elsewhere: ledger and cases belong together. What was cut short is vouched for again once it is done again.",
						"%s failed, the first: %s: %s", plural(failed(audit.Checks), "check"), c.Name, c.Detail)
				}
			}
			return nil
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Key, "key", "", "`file` of the key that verifies the ledger (default: the one in the home, which can be replaced with it)")
	flags.StringArrayVar(&request.Checkpoints, "checkpoint", nil, "`file` of a checkpoint that was kept elsewhere; may be given again")
	flags.StringArrayVar(&request.Witnesses, "witness", nil, "`file` of the public key of a witness; may be given again")
	flags.StringVar(&request.Authorities, "tsa-ca", "", "`file` of certificates, in PEM, of time-stamp authorities")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	return cmd
}
