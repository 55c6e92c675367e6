// Package overlap tells what of a dump stood in earlier leaks already: which of its
// values were out about the same person, in which leak, and which are new. It sees
// tokens only, and does not need the register to know whose rows they are.
//
// Rows of a dump and of a leak are of one person where given name, birth date and a
// surname are the same; of those that this does not find, where an identifier of a person
// is (NIR, e-mail, phone …) and the given name or the birth date does not contradict
// it. Joins and counts are SQL run by an engine; why, and what was rejected, is in
// docs/design/recycled.md.
package overlap

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/internal/progress"
)

// Leak is an earlier leak.
type Leak struct {
	Tokens string // Parquet file
	Layout token.Layout
}

// Config says what to compare. The session holds the dump's tokens as the view dump,
// and what linking left as the table link (row, current, stale).
type Config struct {
	Session engine.Session
	Dump    token.Layout
	Leaks   []Leak
	Meter   progress.Meter // defaults to progress.None
}

// Counts is what of a dump stood in earlier leaks. Known + Partly + New + Apart = Rows.
type Counts struct {
	Rows   int64
	Known  int64 // rows whose values were all out about the same person, in one leak or several
	Partly int64 // rows of somebody who was out, with a value that was not
	New    int64 // rows of nobody who was out
	Apart  int64 // rows that hold nothing by which a person of the leaks could be found

	Cells []Cell // columns of the dump, in order
	Leaks []Cover

	// Of rows linked to a person of the register whose value changed: Kept have the
	// value that the leaks have, and the register has another by now; Renewed have the
	// register's present one where the leaks have another. What is copied from the leaks
	// has no Renewed.
	Kept, Renewed int64
}

// Cell is a column of the dump. Out + Fresh + Stranger = Values, but for values in rows
// that are Apart.
type Cell struct {
	Kind    kind.Kind
	Counted bool // it decides whether a row adds anything; else it can be worked out from other columns

	Values   int64 // in rows that could be compared
	Out      int64 // that stood in a leak about the same person
	Fresh    int64 // that did not, of somebody who was out
	Stranger int64 // of nobody who was out
}

// Cover is what an earlier leak has of the dump, in values that are counted.
type Cover struct {
	Rows   int64 // of the leak
	Shared int64 // rows of the dump about somebody who is in it
	Whole  int64 // of Shared: all that they hold is in it
	Values int64 // of the dump that are in it
	Only   int64 // of Values: those that no other leak has
	Place  int   // when leaks are taken in order of what they add: its place, from 1; 0 where it adds nothing
	Adds   int64 // of Values: those that none of the leaks before it has
}

// Names of what the package keeps in the session; all else is dropped.
const (
	rowTable  = "overlap_row" // row, has, held, other, h0, h1 …
	probeRows = 2_000         // looked up in a leak before all are
	crowd     = 64            // rows of a leak that share a key, and are of nobody then
)

// derived are kinds that are worked out from others by whoever puts a file together:
// that they are new makes nothing new.
var derived = []kind.Kind{kind.Sex, kind.BirthPlaceCode, kind.BirthCountry, kind.CityCode, kind.Region, kind.Country}

// direct are the kinds by which a person is found where names and birth date do not do
// it, those first that say most. Other identifiers count from one in many files.
var direct = []kind.Kind{
	kind.NIR, kind.TaxNumber, kind.RecordID, kind.Email, kind.Phone, kind.IBAN, kind.IDCard, kind.Passport, kind.Permit, kind.PaymentCard,
}

type counter struct {
	Config
	s     engine.Session
	cells []cell
	count *Counts
}

// cell is a column of the dump with its bit in masks.
type cell struct {
	token.Column
	bit int64
}

