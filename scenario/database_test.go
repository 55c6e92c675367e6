package scenario_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDatabase reads the drill's SQL, follows client_id, and derives the truth
// anew.
func TestDatabase(t *testing.T) {
	t.Parallel()
	dir, truth := write(t, config(4), "database")
	text, err := os.ReadFile(filepath.Join(dir, "dump.sql"))
	if err != nil {
		t.Fatal(err)
	}
	insert := regexp.MustCompile("^INSERT INTO `([a-z]+)` VALUES \\(([0-9]+)(?:,([0-9]+))?,(.*)\\);$")
	ids := links(t, dir, truth.Rows)
	owner := map[string]string{} // by client
	seen := map[string]map[string]bool{}
	people := map[string]bool{}
	ibans, rows, creates := 0, 0, 0
	for line := range strings.Lines(string(text)) {
		m := insert.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			if strings.HasPrefix(line, "CREATE TABLE ") {
				creates++
			}
			if strings.HasPrefix(line, "INSERT") {
				t.Fatalf("a row is laid out otherwise")
			}
			continue
		}
		rows++
		table, id, client := m[1], m[2], m[3]
		if seen[table] == nil {
			seen[table] = map[string]bool{}
		}
		if seen[table][id] {
			t.Fatalf("two rows of %s have the id %s", table, id)
		}
		seen[table][id] = true
		if table == "clients" {
			owner[id] = ids[rows]
		} else if of, ok := owner[client]; !ok || of != ids[rows] {
			t.Fatalf("row %d of %s is of another person than its client", rows, table)
		}
		if ids[rows] != "" {
			people[ids[rows]] = true
			if table == "comptes" {
				ibans++
			}
		}
	}
	if rows != truth.Rows || creates != 4 || len(people) != truth.Persons || truth.Rows != truth.Genuine+truth.Invented {
		t.Errorf("%d rows of %d people in %d tables, truth %+v", rows, len(people), creates, truth)
	}
	for _, e := range truth.Exposures {
		if e.Kind.String() == "iban" && (e.People != ibans || ibans == 0) {
			t.Errorf("%d people have an IBAN in the dump, truth %+v", ibans, e)
		}
	}
	if invented := float64(len(seen["clients"])-len(people)) / float64(len(seen["clients"])); invented < .15 || invented > .18 {
		t.Errorf("%.3f of the clients are invented", invented)
	}
}
