//go:build eval

package cli_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// pages is what a process has in memory besides what it asked for: the program's
// own text and the files that the system maps for it.
const pages = 112 << 20

// TestEvalMemoryIsKept assesses 100,000 rows against 200,000 people in little memory
// and in much, on one thread, two and four. The process stays within the
// memory allowed, and what comes out is the same to the byte.
func TestEvalMemoryIsKept(t *testing.T) {
	dir := t.TempDir()
	drill := filepath.Join(dir, "drill")
	p := on(t, filepath.Join(dir, "home"))
	// Everything is done by children: a child's largest set begins as its parent's.
	child := func(args ...string) (out string, peak int64) {
		t.Helper()
		cmd := p.child(args...)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			t.Fatalf("constat %q: %v: %s", args, err, stderr.String())
		}
		return stdout.String(), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	}
	child("drill", "new", "--kind", "noisy", "--people", "200000", "--seed", "3", "--out", drill)
	all := snapshotsOf(t, drill)
	for _, path := range []string{all[0], all[len(all)-1]} {
		child("register", "import", path, "--memory", "512MiB")
	}
	dump := filepath.Join(dir, "dump.csv")
	head(t, dumpOf(t, drill), dump, 100_000)

	var wantJSON, wantLinks string
	for _, c := range []struct {
		memory  string
		threads string
		most    int64
	}{
		{"4GiB", "2", 4 << 30}, {"512MiB", "1", 512 << 20}, {"512MiB", "2", 512 << 20}, {"512MiB", "4", 512 << 20}, {"2GiB", "1", 2 << 30}, {"4GiB", "4", 4 << 30},
	} {
		links := filepath.Join(dir, "links.csv")
		out, peak := child("assess", dump, "--json", "--fresh", "--links", links, "--memory", c.memory, "--threads", c.threads)
		json := timeless(t, out)
		t.Logf("--memory %s --threads %s: largest resident set %d MiB", c.memory, c.threads, peak>>20)
		if peak > c.most+pages {
			t.Errorf("--memory %s --threads %s: %d MiB were resident", c.memory, c.threads, peak>>20)
		}
		switch {
		case wantJSON == "":
			wantJSON, wantLinks = json, read(t, links)
		case json != wantJSON:
			t.Errorf("--memory %s --threads %s: another assessment: %s", c.memory, c.threads, firstDifference(wantJSON, json))
		case read(t, links) != wantLinks:
			t.Errorf("--memory %s --threads %s: other links", c.memory, c.threads)
		}
	}
}

// head writes the first rows of a CSV file without line breaks in cells, and its
// header.
func head(t *testing.T, from, to string, rows int) {
	t.Helper()
	lines := strings.SplitAfterN(read(t, from), "\n", rows+2)
	write(t, filepath.Dir(to), filepath.Base(to), strings.Join(lines[:min(len(lines), rows+1)], ""))
}
