package dump

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/mariadbtest"
	"constat.example/internal/pgtest"
)

// awkward are texts that dumps must carry through.
var awkward = []string{
	"", "plain", "it's", `back\slash`, `\N`, `\.`, "tab\there", "line\nfeed", "carriage\r\nreturn", "'; DROP TABLE clients; --", "),(1,'x'),(",
	"émoji 🎉 — œuvre", `"double" and ''two''`, "$$ and $x$", "NULL", "\nINSERT INTO clients VALUES (9,'x');\n", "\nCOPY x FROM stdin;\n", "-- no comment", "/* none", `\\server\share\`, "E'x'", ";",
}

// TestPgDump reads what the real pg_dump writes, in all its plain ways.
func TestPgDump(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Skip("skipped: pg_dump is not installed (Debian: apt install postgresql-client)")
	}
	server := pgtest.Start(t)
	statements := []string{
		`create schema "the other"`,
		`create table clients (id int primary key, note text, "Été" date default '2024-01-02', b bytea default '\x00ff27', tags text[] default '{"a,b",c}', twice int generated always as (id * 2) stored)`,
		`create table "the other"."a table" (x text, y jsonb)`,
		`create table nothing (a int)`,
		`create table without_columns ()`,
		`insert into "the other"."a table" values ('x', '{"a": "it''s"}'), (null, null)`,
		`create function f() returns trigger language plpgsql as $f$ begin
insert into nothing values (1); return new; end $f$`,
		`comment on table clients is 'it''s; insert into x values (1)'`,
	}
	want := [][]string{}
	for i, text := range awkward {
		statements = append(statements, fmt.Sprintf(`insert into clients (id, note) values (%d, '%s')`, i, strings.ReplaceAll(text, "'", "''")))
		want = append(want, []string{fmt.Sprint(i), text, "2024-01-02", `\x00ff27`, `{"a,b",c}`})
	}
	address := server.Database(t, statements...)
	for _, flags := range [][]string{
		nil, {"--inserts"}, {"--column-inserts"}, {"--inserts", "--rows-per-insert=7"}, {"--data-only"}, {"--data-only", "--inserts"}, {"--no-comments", "--clean", "--if-exists"}, {"--disable-dollar-quoting", "--inserts"},
	} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			t.Parallel()
			run := exec.Command(program, append(flags, "--dbname", address)...)
			var problems bytes.Buffer
			run.Stderr = &problems
			text, err := run.Output()
			if err != nil {
				t.Skipf("skipped: pg_dump does not run against this server: %v\n%s", err, problems.Bytes())
			}
			for _, chunk := range []int{chunkSize, 100} {
				d, err := open(t.Context(), sourcesOf(t, file(t, "a.sql", string(text))), Options{}, chunk)
				if err != nil {
					t.Fatal(err)
				}
				s := scanAll(t, d)
				if len(s.account.Rejects) > 0 || s.account.Repaired > 0 {
					t.Errorf("%+v", s.account)
				}
				columns, rows := s.rowsOf(t, "public.clients")
				if names := []string{"id", "note", "Été", "b", "tags"}; !slices.Equal(columns[:5], names) && columns[0] != "column 1" {
					t.Errorf("columns %q", columns)
				}
				for i := range rows {
					rows[i] = rows[i][:5]
				}
				if !slices.EqualFunc(rows, want, slices.Equal) {
					t.Errorf("rows %q, want %q", rows, want)
				}
				_, rows = s.rowsOf(t, "the other.a table")
				if !slices.EqualFunc(rows, [][]string{{"x", `{"a": "it's"}`}, {"", ""}}, slices.Equal) {
					t.Errorf("rows %q", rows)
				}
			}
		})
	}
	t.Run("COPY text", func(t *testing.T) {
		t.Parallel()
		psql, err := exec.LookPath("psql")
		if err != nil {
			t.Skip("skipped: psql is not installed (Debian: apt install postgresql-client)")
		}
		text, err := exec.Command(psql, "--dbname", address, "--command", "copy (select id, note, nullif(id, 3) from clients order by id) to stdout").Output()
		if err != nil {
			t.Skipf("skipped: psql does not run against this server: %v", err)
		}
		s := scanAll(t, openAll(t, file(t, "a.txt", string(text))))
		if len(s.rows) != len(awkward) || s.dump.Tables[0].Format != "tab-separated" {
			t.Fatalf("%d rows of %s", len(s.rows), s.dump.Tables[0].Format)
		}
		for i, row := range s.rows {
			if row[1] != awkward[i] {
				t.Errorf("%q, want %q", row[1], awkward[i])
			}
		}
	})
}

// TestMariaDBDump reads what the real mariadb-dump writes, from a server of its
// own.
func TestMariaDBDump(t *testing.T) {
	t.Parallel()
	server := mariadbtest.Start(t)
	var script strings.Builder
	script.WriteString("create database d character set utf8mb4; use d; create table clients (id int primary key, note text, b blob);\n")
	want := [][]string{}
	for i, text := range awkward {
		fmt.Fprintf(&script, "insert into clients values (%d, x'%x', x'00ff27');\n", i, text)
		want = append(want, []string{fmt.Sprint(i), text, "0x00FF27"})
	}
	script.WriteString("create table autres (x varchar(9), y int default 7); insert into autres (x) values ('a'), (null);\ncreate database e; create table e.t (a int); insert into e.t values (5);\n")
	server.Exec(t, script.String())
	for _, flags := range []string{
		"d", "--skip-extended-insert --hex-blob d", "--complete-insert --skip-opt d", "--compatible=postgresql d", "--compatible=ansi d", "--compatible=mssql --hex-blob d",
		"--no-create-info d", "--default-character-set=latin1 d", "--databases d e", "--all-databases", "--quick --single-transaction --triggers --routines --events d", "--insert-ignore --replace d",
	} {
		t.Run(flags, func(t *testing.T) {
			text := server.Dump(t, strings.Fields(flags)...)
			s := scanAll(t, openAll(t, file(t, "a.sql", string(text))))
			table := "clients"
			if strings.Contains(flags, "databases") {
				table = "d.clients"
				if _, rows := s.rowsOf(t, "e.t"); !slices.EqualFunc(rows, [][]string{{"5"}}, slices.Equal) {
					t.Errorf("rows %q of the other database", rows)
				}
			}
			_, rows := s.rowsOf(t, table)
			want := want
			switch {
			case strings.Contains(flags, "no-create-info"): // nothing says that b is of bytes
				for i := range rows {
					rows[i][2] = "0x00FF27"
				}
			case strings.Contains(flags, "latin1") || strings.Contains(flags, "compatible"):
				want = nil
				for i, text := range awkward {
					want = append(want, []string{fmt.Sprint(i), latin(text), "0x00FF27"})
				}
			}
			if !slices.EqualFunc(rows, want, slices.Equal) || len(s.account.Rejects) > 0 {
				t.Errorf("rows %q, want %q; %+v", rows, want, s.account.Rejects)
			}
		})
	}
	t.Run("--tab", func(t *testing.T) {
		server.Dump(t, "--tab="+server.Dir, "d")
		var paths []string
		for _, name := range []string{"autres.sql", "autres.txt", "clients.txt", "clients.sql"} {
			paths = append(paths, filepath.Join(server.Dir, name))
		}
		s := scanAll(t, openAll(t, paths...))
		if len(s.dump.Tables) != 2 || len(s.account.Rejects) > 0 {
			t.Fatalf("%+v, %+v", s.dump.Tables, s.account.Rejects)
		}
		for i, w := range []struct {
			name    string
			columns []string
			rows    [][]string
		}{{"autres.txt", []string{"x", "y"}, [][]string{{"a", "7"}, {"", "7"}}}, {"clients.txt", []string{"id", "note", "b"}, want}} {
			table := s.dump.Tables[i]
			var rows [][]string
			for r, of := range s.table {
				if of == i {
					rows = append(rows, s.rows[r])
				}
			}
			if table.Name != w.name || !slices.Equal(table.Columns, w.columns) || !slices.EqualFunc(rows, w.rows, slices.Equal) {
				t.Errorf("%s: %q: %q", table.Name, table.Columns, rows)
			}
		}
	})
}
