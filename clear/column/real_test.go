package column_test

import (
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/clear/column"
)

const febrl = `rec_id=record_id given_name=given_names surname=birth_surname street_number=house_number address_1=address
address_2=address_extra suburb=city postcode=postcode state=region date_of_birth=birth_date soc_sec_id=identifier`

const insee = `rec_id=record_id given_name=given_names surname=birth_surname street_number=house_number address_1=address
address_2=address_extra suburb=city postcode=postcode date_of_birth=birth_date sorting_key=identifier|unknown`

const clients = `id=record_id sexe=sex nom=birth_surname prenom=given_names naissance=birth_date naissance_insee=birth_place_code nir=nir
adresse=address code_postal=postcode commune=city commune_insee=city_code courriel=email telephone=phone note=free_text
empreinte=password|unknown`

// clientsBare is what their values tell without a header.
const clientsBare = `id=unknown sexe=sex nom=birth_surname prenom=given_names naissance=birth_date naissance_insee=birth_place_code nir=nir
adresse=address code_postal=postcode commune=city commune_insee=city_code courriel=email telephone=phone note=free_text|unknown
empreinte=password|unknown`

func TestTypesOfRealFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path, want string
		bare             bool
	}{
		{"febrl 1", "linkage-febrl/dataset1.csv.gz", febrl, false},
		{"febrl 2", "linkage-febrl/dataset2.csv.gz", febrl, false},
		{"febrl 3", "linkage-febrl/dataset3.csv.gz", febrl, false},
		{"febrl 4a", "linkage-febrl/dataset4a.csv.gz", febrl, false},
		{"febrl 4b", "linkage-febrl/dataset4b.csv.gz", febrl, false},
		{"insee A", "linkage-insee-appariement/synthetic_data_10000_A.csv.gz", insee, false},
		{"insee B", "linkage-insee-appariement/synthetic_data_10000_B.csv.gz", insee, false},
		{"clients", "dumps-generated/clients-copy.csv.gz", clients, false},
		{"clients without header", "dumps-generated/clients-copy.csv.gz", clientsBare, true},
	} {
		for _, role := range []column.Role{column.Dump, column.Register} {
			name := c.name + ", dump"
			if role == column.Register {
				if c.bare {
					continue
				}
				name = c.name + ", register"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				sample, names := readCSV(t, c.path)
				want := map[string]string{}
				for f := range strings.FieldsSeq(c.want) {
					n, k, _ := strings.Cut(f, "=")
					want[n] = k
				}
				given := names
				if c.bare {
					given = make([]string, len(names))
				}
				columns, err := column.Type(sample, given, column.Options{Role: role})
				if err != nil {
					t.Fatal(err)
				}
				for i, got := range columns {
					if !matches(want[names[i]], got.Kind) {
						t.Errorf("%s: %v (%.3f), want %s\n  %s\n  %v", names[i], got.Kind, got.Confidence, want[names[i]], strings.Join(got.Evidence, "\n  "), got.Alternatives)
					}
				}
			})
		}
	}
}

// matches reports whether k is one of the kinds that want lists.
func matches(want string, k kind.Kind) bool {
	for w := range strings.SplitSeq(want, "|") {
		if w == k.String() {
			return true
		}
	}
	return false
}
