package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"

	"constat.example/clear/internal/packed"
)

// mac is AES-CMAC (RFC 4493; NIST SP 800-38B) under one key. It is read-only
// once made, so goroutines share it; what changes is in the caller's block.
type mac struct {
	cipher cipher.Block
	k1, k2 block
}

// block is one block of AES, as the two words it is worked on in. It is passed
// in so that no call allocates: text handed to an interface's method escapes.
type block [aes.BlockSize]byte

// newMAC takes a key of 16, 24 or 32 bytes; another length is a fault of the
// program.
func newMAC(key []byte) *mac {
	c, err := aes.NewCipher(key)
	if err != nil {
		panic("seal: " + err.Error())
	}
	m := &mac{cipher: c}
	var l block
	c.Encrypt(l[:], l[:])
	m.k1 = l.double()
	m.k2 = m.k1.double()
	return m
}

// double multiplies b by x in GF(2^128), as section 2.3 of RFC 4493 makes subkeys.
func (b block) double() block {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	carry := hi >> 63
	hi = hi<<1 | lo>>63
	lo = lo<<1 ^ carry*0x87
	var d block
	binary.BigEndian.PutUint64(d[:8], hi)
	binary.BigEndian.PutUint64(d[8:], lo)
	return d
}

// sum leaves the whole tag of text in x.
func (m *mac) sum(x *block, text []byte) {
	m.begin(x, text)
	m.end(x)
}

// begin does all of sum but for the last use of the cipher, which is end's: a
// tag whose parts were written a while ago is quicker to end.
func (m *mac) begin(x *block, text []byte) {
	*x = block{}
	for len(text) > aes.BlockSize {
		x.xor((*block)(text))
		m.cipher.Encrypt(x[:], x[:])
		text = text[aes.BlockSize:]
	}
	if len(text) == aes.BlockSize {
		x.xor((*block)(text))
		x.xor(&m.k1)
		return
	}
	low, high := padded(text)
	x.xorWords(low, high)
	x.xor(&m.k2)
}

func (m *mac) end(x *block) { m.cipher.Encrypt(x[:], x[:]) }

// padded is a text shorter than a block, the bit that ends it, and zeros.
func padded(text []byte) (low, high uint64) {
	low, high = packed.Words(text)
	if n := len(text); n < 8 {
		low |= 0x80 << (8 * n)
	} else {
		high |= 0x80 << (8 * (n - 8))
	}
	return low, high
}

func (b *block) xor(o *block) {
	b.xorWords(binary.LittleEndian.Uint64(o[:8]), binary.LittleEndian.Uint64(o[8:]))
}

// xorWords takes words whose first byte is the lowest.
func (b *block) xorWords(low, high uint64) {
	le := binary.LittleEndian
	le.PutUint64(b[:8], le.Uint64(b[:8])^low)
	le.PutUint64(b[8:], le.Uint64(b[8:])^high)
}
