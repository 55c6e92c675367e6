// Package token is the vocabulary of sealed values: what columns a table of
// tokens has, what each compares, and how batches of them are written to and
// described in Parquet. A token is an opaque keyed number; nothing here can
// make one or open one.
//
// Two tables leave the curtain for every register snapshot and every dump:
//
//   - the tokens: one row per person or per dump row, one column per slot;
//   - the lexicon: for each distinct value of a family (names, dates, places,
//     streets) the tokens of its variants, so that nearness (a typing error,
//     a nickname, a sound) becomes equality of tokens. Nearness is thus worked
//     out once per distinct value instead of once per person.
package token

import (
	"fmt"
	"strings"

	"constat.example/blind/kind"
)

// Token is a sealed value. Zero means that there is none: the cell was empty,
// or its kind is not compared. Tokens are signed because the engines are.
type Token = int64

// Role says which part of a value a column's tokens stand for.
type Role uint8

const (
	// Whole is the value itself: 64 bits, fit to look up.
	Whole Role = iota
	// Second is the second given name.
	Second
	// Third is the third given name.
	Third
	// Head is the first of the two ends of a long identifier, cut so that one
	// wrong, missing or added character leaves one end intact: 16 bits, fit to
	// compare two values already suspected to be alike, useless to look up.
	// For an e-mail it is the local part.
	Head
	// Tail is the other end. An e-mail has none: its domain is that of half of
	// all people.
	Tail
)

// Column is one column of a token table.
type Column struct {
	Kind       kind.Kind
	Occurrence int // 1 for the first column of the kind, 2 for the second …
	Role       Role
}

// Name is the column's name in Parquet and SQL: "email", "email_2",
// "email_2_head". Given names beyond the first are "given_names_2" and _3.
func (c Column) Name() string {
	name := c.Kind.String()
	switch {
	case c.Role == Second:
		return name + "_2"
	case c.Role == Third:
		return name + "_3"
	case c.Occurrence > 1:
		name = fmt.Sprintf("%s_%d", name, c.Occurrence)
	}
	switch c.Role {
	case Head:
		name += "_head"
	case Tail:
		name += "_tail"
	}
	return name
}

// Short reports whether the column holds 16-bit tokens, made only to compare.
func (c Column) Short() bool {
	return c.Role == Head || c.Role == Tail || c.Kind == kind.Sex || c.Kind == kind.HouseNumber
}

// MaxOccurrences is how many columns of one repeating kind a table may hold.
const MaxOccurrences = 4

// Layout is the ordered set of columns of a token table. Its methods never
// change it.
type Layout []Column

// LayoutOf returns the columns that the given source columns are sealed into.
// kinds has one entry per source column; kinds that are not compared add
// nothing. The result is ordered by kind, occurrence and role, whatever the
// order of the source.
func LayoutOf(kinds []kind.Kind) Layout {
	var count [kind.Count]int
	need := func(k kind.Kind, n int) { count[k] = max(count[k], n) }
	for _, k := range kinds {
		switch k {
		case kind.BirthSurname, kind.UsedSurname:
			need(kind.BirthSurname, 1) // "DUPONT née MARTIN" fills both
			need(kind.UsedSurname, 1)
		case kind.FullName:
			need(kind.BirthSurname, 1)
			need(kind.UsedSurname, 1)
			need(kind.GivenNames, 1)
		case kind.Address:
			need(kind.Address, 1)
			need(kind.HouseNumber, 1)
			need(kind.PostCode, 1) // a whole address may stand in one cell
			need(kind.City, 1)
		default:
			info := k.Info()
			if !info.Compared {
				continue
			}
			if info.Repeats {
				count[k] = min(count[k]+1, MaxOccurrences)
			} else {
				need(k, 1)
			}
		}
	}
	var layout Layout
	for _, k := range kind.All() {
		for n := 1; n <= count[k]; n++ {
			for _, role := range roles(k) {
				layout = append(layout, Column{k, n, role})
			}
		}
	}
	return layout
}

func roles(k kind.Kind) []Role {
	switch k {
	case kind.GivenNames:
		return []Role{Whole, Second, Third}
	case kind.Email:
		return []Role{Whole, Head}
	case kind.NIR, kind.TaxNumber, kind.Phone, kind.IBAN, kind.IDCard,
		kind.Passport, kind.Permit, kind.Login, kind.Identifier, kind.PaymentCard:
		return []Role{Whole, Head, Tail}
	default:
		return []Role{Whole}
	}
}

