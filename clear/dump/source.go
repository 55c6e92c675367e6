package dump

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"constat.example/internal/failure"
)

// Source is one file of a dump: bytes that can be read at any place, from
// several goroutines. A plain file is one, and so is a sealed original.
type Source struct {
	Name string // base name; cleaned before it is shown
	Size int64  // bytes
	At   io.ReaderAt
}

// Files opens plain files as sources. They stay open until done is called.
//
// Errors are coded failure.BadInput, with a hint: a file that is missing, empty,
// that may not be read, or that is none.
func Files(paths []string) (sources []Source, done func(), err error) {
	var files []*os.File
	done = func() {
		for _, f := range files {
			_ = f.Close() // it was only read
		}
	}
	for _, path := range paths {
		f, size, err := openFile(path)
		if err != nil {
			done()
			return nil, nil, err
		}
		files = append(files, f)
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

// input is a source while the dump is read.
type input struct {
	Source
	read int64 // bytes read by the readers from start to end
	more int64 // bytes of the inputs that it was put together with
}

// sourceError is what went wrong on the way to the bytes of a source: the
// disk's fault or the seal's, not the data's.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }

// isSourceError tells the machine's failures from those of the data.
func isSourceError(err error) bool {
	_, ok := errors.AsType[*sourceError](err)
	return ok
}

// ReadAt reads at a place.
func (in *input) ReadAt(p []byte, at int64) (int, error) {
	switch { // what a hostile file leads to is its own fault, not the source's
	case at < 0:
		return 0, errors.New("an offset before the start")
	case at >= in.Size:
		return 0, io.EOF
	}
	n, err := in.At.ReadAt(p, at)
	switch {
	case err == nil || errors.Is(err, io.EOF) && at+int64(n) >= in.Size:
	case errors.Is(err, io.EOF):
		err = &sourceError{failure.New(failure.BadInput, "Copy the files to a place where nobody writes to them, and try again.",
			"%s became shorter while it was read", in.Name)}
	case failure.CodeOf(err) == failure.Internal:
		err = &sourceError{fmt.Errorf("reading %s: %w", in.Name, plainCause(err))}
	default:
		err = &sourceError{err}
	}
	return n, err
}

// open reads from start to end.
func (in *input) open() (io.ReadCloser, error) { return &inputReader{in: in}, nil }

type inputReader struct {
	in *input
	at int64
}

func (r *inputReader) Read(p []byte) (int, error) {
	if r.at >= r.in.Size {
		return 0, io.EOF
	}
	n, err := r.in.ReadAt(p[:min(int64(len(p)), r.in.Size-r.at)], r.at)
	r.at += int64(n)
	r.in.read += int64(n)
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

func (r *inputReader) Close() error { return nil }
