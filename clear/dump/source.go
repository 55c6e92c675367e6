package dump

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"

	"constat.example/internal/failure"
)

// Source is one file of a dump: bytes that can be read at any place, from
// several goroutines.
type Source struct {
	Name   string // base name; cleaned before it is shown
	Size   int64  // bytes
	At     io.ReaderAt
	SHA256 string // in hexadecimal; empty where Scan is to work it out
}

// Files opens plain files as sources. close closes them.
//
// Errors are coded failure.BadInput, with a hint: a file that is missing, that
// may not be read, or that is none.
func Files(paths []string) (sources []Source, closeAll func() error, err error) {
	var files []*os.File
	closeAll = func() error {
		var errs []error
		for _, f := range files {
			errs = append(errs, f.Close())
		}
		return errors.Join(errs...)
	}
	for _, path := range paths {
		name := shown(path)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = failure.New(failure.BadInput, "Check the name; files are named one by one.", "%s: no such file", name)
		case err != nil:
			err = failure.New(failure.BadInput, "Check that you may read it.", "%s: cannot be opened: %w", name, plainCause(err))
		case info.IsDir():
			err = failure.New(failure.BadInput, "Name the files in it.", "%s is a directory", name)
		case !info.Mode().IsRegular():
			err = failure.New(failure.BadInput, "Copy it to a file first: a dump is read more than once.", "%s is not a regular file", name)
		}
		var f *os.File
		if err == nil {
			if f, err = os.Open(path); err != nil {
				err = failure.New(failure.BadInput, "Check that you may read it.", "%s: cannot be opened: %w", name, plainCause(err))
			}
		}
		if err != nil {
			return nil, nil, errors.Join(err, closeAll())
		}
		files = append(files, f)
		sources = append(sources, Source{Name: name, Size: info.Size(), At: f})
	}
	return sources, closeAll, nil
}

// input is a source while the dump is read.
type input struct {
	Source
	hash   hash.Hash // of what a reader from the start has read, nil where nobody asks
	hashed int64
	read   int64 // bytes read by the readers from start to end
	more   int64 // bytes of the inputs that it was put together with
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
func (in *input) open() (io.ReadCloser, error) {
	r := &inputReader{in: in}
	if in.hash != nil && in.hashed == 0 {
		r.hashes = true
	}
	return r, nil
}

type inputReader struct {
	in     *input
	at     int64
	hashes bool
}

func (r *inputReader) Read(p []byte) (int, error) {
	if r.at >= r.in.Size {
		return 0, io.EOF
	}
	n, err := r.in.ReadAt(p[:min(int64(len(p)), r.in.Size-r.at)], r.at)
	r.at += int64(n)
	r.in.read += int64(n)
	if r.hashes {
		_, _ = r.in.hash.Write(p[:n])
		r.in.hashed += int64(n)
	}
	if n > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

func (r *inputReader) Close() error {
	r.hashes = false
	return nil
}
