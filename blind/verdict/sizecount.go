package verdict

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"constat.example/blind/engine"
	"constat.example/blind/register"
)

// looked is how many people of each side are looked at, about: of more, every n-th.
// A quarter of a million tell how a sample is spread as well as ten million do.
const looked = 250_000

// bins is how many stretches an order is cut into.
const bins = 40

// mostFiles is how many files are told apart.
const mostFiles = 60

// SizeConfig says how people are counted for the size of a leak. The session must
// hold the register's views and what link.Run left.
type SizeConfig struct {
	Session  engine.Session
	Manifest register.Manifest
	Segment  int // the snapshot to count in: the last before the copy

	// Rank puts sealed record ids in the order of the ids: the place of each, all
	// different. What an id is can be seen only left of the curtain.
	Rank func(sealed [][]byte) ([]int64, error)

	// Home is the column of the register that tells where people live, and Regions the
	// region of each of its tokens; "" where there is none.
	Home    string
	Regions map[int64]string

	Files []int64 // of each file of the dump the number of its last row
}

// Count makes the counts of c that linking left in the session.
func (c *Sizing) Count(ctx context.Context, cfg SizeConfig) error {
	t := sizer{SizeConfig: cfg, s: cfg.Session, c: c, names: map[int64]string{}}
	defer func() {
		for _, table := range []string{"size_base", "size_first", "size_seen", "size_rank", "size_place", "size_region"} {
			_ = t.s.Drop(ctx, table) // the session ends soon
		}
	}()
	steps := []func(context.Context) error{t.people, t.files, t.members, t.places}
	if c.Persons < fewestRows {
		steps = steps[:2] // too few to look where they stand
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return fmt.Errorf("counting for the size of the leak: %w", err)
		}
	}
	if c.Persons < fewestRows {
		return nil
	}
	var ids [2]int64
	var err error
	if c.All, ids, err = t.spread(ctx, "TRUE", c.All); err != nil {
		return fmt.Errorf("counting for the size of the leak: %w", err)
	}
	if o := c.All.ByID; o.In == 0 || o.To-o.From > 1-trifle || o.whole() {
		return nil
	}
	if c.Part, _, err = t.spread(ctx, fmt.Sprintf("id > %d AND id < %d", ids[0], ids[1]), Spread{}); err != nil {
		return fmt.Errorf("counting for the size of the leak: %w", err)
	}
	return nil
}

type sizer struct {
	SizeConfig
	s     engine.Session
	c     *Sizing
	names map[int64]string // of regions

	others, leaked int64 // every so many-th person of the register is looked at, and of those in the dump; the second divides the first
}

// row runs a select of one row of integers.
func (t *sizer) row(ctx context.Context, query string) (n []int64, err error) {
	err = t.each(ctx, query, func(row []int64) { n = append(n, row...) })
	return n, err
}

func (t *sizer) each(ctx context.Context, query string, use func(n []int64)) error {
	return t.s.Query(ctx, query, func(row []any) error {
		n := make([]int64, len(row))
		for i, x := range row {
			n[i], _ = x.(int64) // null is 0
		}
		use(n)
		return nil
	})
}

// stride is the power of two of which so many people leave no more than are looked at.
func stride(people int64) int64 {
	s := int64(1)
	for people/s > looked {
		s *= 2
	}
	return s
}

// people tells how many are looked at, and names who was in the register.
func (t *sizer) people(ctx context.Context) error {
	t.c.All.Register = t.Manifest.Snapshots[t.Segment].People
	t.others, t.leaked = stride(t.c.All.Register), stride(min(t.c.Persons, t.c.All.Register))
	home := "CAST(NULL AS BIGINT)"
	if t.Home != "" {
		home = "v." + t.Home
	}
	if err := t.s.Define(ctx, "size_base", fmt.Sprintf(
		"SELECT v.person, %s AS home FROM reg_version v WHERE v.segment <= %d AND (v.until IS NULL OR v.until > %[2]d) AND NOT v.gone AND v.person %% %d = 0", home, t.Segment, t.leaked)); err != nil {
		return err
	}
	if err := t.s.Table(ctx, "size_first", fmt.Sprintf("SELECT person, min(row) AS row FROM link WHERE person %% %d = 0 GROUP BY person", t.leaked)); err != nil {
		return err
	}
	n, err := t.row(ctx, "SELECT CAST(sum(1000000 - probability) AS BIGINT) FROM link")
	if err != nil {
		return err
	}
	t.c.Wrong = float64(n[0]) / 1e6
	return nil
}

