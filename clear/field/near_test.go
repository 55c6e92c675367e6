package field

import (
	"bytes"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// How two cells of one kind stand to each other.
const (
	alike   = "same"  // one canonical form
	asForm  = "form"  // one written otherwise
	asEdit  = "edit"  // one typing error apart
	asSound = "sound" // alike in sound; of dates, in two components
	atEnd   = "end"   // one end of an identifier, or the local part of a mail address
	apart   = "apart"
)

// nearness is what the linker can tell of two cells once they are sealed.
func nearness(k kind.Kind, a, b string) string {
	if x := Parse(k, a).Canonical(); x == Parse(k, b).Canonical() {
		return alike
	}
	left, right := partsOf(k, a), partsOf(k, b)
	best := token.Sound + 1
	ends := false
	for column, x := range left {
		for other, y := range right {
			f := column.Kind.Family()
			switch {
			case f != other.Kind.Family() || f == kind.NoFamily && column != other:
			case f != kind.NoFamily:
				best = min(best, nearest(f, x, y))
			case column.Role != token.Whole && bytes.Equal(x, y):
				ends = true
			}
		}
	}
	switch {
	case best == token.Form:
		return asForm
	case best == token.Edit:
		return asEdit
	case best == token.Sound:
		return asSound
	case ends:
		return atEnd
	}
	return apart
}

// nearest is the first class in which two values of a family share a variant.
func nearest(f kind.Family, a, b []byte) token.Class {
	type variant struct {
		class token.Class
		text  string
	}
	have := map[variant]bool{}
	new(Varier).Vary(f, a, func(c token.Class, text []byte) { have[variant{c, string(text)}] = true })
	best := token.Sound + 1
	new(Varier).Vary(f, b, func(c token.Class, text []byte) {
		if have[variant{c, string(text)}] {
			best = min(best, c)
		}
	})
	return best
}

// partsOf is what is sealed of a cell: of given names the first.
func partsOf(k kind.Kind, cell string) map[token.Column][]byte {
	var s Splitter
	split, _, _ := s.Split(k, 1, []byte(cell))
	out := map[token.Column][]byte{}
	for _, p := range split {
		if p.Column.Role != token.Second && p.Column.Role != token.Third {
			out[p.Column] = bytes.Clone(p.Text)
		}
	}
	return out
}

func TestWhatCountsAsNear(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		about string
		kind  kind.Kind
		a, b  string
		want  string
	}{
		{"order of a full name", kind.FullName, "DUPONT Marie", "Marie DUPONT", alike},
		{"order of a full name", kind.FullName, "Dupont, Marie", "Mme Marie Dupont", alike},
		{"order of a double surname", kind.BirthSurname, "MARTIN-DUPONT", "DUPONT MARTIN", asForm},
		{"order of a family name that stands first", kind.FullName, "NGUYEN Van An", "Van An NGUYEN", alike},
		{"names run together", kind.GivenNames, "Xiao-Ming", "Xiaoming", asForm},

		{"particle", kind.BirthSurname, "DE GAULLE", "GAULLE", asForm},
		{"particle", kind.BirthSurname, "de la Tour", "DELATOUR", asForm},
		{"particle", kind.BirthSurname, "de La Tour", "LATOUR", asForm},
		{"particle", kind.BirthSurname, "DU PONT", "DUPONT", asForm},
		{"particle", kind.BirthSurname, "LE GOFF", "LEGOFF", asForm},
		{"particle", kind.BirthSurname, "d’Artagnan", "DARTAGNAN", asForm},
		{"particle", kind.BirthSurname, "d’Artagnan", "ARTAGNAN", asForm},
		{"particle", kind.BirthSurname, "EL IDRISSI", "AL IDRISSI", asForm},
		{"particle", kind.BirthSurname, "EL IDRISSI", "ELIDRISSI", asForm},
		{"particle", kind.BirthSurname, "BEN ALI", "BENALI", asForm},
		{"particle", kind.BirthSurname, "VAN DEN BERGHE", "VANDENBERGHE", asForm},
		{"particle", kind.BirthSurname, "von Braun", "BRAUN", asForm},
		{"particle", kind.BirthSurname, "AIT AHMED", "AITAHMED", asForm},
		{"particle", kind.BirthSurname, "DA SILVA", "SILVA", asForm},
		{"particle", kind.BirthSurname, "O'CONNOR", "OCONNOR", asForm},
		{"saint", kind.BirthSurname, "ST-MARTIN", "SAINT MARTIN", asForm},

		{"hyphen", kind.BirthSurname, "Martin-Dupont", "MARTIN DUPONT", alike},
		{"joined", kind.GivenNames, "Jean-Pierre", "JEANPIERRE", asForm},
		{"half of a compound", kind.GivenNames, "Jean-Pierre", "Pierre", asForm},
		{"half of a compound", kind.GivenNames, "Jean-Pierre", "Jean", asForm},
		{"half of a double surname", kind.BirthSurname, "MARTIN DUPONT", "DUPONT", asForm},
		{"birth and used surname", kind.BirthSurname, "DUPONT née MARTIN", "MARTIN", asForm},
		{"birth and used surname", kind.BirthSurname, "MARTIN épouse DUPONT", "DUPONT née MARTIN", alike},

		{"accents", kind.GivenNames, "Élodie", "ELODIE", alike},
		{"French sound", kind.BirthSurname, "GAUTHIER", "GOTIER", asSound},
		{"French sound", kind.BirthSurname, "RENAULT", "RENO", asSound},
		{"French sound", kind.BirthSurname, "LEFEBVRE", "LEFEVRE", asEdit},

		{"short form", kind.GivenNames, "Alex", "Alexandre", asForm},
		{"short form", kind.GivenNames, "Momo", "Mohamed", asForm},
		{"short form", kind.GivenNames, "JP", "Jean-Pierre", asForm},
		{"two short forms of one name", kind.GivenNames, "Lisa", "Beth", asForm},
		{"Portuguese", kind.GivenNames, "João", "Jean", asForm},
		{"Italian", kind.GivenNames, "Beppe", "Giuseppe", asForm},
		{"Spanish", kind.GivenNames, "Paco", "Francisco", asForm},
		{"Polish", kind.GivenNames, "Małgorzata", "Marguerite", asForm},
		{"English", kind.GivenNames, "Bill", "William", asForm},
		{"no short form", kind.GivenNames, "Marie", "Martine", apart},

		{"Arabic", kind.GivenNames, "Mohamed", "Muhammad", asForm},
		{"Arabic", kind.GivenNames, "Mohammed", "Mohammad", asForm},
		{"Arabic", kind.GivenNames, "Youssef", "Yusuf", asForm},
		{"Arabic", kind.GivenNames, "Youssef", "Youcef", asForm},
		{"Arabic", kind.GivenNames, "Oualid", "Walid", asForm},
		{"Arabic", kind.BirthSurname, "KHADDOUR", "KADOUR", asForm},
		{"Arabic", kind.BirthSurname, "BOUDJEMAA", "BUJEMAA", asForm},
		{"Arabic", kind.BirthSurname, "GHOUMARI", "ROUMARI", asForm},
		{"Arabic", kind.GivenNames, "Abderrahmane", "Abdel Rahmane", asForm},
		{"Slavic", kind.GivenNames, "Sergueï", "Sergei", asForm},
		{"Slavic", kind.BirthSurname, "TCHERNOV", "CHERNOV", asForm},
		{"Cyrillic", kind.BirthSurname, "Жуков", "JOUKOV", asForm},
		{"Polish w", kind.BirthSurname, "NOWAK", "NOVAK", asForm},
		{"German", kind.BirthSurname, "MÜLLER", "MUELLER", asForm},
		{"German", kind.BirthSurname, "Strauß", "STRAUSS", alike},
		{"Turkish", kind.BirthSurname, "YILDIZ", "Yıldız", alike},

		{"letter wrong", kind.BirthSurname, "DUPONT", "DUPOMT", asEdit},
		{"letter missing", kind.BirthSurname, "DUPONT", "DUPNT", asEdit},
		{"letter doubled", kind.BirthSurname, "DUPONT", "DUUPONT", asForm},
		{"letters swapped", kind.BirthSurname, "DUPONT", "DUPNOT", asEdit},
		{"0 for O", kind.BirthSurname, "DUP0NT", "DUPONT", asForm},
		{"1 for I, twice", kind.BirthSurname, "R1V1ERE", "RIVIERE", asForm},
		{"l for I", kind.BirthSurname, "MARTlN", "MARTIN", asEdit},
		{"two letters wrong", kind.BirthSurname, "DUPONT", "DABONT", apart},
		{"short names stay apart", kind.GivenNames, "Léa", "Léo", apart},
		{"unlike names", kind.BirthSurname, "DUPONT", "MARTIN", apart},

		{"day and month", kind.BirthDate, "05/06/1951", "06/05/1951", asForm},
		{"figures swapped", kind.BirthDate, "1951-05-06", "1915-05-06", asEdit},
		{"figures swapped", kind.BirthDate, "1951-05-12", "1951-05-21", asEdit},
		{"01 and 10", kind.BirthDate, "1951-01-06", "1951-10-06", asEdit},
		{"19 and 91", kind.BirthDate, "1951-05-06", "9151-05-06", asEdit},
		{"figure wrong", kind.BirthDate, "1951-05-06", "1957-05-06", asEdit},
		{"century", kind.BirthDate, "2015-05-06", "1915-05-06", asForm},
		{"century", kind.BirthDate, "1951-05-06", "2051-05-06", asForm},
		{"century", kind.BirthDate, "1951-05-06", "1851-05-06", asForm},
		{"O for 0, l for 1", kind.BirthDate, "l951-O5-06", "1951-05-06", alike},
		{"year and month", kind.BirthDate, "1951-05-06", "05/1951", asSound},
		{"day 00", kind.BirthDate, "1951-05-06", "1951-05-00", asSound},
		{"year only", kind.BirthDate, "1951-05-06", "1951", asSound},
		{"another year only", kind.BirthDate, "1951-05-06", "1952", apart},
		{"unlike dates", kind.BirthDate, "1951-05-06", "1962-11-28", apart},

		{"CEDEX", kind.City, "RENNES CEDEX 7", "Rennes", alike},
		{"arrondissement", kind.City, "PARIS 15", "Paris 15e arrondissement", alike},
		{"arrondissement", kind.City, "LYON 3EME", "LYON", alike},
		{"arrondissement", kind.BirthPlaceCode, "75115", "75056", alike},
		{"arrondissement", kind.CityCode, "13055", "13208", alike},
		{"Corsica", kind.BirthPlaceCode, "20004", "2A004", alike},
		{"Seine", kind.BirthPlaceCode, "75012", "92012", alike},
		{"merged commune", kind.CityCode, "01091", "01033", alike},
		{"merged commune", kind.City, "Châtillon-en-Michaille", "Valserhône", asForm},
		{"article", kind.City, "LE HAVRE", "HAVRE", asForm},
		{"spelt out", kind.City, "ST MALO", "Saint-Malo", alike},
		{"spelt out", kind.City, "Châlons s/ Marne", "CHALONS-SUR-MARNE", alike},
		{"typing error", kind.City, "MARSEILE", "MARSEILLE", asEdit},
		{"another commune", kind.CityCode, "35238", "35047", apart},
		{"number of the département", kind.Region, "Ille-et-Vilaine", "35", alike},
		{"Paris, seizième", kind.PostCode, "75116", "75016", alike},
		{"Paris, seizième", kind.Address, "3 rue Copernic 75116 Paris", "3 rue Copernic, 75016 PARIS", alike},
		{"leading zero", kind.PostCode, "1000", "01000", alike},
		{"another postcode", kind.PostCode, "35000", "35200", apart},

		{"type of street", kind.Address, "RUE DE PARIS", "AVENUE DE PARIS", asForm},
		{"type spelt out", kind.Address, "12 bd Voltaire", "12, boulevard Voltaire", alike},
		{"typing error in the type", kind.Address, "12 AVENEU DU PARC", "12 AVENUE DU PARC", asForm},
		{"type run into the name", kind.Address, "12 BOULEVARDVOLTAIRE", "12 BOULEVARD VOLTAIRE", asForm},
		{"typing error", kind.Address, "3 RUE ROUSSEAU", "3 RUE ROUSSAU", asEdit},
		{"another street", kind.Address, "3 RUE ROUSSEAU", "3 RUE VOLTAIRE", apart},

		{"spaces", kind.Phone, "06 39 98 12 07", "0639981207", alike},
		{"0033", kind.Phone, "0033639981207", "0639981207", alike},
		{"+33(0)", kind.Phone, "+33 (0)6 39 98 12 07", "06.39.98.12.07", alike},
		{"leading zero missing", kind.Phone, "639981207", "0639981207", alike},
		{"overseas", kind.Phone, "0262 61 91 00", "+262 262 61 91 00", alike},
		{"overseas, as of France", kind.Phone, "+33 262 61 91 00", "0262619100", alike},
		{"last figures wrong", kind.Phone, "0639981207", "0639981270", atEnd},
		{"06 is not 07", kind.Phone, "0639981207", "0739981207", atEnd},
		{"another number", kind.Phone, "0639981207", "0199001234", apart},

		{"case", kind.Email, "Marie.Dupont@Courriel.example", "marie.dupont@courriel.example", alike},
		{"dots", kind.Email, "marie.dupont@courriel.example", "mariedupont@courriel.example", atEnd},
		{"tag", kind.Email, "marie.dupont+shop@courriel.example", "marie.dupont@courriel.example", atEnd},
		{"typing error in the domain", kind.Email, "marie.dupont@couriel.example", "marie.dupont@courriel.example", atEnd},
		{"another domain", kind.Email, "marie.dupont@poste.example", "marie.dupont@courriel.example", atEnd},
		{"another mailbox", kind.Email, "marie.dupond@courriel.example", "marie.dupont@courriel.example", apart},
	} {
		for _, way := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := nearness(test.kind, way[0], way[1]); got != test.want {
				t.Errorf("%s: %s and %s are %s, want %s", test.about, way[0], way[1], got, test.want)
			}
		}
	}
}
