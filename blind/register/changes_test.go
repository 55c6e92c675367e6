package register_test

import (
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// event is a row of a source that tells its history; at and end are in hours since
// 1 January 2026, day of a width of a day.
type event struct {
	id      int64
	at      float64
	gone    bool
	end     float64 // 0: none
	day     bool
	touched int64 // 0: all
	cells   map[token.Column]int64
}

func micros(hours float64) int64 {
	return asOf(1).Add(time.Duration(hours * float64(time.Hour))).UnixMicro()
}

// tell stages events.
func tell(t testing.TB, at time.Time, columns []token.Column, story register.Story, events ...event) register.Staged {
	t.Helper()
	var who people
	for _, e := range events {
		who = append(who, row{e.id, e.cells})
	}
	staged := stage(t, 1, columns, who)
	staged.AsOf = at
	story.Moments = filepath.Join(t.TempDir(), "moments.parquet")
	w, err := token.CreateMoments(story.Moments)
	if err != nil {
		t.Fatal(err)
	}
	var moments []token.Moment
	for n, e := range events {
		m := token.Moment{Row: int64(2*n + 3), From: micros(e.at), To: micros(e.at), End: token.Never, EndTo: token.Never, Gone: e.gone, Touched: -1}
		if e.touched != 0 {
			m.Touched = e.touched
		}
		if e.day {
			m.To = micros(e.at + 24)
		}
		if e.at < 0 {
			m.From, m.To = token.Always, token.Always
		}
		if e.end != 0 {
			m.End, m.EndTo = micros(e.end), micros(e.end)
		}
		moments = append(moments, m)
	}
	if err := w.Write(moments); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	staged.Story = &story
	return staged
}

func mail(n int64) map[token.Column]int64 { return map[token.Column]int64{email: n} }

const dated = `select person, segment, step - segment * cast(4294967296 as bigint), (at_from - 1767225600000000) / 3600000000, (at_to - 1767225600000000) / 3600000000, until, current, gone, email from reg_version order by person, step`

// TestChangesSinceTheLastSnapshot gives every answer there is to a row of a feed.
func TestChangesSinceTheLastSnapshot(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := openRegister(t, t.TempDir())
	importInto(t, r, s, stage(t, 1, []token.Column{email, nir}, people{
		{1, map[token.Column]int64{email: 11, nir: 101}},
		{2, map[token.Column]int64{email: 12, nir: 102}},
		{3, map[token.Column]int64{email: 13, nir: 103}},
		{4, mail(14)},
		{5, mail(15)},
		{6, mail(16)},
	}))
	got := importInto(t, r, s, tell(t, asOf(3), []token.Column{email}, register.Story{},
		event{id: 2, at: 20, cells: mail(32)},                // out of order: the later one comes first
		event{id: 2, at: 10, cells: mail(22)},                // and this is what was in between
		event{id: 1, at: 5, cells: mail(21)},                 // a change, and the same again
		event{id: 1, at: 5, cells: mail(21)},                 //
		event{id: 1, at: 6, cells: mail(21)},                 // sent again: nothing new
		event{id: 3, at: 7, gone: true},                      // goes,
		event{id: 3, at: 9, cells: mail(33)},                 // and is back
		event{id: 4, at: 8, gone: true},                      // goes for good
		event{id: 9, at: 8, gone: true},                      // nobody
		event{id: 8, at: 8.5, cells: mail(18)},               // new
		event{id: 7, at: 8.5, cells: mail(17)},               // new, and gone before the snapshot
		event{id: 7, at: 9.5, gone: true},                    //
		event{id: 5, at: 60, cells: mail(99)},                // after the snapshot
		event{id: 5, at: 0, cells: mail(98)},                 // of when the last snapshot was taken, which has it
		event{id: 6, at: 24, day: true, cells: mail(26)},     // dated to a day
		event{id: 6, at: 30, gone: false, cells: mail(16)},   // as it was: a change that the snapshots do not show
		event{id: 6, at: 30.5, gone: false, cells: mail(16)}, // no change
	))
	h := got.History
	if h == nil || *h != (register.History{Read: 17, Applied: 11, Earlier: 1, Later: 1, Repeated: 1, Same: 2, Unknown: 1}) {
		t.Errorf("history %+v", h)
	}
	if got.People != 6 || got.Added != 1 || got.Gone != 1 || got.Changed != 3 || got.ChangedValues["email"] != 3 || got.Filled["email"] != 6 || got.Filled["nir"] != 3 || len(got.Warnings) != 2 {
		t.Errorf("%+v", got)
	}
	views(t, r, s)
	want(t, s, dated,
		"0 0 0 - - 1 false false 11", "0 1 0 5 5 - true false 21",
		"1 0 0 - - 1 false false 12", "1 1 0 10 10 1 false false 22", "1 1 1 20 20 - true false 32",
		"2 0 0 - - 1 false false 13", "2 1 0 7 7 1 false true 13", "2 1 1 9 9 - true false 33",
		"3 0 0 - - 1 false false 14", "3 1 0 8 8 - false true 14",
		"4 0 0 - - - true false 15",
		"5 0 0 - - 1 false false 16", "5 1 0 24 48 1 false false 26", "5 1 1 30 30 - true false 16",
		"6 1 0 8.5 8.5 - true false 18",
		"7 1 0 8.5 8.5 1 false false 17", "7 1 1 9.5 9.5 - false true 17")
	want(t, s, "select nir from reg_current where person in (1, 2) order by person", "102", "103")
	want(t, s, "select person, states from reg_touched order by person", "0 2", "1 3", "2 3", "3 2", "5 3", "6 1", "7 2")
	recount(t, r, s)
	name, err := r.HistoryView(t.Context(), s, email)
	if err != nil {
		t.Fatal(err)
	}
	want(t, s, "select value, from_segment, to_segment from "+name+" where person = 1 order by from_segment, value", "12 0 1", "22 1 1", "32 1 -")
	if problems, err := r.Audit(t.Context(), s); err != nil || problems != nil {
		t.Errorf("%v, %v", problems, err)
	}
	// A snapshot of the same day changes nothing, and says so.
	same := importInto(t, r, s, stage(t, 4, []token.Column{email}, people{{1, mail(21)}, {2, mail(32)}, {3, mail(33)}, {5, mail(15)}, {6, mail(16)}, {8, mail(18)}}))
	if same.Added+same.Changed+same.Gone != 0 {
		t.Errorf("the snapshot that the changes led to has changes: %+v", same)
	}
}

// TestHistoryFromTheBeginning makes a register of versions.
func TestHistoryFromTheBeginning(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := openRegister(t, t.TempDir())
	events := []event{
		{id: 1, at: -1, end: 30, cells: mail(11)}, {id: 1, at: 30, cells: mail(12)}, // ever since, then another
		{id: 2, at: 4, cells: mail(21), end: 100},                                   // ended, and none followed
		{id: 3, at: 12, cells: mail(31), end: 40}, {id: 3, at: 60, cells: mail(32)}, // the last day of it is named: within a day
		{id: 4, at: 12, cells: mail(41), end: 40}, {id: 4, at: 90, cells: mail(42)}, // a gap: gone and back
		{id: 5, at: 500, cells: mail(51)},                                // later
		{id: 6, at: 4, cells: mail(61)}, {id: 6, at: 4, cells: mail(62)}, // twice of one instant
	}
	got := importInto(t, r, s, tell(t, asOf(11), []token.Column{email}, register.Story{Whole: true}, events...))
	m := r.Manifest()
	if len(m.Snapshots) != 2 || m.Snapshots[0].People != 3 || !m.Snapshots[0].AsOf.Equal(asOf(1).Add(4*time.Hour)) || m.Snapshots[0].History != nil {
		t.Fatalf("%+v", m.Snapshots)
	}
	if h := *got.History; h != (register.History{Read: 10, Applied: 5, Held: 3, Earlier: 1, Later: 1, Ended: 2, Exact: true}) {
		t.Errorf("history %+v", h)
	}
	if got.People != 4 || got.Added != 2 || got.Gone != 1 || got.Changed != 1 {
		t.Errorf("%+v", got)
	}
	views(t, r, s)
	want(t, s, dated,
		"0 0 0 - - 1 false false 11", "0 1 0 30 30 - true false 12",
		"1 0 0 - - 1 false false 21", "1 1 0 100 100 - false true 21",
		"2 0 0 - - - true false 62",
		"3 1 0 12 12 1 false false 31", "3 1 1 60 60 - true false 32",
		"4 1 0 12 12 1 false false 41", "4 1 1 40 40 1 false true 41", "4 1 2 90 90 - true false 42")
	recount(t, r, s)
	if problems, err := r.Audit(t.Context(), s); err != nil || problems != nil {
		t.Errorf("%v, %v", problems, err)
	}

	// The same table a while later goes on where it was.
	again := importInto(t, r, s, tell(t, asOf(12), []token.Column{email}, register.Story{Whole: true}, append(slices.Clone(events), event{id: 1, at: 250, cells: mail(13)})...))
	if h := *again.History; h.Applied != 1 || h.Later != 1 || h.Earlier != 9 || again.Changed != 1 {
		t.Errorf("history %+v", h)
	}

	// From a later day on, what was before is the register as it stood.
	r = openRegister(t, t.TempDir())
	got = importInto(t, r, s, tell(t, asOf(11), []token.Column{email}, register.Story{Whole: true, Since: asOf(4)}, events...))
	if h := *got.History; h != (register.History{Read: 10, Applied: 1, Held: 4, Earlier: 4, Later: 1, Ended: 1, Exact: true}) {
		t.Errorf("history %+v", h)
	}
}

// TestChangesOfSomeColumns: rows that speak of one column each leave the others.
func TestChangesOfSomeColumns(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := openRegister(t, t.TempDir())
	importInto(t, r, s, stage(t, 1, []token.Column{email, nir}, people{{1, map[token.Column]int64{email: 11, nir: 101}}, {2, map[token.Column]int64{email: 12, nir: 102}}}))
	got := importInto(t, r, s, tell(t, asOf(3), []token.Column{email, nir}, register.Story{Parts: map[token.Column]int64{email: 1, nir: 2}},
		event{id: 1, at: 3, touched: 1, cells: mail(21)},
		event{id: 1, at: 3, touched: 2, cells: map[token.Column]int64{nir: 201}}, // of one instant: one version
		event{id: 1, at: 5, touched: 1},                                          // emptied
		event{id: 2, at: 4, touched: 2, cells: map[token.Column]int64{nir: 202}},
	))
	if h := *got.History; h != (register.History{Read: 4, Applied: 3, Repeated: 1, Exact: true}) {
		t.Errorf("history %+v", h)
	}
	views(t, r, s)
	want(t, s, "select person, step - segment * cast(4294967296 as bigint), email, nir from reg_version order by person, step", "0 0 11 101", "0 0 21 201", "0 1 - 201", "1 0 12 102", "1 0 12 202")
}

// TestChangesRefused: what cannot be imported says why and leaves nothing.
func TestChangesRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, staged := range map[string]register.Staged{
		"changes of nothing":          tell(t, asOf(3), []token.Column{email}, register.Story{}, event{id: 1, at: 3, cells: mail(1)}),
		"nobody at the beginning":     tell(t, asOf(3), []token.Column{email}, register.Story{Whole: true}, event{id: 1, at: 3, gone: true}),
		"a beginning after the end":   tell(t, asOf(3), []token.Column{email}, register.Story{Whole: true, Since: asOf(5)}, event{id: 1, at: 3, cells: mail(1)}),
		"no id":                       tell(t, asOf(3), []token.Column{email}, register.Story{Whole: true}, event{at: 3, cells: mail(1)}),
		"parts that make no register": tell(t, asOf(3), []token.Column{email}, register.Story{Whole: true, Parts: map[token.Column]int64{email: 1}}, event{id: 1, at: 3, cells: mail(1)}),
	} {
		dir := t.TempDir()
		_, err := openRegister(t, dir).Import(t.Context(), s, staged, progress.None)
		if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		if files, _ := filepath.Glob(filepath.Join(dir, "segments", "*")); len(files) != 0 || len(openRegister(t, dir).Manifest().Snapshots) != 0 {
			t.Errorf("%s: it left %v", name, files)
		}
	}
}

