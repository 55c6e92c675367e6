package exchange

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"constat.example/desk/casefile"
)

// Title names the case in English.
func (t *Told) Title() string {
	return "Claimed leak of personal data (" + t.Case + ")"
}

// standings word what was decided about the breach.
var standings = map[casefile.Choice]string{
	"":                 "Whether there was a breach is not decided.",
	casefile.Suspected: "A breach is suspected.",
	casefile.Confirmed: "The breach is confirmed.",
	casefile.Refuted:   "There was no breach: the claim is refuted.",
}

// verdicts word what was established of where the files come from.
var verdicts = map[string]string{
	"genuine":      "The files come from the register.",
	"mixed":        "The files come from the register in part.",
	"recycled":     "The files come from an earlier leak.",
	"fabricated":   "The files are made up.",
	"foreign":      "The files come from another source than the register.",
	"undetermined": "Where the files come from is not established.",
}

// Summary tells in English sentences what is claimed, established and decided.
func (t *Told) Summary() string {
	var all []string
	for i := range t.Claims {
		if c := &t.Claims[i]; c.CorrectedBy == 0 {
			all = append(all, c.Words())
		}
	}
	if f := t.Finding; f != nil {
		all = append(all, f.words()...)
	}
	return strings.Join(append(all, standings[t.Standing]), " ")
}

// words are sentences.
func (f *Finding) words() []string {
	all := []string{verdicts[f.Verdict]}
	if f.Refused {
		all[0] = verdicts["undetermined"]
	}
	all = append(all, fmt.Sprintf("They hold %s and expose %s of the register.", number(f.Rows, "row", "rows"), number(f.People, "person", "people")))
	switch {
	case f.Estimate != nil && f.Low != nil && f.High != nil:
		all = append(all, fmt.Sprintf("The whole leak is estimated at %s (%s to %s).", number(*f.Estimate, "person", "people"), grouped(*f.Low), grouped(*f.High)))
	case f.Low != nil:
		all = append(all, fmt.Sprintf("The whole leak holds at least %s.", number(*f.Low, "person", "people")))
	}
	if f.NotBefore != nil && f.NotAfter != nil {
		all = append(all, fmt.Sprintf("The copy was made between %s and %s.", minute(*f.NotBefore), minute(*f.NotAfter)))
	}
	return all
}

// Words tell the claim in an English sentence.
func (c *Claim) Words() string {
	what := "data"
	if c.Claimed.Count != nil {
		what = grouped(*c.Claimed.Count) + " " + cmp.Or(c.Claimed.Unit, "of what is not said")
	}
	text := "Claimed: " + what
	if len(c.Claimed.Fields) > 0 {
		text += " with " + strings.Join(c.Claimed.Fields, ", ")
	}
	if c.Source != "" {
		text += ", seen on " + c.Source
	}
	if c.Price != "" {
		text += ", for sale at " + c.Price
	}
	if c.Ransom != "" {
		text += ", ransom of " + c.Ransom
	}
	return text + "."
}

// number counts something.
func number(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes a number with its thousands apart.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }
