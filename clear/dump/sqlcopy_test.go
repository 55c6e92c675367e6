package dump

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCopyStyles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		columns    []string
		rows       [][]string
		rejects    map[string]int64
	}{
		{
			name: "CSV", text: "COPY t (a, b) FROM stdin WITH (FORMAT csv);\n1,x\n2,\"it's, \"\"so\"\"\nand on\"\n3,\n4,\"\"\n\\.\n",
			columns: []string{"a", "b"}, rows: [][]string{{"1", "x"}, {"2", "it's, \"so\"\nand on"}, {"3", ""}, {"4", ""}},
		},
		{
			name: "header names the columns", text: "COPY t FROM stdin WITH CSV HEADER;\nid,\"le nom\"\n1,x\n\\.\n",
			columns: []string{"id", "le nom"}, rows: [][]string{{"1", "x"}},
		},
		{
			name: "header that the list makes needless", text: "COPY t (b, a) FROM stdin (FORMAT 'csv', HEADER true);\nb,a\n1,x\n\\.\n",
			columns: []string{"b", "a"}, rows: [][]string{{"1", "x"}},
		},
		{
			name: "no header", text: "COPY t (a, b) FROM stdin (FORMAT csv, HEADER false);\n1,x\n\\.\n",
			columns: []string{"a", "b"}, rows: [][]string{{"1", "x"}},
		},
		{
			name: "all said", text: "COPY t (a, b, c) FROM stdin WITH DELIMITER AS ';' NULL AS 'nil' CSV QUOTE AS '''' ESCAPE AS E'\\\\' ENCODING 'LATIN1';\n1;'it\\'s;';nil\nZo\xe9;x'y;'z;'nil'\n\\.\n",
			columns: []string{"a", "b", "c"}, rows: [][]string{{"1", "it's;", ""}, {"Zoé", "xy;z", "nil"}},
		},
		{
			name: "text with a delimiter", text: "COPY t (a, b) FROM stdin WITH (DELIMITER '|', NULL 'NULL');\n1|a\\|b\\n\nNULL|\\\\N\n\\.\n",
			columns: []string{"a", "b"}, rows: [][]string{{"1", "a|b\n"}, {"", "\\N"}},
		},
		{
			name: "tab said as an escape", text: "COPY t (a, b) FROM stdin WITH CSV DELIMITER E'\\t';\n1\t\"x\ty\"\n\\.\n",
			columns: []string{"a", "b"}, rows: [][]string{{"1", "x\ty"}},
		},
		{
			name: "quote never closed", text: "COPY t (a, b) FROM stdin CSV;\n1,x\n2,\"y\n3,z\n\\.\nINSERT INTO t VALUES (4,'w');\n",
			columns: []string{"a", "b"}, rows: [][]string{{"1", "x"}, {"3", "z"}, {"4", "w"}}, rejects: map[string]int64{"quote never closed": 1},
		},
		{
			name: "without its end", text: "COPY t (a, b) FROM stdin CSV;\n1,\"x\nCOPY no FROM stdin;\n\"\nCOPY u (c) FROM stdin WITH CSV;\n7\n",
			columns: []string{"a", "b"}, rows: [][]string{{"1", "x\nCOPY no FROM stdin;\n"}},
		},
		{
			name: "binary", text: "COPY t (a, b) FROM stdin WITH BINARY;\nPGCOPY\n\\.\nCOPY t (a, b) FROM stdin;\n1\tx\n\\.\n",
			columns: []string{"a", "b"}, rows: [][]string{{"1", "x"}}, rejects: map[string]int64{"COPY in a format that is not read": 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, chunk := range []int{chunkSize, 64} {
				d, err := open(t.Context(), sourcesOf(t, file(t, "a.sql", "SET standard_conforming_strings = on;\n"+c.text)), Options{}, chunk)
				if err != nil {
					t.Fatal(err)
				}
				s := scanAll(t, d)
				columns, rows := s.rowsOf(t, "t")
				if !slices.Equal(columns, c.columns) || !slices.EqualFunc(rows, c.rows, slices.Equal) {
					t.Errorf("%q: %q, want %q", columns, rows, c.rows)
				}
				expectRejects(t, s.account, c.rejects)
			}
		})
	}
}

// TestCopyCSVCut cuts a long block everywhere.
func TestCopyCSVCut(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("COPY t (a, b) FROM stdin WITH (FORMAT csv, HEADER);\na,b\n")
	for i := range 200 {
		fmt.Fprintf(&text, "%d,\"%s\n\"\n", i, strings.Repeat("x\n", i%9))
	}
	text.WriteString("\\.\n")
	for chunk := 40; chunk < 90; chunk++ {
		d, err := open(t.Context(), sourcesOf(t, file(t, "a.sql", text.String())), Options{}, chunk)
		if err != nil {
			t.Fatal(err)
		}
		if s := scanAll(t, d); len(s.rows) != 200 || len(s.account.Rejects) > 0 || s.account.Repaired > 0 {
			t.Fatalf("in pieces of %d: %d rows, %+v", chunk, len(s.rows), s.account)
		}
	}
}

func FuzzCopyCSV(f *testing.F) {
	f.Add("1,x\n2,\"a\n\\.\nb\"\nCOPY u FROM stdin CSV;\n\"")
	f.Add("a,b\n\"\"\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		reconcile(t, file(t, "a.sql", "COPY t FROM stdin WITH CSV HEADER;\n"+text))
		reconcile(t, file(t, "b.sql", "COPY t (a, b) FROM stdin WITH CSV QUOTE '''' ESCAPE '\\' DELIMITER ';';\n"+text))
	})
}
