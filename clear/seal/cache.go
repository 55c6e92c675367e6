package seal

import (
	"math/bits"

	"constat.example/clear/internal/packed"
)

// cache keeps what short texts came to, each in the one place where it may be,
// over another. It grows with what is put into it, to a bound.
type cache[V any] struct {
	cells []cached[V] // a power of two
	shift int         // of a text's hash, to its place
	put   int         // since it grew
}

type cached[V any] struct {
	text  packed.Text
	value V
}

// The places of a cache at first, and at most. More would fall out of the
// caches of the machine faster than they save work.
const (
	cacheFirst = 1 << 6
	cacheMost  = 1 << 14
)

// seek tells where the text may be.
func (c *cache[V]) seek(text packed.Text) *cached[V] { return &c.cells[text.Hash()>>c.shift] }

// keep keeps what the text came to where it was sought.
func (c *cache[V]) keep(at *cached[V], text packed.Text, value V) {
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
			if old[i].text != (packed.Text{}) {
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
