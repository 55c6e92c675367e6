package dump

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// zstdContainer is Zstandard (RFC 8878), of one or several frames.
type zstdContainer struct{}

func (zstdContainer) name() string { return "zstd" }

func (zstdContainer) magic(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd})
}

func (zstdContainer) unpack(_ context.Context, f *entry) ([]*blob, []refusal, error) {
	how := func(in io.Reader) (io.ReadCloser, error) {
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	why := func(err error) (reason, bool) {
		switch {
		case errors.Is(err, zstd.ErrMagicMismatch):
			return trailing, true
		case errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded):
			return bomb, true
		}
		return corrupt, true // the decoder has no common type for damage
	}
	return []*blob{squeezed{how, why}.blob(f)}, nil, nil
}
