// Package severity scores how badly a breach can hurt people, by ENISA's method of
// 2013, SE = DPC × EI + CB, with each factor shown and open to adjustment with a
// reason; proposes the CNIL's level; and lays out what speaks for and against a
// high risk (article 34 GDPR). It decides nothing: a person does. Pure functions.
//
// Source: ENISA, Recommendations for a methodology of the assessment of severity
// of personal data breaches, v1.0, December 2013; CNIL, guides for impact
// assessments (levels of gravité).
package severity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// Words are the same words in French and English.
type Words = words.Both

func pair(fr, en string) Words { return Words{FR: fr, EN: en} }

// Quarters are points of a score in quarters of one: sums are exact.
type Quarters int

// Value is the score.
func (q Quarters) Value() float64 { return float64(q) / 4 }

// MarshalJSON writes the score as a number.
func (q Quarters) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%g", q.Value()), nil }

// Exposed is a kind of data and how many people have it in what was taken.
type Exposed struct {
	Kind   kind.Kind
	People int64
}

// Extent is how far a breach went in one respect.
type Extent string

// How far: of confidentiality, integrity and availability.
const (
	NotSaid   Extent = ""
	None      Extent = "none"      // exposed without evidence of misuse; altered without; back without difficulty
	Contained Extent = "contained" // known recipients; recoverable; for a time
	Full      Extent = "full"      // unknown recipients or published; not recoverable; for good
)

// Breach is what is known of a breach.
type Breach struct {
	People  int64 // affected
	Exposed []Exposed
	Stale   int64 // of People, those of whom some value is no longer current

	Confidentiality Extent
	Integrity       Extent
	Availability    Extent
	Malice          *bool // meant to do harm; nil: not said
	Unintelligible  bool  // to whoever has it, as encrypted data without the key are
}

// Adjustment moves a factor, by a person, for a reason.
type Adjustment struct {
	Factor string // "dpc" or "ei"
	Reason Reason
	Steps  int    // of dpc: whole steps, up or down as the reason has it
	To     Level  // of ei
	Note   string // in the person's words; no value of anybody's
	Who    string
}

// Reason is why a factor is moved.
type Reason string

// The reasons: ENISA's contextual factors for DPC, and what moves EI.
const (
	Volume     Reason = "volume"     // of data about each person
	Controller Reason = "controller" // its field says something about people
	Vulnerable Reason = "vulnerable" // children, protected people
	Invalid    Reason = "invalid"    // wrong or old
	Public     Reason = "public"     // known to everybody before
	Little     Reason = "little"     // their nature reveals little

	Context Reason = "context" // of EI: how they can be told apart there, or found elsewhere
)

// reasons tells which way each moves DPC; 0: EI only.
var reasons = map[Reason]int{Volume: +1, Controller: +1, Vulnerable: +1, Invalid: -1, Public: -1, Little: -1, Context: 0}

// Way tells which way a reason moves DPC, up (+1) or down (-1); 0 for one that moves EI,
// or that there is not.
func Way(r Reason) int { return reasons[r] }

// Reasons are those that move DPC, what raises it first.
func Reasons() []Reason { return []Reason{Volume, Controller, Vulnerable, Invalid, Public, Little} }

// Level is one of the four of EI.
type Level string

// The levels of EI.
const (
	Negligible  Level = "negligible"
	Limited     Level = "limited"
	Significant Level = "significant"
	Maximum     Level = "maximum"
)

var levels = []Level{Negligible, Limited, Significant, Maximum}

// Levels are the four of EI, the lowest first.
func Levels() []Level { return slices.Clone(levels) }

// Category is the people and kinds of one of ENISA's categories of data.
type Category struct {
	Category string   `json:"category"` // simple, behavioural, financial, sensitive
	Words    Words    `json:"words"`
	Score    Quarters `json:"score"`
	Kinds    []string `json:"kinds"`
	// Least and most people who have any of the kinds.
	Least int64 `json:"least"`
	Most  int64 `json:"most"`
}

// Moved is an adjustment as it was applied.
type Moved struct {
	Reason Reason   `json:"reason"`
	Words  Words    `json:"words"`
	By     Quarters `json:"by"` // what it changed; 0 where the scale was used up
	Note   string   `json:"note"`
	Who    string   `json:"who"`
}

