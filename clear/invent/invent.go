// Package invent makes people who do not exist, to be put into a register so
// that whoever copies it copies them too. They look like the register's own:
// names, years and places are drawn from public figures, and every cell is
// written as the register writes that column.
//
// What makes sure that nobody real is meant is in docs/design/honey.md: phones
// of the ranges kept for fiction, mail at a domain that the register's owner
// names, social security numbers of a rank that no birth can have had, bank
// codes that no bank has. Kinds of which no such value is known (identity cards,
// passports, payment cards …) stay empty.
package invent

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
	clearshape "constat.example/clear/shape"
	"constat.example/clear/table"
	"constat.example/internal/figures"
)

// Style is how a register writes its people, and who they are on the whole.
type Style struct {
	Columns     []Column
	Births      []shape.Count  // of years of birth by decade: "1950"; none: adults evenly
	Departments map[string]int // rows by département of residence; none: as people live in France
	MailDomain  string         // of every mail address, a domain of the register's owner
	Year        int            // at which nobody is younger than 18
}

// Column is a column of the register.
type Column struct {
	Name   string
	Kind   kind.Kind
	Shapes []shape.Count // how its cells are written; none: in the plainest way
	Values []Value       // of a column of no kind: what many rows have; none: it stays empty
}

// Value is a text that many rows have, and how many.
type Value struct {
	Text string
	Rows int64
}

// StyleOf tells the style of a sample of rows: how they are written, where their
// people live, and, of columns of no kind, which values many rows share.
func StyleOf(names []string, kinds []kind.Kind, monthFirst []bool, sample *table.Batch) Style {
	look := clearshape.New(kinds, monthFirst)
	look.Look(sample)
	facts := look.Facts()
	s := Style{Births: facts.Births, Departments: map[string]int{}}
	for i, name := range names {
		c := Column{Name: name, Kind: kinds[i], Shapes: facts.Columns[i].Shapes}
		if c.Kind == kind.Unknown {
			c.Values = shared(sample, i)
		}
		s.Columns = append(s.Columns, c)
	}
	at := slices.Index(kinds, kind.PostCode)
	for row := 0; at >= 0 && row < sample.Rows(); row++ {
		if code := string(sample.Cell(row, at)); len(code) == 5 && strings.Trim(code, "0123456789") == "" {
			s.Departments[departmentOfPostcode(code)]++
		}
	}
	return s
}

// shared are the values of a column that many rows have: what few have may tell
// who they are.
func shared(sample *table.Batch, column int) []Value {
	count := map[string]int64{}
	for row := range sample.Rows() {
		count[string(sample.Cell(row, column))]++
	}
	var all []Value
	for text, n := range count {
		if n >= shape.Fewest {
			all = append(all, Value{text, n})
		}
	}
	slices.SortFunc(all, func(a, b Value) int { return strings.Compare(a.Text, b.Text) })
	return all
}

// departmentOfPostcode is the département that a postcode most often lies in.
func departmentOfPostcode(code string) string {
	switch {
	case code >= "97":
		return code[:3]
	case code[:2] == "20" && code < "20200":
		return "2A"
	case code[:2] == "20":
		return "2B"
	}
	return code[:2]
}

// kept are the kinds of which a value is made; the others stay empty.
var kept = []kind.Kind{
	kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName, kind.Sex, kind.BirthDate, kind.BirthPlace, kind.BirthPlaceCode,
	kind.BirthCountry, kind.NIR, kind.TaxNumber, kind.Email, kind.Phone, kind.Address, kind.PostCode, kind.City, kind.CityCode, kind.Region,
	kind.Country, kind.IBAN, kind.Login, kind.DateTime, kind.Identifier, kind.HouseNumber,
}

// Left are the columns that stay empty, the record id apart: of kinds that
// nothing harmless is known of, or of no kind and without values that many share.
func (s Style) Left() (names []string) {
	for _, c := range s.Columns {
		if c.Kind == kind.Unknown && len(c.Values) == 0 || c.Kind != kind.Unknown && c.Kind != kind.RecordID && !slices.Contains(kept, c.Kind) {
			names = append(names, c.Name)
		}
	}
	return names
}

// Check refuses a style in which nobody could be told again.
func (s Style) Check() error {
	has := func(kinds ...kind.Kind) bool {
		return slices.ContainsFunc(s.Columns, func(c Column) bool { return slices.Contains(kinds, c.Kind) })
	}
	switch {
	case !has(kind.BirthSurname, kind.UsedSurname, kind.FullName):
		return fmt.Errorf("no column holds a surname")
	case !has(kind.BirthDate) && !has(kind.Email, kind.Phone, kind.NIR, kind.IBAN):
		return fmt.Errorf("no column holds a birth date, nor any number or address by which a person is told again")
	}
	return nil
}

// Inventor makes people one after the other. The same seed and style make the
// same people.
type Inventor struct {
	style  Style
	f      *figures.France
	random *rand.Rand
	where  draw // of communes of residence
	hidden draw // of communes of birth, those that no birth of a high rank can be of
	births draw
}

// New returns an inventor. Whoever does not know the seed cannot tell whom it makes.
func New(seed [32]byte, s Style) *Inventor {
	i := &Inventor{style: s, f: figures.Load(), random: rand.New(rand.NewChaCha8(seed))}
	living := make([]uint64, len(i.f.Communes))
	within := map[string]uint64{}
	for k, c := range i.f.Communes {
		living[k] = c.People
		within[c.Department()] += c.People
	}
	i.hidden = newDraw(len(living), func(k int) uint64 {
		// In Corsica a NIR has a letter, or another département: few have it, so that it
		// would have no way of writing to follow.
		if living[k] > smallCommune || i.f.Communes[k].Code[1] > '9' {
			return 0
		}
		return living[k]
	})
	i.where = newDraw(len(living), func(k int) uint64 { return living[k] })
	if len(s.Departments) > 0 {
		near := newDraw(len(living), func(k int) uint64 {
			d := i.f.Communes[k].Department()
			return living[k] * uint64(s.Departments[d]) * 1_000_000 / max(1, within[d])
		})
		if near.total() > 0 {
			i.where = near
		}
	}
	i.births = newDraw(len(s.Births), func(k int) uint64 {
		if s.Births[k].Code == shape.Other {
			return 0
		}
		return uint64(s.Births[k].Cells)
	})
	return i
}

// below is a random number from 0 to n-1.
func (i *Inventor) below(n int) int { return i.random.IntN(n) }

// Row makes another person and writes them as a row of the register, the record
// id left empty.
func (i *Inventor) Row() []string {
	p := i.person()
	row := make([]string, len(i.style.Columns))
	for n, c := range i.style.Columns {
		row[n] = i.write(p, c)
	}
	return row
}

// draw draws indexes after their weights.
type draw struct{ sums []uint64 }

func newDraw(n int, weight func(int) uint64) draw {
	d := draw{make([]uint64, n)}
	sum := uint64(0)
	for i := range n {
		sum += weight(i)
		d.sums[i] = sum
	}
	return d
}

func (d draw) total() uint64 {
	if len(d.sums) == 0 {
		return 0
	}
	return d.sums[len(d.sums)-1]
}

func (d draw) pick(random *rand.Rand) int {
	at, _ := slices.BinarySearch(d.sums, random.Uint64N(d.total())+1)
	return at
}
