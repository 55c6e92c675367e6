// Package honey finds people who were made up again in what others hold, seeing
// only tokens: which of them stand in a dump, or in a register, and which copy a
// dump was taken from. How it weighs is told in docs/design/honey.md.
//
// Made-up people lie in sets. The people of a set stand in one copy alone, an extract
// for a partner or a backup, or in the register itself and thus in every copy
// made of it while they do.
package honey

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Set is made-up people that were put into one copy, or into the register.
type Set struct {
	Copy       string
	Everywhere bool      // in the register, not in one copy alone
	From       time.Time // in place since
	Until      time.Time // taken out; zero while they are in place
	People     int64
	File       string // their tokens: what token.Writer wrote
}

// Table is the table that View makes.
const Table = "honey"

// View makes the table honey known to s, one row per person of all sets: honey
// INTEGER, their number from 0 in the order of sets and rows; part INTEGER, the
// index of their set; and the columns of the layout that it returns.
func View(ctx context.Context, s engine.Session, sets []Set) (token.Layout, error) {
	var layout token.Layout
	of := make([]token.Layout, len(sets))
	for i, set := range sets {
		var err error
		if of[i], err = token.LayoutOfFile(set.File); err != nil {
			return nil, err
		}
		layout = token.Union(layout, of[i])
	}
	var parts []string
	first := int64(0)
	for i, set := range sets {
		name := fmt.Sprintf("honey_set_%d", i)
		if err := s.View(ctx, name, set.File); err != nil {
			return nil, err
		}
		query := fmt.Sprintf("SELECT CAST(row - 1 + %d AS INTEGER) AS honey, %d AS part", first, i)
		for _, c := range layout {
			if of[i].Index(c) < 0 {
				query += fmt.Sprintf(", CAST(NULL AS %s) AS %s", c.SQLType(), c.Name())
			} else {
				query += ", " + c.Name()
			}
		}
		parts = append(parts, query+" FROM "+name)
		first += set.People
	}
	return layout, s.Table(ctx, Table, strings.Join(parts, " UNION ALL "))
}

// evidence is one aspect in which a row may agree with a made-up person, and how
// many bits that is worth: the logarithm of how rarely somebody else agrees.
type evidence struct {
	dump, honey []kind.Kind // any of the one with any of the other
	bits        int
}

// What is drawn from a small range is worth that; what nobody else can have, a mail
// address at the owner's domain or an account of no bank, more than any dump has
// pairs. Of aspects that tell the same, the best counts.
var aspects = [][]evidence{
	{{both(kind.Email), both(kind.Email), 60}},
	{{both(kind.IBAN), both(kind.IBAN), 60}},
	{{both(kind.NIR), both(kind.NIR), 45}},
	{{both(kind.TaxNumber), both(kind.TaxNumber), 26}},
	{{both(kind.Login), both(kind.Login), 20}},
	{{both(kind.Identifier), both(kind.Identifier), 16}},
	{{both(kind.Phone), both(kind.Phone), 12}},
	{{both(kind.RecordID), both(kind.RecordID), 10}},
	{{both(kind.BirthDate), both(kind.BirthDate), 14}},
	{{[]kind.Kind{kind.BirthSurname, kind.UsedSurname}, []kind.Kind{kind.BirthSurname, kind.UsedSurname}, 9}},
	{{both(kind.GivenNames), both(kind.GivenNames), 6}},
	{{both(kind.CityCode), both(kind.CityCode), 10}, {both(kind.PostCode), both(kind.PostCode), 10}, {both(kind.City), both(kind.City), 9}},
	{{both(kind.BirthPlaceCode), both(kind.BirthPlaceCode), 10}, {both(kind.BirthPlace), both(kind.BirthPlace), 9}},
	{{both(kind.Address), both(kind.Address), 6}},
	{{both(kind.HouseNumber), both(kind.HouseNumber), 5}},
}

// keys are the aspects that a pair must agree in one of to be looked at.
var keys = [][]kind.Kind{
	{kind.Email},
	{kind.IBAN},
	{kind.NIR},
	{kind.TaxNumber},
	{kind.Login},
	{kind.Phone},
	{kind.Identifier},
	{kind.BirthSurname, kind.BirthDate},
	{kind.GivenNames, kind.BirthDate},
	{kind.BirthSurname, kind.PostCode},
}

func both(k kind.Kind) []kind.Kind { return []kind.Kind{k} }

// Rows is a table of tokens in which made-up people are looked for.
type Rows struct {
	Table  string
	ID     string // its column of whole numbers; several rows may share one
	Layout token.Layout
	Count  int64 // rows
}

// Spare is how many bits a recognition must have beyond what tells a pair from all
// pairs: one recognition in a thousand files is wrong.
const Spare = 10

// Enough is how many bits make a recognition among so many pairs.
func Enough(rows, people int64) int {
	return Spare + int(math.Ceil(math.Log2(float64(max(1, rows))*float64(max(1, people)))))
}

