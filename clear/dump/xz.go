package dump

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/mikelolasagasti/xz"
)

// xzContainer is xz (The .xz File Format 1.2.1), of one stream or several.
type xzContainer struct{}

// xzDictionary is the most memory that unpacking may take: what `xz -9` needs,
// and twice that.
const xzDictionary = 128 << 20 // bytes

func (xzContainer) name() string { return "xz" }

func (xzContainer) about() Packing {
	return Packing{
		Name: "xz", What: "one stream or several one after another; every filter and check",
		NotRead: "streams that need more than 128 MiB to be unpacked; `.lzma`",
	}
}

func (xzContainer) magic(head []byte) bool { return bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")) }

func (xzContainer) unpack(_ context.Context, f *entry) ([]*blob, []refusal, error) {
	return []*blob{squeezed{openXZ, whyXZ}.blob(f)}, nil, nil
}

func openXZ(in io.Reader) (io.ReadCloser, error) {
	x, err := xz.NewReader(in, xzDictionary)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(&xzReader{x: x}), nil
}

func whyXZ(err error) (reason, bool) {
	switch {
	case errors.Is(err, xz.ErrMemlimit):
		return bomb, true
	case errors.Is(err, xz.ErrFormat):
		return trailing, true
	case errors.Is(err, xz.ErrBuf):
		return cutShort, true
	case errors.Is(err, xz.ErrOptions) || errors.Is(err, xz.ErrUnsupportedCheck):
		return unreadMethod, true
	}
	return corrupt, errors.Is(err, xz.ErrData)
}

// xzReader passes over the complaint that a sum of a kind not known cannot be
// checked: what was unpacked is none the worse.
type xzReader struct{ x *xz.Reader }

func (r *xzReader) Read(p []byte) (int, error) {
	n, err := r.x.Read(p)
	if errors.Is(err, xz.ErrUnsupportedCheck) {
		err = nil
	}
	return n, err
}
