package dump

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// reconcile scans what was opened, and checks what must hold of any input: the
// bytes and the rows add up, ordinals rise, and the cut of the text does not
// matter.
func reconcile(t *testing.T, path string) {
	t.Helper()
	var first Account
	for i, chunk := range []int{chunkSize, 61} {
		sources, done, err := Files([]string{path})
		var d *Dump
		if err == nil {
			defer done()
			d, err = open(context.Background(), sources, Options{Threads: 2, MaxRow: 512}, chunk)
		}
		if err != nil {
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
				t.Fatalf("error without code or hint: %v", err)
			}
			return
		}
		defer func() { _ = d.Close() }()
		var rows, last int64
		a, err := d.Scan(context.Background(), func(b *table.Batch, release func()) error {
			defer release()
			for _, o := range b.Ordinal {
				if o <= last {
					return errors.New("ordinals do not rise")
				}
				last = o
			}
			rows += int64(b.Rows())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		rejected := int64(0) // of the first places, those that are rows: one reason may be a row's and not
		for _, r := range a.Rejects {
			for _, p := range r.First {
				if p.Row > a.Read+a.Rejected {
					t.Fatalf("reject of row %d of %d", p.Row, a.Read+a.Rejected)
				}
				if p.Row > 0 {
					rejected++
				}
			}
		}
		if rows != a.Read || last > a.Read+a.Rejected || a.Repaired > a.Read || a.DecodedTotal != a.DecodedAccounted || a.BytesTotal != a.BytesAccounted {
			t.Fatalf("%d rows, %+v", rows, a)
		}
		if rejected > a.Rejected {
			t.Fatalf("%d rejects of rows in the list, %d counted", rejected, a.Rejected)
		}
		a.Rejects = nil
		if i == 0 {
			first = *a
		} else if a.Read != first.Read || a.Rejected != first.Rejected || a.Repaired != first.Repaired || a.DecodedTotal != first.DecodedTotal {
			t.Fatalf("another cut, another account: %+v %+v", first, *a)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("a,b\n1,\"x\ny\"\n2,\"z\n")
	f.Add("a;b;c\r1;2;3\r\n\"\"\"\";';\x00\n")
	f.Add("'a', 'b'\n'c\\'', 'd'\n")
	f.Add("# x\n\na|b\n\xff\xe9|1\n|||\n")
	f.Fuzz(func(t *testing.T, text string) { reconcile(t, file(t, "a.csv", "id,nom,note\n"+text)) })
}

func FuzzJSONLines(f *testing.F) {
	f.Add("{\"a\":[1,{\"b\":\"\\ud83d\\ude00\"}],\"c\":null}\n{\"a\n{}")
	f.Add("{\"a\":1},\n[]\n{\"\\u0000\":NaN}")
	f.Fuzz(func(t *testing.T, text string) {
		reconcile(t, file(t, "a.jsonl", "{\"id\":1,\"nom\":\"x\"}\n{\"id\":2}\n{\"id\":3}\n"+text))
	})
}

func FuzzJSONArray(f *testing.F) {
	f.Add("{\"a\":{\"b\":1},\"c\":\"x},{\"id\":4},7,\"y\"]")
	f.Add("{\"id\":2,\"v\":[{\"id\":3}]}, {\"id\":\n")
	f.Fuzz(func(t *testing.T, text string) { reconcile(t, file(t, "a.json", "[{\"id\":1},\n"+text)) })
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Add([]byte("\x28\xb5\x2f\xfd\x00"))
	f.Add([]byte("\xff\xfea\x00;\x00"))
	f.Add([]byte("{\"data\":[{\"a\":1},{\"a\":2}],\"n\":1}"))
	f.Fuzz(func(t *testing.T, content []byte) { reconcile(t, file(t, "a", string(content))) })
}

// FuzzDialect holds that telling a dialect neither fails nor goes beyond the text.
func FuzzDialect(f *testing.F) {
	f.Add("a,b\n1,2\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) == 0 {
			return
		}
		d := detectDialect(sampleOf(text))
		if d.width < 1 || len(d.names) != d.width || d.offset > len(text)*4 {
			t.Fatalf("%d columns, %d names, offset %d", d.width, len(d.names), d.offset)
		}
	})
}

func FuzzSQL(f *testing.F) {
	f.Add("INSERT INTO a VALUES (1,'x'),(2,'y\nINSERT INTO a VALUES (3,'z');")
	f.Add("COPY a (b, c) FROM stdin;\n1\t\\N\n\\\n\t\n\\.\n")
	f.Add("/*!40101 SET NAMES latin1 */;\nDELIMITER $$\nCREATE TABLE a (b int);$$ INSERT ALL INTO t (a) VALUES (q'[x]') SELECT 1;")
	f.Add("SET standard_conforming_strings = off;\nINSERT INTO a (c, b) VALUES (E'\\x41', $x$y$x$), (CAST(N'x' AS int), 'a'||chr(10)) ON CONFLICT;")
	f.Add("INSERT [dbo].[t] ([a]) VALUES (N'x')\nGO\nINSERT [dbo].[t] ([a]) VALUES ('O'Brien')\n")
	f.Fuzz(func(t *testing.T, text string) {
		reconcile(t, file(t, "a.sql", "CREATE TABLE t (id int, nom text);\nINSERT INTO t VALUES (1,'x'),(2,'y');\n"+text))
	})
}

func FuzzTab(f *testing.F) {
	f.Add("3\t\\\n\\\t\n4\t\\N\n\\.\n")
	f.Fuzz(func(t *testing.T, text string) { reconcile(t, file(t, "a.tsv", "1\t\\N\n2\t\\N\n"+text)) })
}

func fuzzArchive(f *testing.F, seeds ...string) {
	f.Helper()
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) { reconcile(t, file(t, "a", string(content))) })
}

