package store

import (
	"database/sql"
	"testing"
)

// SetVersion makes a store one of another version.
func SetVersion(t *testing.T, path string, version int) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `INSERT INTO version (number) VALUES (?)`, version); err != nil {
		t.Fatal(err)
	}
}
