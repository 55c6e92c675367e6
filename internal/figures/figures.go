// Package figures holds the public figures that plausible people are drawn
// from: given names by sex and decade and surnames by era (INSEE), communes
// with their inhabitants and postcodes and the codes of countries (INSEE, La
// Poste). The tables are compiled by package generate and
// embedded; see NOTICE for their licence.
package figures

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"constat.example/internal/chance"
)

//go:generate go run ./generate

var (
	//go:embed given.tsv.gz
	givenTable []byte
	//go:embed surname.tsv.gz
	surnameTable []byte
	//go:embed commune.tsv.gz
	communeTable []byte
	//go:embed country.tsv.gz
	countryTable []byte
)

// The years that the tables of names cover.
const (
	FirstDecade  = 1920
	Decades      = 11
	FirstEra     = 1921
	YearsPerEra  = 20
	Eras         = 4
	DecadeMiddle = 5 // years from a decade's start to its middle
)

// France is everything the tables say.
type France struct {
	Given    [3]Given // by sex as the NIR codes it: 1 men, 2 women
	Surnames Surnames
	Communes []Commune // in order of code: those of a department stand together
	Abroad   []Country
}

// Given is the given names of one sex, most frequent first.
type Given struct {
	Names  []string // "Jean-Pierre", "Élodie"
	Folded []string // "jean-pierre", "elodie"
	Births [][Decades]uint64
	decade [Decades]chance.Alias
}

// Surnames is the surnames, in order; Rare people of each era bear one that is not listed.
type Surnames struct {
	Names  []string // upper case, unaccented
	Births [][Eras]uint64
	Rare   [Eras]uint64
	era    [Eras]chance.Alias
}

// Commune is a place in France; Paris, Lyon and Marseille by arrondissement.
type Commune struct {
	Code      string // INSEE: five characters
	Name      string
	City      string // the name a letter bears: without the arrondissement
	People    uint64
	Postcodes []string
}

// Department is the first characters of the code that name the department.
func (c *Commune) Department() string {
	if c.Code >= "97" {
		return c.Code[:3]
	}
	return c.Code[:2]
}

// Country is a country of birth. Weight is its approximate share, per
// thousand, of the people born abroad who live in France.
type Country struct {
	Code   string // 99 and three digits
	Name   string
	Weight uint64
}

// Load returns the figures, reading them once.
var Load = sync.OnceValue(load)

func load() *France {
	f := &France{}
	each(givenTable, func(cells []string) {
		g := &f.Given[number(cells[0])]
		g.Names = append(g.Names, cells[1])
		g.Folded = append(g.Folded, Fold(cells[1]))
		var births [Decades]uint64
		for i, cell := range cells[2:] {
			births[i] = number(cell)
		}
		g.Births = append(g.Births, births)
	})
	for sex := 1; sex <= 2; sex++ {
		g := &f.Given[sex]
		weights := make([]uint64, len(g.Names))
		for d := range Decades {
			for i := range weights {
				weights[i] = g.Births[i][d]
			}
			g.decade[d] = chance.NewAlias(weights)
		}
	}
	s := &f.Surnames
	each(surnameTable, func(cells []string) {
		var births [Eras]uint64
		for i, cell := range cells[1:] {
			births[i] = number(cell)
		}
		if cells[0] == "*" {
			s.Rare = births
			return
		}
		s.Names = append(s.Names, cells[0])
		s.Births = append(s.Births, births)
	})
	weights := make([]uint64, len(s.Names)+1)
	for era := range Eras {
		for i := range s.Names {
			weights[i] = s.Births[i][era]
		}
		weights[len(s.Names)] = s.Rare[era]
		s.era[era] = chance.NewAlias(weights)
	}
	each(communeTable, func(cells []string) {
		city, _, _ := strings.Cut(cells[1], " Arrondissement")
		if city != cells[1] {
			city = city[:strings.LastIndexByte(city, ' ')]
		}
		f.Communes = append(f.Communes, Commune{
			Code: cells[0], Name: cells[1], City: city, People: number(cells[2]), Postcodes: strings.Split(cells[3], "|"),
		})
	})
	each(countryTable, func(cells []string) {
		weight, known := abroad[cells[0]]
		if !known {
			weight = 1
		}
		f.Abroad = append(f.Abroad, Country{Code: cells[0], Name: cells[1], Weight: weight})
	})
	return f
}

// each calls f with the cells of every line of an embedded table. The tables
// are part of the program: one that does not read is a fault of the build.
func each(table []byte, f func(cells []string)) {
	z, err := gzip.NewReader(bytes.NewReader(table))
	if err != nil {
		panic("figures: " + err.Error())
	}
	lines := bufio.NewScanner(z)
	for lines.Scan() {
		f(strings.Split(lines.Text(), "\t"))
	}
	if err := lines.Err(); err != nil {
		panic("figures: " + err.Error())
	}
}

func number(cell string) uint64 {
	n, err := strconv.ParseUint(cell, 10, 64)
	if err != nil {
		panic("figures: " + err.Error())
	}
	return n
}

// Fold gives a name in lower case without accents: "Élodie" as "elodie".
func Fold(name string) string {
	var b strings.Builder
	for _, c := range norm.NFD.String(name) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case c == 'œ' || c == 'Œ':
			b.WriteString("oe")
		case c == 'æ' || c == 'Æ':
			b.WriteString("ae")
		default:
			b.WriteRune(unicode.ToLower(c))
		}
	}
	return b.String()
}
