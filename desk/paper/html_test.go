package paper_test

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
	"constat.example/desk/paper"
	"constat.example/desk/report"
	"constat.example/internal/failure"
	"constat.example/internal/words"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var documents = []struct {
	name string
	of   func(testing.TB) *form.Document
}{{"sample", sample}, {"bare", bare}}

// all are the invented documents, and every real form on the case that forms are tested
// with.
func all(t testing.TB) map[string]*form.Document {
	t.Helper()
	drafts := map[string]*form.Document{}
	for _, d := range documents {
		drafts[d.name] = d.of(t)
	}
	for _, f := range form.Forms() {
		d, err := form.Draft(f, formtest.Facts(t))
		if err != nil {
			t.Fatal(err)
		}
		drafts[f.Name] = d
	}
	whole := form.Register([]*form.Facts{formtest.Facts(t), formtest.Bare(t)}, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), nil)
	drafts["register of all cases"] = whole
	return drafts
}

var languages = []report.Language{report.French, report.English}

// golden holds what is drawn to what was looked at and kept.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what was kept; look at it, then run the test with -update", path)
	}
}

func draw(t testing.TB, d *form.Document, lang report.Language) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := paper.HTML(&page, d, lang); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

func TestGoldenPages(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		for _, lang := range languages {
			golden(t, d.name+"."+lang.Lang()+".html", draw(t, d.of(t), lang))
		}
	}
}

// walk calls each on every element of a page.
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

// said is the text of a node, as it is read: pieces run into each other as they do on
// the page.
func said(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.DataAtom != atom.Style && d.Parent.DataAtom != atom.Title {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(b.String())), " ")
}

// body is the text of the whole page.
func body(t *testing.T, page []byte) string {
	t.Helper()
	text := ""
	walk(t, page, func(n *html.Node) {
		if n.DataAtom == atom.Body {
			text = said(n)
		}
	})
	return text
}

// TestNothingIsFetchedOrRun checks that the page is complete in itself, and that its
// policy forbids what it does not have.
func TestNothingIsFetchedOrRun(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		page := draw(t, d.of(t), report.French)
		policy := false
		walk(t, page, func(n *html.Node) {
			switch n.DataAtom {
			case atom.Script, atom.Img, atom.Iframe, atom.Object, atom.Embed, atom.Link, atom.Base, atom.Form, atom.Input, atom.B:
				t.Errorf("%s: there is a <%s>", d.name, n.Data)
			case atom.Style:
				if css := n.FirstChild.Data; strings.Contains(css, "@import") || strings.Contains(strings.ReplaceAll(css, "url(#hatch)", ""), "url(") {
					t.Errorf("%s: the style names a resource", d.name)
				}
			case atom.Meta:
				if is, _ := attr(n, "http-equiv"); is == "Content-Security-Policy" {
					said, _ := attr(n, "content")
					policy = strings.HasPrefix(said, "default-src 'none'; style-src 'unsafe-inline';")
				}
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "srcset" || a.Key == "style" {
					t.Errorf("%s: <%s> has %s", d.name, n.Data, a.Key)
				}
				if a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: <%s> refers to %s", d.name, n.Data, a.Val)
				}
			}
		})
		if !policy {
			t.Errorf("%s: the page forbids nothing", d.name)
		}
	}
}

// TestStructure checks what readers who do not see the page go by.
func TestStructure(t *testing.T) {
	t.Parallel()
	for name, doc := range all(t) {
		for _, lang := range languages {
			ids, level, count := map[string]bool{}, 0, map[atom.Atom]int{}
			var links []string
			walk(t, draw(t, doc, lang), func(n *html.Node) {
				if n.Namespace == "" {
					count[n.DataAtom]++
				}
				if id, ok := attr(n, "id"); ok {
					if ids[id] {
						t.Errorf("%s: two elements are called %s", name, id)
					}
					ids[id] = true
				}
				for _, key := range []string{"href", "aria-labelledby"} {
					if ref, ok := attr(n, key); ok {
						links = append(links, strings.TrimPrefix(ref, "#"))
					}
				}
				switch n.DataAtom {
				case atom.Html:
					if is, _ := attr(n, "lang"); is != lang.Lang() {
						t.Errorf("%s: the page in %s says that it is in %q", name, lang, is)
					}
				case atom.H1, atom.H2, atom.H3:
					this := int(n.Data[1] - '0')
					if this > level+1 || this == 1 && level != 0 {
						t.Errorf("%s: h%d after h%d: %s", name, this, level, said(n))
					}
					level = this
				case atom.H4, atom.H5, atom.H6:
					t.Errorf("%s: a heading is too deep", name)
				case atom.Th:
					if scope, _ := attr(n, "scope"); scope != "row" && scope != "col" {
						t.Errorf("%s: a table heading has no scope: %s", name, said(n))
					}
				case atom.Table:
					if n.FirstChild.NextSibling == nil || n.FirstChild.NextSibling.DataAtom != atom.Caption || said(n.FirstChild.NextSibling) == "" {
						t.Errorf("%s: a table has no caption", name)
					}
				case atom.Svg:
					hidden := false
					for m := n; m != nil; m = m.Parent {
						is, _ := attr(m, "aria-hidden")
						hidden = hidden || is == "true"
					}
					if !hidden {
						t.Errorf("%s: a drawing is not hidden from readers, and has no words", name)
					}
				case atom.Ul, atom.Ol:
					for c := range n.ChildNodes() {
						if c.Type == html.ElementNode && c.DataAtom != atom.Li {
							t.Errorf("%s: <%s> stands in a list", name, c.Data)
						}
					}
				}
				if role, _ := attr(n, "role"); role == "region" {
					if label, _ := attr(n, "aria-label"); label == "" {
						t.Errorf("%s: what can be scrolled has no name", name)
					}
				}
			})
			if count[atom.Main] != 1 || count[atom.Header] != 1 || count[atom.Title] != 1 || count[atom.H1] != 1 {
				t.Errorf("%s: %d main, %d header, %d title, %d h1", name, count[atom.Main], count[atom.Header], count[atom.Title], count[atom.H1])
			}
			for _, link := range links {
				if !ids[link] {
					t.Errorf("%s: nothing is called %s", name, link)
				}
			}
		}
	}
}

