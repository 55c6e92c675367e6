// Command generate writes the tables of package gazette from public files:
//
//   - given.txt from INSEE's "Fichier des prénoms" and "Fichier des noms de
//     famille", surname.txt from the latter (Licence Ouverte 2.0);
//   - city.txt from the communes and their populations that Etalab publishes
//     (Licence Ouverte 2.0), former_code.txt and former_city.txt from the
//     same and what has become of others;
//   - country.txt from INSEE's code officiel géographique of foreign countries
//     (Licence Ouverte 2.0) and the Unicode CLDR names in golang.org/x/text;
//   - departement.txt from the Etalab package "découpage administratif"
//     (Licence Ouverte 2.0).
//
// Usage: generate -data FOLDER, in the folder of the package.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"constat.example/clear/internal/fold"
	"constat.example/internal/publicfile"
)

// How many of each: all but one in thirty of those born since 1930, four
// surnames in ten, the towns where two people in three live.
const (
	givenNames = 3000
	surnames   = 3000
	cities     = 2500
	since      = "1930"
)

func main() {
	log.SetFlags(0)
	data := flag.String("data", filepath.Join("..", "..", "..", "..", "shared", "data"), "folder of the public files")
	flag.Parse()
	for _, make := range []func(data string) error{names, city, former, country, departement} {
		if err := make(*data); err != nil {
			log.Fatal(err)
		}
	}
}

