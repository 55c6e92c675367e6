package trace

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"constat.example/blind/access"
)

// Outlook is what is known of the logs and of the organisation beside the accesses.
type Outlook struct {
	From, To int64    // the window of theft, without grace, microseconds since 1970; 0: no bound is known
	Sources  []Source // the logs, by ordinal
	Outlets  []Outlet // ways out that the organisation declares
}

// Source is a log.
type Source struct {
	Lines    int64
	Rejected int64 // of Lines: could not be read
	Used     int64 // of Lines: tell who read what
	Entries  int64 // accesses made of Used
}

// Outlet is a way in which records leave, or lie elsewhere.
type Outlet struct {
	Name     string
	Kind     string  // backup, replica, export, partner, other
	From, To int64   // when it was there; 0: no bound is known
	Share    float64 // of the register
	Logged   bool    // reads of it are in the logs at hand
}

// Spot is a way in which data could have left that the logs cannot show.
type Spot struct {
	Code   string
	Share  float64 // of the leaked people that it could explain, at most
	Name   string  // of a declared outlet
	Kind   string  // of it, or the action of a bulk statement
	Count  int64   // lines, hours, accounts: what was counted
	Part   float64 // of the window that it bears on; 0 where that means nothing
	From   int64   // microseconds since 1970; 0 where it has no time
	To     int64
	Actors []Actor // who, the first few
}

// Codes of spots.
const (
	BulkStatement  = "bulk_statement"  // a bulk statement, logged without saying whose records, and how many or of what
	LoggingChanged = "logging_changed" // what is logged was changed, or the log began or ended
	SilentHours    = "silent_hours"    // hours without a line, of a log that never is silent then
	BeginsAfter    = "begins_after"    // the logs begin after the window does
	EndsBefore     = "ends_before"     // the logs end before the window does
	WholeWindow    = "no_window"       // the theft is not dated: it may lie before or after the logs
	CountsOnly     = "counts_only"     // lines tell how many records, not whose
	UnknownReader  = "unknown_reader"  // lines tell neither account nor address
	RejectedLines  = "rejected_lines"  // lines that could not be read
	UnseenAccounts = "unseen_accounts" // accounts that come in and are never seen to read
	OrdinaryReach  = "ordinary_reach"  // accounts whose ordinary work reads most of the leaked
	Declared       = "declared"        // what the organisation says it has
)

// AllSpots are the codes, in the order in which spots of one share are told.
var AllSpots = []string{BulkStatement, LoggingChanged, SilentHours, BeginsAfter, EndsBefore, WholeWindow, Declared, UnknownReader, CountsOnly, OrdinaryReach, UnseenAccounts, RejectedLines}

// seen is what the accesses tell of blind spots.
type seen struct {
	bulk        []bulk
	logging     Spot // Count, From, To
	unseen      []Actor
	unseenCount int64
	first, last int64 // of the logs
	hours       []hour
	reach       []Actor // who read half of the leaked or more within the window
	reached     []int64 // how many of them, by reach
}

type bulk struct {
	actor       Actor
	action      access.Action
	lines       int64
	uncounted   int64 // of lines: tell no number
	most        int64 // the largest number told
	first, last int64
}

// reader is who was given numbers of records, and the most in a week of the window.
type reader struct {
	actor Actor
	most  int64
}

// most is the most records, not named, that an actor was given in a week of the window.
func (c *Counts) most(t *Tally) (most int64) {
	const week = 7
	for i, r := range t.Days {
		sum := int64(0)
		for _, later := range t.Days[i:] {
			if d := int(later.Day); d < c.From || d >= c.To || c.Days[later.Day]-c.Days[r.Day] >= week {
				break
			}
			sum += later.Returned
		}
		most = max(most, sum)
	}
	return most
}

// hour is the lines of a log in an hour.
type hour struct{ source, hour, lines int64 }

// fewActors is how many actors of a spot are named.
const fewActors = 5

