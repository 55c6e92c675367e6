// Command generate compiles the public figures that a simulated France is
// drawn from into the small tables that package figures embeds. It changes
// nothing, and says so, where the public files are not at hand.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"constat.example/internal/publicfile"
)

const (
	givenPerSex = 1500
	surnames    = 80_000
)

func main() {
	data := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(data); err != nil {
		fmt.Fprintln(os.Stderr, "figures: the public files are not at hand, the tables stay as they are:", err)
		return
	}
	for _, table := range []struct {
		name string
		make func(data string, w io.Writer) error
	}{
		{"given.tsv.gz", given},
		{"surname.tsv.gz", surname},
		{"commune.tsv.gz", commune},
		{"country.tsv.gz", country},
	} {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err == nil {
			err = table.make(data, z)
		}
		if err == nil {
			err = z.Close()
		}
		if err == nil {
			err = os.WriteFile(table.name, b.Bytes(), 0o644)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "figures: making %s: %v\n", table.name, err)
			os.Exit(1)
		}
		fmt.Fprintf(os.Stderr, "figures: %s, %d bytes\n", table.name, b.Len())
	}
}

// given writes sex, name and births in each decade from the 1920s to the
// 2020s, most frequent first.
func given(data string, w io.Writer) error {
	type key struct{ sex, name string }
	births := map[key]*[11]int{}
	err := publicfile.EachLine(filepath.Join(data, "insee-prenoms", "nat2022.csv.zip"), func(line string) error {
		cells := strings.Split(line, ";")
		year, _ := strconv.Atoi(cells[2])
		if year < 1920 || len(cells[1]) < 2 || strings.HasPrefix(cells[1], "_") {
			return nil // the header, years unknown, names kept back as rare
		}
		n, err := strconv.Atoi(cells[3])
		if err != nil {
			return fmt.Errorf("reading births: %w", err)
		}
		k := key{cells[0], title(cells[1])}
		if births[k] == nil {
			births[k] = new([11]int)
		}
		births[k][(year-1920)/10] += n
		return nil
	})
	if err != nil {
		return err
	}
	for _, sex := range []string{"1", "2"} {
		var names []string
		for k := range births {
			if k.sex == sex {
				names = append(names, k.name)
			}
		}
		total := func(name string) (t int) {
			for _, n := range births[key{sex, name}] {
				t += n
			}
			return t
		}
		slices.SortFunc(names, func(a, b string) int {
			return cmp.Or(cmp.Compare(total(b), total(a)), cmp.Compare(a, b))
		})
		for _, name := range names[:givenPerSex] {
			fmt.Fprintf(w, "%s\t%s", sex, name)
			for _, n := range births[key{sex, name}] {
				fmt.Fprintf(w, "\t%d", n)
			}
			fmt.Fprintln(w)
		}
	}
	return nil
}

// surname writes each name with its births in four eras, in order of name,
// then under "*" the births of all who bear a rarer one.
func surname(data string, w io.Writer) error {
	type entry struct {
		name string
		eras [4]int
		all  int
	}
	var kept []entry
	var rest entry
	err := publicfile.EachLine(filepath.Join(data, "insee-noms", "noms2008nat_txt.zip"), func(line string) error {
		cells := strings.Split(line, "\t")
		if cells[0] == "NOM" {
			return nil
		}
		e := entry{name: cells[0]}
		for era := range 4 {
			for _, cell := range cells[4+2*era : 6+2*era] { // from 1921-1930 on, two decades an era
				n, err := strconv.Atoi(cell)
				if err != nil {
					return fmt.Errorf("reading births: %w", err)
				}
				e.eras[era] += n
			}
			e.all += e.eras[era]
		}
		if e.name == "AUTRES NOMS" {
			rest = e
			return nil
		}
		kept = append(kept, e)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(kept, func(a, b entry) int { return cmp.Or(cmp.Compare(b.all, a.all), cmp.Compare(a.name, b.name)) })
	for _, e := range kept[surnames:] {
		for era, n := range e.eras {
			rest.eras[era] += n
		}
	}
	kept = kept[:surnames]
	slices.SortFunc(kept, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	rest.name = "*"
	for _, e := range append(kept, rest) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\n", e.name, e.eras[0], e.eras[1], e.eras[2], e.eras[3])
	}
	return nil
}

// commune writes code, name, inhabitants and postcodes of every inhabited
// commune; Paris, Lyon and Marseille by arrondissement, as births are coded.
func commune(data string, w io.Writer) error {
	rows, err := publicfile.Rows(filepath.Join(data, "fr-communes", "communes.csv.gz"))
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b []string) int { return cmp.Compare(a[0], b[0]) })
	for _, r := range rows {
		code, name, sort, people, postcodes := r[0], r[1], r[2], r[5], r[6]
		whole := code == "75056" || code == "69123" || code == "13055"
		if people == "" || people == "0" || postcodes == "" || whole || (sort != "commune-actuelle" && sort != "arrondissement-municipal") {
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", code, name, people, postcodes)
	}
	return nil
}

// country writes the five-character code under which births abroad are
// numbered and the country's name.
func country(data string, w io.Writer) error {
	rows, err := publicfile.Rows(filepath.Join(data, "fr-communes", "cog-pays-99xxx.csv"))
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	slices.SortFunc(rows, func(a, b []string) int { return cmp.Or(cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2])) })
	for _, r := range rows {
		if len(r[1]) == 5 && strings.HasPrefix(r[1], "99") && r[1] > "99100" && !seen[r[1]] {
			seen[r[1]] = true
			fmt.Fprintf(w, "%s\t%s\n", r[1], r[2])
		}
	}
	return nil
}

// title gives "JEAN-PIERRE" as "Jean-Pierre" and "RUE DE L ILE" as "Rue de l'Ile".
func title(name string) string {
	var b strings.Builder
	start := true
	for _, c := range name {
		if start {
			b.WriteRune(unicode.ToUpper(c))
		} else {
			b.WriteRune(unicode.ToLower(c))
		}
		start = !unicode.IsLetter(c)
	}
	return strings.NewReplacer(" De La ", " de la ", " De L ", " de l'", " De ", " de ", " Du ", " du ", " Des ", " des ", " D ", " d'", " La ", " la ", " Les ", " les ", " Le ", " le ", " Et ", " et ", "Lieu Dit ", "Lieu-dit ").Replace(b.String())
}
