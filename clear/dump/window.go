package dump

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// window reads a file at places that mostly rise, a large piece at a time.
type window struct {
	ctx  context.Context
	in   io.ReaderAt
	size int64
	from int64 // of buf in the file
	buf  []byte
}

const windowSize = 1 << 20

func (f *entry) window(ctx context.Context) (*window, error) {
	in, size, err := f.random(ctx)
	if err != nil {
		return nil, err
	}
	return &window{ctx: ctx, in: in, size: size}, nil
}

// at returns n bytes from an offset on, fewer where the file ends. They are
// void at the next call. An error is the machine's.
func (w *window) at(offset int64, n int) ([]byte, error) {
	if offset >= w.size {
		return nil, nil
	}
	n = int(min(int64(n), w.size-offset))
	if offset < w.from || offset+int64(n) > w.from+int64(len(w.buf)) {
		if err := w.ctx.Err(); err != nil {
			return nil, err
		}
		size := int(min(int64(max(n, windowSize)), w.size-offset))
		if cap(w.buf) < size || cap(w.buf) > 4*max(size, windowSize) {
			w.buf = make([]byte, size)
		}
		w.buf, w.from = w.buf[:size], offset
		got, err := w.in.ReadAt(w.buf, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			w.buf = w.buf[:0]
			return nil, err
		}
		w.buf = w.buf[:got]
	}
	at := int(offset - w.from)
	return w.buf[at:min(at+n, len(w.buf))], nil
}

// find is the first offset from one on where pattern stands; -1 for none.
func (w *window) find(from int64, pattern []byte) (int64, error) {
	for from < w.size {
		piece, err := w.at(from, windowSize)
		if err != nil {
			return 0, err
		}
		if k := bytes.Index(piece, pattern); k >= 0 {
			return from + int64(k), nil
		}
		if len(piece) < len(pattern) {
			break
		}
		from += int64(len(piece) - len(pattern) + 1)
	}
	return -1, nil
}
