package link

import (
	"fmt"
	"strings"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// An aspect is one thing on which a row and a person can agree: the surname,
// the birth date, an identifier. Its levels go from the fullest agreement to
// difference; level 0 is "one side has no value", which tells nothing.
type aspect struct {
	name   string
	kind   kind.Kind // that the register counts its values under
	place  int       // of a place: the number of its tuples in reg_place
	levels []string  // names of levels 1, 2 …; the last one is difference

	// slots are the dump's and the register's columns that are compared; both
	// non-empty, or the aspect does not exist.
	dump, register []string

	// unless is when the aspect tells nothing though both sides have a value, because
	// another one says it already: in SQL over d and r; "" where there is no such case.
	unless string

	// family is the lexicon that tells near values; empty for identifiers.
	family kind.Family

	// conditions are those of the levels but the last, in SQL over d (dump row), r
	// (version of a person) and the near joins. Without the joins nothing counts
	// as near: where that comes to a level from blurred on, nearness could have told
	// better; before, both say the same.
	conditions []string
	blurred    int
	joins      []nearJoin

	sort aspectSort // how its chance is worked out: see chance.go

	// kappa is the least rate at which another person shares a value that only one
	// person of the register is known to have (see chance.go).
	kappa float64

	// What the aspect says of people who are taken for one another.
	shared bool // a household shares it: surname, street, place, phone …
	born   bool // twins share it too: birth date, birthplace

	// after names the aspect that this one follows: names that changed places
	// do so together.
	after string

	match []float64 // prior of the rates of the levels among matches
	home  []float64 // prior of the rates among members of one household, if shared
}

// aspectSort says how an aspect's chance is worked out.
type aspectSort int

const (
	sortValue  aspectSort = iota // values with near ones: names, dates, streets
	sortPlace                    // several columns that say the same thing
	sortID                       // identifiers, with two ends
	sortStreet                   // street and number
)

// nearJoin brings the class of nearness of two columns into a query.
type nearJoin struct {
	alias          string
	family         kind.Family
	dump, register string // columns
}

func (j nearJoin) sql() string {
	return fmt.Sprintf(" LEFT JOIN near_%s %s ON %s.a = d.%s AND %s.b = r.%s",
		j.family, j.alias, j.alias, j.dump, j.alias, j.register)
}

// filled is the columns of a layout that hold any value on that side.
type filled map[string]bool

func (f filled) of(columns ...token.Column) []string {
	var names []string
	for _, c := range columns {
		if f[c.Name()] {
			names = append(names, c.Name())
		}
	}
	return names
}

func whole(k kind.Kind) token.Column { return token.Column{Kind: k, Occurrence: 1} }

func occurrences(k kind.Kind, role token.Role) []token.Column {
	columns := make([]token.Column, token.MaxOccurrences)
	for i := range columns {
		columns[i] = token.Column{Kind: k, Occurrence: i + 1, Role: role}
	}
	return columns
}

// anyEqual is true when some column of the row equals some column of the person.
func anyEqual(dump, register []string) string {
	var terms []string
	for _, d := range dump {
		for _, r := range register {
			terms = append(terms, fmt.Sprintf("d.%s = r.%s", d, r))
		}
	}
	if len(terms) == 0 {
		return "FALSE"
	}
	return "coalesce(" + strings.Join(terms, " OR ") + ", FALSE)"
}

func allNull(alias string, columns []string) string {
	terms := make([]string, len(columns))
	for i, c := range columns {
		terms[i] = alias + "." + c + " IS NULL"
	}
	return "(" + strings.Join(terms, " AND ") + ")"
}

// cases sets the conditions of the levels, difference apart.
func (a *aspect) cases(conditions ...string) {
	a.conditions = conditions
	a.blurred = len(a.levels)
	for i, level := range a.levels {
		if level == "swapped" || level == "exchanged" || level == "number" {
			a.blurred = i + 1
			return
		}
	}
}

// sql is the expression of the level, each as value gives it, 0 where one side is
// empty; near says whether the near joins are there.
func (a *aspect) sql(near bool, value func(level int) int64) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CASE WHEN %s OR %s", allNull("d", a.dump), allNull("r", a.register))
	if a.unless != "" {
		b.WriteString(" OR " + a.unless)
	}
	b.WriteString(" THEN CAST(0 AS BIGINT)")
	for i, c := range a.conditions {
		if !near {
			for _, j := range a.joins {
				c = strings.ReplaceAll(c, j.alias+".class", "NULL")
			}
		}
		fmt.Fprintf(&b, " WHEN %s THEN %d", c, value(i+1))
	}
	fmt.Fprintf(&b, " ELSE %d END", value(len(a.levels)))
	return b.String()
}

