package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"constat.example/desk/assessment"
	"constat.example/desk/report"
)

var update = flag.Bool("update", false, "rewrite the golden pages")

// pages are the assessments whose pages are looked at, and kept as goldens.
var pages = []struct {
	name string
	a    func() *assessment.Assessment
	at   time.Time
}{
	{"rich", rich, time.Date(2026, 4, 21, 16, 5, 0, 0, time.UTC)},
	{"later", later, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)},
	{"empty", assessment.New, time.Time{}},
	{"owners", owned, time.Time{}},
}

func draw(t *testing.T, a *assessment.Assessment, at time.Time) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := report.Page(&page, a, at); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

func TestGoldenPages(t *testing.T) {
	t.Parallel()
	wanted := map[string]bool{}
	for _, p := range pages {
		got := draw(t, p.a(), p.at)
		path := filepath.Join("testdata", p.name+".html")
		wanted[path] = true
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what was kept; look at it, then run the test with -update", path)
		}
	}
	kept, err := filepath.Glob("testdata/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range kept {
		if !wanted[path] {
			t.Errorf("%s belongs to no test", path)
		}
	}
}

// walk calls each on every element of the page.
func walk(t *testing.T, page []byte, each func(*html.Node)) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			each(n)
		}
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// words is the text of a node, its pieces separated.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.DataAtom != atom.Style {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// editions are the two articles, French first.
func editions(t *testing.T, page []byte) []*html.Node {
	t.Helper()
	var found []*html.Node
	walk(t, page, func(n *html.Node) {
		if n.DataAtom == atom.Article {
			found = append(found, n)
		}
	})
	if len(found) != 2 {
		t.Fatalf("%d articles, want 2", len(found))
	}
	for i, want := range []string{"fr", "en"} {
		if got, _ := attr(found[i], "lang"); got != want {
			t.Fatalf("article %d is in %q, want %q", i, got, want)
		}
	}
	return found
}

func TestNothingIsFetchedOrRun(t *testing.T) {
	t.Parallel()
	for _, p := range pages {
		page := draw(t, p.a(), p.at)
		fetchesNothing(t, p.name, page)
		if p.name == "empty" && bytes.Contains(page, []byte("http")) && !bytes.Contains(page, []byte("http-equiv")) {
			t.Errorf("%s: the page names an address", p.name)
		}
	}
}

// fetchesNothing checks that a page asks for nothing and runs nothing.
func fetchesNothing(t *testing.T, name string, page []byte) {
	t.Helper()
	walk(t, page, func(n *html.Node) {
		switch n.DataAtom {
		case atom.Script, atom.Img, atom.Iframe, atom.Object, atom.Embed, atom.Link, atom.Base, atom.Form, atom.B:
			t.Errorf("%s: there is a <%s>", name, n.Data)
		case atom.Style:
			if css := n.FirstChild.Data; strings.Contains(css, "@import") || strings.Contains(strings.ReplaceAll(css, "url(#hatch)", ""), "url(") {
				t.Errorf("%s: the style names a resource", name)
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "srcset" || a.Key == "style" {
				t.Errorf("%s: <%s> has %s", name, n.Data, a.Key)
			}
			if a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("%s: <%s> refers to %s", name, n.Data, a.Val)
			}
		}
	})
}

func TestHostileNamesAreShownAsText(t *testing.T) {
	t.Parallel()
	page := draw(t, rich(), time.Time{})
	for _, bad := range []string{"\u202e", "\x1b", "<script", "<img", "<b>"} {
		if bytes.Contains(page, []byte(bad)) {
			t.Errorf("the page holds %q", bad)
		}
	}
	for _, edition := range editions(t, page) {
		text := words(edition)
		for _, name := range []string{
			"<script>alert(1)</script>", `\u202egnp.exe\u001b[31m`, "={{.Case}}${7*7}", "<script>alert(2)</script>.csv", "<b>bold</b> & plain",
			`x"><img src=https://evil.example/p.png onerror=alert(1)>.csv`,
		} {
			if !strings.Contains(text, name) {
				t.Errorf("the name %q is not shown as it is", name)
			}
		}
	}
}

