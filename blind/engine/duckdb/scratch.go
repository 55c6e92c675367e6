package duckdb

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"constat.example/internal/disk"
)

// scratch is the folder a session spills to, and the locked file beside it
// that says the session is alive. What a killed session left has a file that
// nobody locks, and the next session in the same place removes it.
type scratch struct {
	dir  string
	lock *os.File
}

const (
	scratchPrefix = "constat-engine-"
	lockSuffix    = ".lock"
)

func newScratch(parent string) (*scratch, error) {
	lock, err := os.CreateTemp(parent, scratchPrefix+"*"+lockSuffix)
	if err != nil {
		return nil, err
	}
	s := &scratch{strings.TrimSuffix(lock.Name(), lockSuffix), lock}
	if err := disk.Lock(lock); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	if err := os.Mkdir(s.dir, 0o700); err != nil {
		return nil, errors.Join(err, s.remove())
	}
	sweep(parent)
	return s, nil
}

// sweep removes what dead sessions left in parent. It is a courtesy: what
// cannot be removed, another user's for one, stays.
func sweep(parent string) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), scratchPrefix) || !strings.HasSuffix(e.Name(), lockSuffix) {
			continue
		}
		lock, err := os.Open(filepath.Join(parent, e.Name()))
		if err != nil {
			continue
		}
		if disk.TryLock(lock) == nil {
			_ = (&scratch{strings.TrimSuffix(lock.Name(), lockSuffix), lock}).remove()
			continue
		}
		_ = lock.Close() // a live session's
	}
}

// remove removes the folder, then the file, so that the file stands for as
// long as there is something to sweep.
func (s *scratch) remove() error {
	err := os.RemoveAll(s.dir)
	if err == nil {
		if err = os.Remove(s.lock.Name()); errors.Is(err, os.ErrNotExist) {
			err = nil // swept before it was locked
		}
	}
	return errors.Join(err, s.lock.Close())
}
