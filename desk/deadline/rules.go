package deadline

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"constat.example/internal/plainyaml"
)

//go:embed rules.yaml
var rulesFile []byte

// Rulebook is the rules as they stand in one version of rules.yaml.
type Rulebook struct {
	Version string `yaml:"version"`
	Rules   []Rule `yaml:"rules"`
}

// Rule is one duty to tell, as an article puts it.
type Rule struct {
	ID      string  `yaml:"id"`
	Article Words   `yaml:"article"`
	Binding Binding `yaml:"binding"`

	Country []string          `yaml:"country"` // ISO 3166 codes; none: everywhere
	Who     []Fact            `yaml:"who"`     // what a party must be, all of it
	Unless  []Fact            `yaml:"unless"`  // what takes the duty away, any of it
	Dormant map[string]string `yaml:"dormant"` // country where it is not law yet → the switch that turns it on
	Switch  string            `yaml:"switch"`  // turns a proposal on; "" for law
	// Replaces is the rule that does not apply while Switch is on.
	Replaces string `yaml:"replaces"`
	Each     bool   `yaml:"each"` // one duty for each controller that the party serves

	Starts      []Kind `yaml:"starts"`       // the earliest of them starts the clock
	LatestStart bool   `yaml:"latest_start"` // the latest of them does
	Arises      bool   `yaml:"arises"`       // there is no duty before what starts it, so nothing meets it then
	Strict      []Kind `yaml:"strict"`       // from which a strict authority may count
	Inquiry     bool   `yaml:"inquiry"`      // a short investigation may come before the start
	Needs       []Kind `yaml:"needs"`        // a decision without which nothing is due
	Waived      []Kind `yaml:"waived"`       // a decision after which nothing is due
	Restores    []Kind `yaml:"restores"`     // what undoes a waiver that came before
	Met         []Kind `yaml:"met"`
	After       bool   `yaml:"after"` // what meets it comes after what starts it

	// At most one of the four; none: without undue delay, no hour set.
	Hours  int  `yaml:"hours"`
	Days   int  `yaml:"days"`
	Months int  `yaml:"months"`
	Set    bool `yaml:"set"` // the event that starts it carries the time

	// CapHours after the earliest of CapFrom the time is up in any case, unless the
	// clock starts later than that.
	CapHours int    `yaml:"cap_hours"`
	CapFrom  []Kind `yaml:"cap_from"`

	Counting Counting `yaml:"counting"`
	Relief   string   `yaml:"relief"`  // of counting DORA: all financial entities have it, or some
	Ongoing  string   `yaml:"ongoing"` // progress or final: of reports while an incident lasts
	Ends     []Kind   `yaml:"ends"`    // of Ongoing: what ends the incident

	From  string `yaml:"from"`  // first day of application, "" for time out of mind
	Until string `yaml:"until"` // day from which it applies no longer

	Whom    Words            `yaml:"whom"`
	Local   map[string]Words `yaml:"local"` // country → what its authority is called
	What    Words            `yaml:"what"`
	Note    Words            `yaml:"note"`
	Source  string           `yaml:"source"`
	Checked bool             `yaml:"checked"` // the wording was read, here or in a copy
	Read    string           `yaml:"read"`    // day on which it was, as 2026-01-31
}

// Binding is what a duty rests on.
type Binding string

// What a duty rests on.
const (
	Law      Binding = "law"
	Guidance Binding = "guidance" // what an authority advises
	Contract Binding = "contract" // hours that a contract sets
	Proposal Binding = "proposal" // not law, switched on
)

// Counting is how a period is counted.
type Counting string

// How periods are counted.
const (
	Elapsed Counting = "elapsed" // hours on the clock, nothing to argue
	EU      Counting = "eu"      // as Regulation 1182/71 has it
	DORA    Counting = "dora"    // as Regulation 2025/301, article 5(4) to (6), has it
)

// Rules are the rules that come with Constat.
var Rules = sync.OnceValues(func() (*Rulebook, error) { return ParseRules(rulesFile) })

// ParseRules reads a rulebook, and refuses one that says less or more than a rule
// must.
func ParseRules(text []byte) (*Rulebook, error) {
	book := &Rulebook{}
	if err := plainyaml.Decode(text, book, plainyaml.Strict); err != nil {
		return nil, err
	}
	if book.Version == "" {
		return nil, errors.New("the rulebook has no version")
	}
	if len(book.Rules) == 0 {
		return nil, errors.New("the rulebook has no rule")
	}
	for i := range book.Rules {
		r := &book.Rules[i]
		if err := r.check(book.Rules[:i]); err != nil {
			return nil, fmt.Errorf("rule %d (%s): %w", i+1, word(r.ID), err)
		}
	}
	return book, nil
}

