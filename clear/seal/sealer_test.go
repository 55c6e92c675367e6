package seal_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
	"constat.example/clear/seal"
	"constat.example/clear/table"
)

func rows(width int, cells ...string) *table.Batch {
	var b table.Batch
	b.Reset(0, width)
	for i, c := range cells {
		b.AppendString(c)
		if i%width == width-1 {
			b.EndRow(int64(100 + i/width))
		}
	}
	return &b
}

func sealer(kinds ...kind.Kind) (*seal.Sealer, *token.Batch) {
	layout := token.LayoutOf(kinds)
	return seal.NewSealer(testKey(), seal.Columns{Kinds: kinds, Layout: layout}), token.NewBatch(layout)
}

func cell(t *testing.T, b *token.Batch, name string, row int) token.Token {
	t.Helper()
	c, err := token.ParseColumn(name)
	if err != nil {
		t.Fatal(err)
	}
	return b.Cells[b.Layout.Index(c)][row]
}

func TestSeal(t *testing.T) {
	t.Parallel()
	s, b := sealer(kind.RecordID, kind.BirthSurname, kind.City, kind.Unknown, kind.FreeText)
	src := rows(5,
		"a-1", "Martin", "Rennes", "?x", "hello",
		"", "", "", "", "",
		" A-3 ", " martin", "", "", "",
	)
	for range 2 { // the second time from what was remembered
		if err := s.Seal(b, src, true); err != nil {
			t.Fatal(err)
		}
		if b.Len() != 3 || !slices.Equal(b.Row, []int64{100, 101, 102}) {
			t.Fatalf("rows %v", b.Row)
		}
		if a, c := cell(t, b, "birth_surname", 0), cell(t, b, "birth_surname", 2); a == 0 || a != c {
			t.Errorf("surnames %d and %d", a, c)
		}
		if got := cell(t, b, "birth_surname", 0); got != testKey().Token(whole(kind.GivenNames), []byte("MARTIN")) {
			t.Error("a surname is not sealed as a name")
		}
		if cell(t, b, "city", 1) != 0 || cell(t, b, "record_id", 1) != 0 {
			t.Error("an empty cell has a token")
		}
		want := []kind.Set{
			kind.Set(0).With(kind.RecordID).With(kind.BirthSurname).With(kind.City).With(kind.Unknown).With(kind.FreeText),
			0,
			kind.Set(0).With(kind.RecordID).With(kind.BirthSurname),
		}
		for i, w := range want {
			if kind.Set(b.Kinds[i]) != w {
				t.Errorf("row %d has kinds %v, want %v", i, kind.Set(b.Kinds[i]).Kinds(), w.Kinds())
			}
		}
		for i, want := range []string{"a-1", "", "A-3"} {
			if want == "" {
				if len(b.RecordID[i]) != 0 {
					t.Errorf("row %d has an id", i)
				}
				continue
			}
			if got, err := testKey().OpenRecordID(b.RecordID[i]); err != nil || got != want {
				t.Errorf("row %d: id %q, %v", i, got, err)
			}
		}
	}
	counts := s.Counts()
	if c := counts[0]; c.Filled != 4 || c.MissingIDs != 2 || c.FirstMissing != 101 {
		t.Errorf("record ids %+v", c)
	}
	if c := counts[1]; c.Filled != 4 || c.Valid != 4 || c.MissingIDs != 0 {
		t.Errorf("surnames %+v", c)
	}
	sum := counts[0].Add(counts[0])
	if sum.Filled != 8 || sum.MissingIDs != 4 || sum.FirstMissing != 101 {
		t.Errorf("sum %+v", sum)
	}
}

func TestCountAddIsCommutative(t *testing.T) {
	t.Parallel()
	a := seal.Count{Filled: 3, Valid: 1, Odd: 2, Reasons: []seal.ReasonCount{{field.Shape, 2}}, MissingIDs: 1, FirstMissing: 9}
	b := seal.Count{Filled: 4, Invalid: 4, Reasons: []seal.ReasonCount{{field.Shape, 1}, {field.Shape + 1, 3}}}
	ab, ba := a.Add(b), b.Add(a)
	if fmt.Sprint(ab) != fmt.Sprint(ba) || ab.Filled != 7 || ab.FirstMissing != 9 || len(ab.Reasons) != 2 || ab.Reasons[0].Cells != 3 {
		t.Errorf("%+v, %+v", ab, ba)
	}
}

