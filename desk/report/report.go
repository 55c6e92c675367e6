// Package report draws what was established for people who decide: pages that
// can be handed on as one file, read without the program, printed and filed.
//
// A page asks nothing of the network and runs no script; a content security
// policy inside it has browsers hold to that. What comes from outside (names
// of files and columns) is escaped, and shown with its control characters
// written out.
package report

import (
	"bytes"
	"embed"
	"html/template"
	"io"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/deadline"
)

//go:embed *.html.tmpl *.css
var files embed.FS

// Page writes the page of an assessment: one HTML file, French and English
// both in it, French first, with a switch at the top that needs no script.
// Printing prints the language that is shown. at is when the page is drawn,
// told in the page; the zero time is left out, so that the same assessment
// gives the same bytes.
//
// duties are those of its case: of those that press, when each is due is told, and not
// how long that is.
//
// Of the assessment everything is shown but the timings, which tell nothing
// about the dump.
func Page(w io.Writer, a *assessment.Assessment, at time.Time, duties ...deadline.Duty) error {
	var page bytes.Buffer // so that a failure writes nothing
	err := pageTemplate.Execute(&page, struct {
		Style template.CSS
		Page  []edition
	}{
		Style: Style(),
		Page:  []edition{newEdition(french, a, at).withDuties(duties), newEdition(english, a, at).withDuties(duties)},
	})
	if err != nil {
		return err
	}
	_, err = w.Write(page.Bytes())
	return err
}

var pageTemplate = template.Must(template.New("page.html.tmpl").Funcs(template.FuncMap{
	"int64": func(n int) int64 { return int64(n) },
}).ParseFS(files, "*.html.tmpl"))
