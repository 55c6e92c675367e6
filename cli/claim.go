package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

func (a *app) claim() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "claim COMMAND",
		Short: "Keep what somebody claims to have stolen, and compare it with the facts",
		Long: `A claim is what somebody asserts: where and when it was seen, how many records,
which fields, at what price, until when. It is what an assessment is held
against. A case may have several.`,
		Example: `  constat claim add claim.yaml
  constat claim compare forum-2026-04`,
	}, a.claimAdd(), a.claimNew(), a.claimImport(), a.claimList(), a.claimShow(), a.claimCompare())
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
understood of it is printed: where that is not what was meant, correct the file and
add it again, with --corrects and the number of the claim that it replaces. The
latest claim of a case counts.

Of the file, what names and counts is kept in the clear: source, time, count and
fields, price, ransom, deadline, what samples there are. Text copied from a post may
hold people's data: a post, samples, and a file that says anything else are sealed
as evidence, under the key of the case. "constat help claims" shows a file.`,
		Example: `  constat claim add claim.yaml
  constat claim add claim.yaml --case forum-post --post post.html --sample first-rows.csv
  constat claim add second-post.yaml --case forum-post --corrects 1`,
		Args: between(1, 1, "one claim file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			if cmd.Flags().Changed("corrects") && request.Corrects < 1 {
				return failure.New(failure.Usage, "Claims of a case are numbered from 1; \"constat claim list\" lists them.", "--corrects %d is not the number of a claim", request.Corrects)
			}
			request.File = args[0]
			claim, err := a.services.AddClaim(cmd.Context(), request)
			if err != nil {
				return err
			}
			return a.claimTold(claim, asJSON)
		},
		ValidArgsFunction: cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Case, "case", "", "keep the claim in the case of this `ID` (default a new case named after the claim)")
	flags.StringVar(&request.Post, "post", "", "seal this `file`, the post as it was saved, with the claim")
	flags.StringArrayVar(&request.Samples, "sample", nil, "seal this `file`, a sample that was offered, with the claim; may be repeated")
	flags.IntVar(&request.Corrects, "corrects", 0, "the claim replaces the one of this `number` in its case, as a later post of the same seller does")
	flags.BoolVar(&asJSON, "json", false, "print what was understood as JSON")
	a.acts(cmd)
	a.completeCases(cmd)
	return cmd
}

// claimTold prints a claim that was added.
func (a *app) claimTold(claim *ClaimAdded, asJSON bool) error {
	a.ui.close()
	if asJSON {
		claim.Fields, claim.Samples = orEmpty(claim.Fields), orEmpty(claim.Samples)
		return a.printJSON(claim)
	}
	return a.print(func(w io.Writer) {
		claimFacts(w, claim, a.ui.outStyle)
		fmt.Fprintf(w, "\nNext:  constat assess DUMP --case %s\n", claim.Case)
	})
}

func claimFacts(w io.Writer, c *ClaimAdded, s style) {
	f := newFacts(s)
	f.add("case", c.Case)
	if c.Number > 0 {
		f.add("claim", strconv.Itoa(c.Number))
	}
	if c.Corrects > 0 {
		f.add("corrects", "claim "+strconv.Itoa(c.Corrects))
	}
	f.add("source", either(visible.Text(c.Source, 80), "not said"))
	f.add("first seen", either(c.FirstSeen, "not said"))
	f.add("claimed", claimedCount(c.Count, c.Unit))
	f.add("fields", either(visible.Text(strings.Join(c.Fields, ", "), 200), "not said"))
	f.add("price", either(visible.Text(c.Price, 80), "not said"))
	if c.Ransom != "" {
		f.add("ransom", visible.Text(c.Ransom, 80))
	}
	f.add("deadline", either(visible.Text(c.Deadline, 80), "none"))
	for i, x := range c.Samples {
		name := "samples"
		if i > 0 {
			name = ""
		}
		f.add(name, sampleFact(x))
	}
	if n := int64(c.Sealed); n > 0 {
		f.add("sealed", plural(n, "text"))
	}
	f.write(w, "")
}

func sampleFact(x ClaimSample) string {
	told := either(visible.Text(x.What, 80), "a sample")
	if x.Rows != nil {
		told += ", " + plural(*x.Rows, "row")
	}
	if x.SHA256 != "" {
		told += ", sealed as " + x.SHA256[:12]
	}
	return told
}

func claimedCount(n *int64, unit string) string {
	if n == nil {
		return "not said"
	}
	return strings.TrimSpace(count(*n) + " " + unit)
}

func (a *app) claimList() *cobra.Command {
	if a.services.Claims == nil {
		return nil
	}
	var (
		request CaseRequest
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List the claims of a case, or of all",
		Long: `List the claims of a case in the order they were added, or those of all cases.
