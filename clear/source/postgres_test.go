package source

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"constat.example/clear/table"
	"constat.example/internal/failure"
	"constat.example/internal/pgtest"
)

// with adds a parameter to an address.
func with(address, name, value string) string {
	return address + "&" + name + "=" + url.PathEscape(value)
}

// database makes a database whose defaults are as odd as users' are.
func database(t *testing.T, server *pgtest.Server, statements ...string) string {
	t.Helper()
	address := server.Database(t, `do $$ begin
		execute format('alter database %I set datestyle = German', current_database());
		execute format('alter database %I set timezone = "Asia/Tokyo"', current_database());
		execute format('alter database %I set bytea_output = escape', current_database());
		execute format('alter database %I set intervalstyle = postgres_verbose', current_database());
		end $$`)
	server.Exec(t, address, statements...)
	return address
}

func opened(t *testing.T, address string) Source {
	t.Helper()
	s, err := Open(t.Context(), address, Options{})
	if err != nil {
		t.Fatalf("%v (%s)", err, failure.HintOf(err))
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	for _, test := range []struct {
		name string
		run  func(t *testing.T, server *pgtest.Server)
	}{
		{"types", postgresTypes},
		{"tables, views and queries", postgresTables},
		{"samples", postgresSamples},
		{"snapshot", postgresSnapshot},
		{"errors", postgresErrors},
		{"stopping", postgresStops},
		{"text in another encoding", postgresEncoding},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, server)
		})
	}
}

func postgresTypes(t *testing.T, server *pgtest.Server) {
	address := database(t, server,
		"create type mood as enum ('glad')",
		`create table p (id bigint, "Nom" text, fixed char(5), born date, seen timestamptz, local timestamp, ok boolean, n numeric(20,3),
			f double precision, u uuid, j jsonb, ip inet, tags text[], raw bytea, m mood, span interval, "a,b" text)`,
		`insert into p values (1851075123456, E'Zoé\t"|"\nd\\N', 'ab', '16.05.1951', '2026-04-15 10:30:00+02', '15.04.2026 10:30:00', true, 1234.5,
			0.1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a": 1}', '192.0.2.1', '{x,"y z"}', '\xff00', 'glad', '1 day', '')`,
		"insert into p (id) values (2)",
	)
	s := opened(t, with(address, "table", "p"))
	if got, want := strings.Join(s.Columns(), " "), "id Nom fixed born seen local ok n f u j ip tags raw m span a,b"; got != want {
		t.Errorf("columns %q, want %q", got, want)
	}
	rows, stats := scanned(t, s)
	want := []string{
		"1:1851075123456|Zoé\t\"|\"\nd\\N|ab|1951-05-16|2026-04-15 08:30:00+00|2026-04-15 10:30:00|true|1234.500|0.1|" +
			"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|{\"a\": 1}|192.0.2.1/32|{x,\"y z\"}|\\xff00|glad|P1D|",
		"2:2||||||||||||||||",
	}
	if !slices.Equal(rows, want) {
		t.Errorf("%q\nwant %q", rows, want)
	}
	if stats.SHA256 != "" || stats.Bytes == 0 || stats.Rejected != 0 || stats.Repaired != 0 {
		t.Errorf("%+v", stats)
	}
	if strings.Contains(s.Name(), server.Password) || strings.Contains(s.Name(), url.QueryEscape(server.Password)) || !strings.HasSuffix(s.Name(), " public.p") {
		t.Errorf("name %q", s.Name())
	}
}

