package pdftag

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// printed is a file as browsers lay it out: an item of a list without a body, a link
// without words, and content that nobody owns.
func printed(content string, created string) []byte {
	objects := []string{
		"<</Title (x)\n/Creator (Mozilla \\(X11\\))\n/CreationDate (" + created + ")>>\n",
		"<</Type /Catalog\n/Pages 3 0 R\n/MarkInfo <</Type /MarkInfo\n/Marked true>>\n/StructTreeRoot 6 0 R\n/ViewerPreferences <</DisplayDocTitle true>>\n/Lang (fr)>>\n",
		"<</Type /Pages\n/Count 1\n/Kids [4 0 R]>>\n",
		"<</Type /Page\n/Annots [12 0 R]\n/Contents 5 0 R\n/StructParents 0\n/Parent 3 0 R>>\n",
		fmt.Sprintf("<</Length %d>> stream\n%s\nendstream\n", len(content), content),
		"<</Type /StructTreeRoot\n/K 7 0 R\n/ParentTree 10 0 R>>\n",
		"<</Type /StructElem\n/S /L\n/P 6 0 R\n/K [8 0 R]>>\n",
		"<</Type /StructElem\n/S /LI\n/P 7 0 R\n/Pg 4 0 R\n/K [9 0 R 1 13 0 R]>>\n",
		"<</Type /StructElem\n/S /Lbl\n/P 8 0 R\n/Pg 4 0 R\n/K 0>>\n",
		"<</Type /ParentTree\n/Nums [0 11 0 R 1 13 0 R]>>\n",
		"[9 0 R 8 0 R 13 0 R 14 0 R]\n",
		"<</Type /Annot\n/Subtype /Link\n/Dest /box-1\n/StructParent 1>>\n",
		"<</Type /StructElem\n/S /Link\n/P 8 0 R\n/Pg 4 0 R\n/K [2 <</Type /OBJR\n/Obj 12 0 R>>]>>\n",
		"<</Type /StructElem\n/S /Table\n/P 6 0 R\n/Pg 4 0 R\n/K [3 15 0 R]>>\n",
		"<</Type /StructElem\n/S /TR\n/P 14 0 R>>\n",
	}
	f := file{header: "%PDF-1.4\n%\xd3\xeb\xe9\xe1\n", objects: append([]string{""}, objects...), root: 2, info: 1}
	return f.bytes()
}

func about() About {
	return About{Title: "Pièce", Language: "fr", Creator: "Constat", At: time.Date(2026, 4, 21, 16, 5, 0, 0, time.UTC), Link: func(name string) string { return "vers " + name }}
}

const owned = "/P <</MCID 0 >> BDC\nBT\n(a) Tj\nET\nEMC\n/P <</MCID 1 >> BDC\n0 0 5 5 re\nf\nEMC\n/P <</MCID 2>> BDC EMC\n/P <</MCID 3>> BDC EMC\n"

func TestFinish(t *testing.T) {
	t.Parallel()
	one, err := Finish(printed(owned, "D:20260101000000+00'00'"), about())
	if err != nil {
		t.Fatal(err)
	}
	two, err := Finish(printed(owned, "D:20270101000000+00'00'"), about())
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("the hour of printing shows in the file: %v", err)
	}
	f, err := read(one)
	if err != nil {
		t.Fatal(err)
	}
	item, _ := f.dictionary(8)
	kids, _ := elements(item.get("K"))
	if len(kids) != 2 || kids[0] != "9 0 R" {
		t.Fatalf("the item has %q, want its number and a body", kids)
	}
	body, _ := f.dictionary(number(kids[1]))
	if body.get("S") != "/LBody" || body.get("P") != "8 0 R" || body.get("Pg") != "4 0 R" || body.get("K") != "[1 13 0 R]" {
		t.Errorf("the body is %s", body)
	}
	if link, _ := f.dictionary(13); link.get("P") != kids[1] {
		t.Errorf("what stands in the body is of %s", link.get("P"))
	}
	table, _ := f.dictionary(14)
	rows, _ := elements(table.get("K"))
	if len(rows) != 2 || rows[1] != "15 0 R" {
		t.Fatalf("the table has %q, want its caption and a row", rows)
	}
	if caption, _ := f.dictionary(number(rows[0])); caption.get("S") != "/Caption" || caption.get("K") != "[3]" || caption.get("P") != "14 0 R" {
		t.Errorf("the caption is %s", caption)
	}
	if want := "[9 0 R " + kids[1] + " 13 0 R " + rows[0] + "]"; strings.TrimSpace(f.objects[11]) != want {
		t.Errorf("content is owned by %s, want %s", f.objects[11], want)
	}
	if link, _ := f.dictionary(12); link.get("Contents") != text("vers box-1") {
		t.Errorf("the link says %s", link.get("Contents"))
	}
	xmp, err := f.stream(number(f.catalog().get("Metadata")))
	if err != nil || !bytes.Contains(xmp, []byte("<pdfuaid:part>1</pdfuaid:part>")) || !bytes.Contains(xmp, []byte("Pièce")) {
		t.Errorf("the file says of itself %s, %v", xmp, err)
	}
	info, _ := f.dictionary(1)
	if info.get("CreationDate") != "(D:20260421160500+00'00')" || info.get("Creator") != text("Constat") {
		t.Errorf("the file says of itself %s", info)
	}
	if content, err := f.stream(5); err != nil || string(content) != owned {
		t.Errorf("content that is owned was changed: %q, %v", content, err)
	}
	three, err := Finish(one, about())
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := read(three); again.objects[8] != f.objects[8] {
		t.Errorf("an item that has a body got another: %s", again.objects[8])
	}
}

func TestArtifacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, want string }{
		{"nothing", "", ""},
		{"a rule", "q\n1 0 0 rg\n0 0 10 1 re\nf\nQ\n", "q\n1 0 0 rg\n/Artifact BMC\n0 0 10 1 re\nf\nEMC\n\nQ\n"},
		{"a path of several steps", "0 0 m 1 1 l\nh S", "/Artifact BMC\n0 0 m 1 1 l\nh S\nEMC\n"},
		{"a clip", "0 0 10 10 re\nW n\n", "0 0 10 10 re\nW n\n"},
		{"a clip, then a fill", "0 0 9 9 re W n 0 0 1 1 re f", "0 0 9 9 re W n /Artifact BMC\n0 0 1 1 re f\nEMC\n"},
		{"words in a margin", "BT (a \\) b) Tj [(x) -20 (y)] TJ ET", "BT /Artifact BMC\n(a \\) b) Tj\nEMC\n /Artifact BMC\n[(x) -20 (y)] TJ\nEMC\n ET"},
		{"words that are spelt otherwise", "/Span <</ActualText (fi)>> BDC <0001> Tj EMC", "/Span <</ActualText (fi)>> BDC /Artifact BMC\n<0001> Tj\nEMC\n EMC"},
		{"the same in a paragraph", "/P <</MCID 3>> BDC /Span <</ActualText (fi)>> BDC <0001> Tj EMC EMC", "/P <</MCID 3>> BDC /Span <</ActualText (fi)>> BDC <0001> Tj EMC EMC"},
		{"an artifact already", "/Artifact BMC 0 0 1 1 re f EMC /X1 Do", "/Artifact BMC 0 0 1 1 re f EMC /Artifact BMC\n/X1 Do\nEMC\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := artifacts([]byte(c.content))
			if err != nil || string(got) != c.want {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
			if again, err := artifacts(got); err != nil || !bytes.Equal(again, got) {
				t.Errorf("marked twice: %q, %v", again, err)
			}
		})
	}
	for _, bad := range []string{"EMC", "/P <</MCID 1>> BDC", "(open", "BI /W 1 ID x EI", "/P /Named BDC EMC", "<</a", "[1 2"} {
		if got, err := artifacts([]byte(bad)); err == nil {
			t.Errorf("%q was taken for content: %q", bad, got)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	whole := string(printed(owned, "D:20260101000000+00'00'"))
	for name, bad := range map[string]string{
		"empty": "", "no file": "startxref\n0\n", "no tags": strings.ReplaceAll(whole, "/Marked true", "/Marked false"), "no language": strings.ReplaceAll(whole, "/Lang (fr)", "/Lung (fr)"),
		"a table elsewhere": strings.Replace(whole, "startxref\n", "startxref\n1", 1), "an array that goes on": strings.Replace(whole, "/Nums [0 11 0 R 1 13 0 R]", "/Nums [0 11 0 R 1 13 0 9", 1),
		"another packing": strings.Replace(whole, "<</Length ", "<</Filter /LZW /L ", 1),
	} {
		if _, err := Finish([]byte(bad), about()); err == nil {
			t.Errorf("%s: was taken for a file of a browser", name)
		}
	}
}

// FuzzFinish looks for files that end the program, and for finished files that cannot be
// read again.
func FuzzFinish(f *testing.F) {
	f.Add(printed(owned, "D:20260101000000+00'00'"))
	f.Add(printed("q 0 0 1 1 re f Q BT (a) Tj ET", ""))
	f.Add([]byte("%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF"))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		finished, err := Finish(pdf, about())
		if err != nil {
			return
		}
		if _, err := read(finished); err != nil {
			t.Errorf("what was finished cannot be read: %v", err)
		}
	})
}
