package reach

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"constat.example/blind/access"
	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

const epoch = int64(20_000 * day) // a day of 2024

// span is an assignment.
type span struct{ account, record, since, until int64 }

// world is an agency in Go's memory, from which all is counted the slow way.
type world struct {
	people   int           // persons 0 …; the last tenth are gone
	office   map[int]int64 // of a person
	grants   []Grant
	lists    []span
	reasons  []span
	declared []int64
	follows  map[int]int64 // the office that explains
	accesses []access.Access
}

func tokenOf(person int) int64 { return int64(rand.New(rand.NewPCG(uint64(person), 3)).Uint64() | 1) }

func (w *world) present(person int) bool { return person < w.people*9/10 }

func newWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 5))
	w := &world{people: 400, office: map[int]int64{}, follows: map[int]int64{}, declared: []int64{701, 703}}
	for p := range w.people {
		if p%7 > 0 {
			w.office[p] = int64(901 + p%4)
			w.follows[p] = int64(901 + (p+p/50)%4)
		}
	}
	for a := int64(1); a <= 12; a++ {
		g := Grant{Account: a, Listed: a != 5, Role: 800 + a%3}
		switch a % 4 {
		case 0:
			g.All = 1 << kind.Email
		case 1:
			g.Office, g.Offices = 1<<kind.NIR, []int64{901, 903}
		case 2:
			g.Assigned, g.Offices = 1<<kind.NIR, []int64{902}
		default:
			g.Office, g.Assigned, g.Offices = 1<<kind.City, 1<<kind.NIR, []int64{904}
		}
		if a == 7 {
			g.Left = epoch + 4*day
		}
		w.grants = append(w.grants, g)
		for range 30 {
			since := epoch + int64(r.IntN(12)-3)*day
			s := span{a, tokenOf(r.IntN(w.people)), since, since + int64(1+r.IntN(5))*day}
			w.lists = append(w.lists, s)
			if r.IntN(2) > 0 {
				w.reasons = append(w.reasons, s)
			}
		}
	}
	for i := range 3000 {
		a := access.Access{
			Time: epoch + int64(i)*10*day/3000, Line: int64(i + 1), Record: tokenOf(r.IntN(w.people + 20)), Count: 1,
			Account: access.Name(1 + r.IntN(10)), Address: access.Name(300 + r.IntN(3)), Office: access.Name(901 + r.IntN(4)), Action: access.Read,
		}
		if r.IntN(3) > 0 {
			a.Reason = access.Name(700 + r.IntN(5))
		}
		switch r.IntN(20) {
		case 0:
			a.Action = access.Login
		case 1:
			a.Record, a.Count, a.Action = 0, int64(r.IntN(50)), access.Search
		case 2:
			a.Record, a.Count, a.Action = 0, -1, access.Copy
		case 3:
			a.Account = 0
		case 4:
			a.Office = 0
		}
		w.accesses = append(w.accesses, a)
	}
	w.accesses = append(w.accesses, access.Access{Time: epoch + 900*day, Line: 9999, Record: 1, Account: 1, Action: access.Read}) // a clock gone wrong
	return w
}

