package seal

import (
	"sync"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Met is the values whose variants were written to the lexicon of one source.
// Its zero value is empty. Several sealers share it, from any goroutine.
//
// It is parted by the high bits of tokens, so that sealers seldom wait for one
// another. Each part of a family holds at most partLimit values and then starts
// afresh, which costs but a repetition and bounds memory at 64 MiB a family.
type Met struct {
	parts [familyCount][metParts]metPart
}

const (
	metBits   = 6
	metParts  = 1 << metBits
	partLimit = 3 << 15 // six million values of a family
)

type metPart struct {
	sync.Mutex
	tokenSet
}

// add reports whether a value, which is not zero, was new.
func (m *Met) add(f kind.Family, value token.Token) bool {
	p := &m.parts[f][uint64(value)>>(64-metBits)]
	p.Lock()
	defer p.Unlock()
	return p.tokenSet.add(value)
}

// tokenSet is a set of tokens by open addressing: tokens are random already,
// so their low bits are as good a hash as any.
type tokenSet struct {
	slots []token.Token // a power of two; 0 is free
	count int
}

// add reports whether t, which is not zero, was new.
func (s *tokenSet) add(t token.Token) bool {
	if s.count >= len(s.slots)/4*3 {
		s.grow()
	}
	i := s.find(t)
	if s.slots[i] == t {
		return false
	}
	s.slots[i] = t
	s.count++
	return true
}

func (s *tokenSet) find(t token.Token) int {
	mask := len(s.slots) - 1
	i := int(t) & mask
	for s.slots[i] != 0 && s.slots[i] != t {
		i = (i + 1) & mask
	}
	return i
}

func (s *tokenSet) grow() {
	if s.count >= partLimit {
		clear(s.slots)
		s.count = 0
		return
	}
	old := s.slots
	s.slots = make([]token.Token, max(1<<8, 2*len(old)))
	for _, t := range old {
		if t != 0 {
			s.slots[s.find(t)] = t
		}
	}
}