// Factor is one factor of the formula with how it comes about.
type Factor struct {
	Filled Quarters `json:"filled"` // from the data
	Moved  []Moved  `json:"moved"`
	Score  Quarters `json:"score"`
	Why    Words    `json:"why"`
	Beyond bool     `json:"beyond"` // adjustments would go beyond the scale: told, not counted
}

// Part is one element of the circumstances of a breach.
type Part struct {
	Part   string   `json:"part"` // confidentiality, integrity, availability, malice
	Points Quarters `json:"points"`
	Known  bool     `json:"known"` // false: nobody said, and the points are 0
	Words  Words    `json:"words"`
}

// Argument speaks for or against a high risk.
type Argument struct {
	Code  string `json:"code"`
	Words Words  `json:"words"`
}

// Assessment is what comes out. SE is null where something is missing that decides
// it; Missing says what.
type Assessment struct {
	Categories []Category `json:"categories"` // highest first
	DPC        Factor     `json:"dpc"`
	EI         Factor     `json:"ei"`
	CB         []Part     `json:"cb"`

	SE *Quarters `json:"se"`
	// What SE can come to: the same where nothing is missing.
	Low     Quarters `json:"low"`
	High    Quarters `json:"high"`
	Missing []string `json:"missing"`

	Band      string `json:"band"` // low, medium, high, very_high; "" where what is missing decides it
	BandWords Words  `json:"band_words"`
	Level     string `json:"level"` // the CNIL's, proposed; "" as Band
	Criterion Words  `json:"criterion"`

	Hundred        bool       `json:"over_hundred"` // people: ENISA's flag, not scored
	Unintelligible bool       `json:"unintelligible"`
	For            []Argument `json:"for"`
	Against        []Argument `json:"against"`
	Undecided      Words      `json:"undecided"` // that a person decides
}

// Assess scores a breach with a person's adjustments. It fails where an adjustment
// cannot be one, and where counts cannot be.
func Assess(b Breach, adjustments []Adjustment) (*Assessment, error) {
	if err := check(b, adjustments); err != nil {
		return nil, err
	}
	a := &Assessment{
		Categories: categories(b), Missing: []string{}, For: []Argument{}, Against: []Argument{}, Undecided: undecided,
		Hundred: b.People > 100, Unintelligible: b.Unintelligible,
	}
	kinds := kind.Set(0)
	for _, e := range b.Exposed {
		if e.People > 0 {
			kinds = kinds.With(e.Kind)
		}
	}
	if len(a.Categories) == 0 {
		a.DPC, a.EI = Factor{Moved: []Moved{}, Why: nothing}, Factor{Moved: []Moved{}, Why: nothing}
		a.Missing = append(a.Missing, "kinds")
	} else {
		a.DPC, a.EI = processing(a.Categories[0], adjustments), identification(kinds, adjustments)
	}
	a.CB = circumstances(b)
	a.Low = a.DPC.Score * a.EI.Score / 4
	a.High = a.Low
	if len(a.Categories) == 0 {
		a.Low, a.High = 1, 16 // 1 × ¼ to 4 × 1
	}
	for _, p := range a.CB {
		a.Low += p.Points
		a.High += p.Points
		if !p.Known {
			a.High += 2
			a.Missing = append(a.Missing, p.Part)
		}
	}
	if len(a.Missing) == 0 || band(a.Low) == band(a.High) {
		se := a.Low
		if len(a.Missing) == 0 {
			a.SE = &se
		}
		i := band(se)
		a.Band, a.BandWords, a.Level, a.Criterion = bands[i].band, bands[i].words, bands[i].level, bands[i].criterion
	}
	arguments(a, b, kinds, adjustments)
	return a, nil
}

