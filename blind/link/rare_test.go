package link

import (
	"fmt"
	"strings"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
)

// TestRareValuesOfManyAspects adds up more than a token's 16 bits hold: what nobody
// else of tens of millions has, on all aspects at once.
func TestRareValuesOfManyAspects(t *testing.T) {
	t.Parallel()
	both := filledBy([]string{"email", "phone", "iban", "postcode"})
	l := &linker{measured: map[string]measured{}, aspects: aspects(both, both)}
	exact := map[string]string{}
	var columns []string
	for _, a := range l.aspects {
		l.measured[a.name] = measured{by: map[string]float64{a.levels[0]: 0.5}}
		exact[a.name] = "TRUE"
		columns = append(columns, "CAST(-24000 AS SMALLINT) AS tf_"+a.name)
	}
	s, err := duckdb.Open(t.Context(), engine.Config{Threads: 1, Memory: 64 << 20, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var got int64
	query := fmt.Sprintf("SELECT CAST(rare_u AS BIGINT) FROM (SELECT %s FROM (SELECT %s) v) r", l.rare(exact), strings.Join(columns, ", "))
	if err := s.Query(t.Context(), query, func(v []any) error { got = v[0].(int64); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := int64(len(l.aspects)) * (-24000 + 693); len(l.aspects) < 3 || got != want {
		t.Errorf("%d of %d aspects, wanted %d", got, len(l.aspects), want)
	}
}
