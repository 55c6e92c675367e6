package column

import (
	"bytes"
	"strings"

	"constat.example/clear/table"
)

// date is what column typing needs of a cell that looks like a date: which
// date exactly is for the field package to say.
type date struct {
	year, month, day int
	first, second    int  // the two components beside the year, as written; 0 where the year comes first
	clock            bool // it has a time of day other than midnight
}

// readDate reads dates: in digits, year first or last, with or without
// separators, or with the month in letters; with or without a time.
func readDate(t []byte) (date, bool) {
	if d, ok := digitDate(t); ok {
		return d, true
	}
	return namedDate(t)
}

// namedDate reads 09-Mar-11, 12 mars 1985, Tue May 29 12:54:08 PDT 2018.
func namedDate(t []byte) (date, bool) {
	const longest = 40
	var d date
	if len(t) < 6 || len(t) > longest {
		return d, false
	}
	month, day, year, wide, zones := 0, 0, -1, false, 0
	for word := range bytes.FieldsFuncSeq(t, func(r rune) bool { return r == ' ' || r == '-' || r == '/' || r == ',' || r == '.' }) {
		switch {
		case bytes.IndexByte(word, ':') > 0:
			d.clock = d.clock || bytes.ContainsAny(word, "123456789")
		case allDigits(word):
			n := 0
			for _, c := range word {
				n = n*10 + int(c-'0')
			}
			switch {
			case len(word) == 4 && year < 0:
				year, wide = n, true
			case len(word) <= 2 && day == 0:
				day = n
			case len(word) == 2 && year < 0:
				year = n
			default:
				return d, false
			}
		default:
			if m := monthWord(word); m > 0 && month == 0 {
				month = m
			} else if zones++; zones > 2 || !weekday(word) && !zone(word) {
				return d, false
			}
		}
	}
	if month == 0 || day == 0 || year < 0 {
		return d, false
	}
	if !wide {
		year += 1900
		if year <= 1930 {
			year += 100
		}
	}
	return d, d.set(year, month, day)
}

// monthWord is the number of the month that a word names, in French or English,
// in full or by its first letters; 0 for none.
func monthWord(word []byte) int {
	if len(word) < 3 || len(word) > 10 {
		return 0
	}
	var room [12]byte
	n := 0
	for _, r := range string(word) { // the accents of février, août and décembre
		switch {
		case r >= 'A' && r <= 'Z':
			r |= 0x20
		case r == 'é' || r == 'É':
			r = 'e'
		case r == 'û' || r == 'Û':
			r = 'u'
		case r < 'a' || r > 'z':
			return 0
		}
		if n == len(room) {
			return 0
		}
		room[n] = byte(r)
		n++
	}
	low := string(room[:n])
	for m, names := range monthNames {
		for _, name := range names {
			if strings.HasPrefix(name, low) && (n > 3 || low != "jui" && low != "mai" || name == low) {
				return m + 1
			}
		}
	}
	return 0
}

var monthNames = [12][2]string{
	{"janvier", "january"},
	{"fevrier", "february"},
	{"mars", "march"},
	{"avril", "april"},
	{"mai", "may"},
	{"juin", "june"},
	{"juillet", "july"},
	{"aout", "august"},
	{"septembre", "september"},
	{"octobre", "october"},
	{"novembre", "november"},
	{"decembre", "december"},
}

func weekday(word []byte) bool {
	switch string(bytes.ToLower(word)) {
	case "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
		"lun", "mar", "mer", "jeu", "ven", "sam", "dim", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "le":
		return true
	}
	return false
}

// zone tells the names of time zones, AM and PM.
func zone(word []byte) bool {
	switch string(word) {
	case "UTC", "GMT", "CET", "CEST", "BST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "Z", "AM", "PM", "am", "pm":
		return true
	}
	return false
}

// digitDate reads dates in digits.
func digitDate(t []byte) (date, bool) {
	var d date
	body := t
	if i := bytes.IndexAny(t, "T "); i >= 6 && bytes.IndexByte(t[i:], ':') > 0 {
		body = t[:i]
		d.clock = bytes.ContainsAny(t[i:], "123456789")
	}
	var n [3]int
	var width [3]int
	part, sep := 0, byte(0)
	for i, b := range body {
		switch {
		case b >= '0' && b <= '9':
			if width[part]++; width[part] > 8 {
				return d, false
			}
			n[part] = n[part]*10 + int(b-'0')
		case (b == '-' || b == '/' || b == '.' || b == ' ') && i > 0 && part < 2 && width[part] > 0 && (sep == 0 || sep == b):
			sep = b
			part++
		default:
			return d, false
		}
	}
	if part == 0 && width[0] == 8 {
		if d.set(n[0]/10000, n[0]/100%100, n[0]%100) {
			return d, true
		}
		return d, d.setEither(n[0]%10000, n[0]/1000000, n[0]/10000%100)
	}
	if part != 2 || width[2] == 0 {
		return d, false
	}
	switch {
	case width[0] == 4 && width[1] <= 2 && width[2] <= 2:
		return d, d.set(n[0], n[1], n[2])
	case width[2] == 4 && width[0] <= 2 && width[1] <= 2:
		return d, d.setEither(n[2], n[0], n[1])
	case width[2] == 2 && width[0] <= 2 && width[1] == 2:
		year := 1900 + n[2]
		if n[2] <= 30 {
			year += 100
		}
		return d, d.setEither(year, n[0], n[1])
	}
	return d, false
}

func (d *date) set(year, month, day int) bool {
	d.year, d.month, d.day = year, month, day
	return year >= 1850 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31
}

// setEither takes first and second as day and month, or the other way round.
func (d *date) setEither(year, first, second int) bool {
	d.first, d.second = first, second
	return d.set(year, second, first) || d.set(year, first, second)
}

// MonthFirst reports whether a column of dates is written month first, as
// Americans do. It is decided on the whole sample, since most single dates
// fit both readings: month first wins where days above 12 stand second, and
// nine times as often as they stand first (the rest being typing errors). Where
// nothing tells, the answer is false.
func MonthFirst(sample *table.Batch, column int) bool {
	if column < 0 || column >= sample.Width {
		return false
	}
	first, second := 0, 0
	for row := range sample.Rows() {
		d, ok := readDate(undress(sample.Cell(row, column)))
		switch {
		case !ok:
		case d.first > 12:
			first++
		case d.second > 12:
			second++
		}
	}
	return second > 9*first
}
