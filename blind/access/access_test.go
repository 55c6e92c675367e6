package access_test

import (
	"path/filepath"
	"testing"

	"constat.example/blind/access"
	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
)

func TestActionsHaveNames(t *testing.T) {
	t.Parallel()
	for a := range access.Actions {
		back, err := access.ParseAction(a.String())
		if err != nil || back != a {
			t.Errorf("action %d is written %q, which reads as %d (%v)", a, a, back, err)
		}
	}
	if _, err := access.ParseAction("steal"); err == nil {
		t.Error("an action that is none was read")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	var n access.Names
	for _, c := range []struct {
		name string
		want access.Name
	}{{"", 0}, {"conseil-031", 1}, {"dba", 2}, {"conseil-031", 1}} {
		if got := n.Number([]byte(c.name)); got != c.want || n.Of(got) != c.name {
			t.Errorf("%q has number %d, which is %q; wanted %d", c.name, got, n.Of(got), c.want)
		}
	}
	if n.Len() != 2 {
		t.Errorf("%d names, not 2", n.Len())
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "accesses.parquet")
	w, err := access.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	one := access.Access{
		Time: 1, Line: 2, Record: -3, Count: -1, Step: 5, Account: 6, Session: 7, Address: 8, Device: 9, Office: 10,
		Relation: 11, Reason: 12, Source: 13, Action: access.Export, By: kind.BirthDate,
	}
	if err := w.Write([]access.Access{one, {Count: 40}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := duckdb.Open(t.Context(), engine.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.View(t.Context(), "accesses", path); err != nil {
		t.Fatal(err)
	}
	want := [][]int64{
		{1, 2, -3, -1, 5, 6, 7, 8, 9, 10, 11, 12, 13, int64(access.Export), int64(kind.BirthDate)},
		{0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	}
	i := 0
	err = s.Query(t.Context(), `select instant, line, record, returned, step, account, session, address, device, office, relation, reason, source, action, sought_by from accesses order by line desc`, func(row []any) error {
		for j, cell := range row {
			if cell.(int64) != want[i][j] {
				t.Errorf("row %d, column %d is %v, not %d", i, j, cell, want[i][j])
			}
		}
		i++
		return nil
	})
	if err != nil || i != 2 {
		t.Fatalf("%d rows: %v", i, err)
	}
}
