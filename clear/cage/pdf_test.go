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
	"syscall"
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

// peoplePDF is a table of people, as reports print them: a title, a header and
// a number on each page, and cells that are empty.
func peoplePDF(pages int) string {
	var all [][]word
	n := 0
	for p := range pages {
		page := []word{
			{200, 825, "Liste des adhérents"},
			{280, 20, fmt.Sprintf("Page %d", p+1)},
			{40, 790, "id"},
			{80, 790, "nom"},
			{180, 790, "prénom"},
			{280, 790, "né le"},
			{350, 790, "ville"},
			{460, 790, "courriel"},
		}
		for line := range 40 {
			n++
			for i, cell := range person(n) {
				if cell != "" {
					page = append(page, word{[]int{40, 80, 180, 280, 350, 460}[i], 775 - 15*line, cell})
				}
			}
		}
		all = append(all, page)
	}
	return madePDF(all...)
}

// person is the row of somebody invented. The first who lives somewhere with a
// long name is far from the first page.
func person(n int) []string {
	town := []string{"Pau", "Lyon", "Le Mans", ""}[n%4]
	if n > 100 && n%4 == 0 {
		town = "Saint-Bé-en-Laye"
	}
	return []string{
		fmt.Sprint(n), []string{"Martin", "Petit", "Le Goff", "Durand-Lefebvre", "O'Brien"}[n%5], []string{"Zoé", "Luc", "Jean Pierre"}[n%3],
		fmt.Sprintf("%02d/%02d/19%02d", 1+n%28, 1+n%12, 50+n%49), town, fmt.Sprintf("u%d@courriel.example", n),
	}
}

var prose = []string{
	"Le bureau a eu des plaintes de ses membres, dont celle de Mme Martin,",
	"qui habite Pau et que l'on joint au 01 99 00 12 34. Elle dit avoir vu son",
	"adresse zoe@courriel.example dans un courrier, et demande",
	"que tout ce qui la concerne soit oublié.",
}

func prosePDF() string {
	var page []word
	for i, line := range prose {
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
	if err := convert(t, newPDFReader(c.withDefaults(), nil), madePDF([]word{{9, 9, "x"}})); errors.Is(err, dump.PDFNotShutIn) {
		t.Skip("this machine has no Landlock: no PDF document is read")
	}
	return c
}

// convert has the program read a document, and says how it ended.
func convert(t testing.TB, r *pdfReader, content string) error {
	t.Helper()
	d, err := r.text(t.Context(), strings.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, d)
	return errors.Join(err, d.Close())
}

func TestPDF(t *testing.T) {
	t.Parallel()
	here, child := withPDF(t, Config{}), withPDF(t, caged())
	whole := peoplePDF(3)
	for name, inputs := range map[string][]Input{
		"table":   files(t, "a.pdf", whole),
		"prose":   files(t, "a.pdf", prosePDF()),
		"packed":  files(t, "a.pdf.gz", gz(whole)),
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
		})
	}
}

