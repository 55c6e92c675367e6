package paper

import (
	"bytes"
	"embed"
	"html/template"
	"io"

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
	}{s, report.Style() + template.CSS(own)})
	return b.Bytes(), err
}

// one is a value of a box and the page it stands on, since a template sees one thing.
type one struct {
	*sheet
	C    content
	Box  box
	Bare bool // of the options, only those that are chosen
}

var pageTemplate = template.Must(report.Frame().Funcs(template.FuncMap{
	"one": func(s *sheet, b box, c content, bare bool) one { return one{s, c, b, bare} },
	"both": func(s *sheet, v any) any {
		return struct {
			*sheet
			V any
		}{s, v}
	},
}).ParseFS(files, "page.html.tmpl")).Lookup("page.html.tmpl")
