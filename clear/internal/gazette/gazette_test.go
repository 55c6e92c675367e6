package gazette

import (
	"slices"
	"strings"
	"testing"

	"constat.example/clear/internal/fold"
)

func TestGiven(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"MARIE", "JEAN PIERRE", "MOHAMED", "CLAIRE", "KEVIN"} {
		if odds, ok := Given([]byte(name)); !ok || odds <= 0 {
			t.Errorf("%s: odds %d, known %v", name, odds, ok)
		}
	}
	if odds, ok := Given([]byte("MARTIN")); !ok || odds >= 0 {
		t.Errorf("MARTIN is a surname more often: odds %d, known %v", odds, ok)
	}
	if _, ok := Given([]byte("CHAMPIGNON")); ok {
		t.Error("a word that is no name was found")
	}
	if n := len(given()); n < 2900 {
		t.Errorf("only %d given names", n)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	sexes := map[string]byte{}
	for name, sex := range GivenNames() {
		sexes[name] = sex
	}
	for name, want := range map[string]byte{"JEAN": '1', "MARIE": '2', "CAMILLE": '0'} {
		if sexes[name] != want {
			t.Errorf("%s: sex %q, want %q", name, sexes[name], want)
		}
	}
	for name := range Surnames() {
		if name != "MARTIN" {
			t.Errorf("the most frequent surname is %s", name)
		}
		break
	}
	for code, name := range Cities() {
		if code != "75056" || name != "PARIS" {
			t.Errorf("the largest commune is %s %s", code, name)
		}
		break
	}
	if n := len(slices.Collect(Surnames())); n != 3000 {
		t.Errorf("%d surnames", n)
	}
}

func TestHeads(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		want []string
	}{
		{"BILL", []string{"WILLIAM"}},
		{"CATY", []string{"CATHERINE"}},
		{"MUHAMMAD", []string{"MOHAMED"}},
		{"ALEX", []string{"ALEXANDRA", "ALEXANDRE", "ALEXIS"}},
		{"WILLIAM", []string{"GUILLAUME"}},
		{"DUPONT", nil},
	} {
		if got := Heads([]byte(test.name)); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestFormerCommunes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"75112": "75056", "13201": "13055", "69389": "69123", // arrondissements
		"20004": "2A004", "75012": "92012", // Corsica and the Seine of old
		"01091": "01033", // merged
		"35238": "", "75056": "",
	} {
		if got, ok := PresentCode([]byte(code)); got != want || ok != (want != "") {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
	for _, present := range presentCode() {
		if again, ok := PresentCode([]byte(present)); ok {
			t.Errorf("%s is present, and became %s", present, again)
		}
	}
	if got := Merged([]byte("CHATILLON EN MICHAILLE")); !slices.Equal(got, []string{"VALSERHONE"}) {
		t.Errorf("merged into %v", got)
	}
	if got := Merged([]byte("RENNES")); got != nil {
		t.Errorf("RENNES is a part of %v", got)
	}
}

// Every word of the tables is folded, so that look-ups can meet it.
func TestTablesAreFolded(t *testing.T) {
	t.Parallel()
	keep := fold.SetOf(";|:,\n")
	for name, text := range map[string]string{"surname": surnameText, "city": cityText, "short": shortText, "former_city": formerCityText, "country": countryText, "departement": departementText} {
		for line := range strings.Lines(text) {
			if got := string(fold.Words(nil, []byte(line), keep)); got != line {
				t.Errorf("%s: %q folds to %q", name, line, got)
			}
		}
	}
	for line := range strings.Lines(shortText) {
		head, list, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if !ok || slices.Contains(strings.Split(list, ", "), head) {
			t.Errorf("malformed line of short forms: %q", line)
		}
	}
}

func TestCountryAndRegion(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"FR": "FR", "FRA": "FR", "FRANCE": "FR", "99352": "DZ", "ALGERIE": "DZ", "ALGERIA": "DZ",
		"ROYAUME UNI": "GB", "UNITED KINGDOM": "GB", "REPUBLIQUE TCHEQUE": "CZ", "VIETNAM": "VN", "EIRE": "IE",
	} {
		if got, _ := Country([]byte(name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"35": "35", "ILLE ET VILAINE": "35", "2A": "2A", "BRETAGNE": "BRETAGNE", "LA REUNION": "974", "ALSACE": "ALSACE",
	} {
		if got, _ := Region([]byte(name)); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, ok := Country([]byte("ATLANTIS")); ok {
		t.Error("a country that is none was found")
	}
}
