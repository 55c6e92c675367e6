package reach

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"constat.example/blind/access"
	"constat.example/blind/engine"
)

// Config says where counts are drawn from. Views are named by what they hold; "" is none.
type Config struct {
	Session  engine.Session // with the views of a register
	Accesses string         // view of a table of accesses (package access)
	From, To int64          // the period, as Period tells it

	// Whom an office follows: a view of record and office BIGINT, each record once; or by
	// where people live, a column of the register and the offices of its tokens.
	Follows string
	Column  string
	Places  map[int64]int64

	Lists string // view of account, record, since, until BIGINT: people assigned, by rights

	Reasons Reasons
}

// Reasons are what explains reads.
type Reasons struct {
	Declared []int64 // numbers of reasons
	Assigned string  // view of account, record, since, until BIGINT
	Follows  string  // view of record, office BIGINT
	Given    bool
}

// Tables that are made, of the package's own.
const (
	peopleTable = "reach_people" // record, office, present: everybody who ever was in the register
	readsTable  = "reach_reads"  // account, record, needed: each once
	scopeTable  = "reach_scope"  // account, office: whose people it may read
	grantTable  = "reach_grant"  // account, everybody, since its person left
	listTable   = "reach_list"   // account, record: assigned within the period
	placeTable  = "reach_place"  // place, office
	noList      = "reach_no_list"
	turnsTable  = "reach_turns" // account, hour, address, first, last
)

func actions(is func(access.Action) bool) string {
	var all []string
	for a := range access.Actions {
		if is(a) {
			all = append(all, fmt.Sprint(int(a)))
		}
	}
	return "action in (" + strings.Join(all, ", ") + ")"
}

var (
	// reading and bulk are the SQL of actions by which records are seen, and many at once;
	// in, of those that somebody who came in does.
	reading = actions(access.Action.Reads)
	bulk    = actions(func(a access.Action) bool { return a == access.Export || a == access.Copy || a == access.Backup })
	in      = actions(func(a access.Action) bool { return a != access.Refused })
)

// Period is the time that accesses tell of: whole days of UTC. Days before the first and
// after the last with a hundredth of the busiest day's lines are strays, and counted.
func Period(ctx context.Context, s engine.Session, accesses string) (from, to, outside int64, err error) {
	type count struct{ day, n int64 }
	var days []count
	most := int64(0)
	err = s.Query(ctx, fmt.Sprintf("select day, count(*) from (select cast(floor(instant / %.1f) as bigint) as day from %s) x group by day order by day", float64(day), accesses), func(row []any) error {
		days = append(days, count{row[0].(int64), row[1].(int64)})
		most = max(most, row[1].(int64))
		return nil
	})
	if err != nil || len(days) == 0 {
		return 0, 0, 0, err
	}
	busy := func(c count) bool { return c.n*100 >= most }
	first := slices.IndexFunc(days, busy)
	last := len(days) - 1
	for !busy(days[last]) {
		last--
	}
	for i, d := range days {
		if i < first || i > last {
			outside += d.n
		}
	}
	return days[first].day * day, (days[last].day + 1) * day, outside, nil
}

func (c *Config) within() string {
	return fmt.Sprintf("instant >= %d and instant < %d", c.From, c.To)
}

