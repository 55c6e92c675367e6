package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/triage"
)

// OwnerAskRequest asks another organisation about a dump.
type OwnerAskRequest struct {
	Common
	Case      string
	Address   string
	Peer      string // pin
	Name      string
	Sample    int
	Seed      uint64
	Points    int64
	Exact     bool
	Wait      time.Duration
	Yes       bool     // do it; else tell what would be sent
	Passwords [][]byte // tried on what of the dump is encrypted
}

// OwnerAsked is what was sent, or would be, and what came of it.
type OwnerAsked struct {
	Case        string            `json:"case"`
	Held        int64             `json:"held"` // rows of the dump
	Rows        int64             `json:"rows"` // of them: those that hold something to compare
	Sent        int64             `json:"sent"`
	Identifiers []string          `json:"identifiers"`
	Bytes       int64             `json:"bytes"`
	Done        bool              `json:"done"`
	Asked       *assessment.Asked `json:"asked"` // nil where nothing was sent
	Page        string            `json:"page"`
}

// OwnerAnswerRequest asks to answer another organisation.
type OwnerAnswerRequest struct {
	Common
	Source, ID, Map string
	Listen          string
	Peer            string // pin
	Least, Most     int64
	Exact           bool
	Records         string // path, or ""
	Yes             bool   // do it; else tell what would be answered
}

// OwnerAnswered is what was answered, or would be.
type OwnerAnswered struct {
	Source      string           `json:"source"`
	Identifiers []string         `json:"identifiers"`
	Rows        int64            `json:"rows"`   // of the register, that hold one
	Points      int64            `json:"points"` // distinct identifiers
	Done        bool             `json:"done"`
	Asked       int64            `json:"asked"` // rows of the dump that came
	Told        OwnerTold        `json:"told"`
	Found       int64            `json:"found"` // of Asked: those of the register, exactly
	By          map[string]int64 `json:"by"`
	People      int64            `json:"people"`
}

// OwnerTold is what the other side was told.
type OwnerTold struct {
	Step   int64            `json:"step"`
	Rows   int64            `json:"rows"`
	By     map[string]int64 `json:"by"`
	People int64            `json:"people"`
}

func (a *app) owner() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "owner COMMAND",
		Short: "Find out with another organisation how much of a dump is hers",
		Long: `A dump may be a mixture of what several organisations hold. Two of them find
out how much is one's own without showing each other records: the one with the
dump asks, the one with the register answers. What crosses is blinded with
secrets that live for one meeting; the asker learns counts in steps of five, the
answerer which of her own records are in the dump.

Both have a pin, and name the other's: nobody else is let in. Exchange pins by
telephone or letter. Nothing is sent or answered without --yes.`,
		Example: `  constat owner pin
  constat owner answer people.csv --listen 192.0.2.7:7600 --peer PIN --yes
  constat owner ask 192.0.2.7:7600 --case forum-2026-04 --peer PIN --yes`,
	}, a.ownerPin(), a.ownerAnswer(), a.ownerAsk())
}

func (a *app) ownerPin() *cobra.Command {
	if a.services.OwnerPin == nil {
		return nil
	}
	return &cobra.Command{
		Use:   "pin",
		Short: "Print the pin by which other organisations know this home",
		Long: `Print the pin of this home: what the other organisation names with --peer. It
comes from the key of the register, says nothing of it, and stays the same. It
is no secret; what matters is that it reaches the other side unaltered.`,
		Example: `  constat owner pin`,
		Args:    between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			pin, err := a.services.OwnerPin(cmd.Context(), common)
			if err != nil {
				return err
			}
			return a.print(func(w io.Writer) { fmt.Fprintln(w, pin) })
		},
	}
}

