package watch

import (
	"math"
	"math/bits"

	"constat.example/blind/token"
)

// people counts distinct people within 256 bytes: exactly up to 56 of them, by 32 bits
// of each in a table, and beyond by HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007)
// with 256 registers, whose error is one in fifteen. The same words serve both.
type people struct {
	kept  uint16 // people in the table; dense once it is registers
	zeros uint16 // registers that are 0
	n     uint32 // how many people: the estimate
	sum   uint64 // of 2^(highest-register) over registers
	room  [registers / 4]uint32
}

const (
	registers = 256
	exact     = 56
	dense     = exact + 1
	highest   = 25 // 32 bits without the eight of the register, and one
)

// mix spreads the bits of a token, so that neighbours differ everywhere (the finaliser
// of Steele, Lea and Flood's SplitMix, 2014).
func mix(t token.Token) uint32 {
	x := uint64(t)
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return uint32(x >> 32)
}

// add takes one person in, and tells whether that changed anything.
func (p *people) add(h uint32) bool {
	if p.kept == dense {
		return p.raise(h)
	}
	h |= 1 << 8 // 0 is nobody
	at := h % uint32(len(p.room))
	for p.room[at] != 0 {
		if p.room[at] == h {
			return false
		}
		at = (at + 1) % uint32(len(p.room))
	}
	if p.kept < exact {
		p.room[at] = h
		p.kept++
		p.n++
		return true
	}
	was := p.room
	*p = people{kept: dense, zeros: registers, sum: registers << highest}
	for _, h := range was {
		if h != 0 {
			p.raise(h)
		}
	}
	p.raise(h)
	return true
}

func (p *people) raise(h uint32) bool {
	at, shift := &p.room[h>>26], h>>24%4*8
	had := *at >> shift & 0xff
	rank := uint32(min(bits.LeadingZeros32(h<<8|1<<7)+1, highest))
	if rank <= had {
		return false
	}
	if had == 0 {
		p.zeros--
	}
	p.sum += 1<<(highest-rank) - 1<<(highest-had)
	*at += (rank - had) << shift
	p.n = p.estimate()
	return true
}

func (p *people) estimate() uint32 {
	const m = registers
	e := 0.7213 / (1 + 1.079/m) * m * m * (1 << highest) / float64(p.sum)
	if e <= 2.5*m && p.zeros > 0 {
		e = m * math.Log(m/float64(p.zeros)) // linear counting
	}
	return uint32(e + 0.5)
}

func (p *people) reset() { *p = people{} }
