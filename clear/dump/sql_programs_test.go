package dump

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
	var programs []string
	for _, name := range []string{"mariadb-install-db", "mariadbd", "mariadb", "mariadb-dump"} {
		p, err := exec.LookPath(name)
		if err != nil {
			t.Skipf("skipped: %s is not installed (Debian: apt install mariadb-server)", name)
		}
		programs = append(programs, p)
	}
	dir, err := os.MkdirTemp("", "mariadb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	data := filepath.Join(dir, "data")
	if out, err := exec.Command(programs[0], "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal").CombinedOutput(); err != nil {
		t.Skipf("skipped: mariadb-install-db does not run here: %v\n%s", err, out)
	}
	var script strings.Builder
	script.WriteString("create database d character set utf8mb4; use d; create table clients (id int primary key, note text, b blob);\n")
	want := [][]string{}
	for i, text := range awkward {
		fmt.Fprintf(&script, "insert into clients values (%d, x'%x', x'00ff27');\n", i, text)
		want = append(want, []string{fmt.Sprint(i), text, "0x00FF27"})
	}
	socket := filepath.Join(dir, "s")
	server := exec.Command(programs[1], "--no-defaults", "--datadir="+data, "--socket="+socket, "--skip-networking", "--user=root")
	if err := server.Start(); err != nil {
		t.Skipf("skipped: mariadbd does not run here: %v", err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	fill := exec.Command(programs[2], "--no-defaults", "--socket="+socket, "--user=root", "--default-character-set=utf8mb4", "--wait", "--connect-timeout=30")
	fill.Stdin = strings.NewReader(script.String())
	if out, err := fill.CombinedOutput(); err != nil {
		t.Skipf("skipped: mariadbd does not answer: %v\n%s", err, out)
	}
	for _, flags := range [][]string{nil, {"--skip-extended-insert", "--hex-blob"}, {"--complete-insert", "--skip-opt"}, {"--compatible=postgresql"}, {"--no-create-info"}} {
		t.Run(strings.Join(flags, " "), func(t *testing.T) {
			text, err := exec.Command(programs[3], append([]string{"--no-defaults", "--socket=" + socket, "--user=root", "d"}, flags...)...).Output()
			if err != nil {
				t.Skipf("skipped: mariadb-dump does not run: %v", err)
			}
			s := scanAll(t, openAll(t, file(t, "a.sql", string(text))))
			_, rows := s.rowsOf(t, "clients")
			if !slices.EqualFunc(rows, want, slices.Equal) && !slices.Contains(flags, "--no-create-info") {
				t.Errorf("rows %q, want %q", rows, want)
			}
		})
	}
}
