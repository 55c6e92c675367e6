package link_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/token"
)

// kept is what an assessment keeps, and the register it was made against.
type kept struct {
	t        *testing.T
	dir      string
	register []version
	model    *link.Model
	links    map[int64]string // printed
}

// keep links rows to a register, and keeps what an assessment keeps.
func keep(t *testing.T, rows []person, register []version) *kept {
	t.Helper()
	k := &kept{t: t, dir: t.TempDir(), register: register}
	_, _, printed := runAnd(t, rows, register, 2, 1<<30, func(s engine.Session, res *link.Result) {
		for name, query := range map[string]string{"tokens": "SELECT * FROM dump ORDER BY row", "lexicon": "SELECT * FROM dump_lexicon"} {
			if err := s.Write(context.Background(), k.path(name), query); err != nil {
				t.Fatal(err)
			}
		}
		k.write(res)
	})
	k.print(printed)
	return k
}

func (k *kept) path(name string) string { return filepath.Join(k.dir, name+".parquet") }

func (k *kept) write(res *link.Result) {
	k.t.Helper()
	ctx := context.Background()
	if err := errors.Join(res.KeepLinks(ctx, k.path("links")), res.KeepOpen(ctx, k.path("open"))); err != nil {
		k.t.Fatal(err)
	}
	// As a file has it.
	text, err := json.Marshal(res.Model())
	if err != nil {
		k.t.Fatal(err)
	}
	k.model = &link.Model{}
	if err := json.Unmarshal(text, k.model); err != nil {
		k.t.Fatal(err)
	}
}

func (k *kept) print(links []string) {
	k.links = map[int64]string{}
	for _, line := range links {
		var row int64
		fmt.Sscan(line, &row)
		k.links[row] = line
	}
}

func (k *kept) session() (s engine.Session, people int64, filled map[string]int64) {
	k.t.Helper()
	s, err := duckdb.Open(context.Background(), engine.Config{Threads: 1, Dir: k.dir, Memory: 1 << 30})
	if err != nil {
		k.t.Fatal(err)
	}
	k.t.Cleanup(func() { s.Close() })
	people, filled = loadRegister(k.t, s, k.register)
	return s, people, filled
}

// again links anew, with what people decided.
func (k *kept) again(rulings ...link.Ruling) *link.Result {
	k.t.Helper()
	ctx := context.Background()
	s, people, filled := k.session()
	res, err := link.Run(ctx, link.Config{
		Session: s, Tokens: []string{k.path("tokens")}, Lexicon: []string{k.path("lexicon")},
		Dump: layout, Register: layout, People: people, Filled: filled, Rulings: rulings,
	})
	if err != nil {
		k.t.Fatal(err)
	}
	var printed []string
	if err := res.Links(ctx, func(l link.Link) error {
		printed = append(printed, fmt.Sprintf("%d %s %.6f %.3f %s", l.Row, l.Sealed, l.Probability, l.Weight, l.Agreement))
		return nil
	}); err != nil {
		k.t.Fatal(err)
	}
	k.write(res)
	k.print(printed)
	return res
}

func (k *kept) explain(s engine.Session, row int64) (*link.Explanation, error) {
	return link.Explain(context.Background(), link.Kept{
		Session: s, Model: k.model, Layout: layout,
		Tokens: k.path("tokens"), Lexicon: k.path("lexicon"), Links: k.path("links"), Open: k.path("open"),
	}, row)
}

