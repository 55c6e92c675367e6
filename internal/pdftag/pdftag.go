// Package pdftag finishes PDF files that Chromium and its kin print of a page, so that
// they are what PDF/UA-1 (ISO 14289-1) asks for and a program that reads aloud can rely
// on: what is only decoration is marked as such, items of lists have bodies and tables
// captions, links say where they lead, and the file says of itself what it is. What the page means (headings,
// tables and their heads, language) the browser has written already.
//
// It reads the plain files of such browsers (PDF 1.4: a table of objects, content packed
// with Flate), and refuses any other rather than guess. It knows no domain.
package pdftag

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

// About is what a file says of itself.
type About struct {
	Title    string
	Language string // BCP 47
	Creator  string
	At       time.Time                // stands for when it was made and changed
	Link     func(name string) string // says where a link to a place leads
}

// errOther is of a file that is not laid out as expected.
var errOther = errors.New("the PDF is not laid out as browsers of this family do")

// Finish returns the file finished. The same file gives the same bytes, and so do two
// that were printed of one page at different times. Errors say what is not as expected.
func Finish(pdf []byte, about About) ([]byte, error) {
	f, err := read(pdf)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(About) error{f.lists, f.captions, f.links, f.decoration, f.describe} {
		if err := step(about); err != nil {
			return nil, err
		}
	}
	return f.bytes(), nil
}

// lists puts all that is in an item of a list, but its number, into a body (ISO 32000-1,
// table 336).
func (f *file) lists(About) error {
	return f.adopt("/LI", "/LBody", func(kind string) bool { return kind == "/Lbl" || kind == "/LBody" })
}

// captions puts the words that stand in a table itself, and in none of its rows, into its
// caption (table 337).
func (f *file) captions(About) error {
	return f.adopt("/Table", "/Caption", func(kind string) bool { return kind != "" })
}

// adopt puts what stands in the elements of a kind, and may not stay there, into an
// element of another kind within. stays is asked with the kind of what stands there, ""
// for content of a page.
func (f *file) adopt(in, into string, stays func(kind string) bool) error {
	moved := map[string]string{} // owner of content → its new owner
	for n := 1; n < len(f.objects); n++ {
		parent, err := f.dictionary(n)
		if err != nil || parent.get("S") != in {
			continue
		}
		kids, err := elements(parent.get("K"))
		if err != nil {
			return err
		}
		var stay, leave []string
		for _, kid := range kids {
			of, _ := f.dictionary(number(kid)) // of content: none
			if stays(of.get("S")) {
				stay = append(stay, kid)
			} else {
				leave = append(leave, kid)
			}
		}
		if len(leave) == 0 {
			continue
		}
		element := dictionary{{"Type", "/StructElem"}, {"S", into}, {"P", reference(n)}}
		if page := parent.get("Pg"); page != "" {
			element.set("Pg", page)
		}
		element.set("K", "["+strings.Join(leave, " ")+"]")
		to := reference(f.add(element.String()))
		moved[reference(n)] = to
		for _, kid := range leave {
			if of, err := f.dictionary(number(kid)); err == nil && of.get("Type") == "/StructElem" {
				of.set("P", to)
				f.objects[number(kid)] = of.String()
			}
		}
		if into == "/Caption" {
			stay = append([]string{to}, stay...) // it stands first
		} else {
			stay = append(stay, to)
		}
		parent.set("K", "["+strings.Join(stay, " ")+"]")
		f.objects[n] = parent.String()
	}
	return f.owners(moved)
}

// owners names the new owners of content in the tree that leads from content to them.
func (f *file) owners(moved map[string]string) error {
	root, err := f.dictionary(number(f.catalog().get("StructTreeRoot")))
	if err != nil {
		return err
	}
	tree, err := f.dictionary(number(root.get("ParentTree")))
	if err != nil {
		return err
	}
	pairs, err := elements(tree.get("Nums"))
	if err != nil {
		return err
	}
	for i := 1; i < len(pairs); i += 2 {
		n := number(pairs[i])
		if n <= 0 || n >= len(f.objects) {
			return errOther
		}
		if !strings.HasPrefix(f.objects[n], "[") {
			continue // of an annotation: its owner is a link, and no item
		}
		owners, err := elements(f.objects[n])
		if err != nil {
			return err
		}
		for j, owner := range owners {
			if to := moved[owner]; to != "" {
				owners[j] = to
			}
		}
		f.objects[n] = "[" + strings.Join(owners, " ") + "]\n"
	}
	return nil
}

// links gives each link words that say where it leads (ISO 14289-1, 7.18.5).
func (f *file) links(about About) error {
	for n := 1; n < len(f.objects); n++ {
		link, err := f.dictionary(n)
		if err != nil || link.get("Subtype") != "/Link" || link.get("Contents") != "" {
			continue
		}
		link.set("Contents", text(about.Link(strings.TrimPrefix(link.get("Dest"), "/"))))
		f.objects[n] = link.String()
	}
	return nil
}

// decoration marks what pages draw and the tree does not own: rules, backgrounds, signs,
// what stands in margins.
func (f *file) decoration(About) error {
	for n := 1; n < len(f.objects); n++ {
		page, err := f.dictionary(n)
		if err != nil || page.get("Type") != "/Page" {
			continue
		}
		at := number(page.get("Contents"))
		content, err := f.stream(at)
		if err != nil {
			return err
		}
		marked, err := artifacts(content)
		if err != nil {
			return err
		}
		f.setStream(at, marked)
	}
	return nil
}

// describe has the file say what it is: in its dictionary of information, and in XMP.
func (f *file) describe(about About) error {
	info, err := f.dictionary(f.info)
	if err != nil {
		return err
	}
	stamp := "(D:" + about.At.UTC().Format("20060102150405") + "+00'00')"
	info.set("Title", text(about.Title))
	info.set("Creator", text(about.Creator))
	info.set("CreationDate", stamp)
	info.set("ModDate", stamp)
	f.objects[f.info] = info.String()
	catalog := f.catalog()
	if catalog.get("Lang") == "" || !strings.Contains(catalog.get("ViewerPreferences"), "/DisplayDocTitle true") || !strings.Contains(catalog.get("MarkInfo"), "/Marked true") {
		return errOther
	}
	xmp := metadata(about)
	catalog.set("Metadata", reference(f.add(fmt.Sprintf("<</Type /Metadata\n/Subtype /XML\n/Length %d>> stream\n%s\nendstream\n", len(xmp), xmp))))
	f.objects[f.root] = catalog.String()
	return nil
}

// metadata is the file's description in XMP (ISO 16684-1), with the mark of PDF/UA-1.
func metadata(about About) string {
	escape := func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(s)) // a buffer refuses nothing
		return b.String()
	}
	at := about.At.UTC().Format(time.RFC3339)
	return `<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>` + "\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">` +
		`<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + escape(about.Title) + `</rdf:li></rdf:Alt></dc:title>` +
		`<dc:language><rdf:Bag><rdf:li>` + escape(about.Language) + `</rdf:li></rdf:Bag></dc:language>` +
		`<xmp:CreatorTool>` + escape(about.Creator) + `</xmp:CreatorTool><xmp:CreateDate>` + at + `</xmp:CreateDate><xmp:ModifyDate>` + at + `</xmp:ModifyDate>` +
		`<pdfuaid:part>1</pdfuaid:part></rdf:Description></rdf:RDF></x:xmpmeta>` + "\n" + `<?xpacket end="r"?>`
}

// text is a string of the file in UTF-16.
func text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	b.WriteByte('>')
	return b.String()
}
