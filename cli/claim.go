package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/internal/visible"
)

func (a *app) claim() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "claim COMMAND",
		Short: "Keep what somebody claims to have stolen",
		Long: `A claim is what somebody asserts: where and when it was seen, how many records,
which fields, at what price, until when. It is what an assessment is held
against.`,
		Example: `  constat claim add claim.yaml`,
	}, a.claimAdd())
}

func (a *app) claimAdd() *cobra.Command {
	if a.services.AddClaim == nil {
		return nil
	}
	var (
		request ClaimRequest
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "add FILE [flags]",
		Short: "Add a claim to a case",
		Long: `Read a claim from a YAML file, check it, and keep it in a case. What was
understood of it is printed: correct the file and add it again where that is
not what was meant; the latest claim of a case counts.

Text copied from a post may hold people's data: of the file, only source, time,
count, fields, price and deadline are kept. "constat help claims" shows one.`,
		Example: `  constat claim add claim.yaml
  constat claim add claim.yaml --case forum-post`,
		Args: between(1, 1, "one claim file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.File = args[0]
			claim, err := a.services.AddClaim(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				claim.Fields = orEmpty(claim.Fields)
				return a.printJSON(claim)
			}
			return a.print(func(w io.Writer) { claimFacts(w, claim, a.ui.outStyle) })
		},
		ValidArgsFunction: cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	cmd.Flags().StringVar(&request.Case, "case", "", "keep the claim in the case of this `ID` (default a new case named after the claim)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print what was understood as JSON")
	a.completeCases(cmd)
	return cmd
}

func claimFacts(w io.Writer, c *ClaimAdded, s style) {
	f := newFacts(s)
	f.add("case", c.Case)
	f.add("source", either(visible.Text(c.Source, 80), "not said"))
	f.add("first seen", either(c.FirstSeen, "not said"))
	claimed := "not said"
	if c.Count != nil {
		claimed = count(*c.Count)
	}
	f.add("claimed", claimed)
	f.add("fields", either(visible.Text(strings.Join(c.Fields, ", "), 200), "not said"))
	f.add("price", either(visible.Text(c.Price, 80), "not said"))
	f.add("deadline", either(visible.Text(c.Deadline, 80), "none"))
	f.write(w, "")
	fmt.Fprintf(w, "\nNext:  constat assess DUMP --case %s\n", c.Case)
}
