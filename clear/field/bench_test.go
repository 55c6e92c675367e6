package field

import (
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

var benchCells = []struct {
	name string
	kind kind.Kind
	in   string
}{
	{"surname", kind.BirthSurname, "DUPONT-MARTIN"},
	{"surname accents", kind.BirthSurname, "Lefèvre d’Ormesson"},
	{"given names", kind.GivenNames, "Jean-Pierre Marie"},
	{"given names accents", kind.GivenNames, "Zoé Chloé"},
	{"given names misread", kind.GivenNames, "ChloÃ©"},
	{"full name", kind.FullName, "Marie-Claude DUPONT"},
	{"full name by odds", kind.FullName, "DUPONT MARIE CLAUDE"},
	{"sex", kind.Sex, "Mme"},
	{"date iso", kind.BirthDate, "1951-05-06"},
	{"date french", kind.BirthDate, "06/05/1951"},
	{"date words", kind.BirthDate, "6 mai 1951"},
	{"nir", kind.NIR, "2 95 10 99 126 111 93"},
	{"tax number", kind.TaxNumber, "3023217600053"},
	{"email", kind.Email, "jean.dupont@mail.example"},
	{"phone", kind.Phone, "06 39 98 01 23"},
	{"phone abroad", kind.Phone, "+44 20 7946 0018"},
	{"postcode", kind.PostCode, "35000"},
	{"city", kind.City, "Saint-Germain-en-Laye"},
	{"city code", kind.CityCode, "35238"},
	{"country", kind.Country, "France"},
	{"address", kind.Address, "154 Avenue Chardonnet"},
	{"whole address", kind.Address, "12 bis, av. du Gal de Gaulle, 94350 Villiers-sur-Marne"},
	{"iban", kind.IBAN, "FR14 2004 1010 0505 0001 3M02 606"},
	{"login", kind.Login, "jdupont42"},
	{"date-time", kind.DateTime, "2024-01-02 03:04:05"},
}

func BenchmarkSplit(b *testing.B) {
	for _, c := range benchCells {
		b.Run(c.name, func(b *testing.B) {
			var s Splitter
			in := []byte(c.in)
			b.ReportAllocs()
			for b.Loop() {
				s.Split(c.kind, 1, in)
			}
		})
	}
}

var benchValues = []struct {
	family kind.Family
	in     string
}{
	{kind.Name, "DE LA TOUR ST MARTIN"},
	{kind.Name, "BOB"},
	{kind.Date, "1951-05-06"},
	{kind.Place, "LE HAVRE"},
	{kind.Street, "AVENUE DU GENERAL DE GAULLE BP 12"},
}

func BenchmarkVary(b *testing.B) {
	for _, c := range benchValues {
		b.Run(c.family.String(), func(b *testing.B) {
			in := []byte(c.in)
			var v Varier
			b.ReportAllocs()
			for b.Loop() {
				v.Vary(c.family, in, func(token.Class, []byte) {})
			}
		})
	}
}

// The cells of a benchmark allocate nothing once the splitter is warm, but for
// the few kinds of text that libraries read.
func TestSplitDoesNotAllocate(t *testing.T) {
	for _, c := range benchCells {
		if c.name == "phone abroad" || c.kind == kind.IPAddress {
			continue
		}
		var s Splitter
		in := []byte(c.in)
		s.Split(c.kind, 1, in)
		if n := testing.AllocsPerRun(20, func() { s.Split(c.kind, 1, in) }); n > 0 {
			t.Errorf("%s: %v allocations a cell", c.name, n)
		}
	}
}

func TestVaryDoesNotAllocate(t *testing.T) {
	var v Varier
	for _, c := range benchValues {
		in := []byte(c.in)
		vary := func() { v.Vary(c.family, in, func(token.Class, []byte) {}) }
		vary()
		if n := testing.AllocsPerRun(20, vary); n > 0 {
			t.Errorf("%s: %v allocations a value", c.family, n)
		}
	}
}
