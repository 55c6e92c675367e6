package dump

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"constat.example/internal/failure"
)

// printed is what the program says of pages. A page is lines; a line is cells
// with the place each begins at, "40|Martin 180|Zoé", 14 points under the line
// before, or where "+30" stands ahead of it so much further down.
func printed(pages ...string) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<head>\n<title>Martin</title>\n</head>\n<doc>\n")
	for _, page := range pages {
		b.WriteString("  <page width=\"595.000000\" height=\"842.000000\">\n")
		y := 40.0
		for line := range strings.Lines(page) {
			y += 14
			x := 0.0
			for _, w := range strings.Fields(line) {
				var more float64
				if _, err := fmt.Sscanf(w, "+%g", &more); err == nil {
					y += more
					continue
				}
				if at, text, ok := strings.Cut(w, "|"); ok {
					_, _ = fmt.Sscanf(at, "%g", &x)
					w = text
				}
				to := x + 4.5*float64(len([]rune(w)))
				fmt.Fprintf(&b, "    <word xMin=\"%f\" yMin=\"%f\" xMax=\"%f\" yMax=\"%f\">%s</word>\n", x, y, to, y+9, html.EscapeString(w))
				x = to + 2.5
			}
		}
		b.WriteString("  </page>\n")
	}
	b.WriteString("</doc>\n")
	return b.String()
}

// withText reads a document of whose words a program says words, and then ends as end.
func withText(t testing.TB, words string, end error) (*Dump, error) {
	t.Helper()
	d, err := Open(t.Context(), sourcesOf(t, file(t, "a.pdf", "%PDF-1.7\n")), Options{PDFText: func(context.Context, io.ReaderAt, int64) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(words), iotest.ErrReader(end))), nil
	}})
	if err == nil {
		t.Cleanup(func() { _ = d.Close() })
	}
	return d, err
}

func TestPDFLayout(t *testing.T) {
	t.Parallel()
	const header = "40|id 80|nom 200|ville 300|montant\n"
	for _, c := range []struct {
		name  string
		pages []string
		want  map[string][]string // by table, its columns and rows
	}{
		{
			"a table over pages, with a header on each",
			[]string{header + "40|1 80|Martin 200|Pau 310|12\n40|2 80|Petit 200|Le Mans 305|125\n40|3 80|Le Goff 310|12\n", header + "40|4 80|Roux 200|Lyon 310|15\n"},
			map[string][]string{"a.pdf/a.csv": {"id nom ville montant", "1|Martin|Pau|12", "2|Petit|Le Mans|125", "3|Le Goff||12", "4|Roux|Lyon|15"}},
		},
		{
			"a column of which the first page has little",
			[]string{header + "40|1 80|Martin\n40|2 80|Petit\n40|3 80|Roux 200|Pau\n", header + "40|4 80|Roux 200|Lyon 310|15\n40|5 80|Petit 200|Pau 310|16\n"},
			map[string][]string{"a.pdf/a.csv": {"id nom ville montant", "1|Martin||", "2|Petit||", "3|Roux|Pau|", "4|Roux|Lyon|15", "5|Petit|Pau|16"}},
		},
		{
			"cells that nearly touch",
			[]string{header + "40|1 80|Martin 200|Pau 310|12\n40|2 80|Durand de la Tour Lefebvre 200|Lyon 310|13\n40|3 80|Petit 200|Pau 310|14\n"},
			map[string][]string{"a.pdf/a.csv": {"id nom ville montant", "1|Martin|Pau|12", "2|Durand de la Tour Lefebvre|Lyon|13", "3|Petit|Pau|14"}},
		},
		{
			"two tables and what stands around",
			[]string{"200|Adhérents\n+20 " + header + "40|1 80|Martin 200|Pau 310|12\n40|2 80|Petit 200|Lyon 310|13\n40|3 80|Roux 200|Pau 310|14\n+40 60|nom 150|courriel\n60|Martin 150|a@courriel.example\n60|Petit 150|b@courriel.example\n60|Roux 150|c@courriel.example\n+40 280|fin\n"},
			map[string][]string{
				"a.pdf/a.txt":   {"column 1", "Adhérents", "fin"},
				"a.pdf/a.1.csv": {"id nom ville montant", "1|Martin|Pau|12", "2|Petit|Lyon|13", "3|Roux|Pau|14"},
				"a.pdf/a.2.csv": {"nom courriel", "Martin|a@courriel.example", "Petit|b@courriel.example", "Roux|c@courriel.example"},
			},
		},
		{
			"prose",
			[]string{"60|Mme Martin, qui habite Pau, a demandé, par lettre, \"l'oubli\" de tout.\n60|Elle joint copie, datée, de sa carte, et signe.\n60|Le 12 mai, à Pau.\n"},
			map[string][]string{"a.pdf/a.txt": {"column 1", "Mme Martin, qui habite Pau, a demandé, par lettre, \"l'oubli\" de tout.", "Elle joint copie, datée, de sa carte, et signe.", "Le 12 mai, à Pau."}},
		},
		{
			"forms",
			[]string{"40|Nom : 120|Martin 300|Prénom : 380|Zoé\n40|Ville : 120|Pau\n", "40|Nom : 120|Petit 300|Prénom : 380|Luc\n40|Ville : 120|Lyon\n", "40|Nom : 120|Roux 300|Prénom : 380|Ana\n40|Ville : 120|Le Mans\n"},
			map[string][]string{"a.pdf/a.txt": {"Nom Prénom Ville", "Martin|Zoé|Pau", "Petit|Luc|Lyon", "Roux|Ana|Le Mans"}},
		},
		{
			"marks in cells",
			[]string{"40|nom 120|ville\n40|x\"y, 120|<1>\n40|;& 120|2\n40|z 120|3\n"},
			map[string][]string{"a.pdf/a.csv": {"nom ville", "x\"y,|<1>", ";&|2", "z|3"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := withText(t, printed(c.pages...), io.EOF)
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			got := map[string][]string{}
			for _, tab := range d.Tables {
				got[tab.Name] = []string{strings.Join(tab.Columns, " ")}
			}
			for i, row := range s.rows {
				name := d.Tables[s.table[i]].Name
				got[name] = append(got[name], strings.Join(row, "|"))
			}
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
				t.Errorf("got\n%q\nwant\n%q", got, c.want)
			}
			expectRejects(t, s.account, nil)
		})
	}
}