func postgresTables(t *testing.T, server *pgtest.Server) {
	address := database(t, server,
		"create schema rh", `create table rh."Agents" (id int, name text)`, `insert into rh."Agents" values (1, 'a'), (2, 'b')`,
		"create table people (id int, name text)", "insert into people select i, 'n' || i from generate_series(1, 30000) i",
		"create view adults as select id, name from people where id <= 3",
		"create materialized view kept as select id from people where id <= 2",
		"create table parts (id int) partition by range (id)", "create table parts1 partition of parts for values from (0) to (10)", "create table parts2 partition of parts for values from (10) to (20)",
		"insert into parts select generate_series(0, 19)",
	)
	for _, test := range []struct {
		name, parameter, value string
		columns                string
		rows                   int
		first                  string
	}{
		{"a table", "table", "people", "id name", 30000, "1:1|n1"},
		{"a table in a schema, quoted", "table", `rh."Agents"`, "id name", 2, "1:1|a"},
		{"unquoted in its own case", "table", "rh.Agents", "id name", 2, "1:1|a"},
		{"in another case", "table", "PUBLIC.People", "id name", 30000, "1:1|n1"},
		{"a view", "table", "adults", "id name", 3, "1:1|n1"},
		{"a materialised view", "table", "kept", "id", 2, "1:1"},
		{"a partitioned table", "table", "parts", "id", 20, "1:0"},
		{"a query", "query", "select name, id from people where id % 2 = 0 order by id desc", "name id", 15000, "1:n30000|30000"},
		{"columns of one name", "query", `select a.id, b.id from people a join rh."Agents" b using (id) order by 1`, "id id", 2, "1:1|1"},
		{"a column without a name", "query", "select 1, 'x'", "?column? ?column?", 1, "1:1|x"},
		{"a comment and a semicolon", "query", "-- all\nwith p as (select id from people) select id from p where id = 7; ", "id", 1, "1:7"},
		{"a comment at the end", "query", "select id from people where id = 7 -- that one", "id", 1, "1:7"},
		{"values", "query", "values (1, 2), (3, 4)", "column1 column2", 2, "1:1|2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := opened(t, with(address, test.parameter, test.value))
			if got := strings.Join(s.Columns(), " "); got != test.columns {
				t.Errorf("columns %q, want %q", got, test.columns)
			}
			b, err := s.Sample(t.Context(), 10)
			if err != nil {
				t.Fatal(err)
			}
			if b.Rows() != min(10, test.rows) {
				t.Errorf("a sample of 10 has %d rows", b.Rows())
			}
			rows, _ := scanned(t, s)
			if len(rows) != test.rows || rows[0] != test.first {
				t.Errorf("%d rows, the first %q; want %d, %q", len(rows), rows[0], test.rows, test.first)
			}
		})
	}
}

func postgresSamples(t *testing.T, server *pgtest.Server) {
	address := database(t, server,
		"create table people (id int, filler text)", "insert into people select i, repeat('x', 100) from generate_series(1, 100000) i",
	)
	s := opened(t, with(address, "table", "people"))
	for _, n := range []int{50, 1000, 100_000} {
		b, err := s.Sample(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.Sample(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if b.Rows() != n || !slices.Equal(lines(b), lines(again)) {
			t.Errorf("samples of %d have %d and %d rows, or differ", n, b.Rows(), again.Rows())
		}
		var quarters [4]int
		for r := range b.Rows() {
			var id int
			if _, err := fmt.Sscan(string(b.Cell(r, 0)), &id); err != nil {
				t.Fatal(err)
			}
			quarters[(id-1)/25_000]++
		}
		for q, have := range quarters {
			if n >= 1000 && have < n/20 {
				t.Errorf("of a sample of %d, %d come from quarter %d", n, have, q+1)
			}
		}
	}
	// Statistics that say that pages are full when they are not.
	server.Exec(t, address, "analyze people", "delete from people where id % 100 <> 0")
	b, err := opened(t, with(address, "table", "people")).Sample(t.Context(), 500)
	if err != nil || b.Rows() != 500 {
		t.Errorf("%d rows, %v", b.Rows(), err)
	}
}

func postgresSnapshot(t *testing.T, server *pgtest.Server) {
	address := database(t, server, "create table people (id int)", "insert into people values (1)")
	s := opened(t, with(address, "table", "people"))
	server.Exec(t, address, "insert into people values (2)")
	if rows, _ := scanned(t, s); len(rows) != 1 {
		t.Errorf("%d rows: a row written after the register was opened is read", len(rows))
	}
	if rows, _ := scanned(t, opened(t, with(address, "table", "people"))); len(rows) != 2 {
		t.Errorf("%d rows", len(rows))
	}
}

func postgresErrors(t *testing.T, server *pgtest.Server) {
	address := database(t, server,
		"create table clients (id int, born text)", "create table orders (id int)", "create table people (id int)", "create table none ()",
		"insert into clients values (1, 'Dupont')",
		"create function writes() returns setof int language sql as 'insert into orders values (1) returning id'",
		"create role guest login password 'guest'",
	)
	owner := url.UserPassword(server.User, server.Password).String()
	guest := strings.Replace(address, owner, "guest:guest", 1)
	wrong := strings.Replace(address, owner, "keeper:s3cret", 1)
	for _, test := range []struct {
		name, address string
		want, hint    string
	}{
		{"no table", address, "neither a table nor a query", "public.clients, public.none, public.orders, public.people"},
		{"unknown table", with(address, "table", "client"), "has no such table", "it has public.clients, "},
		{"unknown schema", with(address, "table", "nowhere.people"), "has no such table", "it has public.people, "},
		{"a name that is none", with(address, "table", `"people`), "cannot be read", "schema.name"},
		{"injection in a name", with(address, "table", "people; drop table people"), "has no such table", "public.people"},
		{"no columns", with(address, "table", "none"), "has no columns", "columns"},
		{"not allowed", with(guest, "table", "clients"), "may not read it", "grant SELECT"},
		{"nothing shown", guest, "no table at all", "grant"},
		{"wrong password", with(wrong, "table", "people"), "refuses the password", "password"},
		{"unknown database", with(strings.Replace(address, "/test", "/other", 1), "table", "people"), "has no database", "address"},
		{"nobody listens", with("postgres://keeper:s3cret@127.0.0.1:1/db?sslmode=disable", "table", "people"), "connection refused", "port"},
		{"an address that is none", "postgres://keeper:s3cret@[::1/db?table=t", "cannot be read", "postgres://user@host"},
		{"a bad port", "postgres://keeper:s3cret@h:x/db?table=t", "cannot be read", "postgres://user@host"},
		{"syntax", with(address, "query", "select from where 'Dupont'"), "is not understood at character", "psql"},
		{"two statements", with(address, "query", "select 1; drop table people"), "SQLSTATE 42601", "psql"},
		{"out of its brackets", with(address, "query", "select 1) as q) to stdout; drop table people; --"), "SQLSTATE 42601", "psql"},
		{"unknown column", with(address, "query", `select "Dupont" from clients`), "a column it names does not exist", "single quotes"},
		{"unknown table in a query", with(address, "query", "select 1 from client"), "a table it names does not exist", "schema.name"},
		{"a parameter", with(address, "query", "select $1::int"), "has parameters", "$1"},
		{"not a query", with(address, "query", "delete from people"), "not one that reads", "SELECT"},
		{"a query that writes", with(address, "query", "with d as (delete from people returning id) select id from d"), "SQLSTATE", "."},
		{"a function that writes", with(address, "query", "select writes()"), "it writes", "changes nothing"},
		{"a value that does not convert", with(address, "query", "select born::date from clients"), "SQLSTATE 22007", "manual"},
		{"another scheme", "mysql://keeper:s3cret@h/db", "no register is read", "postgres://"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Open(t.Context(), test.address, Options{})
			if err == nil {
				defer s.Close()
				_, err = s.Scan(t.Context(), func(_ *table.Batch, release func()) error { release(); return nil })
			}
			if failure.CodeOf(err) != failure.BadInput || !strings.Contains(fmt.Sprint(err), test.want) || !strings.Contains(failure.HintOf(err), test.hint) {
				t.Errorf("code %d: %v (%q)", failure.CodeOf(err), err, failure.HintOf(err))
			}
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				for _, secret := range []string{"s3cret", "Dupont", server.Password, url.QueryEscape(server.Password)} {
					if strings.Contains(cause.Error(), secret) || strings.Contains(failure.HintOf(err), secret) {
						t.Errorf("%q tells what it must not", cause)
					}
				}
			}
		})
	}
	if rows, _ := scanned(t, opened(t, with(address, "table", "orders"))); len(rows) != 0 {
		t.Error("a query wrote")
	}
}

