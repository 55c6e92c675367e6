package dump

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"constat.example/internal/failure"
)

func gz(t testing.TB, parts ...string) string {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(p)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func zst(t testing.TB, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(w.EncodeAll([]byte(text), nil))
}

// zipped makes an archive of names and contents in turn. A name that begins
// with "!" is marked as encrypted.
func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		h := &zip.FileHeader{Name: strings.TrimPrefix(files[i], "!"), Method: zip.Deflate}
		if strings.HasPrefix(files[i], "!") {
			h.Flags |= 1
		}
		m, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func numbered(n int) string {
	var b strings.Builder
	b.WriteString("id;nom;ville\n")
	for i := range n {
		fmt.Fprintf(&b, "%d;Martin%d;Lyon%d\n", i, i*7919%1000, i*104729%1000)
	}
	return b.String()
}

func TestPacked(t *testing.T) {
	t.Parallel()
	text := numbered(20_000)
	packed := gz(t, text)
	for _, c := range []struct {
		name    string
		content string
		options Options
		rows    int // at least one and fewer than all where -1
		tables  int
		rejects map[string]int64
	}{
		{name: "gzip", content: packed, rows: 20_000, tables: 1},
		{name: "gzip of two members", content: gz(t, text, "20000;Petit;Pau\n"), rows: 20_001, tables: 1},
		{name: "gzip cut short", content: packed[:len(packed)/2-333], rows: -1, tables: 1, rejects: map[string]int64{"compressed data is cut short": 1, "row cut short by the end of the data": 1}},
		{name: "gzip with bytes after its end", content: packed + "some garbage bytes", rows: 20_000, tables: 1, rejects: map[string]int64{"bytes after the end of the compressed data": 1}},
		{name: "gzip with a wrong checksum", content: packed[:len(packed)-8] + "\x00\x00\x00\x00" + packed[len(packed)-4:], rows: 20_000, tables: 1, rejects: map[string]int64{"compressed data is damaged": 1}},
		{name: "zstd", content: zst(t, text), rows: 20_000, tables: 1},
		{name: "zstd cut short", content: zst(t, text)[:15_000], rows: -1, tables: 1, rejects: map[string]int64{"compressed data is cut short": 1, "row cut short by the end of the data": 1}},
		{name: "bomb", content: packed, options: Options{MaxDecoded: 300_000}, rows: -1, tables: 1, rejects: map[string]int64{"unpacks to far more than it should": 1, "row cut short by the end of the data": 1}},
		{
			name:    "zip of several members",
			content: zipped(t, "a.csv", "id;nom\n1;x\n2;y\n", "b/", "", "b/c.jsonl", "{\"a\":1}\n", "!d.csv", "e", "e.bin", "\x00\x01\x02\x03\x00\x07\x08\xff\x00", "f.zip", zipped(t, "x", "y"), "g.csv", "", "../h.csv", "i", `C:\j.csv`, "k"),
			rows:    4, tables: 3, rejects: map[string]int64{"encrypted member": 1, "member is not in a format that is read": 1, "empty member": 1, "name that leads out of the archive": 2},
		},
		{name: "zip in zstd in gzip", content: gz(t, zst(t, zipped(t, "a.csv", text, "b.zip", zipped(t, "c.csv.gz", gz(t, text))))), rows: 40_000, tables: 2},
		{
			name: "packed more often than is allowed", content: zipped(t, "a.csv", "id;nom\n1;x\n", "b.gz", gz(t, gz(t, text))), options: Options{Depth: 2},
			rows: 1, tables: 1, rejects: map[string]int64{"packed too many times over": 1},
		},
		{name: "barred", content: zipped(t, "a.csv", "id;nom\n1;x\n", "b.csv", text), options: Options{Barred: []string{"a/b.csv"}}, rows: 1, tables: 1, rejects: map[string]int64{"the reader failed on it": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := file(t, "a", c.content)
			d, err := Open(context.Background(), sourcesOf(t, path), c.options)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Tables) != c.tables {
				t.Errorf("tables %+v", d.Tables)
			}
			s := scanAll(t, d)
			if len(s.rows) != c.rows && !(c.rows < 0 && len(s.rows) > 0 && len(s.rows) < 20_000) {
				t.Errorf("%d rows, want %d", len(s.rows), c.rows)
			}
			expectRejects(t, s.account, c.rejects)
			if s.account.BytesAccounted != int64(len(c.content)) {
				t.Errorf("%d bytes of %d accounted for", s.account.BytesAccounted, len(c.content))
			}
			if _, err := d.Sample(context.Background(), 0, 10); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		name, path, want string
	}{
		{"missing", filepath.Join(dir, "none\x1b[2J.csv"), "no such file"},
		{"directory", dir, "is a directory"},
		{"empty", file(t, "a.csv", ""), "is empty"},
		{"blanks", file(t, "a.csv", " \n\n"), "holds no row"},
		{"noise", file(t, "a.csv", "\x07\x93\x02\xfe\x00\x11\x18\x03\x9c\xe1\x15\x06\x0e"), "binary noise"},
		{"SQL", file(t, "a.sql", "-- MySQL dump 10.13\n\n/*!40101 SET NAMES utf8 */;\n"), "holds no table"},
		{"PostgreSQL", file(t, "a.sql", "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET x = 0;\n"), "holds no table"},
		{"SQL in gzip", file(t, "a.sql.gz", gz(t, "DROP TABLE a;\n")), "holds no table"},
		{"PDF", file(t, "a.pdf", "%PDF-1.7\n"), "PDF"},
		{"HTML without a table", file(t, "a.html", "<!doctype html><p>a"), "HTML"},
		{"Parquet", file(t, "a.parquet", "PAR1\x00\x00"), "Parquet"},
		{"Word", file(t, "a.docx", zipped(t, "[Content_Types].xml", "<a/>", "word/document.xml", "<a/>")), "Word"},
		{"encrypted zip", file(t, "a.zip", zipped(t, "!a.csv", "abc")), "encrypted"},
		{"zip without files", file(t, "a.zip", zipped(t)), "holds no file"},
		{"zip cut short", file(t, "a.zip", zipped(t, "a.csv", "id;nom\n1;x\n")[:33]), "damaged"},
		{"gzip cut in its header", file(t, "a.gz", gz(t, "abc")[:5]), "cut short"},
		{"gzip of nothing", file(t, "a.gz", gz(t, "")), "is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sources, done, err := Files([]string{c.path})
			if err == nil {
				defer done()
				_, err = Open(context.Background(), sources, Options{})
			}
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, hint %q", err, failure.HintOf(err))
			}
			if strings.ContainsAny(err.Error(), "\x1b/") {
				t.Errorf("the error shows more than a clean base name: %q", err.Error())
			}
		})
	}
}

