package dump

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sqlite makes a database with the real program.
func sqlite(t testing.TB, script string) []byte {
	t.Helper()
	program, err := exec.LookPath("sqlite3")
	if err != nil {
		t.Skip("skipped: sqlite3 is not installed (Debian: apt install sqlite3)")
	}
	path := filepath.Join(t.TempDir(), "db")
	run := exec.Command(program, "-batch", path)
	run.Stdin = strings.NewReader(script)
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("sqlite3: %v\n%s", err, out)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// clientsSQLite fills a table of as many rows, some of which overflow their page.
func clientsSQLite(rows int) string {
	var s strings.Builder
	s.WriteString("CREATE TABLE clients (id INTEGER PRIMARY KEY, nom TEXT NOT NULL, note, b BLOB, r REAL);\nCREATE INDEX par_nom ON clients (nom);\nBEGIN;\n")
	for i := range rows {
		fmt.Fprintf(&s, "INSERT INTO clients VALUES (%d, 'Martin%d', '%s', x'00ff%02x', %d.5);\n", i*3, i, strings.Repeat("é", i%40*i%40*20), i%256, i)
	}
	s.WriteString("COMMIT;\n")
	return s.String()
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	const types = `CREATE TABLE "les types" (a, b, c);
INSERT INTO "les types" VALUES (1, -128, 9007199254740993), (-32769, 8388608, -2147483649), (1.5, -0.25, 1e300), ('it''s', '', NULL), (x'61c3a9', x'ff00', 0);`
	typed := [][]string{
		{"1", "-128", "9007199254740993"},
		{"-32769", "8388608", "-2147483649"},
		{"1.5", "-0.25", "1e+300"},
		{"it's", "", ""},
		{"aé", "0xFF00", "0"},
	}
	for _, c := range []struct {
		name, script, table string
		columns             []string
		rows                [][]string
	}{
		{"types", types, "les types", []string{"a", "b", "c"}, typed},
		{"UTF-16 LE", "PRAGMA encoding='UTF-16le';\n" + types + "INSERT INTO \"les types\"(a) VALUES ('émoji 🎉');", "les types", nil, append(typed[:4:4], []string{"aé", "0xFF00", "0"}, []string{"émoji 🎉", "", ""})},
		{"UTF-16 BE", "PRAGMA encoding='UTF-16be';\n" + types, "les types", nil, typed},
		{"auto-vacuum", "PRAGMA auto_vacuum=1;\n" + types, "les types", nil, typed},
		{
			"key of the tree", "CREATE TABLE t (nom, id INTEGER, x, PRIMARY KEY (id));\nINSERT INTO t VALUES ('a', 7, 1), ('b', NULL, 2);", "t",
			[]string{"nom", "id", "x"},
			[][]string{{"a", "7", "1"}, {"b", "8", "2"}},
		},
		{
			"without rowid", "CREATE TABLE t (x, k2 TEXT, k1 INT, y, PRIMARY KEY (k1 DESC, k2 COLLATE NOCASE)) WITHOUT ROWID;\nINSERT INTO t VALUES ('x1', 'b', 1, 'y1'), ('x2', 'a', 2, 'y2');", "t",
			[]string{"x", "k2", "k1", "y"},
			[][]string{{"x2", "a", "2", "y2"}, {"x1", "b", "1", "y1"}},
		},
		{
			"columns added", "CREATE TABLE t (a);\nINSERT INTO t VALUES (1);\nALTER TABLE t ADD COLUMN b TEXT DEFAULT 'it''s';\nALTER TABLE t ADD COLUMN c INT NOT NULL DEFAULT -3;\nALTER TABLE t ADD COLUMN d;\nINSERT INTO t VALUES (2, NULL, 4, 5);", "t",
			[]string{"a", "b", "c", "d"},
			[][]string{{"1", "it's", "-3", ""}, {"2", "", "4", "5"}},
		},
		{
			"generated columns", "CREATE TABLE t (a, v AS (a * 2), s GENERATED ALWAYS AS (a * 3) STORED, z);\nINSERT INTO t (a, z) VALUES (2, 'z');", "t",
			[]string{"a", "v", "s", "z"},
			[][]string{{"2", "", "6", "z"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := openGiven(t, Options{}, given("a.db", sqlite(t, c.script)))
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			columns, rows := s.rowsOf(t, c.table)
			if c.columns != nil && !slices.Equal(columns, c.columns) {
				t.Errorf("columns %q", columns)
			}
			if !slices.EqualFunc(rows, c.rows, slices.Equal) {
				t.Errorf("rows %q, want %q", rows, c.rows)
			}
			if len(s.account.Rejects) > 0 || s.account.Repaired > 0 {
				t.Errorf("account %+v", s.account)
			}
		})
	}
}

// TestSQLiteTrees reads tables of several levels, with overflow, deleted rows
// and free pages, in pages of every size.
func TestSQLiteTrees(t *testing.T) {
	t.Parallel()
	for _, size := range []int{512, 1024, 4096, 65536} {
		for _, vacuum := range []string{"", "PRAGMA auto_vacuum=2;\n"} {
			t.Run(fmt.Sprint(size, vacuum != ""), func(t *testing.T) {
				t.Parallel()
				const n = 2000
				script := fmt.Sprintf("PRAGMA page_size=%d;\n%s", size, vacuum) + clientsSQLite(n) +
					"CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID;\nINSERT INTO w SELECT nom, note FROM clients;\nDELETE FROM clients WHERE id % 5 = 0;\nCREATE TABLE gone AS SELECT * FROM clients;\nDROP TABLE gone;\nCREATE TABLE vide (a);\n"
				d, err := openGiven(t, Options{}, given("a.db", sqlite(t, script)))
				if err != nil {
					t.Fatal(err)
				}
				s := scanAll(t, d)
				if len(s.account.Rejects) > 0 {
					t.Fatalf("%+v", s.account.Rejects)
				}
				columns, rows := s.rowsOf(t, "clients")
				if !slices.Equal(columns, []string{"id", "nom", "note", "b", "r"}) || len(rows) != n-n/5 {
					t.Fatalf("%d rows of %q", len(rows), columns)
				}
				at := 0
				for i := range n {
					if i*3%5 == 0 {
						continue
					}
					want := []string{fmt.Sprint(i * 3), fmt.Sprint("Martin", i), strings.Repeat("é", i%40*i%40*20), fmt.Sprintf("0x00FF%02X", i%256), fmt.Sprint(i, ".5")}
					want[4] = fmt.Sprintf("%d.5", i)
					if !slices.Equal(rows[at], want) {
						t.Fatalf("row %d: %q", i, rows[at])
					}
					at++
				}
				if _, rows := s.rowsOf(t, "w"); len(rows) != n {
					t.Errorf("%d rows without rowid", len(rows))
				}
				if _, rows := s.rowsOf(t, "vide"); len(rows) != 0 {
					t.Errorf("%d rows of nothing", len(rows))
				}
			})
		}
	}
}

// TestSQLiteDamage overwrites pages of every kind: each is one reject with its
// place, and the rest is read.
func TestSQLiteDamage(t *testing.T) {
	t.Parallel()
	const n, size = 2000, 1024
	content := sqlite(t, fmt.Sprintf("PRAGMA page_size=%d;\n", size)+clientsSQLite(n))
	kinds := map[byte]int{}
	for at := size; at < len(content); at += size {
		kind := content[at]
		if kinds[kind]++; kinds[kind] > 3 {
			continue
		}
		hit := bytes.Clone(content)
		copy(hit[at:at+size], bytes.Repeat([]byte{0xfe}, size))
		a := settled(t, hit)
		if a == nil {
			t.Fatalf("nothing is read with the page at %d damaged", at)
		}
		told := false
		for _, r := range a.Rejects {
			for _, p := range r.First {
				told = told || p.Offset/size == int64(at/size)
			}
		}
		switch kind {
		case tableInterior:
			if a.Read < n*9/10 || a.Repaired == 0 || !told {
				t.Errorf("interior page at %d: %d rows, %d by themselves; %+v", at, a.Read, a.Repaired, a.Rejects)
			}
		case tableLeaf:
			if a.Read < n-100 || a.Read == n || !told {
				t.Errorf("leaf at %d: %d rows; %+v", at, a.Read, a.Rejects)
			}
		case indexLeaf, indexInterior:
			if a.Read != n || !told {
				t.Errorf("page of an index at %d: %d rows; %+v", at, a.Read, a.Rejects)
			}
		}
	}
	t.Run("a cycle", func(t *testing.T) {
		t.Parallel()
		hit := bytes.Clone(content)
		for at := size; at < len(hit); at += size {
			if hit[at] == tableInterior { // its right-most child is itself
				binary.BigEndian.PutUint32(hit[at+8:], uint32(at/size+1))
			}
		}
		if a := settled(t, hit); a == nil || a.Read == 0 || len(a.Rejects) == 0 {
			t.Errorf("%+v", a)
		}
	})
	t.Run("a page nobody leads to", func(t *testing.T) {
		t.Parallel()
		more := append(bytes.Clone(content), bytes.Repeat([]byte{'x'}, size)...)
		a := settled(t, more)
		if a == nil || a.Read != n || len(a.Rejects) != 1 || a.Rejects[0].Bytes != size || a.Rejects[0].First[0].Offset != int64(len(content)) {
			t.Errorf("%+v", a)
		}
	})
}

func TestSQLiteHurt(t *testing.T) {
	t.Parallel()
	hurt(t, sqliteExample(), len(sqliteMark))
	hurt(t, sqlite(t, "PRAGMA page_size=512;\n"+clientsSQLite(12)), len(sqliteMark))
}

func FuzzSQLite(f *testing.F) {
	f.Add(sqliteExample())
	f.Fuzz(func(t *testing.T, content []byte) {
		settled(t, append([]byte(sqliteMark), content[min(len(content), len(sqliteMark)):]...))
		settled(t, []byte(gz(t, string(content))))
	})
}
