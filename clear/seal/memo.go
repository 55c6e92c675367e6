package seal

import (
	"constat.example/blind/kind"
	"constat.example/clear/field"
)

// The bounds of a memo: distinct cells remembered, the longest cell worth
// remembering, and after how many cells it has to prove its worth. A window
// shorter than that would give up on birth dates, of which there are some
// forty thousand.
const (
	memoCells  = 1 << 16
	memoLength = 64
	memoWindow = 1 << 16
)

// memo remembers what the cells of one column came to. Few distinct names,
// dates and cities make up most of a file, so that most cells are looked up
// instead of being parsed and sealed. A column that repeats too little is given up.
type memo struct {
	known         map[string]remembered
	parts         []placed
	lookups, hits int
}

type remembered struct {
	first    uint32 // in memo.parts
	n        uint8
	validity field.Validity
	reason   field.Reason
	kinds    kind.Set
}

func newMemo() *memo { return &memo{known: map[string]remembered{}} }

// recall fills o with what the cell raw came to before.
func (m *memo) recall(o *outcome, raw []byte) bool {
	m.lookups++
	r, ok := m.known[string(raw)]
	if !ok {
		return false
	}
	m.hits++
	o.parts = append(o.parts[:0], m.parts[r.first:r.first+uint32(r.n)]...)
	o.validity, o.reason, o.kinds = r.validity, r.reason, r.kinds
	return true
}

// keep remembers what the cell raw came to. It reports false when the memo is
// not worth having.
func (m *memo) keep(o *outcome, raw []byte) bool {
	if m.lookups >= memoWindow {
		if m.hits < m.lookups/4 {
			return false
		}
		m.lookups, m.hits = 0, 0
	}
	if len(m.known) >= memoCells || len(raw) > memoLength || len(o.parts) > 255 {
		return true
	}
	m.known[string(raw)] = remembered{
		first: uint32(len(m.parts)), n: uint8(len(o.parts)),
		validity: o.validity, reason: o.reason, kinds: o.kinds,
	}
	m.parts = append(m.parts, o.parts...)
	return true
}
