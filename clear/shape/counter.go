// Package shape counts how data are written while they are sealed: the formats of
// cells, and whether the cells of a row fit one another. Only counts leave it
// (blind/shape); what they are made from is looked at and forgotten.
//
// Looking costs about as much as sealing, so not every row is looked at: the first
// 4,096 of a source are, and of the others every 31st by its number, whatever the
// batches and whoever reads them. A prime does not fall in step with what a
// program writes again and again.
package shape

import (
	"cmp"
	"slices"
	"strconv"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
	"constat.example/clear/table"
)

// Which rows are looked at.
const (
	first  = 4096
	stride = 31
)

func lookedAt(ordinal int64) bool { return ordinal <= first || ordinal%stride == 0 }

// Counter counts the rows of one table. Use one per goroutine, and add up what
// they counted.
type Counter struct {
	rows    int64
	columns []column
	code    []byte
	fit     fit
}

type column struct {
	kind   kind.Kind
	shapes map[string]*int64
}

// New returns a counter of rows with columns of those kinds; monthFirst says of
// which columns dates are to be read month first, and may be shorter.
func New(kinds []kind.Kind, monthFirst []bool) *Counter {
	c := &Counter{}
	for _, k := range kinds {
		c.columns = append(c.columns, column{k, map[string]*int64{}})
	}
	c.fit.open(kinds, monthFirst)
	return c
}

// Look counts the rows of a batch that are to be looked at.
func (c *Counter) Look(b *table.Batch) {
	for row, ordinal := range b.Ordinal {
		if !lookedAt(ordinal) {
			continue
		}
		c.rows++
		for i := range c.columns {
			col := &c.columns[i]
			c.code = appendCode(c.code[:0], col.kind, b.Cell(row, i))
			n := col.shapes[string(c.code)]
			if n == nil {
				n = new(int64)
				col.shapes[string(c.code)] = n
			}
			*n++
		}
		c.fit.look(b, row)
	}
}

// Facts is what was counted. Nothing is folded yet: that is for when all counters
// of a source are added up.
func (c *Counter) Facts() shape.Facts {
	f := shape.Facts{Rows: c.rows}
	for _, col := range c.columns {
		counts := []shape.Count{}
		for code, n := range col.shapes {
			counts = append(counts, shape.Count{Code: code, Cells: *n})
		}
		slices.SortFunc(counts, func(a, b shape.Count) int { return cmp.Compare(a.Code, b.Code) })
		f.Columns = append(f.Columns, shape.Column{Kind: col.kind, Shapes: counts})
	}
	c.fit.tell(&f)
	return f
}

// fit counts how the cells of rows fit one another.
type fit struct {
	at     [kind.Count]int // first column of each kind, -1 for none
	read   reader
	checks [len(rules)]struct{ rows, broken int64 }
	digits [len(digitsOf)][10]int64
	births [30]int64 // by decade from 1800 on
}

// rules in the order of their codes.
var rules = [...]string{
	shape.BirthDate, shape.MailName, shape.NIRDepartment, shape.NIRKey, shape.NIRMonth, shape.NIRSex, shape.NIRYear, shape.PostCodeCity,
}

const (
	ruleBirthDate = iota
	ruleMailName
	ruleNIRDepartment
	ruleNIRKey
	ruleNIRMonth
	ruleNIRSex
	ruleNIRYear
	rulePostCodeCity
)

// digitsOf are the kinds whose last digits are counted; of a birth date, the day's.
var digitsOf = [...]kind.Kind{kind.BirthDate, kind.Phone, kind.HouseNumber}

func (f *fit) hold(rule int, kept bool) {
	f.checks[rule].rows++
	if !kept {
		f.checks[rule].broken++
	}
}

func (f *fit) tell(to *shape.Facts) {
	for i, c := range f.checks {
		if c.rows > 0 {
			to.Checks = append(to.Checks, shape.Check{Code: rules[i], Rows: c.rows, Broken: c.broken})
		}
	}
	for i, n := range f.digits {
		if n != [10]int64{} {
			to.Digits = append(to.Digits, shape.Digits{Of: digitsOf[i], N: n})
		}
	}
	for i, n := range f.births {
		if n > 0 {
			to.Births = append(to.Births, shape.Count{Code: strconv.Itoa(1800 + 10*i), Cells: n})
		}
	}
}
