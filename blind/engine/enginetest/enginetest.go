// Package enginetest is the contract of engines written as a test. Whatever
// passes Exercise can run every plan of the other rooms.
package enginetest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/blind/engine"
)

// Exercise tests the engine that open opens.
func Exercise(t *testing.T, open engine.Opener) {
	t.Helper()
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s bench)
	}{
		{"names that are no names are refused", names},
		{"a missing file is named", missingFile},
		{"views see columns missing in some files as null", unionOfFiles},
		{"rows of files are numbered", numbered},
		{"a file name may look like a pattern", patternNames},
		{"a view is read when used", lateView},
		{"a definition is run when used", define},
		{"tables replace tables and views, even from themselves", replace},
		{"dropping what is not there is no error", drop},
		{"load keeps nulls and types", load},
		{"load refuses what does not fit", loadMisfit},
		{"query gives the contract's types", types},
		{"a large result comes whole and in order", large},
		{"a query may run within a query", nested},
		{"an error of the callback stops the query", callback},
		{"write keeps the order of the select", writeOrder},
		{"a failed write leaves nothing behind", failedWrite},
		{"a cancelled context stops a long statement", cancel},
		{"nulls neither join nor count", nulls},
		{"aggregates of the dialect", aggregates},
		{"window functions fill in from earlier rows", windows},
		{"casts and bits", casts},
		{"common table expressions and unions", unions},
		{"nulls sort first", nullOrder},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, start(t, open, 2))
		})
	}
	t.Run("one thread and two give the same", func(t *testing.T) {
		t.Parallel()
		var results [2][]string
		for i := range results {
			results[i] = determinism(t, start(t, open, i+1))
		}
		if !slices.Equal(results[0], results[1]) {
			t.Error("results differ")
		}
	})
	t.Run("close leaves nothing in the scratch folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		s, err := open(t.Context(), engine.Config{Threads: 1, Memory: 256 << 20, Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Table(t.Context(), "t", "select 1 as a"); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left %v, %v", left, err)
		}
	})
}

// bench is a session with a folder and helpers that fail the test.
type bench struct {
	engine.Session
	t   *testing.T
	dir string
}

