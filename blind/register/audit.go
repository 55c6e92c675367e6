package register

import (
	"context"
	"fmt"

	"constat.example/blind/engine"
)

// Audit checks the register against its manifest: every file is the one that
// was written, everybody has one number and one record id, and the people of
// every snapshot add up. It returns what it found wrong, in English; nothing
// means that all is well. It calls Views.
func (r *Register) Audit(ctx context.Context, s engine.Session) (problems []string, err error) {
	if len(r.manifest.Snapshots) == 0 {
		return nil, nil
	}
	for _, snapshot := range r.manifest.Snapshots {
		for _, want := range snapshot.Files {
			got, err := r.describe(want.Name)
			if err != nil {
				return nil, fmt.Errorf("auditing the register: %w", err)
			}
			if got != want {
				problems = append(problems, fmt.Sprintf("%s is not the file that was written", want.Name))
			}
		}
	}
	if len(problems) > 0 {
		return problems, nil // what damaged files would say is worth nothing
	}
	if err := r.Views(ctx, s); err != nil {
		return nil, err
	}
	n, err := numbers(ctx, s, `select count(*), count(distinct person), count(distinct record_id), coalesce(max(person), -1) + 1 from reg_people`)
	if err != nil {
		return nil, err
	}
	if n[0] != n[1] || n[0] != n[2] || n[0] != n[3] {
		problems = append(problems, fmt.Sprintf("%d people have %d numbers up to %d and %d record ids", n[0], n[1], n[3], n[2]))
	}
	for segment, snapshot := range r.manifest.Snapshots {
		n, err := numbers(ctx, s, fmt.Sprintf("select count(*) from reg_version where not gone and segment <= %d and (until is null or until > %d)", segment, segment))
		if err != nil {
			return nil, err
		}
		if n[0] != snapshot.People {
			problems = append(problems, fmt.Sprintf("snapshot %s has %d people and should have %d", snapshot.ID, n[0], snapshot.People))
		}
	}
	return problems, nil
}
