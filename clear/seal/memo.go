package seal

import (
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
	"constat.example/clear/internal/packed"
)

// memoWindow is after how many cells a memo has to prove its worth. A shorter
// one would give up on the names of communes, of which there are some forty
// thousand.
const memoWindow = 1 << 16

// memo remembers what the cells of one column came to. Few distinct cities and
// codes make up most of a file, so that most cells are looked up instead of being
// parsed and sealed. A column that repeats too little is given up. A cell takes
// one line of cache, 64 bytes.
type memo struct {
	cache[remembered]
	lookups, hits int
}

// remembered is what a cell came to.
type remembered struct {
	kinds    kind.Set
	tokens   [memoParts]token.Token
	targets  [memoParts]target // noTarget behind the last
	validity field.Validity
	reason   field.Reason
}

// memoParts is the most parts of a cell that is remembered.
const memoParts = 3

// sought is a short cell of a stretch of rows, looked for in a memo.
type sought struct {
	row  int
	text packed.Text
	at   *cached[remembered]
}

// fetched reads from every place that cells are looked for in, and returns a
// number of no meaning. One after another they would each wait for memory; in a
// loop that does nothing else, the machine fetches many at a time.
func fetched(cells []sought) (sum uint64) {
	for i := range cells {
		sum ^= cells[i].at.text.Touch()
	}
	return sum
}

// has reports whether the cell is remembered.
func (m *memo) has(c *sought) bool {
	m.lookups++
	if !c.at.text.Is(&c.text) {
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

// remember keeps what a cell came to.
func (m *memo) remember(c *sought, o outcome, parts []part) {
	if len(parts) > memoParts {
		return
	}
	r := remembered{
		kinds: o.kinds, validity: o.validity, reason: o.reason,
		targets: [memoParts]target{noTarget, noTarget, noTarget},
	}
	for i := range parts {
		r.tokens[i], r.targets[i] = parts[i].token, parts[i].target
	}
	m.keep(c.at, c.text, r)
}
