package deadline_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/deadline"
	"constat.example/internal/plainyaml"
)

// factsExt ends the names of what was published of a case beside its clocks.
const factsExt = ".facts.yaml"

// published is what was published of a case: what was claimed and what was counted when, which
// data, how they left, and what was done. Of each it says where it was read.
type published struct {
	Case   string
	Title  deadline.Words
	Claims []struct {
		By     deadline.Words
		At     string // a day, or a month
		Count  int64
		Unit   string
		Note   deadline.Words
		Source string
	}
	Counts []struct {
		At     string
		Count  int64
		Unit   string
		Of     string // referenced: how many there are to be exposed; established: how many were
		By     deadline.Words
		Source string
	}
	Exposed []kind.Kind
	Also    []deadline.Words // exposed, and none of our kinds
	Spared  []kind.Kind      // said not to be concerned
	How     struct {
		Way      deadline.Words
		From, To string
		Source   string
	}
	Done    []deed
	Unknown []deadline.Words
}

// deed is what was done in truth.
type deed struct {
	Kind   deadline.Kind
	Party  string // "": all of the case
	At     string // a day; "": not published
	Latest bool   // it was that day, or before
	Source string
}

// words tell when it was done, and where that was read.
func (d *deed) words() string {
	at := "done, on a day that is not published"
	if t, err := time.Parse(time.DateOnly, d.At); err == nil {
		at = t.Format("2 January 2006")
		if d.Latest {
			at = "by " + at
		}
	}
	return fmt.Sprintf("%s ([source](%s))", at, d.Source)
}

// factsOf reads what was published of a case, and checks it.
func factsOf(t *testing.T, s standing) *published {
	t.Helper()
	text, err := os.ReadFile(s.base + factsExt)
	if err != nil {
		t.Fatal(err)
	}
	p := &published{}
	if err := plainyaml.Decode(text, p, plainyaml.Strict); err != nil {
		t.Fatalf("%s: %v", s.base, err)
	}
	wants := func(ok bool, what string) {
		if !ok {
			t.Errorf("%s%s: %s", s.base, factsExt, what)
		}
	}
	day := func(text string, forms ...string) bool {
		return slices.ContainsFunc(append(forms, time.DateOnly), func(form string) bool { _, err := time.Parse(form, text); return err == nil })
	}
	link := func(text string) bool { return strings.HasPrefix(text, "https://") && !strings.ContainsAny(text, " @") }
	wants(p.Case == s.of.ID && p.Title.Whole() && len(p.Unknown) > 0, "its case or its title is another's, or it knows all")
	for _, c := range p.Claims {
		wants(day(c.At, "2006-01") && c.Count > 0 && units[c.Unit] && c.By.Whole() && link(c.Source), "a claim lacks its day, its number or its source")
	}
	last := ""
	for _, c := range p.Counts {
		wants(day(c.At) && c.At >= last && c.Count > 0 && units[c.Unit] && c.By.Whole() && link(c.Source), "a number lacks its day, its unit or its source, or comes too early")
		wants(c.Of == "referenced" || c.Of == "established", "a number is of nothing")
		last = c.At
	}
	wants(p.How.Way.Whole() && link(p.How.Source), "how data left has no words or no source")
	for _, at := range []string{p.How.From, p.How.To} {
		wants(at == "" || day(at), "a day is none")
	}
	for _, d := range p.Done {
		wants(d.Kind.Words().Whole() && link(d.Source) && (d.At == "" || day(d.At)), "what was done has no kind, day or source")
	}
	// The clocks know of no other day than what was done.
	for i, e := range s.of.Events {
		if e.Kind == deadline.Signal || e.Kind == deadline.Aware || e.Kind == deadline.NotOurs {
			continue
		}
		wants(slices.ContainsFunc(p.Done, func(d deed) bool {
			return d.Kind == e.Kind && (d.Party == "" || d.Party == e.Party) && d.At == s.of.Local(i) && slices.Contains(e.Evidence, d.Source)
		}), fmt.Sprintf("event %d (%s) is not among what was done", i+1, e.Kind))
	}
	return p
}

var units = map[string]bool{"people": true, "accounts": true, "contracts": true, "households": true, "rows": true, "complaints": true}