func TestWithoutIDs(t *testing.T) {
	t.Parallel()
	s, b := sealer(kind.RecordID)
	if err := s.Seal(b, rows(1, "17"), false); err != nil {
		t.Fatal(err)
	}
	if len(b.RecordID) != 0 || cell(t, b, "record_id", 0) == 0 {
		t.Errorf("ids %v, token %d", b.RecordID, cell(t, b, "record_id", 0))
	}
}

func TestOccurrences(t *testing.T) {
	t.Parallel()
	kinds := slices.Repeat([]kind.Kind{kind.Email}, token.MaxOccurrences+2)
	s, b := sealer(append(kinds, kind.BirthDate, kind.BirthDate)...)
	cells := make([]string, len(kinds))
	for i := range cells {
		cells[i] = fmt.Sprintf("m%d@b.example", i)
	}
	src := rows(len(kinds)+2, slices.Concat(cells, []string{"", "1990-01-02"}, cells, []string{"1990-01-02", "1991-01-02"})...)
	if err := s.Seal(b, src, false); err != nil {
		t.Fatal(err)
	}
	for n, name := range []string{"email", "email_2", "email_3", "email_4"} {
		if cell(t, b, name, 0) == 0 || n > 0 && cell(t, b, name, 0) == cell(t, b, "email", 0) {
			t.Errorf("%s is not sealed", name)
		}
	}
	if d := cell(t, b, "birth_date", 0); d == 0 || d != cell(t, b, "birth_date", 1) {
		t.Error("the first date that is filled does not win")
	}
	if c := s.Counts()[len(kinds)-1]; c.Filled != 2 {
		t.Errorf("the sixth e-mail is not counted: %+v", c)
	}
}

func TestWiderLayout(t *testing.T) {
	t.Parallel()
	layout := token.LayoutOf([]kind.Kind{kind.NIR, kind.City, kind.City})
	s := seal.NewSealer(testKey(), seal.Columns{Kinds: []kind.Kind{kind.City, kind.Login}, Layout: layout})
	b := token.NewBatch(layout)
	if err := s.Seal(b, rows(2, "Rennes", "jdoe"), false); err != nil {
		t.Fatal(err)
	}
	if cell(t, b, "city", 0) == 0 || cell(t, b, "nir", 0) != 0 {
		t.Error("wrong columns are filled")
	}
	if !kind.Set(b.Kinds[0]).Has(kind.Login) {
		t.Error("a kind that the layout lacks is not told")
	}
}

// A value of its own column wins over one found inside another cell, which
// fills what is empty, wherever the columns stand.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	s, b := sealer(kind.Address, kind.PostCode, kind.City, kind.FullName, kind.BirthSurname, kind.GivenNames)
	src := rows(6,
		"12 rue des Acacias 35000 Rennes", "75001", "Paris", "Claire ROUSSEAU", "Durand", "Anne",
		"12 rue des Acacias 35000 Rennes", "", "", "Claire ROUSSEAU", "", "",
	)
	if err := s.Seal(b, src, false); err != nil {
		t.Fatal(err)
	}
	of := func(k kind.Kind, text string) token.Token { return testKey().Token(whole(k), []byte(text)) }
	for _, want := range []struct {
		column string
		row    int
		token  token.Token
	}{
		{"postcode", 0, of(kind.PostCode, "75001")},
		{"city", 0, of(kind.City, "PARIS")},
		{"birth_surname", 0, of(kind.BirthSurname, "DURAND")},
		{"given_names", 0, of(kind.GivenNames, "ANNE")},
		{"postcode", 1, of(kind.PostCode, "35000")},
		{"city", 1, of(kind.City, "RENNES")},
		{"birth_surname", 1, of(kind.BirthSurname, "ROUSSEAU")},
		{"given_names", 1, of(kind.GivenNames, "CLAIRE")},
		{"address", 1, of(kind.Address, "RUE DES ACACIAS")},
		{"house_number", 1, of(kind.HouseNumber, "12")},
	} {
		if got := cell(t, b, want.column, want.row); got != want.token {
			t.Errorf("row %d: %s is not the value it should be", want.row, want.column)
		}
	}
	kinds := kind.Set(0).With(kind.Address).With(kind.PostCode).With(kind.City).With(kind.BirthSurname).With(kind.GivenNames)
	for row, got := range b.Kinds {
		if kind.Set(got) != kinds {
			t.Errorf("row %d has kinds %v, want %v", row, kind.Set(got).Kinds(), kinds.Kinds())
		}
	}
}

