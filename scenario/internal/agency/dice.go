package agency

import (
	"math/bits"
	"math/rand/v2"
)

// dice is the random stream of one household and purpose. Streams are never
// shared, so what one household does cannot depend on who drew before it.
type dice struct{ rand.PCG }

func newDice(seed, key uint64) dice {
	var d dice
	d.Seed(mix(seed^0x9e3779b97f4a7c15), mix(key+seed))
	return d
}

// below returns a number from 0 to n-1. The bias of one multiplication, at
// most n in 2^64, is of no matter here.
func (d *dice) below(n int) int {
	hi, _ := bits.Mul64(d.Uint64(), uint64(n))
	return int(hi)
}

// chance is true p times in 10,000.
func (d *dice) chance(p int) bool { return d.below(10_000) < p }

// pick returns an index with the chance its weight gives it.
func (d *dice) pick(weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := d.below(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// mix is the finaliser of SplitMix64 (Steele, Lea & Flood 2014): a bijection
// that spreads every bit of x over all of the result.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// below maps 64 random bits to a number from 0 to n-1.
func below(random uint64, n int) int {
	hi, _ := bits.Mul64(random, uint64(n))
	return int(hi)
}

// hazard is something that happens to a person or household at most once in
// the time simulated, with the same chance every month. It is computed in
// integers, so that every machine agrees.
type hazard []uint64 // by month: 2^64 times the chance that it has happened by the end of it

// newHazard makes a hazard of ppm chances in a million a month.
func newHazard(ppm uint64, months int) hazard {
	h := make(hazard, months)
	left := ^uint64(0)
	for m := range h {
		left -= left / 1_000_000 * ppm
		h[m] = ^left
	}
	return h
}

// when draws the month in which it happens.
func (h hazard) when(d *dice) (month int, happens bool) {
	random := d.Uint64()
	if random >= h[len(h)-1] {
		return 0, false
	}
	for random >= h[month] {
		month++
	}
	return month, true
}

// Mix spreads the bits of x; equal numbers give equal ones.
func Mix(x uint64) uint64 { return mix(x) }
