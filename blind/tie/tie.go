// Package tie finds how the tables of a dump hang together: which column of
// one names the rows of another, so that a row which holds nothing but a number
// and an IBAN finds the person that the number stands for. It sees tokens of the
// keys, names of tables and columns, and what the dump declares; how it judges,
// and after whom, is in docs/design/ties.md.
//
// Values are counted in SQL run by an engine; what the counts mean is decided in
// Go.
package tie

import (
	"context"
	"slices"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Dump is what is known of a dump without its values.
type Dump struct {
	Tables     []Table
	Keys       []Key // columns that may name rows, by their numbers
	References []Reference

	RowKeys string // Parquet file of the keys of rows
	Tokens  string // Parquet file of the dump's tokens
	Layout  token.Layout
}

// Table is one table.
type Table struct {
	Name  string
	Kinds []kind.Kind // of its columns
}

// Key is a column that may name rows.
type Key struct {
	Table  int // index in Dump.Tables
	Column int // place in the table
	Name   string
	Kind   kind.Kind
	Room   float64 // common logarithm of how many values such cells could have
	Unique bool    // declared to be
}

// Reference is a key that the dump declares to name rows by another.
type Reference struct{ From, To int }

// Tie says that the column From names the rows that have the same value in the
// column To. Both are numbers of keys.
type Tie struct {
	From, To  int
	Inclusion float64 // share of the distinct values of From that To has
	Rows      int64   // rows whose key is there
	Reason    Reason  // why it holds, or why not
}

// Way is how the rows of a table come to people: by a tie, followed from the
// table that names to the one that is named, or back.
type Way struct {
	Tie     int // index in Found.Ties
	Table   int // whose rows come to people …
	Key     int // … by this key …
	ByTable int // … that stands in this table, nearer to people …
	ByKey   int // … under this one
}

// Found is what holds, what does not, and the ways to people: each table has one
// at most, and those it leads through come before it.
type Found struct {
	Tables  []Table
	Keys    []Key
	Ties    []Tie
	Refused []Tie
	Ways    []Way
}

// RowKeys is the view that Find leaves in the session: row, number of the key,
// value.
const RowKeys = "row_key"

// Find counts, judges and finds the ways. It leaves the view RowKeys in the
// session.
func Find(ctx context.Context, s engine.Session, d Dump) (*Found, error) {
	c := &counter{s: s, d: d}
	counts, err := c.count(ctx)
	if err != nil {
		return nil, err
	}
	j := &judge{d: d, counts: counts, agree: func(from, to int) (agreement, error) { return c.agreement(ctx, from, to) }}
	if err := j.all(); err != nil {
		return nil, err
	}
	ways := j.settle(j.ways())
	f := &Found{Tables: d.Tables, Keys: d.Keys, Ties: j.held, Refused: j.refused, Ways: ways}
	for _, list := range [][]Tie{f.Ties, f.Refused} {
		for i := range list {
			if list[i].Rows, err = c.rows(ctx, list[i].From, list[i].To); err != nil {
				return nil, err
			}
		}
	}
	return f, s.Drop(ctx, valueTable)
}

// holds reports that a column of the table is of kind k, or of both names where
// k is one of them.
func (t Table) holds(k kind.Kind) bool {
	return slices.Contains(t.Kinds, k) || k == kind.GivenNames && slices.Contains(t.Kinds, kind.FullName)
}

// people ranks a table: 2 where it names people, 1 where it holds what names a
// person by itself, 0 otherwise.
func (t Table) people() int {
	rank := 0
	for _, k := range t.Kinds {
		switch {
		case slices.Contains([]kind.Kind{kind.BirthSurname, kind.UsedSurname, kind.GivenNames, kind.FullName}, k):
			return 2
		case slices.Contains([]kind.Kind{kind.Email, kind.Phone, kind.NIR, kind.TaxNumber}, k):
			rank = 1
		}
	}
	return rank
}