// Union returns the columns that a or b has, in the order of LayoutOf.
func Union(a, b Layout) Layout {
	have := make(map[Column]bool, len(a)+len(b))
	for _, c := range a {
		have[c] = true
	}
	for _, c := range b {
		have[c] = true
	}
	var u Layout
	for _, k := range kind.All() {
		for n := 1; n <= MaxOccurrences; n++ {
			for _, role := range roles(k) {
				if c := (Column{k, n, role}); have[c] {
					u = append(u, c)
				}
			}
		}
	}
	return u
}

// Index returns the position of c in l, or -1.
func (l Layout) Index(c Column) int {
	for i, have := range l {
		if have == c {
			return i
		}
	}
	return -1
}

// Has reports whether l holds the whole values of kind k.
func (l Layout) Has(k kind.Kind) bool { return l.Index(Column{k, 1, Whole}) >= 0 }

// Names returns the columns' names.
func (l Layout) Names() []string {
	names := make([]string, len(l))
	for i, c := range l {
		names[i] = c.Name()
	}
	return names
}

// ParseColumn reads a name that Column.Name wrote.
func ParseColumn(name string) (Column, error) {
	for _, k := range kind.All() {
		if !strings.HasPrefix(name, k.String()) {
			continue
		}
		for n := 1; n <= MaxOccurrences; n++ {
			for _, role := range roles(k) {
				if c := (Column{k, n, role}); c.Name() == name {
					return c, nil
				}
			}
		}
	}
	return Column{}, fmt.Errorf("no token column is named %q", name)
}

// Batch is a run of rows of a token table, held by column so that sealing
// and writing touch memory in order. A batch is reused: Reset keeps its room.
type Batch struct {
	Layout Layout
	Row    []int64   // 1-based ordinal of each row in its source
	Kinds  []int64   // kind.Set of the kinds that are not empty in the row
	Cells  [][]Token // Cells[i] is column Layout[i]; all as long as Row

	// RecordID holds the sealed record ids of a register's rows, which only
	// the key opens; nil for a dump.
	RecordID [][]byte
}

// NewBatch returns an empty batch of that layout.
func NewBatch(layout Layout) *Batch {
	return &Batch{Layout: layout, Cells: make([][]Token, len(layout))}
}

// Reset empties b and gives it room for n rows, all cells zero.
func (b *Batch) Reset(n int) {
	b.Row = zeroed(b.Row, n)
	b.Kinds = zeroed(b.Kinds, n)
	for i := range b.Cells {
		b.Cells[i] = zeroed(b.Cells[i], n)
	}
	b.RecordID = b.RecordID[:0]
}

// Len is the number of rows in b.
func (b *Batch) Len() int { return len(b.Row) }

func zeroed(s []int64, n int) []int64 {
	if cap(s) < n {
		return make([]int64, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// Class says how a variant is near its value.
type Class uint8

const (
	// Form is the same value written otherwise: a part of a compound name, a
	// short form, a swapped day and month. Every value is a Form of itself,
	// and shares its domain with whole values.
	Form Class = 1 + iota
	// Edit is the value with one character left out: two values one typing
	// error apart (a character wrong, added, missing, or two swapped) share one.
	// Its domain is that of Form, so that a value is its own Edit as well.
	Edit
	// Sound is how a name sounds in French, or, for a date, two of its
	// three components.
	Sound
)

// Variant is a sealed variant: the low half of a token. Variants are only
// compared with those of the same family and class, to find values worth a
// look: that one in four thousand million pairs of them meets by chance is
// nothing beside the values that are alike by chance, and variants are most of
// what a lexicon takes.
type Variant = int32

// VariantOf returns the variant that a token of a variant's domain stands for.
func VariantOf(t Token) Variant { return Variant(t) }

// VariantSQL is VariantOf as an expression over a column of whole tokens.
func VariantSQL(column string) string {
	return fmt.Sprintf("cast((%[1]s & 2147483647) - (%[1]s & 2147483648) as integer)", column)
}

// Entry is one row of a lexicon.
type Entry struct {
	Family  kind.Family
	Value   Token
	Class   Class
	Variant Variant
}
