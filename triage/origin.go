package triage

import (
	"context"
	"math"

	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/shape"
	"constat.example/blind/verdict"
	"constat.example/desk/assessment"
)

// originOf tells where linked rows come from, a register being given. The window
// and what it rests on bear on it; what else does is filled in by more.
func originOf(ctx context.Context, m register.Manifest, linked *link.Result, dump []shape.Facts, changes verdict.Counts, dated verdict.Window, more ...func(*verdict.Evidence)) (verdict.Origin, error) {
	agreement, err := linked.Agreement(ctx)
	if err != nil {
		return verdict.Origin{}, err
	}
	last := m.Snapshots[len(m.Snapshots)-1]
	e := verdict.Evidence{
		Rows: linked.Rows, Linked: linked.Linked, Ambiguous: linked.Ambiguous, People: last.People,
		Agreement: agreement, Dump: shape.Join(dump), Year: last.AsOf.UTC().Year(),
		Counts: changes, Window: dated,
	}
	for _, s := range m.Snapshots {
		if s.Shapes != nil {
			e.Register = append(e.Register, *s.Shapes)
		}
	}
	for _, a := range linked.Aspects {
		if len(a.Levels) > 0 && a.Levels[0].Chance > 0 {
			e.Power -= math.Log2(a.Levels[0].Chance)
		}
	}
	for _, fill := range more {
		fill(&e)
	}
	return verdict.OriginOf(e), nil
}

// genuineShare is the share copied, with its bounds rounded outwards.
func genuineShare(o verdict.Origin) assessment.Interval {
	if o.Class == verdict.Undetermined {
		return assessment.Interval{}
	}
	estimate, low, high := rounded(o.Share), math.Floor(o.Low*10_000)/10_000, math.Ceil(o.High*10_000)/10_000
	if o.NoShare {
		return assessment.Interval{Low: &low, High: &high}
	}
	return assessment.Interval{Estimate: &estimate, Low: &low, High: &high}
}

// fillOrigin tells where the dump comes from.
func fillOrigin(ctx context.Context, out *assessment.Assessment, m register.Manifest, linked *link.Result, dump []shape.Facts, changes verdict.Counts, dated verdict.Window, more ...func(*verdict.Evidence)) error {
	o, err := originOf(ctx, m, linked, dump, changes, dated, more...)
	if err != nil {
		return err
	}
	v := &out.Verdict
	v.Class, v.Refused, v.GenuineShare = string(o.Class), o.Refused, genuineShare(o)
	out.Recycled.Copy = string(o.Copy)
	if o.Class == verdict.Foreign || o.Class == verdict.Fabricated {
		out.Window = assessment.NoWindow(verdict.NoCopy)
	}
	for _, r := range o.Reasons {
		shown := assessment.Reason{
			Code: r.Code, Weight: thousandths(r.Weight), Facts: map[string]float64{}, Of: r.Rule,
			Bits: assessment.Origins{Copied: thousandths(r.Copied), Other: thousandths(r.Other), Made: thousandths(r.Made)},
		}
		if r.Kind != kind.Unknown {
			shown.Of = r.Kind.String()
		}
		for _, f := range r.Facts {
			shown.Facts[f.Name] = rounded(f.Value)
		}
		v.Reasons = append(v.Reasons, shown)
	}
	return nil
}
