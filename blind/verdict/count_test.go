package verdict_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/verdict"
)

// TestCount counts by SQL what small tables of versions and rows show.
func TestCount(t *testing.T) {
	t.Parallel()
	s, err := duckdb.Open(t.Context(), engine.Config{Threads: 1, Memory: 256 << 20, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	table := func(name, columns string, rows ...string) {
		t.Helper()
		if err := s.Table(t.Context(), name, fmt.Sprintf("SELECT * FROM (VALUES (%s)) v(%s)", strings.Join(rows, "), ("), columns)); err != nil {
			t.Fatal(err)
		}
	}
	table("moved", "person, segment, until, gone, email, phone, address",
		// 1 and 2 are a household that moves; 2 has a new mail address by then, and another later.
		"1, 0, 1, false, 11, 21, 31", "1, 1, null, false, 11, 21, 32",
		"2, 0, 1, false, 12, 22, 31", "2, 1, 3, false, 13, 22, 32", "2, 3, null, false, 14, 22, 32",
		// 3 has an old number again in the end.
		"3, 0, 1, false, 15, 23, 33", "3, 1, 2, false, 15, 24, 33", "3, 2, null, false, 15, 23, 33",
		// 4 came with the third snapshot; 5 went with it; 6 went, and is back with another address.
		"4, 2, null, false, 16, 25, 34",
		"5, 0, 2, false, 17, 26, 35", "5, 2, null, true, 17, 26, 35",
		"6, 0, 1, false, 18, 27, 36", "6, 1, 2, true, 18, 27, 36", "6, 2, null, false, 18, 27, 37",
		// 7 had no phone: that one came tells nothing that a row could be held against.
		"7, 0, 2, false, 19, null, 38", "7, 2, null, false, 19, 28, 38",
		// 8 is linked to no row for sure.
		"8, 0, 2, false, 20, 29, 39", "8, 2, null, false, 40, 29, 39",
		// 9 has a row for what they were and one for what they are.
		"9, 0, 1, false, 41, 42, 43", "9, 1, 3, false, 41, 44, 43", "9, 3, null, false, 45, 44, 43",
		// 10 is of the household too, with the same mail addresses.
		"10, 0, 1, false, 12, 22, 31", "10, 1, 3, false, 13, 22, 32", "10, 3, null, false, 14, 22, 32")
	if err := s.Table(t.Context(), "reg_moved", "SELECT *, CAST(segment AS BIGINT) AS step, CAST(NULL AS BIGINT) AS at_from, CAST(NULL AS BIGINT) AS at_to FROM moved"); err != nil {
		t.Fatal(err)
	}
	if err := s.Table(t.Context(), "reg_touched", "SELECT DISTINCT person FROM reg_moved"); err != nil {
		t.Fatal(err)
	}
	table("dump", "row, email, phone, address",
		"1, 11, 21, 32",    // moved
		"2, 13, 22, 32",    // moved with them, and the first new mail address
		"3, null, 23, 33",  // a number that came back: no telling
		"4, null, 24, 33",  // the number in between
		"5, 16, null, 34",  // somebody new
		"6, 17, null, 35",  // somebody gone
		"7, 18, null, 36",  // before they went
		"8, 19, 28, 38",    // a phone where none was
		"9, 20, null, 39",  // not linked for sure
		"10, 14, null, 31", // the address of before the move, the mail address of long after
		"11, 99, 99, 99",   // agrees with nothing
		"12, 41, 42, null", // kept from before the change
		"13, 41, 44, null") // as they were after it, and before the next
	table("link", "row, person, probability",
		"1, 1, 999000", "2, 2, 999000", "3, 3, 999000", "4, 3, 999000", "5, 4, 999000", "6, 5, 999000", "7, 6, 999000", "8, 7, 999000", "9, 8, 800000", "10, 10, 999000", "11, 1, 999000", "12, 9, 999000", "13, 9, 999000")
	if err := s.Table(t.Context(), "exposure", "SELECT DISTINCT person FROM link"); err != nil {
		t.Fatal(err)
	}
	var m register.Manifest
	for i := range 4 {
		m.Snapshots = append(m.Snapshots, register.Snapshot{AsOf: start.AddDate(0, i, 0), People: 100, Added: 2, Gone: 3})
	}
	m.Snapshots[2].Unobserved = []string{"email"}
	var shared []link.Shared
	for _, k := range []kind.Kind{kind.Email, kind.Phone, kind.Address} {
		shared = append(shared, link.Shared{Kind: k, Register: []string{k.String()}, Same: fmt.Sprintf("coalesce(d.%s = r.%[1]s, FALSE)", k)})
	}
	c, err := verdict.Count(t.Context(), s, shared, m)
	if err != nil {
		t.Fatal(err)
	}
	change := func(from, to int, k kind.Kind, before, after int64) verdict.Change {
		return verdict.Change{From: c.Snapshots[from], To: c.Snapshots[to], Kind: k, Before: before, After: after}
	}
	want := []verdict.Change{
		change(0, 1, kind.Phone, 0, 2),   // rows 4 and 13, and not 12
		change(0, 1, kind.Address, 0, 1), // rows 1 and 2; row 10 shows both sides, and is left out
		change(1, 2, kind.Phone, 1, 0),   // row 4: the old number was not back yet
		change(1, 3, kind.Email, 2, 1),   // rows 2, 12 and 13, and row 10; the third snapshot knew no mail address
	}
	if !slices.Equal(c.Changes, want) {
		t.Errorf("changes:\n%v, wanted\n%v", c.Changes, want)
	}
	if c.Rows != 6 || c.Torn != 1 || c.Linked != 10 || c.People != 100 {
		t.Errorf("%d rows show changes, %d of them torn; %d people of %d linked", c.Rows, c.Torn, c.Linked, c.People)
	}
	people := []verdict.Presence{{From: c.Snapshots[1], To: c.Snapshots[2], Here: 1, All: 2}}
	if !slices.Equal(c.Created, people) {
		t.Errorf("created: %v", c.Created)
	}
	if people[0].All = 3; !slices.Equal(c.Gone, people) {
		t.Errorf("gone: %v", c.Gone)
	}
}
