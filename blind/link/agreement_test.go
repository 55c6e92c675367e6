package link_test

import (
	"context"
	"fmt"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/link"
)

// TestAgreement counts what tells a copy from another file: a hundred rows under ids
// of others, two hundred with a mail address of elsewhere, one in ten twice; and
// names as they recur.
func TestAgreement(t *testing.T) {
	t.Parallel()
	people := world(1000, 41)
	var rows []person
	for i, p := range people {
		switch {
		case i < 100:
			p = p.with("record_id", fmt.Sprintf("other%d", i))
		case i < 300:
			p = p.with("email", fmt.Sprintf("elsewhere%d", i))
		}
		if rows = append(rows, p); i%10 == 0 {
			rows = append(rows, p)
		}
	}
	runAnd(t, rows, current(people), 2, 1<<30, func(_ engine.Session, res *link.Result) {
		a, err := res.Agreement(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if a.Rows != 1100 || a.IDs != 1100 || a.KnownIDs != 990 || a.Seen != 1100 || a.Distinct != 1000 {
			t.Errorf("%d rows, %d ids, %d known, %d different of %d", a.Rows, a.IDs, a.KnownIDs, a.Distinct, a.Seen)
		}
		never := map[kind.Kind]int64{}
		for _, k := range a.Kinds {
			if k.Current+k.Stale+k.Never != k.Rows {
				t.Errorf("%s does not add up: %+v", k.Kind, k)
			}
			never[k.Kind] = k.Never
		}
		if never[kind.RecordID] != 110 || never[kind.Email] != 220 || never[kind.Phone] != 0 {
			t.Errorf("never held: %v", never)
		}
		if len(a.Namesakes) != 2 || a.Namesakes[0].Kind != kind.BirthSurname {
			t.Fatalf("%+v", a.Namesakes)
		}
		for i, column := range []string{"birth_surname", "given_names"} {
			for _, side := range []struct {
				people []person
				share  float64
				rows   int64
			}{{rows, a.Namesakes[i].Dump, a.Namesakes[i].DumpRows}, {people, a.Namesakes[i].Register, a.Namesakes[i].RegisterRows}} {
				count := map[string]float64{}
				for _, p := range side.people {
					count[p[column]]++
				}
				pairs, n := 0.0, float64(len(side.people))
				for _, same := range count {
					pairs += same * (same - 1)
				}
				if want := pairs / n / (n - 1); side.rows != int64(n) || side.share < 0.999*want || side.share > 1.001*want {
					t.Errorf("%s: %d rows, two share it with a chance of %g, not %g", column, side.rows, side.share, want)
				}
			}
		}
	})
}
