package dump

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/pierrec/lz4/v4"
)

// lz4Container is LZ4 (the frame format 1.6.4, and the legacy one before it),
// of one frame or several.
type lz4Container struct{}

func (lz4Container) name() string { return "lz4" }

func (lz4Container) about() Packing {
	return Packing{
		Name: "lz4", What: "frames and the legacy format",
		NotRead: "frames that need a dictionary",
	}
}

func (lz4Container) magic(head []byte) bool {
	head = pastFrames(head)
	return bytes.HasPrefix(head, []byte("\x04\x22\x4d\x18")) || bytes.HasPrefix(head, []byte("\x02\x21\x4c\x18"))
}

func (lz4Container) unpack(_ context.Context, f *entry) ([]*blob, []refusal, error) {
	how := func(in io.Reader) (io.ReadCloser, error) { return io.NopCloser(lz4.NewReader(in)), nil }
	why := func(err error) (reason, bool) {
		if errors.Is(err, lz4.ErrInvalidFrame) {
			return trailing, true
		}
		return corrupt, true // the decoder has no common type for damage
	}
	return []*blob{squeezed{how, why}.blob(f)}, nil, nil
}
