package tie

import (
	"context"
	"fmt"
	"strings"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// valueTable holds the distinct values of each key: number, value, n.
const valueTable = "row_key_value"

// tally is what was counted of one key.
type tally struct {
	filled, distinct int64
}

// counts are the results of counting, small whatever the dump.
type counts struct {
	keys   []tally
	shared map[[2]int]int64 // distinct values that two keys have in common, the lower number first
}

func (c *counts) common(a, b int) int64 {
	return c.shared[[2]int{min(a, b), max(a, b)}]
}

// unique reports that hardly two rows have one value.
func (c *counts) unique(d Dump, k int) bool {
	const nearly = 0.98
	t := c.keys[k]
	return t.filled > 0 && (d.Keys[k].Unique || float64(t.distinct) >= nearly*float64(t.filled))
}

// counter runs the counts.
type counter struct {
	s engine.Session
	d Dump
}

// wordBits is how many keys one integer holds a bit for: signs stay out of it.
const wordBits = 62

// count makes the table of values and counts what any two keys share, in one
// pass over the values: each value has the set of keys that hold it, sets are
// counted, and there are few of them.
func (c *counter) count(ctx context.Context) (*counts, error) {
	if err := c.s.View(ctx, RowKeys, c.d.RowKeys); err != nil {
		return nil, err
	}
	if err := c.s.Table(ctx, valueTable, "SELECT number, value, count(*) AS n FROM "+RowKeys+" GROUP BY number, value"); err != nil {
		return nil, err
	}
	out := &counts{keys: make([]tally, len(c.d.Keys)), shared: map[[2]int]int64{}}
	err := c.s.Query(ctx, "SELECT number, CAST(sum(n) AS BIGINT), count(*) FROM "+valueTable+" GROUP BY number ORDER BY number", func(row []any) error {
		out.keys[row[0].(int64)] = tally{row[1].(int64), row[2].(int64)}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(c.d.Keys) == 0 {
		return out, nil
	}
	var bits [][]any
	words := 0
	for k := range c.d.Keys {
		words = k/wordBits + 1
		bits = append(bits, []any{int64(k), int64(k / wordBits), int64(1) << (k % wordBits)})
	}
	if err := c.s.Load(ctx, "row_key_bit", []string{"number", "word", "bit"}, []string{"SMALLINT", "INTEGER", "BIGINT"}, bits); err != nil {
		return nil, err
	}
	var sets, names []string
	for w := range words {
		sets = append(sets, fmt.Sprintf("bit_or(CASE WHEN b.word = %d THEN b.bit ELSE 0 END) AS w%d", w, w))
		names = append(names, fmt.Sprintf("w%d", w))
	}
	list := strings.Join(names, ", ")
	err = c.s.Query(ctx, fmt.Sprintf(`
SELECT %[1]s, count(*) FROM (
  SELECT v.value, %[2]s FROM %[3]s v JOIN row_key_bit b ON b.number = v.number GROUP BY v.value HAVING count(*) > 1
) GROUP BY %[1]s`, list, strings.Join(sets, ", "), valueTable), func(row []any) error {
		var in []int
		for k := range c.d.Keys {
			if row[k/wordBits].(int64)&(int64(1)<<(k%wordBits)) != 0 {
				in = append(in, k)
			}
		}
		for i, a := range in {
			for _, b := range in[i+1:] {
				out.shared[[2]int{a, b}] += row[words].(int64)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, c.s.Drop(ctx, "row_key_bit")
}

// rows counts the rows whose key in one column is in another.
func (c *counter) rows(ctx context.Context, from, to int) (n int64, err error) {
	err = c.s.Query(ctx, fmt.Sprintf("SELECT CAST(coalesce(sum(x.n), 0) AS BIGINT) FROM %[1]s x JOIN %[1]s y ON y.value = x.value WHERE x.number = %[2]d AND y.number = %[3]d",
		valueTable, from, to), func(row []any) error {
		n = row[0].(int64)
		return nil
	})
	return n, err
}

// agreement is how often rows that a tie brings together agree on what both
// tables say of a person.
type agreement struct {
	pairs  int64   // in which both rows have the kind of data
	share  float64 // of them that agree
	chance float64 // the same of rows that the tie does not bring together
}

// The kinds on which one person's rows agree and those of two people of a
// household do not, the most telling first.
var personal = [][]kind.Kind{{kind.NIR}, {kind.Email}, {kind.BirthDate}, {kind.GivenNames}, {kind.Phone}}

// compared are the columns of a layout that hold some kinds.
func compared(layout token.Layout, kinds []kind.Kind) []string {
	var names []string
	for _, c := range layout {
		for _, k := range kinds {
			if c.Kind == k && c.Role == token.Whole {
				names = append(names, c.Name())
			}
		}
	}
	return names
}

// agreement compares the rows that two keys bring together, all or, where there
// are many, those of a share of the keys: tokens are as good as drawn by lot.
func (c *counter) agreement(ctx context.Context, from, to int) (agreement, error) {
	const enough = 50_000
	var best agreement
	n, err := c.rows(ctx, from, to)
	if err != nil {
		return best, err
	}
	mask := int64(1)
	for n/mask > enough {
		mask *= 2
	}
	if err := c.s.View(ctx, "tie_token", c.d.Tokens); err != nil {
		return best, err
	}
	for _, kinds := range personal {
		columns := compared(c.d.Layout, kinds)
		if len(columns) == 0 {
			continue
		}
		side := func(alias string) (value string) { return alias + "." + columns[0] }
		if len(columns) > 1 {
			side = func(alias string) string {
				return "coalesce(" + alias + "." + strings.Join(columns, ", "+alias+".") + ")"
			}
		}
		if err := c.s.Table(ctx, "tie_pair", fmt.Sprintf(`
SELECT %s AS a, %s AS b FROM %[3]s x JOIN %[3]s y ON y.value = x.value JOIN tie_token p ON p.row = x.row JOIN tie_token q ON q.row = y.row
WHERE x.number = %[4]d AND y.number = %[5]d AND (x.value & %[6]d) = 0`,
			side("p"), side("q"), RowKeys, from, to, mask-1)); err != nil {
			return best, err
		}
		var found agreement
		err := c.s.Query(ctx, `
WITH f AS (SELECT a, b FROM tie_pair WHERE a IS NOT NULL AND b IS NOT NULL),
     x AS (SELECT a, count(*) AS n FROM f GROUP BY a), y AS (SELECT b, count(*) AS n FROM f GROUP BY b)
SELECT (SELECT count(*) FROM f), (SELECT count(*) FROM f WHERE a = b), (SELECT CAST(coalesce(sum(x.n * y.n), 0) AS BIGINT) FROM x JOIN y ON y.b = x.a)`, func(row []any) error {
			found.pairs = row[0].(int64)
			if found.pairs > 0 {
				all := float64(found.pairs)
				found.share, found.chance = float64(row[1].(int64))/all, float64(row[2].(int64))/all/all
			}
			return nil
		})
		if err != nil {
			return best, err
		}
		if err := c.s.Drop(ctx, "tie_pair"); err != nil {
			return best, err
		}
		if found.pairs >= fewPairs {
			return found, nil
		}
		if found.pairs > best.pairs {
			best = found
		}
	}
	return best, nil
}
