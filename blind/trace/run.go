package trace

import (
	"cmp"
	"context"
	"slices"
)

// Traced is a finding with its details, and what the logs cannot show.
type Traced struct {
	Finding

	Counts  *Counts
	Details []Detail // by suspect
	Spots   []Spot
}

// Run traces a leak in logs.
func Run(ctx context.Context, c Config, o Outlook) (*Traced, error) {
	counts, err := count(ctx, &c)
	if err != nil {
		return nil, err
	}
	t := &Traced{Counts: counts}
	candidates := candidates(scanned(counts, reads), scanned(counts, lone))
	cells, err := overlap(ctx, &c, counts, candidates)
	if err != nil {
		return nil, err
	}
	t.Finding = judge(counts, candidates, cells)
	if t.Refused == "" && joinless(counts) {
		t.Finding = Finding{Refused: NoJoin}
	}
	for _, s := range t.Suspects {
		d, err := detail(ctx, &c, s)
		if err != nil {
			return nil, err
		}
		t.Details = append(t.Details, d)
	}
	seen, err := look(ctx, &c)
	if err != nil {
		return nil, err
	}
	if seen.reach, seen.reached, err = reach(ctx, &c, counts.Leaked); err != nil {
		return nil, err
	}
	t.Spots = spots(counts, seen, o, t.Suspects)
	return t, nil
}

// joinless tells whether lines name records, and none of the leaked is ever among them: by
// chance a read in People / Leaked is of one.
func joinless(c *Counts) bool {
	named, hits := int64(0), int64(0)
	for _, t := range c.Tallies {
		all := t.within(0, len(c.Days))
		named, hits = named+all.Entries, hits+all.Exposed
	}
	return hits == 0 && float64(named)*float64(c.Leaked)/float64(max(c.People, 1)) > 30
}

// burst is the days, first and last, that hold nineteen twentieths of what was read beyond
// ordinary work: fewest days first.
func burst(days []Day, of Suspect) (from, to int64) {
	if len(days) == 0 {
		return 0, -1
	}
	of2 := func(d Day) float64 {
		if of.Counted {
			return float64(d.Read)
		}
		return float64(d.Exposed)
	}
	usual := of.Expected / float64(len(days))
	sorted := slices.Clone(days)
	slices.SortStableFunc(sorted, func(a, b Day) int { return cmp.Compare(of2(b), of2(a)) })
	whole := 0.0
	for _, d := range days {
		whole += max(0, of2(d)-usual)
	}
	from, to = sorted[0].Day, sorted[0].Day
	sum := 0.0
	for _, d := range sorted {
		if sum >= 0.95*whole {
			break
		}
		sum += max(0, of2(d)-usual)
		from, to = min(from, d.Day), max(to, d.Day)
	}
	return from, to
}
