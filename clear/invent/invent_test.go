package invent

import (
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
	"constat.example/clear/field"
	"constat.example/clear/table"
	"constat.example/internal/figures"
)

func style(columns ...Column) Style {
	return Style{Columns: columns, MailDomain: "agence.example", Year: 2026}
}

func of(k kind.Kind, codes ...string) Column {
	c := Column{Name: k.String(), Kind: k}
	for _, code := range codes {
		c.Shapes = append(c.Shapes, shape.Count{Code: code, Cells: 100})
	}
	return c
}

// TestNumbersAreNobodys checks every kind of number: well formed, and of what is
// given to nobody.
func TestNumbersAreNobodys(t *testing.T) {
	t.Parallel()
	i := New([32]byte{1}, style(of(kind.NIR), of(kind.Phone), of(kind.IBAN), of(kind.Email), of(kind.TaxNumber), of(kind.BirthDate), of(kind.Sex), of(kind.BirthPlaceCode)))
	people := map[string]uint64{}
	for _, c := range figures.Load().Communes {
		people[c.Code] = c.People
	}
	var split field.Splitter
	valid := func(k kind.Kind, cell string) bool {
		_, validity, _ := split.Split(k, 1, []byte(cell))
		return validity == field.Valid
	}
	for range 2000 {
		row := i.Row()
		nir, phone, iban, mail, tax, born, sex, place := row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7]
		for n, k := range []kind.Kind{kind.NIR, kind.Phone, kind.IBAN, kind.Email, kind.TaxNumber, kind.BirthDate} {
			if !valid(k, row[n]) {
				t.Fatalf("%s is no %s", row[n], k)
			}
		}
		if rank := nir[10:13]; rank < "600" || rank > "989" || people[place] == 0 || people[place] > smallCommune {
			t.Fatalf("%s may be somebody's: %d people live in the commune", nir, people[place])
		}
		if nir[1:3] != born[2:4] || nir[3:5] != born[5:7] || (nir[0] == '1') != (sex == "M") {
			t.Fatalf("%s is not of a %s born on %s", nir, sex, born)
		}
		if nir[5:10] != place {
			t.Fatalf("%s is not of %s", nir, place)
		}
		if !slices.Contains(fiction[:], phone[:6]) {
			t.Fatalf("%s is not kept for fiction", phone)
		}
		if iban[4] != '0' || iban[5] == '0' {
			t.Fatalf("%s is of a bank that may be", iban)
		}
		if !strings.HasSuffix(mail, "@agence.example") {
			t.Fatalf("%s is at another domain", mail)
		}
		if !strings.HasPrefix(tax, "39") {
			t.Fatalf("%s is not of the highest tax numbers", tax)
		}
		at, err := time.Parse(time.DateOnly, born)
		if err != nil || at.Year() > 2007 || at.Year() < 1930 {
			t.Fatalf("born on %s", born)
		}
	}
}

