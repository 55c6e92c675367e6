package register

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat.example/blind/token"
	"constat.example/internal/failure"
)

// A source may tell its own history: rows that each say what a person's data
// were from some instant on, or that the person went. From what is known of the
// last snapshot on, each such event makes a version, dated to the instant; what
// costs is the events, and one look through the register for the people in them.
// docs/design/history.md tells how.

// Story is what a source says of time beyond its rows.
type Story struct {
	Moments string    // file of package token's moments, one for each row
	Whole   bool      // the history from its beginning, not only what happened since the last snapshot
	Days    bool      // no time has hours: each is a day, at some time of which things happened
	Since   time.Time // of Whole: from when on changes are kept; zero for the beginning, or Keeps before the snapshot
	// Of rows that speak of some columns only: which of the source's (bits of
	// token.Moment.Touched) each column of tokens is made from. nil where rows are whole.
	Parts map[token.Column]int64
}

// Keeps is how many years of a history are kept unless the caller says otherwise.
const Keeps = 3

// History counts the rows of a source that tells its history. Read = Applied +
// Held + Earlier + Later + Repeated + Same + Unknown.
type History struct {
	Read     int64 `json:"read"`
	Applied  int64 `json:"applied"`  // they made a version
	Held     int64 `json:"held"`     // they are the register as it stood before the first change
	Earlier  int64 `json:"earlier"`  // of before the last snapshot, or before what is kept
	Later    int64 `json:"later"`    // of after the snapshot's date
	Repeated int64 `json:"repeated"` // another row says the same person's data of the same instant; the later row stands
	Same     int64 `json:"same"`     // they changed nothing
	Unknown  int64 `json:"unknown"`  // that somebody went whom the register does not know
	Ended    int64 `json:"ended"`    // people who went because a version of theirs ended and none followed
	Exact    bool  `json:"exact"`    // every change is dated to the instant, not to a day
}

// dated reports whether some change is dated.
func (m Manifest) dated() bool {
	return slices.ContainsFunc(m.Snapshots, func(s Snapshot) bool { return s.History != nil })
}

const dayMicros = int64(24 * time.Hour / time.Microsecond)

// told imports a source that tells its history, as one snapshot or, where the
// register is empty, as two: as it stood before the first change, and at the end.
func (i *importing) told(ctx context.Context, staged Staged) ([]Snapshot, error) {
	story := staged.Story
	if !story.Whole && i.segment == 0 {
		return nil, failure.New(failure.BadInput, "Import the register as it stood before them first, without --changes.", "changes change nothing where the register is empty")
	}
	i.meter.Stage("putting changes in order", 0, "")
	if err := i.Numbered(ctx, "imp_rows", staged.Tokens...); err != nil {
		return nil, err
	}
	if err := i.View(ctx, "imp_when", story.Moments); err != nil {
		return nil, err
	}
	read, err := checkIDs(ctx, i, "imp_rows")
	if err != nil {
		return nil, err
	}
	if err := i.events(ctx, story.Days); err != nil {
		return nil, err
	}
	if n, err := numbers(ctx, i, "select count(*) from imp_when"); err != nil || n[0] != read {
		return nil, fmt.Errorf("%d rows have %d moments: %w", read, n[0], err)
	}
	asOf := staged.AsOf.UTC().UnixMicro()
	h := History{Read: read}
	var made []Snapshot
	after := "e.at_to > %d"
	var from int64
	if i.segment == 0 {
		if from, err = i.beginning(ctx, staged); err != nil {
			return nil, err
		}
		before := staged
		if from < asOf {
			before.AsOf = time.UnixMicro(from).UTC()
		}
		base, held, err := i.standing(ctx, before)
		if err != nil {
			return nil, err
		}
		h.Held = held
		if from >= asOf {
			earlier, err := numbers(ctx, i, fmt.Sprintf("select count(case when at_from <= %d then 1 end), count(case when at_from > %[1]d then 1 end) from imp_event where ends = 0", asOf))
			if err != nil {
				return nil, err
			}
			h.Earlier, h.Later, h.Exact = earlier[0]-held, earlier[1], true
			base.History = &h
			return []Snapshot{base}, nil
		}
		made = append(made, base)
		// What follows is imported into the register as it stands now, which nobody else sees.
		i.Register = &Register{dir: i.dir, manifest: Manifest{KeyID: staged.KeyID, Layout: i.layout, Snapshots: made}}
		i.segment, i.files, i.tables = 1, nil, append(i.tables, "imp_stage")
		staged.Lexicon, staged.Shapes = nil, nil // the first segment has them
		after = "e.at_from > %d"
	} else {
		from = i.manifest.last().AsOf.UnixMicro()
	}
	snapshot, err := i.follow(ctx, staged, fmt.Sprintf(after, from), asOf, &h)
	if err != nil {
		return nil, err
	}
	if got := h.Applied + h.Held + h.Earlier + h.Later + h.Repeated + h.Same + h.Unknown; got != h.Read {
		return nil, fmt.Errorf("importing the history up to %s: %d rows come out of %d", day(staged.AsOf), got, h.Read)
	}
	snapshot.History = &h
	return append(made, snapshot), nil
}

