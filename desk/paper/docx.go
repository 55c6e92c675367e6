package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"constat.example/desk/form"
	"constat.example/desk/report"
)

// DOCX writes a document for a word processor, for who has to edit it: headings, lists
// and tables of the program's own, so that it stays a document when it is changed (Office
// Open XML, ECMA-376 transitional, the way Word and LibreOffice both read and write).
func DOCX(w io.Writer, doc *form.Document, lang report.Language) error {
	return write(w, doc, lang, office)
}

// office packs the parts of the file. All are of the same age, that of the format's
// oldest stamp.
func office(s *sheet) ([]byte, error) {
	body := &wordText{sheet: s}
	body.document()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRelations},
		{"docProps/core.xml", coreProperties(s)},
		{"word/_rels/document.xml.rels", documentRelations},
		{"word/document.xml", body.String()},
		{"word/footer.xml", footer(s)},
		{"word/header.xml", header(s)},
		{"word/numbering.xml", numbering},
		{"word/settings.xml", strings.ReplaceAll(settings, "LANG", locale(s.Lang()))},
		{"word/styles.xml", strings.ReplaceAll(styles, "LANG", locale(s.Lang()))},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(f, declaration+part.text); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// locale is the language with its country, which word processors name spelling by.
func locale(lang string) string {
	if lang == string(report.French) {
		return "fr-FR"
	}
	return "en-GB"
}

// wordText is word/document.xml under way.
type wordText struct {
	strings.Builder
	*sheet
	bookmarks int
}

func (t *wordText) document() {
	t.WriteString(`<w:document ` + namespaces + `><w:body>`)
	t.paragraph("Title", t.run("", t.Title))
	t.paragraph("Subtitle", t.run("", t.Lead()))
	t.paragraph("", t.run("", t.Summary))
	rows := [][2]string{{t.T("Pour", "For"), t.For}, {t.T("Fondement", "Basis"), t.Basis}, {t.T("Version", "Version"), t.Version}, {t.T("Dossier", "Case"), t.Case}, {t.T("État au", "As of"), t.At.Text}, {t.T("Depuis", "Since"), t.Since}}
	t.beginTable(t.T("Ce document", "This document"), 2, []int{1, 4}, "0480")
	for _, r := range rows {
		if r[1] != "" {
			t.WriteString(`<w:tr>` + t.cell(t.run("Strong", r[0]), false) + t.cell(t.run("", r[1]), false) + `</w:tr>`)
		}
	}
	t.endTable()
	if len(t.Questions) > 0 {
		t.paragraph("Heading1", t.run("", t.Missing()))
		for _, q := range t.Questions {
			t.numbered(2, t.link(bookmark("box_", q.Box), "Strong", strings.TrimSpace(q.ID+" "+q.Label))+t.lines(q.Ask)+t.lines(t.Offers(q))+t.lineBreak()+t.run("Code", q.Key))
		}
		t.paragraph("Small", t.run("", t.How()+" ")+t.run("Code", "constat case answer "+t.Case+" "+t.T("CLÉ=TEXTE", "KEY=TEXT")))
	}
	for _, p := range t.Parts {
		t.part(p)
	}
	if len(t.Sources) > 0 {
		t.paragraph("Heading1", t.run("", t.T("Sources", "Sources")))
		for _, from := range t.Sources {
			text := t.run("", from.Words) + t.lineBreak() + t.run("Quiet", from.Where+" ") + t.run("Code", from.Ref)
			if from.Show != "" {
				text += t.run("Quiet", " · "+t.T("voir :", "see:")+" ") + t.run("Code", from.Show)
			}
			t.numbered(1, t.mark(bookmark("source_", from.N))+text)
		}
	}
	t.WriteString(`<w:sectPr><w:headerReference w:type="default" r:id="header"/><w:footerReference w:type="default" r:id="footer"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1077" w:bottom="1134" w:left="1077" w:header="567" w:footer="510" w:gutter="0"/></w:sectPr></w:body></w:document>`)
}

