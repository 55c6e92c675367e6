package dump

import (
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/datatest"
)

// rowsOf are the rows of the table of that name within the member, in order.
func (s scanned) rowsOf(t testing.TB, name string) ([]string, [][]string) {
	t.Helper()
	for i, tab := range s.dump.Tables {
		if !strings.HasSuffix(tab.Name, ": "+name) {
			continue
		}
		var rows [][]string
		for r, of := range s.table {
			if of == i {
				rows = append(rows, s.rows[r])
			}
		}
		return tab.Columns, rows
	}
	t.Fatalf("no table %s", name)
	return nil, nil
}

func TestSQL(t *testing.T) {
	t.Parallel()
	const my = "/*!40101 SET NAMES utf8mb4 */;\n"
	const pg = "SET standard_conforming_strings = on;\n"
	for _, c := range []struct {
		name    string
		text    string
		table   string
		columns []string
		rows    [][]string
		tables  int // 1 unless said
		rejects map[string]int64
		mended  int64
	}{
		{
			name: "columns of CREATE TABLE", table: "a",
			text:    my + "CREATE TABLE `a` (\n `id` int(11) NOT NULL COMMENT 'l''id, x',\n `nom` varchar(20) DEFAULT 'x,y',\n PRIMARY KEY (`id`),\n KEY `k` (`nom`)\n) ENGINE=InnoDB;\nINSERT INTO `a` VALUES (1,'O\\'Brien'),(2,NULL),(-3.5e2,'a\\nb\\\\');\n",
			columns: []string{"id", "nom"}, rows: [][]string{{"1", "O'Brien"}, {"2", ""}, {"-3.5e2", "a\nb\\"}},
		},
		{
			name: "columns of the list, in another order", table: "a",
			text:    pg + "CREATE TABLE a (x int, y text, z text);\nINSERT INTO a (z, x) VALUES ('c', 1);\nINSERT INTO a (y) VALUES ('it''s \\n');\n",
			columns: []string{"x", "y", "z"}, rows: [][]string{{"1", "", "c"}, {"", "it's \\n", ""}},
		},
		{
			name: "no columns named", table: "a", text: my + "INSERT INTO a VALUES (1,2),(3,4);\n",
			columns: []string{"column 1", "column 2"}, rows: [][]string{{"1", "2"}, {"3", "4"}},
		},
		{
			name: "comments and conditions between", table: "a",
			text: "/*M!999999\\- enable the sandbox mode */ \n-- don't; INSERT INTO b VALUES (1);\n" + my + "/* it's */ INSERT INTO a VALUES (1,'x') -- one\n, (2,'y') /* ; ' */;\n/*!40000 ALTER TABLE `a` ENABLE KEYS */;\n",
			rows: [][]string{{"1", "x"}, {"2", "y"}},
		},
		{
			name: "quote that is never closed", table: "a",
			text: my + "INSERT INTO a VALUES (1,'x','y'),(2,'x,'y'),(3,'u','v');\nINSERT INTO a VALUES (4,'x','y);\nINSERT INTO a VALUES (5,'u','v');\n",
			rows: [][]string{{"1", "x", "y"}, {"3", "u", "v"}, {"5", "u", "v"}}, rejects: map[string]int64{"malformed list of values": 2},
		},
		{
			name: "quotes that stand unescaped", table: "a", mended: 2,
			text: pg + "INSERT INTO a VALUES (1,'x','y'),(2,'O'Brien','it's'),(3,'u','v');\nINSERT INTO a VALUES (4,'l'été','v');\n",
			rows: [][]string{{"1", "x", "y"}, {"2", "O'Brien", "it's"}, {"3", "u", "v"}, {"4", "l'été", "v"}},
		},
		{
			name: "statement cut in the midst of a list", table: "a",
			text: my + "INSERT INTO a VALUES (1,'x'),(2,'y\nINSERT INTO a VALUES (3,'z');\n",
			rows: [][]string{{"1", "x"}, {"3", "z"}}, rejects: map[string]int64{"malformed list of values": 1},
		},
		{
			name: "end cut off", table: "a", text: my + "INSERT INTO a VALUES (1,'x'),(2,'y",
			rows: [][]string{{"1", "x"}}, rejects: map[string]int64{"malformed list of values": 1},
		},
		{
			name: "start cut off", table: "a", text: "7,'Lyon'),(8,'Pau');\nINSERT INTO `a` VALUES (1,'x'),(2,'y');\nINSERT INTO `a` VALUES (3,'z');\n",
			rows: [][]string{{"1", "x"}, {"2", "y"}, {"3", "z"}}, rejects: map[string]int64{"not an SQL statement": 1},
		},
		{
			name: "too many values and too few", table: "a", mended: 1,
			text: my + "CREATE TABLE a (x int, y int, z int);\nINSERT INTO a VALUES (1,2,3),(1,2,3,4),(1),(1,2);\n",
			rows: [][]string{{"1", "2", "3"}, {"1", "2", ""}}, rejects: map[string]int64{"too many cells": 1, "one cell where several were expected": 1},
		},
		{
			name: "text that looks like SQL", table: "a",
			text: pg + "INSERT INTO a (x, y) VALUES (1, '),(2,''b''); DROP TABLE a;\nINSERT INTO a (x, y) VALUES (9, ''z'');\n');\nINSERT INTO a (x, y) VALUES (2, 'c');\n",
			rows: [][]string{{"1", "),(2,'b'); DROP TABLE a;\nINSERT INTO a (x, y) VALUES (9, 'z');\n"}, {"2", "c"}},
		},
		{
			name: "literals of PostgreSQL", table: "s.a",
			text: pg + "INSERT INTO s.a (v, w, x, y, z) VALUES (E'a\\tb\\x41\\101\\u00e9', $$it's$$, $q$x$$y$q$, 'x'::text, DATE '2024-01-02'), (ARRAY['a','b'], X'1F', B'101', true, ('v')::jsonb) ON CONFLICT DO NOTHING;\n",
			rows: [][]string{{"a\tbAAé", "it's", "x$$y", "x", "2024-01-02"}, {"ARRAY['a','b']", "X'1F'", "B'101'", "true", "v"}},
		},
		{
			name: "COPY", table: "public.a",
			text: pg + "COPY public.a (id, nom, note) FROM stdin;\n1\tx\ta\\tb\\nc\\\\d\n2\t\\N\t\n3\tz\n\\.\n\n\\unrestrict abc\nSELECT pg_catalog.setval('x', 1);\n", mended: 1,
			columns: []string{"id", "nom", "note"}, rows: [][]string{{"1", "x", "a\tb\nc\\d"}, {"2", "", ""}, {"3", "z", ""}},
		},
		{
			name: "COPY without its end", table: "b", tables: 2,
			text: pg + "COPY a (id, nom) FROM stdin;\n1\tx\nCOPY b (id, nom) FROM stdin;\n1\ty\n", rows: [][]string{{"1", "y"}},
		},
		{
			name: "phpMyAdmin", table: "clients",
			text:    "-- phpMyAdmin SQL Dump\n-- version 5.2.1\nSET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";\nSTART TRANSACTION;\nSET time_zone = \"+00:00\";\n\n/*!40101 SET NAMES utf8mb4 */;\n\n--\n-- Base de données : `d`\n--\n\nCREATE TABLE `clients` (\n  `id` int NOT NULL,\n  `nom` varchar(20) DEFAULT NULL\n) ENGINE=InnoDB;\n\n--\n-- Déchargement des données de la table `clients`\n--\n\nINSERT INTO `clients` (`id`, `nom`) VALUES\n(1, 'Zoé l\\'aînée'),\n(2, 'COPY x FROM stdin;'),\n(3, NULL);\n\nALTER TABLE `clients`\n  ADD PRIMARY KEY (`id`);\nCOMMIT;\n",
			columns: []string{"id", "nom"}, rows: [][]string{{"1", "Zoé l'aînée"}, {"2", "COPY x FROM stdin;"}, {"3", ""}},
		},
		{
			name: "SQL Server", table: "dbo.t",
			text:    "SET IDENTITY_INSERT [dbo].[t] ON \nGO\nINSERT [dbo].[t] ([a], [b b], [c]) VALUES (1, N'l''été', CAST(N'2020-01-02T03:04:05' AS DateTime2))\nINSERT [dbo].[t] ([a], [b b], [c]) VALUES (2, NULL, CAST(0x0000A AS DateTime))\nGO\nprint 'x'\nGO\n",
			columns: []string{"a", "b b", "c"}, rows: [][]string{{"1", "l'été", "2020-01-02T03:04:05"}, {"2", "", "0x0000A"}},
		},
		{
			name: "Oracle", table: "U.T",
			text: "REM INSERTING into U.T\nSET DEFINE OFF;\nInsert into U.T (A,B,C) values (1,to_date('02/01/24','DD/MM/RR'),q'[it's]');\nInsert into U.T (A,B,C) values (2,null,'a'||chr(10)||'b');\nINSERT ALL\n INTO U.T (A,B,C) VALUES (3,TO_CLOB('x'),'y')\n INTO U.T (A,B,C) VALUES (4,'z','t')\nSELECT * FROM dual;\nCOMMIT;\n",
			rows: [][]string{{"1", "02/01/24", "it's"}, {"2", "", "a\nb"}, {"3", "x", "y"}, {"4", "z", "t"}},
		},
		{
			name: "bytes in quotes", table: "a",
			text: my + "CREATE TABLE a (id int, b blob);\nINSERT INTO a VALUES (1,_binary '\\0\xff\\'\\Z'),(2,0xDEADBEEF),(3,'text');\n",
			rows: [][]string{{"1", "0x00FF271A"}, {"2", "0xDEADBEEF"}, {"3", "text"}},
		},
		{
			name: "several databases", table: "y.a", tables: 2,
			text: my + "USE `x`;\nINSERT INTO `a` VALUES (1);\nUSE `y`;\nINSERT INTO `a` VALUES (2);\n", rows: [][]string{{"2"}},
		},
		{
			name: "another delimiter", table: "a",
			text: my + "DELIMITER $$\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN\nINSERT INTO log VALUES (NEW.id);\nEND $$\nDELIMITER ;\nINSERT INTO a VALUES (1);\n", rows: [][]string{{"1"}},
		},
		{
			name: "functions in quotes of dollars", table: "a",
			text: pg + "CREATE FUNCTION f() RETURNS trigger AS $_$\nBEGIN\nINSERT INTO log VALUES (1);\nEND; $_$ LANGUAGE plpgsql;\nINSERT INTO a VALUES (1);\n", rows: [][]string{{"1"}},
		},
		{
			name: "two charsets", table: "a",
			text: my + "INSERT INTO a VALUES ('é');\nSET NAMES latin1;\nINSERT INTO a VALUES ('\xe9');\n", rows: [][]string{{"é"}, {"é"}},
		},
		{
			name: "names that tell", table: "table 1", text: my + "INSERT INTO `06 39 98 12 34` (`a@b.example`, `nom`) VALUES (1,2);\n",
			columns: []string{"column 1", "nom"}, rows: [][]string{{"1", "2"}},
		},
		{
			name: "schema only", table: "a", text: my + "CREATE TABLE a (x int, y int);\n", columns: []string{"x", "y"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := scanAll(t, openAll(t, file(t, "a.sql", c.text)))
			if len(s.dump.Tables) != max(c.tables, 1) {
				t.Errorf("tables %+v", s.dump.Tables)
			}
			columns, rows := s.rowsOf(t, c.table)
			if c.columns != nil && !slices.Equal(columns, c.columns) {
				t.Errorf("columns %q", columns)
			}
			if !slices.EqualFunc(rows, c.rows, slices.Equal) {
				t.Errorf("rows %q, want %q (%s)", rows, c.rows, s.dump.Tables[0].Dialect)
			}
			if s.account.Repaired != c.mended {
				t.Errorf("%d rows repaired, want %d", s.account.Repaired, c.mended)
			}
			expectRejects(t, s.account, c.rejects)
		})
	}
}