func TestStructure(t *testing.T) {
	t.Parallel()
	for _, p := range pages {
		wellFormed(t, p.name, draw(t, p.a(), p.at))
	}
}

// wellFormed checks what readers of screens, and links, ask of a page.
func wellFormed(t *testing.T, name string, page []byte) {
	t.Helper()
	ids := map[string]bool{}
	var links []string
	count := map[atom.Atom]int{}
	walk(t, page, func(n *html.Node) {
		if n.Namespace == "" {
			count[n.DataAtom]++
		}
		if id, ok := attr(n, "id"); ok {
			if ids[id] {
				t.Errorf("%s: two elements are called %s", name, id)
			}
			ids[id] = true
		}
		for _, key := range []string{"href", "for", "aria-labelledby"} {
			if ref, ok := attr(n, key); ok {
				links = append(links, strings.TrimPrefix(ref, "#"))
			}
		}
		if n.DataAtom == atom.Th {
			if scope, _ := attr(n, "scope"); scope == "" {
				t.Errorf("%s: a table heading has no scope: %s", name, words(n))
			}
		}
		if n.DataAtom == atom.Table && (n.FirstChild.NextSibling == nil || n.FirstChild.NextSibling.DataAtom != atom.Caption) {
			t.Errorf("%s: a table has no caption", name)
		}
		if n.DataAtom == atom.Svg {
			hidden := false
			for m := n; m != nil; m = m.Parent {
				v, _ := attr(m, "aria-hidden")
				hidden = hidden || v == "true"
			}
			role, _ := attr(n, "role")
			_, named := attr(n, "aria-labelledby")
			if !hidden && !(role == "img" && named && n.FirstChild.Data == "title" && n.FirstChild.NextSibling.Data == "desc") {
				t.Errorf("%s: a drawing is neither named nor hidden from readers", name)
			}
		}
	})
	if count[atom.Main] != 1 || count[atom.Header] != 1 || count[atom.Title] != 1 {
		t.Errorf("%s: %d main, %d header, %d title", name, count[atom.Main], count[atom.Header], count[atom.Title])
	}
	for _, link := range links {
		if !ids[link] {
			t.Errorf("%s: nothing is called %s", name, link)
		}
	}
	for _, edition := range editions(t, page) {
		headings(t, name, edition)
	}
}

// headings checks that an article has one h1, first, and that no level is
// skipped on the way down.
func headings(t *testing.T, name string, article *html.Node) {
	t.Helper()
	last := 0
	for n := range article.Descendants() {
		level := 0
		switch n.DataAtom {
		case atom.H1:
			level = 1
		case atom.H2:
			level = 2
		case atom.H3:
			level = 3
		case atom.H4, atom.H5, atom.H6:
			t.Errorf("%s: a heading is too deep", name)
		default:
			continue
		}
		if level > last+1 || level == 1 && last != 0 {
			t.Errorf("%s: h%d after h%d: %s", name, level, last, words(n))
		}
		last = level
	}
	if last == 0 {
		t.Errorf("%s: no heading", name)
	}
}

// group writes n as each edition does.
func group(lang, digits string) string {
	separator := ","
	if lang == "fr" {
		separator = "\u202f"
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteRune(d)
	}
	return b.String()
}

