package cli

import (
	"context"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/claim"
	"constat.example/desk/finding"
	"constat.example/triage"
)

func addClaim(ctx context.Context, r ClaimRequest) (*ClaimAdded, error) {
	b := r.bench()
	b.Keep = r.kept()
	added, err := b.AddClaim(ctx, triage.ClaimRequest{File: r.File, Text: r.Text, Case: r.Case, Post: r.Post, Samples: r.Samples, Corrects: r.Corrects})
	if err != nil {
		return nil, err
	}
	out := claimOf(added.Case, added.Number, added.Claim)
	return &out, nil
}

func claimOf(id string, n int, c *claim.Claim) ClaimAdded {
	out := ClaimAdded{
		Case: id, Number: n, Corrects: c.Corrects, Source: c.Source, Count: c.Claimed.Count, Unit: c.Claimed.Unit, Fields: orEmpty(c.Claimed.Fields),
		Price: c.Price, Ransom: c.Ransom, Deadline: c.Deadline, Samples: []ClaimSample{}, Sealed: len(c.Sealed),
	}
	if !c.FirstSeen.IsZero() {
		out.FirstSeen = c.FirstSeen.UTC().Format(time.RFC3339)
	}
	for _, s := range c.Samples {
		out.Samples = append(out.Samples, ClaimSample{s.What, s.Rows, s.SHA256})
	}
	return out
}

func listClaims(_ context.Context, r CaseRequest) ([]ClaimAdded, error) {
	b := r.bench()
	var (
		cases []triage.Listed
		err   error
	)
	if r.Case == "" {
		cases, err = b.ListCases()
	} else {
		var one *triage.Case
		if one, err = b.Case(r.Case); err == nil {
			cases = append(cases, one.Listed)
		}
	}
	if err != nil {
		return nil, err
	}
	var all []ClaimAdded
	for _, in := range cases {
		for i, c := range in.Claims {
			all = append(all, claimOf(in.ID, i+1, c))
		}
	}
	return all, nil
}

func compareClaims(_ context.Context, r CaseRequest) (*ClaimComparison, error) {
	found, err := r.bench().CompareClaims(r.Case)
	if err != nil {
		return nil, err
	}
	out := &ClaimComparison{Case: found.Case, Assessed: found.Assessed, Claims: append([]assessment.Claim{}, found.Claims...), Changes: []EstablishedChange{}}
	for i, l := range found.Lines {
		change := EstablishedChange{Time: l.Time, Who: l.Who, Facts: l.Facts, Moved: []finding.Move{}}
		if i > 0 {
			change.Moved = finding.Moved(found.Lines[i-1].Facts, l.Facts)
		}
		out.Changes = append(out.Changes, change)
	}
	return out, nil
}

func openClaim(_ context.Context, r CaseRequest, number int) ([]ClaimText, error) {
	texts, err := r.bench().OpenClaim(r.Case, number)
	var all []ClaimText
	for _, t := range texts {
		all = append(all, ClaimText{t.Name, string(t.Text)})
	}
	return all, err
}