// TestSQLCutting reads SQL cut in many ways by several threads.
func TestSQLCutting(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("SET standard_conforming_strings = on;\nCREATE TABLE t (id int, nom text, note text);\n")
	for i := range 200 {
		switch {
		case i%37 == 5:
			fmt.Fprintf(&text, "INSERT INTO t VALUES (%d,'Martin,'x');\n", i)
		case i%41 == 7:
			fmt.Fprintf(&text, "INSERT INTO t VALUES (%d,'a','deux\nlignes; (''x'')'),(%d,'b','c'),(%d,'d,'e'),(%d,'f','g');\n", i, i, i, i)
		case i%43 == 8:
			fmt.Fprintf(&text, "INSERT INTO t VALUES (%d,'O'Brien','x'),(%d,'%s','y');\n", i, i, strings.Repeat("long ", 400))
		case i%29 == 3:
			fmt.Fprintf(&text, "COPY u (id, v) FROM stdin;\n%d\ta\\\nb\n%d\t%s\n%d\n\\.\n", i, i, strings.Repeat("long\\\n", 400), i)
		case i%23 == 2:
			fmt.Fprintf(&text, "COPY u (id, v) FROM stdin;\n%d\tx\nCOPY u (id, v)  FROM stdin;\nCOPYING\t1\nCOPY \t%d\n\\.\n", i, i)
		case i%19 == 4:
			fmt.Fprintf(&text, "INSERT INTO t VALUES (%d,'a','b')\nSET NAMES utf8\nGO\nSELECT 1\nINSERT INTO t VALUES (%d,'a','it''s\nCOPY u (id) FROM stdin;')\nCOPY u (id, v) FROM stdin;\n1\ty\n\\.\n", i, i)
		case i%31 == 9:
			fmt.Fprintf(&text, "COMMENT ON TABLE t IS 'x';\n/* it's %d */ junk, (here\n\n-- and ' there\n", i)
		case i%47 == 11:
			fmt.Fprintf(&text, "INSERT INTO t VALUES (%d,'a',$x$%s$x$) ON CONFLICT DO NOTHING;\n", i, strings.Repeat("\n'", i))
		default:
			fmt.Fprintf(&text, "INSERT INTO t VALUES (%d,'Petit','%d');\n", i, i)
		}
	}
	path := file(t, "a.sql", text.String())
	var first string
	for _, chunk := range []int{1 << 20, 64, 100, 333, 1000, 5000} {
		for _, threads := range []int{1, 3} {
			d, err := open(context.Background(), sourcesOf(t, path), Options{Threads: threads, MaxRow: 1200}, chunk)
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			got := fmt.Sprintf("%q %v %v %+v", s.rows, s.table, s.ordinal, *s.account)
			if first == "" {
				first = got
				t.Logf("%d rows, %d rejected, %d repaired, rejects %+v", s.account.Read, s.account.Rejected, s.account.Repaired, s.account.Rejects)
				if s.account.Read < 180 || s.account.TableRows[0]+s.account.TableRows[1] != s.account.Read {
					t.Errorf("account %+v", s.account)
				}
			}
			if got != first {
				t.Fatalf("chunks of %d bytes, %d threads: another result\n%s\n%s", chunk, threads, got, first)
			}
		}
	}
}

