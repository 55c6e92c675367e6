package verdict

import (
	"math"
	"time"

	"constat.example/blind/honey"
)

// HoneyCount is what of a set a dump holds.
type HoneyCount struct {
	honey.Set
	Found int64 // people of the set that stand in the dump
}

// HoneySet is a set and what it says of where the dump comes from.
type HoneySet struct {
	HoneyCount
	Bits       float64 // how much likelier what was found is if that copy leaked; 0 of the register's own
	Likelihood float64 // that the copy leaked
}

// Honey is what made-up people say of a dump.
type Honey struct {
	Sets  []HoneySet // in the order given
	Named []string   // the copies that leaked, surely enough
	// The copy was made after NotBefore and not after NotAfter, where made-up people
	// were put in place, and taken out; zero where nothing says so.
	NotBefore, NotAfter time.Time
}

// What is taken for granted.
const (
	// stray is how many people of a copy that did not leak it takes for one to be
	// found: by mistake, or put there by whoever wants another to be blamed.
	stray = 1000
	// sure is the likelihood from which a copy is named.
	sure = 0.99
	// FewestHoney is how many people of a set make it more than a mistake.
	FewestHoney = 3
)

// HoneyOf tells which copies a dump was taken from. Each copy leaked or did not, by
// itself, so that several that were put together are all named. Of a copy that
// leaked, any share of its people may be found (Beta(1, 1)); of one that did not,
// one in a thousand at most (Beta(1, 1000)). Beforehand, that it was the
// register itself is as likely as each of the copies.
func HoneyOf(sets []HoneyCount) Honey {
	j := Honey{Named: []string{}}
	copies := 0
	for _, s := range sets {
		if !s.Everywhere {
			copies++
		}
	}
	for _, s := range sets {
		one := HoneySet{HoneyCount: s}
		if !s.Everywhere && s.People > 0 {
			one.Bits = betaBinomial(s.Found, s.People, 1, 1) - betaBinomial(s.Found, s.People, 1, stray)
			odds := math.Exp2(min(1000, one.Bits)) / float64(copies)
			one.Likelihood = odds / (1 + odds)
			if one.Likelihood >= sure && s.Found >= FewestHoney {
				j.Named = append(j.Named, s.Copy)
			}
		}
		if s.Found >= FewestHoney {
			if s.From.After(j.NotBefore) {
				j.NotBefore = s.From
			}
			if !s.Until.IsZero() && (j.NotAfter.IsZero() || s.Until.Before(j.NotAfter)) {
				j.NotAfter = s.Until
			}
		}
		j.Sets = append(j.Sets, one)
	}
	if len(j.Named) > 1 || !j.NotAfter.IsZero() && !j.NotAfter.After(j.NotBefore) {
		j.NotBefore, j.NotAfter = time.Time{}, time.Time{} // several copies, of several times
	}
	return j
}

// made weighs that people who were made up for the register stand in the dump:
// nobody else knows them, so that of another source nobody would be found. One may
// be recognised wrongly, once in a thousand files; several outweigh all else, since they
// were put there to be told by, and a copy may be written anew from end to end.
func (e Evidence) made() []Reason {
	if e.Honey == 0 {
		return nil
	}
	bits := float64(min(3*capped, honey.Spare*e.Honey))
	return []Reason{{
		Code: HoneyFound, Other: -bits, Made: -bits,
		Facts: []Fact{{"honey", float64(e.Honey)}, {"honey_placed", float64(e.HoneyPlaced)}},
	}}
}
