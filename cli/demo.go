package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
)

func (a *app) demo() *cobra.Command {
	if a.services.Demo == nil {
		return nil
	}
	var (
		request DemoRequest
		asJSON  bool
		limits  limits
	)
	cmd := &cobra.Command{
		Use:   "demo [flags]",
		Short: "Play a whole incident on an invented agency",
		Long: `Simulate an agency and the theft of its data, import its register, assess what
the thief offers, and compare what was found with the truth. Nobody in it
exists. It takes less than a minute, and is kept under the home, apart from
your own register.`,
		Example: `  constat demo
  constat demo --people 20000 --seed 7`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			if request.People < 1 {
				return failure.New(failure.Usage, "Give --people a number from 1.", "an agency has people: --people %d", request.People)
			}
			outcome, score, err := a.services.Demo(cmd.Context(), request)
			if outcome == nil {
				return err
			}
			// The rejects of a demonstration are part of it: they ask for nobody's attention.
			if told := a.outcome(outcome, asJSON, err); told != nil && failure.CodeOf(told) != failure.Attention {
				return told
			}
			if asJSON || score == nil {
				return nil
			}
			return a.print(func(w io.Writer) {
				fmt.Fprintf(w, "\n%s\n", a.ui.outStyle.bold("Against the truth, which the assessment never saw"))
				scoreFacts(w, score, a.ui.outStyle)
			})
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&request.People, "people", 200000, "`number` of people of the agency")
	flags.Uint64Var(&request.Seed, "seed", 1, "`number` that the incident grows from")
	flags.BoolVar(&asJSON, "json", false, "print the assessment as JSON")
	limits.flags(cmd)
	return cmd
}