// look draws what the accesses tell of blind spots.
func look(ctx context.Context, c *Config) (*seen, error) {
	s, out := c.Session, &seen{}
	if err := s.Query(ctx, fmt.Sprintf(`
select %s as actor, cast(action as bigint) as action, count(*), sum(case when returned < 0 then 1 else 0 end), max(returned), min(instant), max(instant)
from %s where action in (%d, %d, %d) and record = 0 and %s group by %[1]s, action order by actor, action`, actor, c.Accesses, access.Export, access.Copy, access.Backup, c.within()), func(row []any) error {
		out.bulk = append(out.bulk, bulk{
			actor: Actor(row[0].(int64)), action: access.Action(row[1].(int64)), lines: row[2].(int64), uncounted: whole(row[3]), most: row[4].(int64), first: row[5].(int64), last: row[6].(int64),
		})
		return nil
	}); err != nil {
		return nil, err
	}
	if err := s.Query(ctx, fmt.Sprintf("select count(*), coalesce(min(instant), 0), coalesce(max(instant), 0) from %s where action = %d and %s", c.Accesses, access.Logging, c.within()), func(row []any) error {
		out.logging = Spot{Code: LoggingChanged, Share: 1, Count: row[0].(int64), From: row[1].(int64), To: row[2].(int64)}
		return nil
	}); err != nil {
		return nil, err
	}
	// Who comes in within the window, and reads nothing at any time.
	unseen := fmt.Sprintf(`from (select account, sum(case when %s then 1 else 0 end) as reads, sum(case when action = %d and %s then 1 else 0 end) as logins
from %s where account <> 0 group by account) x where reads = 0 and logins > 0`, reading, access.Login, c.within(), c.Accesses)
	var err error
	if out.unseenCount, err = one(ctx, s, "select count(*) "+unseen); err != nil {
		return nil, err
	}
	if err := s.Query(ctx, fmt.Sprintf("select cast(account as bigint) as account %s order by account limit %d", unseen, fewActors), func(row []any) error {
		out.unseen = append(out.unseen, Actor(row[0].(int64)))
		return nil
	}); err != nil {
		return nil, err
	}
	err = s.Query(ctx, fmt.Sprintf("select source, hour, count(*) from (select cast(source as bigint) as source, cast(floor(instant / %.1f) as bigint) as hour from %s where instant > 0) x group by source, hour order by source, hour", float64(day)/24, c.Accesses), func(row []any) error {
		out.hours = append(out.hours, hour{row[0].(int64), row[1].(int64), row[2].(int64)})
		return nil
	})
	out.span()
	return out, err
}

// span works out when the logs begin and end. A line that is dated wrong is no beginning of a
// log that has a thousand an hour.
func (in *seen) span() {
	most := int64(0)
	for _, h := range in.hours {
		most = max(most, h.lines)
	}
	for _, h := range in.hours {
		if from := h.hour * hourLong; h.lines*1000 >= most {
			if in.first == 0 || from < in.first {
				in.first = from
			}
			in.last = max(in.last, from+hourLong)
		}
	}
}

const hourLong = int64(day / 24)

// whole reads a sum, which engines give in whatever type they sum in.
func whole(x any) int64 {
	switch x := x.(type) {
	case int64:
		return x
	case float64:
		return int64(x)
	}
	return 0
}

