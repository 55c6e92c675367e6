package paper_test

import (
	"bytes"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"constat.example/desk/form"
)

// FuzzDraw draws whatever reads as a document, as filings are that somebody tampered
// with: nothing ends the program, no text becomes markup, and files are well-formed.
func FuzzDraw(f *testing.F) {
	for _, d := range documents {
		kept, err := d.of(f).JSON()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(kept)
	}
	f.Add([]byte(`{"schema":"constat.document/1","sections":[{"boxes":[{"value":{"table":{"head":[],"rows":[[],[]]}},"was":{"table":{"rows":[[{"fr":"a"}]]}},"from":[0,-1,9]}]}]}`))
	f.Fuzz(func(t *testing.T, kept []byte) {
		d, err := form.Read(kept)
		if err != nil {
			return
		}
		for _, lang := range languages {
			doc, err := html.Parse(bytes.NewReader(draw(t, d, lang)))
			if err != nil {
				t.Fatal(err)
			}
			for n := range doc.Descendants() {
				if n.DataAtom == atom.Script || n.DataAtom == atom.Img {
					t.Errorf("text became a <%s>", n.Data)
				}
			}
			for name, part := range parts(t, office(t, d, lang)) {
				values(t, part, "", name)
			}
			text(t, d, lang, 60)
		}
	})
}
