package triage

import (
	"context"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/verdict"
	"constat.example/desk/assessment"
	"constat.example/desk/claim"
)

// fillWindow works out when the copy was made. A claim tells when it was seen at
// the latest. What it rests on tells where the dump comes from, too.
func fillWindow(ctx context.Context, out *assessment.Assessment, s engine.Session, m register.Manifest, linked *link.Result, asserted *claim.Claim) (counts verdict.Counts, w verdict.Window, err error) {
	counts, err = verdict.Count(ctx, s, linked.Shared(), m)
	if err != nil {
		return counts, w, err
	}
	var seen time.Time
	if asserted != nil {
		seen = asserted.FirstSeen
	}
	w = verdict.WindowOf(counts, seen)
	out.Window = assessment.NoWindow(w.Refused)
	if w.Refused != "" {
		return counts, w, nil
	}
	to := &out.Window
	to.Rows, to.Torn = counts.Rows, counts.Torn
	to.NotBefore, to.NotAfter, to.MostLikely = stamp(w.NotBefore), stamp(w.NotAfter), stamp(w.MostLikely)
	to.Interval = assessment.Bounds{Low: stamp(w.Low), High: stamp(w.High)}
	to.Even, to.Basis, to.Shape, to.Against = w.Even, w.Basis, w.Shape, w.Against
	to.Aside = append(to.Aside, w.Aside...)
	for _, i := range w.Instants {
		to.Instants = append(to.Instants, assessment.Instant{At: stamp(i.At), From: stamp(i.From), To: stamp(i.To), Share: rounded(i.Share)})
	}
	for _, p := range w.Curve {
		to.Curve = append(to.Curve, assessment.Point{At: *stamp(p.At), Likelihood: rounded(p.Likelihood)})
	}
	for _, c := range w.Shown {
		to.Changes = append(to.Changes, assessment.Change{From: *stamp(c.From), To: *stamp(c.To), Before: c.Before, After: c.After})
	}
	return counts, w, nil
}

// stamp writes a time, null where there is none.
func stamp(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := t.UTC().Format(time.RFC3339)
	return &text
}
