package duckdb

import (
	"os"
	"path/filepath"
	"testing"
)

func TestScratchOfDeadSessionsIsSwept(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	live, err := newScratch(parent)
	if err != nil {
		t.Fatal(err)
	}
	dead, err := newScratch(parent)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dead.dir, "spilled"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := dead.lock.Close(); err != nil { // as the kernel does for a killed process
		t.Fatal(err)
	}
	other := filepath.Join(parent, "constat-engine-of-nobody")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	next, err := newScratch(parent)
	if err != nil {
		t.Fatal(err)
	}
	for dir, there := range map[string]bool{live.dir: true, dead.dir: false, dead.lock.Name(): false, next.dir: true, other: true} {
		if _, err := os.Stat(dir); (err == nil) != there {
			t.Errorf("%s: %v", filepath.Base(dir), err)
		}
	}
	for _, s := range []*scratch{live, next} {
		if err := s.remove(); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(parent); err != nil || len(left) != 1 {
		t.Errorf("left %v, %v", left, err)
	}
}