// settled reports whether a level that was found without looking for near
// values is the level there is.
func (a *aspect) settled(level int) bool { return len(a.joins) == 0 || level < a.blurred }

// near adds the joins that tell how near the columns are, and returns the
// condition that some pair of them is near by at most that class.
func (a *aspect) near(dump, register []string) func(token.Class) string {
	first := len(a.joins)
	for _, d := range dump {
		for _, r := range register {
			a.joins = append(a.joins, nearJoin{
				alias:  fmt.Sprintf("n_%s_%d", a.name, len(a.joins)),
				family: a.family, dump: d, register: r,
			})
		}
	}
	joins := a.joins[first:]
	return func(upTo token.Class) string {
		if len(joins) == 0 {
			return "FALSE"
		}
		terms := make([]string, len(joins))
		for i, j := range joins {
			terms[i] = fmt.Sprintf("%s.class <= %d", j.alias, upTo)
		}
		return "coalesce(" + strings.Join(terms, " OR ") + ", FALSE)"
	}
}

// aspects returns what the two sides can agree on, in a fixed order. dump and
// register tell which columns hold any value.
func aspects(dump, register filled) []*aspect {
	var all []*aspect
	add := func(a *aspect, build func(*aspect)) {
		if len(a.dump) == 0 || len(a.register) == 0 {
			return
		}
		build(a)
		all = append(all, a)
	}

	surname := []token.Column{whole(kind.BirthSurname), whole(kind.UsedSurname)}
	given := []token.Column{whole(kind.GivenNames), {Kind: kind.GivenNames, Occurrence: 1, Role: token.Second}, {Kind: kind.GivenNames, Occurrence: 1, Role: token.Third}}
	first := []token.Column{whole(kind.GivenNames)}

	add(&aspect{
		name: "surname", kind: kind.BirthSurname, levels: []string{"exact", "near", "sound", "swapped", "differs"},
		dump: dump.of(surname...), register: register.of(surname...), family: kind.Name, kappa: 0.5,
		shared: true,
		match:  []float64{0.930, 0.035, 0.005, 0.010, 0.020},
		home:   []float64{0.800, 0.010, 0.005, 0.005, 0.180},
	}, func(a *aspect) {
		near := a.near(a.dump, a.register)
		crossed := a.near(a.dump, register.of(first...))
		a.cases(anyEqual(a.dump, a.register), near(token.Edit), near(token.Sound),
			"("+anyEqual(a.dump, register.of(first...))+" OR "+crossed(token.Edit)+")")
	})
	add(&aspect{
		name: "given", kind: kind.GivenNames, after: "surname", levels: []string{"exact", "other", "near", "sound", "swapped", "differs"},
		dump: dump.of(given...), register: register.of(given...), family: kind.Name, kappa: 0.5,
		match: []float64{0.920, 0.010, 0.035, 0.005, 0.010, 0.020},
	}, func(a *aspect) {
		near := a.near(dump.of(first...), register.of(first...))
		crossed := a.near(dump.of(first...), register.of(surname...))
		a.cases(anyEqual(dump.of(first...), register.of(first...)), anyEqual(a.dump, a.register),
			near(token.Edit), near(token.Sound),
			"("+anyEqual(dump.of(first...), register.of(surname...))+" OR "+crossed(token.Edit)+")")
	})
	add(&aspect{
		name: "birth_date", kind: kind.BirthDate, levels: []string{"exact", "near", "two_parts", "differs"},
		dump: dump.of(whole(kind.BirthDate)), register: register.of(whole(kind.BirthDate)), family: kind.Date, kappa: 0.5,
		born:  true,
		match: []float64{0.960, 0.020, 0.010, 0.010},
	}, func(a *aspect) {
		near := a.near(a.dump, a.register)
		a.cases(anyEqual(a.dump, a.register), near(token.Edit), near(token.Sound))
	})
	add(&aspect{
		name: "sex", kind: kind.Sex, levels: []string{"exact", "differs"},
		dump: dump.of(whole(kind.Sex)), register: register.of(whole(kind.Sex)), sort: sortID, kappa: 0.5,
		match: []float64{0.985, 0.015},
	}, func(a *aspect) { a.cases(anyEqual(a.dump, a.register)) })
	all = appendPlace(all, dump, register, &aspect{
		name: "birthplace", place: 1, levels: []string{"exact", "partly", "differs"}, kappa: 0.5, born: true,
		match: []float64{0.930, 0.040, 0.030},
		home:  []float64{0.350, 0.050, 0.600}, // brothers and sisters
	}, kind.BirthPlaceCode, kind.BirthPlace)
	all = appendPlace(all, dump, register, &aspect{
		name: "place", place: 2, levels: []string{"exact", "partly", "differs"}, kappa: 0.5, shared: true,
		match: []float64{0.780, 0.100, 0.120},
		home:  []float64{0.900, 0.050, 0.050},
	}, kind.PostCode, kind.CityCode, kind.City)
	extra := occurrences(kind.AddressExtra, token.Whole)
	lines := exchanged(dump, register, extra)
	street := register["address"] && dump["address"]
	if street {
		a := &aspect{
			name: "street", kind: kind.Address, levels: []string{"exact", "near", "street_only"},
			dump: []string{"address"}, register: []string{"address"}, family: kind.Street, sort: sortStreet, kappa: 0.5,
			shared: true,
			match:  []float64{0.700, 0.090, 0.080},
			home:   []float64{0.850, 0.030, 0.030},
		}
		near := a.near(a.dump, a.register)
		number := "TRUE"
		if numbered(dump, register) {
			number = "(d.house_number = r.house_number OR (d.house_number IS NULL AND r.house_number IS NULL))"
			number = "coalesce(" + number + ", FALSE)"
		}
		same := anyEqual(a.dump, a.register)
		conditions := []string{same + " AND " + number, near(token.Edit) + " AND " + number, "(" + same + " OR " + near(token.Edit) + ")"}
		further := func(level, condition string, match, home float64) {
			a.levels = append(a.levels, level)
			a.match, a.home = append(a.match, match), append(a.home, home)
			conditions = append(conditions, condition)
		}
		if lines != "" {
			further("exchanged", lines, 0.005, 0.005)
		}
		if numbered(dump, register) {
			further("number", "coalesce(d.house_number = r.house_number, FALSE)", 0.020, 0.010)
		}
		a.levels = append(a.levels, "differs")
		a.match, a.home = append(a.match, rest(a.match)), append(a.home, rest(a.home))
		a.cases(conditions...)
		all = append(all, a)
	}
	// A number says something by itself where there is no street to go with it.
	if !street || dump[loneNumber] {
		a := &aspect{
			name: "house_number", kind: kind.HouseNumber, levels: []string{"exact", "differs"},
			dump: dump.of(whole(kind.HouseNumber)), register: register.of(whole(kind.HouseNumber)), sort: sortID, kappa: 0.5,
			shared: true, match: []float64{0.85, 0.15}, home: []float64{0.9, 0.1},
		}
		if street {
			a.unless = "(d.address IS NOT NULL AND r.address IS NOT NULL)"
		}
		add(a, func(a *aspect) { a.cases(anyEqual(a.dump, a.register)) })
	}
	add(&aspect{
		name: "address_extra", kind: kind.AddressExtra, levels: []string{"exact", "near", "differs"},
		dump: dump.of(extra...), register: register.of(extra...), family: kind.Street, kappa: 0.5,
		shared: true,
		match:  []float64{0.700, 0.100, 0.200},
		home:   []float64{0.800, 0.050, 0.150},
	}, func(a *aspect) {
		near := a.near(a.dump, a.register)
		a.cases(anyEqual(a.dump, a.register), near(token.Edit))
		a.unless = lines
	})
	if !(dump["postcode"] && register["postcode"]) && !(dump["city"] && register["city"]) {
		add(&aspect{
			name: "region", kind: kind.Region, levels: []string{"exact", "differs"},
			dump: dump.of(whole(kind.Region)), register: register.of(whole(kind.Region)), sort: sortID, kappa: 0.5,
			shared: true, match: []float64{0.9, 0.1}, home: []float64{0.95, 0.05},
		}, func(a *aspect) { a.cases(anyEqual(a.dump, a.register)) })
	}
	for _, id := range identifiers {
		a := &aspect{
			name: id.kind.String(), kind: id.kind, levels: []string{"exact", "part", "differs"},
			dump:     dump.of(occurrences(id.kind, token.Whole)...),
			register: register.of(occurrences(id.kind, token.Whole)...),
			sort:     sortID, kappa: id.kappa, shared: id.shared > 0,
			match: []float64{id.match, 0.02, 0.98 - id.match},
		}
		if id.shared > 0 {
			a.home = []float64{id.shared, 0.02, 0.98 - id.shared}
		}
		add(a, func(a *aspect) {
			var ends []string
			for _, role := range id.ends {
				d, r := dump.of(occurrences(id.kind, role)...), register.of(occurrences(id.kind, role)...)
				if len(d) > 0 && len(r) > 0 {
					ends = append(ends, anyEqual(d, r))
				}
			}
			if len(ends) == 0 {
				a.levels = []string{"exact", "differs"}
				a.match = []float64{id.match, 1 - id.match}
				if a.home != nil {
					a.home = []float64{id.shared, 1 - id.shared}
				}
				a.cases(anyEqual(a.dump, a.register))
				return
			}
			a.cases(anyEqual(a.dump, a.register), "("+strings.Join(ends, " OR ")+")")
		})
	}
	return all
}

