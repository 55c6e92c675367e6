package disk_test

import (
	"errors"
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
