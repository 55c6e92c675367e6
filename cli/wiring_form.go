package cli

import (
	"context"

	"constat.example/desk/form"
	"constat.example/triage"
)

func answer(ctx context.Context, r AnswerRequest) (*Answers, error) {
	b := r.bench()
	out := &Answers{Schema: "constat.answers/1", Case: r.Case, Kept: []string{}}
	if len(r.Given) > 0 {
		kept, err := b.Answer(ctx, r.Case, r.Forms, r.Given, r.Seen)
		if err != nil {
			return nil, err
		}
		for _, k := range kept {
			out.Kept = append(out.Kept, k.Key)
		}
	}
	questions, _, err := b.Questions(ctx, r.Case, r.Forms)
	out.Questions = orEmpty(questions)
	return out, err
}

func draftDocument(ctx context.Context, r DocumentRequest) (*form.Document, error) {
	return r.bench().Draft(ctx, r.Case, r.Form)
}

func fileDocument(ctx context.Context, r FilingRequest) (*Filing, error) {
	done, err := r.bench().File(ctx, triage.FileRequest{Case: r.Case, Form: r.Form, At: r.At, Reference: r.Reference, Party: r.Party, Do: r.Yes})
	if err != nil {
		return nil, err
	}
	out := &Filing{
		Case: r.Case, Form: done.Form, Number: done.Number, At: done.At, Reference: done.Reference, SHA256: done.SHA256, Path: done.Path,
		Open: done.Document.Counts.Asked, Done: done.Done,
	}
	if done.Event != nil {
		out.Event, out.Party = done.Event.Kind, done.Event.Party
	}
	return out, nil
}