// troubled is a small incident with something of everything: changes, typing
// errors, twins, somebody with two records, strangers.
func troubled() (rows []person, register []version) {
	people := world(3000, 7)
	register = current(people)
	moved := people[20].with("email", "new-mail", "postcode", "99999", "city", "elsewhere")
	register[20].until = int64(1)
	register = append(register, version{person: 20, segment: 1, values: moved})
	register = append(register, version{person: 3000, values: people[30].with("record_id", "second", "email", "", "phone", "")})
	twin := people[40].with("record_id", "twin", "given_names", "givenZZZZ1", "email", "twin-mail")
	register = append(register, version{person: 3001, values: twin})
	for i := range 400 {
		rows = append(rows, people[i].with("record_id", ""))
	}
	rows[10] = rows[10].with("birth_surname", rows[10]["birth_surname"]+"E", "email", "", "phone", "")
	rows[11] = rows[11].with("birth_date", "19010101", "email", "")
	rows[12] = rows[12].with("birth_surname", rows[12]["given_names"], "given_names", rows[12]["birth_surname"])
	rows[13] = person{"email": rows[13]["email"]}
	rows[14] = person{"birth_surname": rows[14]["birth_surname"], "given_names": rows[14]["given_names"], "birth_date": rows[14]["birth_date"]}
	rows[30] = rows[30].with("email", "", "phone", "")
	rows = append(rows, twin.with("record_id", "", "email", "", "given_names", "")) // 401: either twin
	rows = append(rows, world(50, 8)...)                                            // of nobody in the register
	rows = append(rows, person{"birth_surname": people[2]["birth_surname"], "city": people[2]["city"]}, person{})
	return rows, register
}

func TestExplainGivesTheProbabilityOfTheLink(t *testing.T) {
	t.Parallel()
	rows, register := troubled()
	k := keep(t, rows, register)
	s, _, _ := k.session()
	verdicts := map[link.Verdict]int{}
	for i := range rows {
		row := int64(i + 1)
		if row > 45 && row < 395 || row > 415 && row < 450 {
			continue // as those before
		}
		e, err := k.explain(s, row)
		if err != nil {
			t.Fatalf("row %d: %v", row, err)
		}
		verdicts[e.Verdict]++
		line, linked := k.links[row]
		if linked != (e.Verdict == link.Linked) {
			t.Fatalf("row %d is %s, and its link is %q", row, e.Verdict, line)
		}
		for _, c := range e.Candidates {
			sum := c.Start + c.Present + c.Relatives + c.Rivals + c.Shown
			for _, v := range c.Evidence {
				sum += v.Bits
			}
			if got := 1 / (1 + math.Exp2(-sum)); math.Abs(got-c.Probability) > 1e-9 {
				t.Errorf("row %d: the parts make %g, not %g", row, got, c.Probability)
			}
		}
		if !linked {
			continue
		}
		c := e.Candidates[0]
		if fields := strings.Fields(line); fields[1] != string(c.Sealed) || fields[2] != fmt.Sprintf("%.6f", e.Probability) || math.Abs(c.Probability-e.Probability) > 6e-7 {
			t.Errorf("row %d: %s %g of %g, and the link is %s", row, c.Sealed, e.Probability, c.Probability, line)
		}
		for _, v := range c.Evidence {
			if v.Level != "" && !strings.Contains(line, v.Aspect+"="+v.Level) {
				t.Errorf("row %d: %s=%s is not in the link: %s", row, v.Aspect, v.Level, line)
			}
		}
	}
	if verdicts[link.Linked] < 45 || verdicts[link.Ambiguous] < 2 || verdicts[link.Unlinked] < 10 {
		t.Errorf("too little of something was explained: %v", verdicts)
	}
}

func TestExplainTellsWhatIsStale(t *testing.T) {
	t.Parallel()
	rows, register := troubled()
	k := keep(t, rows, register)
	s, _, _ := k.session()
	e, err := k.explain(s, 21) // of somebody who moved since
	if err != nil {
		t.Fatal(err)
	}
	var stale []string
	for _, v := range e.Candidates[0].Evidence {
		if v.Stale {
			stale = append(stale, v.Aspect)
		}
	}
	if got := strings.Join(stale, " "); got != "place email" {
		t.Errorf("stale: %q", got)
	}
}

func TestExplainRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	rows, register := troubled()
	k := keep(t, rows, register)
	s, _, _ := k.session()
	for _, row := range []int64{0, -1, int64(len(rows) + 1), math.MaxInt64} {
		if _, err := k.explain(s, row); !errors.Is(err, link.ErrNoRow) {
			t.Errorf("row %d: %v", row, err)
		}
	}
	for name, change := range map[string]func(m *link.Model){
		"another schema":        func(m *link.Model) { m.Schema = "x" },
		"an aspect less":        func(m *link.Model) { m.Aspects = m.Aspects[1:] },
		"a level less":          func(m *link.Model) { m.Aspects[0].Levels = m.Aspects[0].Levels[1:] },
		"a level of other name": func(m *link.Model) { m.Aspects[0].Levels[0].Name = "x" },
		"another register":      func(m *link.Model) { m.Register = nil },
		"another rate":          func(m *link.Model) { m.Aspects[0].Levels[0].Match /= 2 },
	} {
		k := *k
		learnt := k.model.Aspects
		model := *k.model
		model.Aspects = nil
		for _, a := range learnt {
			a.Levels = slices.Clone(a.Levels)
			model.Aspects = append(model.Aspects, a)
		}
		k.model = &model
		change(k.model)
		if _, err := k.explain(s, 1); err == nil {
			t.Errorf("%s: nothing was found wrong", name)
		}
	}
}

func record(id string) token.Token { return sealed("record_id", id) }

func TestRulings(t *testing.T) {
	t.Parallel()
	rows, register := troubled()
	people := world(3000, 7)
	k := keep(t, rows, register)
	before := k.links
	id := func(i int) string { return people[i]["record_id"] }

	res := k.again(
		link.Ruling{Row: 31, Record: record("second"), Answer: link.Same},      // was ambiguous: two records
		link.Ruling{Row: 1, Record: record(id(0)), Answer: link.Not},           // was linked beyond doubt
		link.Ruling{Row: 2, Answer: link.Unknown},                              // so was this one
		link.Ruling{Row: 401, Record: record("twin"), Answer: link.Not},        // one of two twins
		link.Ruling{Row: 410, Record: record(id(9)), Answer: link.Same},        // of nobody by itself
		link.Ruling{Row: 5000, Record: record(id(9)), Answer: link.Same},       // no such row
		link.Ruling{Row: 5, Record: record("somebody else"), Answer: link.Not}, // no such person
	)
	if r := res.Ruled; r.Same != 2 || r.Not != 2 || r.Unknown != 1 || len(r.Void) != 2 || !r.Void[0].Row || r.Void[0].Ruling != 5 || r.Void[1].Row || r.Void[1].Ruling != 6 {
		t.Errorf("ruled: %+v", r)
	}
	if want := "31 second 1.000000 28.854 decided=same"; k.links[31] != want {
		t.Errorf("%q, want %q", k.links[31], want)
	}
	if !strings.HasPrefix(k.links[410], "410 "+id(9)+" 1.000000 28.854 decided=same") {
		t.Errorf("a row of nobody is not the one it was decided to be: %q", k.links[410])
	}
	for _, row := range []int64{1, 2} {
		if line, ok := k.links[row]; ok {
			t.Errorf("row %d is linked: %s", row, line)
		}
	}
	if !strings.HasPrefix(k.links[401], "401 "+id(40)+" ") {
		t.Errorf("one twin out, the row is not the other's: %q", k.links[401])
	}
	for row, line := range before {
		// What is learnt moves a little with the rows that are looked at again.
		if _, ruled := map[int64]bool{31: true, 1: true, 2: true, 401: true, 410: true}[row]; !ruled && (k.links[row] == "" || strings.Fields(k.links[row])[1] != strings.Fields(line)[1]) {
			t.Errorf("another row changed: %q, before %q", k.links[row], line)
		}
	}
	// What the linker itself made of them is still told.
	s, _, _ := k.session()
	for row, want := range map[int64]link.Verdict{31: link.Linked, 1: link.Linked, 2: link.Linked} {
		e, err := k.explain(s, row)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Candidates) == 0 || e.Ruled != (row == 31) || row == 31 && e.Verdict != want {
			t.Errorf("row %d: %+v", row, e)
		}
	}
	// Undone, all is as it was.
	k.again()
	for row, line := range before {
		if k.links[row] != line {
			t.Errorf("row %d: %q, before %q", row, k.links[row], line)
		}
	}
}