// Reach is how many bits a row can have at most: where that is not Enough, nobody
// can be recognised.
func Reach(dump, layout token.Layout) (bits int) {
	for _, same := range aspects {
		for _, e := range same {
			if len(columns(dump, e.dump)) > 0 && len(columns(layout, e.honey)) > 0 {
				bits += e.bits
				break
			}
		}
	}
	return bits
}

// Find makes the table into (id BIGINT, honey INTEGER, bits INTEGER) of the rows
// that are a made-up person's, whose layout and number are given. A row
// that fits two of them equally well is nobody's.
func Find(ctx context.Context, s engine.Session, into string, in Rows, layout token.Layout, people int64) error {
	var bits []string
	for _, same := range aspects {
		best := "0"
		for i := len(same) - 1; i >= 0; i-- {
			if equal := anyEqual(columns(in.Layout, same[i].dump), columns(layout, same[i].honey)); equal != "" {
				best = fmt.Sprintf("CASE WHEN %s THEN %d ELSE %s END", equal, same[i].bits, best)
			}
		}
		if best != "0" {
			bits = append(bits, best)
		}
	}
	var pairs []string
	for _, key := range keys {
		pairs = append(pairs, joins(in, layout, key, strings.Join(bits, " + "))...)
	}
	if len(pairs) == 0 {
		pairs = append(pairs, fmt.Sprintf("SELECT CAST(%s AS BIGINT) AS id, 0 AS honey, 0 AS bits FROM %s WHERE FALSE", in.ID, in.Table))
	}
	return s.Table(ctx, into, fmt.Sprintf(`
SELECT id, CAST(max(honey) AS INTEGER) AS honey, CAST(max(bits) AS INTEGER) AS bits
FROM (SELECT id, honey, bits, max(bits) OVER (PARTITION BY id) AS top
      FROM (SELECT id, honey, max(bits) AS bits FROM (%s) p GROUP BY id, honey) q) r
WHERE bits = top AND bits >= %d GROUP BY id HAVING count(*) = 1`, strings.Join(pairs, "\nUNION ALL\n"), Enough(in.Count, people)))
}

// joins are the selects of the pairs that agree in all kinds of a key, one for
// every way of choosing columns of them.
func joins(in Rows, layout token.Layout, key []kind.Kind, bits string) (all []string) {
	on := []string{""}
	for _, k := range key {
		var next []string
		for _, d := range columns(in.Layout, family(k)) {
			for _, h := range columns(layout, family(k)) {
				for _, so := range on {
					next = append(next, strings.TrimPrefix(fmt.Sprintf("%s AND d.%s = h.%s", so, d, h), " AND "))
				}
			}
		}
		on = next
	}
	for _, condition := range on {
		all = append(all, fmt.Sprintf("SELECT CAST(d.%s AS BIGINT) AS id, h.honey, %s AS bits FROM %s d JOIN %s h ON %s", in.ID, bits, in.Table, Table, condition))
	}
	return all
}

// family are the kinds whose values stand for one another.
func family(k kind.Kind) []kind.Kind {
	if k == kind.BirthSurname {
		return []kind.Kind{kind.BirthSurname, kind.UsedSurname}
	}
	return both(k)
}

// columns are the names of the columns of a layout that hold whole values of kinds.
func columns(layout token.Layout, kinds []kind.Kind) (names []string) {
	for _, c := range layout {
		for _, k := range kinds {
			if c.Kind == k && c.Role == token.Whole {
				names = append(names, c.Name())
			}
		}
	}
	return names
}

func anyEqual(dump, honey []string) string {
	var all []string
	for _, d := range dump {
		for _, h := range honey {
			all = append(all, fmt.Sprintf("d.%s = h.%s", d, h))
		}
	}
	return strings.Join(all, " OR ")
}

// Clashes makes the table into (honey INTEGER) of the candidates that somebody in
// the register has anything in common with that is one person's alone, or whose
// name and birth date somebody has. Both tables hold the
// columns of their layouts; candidates has their numbers in the column row besides.
func Clashes(ctx context.Context, s engine.Session, into, candidates string, layout token.Layout, register string, of token.Layout) error {
	var all []string
	for _, k := range kind.All() {
		if !k.Info().Direct || !k.Info().Compared {
			continue
		}
		for _, d := range columns(layout, both(k)) {
			for _, h := range columns(of, both(k)) {
				all = append(all, fmt.Sprintf("SELECT c.row FROM %s c JOIN %s r ON c.%s = r.%s", candidates, register, d, h))
			}
		}
	}
	surnames := family(kind.BirthSurname)
	born := columns(layout, both(kind.BirthDate))
	for _, b := range born {
		for _, rb := range columns(of, both(kind.BirthDate)) {
			for _, d := range columns(layout, surnames) {
				for _, h := range columns(of, surnames) {
					all = append(all, fmt.Sprintf("SELECT c.row FROM %s c JOIN %s r ON c.%s = r.%s AND c.%s = r.%s", candidates, register, b, rb, d, h))
				}
			}
		}
	}
	if len(all) == 0 {
		all = append(all, "SELECT row FROM "+candidates+" WHERE FALSE")
	}
	return s.Table(ctx, into, "SELECT row FROM ("+strings.Join(all, " UNION ALL ")+") x GROUP BY row")
}