func check(b Breach, adjustments []Adjustment) error {
	if b.People < 0 || b.Stale < 0 || b.Stale > b.People {
		return errors.New("the counts of people do not add up")
	}
	for _, e := range b.Exposed {
		if e.People < 0 || e.People > b.People {
			return fmt.Errorf("people with %s are not among the people affected", e.Kind)
		}
	}
	for _, x := range []Extent{b.Confidentiality, b.Integrity, b.Availability} {
		if !slices.Contains([]Extent{NotSaid, None, Contained, Full}, x) {
			return errors.New("how far a breach went is none of none, contained and full")
		}
	}
	ei := 0
	for i, m := range adjustments {
		way, known := reasons[m.Reason]
		switch {
		case !known:
			return fmt.Errorf("adjustment %d: it has no reason that there is", i+1)
		case m.Factor == "dpc" && (way == 0 || m.Steps*way <= 0 || m.Steps*way > 3 || m.To != ""):
			return fmt.Errorf("adjustment %d: for that reason DPC moves one to three whole steps the other way, or not at all", i+1)
		case m.Factor == "ei" && (way != 0 || m.Steps != 0 || !slices.Contains(levels, m.To)):
			return fmt.Errorf("adjustment %d: EI is moved to one of its four levels, for its context", i+1)
		case m.Factor != "dpc" && m.Factor != "ei":
			return fmt.Errorf("adjustment %d: it moves neither dpc nor ei", i+1)
		case m.Factor == "ei" && ei > 0:
			return fmt.Errorf("adjustment %d: EI is moved twice", i+1)
		case m.Note == "" || m.Who == "":
			return fmt.Errorf("adjustment %d: it says not why in words, or not who moves it", i+1)
		case !told(m.Note, longestNote):
			return fmt.Errorf("adjustment %d: its note is too long, or has an @ or five digits in a row, as values of people do", i+1)
		}
		if m.Factor == "ei" {
			ei++
		}
	}
	return nil
}

// longestNote is how long a note may be, in characters.
const longestNote = 500

// told reports whether a text can be kept: short, of one line, without what values
// of people look like.
func told(text string, most int) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= most && strings.TrimSpace(text) == text && !visible.Quotes(text) &&
		strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) }) < 0
}