func TestEveryFigureIsShown(t *testing.T) {
	t.Parallel()
	for _, p := range pages {
		a := p.a()
		var kept bytes.Buffer
		if err := a.Write(&kept); err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(&kept)
		decoder.UseNumber()
		var object map[string]any
		if err := decoder.Decode(&object); err != nil {
			t.Fatal(err)
		}
		delete(object, "timings")
		// The rest are probabilities, which are rounded: the words of language_test.go.
		var figures, names, evidence []string
		var gather func(value any)
		gather = func(value any) {
			switch v := value.(type) {
			case map[string]any:
				for key, inner := range v {
					if key != "table" { // an index
						gather(inner)
					}
				}
			case []any:
				for _, inner := range v {
					gather(inner)
				}
			case json.Number:
				if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
					figures = append(figures, v.String())
				}
			}
		}
		gather(object)
		for _, input := range a.Inputs {
			names = append(names, input.SHA256)
		}
		for _, c := range a.Columns {
			evidence = append(evidence, c.Evidence...)
		}
		names = append(names, a.Notes...)
		for i, edition := range editions(t, draw(t, a, p.at)) {
			text := words(edition)
			for _, figure := range figures {
				if shown := group([]string{"fr", "en"}[i], figure); !strings.Contains(text, shown) {
					t.Errorf("%s, edition %d: %s is not shown", p.name, i, shown)
				}
			}
			shown := names
			if i == 1 { // French has its own words for it: evidence_test.go
				shown = append(slices.Clone(names), evidence...)
			}
			for _, name := range shown {
				if !strings.Contains(text, name) {
					t.Errorf("%s, edition %d: %q is not shown", p.name, i, name)
				}
			}
		}
	}
}

func TestRefusalsAreSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	for i, edition := range editions(t, draw(t, rich(), time.Time{})) {
		want := []string{"non évalué dans cette version du dossier", "not assessed in this version of the case"}[i]
		if n := strings.Count(words(edition), want); n != 3 {
			t.Errorf("edition %d: refused %d times, want 3", i, n)
		}
	}
	for i, edition := range editions(t, draw(t, later(), time.Time{})) {
		text := words(edition)
		for _, want := range [][]string{
			{"en partie authentique", "entre 74,1\u00a0% et 80,2\u00a0%", "17\u00a0février 2026 à 21\u00a0h\u00a040\u00a0UTC", "tous les octets ne sont pas comptés"},
			{"mixed: genuine in part", "between 74.1% and 80.2%", "17\u00a0February 2026 at 21:40\u00a0UTC", "not every byte is accounted for"},
		}[i] {
			if !strings.Contains(text, want) {
				t.Errorf("edition %d does not say %q", i, want)
			}
		}
	}
}

// TestBarsAddUp checks that the segments of each bar follow one another and
// stay within it.
func TestBarsAddUp(t *testing.T) {
	t.Parallel()
	number := func(n *html.Node, key string) float64 {
		text, _ := attr(n, key)
		x, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
		if err != nil {
			t.Fatalf("%s=%q", key, text)
		}
		return x
	}
	for _, p := range pages {
		walk(t, draw(t, p.a(), p.at), func(n *html.Node) {
			if class, _ := attr(n, "class"); n.DataAtom != atom.Svg || !strings.HasPrefix(class, "bar") {
				return
			}
			end := 0.0
			for segment := range n.ChildNodes() {
				x, width := number(segment, "x"), number(segment, "width")
				if x < end-0.011 || x > end+0.011 || width < 0.5 {
					t.Errorf("%s: a segment is at %g after %g, %g wide", p.name, x, end, width)
				}
				end = x + width
			}
			if end > 100.02 {
				t.Errorf("%s: a bar is %g %% long", p.name, end)
			}
		})
	}
}

type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.room {
		return f.room, os.ErrClosed
	}
	f.room -= len(p)
	return len(p), nil
}

func TestWriteErrorsAreReturned(t *testing.T) {
	t.Parallel()
	if err := report.Page(&full{100}, rich(), time.Time{}); err == nil {
		t.Error("a page that was not written whole is no error")
	}
}

func BenchmarkPage(b *testing.B) {
	a := rich()
	for b.Loop() {
		if err := report.Page(&bytes.Buffer{}, a, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}
