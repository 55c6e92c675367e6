package claim

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Prose is what texts tell of data that was taken, in the words that bulletins and
// posts have for it. What they tell in several ways is in Doubts and left out.
type Prose struct {
	Claimed  Claimed
	Price    string // "5000 USD"
	Ransom   string
	Deadline string // a time, a day, or "48 hours"
	Theft    bool   // they speak of data taken, sold or published
	Doubts   []Doubt
}

// Doubt is a code of what texts tell in more than one way.
type Doubt string

// Doubts.
const (
	DoubtCount    Doubt = "count"
	DoubtPrice    Doubt = "price"
	DoubtRansom   Doubt = "ransom"
	DoubtDeadline Doubt = "deadline"
)

// ReadProse reads texts, the shortest summary first: what a title tells goes before what
// stands below it. Nothing of the texts comes back but numbers, currencies, times and words
// that stand for kinds of data.
func ReadProse(texts ...string) (p Prose) {
	texts = slices.Clone(texts)
	for i, text := range texts {
		texts[i] = strings.ToValidUTF8(text[:min(len(text), mostProse)], " ")
	}
	read(texts, &p.Doubts, DoubtCount, func(text string) (all []counting, doubt bool) { return countings(text) }, func(c counting) {
		p.Claimed.Count, p.Claimed.Unit = &c.n, c.unit
	})
	for _, x := range []struct {
		cue   *regexp.Regexp
		doubt Doubt
		to    *string
	}{{priceCue, DoubtPrice, &p.Price}, {ransomCue, DoubtRansom, &p.Ransom}} {
		read(texts, &p.Doubts, x.doubt, func(text string) ([]string, bool) { return after(text, x.cue, amount, Money), false }, func(told string) { *x.to = told })
	}
	read(texts, &p.Doubts, DoubtDeadline, func(text string) ([]string, bool) {
		return after(text, deadlineCue, until, func(found string) (string, bool) { return strings.ToLower(found), true }), false
	}, func(told string) { p.Deadline = told })
	for _, text := range texts {
		for _, f := range fieldNames(text) {
			if !slices.Contains(p.Claimed.Fields, f) && len(p.Claimed.Fields) < mostFields {
				p.Claimed.Fields = append(p.Claimed.Fields, f)
			}
		}
		p.Theft = p.Theft || theft.MatchString(Fold(text))
	}
	return p
}

// read takes what the first text that tells one thing of its kind tells. Where none does,
// and one tells several, there is a doubt.
func read[T comparable](texts []string, doubts *[]Doubt, doubt Doubt, find func(string) ([]T, bool), take func(T)) {
	for _, text := range texts {
		found, unsure := find(text)
		var distinct []T
		for _, x := range found {
			if !slices.Contains(distinct, x) {
				distinct = append(distinct, x)
			}
		}
		if len(distinct) > 1 || unsure {
			*doubts = append(*doubts, doubt)
			return
		}
		if len(distinct) == 1 {
			take(distinct[0])
			return
		}
	}
}

// theft are the stems of words for data taken, sold or published, folded.
var theft = regexp.MustCompile(`\b(?:leak|breach|stolen|steal|exfiltrat|data theft|hacked|hacker|ransom|extort|data dump|dumped|for sale|exposed` +
	`|fuite|violation de donnees|vol de donnees|vole[es]{0,2}\b|vols? massif|derobe|subtilis|pirat|exfiltr|compromis|mise? en vente|rancon|divulgu|cyberattaque|intrusion)`)

type counting struct {
	n    int64
	unit string
}

var (
	// numeral is digits as they are grouped; what stands before must not go on to the left.
	numeral = regexp.MustCompile(`(?:^|[^0-9a-z.,'~])([0-9](?:[0-9 .,']*[0-9])?)`)
	// dashed are two numbers with a dash between them: "10-13 million" is a range.
	dashed = regexp.MustCompile(`([0-9]) ?[-–—] ?([0-9])`)
	// ranged is what stands before the second number of a range.
	ranged = regexp.MustCompile(`[0-9] ?(?:[a-z]+ )?(?:to|and|or|a|et|ou|~) ?$`)
	year   = regexp.MustCompile(`^(?:19|20)[0-9]{2}$`)
	stops  = regexp.MustCompile(`^(?:from|for|in|on|at|by|to|of|with|and|or|euros?|dollars?|usd|eur|gbp|chf|btc|per|pour|par|chez|sur|dans|et|ou|avec|contre|an|ans|years?|days?|jours?|heures?|hours?|percent|pour cent)$`)
)

// countings are the counts of people, records, rows or bytes in a text. A range is in doubt.
func countings(text string) (all []counting, doubt bool) {
	text = Fold(dashed.ReplaceAllString(text, "$1 ~ $2"))
	for _, at := range numeral.FindAllStringSubmatchIndex(text, -1) {
		digits, before, behind := text[at[2]:at[3]], text[max(0, at[2]-near):at[2]], text[at[3]:min(len(text), at[3]+2*near)]
		if i := strings.IndexAny(behind, ".,;:!?()[]/|\"«»"); i >= 0 {
			behind = behind[:i]
		}
		words := strings.Fields(behind)
		if len(behind) > 0 && behind[0] != ' ' && len(words) > 0 {
			digits, words = digits+words[0], words[1:] // "19m"
		}
		if len(words) > 5 {
			words = words[:5]
		}
		c, ok := countingOf(digits, words)
		switch {
		case len(words) > 0 && strings.HasPrefix(words[0], "billion"):
			doubt = true // a thousand times more in French
		case !ok || year.MatchString(digits):
		case ranged.MatchString(before):
			doubt = true
		default:
			all = append(all, c)
		}
	}
	return all, doubt
}

