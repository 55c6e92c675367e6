package seal

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
)

// lexicon seals values of families, and gathers the entries of those met for the
// first time.
type lexicon struct {
	key     *Key
	met     *Met
	lately  [familyCount][]sealed
	vary    field.Varier
	entries []token.Entry

	// What is being varied, for yield, which is made once: a closure per value
	// would be an allocation per value.
	family    kind.Family
	canonical []byte
	variants  []variantTag
	yield     func(token.Class, []byte)
}

// sealed is a short text and its token.
type sealed struct {
	text  packed
	value token.Token
}

// latelyBits is how many values of a family a sealer knows without sealing them
// again or asking whether they were met, as a power of two: of the frequent ones
// nearly all. They take half a MiB a family.
const latelyBits = 14

func (l *lexicon) start(key *Key, met *Met) {
	if met == nil {
		met = new(Met)
	}
	l.key, l.met = key, met
	for f := kind.Name; int(f) < familyCount; f++ {
		l.lately[f] = make([]sealed, 1<<latelyBits)
	}
	l.yield = func(c token.Class, variant []byte) {
		l.variants = append(l.variants, variantTag{class: c})
		v := &l.variants[len(l.variants)-1]
		// A value is its own Form and Edit, and shares their domain.
		if v.known = c != token.Sound && bytes.Equal(variant, l.canonical); !v.known {
			l.key.variant[l.family][c].begin(&v.block, variant)
		}
	}
}

// variantTag is a variant and its tag under way.
type variantTag struct {
	class token.Class
	known bool // that of its value
	block block
}

// near is where a short text of a family may be among those sealed lately.
type near struct {
	text packed
	at   *sealed // nil for a longer one
}

func (l *lexicon) seek(f kind.Family, canonical []byte) near {
	if len(canonical) > memoLength {
		return near{}
	}
	text := pack(canonical)
	return near{text, &l.lately[f][text.place()>>(64-latelyBits)]}
}

// known returns the token of what was sealed lately.
func (n *near) known() (token.Token, bool) {
	if n.at == nil || !n.at.text.is(&n.text) {
		return 0, false
	}
	return n.at.value, true
}

// learn notes the token of a value that was not known, and writes down its
// variants unless it was met before.
func (l *lexicon) learn(f kind.Family, n near, value token.Token, canonical []byte) {
	if n.at != nil {
		*n.at = sealed{n.text, value}
	}
	l.meet(f, value, canonical)
}

func (l *lexicon) meet(f kind.Family, value token.Token, canonical []byte) {
	if !l.met.add(f, value) {
		return
	}
	l.family, l.canonical, l.variants = f, canonical, l.variants[:0]
	l.vary.Vary(f, canonical, l.yield)
	for i := range l.variants {
		v := &l.variants[i]
		variant := token.VariantOf(value)
		if !v.known {
			l.key.variant[f][v.class].end(&v.block)
			variant = token.VariantOf(v.block.long())
		}
		l.entries = append(l.entries, token.Entry{Family: f, Value: value, Class: v.class, Variant: variant})
	}
}

func (l *lexicon) take(dst []token.Entry) []token.Entry {
	dst = append(dst, l.entries...)
	l.entries = l.entries[:0]
	return dst
}