// lines is a text on a line of its own; nothing of none.
func (t *wordText) lines(text string) string {
	if text == "" {
		return ""
	}
	return t.lineBreak() + t.run("", text)
}

func (t *wordText) part(p part) {
	t.paragraph("Heading1", t.run("", heading(p.ID, p.Title)))
	if p.Note != "" {
		t.paragraph("Small", t.run("", p.Note))
	}
	for _, b := range p.Boxes {
		place := t.mark(bookmark("box_", b.N))
		switch {
		case !p.Prose:
			t.paragraph("Heading2", place+t.run("", strings.TrimSpace(b.ID+"  "+b.Label)))
			standing := t.run(string(b.State), standings[b.State].sign+" "+b.Standing)
			for _, said := range []string{b.Proposed, b.New} {
				if said != "" {
					standing += t.run("Quiet", " · "+said)
				}
			}
			t.paragraph("Standing", standing+t.references(b))
			t.value(b, b.Value, false, "")
		default:
			if b.Label != "" {
				t.paragraph("Heading2", place+t.run("", b.Label))
				place = ""
			}
			standing := place
			if b.State == form.Asked {
				standing += t.run(string(b.State), standings[b.State].sign+" "+b.Standing+" ")
			}
			if standing += t.run("Quiet", strings.TrimSpace(b.Proposed+" "+b.New)); standing != "" {
				t.paragraph("Standing", standing)
			}
			t.value(b, b.Value, true, t.references(b))
		}
		if b.Help != "" {
			t.paragraph("Help", t.run("", b.Help))
		}
		if b.Found != nil {
			t.paragraph("Small", t.run("Strong", t.T("Les éléments disent :", "The evidence says:")))
			t.value(b, *b.Found, true, "")
		}
	}
}

// value writes what stands in a box, and tail after its last line; bare leaves out the
// options that are not chosen.
func (t *wordText) value(b box, c content, bare bool, tail string) {
	for i, l := range c.Lines {
		text := t.changed(l.Change, l.phrase)
		if i == c.Last() {
			text += tail
		}
		t.paragraph("", text)
	}
	if len(c.Lines) == 0 && tail != "" {
		t.paragraph("Standing", tail)
	}
	if c.Blank() {
		style := "Nothing"
		if b.State == form.Asked {
			style = "Missing"
		}
		t.paragraph(style, t.run("", t.Nothing(b)))
	}
	for _, o := range c.Options {
		if bare && !o.Chosen && o.Change == same {
			continue
		}
		sign, text := "☐", t.run("", " "+o.Words)
		if o.Chosen {
			sign, text = "☒", t.run("Strong", " "+o.Words)
			if !bare {
				text += t.run("Quiet", " – "+t.Picked())
			}
		}
		if o.Change != same {
			text += t.run("Quiet", " – "+t.Moved(o.Change))
		}
		t.paragraph("Option", t.run("Sign", sign)+text)
	}
	for _, g := range c.Grids {
		t.grid(b, g)
	}
	if b.Why != "" && !c.Blank() {
		t.paragraph("Nothing", t.run("", b.Why))
	}
}

// changed is a text as it was, as it is now, or the same.
func (t *wordText) changed(c change, p phrase) string {
	switch c {
	case before:
		return t.run("Quiet", t.Of(c)+" ") + t.said("Removed", p)
	case now:
		return t.run("Quiet", t.Of(c)+" ") + t.said("Added", p)
	}
	return t.said("", p)
}

