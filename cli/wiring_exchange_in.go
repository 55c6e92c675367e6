package cli

import (
	"context"

	"constat.example/triage"
)

func importClaims(ctx context.Context, r ImportClaimsRequest) (*ClaimsImported, error) {
	b := r.bench()
	b.Keep = r.kept()
	done, err := b.ImportClaims(ctx, triage.IntakeRequest{From: r.From, As: r.As, Case: r.Case, Words: r.Words, Door: r.Door, Since: r.Since})
	if err != nil {
		return nil, err
	}
	out := &ClaimsImported{As: done.As, Other: done.Other, Items: []ItemImported{}}
	for _, t := range done.Items {
		x := ItemImported{Item: t.Item, What: t.What, Reason: t.Reason, Notes: orEmpty(t.Notes), Case: t.Case, Number: t.Number}
		if t.Claim != nil {
			c := claimOf(t.Case, t.Number, t.Claim)
			x.Claim = &c
		}
		switch t.What {
		case triage.TakenNew:
			out.Imported++
		case triage.TakenChanged:
			out.Corrected++
		case triage.TakenKnown:
			out.Known++
		default:
			out.Left++
		}
		out.Items = append(out.Items, x)
	}
	return out, nil
}
