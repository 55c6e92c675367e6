package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/cli"
	"constat.example/scenario"
)

// program is the whole program on a home, run in this process or in one of its own.
type program struct {
	t    *testing.T
	home string
	said *bytes.Buffer // everything printed, on either stream

	store string // where decisions are kept, if not in the home
	sudo  string // who acts, if not the account of the machine
}

func on(t *testing.T, home string) program {
	return program{t: t, home: home, said: new(bytes.Buffer)}
}

// run runs a command here.
func (p program) run(args ...string) (code int, out, talk string) {
	p.t.Helper()
	var stdout, stderr bytes.Buffer
	code = cli.Run(context.Background(), args, cli.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr}, p.getenv)
	p.said.WriteString(stdout.String() + "\n" + stderr.String() + "\n")
	return code, stdout.String(), stderr.String()
}

// must runs a command that ends with that code.
func (p program) must(code int, args ...string) (out string) {
	p.t.Helper()
	got, out, talk := p.run(args...)
	if got != code {
		p.t.Fatalf("constat %q ended with %d, want %d:\n%s", args, got, code, talk)
	}
	return out
}

func (p program) getenv(name string) string {
	switch name {
	case "CONSTAT_HOME":
		return p.home
	case "CONSTAT_STORE":
		return p.store
	case "SUDO_USER":
		return p.sudo
	case "NO_COLOR":
		return "1"
	}
	return ""
}

// child is a command in a process of its own, which can be killed.
func (p program) child(args ...string) *exec.Cmd {
	p.t.Helper()
	self, err := os.Executable()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd := exec.CommandContext(p.t.Context(), self)
	cmd.Args = append([]string{"constat"}, args...) // TestMain goes by the name
	cmd.Env = append(os.Environ(), "CONSTAT_HOME="+p.home, "CONSTAT_STORE="+p.store, "NO_COLOR=1")
	return cmd
}

// drill writes a drill with the snapshots of those months.
func drill(t *testing.T, kind string, people int, seed uint64, months []int, adjust ...func(*scenario.Theft)) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "drill")
	c := scenario.Config{People: people, Seed: seed, Snapshots: months}
	if _, err := scenario.Write(t.Context(), dir, c, kind, adjust...); err != nil {
		t.Fatal(err)
	}
	return dir
}

// snapshotsOf are the files of a drill's register, oldest first.
func snapshotsOf(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "register", "*.csv"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no register in the drill: %v", err)
	}
	slices.Sort(paths)
	return paths
}

// dumpOf is the dump of a drill.
func dumpOf(t *testing.T, dir string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "dump.*"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%d dumps in the drill: %v", len(paths), err)
	}
	return paths[0]
}

// timeless is an assessment as JSON without its timings.
func timeless(t *testing.T, text string) string {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &fields); err != nil {
		t.Fatal(err)
	}
	if fields["timings"] == nil {
		t.Fatal("an assessment without timings")
	}
	begin := strings.Index(text, `"timings"`)
	end := strings.Index(text[begin:], "}")
	return text[:begin] + text[begin+end:]
}

// copyOf copies a folder.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, dir, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
