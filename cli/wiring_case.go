package cli

import (
	"context"

	"constat.example/desk/deadline"
	"constat.example/triage"
)

func listCases(ctx context.Context, c Common) ([]CaseSummary, error) {
	b := c.bench()
	cases, err := b.ListCases()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, in := range cases {
		ids = append(ids, in.ID)
	}
	desks, err := b.Desks(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []CaseSummary
	for _, in := range cases {
		out := CaseSummary{ID: in.ID, Opened: in.Opened, Claims: int64(len(in.Claims)), Alarms: int64(len(in.Alarms)), People: in.People}
		for _, o := range in.Custody.Held() {
			out.Originals++
			out.Bytes += o.Bytes
		}
		if d := deskOf(desks[in.ID]); d != nil {
			out.State, out.Standing = d.state(), d.Standing
			if out.Opened.IsZero() || d.Opened.Before(out.Opened) {
				out.Opened = d.Opened
			}
		}
		if out.Next, err = nextOf(b, desks[in.ID]); err != nil {
			return nil, err
		}
		all = append(all, out)
	}
	return all, nil
}

func showCase(ctx context.Context, r CaseRequest) (*CaseView, error) {
	in, err := r.bench().Case(r.Case)
	if err != nil {
		return nil, err
	}
	desk, err := r.bench().Desk(ctx, r.Case)
	if err != nil {
		return nil, err
	}
	out := &CaseView{
		ID: in.ID, Opened: in.Opened, Desk: deskOf(desk), Claims: []ClaimAdded{}, Alarms: in.Alarms, Evidence: []Original{},
		Custody: Custody{Holds: len(in.Custody.Breaks) == 0, Breaks: []string{}, Head: in.Custody.Head, Acts: orEmpty(in.Custody.Entries)},
	}
	if out.Desk != nil && (out.Opened.IsZero() || out.Desk.Opened.Before(out.Opened)) {
		out.Opened = out.Desk.Opened
	}
	if out.Next, err = nextOf(r.bench(), desk); err != nil {
		return nil, err
	}
	for i, c := range in.Claims {
		out.Claims = append(out.Claims, claimOf(in.ID, i+1, c))
	}
	if a := in.Assessment; a != nil {
		out.Assessment = &CaseAssessment{Summary: headline(a), Inputs: orEmpty(a.Inputs), People: a.Linked.Persons, JSON: in.JSON, Page: in.Page}
	}
	for _, o := range in.Custody.Originals() {
		out.Evidence = append(out.Evidence, Original{Name: o.Name, Bytes: o.Bytes, SHA256: o.SHA256, Received: o.Received, By: o.By, State: string(o.State), Role: string(o.Role)})
	}
	for _, b := range in.Custody.Breaks {
		out.Custody.Breaks = append(out.Custody.Breaks, b.String())
	}
	return out, nil
}

// nextOf is the duty of a case whose time has passed or runs out first, in words; nil for
// none.
func nextOf(b triage.Bench, d triage.Desk) (*NextDuty, error) {
	all, err := pressing(b, d)
	if len(all) == 0 || err != nil {
		return nil, err
	}
	return &all[0], nil
}

// pressing are the duties of a case that are overdue or run, the soonest first, in words.
func pressing(b triage.Bench, d triage.Desk) (all []NextDuty, err error) {
	clock, err := b.Clock(d.Case)
	if clock == nil || err != nil {
		return nil, err
	}
	for _, duty := range deadline.Pressing(clock.Duties) {
		what := duty.Title().EN
		if len(clock.Case.Parties) > 1 {
			what += " (" + clock.Case.Name(duty.Party) + ")"
		}
		all = append(all, NextDuty{What: what, Due: *duty.Due, Standing: duty.Standing().EN, Overdue: duty.State == deadline.Overdue})
	}
	return all, nil
}

func caseClock(ctx context.Context, r CaseRequest) ([]NextDuty, error) {
	b := r.bench()
	desks, err := b.Desks(ctx, []string{r.Case})
	if err != nil {
		return nil, err
	}
	return pressing(b, desks[r.Case])
}

func discardOriginal(_ context.Context, r DiscardRequest) (*Discard, error) {
	o, err := r.bench().Discard(triage.DiscardRequest{Case: r.Case, SHA256: r.SHA256, Reason: r.Reason, Do: r.Yes})
	if err != nil {
		return nil, err
	}
	return &Discard{Case: r.Case, Name: o.Name, SHA256: o.SHA256, Bytes: o.Bytes, Done: r.Yes}, nil
}