// grouped is a number with its thousands apart.
func grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// TestPublished: what was published is whole, and the page of it is what comes out.
func TestPublished(t *testing.T) {
	t.Parallel()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString(`# Published cases: what each clock says, and what was done

What was published of cases that many know, put into Constat: when each clock would have run out by what is known, as of a stated time, and what
was done in truth, as far as it was published. Written from ` + "`desk/deadline/testdata/published`" + ` by ` + "`go test ./desk/deadline -update`" + `.

These are the clocks of the law and no judgement: a day is given where the hour is not known, and where awareness was not published no clock is said to have
been kept or missed. "Nothing is recorded" says that nothing was published; "by" a day, that it was that day or
before. The rules are told in [the law](law.md).
`)
	for _, s := range standings(t, asPublished) {
		p := factsOf(t, s)
		fmt.Fprintf(&b, "\n## %s\n\nAs of %s.", p.Title.EN, s.now.Format("2 January 2006"))
		for _, c := range p.Claims {
			note := ""
			if c.Note.EN != "" {
				note = "; " + c.Note.EN
			}
			fmt.Fprintf(&b, " Claimed in %s: %s %s (%s%s) ([source](%s)).", c.At, grouped(c.Count), c.Unit, c.By.EN, note, c.Source)
		}
		for _, c := range p.Counts {
			fmt.Fprintf(&b, " %s: %s %s %s (%s) ([source](%s)).", c.At, grouped(c.Count), c.Unit, c.Of, c.By.EN, c.Source)
		}
		fmt.Fprintf(&b, " How it left: %s ([source](%s)).", p.How.Way.EN, p.How.Source)
		if len(p.Exposed) > 0 {
			var names []string
			for _, k := range p.Exposed {
				names = append(names, strings.ToLower(k.Label("en")[:1])+k.Label("en")[1:])
			}
			for _, w := range p.Also {
				names = append(names, w.EN)
			}
			fmt.Fprintf(&b, " Exposed: %s.", strings.Join(names, "; "))
		}
		var rows strings.Builder
		told := map[deadline.Kind]bool{}
		for i := range s.duties {
			d := &s.duties[i]
			rule := book.Rules[slices.IndexFunc(book.Rules, func(r deadline.Rule) bool { return r.ID == d.Rule })]
			at := slices.IndexFunc(p.Done, func(x deed) bool {
				return slices.Contains(rule.Met, x.Kind) && (x.Party == "" || x.Party == d.Party)
			})
			ran := d.State == deadline.Overdue || d.State == deadline.Met || d.State == deadline.MetLate || d.State == deadline.Unsure
			if d.State == deadline.NotApplicable || d.Binding == deadline.Guidance || len(d.If) > 0 || rule.Arises || at < 0 && !ran && d.Rule != "gdpr-33-1" && d.Rule != "gdpr-33-2" {
				continue
			}
			did := "not published"
			if at >= 0 {
				did, told[p.Done[at].Kind] = p.Done[at].words(), true
			}
			who := s.of.Parties[slices.IndexFunc(s.of.Parties, func(p deadline.Party) bool { return p.ID == d.Party })].Name
			fmt.Fprintf(&rows, "| %s | %s (%s) | %s | %s |\n", who, d.Title().EN, d.Article.EN, d.Standing().EN, did)
		}
		for i := range p.Done {
			if d := &p.Done[i]; !told[d.Kind] {
				fmt.Fprintf(&rows, "| | %s | | %s |\n", d.Kind.Words().EN, d.words())
			}
		}
		if b.WriteString("\n\n"); rows.Len() > 0 {
			b.WriteString("| who | duty | what the clock says | what was done |\n|---|---|---|---|\n" + rows.String())
		} else {
			b.WriteString("No clock runs: no breach of theirs is known.\n")
		}
		b.WriteString("\nNot known:")
		for i, w := range p.Unknown {
			if i > 0 {
				b.WriteString(";")
			}
			b.WriteString(" " + w.EN)
		}
		b.WriteString(".\n")
	}
	golden(t, "../../docs/published-cases.md", []byte(b.String()))
	// No file stands beside without a case.
	facts, err := filepath.Glob(asPublished + "/*" + factsExt)
	if err != nil || len(facts) != len(standings(t, asPublished)) {
		t.Errorf("%d files of facts: %v", len(facts), err)
	}
}