// events makes the table imp_event of all that the source says happened:
// record_id, at_from, at_to, row, gone, touched, ends (1 where it is a version that
// ended without another that follows within a day: ends are often the last day).
func (i *importing) events(ctx context.Context, days bool) error {
	to := func(from, to string) string {
		if !days {
			return to
		}
		return fmt.Sprintf("case when %[1]s = %[2]s and %[1]s > %[3]d and %[1]s < %[4]d then %[1]s + %[5]d else %[2]s end", from, to, token.Always, token.Never, dayMicros)
	}
	return i.Table(ctx, "imp_event", fmt.Sprintf(`
		select r.record_id, w.at_from, %s as at_to, r.row, w.gone, w.touched, 0 as ends from imp_rows r join imp_when w on w.row = r.row
		union all
		select record_id, end_from, %s, row, cast(1 as smallint), cast(-1 as bigint), 1 from (
			select r.record_id, r.row, w.end_from, w.end_to, lead(w.at_from) over (partition by r.record_id order by w.at_from, r.row) as next
			from imp_rows r join imp_when w on w.row = r.row
		) v where end_from < %d and (next is null or next > end_from + %d)`, to("w.at_from", "w.at_to"), to("end_from", "end_to"), token.Never, dayMicros))
}

// beginning is the instant from which on changes of an empty register are kept.
func (i *importing) beginning(ctx context.Context, staged Staged) (int64, error) {
	asOf := staged.AsOf.UTC()
	if since := staged.Story.Since; !since.IsZero() {
		if !since.Before(asOf) {
			return 0, failure.New(failure.BadInput, "Give --since an earlier time.", "the history would begin on %s and end on %s", day(since), day(asOf))
		}
		return since.UnixMicro(), nil
	}
	n, err := numbers(ctx, i, fmt.Sprintf("select count(*), coalesce(min(at_from), %d) from imp_event where at_from > %d", asOf.UnixMicro(), token.Always))
	if err != nil {
		return 0, err
	}
	return max(n[1], asOf.AddDate(-Keeps, 0, 0).UnixMicro()), nil
}

// standing writes the first segment: everybody as they stood at the snapshot's
// date. It returns how many rows of the source that took.
func (i *importing) standing(ctx context.Context, staged Staged) (snapshot Snapshot, held int64, err error) {
	at := staged.AsOf.UnixMicro()
	if staged.Story.Parts != nil {
		return snapshot, 0, failure.New(failure.BadInput, "Import the register as it stood before the changes first, then these with --changes.", "rows that hold one column each do not make a register")
	}
	if err := i.Table(ctx, "imp_held", fmt.Sprintf(`select row, row_number() over (order by row) - 1 as ordinal from (
			select row, gone, row_number() over (partition by record_id order by at_from desc, ends desc, row desc) as place from imp_event where at_from <= %d
		) v where place = 1 and gone = 0`, at)); err != nil {
		return snapshot, 0, err
	}
	i.tables = append(i.tables, "imp_held")
	names := append([]string{token.RowColumn, "sealed"}, i.layout.Names()...)
	if err := i.Define(ctx, "imp_stage", fmt.Sprintf("select h.ordinal, r.%s from imp_rows r join imp_held h on h.row = r.row", strings.Join(names, ", r."))); err != nil {
		return snapshot, 0, err
	}
	n, err := numbers(ctx, i, "select count(*) from imp_held")
	if err != nil {
		return snapshot, 0, err
	}
	if n[0] == 0 {
		return snapshot, 0, failure.New(failure.BadInput, "Begin later with --since, or look whether the columns of time are the right ones.", "on %s the history has nobody", day(staged.AsOf))
	}
	snapshot = i.begun(staged)
	if err := i.first(ctx, 2, &snapshot); err != nil {
		return snapshot, 0, err
	}
	snapshot.People = snapshot.Added
	err = i.finish(ctx, staged, &snapshot)
	return snapshot, n[0], err
}