// session lays the world out for the engine.
func (w *world) session(t testing.TB) (engine.Session, *Config) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "accesses.parquet")
	out, err := access.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Write(w.accesses); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := duckdb.Open(t.Context(), engine.Config{Dir: dir, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	var people, now, offices, follows, lists, reasons [][]any
	for p := range w.people {
		people = append(people, []any{int64(p), tokenOf(p)})
		if w.present(p) {
			now = append(now, []any{int64(p), 50 + w.office[p]})
		}
		if o := w.office[p]; o != 0 {
			offices = append(offices, []any{tokenOf(p), o})
			follows = append(follows, []any{tokenOf(p), w.follows[p]})
		}
	}
	spans := func(all []span) (rows [][]any) {
		for _, s := range all {
			rows = append(rows, []any{s.account, s.record, s.since, s.until})
		}
		return rows
	}
	lists, reasons = spans(w.lists), spans(w.reasons)
	for _, table := range []struct {
		name    string
		columns []string
		rows    [][]any
	}{
		{"reg_people", []string{"person", "record_id"}, people},
		{"reg_current", []string{"person", "home"}, now},
		{"offices", []string{"record", "office"}, offices},
		{"follows", []string{"record", "office"}, follows},
		{"lists", []string{"account", "record", "since", "until"}, lists},
		{"reasons", []string{"account", "record", "since", "until"}, reasons},
	} {
		if err := s.Load(t.Context(), table.name, table.columns, slices.Repeat([]string{"BIGINT"}, len(table.columns)), table.rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.View(t.Context(), "accesses", path); err != nil {
		t.Fatal(err)
	}
	return s, &Config{
		Session: s, Accesses: "accesses", Follows: "offices", Lists: "lists",
		Reasons: Reasons{Declared: w.declared, Assigned: "reasons", Follows: "follows"},
	}
}

// count draws the counts by SQL.
func (w *world) count(t testing.TB, change func(*Config)) *Counts {
	t.Helper()
	s, c := w.session(t)
	var err error
	var outside int64
	if c.From, c.To, outside, err = Period(t.Context(), s, "accesses"); err != nil {
		t.Fatal(err)
	}
	if c.From != epoch || c.To != epoch+10*day || outside != 1 {
		t.Fatalf("the period is %d to %d, %d outside", c.From-epoch, c.To-epoch, outside)
	}
	if change != nil {
		change(c)
	}
	seen, err := Look(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := Count(t.Context(), c, seen, w.grants)
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// could is whom an account may read by its rights, the slow way.
func (w *world) could(g *Grant) map[int64]kind.Set {
	all := map[int64]kind.Set{}
	listed := map[int64]bool{}
	for _, s := range w.lists {
		if s.account == g.Account && s.since < epoch+10*day && s.until > epoch {
			listed[s.record] = true
		}
	}
	for p := range w.people {
		if !w.present(p) {
			continue
		}
		kinds := g.All
		if slices.Contains(g.Offices, w.office[p]) {
			kinds |= g.Office
		}
		if listed[tokenOf(p)] {
			kinds |= g.Assigned
		}
		if kinds != 0 {
			all[tokenOf(p)] = kinds
		}
	}
	return all
}

// TestSQLCountsAsGoDoes: what SQL counts of an agency is what a walk over all of its reads
// and people counts, and whom an account could read is a set of people that adds up.
func TestSQLCountsAsGoDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(1)
	counts := w.count(t, nil)
	known, now := map[int64]int{}, map[int64]bool{}
	for p := range w.people {
		known[tokenOf(p)] = p
		now[tokenOf(p)] = w.present(p)
	}
	if counts.People != int64(w.people*9/10) {
		t.Errorf("%d people", counts.People)
	}
	reachable, wasRead, needed := map[int64]bool{}, map[int64]bool{}, map[int64]bool{}
	byAccount, neededBy := map[int64]map[int64]bool{}, map[int64]map[int64]bool{}
	lines, nameless := int64(0), int64(0)
	for _, a := range w.accesses[:len(w.accesses)-1] {
		if !a.Action.Reads() {
			continue
		}
		lines++
		if a.Account == 0 {
			nameless++
			continue
		}
		if a.Record == 0 {
			continue
		}
		who, whom := int64(a.Account), a.Record
		if byAccount[who] == nil {
			byAccount[who], neededBy[who] = map[int64]bool{}, map[int64]bool{}
		}
		byAccount[who][whom] = true
		p, is := known[whom]
		why := slices.Contains(w.declared, int64(a.Reason))
		if is && w.follows[p] != 0 {
			why = why || int64(a.Office) == w.follows[p] || a.Office == 0 && slices.Contains(w.grants[who-1].Offices, w.follows[p]) && w.grants[who-1].Office != 0
		}
		for _, s := range w.reasons {
			why = why || s.account == who && s.record == whom && s.since <= a.Time && a.Time < s.until
		}
		if why {
			neededBy[who][whom] = true
		}
	}
	if counts.Entries != lines || counts.Nameless != nameless {
		t.Errorf("%d reads, %d of nobody; not %d, %d", counts.Entries, counts.Nameless, lines, nameless)
	}
	var want []Read
	for i := range w.grants {
		g := &w.grants[i]
		could := w.could(g)
		for whom := range could {
			reachable[whom] = true
		}
		people, cost, kinds := counts.declared(*g, listOf(counts, g.Account), func(k kind.Set) float64 { return float64(len(k.Kinds())) })
		cells, all := 0.0, kind.Set(0)
		for _, k := range could {
			cells, all = cells+float64(len(k.Kinds())), all|k
		}
		if people != int64(len(could)) || cost != cells || kinds != all {
			t.Errorf("account %d could read %d people, weighing %v, of kinds %b; not %d, %v, %b", g.Account, people, cost, kinds, len(could), cells, all)
		}
		if byAccount[g.Account] == nil {
			continue
		}
		r := Read{Account: g.Account}
		for whom := range byAccount[g.Account] {
			there, is := now[whom]
			switch {
			case !is:
				r.Unknown++
				continue
			case !there:
				r.Gone++
				continue
			}
			r.Now++
			reachable[whom], wasRead[whom] = true, true
			if could[whom] != 0 {
				r.Within++
			}
			if neededBy[g.Account][whom] {
				r.Needed++
				needed[whom] = true
			}
		}
		want = append(want, r)
	}
	if !reflect.DeepEqual(counts.Read, want) {
		t.Errorf("read\n%+v, not\n%+v", counts.Read, want)
	}
	// Account 4 may read everybody.
	if w := (Whole{Reachable: counts.People, Read: int64(len(wasRead)), Needed: int64(len(needed))}); counts.Whole != w {
		t.Errorf("in all %+v, not %+v", counts.Whole, w)
	}
	for i := range w.grants {
		w.grants[i].All = 0
	}
	reachable = map[int64]bool{}
	for i := range w.grants {
		for whom := range w.could(&w.grants[i]) {
			reachable[whom] = true
		}
	}
	for whom := range wasRead {
		reachable[whom] = true
	}
	if got := w.count(t, nil).Whole.Reachable; got != int64(len(reachable)) {
		t.Errorf("%d people within reach, not %d", got, len(reachable))
	}
}

func listOf(c *Counts, account int64) (list []Share) {
	for _, s := range c.Lists {
		if s.Account == account {
			list = append(list, s)
		}
	}
	return list
}

// TestPlacesAreOffices: people by where they live come to the same as people by a list.
func TestPlacesAreOffices(t *testing.T) {
	t.Parallel()
	w := newWorld(2)
	byList := w.count(t, nil)
	byPlace := w.count(t, func(c *Config) {
		places, err := Places(t.Context(), c.Session, "home")
		if err != nil || places[951] != byList.Offices[901] || len(places) != 5 {
			t.Errorf("places %v: %v", places, err)
		}
		c.Follows, c.Column, c.Places = "", "home", map[int64]int64{951: 901, 952: 902, 953: 903, 954: 904}
	})
	if !reflect.DeepEqual(byList.Offices, byPlace.Offices) || !reflect.DeepEqual(byList.Lists, byPlace.Lists) {
		t.Errorf("%v and %v", byList.Offices, byPlace.Offices)
	}
	// Of people who are gone nobody knows where they live: nothing else may differ.
	if !reflect.DeepEqual(byList.Read, byPlace.Read) {
		t.Errorf("%+v and %+v", byList.Read, byPlace.Read)
	}
}

// TestLook: what logs tell of accounts.
func TestLook(t *testing.T) {
	t.Parallel()
	w := newWorld(3)
	hour := int64(day / 24)
	at := func(account access.Name, address access.Name, when int64) access.Access {
		return access.Access{Time: epoch + when, Line: when, Account: account, Address: address, Office: 902, Action: access.Read, Record: 1, Count: 1}
	}
	bulk := func(line int64, record token.Token, count int64) access.Access {
		return access.Access{Time: epoch + 40*hour, Line: line, Account: 53, Action: access.Export, Record: record, Count: count}
	}
	w.accesses = append(w.accesses,
		at(50, 300, 1), at(50, 301, 2), at(50, 300, 3), at(50, 301, hour+1), at(50, 300, hour+2), at(50, 301, hour+3), // by turns, in two hours
		at(51, 300, 1), at(51, 300, 2), at(51, 301, 3), at(51, 301, 4), // from one desk to another
		access.Access{Time: epoch + 50*hour, Account: 52, Action: access.Refused}, // never came in
		bulk(70, 5, 2), bulk(70, 7, 2), bulk(71, 0, 900), bulk(72, 0, -1),
	)
	s, c := w.session(t)
	c.From, c.To = epoch, epoch+10*day
	seen, err := Look(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	of := map[int64]Seen{}
	for _, x := range seen {
		of[x.Account] = x
	}
	for _, want := range []Seen{
		{Account: 50, First: epoch + 1, Last: epoch + hour + 3, Office: 902, Lines: 6, Largest: 1, Addresses: 2, Shared: 2},
		{Account: 51, First: epoch + 1, Last: epoch + 4, Office: 902, Lines: 4, Largest: 1, Addresses: 2},
		{Account: 53, First: epoch + 40*hour, Last: epoch + 40*hour, Lines: 4, Unnamed: 900, Bulk: 3, Untold: 1, Largest: 900},
	} {
		if of[want.Account] != want {
			t.Errorf("%+v, not %+v", of[want.Account], want)
		}
	}
	if _, is := of[52]; is {
		t.Error("whoever never came in was seen")
	}
	if n, err := Twice(t.Context(), s, "lists"); err != nil || n == 0 {
		t.Errorf("%d records twice: %v", n, err)
	}
	if n, err := Twice(t.Context(), s, "offices"); err != nil || n != 0 {
		t.Errorf("%d records twice: %v", n, err)
	}
	counts := w.count(t, nil)
	for _, x := range counts.Seen {
		if (x.AfterLeft > 0) != (x.Account == 7) {
			t.Errorf("account %d was used %d times since its person left", x.Account, x.AfterLeft)
		}
	}
}

// TestNothing: no log, no reach.
func TestNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(4)
	w.accesses = nil
	s, c := w.session(t)
	from, to, outside, err := Period(t.Context(), s, "accesses")
	if from != 0 || to != 0 || outside != 0 || err != nil {
		t.Errorf("%d, %d, %d, %v", from, to, outside, err)
	}
	counts, err := Count(t.Context(), c, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := Judge(counts, Rules{}); err != nil || f.Refused != NoReads {
		t.Errorf("%+v, %v", f, err)
	}
}

func ExampleSeverity() {
	for _, kinds := range [][]kind.Kind{{kind.City}, {kind.BirthSurname, kind.BirthDate}, {kind.BirthSurname, kind.NIR}} {
		var set kind.Set
		for _, k := range kinds {
			set = set.With(k)
		}
		fmt.Println(kinds, Severity(set))
	}
	// Output:
	// [city] 0.25
	// [birth_surname birth_date] 0.75
	// [birth_surname nir] 4
}