The latest of a case is what its assessment is held against, unless --claim names
another.`,
		Example: `  constat claim list
  constat claim list --case forum-2026-04`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			claims, err := a.services.Claims(cmd.Context(), request)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(orEmpty(claims))
			case len(claims) == 0:
				a.ui.say("there is no claim; \"constat claim add\" adds one, and \"constat claim new\" asks for it")
				return nil
			}
			return a.print(func(w io.Writer) { claimTable(w, claims, a.ui.outStyle) })
		},
	}
	cmd.Flags().StringVar(&request.Case, "case", "", "list the claims of the case of this `ID` only")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.completeCases(cmd)
	return cmd
}

func claimTable(w io.Writer, claims []ClaimAdded, s style) {
	t := newGrid(s, left("case"), right("claim"), left("source"), left("first seen"), right("claimed"), left("price or ransom"), left("deadline"), left(""))
	for _, c := range claims {
		note := ""
		if c.Corrects > 0 {
			note = fmt.Sprintf("corrects %d", c.Corrects)
		}
		t.row(visible.Text(c.Case, 64), strconv.Itoa(c.Number), visible.Text(c.Source, 48), either(day(c.FirstSeen), "not said"), claimedCount(c.Count, c.Unit),
			either(visible.Text(either(c.Price, c.Ransom), 24), "not said"), either(visible.Text(c.Deadline, 24), "none"), note)
	}
	t.write(w, "")
}

func (a *app) claimShow() *cobra.Command {
	if a.services.Claims == nil || a.services.OpenClaim == nil {
		return nil
	}
	var open, asJSON bool
	cmd := &cobra.Command{
		Use:   "show CASE NUMBER [flags]",
		Short: "Show a claim, and with --open what was sealed with it",
		Long: `Show a claim as a case keeps it. With --open the post and whatever else was
sealed with it as text is opened and printed too; the chain of custody notes who
looked, before they do.`,
		Example: `  constat claim show forum-2026-04 1
  constat claim show forum-2026-04 1 --open`,
		Args: between(2, 2, "one case and the number of a claim"),
		RunE: func(cmd *cobra.Command, args []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			n, err := strconv.Atoi(args[1])
			if err != nil || n < 1 {
				return failure.New(failure.Usage, "Claims of a case are numbered from 1; \"constat claim list\" lists them.", "%q is not the number of a claim", visible.Text(args[1], 40))
			}
			request := CaseRequest{Common: common, Case: args[0]}
			claims, err := a.services.Claims(cmd.Context(), request)
			if err != nil {
				return err
			}
			if n > len(claims) {
				return failure.New(failure.BadInput, fmt.Sprintf("\"constat claim list --case %s\" lists the claims of the case.", quoteArg(args[0])), "the case %s has no claim %d", args[0], n)
			}
			shown := ClaimShown{ClaimAdded: claims[n-1], Texts: []ClaimText{}}
			if open {
				if shown.Texts, err = a.services.OpenClaim(cmd.Context(), request, n); err != nil {
					return err
				}
				shown.Texts = orEmpty(shown.Texts)
			}
			if asJSON {
				return a.printJSON(shown)
			}
			return a.print(func(w io.Writer) {
				claimFacts(w, &shown.ClaimAdded, a.ui.outStyle)
				for _, x := range shown.Texts {
					fmt.Fprintf(w, "\n%s\n", a.ui.outStyle.bold(visible.Text(x.Name, 80)))
					for line := range strings.Lines(x.Text) {
						fmt.Fprintln(w, "  "+visible.Text(strings.ReplaceAll(strings.TrimRight(line, "\r\n"), "\t", "    "), len(line)))
					}
				}
			})
		},
		ValidArgsFunction: a.caseArgument,
	}
	cmd.Flags().BoolVar(&open, "open", false, "print what was sealed with it as text, and log that in the chain of custody")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	return cmd
}
