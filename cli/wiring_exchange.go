package cli

import (
	"context"

	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/triage"
)

func tellCase(ctx context.Context, r TellRequest) (*CaseTold, error) {
	told, err := r.bench().Tell(ctx, triage.TellRequest{Case: r.Case, Form: triage.TellForm(r.Form), Yes: r.Yes, Reason: r.Reason})
	if err != nil {
		return nil, err
	}
	if r.Output != "" {
		if err := disk.WriteFile(r.Output, told.Text); err != nil {
			return nil, failure.New(failure.BadInput, "Check the name of the file and your right to write it.", "writing what is told of the case: %w", err)
		}
	}
	out := CaseTold(*told)
	return &out, nil
}
