package cli

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/exchange/intake"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/triage"
)

// ImportClaimsRequest asks for claims to be imported.
type ImportClaimsRequest struct {
	Common
	From, As, Case, Words string
	Door                  triage.Door
	Since                 time.Time // zero: all
}

// ClaimsImported is what became of the items of a source.
type ClaimsImported struct {
	As        string         `json:"as"`
	Imported  int            `json:"imported"`
	Corrected int            `json:"corrected"`
	Known     int            `json:"known"`
	Left      int            `json:"left"`
	Other     int            `json:"other"` // things of which no claim can be made
	Items     []ItemImported `json:"items"`
}

// ItemImported is what became of one item.
type ItemImported struct {
	Item   string          `json:"item"` // short; what its source calls it is sealed
	What   string          `json:"what"` // imported, corrected, known, left
	Reason intake.Reason   `json:"reason"`
	Notes  []intake.Reason `json:"notes"` // what was left out of the claim
	Case   string          `json:"case"`
	Number int             `json:"number"` // of the claim in its case; 0: none
	Claim  *ClaimAdded     `json:"claim"`
}

func (a *app) claimImport() *cobra.Command {
	if a.services.ImportClaims == nil {
		return nil
	}
	var (
		request ImportClaimsRequest
		since   string
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "import FILE|ADDRESS [flags]",
		Short: "Import claims from a bulletin, a partner's MISP, STIX or TAXII",
		Long: `Read what others tell of leaks: a feed (RSS, Atom) of a CERT, an event of MISP, a
bundle of STIX, a collection of a TAXII server. Each item that tells of data taken
becomes a claim, in a case of its own or in that of --case. An item is known again:
it is imported once, and where it changed, a claim corrects the one before.

Numbers, prices, times and words for kinds of data are read and kept in the clear;
what is said in two ways is left out. All else is sealed with the claim, since it may
name somebody. What became of each item is printed.

A feed tells of everybody: --words names a file with the names of your organisation,
one a line, or ` + "words.txt" + ` in the home is one. Nothing is fetched but what is named
here, over https. Sources are those of partners: Constat collects nothing from
places where data is sold.`,
		Example: `  constat claim import bulletin.xml --words words.txt
  constat claim import https://cert.example/feed --format rss
  constat claim import https://misp.example/events/view/17 --format misp --token-file key
  constat claim import https://cert.example/api/ --format taxii --basic-file login`,
		Args: between(1, 1, "a file or an address"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			if since != "" {
				if request.Since, err = sinceTime(since); err != nil {
					return err
				}
			}
			request.From = args[0]
			done, err := a.services.ImportClaims(cmd.Context(), request)
			if err != nil {
				return err
			}
			a.ui.close()
			if asJSON {
				err = a.printJSON(done)
			} else {
				err = a.print(func(w io.Writer) { importTable(w, done, a.ui.outStyle) })
			}
			if err != nil {
				return err
			}
			return importAttention(done)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.As, "format", "", "`format`: rss, misp, stix or taxii (default found from what a file holds)")
	flags.StringVar(&request.Case, "case", "", "keep the claims in the case of this `ID` (default a new case for each)")
	flags.StringVar(&request.Words, "words", "", "`file` of names, one a line: an item in which none of them stands is left out")
	flags.StringVar(&since, "since", "", "of a collection, take what was added after this `time`, as 2026-04-20T08:00:00Z")
	doorFlags(cmd, &request.Door)
	flags.BoolVar(&asJSON, "json", false, "print what became of each item as JSON")
	a.acts(cmd)
	a.completeCases(cmd)
	complete(cmd, "format", cobra.FixedCompletions(triage.Formats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// doorFlags are how a host lets this one in.
func doorFlags(cmd *cobra.Command, d *triage.Door) {
	flags := cmd.Flags()
	flags.StringVar(&d.Token, "token-file", "", "`file` whose first line is the token that the host asks for")
	flags.StringVar(&d.Basic, "basic-file", "", "`file` whose first line is name:password for the host")
	flags.StringVar(&d.Roots, "ca", "", "trust the certificates in this PEM `file` (default those of the system)")
}

func sinceTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, failure.New(failure.Usage, "Write it as 2026-04-20 or 2026-04-20T08:00:00Z.", "--since %q is no time", visible.Text(text, 40))
}

// leftWords say why an item is no claim, noteWords what was left out of one.
var (
	leftWords = map[intake.Reason]string{
		intake.Unreadable: "not what its format has",
		intake.Nameless:   "nothing by which it would be known again",
		intake.Withdrawn:  "withdrawn by who said it",
		intake.Unwatched:  "names nobody who is watched for",
		intake.NoLeak:     "does not speak of data taken",
	}
	noteWords = map[intake.Reason]string{
		intake.Counts:    "a count (several, or a range)",
		intake.Prices:    "a price (several, or not an amount)",
		intake.Ransoms:   "a ransom (several, or not an amount)",
		intake.Deadlines: "a deadline (several, or no time)",
		intake.Words:     "fields that are of no kind",
		intake.Whence:    "the source, in its words",
	}
	whatWords = map[string]string{triage.TakenNew: "imported", triage.TakenChanged: "corrects", triage.TakenKnown: "known", triage.TakenNot: "not a claim"}
)

// mostShown is how many items that are no claim are listed.
const mostShown = 30

func importTable(w io.Writer, done *ClaimsImported, s style) {
	t := newGrid(s, left("item"), left("what became of it"), left("case"), right("claim"), left(""))
	others := 0
	for _, x := range done.Items {
		if x.What == triage.TakenNot {
			if others++; others > mostShown {
				continue
			}
		}
		number, told := "", leftWords[x.Reason]
		if x.Number > 0 {
			number = strconv.Itoa(x.Number)
		}
		if x.Claim != nil {
			told = importedFacts(x)
		}
		t.row(x.Item, whatWords[x.What], visible.Text(x.Case, 64), number, told)
	}
	t.write(w, "")
	if others > mostShown {
		fmt.Fprintf(w, "… and %d more that are no claim\n", others-mostShown)
	}
	parts := []string{}
	for _, x := range []struct {
		n    int
		what string
	}{{done.Imported, "imported"}, {done.Corrected, "corrected"}, {done.Known, "known"}, {done.Left, "not a claim"}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	line := plural(int64(len(done.Items)), "item")
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	if len(done.Items) > 0 {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, line)
	if done.Other > 0 {
		fmt.Fprintf(w, "%s of which no claim is made\n", plural(int64(done.Other), "other object"))
	}
	if i := slices.IndexFunc(done.Items, func(x ItemImported) bool { return x.Claim != nil }); i >= 0 {
		fmt.Fprintf(w, "\nNext:  constat claim show %s %d --open\n", done.Items[i].Case, done.Items[i].Number)
	}
}

// importedFacts is what was understood of an item, in short.
func importedFacts(x ItemImported) string {
	var all []string
	c := x.Claim
	if c.Corrects > 0 {
		all = append(all, fmt.Sprintf("claim %d", c.Corrects))
	}
	if c.Count != nil {
		all = append(all, claimedCount(c.Count, c.Unit))
	}
	if len(c.Fields) > 0 {
		all = append(all, plural(int64(len(c.Fields)), "field"))
	}
	for _, text := range []string{c.Price, c.Ransom} {
		if text != "" {
			all = append(all, visible.Text(text, 24))
		}
	}
	var without []string
	for _, n := range x.Notes {
		without = append(without, noteWords[n])
	}
	told := either(strings.Join(all, ", "), "no count and no fields")
	if len(without) > 0 {
		told += "; sealed only: " + strings.Join(without, ", ")
	}
	return told
}

// importAttention says what a person should look at.
func importAttention(done *ClaimsImported) error {
	unread, withdrawn := 0, 0
	for _, x := range done.Items {
		switch {
		case x.Reason == intake.Unreadable:
			unread++
		case x.Reason == intake.Withdrawn && x.Number > 0:
			withdrawn++
		}
	}
	switch {
	case withdrawn > 0:
		return failure.New(failure.Attention, "The claims stand until a person decides: constat case decide.", "withdrawn by who said them, and claims here: %d", withdrawn)
	case unread > 0:
		return failure.New(failure.Attention, "Ask whoever gave them.", "items that are not what their format has: %d", unread)
	}
	return nil
}