func TestPDFTroubles(t *testing.T) {
	t.Parallel()
	page := "40|a 120|b\n40|1 120|2\n40|3 120|4\n40|5 120|6\n"
	for _, c := range []struct {
		name    string
		words   string
		end     error
		rejects map[string]int64 // nil: nothing is read
		want    string
	}{
		{"whole", printed(page), io.EOF, map[string]int64{}, ""},
		{"pages without text", printed(page, "", "", page), io.EOF, map[string]int64{"page without text, such as a scan": 2}, ""},
		{"only pages without text", printed("", ""), io.EOF, nil, "page without text, such as a scan"},
		{"no page", "", io.EOF, nil, "page without text"},
		{"damaged", printed(page), PDFDamaged, map[string]int64{"damaged document, of which text may be missing": 1}, ""},
		{"damaged and without text", printed(""), PDFDamaged, nil, "page without text"},
		{"too much", printed(page), PDFTooMuch, map[string]int64{"unpacks to far more than it should": 1}, ""},
		{"failed at last", printed(page), PDFFailed, map[string]int64{"the reader failed on it": 1}, ""},
		{"failed at once", "", PDFFailed, nil, "the reader failed on it"},
		{"locked", "", PDFLocked, nil, "needs a password"},
		{"broken", "", PDFBroken, nil, "damaged or cut short"},
		{"no program", "", PDFNoProgram, nil, "is a PDF document, and no program is installed"},
		{"not shut in", "", PDFNotShutIn, nil, "cannot be shut in on this machine"},
		{"a word too long", strings.Replace(printed(page), ">6<", ">"+strings.Repeat("x", pdfWordBytes)+"<", 1), io.EOF, map[string]int64{"damaged document, of which text may be missing": 1}, ""},
		{"half a word", strings.Replace(printed(page), ">6</word>", ">6</wo", 1), io.EOF, map[string]int64{"damaged document, of which text may be missing": 1}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := withText(t, c.words, c.end)
			if c.rejects == nil {
				if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v (%s)", err, failure.HintOf(err))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			if len(s.rows) < 2 {
				t.Errorf("%d rows", len(s.rows))
			}
			expectRejects(t, s.account, c.rejects)
		})
	}
	other := errors.New("the machine's")
	if _, err := withText(t, printed(page), other); !errors.Is(err, other) {
		t.Errorf("trouble of the machine: %v", err)
	}
	if _, err := Open(t.Context(), []Source{{Name: "a.pdf", Size: MaxPDF + 1, At: iotestZeros("%PDF-1.7\n")}}, Options{PDFText: func(context.Context, io.ReaderAt, int64) (io.ReadCloser, error) {
		t.Error("it is asked about")
		return nil, nil
	}}); err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("too large a document: %v", err)
	}
}

// iotestZeros is a large file that begins so.
type iotestZeros string

func (z iotestZeros) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	if at < int64(len(z)) {
		copy(p, z[at:])
	}
	return len(p), nil
}

