package agency

import "time"

// day is a date as days since 1970-01-01.
type day int32

func dayOf(t time.Time) day { return day(t.Unix() / 86_400) }

func civil(year, month, d int) day {
	return dayOf(time.Date(year, time.Month(month), d, 0, 0, 0, 0, time.UTC))
}

// date splits d into year, month and day of month, proleptic Gregorian
// (the days_from_civil algorithm of Howard Hinnant, backwards).
func (d day) date() (year, month, dom int) {
	z := int(d) + 719_468
	era := z / 146_097
	doe := z - era*146_097
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	dom = doy - (153*mp+2)/5 + 1
	month = mp + 3
	if month > 12 {
		month -= 12
	}
	year = yoe + era*400
	if month <= 2 {
		year++
	}
	return year, month, dom
}

func (d day) year() int {
	y, _, _ := d.date()
	return y
}

// appendDate writes d as 2006-01-02.
func (d day) appendDate(b []byte) []byte {
	y, m, dom := d.date()
	b = append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-')
	b = append(b, byte('0'+m/10), byte('0'+m%10), '-')
	return append(b, byte('0'+dom/10), byte('0'+dom%10))
}

// birthMonths is how many months of birth there are: the NIR gives the year
// with two digits, so that a world may not span a hundred years or more.
const birthMonths = 1200

// birthMonth is the month of birth, from 0 to birthMonths-1.
func (d day) birthMonth() int {
	y, m, _ := d.date()
	return (y*12 + m - 1) % birthMonths
}
