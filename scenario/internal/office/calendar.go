package office

import "time"

// day is a date, in days since 1970-01-01.
type day int32

const (
	second = int64(1_000_000) // instants are in microseconds
	minute = 60 * second
	hour   = 60 * minute
	whole  = 24 * hour
)

func civil(year int, month time.Month, dom int) day {
	return day(time.Date(year, month, dom, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

func (d day) date() (year int, month time.Month, dom int) {
	return time.Unix(int64(d)*86_400, 0).UTC().Date()
}

// weekday is 0 on Mondays.
func (d day) weekday() int { return (int(d) + 3) % 7 }

// easter is Easter Sunday (the anonymous Gregorian computus, as Meeus 1991 gives it).
func easter(year int) day {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	return civil(year, time.Month(month), (h+l-7*m+33*month+19)%32)
}

// holiday reports whether d is one of the eleven French public holidays (article
// L3133-1 of the code du travail).
func holiday(d day) bool {
	year, month, dom := d.date()
	switch {
	case month == time.January && dom == 1, month == time.May && (dom == 1 || dom == 8), month == time.July && dom == 14,
		month == time.August && dom == 15, month == time.November && (dom == 1 || dom == 11), month == time.December && dom == 25:
		return true
	}
	switch d - easter(year) {
	case 1, 39, 50: // Easter Monday, Ascension, Whit Monday
		return true
	}
	return false
}

// summer reports whether clocks in Europe are an hour ahead at noon of d: from the
// last Sunday of March on and until the last of October (directive 2000/84/EC).
func summer(d day) bool {
	year, _, _ := d.date()
	last := func(month time.Month) day {
		end := civil(year, month, 31)
		return end - day((end.weekday()+1)%7)
	}
	return d >= last(time.March) && d < last(time.October)
}

// offset is how far local time is ahead of UTC on d, by the code of the department.
func offset(d day, department string) int64 {
	switch department {
	case "971", "972":
		return -4 * hour
	case "973":
		return -3 * hour
	case "974":
		return 4 * hour
	case "976":
		return 3 * hour
	}
	if summer(d) {
		return 2 * hour
	}
	return hour
}

// season is how much there is to do on d, in thousandths: little in August and at the
// end of the year, much in September, on Mondays and at the end of months.
func season(d day) int64 {
	_, month, dom := d.date()
	level := []int64{1050, 1000, 1000, 980, 900, 980, 900, 620, 1350, 1150, 1020, 800}[month-1]
	level = level * []int64{1140, 1040, 970, 960, 890, 1000, 1000}[d.weekday()] / 1000
	if dom >= 27 || dom <= 2 {
		level = level * 1150 / 1000
	}
	return level
}