func TestOrdinalsCountTheWholeDump(t *testing.T) {
	t.Parallel()
	s := scanAll(t, openAll(t, file(t, "a.csv", "id;nom;ville\n1;a;b\n2\n3;c;d\n"), file(t, "b.jsonl", "{\"x\":1}\n{\n{\"x\":2}\n")))
	if fmt.Sprint(s.ordinal, s.table) != "[1 3 4 6] [0 0 1 1]" {
		t.Errorf("ordinals %v of tables %v", s.ordinal, s.table)
	}
	for _, r := range s.account.Rejects {
		if r.First[0].Row != map[int]int64{0: 2, 1: 5}[r.Input] {
			t.Errorf("reject %+v", r)
		}
	}
}

func TestSampleIsSpread(t *testing.T) {
	t.Parallel()
	text := numbered(1_200_000) // beyond sampleSeek
	for name, path := range map[string]string{"plain": file(t, "a.csv", text), "packed": file(t, "a.csv.zst", zst(t, text))} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openAll(t, path)
			b, err := d.Sample(t.Context(), 0, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if b.Rows() < 900 || b.Rows() > 1000 {
				t.Fatalf("%d rows", b.Rows())
			}
			late := 0
			for r := range b.Rows() {
				if len(b.Cell(r, 0)) == 7 {
					late++
				}
			}
			if late < 100 || late > 250 { // of the last sixth
				t.Errorf("%d rows of the last 200,000", late)
			}
		})
	}
}

func TestScanStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	d := openAll(t, file(t, "a.csv", numbered(200_000)))
	cancel()
	if _, err := d.Scan(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
