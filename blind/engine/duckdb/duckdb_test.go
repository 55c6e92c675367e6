package duckdb_test

import (
	"testing"

	"constat.example/blind/engine/duckdb"
	"constat.example/blind/engine/enginetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	enginetest.Exercise(t, duckdb.Open)
}