// Count compares the dump with the leaks.
func Count(ctx context.Context, c Config) (*Counts, error) {
	if c.Meter == nil {
		c.Meter = progress.None
	}
	o := counter{Config: c, s: c.Session, count: &Counts{Leaks: make([]Cover, len(c.Leaks))}}
	for _, column := range c.Dump {
		if column.Role == token.Whole && column.Kind != kind.HouseNumber {
			o.cells = append(o.cells, cell{column, int64(1) << len(o.cells)})
		}
	}
	if len(o.cells) > 62 {
		return nil, fmt.Errorf("a dump of %d columns cannot be compared with earlier leaks", len(o.cells))
	}
	if err := o.one(ctx, "SELECT count(*) FROM dump", &o.count.Rows); err != nil {
		return nil, err
	}
	c.Meter.Stage("comparing with earlier leaks", int64(len(c.Leaks)), "leaks")
	left := []string{rowTable}
	for i, l := range c.Leaks {
		if err := o.s.View(ctx, leakView(i), l.Tokens); err != nil {
			return nil, err
		}
		rows, err := token.RowsOfFile(l.Tokens)
		if err != nil {
			return nil, err
		}
		o.count.Leaks[i].Rows = rows
		if err := o.find(ctx, i); err != nil {
			return nil, err
		}
		left = append(left, foundTable(i), leakView(i))
		c.Meter.Add(1)
	}
	if err := o.rows(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{o.classes, o.columns, o.covers, o.order} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	if x := o.count; x.Known+x.Partly+x.New+x.Apart != x.Rows {
		return nil, fmt.Errorf("the rows held against earlier leaks do not add up: %d out, %d in part, %d new and %d apart of %d", x.Known, x.Partly, x.New, x.Apart, x.Rows)
	}
	return o.count, o.drop(ctx, left...)
}

func leakView(i int) string   { return fmt.Sprintf("leak_%d", i) }
func foundTable(i int) string { return fmt.Sprintf("overlap_%d", i) }
func heldColumn(i int) string { return fmt.Sprintf("h%d", i) }

func (o *counter) drop(ctx context.Context, tables ...string) error {
	for _, t := range tables {
		if err := o.s.Drop(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// one runs a select of one row of integers.
func (o *counter) one(ctx context.Context, query string, to ...*int64) error {
	return o.s.Query(ctx, query, func(row []any) error {
		for i, x := range to {
			*x, _ = row[i].(int64) // null is 0
		}
		return nil
	})
}

// mask adds the bits of the cells whose condition holds.
func (o *counter) mask(condition func(cell) string) string {
	terms := []string{"CAST(0 AS BIGINT)"}
	for _, c := range o.cells {
		if when := condition(c); when != "" {
			terms = append(terms, fmt.Sprintf("CASE WHEN %s THEN CAST(%d AS BIGINT) ELSE CAST(0 AS BIGINT) END", when, c.bit))
		}
	}
	return strings.Join(terms, " + ")
}

// bits is how many of some bits a mask has, in SQL.
func bits(mask string, of int64) string {
	var terms []string
	for b := int64(1); b > 0 && b <= of; b <<= 1 {
		if of&b != 0 {
			terms = append(terms, fmt.Sprintf("CASE WHEN (%s & %d) <> 0 THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END", mask, b))
		}
	}
	if len(terms) == 0 {
		return "CAST(0 AS BIGINT)"
	}
	return strings.Join(terms, " + ")
}

// counted is the bits of the cells that decide whether a row adds anything.
func (o *counter) counted() (mask int64) {
	for _, c := range o.cells {
		if !slices.Contains(derived, c.Kind) {
			mask |= c.bit
		}
	}
	return mask
}

// same are the columns of a leak in which a value of the cell may stand.
func same(c cell, in token.Layout) (names []string) {
	kinds := []kind.Kind{c.Kind}
	if c.Kind == kind.BirthSurname || c.Kind == kind.UsedSurname {
		kinds = []kind.Kind{kind.BirthSurname, kind.UsedSurname}
	}
	for _, x := range in {
		if x.Role == token.Whole && slices.Contains(kinds, x.Kind) {
			names = append(names, x.Name())
		}
	}
	return names
}

// agree is the condition that the row l of a leak has the value of d in that cell, and
// differ that it has another; "" where it has no such column.
func (o *counter) agree(c cell, in token.Layout) (agree, differ string) {
	var equal, filled []string
	for _, name := range same(c, in) {
		equal = append(equal, fmt.Sprintf("d.%s = l.%s", c.Name(), name))
		filled = append(filled, fmt.Sprintf("l.%s IS NOT NULL", name))
	}
	if len(equal) == 0 {
		return "", ""
	}
	agree = "coalesce(" + strings.Join(equal, " OR ") + ", FALSE)"
	if c.Kind == kind.Address && o.Dump.Has(kind.HouseNumber) && in.Has(kind.HouseNumber) {
		agree = "(" + agree + " AND coalesce(d.house_number = l.house_number, TRUE))"
	}
	return agree, fmt.Sprintf("d.%s IS NOT NULL AND (%s) AND NOT %s", c.Name(), strings.Join(filled, " OR "), agree)
}

// masks are held and other of a pair of rows d and l.
func (o *counter) masks(in token.Layout) string {
	held := o.mask(func(c cell) string { agree, _ := o.agree(c, in); return agree })
	other := o.mask(func(c cell) string { _, differ := o.agree(c, in); return differ })
	return held + " AS held, " + other + " AS other"
}

// columnsOf are the columns of one side that masks read.
func (o *counter) columnsOf(layout token.Layout, needed func(token.Column) bool) string {
	names := []string{"row"}
	for _, c := range layout {
		if c.Role == token.Whole && needed(c) {
			names = append(names, c.Name())
		}
	}
	return strings.Join(names, ", ")
}

func (o *counter) dumpColumns() string {
	return o.columnsOf(o.Dump, func(token.Column) bool { return true })
}

func (o *counter) leakColumns(in token.Layout) string {
	return o.columnsOf(in, func(x token.Column) bool {
		return x.Kind == kind.HouseNumber || slices.ContainsFunc(o.cells, func(c cell) bool { return slices.Contains(same(c, in), x.Name()) })
	})
}

// Comparable reports whether people could be found by what a table holds.
func Comparable(l token.Layout) bool {
	return named(l) || slices.ContainsFunc(direct, l.Has)
}

// named reports whether rows can be found by given name, birth date and a surname.
func named(l token.Layout) bool {
	return l.Has(kind.GivenNames) && l.Has(kind.BirthDate) && len(surnames(l)) > 0
}

func surnames(l token.Layout) (names []string) {
	for _, k := range []kind.Kind{kind.BirthSurname, kind.UsedSurname} {
		if l.Has(k) {
			names = append(names, k.String())
		}
	}
	return names
}

// eachSurname is the rows of a table that can be found by name, once for each surname,
// as who.
func eachSurname(l token.Layout, columns, from string) string {
	var parts []string
	before := ""
	for _, s := range surnames(l) {
		parts = append(parts, fmt.Sprintf("SELECT %s, %s AS who FROM %s WHERE given_names IS NOT NULL AND birth_date IS NOT NULL AND %s IS NOT NULL%s", columns, s, from, s, before))
		before = fmt.Sprintf(" AND (%s IS NULL OR %[1]s <> %s)", s, kind.UsedSurname)
	}
	return strings.Join(parts, " UNION ALL ")
}

// find makes the table of rows of the dump about people of leak i: row, held (the
// cells whose value the leak has about the person) and other (those of which it has
// another). It looks for a few first: a leak in which none of them is has nothing to do
// with the dump.
func (o *counter) find(ctx context.Context, i int) error {
	if stride := o.count.Rows / probeRows; stride > 5 {
		if err := o.s.Table(ctx, "overlap_probe", fmt.Sprintf("SELECT * FROM dump WHERE row %% %d = 0", stride)); err != nil {
			return err
		}
		if err := o.match(ctx, i, "overlap_probe"); err != nil {
			return err
		}
		var any int64
		if err := o.one(ctx, "SELECT count(*) FROM "+foundTable(i), &any); err != nil {
			return err
		}
		if err := o.drop(ctx, "overlap_probe"); err != nil {
			return err
		}
		if any == 0 {
			return nil
		}
	}
	return o.match(ctx, i, "dump")
}

// match makes the table of find for the rows of one table of dump rows.
func (o *counter) match(ctx context.Context, i int, from string) error {
	var parts []string
	for _, by := range o.ways() {
		table := fmt.Sprintf("overlap_part_%d", len(parts))
		found, err := by(ctx, i, from, table, parts)
		if err != nil {
			return err
		}
		if found {
			parts = append(parts, table)
		}
	}
	if len(parts) == 0 {
		return o.s.Load(ctx, foundTable(i), []string{"row", "held", "other"}, []string{"BIGINT", "BIGINT", "BIGINT"}, nil)
	}
	if err := o.s.Table(ctx, foundTable(i), "SELECT row, held, other FROM "+strings.Join(parts, " UNION ALL SELECT row, held, other FROM ")); err != nil {
		return err
	}
	return o.drop(ctx, append(parts, "overlap_crowd", "overlap_left", "overlap_key", "overlap_pair")...)
}

// way finds rows of a table that are in none of the tables seen: it makes a table of them
// as find does, or tells that there can be none.
type way func(ctx context.Context, i int, from, table string, seen []string) (bool, error)

func (o *counter) ways() []way {
	all := []way{o.byName}
	for _, k := range direct {
		all = append(all, func(ctx context.Context, i int, from, table string, seen []string) (bool, error) {
			return o.byKey(ctx, i, from, table, k, seen)
		})
	}
	return all
}

// byName finds rows by given name, birth date and a surname.
func (o *counter) byName(ctx context.Context, i int, from, table string, _ []string) (bool, error) {
	layout, leak := o.Leaks[i].Layout, leakView(i)
	if !named(o.Dump) || !named(layout) {
		return false, nil
	}
	// What very many rows share is a filler.
	if err := o.s.Table(ctx, "overlap_crowd", fmt.Sprintf(
		"SELECT v FROM (SELECT hash(given_names, birth_date, who) AS v FROM (%s) l) k GROUP BY v HAVING count(*) > %d", eachSurname(layout, "given_names, birth_date", leak), crowd)); err != nil {
		return false, err
	}
	return true, o.s.Table(ctx, table, fmt.Sprintf(`
SELECT row, bit_or(held) AS held, bit_or(other) AS other
FROM (SELECT d.row, %s
      FROM (%s) d JOIN (%s) l ON l.given_names = d.given_names AND l.birth_date = d.birth_date AND l.who = d.who
      WHERE hash(d.given_names, d.birth_date, d.who) NOT IN (SELECT v FROM overlap_crowd)) x
GROUP BY row`, o.masks(layout), eachSurname(o.Dump, o.dumpColumns(), from), eachSurname(layout, o.leakColumns(layout), leak)))
}

// keyed is the values of kind k of a table, as v.
func keyed(l token.Layout, k kind.Kind, from string) string {
	var parts []string
	for _, c := range l {
		if c.Kind == k && c.Role == token.Whole {
			parts = append(parts, fmt.Sprintf("SELECT row, %s AS v FROM %s WHERE %[1]s IS NOT NULL", c.Name(), from))
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// byKey finds rows by an identifier of kind k. Only rows whose identifier the leak has
// are looked at as a whole.
func (o *counter) byKey(ctx context.Context, i int, from, table string, k kind.Kind, seen []string) (bool, error) {
	layout := o.Leaks[i].Layout
	mine, theirs := keyed(o.Dump, k, from), keyed(layout, k, leakView(i))
	if mine == "" || theirs == "" {
		return false, nil
	}
	if len(seen) > 0 {
		absent := make([]string, len(seen))
		for n, t := range seen {
			absent[n] = "row NOT IN (SELECT row FROM " + t + ")"
		}
		mine = "SELECT row, v FROM (" + mine + ") d WHERE " + strings.Join(absent, " AND ")
	}
	for _, t := range [][2]string{
		{"overlap_left", mine},
		{"overlap_key", fmt.Sprintf("SELECT v, row, count(*) OVER (PARTITION BY v) AS n FROM (%s) l WHERE v IN (SELECT v FROM overlap_left)", theirs)},
		{"overlap_pair", fmt.Sprintf("SELECT d.row, l.row AS theirs FROM overlap_left d JOIN overlap_key l ON l.v = d.v WHERE l.n <= %d", crowd)},
		{table, fmt.Sprintf(`
SELECT row, bit_or(held) AS held, bit_or(other) AS other
FROM (SELECT d.row, %s
      FROM overlap_pair p JOIN %s d ON d.row = p.row JOIN %s l ON l.row = p.theirs WHERE %s) x
GROUP BY row`, o.masks(layout), from, leakView(i), o.consistent(layout))},
	} {
		if err := o.s.Table(ctx, t[0], t[1]); err != nil {
			return false, err
		}
	}
	return true, nil
}

// consistent is the condition that the given name or the birth date agrees, where both
// sides have one of them: households share phones and accounts, and numbers meet.
func (o *counter) consistent(in token.Layout) string {
	var agree, absent []string
	for _, k := range []kind.Kind{kind.GivenNames, kind.BirthDate} {
		if o.Dump.Has(k) && in.Has(k) {
			agree = append(agree, fmt.Sprintf("coalesce(d.%s = l.%[1]s, FALSE)", k))
			absent = append(absent, fmt.Sprintf("(d.%s IS NULL OR l.%[1]s IS NULL)", k))
		}
	}
	if len(agree) == 0 {
		return "TRUE"
	}
	return "(" + strings.Join(agree, " OR ") + " OR (" + strings.Join(absent, " AND ") + "))"
}

// comparable is the condition that a row of the dump holds something by which some
// leak could know the person.
func (o *counter) comparable() string {
	var ways []string
	for _, l := range o.Leaks {
		if named(o.Dump) && named(l.Layout) {
			var some []string
			for _, s := range surnames(o.Dump) {
				some = append(some, "d."+s+" IS NOT NULL")
			}
			ways = append(ways, "(d.given_names IS NOT NULL AND d.birth_date IS NOT NULL AND ("+strings.Join(some, " OR ")+"))")
		}
		for _, c := range o.cells {
			if slices.Contains(direct, c.Kind) && l.Layout.Has(c.Kind) {
				ways = append(ways, "d."+c.Name()+" IS NOT NULL")
			}
		}
	}
	slices.Sort(ways)
	if ways = slices.Compact(ways); len(ways) == 0 {
		return "FALSE"
	}
	return "(" + strings.Join(ways, " OR ") + ")"
}

// rows makes the table of all rows of the dump.
func (o *counter) rows(ctx context.Context) error {
	var each, all, parts, held []string
	for i := range o.Leaks {
		h := heldColumn(i)
		parts = append(parts, fmt.Sprintf("SELECT row, other, %d AS leak, held FROM %s", i, foundTable(i)))
		each = append(each, fmt.Sprintf("bit_or(CASE WHEN leak = %d THEN held END) AS %s", i, h))
		all = append(all, fmt.Sprintf("f.%s", h))
		held = append(held, fmt.Sprintf("coalesce(f.%s, 0)", h))
	}
	union := strings.Join(held, " | ")
	kinds := func(mask, by string) string {
		var terms []string
		for _, c := range o.cells {
			terms = append(terms, fmt.Sprintf("((%s & %d) <> 0 AND (%s & %d) <> 0)", mask, c.bit, by, int64(1)<<c.Kind))
		}
		return "coalesce(" + strings.Join(terms, " OR ") + ", FALSE)"
	}
	return o.s.Table(ctx, rowTable, fmt.Sprintf(`
SELECT row, has, held, %s, found, able, %s AS kept, %s AS renewed
FROM (SELECT d.row, %s AS has, %s AS held, f.other & ~(%[5]s) AS other, %[6]s, f.row IS NOT NULL AS found, %[7]s AS able, k.current AS now, k.stale AS past
      FROM dump d LEFT JOIN (SELECT row, bit_or(other) AS other, %[8]s FROM (%[9]s) u GROUP BY row) f ON f.row = d.row
      LEFT JOIN link k ON k.row = d.row) x`,
		strings.ReplaceAll(strings.Join(all, ", "), "f.", ""), kinds("held", "past"), kinds("other", "now"),
		o.mask(func(c cell) string { return "d." + c.Name() + " IS NOT NULL" }), union,
		strings.Join(all, ", "), o.comparable(), strings.Join(each, ", "), strings.Join(parts, " UNION ALL ")))
}

// classes counts rows by whether they add anything.
func (o *counter) classes(ctx context.Context) error {
	c := o.count
	whole := fmt.Sprintf("(has & %d & ~held) = 0", o.counted())
	sum := func(when string) string { return "count(CASE WHEN " + when + " THEN 1 END)" }
	return o.one(ctx, fmt.Sprintf("SELECT %s, %s, %s, %s, %s, %s FROM %s",
		sum("found AND "+whole), sum("found AND NOT "+whole), sum("NOT found AND able"), sum("NOT found AND NOT able"),
		sum("found AND kept"), sum("found AND renewed"), rowTable),
		&c.Known, &c.Partly, &c.New, &c.Apart, &c.Kept, &c.Renewed)
}

// columns counts values by column.
func (o *counter) columns(ctx context.Context) error {
	var sums []string
	o.count.Cells = make([]Cell, len(o.cells))
	var to []*int64
	for i, c := range o.cells {
		x := &o.count.Cells[i]
		x.Kind, x.Counted = c.Kind, o.counted()&c.bit != 0
		for _, when := range []string{"able OR found", "(held & %[1]d) <> 0", "found AND (held & %[1]d) = 0", "NOT found AND able"} {
			if strings.Contains(when, "%") {
				when = fmt.Sprintf(when, c.bit)
			}
			sums = append(sums, fmt.Sprintf("count(CASE WHEN (has & %d) <> 0 AND (%s) THEN 1 END)", c.bit, when))
		}
		to = append(to, &x.Values, &x.Out, &x.Fresh, &x.Stranger)
	}
	if err := o.one(ctx, "SELECT "+strings.Join(sums, ", ")+" FROM "+rowTable, to...); err != nil {
		return err
	}
	for _, x := range o.count.Cells {
		if x.Out+x.Fresh+x.Stranger != x.Values {
			return fmt.Errorf("the values of %s held against earlier leaks do not add up: %d out, %d and %d new of %d", x.Kind, x.Out, x.Fresh, x.Stranger, x.Values)
		}
	}
	return nil
}

// covers counts what each leak has, and what it alone has.
func (o *counter) covers(ctx context.Context) error {
	var sums []string
	var to []*int64
	for i := range o.Leaks {
		x, h := &o.count.Leaks[i], heldColumn(i)
		var others []string
		for j := range o.Leaks {
			if j != i {
				others = append(others, heldColumn(j))
			}
		}
		sums = append(sums,
			fmt.Sprintf("count(%s)", h),
			fmt.Sprintf("count(CASE WHEN (has & %d & ~%s) = 0 THEN 1 END)", o.counted(), h),
			fmt.Sprintf("CAST(sum(%s) AS BIGINT)", bits(h, o.counted())),
			fmt.Sprintf("CAST(sum(%s) AS BIGINT)", bits(without(h, others), o.counted())))
		to = append(to, &x.Shared, &x.Whole, &x.Values, &x.Only)
	}
	return o.one(ctx, "SELECT "+strings.Join(sums, ", ")+" FROM "+rowTable, to...)
}

// without is the bits of a mask that none of the others has.
func without(mask string, others []string) string {
	for _, other := range others {
		mask = fmt.Sprintf("(%s & ~coalesce(%s, 0))", mask, other)
	}
	return mask
}

// order takes the leaks one after the other, each time that which adds most to those
// before it (the greedy cover of Chvátal 1979); of equal ones the first.
func (o *counter) order(ctx context.Context) error {
	var taken []string
	for place := 1; place <= len(o.Leaks); place++ {
		var sums []string
		var of []int
		for i, l := range o.count.Leaks {
			if l.Place == 0 && l.Values > 0 {
				sums = append(sums, fmt.Sprintf("CAST(sum(%s) AS BIGINT)", bits(without(heldColumn(i), taken), o.counted())))
				of = append(of, i)
			}
		}
		if len(of) == 0 {
			return nil
		}
		adds, to := make([]int64, len(of)), make([]*int64, len(of))
		for n := range adds {
			to[n] = &adds[n]
		}
		if err := o.one(ctx, "SELECT "+strings.Join(sums, ", ")+" FROM "+rowTable, to...); err != nil {
			return err
		}
		best := 0
		for n := range adds {
			if adds[n] > adds[best] {
				best = n
			}
		}
		if adds[best] == 0 {
			return nil
		}
		l := &o.count.Leaks[of[best]]
		l.Place, l.Adds = place, adds[best]
		taken = append(taken, heldColumn(of[best]))
	}
	return nil
}
