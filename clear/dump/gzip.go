package dump

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// gzipContainer is gzip (RFC 1952), of one or several members one after another.
type gzipContainer struct{}

func (gzipContainer) name() string { return "gzip" }

func (gzipContainer) magic(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}) }

func (gzipContainer) unpack(_ context.Context, f *entry) ([]*blob, []refusal, error) {
	how := func(in io.Reader) (io.ReadCloser, error) { return gzip.NewReader(in) }
	why := func(err error) (reason, bool) {
		if errors.Is(err, gzip.ErrHeader) {
			return trailing, true
		}
		_, damaged := errors.AsType[flate.CorruptInputError](err)
		return corrupt, damaged || errors.Is(err, gzip.ErrChecksum)
	}
	return []*blob{squeezed{how, why}.blob(f)}, nil, nil
}
