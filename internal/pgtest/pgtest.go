// Package pgtest starts a private PostgreSQL for tests: a server of its own, in
// a folder of its own, on a port of the loopback that was free, gone when the
// test ends. Where PostgreSQL is not installed the test is skipped and says so.
package pgtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running PostgreSQL.
type Server struct {
	// User and Password are the superuser's. Every connection needs them.
	User, Password string
	Host           string // "127.0.0.1:port"
	Data           string // its folder; only it and who runs the tests read there
	// Stop shuts the server down; the end of the test does too.
	Stop func()

	databases atomic.Int64
}

// patience is how long starting may take on a busy machine.
const patience = 60 * time.Second

// NeedLibrary skips a test where the server lacks a library, which the Debian package has.
func NeedLibrary(tb testing.TB, name, debian string) {
	tb.Helper()
	bin := programs()
	for _, dir := range []string{filepath.Join(bin, "../lib"), filepath.Join(bin, "../lib/postgresql")} {
		if _, err := os.Stat(filepath.Join(dir, name+".so")); err == nil {
			return
		}
	}
	tb.Skipf("skipped: PostgreSQL's %s is not installed (Debian: apt install %s)", name, debian)
}

// Start starts a server that lives until tb ends, with settings as "name=value". A test
// that starts one takes a second or two: share it among subtests.
func Start(tb testing.TB, settings ...string) *Server {
	tb.Helper()
	bin := programs()
	if bin == "" {
		tb.Skip("skipped: PostgreSQL's initdb and postgres are not installed (Debian: apt install postgresql)")
	}
	s := &Server{User: "keeper", Password: "p@ss:w/rd?&%"}

	// Not tb.TempDir: its name would be too long for a socket, and the server's
	// own account has to reach it.
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) }) // what is left is in the folder for such things
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte(s.Password), 0o600); err != nil {
		tb.Fatal(err)
	}
	as, err := account(dir, password)
	if err != nil {
		tb.Skipf("skipped: PostgreSQL does not run as root, and no account to run it was found: %v", err)
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--username", s.User, "--pwfile", password,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		tb.Fatalf("initdb: %v\n%s", err, out)
	}

	port, err := freePort()
	if err != nil {
		tb.Fatal(err)
	}
	s.Host = fmt.Sprintf("127.0.0.1:%d", port)
	var log bytes.Buffer
	s.Data = data
	options := []string{
		"-D", data, "-h", "127.0.0.1", "-p", fmt.Sprint(port), "-k", dir,
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off",
		"-c", "shared_buffers=16MB", "-c", "max_connections=40", "-c", "autovacuum=off", "-c", "max_wal_size=256MB",
	}
	for _, one := range settings {
		options = append(options, "-c", one)
	}
	server := exec.Command(filepath.Join(bin, "postgres"), options...)
	server.Dir, server.SysProcAttr = dir, as
	server.Stdout, server.Stderr = &log, &log
	ended := make(chan error, 1)
	if err := start(server, ended); err != nil {
		tb.Fatalf("starting PostgreSQL: %v", err)
	}
	s.Stop = sync.OnceFunc(func() {
		_ = server.Process.Signal(os.Interrupt) // a fast shutdown; fails where it ended by itself
		select {
		case <-ended:
		case <-time.After(patience):
			_ = server.Process.Kill()
			<-ended
		}
	})
	tb.Cleanup(s.Stop)
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		conn, err := pgx.Connect(tb.Context(), s.URL("postgres"))
		if err == nil {
			_ = conn.Close(tb.Context()) // it served its purpose
			return s
		}
		select {
		case exit := <-ended:
			ended <- exit
			tb.Fatalf("PostgreSQL ended at once: %v\n%s", exit, log.Bytes())
		default:
		}
		if time.Since(begun) > patience {
			tb.Fatalf("PostgreSQL does not answer: %v", err)
		}
	}
}

// URL is the address of a database of s, password included.
func (s *Server) URL(database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(s.User, s.Password), Host: s.Host, Path: "/" + database, RawQuery: "sslmode=disable"}
	return u.String()
}

// Database makes an empty database, runs the statements in it, and returns its
// address.
func (s *Server) Database(tb testing.TB, statements ...string) string {
	tb.Helper()
	name := fmt.Sprintf("test%d", s.databases.Add(1))
	s.Exec(tb, s.URL("postgres"), "create database "+name)
	s.Exec(tb, s.URL(name), statements...)
	return s.URL(name)
}

// Exec runs statements at an address.
func (s *Server) Exec(tb testing.TB, address string, statements ...string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
	}
}

// programs is the folder of the server's programs, "" where there is none.
// Debian keeps them out of PATH, one folder a version: the newest is taken. What
// PATH finds may be a wrapper, which is followed to where it leads.
func programs() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well formed
	slices.SortFunc(found, func(a, b string) int { return len(a) - len(b) })
	slices.SortStableFunc(found, func(a, b string) int { return version(a) - version(b) })
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(initdb); err == nil {
		initdb = real
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(initdb), "postgres")); err != nil {
		return ""
	}
	return filepath.Dir(initdb)
}

func version(initdb string) int {
	var v int
	_, _ = fmt.Sscanf(initdb, "/usr/lib/postgresql/%d/", &v) // 0 for what is no version
	return v
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
