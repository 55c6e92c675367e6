package watch

// known is the people whom an account has read of late: a Bloom filter (1970) of two
// generations. When the younger holds enough, the elder is forgotten. Of those whom it
// never read it takes one in ten for known, so that strangers are a little
// undercounted; of those whom it has read lately it forgets none.
type known struct {
	kept         uint16 // in the younger
	young, elder [knownBits / 64]uint64
}

const (
	knownBits = 4096
	knownMost = 1000 // in one generation
)

// stranger takes a person in, and tells whether it was none of the known.
func (k *known) stranger(h uint32) bool {
	a, b := h%knownBits, h/knownBits%knownBits
	mask, other := uint64(1)<<(a%64), uint64(1)<<(b%64)
	if k.young[a/64]&mask != 0 && k.young[b/64]&other != 0 {
		return false
	}
	was := k.elder[a/64]&mask != 0 && k.elder[b/64]&other != 0
	if k.kept == knownMost {
		k.elder, k.young, k.kept = k.young, [knownBits / 64]uint64{}, 0
	}
	k.young[a/64] |= mask
	k.young[b/64] |= other
	k.kept++
	return !was
}
