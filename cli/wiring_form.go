package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"time"

	"constat.example/desk/form"
	"constat.example/desk/paper"
	"constat.example/desk/report"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/triage"
)

// drawing is a document to be drawn, and what it was drafted from.
type drawing struct {
	document *form.Document
	cases    []*form.Facts
	lang     report.Language
}

// formats are the ways a document is written, by the extension of the file.
var formats = map[string]func(ctx context.Context, w io.Writer, d *drawing) error{
	"html": func(_ context.Context, w io.Writer, d *drawing) error { return paper.HTML(w, d.document, d.lang) },
	"pdf":  func(ctx context.Context, w io.Writer, d *drawing) error { return paper.PDF(ctx, w, d.document, d.lang) },
	"docx": func(_ context.Context, w io.Writer, d *drawing) error { return paper.DOCX(w, d.document, d.lang) },
	"txt": func(_ context.Context, w io.Writer, d *drawing) error {
		return paper.Text(w, d.document, d.lang, unfolded)
	},
	"json": func(_ context.Context, w io.Writer, d *drawing) error { return wrote(w)(d.document.JSON()) },
	"csv": func(_ context.Context, w io.Writer, d *drawing) error {
		return form.RegisterCSV(w, d.cases, d.lang.Lang())
	},
	"veris": func(_ context.Context, w io.Writer, d *drawing) error { return wrote(w)(d.document.VERIS()) },
}

// onlyOf are the formats that one form alone has.
var onlyOf = map[string]string{"csv": registerForm, "veris": "veris"}

// registerForm is the document that may be of all cases.
const registerForm = "register"

// formatsOf are those that a form has, in order.
func formatsOf(name string) []string {
	all := slices.Sorted(maps.Keys(formats))
	return slices.DeleteFunc(all, func(f string) bool { return onlyOf[f] != "" && onlyOf[f] != name })
}

// wrote writes a text that was made.
func wrote(w io.Writer) func([]byte, error) error {
	return func(text []byte, err error) error {
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	}
}

func answer(ctx context.Context, r AnswerRequest) (*Answers, error) {
	b := r.bench()
	out := &Answers{Schema: "constat.answers/1", Case: r.Case, Kept: []string{}}
	given := r.Given
	if r.File != "" {
		written, err := answersIn(r.File)
		if err != nil {
			return nil, err
		}
		for _, g := range written { // what is on the command line goes before it
			if !slices.ContainsFunc(r.Given, func(x form.Given) bool { return x.Key == g.Key }) {
				given = append(given, g)
			}
		}
	}
	if len(given) > 0 {
		kept, err := b.Answer(ctx, r.Case, r.Forms, given, r.Seen)
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

func draftDocument(ctx context.Context, r DocumentRequest) (*Drafted, error) {
	b := r.bench()
	d := &drawing{lang: report.Language(r.Lang)}
	if r.Case == "" {
		var err error
		if d.cases, err = b.AllFacts(ctx); err != nil {
			return nil, err
		}
		zone := time.UTC
		for _, f := range slices.Backward(d.cases) {
			zone = cmp.Or(f.Zone, zone)
		}
		d.document = form.Register(d.cases, r.Now(), zone)
	} else {
		facts, err := b.Facts(ctx, r.Case)
		if err != nil {
			return nil, err
		}
		if d.document, err = form.Draft(r.Form, facts); err != nil {
			return nil, err
		}
		d.cases = []*form.Facts{facts}
	}
	if r.Format == "" {
		return &Drafted{Document: d.document}, nil
	}
	var drawn bytes.Buffer
	if err := formats[r.Format](ctx, &drawn, d); err != nil {
		return nil, err
	}
	if r.Output == "" {
		return &Drafted{d.document, drawn.Bytes()}, nil
	}
	if err := disk.WriteFile(r.Output, drawn.Bytes()); err != nil {
		return nil, failure.New(failure.BadInput, "Check the name of the file and your right to write it.", "writing the document: %w", err)
	}
	return &Drafted{Document: d.document}, nil
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

// answersIn reads a file of answers.
func answersIn(path string) ([]form.Given, error) {
	const most = 1 << 20 // bytes; far more than answers take
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure.New(failure.BadInput, "Check the name of the file.", "there is no file %s", path)
	}
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check your right to read it.", "reading the answers in %s: %w", path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, failure.New(failure.BadInput, "Check your right to read it.", "reading the answers in %s: %w", path, err)
	case len(text) > most:
		return nil, failure.New(failure.BadInput, "Give the file that was filled in.", "%s is larger than %d bytes", path, most)
	}
	given, err := form.ReadAnswers(text)
	if err != nil {
		return nil, failure.New(failure.BadInput, "With --questions such a file is written.", "reading the answers in %s: %w", path, err)
	}
	return given, nil
}
