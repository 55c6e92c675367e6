package register

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// How many people have a value is what the chance of agreeing on it is worked
// out from. It is counted once, when a snapshot is imported, over the people of
// that snapshot. A segment's count file holds the counts that it changed; the
// latest of each holds.
//
// The values of kinds that many people share are counted all. Of identifiers
// only those that two or more have are kept: whether one person has a value or
// nobody makes no difference to chance, and there are as many as people. So of
// a value that stands in no file it is known that at most one person has it.

// A tally is a set of columns whose values are counted together, each person
// once per value, under one kind and role.
type tally struct {
	kind    kind.Kind
	role    token.Role
	columns token.Layout
	housed  bool // of house numbers: among people with an address, none counting as 0
}

// Complete reports whether all values of kind k are counted, not only those that
// several people have.
func Complete(k kind.Kind, role token.Role) bool {
	return k.Family() != kind.NoFamily || k == kind.Region || (token.Column{Kind: k, Role: role}).Short()
}

func (t tally) shared() bool { return Complete(t.kind, t.role) }

// tallies returns what is counted of a register with these columns. A record
// id is nobody else's, so there is nothing to count.
func tallies(layout token.Layout) []tally {
	var all []tally
	add := func(k kind.Kind, role token.Role, c token.Column) {
		i := slices.IndexFunc(all, func(t tally) bool { return t.kind == k && t.role == role })
		if i < 0 {
			i = len(all)
			all = append(all, tally{kind: k, role: role, housed: k == kind.HouseNumber && layout.Has(kind.Address)})
		}
		all[i].columns = append(all[i].columns, c)
	}
	for _, c := range layout {
		switch c.Kind {
		case kind.RecordID:
		case kind.UsedSurname: // stands for a birth surname, and the reverse
			add(kind.BirthSurname, token.Whole, c)
		case kind.GivenNames:
			if c.Role == token.Whole {
				add(c.Kind, token.Whole, c)
			}
			add(c.Kind, token.Second, c) // any of somebody's given names
		default:
			add(c.Kind, c.Role, c)
		}
	}
	return all
}

// values selects what the people of a table have, each value of theirs once:
// value BIGINT.
func (t tally) values(table string) string {
	if t.housed {
		return fmt.Sprintf("select cast(coalesce(%s, 0) as bigint) as value from %s where %s is not null",
			t.columns[0].Name(), table, token.Column{Kind: kind.Address, Occurrence: 1}.Name())
	}
	parts := make([]string, len(t.columns))
	names := t.columns.Names()
	for i, c := range names {
		parts[i] = fmt.Sprintf("select cast(%s as bigint) as value from %s where %s is not null", c, table, c)
		for _, before := range names[:i] {
			parts[i] += fmt.Sprintf(" and (%s is null or %s <> %s)", before, before, c)
		}
	}
	return strings.Join(parts, " union all ")
}

// placeSets are the columns that tell where somebody was born and where they
// live. They say the same thing several times over, so they are counted
// together. Sets are numbered from 1.
var placeSets = [][]kind.Kind{
	{kind.BirthPlaceCode, kind.BirthPlace},
	{kind.PostCode, kind.CityCode, kind.City},
}

// placeColumns are the columns of all place sets, in their order.
func placeColumns() token.Layout {
	var all token.Layout
	for _, set := range placeSets {
		for _, k := range set {
			all = append(all, token.Column{Kind: k, Occurrence: 1})
		}
	}
	return all
}

// places selects the tuples of places that the people of a table have: set,
// the place columns, and n as it is written. It returns "" if the layout has no
// place.
func places(table string, layout token.Layout, n string) string {
	var parts []string
	for i, set := range placeSets {
		var cells, filled []string
		for _, c := range placeColumns() {
			if slices.Contains(set, c.Kind) && layout.Index(c) >= 0 {
				cells = append(cells, c.Name())
				filled = append(filled, c.Name()+" is not null")
			} else {
				cells = append(cells, fmt.Sprintf("cast(null as %s) as %s", c.SQLType(), c.Name()))
			}
		}
		if filled != nil {
			parts = append(parts, fmt.Sprintf("select cast(%d as smallint) as set, %s, %s as n from %s where %s",
				i+1, strings.Join(cells, ", "), n, table, strings.Join(filled, " or ")))
		}
	}
	return strings.Join(parts, " union all ")
}

// writeCounts writes the parts of the segment that hold counts. fill makes the
// table of what is to be kept of a tally: value, n.
func (i *importing) writeCounts(ctx context.Context, layout token.Layout, fill func(ctx context.Context, table string, t tally) error, places string) error {
	var parts []string
	all := tallies(layout)
	i.meter.Stage("counting values", int64(len(all)), "columns")
	for n, t := range all {
		table := fmt.Sprintf("imp_count_%d", n)
		i.tables = append(i.tables, table)
		if err := fill(ctx, table, t); err != nil {
			return fmt.Errorf("counting %s: %w", t.columns[0].Name(), err)
		}
		parts = append(parts, fmt.Sprintf("select cast(%d as smallint) as kind, cast(%d as smallint) as role, value, n from %s", t.kind, t.role, table))
		i.meter.Add(1)
	}
	if parts != nil {
		query := fmt.Sprintf("select cast(%d as integer) as segment, kind, role, value, n from (%s) t order by kind, role, value", i.segment, strings.Join(parts, " union all "))
		if err := i.write(ctx, countPart, query); err != nil {
			return err
		}
	}
	if places == "" {
		return nil
	}
	names := strings.Join(placeColumns().Names(), ", ")
	return i.write(ctx, placePart, fmt.Sprintf("select cast(%d as integer) as segment, set, %s, n from (%s) t order by set, %s", i.segment, names, places, names))
}