func TestMonthFirst(t *testing.T) {
	t.Parallel()
	layout := token.LayoutOf([]kind.Kind{kind.BirthDate})
	var got [2]token.Token
	for i, monthFirst := range []bool{false, true} {
		s := seal.NewSealer(testKey(), seal.Columns{Kinds: []kind.Kind{kind.BirthDate}, MonthFirst: []bool{monthFirst}, Layout: layout})
		b := token.NewBatch(layout)
		if err := s.Seal(b, rows(1, "03/04/1990"), false); err != nil {
			t.Fatal(err)
		}
		got[i] = b.Cells[0][0]
	}
	for i, want := range []string{"1990-04-03", "1990-03-04"} {
		if got[i] != testKey().Token(whole(kind.BirthDate), []byte(want)) {
			t.Errorf("month first %v: not read as %s", i == 1, want)
		}
	}
}

func TestSealRefusesOtherColumns(t *testing.T) {
	t.Parallel()
	s, b := sealer(kind.City)
	if s.Seal(b, rows(2, "a", "b"), false) == nil {
		t.Error("rows of another width were sealed")
	}
	if s.Seal(token.NewBatch(nil), rows(1, "a"), false) == nil {
		t.Error("a batch of another layout was filled")
	}
}

func TestLexicon(t *testing.T) {
	t.Parallel()
	s, b := sealer(kind.BirthSurname, kind.GivenNames, kind.Email)
	src := rows(3, "Rousseau", "Claire", "a@b.example", "Rousseau", "Rousseau", "", "rousseau", "", "")
	if err := s.Seal(b, src, false); err != nil {
		t.Fatal(err)
	}
	entries := s.Lexicon(nil)
	values := map[token.Token]int{}
	for _, e := range entries {
		if e.Family != kind.Name || e.Value == 0 || e.Variant == 0 {
			t.Errorf("entry %+v", e)
		}
		if e.Class == token.Form && token.VariantOf(e.Value) == e.Variant {
			values[e.Value]++
		}
	}
	if len(values) != 2 || values[cell(t, b, "birth_surname", 0)] != 1 || values[cell(t, b, "given_names", 0)] != 1 {
		t.Errorf("values %v", values)
	}
	if err := s.Seal(b, src, false); err != nil {
		t.Fatal(err)
	}
	if again := s.Lexicon(nil); len(again) != 0 {
		t.Errorf("%d entries were told twice", len(again))
	}
}

// What a sealer remembers changes nothing: cells in any order, in one batch or
// many, seal alike.
func TestMemoChangesNothing(t *testing.T) {
	t.Parallel()
	const n = 3 << 16 // past the window, with a column that repeats and one that does not
	var src table.Batch
	src.Reset(0, 2)
	for i := range n {
		src.AppendString(fmt.Sprintf("name%d", i%977))
		src.AppendString(fmt.Sprintf("street %d", i))
		src.EndRow(int64(i + 1))
	}
	kinds := []kind.Kind{kind.BirthSurname, kind.AddressExtra}
	s, b := sealer(kinds...)
	if err := s.Seal(b, &src, false); err != nil {
		t.Fatal(err)
	}
	for i := n - 1; i >= 0; i -= 7919 {
		s, one := sealer(kinds...)
		if err := s.Seal(one, rows(2, string(src.Cell(i, 0)), string(src.Cell(i, 1))), false); err != nil {
			t.Fatal(err)
		}
		for c := range one.Cells {
			if one.Cells[c][0] != b.Cells[c][i] {
				t.Fatalf("row %d column %d seals differently", i, c)
			}
		}
	}
	if c := s.Counts()[1]; c.Filled != n {
		t.Errorf("%+v", c)
	}
}