// loneNumber stands among the filled columns of a dump in which some house number
// is in a row without a street.
const loneNumber = "house_number_alone"

// numbered reports whether both sides have house numbers.
func numbered(dump, register filled) bool { return dump["house_number"] && register["house_number"] }

// exchanged is the condition that the street of one side is a further address line
// of the other, as where two lines changed places; "" where no side has such lines.
func exchanged(dump, register filled, extra []token.Column) string {
	if !dump["address"] || !register["address"] || len(dump.of(extra...))+len(register.of(extra...)) == 0 {
		return ""
	}
	street := []string{"address"}
	return "(d.address IS NOT NULL AND r.address IS NOT NULL AND d.address <> r.address AND (" +
		anyEqual(street, register.of(extra...)) + " OR " + anyEqual(dump.of(extra...), street) + "))"
}

// identifiers are the kinds that name a person by themselves. kappa is the
// least rate of coincidence: numbers handed out in sequence meet those of any
// other file that counts from one, so they weigh only with the names beside
// them; phones are shared and handed on; state numbers hardly ever.
var identifiers = []struct {
	kind   kind.Kind
	kappa  float64
	match  float64 // prior rate of exact agreement among matches
	shared float64 // prior rate among members of one household; 0: not shared
	ends   []token.Role
}{
	{kind.RecordID, 1, 0.80, 0, nil},
	{kind.NIR, 1e-3, 0.94, 0, []token.Role{token.Head, token.Tail}},
	{kind.TaxNumber, 1e-3, 0.94, 0, []token.Role{token.Head, token.Tail}},
	{kind.Email, 5e-3, 0.80, 0.15, []token.Role{token.Head}},
	{kind.Phone, 2e-2, 0.80, 0.30, []token.Role{token.Head, token.Tail}},
	{kind.IBAN, 5e-3, 0.80, 0.20, []token.Role{token.Head, token.Tail}},
	{kind.IDCard, 1e-3, 0.80, 0, []token.Role{token.Head, token.Tail}},
	{kind.Passport, 1e-3, 0.80, 0, []token.Role{token.Head, token.Tail}},
	{kind.Permit, 1e-3, 0.90, 0, []token.Role{token.Head, token.Tail}},
	{kind.SIRET, 0.1, 0.80, 0.10, nil},
	{kind.Login, 0.2, 0.80, 0, []token.Role{token.Head, token.Tail}},
	{kind.Identifier, 0.2, 0.80, 0, []token.Role{token.Head, token.Tail}},
	{kind.PaymentCard, 5e-3, 0.80, 0.10, []token.Role{token.Head, token.Tail}},
}

