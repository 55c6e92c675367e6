package dump

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// Source is a file that is read, wherever its bytes lie. It is read more than
// once, at many places, and by several goroutines.
type Source struct {
	Name string // base name
	Size int64  // bytes
	At   io.ReaderAt
}

// Files opens plain files as sources, whose At is an *os.File; done closes them.
//
// Errors are coded failure.BadInput, with a hint: a file that is missing, a
// directory, or not to be read.
func Files(paths []string) (sources []Source, done func(), err error) {
	done = func() {
		for _, s := range sources {
			_ = s.At.(io.Closer).Close()
		}
	}
	for _, path := range paths {
		s, err := openFile(path)
		if err != nil {
			done()
			return nil, nil, err
		}
		sources = append(sources, s)
	}
	return sources, done, nil
}

func openFile(path string) (Source, error) {
	name := clean(filepath.Base(path))
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Source{}, failure.New(failure.BadInput, "Check the name; files are named one by one.", "%s: no such file", name)
	case err != nil:
		return Source{}, failure.New(failure.BadInput, "Check that you may read it.", "%s: cannot be opened: %w", name, plainCause(err))
	case info.IsDir():
		return Source{}, failure.New(failure.BadInput, "Name the files in it.", "%s is a directory", name)
	case !info.Mode().IsRegular():
		return Source{}, failure.New(failure.BadInput, "Copy it to a file first: a dump is read more than once.", "%s is not a regular file", name)
	}
	f, err := os.Open(path)
	if err != nil {
		return Source{}, failure.New(failure.BadInput, "Check that you may read it.", "%s: cannot be opened: %w", name, plainCause(err))
	}
	return Source{Name: filepath.Base(path), Size: info.Size(), At: f}, nil
}

// plainCause is err without the path, which may be long or hold anything.
func plainCause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// raw is a source read from start to end: it counts and hashes what it reads.
type raw struct {
	source Source
	in     *io.SectionReader
	hash   hash.Hash // nil when nobody asks
	meter  progress.Meter
	read   int64
}

// raw reads s from the start, past its size too, where it has grown since.
func (s Source) raw() *raw {
	return &raw{source: s, in: io.NewSectionReader(s.At, 0, math.MaxInt64), meter: progress.None}
}

// hashed is raw for the one time that counts.
func (s Source) hashed(meter progress.Meter) *raw {
	r := s.raw()
	r.hash, r.meter = sha256.New(), meter
	return r
}

func (r *raw) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.read += int64(n)
	if r.hash != nil {
		_, _ = r.hash.Write(p[:n])
	}
	r.meter.Add(int64(n))
	return n, err
}