// TestChosenIsSaid checks that what is chosen is told by words, and nothing else is.
func TestChosenIsSaid(t *testing.T) {
	t.Parallel()
	chosen := map[string]int{} // options, by what they say
	walk(t, draw(t, sample(t), report.English), func(n *html.Node) {
		if n.DataAtom == atom.Li && n.Parent.DataAtom == atom.Ul {
			text := said(n)
			chosen[text]++
			if class, _ := attr(n, "class"); class != "chosen" && strings.Contains(text, "chosen") {
				t.Errorf("%q is called chosen and is not", text)
			}
		}
	})
	if chosen["Malicious act from outside"] != 2 {
		t.Error("what the evidence says is not shown beside what is offered")
	}
	for _, want := range []string{"Loss of confidentiality chosen", "Malicious act from inside chosen", "National identification number chosen added since", "autre-chose chosen added since"} {
		if chosen[want] != 1 {
			t.Errorf("%q is there %d times, want once: %q", want, chosen[want], slices.Sorted(maps.Keys(chosen)))
		}
	}
}

// TestEverythingIsDrawn checks that each text of the document is drawn in each format.
func TestEverythingIsDrawn(t *testing.T) {
	t.Parallel()
	for name, doc := range all(t) {
		for _, lang := range languages {
			formats := map[string]string{"page": body(t, draw(t, doc, lang)), "text": plain(text(t, doc, lang, 10_000)), "file": plain(officeText(t, office(t, doc, lang)))}
			for _, want := range texts(doc, lang) {
				for format, got := range formats {
					if format == "text" && want.option {
						continue
					}
					if !strings.Contains(got, plain(want.said)) {
						t.Errorf("%s in %s: the %s does not say %q", name, lang, format, want.said)
					}
				}
			}
		}
	}
}

// plain is text with all kinds of spaces made one.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(text, unicode.IsSpace), " ")
}

// wanted is a text of a document; not all formats show all options.
type wanted struct {
	said   string
	option bool
}

// texts are all that a document says in a language.
func texts(doc *form.Document, lang report.Language) []wanted {
	all := []wanted{{said: doc.Title.In(lang.Lang())}, {said: doc.For.In(lang.Lang())}, {said: doc.Basis.In(lang.Lang())}, {said: doc.Case}}
	add := func(b words.Both) {
		if said := cmp.Or(b.In(lang.Lang()), b.FR, b.EN); said != "" {
			all = append(all, wanted{said: said})
		}
	}
	value := func(v *form.Value) {
		if v == nil {
			return
		}
		for _, p := range v.Text {
			add(p)
		}
		if v.Number != nil {
			all = append(all, wanted{said: lang.Int(*v.Number)})
		}
		if v.Table != nil {
			for _, h := range v.Table.Head {
				add(h)
			}
			for _, r := range v.Table.Rows {
				for _, c := range r {
					add(c)
				}
			}
		}
	}
	for _, s := range doc.Sections {
		add(s.Title)
		add(s.Note)
		for _, b := range s.Boxes {
			if !s.Prose {
				all = append(all, wanted{said: b.ID})
			}
			add(b.Help)
			add(b.Label)
			add(b.Why)
			add(b.Ask)
			for _, o := range b.Options {
				all = append(all, wanted{said: o.Words.In(lang.Lang()), option: true})
			}
			value(&b.Value)
			value(b.Found)
			value(b.Was)
		}
	}
	for _, s := range doc.Sources {
		add(s.Words)
		all = append(all, wanted{said: s.Ref}, wanted{said: s.Show})
	}
	return all
}

