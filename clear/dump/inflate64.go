package dump

import (
	"bufio"
	"errors"
	"io"
	"math/bits"
)

// inflate64 unpacks Deflate64, method 9 of zip, which Windows uses for files of
// more than 2 GiB. It is Deflate (RFC 1951) with a window of 64 KiB, distances
// of up to that, and one length code that reaches as far.
type inflate64 struct {
	in     io.ByteReader
	bits   uint64 // read and not used yet, the lowest first
	have   uint
	window [1 << 16]byte
	at     int // in window, of the next byte
	given  int // in window, up to where bytes were handed out
	made   int // bytes unpacked, as far as the window keeps
	step   func() error
	final  bool
	left   int // bytes of a stored block still to come
	length prefixes
	far    prefixes
	err    error
}

var errInflate64 = errors.New("malformed Deflate64")

func newInflate64(in io.Reader) *inflate64 {
	by, ok := in.(io.ByteReader)
	if !ok {
		by = bufio.NewReader(in)
	}
	f := &inflate64{in: by}
	f.step = f.block
	return f
}

// flushAt is up to how many bytes are unpacked before they are handed out: no
// more than the window keeps while one match is copied.
const flushAt = 1<<16 - 1

func (f *inflate64) Read(p []byte) (int, error) {
	for f.given == f.at {
		if f.err != nil {
			return 0, f.err
		}
		f.err = f.step()
	}
	end := f.at
	if end < f.given {
		end = len(f.window)
	}
	n := copy(p, f.window[f.given:end])
	f.given = (f.given + n) % len(f.window)
	return n, nil
}

// need makes n bits ready.
func (f *inflate64) need(n uint) error {
	for f.have < n {
		c, err := f.in.ReadByte()
		if err != nil {
			return short(err)
		}
		f.bits |= uint64(c) << f.have
		f.have += 8
	}
	return nil
}

func (f *inflate64) take(n uint) (int, error) {
	if err := f.need(n); err != nil {
		return 0, err
	}
	v := int(f.bits & (1<<n - 1)) //nolint:gosec // at most 16 bits
	f.bits >>= n
	f.have -= n
	return v, nil
}

func (f *inflate64) put(c byte) {
	f.window[f.at] = c
	f.at = (f.at + 1) % len(f.window)
	f.made = min(f.made+1, len(f.window))
}

// block reads the head of a block.
func (f *inflate64) block() error {
	if f.final {
		return io.EOF
	}
	head, err := f.take(3)
	if err != nil {
		return err
	}
	f.final = head&1 != 0
	switch head >> 1 {
	case 0:
		f.bits >>= f.have % 8
		f.have -= f.have % 8
		size, err := f.take(16)
		if err != nil {
			return err
		}
		not, err := f.take(16)
		if err != nil {
			return err
		}
		if size != not^0xffff {
			return errInflate64
		}
		f.left, f.step = size, f.stored
	case 1:
		var lengths [288]byte
		for i := range lengths {
			switch {
			case i < 144 || i >= 280:
				lengths[i] = 8
			case i < 256:
				lengths[i] = 9
			default:
				lengths[i] = 7
			}
		}
		var far [32]byte
		for i := range far {
			far[i] = 5
		}
		if !f.length.build(lengths[:]) || !f.far.build(far[:]) {
			return errInflate64
		}
		f.step = f.packed
	case 2:
		if err := f.codes(); err != nil {
			return err
		}
		f.step = f.packed
	default:
		return errInflate64
	}
	return nil
}

// stored copies what is not packed.
func (f *inflate64) stored() error {
	for n := 0; f.left > 0 && n < 1<<12; n++ {
		c, err := f.take(8)
		if err != nil {
			return err
		}
		f.put(byte(c))
		f.left--
	}
	if f.left == 0 {
		f.step = f.block
	}
	return nil
}

// codes reads the codes of a block.
func (f *inflate64) codes() error {
	counts, err := f.take(14)
	if err != nil {
		return err
	}
	literals, far, order := counts&31+257, counts>>5&31+1, counts>>10+4
	var lengths [288 + 32]byte
	var first [19]byte
	for i, at := range [...]byte{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15} {
		if i < order {
			n, err := f.take(3)
			if err != nil {
				return err
			}
			first[at] = byte(n)
		}
	}
	if literals > 286 || !f.length.build(first[:]) {
		return errInflate64
	}
	for i := 0; i < literals+far; {
		code, err := f.code(&f.length)
		if err != nil {
			return err
		}
		if code < 16 {
			lengths[i] = byte(code)
			i++
			continue
		}
		repeat := [...]struct {
			bits uint
			from int
		}{{2, 3}, {3, 3}, {7, 11}}[code-16]
		n, err := f.take(repeat.bits)
		if err != nil {
			return err
		}
		n += repeat.from
		if i+n > literals+far || code == 16 && i == 0 {
			return errInflate64
		}
		for range n {
			if code == 16 {
				lengths[i] = lengths[i-1]
			}
			i++
		}
	}
	if !f.length.build(lengths[:literals]) || !f.far.build(lengths[literals:literals+far]) {
		return errInflate64
	}
	return nil
}

