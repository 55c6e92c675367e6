package cli

import (
	"context"

	"constat.example/desk/assessment"
	"constat.example/triage"
)

func explainLink(ctx context.Context, r ExplainRequest) (*assessment.Explanation, error) {
	return r.bench().Explain(ctx, triage.ExplainRequest{Case: r.Case, Row: r.Row, Open: r.Open, Passwords: r.Passwords})
}

func reviewLinks(ctx context.Context, r ReviewRequest) (*assessment.Review, error) {
	return r.bench().Review(ctx, triage.ReviewRequest{Case: r.Case, Limit: r.Limit, After: r.After})
}

func decideLink(ctx context.Context, r DecideRequest) (*assessment.RowDecision, error) {
	return r.bench().Decide(ctx, triage.DecideRequest{Case: r.Case, Row: r.Row, Answer: r.Answer, Person: r.Person, Reason: r.Reason})
}

func undoDecision(_ context.Context, r UndoRequest) (*assessment.RowDecision, error) {
	return r.bench().Undo(triage.UndoRequest{Case: r.Case, Decision: r.Decision, Row: r.Row, Reason: r.Reason})
}
