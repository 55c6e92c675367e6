package cli

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"constat.example/desk/claim"
	"constat.example/desk/report"
)

func TestClaimCompared(t *testing.T) {
	t.Parallel()
	b := newBundle()
	want[CaseRequest](t, b, 0, "claim", "compare", "forum")
	golden(t, "testdata/claim/compare.txt", []byte(b.out))
	b.services.CompareClaims = nil
	if b.run("claim", "compare", "forum") != 2 {
		t.Error("a command that cannot work is there")
	}
}

func TestClaimShown(t *testing.T) {
	t.Parallel()
	b := newBundle()
	want[CaseRequest](t, b, 0, "claim", "show", "c1", "1")
	if strings.Contains(b.out, "selling") || strings.Contains(b.out, "\x1b") {
		t.Errorf("shown without being asked, or as it came: %q", b.out)
	}
	want[CaseRequest](t, b, 0, "claim", "show", "c1", "1", "--open")
	if !strings.Contains(b.out, `selling\u001b[2J everything`) {
		t.Errorf("not shown: %q", b.out)
	}
	for _, args := range [][]string{{"0"}, {"x"}} {
		if code := b.run(append([]string{"claim", "show", "c1"}, args...)...); code != 2 {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
	if code := b.run("claim", "show", "c1", "2"); code != 3 || !strings.Contains(b.err, "has no claim 2") {
		t.Errorf("exit code %d: %s", code, b.err)
	}
}

// TestForm fills the form in, with mistakes.
func TestForm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	post := filepath.Join(dir, "post.txt")
	if err := os.WriteFile(post, []byte("selling"), 0o600); err != nil {
		t.Fatal(err)
	}
	answers := []string{
		"", "un forum, fil 4711", "hier", "2026-04-20", "1 billion", "43 millions", "choses", "lignes",
		"nom, NIR , courriel,", "5 000 €", "", "48 heures", "qqn", filepath.Join(dir, "none"), post, post, "",
	}
	f := claimForm{ctx: t.Context(), in: bufio.NewReader(strings.NewReader(strings.Join(answers, "\n") + "\n")), out: &bytes.Buffer{}, l: report.French}
	d, err := f.ask(true)
	if err != nil {
		t.Fatal(err)
	}
	text, err := d.Write()
	if err != nil {
		t.Fatal(err)
	}
	const wanted = "source: un forum, fil 4711\nfirst_seen: 2026-04-20T00:00:00Z\nclaimed:\n  count: 43000000\n  unit: rows\n  fields:\n  - nom\n  - NIR\n  - courriel\nprice: 5000 EUR\ndeadline: 48 heures\nactor: qqn\n"
	if string(text) != wanted {
		t.Errorf("the form makes\n%s\nwant\n%s", text, wanted)
	}
	if f.post != post || !reflect.DeepEqual(f.samples, []string{post}) {
		t.Errorf("post %q, samples %q", f.post, f.samples)
	}
	if said := f.out.(*bytes.Buffer).String(); strings.Count(said, "Pas compris") != 4 || strings.Count(said, "Il faut une réponse") != 1 {
		t.Errorf("said\n%s", said)
	}
	kept, err := claim.Keep(text)
	if err != nil || len(kept.Left) != 1 || strings.Contains(string(kept.Text), "qqn") {
		t.Errorf("kept %v, %v", kept, err)
	}
	f = claimForm{ctx: t.Context(), in: bufio.NewReader(strings.NewReader("a forum\n")), out: &bytes.Buffer{}, l: report.English}
	if _, err := f.ask(false); err == nil {
		t.Error("a form without its answers is taken")
	}
}

func TestFormNeedsATerminal(t *testing.T) {
	t.Parallel()
	b := newBundle()
	for _, args := range []string{"claim new", "claim new --lang de", "claim new --case c -o x.yaml"} {
		if code := b.run(strings.Fields(args)...); code != 2 {
			t.Errorf("%s: exit code %d: %s", args, code, b.err)
		}
	}
	for env, want := range map[string]report.Language{"": "en", "fr_FR.UTF-8": "fr", "de_DE": "en"} {
		a := app{getenv: func(name string) string { return map[string]string{"LANG": env}[name] }}
		if got, err := a.formLanguage(""); err != nil || got != want {
			t.Errorf("%q asks in %q, %v", env, got, err)
		}
	}
}
