package token

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// chunk is one column of a row group under way, held as the one page it will
// be: a cell is encoded by being appended. Values that repeat go by a
// dictionary, others one after another (PLAIN).
type chunk struct {
	node     schema.Node
	size     int  // bytes of a number; 0 for blobs
	optional bool // 0 is null
	repeats  bool

	rows   int    // in the row group
	count  int    // of them filled
	filled []byte // a bit per row, of an optional column
	plain  []byte // values, unless they repeat
	words  dictionary
}

func newChunk(node schema.Node, repeats bool) *chunk {
	c := &chunk{node: node, optional: node.RepetitionType() == parquet.Repetitions.Optional, repeats: repeats}
	switch node.(*schema.PrimitiveNode).PhysicalType() {
	case parquet.Types.Int64:
		c.size = 8
	case parquet.Types.Int32:
		c.size = 4
	}
	return c
}

// blobs appends values of a column of blobs.
func (c *chunk) blobs(values [][]byte) {
	for _, v := range values {
		c.plain = append(binary.LittleEndian.AppendUint32(c.plain, uint32(len(v))), v...)
	}
	c.rows += len(values)
	c.count += len(values)
}

// numbers appends values of a column of numbers.
func (c *chunk) numbers(values []int64) {
	first := c.rows
	c.rows += len(values)
	if c.optional {
		c.mark(first, values)
	}
	if c.repeats {
		for _, v := range values {
			if c.taken(v) > 0 {
				c.words.add(v)
			}
		}
		c.count = len(c.words.indices)
		return
	}
	at := len(c.plain)
	c.plain = slices.Grow(c.plain, c.size*len(values))[:at+c.size*len(values)]
	if c.size == 8 {
		for _, v := range values {
			binary.LittleEndian.PutUint64(c.plain[at:], uint64(v))
			at += 8 * c.taken(v)
		}
	} else {
		for _, v := range values {
			binary.LittleEndian.PutUint32(c.plain[at:], uint32(v))
			at += 4 * c.taken(v)
		}
	}
	c.plain = c.plain[:at]
	c.count = at / c.size
}

// taken is how many values a cell makes: none where it is null.
func (c *chunk) taken(v int64) int {
	if c.optional {
		return bit(v)
	}
	return 1
}

// bit is 1 for a token and 0 for none, without a branch to mispredict.
func bit(t Token) int { return int((uint64(t) | -uint64(t)) >> 63) }

// mark notes which of the cells from row first on are filled.
func (c *chunk) mark(first int, cells []int64) {
	need := (c.rows + 7) / 8
	for len(c.filled) < need {
		c.filled = append(c.filled, 0)
	}
	for i, v := range cells {
		row := first + i
		c.filled[row>>3] |= byte(bit(v) << (row & 7))
	}
}

// bytes is about how much memory the values of the row group take.
func (c *chunk) bytes() int { return len(c.plain) + 4*len(c.words.indices) }

// byDictionary reports whether the page refers to a dictionary. One without
// words is better not written: readers differ on it.
func (c *chunk) byDictionary() bool { return c.repeats && c.count > 0 }

// dictionaryPage appends the page of the dictionary: its words.
func (c *chunk) dictionaryPage(dst []byte) []byte {
	for _, v := range c.words.values {
		if c.size == 8 {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
		} else {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(v))
		}
	}
	return dst
}

// page appends the page of data: for an optional column which rows are filled,
// then the values or where the dictionary has them.
func (c *chunk) page(dst []byte) []byte {
	if c.optional {
		at := len(dst)
		dst = binary.LittleEndian.AppendUint32(dst, 0)
		switch c.count {
		case 0, c.rows: // one run of all rows
			dst = binary.AppendUvarint(dst, uint64(c.rows)<<1)
			dst = append(dst, byte(min(c.count, 1)))
		default:
			dst = binary.AppendUvarint(dst, uint64(len(c.filled))<<1|1)
			dst = append(dst, c.filled...)
		}
		binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	if !c.byDictionary() {
		return append(dst, c.plain...)
	}
	width := max(1, bits.Len(uint(len(c.words.values)-1)))
	return appendHybrid(append(dst, byte(width)), c.words.indices, width)
}

// reset empties c for the next row group.
func (c *chunk) reset() {
	c.rows, c.count = 0, 0
	c.filled, c.plain = c.filled[:0], c.plain[:0]
	c.words.reset()
}

// dictionary numbers the distinct values of a column in the order they come.
type dictionary struct {
	values  []int64
	indices []uint32 // in values, of each value added
	slots   []uint32 // a power of two: index in values plus 1; 0 is free
	shift   int
}

func (d *dictionary) add(v int64) {
	if n := len(d.indices); n > 0 {
		if last := d.indices[n-1]; d.values[last] == v { // values often come in runs
			d.indices = append(d.indices, last)
			return
		}
	}
	if 2*len(d.values) >= len(d.slots) {
		d.grow()
	}
	at := d.find(v)
	if d.slots[at] == 0 {
		d.values = append(d.values, v)
		d.slots[at] = uint32(len(d.values))
	}
	d.indices = append(d.indices, d.slots[at]-1)
}

// find returns the slot that holds v, or the free one where it belongs.
func (d *dictionary) find(v int64) uint64 {
	mask := uint64(len(d.slots) - 1)
	// Fibonacci hashing (Knuth 6.4): sets of kinds differ in few bits.
	at := uint64(v) * 0x9E3779B97F4A7C15 >> d.shift
	for d.slots[at] != 0 && d.values[d.slots[at]-1] != v {
		at = (at + 1) & mask
	}
	return at
}

func (d *dictionary) grow() {
	n := max(256, 2*len(d.slots))
	d.slots = make([]uint32, n)
	d.shift = 64 - bits.Len(uint(n-1))
	for i, v := range d.values {
		d.slots[d.find(v)] = uint32(i + 1)
	}
}

func (d *dictionary) reset() {
	clear(d.slots)
	d.values, d.indices = d.values[:0], d.indices[:0]
}

// appendHybrid appends numbers of that many bits in Parquet's mixture of runs
// and of groups of eight packed bit by bit.
func appendHybrid(dst []byte, values []uint32, width int) []byte {
	for len(values) > 0 {
		if n := runLength(values); n >= 8 {
			dst = binary.AppendUvarint(dst, uint64(n)<<1)
			for v, left := values[0], width; left > 0; left -= 8 {
				dst = append(dst, byte(v))
				v >>= 8
			}
			values = values[n:]
			continue
		}
		n := 8
		for n < len(values) && !eightAlike(values[n:]) {
			n += 8
		}
		dst = binary.AppendUvarint(dst, uint64(n/8)<<1|1)
		packed := values[:min(n, len(values))]
		values = values[len(packed):]
		dst = appendPacked(dst, packed, n, width)
	}
	return dst
}

// appendPacked appends n numbers, of which those behind values are 0.
func appendPacked(dst []byte, values []uint32, n, width int) []byte {
	end := len(dst) + n*width/8
	var word uint64
	used := 0
	for _, v := range values {
		word |= uint64(v) << used
		if used += width; used >= 32 {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(word))
			word >>= 32
			used -= 32
		}
	}
	for ; used > 0; used -= 8 {
		dst = append(dst, byte(word))
		word >>= 8
	}
	for len(dst) < end {
		dst = append(dst, 0)
	}
	return dst
}

func runLength(values []uint32) int {
	n := 1
	for n < len(values) && values[n] == values[0] {
		n++
	}
	return n
}

func eightAlike(values []uint32) bool {
	return len(values) >= 8 && runLength(values[:8]) == 8
}
