package deadline

import (
	"slices"
	"time"
)

// Regulation (EEC, Euratom) 1182/71 counts the periods of acts of the Union: how
// each of its paragraphs is read stands beside what follows it.

// wall is the instant at which clocks in zone show a date and time; months and
// days may overflow. A time that the change of clocks skips is read by the offset
// before, one that it repeats is the first (RFC 5545, 3.3.5).
func wall(y int, m time.Month, d, h, min, s int, zone *time.Location) time.Time {
	shown := time.Date(y, m, d, h, min, s, 0, time.UTC) // what the clocks show, in calendar arithmetic
	_, before := shown.Add(-36 * time.Hour).In(zone).Zone()
	_, after := shown.Add(36 * time.Hour).In(zone).Zone()
	first := shown.Add(-time.Duration(before) * time.Second)
	for _, offset := range []int{before, after} {
		t := shown.Add(-time.Duration(offset) * time.Second)
		if _, really := t.In(zone).Zone(); really == offset {
			return t.In(zone)
		}
	}
	return first.In(zone) // skipped
}

// addMonths is the same day and time n months on; the last day of the month where
// it has no such day (art. 3(2)(c), second subparagraph).
func addMonths(t time.Time, n int, zone *time.Location) time.Time {
	t = t.In(zone)
	y, m, d := t.Date()
	if last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, time.UTC).Day(); d > last {
		d = last
	}
	return wall(y, m+time.Month(n), d, t.Hour(), t.Minute(), t.Second(), zone)
}

// addDays is the same time n days on.
func addDays(t time.Time, n int, zone *time.Location) time.Time {
	t = t.In(zone)
	y, m, d := t.Date()
	return wall(y, m, d+n, t.Hour(), t.Minute(), t.Second(), zone)
}

// nextHour is when the hour in which t falls is over: that hour is not counted
// (art. 3(1)), the period begins with the next one.
func nextHour(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	into := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
	return t.Add(time.Hour - into)
}

// midnight is the first instant of the day n days after that of t.
func midnight(t time.Time, n int, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return wall(y, m, d+n, 0, 0, 0, zone)
}

// date is a day of the calendar.
type date struct {
	y int
	m time.Month
	d int
}

func dateOf(t time.Time, zone *time.Location) date {
	y, m, d := t.In(zone).Date()
	return date{y, m, d}
}

func (d date) add(n int) date {
	return dateOf(time.Date(d.y, d.m, d.d+n, 12, 0, 0, 0, time.UTC), time.UTC)
}

func (d date) before(e date) bool {
	return d.y < e.y || d.y == e.y && (d.m < e.m || d.m == e.m && d.d < e.d)
}

func (d date) weekday() time.Weekday {
	return time.Date(d.y, d.m, d.d, 12, 0, 0, 0, time.UTC).Weekday()
}

func (d date) at(h, min int, zone *time.Location) time.Time {
	return wall(d.y, d.m, d.d, h, min, 0, zone)
}

// calendar tells working days: all but Saturdays, Sundays and public holidays
// (art. 2).
type calendar struct {
	french bool
	more   []date
}

func (c calendar) works(d date) bool {
	switch w := d.weekday(); {
	case w == time.Saturday || w == time.Sunday, slices.Contains(c.more, d):
		return false
	default:
		return !c.french || !frenchHoliday(d)
	}
}

// next is the first working day from d on.
func (c calendar) next(d date) date {
	for !c.works(d) {
		d = d.add(1)
	}
	return d
}

// frenchHoliday reports whether d is a public holiday in all of France (code du
// travail, L3133-1). Those of Alsace-Moselle and overseas are given with the party.
func frenchHoliday(d date) bool {
	type monthDay struct {
		m time.Month
		d int
	}
	switch (monthDay{d.m, d.d}) {
	case monthDay{1, 1}, monthDay{5, 1}, monthDay{5, 8}, monthDay{7, 14}, monthDay{8, 15}, monthDay{11, 1}, monthDay{11, 11}, monthDay{12, 25}:
		return true
	}
	sunday := easter(d.y)
	return d == sunday.add(1) || d == sunday.add(39) || d == sunday.add(50)
}

// easter is Easter Sunday in the Gregorian calendar: Meeus, Astronomical
// Algorithms (1991), chapter 8.
func easter(year int) date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return date{year, time.Month(n / 31), n%31 + 1}
}
