// Command maketables writes the tables of package gazette from public files:
//
//   - given.txt from INSEE's "Fichier des prénoms" (national, CSV) and
//     "Fichier des noms de famille" (Licence Ouverte 2.0);
//   - country.txt from INSEE's code officiel géographique of foreign countries
//     (Licence Ouverte 2.0) and the Unicode CLDR names in golang.org/x/text;
//   - departement.txt from the Etalab package "découpage administratif"
//     (Licence Ouverte 2.0).
//
// Usage: maketables -prenoms nat2022.csv -noms noms2008nat_txt.txt
// -pays cog-pays-99xxx.csv -departements departements.json
// -regions regions.json, in the folder of the package.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"constat.example/clear/field/internal/fold"
)

func main() {
	log.SetFlags(0)
	prenoms := flag.String("prenoms", "nat2022.csv", "INSEE given names")
	noms := flag.String("noms", "noms2008nat_txt.txt", "INSEE surnames")
	pays := flag.String("pays", "cog-pays-99xxx.csv", "INSEE foreign countries")
	departements := flag.String("departements", "departements.json", "départements")
	regions := flag.String("regions", "regions.json", "régions")
	flag.Parse()
	for _, err := range []error{
		given(*prenoms, *noms),
		country(*pays),
		departement(*departements, *regions),
	} {
		if err != nil {
			log.Fatal(err)
		}
	}
}

// size is how many given names are kept: the most frequent since 1930.
const size = 3000

// given writes "NAME x" a line, x a letter that says how much more often the
// word is a given name than a surname: 'k' is as often, each letter a doubling.
func given(prenoms, noms string) error {
	count := map[string]float64{}
	total := 0.0
	err := lines(prenoms, func(line string) error {
		f := strings.Split(line, ";")
		if len(f) != 4 || strings.HasPrefix(f[1], "_") || f[2] < "1930" || f[2] > "2100" {
			return nil // the header, rare names, undated ones
		}
		n, err := strconv.ParseFloat(f[3], 64)
		if err != nil {
			return fmt.Errorf("reading a count: %w", err)
		}
		count[folded(f[1])] += n
		total += n
		return nil
	})
	if err != nil {
		return err
	}
	surname := map[string]float64{}
	surnames := 0.0
	err = lines(noms, func(line string) error {
		f := strings.Split(line, "\t")
		for _, decade := range f[1:] {
			if n, err := strconv.ParseFloat(decade, 64); err == nil {
				surname[folded(f[0])] += n
				surnames += n
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	names := slices.SortedFunc(maps.Keys(count), func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	names = names[:size]
	slices.Sort(names)
	var out bytes.Buffer
	for _, name := range names {
		if len(name) < 2 {
			continue
		}
		odds := (count[name] / total) / (max(surname[name], 10) / surnames)
		fmt.Fprintf(&out, "%s %c\n", name, 'k'+rune(max(-10, min(15, math.Round(math.Log2(odds))))))
	}
	return os.WriteFile("given.txt", out.Bytes(), 0o644)
}

// country writes "FR;FRA;99100;FRANCE|…" a line.
func country(pays string) error {
	file, err := os.Open(pays)
	if err != nil {
		return err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return err
	}
	code := map[string]string{"FR": "99100"}
	names := map[string][]string{}
	for _, row := range rows[1:] {
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
func departement(departements, regions string) error {
	var out bytes.Buffer
	seen := map[string]bool{}
	for _, file := range []string{departements, regions} {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var list []struct{ Code, Nom string }
		if err := json.Unmarshal(data, &list); err != nil {
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

func lines(name string, each func(string) error) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		if err := each(scanner.Text()); err != nil {
			return err
		}
	}
	return scanner.Err()
}