// TestPDFRows: what is printed as a table is one again, and what is not is text.
func TestPDFRows(t *testing.T) {
	t.Parallel()
	got, err := readAll(t, withPDF(t, caged()), files(t, "a.pdf", peoplePDF(3), "b.pdf", prosePDF()), dump.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, text := range []string{"Liste des adhérents", "Page 1", "Liste des adhérents", "Page 2", "Liste des adhérents", "Page 3"} {
		want = append(want, fmt.Sprintf("0 %d|%q", len(want)+1, text))
	}
	for n := range 120 {
		row := fmt.Sprintf("1 %d", len(want)+1)
		for _, cell := range person(n + 1) {
			row += fmt.Sprintf("|%q", cell)
		}
		want = append(want, row)
	}
	for _, line := range prose {
		want = append(want, fmt.Sprintf("2 %d|%q", len(want)+1, line))
	}
	for i, row := range want {
		if i >= len(got.rows) || got.rows[i] != row {
			t.Fatalf("row %d of %d is not %s", i, len(got.rows), row)
		}
	}
	if len(got.rows) != len(want) || len(got.account.Rejects) > 0 || strings.Join(got.tables[1].Columns, " ") != "id nom prénom né le ville courriel" || got.tables[1].Format != "CSV, PDF" {
		t.Errorf("%d rows, %+v of %+v", len(got.rows), got.account.Rejects, got.tables)
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

// TestPDFPassword: a document that needs a password is told from a broken one.
func TestPDFPassword(t *testing.T) {
	t.Parallel()
	gs, err := exec.LookPath("gs")
	if err != nil {
		t.Skip("Ghostscript is not installed, which makes a document with a password: on Debian, apt-get install ghostscript")
	}
	dir := t.TempDir()
	plain, locked := filepath.Join(dir, "plain.pdf"), filepath.Join(dir, "locked.pdf")
	if err := os.WriteFile(plain, []byte(prosePDF()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ word, want string }{{"-sUserPassword=secret", "needs a password"}, {"-sUserPassword=", ""}} {
		if out, err := exec.CommandContext(t.Context(), gs, "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-sOwnerPassword=owner", "-dEncryptionR=3", "-dKeyLength=128", c.word, "-o", locked, plain).CombinedOutput(); err != nil {
			t.Skipf("Ghostscript makes no such document: %s", out)
		}
		content, err := os.ReadFile(locked)
		if err != nil {
			t.Fatal(err)
		}
		err = pdfError(t, string(content), dump.Options{})
		if c.want == "" && err != nil || c.want != "" && (failure.CodeOf(err) != failure.BadInput || !strings.Contains(fmt.Sprint(err), c.want)) {
			t.Errorf("%s: %v", c.word, err)
		}
	}
}

// TestPDFWithoutProgram: nobody there reads them, and that is said.
func TestPDFWithoutProgram(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{}, caged(), {PDF: []string{self(), asOther, filepath.Join(t.TempDir(), "none")}}} {
		_, err := readAll(t, c, files(t, "a.pdf", prosePDF()), dump.Options{})
		if failure.CodeOf(err) != failure.BadInput || !strings.Contains(failure.HintOf(err), "poppler-utils") || !strings.Contains(err.Error(), "is a PDF document") {
			t.Errorf("%v (%s)", err, failure.HintOf(err))
		}
	}
}

// heavyPDF is a small document that unpacks to a great deal of text.
func heavyPDF(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = io.WriteString(w, "BT /F1 9 Tf\n")
	for range 1 << 16 {
		_, _ = io.WriteString(w, strings.Repeat("1 0 0 1 9 9 Tm (aa bb) Tj\n", 128))
	}
	_, _ = io.WriteString(w, "ET")
	_ = w.Close()
	return pdfOf(fmt.Sprintf("<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", b.Len(), b.String()))
}

// TestPDFBounds: what goes on and on is ended, and what comes of it told.
func TestPDFBounds(t *testing.T) {
	t.Parallel()
	reader := func(words ...string) *pdfReader {
		r := newPDFReader(Config{PDF: append([]string{self()}, words...)}.withDefaults(), nil)
		r.stall = time.Second
		return r
	}
	withPDF(t, Config{})
	small := reader(asPDF)
	small.most = 1000
	spent := reader(asPDF)
	spent.left.Store(0)
	for name, c := range map[string]struct {
		reader  *pdfReader
		content string
		want    error
	}{
		"heavy":            {reader(asPDF), heavyPDF(t), dump.PDFFailed},
		"too much":         {small, peoplePDF(1), dump.PDFTooMuch},
		"no time left":     {spent, prosePDF(), dump.PDFFailed},
		"never ends":       {reader(asFakePDF, "endless"), prosePDF(), dump.PDFFailed},
		"never reads":      {reader(asFakePDF, "silent"), strings.Repeat("x", 4<<20), dump.PDFFailed},
		"never says":       {reader(asFakePDF, "silent"), "x", dump.PDFFailed},
		"stays":            {reader(asFakePDF, "stays"), "x", dump.PDFFailed},
		"is gone":          {reader(asFakePDF, "gone"), strings.Repeat("x", 4<<20), dump.PDFBroken},
		"dies":             {reader(asFakePDF, "dies"), "x", dump.PDFFailed},
		"cannot be shut":   {reader(asFakePDF, "112"), "x", dump.PDFNotShutIn},
		"is not there":     {reader(asFakePDF, "113"), "x", dump.PDFNoProgram},
		"tells of trouble": {reader(asFakePDF, "trouble"), "x", dump.PDFDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.reader.command[1] == asFakePDF && c.reader.command[2] == "endless" {
				c.reader.most = 64 << 20
				c.want = dump.PDFTooMuch
			}
			if name != "heavy" && name != "stays" && !strings.HasPrefix(name, "never ") {
				c.reader.stall = time.Minute // it ends by itself, however slow the machine
			}
			start := time.Now()
			if err := convert(t, c.reader, c.content); !errors.Is(err, c.want) {
				t.Errorf("ended with %v", err)
			}
			if d := time.Since(start); d > 30*time.Second {
				t.Errorf("after %v", d)
			}
			if left := c.reader.left.Load(); left >= leastSeconds*int64(time.Second) {
				t.Error("its time was not counted")
			}
		})
	}
}

// pretendPDF is a program in the place of the one that reads documents.
func pretendPDF(what string) {
	switch what {
	case "endless":
		for {
			if _, err := os.Stdout.WriteString(strings.Repeat("<word>", 1000)); err != nil {
				return
			}
		}
	case "silent":
		time.Sleep(time.Minute)
	case "stays":
		_ = os.Stdout.Close()
		time.Sleep(time.Minute)
	case "gone":
		os.Exit(1)
	case "dies":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "112":
		os.Exit(codeNotShutIn)
	case "113":
		os.Exit(codeNoProgram)
	case "trouble":
		_, _ = os.Stderr.WriteString("Syntax Error: Martin, Jeanne\n")
	}
}

// TestPDFStopped: whoever is stopped while a document is read leaves no process.
func TestPDFStopped(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{}, caged()} {
		c.PDF = []string{self(), asFakePDF, "silent"}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(300*time.Millisecond, cancel)
		start := time.Now()
		_, err := Open(ctx, c, files(t, "a.pdf", prosePDF()), dump.Options{})
		if !errors.Is(err, context.Canceled) || time.Since(start) > 20*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	}
}

// TestPDFEscape runs another program in the place of the one that reads
// documents, which tries to get out and tells what it could do.
func TestPDFEscape(t *testing.T) {
	t.Parallel()
	const perl = "/usr/bin/perl"
	withPDF(t, Config{})
	if _, err := os.Stat(perl); err != nil {
		t.Skip("perl is not installed, which plays the program that was taken over")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	there := filepath.Join(dir, "there")
	if err := os.WriteFile(there, []byte("x"), 0o666); err != nil { //nolint:gosec // to be opened by whoever can
		t.Fatal(err)
	}
	script := `
		$| = 1;
		sub n { my ($what, $ok) = @_; print "$what\n" if $ok; }
		my ($dir, $parent, $amd64) = @ARGV;
		my ($name, $limits, $zeros) = ("x", pack("QQ", 32, 32), pack("x120"));
		print "begun\n";
		n("its libraries", opendir(my $lib, "/usr/lib"));
		n("read accounts", open(my $a, "<", "/etc/passwd"));
		n("read a dump", open(my $b, "<", "$dir/there"));
		n("read a process", open(my $c, "<", "/proc/self/environ"));
		n("read a device", open(my $d, "<", "/dev/zero"));
		n("look at a folder", opendir(my $e, "/etc"));
		n("write a file", open(my $f, ">", "$dir/new"));
		n("change a file", open(my $g, ">>", "$dir/there"));
		n("make a folder", mkdir("$dir/folder"));
		n("remove a file", unlink("$dir/there"));
		n("rename a file", rename("$dir/there", "$dir/here"));
		n("link a file", link("$dir/there", "$dir/here"));
		n("let others in", chmod(0777, "$dir/there"));
		n("a TCP socket", socket(my $h, 2, 1, 0));
		n("a local socket", socket(my $i, 1, 1, 0));
		n("a kernel socket", socket(my $j, 16, 3, 0));
		n("a pair of sockets", socketpair(my $k, my $l, 1, 1, 0));
		my $pid = fork;
		exit if defined $pid && $pid == 0;
		n("a process", defined $pid);
		n("signal the parent", kill(0, $parent));
		n("signal everybody", kill(0, -1));
		if ($amd64) {
			n("a file in memory", syscall(319, $name, 0) >= 0);
			n("raise a limit", syscall(160, 7, $limits) == 0);
			n("raise a limit otherwise", syscall(302, 0, 7, $limits, 0) == 0);
			n("trace", syscall(101, 0, 0, 0, 0) == 0);
			n("memory to run", syscall(9, 0, 4096, 5, 0x22, -1, 0) != -1);
			n("a thread", syscall(435, 0, 0) >= 0);
			n("leave a namespace", syscall(272, 0) == 0);
			n("be looked into", syscall(157, 4, 1, 0, 0, 0) == 0);
			n("outlive the parent", syscall(157, 1, 0, 0, 0, 0) == 0);
			n("io_uring", syscall(425, 1, $zeros) >= 0);
			n("bpf", syscall(321, 0, $zeros, 120) >= 0);
		}
		n("start a program", system("/bin/true") == 0);
		print "ended\n";
		{ no warnings; exec "/bin/echo", "another program"; }
		exit 0;`
	cmd := exec.CommandContext(t.Context(), self(), asOther, perl, "-", dir, fmt.Sprint(os.Getpid()), fmt.Sprint(runtime.GOARCH == "amd64")[:1])
	if runtime.GOARCH != "amd64" {
		cmd.Args[len(cmd.Args)-1] = ""
	}
	cmd.Stdin = strings.NewReader(script)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got := strings.Fields(strings.ReplaceAll(string(out), " ", "_")); strings.Join(got, " ") != "begun its_libraries ended" {
		t.Errorf("it could: %q", got)
	}
	if after, err := os.ReadFile(there); err != nil || string(after) != "x" {
		t.Errorf("a file was changed: %v", err)
	}
}