func TestCertaintyAddsUp(t *testing.T) {
	t.Parallel()
	rows, register := troubled()
	runAnd(t, rows, register, 2, 1<<30, func(_ engine.Session, res *link.Result) {
		c, err := res.Certainty(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		total, linked := c.None, int64(0)
		for _, b := range c.Bands {
			total += b.Linked + b.Open
			linked += b.Linked
			if b.Linked > 0 && b.From < 0.75 || b.Open > 0 && b.From >= 0.75 {
				t.Errorf("a band is on both sides of the threshold: %+v", b)
			}
		}
		if total != res.Rows || linked != res.Linked {
			t.Errorf("%d rows in bands, %d linked; there are %d and %d", total, linked, res.Rows, res.Linked)
		}
		if c.Average == nil || c.Sampled < 390 || len(c.Examples) != 3 {
			t.Fatalf("%+v", c)
		}
		if of := c.Examples[2].Of; of != "ambiguous" || c.Examples[2].Probability >= 0.75 {
			t.Errorf("the third example is %s with %g", of, c.Examples[2].Probability)
		}
	})
}

// TestExplainTellsWhomATiedRowFollows explains rows of three tables: clients, who
// are named, their accounts, and what was paid from those.
func TestExplainTellsWhomATiedRowFollows(t *testing.T) {
	t.Parallel()
	register, strangers := world(3000, 1), world(100, 2)
	for i := range register {
		register[i]["record_id"] = fmt.Sprint(i + 1)
	}
	var l leak
	l.table("x.sql: clients", named, "id=record_id")
	l.table("x.sql: comptes", []kind.Kind{kind.Phone}, "id=record_id", "client_id")
	l.table("x.sql: operations", nil, "compte_id")
	for i := range 300 {
		who := register[(i*3+700)%3000]
		if i%5 == 4 {
			who = strangers[i/5]
		}
		l.row(person{"record_id": fmt.Sprint(i + 1), "birth_surname": who["birth_surname"], "given_names": who["given_names"], "birth_date": who["birth_date"]}, 0, i+1)
	}
	for i := range 290 {
		l.row(person{"record_id": fmt.Sprint(i + 1), "phone": fmt.Sprint("new phone ", i)}, 1, i+1, 300-i)
	}
	for i := range 290 {
		l.row(person{}, 3, i+1)
	}
	k := &kept{t: t, dir: t.TempDir(), register: current(register)}
	_, _, printed := runAll(t, l.rows, k.register, 2, 1<<30, &l, func(s engine.Session, res *link.Result) {
		for name, query := range map[string]string{"tokens": "SELECT * FROM dump ORDER BY row", "lexicon": "SELECT * FROM dump_lexicon"} {
			if err := s.Write(context.Background(), k.path(name), query); err != nil {
				t.Fatal(err)
			}
		}
		k.write(res)
	})
	k.print(printed)
	s, _, _ := k.session()
	for _, c := range []struct {
		row, via int64
		column   string
	}{
		{1, 0, ""}, {5, 0, ""}, // a client, and a stranger
		{301, 300, ""},           // the account of client 300, who is a stranger
		{302, 299, "clients.id"}, // the account of client 299
		{592, 302, "comptes.id"}, // paid from that account
	} {
		e, err := k.explain(s, c.row)
		if err != nil {
			t.Fatalf("row %d: %v", c.row, err)
		}
		line, linked := k.links[c.row]
		if linked != (e.Verdict == link.Linked) {
			t.Errorf("row %d is %s, and its link is %q", c.row, e.Verdict, line)
		}
		if (e.Tie != nil) != (c.column != "") {
			t.Errorf("row %d follows %+v", c.row, e.Tie)
			continue
		}
		if e.Tie == nil {
			continue
		}
		fields := strings.Fields(line)
		if got := e.Tie.Table + "." + e.Tie.Column; got != c.column || e.Tie.Row != c.via || string(e.Tie.Sealed) != fields[1] || fmt.Sprintf("%.6f", e.Probability) != fields[2] {
			t.Errorf("row %d follows %s of row %d, %s, with %g; the link is %s", c.row, got, e.Tie.Row, e.Tie.Sealed, e.Probability, line)
		}
	}
}
