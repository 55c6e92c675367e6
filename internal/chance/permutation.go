package chance

import "math/bits"

// Permutation is a keyed bijection of the numbers 0 to n-1: a Feistel network
// over the next power of two, walked until it falls below n (Black & Rogaway
// 2002). It gives everybody a different number without a list of those taken.
type Permutation struct {
	n, key      uint64
	left, right uint // bits of the two halves
}

// NewPermutation returns that of n and key.
func NewPermutation(n, key uint64) Permutation {
	width := max(uint(bits.Len64(max(n, 1)-1)), 2)
	return Permutation{n: n, key: key, left: width / 2, right: width - width/2}
}

// At returns what i, below n, is mapped to.
func (p Permutation) At(i uint64) uint64 {
	if p.n < 2 {
		return 0
	}
	for {
		if i = p.once(i); i < p.n {
			return i
		}
	}
}

func (p Permutation) once(i uint64) uint64 {
	l, r := i>>p.right, i&(1<<p.right-1)
	for round := range uint64(3) {
		l ^= Mix(r+p.key+round<<56) & (1<<p.left - 1)
		r ^= Mix(l+p.key^round<<56^0xa5a5) & (1<<p.right - 1)
	}
	return l<<p.right | r
}