// TestWritesAsTheRegister gives columns a way of writing and expects it back.
func TestWritesAsTheRegister(t *testing.T) {
	t.Parallel()
	is := func(s string, f func(rune) bool) bool {
		return !strings.ContainsFunc(s, func(r rune) bool { return !f(r) })
	}
	ascii := func(r rune) bool { return r < 0x80 }
	for name, test := range map[string]struct {
		column Column
		so     func(string) bool
	}{
		"day first":       {of(kind.BirthDate, "D2/D2/D4"), func(s string) bool { _, err := time.Parse("02/01/2006", s); return err == nil }},
		"compact date":    {of(kind.BirthDate, "D8"), func(s string) bool { _, err := time.Parse("20060102", s); return err == nil }},
		"phone in pairs":  {of(kind.Phone, "0 D2 D2 D2 D2 D2"), func(s string) bool { return len(s) == 14 && s[2] == ' ' }},
		"phone abroad":    {of(kind.Phone, "+33 +D11"), func(s string) bool { return strings.HasPrefix(s, "+33") && len(s) == 12 }},
		"NIR without key": {of(kind.NIR, "D13"), func(s string) bool { return len(s) == 13 }},
		"capitals":        {of(kind.GivenNames, "upper", "upper+blank"), func(s string) bool { return strings.ToUpper(s) == s && is(s, ascii) && !strings.Contains(s, ",") }},
		"small letters":   {of(kind.City, "lower+accent"), func(s string) bool { return strings.ToLower(s) == s }},
		"names titled":    {of(kind.BirthSurname, "title+accent"), func(s string) bool { return strings.ToUpper(s) != s || len(s) < 2 }},
		"sex in words":    {of(kind.Sex, "Homme", "Femme"), func(s string) bool { return s == "Homme" || s == "Femme" }},
		"always missing":  {of(kind.Email, "missing:NULL"), func(s string) bool { return s == "NULL" }},
		"always empty":    {of(kind.Phone, "empty"), func(s string) bool { return s == "" }},
		"never left out":  {of(kind.BirthDate, "empty"), func(s string) bool { return s != "" }},
		"grouped account": {of(kind.IBAN, "L2D2 D4 D4 D4 D4 D4 D3"), func(s string) bool { return len(s) == 33 }},
		"mail dotted":     {of(kind.Email, "lower+underscore+figure"), func(s string) bool { return strings.Contains(s, "@") && !strings.Contains(s, ".@") }},
		"instants":        {of(kind.DateTime, "D2/D2/D4 D2:D2"), func(s string) bool { _, err := time.Parse("02/01/2006 15:04", s); return err == nil }},
		"no kind":         {Column{Name: "statut", Values: []Value{{"actif", 90}, {"clos", 10}}}, func(s string) bool { return s == "actif" || s == "clos" }},
		"no such kind":    {of(kind.Passport, "D2L2D5"), func(s string) bool { return s == "" }},
	} {
		i := New([32]byte{2}, style(test.column))
		for range 200 {
			if got := i.Row()[0]; !test.so(got) {
				t.Errorf("%s: %q", name, got)
				break
			}
		}
	}
}

// TestSeedDecides makes the same people from one seed, and others from another.
func TestSeedDecides(t *testing.T) {
	t.Parallel()
	rows := func(seed byte) (all []string) {
		i := New([32]byte{seed}, style(of(kind.NIR), of(kind.BirthSurname)))
		for range 50 {
			all = append(all, strings.Join(i.Row(), " "))
		}
		return all
	}
	if !slices.Equal(rows(3), rows(3)) {
		t.Error("one seed makes two worlds")
	}
	if a, b := rows(3), rows(4); slices.ContainsFunc(a, func(r string) bool { return slices.Contains(b, r) }) {
		t.Error("two seeds make the same person")
	}
}

// TestStyleOf tells the style of a sample: where its people live, which values of a
// column of no kind many share, and what stays empty.
func TestStyleOf(t *testing.T) {
	t.Parallel()
	b := new(table.Batch)
	b.Reset(0, 4)
	for n := range 60 {
		for _, cell := range []string{"DUPONT", "35000", []string{"actif", "actif", "actif", "clos"}[n%4], "08AB12345"} {
			b.AppendString(cell)
		}
		if n == 0 {
			b.DropRow()
			for _, cell := range []string{"DUPONT", "20090", "secret de Paul", ""} {
				b.AppendString(cell)
			}
		}
		b.EndRow(int64(n + 1))
	}
	s := StyleOf([]string{"nom", "cp", "statut", "passeport"}, []kind.Kind{kind.BirthSurname, kind.PostCode, kind.Unknown, kind.Passport}, nil, b)
	if s.Departments["35"] != 59 || s.Departments["2A"] != 1 {
		t.Errorf("they live in %v", s.Departments)
	}
	if v := s.Columns[2].Values; len(v) != 1 || v[0].Text != "actif" {
		t.Errorf("many share %v", v)
	}
	if left := s.Left(); !slices.Equal(left, []string{"passeport"}) {
		t.Errorf("%q stay empty", left)
	}
	if err := s.Check(); err == nil {
		t.Error("people who cannot be told again are made up")
	}
	s.Columns = append(s.Columns, of(kind.BirthDate))
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	s.MailDomain, s.Year = "agence.example", 2026
	i, near := New([32]byte{5}, s), 0
	for range 200 {
		if strings.HasPrefix(i.Row()[1], "35") {
			near++
		}
	}
	if near < 180 {
		t.Errorf("%d of 200 live where the register's people do", near)
	}
}
