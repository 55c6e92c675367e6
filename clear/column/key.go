package column

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"constat.example/blind/kind"
	"constat.example/clear/table"
)

// KeyColumn is a column whose cells may name rows, of its own table or of
// another one of the same dump.
type KeyColumn struct {
	Column int

	// Room is the common logarithm of how many different values such cells could
	// have, by what varies in them: some 3.5 for the numbers from 1 to 3,000, which
	// fill their room, and over 30 for UUIDs, which do not. What stands in all
	// cells, such as CLI- before a number, makes no room.
	Room float64
}

// maxKeyColumns is how many columns of one table may be keys.
const maxKeyColumns = 24

// keyKinds are the kinds a key may have been taken for: none, or one that names
// a person by itself and not a household.
var keyKinds = kind.Set(0).With(kind.Unknown).With(kind.RecordID).With(kind.Identifier).With(kind.Login).With(kind.Email).
	With(kind.NIR).With(kind.TaxNumber).With(kind.IDCard).With(kind.Passport).With(kind.Permit)

// Keys lists the columns that may be keys, in order: those whose cells look like
// identifiers and not like dates, sums of money, words or names; and those
// that the file declares to be. columns is what Type made of the sample.
func Keys(sample *table.Batch, columns []Column, declared []int) []KeyColumn {
	type ranked struct {
		KeyColumn
		rank int
	}
	l := &looker{lists: loadLists()}
	var seen distinct
	var found []ranked
	for i, c := range columns {
		rank := 0
		if !slices.Contains(declared, i) {
			if !keyKinds.Has(c.Kind) {
				continue
			}
			p := l.survey(sample, i, &seen)
			if !p.likeKeys(c.Kind) {
				continue
			}
			if rank = 2; c.Kind != kind.Unknown || readHeader(c.Name).ofKeys() {
				rank = 1
			}
		}
		found = append(found, ranked{KeyColumn{i, roomOf(sample, i)}, rank})
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var keys []KeyColumn
	for _, f := range found[:min(len(found), maxKeyColumns)] {
		keys = append(keys, f.KeyColumn)
	}
	slices.SortFunc(keys, func(a, b KeyColumn) int { return cmp.Compare(a.Column, b.Column) })
	return keys
}

// likeKeys reports that values look like identifiers.
func (p *profile) likeKeys(k kind.Kind) bool {
	const most, few, rows = .9, 3, 50
	if p.n == 0 || p.distinct < few && p.filled > rows {
		return false // yes and no, or one of two shops
	}
	if p.share[day] > .5 || p.share[clocked] > .5 || p.share[amount] > .1 || p.share[longText] > .1 {
		return false
	}
	shaped := p.share[keyShaped]
	if k == kind.Email || k == kind.Login {
		shaped = max(shaped, p.share[email], p.share[token])
	}
	return shaped >= most
}

// ofKeys reports that a name speaks of identifiers.
func (h header) ofKeys() bool { return h.weights[kind.RecordID] > 0 || h.weights[kind.Identifier] > 0 }

// roomOf measures the room of a column on cells from all over the sample. Cells
// are laid over one another by their ends, since numbers grow at the front.
func roomOf(sample *table.Batch, column int) float64 {
	const deep = 40
	var met [deep][256]bool
	var reach [deep]int
	var lowest, highest uint64 = math.MaxUint64, 0
	cells, numbers := 0, 0
	rows := sample.Rows()
	for row := 0; row < rows; row += max(1, rows/(4*detail)) {
		text := undress(sample.Cell(row, column))
		if len(text) == 0 {
			continue
		}
		cells++
		if n, ok := whole(text); ok {
			numbers++
			lowest, highest = min(lowest, n), max(highest, n)
		}
		for i := range min(len(text), deep) {
			met[i][text[len(text)-1-i]] = true
			reach[i]++
		}
	}
	room := 0.0
	for i := range met {
		if reach[i]*2 < cells {
			break
		}
		n := 0
		for _, yes := range met[i] {
			if yes {
				n++
			}
		}
		room += math.Log10(float64(max(n, 1)))
	}
	if cells > 0 && numbers == cells {
		room = min(room, math.Log10(float64(highest-lowest)+1))
	}
	return room
}

// whole reads a whole number of up to 18 digits.
func whole(text []byte) (uint64, bool) {
	if len(text) > 18 || !allDigits(text) {
		return 0, false
	}
	n := uint64(0)
	for _, c := range bytes.TrimLeft(text, "0") {
		n = n*10 + uint64(c-'0')
	}
	return n, true
}
