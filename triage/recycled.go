package triage

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/overlap"
	"constat.example/blind/register"
	"constat.example/blind/verdict"
	"constat.example/desk/assessment"
	"constat.example/desk/claim"
)

// fillRecycled tells what of the dump stood in earlier leaks. It returns the counts
// that the verdict weighs; nil where there are none.
func (b Bench) fillRecycled(ctx context.Context, out *assessment.Assessment, s engine.Session, m register.Manifest, plan *sealing, asserted *claim.Claim) (*verdict.Out, error) {
	seen, err := b.seen(out.Case, asserted)
	if err != nil {
		return nil, err
	}
	leaks, aside, err := b.earlierLeaks(ctx, out.Case, out.Inputs, seen, m.KeyID)
	if err != nil {
		return nil, err
	}
	out.Recycled = assessment.NotRecycled("")
	to := &out.Recycled
	to.Aside = append(to.Aside, aside...)
	switch {
	case len(leaks) == 0 && len(aside) == 0:
		to.Refused = assessment.NoLeaks
		return nil, nil
	case len(leaks) == 0:
		to.Refused = assessment.LeaksNotTaken
		return nil, nil
	}
	config := overlap.Config{Session: s, Dump: plan.layout, Meter: b.Meter}
	for _, l := range leaks {
		config.Leaks = append(config.Leaks, l.leak)
	}
	counts, err := overlap.Count(ctx, config)
	if err != nil {
		return nil, err
	}
	if counts.Apart == counts.Rows {
		to.Refused = assessment.LeaksUnlike
		return nil, nil
	}
	for i := range leaks {
		if err := leaks[i].ours(ctx, s, m); err != nil {
			return nil, err
		}
	}
	tell(to, counts, leaks)
	found := &verdict.Out{Known: counts.Known, Kept: counts.Kept, Renewed: counts.Renewed, Before: given(out.Inputs, leaks)}
	found.Ours = to.Leaks[0].Ours != nil && *to.Leaks[0].Ours
	found.Since = since(out.Window.NotBefore, to.Leaks)
	share, low, high := found.NothingAdded(counts.Rows)
	share, low, high = rounded(share), math.Floor(low*10_000)/10_000, math.Ceil(high*10_000)/10_000
	to.Share = assessment.Interval{Estimate: &share, Low: &low, High: &high}
	return found, nil
}

// seen is when the dump was seen first, as the claim says, else when its case was opened.
func (b Bench) seen(id string, asserted *claim.Claim) (time.Time, error) {
	if asserted != nil && !asserted.FirstSeen.IsZero() {
		return asserted.FirstSeen, nil
	}
	c, err := b.Case(id)
	if err != nil {
		return time.Time{}, err
	}
	if at := b.seenOf(c); !at.IsZero() {
		return at, nil
	}
	return b.Now(), nil
}

// ours tells whether a leak was copied from the register: where at least half of its
// record ids are the register's, if nobody has said so.
func (e *earlier) ours(ctx context.Context, s engine.Session, m register.Manifest) error {
	if e.told.Ours != nil || !e.leak.Layout.Has(kind.RecordID) || !m.Layout.Has(kind.RecordID) {
		return nil
	}
	ids, known, err := recordIDs(ctx, s, e.leak.Tokens)
	if err != nil || ids == 0 {
		return err
	}
	e.told.Ours = ref(2*known >= ids)
	return nil
}

// tell fills in what was counted.
func tell(to *assessment.Recycled, c *overlap.Counts, leaks []earlier) {
	to.Rows, to.Known, to.Partly, to.New, to.Apart = c.Rows, c.Known, c.Partly, c.New, c.Apart
	to.Kept, to.Renewed = c.Kept, c.Renewed
	order := make([]int, len(leaks))
	for i := range leaks {
		order[i] = i
		l := &leaks[i].told
		x := c.Leaks[i]
		l.Rows, l.Shared, l.Whole, l.Values, l.Only, l.Adds = x.Rows, x.Shared, x.Whole, x.Values, x.Only, x.Adds
	}
	place := func(i int) int { return cmp.Or(c.Leaks[i].Place, len(leaks)+1) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(place(a), place(b)) })
	for _, i := range order {
		to.Leaks = append(to.Leaks, leaks[i].told)
	}
	// Columns of one kind are told together.
	for _, x := range c.Cells {
		if x.Values == 0 {
			continue
		}
		if n := len(to.Kinds); n == 0 || to.Kinds[n-1].Kind != x.Kind {
			to.Kinds = append(to.Kinds, assessment.LeakKind{Kind: x.Kind, Counted: x.Counted})
		}
		k := &to.Kinds[len(to.Kinds)-1]
		k.Values, k.Out, k.Fresh, k.Stranger = k.Values+x.Values, k.Out+x.Out, k.Fresh+x.Fresh, k.Stranger+x.Stranger
	}
}

// given tells whether all files of the dump are files of one leak.
func given(inputs []assessment.Input, leaks []earlier) bool {
	return slices.ContainsFunc(leaks, func(l earlier) bool {
		return !slices.ContainsFunc(inputs, func(in assessment.Input) bool { return !slices.Contains(l.files, in.SHA256) })
	})
}

// since tells whether the copy was made after all leaks were seen that hold something
// of the dump.
func since(notBefore *string, leaks []assessment.Leak) bool {
	if notBefore == nil {
		return false
	}
	some := false
	for _, l := range leaks {
		if l.Values == 0 {
			continue
		}
		if l.Seen == "" || *notBefore <= l.Seen+"T23:59:59Z" {
			return false
		}
		some = true
	}
	return some
}
