package register_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

var (
	recordID = token.Column{Kind: kind.RecordID, Occurrence: 1}
	email    = token.Column{Kind: kind.Email, Occurrence: 1}
	nir      = token.Column{Kind: kind.NIR, Occurrence: 1}
	sex      = token.Column{Kind: kind.Sex, Occurrence: 1}
	date     = token.Column{Kind: kind.BirthDate, Occurrence: 1}
)

// row is one staged row: a record id (0 for none) and its tokens.
type row struct {
	id    int64
	cells map[token.Column]int64
}

// people is a snapshot as a test writes it.
type people []row

func open(t testing.TB) engine.Session {
	t.Helper()
	s, err := duckdb.Open(t.Context(), engine.Config{Threads: 2, Memory: 512 << 20, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func sealed(id int64) []byte { return binary.BigEndian.AppendUint64([]byte("sealed "), uint64(id)) }

// stage writes a snapshot as the sealer would, in two files, rows numbered by
// twos from 3 as if some had been rejected.
func stage(t testing.TB, day int, columns []token.Column, rows people, lexicon ...token.Entry) register.Staged {
	t.Helper()
	dir := t.TempDir()
	layout := token.Union(token.Layout(columns), token.Layout{recordID})
	staged := register.Staged{
		KeyID: "key-1", AsOf: asOf(day), Source: "people.csv", SHA256: "00", Imported: asOf(day).Add(time.Hour),
		Columns: []register.SourceColumn{{Name: "id", Kind: kind.RecordID}},
	}
	b := token.NewBatch(layout)
	for part, from := range []int{0, len(rows) / 2} {
		to := []int{len(rows) / 2, len(rows)}[part]
		path := filepath.Join(dir, fmt.Sprintf("tokens-%d.parquet", part))
		w, err := token.Create(path, layout, true)
		if err != nil {
			t.Fatal(err)
		}
		b.Reset(to - from)
		for i, r := range rows[from:to] {
			b.Row[i] = int64(2*(from+i) + 3)
			b.RecordID = append(b.RecordID, sealed(r.id))
			for c, column := range layout {
				if column == recordID {
					b.Cells[c][i] = r.id
				} else {
					b.Cells[c][i] = r.cells[column]
				}
			}
		}
		if err := errors.Join(w.Write(b), w.Close()); err != nil {
			t.Fatal(err)
		}
		staged.Tokens = append(staged.Tokens, path)
	}
	if lexicon != nil {
		path := filepath.Join(dir, "lexicon.parquet")
		w, err := token.CreateLexicon(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(lexicon), w.Close()); err != nil {
			t.Fatal(err)
		}
		staged.Lexicon = []string{path}
	}
	return staged
}

func asOf(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }

func openRegister(t testing.TB, dir string) *register.Register {
	t.Helper()
	r, err := register.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func importInto(t testing.TB, r *register.Register, s engine.Session, staged register.Staged) register.Snapshot {
	t.Helper()
	snapshot, err := r.Import(t.Context(), s, staged, progress.None)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// rows returns a result as one line per row.
func rows(t testing.TB, s engine.Session, query string) []string {
	t.Helper()
	var lines []string
	err := s.Query(t.Context(), query, func(row []any) error {
		cells := make([]string, len(row))
		for i, v := range row {
			if cells[i] = fmt.Sprint(v); v == nil {
				cells[i] = "-"
			}
		}
		lines = append(lines, strings.Join(cells, " "))
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return lines
}

func want(t testing.TB, s engine.Session, query string, want ...string) {
	t.Helper()
	if got := rows(t, s, query); !slices.Equal(got, want) {
		t.Errorf("%s\ngot  %q\nwant %q", query, got, want)
	}
}

func views(t testing.TB, r *register.Register, s engine.Session) {
	t.Helper()
	if err := r.Views(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func TestEmptyRegister(t *testing.T) {
	t.Parallel()
	r := openRegister(t, filepath.Join(t.TempDir(), "absent"))
	s := open(t)
	views(t, r, s)
	for _, view := range []string{"reg_version", "reg_stay", "reg_moved", "reg_state", "reg_touched", "reg_current", "reg_people", "reg_lexicon", "reg_count", "reg_place"} {
		want(t, s, "select count(*) from "+view, "0")
	}
	sum, err := r.Summary(t.Context(), s)
	if err != nil || sum.People != 0 || len(sum.Snapshots) != 0 {
		t.Errorf("got %+v, %v", sum, err)
	}
	if problems, err := r.Audit(t.Context(), s); err != nil || problems != nil {
		t.Errorf("got %v, %v", problems, err)
	}
}

func TestLivesOfPeople(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "register")
	s := open(t)
	r := openRegister(t, dir)
	columns := []token.Column{email, sex}
	cells := func(mail, sx int64) map[token.Column]int64 { return map[token.Column]int64{email: mail, sex: sx} }

	first := importInto(t, r, s, stage(t, 1, columns, people{{-10, cells(101, 1)}, {20, cells(0, 2)}, {30, cells(103, 1)}},
		token.Entry{Family: kind.Date, Value: 7, Class: token.Form, Variant: 7}, token.Entry{Family: kind.Date, Value: 7, Class: token.Edit, Variant: 9}))
	if first.People != 3 || first.Added != 3 || first.Changed != 0 || first.Gone != 0 || first.ID != "0000" || first.Bytes == 0 {
		t.Errorf("first: %+v", first)
	}
	views(t, r, s)
	want(t, s, "select person, segment, until, current, gone, record_id, email, sex from reg_version order by person",
		"0 0 - true false -10 101 1", "1 0 - true false 20 - 2", "2 0 - true false 30 103 1")
	want(t, s, "select person, record_id, sealed from reg_people order by person",
		fmt.Sprint("0 -10 ", sealed(-10)), fmt.Sprint("1 20 ", sealed(20)), fmt.Sprint("2 30 ", sealed(30)))

	// -10's mail changes, 20 gets one, 30 goes, 40 comes; the lexicon grows.
	second := importInto(t, r, s, stage(t, 2, columns, people{{40, cells(104, 2)}, {20, cells(102, 2)}, {-10, cells(111, 1)}},
		token.Entry{Family: kind.Date, Value: 7, Class: token.Edit, Variant: 9}, token.Entry{Family: kind.Date, Value: 8, Class: token.Form, Variant: 8},
		token.Entry{Family: kind.Date, Value: 8, Class: token.Form, Variant: 1}))
	if second.People != 3 || second.Added != 1 || second.Changed != 2 || second.Gone != 1 || second.Warnings != nil ||
		!maps.Equal(second.ChangedValues, map[string]int64{"email": 2}) {
		t.Errorf("second: %+v", second)
	}
	// 30 is back without a mail, -10's mail is emptied, 20 as before; no column sex.
	third := importInto(t, r, s, stage(t, 3, []token.Column{email, date}, people{
		{20, map[token.Column]int64{email: 102}},
		{30, map[token.Column]int64{date: 7}},
		{-10, nil},
		{40, map[token.Column]int64{email: 104, date: 8}},
	}))
	if third.People != 4 || third.Added != 1 || third.Changed != 2 || third.Gone != 0 || !slices.Equal(third.Unobserved, []string{"sex"}) ||
		!maps.Equal(third.ChangedValues, map[string]int64{"email": 2, "birth_date": 2}) {
		t.Errorf("third: %+v", third)
	}
	r = openRegister(t, dir)
	views(t, r, s)
	want(t, s, "select person, segment, until, current, gone, record_id, email, sex, birth_date from reg_version order by person, segment",
		"0 0 1 false false -10 101 1 -", "0 1 2 false false -10 111 1 -", "0 2 - true false -10 - 1 -",
		"1 0 1 false false 20 - 2 -", "1 1 - true false 20 102 2 -",
		"2 0 1 false false 30 103 1 -", "2 1 2 false true 30 103 1 -", "2 2 - true false 30 - 1 7",
		"3 1 2 false false 40 104 2 -", "3 2 - true false 40 104 2 8")
	want(t, s, "select person, record_id from reg_people order by person", "0 -10", "1 20", "2 30", "3 40")
	want(t, s, "select family, value, class, variant from reg_lexicon order by family, value, class, variant", "2 7 1 7", "2 7 2 7", "2 7 2 9", "2 8 1 1", "2 8 1 8", "2 8 2 8")
	for _, test := range []struct {
		column token.Column
		want   []string
	}{
		{email, []string{"0 101 0 1", "0 111 1 2", "1 102 1 -", "2 103 0 1", "3 104 1 -"}},
		{sex, []string{"0 1 0 -", "1 2 0 -", "2 1 0 1", "2 1 2 -", "3 2 1 -"}},
		{date, []string{"2 7 2 -", "3 8 2 -"}},
	} {
		name, err := r.HistoryView(t.Context(), s, test.column)
		if err != nil {
			t.Fatal(err)
		}
		want(t, s, "select person, value, from_segment, to_segment from "+name+" order by person, from_segment", test.want...)
	}
	if _, err := r.HistoryView(t.Context(), s, nir); err == nil {
		t.Error("a history of a column that is not there")
	}
	sum, err := r.Summary(t.Context(), s)
	if err != nil || sum.People != 4 || sum.Known != 4 || sum.Bytes != first.Bytes+second.Bytes+third.Bytes {
		t.Errorf("summary: %+v, %v", sum, err)
	}
	for _, c := range sum.Columns {
		if c.Name == "email" && (c.Filled != 2 || c.Distinct != 2) || c.Name == "sex" && (c.Filled != 4 || c.Distinct != 2) {
			t.Errorf("summary of %s: %+v", c.Name, c)
		}
	}
	if problems, err := r.Audit(t.Context(), s); err != nil || problems != nil {
		t.Errorf("audit: %v, %v", problems, err)
	}
}

func TestSameContentAgainCostsNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := openRegister(t, t.TempDir())
	who := people{{1, map[token.Column]int64{email: 5}}, {2, nil}}
	entry := token.Entry{Family: kind.Name, Value: 1, Class: token.Form, Variant: 1}
	importInto(t, r, s, stage(t, 1, []token.Column{email}, who, entry))
	slices.Reverse(who)
	again := importInto(t, r, s, stage(t, 2, []token.Column{email}, who, entry))
	if again.Bytes != 0 || len(again.Files) != 0 || again.People != 2 || again.Added+again.Changed+again.Gone != 0 {
		t.Errorf("got %+v", again)
	}
	views(t, r, s)
	want(t, s, "select count(*), count(distinct segment) from reg_version", "2 1")
	if problems, err := r.Audit(t.Context(), s); err != nil || problems != nil {
		t.Errorf("audit: %v, %v", problems, err)
	}
}

func TestPeopleWhoLeaveInCrowds(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := openRegister(t, t.TempDir())
	importInto(t, r, s, stage(t, 1, nil, people{{1, nil}, {2, nil}, {3, nil}}))
	if second := importInto(t, r, s, stage(t, 2, nil, people{{2, nil}})); len(second.Warnings) != 1 || second.Gone != 2 {
		t.Errorf("got %+v", second)
	}
}

func TestRejectedSnapshots(t *testing.T) {
	t.Parallel()
	good := people{{1, map[token.Column]int64{email: 5}}, {2, nil}}
	for _, test := range []struct {
		name   string
		staged func(t *testing.T) register.Staged
		says   string
	}{
		{
			"a date that was", func(t *testing.T) register.Staged { return stage(t, 2, nil, good) },
			"the snapshot of 2026-01-02 is not later than the register's last one, of 2026-01-02",
		},
		{"no date", func(t *testing.T) register.Staged {
			s := stage(t, 3, nil, good)
			s.AsOf = time.Time{}
			return s
		}, "the snapshot has no date"},
		{"another key", func(t *testing.T) register.Staged {
			s := stage(t, 3, nil, good)
			s.KeyID = "key-2"
			return s
		}, "sealed under key key-2, the register under key key-1"},
		{"no row", func(t *testing.T) register.Staged { return stage(t, 3, nil, nil) }, "the snapshot holds no row"},
		{"rows without a record id", func(t *testing.T) register.Staged {
			return stage(t, 3, nil, people{{1, nil}, {0, nil}, {2, nil}, {0, nil}})
		}, "2 of 4 rows have no record id: rows 5, 9"},
		{"a record id twice", func(t *testing.T) register.Staged {
			return stage(t, 3, nil, people{{1, nil}, {2, nil}, {3, nil}, {2, nil}, {1, nil}, {1, nil}, {2, nil}})
		}, "2 record ids stand in more than one row, 6 rows in all: rows 3, 11, 13, 5, 9 …"},
		{"no column of record ids", func(t *testing.T) register.Staged {
			s := stage(t, 3, nil, good)
			path := filepath.Join(t.TempDir(), "x.parquet")
			w, err := token.Create(path, token.Layout{email}, true)
			if err := errors.Join(err, w.Close()); err != nil {
				t.Fatal(err)
			}
			s.Tokens = []string{path}
			return s
		}, "no column of the snapshot is a record id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			dir := t.TempDir()
			r := openRegister(t, dir)
			importInto(t, r, s, stage(t, 2, []token.Column{email}, good))
			before := tree(t, dir)
			_, err := r.Import(t.Context(), s, test.staged(t), progress.None)
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v (hint %q)", err, failure.HintOf(err))
			}
			if after := tree(t, dir); !maps.Equal(before, after) {
				t.Errorf("the register changed: %v, then %v", before, after)
			}
			if n := len(r.Manifest().Snapshots); n != 1 {
				t.Errorf("%d snapshots", n)
			}
			importInto(t, r, s, stage(t, 3, []token.Column{email}, good))
		})
	}
}

// tree returns the files under dir and what they hold.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestOneImportAtATime(t *testing.T) {
	t.Parallel()
	s := open(t)
	dir := t.TempDir()
	r := openRegister(t, dir)
	var inner error
	staged, other := stage(t, 1, nil, people{{1, nil}}), stage(t, 2, nil, people{{1, nil}})
	meter := meterFunc(func() {
		if inner == nil {
			_, inner = openRegister(t, dir).Import(t.Context(), s, other, progress.None)
		}
	})
	if _, err := r.Import(t.Context(), s, staged, meter); err != nil {
		t.Fatal(err)
	}
	if failure.CodeOf(inner) != failure.Refused || failure.HintOf(inner) == "" {
		t.Errorf("got %v", inner)
	}
	// One that was opened before sees what the other imported.
	stale := openRegister(t, dir)
	importInto(t, r, s, stage(t, 3, nil, people{{1, nil}, {2, nil}}))
	if third := importInto(t, stale, s, stage(t, 4, nil, people{{1, nil}, {2, nil}, {3, nil}})); third.ID != "0002" || third.Added != 1 {
		t.Errorf("got %+v", third)
	}
}

func TestSameInputSameBytesOnAnyThreads(t *testing.T) {
	t.Parallel()
	snapshot := func(day int64) people {
		var who people
		for id := int64(1); id <= 5000; id++ {
			who = append(who, row{id*31 + day%2, map[token.Column]int64{email: id * 1_000_003 * (1 + id%20/19*day), sex: id%2 + 1, date: id % 400, nir: id / 2}})
		}
		return who
	}
	words := func(from int64) (entries []token.Entry) {
		for v := from; v < from+400; v++ {
			for n := range v % 3 {
				entries = append(entries, token.Entry{Family: kind.Date, Value: v, Class: token.Edit, Variant: int32(v*7919 + n)})
			}
			entries = append(entries, token.Entry{Family: kind.Date, Value: v, Class: token.Form, Variant: int32(v)})
		}
		return append(entries, entries[:50]...)
	}
	columns := []token.Column{email, sex, date, nir}
	days := []register.Staged{stage(t, 1, columns, snapshot(1), words(0)...), stage(t, 2, columns, snapshot(3), words(300)...)}
	var manifests [2][]register.Snapshot
	for i := range manifests {
		s, err := duckdb.Open(t.Context(), engine.Config{Threads: i + 1, Memory: 256 << 20, Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		r := openRegister(t, t.TempDir())
		for _, staged := range days {
			importInto(t, r, s, staged)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		manifests[i] = r.Manifest().Snapshots
	}
	if !reflect.DeepEqual(manifests[0], manifests[1]) { // with the hashes of all files
		t.Errorf("got\n%+v and\n%+v", manifests[0], manifests[1])
	}
}

func TestAStoppedImportLeavesNothing(t *testing.T) {
	t.Parallel()
	s := open(t)
	dir := t.TempDir()
	r := openRegister(t, dir)
	importInto(t, r, s, stage(t, 1, []token.Column{email}, people{{1, nil}, {2, nil}}))
	before := tree(t, dir)
	staged := stage(t, 2, []token.Column{email}, people{{1, map[token.Column]int64{email: 5}}, {3, nil}},
		token.Entry{Family: kind.Name, Value: 1, Class: token.Form, Variant: 1})
	stop := errors.New("stopped by the user")
	for step := range 5 {
		ctx, cancel := context.WithCancelCause(t.Context())
		calls := 0
		_, err := r.Import(ctx, s, staged, meterFunc(func() {
			if calls++; calls == step+1 {
				cancel(stop)
			}
		}))
		if !errors.Is(err, stop) {
			t.Errorf("stopped at step %d: got %v", step, err)
		}
		if after := tree(t, dir); !maps.Equal(before, after) {
			t.Errorf("stopped at step %d: the register changed", step)
		}
	}
	if second := importInto(t, r, s, staged); second.Added != 1 || second.Gone != 1 || second.Changed != 1 {
		t.Errorf("got %+v", second)
	}
}

type meterFunc func()

func (f meterFunc) Stage(string, int64, string) { f() }
func (f meterFunc) Add(int64)                   { f() }

func TestDamageIsTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		opens  bool
	}{
		{"a manifest cut short", func(t *testing.T, dir string) { truncate(t, filepath.Join(dir, "manifest.json"), 40) }, false},
		{"a manifest of before", func(t *testing.T, dir string) {
			path := filepath.Join(dir, "manifest.json")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, bytes.Replace(data, []byte("constat.register/3"), []byte("constat.register/1"), 1), 0o600); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"an empty manifest", func(t *testing.T, dir string) { truncate(t, filepath.Join(dir, "manifest.json"), 0) }, false},
		{"a segment cut short", func(t *testing.T, dir string) {
			truncate(t, filepath.Join(dir, "segments", "0000-values.parquet"), 100)
		}, false},
		{"a segment lost", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "segments", "0000-people.parquet")); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"another segment in its place", func(t *testing.T, dir string) {
			path := filepath.Join(dir, "segments", "0000-people.parquet")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			data[len(data)/2] ^= 1
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			dir := t.TempDir()
			importInto(t, openRegister(t, dir), s, stage(t, 1, nil, people{{1, nil}}))
			test.damage(t, dir)
			r, err := register.Open(dir)
			if !test.opens {
				if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if problems, err := r.Audit(t.Context(), s); err != nil || len(problems) != 1 {
				t.Errorf("audit: %v, %v", problems, err)
			}
		})
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

// TestAgainstAModel imports random lives and compares every version and spell
// with a plain account of what each person had when.
func TestAgainstAModel(t *testing.T) {
	t.Parallel()
	const snapshots, ids = 7, 60
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 1))
			s := open(t)
			r := openRegister(t, t.TempDir())
			all := []token.Column{sex, date, nir, {Kind: kind.NIR, Occurrence: 1, Role: token.Head}, email}
			if seed%2 == 1 { // what is counted together
				all = token.LayoutOf([]kind.Kind{kind.UsedSurname, kind.GivenNames, kind.Phone, kind.Phone, kind.Address, kind.CityCode, kind.BirthPlace, kind.Region})
			}
			account := model{person: map[int64]int{}, state: map[int64]map[token.Column]int64{}, present: map[int64]bool{}}
			for segment := range snapshots {
				columns := slices.Clone(all)
				for len(columns) > 0 && rng.IntN(2) == 0 { // columns may be missing, even from the first
					n := rng.IntN(len(columns))
					columns = slices.Delete(columns, n, n+1)
				}
				var who people
				for id := int64(1); id <= ids; id++ {
					if rng.IntN(8) == 0 {
						continue
					}
					cells := maps.Clone(account.state[id])
					if cells == nil {
						cells = map[token.Column]int64{}
					}
					for _, c := range columns {
						if rng.IntN(6) == 0 {
							cells[c] = rng.Int64N(4)
						}
					}
					for c := range cells {
						if !slices.Contains(columns, c) {
							delete(cells, c)
						}
					}
					who = append(who, row{id * 1000, cells})
				}
				rng.Shuffle(len(who), func(i, j int) { who[i], who[j] = who[j], who[i] })
				staged := stage(t, segment+1, columns, who)
				snapshot := importInto(t, r, s, staged)
				account.see(segment, columns, who)
				recount(t, r, s)
				if int(snapshot.People) != len(who) {
					t.Fatalf("segment %d: %d people, want %d", segment, snapshot.People, len(who))
				}
			}
			views(t, r, s)
			names := strings.Join(r.Manifest().Layout.Names()[1:], ", ")
			for _, view := range []string{"reg_version", "(select * from reg_stay union all select * from reg_moved)"} {
				want(t, s, "select person, segment, until, gone, record_id, "+names+" from "+view+" order by person, segment",
					account.versions(r.Manifest().Layout[1:])...)
			}
			want(t, s, "select count(*) from reg_stay where person in (select person from reg_moved)", "0")
			want(t, s, "select count(*) from reg_version where current", fmt.Sprint(len(rows(t, s, "select person from reg_current"))))
			for _, c := range r.Manifest().Layout[1:] {
				name, err := r.HistoryView(t.Context(), s, c)
				if err != nil {
					t.Fatal(err)
				}
				want(t, s, "select person, value, from_segment, to_segment from "+name+" order by person, from_segment", account.spells(c, snapshots)...)
			}
			if problems, err := r.Audit(t.Context(), s); err != nil || problems != nil {
				t.Errorf("audit: %v, %v", problems, err)
			}
		})
	}
}

// recount compares what was counted at import with the people that there are.
func recount(t *testing.T, r *register.Register, s engine.Session) {
	t.Helper()
	views(t, r, s)
	layout := r.Manifest().Layout
	type key struct{ kind, role, value int64 }
	counts, places, filled := map[key]int{}, map[string]int{}, map[string]int64{}
	for _, name := range layout.Names() {
		filled[name] = 0
	}
	err := s.Query(t.Context(), "select "+strings.Join(layout.Names(), ", ")+" from reg_current", func(row []any) error {
		cells := map[token.Column]int64{}
		for i, c := range layout {
			if v, ok := row[i].(int64); ok {
				cells[c] = v
				filled[c.Name()]++
			}
		}
		has := map[key]bool{}
		for c, v := range cells {
			k := key{int64(c.Kind), int64(c.Role), v}
			switch c.Kind {
			case kind.RecordID, kind.HouseNumber:
				continue
			case kind.UsedSurname:
				k.kind = int64(kind.BirthSurname)
			case kind.GivenNames:
				if c.Role == token.Whole {
					has[k] = true
				}
				k.role = int64(token.Second)
			}
			has[k] = true
		}
		number, numbered := cells[token.Column{Kind: kind.HouseNumber, Occurrence: 1}]
		_, housed := cells[token.Column{Kind: kind.Address, Occurrence: 1}]
		if layout.Has(kind.HouseNumber) && (housed || !layout.Has(kind.Address) && numbered) {
			has[key{int64(kind.HouseNumber), 0, number}] = true
		}
		for k := range has {
			counts[k]++
		}
		for set, kinds := range [][]kind.Kind{{kind.BirthPlaceCode, kind.BirthPlace}, {kind.PostCode, kind.CityCode, kind.City}} {
			line := fmt.Sprint(set + 1)
			some := false
			for _, k := range []kind.Kind{kind.BirthPlaceCode, kind.BirthPlace, kind.PostCode, kind.CityCode, kind.City} {
				if v := cells[token.Column{Kind: k, Occurrence: 1}]; v != 0 && slices.Contains(kinds, k) {
					line += fmt.Sprint(" ", v)
					some = true
				} else {
					line += " -"
				}
			}
			if some {
				places[line]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var wantCounts, wantPlaces []string
	for k, n := range counts {
		c := token.Column{Kind: kind.Kind(k.kind), Occurrence: 1, Role: token.Role(k.role)}
		if n > 1 || c.Short() || c.Kind.Family() != kind.NoFamily || c.Kind == kind.Region {
			wantCounts = append(wantCounts, fmt.Sprint(k.kind, " ", k.role, " ", k.value, " ", n))
		}
	}
	for line, n := range places {
		wantPlaces = append(wantPlaces, fmt.Sprint(line, " ", n))
	}
	for _, test := range []struct {
		query string
		want  []string
	}{
		{"select kind, role, value, n from reg_count", wantCounts},
		{"select set, birth_place_code, birth_place, postcode, city_code, city, n from reg_place", wantPlaces},
	} {
		got := rows(t, s, test.query)
		slices.Sort(got)
		slices.Sort(test.want)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s\ngot  %q\nwant %q", test.query, got, test.want)
		}
	}
	snapshots := r.Manifest().Snapshots
	if got := snapshots[len(snapshots)-1].Filled; !maps.Equal(got, filled) {
		t.Errorf("filled: got %v, want %v", got, filled)
	}
}

// TestFirstAddresses: as long as nobody has an address, house numbers stand for
// themselves; from the first ones on, only theirs count.
func TestFirstAddresses(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := openRegister(t, t.TempDir())
	number, street := token.Column{Kind: kind.HouseNumber, Occurrence: 1}, token.Column{Kind: kind.Address, Occurrence: 1}
	importInto(t, r, s, stage(t, 1, []token.Column{number}, people{{1, map[token.Column]int64{number: 7}}, {2, map[token.Column]int64{number: 7}}, {3, nil}}))
	recount(t, r, s)
	want(t, s, "select value, n from reg_count", "7 2")
	importInto(t, r, s, stage(t, 2, []token.Column{number, street}, people{
		{1, map[token.Column]int64{number: 7}},
		{2, map[token.Column]int64{number: 7, street: 50}},
		{3, map[token.Column]int64{street: 50}},
	}))
	recount(t, r, s)
	want(t, s, fmt.Sprintf("select value, n from reg_count where kind = %d order by value", kind.HouseNumber), "0 1", "7 1")
}

// model keeps, for each record id, one entry per segment in which something
// changed.
type model struct {
	person  map[int64]int
	state   map[int64]map[token.Column]int64
	present map[int64]bool
	entries []entry
}

type entry struct {
	person, segment int
	gone            bool
	id              int64
	cells           map[token.Column]int64
}

func (m *model) see(segment int, columns []token.Column, who people) {
	seen := map[int64]bool{}
	for _, r := range who {
		id := r.id / 1000
		seen[id] = true
		person, known := m.person[id]
		if !known {
			person = len(m.person)
			m.person[id] = person
			m.state[id] = map[token.Column]int64{}
		}
		differs := !known || !m.present[id]
		for _, c := range columns {
			if r.cells[c] != m.state[id][c] {
				m.state[id][c] = r.cells[c]
				differs = true
			}
		}
		m.present[id] = true
		if differs {
			m.entries = append(m.entries, entry{person, segment, false, r.id, maps.Clone(m.state[id])})
		}
	}
	for id, person := range m.person {
		if m.present[id] && !seen[id] {
			m.present[id] = false
			m.entries = append(m.entries, entry{person, segment, true, id * 1000, maps.Clone(m.state[id])})
		}
	}
	slices.SortFunc(m.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.segment, b.segment))
	})
}

// until is the segment of the person's next entry, or "-".
func (m *model) until(i int) string {
	if i+1 < len(m.entries) && m.entries[i+1].person == m.entries[i].person {
		return fmt.Sprint(m.entries[i+1].segment)
	}
	return "-"
}

func (m *model) versions(columns []token.Column) []string {
	var lines []string
	for i, e := range m.entries {
		line := fmt.Sprint(e.person, " ", e.segment, " ", m.until(i), " ", e.gone, " ", e.id)
		for _, c := range columns {
			if e.cells[c] == 0 {
				line += " -"
			} else {
				line += fmt.Sprint(" ", e.cells[c])
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func (m *model) spells(c token.Column, snapshots int) []string {
	var lines []string
	for i := 0; i < len(m.entries); {
		person := m.entries[i].person
		held := make([]int64, snapshots+1) // by segment; the last entry of the slice ends every spell
		var last int64
		next := i
		for segment := range snapshots {
			if next < len(m.entries) && m.entries[next].person == person && m.entries[next].segment == segment {
				if last = m.entries[next].cells[c]; m.entries[next].gone {
					last = 0
				}
				next++
			}
			held[segment] = last
		}
		for from := 0; from < snapshots; {
			to := from + 1
			for to < snapshots && held[to] == held[from] {
				to++
			}
			if held[from] != 0 {
				end := fmt.Sprint(to)
				if to == snapshots {
					end = "-"
				}
				lines = append(lines, fmt.Sprint(person, " ", held[from], " ", from, " ", end))
			}
			from = to
		}
		i = next
	}
	return lines
}
