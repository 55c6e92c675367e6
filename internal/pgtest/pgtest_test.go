package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"constat.example/internal/pgtest"
)

func TestStart(t *testing.T) {
	s := pgtest.Start(t)
	a := s.Database(t, "create table t (n int)", "insert into t values (1), (2)")
	b := s.Database(t)
	if a == b {
		t.Fatal("two databases have one address")
	}
	conn, err := pgx.Connect(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var n int
	if err := conn.QueryRow(t.Context(), "select sum(n) from t").Scan(&n); err != nil || n != 3 {
		t.Errorf("sum %d, %v", n, err)
	}
}
