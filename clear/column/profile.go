package column

import (
	"slices"

	"constat.example/blind/kind"
	"constat.example/clear/table"
)

// detail is how many distinct values of a column are looked at closely: enough
// for shares to the percent, few enough for a wide file to be typed at once.
const detail = 800

// profile is what a column's values are, as a whole.
type profile struct {
	rows, filled, distinct int
	n                      int // distinct values looked at
	share                  [lookCount]float64
	years                  []int // of the dates looked at, sorted
	counting               bool  // the values are 1, 2, 3 … in the order of the rows, or nearly
	few                    bool  // a few values fill nearly all rows: shares are by rows
}

// survey profiles a column. Shares are over distinct values, so that one filler
// in half of the rows weighs no more than one value. Where a few values fill
// nearly all rows (sexes, countries, yes and no) it is the other way round: they
// are the column, by their rows, and what stands once is astray.
func (l *looker) survey(sample *table.Batch, column int, seen *distinct) profile {
	p := profile{rows: sample.Rows()}
	if column >= sample.Width {
		return p
	}
	seen.reset(p.rows)
	last, steps := -1, 0
	for row := range p.rows {
		raw := sample.Cell(row, column)
		if len(raw) == 0 {
			continue
		}
		p.filled++
		if n, ok := number(raw); ok {
			if last >= 0 && n > last {
				steps++
			}
			last = n
		}
		seen.add(raw, row)
	}
	// Marks for missing values go first: they stand often, and are no values.
	values := slices.DeleteFunc(seen.values, func(v valued) bool {
		if v.count > 1 && l.missing(sample.Cell(v.row, column)) {
			p.filled -= v.count
			return true
		}
		return false
	})
	// Orders and row numbers grow from row to row; persons' ids may too, so this
	// is only ever a doubt.
	p.counting = p.filled > 1 && steps >= p.filled-1-p.filled/50
	if often := frequent(values, p.filled); often != nil {
		p.few, values = true, often
	}
	var total float64
	var looks [lookCount]float64
	stride := max(1, (len(values)+detail-1)/detail)
	for i, v := range values {
		if i%stride != 0 {
			p.distinct++
			continue
		}
		raw := sample.Cell(v.row, column)
		if l.missing(raw) {
			p.filled -= v.count
			continue
		}
		p.distinct++
		weight := 1.0
		if p.few {
			weight = float64(v.count)
		}
		total += weight
		p.n++
		l.look(raw, weight, &looks)
		if d, ok := readDate(undress(raw)); ok {
			p.years = append(p.years, d.year)
		}
	}
	slices.Sort(p.years)
	for i := range looks {
		if total > 0 {
			p.share[i] = looks[i] / total
		}
	}
	return p
}

// frequent are the values that stand three times or more, where there are few
// and they fill eight rows in ten; nil otherwise.
func frequent(values []valued, filled int) []valued {
	const times, few = 3, 64
	var often []valued
	rows := 0
	for _, v := range values {
		if v.count >= times && v.count*200 >= filled {
			often = append(often, v)
			rows += v.count
		}
	}
	if len(often) == 0 || len(often) > few || rows*10 < filled*8 {
		return nil
	}
	return often
}

// number reads a short whole number.
func number(raw []byte) (int, bool) {
	n := 0
	for _, b := range raw {
		if b < '0' || b > '9' {
			return 0, false
		}
		n = n*10 + int(b-'0')
	}
	return n, len(raw) > 0 && len(raw) < 10
}

// yearsSay tells births, which go back decades, from events, which cluster late.
// It needs no clock: half of all births lie before 1990 for long to come, and
// no file holds events of people over more than a quarter of a century.
func (p *profile) yearsSay() (birth, event float64, why string) {
	const few, late = 5, 2008
	switch {
	case len(p.years) == 0:
		return 0, 0, ""
	case len(p.years) < few && p.years[0] >= late:
		return recentYears / 2, 1, "the dates are few and late"
	case len(p.years) < few:
		return 0, 0, ""
	}
	at := func(q int) int { return p.years[(len(p.years)-1)*q/100] }
	low, middle, high := at(5), at(50), at(95)
	switch {
	case high > 2035:
		return futureYears, 1, "the dates reach into the future"
	case low < 1985 && high-low >= 25 || middle < 1980:
		return oldYears, -2, "the dates span decades, as births do"
	case low >= 1995 && high-low <= 20 && high >= 2008:
		return recentYears, 2, "the dates cluster in a few late years, as events do"
	}
	return 0, 0, ""
}

// manyValued are kinds of which a hundred people have more than a handful of values.
var manyValued = kind.Set(0).With(kind.BirthSurname).With(kind.UsedSurname).With(kind.GivenNames).With(kind.FullName).
	With(kind.BirthDate).With(kind.Address).With(kind.NIR).With(kind.TaxNumber).With(kind.Email).With(kind.Phone).
	With(kind.IBAN).With(kind.PaymentCard).With(kind.IDCard).With(kind.Passport).With(kind.Permit).With(kind.Login).With(kind.RecordID).With(kind.Identifier).
	With(kind.City).With(kind.BirthPlace).With(kind.CityCode).With(kind.BirthPlaceCode).With(kind.PostCode).With(kind.HouseNumber)

// valued is a distinct value: where it first stands, and how often.
type valued struct{ row, count int }

// distinct counts cells by their 64-bit hash. A collision would miscount one
// value of a sample, and chance makes one in some 10^10 samples.
type distinct struct {
	slots  []slot
	mask   uint64
	values []valued
}

type slot struct {
	hash  uint64
	value int // 1 + place in values; 0 is free
}

func (d *distinct) reset(rows int) {
	size := 64
	for size < 2*rows {
		size *= 2
	}
	if len(d.slots) < size {
		d.slots = make([]slot, size)
	}
	clear(d.slots)
	d.mask = uint64(len(d.slots) - 1)
	d.values = d.values[:0]
}

// add counts the cell of a row. The hash is FNV-1a with a final mix.
func (d *distinct) add(text []byte, row int) {
	h := uint64(14695981039346656037)
	for _, b := range text {
		h = (h ^ uint64(b)) * 1099511628211
	}
	h ^= h >> 29
	for i := (h * 0x9E3779B97F4A7C15) >> 20; ; i++ {
		switch s := &d.slots[i&d.mask]; {
		case s.value == 0:
			d.values = append(d.values, valued{row, 1})
			*s = slot{h, len(d.values)}
			return
		case s.hash == h:
			d.values[s.value-1].count++
			return
		}
	}
}
