package paper_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/desk/form"
	"constat.example/desk/paper"
	"constat.example/desk/report"
)

// printed is the document as PDF, in a file; the test is skipped where no browser is.
func printed(t *testing.T, d *form.Document, lang report.Language) string {
	t.Helper()
	if paper.Browser() == "" {
		t.Skip("needs Chromium, which is not on this machine")
	}
	var pdf bytes.Buffer
	if err := paper.PDF(t.Context(), &pdf, d, lang); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(path, pdf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run gives what a program says of a file, and skips the test without the program.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("needs %s, which is not on this machine", program)
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", program, err, out)
	}
	return string(out)
}

// TestPDF checks the file as programs of others see it: that it is whole, says what it
// is, and has a tree of what the page means.
func TestPDF(t *testing.T) {
	t.Parallel()
	path := printed(t, sample(t), report.French)
	again := printed(t, sample(t), report.French)
	one, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if two, err := os.ReadFile(again); err != nil || !bytes.Equal(one, two) {
		t.Errorf("printed twice, the bytes are others: %v", err)
	}
	for _, want := range []string{"<pdfuaid:part>1</pdfuaid:part>", "/DisplayDocTitle true", "/Lang (fr)", "/Type /Outlines"} {
		if !bytes.Contains(one, []byte(want)) {
			t.Errorf("the file has no %s", want)
		}
	}
	for _, bad := range []string{"/JavaScript", "/URI", "/Launch", "HeadlessChrome", os.TempDir() + "/constat"} {
		if bytes.Contains(one, []byte(bad)) {
			t.Errorf("the file has %s", bad)
		}
	}
	t.Run("described", func(t *testing.T) {
		t.Parallel()
		info := run(t, "pdfinfo", path)
		for _, want := range []string{"Title:           Notification complémentaire d’une violation", "Creator:         Constat", "Tagged:          yes", "JavaScript:      no", "Metadata Stream: yes", "(A4)", "CreationDate:    Tue Apr 21"} {
			if !strings.Contains(info, want) {
				t.Errorf("pdfinfo says no %q of it:\n%s", want, info)
			}
		}
	})
	t.Run("tagged", func(t *testing.T) {
		t.Parallel()
		tree := run(t, "pdfinfo", "-struct", path)
		count := map[string]int{}
		for _, l := range strings.Split(tree, "\n") {
			if fields := strings.Fields(l); len(fields) > 0 {
				count[strings.TrimSuffix(fields[0], ":")]++
			}
		}
		doc := sample(t)
		boxes := 0
		for _, s := range doc.Sections {
			for _, b := range s.Boxes {
				if b.Label.FR != "" {
					boxes++
				}
			}
		}
		if count["H1"] != 1 || count["H2"] != len(doc.Sections)+2 || count["H3"] != boxes {
			t.Errorf("%d, %d and %d headings; want 1, %d and %d", count["H1"], count["H2"], count["H3"], len(doc.Sections)+2, boxes)
		}
		if count["Table"] != 2 || count["Caption"] != 2 || count["TH"] == 0 || count["/Scope"] != count["TH"] {
			t.Errorf("%d tables with %d captions, %d heads of which %d say of what", count["Table"], count["Caption"], count["TH"], count["/Scope"])
		}
		if count["L"] == 0 || count["LI"] == 0 || count["LBody"] != count["LI"] {
			t.Errorf("%d lists, %d items of which %d have a body", count["L"], count["LI"], count["LBody"])
		}
	})
	t.Run("read", func(t *testing.T) {
		t.Parallel()
		words := plain(run(t, "pdftotext", path, "-"))
		for _, want := range []string{"Avant : 43 000 000", "Perte de confidentialité retenu", "à établir", "page 1 / "} {
			if !strings.Contains(words, want) {
				t.Errorf("the pages do not say %q", want)
			}
		}
	})
	t.Run("whole", func(t *testing.T) {
		t.Parallel()
		run(t, "qpdf", "--check", path)
	})
}

// TestPDFIsStopped stops a browser before it starts and while it works: nothing is written,
// and nothing of it stays.
func TestPDFIsStopped(t *testing.T) {
	if paper.Browser() == "" {
		t.Skip("needs Chromium, which is not on this machine")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, after := range []time.Duration{0, 50 * time.Millisecond, 400 * time.Millisecond} {
		ctx, stop := context.WithTimeout(t.Context(), after)
		var pdf bytes.Buffer
		err := paper.PDF(ctx, &pdf, bare(t), report.French)
		stop()
		if err == nil && after == 0 || err != nil && pdf.Len() > 0 {
			t.Errorf("after %v: %v, and %d bytes were written", after, err, pdf.Len())
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("after %v: %d folders stayed: %v", after, len(left), err)
		}
	}
}
