package dump

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"constat.example/internal/failure"
)

// Source is one input: bytes that can be read at any place, more than once. A
// plain file is one, and so is a sealed original.
type Source struct {
	Name string // for people: a base name, cleaned of control characters
	Size int64  // bytes
	At   io.ReaderAt
}

// Files opens plain files as sources. They stay open until done is called.
//
// Errors are coded failure.BadInput, with a hint: a file that is missing,
// empty, a directory, or no regular file.
func Files(paths []string) (sources []Source, done func(), err error) {
	var open []*os.File
	done = func() {
		for _, f := range open {
			_ = f.Close() // it was only read
		}
	}
	for _, path := range paths {
		f, size, err := openFile(path)
		if err != nil {
			done()
			return nil, nil, err
		}
		open = append(open, f)
		sources = append(sources, Source{Name: shown(path), Size: size, At: f})
	}
	return sources, done, nil
}

func openFile(path string) (*os.File, int64, error) {
	name := shown(path)
	// What is no regular file is not opened: a pipe would have it wait.
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, failure.New(failure.BadInput, "Check the name; files are named one by one.", "%s: no such file", name)
	case err != nil:
		return nil, 0, failure.New(failure.BadInput, "Check that you may read it.", "%s: cannot be opened: %w", name, plainCause(err))
	case info.IsDir():
		return nil, 0, failure.New(failure.BadInput, "Name the files in it.", "%s is a directory", name)
	case !info.Mode().IsRegular():
		return nil, 0, failure.New(failure.BadInput, "Copy it to a file first: a dump is read more than once.", "%s is not a regular file", name)
	case info.Size() == 0:
		return nil, 0, empty(name)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, failure.New(failure.BadInput, "Check that you may read it.", "%s: cannot be opened: %w", name, plainCause(err))
	}
	return f, info.Size(), nil
}

func empty(name string) error {
	return failure.New(failure.BadInput, "Check that the file was copied whole.", "%s is empty", name)
}

// shown is the base name of a path, fit to be shown.
func shown(path string) string { return clean(filepath.Base(path)) }

// plainCause is err without the path, which may be long or hold anything.
func plainCause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// checked reads a source and tells its failures from those of the data: what
// unpacks it must not take a failing disk, or a broken seal, for damage.
type checked struct {
	name string
	at   io.ReaderAt
}

func (c checked) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.at.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &unreadable{fmt.Errorf("reading %s: %w", c.name, plainCause(err))}
	}
	return n, err
}

// unreadable is the failure of a source.
type unreadable struct{ err error }

func (u *unreadable) Error() string { return u.err.Error() }

func (u *unreadable) Unwrap() error { return u.err }

// isUnreadable tells the failure of a source from those of the data.
func isUnreadable(err error) bool {
	_, ok := errors.AsType[*unreadable](err)
	return ok
}
