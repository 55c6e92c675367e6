package source

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat.example/blind/token"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// Times names the columns of a source that tell when its rows became so. Empty
// names are found, where one column only is called as such columns are.
type Times struct {
	From      string         // when the row became so, or when the change was made
	To        string         // when it ceased to be so; may be absent
	Operation string         // what was done: insert, update, delete; may be absent
	Zone      *time.Location // of times that name none; nil is UTC
}

// Clock reads the moments of a source's rows.
type Clock struct {
	from, to, operation int // columns, -1 for none
	names               []string
	zone                *time.Location
	timed               bool // some time had hours: else all are days
	moments             []token.Moment
}

// What columns of time are called, folded.
var (
	fromNames      = []string{"validfrom", "datedebut", "datedebutvalidite", "debutvalidite", "debutdevalidite", "valideldu", "validedu", "effectivefrom", "dbtvalidfrom", "sysstart", "rowstart", "systemstart"}
	toNames        = []string{"validto", "datefin", "datefinvalidite", "finvalidite", "findevalidite", "valideau", "effectiveto", "dbtvalidto", "sysend", "rowend", "systemend"}
	changeNames    = []string{"changedat", "changetime", "changedon", "modifiedat", "datemodification", "datemaj", "horodatage", "eventtime", "actiontime", "actiontstamp", "auditts", "updatedat", "tsms"}
	operationNames = []string{"operation", "op", "typeoperation", "changetype", "dmltype", "action"}
)

// folded is a column name without what people write differently.
func folded(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch r {
		case 'é', 'è', 'ê':
			r = 'e'
		case 'à', 'â':
			r = 'a'
		}
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// NewClock finds the columns. Of versions, the time is when a row became so, and
// there may be one when it ceased; of changes it is when the change was made.
func NewClock(names []string, t Times, versions bool) (*Clock, error) {
	c := &Clock{names: names, zone: t.Zone}
	if c.zone == nil {
		c.zone = time.UTC
	}
	calledSo := slices.Clone(fromNames)
	if !versions {
		calledSo = changeNames
	} else if !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(fromNames, folded(n)) }) {
		calledSo = changeNames // an audit table from its beginning
	}
	var err error
	if c.from, err = column(names, t.From, "--valid-from", calledSo); err != nil {
		return nil, err
	}
	if c.from < 0 {
		return nil, failure.New(failure.BadInput, "Name it with --valid-from.", "no column tells when a row became so; the columns are %s", quoted(names))
	}
	if c.to, err = column(names, t.To, "--valid-to", toNames); err != nil {
		return nil, err
	}
	if c.operation, err = column(names, t.Operation, "--operation", operationNames); err != nil {
		return nil, err
	}
	if c.from == c.to || c.from == c.operation || c.to >= 0 && c.to == c.operation {
		return nil, failure.New(failure.BadInput, "Name another.", "the column %q is named for two things", names[c.from])
	}
	return c, nil
}

// column finds the one of a name, or the one called as such columns are.
func column(names []string, name, flag string, calledSo []string) (int, error) {
	var found []int
	for i, n := range names {
		if name != "" && strings.TrimSpace(n) == strings.TrimSpace(name) || name == "" && slices.Contains(calledSo, folded(n)) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return 0, failure.New(failure.BadInput, "Name the one with "+flag+".", "%q and %q may both be meant", names[found[0]], names[found[1]])
	case name != "":
		return 0, failure.New(failure.BadInput, "Correct "+flag+"; the columns are "+quoted(names)+".", "there is no column %q", name)
	}
	return -1, nil
}

func quoted(names []string) string {
	all := make([]string, len(names))
	for i, n := range names {
		all[i] = strconv.Quote(strings.TrimSpace(n))
	}
	return strings.Join(all, ", ")
}

// Columns are the names of those that tell of time, which hold nothing of people.
func (c *Clock) Columns() (names []string) {
	for _, i := range []int{c.from, c.to, c.operation} {
		if i >= 0 {
			names = append(names, c.names[i])
		}
	}
	return names
}

