package form_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/claim"
	"constat.example/desk/deadline"
	"constat.example/desk/finding"
	"constat.example/desk/form"
	"constat.example/desk/paper"
	"constat.example/desk/report"
	"constat.example/desk/severity"
	"constat.example/internal/plainyaml"
	"constat.example/internal/words"
)

// published are cases that were published, with the documents that are drafted of them. Where
// people were counted, the assessment is the one that would have found as many; how many of
// them had each kind of data was not published, and each is taken to be of all.
var published = []struct {
	name  string
	now   string // when documents are drafted
	forms []string
}{
	{"france-travail", "2024-03-14T09:00:00Z", []string{"cnil-initial", "complaint", "statement"}},
	{"kairos", "2025-07-24T09:00:00Z", []string{"cnil-initial", "statement"}},
	{"free", "2024-10-24T09:00:00Z", []string{"cnil-initial", "statement"}},
	{"ficoba", "2026-02-27T09:00:00Z", []string{"cnil-initial", "statement"}},
	{"ants", "2026-04-21T16:00:00Z", []string{"cnil-initial", "nis2-notification", "statement"}},
	{"ants-2025", "2025-09-23T09:00:00Z", []string{"statement"}},
	{"pass-sport", "2025-12-20T09:00:00Z", []string{"cnil-initial", "statement"}},
}

// known is what of a published case documents need; the rest is for its clocks.
type known struct {
	Case   string
	Title  words.Both
	Claims []struct {
		By, Note words.Both
		At       string
		Count    int64
		Unit     string
		Source   string
	}
	Counts []struct {
		At     string
		Count  int64
		Unit   string
		Of     string
		By     words.Both
		Source string
	}
	Exposed []kind.Kind
	Also    []words.Both
	Spared  []kind.Kind
	How     struct {
		Way      words.Both
		From, To string
		Source   string
	}
	Done []struct {
		Kind      deadline.Kind
		Party, At string
		Latest    bool
		Source    string
	}
	Unknown []words.Both
}

const publishedFolder = "../deadline/testdata/published"

