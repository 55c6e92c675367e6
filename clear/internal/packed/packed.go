// Package packed holds short texts in three words, so that they are compared and hashed
// without being followed to where they lie.
package packed

import (
	"encoding/binary"
	"math/bits"
)

// Longest is the longest text that can be packed, in bytes.
const Longest = 23

// Text is a short text: its bytes, zeros, and its length. The empty text is all zeros.
type Text struct{ a, b, c uint64 }

// Of packs a text of 1 to Longest bytes.
func Of(text []byte) (p Text) {
	n := len(text)
	if n > 16 {
		le := binary.LittleEndian
		p.a, p.b = le.Uint64(text), le.Uint64(text[8:])
		p.c = le.Uint64(text[n-8:]) >> (8 * (24 - n))
	} else {
		p.a, p.b = Words(text)
	}
	p.c |= uint64(n) << 56
	return p
}

// Append appends the text to dst.
func (p *Text) Append(dst []byte) []byte {
	var room [24]byte
	le := binary.LittleEndian
	le.PutUint64(room[:], p.a)
	le.PutUint64(room[8:], p.b)
	le.PutUint64(room[16:], p.c)
	return append(dst, room[:p.c>>56]...)
}

// Len is how many bytes the text has.
func (p *Text) Len() int { return int(p.c >> 56) }

// Is reports equality, word by word: texts are not copied to be compared.
func (p *Text) Is(o *Text) bool { return p.a == o.a && p.b == o.b && p.c == o.c }

// Touch reads a word of the text, for whoever only wants it fetched from memory.
func (p *Text) Touch() uint64 { return p.c }

// Hash tells, by its high bits, where a text may be kept: its words multiplied and folded, with
// odd constants of no meaning. Whoever makes texts collide makes a cache useless
// for them, and loses nothing else.
func (p Text) Hash() uint64 {
	high, low := bits.Mul64(p.a^0x9E3779B97F4A7C15, p.b^0xD1B54A32D192ED03)
	high, low = bits.Mul64(high^low^0x8CB92BA72F3D8DD7, p.c^0xABC98388FB8FAC03)
	return high ^ low
}

// Words is a text of at most 16 bytes and zeros, as two words with the first
// byte lowest. Bytes are read several at a time, some of them twice.
func Words(text []byte) (low, high uint64) {
	le := binary.LittleEndian
	switch n := len(text); {
	case n >= 8:
		return le.Uint64(text), le.Uint64(text[n-8:]) >> (8 * (16 - n))
	case n >= 4:
		return uint64(le.Uint32(text)) | uint64(le.Uint32(text[n-4:]))<<(8*(n-4)), 0
	case n > 0:
		return uint64(text[0]) | uint64(text[n/2])<<(8*(n/2)) | uint64(text[n-1])<<(8*(n-1)), 0
	}
	return 0, 0
}
