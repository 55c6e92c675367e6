package dump

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// gzipPacking is gzip (RFC 1952), of one or several members one after another.
type gzipPacking struct{}

func (gzipPacking) name() string { return "gzip" }

func (gzipPacking) magic(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}) }

func (gzipPacking) list(file Source) ([]packed, []refusal, error) {
	open := func(r *raw, limit int64) (io.ReadCloser, error) {
		in := bufio.NewReaderSize(r, 1<<18)
		s := &stream{raw: r, in: in, size: file.Size, limit: most(file.Size, limit)}
		s.reason = func(err error) (reason, bool) {
			if errors.Is(err, gzip.ErrHeader) {
				return trailing, true
			}
			_, damaged := errors.AsType[flate.CorruptInputError](err)
			return corrupt, damaged || errors.Is(err, gzip.ErrChecksum)
		}
		z, err := gzip.NewReader(in)
		if err != nil {
			return ended{s.explain(err)}, nil
		}
		s.out = z
		return s, nil
	}
	return []packed{{how: "gzip", size: file.Size, open: open}}, nil, nil
}

// ended is a stream that is broken from the start.
type ended struct{ err error }

func (e ended) Read([]byte) (int, error) { return 0, e.err }
func (e ended) Close() error             { return nil }
