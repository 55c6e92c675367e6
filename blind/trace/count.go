package trace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/access"
	"constat.example/blind/engine"
)

// Config says where the counts are drawn from.
type Config struct {
	Session  engine.Session
	Accesses string // view of a table of accesses (package access)
	Leaked   string // view or table of record BIGINT: the tokens of the leaked people's record ids, each once
	People   int64  // of the register
	From, To int64  // the window, microseconds since 1970, day of grace included, whole days of UTC are looked at; 0: no bound
}

const day = 24 * 3600 * 1e6 // microseconds

// within is the SQL that an instant lies in the window.
func (c *Config) within() string {
	var all []string
	if c.From != 0 {
		all = append(all, fmt.Sprintf("instant >= %d", floorDay(c.From)*day))
	}
	if c.To != 0 {
		all = append(all, fmt.Sprintf("instant < %d", (floorDay(c.To)+1)*day))
	}
	if len(all) == 0 {
		return "instant is not null"
	}
	return "(" + strings.Join(all, " and ") + ")"
}

// floorDay is the day of an instant.
func floorDay(instant int64) int64 { return (instant - ((instant%day)+day)%day) / day }

// reading is the SQL that an entry may have shown records.
var reading = func() string {
	var all []string
	for a := range access.Actions {
		if a.Reads() {
			all = append(all, fmt.Sprint(int(a)))
		}
	}
	return "action in (" + strings.Join(all, ", ") + ")"
}()

// actor is the SQL of who acted.
const actor = "case when account <> 0 then cast(account as bigint) else -cast(address as bigint) end"

// Tables that are made, of the package's own.
const (
	hitsTable      = "trace_hits"       // actor, day, instant, record, address, session: the reads of the leaked
	daysTable      = "trace_days"       // actor, day, office, entries, returned
	peopleTable    = "trace_people"     // actor, day, exposed, people, lone
	candidateTable = "trace_candidates" // actor, bit, since, until
)

// count draws Counts. One pass over the accesses beside the leaked people in memory keeps the
// reads of these, and one sums up what each actor read on each day; the rest is drawn from
// the two.
func count(ctx context.Context, c *Config) (*Counts, error) {
	s := c.Session
	date := fmt.Sprintf("cast(floor(instant / %.1f) as bigint)", float64(day))
	if err := s.Table(ctx, hitsTable, fmt.Sprintf(`
select %s as actor, %s as day, instant, a.record, cast(address as bigint) as address, cast(session as bigint) as session
from %s a join %s l on l.record = a.record where %s`, actor, date, c.Accesses, c.Leaked, reading)); err != nil {
		return nil, err
	}
	// One entry may stand for a line that names nobody: it tells how many then.
	if err := s.Table(ctx, daysTable, fmt.Sprintf(`
select actor, day, max(office) as office, sum(named) as entries, sum(unnamed) as returned
from (select %s as actor, %s as day, office, case when record <> 0 then 1 else 0 end as named, case when record = 0 and returned > 0 then returned else 0 end as unnamed
      from %s where %s) x
group by actor, day`, actor, date, c.Accesses, reading)); err != nil {
		return nil, err
	}
	// Of the leaked whom an actor reads: how often on a day, and who on that day first, and on no other.
	if err := s.Table(ctx, peopleTable, fmt.Sprintf(`
select actor, day, sum(exposed) as exposed, sum(people) as people, sum(lone) as lone
from (select actor, day, count(*) as exposed, 0 as people, 0 as lone from %[1]s group by actor, day
      union all
      select actor, first as day, 0 as exposed, count(*) as people, sum(case when first = last then 1 else 0 end) as lone
      from (select actor, min(day) as first, max(day) as last from %[1]s group by actor, record) y group by actor, first) z
group by actor, day`, hitsTable)); err != nil {
		return nil, err
	}
	counts := &Counts{People: c.People}
	at := map[int64]int32{}
	if err := s.Query(ctx, "select day from "+daysTable+" group by day order by day", func(row []any) error {
		d := row[0].(int64)
		at[d] = int32(len(counts.Days))
		counts.Days = append(counts.Days, d)
		return nil
	}); err != nil {
		return nil, err
	}
	counts.To = len(counts.Days)
	if c.From != 0 {
		counts.From, _ = slices.BinarySearch(counts.Days, floorDay(c.From))
	}
	if c.To != 0 {
		counts.To, _ = slices.BinarySearch(counts.Days, floorDay(c.To)+1)
	}
	if err := s.Query(ctx, fmt.Sprintf(`
select d.actor, cast(d.office as bigint), d.day, cast(d.entries as bigint), cast(coalesce(l.exposed, 0) as bigint), cast(coalesce(l.lone, 0) as bigint), cast(d.returned as bigint), cast(coalesce(l.people, 0) as bigint)
from %s d left join %s l on l.actor = d.actor and l.day = d.day order by d.actor, d.day`, daysTable, peopleTable), func(row []any) error {
		who := Actor(row[0].(int64))
		if n := len(counts.Tallies); n == 0 || counts.Tallies[n-1].Actor != who {
			counts.Tallies = append(counts.Tallies, Tally{Actor: who})
		}
		t := &counts.Tallies[len(counts.Tallies)-1]
		t.Office = max(t.Office, row[1].(int64))
		t.People += row[7].(int64)
		t.Days = append(t.Days, Reads{at[row[2].(int64)], Volume{row[3].(int64), row[4].(int64), row[5].(int64), row[6].(int64)}})
		return nil
	}); err != nil {
		return nil, err
	}
	var err error
	if counts.Leaked, err = one(ctx, s, "select count(*) from "+c.Leaked); err != nil {
		return nil, err
	}
	counts.Read, err = one(ctx, s, fmt.Sprintf("select count(distinct record) from %s where %s", hitsTable, c.within()))
	return counts, err
}

