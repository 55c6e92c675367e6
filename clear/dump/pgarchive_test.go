package dump

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"constat.example/internal/pgtest"
)

// pgWriter writes archives of any version, to test those that the pg_dump at
// hand does not make.
type pgWriter struct {
	bytes.Buffer
	minor int
}

func (w *pgWriter) int(v int) {
	sign := byte(0)
	if v < 0 {
		sign, v = 1, -v
	}
	w.WriteByte(sign)
	w.Write(binary.LittleEndian.AppendUint32(nil, uint32(v)))
}

func (w *pgWriter) text(s string) {
	w.int(len(s))
	w.WriteString(s)
}

// pgTableData is a table of an archive.
type pgTableData struct {
	name, columns, copy, rows string
	blobs                     bool
}

// archive writes a custom archive, its data packed as said; known says whether
// the table of contents has the offsets of the data.
func (w *pgWriter) archive(t testing.TB, packing byte, known bool, tables ...pgTableData) []byte {
	t.Helper()
	var blocks [][]byte
	for i, table := range tables {
		block := &pgWriter{}
		if table.blobs {
			block.WriteByte(pgBlobs)
			block.int(2*i + 4)
			block.int(16400)
			block.text(table.rows)
			block.int(0)
			block.int(0)
		} else {
			block.WriteByte(pgData)
			block.int(2*i + 4)
			for piece := range slices.Chunk(pgPacked(t, packing, table.rows), 50) {
				block.text(string(piece))
			}
			block.int(0)
		}
		blocks = append(blocks, block.Bytes())
	}
	toc := func(offset int) []byte {
		h := &pgWriter{minor: w.minor}
		h.WriteString(pgMark)
		h.Write([]byte{1, byte(w.minor), 0, 4, 8, pgCustom})
		if w.minor >= 15 {
			h.WriteByte(packing)
		} else {
			h.int(int(packing))
		}
		for range 7 {
			h.int(1)
		}
		h.text("d")
		h.text("18.0")
		h.text("18.0")
		h.int(2 + 2*len(tables))
		h.entry(1, "ENCODING", "", "ENCODING", "SET client_encoding = 'UTF8';\n", "", -1)
		h.entry(2, "STDSTRINGS", "", "STDSTRINGS", "SET standard_conforming_strings = 'on';\n", "", -1)
		for i, table := range tables {
			desc, at := "TABLE DATA", -1
			if table.blobs {
				desc = "BLOBS"
			}
			if known {
				at = offset
			}
			offset += len(blocks[i])
			h.entry(2*i+3, table.name, "public", "TABLE", "CREATE TABLE public."+table.name+" ("+table.columns+");\n", "", -1)
			h.entry(2*i+4, table.name, "public", desc, "", table.copy, at)
		}
		return h.Bytes()
	}
	content := toc(len(toc(0)))
	for _, b := range blocks {
		content = append(content, b...)
	}
	return content
}

func (w *pgWriter) entry(id int, tag, schema, desc, defn, copyStmt string, at int) {
	w.int(id)
	w.int(map[bool]int{true: 1}[strings.HasSuffix(desc, "DATA") || desc == "BLOBS"])
	w.text("0")
	w.text("0")
	w.text(tag)
	w.text(desc)
	if w.minor >= 11 {
		w.int(2)
	}
	w.text(defn)
	w.text("")
	w.text(copyStmt)
	w.text(schema)
	w.text("")
	if w.minor >= 14 {
		w.text("heap")
	}
	if w.minor >= 16 {
		w.int('r')
	}
	w.text("owner")
	w.text("false")
	w.text("1")
	w.int(-1)
	state := byte(1)
	if at >= 0 {
		state = 2
	}
	w.WriteByte(state)
	w.Write(binary.LittleEndian.AppendUint64(nil, uint64(max(at, 0))))
}

