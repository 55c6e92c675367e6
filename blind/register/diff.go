package register

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/token"
)

// What happened to a person from one snapshot to the next.
const (
	added = iota + 1
	back
	changed
	gone
)

// first writes the segment of a register that is empty: everybody is new, and
// has the number of their row among the rows. Rows of one file need no sorting,
// since they stand in that order; where there are several, their seams would be
// seen in how the segment is cut into pieces.
func (i *importing) first(ctx context.Context, files int, snapshot *Snapshot) error {
	const numbered = "select cast(ordinal as integer) as person, "
	from := " from imp_stage"
	if files > 1 {
		from += " order by ordinal"
	}
	i.meter.Stage("writing values", 0, "")
	if err := i.write(ctx, valuesPart, numbered+"cast(0 as integer) as segment, false as gone, "+strings.Join(i.layout.Names(), ", ")+from); err != nil {
		return err
	}
	i.meter.Stage("writing record ids", 0, "")
	if err := i.write(ctx, peoplePart, numbered+"sealed"+from); err != nil {
		return err
	}
	filled, err := numbers(ctx, i, "select count(*), "+counts(i.layout)+" from imp_stage")
	if err != nil {
		return err
	}
	snapshot.Added = filled[0]
	for n, c := range i.layout {
		snapshot.Filled[c.Name()] = filled[n+1]
	}
	return i.countFirst(ctx)
}

// counts is the SQL of how many values each column has.
func counts(layout token.Layout) string {
	columns := layout.Names()
	for n := range columns {
		columns[n] = "count(" + columns[n] + ")"
	}
	return strings.Join(columns, ", ")
}

// later writes a segment that follows others: whole rows of the people in whom
// something changed, the new, and the gone.
func (i *importing) later(ctx context.Context, snapshot *Snapshot) error {
	i.meter.Stage("comparing with the register", 0, "")
	if err := i.Views(ctx, i); err != nil {
		return err
	}
	if err := i.diff(ctx); err != nil {
		return err
	}
	i.meter.Stage("writing what changed", 0, "")
	if err := i.fetch(ctx); err != nil {
		return err
	}
	layout := token.Union(i.manifest.Layout, i.layout)
	if err := i.write(ctx, valuesPart, fmt.Sprintf("select person, cast(%d as integer) as segment, what = %d as gone, %s from imp_after order by person",
		i.segment, gone, strings.Join(layout.Names(), ", "))); err != nil {
		return err
	}
	if err := i.write(ctx, peoplePart, fmt.Sprintf("select d.person, s.sealed from imp_stage s join imp_delta d on d.row = s.row where d.what = %d order by d.person", added)); err != nil {
		return err
	}
	if err := i.count(ctx, snapshot); err != nil {
		return err
	}
	return i.countMoved(ctx)
}

// diff works out who changed (imp_delta: what, person, row, null for the gone).
// Rows are compared by a hash of what this snapshot observed, so that no cell of
// those who are as they were is kept in memory.
func (i *importing) diff(ctx context.Context) error {
	observed := without(i.layout, recordID)
	known := make([]string, len(observed))
	for n, c := range observed {
		known[n] = c.Name()
		if i.manifest.Layout.Index(c) < 0 {
			known[n] = fmt.Sprintf("cast(null as %s)", c.SQLType())
		}
	}
	err := i.Table(ctx, "imp_met", fmt.Sprintf(`select s.row, l.person,
			case when l.person is null then %d when s.row is null then %d when l.gone then %d else %d end as what
		from (select row, record_id, %s as cells from imp_stage) s
		full join (select person, record_id, gone, %s as cells from reg_version where until is null) l on l.record_id = s.record_id
		where l.person is null or s.row is null and not l.gone or s.row is not null and (l.gone or s.cells <> l.cells)`,
		added, gone, back, changed, hashOf(observed.Names()), hashOf(known)))
	if err != nil {
		return err
	}
	next, err := i.nextPerson(ctx)
	if err != nil {
		return err
	}
	return i.Table(ctx, "imp_delta", fmt.Sprintf(`select what, person, row from imp_met where what <> %d
		union all
		select what, cast(%d + row_number() over (order by row) as integer) as person, row from imp_met where what = %[1]d`, added, next-1))
}

// hashOf is the SQL of a number that equal cells share, and others but by a
// chance of one in 2^64 do not.
func hashOf(cells []string) string {
	if len(cells) == 0 {
		return "0"
	}
	return "hash(" + strings.Join(cells, ", ") + ")"
}

