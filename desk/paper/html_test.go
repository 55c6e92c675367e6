package paper_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"constat.example/desk/form"
	"constat.example/desk/paper"
	"constat.example/desk/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var documents = []struct {
	name string
	of   func(testing.TB) *form.Document
}{{"sample", sample}, {"bare", bare}}

var languages = []report.Language{report.French, report.English}

// golden holds what is drawn to what was looked at and kept.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
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
		t.Errorf("%s is not what was kept; look at it, then run the test with -update", path)
	}
}

func draw(t testing.TB, d *form.Document, lang report.Language) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := paper.HTML(&page, d, lang); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

func TestGoldenPages(t *testing.T) {
	t.Parallel()
	for _, d := range documents {
		for _, lang := range languages {
			golden(t, d.name+"."+lang.Lang()+".html", draw(t, d.of(t), lang))
		}
	}
}