func pgPacked(t testing.TB, packing byte, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch packing {
	case pgPlain:
		return []byte(text)
	case pgGzip:
		w = zlib.NewWriter(&b)
	case pgLZ4:
		w = lz4.NewWriter(&b)
	default:
		w, err = zstd.NewWriter(&b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pgTables() []pgTableData {
	var many strings.Builder
	for i := range 40 {
		fmt.Fprintf(&many, "%d\tMartin %d\t\\N\n", i, i)
	}
	return []pgTableData{
		{name: "clients", columns: "id int, nom text, note text", copy: "COPY public.clients (id, nom, note) FROM stdin;\n", rows: many.String() + "\\.\n\n\n"},
		{name: "rien", columns: "a int", copy: "COPY public.rien (a) FROM stdin;\n", rows: "\\.\n\n\n"},
		{name: "lignes", columns: "a int, b text", rows: "INSERT INTO public.lignes VALUES (1, 'it''s');\nINSERT INTO public.lignes VALUES (2, NULL);\n\n\n"},
	}
}

func TestPgCustom(t *testing.T) {
	t.Parallel()
	for minor := 12; minor <= 16; minor++ {
		for packing := byte(pgPlain); packing <= pgZstd; packing++ {
			if minor < 15 && packing > pgGzip {
				continue
			}
			for _, known := range []bool{false, true} {
				w := &pgWriter{minor: minor}
				d, err := openGiven(t, Options{}, given("a.dump", w.archive(t, packing, known, pgTables()...)))
				if err != nil {
					t.Fatal(minor, packing, err)
				}
				s := scanAll(t, d)
				columns, rows := s.rowsOf(t, "public.clients")
				if !slices.Equal(columns, []string{"id", "nom", "note"}) || len(rows) != 40 || rows[39][1] != "Martin 39" {
					t.Errorf("1.%d, %d: %q: %q", minor, packing, columns, rows)
				}
				columns, rows = s.rowsOf(t, "public.lignes")
				if !slices.Equal(columns, []string{"a", "b"}) || !slices.EqualFunc(rows, [][]string{{"1", "it's"}, {"2", ""}}, slices.Equal) {
					t.Errorf("1.%d, %d: %q: %q", minor, packing, columns, rows)
				}
				if len(d.Tables) != 3 || len(s.account.Rejects) > 0 || s.account.Repaired > 0 {
					t.Errorf("1.%d, %d: %d tables, %+v", minor, packing, len(d.Tables), s.account.Rejects)
				}
			}
		}
	}
}

func TestPgCustomHurt(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it reads thousands of files one after the other, which shows nothing to the race detector")
	}
	for _, packing := range []byte{pgPlain, pgGzip} {
		hurt(t, (&pgWriter{minor: 16}).archive(t, packing, packing == pgPlain, pgTables()...), len(pgMark))
	}
	t.Run("large objects", func(t *testing.T) {
		t.Parallel()
		tables := append([]pgTableData{{name: "objets", blobs: true, rows: "no row"}}, pgTables()...)
		a := settled(t, (&pgWriter{minor: 14}).archive(t, pgPlain, false, tables...))
		if a == nil || a.Read != 42 || len(a.Rejects) != 1 || a.Rejects[0].Reason != otherType.String() || a.Rejects[0].Name != "hurt/4.dat" {
			t.Errorf("%+v", a)
		}
	})
	t.Run("a broken block among good ones", func(t *testing.T) {
		t.Parallel()
		w := &pgWriter{minor: 16}
		content := w.archive(t, pgPlain, true, pgTables()...)
		at := bytes.Index(content, []byte("20\tMartin"))
		at = bytes.LastIndex(content[:at], []byte{0, 50, 0, 0, 0}) // where a piece begins
		content[at+3] = 9
		a := settled(t, content)
		if a == nil || a.Read < 15 || a.Read >= 42 || a.TableRows[2] != 2 || len(a.Rejects) == 0 {
			t.Errorf("%+v", a)
		}
	})
}

func FuzzPgCustom(f *testing.F) {
	f.Add((&pgWriter{minor: 14}).archive(f, pgPlain, true, pgTables()...))
	f.Add((&pgWriter{minor: 16}).archive(f, pgGzip, false, pgTables()...))
	f.Fuzz(func(t *testing.T, content []byte) {
		settled(t, append([]byte(pgMark), content[min(len(content), len(pgMark)):]...))
		settled(t, []byte(gz(t, pgMark+string(content))))
	})
}

// TestPgFormats reads what the real pg_dump writes in its own formats, and what
// COPY does.
func TestPgFormats(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Skip("skipped: pg_dump is not installed (Debian: apt install postgresql-client)")
	}
	server := pgtest.Start(t)
	statements := []string{
		`create schema "the other"`,
		`create table clients (id int primary key, note text, "Été" date default '2024-01-02')`,
		`create table "the other"."a table" (x text, y jsonb)`,
		`create table nothing (a int)`,
		`insert into "the other"."a table" values ('x', '{"a": "it''s"}'), (null, null)`,
		`select lo_from_bytea(0, 'an object')`,
	}
	want := [][]string{}
	for i, text := range awkward {
		statements = append(statements, fmt.Sprintf(`insert into clients (id, note) values (%d, '%s')`, i, strings.ReplaceAll(text, "'", "''")))
		want = append(want, []string{fmt.Sprint(i), text, "2024-01-02"})
	}
	statements = append(statements, `create table many as select i as n, repeat('x', i % 90) as t from generate_series(1, 20000) i`)
	address := server.Database(t, statements...)
	for _, flags := range []string{
		"-Fc", "-Fc -Z0", "-Fc -Z9", "-Fc --inserts", "-Fc --rows-per-insert=5 --column-inserts", "-Fc -Z lz4", "-Fc -Z zstd",
		"-Ft", "-Fd", "-Fd -j2", "-Fd -Z0", "-Fd -Z lz4", "-Fd -Z zstd", "-Fd --inserts",
	} {
		t.Run(flags, func(t *testing.T) {
			t.Parallel()
			at := filepath.Join(t.TempDir(), "dump")
			run := exec.Command(program, append(strings.Fields(flags), "--file", at, "--dbname", address)...)
			if out, err := run.CombinedOutput(); err != nil {
				t.Skipf("skipped: this pg_dump does not know these flags, or does not run against this server: %v\n%s", err, out)
			}
			var sources []Source
			switch {
			case strings.HasPrefix(flags, "-Fd"):
				sources = sourcesOf(t, filesIn(t, at)...)
			case strings.HasPrefix(flags, "-Ft"):
				dir := t.TempDir()
				if out, err := exec.Command("tar", "xf", at, "-C", dir).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				sources = sourcesOf(t, filesIn(t, dir)...)
			default:
				sources = sourcesOf(t, at)
			}
			d, err := openGiven(t, Options{}, sources...)
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			for _, r := range s.account.Rejects {
				if r.Reason != otherType.String() && r.Reason != unknownMember.String() && !strings.Contains(r.Name, "blob_") {
					t.Errorf("%+v", r)
				}
			}
			columns, rows := s.rowsOf(t, "public.clients")
			if !slices.Equal(columns, []string{"id", "note", "Été"}) || !slices.EqualFunc(rows, want, slices.Equal) {
				t.Errorf("%q: %q", columns, rows)
			}
			_, rows = s.rowsOf(t, "the other.a table")
			if !slices.EqualFunc(rows, [][]string{{"x", `{"a": "it's"}`}, {"", ""}}, slices.Equal) {
				t.Errorf("rows %q", rows)
			}
			if _, rows = s.rowsOf(t, "public.many"); len(rows) != 20000 || rows[89][1] != "" || len(rows[88][1]) != 89 {
				t.Errorf("%d rows of many", len(rows))
			}
			for i, table := range d.Tables {
				if strings.Contains(table.Name, "restore.sql") || strings.Contains(table.Name, "blobs") {
					t.Errorf("table %d is %s", i, table.Name)
				}
			}
		})
	}
}

// filesIn are the files of a folder.
func filesIn(t testing.TB, dir string) []string {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range all {
		paths = append(paths, filepath.Join(dir, e.Name()))
	}
	return paths
}

// TestPgFolder reads the files of a directory archive that came damaged, or in
// other company.
func TestPgFolder(t *testing.T) {
	t.Parallel()
	toc := func(format byte) []byte {
		h := &pgWriter{minor: 14}
		h.WriteString(pgMark)
		h.Write([]byte{1, 14, 0, 4, 8, format})
		for range 8 {
			h.int(0)
		}
		h.text("d")
		h.text("15")
		h.text("15")
		h.int(2)
		for i, name := range []string{"clients", "autres"} {
			h.entry(i+5, name, "public", "TABLE DATA", "", "COPY public."+name+" (id, nom) FROM stdin;\n", -1)
			h.Truncate(h.Len() - 9)
			h.text(fmt.Sprintf("%d.dat", i+5))
		}
		return h.Bytes()
	}(pgTar)
	const rows = "1\tMartin\n2\tPetit\n\\.\n\n\n"
	for _, c := range []struct {
		name    string
		files   []Source
		tables  []string
		rows    int64
		rejects map[string]int64
	}{
		{
			"whole",
			[]Source{given("5.dat", []byte(rows)), given("toc.dat", toc), given("6.dat.gz", []byte(gz(t, rows)))},
			[]string{"toc.dat/5.dat: public.clients", "toc.dat/6.dat: public.autres"},
			4, nil,
		},
		{
			"lz4 and zstd",
			[]Source{given("toc.dat", toc), given("5.dat.lz4", pgPacked(t, pgLZ4, rows)), given("6.dat.zst", pgPacked(t, pgZstd, rows))},
			[]string{"toc.dat/5.dat: public.clients", "toc.dat/6.dat: public.autres"},
			4, nil,
		},
		{
			"a file is missing",
			[]Source{given("toc.dat", toc), given("5.dat", []byte(rows))},
			[]string{"toc.dat/5.dat: public.clients"},
			2,
			map[string]int64{missingData.String(): 1},
		},
		{
			"the table of contents is cut short",
			[]Source{given("toc.dat", toc[:len(toc)-4]), given("5.dat", []byte(rows)), given("6.dat", []byte("1;a\n2;b\n"))},
			[]string{"toc.dat/5.dat: public.clients", "toc.dat/6.dat"},
			4,
			map[string]int64{rowCut.String(): 1},
		},
		{
			"other files beside",
			[]Source{given("toc.dat", toc), given("5.dat", []byte(rows)), given("6.dat", []byte(rows)), given("x.csv", []byte("id;nom\n1;a\n2;b\n")), given("restore.sql", []byte("CREATE TABLE a (b int);\nINSERT INTO a VALUES (1);\n"))},
			[]string{"toc.dat/5.dat: public.clients", "toc.dat/6.dat: public.autres", "toc.dat/restore.sql: a", "x.csv"},
			7, nil,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := openGiven(t, Options{}, c.files...)
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			var names []string
			for _, table := range d.Tables {
				names = append(names, table.Name)
			}
			if !slices.Equal(names, c.tables) || s.account.Read != c.rows {
				t.Errorf("%d rows of %q", s.account.Read, names)
			}
			expectRejects(t, s.account, c.rejects)
		})
	}
}
