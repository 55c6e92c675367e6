package register

import (
	"context"
	"fmt"
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

// diff numbers the people who are new (imp_new: row, person) and, after the
// first segment, works out who changed and how (imp_delta: what, person, then
// the slots of this snapshot). It counts both in snapshot.
func (i *importing) diff(ctx context.Context, snapshot *Snapshot) error {
	if i.segment == 0 {
		if err := i.Table(ctx, "imp_new", "select row, cast(row_number() over (order by row) - 1 as integer) as person from imp_stage"); err != nil {
			return err
		}
		counts, err := numbers(ctx, i, "select count(*) from imp_new")
		if err != nil {
			return err
		}
		snapshot.Added = counts[0]
		return nil
	}
	if err := i.Views(ctx, i); err != nil {
		return err
	}
	next, err := i.nextPerson(ctx)
	if err != nil {
		return err
	}
	err = i.Table(ctx, "imp_new", fmt.Sprintf(`select s.row, cast(%d + row_number() over (order by s.row) - 1 as integer) as person from imp_stage s
		where not exists (select 1 from reg_version l where l.until is null and l.record_id = s.record_id)`, next))
	if err != nil {
		return err
	}
	if err := i.Table(ctx, "imp_delta", i.delta()); err != nil {
		return err
	}
	return i.count(ctx, snapshot)
}

// nextPerson is the number after those that are taken.
func (i *importing) nextPerson(ctx context.Context) (int64, error) {
	counts, err := numbers(ctx, i, "select coalesce(max(cast(person as bigint)), -1) + 1 from reg_people_file")
	if err != nil {
		return 0, err
	}
	return counts[0], nil
}

// delta selects the people of whom something changed: those in both, the new,
// the gone. A token is never 0, so coalescing to 0 compares nulls as values.
func (i *importing) delta() string {
	var differs, both, fresh, none []string
	for _, c := range i.layout {
		name := c.Name()
		fresh = append(fresh, "s."+name)
		none = append(none, fmt.Sprintf("cast(null as %s)", c.SQLType()))
		switch {
		case c == recordID:
			both = append(both, fmt.Sprintf("cast(null as %s) as %s", c.SQLType(), name))
		case i.manifest.Layout.Index(c) < 0: // first observed now: whoever has a value has a change
			differs = append(differs, fmt.Sprintf("s.%s is not null", name))
			both = append(both, "s."+name)
		default:
			unequal := fmt.Sprintf("coalesce(s.%s, 0) <> coalesce(l.%s, 0)", name, name)
			differs = append(differs, unequal)
			both = append(both, fmt.Sprintf("cast(case when %s then coalesce(s.%s, 0) end as %s) as %s", unequal, name, c.SQLType(), name))
		}
	}
	return fmt.Sprintf(`select case when l.gone then %d else %d end as what, l.person, %s
		from imp_stage s join reg_version l on l.record_id = s.record_id
		where l.until is null and (%s)
		union all
		select %d, n.person, %s from imp_stage s join imp_new n on n.row = s.row
		union all
		select %d, l.person, %s from reg_version l
		where l.until is null and not l.gone and not exists (select 1 from imp_stage s where s.record_id = l.record_id)`,
		back, changed, strings.Join(both, ", "), strings.Join(append([]string{"l.gone"}, differs...), " or "),
		added, strings.Join(fresh, ", "), gone, strings.Join(none, ", "))
}

func (i *importing) count(ctx context.Context, snapshot *Snapshot) error {
	counted := without(i.layout, recordID)
	columns := make([]string, 0, len(counted)+4)
	for what := added; what <= gone; what++ {
		columns = append(columns, fmt.Sprintf("sum(case when what = %d then 1 else 0 end)", what))
	}
	for _, c := range counted {
		columns = append(columns, fmt.Sprintf("count(case when what in (%d, %d) then %s end)", back, changed, c.Name()))
	}
	// A sum over no rows is null; one row of nothing is not.
	counts, err := numbers(ctx, i, fmt.Sprintf("select %s from (select * from imp_delta union all select 0, null%s) d",
		strings.Join(columns, ", "), strings.Repeat(", null", len(i.layout))))
	if err != nil {
		return err
	}
	snapshot.Added = counts[added-1] + counts[back-1]
	snapshot.Changed = counts[changed-1]
	snapshot.Gone = counts[gone-1]
	for n, c := range counted {
		if changes := counts[gone+n]; changes > 0 {
			snapshot.ChangedValues[c.Name()] = changes
		}
	}
	return nil
}

// values selects the rows of the segment's values file.
func (i *importing) values() string {
	names := strings.Join(i.layout.Names(), ", ")
	if i.segment == 0 {
		return fmt.Sprintf("select n.person, cast(0 as integer) as segment, false as gone, %s from imp_stage s join imp_new n on n.row = s.row order by n.person",
			qualified("s", i.layout))
	}
	return fmt.Sprintf("select person, cast(%d as integer) as segment, what = %d as gone, %s from imp_delta order by person", i.segment, gone, names)
}

func qualified(table string, layout token.Layout) string {
	names := layout.Names()
	for n := range names {
		names[n] = table + "." + names[n]
	}
	return strings.Join(names, ", ")
}
