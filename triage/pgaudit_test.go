package triage_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"constat.example/blind/access"
	"constat.example/blind/watch"
	"constat.example/clear/accesslog"
	"constat.example/internal/pgtest"
	"constat.example/triage"
)

// TestRealDatabase has people work on a real PostgreSQL with pgaudit, one of them a thief, and
// reads the three kinds of logs that it writes of it: each tells the same accesses, each
// line is accounted for, and the watch raises what was copied.
func TestRealDatabase(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a database")
	}
	pgtest.NeedLibrary(t, "pgaudit", "postgresql-15-pgaudit")
	server := pgtest.Start(t, "shared_preload_libraries=pgaudit", "pgaudit.log=read,write,misc_set", "pgaudit.log_rows=on", "pgaudit.log_parameter=on", "pgaudit.log_catalog=off",
		"logging_collector=on", "log_directory=log", "log_filename=real.log", "log_destination=stderr,csvlog,jsonlog", "log_timezone=Europe/Paris",
		"log_line_prefix=%m [%p] %q%u@%d %h %c app=%a ", "log_connections=on", "log_disconnections=on")
	address := server.Database(t, "create table clients (id text primary key, nom text, naissance date)", "create table salaires (id text, euros int)",
		"insert into clients select 'FT-' || lpad(i::text, 7, '0'), 'NOM' || i, '1980-01-01'::date + i from generate_series(1, 500) i",
		"create role conseil login password 'c'", "create role nuit login password 'n'", "grant select on clients to conseil, nuit", "grant update on clients to conseil")
	as := func(user, password string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(user, password)
		return u.String()
	}
	work(t, server, address, as)

	logs := map[string][]string{}
	known := &accesslog.Map{Tables: []string{"clients", "salaires"}, Keys: []string{"id"}}
	for _, kind := range []string{"log", "csv", "json"} {
		path := filepath.Join(server.Data, "log", "real."+kind)
		settled(t, path)
		r := accesslog.New(accesslog.Options{Map: known})
		err := r.Scan(t.Context(), []string{path}, func(b *accesslog.Batch) error {
			for i, a := range b.Accesses {
				logs[kind] = append(logs[kind], fmt.Sprintf("%s %s %s %s %s x%d", time.UnixMicro(a.Time).UTC().Format("15:04:05.000"), r.Names.Of(a.Account), a.Action, r.Names.Of(a.Relation), b.IDs[i], a.Count))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if a := r.Accounts()[0]; a.Used+a.Idle+a.Rejected != a.Lines || a.Rejected != 0 || a.Local != 0 {
			t.Errorf("%s: %+v", kind, a)
		}
	}
	for _, kind := range []string{"log", "json"} {
		if !slices.Equal(logs[kind], logs["csv"]) {
			t.Errorf("another log tells\n%s\nthe csvlog\n%s", strings.Join(logs[kind], "\n"), strings.Join(logs["csv"], "\n"))
		}
	}
	count := map[string]int{}
	for _, one := range logs["csv"] {
		_, what, _ := strings.Cut(one, " ")
		count[what]++
	}
	for what, want := range map[string]int{
		"conseil read clients FT-0000007 x1": 1, "conseil search clients  x1": 1, "conseil read clients FT-0999999 x0": 0,
		"conseil write clients FT-0000007 x1": 1, "nuit list clients  x500": 1,
		"keeper copy clients  x-1": 1, "keeper backup clients  x-1": 1, "keeper logging   x-1": 1, "keeper read clients FT-0000008 x1": 0,
		"conseil refused   x-1": 3, "conseil login   x-1": 1, "conseil denied   x-1": 1,
	} {
		if count[what] != want {
			t.Errorf("%d times %q, not %d, of\n%s", count[what], what, want, strings.Join(logs["csv"], "\n"))
		}
	}

	var raised []string
	b := triage.Bench{Home: filepath.Join(t.TempDir(), "home"), Now: time.Now}
	_, err := b.Watch(t.Context(), triage.WatchRequest{Logs: []string{filepath.Join(server.Data, "log", "real.csv")}, Each: func(a *watch.Alarm, _ string) error {
		raised = append(raised, fmt.Sprintf("%s %s %s", a.Account, a.Rule, a.Action))
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(raised, fmt.Sprintf("keeper %s %s", watch.Bulk, access.Copy)) {
		t.Errorf("raised was %q", raised)
	}
}

// work is a day: single files, a search, a write, a batch, what rights forbid, wrong
// passwords, a copy, a backup, and a log that is switched off.
func work(t *testing.T, server *pgtest.Server, address string, as func(user, password string) string) {
	t.Helper()
	open := func(address string) *pgx.Conn {
		c, err := pgx.Connect(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	run := func(c *pgx.Conn, statement string, args ...any) {
		rows, err := c.Query(t.Context(), statement, args...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
		}
		rows.Close() // what it ended with is in the log
	}
	c := open(as("conseil", "c"))
	for i := range 20 {
		run(c, "select nom, naissance from clients where id = $1", fmt.Sprintf("FT-%07d", i+1))
	}
	run(c, "select id, nom from clients where naissance = $1", time.Date(1980, 2, 1, 0, 0, 0, 0, time.UTC))
	run(c, "update clients set nom = 'X' where id = 'FT-0000007'")
	run(c, "select euros from salaires where id = 'FT-0000007'")
	_ = c.Close(t.Context())
	c = open(as("nuit", "n"))
	run(c, "select * from clients order by id")
	_ = c.Close(t.Context())
	for range 3 {
		if _, err := pgx.Connect(t.Context(), as("conseil", "wrong")); err == nil {
			t.Fatal("a wrong password opened")
		}
	}
	c = open(address)
	run(c, "copy clients to stdout")
	_ = c.Close(t.Context())
	program, err := exec.LookPath("pg_dump")
	if err != nil {
		t.Skip("skipped: pg_dump is not installed (Debian: apt install postgresql-client)")
	}
	if out, err := exec.CommandContext(t.Context(), program, "--table", "clients", address).CombinedOutput(); err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, out)
	}
	c = open(address)
	run(c, "set pgaudit.log_rows = off")
	run(c, "set pgaudit.log = 'none'") // which is not logged, nor what follows
	run(c, "select nom from clients where id = 'FT-0000008'")
	_ = c.Close(t.Context())
	server.Stop()
}

// settled waits until a server that stopped has written the last line of its log.
func settled(t *testing.T, path string) {
	t.Helper()
	for range 500 {
		text, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(text), "database system is shut down") && strings.HasSuffix(string(text), "\n") {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s does not end", path)
}
