package source

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"constat.example/internal/failure"
)

// relation is a table or a view of a database.
type relation struct {
	schema, name string
	kind         string // pg_class.relkind
	rows         int64  // as last estimated; 0 where it never was
	pages        int64
}

func (r *relation) String() string { return r.schema + "." + r.name }

func (r *relation) quoted() string { return pgx.Identifier{r.schema, r.name}.Sanitize() }

// sampled reports whether the server can choose pages of r.
func (r *relation) sampled() bool { return r.kind == "r" || r.kind == "m" || r.kind == "p" }

// density is how many rows a page of r is thought to hold.
func (r *relation) density() float64 {
	if r.rows <= 0 || r.pages <= 0 {
		return 20
	}
	return max(1, float64(r.rows)/float64(r.pages))
}

// findTable finds the table of that name, as written or in lower case, in the
// schema it names or along the search path. Its error names tables that look
// like it.
func findTable(ctx context.Context, tx pgx.Tx, name string) (*relation, error) {
	if name == "" {
		return nil, unknownTable(ctx, tx, name, "the address names neither a table nor a query")
	}
	parts, ok := parseTable(name)
	if !ok {
		return nil, failure.New(failure.BadInput, "Write it as schema.name, with a part that holds dots in double quotes.", "the name of the table cannot be read")
	}
	lower := make([]string, len(parts))
	for i, p := range parts {
		lower[i] = strings.ToLower(p)
	}
	for _, try := range [][]string{parts, lower} {
		r := new(relation)
		err := tx.QueryRow(ctx, `
			with recursive tree(oid) as (
				select to_regclass($1)::oid
				union all
				select i.inhrelid from pg_inherits i join tree t on i.inhparent = t.oid
			)
			select n.nspname, c.relname, c.relkind::text,
				(select coalesce(sum(greatest(t.reltuples, 0)), 0)::bigint from pg_class t join tree using (oid) where t.relkind <> 'p'),
				(select coalesce(sum(pg_relation_size(oid)), 0)::bigint / current_setting('block_size')::bigint from tree)
			from pg_class c
			join pg_namespace n on n.oid = c.relnamespace
			where c.oid = to_regclass($1) and c.relkind in ('r', 'p', 'v', 'm', 'f')`, pgx.Identifier(try).Sanitize()).
			Scan(&r.schema, &r.name, &r.kind, &r.rows, &r.pages)
		if err == nil {
			return r, nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return nil, err
		}
	}
	return nil, unknownTable(ctx, tx, parts[len(parts)-1], "the database has no such table, or does not show it to this user")
}

// likely is how many tables an error names.
const likely = 5

// unknownTable is an error that names the tables most like the one asked for.
func unknownTable(ctx context.Context, tx pgx.Tx, name, what string) error {
	rows, err := tx.Query(ctx, `
		select n.nspname || '.' || c.relname, c.relname
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
			and n.nspname <> 'information_schema' and n.nspname not like 'pg\_%'
			and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
		order by 1 limit 10000`)
	if err != nil {
		return err
	}
	type candidate struct {
		full, name string
		distance   int
	}
	candidates, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c candidate, err error) {
		err = row.Scan(&c.full, &c.name)
		return c, err
	})
	if err != nil {
		return err
	}
	if len(candidates) == 0 {
		return failure.New(failure.BadInput, "Have the database's owner grant SELECT on the register's table to this user.", "%s; it shows this user no table at all", what)
	}
	for i := range candidates {
		candidates[i].distance = distance(strings.ToLower(name), strings.ToLower(candidates[i].name))
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, c := range candidates[:min(likely, len(candidates))] {
		names = append(names, c.full)
	}
	return failure.New(failure.BadInput, "Name one with ?table=schema.name; it has "+strings.Join(names, ", ")+".", "%s", what)
}

// distance is how many characters have to be added, dropped or replaced to
// turn a into b (Levenshtein 1966), less where one holds the other.
func distance(a, b string) int {
	if a == "" {
		return 0
	}
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, c := range x {
		before := row[0]
		row[0] = i + 1
		for j, d := range y {
			step := before
			if c != d {
				step++
			}
			before = row[j+1]
			row[j+1] = min(step, row[j]+1, before+1)
		}
	}
	d := row[len(y)]
	if strings.Contains(b, a) || strings.Contains(a, b) {
		d = min(d, 1)
	}
	return d
}
