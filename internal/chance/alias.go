package chance

import "math/bits"

// Alias draws from a fixed distribution in constant time (Walker 1977, as
// Vose 1991 builds it). It is built in integers, so that every machine draws
// the same.
type Alias struct {
	keep  []uint32 // of 2^32: how often cell i gives i itself
	other []uint32
}

// NewAlias builds the table of weights, whose sum times their number must
// stay below 2^63 and of which one at least is positive.
func NewAlias(weights []uint64) Alias {
	n := uint64(len(weights))
	var total uint64
	for _, w := range weights {
		total += w
	}
	a := Alias{keep: make([]uint32, n), other: make([]uint32, n)}
	share := make([]uint64, n) // weight times n: total is the mean
	var small, large []uint32
	for i, w := range weights {
		share[i] = w * n
		if share[i] < total {
			small = append(small, uint32(i))
		} else {
			large = append(large, uint32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		hi, lo := share[s]>>32, share[s]<<32
		quotient, _ := bits.Div64(hi, lo, total)
		a.keep[s], a.other[s] = uint32(quotient), l
		share[l] -= total - share[s]
		if share[l] < total {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) {
		a.keep[i], a.other[i] = 1<<32-1, i
	}
	return a
}

// Pick draws with 64 random bits.
func (a Alias) Pick(random uint64) int {
	i := (random >> 32) * uint64(len(a.keep)) >> 32
	if uint32(random) <= a.keep[i] && a.keep[i] > 0 {
		return int(i)
	}
	return int(a.other[i])
}
