package trace

import (
	"context"
	"fmt"
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
	From, To int64  // the window, microseconds since 1970, day of grace included; 0: no bound
}

const day = 24 * 3600 * 1e6 // microseconds

// within is the SQL that an instant lies in the window.
func (c *Config) within() string {
	var all []string
	if c.From != 0 {
		all = append(all, fmt.Sprintf("instant >= %d", c.From))
	}
	if c.To != 0 {
		all = append(all, fmt.Sprintf("instant <= %d", c.To))
	}
	if len(all) == 0 {
		return "instant is not null"
	}
	return "(" + strings.Join(all, " and ") + ")"
}

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
	daysTable      = "trace_days"       // actor, day, inside, office, entries, exposed, returned
	candidateTable = "trace_candidates" // actor, bit
)

// count draws Counts, and keeps the reads of each actor on each day. One pass over the
// accesses, beside the leaked people in memory.
func count(ctx context.Context, c *Config) (*Counts, error) {
	s := c.Session
	// One entry may stand for a line that names nobody: it tells how many then.
	query := fmt.Sprintf(`
select actor, day, inside, max(office) as office, sum(named) as entries, sum(hit) as exposed, sum(unnamed) as returned
from (select %s as actor, cast(floor(instant / %.1f) as bigint) as day, case when %s then 1 else 0 end as inside, office,
        case when a.record <> 0 then 1 else 0 end as named, case when l.record is not null then 1 else 0 end as hit,
        case when a.record = 0 and returned > 0 then returned else 0 end as unnamed
      from %s a left join %s l on l.record = a.record where %s) x
group by actor, day, inside`, actor, float64(day), c.within(), c.Accesses, c.Leaked, reading)
	if err := s.Table(ctx, daysTable, query); err != nil {
		return nil, err
	}
	counts := &Counts{People: c.People}
	if err := s.Query(ctx, fmt.Sprintf(`
select actor, cast(max(office) as bigint),
  cast(sum(case when inside = 1 then entries else 0 end) as bigint), cast(sum(case when inside = 1 then exposed else 0 end) as bigint), cast(sum(case when inside = 1 then returned else 0 end) as bigint),
  cast(sum(case when inside = 0 then entries else 0 end) as bigint), cast(sum(case when inside = 0 then exposed else 0 end) as bigint), cast(sum(case when inside = 0 then returned else 0 end) as bigint)
from %s group by actor order by actor`, daysTable), func(row []any) error {
		n := make([]int64, len(row))
		for i := range row {
			n[i] = row[i].(int64)
		}
		counts.Tallies = append(counts.Tallies, Tally{Actor: Actor(n[0]), Office: n[1], In: Volume{n[2], n[3], n[4]}, Out: Volume{n[5], n[6], n[7]}})
		return nil
	}); err != nil {
		return nil, err
	}
	var err error
	if counts.Leaked, err = one(ctx, s, "select count(*) from "+c.Leaked); err != nil {
		return nil, err
	}
	if counts.Inside, counts.Outside, err = c.spans(ctx); err != nil {
		return nil, err
	}
	counts.Read, err = one(ctx, s, fmt.Sprintf("select count(distinct a.record) from %s a join %s l on l.record = a.record where %s and %s", c.Accesses, c.Leaked, reading, c.within()))
	return counts, err
}

// spans is on how many days anybody read within the window and outside of it. Days without a
// read are none: a line that is dated wrong by years makes no years of log.
func (c *Config) spans(ctx context.Context) (inside, outside float64, err error) {
	err = c.Session.Query(ctx, fmt.Sprintf("select inside, count(distinct day) from %s group by inside", daysTable), func(row []any) error {
		if row[0].(int64) == 1 {
			inside = float64(row[1].(int64))
		} else {
			outside = float64(row[1].(int64))
		}
		return nil
	})
	return inside, outside, err
}

// overlap counts people by which of the candidates read them within the window.
func overlap(ctx context.Context, c *Config, candidates []Actor) ([]Cell, error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	s := c.Session
	rows := make([][]any, len(candidates))
	for i, a := range candidates {
		rows[i] = []any{int64(a), int64(1) << i}
	}
	if err := s.Load(ctx, candidateTable, []string{"actor", "bit"}, []string{"BIGINT", "BIGINT"}, rows); err != nil {
		return nil, err
	}
	var cells []Cell
	err := s.Query(ctx, fmt.Sprintf(`
select mask, count(*), count(l.record)
from (select x.record, bit_or(k.bit) as mask
      from (select record, %s as actor from %s where %s and %s and record <> 0) x join %s k on k.actor = x.actor group by x.record) m
left join %s l on l.record = m.record group by mask order by mask`, actor, c.Accesses, reading, c.within(), candidateTable, c.Leaked), func(row []any) error {
		cells = append(cells, Cell{Mask: uint64(row[0].(int64)), Read: row[1].(int64), Leaked: row[2].(int64)})
		return nil
	})
	return cells, err
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
	if err := s.Query(ctx, fmt.Sprintf("select day, inside, cast(entries + returned as bigint), cast(exposed as bigint) from %s where actor = %d order by day, inside", daysTable, of.Actor), func(row []any) error {
		now := Day{row[0].(int64), row[2].(int64), row[3].(int64)}
		if row[1].(int64) == 1 {
			within = append(within, now)
		}
		if n := len(d.Days); n > 0 && d.Days[n-1].Day == now.Day {
			d.Days[n-1].Read += now.Read
			d.Days[n-1].Exposed += now.Exposed
			return nil
		}
		d.Days = append(d.Days, now)
		return nil
	}); err != nil {
		return d, err
	}
	hits := fmt.Sprintf("%s a join %s l on l.record = a.record where %s and %s and %s = %d", c.Accesses, c.Leaked, reading, c.within(), actor, of.Actor)
	if of.Counted {
		hits = fmt.Sprintf("%s a where %s and %s and %s = %d and a.record = 0 and returned > 0", c.Accesses, reading, c.within(), actor, of.Actor)
	}
	from, to := burst(within, of)
	if err := s.Query(ctx, fmt.Sprintf("select coalesce(min(instant), 0), coalesce(max(instant), 0) from %s and instant >= %d and instant < %d", hits, from*day, (to+1)*day), func(row []any) error {
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
