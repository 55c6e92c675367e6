package chance

// Hazard is something that happens to a person or household at most once in
// the time simulated, with the same chance every month. It is computed in
// integers, so that every machine agrees.
type Hazard []uint64 // by month: 2^64 times the chance that it has happened by the end of it

// NewHazard makes a hazard of ppm chances in a million a month.
func NewHazard(ppm uint64, months int) Hazard {
	h := make(Hazard, months)
	left := ^uint64(0)
	for m := range h {
		left -= left / 1_000_000 * ppm
		h[m] = ^left
	}
	return h
}

// When draws the month in which it happens.
func (h Hazard) When(d *Dice) (month int, happens bool) {
	random := d.Uint64()
	if random >= h[len(h)-1] {
		return 0, false
	}
	for random >= h[month] {
		month++
	}
	return month, true
}
