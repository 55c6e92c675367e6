package link_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/token"
)

// mentioned is a mention of a value in a row.
func mentioned(row int64, k kind.Kind, value string, checked bool) token.Mention {
	return token.Mention{Row: row, Kind: k, Value: sealed(k.String(), value), Checked: checked}
}

func TestHear(t *testing.T) {
	t.Parallel()
	people := world(300, 7)
	people[61]["phone"] = people[60]["phone"] // a household
	register := current(people)
	register[20].until = int64(1)
	register = append(register, version{person: 20, segment: 1, values: people[20].with("email", "new-mail")})

	var rows []person
	for i := range 40 {
		rows = append(rows, people[i].with("record_id", ""))
	}
	rows = append(rows, people[60].with("record_id", ""), world(1, 9)[0]) // 41: of the household; 42: of nobody
	mentions := []token.Mention{
		mentioned(1, kind.Email, people[100]["email"], false), // somebody who is nowhere else
		mentioned(1, kind.Email, people[100]["email"], false), // the same again
		mentioned(2, kind.Phone, people[100]["phone"], false),
		mentioned(3, kind.Email, people[5]["email"], false),           // somebody who is in the dump
		mentioned(4, kind.Email, people[20]["email"], false),          // an earlier value
		mentioned(42, kind.Email, people[101]["email"], false),        // in a row of nobody
		mentioned(41, kind.Phone, people[60]["phone"], false),         // shared, by the row's person too
		mentioned(6, kind.Phone, people[60]["phone"], false),          // shared, not by the row's person
		mentioned(7, kind.BirthDate, people[6]["birth_date"], false),  // the row's person's
		mentioned(8, kind.BirthDate, people[90]["birth_date"], false), // somebody's
		mentioned(9, kind.IBAN, "unknown", true),                      // a key fits
		mentioned(10, kind.IBAN, "unknown too", false),                // nothing does
		mentioned(42, kind.NIR, "unknown", true),                      // a key fits, the row is nobody's
	}
	for _, threads := range []int{2, 1} {
		linked, res, _ := runAnd(t, rows, register, threads, 1<<30, func(s engine.Session, res *link.Result) {
			path := filepath.Join(t.TempDir(), "m.parquet")
			w := token.CreateMentions(path)
			if err := w.Write(mentions); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil || !w.Written() {
				t.Fatal(w.Written(), err)
			}
			said, err := res.Hear(t.Context(), []string{path}, layout)
			if err != nil {
				t.Fatal(err)
			}
			if said.Confirmed != 8 || said.ByRow != 1 || said.Ambiguous != 1 || said.Unattributed != 3 || said.Checked != 2 {
				t.Errorf("mentions %+v", said)
			}
			// 100, 5, 20, 101, 60, 6 and 8 (by its row)
			if said.Persons != 7 || said.Only != 2 {
				t.Errorf("people %+v", said)
			}
			want := []link.PeopleOfOne{{Kind: kind.BirthDate, People: 1}, {Kind: kind.Email, People: 4}, {Kind: kind.Phone, People: 2}, {Kind: kind.IBAN, People: 1}}
			if !slices.Equal(said.Kinds, want) {
				t.Errorf("kinds %v, want %v", said.Kinds, want)
			}
			exposed, stale, err := res.Exposures(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			for _, e := range exposed {
				if e.Kind == kind.Email || e.Kind == kind.IBAN {
					told = append(told, fmt.Sprintf("%s %d %d %d %d", e.Kind, e.People, e.Current, e.Stale, e.Unconfirmed))
				}
			}
			// The rows' own mails, and those of 100 and 101; person 20's row has the earlier one.
			if got := strings.Join(told, "; "); got != "email 43 42 1 0; iban 1 0 0 1" || stale != 1 {
				t.Errorf("exposed %s, %d stale", got, stale)
			}
		})
		if len(linked) != 41 || res.Persons != 41 {
			t.Errorf("%d rows are linked", len(linked))
		}
	}
}
