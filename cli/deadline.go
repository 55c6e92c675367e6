package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/deadline"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// DeadlinesRequest asks by when whom must be told, and may state something before.
type DeadlinesRequest struct {
	Common
	Case   string
	Facts  string // file of parties and switches, or ""
	Events []deadline.EventEntry
	At     time.Time // zero: now
	ICS    string    // file to write a calendar to, or ""
	Lang   string    // of the calendar
}

// Deadlines is how the duties of a case stand.
type Deadlines struct {
	Schema  string          `json:"schema"` // constat.deadlines/1
	Case    string          `json:"case"`
	At      time.Time       `json:"at"`
	Rules   string          `json:"rules"` // version of the rules
	Parties []DeadlineParty `json:"parties"`
	Events  []DeadlineEvent `json:"events"` // up to At, as they were recorded
	Duties  []deadline.Duty `json:"duties"`
}

// DeadlineParty is a party of a case.
type DeadlineParty struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// DeadlineEvent is an event of a case. Its time is in UTC.
type DeadlineEvent struct {
	Number   int           `json:"number"` // that a correction names
	Kind     deadline.Kind `json:"kind"`
	Party    string        `json:"party"`
	To       string        `json:"to,omitempty"`
	At       time.Time     `json:"at"`
	Day      bool          `json:"day"`   // only the day is known
	Local    string        `json:"local"` // by the clock that showed it
	Evidence []string      `json:"evidence"`
	Who      string        `json:"who"`
	Corrects int           `json:"corrects,omitempty"`
}

func (a *app) caseDeadlines() *cobra.Command {
	if a.services.Deadlines == nil {
		return nil
	}
	var (
		request     DeadlinesRequest
		events      []string
		like        deadline.EventEntry
		at          string
		asJSON, all bool
	)
	cmd := &cobra.Command{
		Use:   "deadlines CASE [flags]",
		Short: "Tell by when whom must be told of a breach",
		Long: `Tell by when whom must be told: the supervisory authority, the people, the CSIRT,
the financial authority, the insurer's police, the prosecutor. Each duty is
reckoned from events with their evidence, by rules that name their article.

Events are stated with --event, and kept: aware is what article 33 GDPR counts
from, and a person decides when that was. Who the parties are is stated once, in a
file. "constat help deadlines" lists both. What was stated is never changed; a
later event corrects it.

The exit code is 1 where a time has passed and nothing is recorded.`,
		Example: `  constat case deadlines forum-2026-04 --facts parties.yaml --event aware=2026-04-15T16:40
  constat case deadlines forum-2026-04 --event notified=2026-04-17T11:00
  constat case deadlines forum-2026-04 --lang fr`,
		Annotations: clockShown,
		Args:        between(1, 1, "one case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			request.Case = args[0]
			for _, flag := range []string{"party", "to", "zone", "set", "evidence", "corrects"} {
				if cmd.Flags().Changed(flag) && len(events) == 0 {
					return failure.New(failure.Usage, "Name the event with --event KIND=TIME.", "--%s says something of an event, and there is none", flag)
				}
			}
			if request.Lang != "fr" && request.Lang != "en" {
				return failure.New(failure.Usage, "Take fr or en.", "%q is no language for --lang", visible.Text(request.Lang, 20))
			}
			for _, text := range events {
				kind, when, ok := strings.Cut(text, "=")
				if !ok || !slices.ContainsFunc(deadline.Kinds(), func(k deadline.KindInfo) bool { return string(k.Kind) == kind }) {
					return failure.New(failure.Usage, "It is KIND=TIME, as aware=2026-04-15T16:40; \"constat help deadlines\" lists the kinds.", "--event: %q is no event", visible.Text(text, 80))
				}
				e := like
				e.Kind, e.At = deadline.Kind(kind), when
				request.Events = append(request.Events, e)
			}
			if like.Corrects != 0 && len(events) > 1 {
				return failure.New(failure.Usage, "State them one after the other.", "two events cannot correct one")
			}
			if at != "" {
				if request.At, err = parseTime(at); err != nil {
					return failure.New(failure.Usage, "Write it as 2026-01-31 or 2026-01-31T18:00:00Z.", "--at: %w", err)
				}
			}
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			found, err := a.services.Deadlines(cmd.Context(), request)
			if err != nil {
				return err
			}
			if asJSON {
				err = a.printJSON(found)
			} else {
				err = a.print(func(w io.Writer) { deadlineBoard(w, found, request.Lang, all, a.ui.outStyle) })
			}
			if err != nil {
				return err
			}
			if n := found.overdue(); n > 0 {
				return failure.New(failure.Attention, "", "the time of %s has passed, and nothing is recorded", plurals(n, "duty", "duties"))
			}
			return nil
		},
		ValidArgsFunction: a.caseArgument,
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Facts, "facts", "", "`file` (YAML) that says who the parties are; see \"constat help deadlines\"")
	flags.StringArrayVar(&events, "event", nil, "what happened when, as `KIND=TIME`; may be repeated")
	flags.StringVar(&like.Party, "party", "", "`id` of the party whom the events happened to (default the only one)")
	flags.StringVar(&like.To, "to", "", "`id` of the party who was told (of told_controller)")
	flags.StringVar(&like.Zone, "zone", "", "time `zone` of times that tell none, as Europe/Paris (default the party's)")
	flags.StringVar(&like.Set, "set", "", "`time` that an authority set (of ordered and nis2_asked)")
	flags.StringArrayVar(&like.Evidence, "evidence", nil, "SHA-256, address or short `reference` of what proves the events; may be repeated")
	flags.IntVar(&like.Corrects, "corrects", 0, "`number` of the event that this one stands for")
	flags.StringVar(&at, "at", "", "tell how things stand at that `time` (default now)")
	flags.StringVar(&request.Lang, "lang", "en", "`language` to tell it in: fr or en")
	flags.StringVar(&request.ICS, "ics", "", "write the deadlines as a calendar (iCalendar) to this `file`")
	flags.BoolVar(&all, "all", false, "tell of duties that have not begun or do not apply too, and why")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	complete(cmd, "lang", cobra.FixedCompletions(words.Languages, cobra.ShellCompDirectiveNoFileComp))
	complete(cmd, "event", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var all []string
		for _, k := range deadline.Kinds() {
			all = append(all, fmt.Sprintf("%s=\t%s", k.Kind, k.Words.EN))
		}
		return all, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	})
	completeFiles(cmd, "facts", "yaml", "yml")
	a.acts(cmd)
	a.stored(cmd)
	return cmd
}