// TestDumpsGenerated holds dumps of the same 3 000 customers by several
// programs: all must give the cells that COPY gave as CSV.
func TestDumpsGenerated(t *testing.T) {
	t.Parallel()
	want, err := csv.NewReader(strings.NewReader(string(datatest.Read(t, "dumps-generated/clients-copy.csv.gz")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, table string
		lossy       bool // the encoding lost characters
		wrong       int  // telephones that were changed between the exports
	}{
		{file: "pg15-plain-copy", table: "public.clients"},
		{file: "pg15-column-inserts", table: "public.clients"},
		{file: "mariadb1011-default", table: "clients", wrong: 124},
		{file: "mariadb1011-latin1", table: "clients", lossy: true, wrong: 124},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			d := openAll(t, datatest.Path(t, "dumps-generated/"+c.file+".sql.gz"))
			s := scanAll(t, d)
			t.Logf("%+v", d.Tables)
			if s.account.Rejected > 0 || len(s.account.Rejects) > 0 || s.account.Repaired > 0 {
				t.Errorf("%+v", s.account)
			}
			columns, rows := s.rowsOf(t, c.table)
			if !slices.Equal(columns, want[0]) {
				t.Errorf("columns %q", columns)
			}
			byID := map[string][]string{}
			for _, r := range rows {
				byID[r[0]] = r
			}
			if len(rows) != len(want)-1 || len(byID) != len(rows) {
				t.Fatalf("%d rows, %d ids, want %d", len(rows), len(byID), len(want)-1)
			}
			wrong := 0
			for _, w := range want[1:] {
				got := byID[w[0]]
				for i := range w {
					x := w[i]
					if columns[i] == "empreinte" && strings.HasPrefix(c.file, "mariadb") {
						x = "0x" + strings.ToUpper(strings.TrimPrefix(x, `\x`))
					}
					if c.lossy {
						x = latin(x)
					}
					if i >= len(got) || got[i] != x {
						if wrong++; columns[i] != "telephone" || c.wrong == 0 {
							t.Errorf("%s of %s is %q, want %q", columns[i], w[0], got[i], x) // invented people
						}
					}
				}
			}
			if wrong != c.wrong {
				t.Errorf("%d cells of %d wrong", wrong, len(rows)*len(columns))
			}
		})
	}
}