func (t *wordText) grid(b box, g grid) {
	caption := b.Name
	if g.Change != same {
		t.paragraph("Small", t.run("Strong", t.Of(g.Change)))
		caption = t.Of(g.Change) + " " + caption
	}
	widths := make([]int, len(g.Head))
	for i, h := range g.Head {
		widths[i] = 2
		if h.Figures {
			widths[i] = 1
		}
	}
	t.beginTable(caption, len(g.Head), widths, "04A0")
	t.WriteString(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for _, h := range g.Head {
		t.WriteString(t.cell(t.said("Strong", h.phrase), h.Figures))
	}
	t.WriteString(`</w:tr>`)
	for _, r := range g.Rows {
		t.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i := range g.Head {
			text := t.said(map[change]string{before: "Removed", now: "Added"}[r.Change], r.Cells[i])
			if i == 0 && r.Change != same && g.Change == same {
				text = t.run("Quiet", t.Of(r.Change)+" ") + text
			}
			t.WriteString(t.cell(text, g.Head[i].Figures))
		}
		t.WriteString(`</w:tr>`)
	}
	t.endTable()
}

// beginTable begins a table as wide as the text; look says whether its first row and
// column are heads (17.4.55 of the standard).
func (t *wordText) beginTable(caption string, columns int, widths []int, look string) {
	const whole = 9752 // twentieths of a point between the margins
	sum := 0
	for _, w := range widths {
		sum += w
	}
	fmt.Fprintf(t, `<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="5000" w:type="pct"/><w:tblLook w:val="%s"/><w:tblCaption w:val="%s"/></w:tblPr><w:tblGrid>`, look, escaped(caption))
	for i := range columns {
		fmt.Fprintf(t, `<w:gridCol w:w="%d"/>`, whole*widths[i]/sum)
	}
	t.WriteString(`</w:tblGrid>`)
}

// endTable also writes the paragraph that has to follow a table.
func (t *wordText) endTable() {
	t.WriteString(`</w:tbl>`)
	t.paragraph("After", "")
}

func (t *wordText) cell(runs string, figures bool) string {
	style := "Cell"
	if figures {
		style = "Figures"
	}
	return `<w:tc><w:tcPr/><w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>` + runs + `</w:p></w:tc>`
}

func (t *wordText) paragraph(style, runs string) {
	t.WriteString(`<w:p>`)
	if style != "" {
		t.WriteString(`<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
	}
	t.WriteString(runs + `</w:p>`)
}

func (t *wordText) numbered(list int, runs string) {
	fmt.Fprintf(t, `<w:p><w:pPr><w:pStyle w:val="Item"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="%d"/></w:numPr></w:pPr>%s</w:p>`, list, runs)
}

// run is a stretch of text in a style.
func (t *wordText) run(style, text string) string { return t.said(style, phrase{Text: text}) }

func (t *wordText) said(style string, p phrase) string {
	if p.Text == "" {
		return ""
	}
	var properties string
	if style != "" {
		properties = `<w:rStyle w:val="` + style + `"/>`
	}
	if p.Lang != "" {
		properties += `<w:lang w:val="` + locale(p.Lang) + `"/>`
	}
	if properties != "" {
		properties = `<w:rPr>` + properties + `</w:rPr>`
	}
	lines := strings.Split(p.Text, "\n")
	for i, l := range lines {
		lines[i] = `<w:t xml:space="preserve">` + escaped(l) + `</w:t>`
	}
	return `<w:r>` + properties + strings.Join(lines, `<w:br/>`) + `</w:r>`
}

func (t *wordText) lineBreak() string { return `<w:r><w:br/></w:r>` }

func (t *wordText) references(b box) string {
	var all strings.Builder
	for _, n := range b.From {
		all.WriteString(t.run("", " ") + t.link(bookmark("source_", n), "Quiet", fmt.Sprintf("[%d]", n)))
	}
	return all.String()
}

func (t *wordText) link(to, style, text string) string {
	return `<w:hyperlink w:anchor="` + to + `" w:history="1">` + t.run(style, text) + `</w:hyperlink>`
}

// mark is a place that links lead to.
func (t *wordText) mark(name string) string {
	t.bookmarks++
	return fmt.Sprintf(`<w:bookmarkStart w:id="%d" w:name="%s"/><w:bookmarkEnd w:id="%d"/>`, t.bookmarks, name, t.bookmarks)
}

// bookmark names a place.
func bookmark(of string, n int) string { return fmt.Sprintf("%s%d", of, n) }

func heading(id, title string) string {
	if id == "" {
		return title
	}
	return id + ". " + title
}

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder refuses nothing
	return b.String()
}
