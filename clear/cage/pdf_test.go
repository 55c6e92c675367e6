package cage

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"constat.example/clear/dump"
	"constat.example/internal/failure"
)

// word stands at a place of a page, in points from its lower left corner.
type word struct {
	x, y int
	text string
}

// madePDF is a document of pages; those without words have none.
func madePDF(pages ...[]word) string {
	var contents []string
	for _, words := range pages {
		var b strings.Builder
		b.WriteString("BT /F1 9 Tf\n")
		for _, w := range words {
			fmt.Fprintf(&b, "1 0 0 1 %d %d Tm (%s) Tj\n", w.x, w.y, strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`, "é", `\351`).Replace(w.text))
		}
		b.WriteString("ET")
		contents = append(contents, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", b.Len(), b.String()))
	}
	return pdfOf(contents...)
}

// pdfOf is a document of pages that streams draw.
func pdfOf(contents ...string) string {
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"}
	var kids []string
	for _, c := range contents {
		objects = append(objects, c, fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>", len(objects)+1))
		kids = append(kids, fmt.Sprintf("%d 0 R", len(objects)))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " "))
	var b, places strings.Builder
	b.WriteString("%PDF-1.4\n")
	for i, o := range objects {
		fmt.Fprintf(&places, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, places.String(), len(objects)+1, b.Len())
	return b.String()
}

// peoplePDF is a table of people, as reports print them: a header on each page,
// cells that are empty, and a number below.
func peoplePDF(pages int) string {
	names := []string{"Martin", "Petit", "Le Goff", "Durand-Lefebvre", "O'Brien"}
	given := []string{"Zoé", "Luc", "Ana", "Jean Pierre"}
	if pages > 1 {
		given = append(given, "Marie-Françoise"[:5])
	}
	var all [][]word
	n := 0
	for range pages {
		page := []word{{40, 800, "id"}, {80, 800, "nom"}, {180, 800, "prénom"}, {280, 800, "né le"}, {350, 800, "ville"}, {460, 800, "mail"}}
		for line := range 40 {
			n++
			y := 785 - 15*line
			page = append(page, word{40, y, fmt.Sprint(n)}, word{80, y, names[n%5]}, word{180, y, given[n%len(given)]}, word{280, y, fmt.Sprintf("%02d/%02d/19%02d", 1+n%28, 1+n%12, 50+n%49)})
			if n%7 > 0 {
				page = append(page, word{350, y, []string{"Pau", "Lyon", "Le Mans"}[n%3]})
			}
			page = append(page, word{460, y, fmt.Sprintf("u%d@courriel.example", n)})
		}
		all = append(all, page)
	}
	return madePDF(all...)
}

func prosePDF() string {
	var page []word
	for i, line := range []string{
		"Le bureau a reçu plusieurs plaintes de ses membres, dont celle de Mme"[:16],
		"Mme Martin, qui habite Pau et que l'on joint au 01 99 00 12 34. Elle dit",
		"avoir reçu un courrier à son adresse zoe@courriel.example, et demande"[:10],
		"que tout ce qui la concerne soit oublié.",
	} {
		page = append(page, word{60, 780 - 14*i, line})
	}
	return madePDF(page)
}

// withPDF reads PDF documents, in a child or here.
func withPDF(t testing.TB, c Config) Config {
	t.Helper()
	if _, err := os.Stat(pdfProgram); err != nil {
		t.Skip("pdftotext is not installed: on Debian, apt-get install poppler-utils")
	}
	c.PDF = []string{self(), asPDF}
	r := newPDFReader(c.withDefaults(), nil)
	d, err := r.text(t.Context(), strings.NewReader(madePDF([]word{{9, 9, "x"}})), int64(len(madePDF([]word{{9, 9, "x"}}))))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := io.ReadAll(d); errors.Is(err, dump.PDFNotShutIn) {
		t.Skip("this machine has no Landlock: no PDF document is read")
	}
	return c
}

func TestPDF(t *testing.T) {
	t.Parallel()
	here, child := withPDF(t, Config{}), withPDF(t, caged())
	whole := peoplePDF(3)
	for name, inputs := range map[string][]Input{
		"table":   files(t, "a.pdf", whole),
		"prose":   files(t, "a.pdf", prosePDF()),
		"packed":  files(t, "a.pdf.gz", gz(whole)),
		"big": files(t,"a.pdf", func()string{b,_:=os.ReadFile("/tmp/pdfx/mixed.pdf");return string(b)}()),
		"several": files(t, "a.zip", zipped(t, "b.pdf", whole, "c.csv", people(20), "d.pdf", prosePDF(), "e.pdf", "%PDF-1.4\n")),
		"sealed":  {sealedFile(t, "a.pdf", whole)},
		"scans":   files(t, "a.pdf", madePDF([]word{{60, 700, "Martin"}}, nil, nil)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, err := readAll(t, here, inputs, dump.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(t, child, inputs, dump.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if a, b := fmt.Sprintf("%+v%v%q%q", want.tables, want.account, want.rows, want.samples), fmt.Sprintf("%+v%v%q%q", got.tables, got.account, got.rows, got.samples); a != b {
				t.Errorf("in the cage %.300s where it should be %.300s", b, a)
			}
			t.Logf("%+v\n%v\n%s", got.tables, got.account, strings.Join(got.rows[:min(len(got.rows), 300)], "\n"))
		})
	}
}

// pdfError is how reading a document ends, here and in a child.
func pdfError(t *testing.T, content string, o dump.Options) error {
	t.Helper()
	inputs := files(t, "a.pdf", content)
	var ends []error
	for _, c := range []Config{withPDF(t, Config{}), withPDF(t, caged())} {
		_, err := readAll(t, c, inputs, o)
		ends = append(ends, err)
	}
	if fmt.Sprint(ends[0]) != fmt.Sprint(ends[1]) || failure.HintOf(ends[0]) != failure.HintOf(ends[1]) {
		t.Errorf("in a child %v, here %v", ends[1], ends[0])
	}
	return ends[1]
}

func TestPDFRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, want string }{
		{"nothing behind the mark", "%PDF-1.7\n", "damaged or cut short"},
		{"noise", "%PDF-1.7\n" + strings.Repeat("\x00\xff\x07endobj obj", 5000), "damaged or cut short"},
		{"cut short", peoplePDF(1)[:900], "damaged or cut short"},
		{"scans", madePDF(nil, nil), "page without text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := pdfError(t, c.content, dump.Options{})
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("%v (%s)", err, failure.HintOf(err))
			}
		})
	}
}

var _ = []any{bytes.NewReader, zlib.NewWriter, context.Background, net.Dial, exec.Command, filepath.Join, runtime.GOOS, time.Now}
