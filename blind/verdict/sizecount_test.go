package verdict_test

import (
	"reflect"
	"slices"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/register"
	"constat.example/blind/verdict"
)

// TestSizeCounts counts by SQL how the people of a small dump stand in a register:
// 400 people whose ids run against the order they were read in, 20 who are gone and 20
// who came later than the copy. In the dump are every second of the ids from 100 up to
// 200, twice, and one who came later.
func TestSizeCounts(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := duckdb.Open(ctx, engine.Config{Threads: 1, Memory: 256 << 20, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var people, links [][]any
	for p := range int64(440) {
		segment, gone := int64(0), int64(0)
		switch {
		case p >= 420:
			segment = 2
		case p >= 400:
			gone = 1
		case p >= 300:
			segment = 1
		}
		id := 1000 - p
		if p < 400 {
			id = 399 - p
		}
		people = append(people, []any{p, segment, gone, 100 + p%4, id})
	}
	row := int64(0)
	for range 2 {
		for id := int64(100); id < 200; id += 2 {
			row++
			links = append(links, []any{row, 399 - id, int64(990_000)})
		}
	}
	links = append(links, []any{row + 1, int64(430), int64(990_000)})
	for name, table := range map[string]struct {
		columns, types []string
		rows           [][]any
	}{
		"given": {[]string{"person", "segment", "gone", "home", "id"}, []string{"INTEGER", "INTEGER", "INTEGER", "BIGINT", "BIGINT"}, people},
		"link":  {[]string{"row", "person", "probability"}, []string{"BIGINT", "INTEGER", "INTEGER"}, links},
	} {
		if err := s.Load(ctx, name, table.columns, table.types, table.rows); err != nil {
			t.Fatal(err)
		}
	}
	for name, query := range map[string]string{
		"reg_version": "SELECT person, segment, CAST(NULL AS INTEGER) AS until, gone = 1 AS gone, home AS post_code FROM given",
		"reg_moved":   "SELECT person, segment FROM given WHERE segment > 0",
		"reg_sealed":  "SELECT person, encode(lpad(CAST(id AS VARCHAR), 6, '0')) AS sealed FROM given",
	} {
		if err := s.Define(ctx, name, query); err != nil {
			t.Fatal(err)
		}
	}
	m := register.Manifest{Snapshots: []register.Snapshot{{ID: "0000", Added: 300}, {ID: "0001", People: 400}, {ID: "0002"}}}
	c := verdict.Sizing{Persons: 51}
	if err := c.Count(ctx, verdict.SizeConfig{
		Session: s, Manifest: m, Segment: 1, Home: "post_code",
		Regions: map[int64]string{100: "B", 101: "A", 102: "B", 103: "C", 999: "D"},
		Files:   []int64{30, row + 1},
		Rank: func(sealed [][]byte) ([]int64, error) {
			order := slices.Clone(sealed)
			slices.SortFunc(order, func(a, b []byte) int { return slices.Compare(a, b) })
			ranks := make([]int64, len(sealed))
			for i, id := range sealed {
				ranks[i] = int64(slices.IndexFunc(order, func(o []byte) bool { return slices.Equal(o, id) }))
			}
			return ranks, nil
		},
	}); err != nil {
		t.Fatal(err)
	}
	if c.All.Register != 400 || c.All.Leaked != 50 || c.Wrong < 1.0099 || c.Wrong > 1.0101 {
		t.Errorf("%d in the register, %d of them leaked, %g links wrong", c.All.Register, c.All.Leaked, c.Wrong)
	}
	// Of 101 links one is expected to be wrong, and up to four may be: of 50 people at most 3 are left out at each end.
	o := c.All.ByID
	if o.In != 50 || o.Out != 350 || o.Looked != 400 || o.Stretches != 101 || o.Trim != 3 || o.From != 0.26 || o.To != 195./400 || o.Dense != 46./91 {
		t.Errorf("by id: %+v", o)
	}
	for i, b := range o.Bins {
		want := int64(0)
		if i >= 10 && i < 20 {
			want = 5
		}
		if b.In != want || b.In+b.Out != 10 || b.Dense != float64(want)/10 {
			t.Errorf("bin %d: %+v", i, b)
		}
	}
	if f := c.All.ByFile; f.From != 1-195./400 || f.To != 1-0.26 || f.Stretches != 101 || len(f.Bins) != 40 {
		t.Errorf("by file: %+v", f)
	}
	if want := []verdict.Group{{Name: "A", In: 25, Out: 75, Dense: 0.25}, {Name: "B", Out: 200}, {Name: "C", In: 25, Out: 75, Dense: 0.25}}; !reflect.DeepEqual(c.All.Regions, want) {
		t.Errorf("regions: %+v", c.All.Regions)
	}
	if want := []verdict.Group{{Name: "0000", In: 50, Out: 250, Dense: 50. / 300}, {Name: "0001", Out: 100}}; !reflect.DeepEqual(c.All.Created, want) {
		t.Errorf("created: %+v", c.All.Created)
	}
	if c.All.Rows != (verdict.Steps{Up: 49, All: 49}) {
		t.Errorf("rows: %+v", c.All.Rows)
	}
	// Between the ends that were cut: ids 105 to 193.
	if p := c.Part; p.Register != 89 || p.Leaked != 44 || p.ByID.Stretches != 89 {
		t.Errorf("the part: %+v", p)
	}
	// The first file has 30 people, the second those and 20 more, and the one who came later.
	if want := []verdict.FileSample{{Persons: 30}, {Persons: 51, Known: 30, Before: 30}}; !reflect.DeepEqual(c.Files, want) {
		t.Errorf("files: %+v", c.Files)
	}
	for _, table := range []string{"size_base", "size_first", "size_seen", "size_rank", "size_place", "size_region"} {
		if err := s.Query(ctx, "SELECT count(*) FROM "+table, func([]any) error { return nil }); err == nil {
			t.Errorf("the table %s is left", table)
		}
	}
}