// latin is text as a program writes it in Windows-1252, without what that lacks.
func latin(text string) string {
	return strings.Map(func(r rune) rune {
		for _, known := range decoding[windows1252] {
			if known == string(r) {
				return r
			}
		}
		return '?'
	}, text)
}

func TestDumpsSakila(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file   string
		tables int
		rows   map[string]int
	}{
		{"mysql-sakila-data", 15, map[string]int{"customer": 599, "payment": 16049, "rental": 16044, "film": 1000}},
		{"postgres-sakila-insert-data-using-copy", 15, map[string]int{"customer": 599, "film": 1000, "rental": 16044}},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			s := scanAll(t, openAll(t, datatest.Path(t, "dumps-sakila/"+c.file+".sql.gz")))
			if s.account.Rejected > 0 || len(s.account.Rejects) > 0 {
				t.Errorf("%+v", s.account.Rejects)
			}
			t.Logf("%d tables, %v", len(s.dump.Tables), s.account.TableRows)
			if len(s.dump.Tables) != c.tables {
				t.Errorf("%d tables", len(s.dump.Tables))
			}
			for name, n := range c.rows {
				for i, tab := range s.dump.Tables {
					if (strings.HasSuffix(tab.Name, ": "+name) || strings.HasSuffix(tab.Name, "."+name)) && s.account.TableRows[i] != int64(n) {
						t.Errorf("%s: %d rows, want %d", name, s.account.TableRows[i], n)
					}
				}
			}
		})
	}
}

