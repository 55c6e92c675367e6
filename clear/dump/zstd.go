package dump

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// zstdPacking is Zstandard (RFC 8878), of one or several frames.
type zstdPacking struct{}

func (zstdPacking) name() string { return "zstd" }

func (zstdPacking) magic(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd})
}

func (zstdPacking) list(file Source) ([]packed, []refusal, error) {
	open := func(r *raw, limit int64) (io.ReadCloser, error) {
		in := bufio.NewReaderSize(r, 1<<18)
		s := &stream{raw: r, in: in, size: file.Size, limit: most(file.Size, limit)}
		s.reason = func(err error) (reason, bool) {
			if errors.Is(err, zstd.ErrMagicMismatch) {
				return trailing, true
			}
			if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) {
				return bomb, true
			}
			// The decoder has no common type for damage; the disk's errors do.
			return corrupt, !isDiskError(err)
		}
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
		if err != nil {
			return nil, err
		}
		s.out = z.IOReadCloser()
		return s, nil
	}
	return []packed{{how: "zstd", size: file.Size, open: open}}, nil, nil
}