// files counts whom the files of the dump share.
func (t *sizer) files(ctx context.Context) error {
	if len(t.Files) < 2 || len(t.Files) > mostFiles {
		return nil
	}
	var of strings.Builder
	for i, last := range t.Files {
		fmt.Fprintf(&of, "WHEN row <= %d THEN CAST(%d AS BIGINT) ", last, int64(1)<<i)
	}
	t.c.Files = make([]FileSample, len(t.Files))
	return t.each(ctx, fmt.Sprintf(
		"SELECT mask, count(*) FROM (SELECT person, bit_or(CASE %sELSE CAST(0 AS BIGINT) END) AS mask FROM link GROUP BY person) m GROUP BY mask ORDER BY mask", of.String()), func(n []int64) {
		for i := range t.c.Files {
			f := &t.c.Files[i]
			before := n[0]&(1<<i-1) != 0
			if before {
				f.Before += n[1]
			}
			if n[0]>>i&1 == 1 {
				f.Persons += n[1]
				if before {
					f.Known += n[1]
				}
			}
		}
	})
}

// members makes the table size_seen of the people looked at: person, region, came
// (the snapshot they came with), leaked (1 or 0), looked (1 where they stand for the
// register), row (the first of theirs).
func (t *sizer) members(ctx context.Context) error {
	region := "CAST(NULL AS BIGINT)"
	join := ""
	if t.Home != "" && len(t.Regions) > 0 {
		names := slices.Compact(slices.Sorted(maps.Values(t.Regions)))
		for i, name := range names {
			t.names[int64(i)] = name
		}
		var rows [][]any
		for _, value := range slices.Sorted(maps.Keys(t.Regions)) {
			number, _ := slices.BinarySearch(names, t.Regions[value])
			rows = append(rows, []any{value, int64(number)})
		}
		if err := t.s.Load(ctx, "size_region", []string{"value", "region"}, []string{"BIGINT", "BIGINT"}, rows); err != nil {
			return err
		}
		region, join = "r.region", "LEFT JOIN size_region r ON r.value = b.home"
	}
	added := t.Manifest.Snapshots[0].Added
	return t.s.Table(ctx, "size_seen", fmt.Sprintf(`
SELECT b.person, %s AS region, coalesce(c.segment, 0) AS came, f.row,
       CASE WHEN f.person IS NULL THEN 0 ELSE 1 END AS leaked, CASE WHEN b.person %% %d = 0 THEN 1 ELSE 0 END AS looked
FROM size_base b LEFT JOIN size_first f ON f.person = b.person
LEFT JOIN (SELECT person, min(segment) AS segment FROM reg_moved WHERE person >= %d GROUP BY person) c ON c.person = b.person %s
WHERE b.person %% %[2]d = 0 OR f.person IS NOT NULL`,
		region, t.others, added, join))
}

// places makes the table size_place of them: the columns of size_seen, their place by
// record id (id) and by when they were first read (file), both from 1, and how many
// who stand for the register come before (id_at, file_at).
func (t *sizer) places(ctx context.Context) error {
	var people []int64
	var sealed [][]byte
	if err := t.s.Query(ctx, "SELECT m.person, p.sealed FROM size_seen m JOIN reg_sealed p ON p.person = m.person ORDER BY m.person", func(row []any) error {
		if id, ok := row[1].([]byte); ok {
			people, sealed = append(people, row[0].(int64)), append(sealed, id)
		}
		return nil
	}); err != nil {
		return err
	}
	ranks, err := t.Rank(sealed)
	if err != nil {
		return err
	}
	rows := make([][]any, len(people))
	for i, p := range people {
		rows[i] = []any{p, ranks[i] + 1}
	}
	if err := t.s.Load(ctx, "size_rank", []string{"person", "id"}, []string{"INTEGER", "BIGINT"}, rows); err != nil {
		return err
	}
	return t.s.Table(ctx, "size_place", `
SELECT person, region, came, row, leaked, looked, id, file,
       CAST(sum(looked) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) - looked AS id_at,
       CAST(sum(looked) OVER (ORDER BY file ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) - looked AS file_at
FROM (SELECT s.*, coalesce(r.id, 0) AS id, row_number() OVER (ORDER BY s.person) AS file
      FROM size_seen s LEFT JOIN size_rank r ON r.person = s.person) p`)
}

