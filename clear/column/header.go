package column

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"constat.example/blind/kind"
)

// header is what a column's name says.
type header struct {
	absent  bool                // there is no name, or only a place such as "column 3"
	weights [kind.Count]float64 // nats, for kinds the words speak of
	said    bool                // at least one word of the lexicon is there
	other   bool                // the words speak of somebody or something else: a product, the mother

	tokens, strangers int // words, and those of them that the lexicon does not know
}

// readHeader weighs the words of a column name against the lexicon: the
// longest phrases first, each word once, in any order. Words that are in no
// phrase and not merely neutral make the name say less.
func readHeader(name string) header {
	var h header
	tokens := words(name)
	if len(tokens) == 0 || placeName.MatchString(strings.Join(tokens, " ")) {
		h.absent = true
		return h
	}
	l := loadLexicon()
	h.tokens = len(tokens)
	left := map[string]int{}
	for _, t := range tokens {
		left[t]++
	}
	for _, p := range l.phrases {
		if !takes(left, p.words) {
			continue
		}
		h.said = true
		for _, s := range p.says {
			h.weights[s.kind] += s.weight
			if s.kind == kind.Unknown && len(p.says) == 1 {
				h.other = h.other || slices.ContainsFunc(p.words, func(w string) bool { return l.other[w] })
			}
		}
	}
	for _, t := range tokens {
		if left[t] == 0 {
			continue
		}
		left[t]--
		switch {
		case l.other[t]:
			h.other = true
		case !l.neutral[t] && len(t) > 1 && !isNumber(t):
			h.strangers++
		}
	}
	for k := range h.weights {
		for range min(h.strangers, 3) {
			h.weights[k] *= strangerFactor
		}
		h.weights[k] = min(h.weights[k], maxHeader)
		if h.other && !ofAnyone.Has(kind.Kind(k)) {
			h.weights[k] += otherSubject
		}
	}
	return h
}

// takes removes the words of a phrase from left, all or none.
func takes(left map[string]int, phrase []string) bool {
	for _, w := range phrase {
		if left[w] == 0 {
			return false
		}
	}
	for _, w := range phrase {
		left[w]--
	}
	return true
}

// placeName are names that readers give to columns that have none.
var placeName = regexp.MustCompile(`^((column|colonne|col|field|champ|unnamed|var|variable|c|f|v|x) ?)?[0-9]*$`)

// words splits a column name into folded words: accents and case dropped,
// camelCase and digits apart, glued words cut where the lexicon knows every
// piece, synonyms and abbreviations replaced, little words left out.
func words(name string) []string {
	l := loadLexicon()
	var out []string
	for _, raw := range cut(fold(unmojibake(name))) {
		for _, w := range l.pieces(raw) {
			if a, ok := l.alias[w]; ok {
				w = a
			}
			if !l.stop[w] {
				out = append(out, w)
			}
		}
	}
	return out
}

// unmojibake undoes UTF-8 read as cp1252, and reads a character that was lost
// in conversion as é, which is what it nearly always was in French headers.
func unmojibake(name string) string {
	if b, err := charmap.Windows1252.NewEncoder().String(name); err == nil && b != name && utf8.ValidString(b) {
		name = b
	}
	return strings.ToValidUTF8(strings.ReplaceAll(name, "\uFFFD", "e"), "e")
}

// fold drops accents and ligatures; case stays, since camelCase needs it.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'œ' || r == 'Œ':
			b.WriteString("oe")
		case r == 'æ' || r == 'Æ':
			b.WriteString("ae")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cut splits at separators and between camelCase humps and digits, in lower
// case. Words such as md5 that the lexicon knows whole stay whole.
func cut(s string) []string {
	l := loadLexicon()
	var out []string
	for _, field := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if low := strings.ToLower(field); l.known[low] {
			out = append(out, low)
			continue
		}
		runes := []rune(field)
		start := 0
		for i := 1; i < len(runes); i++ {
			a, b := runes[i-1], runes[i]
			hump := unicode.IsLower(a) && unicode.IsUpper(b) ||
				unicode.IsUpper(a) && unicode.IsUpper(b) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if hump || unicode.IsDigit(a) != unicode.IsDigit(b) {
				out = append(out, strings.ToLower(string(runes[start:i])))
				start = i
			}
		}
		out = append(out, strings.ToLower(string(runes[start:])))
	}
	return out
}

// say is one kind that a phrase speaks of, with its weight in nats.
type say struct {
	kind   kind.Kind
	weight float64
}

type phrase struct {
	words []string
	says  []say
}

// dictionary is the lexicon, indexed.
type dictionary struct {
	phrases []phrase // longest first
	alias   map[string]string
	stop    map[string]bool
	neutral map[string]bool
	other   map[string]bool
	known   map[string]bool // every word of the above
}

var loadLexicon = sync.OnceValue(func() *dictionary {
	d := &dictionary{
		alias: map[string]string{}, stop: set(stopWords), neutral: set(neutralWords),
		other: set(otherWords), known: map[string]bool{},
	}
	for to, from := range synonyms {
		for _, f := range strings.Fields(from) {
			d.alias[f] = to
			d.known[f] = true
		}
	}
	at := map[string]int{}
	for _, e := range lexicon {
		for p := range strings.SplitSeq(e.phrases, ",") {
			ws := strings.Fields(p)
			slices.Sort(ws)
			key := strings.Join(ws, " ")
			i, ok := at[key]
			if !ok {
				i = len(d.phrases)
				at[key] = i
				d.phrases = append(d.phrases, phrase{words: ws})
			}
			d.phrases[i].says = append(d.phrases[i].says, say{e.kind, e.weight})
			for _, w := range ws {
				d.known[w] = true
			}
		}
	}
	slices.SortStableFunc(d.phrases, func(a, b phrase) int {
		return cmp.Or(cmp.Compare(len(b.words), len(a.words)), slices.Compare(a.words, b.words))
	})
	for _, s := range []map[string]bool{d.stop, d.neutral, d.other} {
		for w := range s {
			d.known[w] = true
		}
	}
	return d
})

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}

// pieces cuts a glued word such as datenaissance where every piece is known;
// otherwise the word stays whole, without a plural ending if that makes it known.
func (d *dictionary) pieces(w string) []string {
	if d.known[w] {
		return []string{w}
	}
	if singular := strings.TrimRight(w, "sx"); singular != w && d.known[singular] {
		return []string{singular}
	}
	const longest = 40 // a header longer than this without a separator is not words
	if len(w) > longest {
		return []string{w}
	}
	// best[i] is the fewest pieces that make w[:i]; long pieces are preferred that way.
	best := make([]int, len(w)+1)
	from := make([]int, len(w)+1)
	for i := 1; i <= len(w); i++ {
		best[i] = len(w) + 1
		for j := max(0, i-20); j < i; j++ {
			piece := w[j:i]
			if best[j] <= len(w) && d.known[piece] && (len(piece) >= 3 || shortPieces[piece]) && best[j]+1 < best[i] {
				best[i], from[i] = best[j]+1, j
			}
		}
	}
	if best[len(w)] > 4 {
		return []string{w}
	}
	var out []string
	for i := len(w); i > 0; i = from[i] {
		out = append(out, w[from[i]:i])
	}
	slices.Reverse(out)
	return out
}

// shortPieces are the words of two letters that a glued header may hold.
var shortPieces = set("de du dt cd id no of cp ip la le")

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
