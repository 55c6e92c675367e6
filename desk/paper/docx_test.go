package paper_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/desk/form"
	"constat.example/desk/paper"
	"constat.example/desk/report"
)

func office(t testing.TB, d *form.Document, lang report.Language) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := paper.DOCX(&b, d, lang); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// parts are the files in a file for word processors.
func parts(t *testing.T, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

// TestOfficeHoldsTogether checks what word processors refuse files for: parts that are
// not well-formed, names that are not there, styles nobody defines, places given twice.
func TestOfficeHoldsTogether(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		for _, lang := range languages {
			all := parts(t, office(t, d.of(t), lang))
			styles := map[string]bool{}
			for _, id := range values(t, all["word/styles.xml"], "style", "styleId") {
				styles[id] = true
			}
			for name, text := range all {
				for _, tag := range []string{"pStyle", "rStyle", "tblStyle", "basedOn", "next"} {
					for _, id := range values(t, text, tag, "val") {
						if !styles[id] {
							t.Errorf("%s: no style is called %q", name, id)
						}
					}
				}
			}
			places := map[string]bool{}
			for _, name := range values(t, all["word/document.xml"], "bookmarkStart", "name") {
				if places[name] {
					t.Errorf("two places are called %s", name)
				}
				places[name] = true
			}
			for _, name := range values(t, all["word/document.xml"], "hyperlink", "anchor") {
				if !places[name] {
					t.Errorf("nothing is called %s", name)
				}
			}
			relations := map[string]bool{}
			for _, id := range values(t, all["word/_rels/document.xml.rels"], "Relationship", "Id") {
				relations[id] = true
			}
			for _, tag := range []string{"headerReference", "footerReference"} {
				for _, id := range values(t, all["word/document.xml"], tag, "id") {
					if !relations[id] {
						t.Errorf("nothing is related as %s", id)
					}
				}
			}
			for _, target := range append(values(t, all["word/_rels/document.xml.rels"], "Relationship", "Target"), "document.xml") {
				if all["word/"+target] == "" {
					t.Errorf("there is no word/%s", target)
				}
			}
			for _, name := range values(t, all["[Content_Types].xml"], "Override", "PartName") {
				if all[strings.TrimPrefix(name, "/")] == "" {
					t.Errorf("there is no %s", name)
				}
			}
		}
	}
}

// values are those of an attribute of all elements of a name; the text has to be
// well-formed.
func values(t *testing.T, text, element, name string) []string {
	t.Helper()
	var all []string
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("a part is not well-formed: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == element {
			for _, a := range start.Attr {
				if a.Name.Local == name {
					all = append(all, a.Value)
				}
			}
		}
	}
}

// officeText is the text of the file: of runs as they follow one another, of paragraphs
// on lines of their own.
func officeText(t *testing.T, file []byte) string {
	t.Helper()
	var b strings.Builder
	for d := xml.NewDecoder(strings.NewReader(parts(t, file)["word/document.xml"])); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.CharData:
			b.Write(token)
		case xml.EndElement:
			if name := token.Name.Local; name == "p" || name == "br" {
				b.WriteByte('\n')
			}
		}
	}
}

// TestOfficeOpens has LibreOffice read the file, and looks for its words in what it read.
func TestOfficeOpens(t *testing.T) {
	t.Parallel()
	program := ""
	for _, name := range []string{"soffice", "libreoffice"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
		}
	}
	if program == "" {
		t.Skip("needs LibreOffice, which is not on this machine")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "document.docx")
	if err := os.WriteFile(path, office(t, sample(t), report.French), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-env:UserInstallation=file://"+filepath.ToSlash(dir)+"/profile", "--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir", dir, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "document.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Notification complémentaire", "☒ Perte de confidentialité – retenu", "Avant : 43 000 000", "Anticonstitutionnellement", "constat case timeline 2026-0042"} {
		if !strings.Contains(strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(string(text)), want) {
			t.Errorf("LibreOffice reads no %q", want)
		}
	}
}
