package column

import (
	"slices"

	"constat.example/blind/kind"
	"constat.example/clear/table"
)

// Type tells what each column of a sample holds. names is the header, one name
// a column; where there is none, names that are empty or only count ("column 3")
// say nothing. The sample should be spread over the whole file; 20,000 rows
// are plenty.
//
// Errors are for people (failure.BadInput): a map or an ID that names no
// column, a register without a record id or with two that tie, two columns of
// a register that surely hold one kind.
func Type(sample *table.Batch, names []string, o Options) ([]Column, error) {
	names = fit(names, sample.Width)
	if err := o.Map.check(names); err != nil {
		return nil, err
	}
	ballots := poll(sample, names, o.Role)
	for i := range ballots {
		ballots[i].countHits(i, o)
	}
	a := assignment{names: names, ballots: ballots, columns: make([]Column, len(names)), o: o}
	if err := a.settle(); err != nil {
		return nil, err
	}
	return a.columns, nil
}

// Candidates lists, before hit rates are known, the kinds worth looking up in
// the register for each column: few, the best first, and only kinds that are
// compared.
func Candidates(sample *table.Batch, names []string) [][]kind.Kind {
	const few, margin = 6, 9.0 // margin in nats below the best
	names = fit(names, sample.Width)
	out := make([][]kind.Kind, len(names))
	for i, b := range poll(sample, names, Dump) {
		p := &b.profile
		if p.n == 0 {
			continue
		}
		top := slices.Max(b.scores[:])
		for _, g := range b.ranking() {
			if g.Kind.Info().Compared && b.scores[g.Kind] > top-margin && len(out[i]) < few && b.fits(g.Kind) {
				out[i] = append(out[i], g.Kind)
			}
		}
		keys := p.share[keyShaped] > .8 && p.share[day] < .5 && p.share[amount] < .5 && p.distinct*2 > p.filled
		for _, k := range []kind.Kind{kind.RecordID, kind.Identifier} {
			if keys && !b.header.other && !slices.Contains(out[i], k) {
				out[i] = append(out[i], k)
			}
		}
	}
	return out
}

// fits reports whether a kind has any evidence for it in a column beyond the
// prior: there is no use in looking up words as tax numbers.
func (b *ballot) fits(k kind.Kind) bool { return b.scores[k] > prior(k)-3 }

// fit makes as many names as there are columns.
func fit(names []string, width int) []string {
	names = slices.Clone(names)
	for len(names) < width {
		names = append(names, "")
	}
	return names
}

// poll gathers the evidence of header and values.
func poll(sample *table.Batch, names []string, role Role) []ballot {
	l := &looker{lists: loadLists()}
	ballots := make([]ballot, len(names))
	profiles := make([]profile, len(names))
	var seen distinct
	for i, name := range names {
		profiles[i] = l.survey(sample, i, &seen)
		ballots[i] = ballot{header: readHeader(name), profile: profiles[i]}
		ballots[i].count(name, role)
	}
	l.beside(sample, profiles, func(i int, k kind.Kind, weight float64, why string) { ballots[i].say(k, weight, why) })
	return ballots
}

// countHits weighs what the register knows.
func (b *ballot) countHits(column int, o Options) {
	if o.Hits == nil || b.profile.n == 0 {
		return
	}
	for k := range kind.Kind(kind.Count) {
		if !k.Info().Compared {
			continue
		}
		rate, of, ok := o.Hits.Rate(column, k)
		if !ok || of == 0 {
			continue
		}
		b.say(k, hitWeight(k, rate, of, &b.profile), hitText(k, rate, of))
		if k == kind.RecordID && o.Role == Dump && rate < hitFew && of >= hitLeast {
			b.bar(kind.RecordID, hitText(k, rate, of))
			if w := b.header.weights[kind.RecordID]; w > b.header.weights[kind.Identifier] {
				b.say(kind.Identifier, w-max(0, b.header.weights[kind.Identifier]), "it is named as a record id, but the register does not know the values")
			}
		}
	}
}
