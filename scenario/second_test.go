package scenario_test

import (
	"path/filepath"
	"strconv"
	"testing"

	"constat.example/scenario"
)

// TestTwoRegisters derives from the files what is told of the second register, and
// that it leads a life of its own.
func TestTwoRegisters(t *testing.T) {
	t.Parallel()
	c := config(6)
	dir, truth := write(t, c, "two-registers")
	if truth.Register != scenario.SecondRegister || len(truth.Second) != len(truth.Snapshots) || truth.Class != "genuine" || truth.GenuineShare != 1 {
		t.Fatalf("%+v", truth)
	}
	// Who is in both is told by the account, which both write alike.
	first, seen := map[string]map[string]string{}, map[string]bool{}
	for _, row := range readCSV(t, filepath.Join(dir, "register", truth.Snapshots[len(truth.Snapshots)-1].File), ';') {
		if row["iban"] != "" {
			first[row["iban"]] = row
		}
	}
	last, ever := map[string]map[string]string{}, map[string]bool{}
	for i, s := range truth.Second {
		rows := readCSV(t, filepath.Join(dir, "register-b", s.File), ',')
		if len(rows) != s.People || len(rows) < c.People*9/10 || len(rows) > c.People*12/10 {
			t.Errorf("%s: %d people, %d told", s.File, len(rows), s.People)
		}
		for _, row := range rows {
			id := row["record_id"]
			if len(id) != 10 || id[0] != 'E' {
				t.Fatalf("a record id %q", id)
			}
			if _, err := strconv.Atoi(id[1:]); err != nil || i == len(truth.Second)-1 && last[id] != nil {
				t.Fatalf("the record id %q is no number, or of two people", id)
			}
			ever[id] = true
			if i == len(truth.Second)-1 {
				last[id] = row
			}
		}
	}
	if len(truth.Second) == 0 || len(last) == 0 {
		t.Fatal("there is no second register")
	}
	common, otherMail, accounts := 0, 0, 0
	for _, row := range last {
		if row["iban"] == "" || seen[row["iban"]] {
			continue
		}
		seen[row["iban"]] = true
		accounts++
		if same := first[row["iban"]]; same != nil {
			common++
			if same["courriel"] != row["email"] {
				otherMail++
			}
		}
	}
	if share := 100 * common / accounts; share < 40 || share > 60 || otherMail*10 < common*2 || otherMail*10 > common*7 {
		t.Errorf("of %d people with an account %d are in both, %d of them with another mail address", accounts, common, otherMail)
	}

	dump := readCSV(t, filepath.Join(dir, truth.Dump), ',')
	ids := links(t, dir, len(dump))
	if len(dump) != truth.Rows || truth.Genuine != truth.Rows || truth.Persons != truth.Rows {
		t.Fatalf("%d rows, truth %+v", len(dump), truth)
	}
	stale, gone, between := 0, 0, 0
	for i, row := range dump {
		id := ids[i+1]
		now := last[id]
		if !ever[id] {
			between++
		}
		if now == nil {
			gone++
		}
		old := false
		for column, value := range row {
			old = old || value != "" && (now == nil || now[column] != value)
		}
		if old {
			stale++
		}
	}
	if stale != truth.Stale || gone != truth.Gone || between > truth.Rows/50 || stale < truth.Rows/50 {
		t.Errorf("%d stale and %d gone of %d, %d in no snapshot; truth %+v", stale, gone, truth.Rows, between, truth)
	}
}