// names writes the two lists of names, the most frequent first: surnames, and
// given names as "NAME sx", s the sex that nine in ten of its bearers have (1
// men, 2 women, 0 neither), x a letter that says how much more often the word
// is a given name than a surname: 'k' is as often, each letter a doubling.
func names(data string) error {
	count, surname := map[string]float64{}, map[string]float64{}
	bySex := map[string]float64{} // of names after their sex
	var total, surnameTotal float64
	err := publicfile.EachLine(filepath.Join(data, "insee-prenoms", "nat2022.csv.zip"), func(line string) error {
		f := strings.Split(line, ";")
		if len(f) != 4 || strings.HasPrefix(f[1], "_") || f[2] < since || f[2] > "2100" {
			return nil // the header, rare names, undated ones
		}
		n, _ := strconv.ParseFloat(f[3], 64)
		name := folded(f[1])
		count[name] += n
		bySex[f[0]+name] += n
		total += n
		return nil
	})
	if err != nil {
		return err
	}
	err = publicfile.EachLine(filepath.Join(data, "insee-noms", "noms2008nat_txt.zip"), func(line string) error {
		f := strings.Split(line, "\t")
		for _, decade := range f[1:] {
			if n, err := strconv.ParseFloat(decade, 64); err == nil { // else the header
				surname[folded(f[0])] += n
				surnameTotal += n
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	delete(surname, "AUTRES NOMS")
	var out bytes.Buffer
	for _, name := range top(count, givenNames) {
		sex := '0'
		switch men, women := bySex["1"+name], bySex["2"+name]; {
		case men > 9*women:
			sex = '1'
		case women > 9*men:
			sex = '2'
		}
		odds := (count[name] / total) / (max(surname[name], 10) / surnameTotal)
		fmt.Fprintf(&out, "%s %c%c\n", name, sex, 'k'+rune(max(-10, min(15, math.Round(math.Log2(odds))))))
	}
	if err := os.WriteFile("given.txt", out.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile("surname.txt", []byte(strings.Join(top(surname, surnames), "\n")+"\n"), 0o644)
}

// city writes the INSEE code and the name of communes, the largest first; of
// those of one name the largest.
func city(data string) error {
	rows, err := publicfile.Rows(filepath.Join(data, "fr-communes", "communes.csv.gz"))
	if err != nil {
		return err
	}
	people, code := map[string]float64{}, map[string]string{}
	for _, row := range rows {
		n, _ := strconv.ParseFloat(row[5], 64)
		if name := folded(row[1]); row[2] == "commune-actuelle" && n > people[name] {
			people[name], code[name] = n, row[0]
		}
	}
	var out bytes.Buffer
	for _, name := range top(people, cities) {
		fmt.Fprintln(&out, code[name]+name)
	}
	return os.WriteFile("city.txt", out.Bytes(), 0o644)
}

// former writes what has become of communes that are no more or are parts of
// others: "0109101033", a former code and the present one that took its place, and
// "CHATILLON EN MICHAILLE;VALSERHONE", a former name and that of the commune it
// is in. Arrondissements count as parts of their towns.
func former(data string) error {
	rows, err := publicfile.Rows(filepath.Join(data, "fr-communes", "communes.csv.gz"))
	if err != nil {
		return err
	}
	present := map[string]string{} // names after codes
	for _, row := range rows {
		if row[2] == "commune-actuelle" {
			present[row[0]] = folded(row[1])
		}
	}
	arrondissements := map[string]string{"13": "13055", "69": "69123", "75": "75056"}
	code, names := map[string]string{}, map[string]bool{}
	for _, row := range rows {
		switch row[2] {
		case "arrondissement-municipal":
			code[row[0]] = arrondissements[row[3]]
		case "commune-deleguee", "commune-associee":
			now, was := present[row[7]], folded(row[1])
			if now == "" {
				return fmt.Errorf("%s is part of %s, which is no commune", row[0], row[7])
			}
			if row[0] != row[7] {
				code[row[0]] = row[7]
			}
			if was != now {
				names[was+";"+now] = true
			}
		}
	}
	for _, row := range rows {
		if row[2] != "commune-actuelle" || row[8] == "" {
			continue
		}
		for _, was := range strings.Split(row[8], "|") {
			// A code that came back into use is that of its present commune.
			if _, taken := present[was]; !taken && code[was] == "" {
				code[was] = row[0]
			}
		}
	}
	codes := map[string]bool{}
	for was, now := range code {
		codes[was+now] = true
	}
	for _, table := range []struct {
		name  string
		lines map[string]bool
	}{{"former_code.txt", codes}, {"former_city.txt", names}} {
		text := strings.Join(slices.Sorted(maps.Keys(table.lines)), "\n") + "\n"
		if err := os.WriteFile(table.name, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// top returns the n most frequent names of two letters or more.
func top(count map[string]float64, n int) []string {
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	names = slices.DeleteFunc(names, func(name string) bool { return len(name) < 2 })
	return names[:min(n, len(names))]
}

// country writes "FR;FRA;99100;FRANCE|…" a line.
func country(data string) error {
	rows, err := publicfile.Rows(filepath.Join(data, "fr-communes", "cog-pays-99xxx.csv"))
	if err != nil {
		return err
	}
	code := map[string]string{"FR": "99100"}
	names := map[string][]string{}
	for _, row := range rows {
		iso := row[4]
		if strings.HasPrefix(row[1], "99") {
			code[iso] = row[1]
		}
		for _, name := range append(strings.Split(row[2], ", ou "), row[3]) {
			names[iso] = append(names[iso], folded(name))
			if head, tail, ok := strings.Cut(name, "("); ok {
				names[iso] = append(names[iso], folded(tail+" "+head))
			}
		}
	}
	french, english := display.French.Regions(), display.English.Regions()
	var out bytes.Buffer
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			iso := string([]rune{a, b})
			region, err := language.ParseRegion(iso)
			if err != nil || !region.IsCountry() || region.Canonicalize() != region || region.String() != iso {
				continue
			}
			all := names[iso]
			for _, namer := range []display.Namer{french, english} {
				all = append(all, folded(namer.Name(region)))
			}
			slices.Sort(all)
			all = slices.DeleteFunc(slices.Compact(all), func(s string) bool { return len(s) < 3 })
			if len(all) > 0 {
				fmt.Fprintf(&out, "%s;%s;%s;%s\n", iso, region.ISO3(), code[iso], strings.Join(all, "|"))
			}
		}
	}
	return os.WriteFile("country.txt", out.Bytes(), 0o644)
}

// departement writes "35;ILLE ET VILAINE" for each département and ";BRETAGNE"
// for each région that is not a département too.
func departement(data string) error {
	const departements, regions = "departements.json", "regions.json"
	var out bytes.Buffer
	seen := map[string]bool{}
	for _, file := range []string{departements, regions} {
		text, err := os.ReadFile(filepath.Join(data, "fr-communes", file))
		if err != nil {
			return err
		}
		var list []struct{ Code, Nom string }
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
		for _, d := range list {
			name := folded(d.Nom)
			if seen[name] {
				continue
			}
			seen[name] = true
			if file == regions {
				d.Code = ""
			}
			fmt.Fprintf(&out, "%s;%s\n", d.Code, name)
		}
	}
	return os.WriteFile("departement.txt", out.Bytes(), 0o644)
}

func folded(s string) string {
	var c fold.Cleaner
	text, _ := c.Clean([]byte(s), false)
	return string(fold.Words(nil, text, fold.SetOf("")))
}
