// Command lists makes the lists of frequent names and towns that column typing
// recognises, from the figures of INSEE and Etalab (Licence Ouverte 2.0):
//
//	go run ./internal/lists -data ../../../shared/data
//
// It writes lists/given.txt (sex 1 or 2, or 0 for both, then the name),
// lists/surname.txt and lists/city.txt (INSEE code, then the name), upper case
// without accents or hyphens, the most frequent first.
package main

import (
	"archive/zip"
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// How many of each: nine given names in ten of those born since 1930, four
// surnames in ten, the towns where two people in three live.
const (
	givenNames = 1500
	surnames   = 3000
	cities     = 2500
	since      = 1930
)

func main() {
	data := flag.String("data", "../../../shared/data", "folder of the INSEE and Etalab files")
	flag.Parse()
	for _, make := range []func(string) error{given, surname, city} {
		if err := make(*data); err != nil {
			log.Fatal(err)
		}
	}
}

func given(data string) error {
	count := map[string][3]int{}
	err := unzip(filepath.Join(data, "insee-prenoms", "nat2022.csv.zip"), func(line string) {
		f := strings.Split(line, ";")
		year, _ := strconv.Atoi(f[2])
		if year < since || strings.HasPrefix(f[1], "_") {
			return
		}
		sex, _ := strconv.Atoi(f[0])
		n, _ := strconv.Atoi(f[3])
		c := count[fold(f[1])]
		c[sex] += n
		c[0] += n
		count[fold(f[1])] = c
	})
	if err != nil {
		return err
	}
	total := map[string]int{}
	for name, c := range count {
		total[name] = c[0]
	}
	return write("given.txt", top(total, givenNames), func(name string) string {
		c := count[name]
		switch {
		case c[1] > 9*c[2]:
			return "1" + name
		case c[2] > 9*c[1]:
			return "2" + name
		}
		return "0" + name
	})
}

func surname(data string) error {
	total := map[string]int{}
	err := unzip(filepath.Join(data, "insee-noms", "noms2008nat_txt.zip"), func(line string) {
		f := strings.Split(line, "\t")
		if f[0] == "AUTRES NOMS" {
			return
		}
		for _, n := range f[1:] {
			births, _ := strconv.Atoi(n)
			total[fold(f[0])] += births
		}
	})
	if err != nil {
		return err
	}
	return write("surname.txt", top(total, surnames), func(name string) string { return name })
}

func city(data string) error {
	file, err := os.Open(filepath.Join(data, "fr-communes", "communes.csv.gz"))
	if err != nil {
		return err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return err
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		return err
	}
	total, code := map[string]int{}, map[string]string{}
	for _, r := range rows[1:] {
		people, _ := strconv.Atoi(r[5])
		if name := fold(r[1]); r[2] == "commune-actuelle" && people > total[name] {
			total[name], code[name] = people, r[0]
		}
	}
	return write("city.txt", top(total, cities), func(name string) string { return code[name] + name })
}

func top(total map[string]int, n int) []string {
	var names []string
	for name := range total {
		if len(name) > 1 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(total[b], total[a]), strings.Compare(a, b))
	})
	return names[:min(n, len(names))]
}

func write(name string, entries []string, format func(string) string) error {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintln(&b, format(e))
	}
	return os.WriteFile(filepath.Join("lists", name), []byte(b.String()), 0o644)
}

// unzip gives each line but the first of the one file in an archive.
func unzip(path string, line func(string)) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	f, err := z.File[0].Open()
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	for first := true; ; first = false {
		s, err := r.ReadString('\n')
		if s = strings.TrimRight(s, "\r\n"); s != "" && !first {
			line(s)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func fold(s string) string {
	s = strings.NewReplacer("Œ", "OE", "œ", "oe", "Æ", "AE", "æ", "ae", "-", " ", "'", " ", "’", " ").Replace(s)
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