// nextPerson is the number after those that are taken.
func (i *importing) nextPerson(ctx context.Context) (int64, error) {
	counts, err := numbers(ctx, i, "select coalesce(max(cast(person as bigint)), -1) + 1 from reg_people_file")
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// fetch makes imp_before, the whole rows as the register had them of all known
// people in imp_delta, and imp_after, the rows of everybody in it as they are
// from now on; both begin with what. Of them imp_was are the people of the
// snapshot before and imp_is those of this one. What this snapshot did not
// observe stays; someone gone keeps what they had.
func (i *importing) fetch(ctx context.Context) error {
	had, layout := i.manifest.Layout, token.Union(i.manifest.Layout, i.layout)
	if err := i.Table(ctx, "imp_before", fmt.Sprintf("select d.what, l.person, %s from reg_version l join imp_delta d on d.person = l.person where l.until is null and d.what <> %d",
		qualified("l", had), added)); err != nil {
		return err
	}
	var seen, kept []string
	for _, c := range layout {
		if i.layout.Index(c) >= 0 {
			seen = append(seen, "s."+c.Name())
		} else {
			seen = append(seen, "b."+c.Name())
		}
		kept = append(kept, orNull("b", c, had))
	}
	if err := i.Table(ctx, "imp_after", fmt.Sprintf(`select d.what, d.person, %s
		from imp_delta d join imp_stage s on s.row = d.row left join imp_before b on b.person = d.person
		union all
		select b.what, b.person, %s from imp_before b where b.what = %d`,
		strings.Join(seen, ", "), strings.Join(kept, ", "), gone)); err != nil {
		return err
	}
	return i.sides(ctx)
}

// sides makes imp_was and imp_is of imp_before and imp_after.
func (i *importing) sides(ctx context.Context) error {
	if err := i.Define(ctx, "imp_was", fmt.Sprintf("select * from imp_before where what in (%d, %d)", changed, gone)); err != nil {
		return err
	}
	return i.Define(ctx, "imp_is", fmt.Sprintf("select * from imp_after where what <> %d", gone))
}

// count tells the snapshot who changed, in what, and what is filled now.
func (i *importing) count(ctx context.Context, snapshot *Snapshot) error {
	had, layout := i.manifest.Layout, token.Union(i.manifest.Layout, i.layout)
	happened := make([]string, 0, gone)
	for what := added; what <= gone; what++ {
		happened = append(happened, fmt.Sprintf("count(case when what = %d then 1 end)", what))
	}
	counted, err := numbers(ctx, i, "select "+strings.Join(happened, ", ")+" from imp_delta")
	if err != nil {
		return err
	}
	snapshot.Added = counted[added-1] + counted[back-1]
	snapshot.Changed = counted[changed-1]
	snapshot.Gone = counted[gone-1]

	differ := make([]string, len(layout))
	for n, c := range layout {
		differ[n] = fmt.Sprintf("count(case when coalesce(a.%s, 0) <> %s then 1 end)", c.Name(), before(c, had))
	}
	differing, err := numbers(ctx, i, fmt.Sprintf("select %s from imp_after a join imp_before b on b.person = a.person where a.what in (%d, %d)",
		strings.Join(differ, ", "), back, changed))
	if err != nil {
		return err
	}
	was, err := numbers(ctx, i, "select "+counts(had)+" from imp_was")
	if err != nil {
		return err
	}
	is, err := numbers(ctx, i, "select "+counts(layout)+" from imp_is")
	if err != nil {
		return err
	}
	filled := i.manifest.last().Filled
	for n, c := range layout {
		name := c.Name()
		if differing[n] > 0 {
			snapshot.ChangedValues[name] = differing[n]
		}
		snapshot.Filled[name] = filled[name] + is[n]
		if at := slices.Index(had, c); at >= 0 {
			snapshot.Filled[name] -= was[at]
		}
	}
	return nil
}

// before is the SQL of the value that a column had before, 0 for none.
func before(c token.Column, had token.Layout) string {
	if had.Index(c) < 0 {
		return "0"
	}
	return "coalesce(b." + c.Name() + ", 0)"
}

func qualified(table string, layout token.Layout) string {
	names := layout.Names()
	for n := range names {
		names[n] = table + "." + names[n]
	}
	return strings.Join(names, ", ")
}
