// Package mariadbtest starts a private MariaDB for tests: a server of its own, in
// a folder of its own, on a socket there and on no network, gone when the test
// ends. Where MariaDB is not installed the test is skipped and says so.
package mariadbtest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Server is a running MariaDB.
type Server struct {
	Dir string // that the server may write to

	socket   string
	programs map[string]string
}

// patience is how long starting may take on a busy machine.
const patience = 60 * time.Second

// Start starts a server that lives until tb ends. It takes a few seconds: share
// it among subtests.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{programs: map[string]string{}}
	for _, name := range []string{"mariadb-install-db", "mariadbd", "mariadb", "mariadb-dump"} {
		path, err := exec.LookPath(name)
		if err != nil {
			path, err = exec.LookPath("/usr/sbin/" + name) // where Debian keeps the server
		}
		if err != nil {
			tb.Skipf("skipped: %s is not installed (Debian: apt install mariadb-server)", name)
		}
		s.programs[name] = path
	}
	// Not tb.TempDir: its name would be too long for a socket.
	dir, err := os.MkdirTemp("", "mariadbtest")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) }) // what is left is in the folder for such things
	s.Dir, s.socket = dir, filepath.Join(dir, "s")
	data := filepath.Join(dir, "data")
	user := "--user=root"
	if os.Geteuid() != 0 {
		user = "--skip-test-db"
	}
	install := exec.Command(s.programs["mariadb-install-db"], "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", user)
	if out, err := install.CombinedOutput(); err != nil {
		tb.Skipf("skipped: mariadb-install-db does not run here: %v\n%s", err, out)
	}
	flags := []string{"--no-defaults", "--datadir=" + data, "--socket=" + s.socket, "--skip-networking", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"}
	if os.Geteuid() == 0 {
		flags = append(flags, "--user=root")
	}
	server := exec.Command(s.programs["mariadbd"], flags...)
	if err := server.Start(); err != nil {
		tb.Skipf("skipped: mariadbd does not run here: %v", err)
	}
	tb.Cleanup(func() {
		_ = server.Process.Kill() // its data go, too
		_ = server.Wait()
	})
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		out, err := s.client("select 1").CombinedOutput()
		if err == nil {
			return s
		}
		if time.Since(begun) > patience {
			tb.Fatalf("MariaDB does not answer: %v\n%s", err, out)
		}
	}
}

func (s *Server) client(script string) *exec.Cmd {
	c := exec.Command(s.programs["mariadb"], "--no-defaults", "--socket="+s.socket, "--user=root", "--default-character-set=utf8mb4")
	c.Stdin = strings.NewReader(script)
	return c
}

// Exec runs a script.
func (s *Server) Exec(tb testing.TB, script string) {
	tb.Helper()
	if out, err := s.client(script).CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
}

// Dump runs mariadb-dump, and returns what it writes.
func (s *Server) Dump(tb testing.TB, flags ...string) []byte {
	tb.Helper()
	var problems bytes.Buffer
	c := exec.Command(s.programs["mariadb-dump"], append([]string{"--no-defaults", "--socket=" + s.socket, "--user=root"}, flags...)...)
	c.Stderr = &problems
	out, err := c.Output()
	if err != nil {
		tb.Fatalf("mariadb-dump: %v\n%s", err, problems.Bytes())
	}
	return out
}
