package field

import (
	"constat.example/blind/kind"
	"constat.example/clear/internal/fold"
)

// The years that birth dates may have. Years of two digits up to pivot belong
// to this century: nobody is born after lastYear.
const (
	firstYear = 1850
	lastYear  = 2030
	pivot     = lastYear % 100
)

// date is a date as typed: its figures may be none that exist. Zero stands for
// an unknown component.
type date struct{ year, month, day int }

// birthDate reads a date. Its canonical form is YYYY-MM-DD, with 00 for what is
// unknown and the figures as typed where the date does not exist; figures that
// are no date at all stay a run of digits.
func (s *Splitter) birthDate(text []byte) (Validity, Reason) {
	d, validity, reason := s.parseDate(text)
	if d == (date{}) {
		if validity == Empty {
			return Empty, NoReason
		}
		if s.line = append(s.line[:0], text...); figured(s.line) {
			if validity, reason = s.birthDate(s.line); validity == Valid {
				validity, reason = Odd, Repairable
			}
			return validity, reason
		}
		if s.out = fold.Words(s.out, text, noMarks); string(s.out) != string(text) {
			// What stood around it may have hidden a date: (1950-01-01).
			s.line = append(s.line[:0], s.out...)
			s.out = s.out[:0]
			return s.birthDate(s.line)
		}
		typed := s.words[:0]
		for _, c := range s.out {
			if c != ' ' {
				typed = append(typed, c)
			}
		}
		s.words = typed
		if !digits(typed) || len(typed) < 6 || len(typed) > 12 {
			s.bare()
			return Invalid, reason
		}
		// Six figures and more are compared as typed.
		if d, validity, _ = s.parseDate(typed); validity == Empty {
			return Empty, NoReason
		}
		if s.out = append(s.out[:0], typed...); d != (date{}) { // eight figures, oddly parted
			s.out = d.append(s.out[:0])
		}
		s.one(kind.BirthDate)
		return Invalid, reason
	}
	if d == (date{1900, 1, 1}) || d == (date{1899, 12, 30}) || d == (date{1, 1, 1}) || d == (date{9999, 12, 31}) {
		return Empty, NoReason // what systems write for no date
	}
	s.out = d.append(s.out)
	s.one(kind.BirthDate)
	return validity, reason
}

// figured puts, in place, the figures 0 and 1 for the letters that are taken for
// them, and reports whether that leaves no letter.
func figured(text []byte) bool {
	figures, letters := 0, 0
	for i, c := range text {
		switch {
		case isDigit(c):
			figures++
		case c == 'O' || c == 'o':
			text[i] = '0'
			letters++
		case c == 'l' || c == 'I' || c == '|':
			text[i] = '1'
			letters++
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80:
			return false
		}
	}
	return letters > 0 && letters <= 2 && figures >= 4
}

func (d date) append(dst []byte) []byte {
	return append(dst,
		'0'+byte(d.year/1000%10), '0'+byte(d.year/100%10), '0'+byte(d.year/10%10), '0'+byte(d.year%10), '-',
		'0'+byte(d.month/10%10), '0'+byte(d.month%10), '-', '0'+byte(d.day/10%10), '0'+byte(d.day%10))
}

// judge says what a date with a year of four digits is worth.
func (d date) judge() (Validity, Reason) {
	switch {
	case d.month > 12:
		return Invalid, MonthWrong
	case d.day > daysIn(d.year, d.month):
		return Invalid, DayWrong
	case d.year == 0 || d.month == 0 || d.day == 0:
		if d.year != 0 && (d.year < firstYear || d.year > lastYear) {
			return Invalid, YearWrong
		}
		return Odd, Partial
	case d.year < firstYear || d.year > lastYear:
		return Invalid, YearWrong
	}
	return Valid, NoReason
}