// plurals writes n with a noun that does not just take an s.
func plurals(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// overdue counts the duties that are the parties' for sure, whose time has passed,
// and of which nothing is recorded.
func (d *Deadlines) overdue() (n int64) {
	for i := range d.Duties {
		if duty := &d.Duties[i]; duty.State == deadline.Overdue && duty.Sure() {
			n++
		}
	}
	return n
}

func deadlineBoard(w io.Writer, d *Deadlines, lang string, all bool, s style) {
	say := func(fr, en string) string { return words.Both{FR: fr, EN: en}.In(lang) }
	f := newFacts(s)
	f.add(say("dossier", "case"), d.Case)
	f.add(say("au", "as at"), d.At.Format("2006-01-02 15:04 UTC"))
	f.add(say("règles", "rules"), d.Rules)
	f.write(w, "")
	for _, p := range d.Parties {
		var shown []*deadline.Duty
		waiting, not := 0, 0
		for _, duty := range deadline.ByUrgency(d.Duties, p.ID) {
			switch {
			case duty.Urgency() < deadline.NotBegun || all:
				shown = append(shown, duty)
			case duty.State == deadline.NotApplicable:
				not++
			default:
				waiting++
			}
		}
		fmt.Fprintf(w, "\n%s\n", s.bold(visible.Text(p.Name, 80)))
		for _, duty := range shown {
			deadlineLines(w, duty, lang, s)
		}
		if waiting+not > 0 {
			fmt.Fprintf(w, "  %s\n", say(
				fmt.Sprintf("Pas encore commencé : %d ; sans objet : %d (--all dit pourquoi).", waiting, not),
				fmt.Sprintf("Not yet started: %d; not applicable: %d (--all tells why).", waiting, not)))
		}
	}
	deadlineEvents(w, d, lang, s)
}

// deadlineEvents lists what was recorded, with the numbers that corrections name.
func deadlineEvents(w io.Writer, d *Deadlines, lang string, s style) {
	say := func(fr, en string) string { return words.Both{FR: fr, EN: en}.In(lang) }
	if len(d.Events) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", s.bold(say("Enregistré", "Recorded")))
	t := newGrid(s, right(""), left(say("quand (UTC)", "when (UTC)")), left(say("quoi", "what")), left(say("organisme", "party")), left(say("preuve", "evidence")), left(say("par", "by")))
	for _, e := range d.Events {
		when := e.At.Format("2006-01-02 15:04")
		if e.Day {
			when = e.Local
		}
		what := e.Kind.Words().In(lang)
		if e.Corrects > 0 {
			what += say(fmt.Sprintf(" (remplace %d)", e.Corrects), fmt.Sprintf(" (in place of %d)", e.Corrects))
		}
		party := e.Party
		if e.To != "" {
			party += " → " + e.To
		}
		t.row(fmt.Sprint(e.Number), when, what, party, visible.Text(strings.Join(e.Evidence, ", "), 60), visible.Text(e.Who, 40))
	}
	t.write(w, "  ")
}

func deadlineLines(w io.Writer, d *deadline.Duty, lang string, s style) {
	say := func(fr, en string) string { return words.Both{FR: fr, EN: en}.In(lang) }
	title, standing := visible.Text(d.Title().In(lang), 200), visible.Text(d.Standing().In(lang)+".", 400)
	switch d.State {
	case deadline.Overdue, deadline.MetLate, deadline.Unsure:
		standing = s.yellow(standing)
	}
	article := d.Article.In(lang)
	switch d.Binding {
	case deadline.Guidance:
		article += say(", conseil", ", guidance")
	case deadline.Contract:
		article += say(", contrat", ", contract")
	case deadline.Proposal:
		article += say(", proposition", ", proposal")
	}
	if !d.Checked {
		article += say(", texte à vérifier", ", wording to be checked")
	}
	fmt.Fprintf(w, "  %s (%s)\n      %s\n", title, article, standing)
	if d.Why.Whole() {
		fmt.Fprintf(w, "      %s\n", visible.Text(d.Why.In(lang), 400))
	}
	zone, err := deadline.Zone(d.Zone)
	if err != nil || d.Met != nil {
		return
	}
	if d.Latest != nil {
		fmt.Fprintf(w, "      %s %s\n", say("Défendable au plus tard :", "Latest arguable:"), deadline.Instant(d.Latest.At, zone).In(lang))
	}
	if d.Earliest != nil {
		fmt.Fprintf(w, "      %s %s\n", say("Au plus tôt, selon une autorité stricte :", "At the earliest, to a strict authority:"), deadline.Instant(d.Earliest.At, zone).In(lang))
	}
}

// deadlinesTopic is the page of help on parties and events.
func deadlinesTopic() string {
	var b strings.Builder
	b.WriteString(`A file of parties is YAML. What is not said of a party is not guessed: the duties
that hang on it are shown with the condition.

  parties:
    - id: agency
      name: The agency
      country: FR          # its authorities, holidays and clock
      controller: true
      nis2: none           # none, important, essential
      financial: none      # none, other, strict (bank, trading venue), designated
      insured: true        # against attacks on its systems
      public: true         # an authority, or its people are officials
      telecom: false       # also trust, operator, health: true or false
    - id: host
      name: Its host
      country: FR
      controller: false
      serves: [{party: agency, hours: 24}]   # as a processor; hours of the contract
  with: []                 # what is not law yet: omnibus (96 hours), nis2-fr

zone says another clock than that of the country's capital, holidays lists days
that are public holidays besides France's. A file states all anew.

An event is KIND=TIME. A time is 2026-04-15T16:40 by the clock of the party, the
same with an offset (+02:00), or a day where only that is known. The kinds:

`)
	width := 0
	for _, k := range deadline.Kinds() {
		width = max(width, len(k.Kind))
	}
	for _, k := range deadline.Kinds() {
		fmt.Fprintf(&b, "  %-*s  %s\n", width, k.Kind, k.Words.EN)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
