package scenario_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestRights: whoever is in the logs has an account in the list, nobody is there after
// they left, some have left, and each département has an office.
func TestRights(t *testing.T) {
	t.Parallel()
	c := withLogs(12)
	c.Accounts = 150
	dir, truth := write(t, c, "hijacked")
	table := func(name string) [][]string {
		f, err := os.Open(filepath.Join(dir, "rights", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s: %d rows, %v", name, len(rows), err)
		}
		return rows[1:]
	}
	left, roles := map[string]time.Time{}, map[string]int{}
	for _, row := range table("accounts.csv") {
		roles[row[1]]++
		at := time.Time{}
		if row[3] != "" {
			day, err := time.Parse(time.DateOnly, row[3])
			if err != nil {
				t.Fatal(err)
			}
			at = day.AddDate(0, 0, 1)
			roles["left"]++
		}
		left[row[0]] = at
	}
	if roles["adviser"] < 50 || roles["dba"] != 2 || roles["left"] == 0 || roles["left"] > 20 {
		t.Errorf("accounts by role: %v", roles)
	}
	for _, l := range readLogs(t, dir, truth.Access) {
		at, listed := left[l.Account]
		if !listed || !at.IsZero() && !l.TS.Before(at) {
			t.Fatalf("%s at %s: listed %t, left %s", l.Account, l.TS, listed, at)
		}
	}
	offices := map[string]bool{}
	for _, row := range table("offices.csv") {
		if row[1] == "" {
			t.Errorf("nobody follows %s", row[0])
		}
		offices[row[1]] = true
	}
	if len(offices) < 2 {
		t.Errorf("offices %v", offices)
	}
	for _, name := range []string{"rights.yaml", "rules.yaml"} {
		if text, err := os.ReadFile(filepath.Join(dir, "rights", name)); err != nil || len(text) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
