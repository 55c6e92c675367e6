// Package chance is how a simulated world throws dice: streams that depend on
// nothing but their key, draws from given distributions, and bijections that
// hand out different numbers without a list of those taken. All of it is in
// integers, so that every machine draws the same.
package chance

import (
	"math/bits"
	"math/rand/v2"
)

// Dice is the random stream of one household and purpose. Streams are never
// shared, so what one household does cannot depend on who drew before it.
type Dice struct{ rand.PCG }

// NewDice returns the stream of that seed and key.
func NewDice(seed, key uint64) Dice {
	var d Dice
	d.Seed(Mix(seed^0x9e3779b97f4a7c15), Mix(key+seed))
	return d
}

// Below returns a number from 0 to n-1. The bias of one multiplication, at
// most n in 2^64, is of no matter here.
func (d *Dice) Below(n int) int {
	hi, _ := bits.Mul64(d.Uint64(), uint64(n))
	return int(hi)
}

// Chance is true p times in 10,000.
func (d *Dice) Chance(p int) bool { return d.Below(10_000) < p }

// Pick returns an index with the chance its weight gives it.
func (d *Dice) Pick(weights []int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	at := d.Below(total)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// Mix is the finaliser of SplitMix64 (Steele, Lea & Flood 2014): a bijection
// that spreads every bit of x over all of the result.
func Mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// Below maps 64 random bits to a number from 0 to n-1.
func Below(random uint64, n int) int {
	hi, _ := bits.Mul64(random, uint64(n))
	return int(hi)
}