var peopleKinds = []kind.Kind{
	kind.RecordID, kind.BirthSurname, kind.GivenNames, kind.BirthDate, kind.Email, kind.Phone,
	kind.NIR, kind.Address, kind.PostCode, kind.City,
}

// people are n invented people from number first on, whose names and streets do
// not repeat before the 26th thousand.
func people(first, n int) *table.Batch {
	b := new(table.Batch)
	b.Reset(0, len(peopleKinds))
	for i := first; i < first+n; i++ {
		name := fmt.Sprintf("%c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26)
		b.AppendString(fmt.Sprintf("A-%08d", i))
		b.AppendString("Nom" + name)
		b.AppendString(fmt.Sprintf("Zoé, Prénom%c-Anne", 'a'+i%26))
		b.AppendString(fmt.Sprintf("19%02d-%02d-%02d", 1+i%99, 1+i%12, 1+i%28))
		b.AppendString(fmt.Sprintf("user%d@b.example", i))
		b.AppendString(fmt.Sprintf("06 39 98 %02d %02d", i/100%100, i%100))
		b.AppendString(fmt.Sprintf("1%02d%02d35238%03d", i%100, 1+i%12, i%1000))
		b.AppendString(fmt.Sprintf("%d rue des Acacias %s", 1+i%900, name))
		b.AppendString(fmt.Sprintf("%05d", 35000+i%500))
		b.AppendString("Saint-Commune-sur-" + name[:2])
		b.EndRow(int64(i + 1))
	}
	return b
}

// A cell allocates nothing, seen before or not: what grows with values met grows
// by doubling.
func TestSealDoesNotAllocatePerCell(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector, which runs with -short, allocates by itself")
	}
	const rows, runs = 4096, 5
	for _, c := range []struct {
		name string
		step int
	}{{"seen", 0}, {"unseen", rows}} {
		s, b := sealer(peopleKinds...)
		var batches []*table.Batch
		for i := range 4 + runs {
			batches = append(batches, people(i*c.step, rows))
		}
		var entries []token.Entry
		next := func() {
			if err := s.Seal(b, batches[0], true); err != nil {
				t.Fatal(err)
			}
			entries = s.Lexicon(entries)
			batches = batches[1:]
		}
		for range 3 { // in which buffers find their size
			next()
		}
		if n := testing.AllocsPerRun(runs, next) / (rows * float64(len(peopleKinds))); n > 0.002 {
			t.Errorf("cells %s: %v allocations each", c.name, n)
		}
	}
}

// Sealers that share what they met write the variants of each value once.
func TestMetIsShared(t *testing.T) {
	t.Parallel()
	layout := token.LayoutOf(peopleKinds)
	gathered := func(sealers int) map[token.Entry]int {
		met := new(seal.Met)
		src := people(0, 3000)
		all := make([][]token.Entry, sealers)
		var wait sync.WaitGroup
		for i := range sealers {
			wait.Go(func() {
				s := seal.NewSealer(testKey(), seal.Columns{Kinds: peopleKinds, Layout: layout, Met: met})
				if err := s.Seal(token.NewBatch(layout), src, false); err != nil {
					t.Error(err)
				}
				all[i] = s.Lexicon(nil)
			})
		}
		wait.Wait()
		entries := map[token.Entry]int{}
		for _, e := range slices.Concat(all...) {
			entries[e]++
		}
		return entries
	}
	if one, four := gathered(1), gathered(4); len(one) == 0 || !maps.Equal(one, four) {
		t.Errorf("%d entries of one sealer, %d of four", len(one), len(four))
	}
}

func BenchmarkSeal(b *testing.B) {
	const n = 8192
	src := people(0, n)
	s, dst := sealer(peopleKinds...)
	if err := s.Seal(dst, src, true); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Seal(dst, src, true); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
