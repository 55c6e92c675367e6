package register

import (
	"context"
	"fmt"

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
//     current false, and the values they had last. Where the source told its
//     history, somebody may have several in a segment: step BIGINT tells the versions
//     of a person apart and orders them, and those that did not live to see the
//     snapshot have until = segment. The change happened after at_from and not after
//     at_to, BIGINT, in microseconds since 1970, UTC (the two are one where it is
//     known to the instant); null where it is only known between which snapshots;
//   - reg_stay, reg_moved: reg_version in two: the people of the first segment
//     who are as they were, and all versions of the others;
//   - reg_state: person, segment, step, gone and the columns of the layout of all versions,
//     without a word on when they ended: the quickest to read;
//   - reg_touched: person INTEGER, states BIGINT: how many versions there are of
//     those who have a row beyond the first segment;
//   - reg_current: the rows of reg_version that hold and are of people not gone;
//   - reg_people: person, record_id, sealed; reg_sealed: the same without the token;
//   - reg_count: kind SMALLINT, role SMALLINT, value BIGINT, n BIGINT: how many
//     of reg_current have a value; see count.go for what is counted with what;
//   - reg_place: set SMALLINT (1 of birth, 2 of residence), the columns of places
//     (null where they are not of the set), n BIGINT: how many of reg_current
//     have them together;
//   - reg_lexicon: family, value, class, variant, with what is left out of the
//     files put back (see lexicon.go); entries may stand there twice.
//
// All are read from their files when used, and only the columns that are asked
// for; what is worked out beforehand is when the versions of those who changed
// ended. Segment numbers are indexes of Manifest.Snapshots. Other names that
// begin with reg_ are the package's own.
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
	if err := r.counts(ctx, s); err != nil {
		return err
	}
	if err := r.lexicon(ctx, s); err != nil {
		return err
	}
	if err := s.Define(ctx, "reg_sealed", "select person, sealed from reg_people_file"); err != nil {
		return err
	}
	if err := r.versions(ctx, s); err != nil {
		return err
	}
	if err := s.Define(ctx, "reg_current", "select * from reg_stay union all select * from reg_moved where current"); err != nil {
		return err
	}
	ids := "select person, record_id from reg_base"
	if len(r.files(1, valuesPart)) > 0 { // whoever is in the first segment has a number below the others'
		ids += fmt.Sprintf(" union all select distinct person, record_id from reg_later where person >= %d", r.manifest.Snapshots[0].Added)
	}
	return s.Define(ctx, "reg_people", fmt.Sprintf("select p.person, i.record_id, p.sealed from reg_people_file p join (%s) i on i.person = p.person", ids))
}

func emptyViews(ctx context.Context, s engine.Session) error {
	if err := (&Register{}).counts(ctx, s); err != nil {
		return err
	}
	if err := noLexicon(ctx, s); err != nil {
		return err
	}
	// Booleans and binary values cannot be loaded, so they are cast from nothing.
	if err := s.Load(ctx, "reg_nobody", []string{"person"}, []string{"INTEGER"}, nil); err != nil {
		return err
	}
	const version = "select person, person as segment, cast(person as bigint) as step, cast(person as bigint) as at_from, cast(person as bigint) as at_to, person as until, false as current, false as gone from reg_nobody"
	return defineAll(ctx, s, []view{
		{"reg_stay", version},
		{"reg_moved", version},
		{"reg_version", version},
		{"reg_state", "select person, person as segment, cast(person as bigint) as step, false as gone from reg_nobody"},
		{"reg_touched", "select person, cast(person as bigint) as states from reg_nobody"},
		{"reg_current", version},
		{"reg_people", "select person, cast(person as bigint) as record_id, cast(null as binary) as sealed from reg_nobody"},
	})
}

// versions makes the views of versions, and keeps when each version of somebody
// who changed ended: of the first segment's in reg_touched (until), of later
// ones' in reg_ended (person, step, until).
func (r *Register) versions(ctx context.Context, s engine.Session) error {
	has, err := token.LayoutOfFile(r.file(0, valuesPart))
	if err != nil {
		return err
	}
	// Of the first segment nobody has several versions, and of none it is known when they began.
	const once = "cast(0 as bigint) as step, "
	const undated = "cast(null as bigint) as at_from, cast(null as bigint) as at_to, "
	stay := r.rows("b", has, once+undated+"cast(null as integer) as until, true as current, false as gone") + " from reg_base b"
	state := r.rows("b", has, once+"false as gone") + " from reg_base b"
	later := r.files(1, valuesPart)
	if len(later) == 0 {
		if err := s.Load(ctx, "reg_touched", []string{"person", "states", "until"}, []string{"INTEGER", "BIGINT", "INTEGER"}, nil); err != nil {
			return err
		}
		return defineAll(ctx, s, []view{{"reg_stay", stay}, {"reg_moved", stay + " where false"}, {"reg_version", stay}, {"reg_state", state}})
	}
	if err := s.View(ctx, "reg_later", later...); err != nil {
		return err
	}
	step, dated := "l.segment * cast(4294967296 as bigint)", undated
	if r.manifest.dated() {
		step, dated = step+" + coalesce(l.step, 0)", "l.at_from, l.at_to, "
	}
	if err := s.Table(ctx, "reg_touched", fmt.Sprintf(
		"select person, count(*) + case when person < %d then 1 else 0 end as states, min(segment) as until from reg_later group by person", r.manifest.Snapshots[0].Added)); err != nil {
		return err
	}
	if err := s.Table(ctx, "reg_ended", fmt.Sprintf(`select person, step, until from (
			select l.person, %s as step, lead(l.segment) over (partition by l.person order by %[1]s) as until from reg_later l
		) v where until is not null`, step)); err != nil {
		return err
	}
	first := r.rows("b", has, once+undated+"t.until, t.until is null as current, false as gone") + " from reg_base b %s join reg_touched t on t.person = b.person union all "
	all, err := token.LayoutOfFile(later[len(later)-1]) // what earlier ones lack of it reads as null
	if err != nil {
		return err
	}
	steps := r.rows("l", all, step+" as step, "+dated+"e.until, e.until is null and not l.gone as current, l.gone") +
		" from reg_later l left join reg_ended e on e.person = l.person and e.step = " + step
	return defineAll(ctx, s, []view{
		{"reg_stay", stay + " left join reg_touched t on t.person = b.person where t.person is null"},
		{"reg_moved", fmt.Sprintf(first, "") + steps},
		{"reg_version", fmt.Sprintf(first, "left") + steps}, // reg_stay and reg_moved, in one pass over the first segment
		{"reg_state", state + " union all " + r.rows("l", all, step+" as step, l.gone") + " from reg_later l"},
	})
}

type view struct{ name, query string }

func defineAll(ctx context.Context, s engine.Session, views []view) error {
	for _, v := range views {
		if err := s.Define(ctx, v.name, v.query); err != nil {
			return err
		}
	}
	return nil
}

// rows begins a select of versions: person and segment of a table, what is said
// of when they hold, and the columns of the layout, null where the table has none.
func (r *Register) rows(table string, has token.Layout, holds string) string {
	query := fmt.Sprintf("select %s.person, %[1]s.segment, %s", table, holds)
	for _, c := range r.manifest.Layout {
		query += ", " + orNull(table, c, has)
	}
	return query
}

// orNull selects a column of a table that may lack it.
func orNull(table string, c token.Column, has token.Layout) string {
	if has.Index(c) < 0 {
		return fmt.Sprintf("cast(null as %s) as %s", c.SQLType(), c.Name())
	}
	return table + "." + c.Name()
}
