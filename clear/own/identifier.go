package own

import (
	"slices"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
	"constat.example/clear/table"
)

// Identifier is what two organisations can tell a person by without a key in
// common: a number or address of theirs, or a name together with something else.
type Identifier uint8

// The identifiers, the strongest first.
const (
	NIR Identifier = iota
	TaxNumber
	NameBirth // surname, first given name and birth date
	NamePhone // surname, first given name and phone
	Email
	IBAN
	Phone
	RecordID
	count
)

var names = [count]string{"nir", "tax_number", "name_birth", "name_phone", "email", "iban", "phone", "record_id"}

// String is the identifier's name in JSON and on the wire.
func (i Identifier) String() string {
	if i >= count {
		return "unknown"
	}
	return names[i]
}

// Parse is the identifier of that name.
func Parse(name string) (Identifier, bool) {
	i := slices.Index(names[:], name)
	return Identifier(max(i, 0)), i >= 0
}

// All lists the identifiers.
func All() []Identifier {
	all := make([]Identifier, count)
	for i := range all {
		all[i] = Identifier(i)
	}
	return all
}

// Alone reports whether a row that agrees in it is taken for a row about the
// person. A phone alone goes by household and from hand to hand, and both registers may
// number their records from 1: those two are told and prove nothing.
func (i Identifier) Alone() bool { return i != Phone && i != RecordID }

// Columns says what the columns of rows are.
type Columns struct {
	Kinds      []kind.Kind
	MonthFirst []bool // nil for none
}

// Identifiers are those that rows of such columns can hold, in order.
func (c Columns) Identifiers() []Identifier {
	has := map[kind.Kind]bool{}
	for _, k := range c.Kinds {
		has[k] = true
	}
	surname := has[kind.BirthSurname] || has[kind.UsedSurname] || has[kind.FullName]
	given := has[kind.GivenNames] || has[kind.FullName]
	can := [count]bool{
		NIR: has[kind.NIR], TaxNumber: has[kind.TaxNumber], IBAN: has[kind.IBAN], Email: has[kind.Email], Phone: has[kind.Phone], RecordID: has[kind.RecordID],
		NameBirth: surname && given && has[kind.BirthDate], NamePhone: surname && given && has[kind.Phone],
	}
	var all []Identifier
	for _, i := range All() {
		if can[i] {
			all = append(all, i)
		}
	}
	return all
}

// Value is what a row holds of an identifier, in the clear.
type Value struct {
	ID   Identifier
	Text string // canonical
}

// String is redacted.
func (v Value) String() string { return "‹" + v.ID.String() + "›" }

// GoString is redacted.
func (v Value) GoString() string { return v.String() }

// Each is the most values of an identifier that are taken from one row.
const Each = 2

// Reader takes identifiers from rows. It keeps buffers: use one per goroutine.
type Reader struct {
	columns Columns
	seen    []int // by column: how many of its kind come before it
	split   [2]field.Splitter

	surnames, givens, births, phones []string
	out                              []Value
}

// NewReader returns a reader of rows of those columns.
func NewReader(c Columns) *Reader {
	r := &Reader{columns: c}
	before := map[kind.Kind]int{}
	for _, k := range c.Kinds {
		before[k]++
		r.seen = append(r.seen, before[k])
	}
	r.split[1].MonthFirst(true)
	return r
}

var direct = map[kind.Kind]Identifier{
	kind.NIR: NIR, kind.TaxNumber: TaxNumber, kind.IBAN: IBAN, kind.Email: Email, kind.Phone: Phone, kind.RecordID: RecordID,
}

// Row returns the identifiers that a row holds: at most Each values of each, in
// the order of the identifiers, no value twice. Cells that are not well formed give none: what
// cannot be read for sure is not compared. The slice is r's until the next call.
func (r *Reader) Row(b *table.Batch, row int) []Value {
	r.surnames, r.givens, r.births, r.phones, r.out = r.surnames[:0], r.givens[:0], r.births[:0], r.phones[:0], r.out[:0]
	for c, k := range r.columns.Kinds {
		if c >= b.Width {
			break
		}
		id, is := direct[k]
		named := k == kind.BirthSurname || k == kind.UsedSurname || k == kind.FullName || k == kind.GivenNames || k == kind.BirthDate
		if !is && !named {
			continue
		}
		split := &r.split[0]
		if c < len(r.columns.MonthFirst) && r.columns.MonthFirst[c] {
			split = &r.split[1]
		}
		parts, validity, _ := split.Split(k, 1, b.Cell(row, c))
		if validity != field.Valid && (validity != field.Odd || k == kind.BirthDate) {
			continue
		}
		for _, p := range parts {
			if p.Column.Role != token.Whole || len(p.Text) == 0 {
				continue
			}
			text := string(p.Text)
			switch p.Column.Kind {
			case kind.BirthSurname, kind.UsedSurname:
				r.surnames = append(r.surnames, text)
			case kind.GivenNames:
				if r.seen[c] == 1 {
					r.givens = append(r.givens, text)
				}
			case kind.BirthDate:
				r.births = append(r.births, text)
			case k:
				if is {
					r.add(id, text)
				}
				if k == kind.Phone {
					r.phones = append(r.phones, text)
				}
			}
		}
	}
	for _, surname := range r.surnames {
		if len(r.givens) == 0 {
			break
		}
		name := surname + "\x1f" + r.givens[0] + "\x1f"
		for _, birth := range r.births {
			r.add(NameBirth, name+birth)
		}
		for _, phone := range r.phones {
			r.add(NamePhone, name+phone)
		}
	}
	slices.SortStableFunc(r.out, func(a, b Value) int { return int(a.ID) - int(b.ID) })
	return r.out
}

func (r *Reader) add(id Identifier, text string) {
	n := 0
	for _, v := range r.out {
		if v.ID == id {
			if v.Text == text {
				return
			}
			n++
		}
	}
	if n < Each {
		r.out = append(r.out, Value{id, text})
	}
}