// exists reports whether d is a whole date that somebody living may be born on.
func (d date) exists() bool {
	v, _ := d.judge()
	return v == Valid
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year != 0 && (year%4 != 0 || year%100 == 0 && year%400 != 0) {
			return 28
		}
		return 29
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// century gives a year of two digits its century.
func century(yy int) int {
	if yy <= pivot {
		return 2000 + yy
	}
	return 1900 + yy
}

// run is a run of digits in a date.
type run struct {
	value, digits int
}

// parseDate reads the date that text begins with; a time of day may follow.
// The zero date says that there is none.
func (s *Splitter) parseDate(text []byte) (date, Validity, Reason) {
	var runs [3]run
	n := 0
	month, monthAfter := 0, -1 // by its name, and how many runs stood before it
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isDigit(c):
			from := i
			for i < len(text) && isDigit(text[i]) {
				i++
			}
			if i-from > 14 {
				return date{}, Invalid, Length
			}
			if n == 3 || n > 0 && i < len(text) && text[i] == ':' {
				// A time of day after the date.
				if !clock(text[from:]) {
					return date{}, Invalid, Shape
				}
				i = len(text)
				continue
			}
			runs[n] = run{value(text[from:i]), i - from}
			n++
		case c == 'X' || c == 'x' || c == '?' || c == '_':
			// XX/XX/1950
			from := i
			for i < len(text) && text[i] == c {
				i++
			}
			if n == 3 || i-from != 2 && i-from != 4 {
				return date{}, Invalid, Shape
			}
			runs[n] = run{0, i - from}
			n++
		case c == 'T' && n > 0 && i+1 < len(text) && isDigit(text[i+1]):
			if !clock(text[i+1:]) {
				return date{}, Invalid, Shape
			}
			i = len(text)
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80:
			from := i
			for i < len(text) && (text[i] >= 'A' && text[i] <= 'Z' || text[i] >= 'a' && text[i] <= 'z' || text[i] >= 0x80) {
				i++
			}
			s.words = fold.Words(s.words[:0], text[from:i], noMarks)
			m, ok := monthNamed(s.words)
			switch {
			case !ok || m > 0 && month > 0:
				return date{}, Invalid, Shape
			case m > 0:
				month, monthAfter = m, n
			}
		case c == ' ' || c == '/' || c == '-' || c == '.' || c == ',' || c == '\'' || c == '\n':
			i++
		default:
			return date{}, Invalid, Shape
		}
	}
	if month > 0 {
		return named(runs[:n], month, monthAfter)
	}
	switch n {
	case 1:
		return s.solid(runs[0])
	case 2:
		// "19510506.0" and "18750.5" are what float columns leave.
		if dot := indexNonDigit(text); text[dot] == '.' && (runs[0].digits == 8 || runs[0].digits <= 5 && runs[0].digits > 2) && runs[1].digits > 0 {
			if runs[0].digits != 4 || runs[1].value == 0 {
				return s.solid(runs[0])
			}
		}
		return pair(runs[0], runs[1])
	case 3:
		return s.triple(runs)
	}
	return date{}, Invalid, Shape
}

func indexNonDigit(text []byte) int {
	for i, c := range text {
		if !isDigit(c) {
			return i
		}
	}
	return len(text) - 1
}

// clock reports whether text is a time of day, perhaps with a zone.
func clock(text []byte) bool {
	colon := false
	for i, c := range text {
		switch {
		case isDigit(c) || c == '.' || c == '+' || c == '-' || c == ' ' || c == ',' || c == 'Z' && i > 0:
		case c == 'A' || c == 'P' || c == 'M' || c == 'a' || c == 'p' || c == 'm' || c == 'h' || c == 'H' || c == 'U' || c == 'T' || c == 'C':
		case c == ':':
			colon = true
		default:
			return false
		}
	}
	return colon
}

// solid reads a date written as one run of digits.
func (s *Splitter) solid(r run) (date, Validity, Reason) {
	v := r.value
	ymd := func(v int) date { return date{v / 10000, v / 100 % 100, v % 100} }
	dmy := func(v int) date { return s.ordered(v/1000000, v/10000%100, v%10000) }
	switch r.digits {
	case 14, 12: // with the time of day
		if r.digits == 14 {
			v /= 100
		}
		v /= 10000
		d := ymd(v)
		if !d.exists() {
			return date{}, Invalid, Shape
		}
		return d, Valid, NoReason
	case 8:
		switch a, b := ymd(v), dmy(v); {
		case v == 0:
			return date{}, Empty, NoReason
		case a.exists():
			return a, Valid, NoReason
		case b.exists():
			return b, Valid, NoReason
		case plausible(a.year):
			validity, reason := a.judge()
			return a, validity, reason
		case plausible(b.year):
			validity, reason := b.judge()
			return b, validity, reason
		default:
			return a, Invalid, YearWrong
		}
	case 7: // a leading zero was lost
		if d := dmy(v); d.exists() {
			return d, Odd, ZeroLost
		}
	case 6:
		short := s.ordered(v/10000, v/100%100, century(v%100))
		if short.exists() {
			return short, Odd, TwoDigits
		}
		if d := (date{v / 100, v % 100, 0}); plausible(d.year) && d.month >= 1 && d.month <= 12 {
			return d, Odd, Partial
		}
		if d := (date{century(v / 10000), v / 100 % 100, v % 100}); d.exists() {
			return d, Odd, TwoDigits
		}
	case 5:
		if d := serial(v); d.exists() {
			return d, Odd, Serial
		}
	case 4:
		if plausible(v) {
			return date{v, 0, 0}, Odd, Partial
		}
		if v == 0 {
			return date{}, Empty, NoReason
		}
	}
	return date{}, Invalid, Length
}

func plausible(year int) bool { return year >= firstYear && year <= lastYear }

// ordered is the date of two figures before a year, in the column's order
// unless only the other makes a date.
func (s *Splitter) ordered(a, b, year int) date {
	d := date{year, b, a}
	if s.monthFirst {
		d = date{year, a, b}
	}
	if swapped := (date{year, d.day, d.month}); d.month > 12 && swapped.exists() {
		return swapped
	}
	return d
}

