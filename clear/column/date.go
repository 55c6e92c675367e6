package column

import (
	"bytes"

	"constat.example/clear/table"
)

// date is what column typing needs of a cell that looks like a date: which
// date exactly is for the field package to say.
type date struct {
	year, month, day int
	first, second    int  // the two components beside the year, as written; 0 where the year comes first
	clock            bool // it has a time of day other than midnight
}

// readDate reads dates in digits: year first or last, with or without
// separators, with or without a time.
func readDate(t []byte) (date, bool) {
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