// categories are those of the data exposed, highest first.
func categories(b Breach) []Category {
	out := []Category{}
	for rank := kind.Sensitive; rank >= kind.Simple; rank-- {
		c := Category{Category: rank.String(), Words: categoryWords[rank], Score: Quarters(4 * rank), Kinds: []string{}}
		for k := range kind.Kind(kind.Count) {
			if k == kind.Unknown || k.Info().Sensitivity != rank {
				continue
			}
			var people int64
			for _, e := range b.Exposed {
				if e.Kind == k {
					people += e.People
				}
			}
			if people > 0 {
				people = min(people, b.People)
				c.Kinds = append(c.Kinds, k.String())
				c.Least = max(c.Least, people)
				c.Most = min(c.Most+people, b.People)
			}
		}
		if len(c.Kinds) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// processing is DPC: the highest category's score, moved in whole steps, all of
// them added before the scale ends them.
func processing(highest Category, adjustments []Adjustment) Factor {
	f := Factor{Filled: highest.Score, Moved: []Moved{}, Score: highest.Score, Why: fromCategory(highest)}
	sum := highest.Score
	for _, m := range adjustments {
		if m.Factor != "dpc" {
			continue
		}
		sum += Quarters(4 * m.Steps)
		now := min(max(sum, 4), 16)
		f.Moved = append(f.Moved, Moved{m.Reason, reasonWords[m.Reason], now - f.Score, m.Note, m.Who})
		f.Score = now
	}
	f.Beyond = sum != f.Score
	return f
}

// identification is EI: by which kinds stand together. ENISA has examples, which
// these defaults keep to: a full name alone is shared by many, with birth date
// and mail it is a person; an address that is used as identifier nearly is.
func identification(kinds kind.Set, adjustments []Adjustment) Factor {
	any := func(ks ...kind.Kind) bool { return slices.ContainsFunc(ks, kinds.Has) }
	name := any(kind.FullName) || any(kind.BirthSurname, kind.UsedSurname) && any(kind.GivenNames)
	born, paper := any(kind.BirthDate), any(kind.NIR, kind.TaxNumber, kind.IDCard, kind.Passport, kind.Permit)
	reach := any(kind.Email, kind.Phone, kind.Address)
	level, why := Negligible, onlyTraits
	switch {
	case name && paper:
		level, why = Maximum, nameAndPaper
	case name && born && reach:
		level, why = Maximum, nameBornReach
	case name && (born || reach || any(kind.IBAN, kind.PaymentCard)):
		level, why = Significant, nameAndMore
	case paper:
		level, why = Significant, paperAlone
	case any(kind.Email):
		level, why = Significant, emailAlone
	case name:
		level, why = Limited, nameAlone
	case any(kind.Phone, kind.Address, kind.IBAN, kind.PaymentCard), born && any(kind.BirthPlace, kind.BirthPlaceCode, kind.PostCode, kind.City, kind.CityCode):
		level, why = Limited, reachAlone
	}
	points := func(l Level) Quarters { return Quarters(1 + slices.Index(levels, l)) }
	f := Factor{Filled: points(level), Moved: []Moved{}, Score: points(level), Why: why}
	for _, m := range adjustments {
		if m.Factor == "ei" {
			f.Moved = append(f.Moved, Moved{m.Reason, reasonWords[m.Reason], points(m.To) - f.Score, m.Note, m.Who})
			f.Score = points(m.To)
		}
	}
	return f
}

// circumstances are the parts of CB, each 0, ¼ or ½ (ENISA, annex 3). Their points
// are added.
func circumstances(b Breach) []Part {
	points := map[Extent]Quarters{Contained: 1, Full: 2}
	var out []Part
	for _, p := range []struct {
		part   string
		extent Extent
	}{{"confidentiality", b.Confidentiality}, {"integrity", b.Integrity}, {"availability", b.Availability}} {
		out = append(out, Part{p.part, points[p.extent], p.extent != NotSaid, partWords[p.part][p.extent]})
	}
	switch {
	case b.Malice == nil:
		return append(out, Part{"malice", 0, false, partWords["malice"][NotSaid]})
	case *b.Malice:
		return append(out, Part{"malice", 2, true, partWords["malice"][Full]})
	default:
		return append(out, Part{"malice", 0, true, partWords["malice"][None]})
	}
}

// band is the place of a score among bands.
func band(se Quarters) int {
	switch {
	case se < 8:
		return 0
	case se < 12:
		return 1
	case se < 16:
		return 2
	}
	return 3
}

// arguments lays out what speaks for and against a high risk. None has a weight:
// they are for a person to weigh.
func arguments(a *Assessment, b Breach, kinds kind.Set, adjustments []Adjustment) {
	forIt := func(when bool, code string, w Words) {
		if when {
			a.For = append(a.For, Argument{code, w})
		}
	}
	against := func(when bool, code string, w Words) {
		if when {
			a.Against = append(a.Against, Argument{code, w})
		}
	}
	moved := func(r Reason) bool {
		return slices.ContainsFunc(adjustments, func(m Adjustment) bool { return m.Reason == r })
	}
	name := kinds.Has(kind.FullName) || kinds.Has(kind.BirthSurname) || kinds.Has(kind.UsedSurname)
	forIt(a.Band == "high" || a.Band == "very_high", "band", bandArgument(a))
	forIt(kinds.Has(kind.Password), "credentials", argCredentials)
	forIt(kinds.Has(kind.NIR) || kinds.Has(kind.IDCard) || kinds.Has(kind.Passport) || kinds.Has(kind.Permit) || kinds.Has(kind.TaxNumber), "identity", argIdentity)
	forIt(kinds.Has(kind.IBAN) || kinds.Has(kind.PaymentCard), "money", argMoney)
	forIt(name && (kinds.Has(kind.Email) || kinds.Has(kind.Phone) || kinds.Has(kind.Address)), "approach", argApproach)
	forIt(kinds.Has(kind.FreeText), "free_text", argFreeText)
	forIt(b.Malice != nil && *b.Malice && b.Confidentiality == Full, "offered", argOffered)
	forIt(moved(Vulnerable), "vulnerable", argVulnerable)
	forIt(b.People >= 100_000, "many", argMany)
	forIt(a.DPC.Beyond && a.DPC.Score == 16, "beyond", argBeyond)

	against(b.Unintelligible, "unintelligible", argUnintelligible)
	against(a.Band == "low", "band", bandArgument(a))
	against(b.Confidentiality == None, "no_misuse", argNoMisuse)
	against(b.Confidentiality == Contained, "known_recipients", argKnownRecipients)
	against(a.EI.Score == 1, "not_identified", argNotIdentified)
	against(moved(Public), "public", argPublic)
	against(moved(Invalid), "invalid", argInvalid)
	against(b.People > 0 && 2*b.Stale > b.People, "stale", argStale)
}

// Circumstances is CB: the points of its parts.
func (a *Assessment) Circumstances() (cb Quarters) {
	for _, p := range a.CB {
		cb += p.Points
	}
	return cb
}