// pair reads a month and a year.
func pair(a, b run) (date, Validity, Reason) {
	if a.digits == 4 && b.digits <= 2 {
		a, b = b, a
	}
	if a.digits > 2 || b.digits != 4 || !plausible(b.value) {
		return date{}, Invalid, Shape
	}
	d := date{b.value, a.value, 0}
	validity, reason := d.judge()
	return d, validity, reason
}

// triple reads three figures.
func (s *Splitter) triple(r [3]run) (date, Validity, Reason) {
	if r[0].value == 0 && r[1].value == 0 && r[2].value == 0 {
		return date{}, Empty, NoReason
	}
	switch {
	case r[0].digits == 4 && r[1].digits <= 2 && r[2].digits <= 2:
		d := date{r[0].value, r[1].value, r[2].value}
		validity, reason := d.judge()
		return d, validity, reason
	case r[0].digits > 2 || r[1].digits > 2:
		return date{}, Invalid, Shape
	case r[2].digits == 4:
		d := s.ordered(r[0].value, r[1].value, r[2].value)
		validity, reason := d.judge()
		if validity == Valid && (d.day != r[0].value) != s.monthFirst && r[0].value != r[1].value {
			return d, Odd, MonthFirst
		}
		return d, validity, reason
	case r[2].digits == 2 && r[0].value > 31: // 84-06-15
		d := date{century(r[0].value), r[1].value, r[2].value}
		if validity, reason := d.judge(); validity == Invalid {
			return d, validity, reason
		}
		return d, Odd, TwoDigits
	case r[2].digits == 2:
		d := s.ordered(r[0].value, r[1].value, century(r[2].value))
		if validity, reason := d.judge(); validity == Invalid {
			return d, validity, reason
		}
		return d, Odd, TwoDigits
	}
	return date{}, Invalid, Shape
}

// named reads a date whose month is spelt out.
func named(runs []run, month, after int) (date, Validity, Reason) {
	var d date
	var year run
	switch len(runs) {
	case 1:
		d, year = date{0, month, 0}, runs[0]
	case 2:
		d, year = date{0, month, runs[0].value}, runs[1]
		if after == 1 && runs[0].digits == 4 || after == 0 && runs[0].digits == 4 { // 1950 March 12
			d.day, year = runs[1].value, runs[0]
		}
	default:
		return date{}, Invalid, Shape
	}
	d.year = year.value
	if d.day > 99 || year.digits != 2 && year.digits != 4 || len(runs) == 1 && year.digits != 4 {
		return date{}, Invalid, Shape
	}
	if year.digits == 2 {
		d.year = century(year.value)
		if validity, reason := d.judge(); validity == Invalid {
			return d, validity, reason
		}
		return d, Odd, TwoDigits
	}
	validity, reason := d.judge()
	return d, validity, reason
}

// serial is the day that spreadsheets number n: 1 is 1 January 1900, and 60 a
// 29 February 1900 that never was.
func serial(n int) date {
	// Days from 1 March of year 0, after Hinnant, "chrono-compatible low-level
	// date algorithms".
	z := n + 693899 // 30 December 1899 is day 0
	era := z / 146097
	doe := z % 146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d := date{yoe + era*400, mp + 3, doy - (153*mp+2)/5 + 1}
	if d.month > 12 {
		d.month -= 12
		d.year++
	}
	return d
}

// monthNamed returns the month that a folded word names in French or English,
// and 0 for words that dates are written around with; ok is false for others.
func monthNamed(word []byte) (month int, ok bool) {
	switch string(word) {
	case "JANVIER", "JANV", "JAN", "JANUARY":
		return 1, true
	case "FEVRIER", "FEVR", "FEV", "FEB", "FEBRUARY":
		return 2, true
	case "MARS", "MAR", "MARCH":
		return 3, true
	case "AVRIL", "AVR", "APR", "APRIL":
		return 4, true
	case "MAI", "MAY":
		return 5, true
	case "JUIN", "JUN", "JUNE":
		return 6, true
	case "JUILLET", "JUIL", "JUL", "JULY":
		return 7, true
	case "AOUT", "AOU", "AUG", "AUGUST":
		return 8, true
	case "SEPTEMBRE", "SEPT", "SEP", "SEPTEMBER":
		return 9, true
	case "OCTOBRE", "OCT", "OCTOBER":
		return 10, true
	case "NOVEMBRE", "NOV", "NOVEMBER":
		return 11, true
	case "DECEMBRE", "DEC", "DECEMBER":
		return 12, true
	case "", "LE", "NE", "NEE", "DU", "DE", "OF", "THE", "BORN", "ON", "EN", "ER", "ST", "ND", "RD", "TH",
		"LUNDI", "MARDI", "MERCREDI", "JEUDI", "VENDREDI", "SAMEDI", "DIMANCHE",
		"LUN", "MER", "JEU", "VEN", "SAM", "DIM",
		"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
		"MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN":
		return 0, true
	}
	return 0, false
}
