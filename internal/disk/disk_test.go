package disk_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"constat.example/internal/disk"
)

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // a test may have closed it
	return f
}

func TestLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "lock")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"file": path, "folder": dir} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second, third := open(t, path), open(t, path), open(t, path)
			if err := disk.Lock(first); err != nil {
				t.Fatal(err)
			}
			if err := disk.TryLock(second); !errors.Is(err, disk.ErrLocked) {
				t.Errorf("a second lock was given: %v", err)
			}
			waited := make(chan error)
			go func() { waited <- disk.Lock(third) }()
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			if err := <-waited; err != nil {
				t.Errorf("the lock was not handed on: %v", err)
			}
		})
	}
}

func TestLockOfAClosedFile(t *testing.T) {
	t.Parallel()
	f := open(t, t.TempDir())
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := disk.TryLock(f); err == nil || errors.Is(err, disk.ErrLocked) {
		t.Errorf("a closed file's lock: %v", err)
	}
}

func TestSyncFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := disk.SyncFolder(dir); err != nil {
		t.Error(err)
	}
	if err := disk.SyncFolder(filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestFree(t *testing.T) {
	t.Parallel()
	if n, err := disk.Free(t.TempDir()); err != nil || n < 1 {
		t.Errorf("%d bytes free, %v", n, err)
	}
	if _, err := disk.Free(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestWriteFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a")
	for _, text := range []string{"one", "another"} {
		if err := disk.WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		st, statErr := os.Stat(path)
		if err != nil || statErr != nil || string(got) != text || st.Mode().Perm() != 0o600 {
			t.Errorf("%q, mode %v, %v", got, st.Mode(), errors.Join(err, statErr))
		}
	}
	if err := disk.WriteFile(filepath.Join(path, "b"), nil); err == nil {
		t.Error("a file in a file was written")
	}
}

func TestMakeFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b", "c")
	for range 2 {
		if err := disk.MakeFolder(deep); err != nil {
			t.Fatal(err)
		}
	}
	if st, err := os.Stat(filepath.Join(dir, "a")); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", st, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "x"), filepath.Join(file, "x", "y")} {
		if err := disk.MakeFolder(bad); err == nil {
			t.Errorf("%s was made", bad)
		}
	}
}

// TestCreate: a file is made whole or not at all, over what a crash left, and never in the place of another or
// through a link.
func TestCreate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	put := func(text string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
	}
	elsewhere := filepath.Join(dir, "elsewhere")
	if err := errors.Join(os.WriteFile(elsewhere, []byte("mine"), 0o600), os.Symlink(elsewhere, path+".new")); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	if err := disk.Create(path, func(w io.Writer) error { return errors.Join(put("half")(w), no) }); !errors.Is(err, no) {
		t.Errorf("failed: %v", err)
	}
	if left, err := filepath.Glob(path + "*"); err != nil || len(left) > 0 {
		t.Errorf("failed, it left %q: %v", left, err)
	}
	if err := os.WriteFile(path+".new", []byte("of a crash"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := disk.Create(path, put("whole")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "whole" {
		t.Errorf("it holds %q: %v", text, err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("it is not its owner's alone: %v", err)
	}
	if err := disk.Create(path, put("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another: %v", err)
	}
	if text, err := os.ReadFile(elsewhere); err != nil || string(text) != "mine" {
		t.Errorf("what a link led to holds %q: %v", text, err)
	}
}
