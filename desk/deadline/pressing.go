package deadline

import (
	"slices"
	"time"
)

// Sure reports whether a duty is its party's for sure, and more than advice.
func (d *Duty) Sure() bool { return len(d.If) == 0 && d.Binding != Guidance }

// Open reports whether a duty with a time is not done yet.
func (d *Duty) Open() bool { return d.Due != nil && (d.State == Overdue || d.State == Running) }

// Pressing are the duties that are sure and open, the soonest first: those that are
// overdue before those that run.
func Pressing(duties []Duty) []*Duty {
	var all []*Duty
	for i := range duties {
		if d := &duties[i]; d.Sure() && d.Open() {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b *Duty) int { return a.Due.Compare(*b.Due) })
	return all
}

// Left is how long is left until a duty is due; negative where it is gone by. The duty
// has a time.
func (d *Duty) Left(now time.Time) time.Duration { return d.Due.Sub(now) }

// How urgent a duty is, as a tired reader wants them in order: what is late, what runs
// out, what runs without an hour, what was done nobody knows when, what is to be decided,
// what is done, what has not begun or is not the party's.
const (
	Late = iota
	Runs
	Endless
	Doubtful
	ToDecide
	Done
	NotBegun
)

// Urgency is one of Late to NotBegun.
func (d *Duty) Urgency() int {
	switch d.State {
	case Overdue:
		return Late
	case Running:
		if d.Due != nil {
			return Runs
		}
		return Endless
	case Unsure:
		return Doubtful
	case MetLate, Met:
		return Done
	default:
		if d.State == Waiting && (d.Start != nil || d.Earliest != nil) {
			return ToDecide
		}
		return NotBegun
	}
}

// ByUrgency are the duties of a party, the most urgent first, of equally urgent ones
// that which is due first.
func ByUrgency(duties []Duty, party string) []*Duty {
	var all []*Duty
	for i := range duties {
		if d := &duties[i]; d.Party == party {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b *Duty) int {
		if by := a.Urgency() - b.Urgency(); by != 0 || a.Due == nil || b.Due == nil {
			return by
		}
		return a.Due.Compare(*b.Due)
	})
	return all
}
