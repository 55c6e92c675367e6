package watch

import (
	"math"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// measure is what is counted of an account.
type measure int

const (
	ofDay   measure = iota // people in a day
	ofHour                 // in an hour
	ofBare                 // in a day, without a reason
	ofFiles                // records exported in a day on which some are
	ofFresh                // in a day, of whom it had read none of late
	measures

	weekEnd = measures // ofDay, on week ends
)

// account is what is kept of one account: some three kilobytes. What every access needs
// stands together.
type account struct {
	group uint32
	first int32  // day it was met
	last  int32  // day it last read
	had   int32  // days on which it read, before today
	since int32  // of them: since it came to its office
	today uint32 // hours in which it read today

	here, before uint32 // from where and with what it came last, and before that
	leftAt       int64  // when it was there
	turns        uint8  // how often it went back to where it had just been, today
	rung         uint8  // how grave today's alarm of a count is: 1 high, 2 critical

	looks [measures]uint32 // counts of today at which each is weighed next
	signs uint32           // of today
	weak  float32
	fresh uint32

	walk walk

	dayRows, hourRows, slowRows int64
	files                       int64

	slow   float32 // cumulative sum of surprise
	hour   people
	recent [4]token.Token
	day    people
	known  known

	slowly people  // since its slow sum last was nothing
	bare   *people // today's without a reason; nil while there are none

	habits  [measures + 1]habit
	endured uint8 // days in a row that stood out so far that they were not learnt whole

	peak  float32 // the most that its slow sum was
	began int32   // day on which that began to grow
	told  int32   // day of the last alarm of it
	tells uint8   // how many there were

	hours     [24]float32 // days on which it read in that hour, older ones fading
	addresses [8]uint32   // the latest ones met
	devices   [4]uint32
	strayed   float32 // days with a new address, older ones fading
	switched  float32 // days with a new device
	doubled   float32 // days at two places at once

	refused   uint32 // logins in a row that failed
	refusedAt int64

	bulks     [24]float32 // days with a bulk statement in that hour
	bulkToday uint32      // hours with one today
	bulky     int64       // the most rows one has given
}

// fetch reads a word of every line of memory that an access of that record needs, so that
// they are at hand.
func (a *account) fetch(record token.Token) uint32 {
	h := mix(record)
	sum := uint32(a.last) + uint32(a.walk.last) + uint32(a.dayRows) + a.hour.n + a.day.n + uint32(a.recent[3])
	for _, p := range [...]*people{&a.hour, &a.day} {
		sum += p.room[h%uint32(len(p.room))] + p.room[h>>26]
	}
	for _, bit := range [...]uint32{h % knownBits, h / knownBits % knownBits} {
		sum += uint32(a.known.young[bit/64]) + uint32(a.known.elder[bit/64])
	}
	return sum
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
	if !like && w.ratio == 0 { // as nearly always
		w.run = 0
		return
	}
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

// rarity is the bits of something that happened on so many of the days before, and of which
// everybody's days have that share.
func rarity(times float32, days int32, share float64) float32 {
	of := math.Min(float64(days), memory)
	return min(float32(-math.Log2((float64(times)+worth*share)/(of+worth))), 10)
}

// around is on how many days it read in an hour or the ones beside it: clocks are changed,
// trains are late.
func (a *account) around(hour int) float32 {
	return max(a.hours[hour], a.hours[(hour+1)%24], a.hours[(hour+23)%24])
}

// unknown is the share of days of what is not kept for everybody.
const unknown = 0.1

// memory is how many days back habits reach.
const memory = 60

// total is the people of today, those of whom only the number was told included.
func total(p *people, rows int64) float64 { return float64(p.n) + float64(rows) }

// of is one of its counts.
func (a *account) of(m measure) float64 {
	switch m {
	case ofHour:
		return total(&a.hour, a.hourRows)
	case ofBare:
		if a.bare == nil {
			return 0
		}
		return float64(a.bare.n)
	case ofFiles:
		return float64(a.files)
	case ofFresh:
		return float64(a.fresh)
	}
	return total(&a.day, a.dayRows)
}
