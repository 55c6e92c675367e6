package field

import (
	"time"

	"constat.example/clear/internal/fold"
)

var timeMarks = fold.SetOf("-:/.+")

// dateTime reads an instant: a date with or without a time of day, or seconds
// or milliseconds since 1970. Its canonical form is that of RFC 3339, without
// a zone where none is given.
func (s *Splitter) dateTime(text []byte) (Validity, Reason) {
	if digits(text) && (len(text) == 10 || len(text) == 13) {
		n := int64(value(text))
		at := time.Unix(n, 0)
		if len(text) == 13 {
			at = time.UnixMilli(n)
		}
		s.out = at.UTC().AppendFormat(s.out, "2006-01-02T15:04:05.999Z07:00")
		s.bare()
		return Odd, Timestamp
	}
	d, validity, reason := s.parseDate(text)
	if d == (date{}) {
		if validity == Empty {
			return Empty, NoReason
		}
		if s.out = fold.Words(s.out, text, timeMarks); string(s.out) != string(text) {
			// What stood around it may have hidden a date.
			s.line = append(s.line[:0], s.out...)
			s.out = s.out[:0]
			return s.dateTime(s.line)
		}
		s.bare()
		return Invalid, reason
	}
	s.out = d.append(s.out)
	if d.year > lastYear || d.year > 0 && d.year < firstYear { // instants may lie ahead
		if d.year >= 1000 && d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= daysIn(d.year, d.month) {
			validity, reason = Odd, YearWrong
		}
	}
	if !s.timeOfDay(text) && validity != Invalid {
		validity, reason = Invalid, Shape
	}
	s.bare()
	return validity, reason
}

// timeOfDay appends the time of day in text, if there is any, and reports
// whether it exists.
func (s *Splitter) timeOfDay(text []byte) bool {
	colon := -1
	for i, c := range text {
		if c == ':' {
			colon = i
			break
		}
	}
	if colon < 0 {
		if n := len(text); digits(text) && (n == 12 || n == 14) {
			second := 0
			if n == 14 {
				second = value(text[12:14])
			}
			return s.appendTime(value(text[8:10]), value(text[10:12]), second)
		}
		return true
	}
	from := colon
	for from > 0 && isDigit(text[from-1]) && colon-from < 2 {
		from--
	}
	rest := text[colon+1:]
	hour, minute, second := value(text[from:colon]), 0, 0
	minute, rest = leading(rest)
	if len(rest) > 0 && rest[0] == ':' {
		second, rest = leading(rest[1:])
	}
	var fraction []byte
	if len(rest) > 1 && (rest[0] == '.' || rest[0] == ',') && isDigit(rest[1]) {
		n := 1
		for n < len(rest) && isDigit(rest[n]) {
			n++
		}
		fraction, rest = rest[1:n], rest[n:]
	}
	for len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	if len(rest) > 1 && (rest[1] == 'M' || rest[1] == 'm') {
		switch {
		case (rest[0] == 'P' || rest[0] == 'p') && hour < 12:
			hour += 12
		case (rest[0] == 'A' || rest[0] == 'a') && hour == 12:
			hour = 0
		}
		rest = rest[2:]
	}
	ok := s.appendTime(hour, minute, second)
	for len(fraction) > 0 && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if len(fraction) > 0 {
		s.out = append(append(s.out, '.'), fraction...)
	}
	s.zone(rest)
	return ok
}

// leading reads the one or two digits that text begins with.
func leading(text []byte) (int, []byte) {
	n := 0
	for n < len(text) && n < 2 && isDigit(text[n]) {
		n++
	}
	return value(text[:n]), text[n:]
}

func (s *Splitter) appendTime(hour, minute, second int) bool {
	two := func(n int) { s.out = append(s.out, '0'+byte(n/10%10), '0'+byte(n%10)) }
	s.out = append(s.out, 'T')
	two(hour)
	s.out = append(s.out, ':')
	two(minute)
	s.out = append(s.out, ':')
	two(second)
	return hour < 24 && minute < 60 && second <= 60
}

// zone appends the zone that text begins with: Z or UTC, or an offset.
func (s *Splitter) zone(text []byte) {
	switch {
	case len(text) == 0:
	case text[0] == 'Z' || text[0] == 'U':
		s.out = append(s.out, 'Z')
	case text[0] == '+' || text[0] == '-':
		var figures [4]byte
		n := 0
		for _, c := range text[1:] {
			if isDigit(c) && n < 4 {
				figures[n] = c
				n++
			}
		}
		if n == 2 {
			figures[2], figures[3], n = '0', '0', 4
		}
		if n == 4 {
			s.out = append(append(s.out, text[0]), figures[0], figures[1], ':', figures[2], figures[3])
		}
	}
}
