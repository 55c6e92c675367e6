package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"constat.example/internal/words"
)

// language is one of the two a page is written in, with its ways of writing
// numbers and dates.
type language string

const (
	french  language = "fr"
	english language = "en"
)

// Language words for other screens what pages word: it is one of French and English.
type Language = language

// French and English are the languages there are.
const (
	French  Language = french
	English Language = english
)

const (
	nbsp  = "\u00a0" // no-break space
	nnbsp = "\u202f" // narrow no-break space
)

// Lang is the language's tag (BCP 47).
func (l language) Lang() string { return string(l) }

// T returns the text of l, formatted with args: the template holds both
// languages side by side. French gets the no-break spaces its typography asks
// for.
func (l language) T(fr, en string, args ...any) string {
	text := en
	if l == french {
		text = frenchSpaces.Replace(fr)
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// frenchSpaces sets the spaces before double punctuation and inside quotes
// (Lexique des règles typographiques en usage à l'Imprimerie nationale).
var frenchSpaces = strings.NewReplacer(" :", nbsp+":", " ;", nnbsp+";", " ?", nnbsp+"?", " !", nnbsp+"!", "« ", "«"+nbsp, " »", nbsp+"»", " %%", nbsp+"%%")

// N writes n with its noun. In French the singular goes to 0 and 1.
func (l language) N(n int64, frOne, frMany, enOne, enMany string) string {
	return l.Int(n) + nbsp + l.Word(n, frOne, frMany, enOne, enMany)
}

// Word is the noun, or any other word, in the number of n.
func (l language) Word(n int64, frOne, frMany, enOne, enMany string) string {
	switch {
	case l == french && (n == 0 || n == 1 || n == -1):
		return frOne
	case l == french:
		return frMany
	case n == 1 || n == -1:
		return enOne
	}
	return enMany
}

// Int writes n with its digits in groups of three.
func (l language) Int(n int64) string {
	count := words.Count(n)
	return l.T(count.FR, count.EN)
}

// Dec writes x with that many decimals.
func (l language) Dec(x float64, decimals int) string {
	text := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	if n, err := strconv.ParseInt(whole, 10, 64); err == nil {
		whole = l.Int(n)
	}
	mark := "."
	if l == french {
		mark = ","
	}
	if fraction != "" {
		whole += mark + fraction
	}
	if x < 0 && strings.ContainsAny(text, "123456789") {
		whole = "−" + whole
	}
	return whole
}

// Percent writes a share of one.
func (l language) Percent(share float64, decimals int) string {
	if l == french {
		return l.Dec(100*share, decimals) + nbsp + "%"
	}
	return l.Dec(100*share, decimals) + "%"
}

// Share writes part of whole with one decimal. What is not quite nothing or
// not quite everything is never rounded to it.
func (l language) Share(part, whole int64) string {
	if whole == 0 {
		return "–"
	}
	share := float64(part) / float64(whole)
	switch {
	case part > 0 && share < 0.001:
		return "<" + nbsp + l.Percent(0.001, 1)
	case part < whole && share > 0.999:
		return ">" + nbsp + l.Percent(0.999, 1)
	}
	return l.Percent(share, 1)
}

// Rate writes a probability: as a share while that can be read, and as one in
// so many when it is small.
func (l language) Rate(p float64) string {
	switch {
	case math.IsNaN(p) || math.IsInf(p, 0):
		return "–"
	case p <= 0:
		return l.Percent(0, 0)
	case p >= 0.0995:
		return l.Percent(p, 1)
	case p >= 0.0095:
		return l.Percent(p, 2)
	}
	one := 1 / p
	if one > 1e15 {
		return l.T("moins de 1 sur %s", "less than 1 in %s", l.Int(1e15))
	}
	// Three digits are all that such an estimate is worth.
	unit := math.Pow(10, math.Max(0, math.Floor(math.Log10(one))-2))
	return l.T("1 sur %s", "1 in %s", l.Int(int64(math.Round(one/unit)*unit)))
}

// Bytes writes a size in decimal units, as file managers do.
func (l language) Bytes(n int64) string {
	units := [...]string{"bytes", "kB", "MB", "GB", "TB", "PB"}
	if l == french {
		units = [...]string{"octets", "ko", "Mo", "Go", "To", "Po"}
	}
	value, unit := float64(n), 0
	for math.Abs(value) >= 999.95 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	if unit == 0 {
		return l.N(n, "octet", "octets", "byte", "bytes")
	}
	return l.Dec(value, 1) + nbsp + units[unit]
}

var months = map[language][12]string{
	french:  {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	english: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Time writes an instant, in UTC; its hour only where it is not midnight.
func (l language) Time(t time.Time) string {
	t = t.UTC()
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return l.Day(t)
	}
	return l.hour(t) + nbsp + "UTC"
}

// Day writes the day of an instant, on the clock that the instant is told by.
func (l language) Day(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if l == french && t.Day() == 1 {
		day = "1er"
	}
	return day + nbsp + months[l][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Clock writes an instant on the clock that it is told by, with that clock's distance
// from UTC: the same words at midnight as at any other minute.
func (l language) Clock(t time.Time) string {
	_, east := t.Zone()
	zone := "UTC"
	if east != 0 {
		sign := "+"
		if east < 0 {
			sign, east = "−", -east
		}
		zone += sign + strconv.Itoa(east/3600)
		if minutes := east / 60 % 60; minutes != 0 {
			zone += fmt.Sprintf(":%02d", minutes)
		}
	}
	return l.hour(t) + " (" + zone + ")"
}

// hour writes day, hour and minute.
func (l language) hour(t time.Time) string {
	if l == french {
		return l.Day(t) + t.Format(" à 15"+nbsp+"h"+nbsp+"04")
	}
	return l.Day(t) + t.Format(" at 15:04")
}