// countingOf reads a number and the words after it, one word between them and what is
// counted being passed over: "19 million French users".
func countingOf(digits string, words []string) (counting, bool) {
	for n := 0; n <= len(words); n++ {
		if c, ok := unitCount(digits, words[:n]); ok {
			return c, true
		}
	}
	for skip := range words {
		if skip > 2 || stops.MatchString(words[skip]) {
			break
		}
		if _, scale := scales[words[skip]]; scale {
			continue
		}
		for n := skip + 1; n <= len(words); n++ {
			rest := append(slices.Clone(words[:skip]), words[skip+1:n]...)
			if c, ok := unitCount(digits, rest); ok {
				return c, true
			}
		}
		break
	}
	return counting{}, false
}

func unitCount(digits string, words []string) (counting, bool) {
	n, unit, err := Count(strings.Join(append([]string{digits}, words...), " "))
	return counting{n, unit}, err == nil && unit != ""
}

var (
	priceCue    = regexp.MustCompile(`(?i)\b(?:price[ds]?|asking|sell(?:s|ing)?|sold|sale|prix|vend(?:re|u|ue|us|ues)?|vente)\b`)
	ransomCue   = regexp.MustCompile(`(?i)\b(?:ransom|rançon|rancon)`)
	deadlineCue = regexp.MustCompile(`(?i)\b(?:deadline|ultimatum|countdown|échéance|echeance|compte à rebours)\b`)
	amount      = regexp.MustCompile(`(?i)(?:(?:€|£|\b(?:EUR|USD|GBP|CHF|BTC|XMR|ETH|USDT))\s?[0-9](?:[0-9 .,'\x{a0}\x{202f}]*[0-9])?(?:\s?[KM]\b)?|[0-9](?:[0-9 .,'\x{a0}\x{202f}]*[0-9])?\s?(?:[KM]\s?)?(?:€|£|(?:EUR|euros?|USD|GBP|CHF|BTC|XMR|ETH|USDT)\b))`)
	until       = regexp.MustCompile(`(?i)[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?|\b[0-9]{1,4} ?(?:hours?|heures?|days?|jours?|weeks?|semaines?)\b`)
)

// near is how far from each other words are looked for that belong together, in bytes.
const near = 60

// mostProse is how much of a text is read, in bytes: who tells of a leak tells it before.
const mostProse = 16 << 10

// after are the values that stand behind their cue, in the same sentence.
func after(text string, cue, value *regexp.Regexp, told func(string) (string, bool)) (all []string) {
	for _, at := range cue.FindAllStringIndex(text, -1) {
		behind := text[at[1]:min(len(text), at[1]+near)]
		if i := strings.Index(behind, ". "); i >= 0 {
			behind = behind[:i]
		}
		if found := value.FindString(behind); found != "" {
			if t, ok := told(found); ok {
				all = append(all, t)
			}
		}
	}
	return all
}

var (
	// parting is what parts the members of an enumeration.
	parting  = regexp.MustCompile(`(?i)[,;•|\n\r]|(?:^|\s)(?:and|et|ou|or|ainsi que|as well as|&|\+)\s|\s-\s`)
	articles = regexp.MustCompile(`(?i)^(?:(?:the|their|your|all|les?|la|des?|leurs?|un|une|du|son|sa|ses|l’|l'|d’|d')\s*)+`)
)

// fieldNames are the words for kinds of data that a text enumerates: at least two members
// one after the other. A word alone is prose: "name" and "message" stand everywhere.
func fieldNames(text string) (all []string) {
	var run []string
	end := func() {
		if len(run) > 1 {
			all = append(all, run...)
		}
		run = nil
	}
	for _, part := range members(text) {
		words := strings.Fields(part)
		if f := known(words); f != "" {
			run = append(run, f)
			continue
		}
		// The last words may begin an enumeration, and the first ones end it.
		if f := ends(words, false); f != "" && len(run) > 0 {
			run = append(run, f)
		}
		end()
		if f := ends(words, true); f != "" {
			run = append(run, f)
		}
	}
	end()
	return all
}

var sentences = strings.NewReplacer("…", ". ", ":", ". ", "(", ". ", ")", ". ")

// members parts a text into the members of enumerations. A sentence ends one.
func members(text string) (all []string) {
	for sentence := range strings.SplitSeq(sentences.Replace(text), ". ") {
		all = append(all, parting.Split(sentence, -1)...)
		all = append(all, "") // is of no kind
	}
	return all
}

const mostWords = 5 // of the name of a field

// known is a member as it is written, if its words stand for kinds of data.
func known(words []string) string {
	name := strings.TrimRight(articles.ReplaceAllString(strings.Join(words, " "), ""), ".!?\"»")
	if name == "" || len(words) > mostWords+2 || len(name) > LongestWord {
		return ""
	}
	if Kinds(name) != nil || Kinds(singular(name)) != nil {
		return strings.ToLower(name)
	}
	return ""
}

// ends is the longest name at one end of a part.
func ends(words []string, last bool) string {
	for n := min(mostWords, len(words)-1); n > 0; n-- {
		part := words[:n]
		if last {
			part = words[len(words)-n:]
		}
		if f := known(part); f != "" {
			return f
		}
	}
	return ""
}

// singular takes the s off every word.
func singular(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r == '-' })
	for i, w := range words {
		if len(w) > 3 {
			words[i] = strings.TrimSuffix(w, "s")
		}
	}
	return strings.Join(words, " ")
}
