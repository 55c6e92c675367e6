//go:build eval

package overlap_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/overlap"
)

// TestEvalScale holds a dump of millions of rows against a leak of more than half of its
// people, of whom one in ten has another mail address by now, within little memory.
func TestEvalScale(t *testing.T) {
	const rows, people = 4_000_000, 2_300_000
	s, err := duckdb.Open(t.Context(), engine.Config{Threads: 2, Memory: 400 << 20, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const columns = "row, birth_surname, used_surname, given_names, birth_date, email, phone, address, postcode, city"
	from := func(n int, mail string) string {
		return fmt.Sprintf(`
SELECT row, CAST(hash(row, 1) %% 200000 AS BIGINT) AS birth_surname, CASE WHEN row %% 5 = 0 THEN CAST(hash(row, 2) %% 200000 AS BIGINT) END AS used_surname,
       CAST(hash(row, 3) %% 3000 AS BIGINT) AS given_names, CAST(hash(row, 4) %% 30000000 AS BIGINT) AS birth_date, CAST(hash(row, 5, %s) >> 1 AS BIGINT) AS email,
       CAST(hash(row, 6) >> 1 AS BIGINT) AS phone, CAST(hash(row, 7) >> 1 AS BIGINT) AS address, CAST(hash(row, 8) %% 6000 AS BIGINT) AS postcode, CAST(hash(row, 9) %% 6000 AS BIGINT) AS city
FROM (SELECT CAST(range AS BIGINT) AS row FROM range(1, %d)) r`, mail, n+1)
	}
	dump, leak := filepath.Join(t.TempDir(), "dump.parquet"), filepath.Join(t.TempDir(), "leak.parquet")
	for path, query := range map[string]string{dump: from(rows, "CASE WHEN row % 10 = 0 THEN 1 ELSE 0 END"), leak: from(people, "0")} {
		if err := s.Write(t.Context(), path, query); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.View(t.Context(), "dump", dump); err != nil {
		t.Fatal(err)
	}
	if err := s.Table(t.Context(), "link", "SELECT row, CAST(0 AS BIGINT) AS current, CAST(0 AS BIGINT) AS stale FROM dump"); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	c, err := overlap.Count(t.Context(), overlap.Config{Session: s, Dump: layout(t, columns), Leaks: []overlap.Leak{{Tokens: leak, Layout: layout(t, columns)}}})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%d rows against %d in %.1f s: %s\n", rows, people, time.Since(start).Seconds(), strings.TrimSpace(fmt.Sprint(c.Known, c.Partly, c.New)))
	if c.Known != people*9/10 || c.Partly != people/10 || c.New != rows-people {
		t.Errorf("%+v", c)
	}
}
