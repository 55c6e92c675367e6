package seal

import (
	"sync"
	"sync/atomic"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Met is the values whose variants were written to the lexicon of one source.
// Its zero value is empty. Several sealers share it, from any goroutine.
//
// It is parted by the high bits of tokens, so that sealers seldom wait for one
// another, and never to find what was met before. Each part of a family holds at
// most partLimit values and then starts afresh, which costs but a repetition and
// bounds memory at 64 MiB a family.
type Met struct {
	parts [familyCount][metParts]metPart
}

const (
	metBits   = 6
	metParts  = 1 << metBits
	partLimit = 3 << 15 // six million values of a family
)

// add reports whether a value, which is not zero, was new.
func (m *Met) add(f kind.Family, value token.Token) bool {
	p := &m.parts[f][uint64(value)>>(64-metBits)]
	if slots := p.slots.Load(); slots != nil && slots.has(value) {
		return false
	}
	return p.add(value)
}

// fetch reads from where a value may be, and returns a number of no meaning: what
// is read so is near when it is looked for.
func (m *Met) fetch(f kind.Family, value token.Token) uint64 {
	slots := m.parts[f][uint64(value)>>(64-metBits)].slots.Load()
	if slots == nil {
		return 0
	}
	return uint64(atomic.LoadInt64(&(*slots)[int(value)&(len(*slots)-1)]))
}

// metPart is a set of tokens that is read without its lock: slots are only ever
// filled, and replaced as a whole.
type metPart struct {
	mu    sync.Mutex
	count int
	slots atomic.Pointer[tokenSlots]
}

// add adds t unless another sealer did meanwhile.
func (p *metPart) add(t token.Token) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	slots := p.slots.Load()
	if slots == nil || p.count >= len(*slots)/4*3 {
		slots = p.grow(slots)
	}
	at := slots.find(t)
	if (*slots)[at] == t {
		return false
	}
	atomic.StoreInt64(&(*slots)[at], t)
	p.count++
	return true
}

func (p *metPart) grow(old *tokenSlots) *tokenSlots {
	size := 1 << 8
	if old != nil {
		size = 2 * len(*old)
	}
	afresh := p.count >= partLimit
	if afresh {
		size = len(*old)
		p.count = 0
	}
	slots := make(tokenSlots, size)
	if old != nil && !afresh {
		for _, t := range *old {
			if t != 0 {
				slots[slots.find(t)] = t
			}
		}
	}
	p.slots.Store(&slots)
	return &slots
}

// tokenSlots is a set of tokens by open addressing: tokens are random already,
// so their low bits are as good a hash as any. Its length is a power of two; 0
// is free.
type tokenSlots []token.Token

func (s tokenSlots) has(t token.Token) bool { return atomic.LoadInt64(&s[s.find(t)]) == t }

// find returns the slot that holds t, or the free one where it belongs.
func (s tokenSlots) find(t token.Token) int {
	mask := len(s) - 1
	at := int(t) & mask
	for {
		if have := atomic.LoadInt64(&s[at]); have == 0 || have == t {
			return at
		}
		at = (at + 1) & mask
	}
}
