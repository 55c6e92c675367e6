package accesslog

import (
	"bytes"
	"cmp"
	"time"
)

// clock reads times as logs write them. Where the text tells no zone, that of the
// clock is taken. It is used by one goroutine.
type clock struct {
	zone *time.Location

	// The date read last as it was written, and when it began.
	date  [11]byte
	begun int64

	year    int  // of times that tell none; 0: such times are not read
	month   int  // of the time read last of those
	assumed bool // the time read last told no zone

	// The day read last, whose first instant is kept: working out a zone's offset
	// costs more than all else.
	day    int // year*10000 + month*100 + day
	hour   int
	offset int64 // seconds east of UTC in that hour
}

func newClock(o Options) clock { return clock{zone: cmp.Or(o.Zone, time.UTC), year: o.Year} }

// read reads a time as microseconds since 1970 in UTC:
//
//	2026-11-21T22:50:04.951Z   2026-11-21 22:50:04.951 UTC   2026-11-21 22:50:04+0100
//	17/May/2015:10:05:03 +0000   1763765404   1763765404951   1763765404.951
//	21/11/2026 22:50:04   20261121 22:50:04   261121 22:50:04
//	Nov 21 2026 22:50:04.951 UTC   Nov 21 22:50:04
func (c *clock) read(s []byte) (int64, bool) {
	c.assumed = false
	switch {
	case len(s) >= 15 && s[0] >= 'A' && s[3] == ' ':
		return c.named(s)
	case len(s) >= 19 && s[2] == '/' && s[5] == '/':
		return c.french(s)
	case len(s) >= 15 && len(s) <= 17 && s[len(s)-9] == ' ' && s[len(s)-3] == ':':
		return c.packed(s)
	case len(s) >= 19 && s[4] == '-' && s[7] == '-':
		return c.calendar(s)
	case len(s) >= 20 && s[2] == '/' && s[6] == '/':
		return c.web(s)
	case len(s) > 0 && s[0] >= '0' && s[0] <= '9':
		return epoch(s)
	}
	return 0, false
}

