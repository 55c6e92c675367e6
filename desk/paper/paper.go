// Package paper draws the documents of a case: as a page, as PDF, as a file for a word
// processor, and as text for a terminal. It knows no form: whatever desk/form drafts is
// laid out box by box, each with where it stands, and nothing is left out or added.
//
// The same document gives the same bytes, in every format; only PDF is drawn by a
// program of others, whose version decides. The record is the document's JSON.
package paper

import (
	"io"

	"constat.example/desk/form"
	"constat.example/desk/report"
	"constat.example/internal/failure"
)

// known refuses a language that nothing is worded in.
func known(lang report.Language) error {
	if lang != report.French && lang != report.English {
		return failure.New(failure.Usage, "Take fr or en.", "documents are written in French and in English")
	}
	return nil
}

// write draws a document whole before any of it is written, so that a failure writes
// nothing.
func write(w io.Writer, doc *form.Document, lang report.Language, draw func(*sheet) ([]byte, error)) error {
	if err := known(lang); err != nil {
		return err
	}
	drawn, err := draw(newSheet(doc, lang))
	if err != nil {
		return err
	}
	_, err = w.Write(drawn)
	return err
}
