package link_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/tie"
	"constat.example/blind/token"
)

// leak is a dump of several tables under way.
type leak struct {
	rows []person
	d    tie.Dump
	keys token.RowKeys

	exposed []link.Exposed
}

// table adds a table with those keys, each "name" or "name=kind".
func (l *leak) table(name string, kinds []kind.Kind, keys ...string) {
	l.d.Tables = append(l.d.Tables, tie.Table{Name: name, Kinds: kinds})
	for i, k := range keys {
		name, of, _ := strings.Cut(k, "=")
		key := tie.Key{Table: len(l.d.Tables) - 1, Column: i, Name: name, Room: 3}
		if of != "" {
			key.Kind, _ = kind.Parse(of)
		}
		l.d.Keys = append(l.d.Keys, key)
	}
}

// row adds a row of the table of those keys, which are numbers from first on.
func (l *leak) row(p person, first int, keys ...int) {
	l.rows = append(l.rows, p)
	for i, k := range keys {
		if k != 0 {
			l.keys.Row = append(l.keys.Row, int64(len(l.rows)))
			l.keys.Number = append(l.keys.Number, int16(first+i))
			l.keys.Value = append(l.keys.Value, hash(fmt.Sprint("key", k)))
		}
	}
}

func (l *leak) find(t *testing.T, s engine.Session, dir, tokens string) *tie.Found {
	t.Helper()
	path := filepath.Join(dir, "k.parquet")
	w, err := token.CreateRowKeys(path)
	if err == nil {
		err = w.Write(&l.keys)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	l.d.RowKeys, l.d.Tokens, l.d.Layout = path, tokens, layout
	found, err := tie.Find(context.Background(), s, l.d)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var named = []kind.Kind{kind.BirthSurname, kind.GivenNames, kind.BirthDate}

// TestTiedTables links a dump of clients, accounts and what was paid from them:
// only the first names anybody.
func TestTiedTables(t *testing.T) {
	t.Parallel()
	register, strangers := world(3000, 1), world(300, 2)
	// Ids of the register count from 1, as those of the dump's tables do.
	for i := range register {
		register[i]["record_id"] = fmt.Sprint(i + 1)
	}
	var l leak
	l.table("x.sql: clients", named, "id=record_id")
	l.table("x.sql: comptes", []kind.Kind{kind.Phone}, "id=record_id", "client_id")
	l.table("x.sql: operations", nil, "compte_id")
	owner := map[int64]string{} // by row, the record id, "" for a stranger
	var whose []string
	note := func(id string) { owner[int64(len(l.rows))] = id }
	for i := range 900 {
		who, id := register[(i*3+700)%3000], ""
		if i%5 == 4 {
			who = strangers[i/5]
		} else {
			id = who["record_id"]
		}
		whose = append(whose, id)
		l.row(person{"record_id": fmt.Sprint(i + 1), "birth_surname": who["birth_surname"], "given_names": who["given_names"], "birth_date": who["birth_date"]}, 0, i+1)
		note(id)
	}
	for i := range 850 { // their ids are those of other people of the register
		l.row(person{"record_id": fmt.Sprint(i + 1), "phone": fmt.Sprint("new phone ", i)}, 1, i+1, 900-i)
		note(whose[899-i])
	}
	for i := range 1700 {
		l.row(person{}, 3, i/2+1)
		note(whose[899-i/2])
	}
	// An account in the name of one client with the phone of another person of
	// the register, and one of a client that is not there.
	l.row(person{"record_id": "2999", "phone": register[17]["phone"]}, 1, 2999, 1)
	// The phone of somebody of the register, in an account of a stranger.
	l.row(person{"record_id": "2997", "phone": register[18]["phone"]}, 1, 2997, 5)
	note("")
	l.row(person{"record_id": "2998", "phone": "another phone"}, 1, 2998, 2998)
	note("")

	var before []string
	for _, threads := range []int{1, 2} {
		linked, res, printed := runTied(t, l.rows, current(register), threads, 1<<30, &l)
		wrong, missed, right := 0, 0, 0
		for row, id := range owner {
			switch got := linked[row]; {
			case got == id && id != "":
				right++
			case got == "" && id != "":
				missed++
			case got != id:
				wrong++
			}
		}
		if wrong > 2 || missed > 8 {
			t.Errorf("%d rows are linked rightly, %d to another person, %d to nobody", right, wrong, missed)
		}
		if len(linked) != int(res.Linked) {
			t.Errorf("%d links of %d rows linked", len(linked), res.Linked)
		}
		if len(res.Tied) != 2 || res.Tied[0].Rows < 650 || res.Tied[1].Rows < 1300 {
			t.Fatalf("the ties made %+v", res.Tied)
		}
		if res.Tied[0].Conflicts != 2 {
			t.Errorf("there are %d conflicts, want 2: %+v", res.Tied[0].Conflicts, res.Tied)
		}
		if !slices.ContainsFunc(printed, func(s string) bool { return strings.HasSuffix(s, " tie=clients.id") }) {
			t.Errorf("no link says that it follows a tie: %q", printed[len(printed)-1])
		}
		if before != nil && !slices.Equal(before, printed) {
			t.Error("another number of threads gives other links")
		}
		before = printed
		var phones int64
		for _, e := range l.exposed {
			if e.Kind == kind.Phone {
				phones = e.People
			}
		}
		if phones < 670 || phones > 685 {
			t.Errorf("the phones of %d people are exposed, want some 680", phones)
		}
	}
}

// TestMereNumbers tells tables that hold nothing but ids: they are linked by them
// where rows with names show that the ids are the register's, and where nothing
// does, not.
func TestMereNumbers(t *testing.T) {
	t.Parallel()
	register := world(2000, 5)
	for i := range register {
		register[i]["record_id"] = fmt.Sprint(i + 1)
	}
	for _, c := range []struct {
		name        string
		own         bool    // ids of the named table are the register's
		tied        bool    // the other table names it
		room        float64 // of the other table's ids
		least, most int
	}{
		{"the register's, and tied", true, true, 3, 300, 300},
		{"the register's, in a table that nothing ties", true, false, 3, 0, 0},
		{"the dump's, and tied", false, true, 3, 300, 300},
		{"the dump's, in a table that nothing ties", false, false, 3, 0, 0},
		{"too long for chance", true, false, 9, 300, 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var l leak
			l.table("clients.csv", named, "id=record_id")
			other := "id=record_id"
			if c.tied {
				other = "client_id=record_id"
			}
			l.table("comptes.csv", nil, other)
			l.d.Keys[1].Room = c.room
			if c.own && c.tied {
				l.d.References = []tie.Reference{{From: 1, To: 0}}
			}
			want := map[int64]string{}
			for i := range 400 {
				who := register[i]
				id := i + 1
				if !c.own {
					id = 1 + (i+777)%2000
				}
				l.row(person{"record_id": fmt.Sprint(id), "birth_surname": who["birth_surname"], "given_names": who["given_names"], "birth_date": who["birth_date"]}, 0, id)
			}
			for i := range 300 {
				id, whose := i+1, i+1
				if c.own && i < 100 { // of people whom no row names
					id, whose = 1001+i, 1001+i
				}
				if !c.own && c.tied {
					id = 1 + (i+777)%2000
				}
				l.row(person{"record_id": fmt.Sprint(id)}, 1, id)
				want[int64(len(l.rows))] = fmt.Sprint(whose)
			}
			linked, res, _ := runTied(t, l.rows, current(register), 2, 1<<30, &l)
			n := 0
			for row, id := range want {
				if linked[row] == id {
					n++
				} else if linked[row] != "" {
					t.Fatal("a row of a mere number is linked to somebody else")
				}
			}
			if n < c.least-5 || n > c.most {
				t.Errorf("%d rows of mere numbers are linked, want %d to %d; %+v", n, c.least, c.most, res.Tied)
			}
		})
	}
}