// countFirst counts the people of the first segment.
func (i *importing) countFirst(ctx context.Context) error {
	tuples := places("imp_stage", i.layout, "1")
	if tuples != "" {
		names := strings.Join(placeColumns().Names(), ", ")
		tuples = fmt.Sprintf("select set, %s, count(*) as n from (%s) v group by set, %s", names, tuples, names)
	}
	return i.writeCounts(ctx, i.layout, func(ctx context.Context, table string, t tally) error {
		query := fmt.Sprintf("select value, count(*) as n from (%s) v group by value", t.values("imp_stage"))
		if !t.shared() {
			query += " having count(*) > 1"
		}
		return i.Table(ctx, table, query)
	}, tuples)
}

// countMoved counts anew the values that people of imp_was had and people of
// imp_is have, where that makes a difference.
func (i *importing) countMoved(ctx context.Context) error {
	layout := token.Union(i.manifest.Layout, i.layout)
	tuples := places("imp_is", layout, "1")
	if tuples != "" {
		if had := places("imp_was", i.manifest.Layout, "-1"); had != "" {
			tuples += " union all " + had
		}
		names := strings.Join(placeColumns().Names(), ", ")
		tuples = fmt.Sprintf(`select set, %[1]s, cast(sum(n) as bigint) as n from (
				select set, %[1]s, n, 0 as moved from reg_placed
				union all
				select set, %[1]s, n, n as moved from (%[2]s) v
			) b group by set, %[1]s having sum(moved) <> 0`, names, tuples)
	}
	before := tallies(i.manifest.Layout)
	return i.writeCounts(ctx, layout, func(ctx context.Context, table string, t tally) error {
		had := slices.IndexFunc(before, func(b tally) bool { return b.kind == t.kind && b.role == t.role })
		moved := fmt.Sprintf("select value, 1 as moved from (%s) v", t.values("imp_is"))
		if had >= 0 {
			was := "imp_was"
			if before[had].housed != t.housed {
				was = "reg_current" // with the first addresses, whoever has none counts no more
			}
			moved += fmt.Sprintf(" union all select value, -1 as moved from (%s) v", before[had].values(was))
		}
		err := i.Table(ctx, "imp_moved", fmt.Sprintf(`select m.value, m.moved, k.n from (
				select value, cast(sum(moved) as bigint) as moved from (%s) b group by value having sum(moved) <> 0
			) m left join (select value, n from reg_counted where kind = %d and role = %d) k on k.value = m.value`,
			moved, t.kind, t.role))
		if err != nil {
			return err
		}
		switch {
		case t.shared():
			return i.Table(ctx, table, "select value, coalesce(n, 0) + moved as n from imp_moved")
		case had < 0:
			return i.Table(ctx, table, "select value, moved as n from imp_moved where moved > 1")
		}
		// Of a value that stands in no file somebody may be the one holder.
		return i.Table(ctx, table, fmt.Sprintf(`select value, n + moved as n from imp_moved where n is not null
			union all
			select m.value, m.moved + coalesce(h.n, 0) as n from imp_moved m left join (
				select r.value, count(*) as n from (%s) r join imp_moved w on w.value = r.value and w.n is null and w.moved > 0 group by r.value
			) h on h.value = m.value
			where m.n is null and m.moved > 0 and m.moved + coalesce(h.n, 0) > 1`, before[had].values("reg_current")))
	}, tuples)
}

// counts makes the views reg_count and reg_place, and those of all that the
// files say last, reg_counted and reg_placed.
func (r *Register) counts(ctx context.Context, s engine.Session) error {
	if err := r.latest(ctx, s, "reg_counted", countPart, countColumns, countTypes); err != nil {
		return err
	}
	var all []string
	for _, k := range kind.All() {
		if Complete(k, token.Whole) {
			all = append(all, fmt.Sprint(int(k)))
		}
	}
	if err := s.Define(ctx, "reg_count", fmt.Sprintf(
		"select kind, role, value, n from reg_counted where n > 1 or n = 1 and (role in (%d, %d) or kind in (%s))",
		token.Head, token.Tail, strings.Join(all, ", "))); err != nil {
		return err
	}
	columns, types := []string{"set"}, []string{"SMALLINT"}
	for _, c := range placeColumns() {
		columns, types = append(columns, c.Name()), append(types, c.SQLType())
	}
	if err := r.latest(ctx, s, "reg_placed", placePart, columns, types); err != nil {
		return err
	}
	return s.Define(ctx, "reg_place", fmt.Sprintf("select %s, n from reg_placed where n > 0", strings.Join(columns, ", ")))
}

var (
	countColumns = []string{"kind", "role", "value"}
	countTypes   = []string{"SMALLINT", "SMALLINT", "BIGINT"}
)

// latest makes a view of the last n of each key that the files of a part have.
func (r *Register) latest(ctx context.Context, s engine.Session, view, part string, key, types []string) error {
	files := r.files(0, part)
	if len(files) == 0 {
		return s.Load(ctx, view, append(slices.Clone(key), "n"), append(slices.Clone(types), "BIGINT"), nil)
	}
	file := view + "_file"
	if err := s.View(ctx, file, files...); err != nil {
		return err
	}
	keys := strings.Join(key, ", ")
	if len(files) == 1 {
		return s.Define(ctx, view, fmt.Sprintf("select %s, n from %s", keys, file))
	}
	return s.Define(ctx, view, fmt.Sprintf("select %s, max_by(n, segment) as n from %s group by %[1]s", keys, file))
}
