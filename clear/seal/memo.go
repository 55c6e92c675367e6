package seal

import (
	"encoding/binary"
	"math/bits"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
)

// The bounds of a memo: cells remembered, and after how many cells it has to
// prove its worth. A window shorter than that would give up on birth dates, of
// which there are some forty thousand.
const (
	memoBits   = 13
	memoWindow = 1 << 16
)

// memo remembers what the cells of one column came to. Few distinct names,
// dates and cities make up most of a file, so that most cells are looked up
// instead of being parsed and sealed. A column that repeats too little is given
// up. A memo takes half a MiB: one line of cache for each of 8,192 cells, in the one
// place where a cell of that text may be.
type memo struct {
	cells         []remembered
	lookups, hits int
}

// remembered is a cell and what it came to, in 64 bytes.
type remembered struct {
	text     packed
	kinds    kind.Set
	tokens   [memoParts]token.Token
	targets  [memoParts]target // noTarget behind the last
	validity field.Validity
	reason   field.Reason
}

// The longest cell that is remembered, and the most parts.
const (
	memoLength = 23
	memoParts  = 3
)

// packed is a short text: its bytes, zeros, and its length. The empty text is
// all zeros.
type packed struct{ a, b, c uint64 }

func newMemo() *memo { return &memo{cells: make([]remembered, 1<<memoBits)} }

// pack packs a text of 1 to memoLength bytes.
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

// place tells, by its high bits, where a text may be kept: its words multiplied and folded, with
// odd constants of no meaning. Whoever makes texts collide makes the memo useless
// for them, and loses nothing else.
func (p packed) place() uint64 {
	high, low := bits.Mul64(p.a^0x9E3779B97F4A7C15, p.b^0xD1B54A32D192ED03)
	high, low = bits.Mul64(high^low^0x8CB92BA72F3D8DD7, p.c^0xABC98388FB8FAC03)
	return high ^ low
}

// sought is a short cell of a stretch of rows, looked for in a memo.
type sought struct {
	row  int
	text packed
	at   *remembered
}

// seek tells where a cell may be remembered.
func (m *memo) seek(text packed) *remembered {
	return &m.cells[text.place()>>(64-memoBits)]
}

// fetched reads from every place that cells are looked for in, and returns a
// number of no meaning. One after another they would each wait for memory; in a
// loop that does nothing else, the machine fetches many at a time.
func fetched(cells []sought) (sum uint64) {
	for i := range cells {
		sum ^= cells[i].at.text.c
	}
	return sum
}

// has reports whether the cell is remembered.
func (m *memo) has(c *sought) bool {
	m.lookups++
	if !c.at.text.is(&c.text) {
		return false
	}
	m.hits++
	return true
}

// worth reports whether the memo is worth having.
func (m *memo) worth() bool {
	if m.lookups < memoWindow {
		return true
	}
	if m.hits < m.lookups/4 {
		return false
	}
	m.lookups, m.hits = 0, 0
	return true
}

// keep remembers what a cell came to, in place of another.
func (m *memo) keep(c *sought, o outcome, parts []part) {
	if len(parts) > memoParts {
		return
	}
	*c.at = remembered{
		text: c.text, kinds: o.kinds, validity: o.validity, reason: o.reason,
		targets: [memoParts]target{noTarget, noTarget, noTarget},
	}
	for i := range parts {
		p := &parts[i]
		c.at.tokens[i], c.at.targets[i] = p.token, p.target
	}
}
