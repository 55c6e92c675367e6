package field

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/internal/datatest"
)

func TestVectorsOfNIR(t *testing.T) {
	t.Parallel()
	var vectors struct {
		Valid    []string `json:"valid"`
		Invalid  []struct{ NIR, Why string }
		NNPValid []string `json:"nnp_valid"`
		MIGValid []string `json:"mig_valid"`
	}
	if err := json.Unmarshal(datatest.Read(t, "id-vectors/nir-nnp-vectors.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	for _, list := range [][]string{vectors.Valid, vectors.NNPValid, vectors.MIGValid} {
		for _, in := range list {
			if v := Parse(kind.NIR, in); v.Validity() != Valid && v.Validity() != Odd {
				t.Errorf("%q is %s: %s", in, v.Validity(), v.Reason())
			}
		}
	}
	for _, in := range vectors.Invalid {
		if v := Parse(kind.NIR, in.NIR); v.Validity() == Valid {
			t.Errorf("%q is valid though its %s is wrong", in.NIR, in.Why)
		}
	}
}

func TestVectorsOfPythonStdnum(t *testing.T) {
	t.Parallel()
	var vectors map[string][]struct {
		Call    string
		Args    []string
		Result  any
		Error   string
		Valid   bool `json:"all_valid"`
		Numbers []string
	}
	if err := json.Unmarshal(datatest.Read(t, "id-vectors/python-stdnum-vectors.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for name, k := range map[string]kind.Kind{"fr.nir": kind.NIR, "fr.siren": kind.SIRET, "fr.siret": kind.SIRET, "fr.nif": kind.TaxNumber, "iban": kind.IBAN} {
		for _, v := range vectors[name] {
			var numbers []string
			switch {
			case v.Call == "validate" && len(v.Args) == 1:
				numbers = v.Args
			case v.Call == "is_valid" && v.Valid:
				numbers = v.Numbers
			default:
				continue
			}
			for _, in := range numbers {
				checked++
				got := Parse(k, in)
				if (v.Error == "") != (got.Validity() == Valid) {
					t.Errorf("%s %q is %s (%s), python-stdnum says %q", name, in, got.Validity(), got.Reason(), v.Error)
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d vectors checked", checked)
	}
}

func TestIBANLengthsOfTheRegistry(t *testing.T) {
	t.Parallel()
	scanner := bufio.NewScanner(bytes.NewReader(datatest.Read(t, "id-vectors/iban-registry-formats.dat")))
	countries := 0
	for scanner.Scan() {
		line := scanner.Text()
		country, rest, ok := strings.Cut(line, " ")
		if !ok || len(country) != 2 {
			continue
		}
		_, bban, _ := strings.Cut(rest, `bban="`)
		length, n := 4, 0
		for _, c := range bban {
			switch {
			case c >= '0' && c <= '9':
				n = n*10 + int(c-'0')
			case c == '!':
				length += n
				n = 0
			default:
				n = 0
			}
		}
		countries++
		if got := IBANLength(country); got != length {
			t.Errorf("%s: %d characters, the registry has %d", country, got, length)
		}
	}
	if countries*4 != len(ibanLengths) {
		t.Errorf("the registry has %d countries, the table %d", countries, len(ibanLengths)/4)
	}
}

// The generated dump is clean: every cell is valid for its kind.
func TestGeneratedDump(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(bytes.NewReader(datatest.Read(t, "dumps-generated/clients-copy.csv.gz"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]kind.Kind{
		"sexe": kind.Sex, "nom": kind.BirthSurname, "prenom": kind.GivenNames, "naissance": kind.BirthDate, "naissance_insee": kind.BirthPlaceCode,
		"nir": kind.NIR, "adresse": kind.Address, "code_postal": kind.PostCode, "commune": kind.City, "commune_insee": kind.CityCode,
		"courriel": kind.Email, "telephone": kind.Phone,
	}
	var s Splitter
	for column, name := range rows[0] {
		k, ok := kinds[name]
		if !ok {
			continue
		}
		count := map[Validity]int{}
		for n, row := range rows[1:] {
			_, validity, reason := s.Split(k, 1, []byte(row[column]))
			count[validity]++
			if validity == Invalid && k != kind.NIR && k != kind.Email {
				t.Errorf("row %d, %s: %s", n+1, name, reason)
			}
		}
		if filled := len(rows) - 1 - count[Empty]; (count[Valid]+count[Odd])*100 < filled*99 {
			t.Errorf("%s: %v", name, count)
		}
	}
}

// addok's street types are ours, and its house numbers are found.
func TestVectorsOfAddok(t *testing.T) {
	t.Parallel()
	var vectors map[string][][2]json.RawMessage
	if err := json.Unmarshal(datatest.Read(t, "fr-voies/addok-address-vectors.json"), &vectors); err != nil {
		t.Fatal(err)
	}
	wrong, total := 0, 0
	for _, v := range vectors["test_street_type_patterns"] {
		var word string
		var want bool
		if json.Unmarshal(v[0], &word) != nil || json.Unmarshal(v[1], &want) != nil {
			continue
		}
		total++
		folded := Parse(kind.AddressExtra, word).Canonical()
		if (streetType([]byte(folded)) != "") != want {
			t.Errorf("%s: a street type? want %v", word, want)
			wrong++
		}
	}
	for _, v := range vectors["test_match_housenumber"] {
		var in string
		var want any
		if json.Unmarshal(v[0], &in) != nil || json.Unmarshal(v[1], &want) != nil {
			continue
		}
		total++
		got := ""
		var s Splitter
		ps, _, _ := s.Split(kind.Address, 1, []byte(in))
		for _, p := range ps {
			if p.Column.Kind == kind.HouseNumber {
				got = string(p.Text)
			}
		}
		wanted, _ := want.(string)
		if got != strings.ToUpper(wanted) {
			t.Errorf("%q has house number %q, want %q", in, got, wanted)
		}
	}
	if total < 40 {
		t.Errorf("only %d vectors", total)
	}
}

// The two spellings of communes, INSEE's and La Poste's, meet.
func TestCommunesMeet(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(bytes.NewReader(datatest.Read(t, "fr-communes/communes.csv.gz"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	post, err := csv.NewReader(bytes.NewReader(datatest.Read(t, "fr-communes/laposte-hexasmal-2025.csv.gz"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	insee := map[string]string{}
	for _, row := range rows[1:] {
		if row[2] == "commune-actuelle" {
			insee[row[0]] = Parse(kind.City, row[1]).Canonical()
		}
	}
	met, total := 0, 0
	for _, row := range post[1:] {
		if want, ok := insee[row[0]]; ok {
			total++
			if Parse(kind.City, row[1]).Canonical() == want {
				met++
			}
		}
	}
	t.Logf("%d of %d", met, total)
	if met*1000 < total*995 {
		t.Errorf("only %d of %d communes are spelt the same", met, total)
	}
}
