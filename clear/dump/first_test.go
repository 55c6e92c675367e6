package dump

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFirstRowOfValues holds header-less files of several kinds: what stands
// in the first row is somebody's, and must not become the name of a column.
func TestFirstRowOfValues(t *testing.T) {
	t.Parallel()
	surnames := strings.Fields("MARTIN BERNARD PETIT DURAND LEROY MOREAU SIMON LAURENT LEFEBVRE ROUX FOURNIER GIRARD")
	given := strings.Fields("Marie Jean Pierre Jacques Anne Louise Paul Camille Hugo Lucas Chantal Monique")
	cities := strings.Fields("Paris Lyon Marseille Toulouse Nice Nantes Strasbourg Rennes Grenoble Dijon Angers Brest")
	streets := strings.Split("rue de la Paix,avenue Foch,impasse des Lilas,chemin du Moulin", ",")
	many := func(first string, row func(i int) string) string {
		lines := []string{first}
		for i := range 40 {
			lines = append(lines, row(i))
		}
		return strings.Join(lines, "\n") + "\n"
	}
	names := func(i int) string { return surnames[i%12] + ";" + given[i*5%12] + ";" + cities[i*7%12] }
	for _, c := range []struct{ name, text string }{
		{"names and towns", many("BOUSSEGNAGUET;Tyler;Nantes", names)},
		{"names that no list knows", many("BOUSSEGNAGUET;Xylandre;Trifouillis", names)},
		{"names written otherwise than those below", many("martin;MARIE;nantes", names)},
		{"a surname that is a word of headers", many("VILLE;Marie;Lyon", names)},
		{"names beside a date that is missing", many("BOUSSEGNAGUET;Tyler;inconnue", func(i int) string {
			return fmt.Sprintf("%s;%s;%d-0%d-1%d", surnames[i%12], given[i*5%12], 1950+i, 1+i%9, i%9)
		})},
		{"names beside a number", many("BOUSSEGNAGUET;Tyler;x", func(i int) string { return surnames[i%12] + ";" + given[i*5%12] + ";" + fmt.Sprint(i*37) })},
		{"names beside a bad address", many("Tyler;tyler.bousse_at_courriel", func(i int) string {
			return given[i%12] + ";" + strings.ToLower(surnames[i*5%12]) + fmt.Sprint(i) + "@courriel.example"
		})},
		{"a bad address alone", many("tyler.bousse_at_courriel;x", func(i int) string {
			return strings.ToLower(surnames[i*5%12]) + fmt.Sprint(i) + "@courriel.example;y"
		})},
		{"full names and streets", many("BOUSSEGNAGUET Tyler;3 rue du Bac", func(i int) string {
			return surnames[i%12] + " " + given[i*5%12] + ";" + fmt.Sprint(1+i) + " " + streets[i%4]
		})},
		{"sex and country", many("F;Algérie;BOUSSEGNAGUET", func(i int) string { return string("MF"[i%2]) + ";France;" + surnames[i%12] })},
		{"phones with a letter", many("06 39 98 xx xx;Tyler", func(i int) string { return fmt.Sprintf("06 39 98 %02d %02d;%s", i, 99-i, given[i%12]) })},
		{"one row", "BOUSSEGNAGUET;Tyler;Nantes\n"},
		{"one column", many("Boussegnaguet", func(i int) string { return surnames[i%12] })},
		{"tabs and old bank numbers", many("FR76 compte fermé\tTyler", func(i int) string {
			return fmt.Sprintf("FR7630006000011234567890189\t%s", given[i%12])
		})},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			tables := openTables(t, "a.csv", c.text)
			for i, name := range tables[0].Columns {
				if name != columnName(i) {
					t.Errorf("column %d is named by a cell: %q", i+1, name)
				}
			}
			if tables[0].Header {
				t.Error("the row is taken for a header")
			}
		})
	}
}

// TestHeadersThatStay holds headers that could be taken for values.
func TestHeadersThatStay(t *testing.T) {
	t.Parallel()
	row := func(cells ...string) string { return strings.Join(cells, ";") + "\n" }
	body := strings.Repeat(row("MARTIN", "Marie", "1970-01-02", "Lyon")+row("DURAND", "Jean", "1981-11-02", "Paris"), 10)
	for _, header := range [][]string{
		{"nom", "prenom", "naissance", "ville"},
		{"NOM", "PRENOM", "DATE_NAISSANCE", "VILLE"},
		{"Surname", "Given name", "DOB", "Town"},
		{"NomPers", "PrenomPers", "DtNais", "Commune"},
		{"achternaam", "voornaam", "geboortedatum", "woonplaats"},
		{"nom", "inconnu1", "autre", "truc"},
	} {
		t.Run(header[0]+" "+header[1], func(t *testing.T) {
			t.Parallel()
			if got := openTables(t, "a.csv", row(header...)+body)[0]; !got.Header || !slices.Equal(got.Columns, header) {
				t.Errorf("columns %q of the header %q", got.Columns, header)
			}
		})
	}
	t.Run("with one value in it", func(t *testing.T) {
		t.Parallel()
		got := openTables(t, "a.csv", row("nom", "prenom", "naissance", "Lyon")+body)[0].Columns
		if want := []string{"nom", "prenom", "naissance", "column 4"}; !slices.Equal(got, want) {
			t.Errorf("columns %q, want %q", got, want)
		}
	})
}

// TestKeysThatTell holds JSON whose keys are people.
func TestKeysThatTell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"plain keys", `{"nom":"MARTIN","adresse":{"ville":"Lyon"},"France":1}`, []string{"nom", "adresse.ville", "France"}},
		{"full names", `{"MARTIN Marie":{"ville":"Lyon"},"nom":"x"}`, []string{"column 1", "nom"}},
		{"surnames", `{"MARTIN":{"ville":"Lyon"},"DURAND":{"ville":"Nice"},"LEROY":{"ville":"Nice"}}`, []string{"column 1", "column 2", "column 3"}},
		{"a person's values, of all kinds", `{"Boussegnaguet":1,"Xylandre":2,"FRANCE":3,"1970-01-31":4,"x@boite.example":5,"nom":6}`, []string{"column 1", "column 2", "column 3", "column 4", "column 5", "nom"}},
		{"phones and addresses", `{"06 39 98 12 34":1,"a@b.example":2,"12 rue de la Paix":3}`, []string{"column 1", "column 2", "column 3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := openTables(t, "a.jsonl", c.text+"\n"+c.text+"\n")[0].Columns; !slices.Equal(got, c.want) {
				t.Errorf("columns %q, want %q", got, c.want)
			}
		})
	}
}

func openTables(t *testing.T, name, text string) []Table {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(context.Background(), sourcesOf(t, path), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Tables
}