// word is text where it is a word of rules and cases, else a stand-in.
func word(text string) string {
	if isName(text) {
		return text
	}
	return "without a name"
}

func (r *Rule) check(earlier []Rule) error {
	named := func(id string) bool { return slices.ContainsFunc(earlier, func(o Rule) bool { return o.ID == id }) }
	lengths := 0
	for _, set := range []bool{r.Hours != 0, r.Days != 0, r.Months != 0, r.Set} {
		if set {
			lengths++
		}
	}
	switch {
	case !isName(r.ID):
		return errors.New("its id is not of small letters, digits and hyphens")
	case named(r.ID):
		return errors.New("another rule has its id")
	case !r.Article.Whole() || r.Source == "" || !r.Whom.Whole() || !r.What.Whole() || !r.Note.Whole():
		return errors.New("it lacks its article, its source, or words in French and English")
	case r.Binding != Law && r.Binding != Guidance && r.Binding != Proposal:
		return errors.New("its binding is none of law, guidance and proposal")
	case (r.Binding == Proposal) != (r.Switch != ""):
		return errors.New("a proposal has a switch, and nothing else has")
	case r.Replaces != "" && (!named(r.Replaces) || r.Switch == ""):
		return errors.New("what it replaces is no rule before it, or it has no switch")
	case len(r.Starts) == 0 || len(r.Met) == 0:
		return errors.New("nothing starts it, or nothing meets it")
	case lengths > 1 || min(r.Hours, r.Days, r.Months, r.CapHours) < 0 || max(r.Hours, r.Days, r.Months, r.CapHours) > 10_000:
		return errors.New("its length is not one of hours, days, months and set")
	case lengths == 0 && r.Counting != "" || lengths == 1 && r.Counting != Elapsed && r.Counting != EU && r.Counting != DORA:
		return errors.New("its counting is none of elapsed, eu and dora, or there is nothing to count")
	case (r.CapHours != 0) != (len(r.CapFrom) != 0) || r.CapHours != 0 && r.Hours == 0:
		return errors.New("its cap lacks the hours or what it runs from")
	case (r.Counting == DORA) != (r.Relief != "") || r.Relief != "" && r.Relief != "all" && r.Relief != "some":
		return errors.New("its relief is not all or some, of counting dora")
	case r.Ongoing != "" && r.Ongoing != "progress" && r.Ongoing != "final" || (r.Ongoing != "") != (len(r.Ends) != 0) || r.Ongoing != "" && lengths == 0:
		return errors.New("its ongoing is not progress or final, with what ends it and a length")
	}
	for _, list := range [][]Kind{r.Starts, r.Strict, r.Needs, r.Waived, r.Restores, r.Met, r.CapFrom, r.Ends} {
		for _, k := range list {
			if !k.known() {
				return errors.New("it speaks of a kind of event that there is not")
			}
		}
	}
	for _, f := range slices.Concat(r.Who, r.Unless) {
		if !slices.Contains(facts, f) {
			return errors.New("it asks for what no party is")
		}
	}
	if r.Checked != (r.Read != "") {
		return errors.New("its wording was read, and it does not say on which day, or the other way round")
	}
	for _, day := range []string{r.From, r.Until, r.Read} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return errors.New("a day is not written 2026-01-31")
		}
	}
	for _, c := range r.Country {
		if !isCountry(c) {
			return errors.New("a country is not two capital letters")
		}
	}
	for c, name := range r.Dormant {
		if !isCountry(c) || !isName(name) {
			return errors.New("where it is dormant is not a country and a switch")
		}
	}
	for c, w := range r.Local {
		if !isCountry(c) || !w.Whole() {
			return errors.New("a local name is not a country and words in French and English")
		}
	}
	return nil
}

// Switches are the names that a case may turn on, sorted.
func (b *Rulebook) Switches() []string {
	var all []string
	for _, r := range b.Rules {
		if r.Switch != "" {
			all = append(all, r.Switch)
		}
		for _, name := range r.Dormant {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// applies reports whether the rule applies on that day.
func (r *Rule) applies(day date) bool {
	text := time.Date(day.y, day.m, day.d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	return (r.From == "" || r.From <= text) && (r.Until == "" || text < r.Until)
}

func isName(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && s[0] != '-'
}

func isCountry(s string) bool {
	return len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