// follow writes a segment of the versions that events since the last snapshot made.
func (i *importing) follow(ctx context.Context, staged Staged, after string, asOf int64, h *History) (Snapshot, error) {
	snapshot := i.begun(staged)
	i.meter.Stage("comparing with the register", 0, "")
	if err := i.Views(ctx, i); err != nil {
		return snapshot, err
	}
	counted, err := numbers(ctx, i, fmt.Sprintf("select count(case when e.at_from > %d then 1 end), count(case when e.at_from <= %[1]d and not %s then 1 end), count(case when %[2]s and e.at_from <= %[1]d and e.at_from < e.at_to then 1 end) from imp_event e where ends = 0", asOf, after))
	if err != nil {
		return snapshot, err
	}
	h.Later, h.Earlier, h.Exact = counted[0], counted[1]-h.Held, counted[2] == 0
	if err := i.chain(ctx, fmt.Sprintf("%s and e.at_from <= %d", after, asOf)); err != nil {
		return snapshot, err
	}
	counted, err = numbers(ctx, i, `select count(case when fate = 'applied' and ends = 0 then 1 end), count(case when fate = 'repeated' and ends = 0 then 1 end),
		count(case when fate = 'same' and ends = 0 then 1 end), count(case when fate = 'unknown' and ends = 0 then 1 end), count(case when fate = 'applied' and ends = 1 then 1 end) from imp_fate`)
	if err != nil {
		return snapshot, err
	}
	h.Applied, h.Repeated, h.Same, h.Unknown, h.Ended = counted[0], counted[1], counted[2], counted[3], counted[4]
	i.meter.Stage("writing what changed", 0, "")
	layout := token.Union(i.manifest.Layout, i.layout)
	if err := i.write(ctx, valuesPart, fmt.Sprintf("select person, cast(%d as integer) as segment, gone, step, at_from, at_to, %s from imp_chain order by person, step",
		i.segment, strings.Join(layout.Names(), ", "))); err != nil {
		return snapshot, err
	}
	if err := i.write(ctx, peoplePart, "select n.person, s.sealed from imp_new n join imp_rows s on s.row = n.row order by n.person"); err != nil {
		return snapshot, err
	}
	if err := i.count(ctx, &snapshot); err != nil {
		return snapshot, err
	}
	if err := i.countMoved(ctx); err != nil {
		return snapshot, err
	}
	snapshot.People = i.manifest.last().People + snapshot.Added - snapshot.Gone
	if h.Unknown > 0 {
		snapshot.Warnings = append(snapshot.Warnings, fmt.Sprintf("%d rows say that somebody went whom the register does not know; they change nothing.", h.Unknown))
	}
	if h.Later > 0 && !staged.Story.Whole {
		snapshot.Warnings = append(snapshot.Warnings, fmt.Sprintf("%d changes are later than %s and were left out; import them again with a later --as-of.", h.Later, day(staged.AsOf)))
	}
	return snapshot, i.finish(ctx, staged, &snapshot)
}