func (a *app) ownerAsk() *cobra.Command {
	if a.services.OwnerAsk == nil {
		return nil
	}
	var (
		request   OwnerAskRequest
		passwords string
		asJSON    bool
		limits    limits
	)
	cmd := &cobra.Command{
		Use:   "ask ADDRESS --case ID --peer PIN [flags]",
		Short: "Ask another organisation how much of a dump is hers",
		Long: `Ask the organisation that answers at ADDRESS how many rows of the dump of a case
are of people of her register. Without --yes it is only said what would be sent:
of a sample of rows, the numbers and addresses by which people can be told, each
blinded. She learns which of her own records are in the sample, and of the
others nothing but how many there are; this side learns counts, in multiples of
five rounded down, and not of which rows.

The sample is drawn by --seed, the same each time; what it says of the whole
dump comes with an interval. The answer is kept in the case, and stands on its
page.`,
		Example: `  constat owner ask 192.0.2.7:7600 --case forum-2026-04 --peer PIN
  constat owner ask 192.0.2.7:7600 --case forum-2026-04 --peer PIN --name 'Caisse de l’Ouest' --yes`,
		Args: between(1, 1, "the address of the one who answers"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			request.Address = args[0]
			switch {
			case request.Case == "":
				return failure.New(failure.Usage, "\"constat case list\" shows the cases.", "whose dump it is about must be said with --case")
			case request.Peer == "":
				return noPeer()
			case request.Sample < 1:
				return failure.New(failure.Usage, "Leave --sample out to send 20,000 rows at most.", "--sample %d is not a number of rows", request.Sample)
			case request.Points < 1:
				return failure.New(failure.Usage, "Leave --points out to work on ten million at most.", "--points %d is not a number of identifiers", request.Points)
			case request.Wait < 0:
				return failure.New(failure.Usage, "Leave --wait out to wait for ten minutes.", "--wait %s is not a time to wait", request.Wait)
			}
			if request.Peer, err = peerPin(request.Peer); err != nil {
				return err
			}
			if passwords != "" {
				if request.Passwords, err = passwordFile(passwords); err != nil {
					return err
				}
			}
			asked, err := a.services.OwnerAsk(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(asked)
			}
			return a.print(func(w io.Writer) { askedFacts(w, asked, a.ui.outStyle) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Case, "case", "", "`ID` of the case whose dump it is about")
	flags.StringVar(&request.Peer, "peer", "", "`pin` of the other organisation, or a file that holds it: what \"constat owner pin\" prints there")
	flags.StringVar(&request.Name, "name", "", "what to call the other organisation, as a short `text`")
	flags.IntVar(&request.Sample, "sample", triage.DefaultSample, "send this `number` of rows at most, drawn by chance")
	flags.Uint64Var(&request.Seed, "seed", 1, "`number` that the sample is drawn by")
	flags.Int64Var(&request.Points, "points", triage.DefaultPoints, "work on this `number` of the other side's identifiers at most")
	flags.DurationVar(&request.Wait, "wait", 10*time.Minute, "how `long` to wait for the other side to be ready")
	flags.BoolVar(&request.Exact, "exact", false, "want counts exactly, which the other side must want too")
	flags.BoolVar(&request.Yes, "yes", false, "ask; without this flag it is only said what would be sent")
	flags.StringVar(&passwords, "passwords", "", "`file` of passwords, one a line, tried on what is encrypted")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	limits.flags(cmd)
	a.acts(cmd)
	a.completeCases(cmd)
	return cmd
}

// peerPin is the pin that --peer gives, or that the file it names holds.
func peerPin(text string) (string, error) {
	const longest = 4096
	if _, err := os.Stat(text); err != nil {
		return text, nil // no file: it is the pin itself, or will be told to be none
	}
	f, err := os.Open(text)
	if err != nil {
		return "", failure.New(failure.BadInput, "Name the pin itself, or a file that holds it.", "reading the pin: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	pin, err := io.ReadAll(io.LimitReader(f, longest))
	if err != nil {
		return "", failure.New(failure.BadInput, "Name the pin itself, or a file that holds it.", "reading the pin: %w", err)
	}
	return string(pin), nil
}

func noPeer() error {
	return failure.New(failure.Usage, "It is what \"constat owner pin\" prints there; have it told by telephone.", "the pin of the other organisation must be named with --peer")
}

func askedFacts(w io.Writer, o *OwnerAsked, s style) {
	f := newFacts(s)
	f.add("case", o.Case)
	f.add("rows of the dump", count(o.Held))
	f.add("with something to compare", count(o.Rows))
	if !o.Done {
		f.add("would be sent, blinded", fmt.Sprintf("%s, %s", plural(o.Sent, "row"), size(o.Bytes)))
		f.add("by", strings.Join(o.Identifiers, ", "))
		f.write(w, "")
		fmt.Fprintln(w, "\nNothing was sent. With --yes it would be; rows that hold only what the other side lacks are left out.")
		return
	}
	a := o.Asked
	f.add("sent, blinded", plural(a.Sent, "row"))
	f.add("asked", visible.Text(a.Name, 80))
	f.add("of that register", steps(a.Theirs, a.Step, "row"))
	f.add("of records there", steps(a.People, a.Step, "record"))
	f.add("share of the dump", fmt.Sprintf("%s (%s to %s)", shareOf(*a.Share.Estimate), shareOf(*a.Share.Low), shareOf(*a.Share.High)))
	f.add("page", o.Page)
	f.write(w, "")
	fmt.Fprintln(w)
	byTable(w, a.Identifiers, a.By, a.Step, s)
	fmt.Fprintln(w, "\nRows count that agree exactly in something that tells a person by itself; a phone or a record id alone does not.")
}

// steps words a count that is told in multiples of a step.
func steps(n, step int64, noun string) string {
	switch {
	case step <= 1:
		return plural(n, noun)
	case n == 0:
		return fmt.Sprintf("fewer than %d", step)
	}
	return fmt.Sprintf("%s to %s", count(n), plural(n+step-1, noun))
}

func shareOf(x float64) string { return fmt.Sprintf("%.1f %%", 100*x) }

func byTable(w io.Writer, identifiers []string, by map[string]int64, step int64, s style) {
	t := newGrid(s, left("identifier"), right("rows that agree"))
	for _, id := range identifiers {
		t.row(strings.ReplaceAll(id, "_", " "), steps(by[id], step, "row"))
	}
	t.write(w, "")
}

func (a *app) ownerAnswer() *cobra.Command {
	if a.services.OwnerAnswer == nil {
		return nil
	}
	var (
		request OwnerAnswerRequest
		asJSON  bool
		limits  limits
	)
	cmd := &cobra.Command{
		Use:   "answer SOURCE --listen ADDRESS --peer PIN [flags]",
		Short: "Answer another organisation how much of its dump is of this register",
		Long: `Answer one question: how many rows of another organisation's dump are of people
of the register at SOURCE, a file or a database as for "constat register import".
Without --yes it is only said what would be compared.

The register is read again and blinded before anybody is let in: its tokens are
made with a key that the other side has not. This side learns which of its own
records are in the dump (--records writes their ids) and nothing of the others.
The other side learns how many identifiers this register holds, and counts in
multiples of five, rounded down. It cannot ask about fewer rows than --least: a
question about one person is none.

Each answer is logged in the home. Answers about dumps that differ in a few rows
can be compared: look at the log before answering the same organisation again.`,
		Example: `  constat owner answer people.csv --listen 192.0.2.7:7600 --peer PIN
  constat owner answer people.csv --listen 192.0.2.7:7600 --peer PIN --records found.csv --yes`,
		Args: between(1, 1, "one register"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			request.Source = args[0]
			switch {
			case request.Listen == "":
				return failure.New(failure.Usage, "Name an address of this machine that the other side reaches, as 192.0.2.7:7600.", "where to be called must be said with --listen")
			case request.Peer == "":
				return noPeer()
			case request.Least < 1 || request.Most < request.Least:
				return failure.New(failure.Usage, "Leave both out to answer for 100 to 100,000 rows.", "--least %d and --most %d are no limits", request.Least, request.Most)
			}
			if request.Peer, err = peerPin(request.Peer); err != nil {
				return err
			}
			answered, err := a.services.OwnerAnswer(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(answered)
			}
			return a.print(func(w io.Writer) { answeredFacts(w, &request, answered, a.ui.outStyle) })
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault),
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Listen, "listen", "", "`address` to be called at, as 192.0.2.7:7600")
	flags.StringVar(&request.Peer, "peer", "", "`pin` of the other organisation, or a file that holds it: what \"constat owner pin\" prints there")
	flags.StringVar(&request.ID, "id", "", "name of the `column` that holds the record id")
	flags.StringVar(&request.Map, "map", "", "map `file` (YAML) that says what columns hold; see \"constat help map\"")
	flags.Int64Var(&request.Least, "least", triage.DefaultLeast, "answer for no smaller `number` of rows")
	flags.Int64Var(&request.Most, "most", triage.DefaultMost, "answer for no larger `number` of rows")
	flags.BoolVar(&request.Exact, "exact", false, "tell counts exactly, if the other side wants them so")
	flags.StringVar(&request.Records, "records", "", "write the record ids of those found to this `file` (CSV)")
	flags.BoolVar(&request.Yes, "yes", false, "answer; without this flag it is only said what would be compared")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	limits.flags(cmd)
	a.acts(cmd)
	completeFiles(cmd, "map", "yaml", "yml")
	a.completeColumns(cmd, "id")
	return cmd
}

func answeredFacts(w io.Writer, r *OwnerAnswerRequest, o *OwnerAnswered, s style) {
	f := newFacts(s)
	f.add("register", visible.Text(o.Source, 80))
	if !o.Done {
		f.add("would be compared", strings.Join(o.Identifiers, ", "))
		f.add("for dumps of", fmt.Sprintf("%s to %s", count(r.Least), plural(r.Most, "row")))
		f.write(w, "")
		fmt.Fprintln(w, "\nNothing was answered, and nobody was let in. With --yes one question would be answered.")
		return
	}
	f.add("identifiers of it", count(o.Points))
	f.add("rows asked about", count(o.Asked))
	f.add("of this register", plural(o.Found, "row"))
	f.add("of records", count(o.People))
	f.add("the other side was told", steps(o.Told.Rows, o.Told.Step, "row"))
	if r.Records != "" {
		f.add("record ids", r.Records)
	}
	f.write(w, "")
}