func FuzzZip(f *testing.F) {
	fuzzArchive(f, zipped(f, "a.csv", "id;nom\n1;x\n2;y\n", "!b", "x"), localRecord("a", "a;b\n", 0, 8)+zipDescriptor, zipOneDisk+zipped(f, "a", "b"))
}

func FuzzTar(f *testing.F) {
	fuzzArchive(f, tarred(f, headersOf("a.csv", "é"), "id;nom\n1;x\n2;y\n", "b"))
}

func FuzzRar(f *testing.F) {
	fuzzArchive(f, rar5(1<<20, "a.csv", "id;nom\n1;x\n2;y\n", "b", "c")...)
}

func FuzzSeven(f *testing.F) {
	fuzzArchive(f, sevenSeed)
}

// FuzzInflate64 holds that the decoder ends, whatever it is given, and in the
// same way however it is read.
func FuzzInflate64(f *testing.F) {
	f.Add([]byte("\x4b\x04\x00"))
	f.Add([]byte("\x01\x01\x00\xfe\xffa"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		const most = 1 << 20
		all, err := io.ReadAll(io.LimitReader(newInflate64(bytes.NewReader(packed)), most))
		slow, again := io.ReadAll(io.LimitReader(iotest.OneByteReader(newInflate64(bytes.NewReader(packed))), most))
		if !bytes.Equal(all, slow) || (err == nil) != (again == nil) {
			t.Fatalf("%d bytes, %v; read slowly %d, %v", len(all), err, len(slow), again)
		}
	})
}

func FuzzCSVTables(f *testing.F) {
	f.Add("\nref;jour\n1;2024-01-02\n2;2024-01-03\n\n")
	f.Add("a~|~b\n1~|~\n" + strings.Repeat("x;\"y\nz\";1;2;3;4\n", 14))
	f.Add("7,\"Martin\n" + strings.Repeat("8 Petit 1970-01-02 Pau\n", 12) + "9\t\t'\t\n")
	f.Fuzz(func(t *testing.T, text string) {
		reconcile(t, file(t, "a.csv", "id,nom,naissance\n"+strings.Repeat("1,Martin,1970-01-02\n", 6)+text))
	})
}

func FuzzFixed(f *testing.F) {
	f.Add("|  3 | l1+|\n|    | l2 |\n+----+----+\n2 rows in set\n")
	f.Add("\n id | é |\n----+---+--\n 1 | x\n\n a   b\n--- ---\n 1  \xe9\n")
	f.Fuzz(func(t *testing.T, text string) {
		reconcile(t, file(t, "a.txt", "+----+----+\n| id | nom|\n+----+----+\n|  1 | a  |\n"+text))
	})
}

// FuzzMend holds that every cell of a row that is mended goes to some column.
func FuzzMend(f *testing.F) {
	f.Add("1|Martin|Anne", 5)
	f.Add("1|2|||3|", 3)
	f.Fuzz(func(t *testing.T, text string, width int) {
		if width < 1 || width > 60 {
			return
		}
		m := &mender{looks: looksOf(width, 0, nil), join: []byte{'|'}}
		for cell := range strings.SplitSeq(text, "|") {
			m.add([]byte(cell), true)
		}
		if _, ok := m.align(); !ok {
			return
		}
		letters := func(text string) string { return strings.Join(strings.Fields(strings.ReplaceAll(text, "|", " ")), " ") }
		if got := string(bytes.Join(m.out, []byte{'|'})); len(m.out) != width || letters(got) != letters(text) {
			t.Fatalf("%d columns, or another text", len(m.out))
		}
	})
}
