package dump

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"
)

// zstdContainer is Zstandard (RFC 8878), of one or several frames.
type zstdContainer struct{}

func (zstdContainer) name() string { return "zstd" }

func (zstdContainer) about() Packing {
	return Packing{
		Name: "zstd", What: "one frame or several",
		NotRead: "frames that need more than 64 MiB, or a dictionary",
	}
}

func (zstdContainer) magic(head []byte) bool {
	return bytes.HasPrefix(pastFrames(head), []byte{0x28, 0xb5, 0x2f, 0xfd})
}

// pastFrames is what follows the frames that are to be skipped, which zstd and
// lz4 have in common.
func pastFrames(head []byte) []byte {
	for len(head) >= 8 && head[0]&0xf0 == 0x50 && head[1] == 0x2a && head[2] == 0x4d && head[3] == 0x18 {
		n := uint64(binary.LittleEndian.Uint32(head[4:])) + 8
		if n > uint64(len(head)) {
			return nil
		}
		head = head[n:]
	}
	return head
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