// TestFeedAgainstSnapshots: a feed of random changes, day by day, leaves the register
// as daily snapshots do: the same people, values and counts.
func TestFeedAgainstSnapshots(t *testing.T) {
	t.Parallel()
	s := open(t)
	rng := rand.New(rand.NewPCG(21, 22))
	columns := []token.Column{email, nir}
	now := map[int64]map[token.Column]int64{}
	for id := int64(1); id <= 60; id++ {
		now[id] = map[token.Column]int64{email: id, nir: 1000 + id%50}
	}
	list := func() (who people) {
		for id := int64(1); id <= 90; id++ {
			if cells, ok := now[id]; ok {
				who = append(who, row{id, cells})
			}
		}
		return who
	}
	fed, seen := openRegister(t, t.TempDir()), openRegister(t, t.TempDir())
	importInto(t, fed, s, stage(t, 1, columns, list()))
	importInto(t, seen, s, stage(t, 1, columns, list()))
	for d := 2; d <= 6; d++ {
		var events []event
		for range 80 {
			id := 1 + rng.Int64N(90)
			e := event{id: id, at: 24*float64(d-2) + 0.01 + 23.9*rng.Float64()}
			if e.gone = rng.IntN(4) == 0; !e.gone {
				e.cells = map[token.Column]int64{email: rng.Int64N(70), nir: 1000 + rng.Int64N(50)}
			}
			events = append(events, e)
		}
		byTime := slices.Clone(events)
		slices.SortStableFunc(byTime, func(a, b event) int { return int(micros(a.at) - micros(b.at)) })
		for _, e := range byTime {
			if e.gone {
				delete(now, e.id)
			} else {
				now[e.id] = e.cells
			}
		}
		// (Which values changed of those who are back differs: a feed has seen who came and went in between.)
		a := importInto(t, fed, s, tell(t, asOf(d), columns, register.Story{}, events...))
		b := importInto(t, seen, s, stage(t, d, columns, list()))
		if a.People != b.People || a.Added != b.Added || a.Gone != b.Gone || a.Changed != b.Changed || !maps.Equal(a.Filled, b.Filled) {
			t.Errorf("day %d: the feed gives %+v, the snapshot %+v", d, a, b)
		}
	}
	state := func(r *register.Register) string {
		views(t, r, s)
		var all []string
		for _, query := range []string{
			"select record_id, email, nir from reg_current order by record_id",
			"select kind, role, value, n from reg_count order by kind, role, value",
			"select count(*) from reg_place",
		} {
			all = append(all, rows(t, s, query)...)
		}
		return strings.Join(all, "\n")
	}
	if a, b := state(fed), state(seen); a != b {
		t.Errorf("the feed leaves\n%s\nthe snapshots\n%s", a, b)
	}
	if problems, err := fed.Audit(t.Context(), s); err != nil || problems != nil {
		t.Errorf("%v, %v", problems, err)
	}
	last := importInto(t, fed, s, stage(t, 7, columns, list()))
	if last.Added+last.Changed+last.Gone != 0 {
		t.Errorf("a snapshot after the feed has changes: %+v", last)
	}
}
