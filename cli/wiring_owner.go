package cli

import (
	"context"

	"constat.example/triage"
)

func ownerPin(_ context.Context, c Common) (string, error) { return c.bench().OwnerPin() }

func ownerAsk(ctx context.Context, r OwnerAskRequest) (*OwnerAsked, error) {
	in, err := r.bench().OwnerAsk(ctx, triage.OwnerAskRequest{
		Case: r.Case, Address: r.Address, Peer: r.Peer, Name: r.Name, Sample: r.Sample, Seed: r.Seed, Points: r.Points, Exact: r.Exact, Wait: r.Wait, Do: r.Yes, Passwords: r.Passwords,
	})
	if err != nil {
		return nil, err
	}
	return &OwnerAsked{
		Case: in.Case, Held: in.Held, Rows: in.Rows, Sent: in.Sent, Identifiers: orEmpty(in.Identifiers), Bytes: in.Bytes,
		Done: in.Asked != nil, Asked: in.Asked, Page: in.Page,
	}, nil
}

func ownerAnswer(ctx context.Context, r OwnerAnswerRequest) (*OwnerAnswered, error) {
	in, err := r.bench().OwnerAnswer(ctx, triage.OwnerAnswerRequest{
		Source: r.Source, ID: r.ID, Map: r.Map, Listen: r.Listen, Peer: r.Peer, Least: r.Least, Most: r.Most, Exact: r.Exact, Records: r.Records, Do: r.Yes,
	})
	if in == nil {
		return nil, err
	}
	return &OwnerAnswered{
		Source: in.Source, Identifiers: in.Identifiers, Rows: in.Rows, Points: in.Points, Done: in.Done, Asked: in.Asked,
		Told: OwnerTold{Step: in.Told.Step, Rows: in.Told.Rows, By: in.Told.By, People: in.Told.People}, Found: in.Found, By: in.By, People: in.People,
	}, err
}
