package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// limitEnv holds, in a child process, the size in bytes that no file it writes
// may exceed: a full disk for who may not mount a small one.
const limitEnv = "CONSTAT_TEST_FILE_SIZE"

func limitFiles() {
	size, err := strconv.ParseUint(os.Getenv(limitEnv), 10, 64)
	if err != nil {
		return
	}
	signal.Ignore(unix.SIGXFSZ)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: size}); err != nil {
		fmt.Fprintln(os.Stderr, "limiting the size of files:", err)
		os.Exit(1)
	}
}

// TestFullDisk imports and assesses where there is no room left, less of it
// each time: the error says so, and the register stays as it was. Once there is
// room, the same commands work.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := drill(t, "noisy", 1500, 31, []int{0, 20})
	snapshots, dump := snapshotsOf(t, dir), dumpOf(t, dir)
	for _, c := range []struct {
		name string
		disk func(t *testing.T) (home string, squeeze func(room int, cmd *exec.Cmd), release func())
	}{
		{"small disk", smallDisk},
		{"files that may not grow", smallFiles},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			home, squeeze, release := c.disk(t)
			p := on(t, home)
			p.must(0, "register", "import", snapshots[0])
			for _, args := range [][]string{{"register", "import", snapshots[1]}, {"assess", dump}} {
				before := p.must(0, "register", "list", "--json")
				failed, done := 0, false
				for _, room := range []int{0, 8, 24, 48, 96, 160, 320, 480, 640, 960, 1280} {
					cmd := p.child(args...)
					squeeze(room<<10, cmd)
					out, err := cmd.CombinedOutput()
					release()
					if done = err == nil; done {
						break
					}
					failed++
					text := string(out)
					if cmd.ProcessState.ExitCode() != 70 || !strings.Contains(text, "hint: Free some room on the disk") || !strings.Contains(text, " free in "+home) {
						t.Errorf("%s with %d KiB left: code %d: %s", args[0], room, cmd.ProcessState.ExitCode(), text)
					}
					if got := p.must(0, "register", "list", "--json"); got != before {
						t.Fatalf("%s with %d KiB left changed the register", args[0], room)
					}
					p.must(0, "register", "audit")
					p.evidence()
				}
				t.Logf("%s: failed at %d sizes", args[0], failed)
				if failed < 2 {
					t.Errorf("%s was not hindered", args[0])
				}
				if !done {
					p.must(0, args...)
				}
			}
			if left, err := os.ReadDir(filepath.Join(home, "tmp")); err != nil || len(left) > 0 {
				t.Errorf("left in the home's tmp: %v, %v", left, err)
			}
		})
	}
}

// TestFullDiskOfLinks has links written where there is no room for them.
func TestFullDiskOfLinks(t *testing.T) {
	t.Parallel()
	dir := drill(t, "noisy", 600, 32, []int{0})
	p := on(t, filepath.Join(t.TempDir(), "home"))
	p.must(0, "register", "import", snapshotsOf(t, dir)[0])
	small := t.TempDir()
	if err := unix.Mount("tmpfs", small, "tmpfs", 0, "size=4k"); err != nil {
		t.Skipf("skipped: a disk of its own cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(small, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	for _, name := range []string{"links.csv", "links.parquet"} {
		code, _, talk := p.run("assess", dumpOf(t, dir), "--links", filepath.Join(small, name))
		if code != 70 || !strings.Contains(talk, "constat: writing links: ") || !strings.Contains(talk, "0 MiB were free in "+small) || !strings.Contains(talk, "name a file on a larger one with --links") {
			t.Errorf("%s: code %d: %s", name, code, talk)
		}
		if left, err := os.ReadDir(small); err != nil || len(left) > 0 {
			t.Errorf("left beside the links: %v, %v", left, err)
		}
	}
	if code, _, talk := p.run("assess", dumpOf(t, dir), "--links", filepath.Join(t.TempDir(), "links.csv")); code != 0 || !strings.Contains(talk, "is not read again") {
		t.Errorf("with room: code %d: %s", code, talk)
	}
}

// smallDisk is a disk of a few mebibytes, filled up on demand.
func smallDisk(t *testing.T) (string, func(int, *exec.Cmd), func()) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("skipped: a disk of its own cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(dir, "filler")
	squeeze := func(room int, _ *exec.Cmd) {
		var st unix.Statfs_t
		if err := unix.Statfs(dir, &st); err != nil {
			t.Fatal(err)
		}
		size := max(0, int(st.Bavail)*int(st.Bsize)-room)
		if err := os.WriteFile(filler, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "home"), squeeze, func() {
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
}

// smallFiles lets the child write small files only.
func smallFiles(t *testing.T) (string, func(int, *exec.Cmd), func()) {
	return filepath.Join(t.TempDir(), "home"), func(room int, cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, limitEnv+"="+strconv.Itoa(room))
	}, func() {}
}
