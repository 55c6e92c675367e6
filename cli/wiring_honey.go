package cli

import (
	"context"

	deskhoney "constat.example/desk/honey"
	"constat.example/triage"
)

func (r HoneyRequest) triage() triage.HoneyRequest {
	return triage.HoneyRequest{
		Copy: r.Copy, Everywhere: r.Everywhere, AsOf: r.AsOf, Register: r.Register, Count: r.Count, Like: r.Like, FirstID: r.FirstID,
		MailDomain: r.MailDomain, Out: r.Out, File: r.File, ID: r.ID, Map: r.Map,
	}
}

func newHoney(ctx context.Context, r HoneyRequest) (*HoneyMade, error) {
	return honeyMade(r.bench().NewHoney(ctx, r.triage()))
}

func addHoney(ctx context.Context, r HoneyRequest) (*HoneyMade, error) {
	return honeyMade(r.bench().AddHoney(ctx, r.triage()))
}

func honeyMade(made *triage.HoneyMade, err error) (*HoneyMade, error) {
	if err != nil {
		return nil, err
	}
	return &HoneyMade{Copy: made.Copy, People: made.People, Left: made.Left}, nil
}

func listHoney(_ context.Context, c Common) ([]HoneySet, error) {
	sets, err := c.bench().Honey()
	var out []HoneySet
	for _, s := range sets {
		out = append(out, honeySet(s))
	}
	return out, err
}

func showHoney(ctx context.Context, r HoneyRequest) (*HoneyShown, error) {
	shown, err := r.bench().ShowHoney(ctx, r.Copy, r.Register)
	if err != nil {
		return nil, err
	}
	return &HoneyShown{HoneySet: honeySet(shown.Set), InRegister: shown.InRegister, RecordIDs: shown.RecordIDs}, nil
}

func retireHoney(_ context.Context, r HoneyRequest) (*HoneySet, error) {
	set, err := r.bench().RetireHoney(r.Copy, r.AsOf, r.Yes)
	if err != nil {
		return nil, err
	}
	out := honeySet(*set)
	return &out, nil
}

func honeySet(s deskhoney.Set) HoneySet {
	out := HoneySet{Copy: s.Copy, Everywhere: s.Everywhere, People: s.People, From: s.From}
	if !s.Until.IsZero() {
		out.Until = &s.Until
	}
	return out
}
