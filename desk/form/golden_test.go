package form_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
)

var update = flag.Bool("update", false, "write the golden files")

// drafted is a form drafted of facts.
func drafted(t *testing.T, name string, facts *form.Facts) *form.Document {
	t.Helper()
	f, err := form.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	d, err := form.Draft(f, facts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
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
		t.Errorf("%s differs; go test ./desk/form -update writes it anew", path)
	}
}

// TestGolden drafts every form of the rich case and of the bare one.
func TestGolden(t *testing.T) {
	t.Parallel()
	kept := map[string]bool{}
	for _, f := range form.Forms() {
		for name, facts := range map[string]*form.Facts{"rich": formtest.Facts(t), "bare": formtest.Bare(t)} {
			file := f.Name + "." + name + ".golden.json"
			kept[file] = true
			var text bytes.Buffer
			enc := json.NewEncoder(&text)
			enc.SetIndent("", " ")
			enc.SetEscapeHTML(false)
			if err := enc.Encode(drafted(t, f.Name, facts)); err != nil {
				t.Fatal(err)
			}
			golden(t, file, text.Bytes())
		}
	}
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".golden.json") && !kept[f.Name()] {
			t.Errorf("testdata/%s is of no form", f.Name())
		}
	}
}

// TestWhole holds every document to the model: keys and ids once, both languages, choices
// among the options, a source for what evidence fills, a question for what nobody knows;
// and the bare case to nothing being made up.
func TestWhole(t *testing.T) {
	t.Parallel()
	for _, f := range form.Forms() {
		for name, facts := range map[string]*form.Facts{"rich": formtest.Facts(t), "bare": formtest.Bare(t)} {
			d := drafted(t, f.Name, facts)
			keys, ids := map[string]bool{}, map[string]bool{}
			var n form.Counts
			for _, s := range d.Sections {
				if !s.Title.Whole() || ids[s.ID] {
					t.Errorf("%s of the %s case: section %s is there twice, or has no title", f.Name, name, s.ID)
				}
				ids[s.ID] = true
				for _, b := range s.Boxes {
					at := f.Name + " of the " + name + " case: box " + b.ID + " " + b.Key
					if ids[b.ID] || keys[b.Key] || b.Key == "" || b.Type == "" {
						t.Errorf("%s is there twice, or has no key or type", at)
					}
					ids[b.ID], keys[b.Key] = true, true
					if !s.Prose && !b.Label.Whole() {
						t.Errorf("%s has no label in both languages", at)
					}
					if b.State == form.Filled && len(b.From) == 0 {
						t.Errorf("%s is filled from nowhere", at)
					}
					if b.State == form.Asked && !b.Ask.Whole() {
						t.Errorf("%s is asked without saying who may know", at)
					}
					for _, i := range b.From {
						if i < 1 || i > len(d.Sources) {
							t.Errorf("%s comes from source %d of %d", at, i, len(d.Sources))
						}
					}
					for _, w := range b.Value.Text {
						if !w.Whole() {
							t.Errorf("%s has a paragraph in one language", at)
						}
					}
					for _, code := range b.Value.Codes {
						found := false
						for _, o := range b.Options {
							found = found || o.Code == code
						}
						if !found {
							t.Errorf("%s chooses %q, which is no option", at, code)
						}
					}
					if g := b.Value.Table; g != nil {
						for _, row := range g.Rows {
							if len(row) != len(g.Head) {
								t.Errorf("%s has a row of %d cells under %d heads", at, len(row), len(g.Head))
							}
						}
					}
					switch b.State {
					case form.Filled:
						n.Filled++
					case form.Asked:
						n.Asked++
					}
				}
			}
			if n.Filled != d.Counts.Filled || n.Asked != d.Counts.Asked {
				t.Errorf("%s of the %s case counts %+v, and has %+v", f.Name, name, d.Counts, n)
			}
			for _, s := range d.Sources {
				if !s.Words.Whole() || s.Ref == "" {
					t.Errorf("%s of the %s case has a source without words or reference: %+v", f.Name, name, s)
				}
			}
		}
	}
}
