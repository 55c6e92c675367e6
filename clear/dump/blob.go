package dump

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// blob is a run of bytes within an input: all of it, or what was packed in it,
// at any depth.
type blob struct {
	input   int
	name    string   // path within the input, by slashes; empty for the input itself
	how     []string // names of what it is packed in, the outermost first
	packed  int64    // bytes it takes up in what it is packed in
	weight  int64    // bytes of the input it takes up, more or less
	size    int64    // -1 where only reading tells
	open    func() (io.ReadCloser, error)
	at      io.ReaderAt // nil where it can be read from start to end only
	as      whole       // the format it is known to be in; nil: it says so itself
	in      container   // the same for what it is packed in
	written format      // the same for text
	of      []*blob     // what it was put together from, in order
	broken  *broken     // why there is no more of it, where that is known
}

// section is a member that lies as it is in something that can be read at any place.
func section(name string, in io.ReaderAt, from, size int64) *blob {
	at := io.NewSectionReader(in, from, size)
	return &blob{name: name, packed: size, size: size, at: at, open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(at, 0, size)), nil
	}}
}

// random makes b readable at any place, which may take unpacking it. What is
// unpacked of something broken stands; b.broken tells.
func (d *Dump) random(ctx context.Context, b *blob) (io.ReaderAt, int64, error) {
	if b.at != nil {
		return b.at, b.size, nil
	}
	in, err := b.open()
	if err != nil {
		return nil, 0, err
	}
	err = d.fill(ctx, b, in)
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, 0, err
	}
	return b.at, b.size, nil
}

// fill makes b of all that in gives. What came before something broken stands;
// b.broken tells.
func (d *Dump) fill(ctx context.Context, b *blob, in io.Reader) error {
	at, size, err := d.unpacked(ctx, b.input, in)
	if end, ok := errors.AsType[*broken](err); ok && at != nil {
		b.broken, err = end, nil
	}
	if err != nil {
		return err
	}
	b.at, b.size = at, size
	b.breakOff(b.broken)
	return nil
}

// breakOff has b end with why there is no more of it; nil: it ends well.
func (b *blob) breakOff(end *broken) {
	b.broken = end
	b.open = func() (io.ReadCloser, error) {
		return &remains{Reader: io.NewSectionReader(b.at, 0, b.size), end: end}, nil
	}
}

// remains is what was unpacked of something broken, and then why there is no more.
type remains struct {
	io.Reader
	end *broken
}

func (r *remains) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if errors.Is(err, io.EOF) && r.end != nil {
		err = r.end
	}
	return n, err
}

func (r *remains) Close() error { return nil }

// unpacked keeps all of in, small things in memory as long as they are few.
// Where it ends with a *broken error, what came before is kept.
func (d *Dump) unpacked(ctx context.Context, input int, in io.Reader) (io.ReaderAt, int64, error) {
	var small bytes.Buffer
	n, err := io.CopyN(&small, in, spoolMemory)
	if err != nil && !errors.Is(err, io.EOF) {
		if _, ok := errors.AsType[*broken](err); !ok {
			return nil, 0, err
		}
	}
	if err != nil && d.small+n <= smallMemory && d.spooled[input]+n <= d.budget(input) {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		d.small += n
		d.spooled[input] += n
		return bytes.NewReader(bytes.Clone(small.Bytes())), n, err
	}
	if err != nil {
		in = ended{err}
	}
	if d.spool == nil {
		if d.spool, err = newSpool(d.options.Spool); err != nil {
			return nil, 0, err
		}
	}
	d.spool.limit = d.budget(input) - d.spooled[input]
	at, size, err := d.spool.keep(ctx, io.MultiReader(&small, in))
	d.spooled[input] += size
	return at, size, err
}

// budget is the most bytes that an input may unpack to.
func (d *Dump) budget(input int) int64 {
	in := d.inputs[input]
	return most(in.Size+in.more, d.options.MaxDecoded)
}
