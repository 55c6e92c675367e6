package seal

import (
	"encoding/binary"
	"math/bits"
)

// cache keeps what short texts came to, each in the one place where it may be,
// over another. It grows with what is put into it, to a bound.
type cache[V any] struct {
	cells []cached[V] // a power of two
	shift int         // of a text's hash, to its place
	put   int         // since it grew
}

type cached[V any] struct {
	text  packed
	value V
}

// The places of a cache at first, and at most. More would fall out of the
// caches of the machine faster than they save work.
const (
	cacheFirst = 1 << 6
	cacheMost  = 1 << 14
)

// seek tells where the text may be.
func (c *cache[V]) seek(text packed) *cached[V] { return &c.cells[text.hash()>>c.shift] }

// keep keeps what the text came to where it was sought.
func (c *cache[V]) keep(at *cached[V], text packed, value V) {
	at.text, at.value = text, value
	c.put++
}

// fit makes room for more, where that is worth it. It comes before the first
// seek; what seek told is void after it.
func (c *cache[V]) fit() {
	switch {
	case len(c.cells) == 0:
		c.resize(cacheFirst)
	case c.put >= len(c.cells) && len(c.cells) < cacheMost:
		old := c.cells
		c.resize(4 * len(old))
		for i := range old {
			if old[i].text != (packed{}) {
				*c.seek(old[i].text) = old[i]
			}
		}
	}
}

func (c *cache[V]) resize(n int) {
	c.cells = make([]cached[V], n)
	c.shift = 64 - bits.Len(uint(n-1))
	c.put = 0
}

// cachedLength is the longest text that is kept.
const cachedLength = 23

// packed is a short text: its bytes, zeros, and its length. The empty text is
// all zeros.
type packed struct{ a, b, c uint64 }

// pack packs a text of 1 to cachedLength bytes.
func pack(text []byte) (p packed) {
	n := len(text)
	if n > 16 {
		le := binary.LittleEndian
		p.a, p.b = le.Uint64(text), le.Uint64(text[8:])
		p.c = le.Uint64(text[n-8:]) >> (8 * (24 - n))
	} else {
		p.a, p.b = words(text)
	}
	p.c |= uint64(n) << 56
	return p
}

// is reports equality, word by word: texts are not copied to be compared.
func (p *packed) is(o *packed) bool { return p.a == o.a && p.b == o.b && p.c == o.c }

// hash tells, by its high bits, where a text may be kept: its words multiplied and folded, with
// odd constants of no meaning. Whoever makes texts collide makes the cache useless
// for them, and loses nothing else.
func (p packed) hash() uint64 {
	high, low := bits.Mul64(p.a^0x9E3779B97F4A7C15, p.b^0xD1B54A32D192ED03)
	high, low = bits.Mul64(high^low^0x8CB92BA72F3D8DD7, p.c^0xABC98388FB8FAC03)
	return high ^ low
}