func start(t *testing.T, open engine.Opener, threads int) bench {
	t.Helper()
	dir := t.TempDir()
	s, err := open(t.Context(), engine.Config{Threads: threads, Memory: 512 << 20, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return bench{s, t, dir}
}

func (b bench) table(name, query string) {
	b.t.Helper()
	if err := b.Table(b.t.Context(), name, query); err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) load(name, columns, types string, rows ...[]any) {
	b.t.Helper()
	if err := b.Load(b.t.Context(), name, strings.Fields(columns), strings.Fields(types), rows); err != nil {
		b.t.Fatal(err)
	}
}

func (b bench) write(name, query string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := b.Write(b.t.Context(), path, query); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func (b bench) view(name string, files ...string) {
	b.t.Helper()
	if err := b.View(b.t.Context(), name, files...); err != nil {
		b.t.Fatal(err)
	}
}

// rows returns the result as one line per row.
func (b bench) rows(query string) []string {
	b.t.Helper()
	var lines []string
	err := b.Query(b.t.Context(), query, func(row []any) error {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = fmt.Sprint(v)
		}
		lines = append(lines, strings.Join(cells, " "))
		return nil
	})
	if err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
	return lines
}

func (b bench) want(query string, want ...string) {
	b.t.Helper()
	if got := b.rows(query); !slices.Equal(got, want) {
		b.t.Errorf("%s\ngot  %q\nwant %q", query, got, want)
	}
}

func names(t *testing.T, b bench) {
	for _, name := range []string{"", "1a", "a b", "a;b", `a"b`, "A", "é"} {
		if b.Table(t.Context(), name, "select 1 as a") == nil || b.Load(t.Context(), name, []string{"a"}, []string{"BIGINT"}, nil) == nil ||
			b.View(t.Context(), name, "x.parquet") == nil || b.Numbered(t.Context(), name, "x.parquet") == nil || b.Drop(t.Context(), name) == nil {
			t.Errorf("the name %q was accepted", name)
		}
	}
}

func missingFile(t *testing.T, b bench) {
	err := b.View(t.Context(), "v", filepath.Join(b.dir, "absent.parquet"))
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "absent.parquet") {
		t.Errorf("got %v", err)
	}
	noise := filepath.Join(b.dir, "noise.parquet")
	if err := os.WriteFile(noise, []byte("PAR1 this is none"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.View(t.Context(), "v", noise); err == nil || !strings.Contains(err.Error(), "noise.parquet") {
		t.Errorf("got %v", err)
	}
	if b.View(t.Context(), "v") == nil {
		t.Error("a view of no file was accepted")
	}
}

func unionOfFiles(_ *testing.T, b bench) {
	one := b.write("one.parquet", "select cast(1 as bigint) as a, cast(2 as smallint) as b")
	two := b.write("two.parquet", "select cast(5 as smallint) as c, cast(3 as bigint) as a")
	b.view("v", one, two)
	b.want("select a, b, c from v order by a", "1 2 <nil>", "3 <nil> 5")
}

func patternNames(t *testing.T, b bench) {
	folder := filepath.Join(b.dir, "d'un [1]*?", "year=2026")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "x*.parquet")
	if err := b.Write(t.Context(), path, "select cast(7 as bigint) as a"); err != nil {
		t.Fatal(err)
	}
	b.view("v", path)
	b.want("select * from v", "7")
	if err := b.Numbered(t.Context(), "n", path, path); err != nil {
		t.Fatal(err)
	}
	b.want("select ordinal, a from n order by ordinal", "0 7", "1 7")
}

// numbered also tests that what is written straight from a file stands in its
// order.
func numbered(t *testing.T, b bench) {
	b.series("t", 300_000)
	one := b.write("one.parquet", "select a, (a * 7919) % 300000 as k from t order by k desc")
	two := b.write("two.parquet", "select a + 300000 as a, cast(5 as smallint) as c from t order by a")
	if err := b.Numbered(t.Context(), "v", one, two); err != nil {
		t.Fatal(err)
	}
	b.want("select count(*), count(distinct ordinal), min(ordinal), max(ordinal), count(k), count(c) from v", "600000 600000 0 599999 300000 300000")
	b.want("select ordinal, a, k, c from v where ordinal in (0, 300007) order by ordinal", "0 82321 299999 <nil>", "300007 300007 <nil> 5")
	b.want("select count(*) from v where ordinal < 300000 and k <> 299999 - ordinal or ordinal >= 300000 and a <> ordinal", "0")
	big := b.write("big.parquet", "select ordinal as place, k from v order by ordinal")
	if err := b.Numbered(t.Context(), "w", big); err != nil {
		t.Fatal(err)
	}
	written := readColumn(t, b.write("t.parquet", "select place, coalesce(k, 0) as k from w where ordinal = place"), "place")
	if len(written) != 600_000 {
		t.Errorf("%d rows of 600,000 have their number", len(written))
	}
	for i, place := range written {
		if place != int64(i) {
			t.Fatalf("row %d is that of place %d", i, place)
		}
	}
	if err := b.Numbered(t.Context(), "v", one, filepath.Join(b.dir, "absent.parquet")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func lateView(_ *testing.T, b bench) {
	path := b.write("a.parquet", "select 1 as a")
	b.view("v", path)
	b.write("a.parquet", "select 2 as a")
	b.want("select a from v", "2")
}

func define(t *testing.T, b bench) {
	b.table("t", "select 1 as a")
	for _, query := range []string{"select a + 1 as a from t", "select a + 2 as b, a from t"} {
		if err := b.Define(t.Context(), "v", query); err != nil {
			t.Fatal(err)
		}
	}
	b.table("t", "select 5 as a")
	b.want("select b from v", "7")
	b.table("v", "select b from v") // a definition may become a table of itself
	b.table("t", "select 6 as a")
	b.want("select b from v", "7")
	if err := b.Define(t.Context(), "v", "select a from t"); err != nil {
		t.Fatal(err)
	}
	b.want("select a from v", "6")
	if err := b.Define(t.Context(), "w", "select a from absent"); err == nil || !strings.Contains(err.Error(), "view w") {
		t.Errorf("got %v", err)
	}
}

func replace(_ *testing.T, b bench) {
	b.table("t", "select 1 as a")
	b.table("t", "select a + 1 as a from t")
	b.want("select a from t", "2")
	path := b.write("a.parquet", "select 5 as a")
	b.view("t", path)
	b.want("select a from t", "5")
	b.table("t", "select a + 1 as a from t")
	b.want("select a from t", "6")
	b.view("v", path)
	b.load("v", "a", "BIGINT", []any{int64(9)})
	b.want("select a from v", "9")
	b.load("v", "c", "BIGINT", []any{int64(8)})
	b.want("select c from v", "8")
}

func drop(t *testing.T, b bench) {
	b.table("t", "select 1 as a")
	for range 2 {
		if err := b.Drop(t.Context(), "t"); err != nil {
			t.Error(err)
		}
	}
	if err := b.Query(t.Context(), "select * from t", func([]any) error { return nil }); err == nil {
		t.Error("a dropped table was read")
	}
}

func load(_ *testing.T, b bench) {
	b.load("t", "a b c d e", "BIGINT INTEGER SMALLINT DOUBLE VARCHAR",
		[]any{int64(-1 << 63), int64(1<<31 - 1), int64(-1 << 15), 0.5, "d'été"},
		[]any{nil, nil, nil, nil, nil})
	b.want("select a, b, c, d, e from t order by b", "<nil> <nil> <nil> <nil> <nil>", "-9223372036854775808 2147483647 -32768 0.5 d'été")
	b.load("empty", "a", "BIGINT")
	b.want("select count(*), count(a) from empty", "0 0")
	rows := make([][]any, 10_000)
	for i := range rows {
		rows[i] = []any{int64(i)}
	}
	b.load("many", "a", "BIGINT", rows...)
	b.want("select count(*), sum(a) from many", "10000 49995000")
}

func loadMisfit(t *testing.T, b bench) {
	for _, test := range []struct {
		name, sqlType string
		row           []any
	}{
		{"too large for a smallint", "SMALLINT", []any{int64(1 << 15)}},
		{"too small for an integer", "INTEGER", []any{int64(-1<<31 - 1)}},
		{"text for a number", "BIGINT", []any{"1"}},
		{"an unsized integer", "BIGINT", []any{1}},
		{"no such type", "DATE", []any{nil}},
		{"too many values", "BIGINT", []any{nil, nil}},
	} {
		err := b.Load(t.Context(), "t", []string{"a"}, []string{test.sqlType}, [][]any{test.row})
		if err == nil || !strings.Contains(err.Error(), "table t") {
			t.Errorf("%s: got %v", test.name, err)
		}
	}
	if b.Load(t.Context(), "t", []string{"a", "b"}, []string{"BIGINT"}, nil) == nil {
		t.Error("more columns than types were accepted")
	}
}

func types(t *testing.T, b bench) {
	b.load("t", "a b", "SMALLINT INTEGER", []any{int64(1), int64(2)}, []any{int64(3), int64(4)})
	err := b.Query(t.Context(), "select sum(a), sum(cast(b as bigint)), count(*), avg(a), max(a), min(b), 'x', a = a, null, cast(0.5 as double) from t group by a = a",
		func(row []any) error {
			want := []string{"int64", "int64", "int64", "float64", "int64", "int64", "string", "bool", "<nil>", "float64"}
			for i, v := range row {
				if got := fmt.Sprintf("%T", v); got != want[i] {
					t.Errorf("column %d is %s, want %s", i+1, got, want[i])
				}
			}
			return nil
		})
	if err != nil {
		t.Error(err)
	}
}

// series is a table of n rows a = 0, 1, … n-1, made by doubling.
func (b bench) series(name string, n int) {
	b.t.Helper()
	b.load(name, "a", "BIGINT", []any{int64(0)})
	for have := 1; have < n; have *= 2 {
		b.table(name, fmt.Sprintf("select a from %s union all select a + %d as a from %s", name, have, name))
	}
	b.table(name, fmt.Sprintf("select a from %s where a < %d", name, n))
}

func large(t *testing.T, b bench) {
	const n = 400_000
	b.series("t", n)
	next := int64(n - 1)
	err := b.Query(t.Context(), "select a, a * 3 from t order by a desc", func(row []any) error {
		if row[0] != next || row[1] != next*3 {
			return fmt.Errorf("got %v, want %d", row, next)
		}
		next--
		return nil
	})
	if err != nil || next != -1 {
		t.Errorf("stopped at %d: %v", next, err)
	}
}

func nested(t *testing.T, b bench) {
	b.series("t", 3)
	var got []string
	err := b.Query(t.Context(), "select a from t order by a", func(row []any) error {
		got = append(got, b.rows(fmt.Sprintf("select sum(a) from t where a <= %d", row[0]))...)
		return nil
	})
	if err != nil || !slices.Equal(got, []string{"0", "1", "3"}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func callback(t *testing.T, b bench) {
	b.series("t", 100)
	stop := errors.New("stop")
	calls := 0
	err := b.Query(t.Context(), "select a from t", func([]any) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	b.want("select count(*) from t", "100")
}

func writeOrder(t *testing.T, b bench) {
	b.series("t", 300_000)
	path := b.write("t.parquet", "select a, (a * 7919) % 300000 as k from t order by k desc")
	b.view("v", path)
	b.want("select count(*), sum(a) from v", "300000 44999850000")
	previous := int64(300_000)
	// Read without an order, on one thread, a file gives its rows as they stand;
	// so the file is read through a plain copy of its bytes.
	order := readColumn(t, path, "k")
	for _, k := range order {
		if k != previous-1 {
			t.Fatalf("%d follows %d", k, previous)
		}
		previous = k
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the file: %v %v", info.Mode(), err)
	}
}

func failedWrite(t *testing.T, b bench) {
	folder := filepath.Join(b.dir, "out")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "x.parquet")
	b.load("t", "a", "VARCHAR", []any{"x"})
	if err := b.Write(t.Context(), path, "select cast(a as bigint) as a from t where a = cast(a as bigint)"); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if err := b.Write(t.Context(), filepath.Join(folder, "absent", "x.parquet"), "select 1 as a"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func cancel(t *testing.T, b bench) {
	b.series("t", 20_000)
	long := "select count(*) as n from t x join t y on (x.a * y.a) % 1000003 = 17 join t z on (x.a + z.a) % 3 = y.a % 5"
	for _, test := range []struct {
		name string
		run  func(ctx context.Context) error
	}{
		{"table", func(ctx context.Context) error { return b.Table(ctx, "x", long) }},
		{"query", func(ctx context.Context) error { return b.Query(ctx, long, func([]any) error { return nil }) }},
		{"write", func(ctx context.Context) error { return b.Write(ctx, filepath.Join(b.dir, "x.parquet"), long) }},
	} {
		ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
		began := time.Now()
		err := test.run(ctx)
		stop()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v", test.name, err)
		}
		if d := time.Since(began); d > 20*time.Second {
			t.Errorf("%s: stopped after %v", test.name, d)
		}
	}
	b.want("select count(*) from t", "20000") // the session is still good
}

func nulls(_ *testing.T, b bench) {
	b.load("l", "k a", "BIGINT BIGINT", []any{int64(1), int64(10)}, []any{nil, int64(20)}, []any{int64(2), int64(30)})
	b.load("r", "k b", "BIGINT BIGINT", []any{int64(1), int64(100)}, []any{nil, int64(200)}, []any{int64(1), int64(300)})
	b.want("select a, b from l join r on l.k = r.k order by b", "10 100", "10 300")
	b.want("select a, b from l left join r on l.k = r.k order by a, b", "10 100", "10 300", "20 <nil>", "30 <nil>")
	b.want("select a, b from l full join r on l.k = r.k order by a, b", "<nil> 200", "10 100", "10 300", "20 <nil>", "30 <nil>")
	b.want("select l.a, r.a from l join l r on hash(l.k, l.a) = hash(r.k, r.a) order by l.a", "10 10", "20 20", "30 30")
	b.want("select count(*), count(k), count(distinct k) from r", "3 2 1")
	b.want("select a from l where k is null or k = 2 order by a", "20", "30")
	b.want("select coalesce(k, 0), case when k is null then 1 else 0 end from l order by a", "1 0", "0 1", "2 0")
	b.want("select a from l where not exists (select 1 from r where r.k = l.k) order by a", "20", "30")
	b.want("select sum(k), min(k), max(k) from l where k is null", "<nil> <nil> <nil>")
}

func aggregates(_ *testing.T, b bench) {
	b.load("t", "g a b", "INTEGER BIGINT BIGINT",
		[]any{int64(1), int64(5), int64(1)}, []any{int64(1), int64(3), int64(6)}, []any{int64(2), nil, int64(8)})
	b.want("select g, bit_or(b), max_by(b, a), sum(a), count(*) from t group by g order by g", "1 7 1 8 2", "2 8 <nil> <nil> 1")
	b.want("select g, count(*) as n from t group by g having count(*) > 1", "1 2")
	b.want("select min(abs(a - 4)), cast(floor(ln(exp(2.5))) as bigint) from t", "1 2")
	b.want("select cast(sum(case when a > 4 then 1 else 0 end) as bigint) from t", "1")
}

func windows(_ *testing.T, b bench) {
	b.load("t", "person segment a b", "INTEGER INTEGER BIGINT BIGINT",
		[]any{int64(1), int64(0), int64(10), int64(20)},
		[]any{int64(1), int64(2), nil, int64(21)},
		[]any{int64(1), int64(5), int64(11), nil},
		[]any{int64(2), int64(3), nil, int64(0)})
	b.want(`select person, segment,
		last_value(a ignore nulls) over (partition by person order by segment rows between unbounded preceding and current row),
		last_value(b ignore nulls) over (partition by person order by segment rows between unbounded preceding and current row),
		lead(segment) over (partition by person order by segment)
		from t order by person, segment`,
		"1 0 10 20 2", "1 2 10 21 5", "1 5 11 21 <nil>", "2 3 <nil> 0 <nil>")
	b.want("select person, row_number() over (partition by person order by segment desc) as n from t order by person, n", "1 1", "1 2", "1 3", "2 1")
	b.want("select segment, count(*) over (partition by person), rank() over (order by person), max(segment) over (partition by person) from t order by segment",
		"0 3 1 5", "2 3 1 5", "3 1 4 3", "5 3 1 5")
}

func casts(_ *testing.T, b bench) {
	b.load("t", "a", "BIGINT", []any{int64(-32768)}, []any{int64(12)})
	b.want("select cast(a as smallint), cast(a as integer), cast(a as double) from t order by a", "-32768 -32768 -32768", "12 12 12")
	b.want("select a & 6, a | 1, a % 5 from t where a > 0", "4 13 2")
	b.want("select cast(1 as bigint) * 4611686018427387904", "4611686018427387904")
	b.want("select nullif(a, 12) from t order by a", "-32768", "<nil>")
	b.want("select least(a, 3), greatest(a, 3) from t order by a", "-32768 3", "3 12")
}

func unions(_ *testing.T, b bench) {
	b.series("t", 4)
	b.want(`with even as (select a from t where a % 2 = 0), odd as (select a from t where a % 2 = 1)
		select a, 'even' as what from even union all select a, 'odd' from odd order by a`, "0 even", "1 odd", "2 even", "3 odd")
	b.want("select distinct a % 2 as p from t order by p", "0", "1")
	b.want("select t.a, u.n from t join (select a % 2 as p, count(*) as n from t group by a % 2) u on u.p = t.a order by t.a", "0 2", "1 2")
	b.want("select a from t order by a desc limit 2", "3", "2")
	b.want("select a from t where a in (1, 3, 9) order by a", "1", "3")
}

func nullOrder(_ *testing.T, b bench) {
	b.load("t", "a", "BIGINT", []any{int64(1)}, []any{nil}, []any{int64(-1)})
	b.want("select a from t order by a", "<nil>", "-1", "1")
	b.want("select a from t order by a desc nulls last", "1", "-1", "<nil>")
}

func determinism(t *testing.T, b bench) []string {
	t.Helper()
	b.series("t", 200_000)
	b.table("u", "select a, (a * 2654435761) % 1000 as g, (a * 40503) % 65536 as v from t")
	b.table("p", "select x.g as g, x.a as a, y.a as b from u x join u y on x.v = y.v and x.a < y.a")
	lines := append(b.rows("select g, count(*), sum(a), bit_or(b), max_by(a, b * 200000 + a) from p group by g order by g"),
		b.rows("select a, b, row_number() over (partition by g order by a, b) from p order by a, b limit 1000")...)

	b.series("t", 1_200_000) // more than an engine may put into one piece of a file
	sorted := b.write("sorted.parquet", "select a, (a * 40503) % 65536 as v from t order by v, a")
	if err := b.Numbered(t.Context(), "n", sorted); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{sorted, b.write("streamed.parquet", "select ordinal, a, v from n")} {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%x", sha256.Sum256(data)))
	}
	return lines
}