// chain makes of the events of a time the tables that a later segment is written from:
// imp_fate (ends, fate) of each event; imp_chain (person, gone, step, at_from,
// at_to, columns) of versions; imp_new (person, row) of the people who are new;
// imp_delta, imp_before and imp_after as diff and fetch make them, of how people
// were before the first version and are after the last.
func (i *importing) chain(ctx context.Context, when string) error {
	had, layout := i.manifest.Layout, token.Union(i.manifest.Layout, i.layout)
	values := without(layout, recordID)

	if err := i.Table(ctx, "imp_had", fmt.Sprintf(`select l.person, l.gone as was_gone, l.%s from reg_version l
		join (select distinct e.record_id from imp_event e where %s) a on a.record_id = l.record_id where l.until is null`, strings.Join(had.Names(), ", l."), when)); err != nil {
		return err
	}
	// What a row does not say is as it was said last, or as the register has it: of
	// whole rows, somebody gone has what the row before says.
	const order = "order by at_from, row, ends"
	const sofar = "over (partition by record_id " + order + " rows between unbounded preceding and current row)"
	if err := i.Table(ctx, "imp_line", fmt.Sprintf(`select *, last_value(case when gone = 0 then row end ignore nulls) %s as said, min(case when gone = 0 then row end) %[1]s as named
		from imp_event e where %s`, sofar, when)); err != nil {
		return err
	}
	fetched := []string{"e.*", "k.person", "k.was_gone"}
	var runs, cells, past, now []string
	for _, c := range values {
		name := c.Name()
		was := "k." + name
		if had.Index(c) < 0 {
			was = fmt.Sprintf("cast(null as %s)", c.SQLType())
		}
		fetched = append(fetched, was+" as was_"+name)
		past, now = append(past, "was_"+name), append(now, name)
		switch {
		case i.layout.Index(c) < 0:
			cells = append(cells, "was_"+name+" as "+name)
			continue
		case i.parts == nil:
			cells = append(cells, fmt.Sprintf("case when said is null then was_%[1]s else new_%[1]s end as %[1]s", name))
		default:
			says := fmt.Sprintf("gone = 0 and (touched & %d) <> 0", i.parts[c])
			runs = append(runs, fmt.Sprintf(", count(case when %s then 1 end) %s as run_%s", says, sofar, name))
			cells = append(cells, fmt.Sprintf("case when run_%[1]s = 0 then was_%[1]s else max(case when %[2]s then new_%[1]s end) over (partition by record_id, run_%[1]s) end as %[1]s", name, says))
		}
		fetched = append(fetched, "s."+name+" as new_"+name)
	}
	says := "said"
	if i.parts != nil {
		says = "row"
	}
	if err := i.Table(ctx, "imp_told", fmt.Sprintf(`select *, %s as cells, person is null and named is null as stray,
			coalesce(lead(at_from) over (partition by record_id %s) = at_from, false) as again
		from (select record_id, person, was_gone, at_from, at_to, row, gone, ends, named, %s as was, %s
			from (select *%s from (select %s from imp_line e left join imp_rows s on s.row = e.%s left join imp_had k on k.record_id = e.record_id) f) r) t`,
		hashOf(now), order, hashOf(past), strings.Join(cells, ", "), strings.Join(runs, ""), strings.Join(fetched, ", "), says)); err != nil {
		return err
	}
	// Of several events of one instant the last stands; what is as it was before is no change.
	if err := i.Table(ctx, "imp_fate", fmt.Sprintf(`select *, case when again then 'repeated' when stray then 'unknown'
			when cells = coalesce(cells_before, was) and gone = coalesce(gone_before, case when person is null or was_gone then 1 else 0 end) then 'same'
			else 'applied' end as fate
		from (select *, lag(cells) over (partition by record_id, again, stray %[1]s) as cells_before, lag(gone) over (partition by record_id, again, stray %[1]s) as gone_before from imp_told) v`, order)); err != nil {
		return err
	}
	next, err := i.nextPerson(ctx)
	if err != nil {
		return err
	}
	if err := i.Table(ctx, "imp_new", fmt.Sprintf(`select record_id, cast(%d + row_number() over (order by row) as integer) as person, row from (
			select record_id, min(named) as row from imp_fate where fate = 'applied' and person is null group by record_id) v`, next-1)); err != nil {
		return err
	}
	if err := i.Table(ctx, "imp_chain", fmt.Sprintf(`select coalesce(f.person, n.person) as person, f.person is not null as known, f.was_gone, f.was, f.cells, f.gone = 1 as gone, f.at_from, f.at_to,
			cast(row_number() over (partition by f.record_id order by f.at_from, f.row, f.ends) - 1 as integer) as step,
			row_number() over (partition by f.record_id order by f.at_from desc, f.row desc, f.ends desc) = 1 as final, f.record_id, %s
		from imp_fate f left join imp_new n on n.record_id = f.record_id where f.fate = 'applied'`, qualified("f", values))); err != nil {
		return err
	}
	return i.ends(ctx, had, layout)
}

// ends makes imp_delta, imp_before and imp_after of the chain's people.
func (i *importing) ends(ctx context.Context, had, layout token.Layout) error {
	if err := i.Table(ctx, "imp_delta", fmt.Sprintf(`select what, person from (select person, case
			when not known then case when gone then 0 else %d end
			when was_gone then case when gone then 0 else %d end
			when gone then %d
			when was <> cells then %d else 0 end as what
		from imp_chain where final) v where what <> 0`, added, back, gone, changed)); err != nil {
		return err
	}
	if err := i.Table(ctx, "imp_before", fmt.Sprintf("select d.what, k.person, %s from imp_had k join imp_delta d on d.person = k.person", qualified("k", had))); err != nil {
		return err
	}
	if err := i.Table(ctx, "imp_after", fmt.Sprintf("select d.what, c.person, %s from imp_chain c join imp_delta d on d.person = c.person where c.final", qualified("c", layout))); err != nil {
		return err
	}
	return i.sides(ctx)
}