// TestPDFMagic: only what is one is taken for a document.
func TestPDFMagic(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]bool{
		"%PDF-1.4\n": true,
		"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\r\n1 0 obj\n":    true,
		"\n%PDF-2.0\n%\xe2\xe3\n1 0 obj":                  true,
		"\n%PDF-1.4\n":                                    false, // no object
		"id;mark\n1;%PDF-1.4\n2 0 obj":                    false,
		"marks\n%PDF-1.4;x\n 0 obj":                       false,
		strings.Repeat("x", 2000) + "\n%PDF-1.4\n1 0 obj": false,
		"%PDF": false,
		"":     false,
	} {
		if got := (pdfContainer{}).magic([]byte(head)); got != want {
			t.Errorf("%.30q: %v", head, got)
		}
	}
}

// FuzzPDFLayout lays out words at any places.
func FuzzPDFLayout(f *testing.F) {
	for _, words := range layouts() {
		f.Add(words)
	}
	f.Fuzz(layOut)
}

func layouts() []string {
	return []string{
		printed("40|a 120|b\n40|1 120|2\n40|3 120|4\n40|5 120|6\n", "40|Nom : 120|Martin\n", "", "60|Elle joint copie, datée, de sa carte, et \"signe\".\n"),
		"<page >\n<word xMin=\"NaN\" yMin=\"1e999\" xMax=\"-5\" yMax=\"\">a&lt;</word>\n</page>\n",
	}
}

// TestPDFLayoutOfAnything lays out words at random places, some of them damaged.
func TestPDFLayoutOfAnything(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it reads thousands of files one after the other, which shows nothing to the race detector")
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var b strings.Builder
		for range r.IntN(3) + 1 {
			b.WriteString("<page >\n")
			grid := float64(r.IntN(60) + 1)
			for range r.IntN(80) {
				x, y, w := grid*float64(r.IntN(20)), 12*float64(r.IntN(20)), r.Float64()*60
				fmt.Fprintf(&b, "<word xMin=\"%f\" yMin=\"%f\" xMax=\"%f\" yMax=\"%f\">w%d</word>\n", x, y, x+w, y+10, r.IntN(1000))
			}
			b.WriteString("</page>\n")
		}
		layOut(t, b.String())
		damaged := []byte(b.String())
		for range 5 {
			damaged[r.IntN(len(damaged))] = "\x00\n\"<>:&9-"[r.IntN(9)]
		}
		layOut(t, string(damaged))
	}
}

// layOut lays out what a program says: no word is lost or doubled, and how it is
// handed over changes nothing.
func layOut(t *testing.T, text string) {
	lay := func(in io.Reader) (string, *pdfLayout) {
		p := newPDFLayout(in)
		out, err := io.ReadAll(p)
		if err != nil && !errors.Is(err, PDFDamaged) {
			t.Fatal(err)
		}
		return string(out), p
	}
	out, p := lay(strings.NewReader(text))
	if again, _ := lay(iotest.OneByteReader(strings.NewReader(text))); again != out {
		t.Fatal("another layout of the same words")
	}
	var want, got []byte
	for line := range bytes.Lines([]byte(text)) {
		if line = bytes.TrimSpace(line); bytes.HasPrefix(line, []byte("<word ")) {
			w, _ := readPDFWord(line)
			want = append(want, strings.Join(strings.Fields(w.text), "")...)
		}
	}
	total := int64(0)
	for number, n := range p.sizes {
		total += n
		plain, err := io.ReadAll(newPDFPart(io.NopCloser(strings.NewReader(out)), number, false))
		if err != nil || int64(len(plain)) != n {
			t.Fatalf("part %d has %d bytes, not %d: %v", number, len(plain), n, err)
		}
		cells := string(plain)
		if number > 0 {
			for line := range strings.Lines(cells) {
				line = strings.TrimSuffix(strings.TrimPrefix(line, `"`), "\"\n")
				for cell := range strings.SplitSeq(line, `","`) {
					got = append(got, strings.Join(strings.Fields(strings.ReplaceAll(cell, `""`, `"`)), "")...)
				}
			}
			continue
		}
		got = append(got, strings.Join(strings.Fields(cells), "")...)
		prose, err := io.ReadAll(newPDFPart(io.NopCloser(iotest.OneByteReader(strings.NewReader(out))), number, true))
		if err != nil || len(prose) < len(plain) {
			t.Fatal("prose loses text")
		}
	}
	if strings.Contains(text, `","`) || strings.Contains(text, "&") {
		return // cells are not told apart that simply
	}
	slices.Sort(want)
	slices.Sort(got)
	if !bytes.Equal(want, got) {
		t.Fatalf("words %q became %q", want, got)
	}
}
