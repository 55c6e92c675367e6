package watch

import (
	"math"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// account is what is kept of one account: about a kilobyte. What every access needs comes
// first.
type account struct {
	last     int32 // day it last read
	group    uint32
	had      int32  // days on which it read, before today
	today    uint32 // hours in which it read today
	look     uint32 // count of today at which it is weighed next
	lookHour uint32
	lookBare uint32
	signs    uint32 // of today
	weak     float32
	devices  [4]uint32 // the latest ones met
	walk     walk

	addresses [8]uint32
	dayRows,
	hourRows int64
	hour   people
	recent [4]token.Token
	day    people
	since  people // since its slow sum last was nothing

	sinceRows int64
	bare      *people // today's without a reason; nil while there are none
	first     int32   // day it was met

	daily  [2]habit // of working days, of week ends
	hourly habit
	barely habit

	slow  float32 // cumulative sum of surprise
	began int32   // day on which it began to grow
	told  int32   // day of the last alarm of it

	hours    [24]float32 // days on which it read in that hour, older ones fading
	strayed  float32     // days with a new address, older ones fading
	switched float32     // days with a new device

	refused   uint32 // logins in a row that failed
	refusedAt int64

	bulks     [24]float32 // days with a bulk statement in that hour
	bulkToday uint32      // hours with one today
	bulky     int64       // the most rows one has given
}

// fetch reads a little of what an access needs, so that it is at hand.
func (a *account) fetch() uint32 {
	return uint32(a.last) + a.addresses[0] + a.hour.n + uint32(a.hour.room[56]) + uint32(a.recent[3]) + a.day.n + uint32(a.day.room[60]) + uint32(a.day.room[124]) + uint32(a.day.room[188]) + a.since.n + uint32(a.since.room[60])
}

// walk follows the steps of an account.
type walk struct {
	last         int64
	run          int64
	ratio        float32 // log2 of how much likelier a walk is than work
	share        float32 // of steps that looked like a walk, in days before
	by           kind.Kind
	steps, small uint32 // today
}

const (
	near      = 20 // ids apart at most, to be the next
	walked    = 48 // bits at which a walk is one
	walkedFor = 25 // and steps at least
)

// step weighs one step by Wald's sequential test (1945): is it a walk, in which nine steps
// in ten repeat the one before or go to the next, or work, in which seldom one does?
func (w *walk) step(by kind.Kind, step int64) {
	if by != w.by {
		*w = walk{by: by, share: w.share, steps: w.steps, small: w.small}
	}
	w.steps++
	like := step == w.last || by == kind.RecordID && step*w.last > 0 && abs(step) <= near && abs(w.last) <= near
	w.last = step
	chance := max(float64(w.share), 0.03)
	if abs(step) == 1 && by != kind.RecordID {
		chance = max(chance, 0.55) // of what is written in letters the step is a sign only
	}
	chance = min(chance, 0.85)
	const walking = 0.9
	if like {
		w.small++
		w.ratio += float32(math.Log2(walking / chance))
		w.run++
	} else {
		w.ratio += float32(math.Log2((1 - walking) / (1 - chance)))
	}
	if w.ratio <= 0 {
		w.ratio, w.run = 0, 0
	}
	w.ratio = min(w.ratio, 4*walked)
}

// rest ends a day.
func (w *walk) rest() {
	if w.steps >= 10 {
		w.share = 0.9*w.share + 0.1*float32(w.small)/float32(w.steps)
	}
	w.steps, w.small = 0, 0
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// met tells whether a name is among those met of late, and keeps it.
func met(all []uint32, h uint32) bool {
	h |= 1 // 0 is none
	for i, x := range all {
		if x == h {
			if i > 0 {
				all[i-1], all[i] = all[i], all[i-1] // towards the front: the usual ones stay
			}
			return true
		}
	}
	copy(all[len(all)/2+1:], all[len(all)/2:])
	all[len(all)/2] = h
	return false
}

// rarity is the bits of something that happened on so many of the days before.
func rarity(times float32, days int32) float32 {
	return min(float32(-math.Log2((float64(times)+0.5)/(math.Min(float64(days), memory)+1))), 7)
}

// memory is how many days back habits reach.
const memory = 60

// total is the people of today, those of whom only the number was told included.
func total(p *people, rows int64) float64 { return float64(p.n) + float64(rows) }
