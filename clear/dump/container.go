package dump

import (
	"bufio"
	"context"
	"errors"
	"io"
	"path"
	"strings"
)

// A container is a way of packing files: one, as gzip does, or many, as zip
// does. What is in it may be a container again.
type container interface {
	name() string
	// magic says that the file begins as files so packed do.
	magic(head []byte) bool
	// unpack names what is in f, with its name within f, packed, and what is
	// needed to read it; the rest is filled in. An error coded
	// failure.BadInput says that nothing of it can be read.
	unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error)
	// about is what people are told of it.
	about() Packing
}

// Packing is what people are told of a way of packing files.
type Packing struct {
	Name    string
	What    string
	NotRead string // what of it is not read, and becomes a reject
}

// containers known; what has none of their marks is no container.
var containers = []container{
	gzipContainer{},
	bzip2Container{},
	xzContainer{},
	zstdContainer{},
	lz4Container{},
	zipContainer{},
	sevenContainer{},
	rarContainer{},
	tarContainer{},
	officeLock{},
	mailContainer{},
	pgContainer{},
	selfExtracting{},
	pdfContainer{}, // after mail, in which one may lie as it is
}

// A gathering makes one of several files that lie side by side and belong
// together, such as the volumes of an archive.
type gathering interface {
	// gather returns siblings with those that belong together replaced by what
	// they are together, in the place of the first, and what is missing.
	gather(ctx context.Context, d *Dump, siblings []*blob) ([]*blob, []refusal, error)
}

// gatherings known, asked in turn.
var gatherings = []gathering{volumes{}, mailFolders{}, pgFiles{}, tabPairs{}}

// refusal is a member that is not read.
type refusal struct {
	input int
	name  string
	why   reason
	bytes int64
	count int64 // 0: one
}

// Most members of an input that are looked at, and how deep they may be packed.
const (
	maxMembers   = 10_000
	maxListed    = 20 * maxMembers // before those that belong together are put together
	DefaultDepth = 8
)

// unsafeName reports a name that leads out of its container. Such a member is
// refused unseen: nothing is ever
// written under its name, but who wrote such a name meant harm.
func unsafeName(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	if strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' {
		return true
	}
	return strings.HasPrefix(path.Clean(name)+"/", "../")
}

// stream is a member that is unpacked from start to end.
type stream struct {
	in     io.Closer // what is unpacked
	out    io.ReadCloser
	rest   func() int64 // packed bytes that were not used
	limit  int64
	given  int64 // bytes unpacked
	ended  error // io.EOF or a *broken
	reason func(error) (reason, bool)
}

func (s *stream) remaining() int64 {
	if s.rest == nil {
		return 0
	}
	return max(s.rest(), 0)
}

func (s *stream) Read(p []byte) (int, error) {
	if s.ended != nil {
		return 0, s.ended
	}
	if s.given >= s.limit {
		s.ended = &broken{why: bomb, bytes: s.remaining()}
		return 0, s.ended
	}
	n, err := s.out.Read(p[:min(int64(len(p)), s.limit-s.given)])
	s.given += int64(n)
	if err == nil {
		return n, nil
	}
	s.ended = s.explain(err)
	return n, s.ended
}

// explain turns an unpacker's error into the end of the member. Errors of the
// source pass as they are.
func (s *stream) explain(err error) error {
	if end, ok := errors.AsType[*broken](err); ok {
		return end // of what this was packed in
	}
	if isSourceError(err) || errors.Is(err, context.Canceled) {
		return err
	}
	switch why, ok := s.reason(err); {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &broken{why: cutShort, bytes: s.remaining()}
	case ok:
		return &broken{why: why, bytes: s.remaining()}
	default:
		return err
	}
}

func (s *stream) Close() error {
	var err error
	if s.out != nil {
		err = s.out.Close()
	}
	if s.ended != nil {
		err = nil // it was told as the stream's end
	}
	if s.in != nil {
		err = errors.Join(err, s.in.Close())
	}
	return err
}

// most is the most bytes that packed bytes may unpack to.
func most(packed, limit int64) int64 {
	if limit > 0 {
		return limit
	}
	return max(minMaxDecoded, maxRatio*packed)
}

// ended is a stream that is broken from the start.
type ended struct{ err error }

func (e ended) Read([]byte) (int, error) { return 0, e.err }
func (e ended) Close() error             { return nil }

// squeezed is what a container of one file is made of: gzip, zstd and their
// like, which are unpacked from start to end.
type squeezed struct {
	how func(in io.Reader) (io.ReadCloser, error)
	why func(error) (reason, bool)
}

// blob is what f unpacks to.
func (q squeezed) blob(f *entry) *blob {
	open := func() (io.ReadCloser, error) {
		in, err := f.reader()
		if err != nil {
			return nil, err
		}
		counted := &counter{r: in}
		buffer := bufio.NewReaderSize(counted, 1<<18)
		s := &stream{in: in, limit: f.budget(), reason: q.why}
		s.rest = func() int64 { return f.blob.size - counted.n + int64(buffer.Buffered()) }
		out, err := q.how(buffer)
		if err != nil {
			if err = s.explain(err); isSourceError(err) {
				return nil, errors.Join(err, in.Close())
			}
			return ended{err}, in.Close()
		}
		s.out = out
		return s, nil
	}
	return &blob{packed: f.blob.size, size: -1, open: open}
}

// counter counts what is read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