// overlap counts people by which of the candidates read them, each in its time.
func overlap(ctx context.Context, c *Config, counts *Counts, candidates []candidate) ([]Cell, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	s := c.Session
	rows := make([][]any, len(candidates))
	first, last := candidates[0].from, candidates[0].to
	for i, k := range candidates {
		rows[i] = []any{int64(k.actor), int64(1) << i, counts.Days[k.from] * day, (counts.Days[k.to-1] + 1) * day}
		first, last = min(first, k.from), max(last, k.to)
	}
	if err := s.Load(ctx, candidateTable, []string{"actor", "bit", "since", "until"}, []string{"BIGINT", "BIGINT", "BIGINT", "BIGINT"}, rows); err != nil {
		return nil, err
	}
	var cells []Cell
	err := s.Query(ctx, fmt.Sprintf(`
select mask, count(*), count(l.record)
from (select x.record, bit_or(k.bit) as mask
      from (select record, instant, %s as actor from %s where %s and record <> 0 and instant >= %d and instant < %d) x
      join %s k on k.actor = x.actor and x.instant >= k.since and x.instant < k.until group by x.record) m
left join %s l on l.record = m.record group by mask order by mask`, actor, c.Accesses, reading, counts.Days[first]*day, (counts.Days[last-1]+1)*day, candidateTable, c.Leaked), func(row []any) error {
		cells = append(cells, Cell{Mask: uint64(row[0].(int64)), Read: row[1].(int64), Leaked: row[2].(int64)})
		return nil
	})
	return cells, err
}

// reach counts, of those who read at least half as many of the leaked as there are within
// the window, whom each read; the furthest first.
func reach(ctx context.Context, c *Config, leaked int64) (actors []Actor, read []int64, err error) {
	err = c.Session.Query(ctx, fmt.Sprintf(`
select x.actor, count(distinct x.record) as n from %[1]s x
join (select actor from %[2]s group by actor having 2 * sum(people) >= %[3]d) k on k.actor = x.actor
where x.actor <> 0 and %[4]s group by x.actor having 2 * count(distinct x.record) >= %[3]d order by n desc, x.actor`,
		hitsTable, peopleTable, leaked, c.within()), func(row []any) error {
		actors, read = append(actors, Actor(row[0].(int64))), append(read, row[1].(int64))
		return nil
	})
	return actors, read, err
}

func one(ctx context.Context, s engine.Session, query string) (n int64, err error) {
	err = s.Query(ctx, query, func(row []any) error {
		n = row[0].(int64)
		return nil
	})
	return n, err
}

// Day is what a suspect read on one day.
type Day struct {
	Day     int64 // days since 1970, UTC
	Read    int64 // records
	Exposed int64 // of the leaked
}

// Way is where reads of the leaked came from: an address or a session.
type Way struct {
	Name  access.Name
	Reads int64
}

// Detail is how a suspect read.
type Detail struct {
	First, Last int64 // microseconds since 1970: of the reads beyond ordinary work, as far as days tell
	Days        []Day // all of the log on which anything was read
	Addresses   []Way // the most used first
	Sessions    []Way
}

// mostWays is how many addresses and sessions are told of a suspect.
const mostWays = 5

// detail looks at one suspect more closely.
func detail(ctx context.Context, c *Config, of Suspect) (d Detail, err error) {
	s := c.Session
	var within []Day
	if err := s.Query(ctx, fmt.Sprintf("select d.day, cast(d.entries + d.returned as bigint), cast(coalesce(p.exposed, 0) as bigint) from %s d left join %s p on p.actor = d.actor and p.day = d.day where d.actor = %d order by d.day", daysTable, peopleTable, of.Actor), func(row []any) error {
		now := Day{row[0].(int64), row[1].(int64), row[2].(int64)}
		d.Days = append(d.Days, now)
		if now.Day >= of.From && now.Day <= of.To {
			within = append(within, now)
		}
		return nil
	}); err != nil {
		return d, err
	}
	from, to := burst(within, of)
	during := fmt.Sprintf("instant >= %d and instant < %d", from*day, (to+1)*day)
	hits := fmt.Sprintf("%s where actor = %d and %s", hitsTable, of.Actor, during)
	if of.Counted {
		hits = fmt.Sprintf("%s where %s = %d and %s and %s and record = 0 and returned > 0", c.Accesses, actor, of.Actor, reading, during)
	}
	if err := s.Query(ctx, "select coalesce(min(instant), 0), coalesce(max(instant), 0) from "+hits, func(row []any) error {
		d.First, d.Last = row[0].(int64), row[1].(int64)
		return nil
	}); err != nil {
		return d, err
	}
	for _, way := range []struct {
		column string
		to     *[]Way
	}{{"address", &d.Addresses}, {"session", &d.Sessions}} {
		if err := s.Query(ctx, fmt.Sprintf("select cast(%s as bigint) as way, count(*) as n from %s and %[1]s <> 0 group by %[1]s order by n desc, way limit %[3]d", way.column, hits, mostWays), func(row []any) error {
			*way.to = append(*way.to, Way{access.Name(row[0].(int64)), row[1].(int64)})
			return nil
		}); err != nil {
			return d, err
		}
	}
	return d, nil
}