func postgresStops(t *testing.T, server *pgtest.Server) {
	address := with(database(t, server, "create table people as select i id, repeat('x', 200) filler from generate_series(1, 50000) i"), "table", "people")
	stop := errors.New("stop")
	s, err := Open(t.Context(), address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Scan(t.Context(), func(_ *table.Batch, release func()) error { release(); return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	s, err = Open(t.Context(), address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := s.Scan(ctx, func(_ *table.Batch, release func()) error { release(); cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A database in SQL_ASCII checks no encoding: what was written in latin-1 and
// in UTF-8 lies in one column.
func postgresEncoding(t *testing.T, server *pgtest.Server) {
	server.Exec(t, server.URL("postgres"), "create database ascii encoding 'SQL_ASCII' template template0")
	address := server.URL("ascii")
	server.Exec(t, address, "create table people (name text)", `insert into people values (E'Zo\xe9'), (E'Zo\xc3\xa9'), (null)`)
	rows, stats := scanned(t, opened(t, with(address, "table", "people")))
	if !slices.Equal(rows, []string{"1:Zoé", "2:Zoé", "3:"}) || stats.Repaired != 1 {
		t.Errorf("%q, %+v", rows, stats)
	}
}

func BenchmarkScanPostgres(b *testing.B) {
	server := pgtest.Start(b)
	address := server.Database(b, `create table people as select i, 'Nom' || i as name, 'Prenom' || i % 1000 as given, date '1950-01-01' + i % 20000 as born,
		'user' || i || '@b.example' as email, '06399800' || i % 100 as phone from generate_series(1, 200000) i`)
	s, err := Open(b.Context(), with(address, "table", "people"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Scan(b.Context(), func(_ *table.Batch, release func()) error { release(); return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*200_000/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
