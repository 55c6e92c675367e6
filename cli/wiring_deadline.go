package cli

import (
	"context"

	"constat.example/desk/deadline"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/triage"
)

func deadlines(ctx context.Context, r DeadlinesRequest) (*Deadlines, error) {
	found, err := r.bench().Deadlines(ctx, triage.DeadlinesRequest{Case: r.Case, Facts: r.Facts, Events: r.Events, At: r.At})
	if err != nil {
		return nil, err
	}
	if r.ICS != "" {
		if err := disk.WriteFile(r.ICS, deadline.Calendar(found.Case, found.Duties, r.Lang)); err != nil {
			return nil, failure.New(failure.BadInput, "Check the name of the file and your right to write it.", "writing the calendar: %w", err)
		}
	}
	out := &Deadlines{Schema: "constat.deadlines/1", Case: found.Case.ID, At: found.At, Rules: found.Rules, Parties: []DeadlineParty{}, Events: []DeadlineEvent{}, Duties: orEmpty(found.Duties)}
	for _, p := range found.Case.Parties {
		out.Parties = append(out.Parties, DeadlineParty{p.ID, p.Name})
	}
	for i, e := range found.Case.Events {
		if !e.At.After(found.At) {
			out.Events = append(out.Events, DeadlineEvent{i + 1, e.Kind, e.Party, e.To, e.At.UTC(), e.Day, found.Case.Local(i), orEmpty(e.Evidence), e.Who, e.Corrects})
		}
	}
	return out, nil
}
