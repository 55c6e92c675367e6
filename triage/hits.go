package triage

import (
	"context"
	"fmt"
	"strings"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/column"
	"constat.example/clear/field"
	"constat.example/clear/seal"
	"constat.example/clear/table"
)

// probes is how many distinct values of a column are looked up in the
// register to tell what the column holds.
const probes = 400

// hits are the answers of column.Hits.
type hits map[hit]rate

type hit struct {
	column int
	kind   kind.Kind
}

type rate struct{ found, of int }

// Rate implements column.Hits.
func (h hits) Rate(column int, k kind.Kind) (float64, int, bool) {
	r, ok := h[hit{column, k}]
	if !ok || r.of == 0 {
		return 0, 0, false
	}
	return float64(r.found) / float64(r.of), r.of, true
}

// probe is a question to the registers: how many of these values, seen in a sample
// of a column, they have under a kind that the column might be of. It holds tokens, so
// that it can be asked again of a later register without the dump.
type probe struct {
	Table, Column int
	Kind          kind.Kind
	Found         int // what the registers said
	values        []token.Token
}

// ask makes the questions about a table's sample that registers of that layout
// can answer.
func ask(key *seal.Key, register token.Layout, table int, sample *table.Batch, names []string) []probe {
	var (
		all   []probe
		split field.Splitter
	)
	for c, kinds := range column.Candidates(sample, names) {
		for _, k := range kinds {
			if !register.Has(k) {
				continue
			}
			seen := map[token.Token]bool{}
			p := probe{Table: table, Column: c, Kind: k}
			for r := 0; r < sample.Rows() && len(seen) < probes; r++ {
				parts, _, _ := split.Split(k, 1, sample.Cell(r, c))
				for _, part := range parts {
					if part.Column.Kind != k || part.Column.Role != token.Whole {
						continue
					}
					if t := key.Token(part.Column, part.Text); !seen[t] {
						seen[t] = true
						p.values = append(p.values, t)
					}
				}
			}
			if len(seen) > 0 {
				all = append(all, p)
			}
		}
	}
	return all
}

// probed names the view of all that the i-th register ever held.
func probed(i int) string { return fmt.Sprintf("probed_%d", i) }

// openProbed makes these views.
func openProbed(ctx context.Context, s engine.Session, registers []named) error {
	for i, r := range registers {
		if err := s.View(ctx, probed(i), r.Values()...); err != nil {
			return err
		}
	}
	return nil
}

// layoutsOf is every column that some register has.
func layoutsOf(registers []named) (all token.Layout) {
	for _, r := range registers {
		all = token.Union(all, r.Manifest().Layout)
	}
	return all
}

// answer has the registers answer: it fills in what was found in any.
func answer(ctx context.Context, s engine.Session, registers []named, all []probe) error {
	for _, k := range kind.All() {
		var asked [][]any // (number of the probe, token)
		for i, p := range all {
			if p.Kind != k {
				continue
			}
			all[i].Found = 0
			for _, t := range p.values {
				asked = append(asked, []any{int64(i), t})
			}
		}
		if len(asked) == 0 {
			continue
		}
		if err := s.Load(ctx, "probe", []string{"source", "value"}, []string{"INTEGER", "BIGINT"}, asked); err != nil {
			return err
		}
		var held []string
		for i, r := range registers {
			for _, c := range r.Manifest().Layout {
				if c.Kind == k && c.Role == token.Whole {
					held = append(held, fmt.Sprintf("SELECT %s AS value FROM %s", c.Name(), probed(i)))
				}
			}
		}
		err := s.Query(ctx, fmt.Sprintf(`
SELECT p.source, count(DISTINCT p.value) FROM probe p JOIN (%s) r ON r.value = p.value GROUP BY p.source`,
			strings.Join(held, " UNION ALL ")), func(row []any) error {
			all[row[0].(int64)].Found = int(row[1].(int64))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return s.Drop(ctx, "probe")
}

// hitsOf are the answers about one table.
func hitsOf(all []probe) hits {
	h := hits{}
	for _, p := range all {
		h[hit{p.Column, p.Kind}] = rate{p.Found, len(p.values)}
	}
	return h
}
