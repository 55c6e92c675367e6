package seal

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
)

// lexicon gathers the entries of values met for the first time.
type lexicon struct {
	key     *Key
	met     *Met
	lately  [familyCount][latelySize]token.Token
	vary    field.Varier
	entries []token.Entry
	scratch block

	// What is being varied, for yield, which is made once: a closure per value
	// would be an allocation per value.
	family    kind.Family
	value     token.Token
	canonical []byte
	yield     func(token.Class, []byte)
}

// latelySize is how many values of a family a sealer knows to have been met
// without asking, by the low bits of their tokens: of the frequent ones nearly
// all.
const latelySize = 1 << 13

func (l *lexicon) start(key *Key, met *Met) {
	if met == nil {
		met = new(Met)
	}
	l.key, l.met = key, met
	l.yield = func(c token.Class, variant []byte) {
		e := token.Entry{Family: l.family, Value: l.value, Class: c}
		if c != token.Sound && bytes.Equal(variant, l.canonical) {
			e.Variant = token.VariantOf(l.value) // they share a domain
		} else {
			e.Variant = l.key.variantToken(&l.scratch, l.family, c, variant)
		}
		l.entries = append(l.entries, e)
	}
}

// meet writes down the variants of a value unless it was met before.
func (l *lexicon) meet(f kind.Family, value token.Token, canonical []byte) {
	last := &l.lately[f][value&(latelySize-1)]
	if *last == value {
		return
	}
	*last = value
	if !l.met.add(f, value) {
		return
	}
	l.family, l.value, l.canonical = f, value, canonical
	l.vary.Vary(f, canonical, l.yield)
}

func (l *lexicon) take(dst []token.Entry) []token.Entry {
	dst = append(dst, l.entries...)
	l.entries = l.entries[:0]
	return dst
}
