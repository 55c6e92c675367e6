package seal

import (
	"constat.example/clear/field"
)

// Count is what the cells of a source column were.
type Count struct {
	Filled  int64 // cells that are not empty: Valid + Odd + Invalid
	Valid   int64
	Odd     int64
	Invalid int64
	Reasons []ReasonCount // why cells are odd or invalid, in the order of reasons

	// Of a record id column: rows without an id, and the first of them.
	MissingIDs   int64
	FirstMissing int64 // ordinal; 0 where there is none
}

// ReasonCount counts the cells that are odd or invalid for one reason.
type ReasonCount struct {
	Reason field.Reason
	Cells  int64
}

// Add returns the counts of c and o together, for columns that several
// sealers shared. The order does not matter.
func (c Count) Add(o Count) Count {
	t := c.tally()
	u := o.tally()
	for v := range t.cells {
		t.cells[v] += u.cells[v]
	}
	for r := range t.reasons {
		t.reasons[r] += u.reasons[r]
	}
	t.missingIDs += u.missingIDs
	if t.firstMissing == 0 || u.firstMissing != 0 && u.firstMissing < t.firstMissing {
		t.firstMissing = u.firstMissing
	}
	return t.result()
}

// tally is a Count under way, as quick to add to as can be.
type tally struct {
	cells        [field.Invalid + 1]int64 // by validity
	reasons      [256]int64
	missingIDs   int64
	firstMissing int64
}

func (t *tally) add(validity field.Validity, reason field.Reason) {
	t.cells[validity]++
	t.reasons[reason]++
}

func (t *tally) missing(ordinal int64) {
	if t.missingIDs == 0 || ordinal < t.firstMissing {
		t.firstMissing = ordinal
	}
	t.missingIDs++
}

func (t *tally) result() Count {
	c := Count{
		Valid: t.cells[field.Valid], Odd: t.cells[field.Odd], Invalid: t.cells[field.Invalid],
		MissingIDs: t.missingIDs, FirstMissing: t.firstMissing,
	}
	c.Filled = c.Valid + c.Odd + c.Invalid
	for r, n := range t.reasons {
		if field.Reason(r) != field.NoReason && n > 0 {
			c.Reasons = append(c.Reasons, ReasonCount{field.Reason(r), n})
		}
	}
	return c
}

func (c Count) tally() *tally {
	t := &tally{missingIDs: c.MissingIDs, firstMissing: c.FirstMissing}
	t.cells[field.Valid], t.cells[field.Odd], t.cells[field.Invalid] = c.Valid, c.Odd, c.Invalid
	for _, r := range c.Reasons {
		t.reasons[r.Reason] += r.Cells
	}
	return t
}