// Read returns the moments of a batch's rows, until the next call. A cell that is
// no time, or no operation, is an error that says where it stands.
func (c *Clock) Read(b *table.Batch) ([]token.Moment, error) {
	c.moments = c.moments[:0]
	parts := c.parts()
	for row, ordinal := range b.Ordinal {
		m := token.Moment{Row: ordinal, End: token.Never, EndTo: token.Never}
		var ok bool
		if m.From, m.To, ok = c.instant(b.Cell(row, c.from), token.Always); !ok || m.From == token.Never {
			return nil, c.bad(ordinal, c.from, "no time", "Write times as 2026-01-31T18:00:00Z, or days as 2026-01-31.")
		}
		if c.to >= 0 {
			if m.End, m.EndTo, ok = c.instant(b.Cell(row, c.to), token.Never); !ok || m.End == token.Always {
				return nil, c.bad(ordinal, c.to, "no time", "Write times as 2026-01-31T18:00:00Z, or days as 2026-01-31; leave empty what holds still.")
			}
			if m.EndTo < m.From {
				return nil, c.bad(ordinal, c.to, "earlier than when the row became so", "Correct the row, or look whether --valid-from and --valid-to are the right way round.")
			}
		}
		if c.operation >= 0 {
			if m.Gone, ok = operation(b.Cell(row, c.operation)); !ok {
				return nil, c.bad(ordinal, c.operation, "no operation that is known", "Write I, U or D, or insert, update, delete.")
			}
		}
		var err error
		if m.Touched, err = c.touches(b, row, parts); err != nil {
			return nil, err
		}
		c.moments = append(c.moments, m)
	}
	return c.moments, nil
}

// Days reports whether no time that was read had hours: then they are days, and
// what happened did so at some time of them.
func (c *Clock) Days() bool { return !c.timed }

func (c *Clock) bad(row int64, column int, is, hint string) error {
	return failure.New(failure.BadInput, hint, "row %d: what stands in column %q is %s", row, c.names[column], is)
}

// operation tells whether a row says that somebody went.
func operation(text []byte) (gone, ok bool) {
	switch strings.ToLower(string(bytes.TrimSpace(text))) {
	case "", "i", "c", "r", "a", "u", "m", "insert", "create", "read", "update", "upsert", "ajout", "creation", "création", "modification", "mise à jour", "maj", "insertion":
		return false, true
	case "d", "s", "delete", "remove", "suppression", "supprimé", "radiation":
		return true, true
	}
	return false, false
}

// layouts are how times are written; those without hours are days.
var layouts = []struct {
	layout string
	day    bool
}{
	{time.RFC3339, false},
	{"2006-01-02 15:04:05Z07:00", false},
	{"2006-01-02 15:04:05Z07", false},
	{"2006-01-02T15:04:05Z07", false},
	{"2006-01-02 15:04:05 Z0700", false},
	{"2006-01-02 15:04:05 MST", false},
	{"2006-01-02T15:04:05", false},
	{time.DateTime, false},
	{"2006-01-02T15:04", false},
	{"2006-01-02 15:04", false},
	{time.DateOnly, true},
	{"02/01/2006 15:04:05", false},
	{"02/01/2006 15:04", false},
	{"02/01/2006", true},
	{"20060102150405", false},
	{"20060102", true},
}

// instant reads a time: after from and not after to, in microseconds since 1970,
// the same where it has hours. Nothing, NULL, infinity and what is beyond the
// years of the registers are none; a number of 10, 13 or 16 digits is seconds,
// milliseconds or microseconds since 1970. Times without a zone are of the clock's; the
// hour that is there twice in autumn is taken for the first.
func (c *Clock) instant(text []byte, none int64) (from, to int64, ok bool) {
	s := strings.TrimSpace(string(text))
	switch strings.ToLower(s) {
	case "", "null", `\n`:
		return none, none, true
	case "infinity", "+infinity":
		return token.Never, token.Never, true
	case "-infinity":
		return token.Always, token.Always, true
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		for digits, unit := range map[int]int64{10: 1_000_000, 13: 1000, 16: 1} {
			if len(s) == digits && n > 0 {
				c.timed = true
				return n * unit, n * unit, true
			}
		}
	}
	for _, l := range layouts {
		t, err := time.ParseInLocation(l.layout, s, c.zone)
		if err != nil {
			continue
		}
		if strings.Contains(l.layout, "MST") && t.Location() != time.UTC && t.Location() != c.zone {
			return 0, 0, false // letters that name no zone that is known
		}
		switch {
		case t.Year() >= 2200:
			return token.Never, token.Never, true
		case t.Year() <= 1900:
			return token.Always, token.Always, true
		case l.day:
			return t.UnixMicro(), t.AddDate(0, 0, 1).UnixMicro(), true
		}
		if earlier := t.Add(-time.Hour); earlier.Format("15:04:05") == t.Format("15:04:05") {
			t = earlier
		}
		c.timed = c.timed || t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0 || t.Nanosecond() != 0
		return t.UnixMicro(), t.UnixMicro(), true
	}
	return 0, 0, false
}

// String says how the clock reads, for a digest of what is made with it.
func (c *Clock) String() string {
	return fmt.Sprint(c.from, c.to, c.operation, c.zone)
}