// TestSampleOfTables samples each of several tables.
func TestSampleOfTables(t *testing.T) {
	t.Parallel()
	d := openAll(t, datatest.Path(t, "dumps-sakila/mysql-sakila-data.sql.gz"))
	s := scanAll(t, d)
	for range 2 {
		for i, tab := range d.Tables {
			b, err := d.Sample(t.Context(), i, 500)
			if err != nil {
				t.Fatal(err)
			}
			if want := min(500, s.account.TableRows[i]); int64(b.Rows()) != want || b.Width != len(tab.Columns) || b.Table != i {
				t.Errorf("%s: %d rows of %d columns, want %d of %d", tab.Name, b.Rows(), b.Width, want, len(tab.Columns))
			}
		}
	}
}

func TestTab(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		columns    []string
		rows       [][]string
	}{
		{"COPY", "1\tx\t\\N\n2\ta\\tb\\nc\t\\\\N\n3\t\\N\tz\n", []string{"column 1", "column 2", "column 3"}, [][]string{{"1", "x", ""}, {"2", "a\tb\nc", `\N`}, {"3", "", "z"}}},
		{"mysqldump --tab", "1\tx\t\\N\n2\ta\\\tb\\\nc\t\\\\\n", []string{"column 1", "column 2", "column 3"}, [][]string{{"1", "x", ""}, {"2", "a\tb\nc", `\`}}},
		{"with a header", "id\tnom\tville\n1\tx\t\\N\n2\ty\tPau\n3\tz\tLyon\n", []string{"id", "nom", "ville"}, [][]string{{"1", "x", ""}, {"2", "y", "Pau"}, {"3", "z", "Lyon"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, chunk := range []int{1 << 20, 7} {
				d, err := open(t.Context(), sourcesOf(t, file(t, "a.txt", c.text)), Options{}, chunk)
				if err != nil {
					t.Fatal(err)
				}
				s := scanAll(t, d)
				if !slices.Equal(d.Tables[0].Columns, c.columns) || !slices.EqualFunc(s.rows, c.rows, slices.Equal) {
					t.Errorf("%s: columns %q, rows %q", d.Tables[0].Format, d.Tables[0].Columns, s.rows)
				}
			}
		})
	}
}
