package dump

import (
	"bufio"
	"errors"
	"io"
)

// A packing is a way of packing texts in a file.
type packing interface {
	name() string
	// magic says that the file begins as files so packed do.
	magic(head []byte) bool
	// list names the members of a file.
	list(s Source) ([]packed, []refusal, error)
}

// packings known; what has none of their marks is plain text.
var packings = []packing{gzipPacking{}, zstdPacking{}, zipPacking{}}

// packed is one member of a packed file.
type packed struct {
	name string // within the file; empty when the file is one member
	how  string // of the packing; empty for plain files
	size int64  // as it lies in the file
	// open yields the unpacked bytes. limit is Options.MaxDecoded.
	open func(r *raw, limit int64) (io.ReadCloser, error)
	// seekable: the bytes lie in the file as they are.
	seekable bool
}

// refusal is a member that is not read.
type refusal struct {
	input int
	name  string
	why   reason
	bytes int64
}

// plain is a file that is not packed.
func plain(size int64) packed {
	return packed{size: size, seekable: true, open: func(r *raw, _ int64) (io.ReadCloser, error) {
		return io.NopCloser(r), nil
	}}
}

// stream is a packed file that is one member, such as gzip and zstd make.
type stream struct {
	raw    *raw
	in     *bufio.Reader
	out    io.ReadCloser
	size   int64 // of the packed file
	limit  int64
	given  int64 // bytes unpacked
	ended  error // io.EOF or a *broken
	reason func(error) (reason, bool)
}

// remaining is how many packed bytes were not used.
func (s *stream) remaining() int64 { return max(s.size-s.raw.read, 0) + int64(s.in.Buffered()) }

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
// disk pass as they are.
func (s *stream) explain(err error) error {
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
	if err := s.out.Close(); s.ended == nil {
		return err
	}
	return nil // it was told as the stream's end
}

// most is the most bytes that packed bytes may unpack to.
func most(packed, limit int64) int64 {
	if limit > 0 {
		return limit
	}
	return max(minMaxDecoded, maxRatio*packed)
}