// Look tells what the logs say of each account, by Account ascending.
func Look(ctx context.Context, c *Config) ([]Seen, error) {
	s := c.Session
	// By turns: from one address between two uses of another.
	if err := s.Table(ctx, turnsTable, fmt.Sprintf(`
select account, hour, address, min(instant) as first, max(instant) as last
from (select account, address, instant, cast(floor(instant / %.1f) as bigint) as hour from %s where account <> 0 and address <> 0 and %s and %s) x
group by account, hour, address`, float64(day)/24, c.Accesses, in, c.within())); err != nil {
		return nil, err
	}
	var all []Seen
	err := s.Query(ctx, fmt.Sprintf(`
select cast(a.account as bigint) as account, a.first, a.last, cast(a.office as bigint), cast(a.lines as bigint), cast(a.unnamed as bigint), cast(a.bulk as bigint), a.largest, cast(a.untold as bigint),
  coalesce(d.addresses, 0), coalesce(t.hours, 0)
from (select account, min(instant) as first, max(instant) as last, coalesce(max_by(nullif(office, 0), case when office <> 0 then instant end), 0) as office,
        sum(case when %[2]s then 1 else 0 end) as lines, sum(case when %[2]s and record = 0 and returned > 0 then returned else 0 end) as unnamed,
        count(distinct case when %[3]s then line + source * cast(281474976710656 as bigint) end) as bulk, sum(case when %[3]s and record = 0 and returned < 0 then 1 else 0 end) as untold, coalesce(max(case when %[2]s and returned > 0 then returned end), 0) as largest
      from %[1]s where account <> 0 and %[4]s and %[5]s group by account) a
left join (select account, count(distinct address) as addresses from %[6]s group by account) d on d.account = a.account
left join (select x.account, count(distinct x.hour) as hours from %[6]s x join %[6]s y on y.account = x.account and y.hour = x.hour
           where x.address < y.address and x.first < y.last and y.first < x.last group by x.account) t on t.account = a.account
order by account`, c.Accesses, reading, bulk, in, c.within(), turnsTable), func(row []any) error {
		n := numbers(row)
		all = append(all, Seen{Account: n[0], First: n[1], Last: n[2], Office: n[3], Lines: n[4], Unnamed: n[5], Bulk: n[6], Largest: n[7], Untold: n[8], Addresses: n[9], Shared: n[10]})
		return nil
	})
	return all, err
}

