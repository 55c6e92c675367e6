package seal

import (
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
)

// lexicon gathers the entries of values met for the first time.
type lexicon struct {
	key     *Key
	seen    [familyCount]tokenSet
	entries []token.Entry
	scratch block

	// What is being varied, for yield, which is made once: a closure per value
	// would be an allocation per value.
	family kind.Family
	value  token.Token
	yield  func(token.Class, []byte)
}

func (l *lexicon) start(key *Key) {
	l.key = key
	l.yield = func(c token.Class, variant []byte) {
		l.entries = append(l.entries, token.Entry{
			Family: l.family, Value: l.value, Class: c,
			Variant: l.key.variantToken(&l.scratch, l.family, c, variant),
		})
	}
}

// meet writes down the variants of a value unless it was met before.
func (l *lexicon) meet(f kind.Family, value token.Token, canonical []byte) {
	if !l.seen[f].add(value) {
		return
	}
	l.family, l.value = f, value
	field.Variants(f, canonical, l.yield)
}

func (l *lexicon) take() []token.Entry {
	entries := l.entries
	l.entries = nil
	return entries
}

// tokenSet is a set of tokens by open addressing: tokens are random already,
// so their low bits are as good a hash as any. It holds at most setLimit and
// then starts afresh, which bounds its memory at 32 MiB and costs but a
// repetition.
type tokenSet struct {
	slots []token.Token // a power of two; 0 is free
	count int
}

const setLimit = 3 << 20

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
	if s.count >= setLimit {
		clear(s.slots)
		s.count = 0
		return
	}
	old := s.slots
	s.slots = make([]token.Token, max(1<<10, 2*len(old)))
	for _, t := range old {
		if t != 0 {
			s.slots[s.find(t)] = t
		}
	}
}
