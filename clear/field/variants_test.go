package field

import (
	"bytes"
	"slices"
	"testing"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

func variantsOf(f kind.Family, class token.Class, canonical string) []string {
	var list []string
	new(Varier).Vary(f, []byte(canonical), func(c token.Class, text []byte) {
		if c == class {
			list = append(list, string(text))
		}
	})
	return list
}

func TestForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		family kind.Family
		in     string
		want   []string
	}{
		{kind.Name, "DUPONT", []string{"DUPONT"}},
		{kind.Name, "DUPONT MARTIN", []string{"DUPONT MARTIN", "DUPONTMARTIN", "DUPONT", "MARTIN"}},
		{kind.Name, "DE LA TOUR", []string{"DE LA TOUR", "TOUR", "DELATOUR", "LATOUR", "DELATUR"}},
		{kind.Name, "ST PIERRE", []string{"ST PIERRE", "SAINT PIERRE", "STPIERRE", "SAINTPIERRE", "PIERRE", "STPIERE"}},
		{kind.Name, "JEAN PIERRE", []string{"JEAN PIERRE", "JEANPIERRE", "JEAN", "PIERRE", "JEANPIERE"}},
		{kind.Name, "BILL", []string{"BILL", "WILLIAM", "BIL"}},
		{kind.Date, "1951-05-06", []string{"1951-05-06", "1951-06-05"}},
		{kind.Date, "1951-05-16", []string{"1951-05-16"}},
		{kind.Date, "1951-05-05", []string{"1951-05-05"}},
		{kind.Date, "1915-05-25", []string{"1915-05-25", "2015-05-25"}},
		{kind.Date, "2015-05-25", []string{"2015-05-25", "1915-05-25"}},
		{kind.Name, "DUP0NT", []string{"DUP0NT", "DUPONT"}},
		{kind.Place, "CHATILLON EN MICHAILLE", []string{"CHATILLON EN MICHAILLE", "VALSERHONE"}},
		{kind.Street, "FORBES WTREET", []string{"FORBES WTREET", "FORBES"}},
		{kind.Street, "AVNUE DU PARC", []string{"AVNUE DU PARC", "DU PARC"}},
		{kind.Street, "AVENUEDU PARC", []string{"AVENUEDU PARC", "DU PARC"}},
		{kind.Street, "LE BOURG", []string{"LE BOURG"}},
		{kind.Place, "LE HAVRE", []string{"LE HAVRE", "HAVRE"}},
		{kind.Street, "AVENUE DU PARC BP 12", []string{"AVENUE DU PARC BP 12", "AVENUE DU PARC", "DU PARC"}},
		{kind.Street, "STANLEY STREET", []string{"STANLEY STREET", "STANLEY"}},
		{kind.NoFamily, "X", nil},
	} {
		if got := variantsOf(test.family, token.Form, test.in); !slices.Equal(got, test.want) {
			t.Errorf("%s %s: %q, want %q", test.family, test.in, got, test.want)
		}
	}
}

// Values that are one error apart share a variant.
func TestNearValuesMeet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		family kind.Family
		class  token.Class
		a, b   string
	}{
		{kind.Name, token.Edit, "DUPONT", "DUPOND"},
		{kind.Name, token.Edit, "DUPONT", "DUPNT"},
		{kind.Name, token.Edit, "DUPONT", "DUPOONT"},
		{kind.Name, token.Edit, "DUPONT", "DUPNOT"},
		{kind.Name, token.Edit, "LE GOFF", "LEGOF"},
		{kind.Name, token.Sound, "GAUTHIER", "GOTIER"},
		{kind.Name, token.Form, "MOHAMMED", "MUHAMMAD"},
		{kind.Name, token.Form, "JP", "JEAN PIERRE"},
		{kind.Name, token.Form, "JEAN PIERRE", "JEAN"},
		{kind.Name, token.Form, "LISA", "BETH"},
		{kind.Date, token.Edit, "1951-05-06", "1951-05-07"},
		{kind.Date, token.Edit, "1951-05-06", "1951506"}, // the digits of a date that lacks one
		{kind.Date, token.Form, "1951-05-06", "1951-06-05"},
		{kind.Date, token.Sound, "1951-05-06", "1951-05-28"},
		{kind.Date, token.Sound, "1951-05-06", "1961-05-06"},
		{kind.Place, token.Form, "LE HAVRE", "HAVRE"},
		{kind.Street, token.Form, "RUE DE PARIS", "AVENUE DE PARIS"},
		{kind.Street, token.Edit, "RUE ROUSSEAU", "AVENUE ROUSSAU"},
	} {
		a, b := variantsOf(test.family, test.class, test.a), variantsOf(test.family, test.class, test.b)
		if !slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) }) {
			t.Errorf("%s and %s share none of %q and %q", test.a, test.b, a, b)
		}
	}
	if got := variantsOf(kind.Date, token.Sound, "1950-05-00"); !slices.Equal(got, []string{"1950-05-"}) {
		t.Errorf("unknown components are compared: %q", got)
	}
	if got := variantsOf(kind.Date, token.Sound, "1951-05-06"); !slices.Equal(got, []string{"1951-05-", "1951--06", "-05-06"}) {
		t.Errorf("components %q", got)
	}
}

func TestChance(t *testing.T) {
	t.Parallel()
	for _, k := range kind.All() {
		if c := Chance(k); c <= 0 || c > 1 {
			t.Errorf("%s: chance %v", k, c)
		}
	}
	if Chance(kind.NIR) == 1 || Chance(kind.BirthDate) != 1 {
		t.Error("a NIR has a key, a date has none")
	}
}

func FuzzVariants(f *testing.F) {
	for _, s := range []string{"DUPONT MARTIN", "1951-05-06", "王小明", "AAAA", "RUE BP 1 X", "ST", "-", " "} {
		for family := range byte(5) {
			f.Add(family, s)
		}
	}
	f.Fuzz(func(t *testing.T, family byte, canonical string) {
		if !utf8.ValidString(canonical) {
			return
		}
		seen := map[string]bool{}
		first := true
		new(Varier).Vary(kind.Family(family%5), []byte(canonical), func(class token.Class, text []byte) {
			if first && (class != token.Form || !bytes.Equal(text, []byte(canonical))) {
				t.Fatalf("the first variant of %q is %q", canonical, text)
			}
			first = false
			key := string(rune('0'+class)) + string(text)
			if seen[key] {
				t.Fatalf("%q yields %q twice in class %d", canonical, text, class)
			}
			seen[key] = true
			if len(text) == 0 {
				t.Fatalf("%q yields nothing in class %d", canonical, class)
			}
		})
		if len(seen) > 2*len(canonical)+40 {
			t.Fatalf("%d characters yield %d variants", len(canonical), len(seen))
		}
	})
}
