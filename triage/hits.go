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

// lookUp tells, for a sample of a dump's table, which share of each column's
// values the register has under each kind the column might be.
func lookUp(ctx context.Context, s engine.Session, key *seal.Key, register token.Layout, sample *table.Batch, names []string) (hits, error) {
	h := hits{}
	var split field.Splitter
	asked := map[kind.Kind][][]any{} // (column, token)
	for c, kinds := range column.Candidates(sample, names) {
		for _, k := range kinds {
			if !register.Has(k) {
				continue
			}
			seen := map[token.Token]bool{}
			for r := 0; r < sample.Rows() && len(seen) < probes; r++ {
				parts, _, _ := split.Split(k, 1, sample.Cell(r, c))
				for _, p := range parts {
					if p.Column.Kind != k || p.Column.Role != token.Whole {
						continue
					}
					if t := key.Token(p.Column, p.Text); !seen[t] {
						seen[t] = true
						asked[k] = append(asked[k], []any{int64(c), t})
					}
				}
			}
			if len(seen) > 0 {
				h[hit{c, k}] = rate{of: len(seen)}
			}
		}
	}
	for _, k := range kind.All() {
		if len(asked[k]) == 0 {
			continue
		}
		if err := s.Load(ctx, "probe", []string{"source", "value"}, []string{"INTEGER", "BIGINT"}, asked[k]); err != nil {
			return nil, err
		}
		var held []string
		for _, c := range register {
			if c.Kind == k && c.Role == token.Whole {
				held = append(held, fmt.Sprintf("SELECT %s AS value FROM reg_state", c.Name()))
			}
		}
		err := s.Query(ctx, fmt.Sprintf(`
SELECT p.source, count(DISTINCT p.value) FROM probe p JOIN (%s) r ON r.value = p.value GROUP BY p.source`,
			strings.Join(held, " UNION ALL ")), func(row []any) error {
			at := hit{int(row[0].(int64)), k}
			r := h[at]
			r.found = int(row[1].(int64))
			h[at] = r
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return h, s.Drop(ctx, "probe")
}