// TestHostileTextIsShownAsText draws what came from outside and would be markup, move the
// cursor, or turn the direction of reading.
func TestHostileTextIsShownAsText(t *testing.T) {
	t.Parallel()
	d := bare(t)
	hostile := "</style><script>alert(1)</script>\x00\u202e\x1b[31m\"}]]>&amp; \u2028 {{.Case}}"
	d.Case, d.TLP, d.Sections[0].Boxes[0].Key = hostile, hostile, hostile
	d.Title = both(hostile, hostile)
	box := &d.Sections[0].Boxes[0]
	box.Value = form.Value{Text: []words.Both{both(hostile, hostile), both("un\ndeux", "one\ntwo")}, Codes: []string{hostile}, At: hostile, Table: &form.Grid{Head: []words.Both{both(hostile, hostile)}, Rows: [][]words.Both{{both(hostile, hostile), both("de trop", "too many")}, {}}}}
	box.State, box.From = form.State(hostile), []int{1}
	d.Sources = []form.Source{{Room: form.Room(hostile), Ref: hostile, Words: both(hostile, hostile), Show: hostile}}
	page := draw(t, d, report.French)
	walk(t, page, func(n *html.Node) {
		if n.DataAtom == atom.Script {
			t.Error("a script got in")
		}
	})
	file := officeText(t, office(t, d, report.French))
	for format, got := range map[string]string{"page": string(page), "text": text(t, d, report.French, 80), "file": file} {
		if strings.ContainsAny(got, "\x00\u202e\x1b\u2028") {
			t.Errorf("the %s holds a character that is no text", format)
		}
	}
	if !strings.Contains(body(t, page), "de trop") || !strings.Contains(file, "de trop") {
		t.Error("a cell that has no head is left out")
	}
	if !strings.Contains(body(t, page), `</style><script>alert(1)</script>\u0000\u202e`) || !strings.Contains(plain(file), `</style><script>alert(1)</script>\u0000\u202e`) {
		t.Error("hostile text is not shown as it is")
	}
}

// TestOfNoCase draws a document of all cases: nothing stands where a case would.
func TestOfNoCase(t *testing.T) {
	t.Parallel()
	d := bare(t)
	d.Case = ""
	for format, got := range map[string]string{"page": body(t, draw(t, d, report.French)), "text": text(t, d, report.French, 80), "file": officeText(t, office(t, d, report.French))} {
		if strings.Contains(got, "Dossier") {
			t.Errorf("the %s names a case that there is not", format)
		}
	}
}

func TestUnknownLanguageIsRefused(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	for _, err := range []error{paper.HTML(&b, bare(t), "de"), paper.Text(&b, bare(t), "", 80), paper.DOCX(&b, bare(t), "DE"), paper.PDF(t.Context(), &b, bare(t), "de")} {
		if failure.CodeOf(err) != failure.Usage {
			t.Errorf("a language that there is not gives %v", err)
		}
	}
	if b.Len() > 0 {
		t.Error("something was written all the same")
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestWriteErrorsAreReturned(t *testing.T) {
	t.Parallel()
	for _, err := range []error{paper.HTML(closed{}, bare(t), report.French), paper.Text(closed{}, bare(t), report.French, 80), paper.DOCX(closed{}, bare(t), report.French)} {
		if !errors.Is(err, os.ErrClosed) {
			t.Errorf("what was not written is no error: %v", err)
		}
	}
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(draw(t, sample(t), report.French), draw(t, sample(t), report.French)) || !bytes.Equal(office(t, sample(t), report.French), office(t, sample(t), report.French)) {
		t.Error("the same document gives other bytes")
	}
}

// TestOneLanguage checks that no text of the other language is on a page.
func TestOneLanguage(t *testing.T) {
	t.Parallel()
	for _, lang := range languages {
		other := languages[0]
		if lang == other {
			other = languages[1]
		}
		page := body(t, draw(t, sample(t), lang))
		own := map[string]bool{}
		for _, w := range texts(sample(t), lang) {
			own[plain(w.said)] = true
		}
		for _, w := range texts(sample(t), other) {
			if text := plain(w.said); len(text) > 12 && !own[text] && strings.Contains(page, text) {
				t.Errorf("the page in %s says %q", lang, text)
			}
		}
		if strings.Contains(page, map[report.Language]string{report.French: "filled from evidence", report.English: "d’après les éléments"}[lang]) {
			t.Errorf("the page in %s counts boxes in %s", lang, other)
		}
	}
	french := 0
	walk(t, draw(t, sample(t), report.English), func(n *html.Node) {
		if is, _ := attr(n, "lang"); is == "fr" {
			french++
			if got := said(n); got != "Chiffrement des sauvegardes, double authentification des administrateurs." {
				t.Errorf("%q is marked as French", got)
			}
		}
	})
	if french != 1 {
		t.Errorf("%d texts are marked as French on an English page, want the one that was only said in French", french)
	}
}
