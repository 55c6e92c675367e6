package register

import (
	"context"
	"fmt"
	"strings"

	"constat.example/blind/engine"
	"constat.example/blind/token"
)

// Views makes the register's tables known to s, for the linker and others:
//
//   - reg_version: one row per person and segment in which something of theirs
//     changed: person INTEGER, segment INTEGER, until INTEGER (the segment from
//     which it no longer holds, null while it does), current BOOLEAN, gone
//     BOOLEAN, then the columns of the layout as they stood from that segment
//     on, null where there is no value. The row of someone gone has gone true,
//     current false, and the values they had last.
//   - reg_current: the rows of reg_version that hold and are of people not gone;
//   - reg_people: person, record_id, sealed;
//   - reg_lexicon: family, value, class, variant, with what is left out of the
//     files put back (see lexicon.go).
//
// People who never changed are read from the first segment as it stands; only
// the others' versions are worked out, and kept as a table. Segment numbers are
// indexes of Manifest.Snapshots. Other names that begin with reg_ are the
// package's own.
func (r *Register) Views(ctx context.Context, s engine.Session) error {
	if len(r.manifest.Snapshots) == 0 {
		return emptyViews(ctx, s)
	}
	if err := s.View(ctx, "reg_base", r.file(0, valuesPart)); err != nil {
		return err
	}
	if err := s.View(ctx, "reg_people_file", r.files(0, peoplePart)...); err != nil {
		return err
	}
	if err := r.lexicon(ctx, s); err != nil {
		return err
	}
	version, err := r.versions(ctx, s)
	if err != nil {
		return err
	}
	if err := s.Define(ctx, "reg_version", version); err != nil {
		return err
	}
	if err := s.Define(ctx, "reg_current", "select * from reg_version where current"); err != nil {
		return err
	}
	// A person's record id stands in the one row in which they first appear.
	firsts := "select person, record_id from reg_base"
	if len(r.files(1, valuesPart)) > 0 {
		firsts += " union all select person, record_id from reg_steps where record_id is not null"
	}
	return s.Define(ctx, "reg_people", fmt.Sprintf("select p.person, f.record_id, p.sealed from reg_people_file p join (%s) f on f.person = p.person", firsts))
}

func emptyViews(ctx context.Context, s engine.Session) error {
	if err := noLexicon(ctx, s); err != nil {
		return err
	}
	// Booleans and binary values cannot be loaded, so they are cast from nothing.
	if err := s.Load(ctx, "reg_nobody", []string{"person"}, []string{"INTEGER"}, nil); err != nil {
		return err
	}
	const version = "person, person as segment, person as until, false as current, false as gone"
	for _, view := range []struct{ name, columns string }{
		{"reg_version", version},
		{"reg_current", version},
		{"reg_people", "person, cast(person as bigint) as record_id, cast(null as binary) as sealed"},
	} {
		if err := s.Define(ctx, view.name, "select "+view.columns+" from reg_nobody"); err != nil {
			return err
		}
	}
	return nil
}

// versions prepares reg_changed, the versions of people who changed since the
// first segment, and returns the select of all versions.
func (r *Register) versions(ctx context.Context, s engine.Session) (string, error) {
	first, err := token.LayoutOfFile(r.file(0, valuesPart))
	if err != nil {
		return "", err
	}
	base := "select person, segment, cast(null as integer) as until, true as current, false as gone"
	for _, c := range r.manifest.Layout {
		base += ", " + orNull("b", c, first)
	}
	base += " from reg_base b"
	later := r.files(1, valuesPart)
	if len(later) == 0 {
		return base, nil
	}

	var steps token.Layout
	for _, file := range later {
		l, err := token.LayoutOfFile(file)
		if err != nil {
			return "", err
		}
		steps = token.Union(steps, l)
	}
	if err := s.View(ctx, "reg_steps", later...); err != nil {
		return "", err
	}
	if err := s.Table(ctx, "reg_touched", "select distinct person from reg_steps"); err != nil {
		return "", err
	}
	var fromBase, fromSteps, filled []string
	for _, c := range r.manifest.Layout {
		fromBase = append(fromBase, orNull("b", c, first))
		fromSteps = append(fromSteps, orNull("s", c, steps))
		filled = append(filled, fmt.Sprintf("nullif(last_value(%s ignore nulls) over so_far, 0)", c.Name()))
	}
	for n, c := range r.manifest.Layout {
		filled[n] = fmt.Sprintf("cast(%s as %s) as %s", filled[n], c.SQLType(), c.Name())
	}
	err = s.Table(ctx, "reg_changed", fmt.Sprintf(`select person, segment, until, until is null and not gone as current, gone, %s from (
			select person, segment, gone, lead(segment) over (partition by person order by segment) as until, %s
			from (
				select b.person, b.segment, b.gone, %s from reg_base b join reg_touched t on t.person = b.person
				union all
				select s.person, s.segment, s.gone, %s from reg_steps s
			) step
			window so_far as (partition by person order by segment rows between unbounded preceding and current row)
		) version`,
		strings.Join(r.manifest.Layout.Names(), ", "), strings.Join(filled, ", "), strings.Join(fromBase, ", "), strings.Join(fromSteps, ", ")))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s where not exists (select 1 from reg_touched t where t.person = b.person) union all select person, segment, until, current, gone, %s from reg_changed",
		base, strings.Join(r.manifest.Layout.Names(), ", ")), nil
}

// orNull selects a column of a table that may lack it.
func orNull(table string, c token.Column, has token.Layout) string {
	if has.Index(c) < 0 {
		return fmt.Sprintf("cast(null as %s) as %s", c.SQLType(), c.Name())
	}
	return table + "." + c.Name()
}
