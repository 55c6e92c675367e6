package paper

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"unicode"

	"constat.example/desk/form"
	"constat.example/desk/report"
)

//go:embed page.html.tmpl paper.css
var files embed.FS

// HTML writes a document as one page in one language, to be read, printed and filed: no
// script, nothing fetched, and a policy inside it that has browsers hold to that. What is
// still to be found out stands first; where each box stands last.
func HTML(w io.Writer, doc *form.Document, lang report.Language) error {
	return write(w, doc, lang, page)
}

func page(s *sheet) ([]byte, error) {
	own, err := files.ReadFile("paper.css")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = pageTemplate.Execute(&b, struct {
		*sheet
		Style template.CSS
	}{s, report.Style() + template.CSS(own) + margins(s)})
	return b.Bytes(), err
}

// margins are what stands around each printed page: what it is, who may be told, as of
// when, and its number. Browsers that print no margins of pages leave them out.
func margins(s *sheet) template.CSS {
	var marks []string
	for _, m := range s.Marks {
		marks = append(marks, m.Text)
	}
	return template.CSS(fmt.Sprintf("@media print{@page{@top-left{content:%s}@top-right{content:%s}@bottom-left{content:%s}@bottom-right{content:%s counter(page) %s counter(pages)}}}\n",
		quoted(s.Title), quoted(strings.Join(marks, "   ")), quoted(s.Foot()), quoted(s.T("page", "page")+" "), quoted(" / ")))
}

// quoted is a string of a style sheet: whatever is neither letter, digit nor space stands
// as its number, so that nothing in it can end it.
func quoted(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == ' ' {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\%x `, r)
	}
	b.WriteByte('"')
	return b.String()
}

// one is a value of a box and the page it stands on, since a template sees one thing.
type one struct {
	*sheet
	Box  box
	C    content
	Bare bool // of the options, only those that are chosen
}

// piece is a line or a table of a value.
type piece struct {
	*sheet
	Box  box
	V    any
	Last bool // where the numbers of sources follow
}

var pageTemplate = template.Must(report.Frame().Funcs(template.FuncMap{
	"one": func(s *sheet, b box, c content, bare bool) one { return one{s, b, c, bare} },
	"part": func(s *sheet, b box, v any, last ...bool) piece {
		return piece{s, b, v, len(last) > 0 && last[0]}
	},
}).ParseFS(files, "page.html.tmpl")).Lookup("page.html.tmpl")
