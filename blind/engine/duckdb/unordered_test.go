package duckdb

import "testing"

func TestUnordered(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT a FROM t":                                                "SELECT a FROM t",
		"SELECT a FROM t ORDER BY a, b DESC":                             "SELECT a FROM t ",
		"select a, row_number() over (order by a) from t order by a":     "select a, row_number() over (order by a) from t ",
		"SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 3) x":           "SELECT a FROM (SELECT a FROM t ORDER BY a LIMIT 3) x",
		"SELECT a FROM t ORDER BY a LIMIT 3":                             "SELECT a FROM t ORDER BY a LIMIT 3",
		"SELECT a FROM t WHERE b = 'order by' ORDER BY abs(a)":           "SELECT a FROM t WHERE b = 'order by' ",
		"SELECT a FROM t UNION ALL (SELECT b FROM u ORDER BY b LIMIT 1)": "SELECT a FROM t UNION ALL (SELECT b FROM u ORDER BY b LIMIT 1)",
	} {
		if got := unordered(query); got != want {
			t.Errorf("unordered(%q) = %q, want %q", query, got, want)
		}
	}
}
