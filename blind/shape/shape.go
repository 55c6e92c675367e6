// Package shape is the vocabulary of how data are written, as counts: the formats
// of the cells of a column, and how the cells of a row fit one another. It holds
// codes of formats and numbers, never a value, so that the register's may be kept
// and a dump's compared with them.
package shape

import (
	"cmp"
	"slices"

	"constat.example/blind/kind"
)

// Codes that are the same in every column.
const (
	Empty   = "empty"   // a cell without text
	Missing = "missing" // followed by a colon and the mark for a missing value
	Other   = "other"   // formats that too few cells have to be told
)

// Fewest is how many cells must share a format for it to be told: a format that
// one person's cell alone has would tell something of that person.
const Fewest = 20

// Facts is what is known of how the rows looked at are written. Of a large source
// not all are looked at (clear/shape says which); Rows says how many were.
type Facts struct {
	Rows    int64    `json:"rows"`
	Columns []Column `json:"columns"`
	Checks  []Check  `json:"checks,omitempty"`
	Digits  []Digits `json:"digits,omitempty"`
	Births  []Count  `json:"births,omitempty"` // by decade: "1950"
}

// Column counts the formats of a column's cells. The counts add up to the rows.
type Column struct {
	Kind   kind.Kind `json:"kind"`
	Shapes []Count   `json:"shapes"` // by code
}

// Count is how many cells have a format.
type Count struct {
	Code  string `json:"code"`
	Cells int64  `json:"cells"`
}

// Check counts the rows that a rule could be tried on, and those that broke it.
type Check struct {
	Code   string `json:"code"`
	Rows   int64  `json:"rows"`
	Broken int64  `json:"broken"`
}

// The rules that the cells of a row are held to.
const (
	NIRKey        = "nir_key"        // the key fits the number
	NIRSex        = "nir_sex"        // the number's sex is that of the row
	NIRYear       = "nir_year"       // so is its year of birth
	NIRMonth      = "nir_month"      // its month of birth
	NIRDepartment = "nir_department" // and its département of birth
	PostCodeCity  = "postcode_city"  // postcode and commune lie in one département
	BirthDate     = "birth_date"     // the date exists
	MailName      = "mail_name"      // a name of the row stands in the mail address: many keep that, not all
)

// Digits counts last digits: of birth days, phone numbers, house numbers.
type Digits struct {
	Of kind.Kind `json:"of"`
	N  [10]int64 `json:"n"`
}

// Add returns the counts of f and o together, for sources that several counted
// parts of. Both are of the same columns, in the same order; one may be empty.
func (f Facts) Add(o Facts) Facts {
	if len(f.Columns) == 0 {
		f, o = o, f
	}
	sum := Facts{Rows: f.Rows + o.Rows}
	for i, c := range f.Columns {
		if i < len(o.Columns) {
			c.Shapes = added(c.Shapes, o.Columns[i].Shapes)
		}
		sum.Columns = append(sum.Columns, c)
	}
	sum.Checks = slices.Clone(f.Checks)
	for _, c := range o.Checks {
		i := slices.IndexFunc(sum.Checks, func(have Check) bool { return have.Code == c.Code })
		if i < 0 {
			sum.Checks = append(sum.Checks, c)
			continue
		}
		sum.Checks[i].Rows += c.Rows
		sum.Checks[i].Broken += c.Broken
	}
	slices.SortFunc(sum.Checks, func(a, b Check) int { return cmp.Compare(a.Code, b.Code) })
	sum.Digits = slices.Clone(f.Digits)
	for _, d := range o.Digits {
		i := slices.IndexFunc(sum.Digits, func(have Digits) bool { return have.Of == d.Of })
		if i < 0 {
			sum.Digits = append(sum.Digits, d)
			continue
		}
		for n := range d.N {
			sum.Digits[i].N[n] += d.N[n]
		}
	}
	slices.SortFunc(sum.Digits, func(a, b Digits) int { return cmp.Compare(a.Of, b.Of) })
	sum.Births = added(f.Births, o.Births)
	return sum
}

// Join puts the columns of several tables side by side, and adds up the rest.
func Join(tables []Facts) (all Facts) {
	for _, f := range tables {
		columns := f.Columns
		f.Columns = nil
		joined := append(all.Columns, columns...)
		all = all.Add(f)
		all.Columns = joined
	}
	return all
}

func added(a, b []Count) []Count {
	sum := slices.Clone(a)
	for _, c := range b {
		i := slices.IndexFunc(sum, func(have Count) bool { return have.Code == c.Code })
		if i < 0 {
			sum = append(sum, c)
			continue
		}
		sum[i].Cells += c.Cells
	}
	return sorted(sum)
}

func sorted(counts []Count) []Count {
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Compare(a.Code, b.Code) })
	return counts
}

// Fold counts what fewer than Fewest cells have under Other, and leaves out what a
// row or two alone decide.
func (f Facts) Fold() Facts {
	for i, c := range f.Columns {
		f.Columns[i].Shapes = folded(c.Shapes)
	}
	f.Births = folded(f.Births)
	return f
}

func folded(counts []Count) []Count {
	var kept []Count
	other := int64(0)
	for _, c := range counts {
		if c.Code == Other || c.Cells < Fewest {
			other += c.Cells
			continue
		}
		kept = append(kept, c)
	}
	if other > 0 {
		kept = append(kept, Count{Other, other})
	}
	return sorted(kept)
}

// Of is what is known of the first column of a kind that has cells, without its
// empty ones and marks for missing values; nil where there is none.
func (f Facts) Of(k kind.Kind) []Count {
	for _, c := range f.Columns {
		if c.Kind != k {
			continue
		}
		if filled := c.Filled(); len(filled) > 0 {
			return filled
		}
	}
	return nil
}

// Filled is the formats of the cells that hold a value.
func (c Column) Filled() []Count {
	return slices.DeleteFunc(slices.Clone(c.Shapes), func(n Count) bool {
		return n.Code == Empty || len(n.Code) > len(Missing) && n.Code[:len(Missing)] == Missing
	})
}

// Total is how many cells counts are of.
func Total(counts []Count) (n int64) {
	for _, c := range counts {
		n += c.Cells
	}
	return n
}

// Alike is how much two distributions of formats have in common: the sum of the
// smaller share of each, 1 where they are the same and 0 where no format is in both.
func Alike(a, b []Count) float64 {
	of, in := float64(Total(a)), float64(Total(b))
	if of == 0 || in == 0 {
		return 0
	}
	common := 0.0
	for _, c := range a {
		for _, d := range b {
			if c.Code == d.Code {
				common += min(float64(c.Cells)/of, float64(d.Cells)/in)
			}
		}
	}
	return common
}
