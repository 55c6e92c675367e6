package claim

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ErrNoCount says that a text is no count.
var ErrNoCount = errors.New(`it is no count: write "19 millions", "19M" or "19 000 000"`)

// counted is a number, a word of scale, and what is counted.
var counted = regexp.MustCompile(`^([0-9][0-9 .,']*?) ?([a-z]*)\.? ?(?:(?:de |d'|of ))?([a-z]*)$`)

// scales are powers of ten. "billion" is none: it is 10⁹ in English and 10¹² in
// French.
var scales = map[string]int{
	"k": 3, "mille": 3, "milliers": 3, "thousand": 3, "thousands": 3,
	"m": 6, "mio": 6, "mn": 6, "million": 6, "millions": 6,
	"md": 9, "mds": 9, "mrd": 9, "bn": 9, "milliard": 9, "milliards": 9,
}

// nouns are what counts are of, as sellers say it.
var nouns = map[string]string{
	"people": People, "persons": People, "users": People, "customers": People, "clients": People, "citizens": People,
	"personnes": People, "utilisateurs": People, "usagers": People, "assures": People, "citoyens": People, "abonnes": People,
	"records": Records, "entries": Records, "accounts": Records, "enregistrements": Records, "fiches": Records, "comptes": Records, "entrees": Records,
	"rows": Rows, "lines": Rows, "lignes": Rows,
	"bytes": Bytes, "octets": Bytes,
}

// Count reads a count as people write it: "19 millions", "19M", "1,9 Mio de
// lignes", "43 000 000". The unit is "" where the text does not say it. What can be
// read in two ways is refused.
func Count(text string) (n int64, unit string, err error) {
	parts := counted.FindStringSubmatch(Fold(text))
	if parts == nil || strings.Contains(text, "-") {
		return 0, "", ErrNoCount
	}
	scale, word, noun := 0, parts[2], parts[3]
	if noun == "" && nouns[word] != "" {
		word, noun = "", word
	}
	known := word == ""
	if !known {
		scale, known = scales[word]
	}
	unit = nouns[noun]
	if !known || noun != "" && unit == "" {
		return 0, "", ErrNoCount
	}
	whole, fraction, ok := decimal(parts[1], scale > 0)
	fraction = strings.TrimRight(fraction, "0")
	if !ok || len(fraction) > scale {
		return 0, "", ErrNoCount
	}
	n, err = strconv.ParseInt(whole+fraction+strings.Repeat("0", scale-len(fraction)), 10, 64)
	if err != nil {
		return 0, "", ErrNoCount
	}
	return n, unit, nil
}

// grouped are digits in groups of three, parted by one and the same mark.
var grouped = regexp.MustCompile(`^[0-9]{1,3}(?:(?: [0-9]{3})+|(?:'[0-9]{3})+|(?:\.[0-9]{3})+|(?:,[0-9]{3})+)?$`)

var plain = regexp.MustCompile(`^[0-9]+$`)

// decimal parts a number into its digits before and after the decimal mark. A
// mark with three digits after it may part thousands or be a decimal one: it parts
// thousands, and where the number is scaled nobody can tell.
func decimal(text string, scaled bool) (whole, fraction string, ok bool) {
	text = strings.TrimSpace(text)
	before, after := text, ""
	i := strings.LastIndexAny(text, ".,")
	switch {
	case i < 0:
	case len(text)-i-1 != 3:
		before, after = text[:i], text[i+1:]
		if !plain.MatchString(after) {
			return "", "", false
		}
	case scaled, strings.ContainsAny(text[:i], " '"+other(text[i])):
		return "", "", false
	}
	if !plain.MatchString(before) && !grouped.MatchString(before) {
		return "", "", false
	}
	return strings.NewReplacer(" ", "", "'", "", ".", "", ",", "").Replace(before), after, true
}

func other(mark byte) string {
	if mark == '.' {
		return ","
	}
	return "."
}

// priced is a currency before or after an amount.
var priced = regexp.MustCompile(`^(€|£|[A-Za-z]{3,5})? ?([0-9][0-9 .,']*?) ?(k|K|M)? ?(€|£|[A-Za-z]{3,5})?$`)

// Money writes an amount and its currency as "5000 USD", if the text is one. A
// sign that several currencies share is not understood.
func Money(text string) (told string, ok bool) {
	parts := priced.FindStringSubmatch(spaces.Replace(strings.TrimSpace(text)))
	if parts == nil || (parts[1] == "") == (parts[4] == "") {
		return "", false
	}
	currency := strings.ToUpper(parts[1] + parts[4])
	switch currency {
	case "€", "EURO", "EUROS":
		currency = "EUR"
	case "£":
		currency = "GBP"
	}
	scale := scales[strings.ToLower(parts[3])]
	whole, fraction, ok := decimal(parts[2], scale > 0)
	fraction = strings.TrimRight(fraction, "0")
	if scale > 0 {
		fraction += strings.Repeat("0", max(0, scale-len(fraction)))
		whole, fraction = whole+fraction[:scale], fraction[scale:]
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if !ok || len(whole) > 18 || len(fraction) > 12 {
		return "", false
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return whole + " " + currency, true
}

var lasts = regexp.MustCompile(`^([0-9]{1,4}) ?(h|hours?|heures?|d|j|days?|jours?|weeks?|semaines?)$`)

// DeadlineAt is when a deadline ends, told by the time itself, by a day, whose end
// it is, or by how long it lasts from when the claim was seen.
func DeadlineAt(deadline string, seen time.Time) (time.Time, bool) {
	if at, err := time.Parse(time.RFC3339, deadline); err == nil {
		return at.UTC(), true
	}
	if day, err := time.Parse(time.DateOnly, deadline); err == nil {
		return day.AddDate(0, 0, 1), true
	}
	parts := lasts.FindStringSubmatch(Fold(deadline))
	if parts == nil || seen.IsZero() {
		return time.Time{}, false
	}
	n, _ := strconv.Atoi(parts[1]) // at most four digits
	switch parts[2][0] {
	case 'h':
		return seen.UTC().Add(time.Duration(n) * time.Hour), true
	case 'd', 'j':
		return seen.UTC().AddDate(0, 0, n), true
	}
	return seen.UTC().AddDate(0, 0, 7*n), true
}

// Seen reads when a claim was first seen: RFC 3339, or a day.
func Seen(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("it is no time: write 2026-04-20 or 2026-04-20T08:00:00Z")
}
