package column

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"constat.example/blind/kind"
	"constat.example/clear/field"
)

// piece is one piece of evidence about a column and a kind.
type piece struct {
	weight float64
	text   string
}

// ballot gathers the evidence about one column.
type ballot struct {
	header  header
	profile profile
	scores  [kind.Count]float64
	pieces  [kind.Count][]piece
	barred  [kind.Count]string // why a kind is out of question
}

func (b *ballot) say(k kind.Kind, weight float64, text string) {
	b.scores[k] += weight
	if text != "" && weight != 0 {
		b.pieces[k] = append(b.pieces[k], piece{weight, text})
	}
}

func (b *ballot) bar(k kind.Kind, why string) {
	if b.barred[k] == "" {
		b.barred[k] = why
	}
}

// count weighs the header and the values; what columns say together comes after.
func (b *ballot) count(name string, role Role) {
	h, p := &b.header, &b.profile
	for k := range kind.Kind(kind.Count) {
		b.say(k, prior(k), "")
		switch w := h.weights[k]; {
		case h.absent || k == kind.Unknown && w == 0:
		case w > 0:
			b.say(k, w, fmt.Sprintf("the name %q says %s", strings.TrimSpace(name), label(k)))
		case w < 0:
			b.say(k, w, fmt.Sprintf("the name %q speaks of somebody or something else", strings.TrimSpace(name)))
		case h.said:
			b.say(k, notSaid, fmt.Sprintf("the name %q says something else", strings.TrimSpace(name)))
		default:
			b.say(k, unheard, "")
		}
		if ofBirth.Has(k) && !h.absent && h.weights[k] <= 0 {
			b.say(k, notOfBirth, "the name does not speak of birth")
		}
	}
	var best [kind.Count]map[int]piece // of each group of alternatives
	for _, t := range tests {
		if t.look == placeWord && t.kind == kind.BirthPlace && h.absent {
			continue // where nothing speaks of birth, a town is where people live
		}
		m := p.share[t.look]
		e := piece{t.weigh(m, p.n), fmt.Sprintf("%s of %s %s", percent(m), p.what(), lookText[t.look])}
		switch t.look {
		case nir, tax, siret, iban, card:
			e.text += fmt.Sprintf(", where chance gives %s", percent(field.Chance(t.kind)))
		}
		if t.group == 0 {
			b.say(t.kind, e.weight, e.text)
			continue
		}
		if best[t.kind] == nil {
			best[t.kind] = map[int]piece{}
		}
		if old, ok := best[t.kind][t.group]; !ok || e.weight > old.weight {
			best[t.kind][t.group] = e
		}
	}
	for k, groups := range best {
		for g := range len(groups) {
			b.say(kind.Kind(k), groups[g+1].weight, groups[g+1].text)
		}
	}
	b.whole(role)
}

// what is what shares are of.
func (p *profile) what() string {
	if p.few {
		return fmt.Sprintf("%s rows with one of %d values", count(p.filled), p.n)
	}
	return count(p.n) + " distinct values"
}

// whole weighs what the column is as a whole.
func (b *ballot) whole(role Role) {
	p := &b.profile
	birth, event, why := p.yearsSay()
	b.say(kind.BirthDate, birth, why)
	b.say(kind.DateTime, event, why)
	for k := range kind.Kind(kind.Count) {
		switch {
		case !manyValued.Has(k):
		case p.distinct == 1 && p.filled >= 20 && b.header.weights[k] < plain:
			b.say(k, oneValue+fewValues, "all rows have one and the same value")
		case p.distinct < 12 && p.filled >= 4*p.distinct:
			b.say(k, fewValues, fmt.Sprintf("there are only %d distinct values in %s rows", p.distinct, count(p.filled)))
		}
	}
	if p.distinct > 12 {
		b.say(kind.Sex, -8, "there are too many distinct values")
	}
	unique := float64(p.distinct) / float64(max(1, p.filled))
	filled := float64(p.filled) / float64(max(1, p.rows))
	if role == Register && p.filled >= 10 && unique < .95 {
		b.say(kind.RecordID, repeatedKey, fmt.Sprintf("only %s of the values are distinct", percent(unique)))
	} else if p.filled >= 10 && unique < .3 {
		b.say(kind.RecordID, repeatedKey, fmt.Sprintf("only %s of the values are distinct", percent(unique)))
		b.say(kind.Identifier, repeatedKey, fmt.Sprintf("only %s of the values are distinct", percent(unique)))
	}
	if p.rows >= 10 && filled < .9 {
		b.say(kind.RecordID, sparseKey, fmt.Sprintf("only %s of the rows have a value", percent(filled)))
	}
	if p.counting && b.header.weights[kind.RecordID] <= 0 {
		b.say(kind.RecordID, rowNumber, "the values count the rows")
		b.say(kind.Identifier, rowNumber, "the values count the rows")
	}
}

// posterior is the probability of each kind, barred ones left out.
func (b *ballot) posterior() [kind.Count]float64 {
	var out [kind.Count]float64
	top := 0.0
	for k, s := range b.scores {
		if b.barred[k] == "" {
			top = max(top, s)
		}
	}
	sum := 0.0
	for k, s := range b.scores {
		if b.barred[k] == "" {
			out[k] = math.Exp(s - top)
			sum += out[k]
		}
	}
	for k := range out {
		out[k] /= sum
	}
	return out
}

// ranking lists the kinds by posterior, the best first.
func (b *ballot) ranking() []Guess {
	post := b.posterior()
	var out []Guess
	for k, s := range post {
		if s > 0 {
			out = append(out, Guess{kind.Kind(k), s})
		}
	}
	slices.SortStableFunc(out, func(a, b Guess) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

// evidence lists the reasons for a kind, the weightiest first.
func (b *ballot) evidence(k kind.Kind) []string {
	const least, most = .3, 6 // nats; sentences
	pieces := slices.DeleteFunc(slices.Clone(b.pieces[k]), func(p piece) bool { return math.Abs(p.weight) < least })
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)) })
	var out []string
	for _, p := range pieces[:min(most, len(pieces))] {
		if !slices.Contains(out, p.text) {
			out = append(out, p.text)
		}
	}
	return out
}

// label is a kind's name in the middle of an English sentence.
func label(k kind.Kind) string {
	name := k.Info().English
	if k == kind.Unknown {
		return "none of the kinds"
	}
	if len(name) > 1 && name[1] >= 'a' && name[1] <= 'z' || name[1] == '-' {
		return strings.ToLower(name[:1]) + name[1:]
	}
	return name
}

// percent writes a share for people: never 100 % for less than all, nor 0 for more than none.
func percent(share float64) string {
	switch p := share * 100; {
	case share >= 1:
		return "100 %"
	case p > 99:
		return "over 99 %"
	case share <= 0:
		return "none"
	case p < 1:
		return "under 1 %"
	default:
		return fmt.Sprintf("%.0f %%", p)
	}
}

// count writes a number with commas between thousands.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
