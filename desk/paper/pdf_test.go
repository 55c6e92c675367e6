package paper_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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

func TestPDF(t *testing.T) {
	t.Parallel()
	path := printed(t, sample(t), report.French)
	if keep := os.Getenv("CONSTAT_KEEP_PDF"); keep != "" {
		b, _ := os.ReadFile(path)
		_ = os.WriteFile(keep, b, 0o600)
	}
	info := run(t, "pdfinfo", path)
	for _, want := range []string{"Notification complémentaire d’une violation", "Tagged:          yes", "JavaScript:      no", "(A4)"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo says no %q of it:\n%s", want, info)
		}
	}
}

func TestPDFIsStopped(t *testing.T) {
	t.Parallel()
	if paper.Browser() == "" {
		t.Skip("needs Chromium, which is not on this machine")
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := paper.PDF(ctx, &bytes.Buffer{}, bare(t), report.French); err == nil {
		t.Error("a PDF was made after it was stopped")
	}
}
