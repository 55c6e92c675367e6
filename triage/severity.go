package triage

import (
	"context"
	"fmt"

	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/severity"
)

// Severity scores how badly the breach of a case can hurt people: from its latest
// assessment, where there is one, and what people said. It opens no key.
func (b Bench) Severity(ctx context.Context, id string) (*severity.Assessment, error) {
	d, err := b.Desk(ctx, id)
	if err != nil {
		return nil, err
	}
	a, err := b.assessment(id)
	if err != nil {
		return nil, err
	}
	return severityOf(d.Case, a)
}

func severityOf(c *casefile.Case, a *assessment.Assessment) (*severity.Assessment, error) {
	var known severity.Breach
	if a != nil {
		known = severity.Of(a)
	}
	s, err := severity.Assess(c.Breach(known))
	if err != nil {
		return nil, fmt.Errorf("working out the severity of case %s: %w", c.ID, err)
	}
	return s, nil
}