func (c *clock) calendar(s []byte) (int64, bool) {
	if [11]byte(s) == c.date && len(s) > 19 {
		if seconds, ok := daytime(s[11:19]); ok {
			micros, rest := fraction(s[19:])
			if len(rest) == 1 && rest[0] == 'Z' {
				return (c.begun+seconds)*1_000_000 + micros, true
			}
		}
	}
	year, ok1 := digits(s[0:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 || s[10] != 'T' && s[10] != ' ' && s[10] != 't' {
		return 0, false
	}
	seconds, ok := daytime(s[11:19])
	if !ok {
		return 0, false
	}
	micros, rest := fraction(s[19:])
	at, ok := c.instant(year, month, day, seconds, micros, bytes.TrimLeft(rest, " "))
	if ok {
		c.date, c.begun = [11]byte(s), daysSince(year, month, day)*86_400
	}
	return at, ok
}

// french reads 21/11/2026 22:50:04: the day first.
func (c *clock) french(s []byte) (int64, bool) {
	day, ok1 := digits(s[0:2])
	month, ok2 := digits(s[3:5])
	year, ok3 := digits(s[6:10])
	seconds, ok4 := daytime(s[11:19])
	if !ok1 || !ok2 || !ok3 || !ok4 || s[10] != ' ' && s[10] != 'T' {
		return 0, false
	}
	micros, rest := fraction(s[19:])
	return c.instant(year, month, day, seconds, micros, bytes.TrimLeft(rest, " "))
}

// packed reads 20261121 22:50:04 and 261121  2:50:04.
func (c *clock) packed(s []byte) (int64, bool) {
	n := len(s) - 9
	ymd, ok1 := digits(s[:n])
	var day [8]byte
	copy(day[:], s[n+1:])
	if day[0] == ' ' {
		day[0] = '0'
	}
	seconds, ok2 := daytime(day[:])
	if !ok1 || !ok2 || n != 6 && n != 8 {
		return 0, false
	}
	if n == 6 {
		ymd += 20_000_000
	}
	return c.instant(ymd/10_000, ymd/100%100, ymd%100, seconds, 0, nil)
}

// named reads Nov 21 2026 22:50:04.951 UTC, and Nov 21 22:50:04, whose year is that of the
// clock: one more than before once a December is followed by a January.
func (c *clock) named(s []byte) (int64, bool) {
	month := monthOf(s[:3])
	day, ok := digits(bytes.TrimLeft(s[4:6], " "))
	if month == 0 || !ok || s[6] != ' ' {
		return 0, false
	}
	year, rest := c.year, s[7:]
	if isDigit(rest[3]) && len(rest) >= 13 && rest[4] == ' ' {
		if year, ok = digits(rest[:4]); !ok {
			return 0, false
		}
		rest = rest[5:]
	} else {
		if c.year == 0 {
			return 0, false
		}
		if c.month >= 11 && month <= 2 {
			c.year++
			year++
		}
		if c.month == 1 && month == 12 {
			year-- // a straggler
		} else {
			c.month = month
		}
	}
	if len(rest) < 8 {
		return 0, false
	}
	seconds, ok := daytime(rest[:8])
	if !ok {
		return 0, false
	}
	micros, rest := fraction(rest[8:])
	return c.instant(year, month, day, seconds, micros, bytes.TrimLeft(rest, " "))
}

// fraction reads parts of a second, as microseconds, and gives what follows.
func fraction(rest []byte) (int64, []byte) {
	micros := int64(0)
	if len(rest) > 0 && (rest[0] == '.' || rest[0] == ',') {
		rest = rest[1:]
		unit := int64(100_000)
		for len(rest) > 0 && isDigit(rest[0]) {
			micros += int64(rest[0]-'0') * unit
			unit /= 10
			rest = rest[1:]
		}
	}
	return micros, rest
}

var months = [][]byte{[]byte("Jan"), []byte("Feb"), []byte("Mar"), []byte("Apr"), []byte("May"), []byte("Jun"), []byte("Jul"), []byte("Aug"), []byte("Sep"), []byte("Oct"), []byte("Nov"), []byte("Dec")}

func monthOf(name []byte) int {
	for i, m := range months {
		if bytes.EqualFold(name, m) {
			return i + 1
		}
	}
	return 0
}

func (c *clock) web(s []byte) (int64, bool) {
	if [11]byte(s) == c.date && s[11] == ':' {
		if seconds, ok := daytime(s[12:20]); ok {
			if east, ok := offset(bytes.TrimLeft(s[20:], " ")); ok {
				return (c.begun + seconds - east) * 1_000_000, true
			}
		}
	}
	day, ok1 := digits(s[0:2])
	month := monthOf(s[3:6])
	year, ok2 := digits(s[7:11])
	if !ok1 || !ok2 || month == 0 || s[11] != ':' {
		return 0, false
	}
	seconds, ok := daytime(s[12:20])
	if !ok {
		return 0, false
	}
	at, ok := c.instant(year, month, day, seconds, 0, bytes.TrimLeft(s[20:], " "))
	if ok {
		c.date, c.begun = [11]byte(s), daysSince(year, month, day)*86_400
	}
	return at, ok
}

// instant puts a time together; zone is what is written of its zone.
func (c *clock) instant(year, month, day int, seconds, micros int64, zone []byte) (int64, bool) {
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	at := daysSince(year, month, day)*86_400 + seconds
	east, ok := offset(zone)
	switch {
	case ok:
		at -= east
	case len(zone) > 0:
		return 0, false
	default:
		c.assumed = true
		ymd, hour := year*10_000+month*100+day, int(seconds/3600)
		if ymd != c.day || hour != c.hour {
			_, o := time.Date(year, time.Month(month), day, hour, int(seconds/60%60), int(seconds%60), 0, c.zone).Zone()
			c.day, c.hour, c.offset = ymd, hour, int64(o)
		}
		at -= c.offset
	}
	return at*1_000_000 + micros, true
}

// offset reads a zone: seconds east of UTC. Of names only those are known that mean
// one offset the world over, or are France's.
func offset(zone []byte) (int64, bool) {
	switch string(zone) {
	case "":
		return 0, false
	case "Z", "z", "UTC", "GMT", "WET":
		return 0, true
	case "CET":
		return 3600, true
	case "CEST":
		return 7200, true
	}
	if zone[0] != '+' && zone[0] != '-' {
		return 0, false
	}
	hours, minutes := zone[1:], []byte(nil) // +02, +0200, +02:00
	if len(zone) > 3 {
		hours, minutes = zone[1:3], bytes.TrimPrefix(zone[3:], []byte(":"))
	}
	h, ok1 := digits(hours)
	m, ok2 := digits(minutes)
	if !ok1 || !ok2 || len(hours) != 2 || len(minutes) != 2 && len(zone) > 3 {
		return 0, false
	}
	east := int64(h)*3600 + int64(m)*60
	if zone[0] == '-' {
		east = -east
	}
	return east, east > -24*3600 && east < 24*3600
}

// epoch reads seconds, milliseconds, microseconds or nanoseconds since 1970: which of them
// is told by how large the number is, from 2001 to 2286.
func epoch(s []byte) (int64, bool) {
	whole, rest, _ := bytes.Cut(s, []byte("."))
	if len(whole) > 19 || len(whole) < 9 {
		return 0, false
	}
	n := int64(0)
	for _, d := range whole {
		if d < '0' || d > '9' {
			return 0, false
		}
		n = 10*n + int64(d-'0')
	}
	unit := int64(1_000_000)
	switch {
	case len(whole) > 17:
		return n / 1000, true
	case len(whole) > 14:
		return n, true
	case len(whole) > 11:
		n, unit = n*1000, 1000
	default:
		n *= 1_000_000
	}
	for _, d := range rest {
		if d < '0' || d > '9' {
			return 0, false
		}
		unit /= 10
		n += int64(d-'0') * unit
	}
	return n, true
}

func daytime(s []byte) (int64, bool) {
	if s[2] != ':' || s[5] != ':' {
		return 0, false
	}
	h, ok1 := digits(s[0:2])
	m, ok2 := digits(s[3:5])
	sec, ok3 := digits(s[6:8])
	return int64(h)*3600 + int64(m)*60 + int64(sec), ok1 && ok2 && ok3 && h < 24 && m < 60 && sec < 61
}

func digits(s []byte) (int, bool) {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysSince counts days since 1970-01-01 in the Gregorian calendar, with the years taken
// to begin in March so that leap days come last.
func daysSince(year, month, day int) int64 {
	y, m := int64(year), int64(month)
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + int64(day) - 719_469
}
