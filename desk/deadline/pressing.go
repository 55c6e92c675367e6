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
