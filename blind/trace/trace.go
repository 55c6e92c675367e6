// Package trace finds out, from logs, which accounts read the people of a leak, and
// what could have left without a trace in these logs. It sees numbers of accounts and
// tokens of record ids.
//
// Counts are drawn by SQL (count.go, spot.go); the judgement is pure Go over them
// (judge.go). docs/design/trace.md tells why it weighs as it does.
package trace

import (
	"math"
)

// Actor is who read: the number of an account, or minus the number of an address where
// the log tells no account. 0 is nobody known.
type Actor int64

// Counts is what is judged: who read how much, of the leaked and of others, on which day.
type Counts struct {
	Leaked   int64   // people in the leak
	People   int64   // people in the register
	Read     int64   // of Leaked: those whom somebody read within the window, as far as lines tell
	Days     []int64 // days since 1970, UTC, on which anybody read, ascending. Others are none: a line dated wrong by years makes no years of log
	From, To int     // the window: Days[From:To]
	Tallies  []Tally // of all who read anything, by Actor ascending
}

// Tally is the reads of one actor.
type Tally struct {
	Actor  Actor
	Office int64   // number; 0 where it is not told
	People int64   // leaked people whom it ever read, each once
	Days   []Reads // on which it read anything, ascending, at least one
}

// Reads is what was read on a day. Whoever is read twice counts twice: the same people are
// read again at the time of the theft as at others.
type Reads struct {
	Day int32 // index in Counts.Days
	Volume
}

// Volume is reads of a time.
type Volume struct {
	Entries  int64 // records that lines name
	Exposed  int64 // of Entries: those of the leaked
	Lone     int64 // leaked people whom the actor reads on no other day of the log, each once
	Returned int64 // records of lines that tell how many and not whose
}

func (v Volume) plus(o Volume) Volume {
	return Volume{v.Entries + o.Entries, v.Exposed + o.Exposed, v.Lone + o.Lone, v.Returned + o.Returned}
}

func (v Volume) less(o Volume) Volume {
	return Volume{v.Entries - o.Entries, v.Exposed - o.Exposed, v.Lone - o.Lone, v.Returned - o.Returned}
}

// within is what was read on the days from one up to another.
func (t *Tally) within(from, to int) (v Volume) {
	for _, r := range t.Days {
		if int(r.Day) >= from && int(r.Day) < to {
			v = v.plus(r.Volume)
		}
	}
	return v
}

// Cell is the people whom exactly one set of candidates read, each candidate in its time,
// each person once.
type Cell struct {
	Mask   uint64 // bit i: candidate i
	Read   int64  // people
	Leaked int64  // of Read
}

// Finding is who could have read what leaked.
type Finding struct {
	Suspects  []Suspect // the likeliest first; those under LeastTold are left out
	Nobody    float64   // likelihood that the theft is not in these logs
	Explained float64   // share of the leaked that the suspects read together
	Unread    int64     // leaked people whom no line of the window says that anybody read
	Refused   string    // why nothing is said; the rest is then empty
}

// Suspect is an actor who may be the source of a leak.
type Suspect struct {
	Actor      Actor
	Likelihood float64 // that the leak, or a part of it, was read by this actor
	From, To   int64   // days since 1970, first and last: when it read what its work does not explain, a part of the window
	Exposed    int64   // leaked people read then, each once
	Read       int64   // all people read then, each once; where Counted: records returned
	Expected   float64 // reads of the leaked that this actor's ordinary work would have come to then
	Reads      int64   // what they came to
	Bits       float64 // how far that is beyond chance, as a logarithm to base 2
	Counted    bool    // lines tell how many, not whose
}

// Why nothing is said.
const (
	NoLeaked = "no person of the register is in the dump, so there is nobody whose readers could be sought"
	NoReads  = "the logs hold no read of a record within the window of theft"
	NoJoin   = "no record id that the logs name is one of the register: the map of the log may name another field"
)

const (
	// LeastTold is the likelihood below which nobody is named.
	LeastTold = 0.1
	// mostSure is the most that logs can say: whoever used an account is another question.
	mostSure = 0.999
	// mostCounted is the most that counts alone can say: as much was returned, of whomever.
	mostCounted = 0.5
	// mostCandidates is how many accounts are looked at closely.
	mostCandidates = 32
	// told is how many suspects are named at most.
	told = 10
)

func log2(x float64) float64 { return math.Log2(x) }
