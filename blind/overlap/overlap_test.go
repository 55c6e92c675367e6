package overlap_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/overlap"
	"constat.example/blind/token"
)

// session is an engine with a dump, links and leaks made of values.
type session struct {
	engine.Session
	t *testing.T
}

func open(t *testing.T) session {
	t.Helper()
	s, err := duckdb.Open(t.Context(), engine.Config{Threads: 1, Memory: 256 << 20, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return session{s, t}
}

func (s session) table(name, columns string, rows ...string) {
	s.t.Helper()
	if err := s.Table(s.t.Context(), name, s.values(columns, rows)); err != nil {
		s.t.Fatal(err)
	}
}

func (s session) values(columns string, rows []string) string {
	var cast []string
	for _, c := range strings.Split(columns, ", ") {
		cast = append(cast, "CAST("+c+" AS BIGINT) AS "+c)
	}
	return fmt.Sprintf("SELECT %s FROM (VALUES (%s)) v(%s)", strings.Join(cast, ", "), strings.Join(rows, "), ("), columns)
}

func (s session) leak(columns string, rows ...string) overlap.Leak {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "leak.parquet")
	if err := s.Write(s.t.Context(), path, s.values(columns, rows)); err != nil {
		s.t.Fatal(err)
	}
	return overlap.Leak{Tokens: path, Layout: layout(s.t, columns)}
}

func layout(t *testing.T, columns string) (l token.Layout) {
	t.Helper()
	for _, name := range strings.Split(columns, ", ")[1:] {
		c, err := token.ParseColumn(name)
		if err != nil {
			t.Fatal(err)
		}
		l = append(l, c)
	}
	return l
}

// TestCount holds a few rows against two leaks.
func TestCount(t *testing.T) {
	t.Parallel()
	s := open(t)
	const columns = "row, birth_surname, used_surname, given_names, sex, birth_date, email, phone, city"
	s.table("dump", columns,
		"1, 11, null, 21, 1, 31, 41, 51, 61",     // all in the first
		"2, 12, null, 22, 1, 32, 42, 52, 62",     // mail in the first, phone in the second, city in both
		"3, 13, null, 23, 1, 33, 43, 53, 63",     // another phone than in the first
		"4, 14, null, 24, 1, 34, 44, 54, 64",     // in none
		"5, 72, 15, 25, 2, 35, 45, null, 65",     // by the used surname, in the first her birth surname
		"6, 16, null, 26, 1, 36, 46, null, null", // a name misspelt, found by mail
		"7, 17, null, 27, 1, 37, 47, null, null", // the mail of somebody else: neither given name nor birth date agrees
		"8, null, null, null, 1, null, null, null, 61",
		"9, 19, null, 29, 1, 39, null, 99, 61", // a filler for a number
		"10, 80, null, 81, null, 82, 83, null, null")
	s.table("link", "row, current, stale",
		fmt.Sprintf("1, 0, %d", 1<<kind.Phone), // the register has another phone by now: kept
		fmt.Sprintf("3, %d, 0", 1<<kind.Phone), // the present one, where the leak has another: renewed
		fmt.Sprintf("4, %d, 0", 1<<kind.Phone), // not in a leak: tells nothing
		fmt.Sprintf("2, %d, 0", 1<<kind.City))  // the present one, as the leaks have it: tells nothing
	first := []string{
		"1, 11, null, 21, 31, 41, 51, 61",
		"2, 12, null, 22, 32, 42, null, 62",
		"3, 13, null, 23, 33, 43, 93, 63",
		"5, 15, 73, 25, 35, 45, null, 65",
		"6, 94, null, 26, 36, 46, null, null",
		"7, 95, null, 96, 97, 47, null, null",
		"11, 80, null, 81, 82, 84, null, null", // twice, with another mail each time
		"12, 80, null, 81, 82, 83, null, null",
	}
	for i := range 70 {
		first = append(first, fmt.Sprintf("%d, %d, null, %d, %d, null, 99, 1", 100+i, 1000+i, 2000+i, 3000+i))
	}
	c, err := overlap.Count(t.Context(), overlap.Config{
		Session: s, Dump: layout(t, columns), Leaks: []overlap.Leak{
			s.leak("row, birth_surname, given_names, birth_date, phone, city", "1, 12, 22, 32, 52, 62", "2, 11, 21, 31, null, 61"),
			s.leak("row, birth_surname, used_surname, given_names, birth_date, email, phone, city", first...),
			s.leak("row, iban", "1, 7"),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	// Known: 1, 2 and 10. In part: 3, 5 (a birth surname that the leak does not have) and 6.
	// New: 4, 7 and 9. Row 8 holds nothing that names anybody.
	if c.Rows != 10 || c.Known != 3 || c.Partly != 3 || c.New != 3 || c.Apart != 1 {
		t.Errorf("rows %d, known %d, partly %d, new %d, apart %d", c.Rows, c.Known, c.Partly, c.New, c.Apart)
	}
	if c.Kept != 1 || c.Renewed != 1 {
		t.Errorf("kept %d, renewed %d", c.Kept, c.Renewed)
	}
	want := []overlap.Cell{
		{kind.BirthSurname, true, 9, 4, 2, 3},
		{kind.UsedSurname, true, 1, 1, 0, 0},
		{kind.GivenNames, true, 9, 6, 0, 3},
		{kind.Sex, false, 8, 0, 5, 3},
		{kind.BirthDate, true, 9, 6, 0, 3},
		{kind.Email, true, 8, 6, 0, 2},
		{kind.Phone, true, 5, 2, 1, 2},
		{kind.City, true, 6, 4, 0, 2},
	}
	for i, x := range c.Cells {
		if x != want[i] {
			t.Errorf("%+v, wanted %+v", x, want[i])
		}
	}
	// The second leak has 1: 6 values, 2: 5, 3: 5, 5: 5, 6: 3, 10: 4; the first 1: 4 of them, and of 2 four and the phone.
	for i, x := range []overlap.Cover{
		{Rows: 2, Shared: 2, Whole: 0, Values: 9, Only: 1, Place: 2, Adds: 1},
		{Rows: 78, Shared: 6, Whole: 2, Values: 28, Only: 20, Place: 1, Adds: 28},
		{Rows: 1},
	} {
		if c.Leaks[i] != x {
			t.Errorf("leak %d: %+v, wanted %+v", i, c.Leaks[i], x)
		}
	}
}