// packed unpacks some of a block.
func (f *inflate64) packed() error {
	for made := 0; made < 1<<12; {
		code, err := f.code(&f.length)
		if err != nil {
			return err
		}
		switch {
		case code < 256:
			f.put(byte(code))
			made++
			continue
		case code == 256:
			f.step = f.block
			return nil
		case code > 285:
			return errInflate64
		}
		length, err := f.take(lengthBits[code-257])
		if err != nil {
			return err
		}
		length += lengthFrom[code-257]
		if code, err = f.code(&f.far); err != nil {
			return err
		}
		distance, extra := code+1, uint(0)
		if code > 1 {
			extra = uint(code)/2 - 1
			distance = (2+code&1)<<extra + 1
		}
		more, err := f.take(extra)
		if err != nil {
			return err
		}
		distance += more
		if distance > f.made {
			return errInflate64
		}
		if length > flushAt-made {
			f.long(distance, length)
			return nil
		}
		f.copy(distance, length)
		made += length
	}
	return nil
}

// long copies a match that needs more room than there is, in parts.
func (f *inflate64) long(distance, length int) {
	f.step = func() error {
		n := min(length, 1<<12)
		f.copy(distance, n)
		if length -= n; length == 0 {
			f.step = f.packed
		}
		return nil
	}
}

func (f *inflate64) copy(distance, length int) {
	for range length {
		f.put(f.window[(f.at-distance+len(f.window))%len(f.window)])
	}
}

var (
	lengthBits = [...]uint{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16}
	lengthFrom = [...]int{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 3}
)

// prefixes is a prefix code of up to 15 bits: all codes of one length follow
// one another, after those that are shorter (RFC 1951, 3.2.2).
type prefixes struct {
	quick  [1 << 9]uint16 // by the next bits: the symbol and its length, or 0
	counts [16]int
	values []uint16
}

// build makes the code of the lengths of its symbols; none may be too many.
func (p *prefixes) build(lengths []byte) bool {
	*p = prefixes{values: p.values[:0]}
	for _, n := range lengths {
		p.counts[n]++
	}
	p.counts[0] = 0
	var next [16]int
	left, code, index := 1, 0, 0
	var start [16]int
	for n := 1; n < 16; n++ {
		if left = left<<1 - p.counts[n]; left < 0 {
			return false
		}
		code <<= 1
		next[n], start[n] = code, index
		code += p.counts[n]
		index += p.counts[n]
	}
	p.values = append(p.values, make([]uint16, index)...)
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		p.values[start[n]] = uint16(symbol) //nolint:gosec // at most 320
		start[n]++
		if n <= 9 {
			turned := int(bits.Reverse16(uint16(next[n])) >> (16 - n)) //nolint:gosec // at most 15 bits
			for i := turned; i < len(p.quick); i += 1 << n {
				p.quick[i] = uint16(symbol)<<4 | uint16(n) //nolint:gosec // at most 320
			}
		}
		next[n]++
	}
	return true
}

// code reads a symbol.
func (f *inflate64) code(p *prefixes) (int, error) {
	for f.have < 9 { // at the very end there may be fewer
		c, err := f.in.ReadByte()
		if err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return 0, err
		}
		f.bits |= uint64(c) << f.have
		f.have += 8
	}
	if q := p.quick[f.bits&(1<<9-1)]; q != 0 && uint(q&15) <= f.have {
		f.bits >>= q & 15
		f.have -= uint(q & 15)
		return int(q >> 4), nil
	}
	code, first, index := 0, 0, 0
	for n := 1; n < 16; n++ {
		bit, err := f.take(1)
		if err != nil {
			return 0, err
		}
		code |= bit
		if at := code - first; at < p.counts[n] {
			return int(p.values[index+at]), nil
		}
		index += p.counts[n]
		first = (first + p.counts[n]) << 1
		code <<= 1
	}
	return 0, errInflate64
}