// appendPlace adds an aspect in which several columns name one place. Only
// columns that both sides have are compared: all that are filled agree, or
// some do (a new postcode, a merged commune, a misspelt name), or none.
func appendPlace(all []*aspect, dump, register filled, a *aspect, kinds ...kind.Kind) []*aspect {
	var same, differ []string
	for _, k := range kinds {
		c := k.String()
		if !dump[c] || !register[c] {
			continue
		}
		a.dump = append(a.dump, c)
		a.register = append(a.register, c)
		same = append(same, fmt.Sprintf("coalesce(d.%s = r.%s, FALSE)", c, c))
		differ = append(differ, fmt.Sprintf("coalesce(d.%s <> r.%s, FALSE)", c, c))
	}
	if len(same) == 0 {
		return all
	}
	a.sort = sortPlace
	some := "(" + strings.Join(same, " OR ") + ")"
	partly := some
	for i, c := range a.dump {
		if c != kind.City.String() && c != kind.BirthPlace.String() {
			continue
		}
		a.family = kind.Place
		near := a.near(a.dump[i:i+1], a.register[i:i+1])
		partly = "(" + some + " OR " + near(token.Edit) + ")"
	}
	a.cases(some+" AND NOT ("+strings.Join(differ, " OR ")+")", partly)
	return append(all, a)
}

// A pattern packs the levels of all aspects into one integer; radix is the number of levels of each, missing included.
func radix(as []*aspect) []int64 {
	r := make([]int64, len(as))
	for i, a := range as {
		r[i] = int64(len(a.levels) + 1)
	}
	return r
}

// packed is the SQL of the pattern of a pair, near joins and all.
func packed(as []*aspect) string {
	terms := make([]string, len(as))
	unit := int64(1)
	for i, n := range radix(as) {
		terms[i] = as[i].sql(true, func(level int) int64 { return int64(level) * unit })
		unit *= n
	}
	return strings.Join(terms, " + ")
}

// unpack returns the levels packed in a pattern.
func unpack(as []*aspect, pattern int64) []int {
	levels := make([]int, len(as))
	for i, n := range radix(as) {
		levels[i] = int(pattern % n)
		pattern /= n
	}
	return levels
}
