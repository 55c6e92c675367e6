package dump

import (
	"context"
	"io"
)

// streamed is a layout of rows that cannot be cut before they are read: it
// reads the member itself, from start to end, in one goroutine.
type streamed interface {
	layout
	// stream reads in and tells out what it finds: every byte that it took is a
	// row's, a reject's or between. What it leaves becomes one reject. An error
	// ends the run; what is wrong with the member is a reject instead.
	stream(ctx context.Context, in io.Reader, out *output) error
}

// stream reads a member whose layout does so itself.
func (f *feeder) stream(m *member, t *text, l streamed) error {
	c := &chunk{member: m, offset: m.start, out: make(chan *piece, 1)}
	select {
	case f.queue <- c:
	case <-f.ctx.Done():
		return context.Cause(f.ctx)
	}
	o := &output{ctx: f.ctx, c: c, spare: f.spare}
	o.fresh()
	err := l.stream(f.ctx, t, o)
	o.hand()
	close(c.out)
	if err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, t)
	if err != nil {
		return err
	}
	if n > 0 {
		p := &piece{spans: n}
		p.batch.Table = m.table
		p.rejects.add(leftover, n, Place{Offset: t.read - n})
		if err := f.send(&chunk{member: m, ready: p}); err != nil {
			return err
		}
	}
	return f.trail(m, t)
}