// spread counts the people that a condition holds for. ids are the places by id of the
// first and the last in the dump, some left out.
func (t *sizer) spread(ctx context.Context, where string, s Spread) (_ Spread, ids [2]int64, err error) {
	n, err := t.row(ctx, "SELECT count(*), CAST(sum(leaked) AS BIGINT), CAST(sum(looked) AS BIGINT), count(CASE WHEN id = 0 THEN 1 END) FROM size_place WHERE "+where)
	if err != nil || n[1] == 0 {
		return s, ids, err
	}
	if s.Register == 0 {
		s.Register = n[2] * t.others
	}
	s.Leaked = min(n[1]*t.leaked, s.Register)
	in, out, seen := n[1], n[0]-n[1], n[2]
	if n[3] == 0 { // everybody has a record id
		if s.ByID, ids, err = t.order(ctx, "id", where, in, out, seen); err != nil {
			return s, ids, err
		}
		if err := t.each(ctx, fmt.Sprintf(
			"SELECT count(*), count(CASE WHEN id > before THEN 1 END) FROM (SELECT id, lag(id) OVER (ORDER BY row) AS before FROM size_place WHERE leaked = 1 AND %s) x WHERE before IS NOT NULL", where), func(n []int64) {
			s.Rows = Steps{All: n[0], Up: n[1]}
		}); err != nil {
			return s, ids, err
		}
	}
	if s.ByFile, _, err = t.order(ctx, "file", where, in, out, seen); err != nil {
		return s, ids, err
	}
	if s.Created, err = t.groups(ctx, "came", where, func(n int64) string { return string(t.Manifest.Snapshots[n].ID) }); err != nil {
		return s, ids, err
	}
	if len(t.names) > 0 {
		s.Regions, err = t.groups(ctx, "region", where+" AND region IS NOT NULL", func(n int64) string { return t.names[n] })
	}
	return s, ids, err
}

// groups counts by a column of numbers, in their order.
func (t *sizer) groups(ctx context.Context, column, where string, name func(int64) string) (all []Group, err error) {
	err = t.each(ctx, fmt.Sprintf(`
SELECT CAST(%[1]s AS BIGINT), CAST(sum(leaked) AS BIGINT), CAST(sum(1 - leaked) AS BIGINT), CAST(sum(leaked * looked) AS BIGINT), CAST(sum(looked) AS BIGINT)
FROM size_place WHERE %[2]s GROUP BY 1 ORDER BY 1`, column, where), func(n []int64) {
		g := Group{Name: name(n[0]), In: n[1], Out: n[2], Dense: float64(n[3]) / float64(max(1, n[4]))}
		all = append(all, g)
	})
	return all, err
}

// order counts along an order: id or file.
func (t *sizer) order(ctx context.Context, by, where string, in, out, seen int64) (o Order, ends [2]int64, err error) {
	o.In, o.Out, o.Looked = in, out, seen
	n, err := t.row(ctx, fmt.Sprintf("SELECT min(%s_at) FROM size_place WHERE %s", by, where))
	if err != nil {
		return o, ends, err
	}
	first := n[0]
	if o.Bins, err = t.groups(ctx, fmt.Sprintf("floor((%s_at - %d) * %d.0 / %d)", by, first, bins, max(1, seen)), where, func(n int64) string { return strconv.FormatInt(n, 10) }); err != nil {
		return o, ends, err
	}
	if n, err = t.row(ctx, fmt.Sprintf(
		"SELECT count(*) FROM (SELECT leaked, lag(leaked) OVER (ORDER BY %s) AS before FROM size_place WHERE %s) x WHERE before IS NULL OR before <> leaked", by, where)); err != nil {
		return o, ends, err
	}
	o.Stretches = n[0]
	o.Trim = min(1+int64(math.Ceil(t.c.Wrong+2*math.Sqrt(t.c.Wrong))), 1+in/20)
	var at []int64
	if err := t.each(ctx, fmt.Sprintf(
		"SELECT %[1]s, %[1]s_at, looked FROM (SELECT %[1]s, %[1]s_at, looked, row_number() OVER (ORDER BY %[1]s) AS n FROM size_place WHERE leaked = 1 AND %[2]s) x WHERE n = %[3]d OR n = %[4]d ORDER BY %[1]s",
		by, where, o.Trim, in+1-o.Trim), func(n []int64) { at = append(at, n...) }); err != nil {
		return o, ends, err
	}
	if len(at) == 0 {
		return o, ends, nil
	}
	ends = [2]int64{at[0], at[len(at)-3]}
	o.From = float64(at[1]-first) / float64(max(1, seen))
	o.To = float64(at[len(at)-2]+at[len(at)-1]-first) / float64(max(1, seen))
	n, err = t.row(ctx, fmt.Sprintf("SELECT CAST(sum(leaked * looked) AS BIGINT), CAST(sum(looked) AS BIGINT) FROM size_place WHERE %s >= %d AND %[1]s <= %[3]d AND %[4]s", by, ends[0], ends[1], where))
	if err == nil && len(n) == 2 {
		o.Dense = float64(n[0]) / float64(max(1, n[1]))
	}
	return o, ends, err
}
