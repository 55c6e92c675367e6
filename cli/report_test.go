package cli

import (
	"context"
	"slices"
	"strings"
	"testing"

	"constat.example/desk/form"
	"constat.example/internal/words"
)

func TestReportRequest(t *testing.T) {
	t.Parallel()
	type wanted struct{ id, form, lang, format, output string }
	for args, w := range map[string]wanted{
		"report c --form cnil-initial":                            {"c", "cnil-initial", "en", "", ""},
		"report c --form cnil-initial --lang fr -o out.PDF":       {"c", "cnil-initial", "fr", "pdf", "out.PDF"},
		"report c --form cnil-initial -o out.txt --format html":   {"c", "cnil-initial", "en", "html", "out.txt"},
		"report c --form cnil-initial --json":                     {"c", "cnil-initial", "en", "json", ""},
		"report --form complaint c --output complaint.docx":       {"c", "complaint", "en", "docx", "complaint.docx"},
		"report --form register -o r.csv":                         {"", "register", "en", "csv", "r.csv"},
		"report c --form register":                                {"c", "register", "en", "", ""},
		"report c --form veris --format veris -o v.json":          {"c", "veris", "en", "veris", "v.json"},
		"report c --form cnil-initial --format txt --store x.db ": {"c", "cnil-initial", "en", "txt", ""},
	} {
		r := want[DocumentRequest](t, newBundle(), 0, strings.Fields(args)...)
		if got := (wanted{r.Case, r.Form.Name, r.Lang, r.Format, r.Output}); got != w {
			t.Errorf("%s: asked for %v, want %v", args, got, w)
		}
	}
	r := want[FilingRequest](t, newBundle(), 0, "report", "c", "--form", "cnil-initial", "--filed", "--at", "2026-04-22T09:40", "--reference", "N-114", "--party", "agency", "--yes", "--as", "Ana")
	if r.At != "2026-04-22T09:40" || r.Reference != "N-114" || r.Party != "agency" || !r.Yes || r.Who.Name != "Ana" || r.Form.Name != "cnil-initial" {
		t.Errorf("%+v", r)
	}
	for args, why := range map[string]string{
		"report c":                                         "it is not said which document",
		"report c --form cnil":                             `Did you mean "cnil-initial"?`,
		"report c --form nothing-like-it":                  "Documents are: cnil-initial, ",
		"report --form cnil-initial":                       "is of a case, and none is named",
		"report c --form cnil-initial -o out.xls":          `has no format "xls"`,
		"report c --form cnil-initial -o out":              "has no format",
		"report c --form cnil-initial --lang de":           "is no language",
		"report c --form cnil-initial --yes":               "--yes says something of a filing",
		"report c --form cnil-initial --at 2026-01-01":     "--at says something of a filing",
		"report c --form cnil-initial --filed -o out.html": "it is filed, and nothing is drawn",
		"report c --form cnil-initial -o out.csv":          `has no format "csv"`,
		"report --form register --filed":                   "is filed in a case, and none is named",
		"report c d --form cnil-initial":                   "takes one case",
	} {
		b := newBundle()
		if code := b.run(strings.Fields(args)...); code != 2 || !strings.Contains(b.err, why) {
			t.Errorf("%s: exit code %d, %q not in %s", args, code, why, b.err)
		}
	}
}

func TestReportViews(t *testing.T) {
	t.Parallel()
	for args, said := range map[string][]string{
		"report --list":                                         {"cnil-initial", "Initial notification of a breach to the CNIL"},
		"report --list --lang fr":                               {"Notification initiale"},
		"report --list --json":                                  {`"name": "cnil-initial"`, `"basis": {`},
		"report c --form cnil-initial":                          {"A document"},
		"report c --form cnil-initial --lang fr":                {"Un document"},
		"report c --form cnil-initial --json":                   {"drawn"},
		"report c --form cnil-initial --filed":                  {"the notification to the supervisory authority, of agency", "2 questions are open", "Nothing was done."},
		"report c --form cnil-initial --filed --yes":            {"It is kept as it was filed."},
		"report c --form cnil-initial --filed --json":           {`"done": false`, `"event": "notified"`},
		"case answer c":                                         {"An attack", count(36_800_000), "2026-04-20", `Closed.\u001b[2J`, "a table of 1 row", "Open questions: 1. Write them: constat case answer c --questions"},
		"case answer c --lang fr":                               {"An attack (fr)", "un tableau (1)", "Questions ouvertes"},
		"case answer c --json":                                  {`"schema": "constat.answers/1"`, `"key": "lost"`},
		"case answer c --questions":                             {"# What the documents of case c ask.", "# One or more of these codes", "lost:\n"},
		"organisation --questions --lang fr":                    {"# Ce que les documents demandent de l’organisme."},
		"organisation organisation.name=A contact.x=1=2":        {"Write them: constat organisation --questions"},
		"case answer c cause=attack cause=mistake --seen 3":     {"Open questions"},
		"case answer c --file answers.yaml --form cnil-initial": {"Open questions"},
	} {
		b := newBundle()
		if code := b.run(strings.Fields(args)...); code != 0 {
			t.Errorf("%s: exit code %d: %s", args, code, b.err)
		}
		for _, w := range said {
			if !strings.Contains(b.out, w) {
				t.Errorf("%s: %q is not in\n%s", args, w, b.out)
			}
		}
	}
	r := want[AnswerRequest](t, newBundle(), 0, "case", "answer", "c", "cause=attack", "taken=a=b", "cause=mistake", "--seen", "3", "--file", "f.yaml")
	if r.Case != "c" || r.Seen != 3 || r.File != "f.yaml" || len(r.Given) != 2 || r.Given[0].Value.Text != "a=b" || r.Given[1].Value.Text != "mistake" || len(r.Forms) != len(form.Forms()) {
		t.Errorf("%+v", r)
	}
	for _, args := range []string{"case answer", "case answer c cause", "case answer c a=b --questions", "case answer c --file f --questions", "case answer c --form x", "organisation --lang de"} {
		if code := newBundle().run(strings.Fields(args)...); code != 2 {
			t.Errorf("%s: exit code %d", args, code)
		}
	}
}

// TestOpenQuestions: what a document waits for is told, the first few by name, and is what
// the exit code says.
func TestOpenQuestions(t *testing.T) {
	t.Parallel()
	b := newBundle()
	b.services.DraftDocument = draftOf(9)
	if code := b.run("report", "c", "--form", "cnil-initial"); code != 1 {
		t.Errorf("exit code %d", code)
	}
	for _, w := range []string{"  1.1  The box (key)\n", "  and 4 more\n", "attention: 9 of 12 boxes wait for somebody to say", "hint: Answer with: constat case answer c --form cnil-initial --questions"} {
		if !strings.Contains(b.err, w) {
			t.Errorf("%q is not in\n%s", w, b.err)
		}
	}
	if strings.Count(b.err, "The box") != 5 {
		t.Error(b.err)
	}
}

// draftOf drafts a document that asks so many questions.
func draftOf(asked int) func(context.Context, DocumentRequest) (*Drafted, error) {
	return func(_ context.Context, r DocumentRequest) (*Drafted, error) {
		d := sampleDocument(r.Case, r.Form)
		d.Counts = form.Counts{Boxes: asked + 3, Asked: asked}
		box := form.Box{ID: "1.1", Key: "key", Label: words.Both{FR: "La case", EN: "The box"}, Type: form.Text, State: form.Asked, From: []int{}}
		d.Sections = []form.Section{{ID: "1", Title: d.Title, Boxes: slices.Repeat([]form.Box{box}, asked)}}
		return &Drafted{Document: d}, nil
	}
}