// spots lists the blind spots, those that could explain most of the leak first.
func spots(c *Counts, in *seen, o Outlook, named []Suspect) []Spot {
	n := float64(max(c.Leaked, 1))
	share := func(records float64) float64 { return min(1, records/n) }
	var all []Spot
	// Statements that tell how many are one spot for all who ran such, the largest first.
	slices.SortStableFunc(in.bulk, func(a, b bulk) int { return cmp.Compare(b.most, a.most) })
	counted := map[access.Action]*Spot{}
	for _, b := range in.bulk {
		s := Spot{Code: BulkStatement, Kind: b.action.String(), Share: 1, Count: b.lines, From: b.first, To: b.last, Actors: []Actor{b.actor}}
		if b.uncounted > 0 {
			all = append(all, s)
			continue
		}
		s.Share = share(float64(b.most) * float64(b.lines))
		to := counted[b.action]
		if to == nil {
			counted[b.action] = &s
			continue
		}
		to.Share, to.Count, to.From, to.To = max(to.Share, s.Share), to.Count+s.Count, min(to.From, s.From), max(to.To, s.To)
		if len(to.Actors) < fewActors {
			to.Actors = append(to.Actors, b.actor)
		}
	}
	for _, action := range slices.Sorted(maps.Keys(counted)) {
		all = append(all, *counted[action])
	}
	if in.logging.Count > 0 {
		all = append(all, in.logging)
	}
	all = append(all, silences(in.hours, o)...)
	if o.From != 0 && o.To > o.From {
		window := float64(o.To - o.From)
		if late := min(in.first, o.To) - o.From; in.first != 0 && late > day/24 {
			all = append(all, Spot{Code: BeginsAfter, Share: 1, Part: float64(late) / window, From: o.From, To: min(in.first, o.To)})
		}
		if early := o.To - max(in.last, o.From); in.last != 0 && early > day/24 {
			all = append(all, Spot{Code: EndsBefore, Share: 1, Part: float64(early) / window, From: max(in.last, o.From), To: o.To})
		}
	}
	if o.From == 0 || o.To == 0 {
		all = append(all, Spot{Code: WholeWindow, Share: 1, From: o.From, To: o.To})
	}
	counts := Spot{Code: CountsOnly}
	records, readers := int64(0), []reader{}
	for i := range c.Tallies {
		t := &c.Tallies[i]
		read := t.within(c.From, c.To)
		if read.Returned > 0 {
			records += read.Returned
			counts.Count++
			readers = append(readers, reader{t.Actor, c.most(t)})
		}
		if t.Actor == 0 && read.Exposed > 0 {
			all = append(all, Spot{Code: UnknownReader, Share: share(float64(read.Exposed)), Count: read.Entries})
		}
	}
	if counts.Share = share(float64(records)); counts.Count > 0 {
		slices.SortStableFunc(readers, func(a, b reader) int { return cmp.Compare(b.most, a.most) })
		for _, r := range readers[:min(len(readers), fewActors)] {
			counts.Actors = append(counts.Actors, r.actor)
		}
		all = append(all, counts)
	}
	reach := Spot{Code: OrdinaryReach}
	for i, a := range in.reach {
		if slices.ContainsFunc(named, func(s Suspect) bool { return s.Actor == a }) {
			continue
		}
		reach.Count++
		if reach.Share = max(reach.Share, share(float64(in.reached[i]))); len(reach.Actors) < fewActors {
			reach.Actors = append(reach.Actors, a)
		}
	}
	if reach.Count > 0 {
		all = append(all, reach)
	}
	if in.unseenCount > 0 {
		all = append(all, Spot{Code: UnseenAccounts, Share: 1, Count: in.unseenCount, Actors: in.unseen})
	}
	var rejected, used, entries int64
	for _, s := range o.Sources {
		rejected, used, entries = rejected+s.Rejected, used+s.Used, entries+s.Entries
	}
	if rejected > 0 {
		all = append(all, Spot{Code: RejectedLines, Share: share(float64(rejected) * max(1, float64(entries)/float64(max(used, 1)))), Count: rejected})
	}
	for _, out := range o.Outlets {
		over := o.From != 0 && out.To != 0 && out.To < o.From || o.To != 0 && out.From != 0 && out.From > o.To
		if !over && !out.Logged {
			all = append(all, Spot{Code: Declared, Share: min(1, out.Share), Name: out.Name, Kind: out.Kind, From: out.From, To: out.To})
		}
	}
	slices.SortStableFunc(all, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(slices.Index(AllSpots, a.Code), slices.Index(AllSpots, b.Code)), cmp.Compare(a.From, b.From))
	})
	return all
}

// silences finds the stretches of hours without a line in which there would have been many, by
// the same hours of other weeks, of which there must be three: so many that none is no chance.
func silences(hours []hour, o Outlook) []Spot {
	const (
		week    = 168
		atLeast = 3
		many    = 20            // lines; e^-20 is the chance of none if they come by themselves
		longest = 20 * 366 * 24 // of a log, in hours: one that is longer has lines dated wrong
	)
	var all []Spot
	for len(hours) > 0 {
		n := 0
		for n < len(hours) && hours[n].source == hours[0].source {
			n++
		}
		mine := hours[:n]
		hours = hours[n:]
		if mine[n-1].hour-mine[0].hour > longest {
			continue
		}
		var weeks, lines [week]int64 // of each hour of the week: how often it was, and its lines
		for h := mine[0].hour; h <= mine[n-1].hour; h++ {
			weeks[h%week]++
		}
		for _, h := range mine {
			lines[h.hour%week] += h.lines
		}
		for i := 1; i < n; i++ {
			from, to := mine[i-1].hour+1, mine[i].hour // the gap
			var missed [week]int64
			for h := from; h < to; h++ {
				missed[h%week]++
			}
			if o.From != 0 {
				from = max(from, o.From/hourLong)
			}
			if o.To != 0 {
				to = min(to, o.To/hourLong+1)
			}
			s := Spot{Code: SilentHours, Share: 1}
			expected := 0.0
			for h := from; h < to; h++ {
				w := h % week
				others := weeks[w] - missed[w]
				if others < atLeast || lines[w] < others {
					continue
				}
				expected += float64(lines[w]) / float64(others)
				if s.Count++; s.Count == 1 {
					s.From = h * hourLong
				}
				s.To = (h + 1) * hourLong
			}
			if expected >= many {
				all = append(all, s)
			}
		}
	}
	return all
}
