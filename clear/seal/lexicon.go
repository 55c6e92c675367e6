package seal

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/field"
	"constat.example/clear/internal/packed"
)

// lexicon seals values of families, and gathers the entries of those met for the
// first time.
type lexicon struct {
	key     *Key
	met     *Met
	lately  [familyCount]cache[token.Token] // tokens of values met
	vary    field.Varier
	entries []token.Entry

	// What is being varied, for yield, which is made once: a closure per value
	// would be an allocation per value.
	family    kind.Family
	canonical []byte
	variants  []variantTag
	yield     func(token.Class, []byte)
}

func (l *lexicon) start(key *Key, met *Met) {
	if met == nil {
		met = new(Met)
	}
	l.key, l.met = key, met
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

// fit makes room for more values, where it is worth it.
func (l *lexicon) fit() {
	for f := range l.lately {
		l.lately[f].fit()
	}
}

// near is where a short text of a family may be among those met lately.
type near struct {
	text packed.Text
	at   *cached[token.Token] // nil for a longer one
}

func (l *lexicon) seek(f kind.Family, canonical []byte) near {
	if len(canonical) > packed.Longest {
		return near{}
	}
	text := packed.Of(canonical)
	return near{text, l.lately[f].seek(text)}
}

// known returns the token of what was met lately.
func (n *near) known() (token.Token, bool) {
	if n.at == nil || !n.at.text.Is(&n.text) {
		return 0, false
	}
	return n.at.value, true
}

// learn notes the token of a value that was not known, and gathers its variants
// unless it was met before.
func (l *lexicon) learn(f kind.Family, n near, value token.Token, canonical []byte) {
	if n.at != nil {
		l.lately[f].keep(n.at, n.text, value)
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

// take returns the entries gathered, and gathers the next ones in spare.
func (l *lexicon) take(spare []token.Entry) []token.Entry {
	entries := l.entries
	l.entries = spare[:0]
	return entries
}
