package link

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
)

// Certainty is how sure the links of a dump are.
type Certainty struct {
	Bands []Band
	None  int64 // rows that nobody was a candidate for

	// Average is the mean waterfall of Sampled linked rows; Examples are single rows.
	Sampled  int64
	Average  *Waterfall
	Examples []Example
}

// Band is how many rows have a best candidate of a probability from From up to
// that of the next band.
type Band struct {
	From   float64
	Linked int64
	Open   int64 // not linked
}

// Example is one row that shows what is typical.
type Example struct {
	Of string // "settled", "threshold", "ambiguous"
	Waterfall
}

// bands begin at these probabilities. The threshold from which rows are linked is
// one of them, so that every band is on one side of it.
var bands = [...]float64{0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999}

// mostSampled is about how many rows the average is taken over.
const mostSampled = 2000

// Certainty tells how sure the links are. It reads what Run left.
func (r *Result) Certainty(ctx context.Context) (*Certainty, error) {
	c := &Certainty{}
	for _, from := range bands {
		c.Bands = append(c.Bands, Band{From: from})
	}
	rest := r.Rows
	for _, q := range []struct {
		query string
		add   func(b *Band, n int64)
	}{
		{bandsOf("SELECT probability / 1e6 AS p FROM link"), func(b *Band, n int64) { b.Linked += n }},
		{bandsOf("SELECT d.mine AS p FROM " + r.unlinked("TRUE")), func(b *Band, n int64) { b.Open += n }},
	} {
		if err := r.s.Query(ctx, q.query, func(v []any) error {
			n := v[1].(int64)
			q.add(&c.Bands[v[0].(int64)], n)
			rest -= n
			return nil
		}); err != nil {
			return nil, err
		}
	}
	c.None = rest
	if len(r.l.aspects) == 0 || r.Linked == 0 {
		return c, nil
	}
	if err := r.average(ctx, c); err != nil {
		return nil, err
	}
	return c, r.examples(ctx, c)
}

// unlinked is the SQL of the rows d of decided that are not linked, of those that
// a condition holds for. Without ties they are those under the threshold.
func (r *Result) unlinked(condition string) string {
	if r.ties == nil {
		return fmt.Sprintf("decided d WHERE d.mine < %g AND %s", r.l.Sure, condition)
	}
	return "decided d LEFT JOIN link k ON k.row = d.row WHERE k.row IS NULL AND " + condition
}

// bandsOf counts the probabilities of a select by band.
func bandsOf(query string) string {
	band := "0"
	for i, from := range bands {
		if i > 0 {
			band += fmt.Sprintf(" + CASE WHEN p >= %g THEN 1 ELSE 0 END", from)
		}
	}
	return fmt.Sprintf("SELECT %s AS band, count(*) FROM (%s) x GROUP BY band ORDER BY band", band, query)
}

// plain are the linked rows whose weight is that of their own evidence.
const plain = "tie IS NULL AND NOT ruled AND pattern <> 0"

// average is the mean waterfall of linked rows, of every so many by their number.
func (r *Result) average(ctx context.Context, c *Certainty) error {
	step := max(1, r.Rows/mostSampled)
	rows, err := r.fallen(ctx, fmt.Sprintf("SELECT row, person, pattern, weight AS w FROM link WHERE %s AND row %% %d = 0", plain, step))
	if err != nil {
		return err
	}
	if len(rows) == 0 { // fewer than one in so many
		if rows, err = r.fallen(ctx, "SELECT row, person, pattern, weight AS w FROM link WHERE row IN (SELECT min(row) FROM link WHERE "+plain+")"); err != nil || len(rows) == 0 {
			return err
		}
	}
	mean := &Waterfall{}
	n := float64(len(rows))
	for i, w := range rows {
		mean.Start += w.Start / n
		mean.Present += w.Present / n
		mean.Relatives += w.Relatives / n
		mean.Rivals += w.Rivals / n
		for j, e := range w.Evidence {
			if i == 0 {
				mean.Evidence = append(mean.Evidence, Evidence{Aspect: e.Aspect})
			}
			mean.Evidence[j].Bits += e.Bits / n
		}
	}
	mean.Probability = logistic(mean.Bits() * ln2)
	c.Sampled, c.Average = int64(len(rows)), mean

	// What is typical of them has the weight in the middle.
	byWeight := slices.Clone(rows)
	slices.SortStableFunc(byWeight, func(a, b *Waterfall) int { return cmp.Compare(a.Bits(), b.Bits()) })
	c.Examples = append(c.Examples, Example{"settled", *byWeight[len(byWeight)/2]})
	return nil
}

// Bits is what all of a waterfall adds up to.
func (w *Waterfall) Bits() float64 {
	sum := w.Start + w.Present + w.Relatives + w.Rivals + w.Shown
	for _, e := range w.Evidence {
		sum += e.Bits
	}
	return sum
}

// examples adds the linked row that is nearest to not being, and an ambiguous one.
func (r *Result) examples(ctx context.Context, c *Certainty) error {
	for _, e := range []struct{ of, query string }{
		{"threshold", fmt.Sprintf(`
SELECT k.row, k.person, k.pattern, k.weight AS w FROM link k
JOIN (SELECT row FROM link WHERE %s ORDER BY probability, row LIMIT 1) x ON x.row = k.row`, plain)},
		{"ambiguous", fmt.Sprintf(`
SELECT d.row, d.person, d.pattern, d.w FROM decided d
JOIN (SELECT min(d.row) AS row FROM %s) x ON x.row = d.row`,
			r.unlinked(fmt.Sprintf("d.mine < %g AND d.someone >= 0.5 AND d.row NOT IN (SELECT row FROM ruling)", r.l.Sure)))},
	} {
		rows, err := r.fallen(ctx, e.query)
		if err != nil {
			return err
		}
		for _, w := range rows {
			if !slices.ContainsFunc(c.Examples, func(have Example) bool { return have.Row == w.Row }) {
				c.Examples = append(c.Examples, Example{e.of, *w})
			}
		}
	}
	return nil
}

// fallen are the waterfalls of the pairs of a select (row, person, pattern, w):
// each the best of its row. A pair whose weight is not that of its evidence is left
// out: tables that hang together know better.
func (r *Result) fallen(ctx context.Context, query string) ([]*Waterfall, error) {
	pairs, err := r.l.weighed(ctx, query)
	if err != nil || len(pairs) == 0 {
		return nil, err
	}
	rows := make([]int64, len(pairs))
	for i, p := range pairs {
		rows[i] = p.row
	}
	others := map[int64]float64{} // odds of the rivals of each row
	if err := r.s.Query(ctx, "SELECT row, w, rivals FROM best WHERE row IN ("+list(rows)+") ORDER BY row", func(v []any) error {
		others[v[0].(int64)] = max(0, toFloat(v[2])/1e9-1) * math.Exp(toFloat(v[1])/1000)
		return nil
	}); err != nil {
		return nil, err
	}
	var all []*Waterfall
	for _, p := range pairs {
		w, weight := r.md.fall(p, r.l.rows)
		if r.ties != nil && r.l.onlyNumbers(p.pattern) {
			continue
		}
		if err := w.kept(p.w, weight); err != nil {
			return nil, err
		}
		w.among(p.w, others[p.row])
		all = append(all, w)
	}
	return all, nil
}