// Count draws the counts. Grants are by Account ascending, each once; seen is what Look told.
func Count(ctx context.Context, c *Config, seen []Seen, grants []Grant) (*Counts, error) {
	out := &Counts{Offices: map[int64]int64{}, Grants: grants, Seen: seen, From: c.From, To: c.To}
	for _, step := range []func(context.Context, *Counts) error{c.people, c.grants, c.reads, c.accounts, c.lists, c.whole, c.lines} {
		if err := step(ctx, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// people makes the table of people, and counts offices.
func (c *Config) people(ctx context.Context, out *Counts) error {
	s := c.Session
	office, from := "cast(0 as bigint)", "reg_people p left join reg_current n on n.person = p.person"
	switch {
	case c.Follows != "":
		office, from = "coalesce(f.office, 0)", from+fmt.Sprintf(" left join %s f on f.record = p.record_id", c.Follows)
	case c.Column != "":
		var rows [][]any
		for _, place := range sortedKeys(c.Places) {
			rows = append(rows, []any{place, c.Places[place]})
		}
		if err := s.Load(ctx, placeTable, []string{"place", "office"}, []string{"BIGINT", "BIGINT"}, rows); err != nil {
			return err
		}
		office, from = "coalesce(f.office, 0)", from+fmt.Sprintf(" left join %s f on f.place = n.%s", placeTable, c.Column)
	}
	if err := s.Table(ctx, peopleTable, fmt.Sprintf("select p.record_id as record, %s as office, case when n.person is null then 0 else 1 end as present from %s", office, from)); err != nil {
		return err
	}
	return s.Query(ctx, fmt.Sprintf("select office, count(*) from %s where present = 1 group by office", peopleTable), func(row []any) error {
		n := numbers(row)
		out.Offices[n[0]], out.People = n[1], out.People+n[1]
		return nil
	})
}

// Places counts the people who are in the register now by a token column of places.
func Places(ctx context.Context, s engine.Session, column string) (map[int64]int64, error) {
	all := map[int64]int64{}
	err := s.Query(ctx, fmt.Sprintf("select cast(%s as bigint) as place, count(*) from reg_current where %[1]s is not null group by %[1]s", column), func(row []any) error {
		all[row[0].(int64)] = row[1].(int64)
		return nil
	})
	return all, err
}

// Twice is how many records a view of whom offices follow has more than once.
func Twice(ctx context.Context, s engine.Session, view string) (n int64, err error) {
	err = s.Query(ctx, fmt.Sprintf("select count(*) from (select record from %s group by record having count(*) > 1) x", view), func(row []any) error {
		n = row[0].(int64)
		return nil
	})
	return n, err
}

// grants makes the tables of what accounts may read.
func (c *Config) grants(ctx context.Context, out *Counts) error {
	var scopes, grants, lists [][]any
	for _, g := range out.Grants {
		for _, o := range g.Offices {
			if g.Office != 0 {
				scopes = append(scopes, []any{g.Account, o})
			}
		}
		everybody, listed, left := int64(0), int64(0), g.Left
		if g.All != 0 {
			everybody = 1
		}
		if g.Assigned != 0 {
			listed = 1
		}
		if left == 0 {
			left = 1<<63 - 1
		}
		grants = append(grants, []any{g.Account, everybody, listed, left})
	}
	for _, t := range []struct {
		name    string
		columns []string
		rows    [][]any
	}{{scopeTable, []string{"account", "office"}, scopes}, {grantTable, []string{"account", "everybody", "listed", "gone"}, grants}, {noList, []string{"account", "record", "since", "until"}, lists}} {
		types := slices.Repeat([]string{"BIGINT"}, len(t.columns))
		if err := c.Session.Load(ctx, t.name, t.columns, types, t.rows); err != nil {
			return err
		}
	}
	from := c.Lists
	if from == "" {
		from = noList
	}
	return c.Session.Table(ctx, listTable, fmt.Sprintf(
		"select distinct l.account, l.record from %s l join %s g on g.account = l.account where g.listed = 1 and l.since < %d and l.until > %d", from, grantTable, c.To, c.From))
}

// reads makes the table of who read whom, and whether anything explains it.
func (c *Config) reads(ctx context.Context, _ *Counts) error {
	why := []string{}
	joins := ""
	if len(c.Reasons.Declared) > 0 {
		var all []string
		for _, n := range c.Reasons.Declared {
			all = append(all, strconv.FormatInt(n, 10))
		}
		why = append(why, "a.reason in ("+strings.Join(all, ", ")+")")
	}
	if c.Reasons.Follows != "" {
		why = append(why, "(f.office is not null and f.office = a.office)", "(a.office = 0 and o.account is not null)")
		joins += fmt.Sprintf(" left join %s f on f.record = a.record left join %s o on o.account = a.account and o.office = f.office", c.Reasons.Follows, scopeTable)
	}
	if c.Reasons.Assigned != "" {
		why = append(why, "x.account is not null")
		joins += fmt.Sprintf(" left join %s x on x.account = a.account and x.record = a.record and x.since <= a.instant and x.until > a.instant", c.Reasons.Assigned)
	}
	needed := "0"
	if len(why) > 0 {
		needed = "case when " + strings.Join(why, " or ") + " then 1 else 0 end"
	}
	return c.Session.Table(ctx, readsTable, fmt.Sprintf(
		"select cast(a.account as bigint) as account, a.record, max(%s) as needed from %s a%s where a.%s and a.account <> 0 and a.record <> 0 and a.instant >= %d and a.instant < %d group by a.account, a.record",
		needed, c.Accesses, joins, reading, c.From, c.To))
}

// accounts counts the people whom each account read, and lines since its person left.
func (c *Config) accounts(ctx context.Context, out *Counts) error {
	if err := c.Session.Query(ctx, fmt.Sprintf(`
select account, cast(sum(case when present = 1 then 1 else 0 end) as bigint), cast(sum(case when present = 0 then 1 else 0 end) as bigint), cast(sum(case when present is null then 1 else 0 end) as bigint),
  cast(sum(case when present = 1 and allowed = 1 then 1 else 0 end) as bigint), cast(sum(case when present = 1 and needed = 1 then 1 else 0 end) as bigint)
from (select r.account, r.needed, p.present, case when g.everybody = 1 or s.account is not null or l.account is not null then 1 else 0 end as allowed
      from %s r left join %s p on p.record = r.record left join %s g on g.account = r.account
      left join %s s on s.account = r.account and s.office = p.office left join %s l on l.account = r.account and l.record = r.record) x
group by account order by account`, readsTable, peopleTable, grantTable, scopeTable, listTable), func(row []any) error {
		n := numbers(row)
		out.Read = append(out.Read, Read{Account: n[0], Now: n[1], Gone: n[2], Unknown: n[3], Within: n[4], Needed: n[5]})
		return nil
	}); err != nil {
		return err
	}
	after := map[int64]int64{}
	if err := c.Session.Query(ctx, fmt.Sprintf("select cast(a.account as bigint) as account, count(*) from %s a join %s g on g.account = a.account where a.%s and a.instant >= g.gone and a.instant >= %d and a.instant < %d group by a.account",
		c.Accesses, grantTable, in, c.From, c.To), func(row []any) error {
		after[row[0].(int64)] = row[1].(int64)
		return nil
	}); err != nil {
		return err
	}
	out.Seen = slices.Clone(out.Seen)
	for i := range out.Seen {
		out.Seen[i].AfterLeft = after[out.Seen[i].Account]
	}
	return nil
}

// lists counts the people assigned to accounts, by office.
func (c *Config) lists(ctx context.Context, out *Counts) error {
	return c.Session.Query(ctx, fmt.Sprintf("select l.account, p.office, count(*) from %s l join %s p on p.record = l.record where p.present = 1 group by l.account, p.office order by l.account, p.office", listTable, peopleTable), func(row []any) error {
		n := numbers(row)
		out.Lists = append(out.Lists, Share{n[0], n[1], n[2]})
		return nil
	})
}

// whole counts people by what all accounts together do.
func (c *Config) whole(ctx context.Context, out *Counts) error {
	everybody := slices.ContainsFunc(out.Grants, func(g Grant) bool { return g.All != 0 })
	total := int64(0)
	err := c.Session.Query(ctx, fmt.Sprintf(`
select reachable, was_read, needed, count(*)
from (select case when s.office is not null or l.record is not null or r.record is not null then 1 else 0 end as reachable,
        case when r.record is not null then 1 else 0 end as was_read, coalesce(r.needed, 0) as needed
      from %s p left join (select distinct office from %s) s on s.office = p.office left join (select distinct record from %s) l on l.record = p.record
      left join (select record, max(needed) as needed from %s group by record) r on r.record = p.record where p.present = 1) x
group by reachable, was_read, needed`, peopleTable, scopeTable, listTable, readsTable), func(row []any) error {
		n := numbers(row)
		total += n[3]
		if n[0] == 1 || everybody {
			out.Whole.Reachable += n[3]
		}
		if n[1] == 1 {
			out.Whole.Read += n[3]
		}
		if n[2] == 1 {
			out.Whole.Needed += n[3]
		}
		return nil
	})
	if err == nil && total != out.People {
		err = fmt.Errorf("the people of the register do not add up: %d of %d", total, out.People)
	}
	return err
}

// lines counts reads, and those of nobody named.
func (c *Config) lines(ctx context.Context, out *Counts) error {
	return c.Session.Query(ctx, fmt.Sprintf("select count(*), coalesce(cast(sum(case when account = 0 then 1 else 0 end) as bigint), 0) from %s where %s and %s", c.Accesses, reading, c.within()), func(row []any) error {
		n := numbers(row)
		out.Entries, out.Nameless = n[0], n[1]
		return nil
	})
}

func numbers(row []any) []int64 {
	all := make([]int64, len(row))
	for i, x := range row {
		if n, ok := x.(int64); ok {
			all[i] = n
		}
	}
	return all
}

func sortedKeys(m map[int64]int64) []int64 {
	var keys []int64
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
