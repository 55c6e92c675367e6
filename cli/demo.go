package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
	"constat.example/web"
)

func (a *app) demo() *cobra.Command {
	if a.services.Demo == nil {
		return nil
	}
	var (
		request DemoRequest
		asJSON  bool
		serve   bool
		limits  limits
	)
	cmd := &cobra.Command{
		Use:   "demo [flags]",
		Short: "Play a whole incident on an invented agency",
		Long: `Simulate an agency and the theft of its data, import its register, assess what
the thief offers, and compare what was found with the truth. Nobody in it
exists. It takes about a minute, and is kept under the home, apart from your own
register.`,
		Example: `  constat demo
  constat demo --people 20000 --seed 7
  constat demo --serve`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			if request.People < 1 {
				return failure.New(failure.Usage, "Give --people a number from 1.", "an agency has people: --people %d", request.People)
			}
			played, err := a.services.Demo(cmd.Context(), request)
			// The rejects of a demonstration are part of it: they ask for nobody's attention.
			if played == nil || failure.CodeOf(err) > failure.Attention {
				return err
			}
			if err := a.played(played, asJSON); err != nil || !serve || played.Outcome.Page == "" {
				return err
			}
			page, err := os.ReadFile(played.Outcome.Page)
			if err != nil {
				return fmt.Errorf("reading the page: %w", err)
			}
			return web.Serve(cmd.Context(), page, func(url string) {
				a.ui.say("The page is shown at " + url + " on this machine, until you press Ctrl-C.")
			})
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&request.People, "people", 200000, "`number` of people of the agency")
	flags.Uint64Var(&request.Seed, "seed", 1, "`number` that the incident grows from")
	flags.BoolVar(&asJSON, "json", false, "print the assessment as JSON")
	flags.BoolVar(&serve, "serve", false, "show the page in a browser of this machine, until interrupted")
	limits.flags(cmd)
	return cmd
}

// played prints what was found, then how it stands against the truth, and last
// where to look.
func (a *app) played(p *Played, asJSON bool) error {
	a.ui.close()
	if asJSON {
		return writing(p.Outcome.Assessment.Write(a.ui.out))
	}
	s := a.ui.outStyle
	return a.print(func(w io.Writer) {
		findings(w, p.Outcome.Assessment, s, a.ui.columns)
		if p.Score != nil {
			fmt.Fprintf(w, "\n%s\n", s.bold("Against the truth, which the assessment never saw"))
			againstTruth(w, p, s, a.ui.columns)
		}
		next(w, p.Outcome, s)
		fmt.Fprintln(w, "\nOn your own data:  constat register import REGISTER, then constat assess DUMP")
	})
}

func againstTruth(w io.Writer, p *Played, s style, columns int) {
	found := p.Outcome.Assessment
	g := newGrid(s, left(""), right("found"), right("true"))
	g.row("people in the dump", count(found.Linked.Persons), count(p.Persons))
	g.row("of them, out of date", count(found.Exposures.Stale), count(p.Stale))
	g.row("rows linked to a person", count(p.Score.Links), count(p.Score.TrueLinks))
	g.write(w, "  ")
	item(w, fmt.Sprintf("%s of the links made are right, and %s of the true links were found.", nearly(p.Score.Precision), nearly(p.Score.Recall)), columns)
	item(w, fmt.Sprintf("The copy was made on %s; %s of it were spoiled, as when a copy is keyed in by hand.", p.Theft.Format(time.DateOnly), plural(p.Mistyped, "row")), columns)
	if p.Score.Drill != "" {
		item(w, "Every count beside its truth:  constat drill score "+quoteArg(p.Score.Drill), columns)
	}
}

// nearly writes a share of one with two decimals. It is never rounded to
// certainty.
func nearly(share float64) string {
	if share < 1 && share > 0.9999 {
		return "> 99.99 %"
	}
	return fmt.Sprintf("%.2f %%", 100*share)
}