func readPublished(t *testing.T, name string) (*known, *deadline.File, string) {
	t.Helper()
	facts, err := os.ReadFile(filepath.Join(publishedFolder, name+".facts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	clocks, err := os.ReadFile(filepath.Join(publishedFolder, name+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	k := &known{}
	if err := plainyaml.Decode(facts, k, plainyaml.Strict); err != nil {
		t.Fatal(err)
	}
	file, err := deadline.ParseFile(clocks)
	if err != nil {
		t.Fatal(err)
	}
	return k, file, string(facts) + string(clocks)
}

// counted is the number of people that was established by then; 0 where it was not published.
func (k *known) counted(now time.Time) (n int64) {
	for _, c := range k.Counts {
		if c.At <= now.Format(time.DateOnly) && (c.Unit == "people" || c.Unit == "accounts") && (c.Of == "established" || n == 0 && k.Case == "france-travail") {
			n = c.Count
		}
	}
	return n
}

// factsOf are the facts of a published case as they stood at a time.
func factsOf(t *testing.T, k *known, file *deadline.File, now time.Time) *form.Facts {
	t.Helper()
	who := casefile.Person{Account: "equipe"}
	f := &form.Facts{Case: k.Case, Now: now, Answers: map[string]form.Answer{}}
	var err error
	if f.Zone, err = time.LoadLocation("Europe/Paris"); err != nil {
		t.Fatal(err)
	}
	acts := []casefile.Act{{Do: casefile.Open}, {Do: casefile.State, Facts: &casefile.Facts{With: file.With, Parties: file.Parties}}}
	refuted := false
	for _, e := range file.Events {
		if e.At <= now.Format(time.DateOnly) {
			acts = append(acts, casefile.Act{Do: casefile.State, Event: &e})
			refuted = refuted || e.Kind == deadline.NotOurs && len(file.Parties) == 1
		}
	}
	standing := casefile.Confirmed
	if refuted {
		standing = casefile.Refuted
	}
	acts = append(acts, casefile.Act{Do: casefile.Decide, Subject: casefile.Standing, Choice: standing, Reason: k.Title.FR})
	for i := range acts {
		acts[i].Number, acts[i].Time, acts[i].Who = int64(i+1), now.Add(-time.Hour), who
	}
	f.State = casefile.Of(k.Case, acts)
	if f.Clock, err = f.State.Deadlines().Read(); err != nil {
		t.Fatal(err)
	}
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if f.Duties, err = deadline.Duties(book, f.Clock, now); err != nil {
		t.Fatal(err)
	}
	for _, c := range k.Claims {
		n := c.Count
		one := &claim.Claim{Source: c.By.FR, Claimed: claim.Claimed{Count: &n}}
		if c.Unit == claim.People || c.Unit == claim.Rows {
			one.Claimed.Unit = c.Unit
		}
		if at, err := time.Parse(time.DateOnly, c.At); err == nil {
			one.FirstSeen = at
		}
		f.Claims = append(f.Claims, one)
	}
	say := func(key string, v form.Value) {
		f.Answers[key] = form.Answer{Key: key, Value: v, Who: who.String(), Time: now.Add(-time.Hour), Act: int64(len(acts))}
	}
	say("organisation.name", form.Value{Text: []words.Both{{FR: file.Parties[0].Name, EN: file.Parties[0].Name}}})
	if !refuted {
		say("circumstances", form.Value{Text: append([]words.Both{k.How.Way}, k.Also...)})
	}
	if k.How.From != "" {
		say("breach.begin", form.Value{At: k.How.From})
	}
	if k.How.To != "" && k.How.To <= now.Format(time.DateOnly) {
		say("breach.end", form.Value{At: k.How.To})
	}
	if n := k.counted(now); n > 0 && !refuted {
		f.Assessment = assessed(k, n)
		f.History = []finding.Line{{Seq: 1, Time: now.Add(-2 * time.Hour), Who: who.String(), Facts: finding.Of(f.Assessment)}}
		breach := severity.Of(f.Assessment)
		breach.Confidentiality = severity.Full
		if f.Severity, err = severity.Assess(breach, nil); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// assessed is the assessment of a dump of that many people, each exposed by all that was published.
func assessed(k *known, n int64) *assessment.Assessment {
	one := 1.0
	a := assessment.New()
	a.Case = k.Case
	a.Rows.Read, a.Linked.Rows, a.Linked.Persons, a.Exposures.Persons = n, n, n, n
	for _, x := range kind.All() {
		if slices.Contains(k.Exposed, x) {
			a.Exposures.ByKind[x.String()] = n
			a.Exposures.Kinds = append(a.Exposures.Kinds, assessment.Exposure{Kind: x, People: n, Current: n})
			a.Columns = append(a.Columns, assessment.Column{Kind: x, Name: x.String(), Confidence: 1, Evidence: []string{}, Filled: n, Valid: n})
		}
	}
	a.Verdict = assessment.Verdict{Class: "genuine", GenuineShare: assessment.Interval{Estimate: &one, Low: &one, High: &one}, Reasons: []assessment.Reason{}}
	return a
}

// TestPublished drafts the documents of published cases, and holds them to what was
// published: no number stands in them that does not stand there.
func TestPublished(t *testing.T) {
	t.Parallel()
	kept := map[string]bool{}
	for _, p := range published {
		k, file, source := readPublished(t, p.name)
		now, err := time.Parse(time.RFC3339, p.now)
		if err != nil {
			t.Fatal(err)
		}
		f := factsOf(t, k, file, now)
		for _, name := range p.forms {
			kept[drawPublished(t, p.name, drafted(t, name, f))] = true
			plainNumbers(t, p.name+" "+name, drafted(t, name, f), source)
		}
		if p.name == "france-travail" {
			kept[phased(t, k, file, f)] = true
		}
	}
	files, err := os.ReadDir("testdata/published")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !kept[f.Name()] {
			t.Errorf("testdata/published/%s is of no case", f.Name())
		}
	}
}

// phased files what was known on the first day, and drafts what was to be added when the
// people had been counted.
func phased(t *testing.T, k *known, file *deadline.File, first *form.Facts) string {
	t.Helper()
	later := factsOf(t, k, file, time.Date(2026, 1, 23, 9, 0, 0, 0, time.UTC))
	later.Filings = []form.Filing{{Number: 1, Form: "cnil-initial", At: first.Now, Who: "equipe", Act: 9, SHA256: strings.Repeat("0", 64), Document: drafted(t, "cnil-initial", first)}}
	d := drafted(t, "cnil-complementary", later)
	for _, s := range d.Sections {
		for _, b := range s.Boxes {
			if b.Key == "people.count" && (b.Was == nil || b.Was.Number == nil || *b.Was.Number != 43_000_000 || *b.Value.Number != 36_820_828) {
				t.Errorf("people were 43,000,000, are 36,820,828, and it is told as %+v after %+v", b.Value, b.Was)
			}
		}
	}
	if d.Since == nil || d.Since.Changed == 0 {
		t.Error("nothing changed since the first notification")
	}
	return drawPublished(t, "france-travail", d)
}

func drawPublished(t *testing.T, name string, d *form.Document) string {
	t.Helper()
	var text bytes.Buffer
	if err := paper.Text(&text, d, report.French, 100); err != nil {
		t.Fatal(err)
	}
	file := fmt.Sprintf("%s.%s.txt", name, d.Form)
	golden(t, filepath.Join("published", file), text.Bytes())
	return file
}

var digits = regexp.MustCompile(`\d[\d\x{202f}\x{a0}]*`)

// plainNumbers holds the numbers of people and rows in a document to those that were published.
func plainNumbers(t *testing.T, name string, d *form.Document, source string) {
	t.Helper()
	for _, s := range d.Sections {
		for _, b := range s.Boxes {
			if n := b.Value.Number; n != nil && !strings.Contains(source, strconv.FormatInt(*n, 10)) {
				t.Errorf("%s: box %s says %d, which was not published", name, b.ID, *n)
			}
			for _, w := range b.Value.Text {
				for _, found := range digits.FindAllString(w.FR, -1) {
					plain := strings.NewReplacer("\u202f", "", "\u00a0", "").Replace(found)
					if len(plain) >= 5 && !strings.Contains(source, plain) {
						t.Errorf("%s: box %s says %s, which was not published", name, b.ID, found)
					}
				}
			}
		}
	}
}
