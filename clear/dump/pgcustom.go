package dump

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"constat.example/internal/failure"
)

func (pgContainer) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	t, err := readPgTOC(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	if t.format != pgCustom {
		return nil, nil, failure.New(failure.BadInput, "Name all files of the archive's folder together, or the tar archive it was taken from.",
			"%s is the table of contents of a PostgreSQL archive, without the data", f.name)
	}
	if t.packing > pgZstd {
		return nil, nil, failure.New(failure.BadInput, "Turn it into SQL with `pg_restore --file=dump.sql`, and name that file.",
			"%s is packed in a way that is not known", f.name)
	}
	w, err := f.window(ctx)
	if err != nil {
		return nil, nil, err
	}
	a := &pgBlocks{window: w, toc: t}
	if err := a.find(); err != nil {
		return nil, nil, err
	}
	if len(a.blocks) == 0 && len(a.refused) == 0 {
		return nil, nil, failure.New(failure.BadInput, "Ask for the data: it was made with `pg_dump --schema-only`.", "%s holds no data", f.name)
	}
	var members []*blob
	for _, b := range a.blocks {
		if b.entry.blobs {
			a.refuse(b.entry.member(), otherType, b.end-b.from)
			continue
		}
		lead := t.before(*b.entry)
		open := func() (io.ReadCloser, error) {
			in, err := a.open(b, f.budget())
			if err != nil {
				return nil, err
			}
			return &led{Reader: io.MultiReader(bytes.NewReader(lead), in), Closer: in}, nil
		}
		members = append(members, &blob{name: b.entry.member(), packed: b.end - b.from, size: -1, open: open})
	}
	return members, a.refused, nil
}

// led is a stream with something before it.
type led struct {
	io.Reader
	io.Closer
}

// prefix has b begin with lead.
func (b *blob) prefix(lead []byte) {
	open := b.open
	b.open = func() (io.ReadCloser, error) {
		in, err := open()
		if err != nil {
			return nil, err
		}
		return &led{Reader: io.MultiReader(bytes.NewReader(lead), in), Closer: in}, nil
	}
	b.at = nil
	if b.size >= 0 {
		b.size += int64(len(lead))
	}
}

// pgBlocks are the data in a custom archive.
type pgBlocks struct {
	*window
	toc     *pgTOC
	blocks  []pgBlock
	refused []refusal
}

// pgBlock is the data of an entry: pieces that each say how long they are, the
// last of no length.
type pgBlock struct {
	entry     *pgEntry
	from, end int64
}

const (
	pgData  = 1
	pgBlobs = 3
)

func (a *pgBlocks) refuse(name string, why reason, bytes int64) {
	a.refused = append(a.refused, refusal{name: name, why: why, bytes: bytes})
}

// find goes from block to block. Where one is broken, the next that the table
// of contents has the place of is where it goes on.
func (a *pgBlocks) find() error {
	entries := map[int64]*pgEntry{}
	var known []int64
	for i := range a.toc.entries {
		e := &a.toc.entries[i]
		entries[e.id] = e
		if e.at > 0 {
			known = append(known, e.at)
		}
	}
	slices.Sort(known)
	if a.toc.missing {
		a.refuse("toc", rowCut, a.size-a.toc.end)
		return nil
	}
	seen := map[int64]bool{}
	for at := a.toc.end; at < a.size; {
		c := &pgCursor{w: a.window, at: at, ints: a.toc.ints}
		kind := c.byte()
		e := entries[c.int()]
		if c.err == nil && (e == nil || seen[e.id] || (kind == pgBlobs) != e.blobs || kind != pgData && kind != pgBlobs) {
			c.err = errPgShort
		}
		from := c.at
		for c.err == nil {
			if kind == pgBlobs && c.int() == 0 { // the last object
				break
			}
			a.pass(c)
			if kind == pgData {
				break
			}
		}
		if c.err != nil && !errors.Is(c.err, errPgShort) {
			return c.err
		}
		end := c.at
		if c.err != nil {
			i, _ := slices.BinarySearch(known, at+1)
			end = a.size
			if i < len(known) {
				end = min(known[i], a.size)
			}
		}
		if e != nil && !seen[e.id] && from < end {
			seen[e.id] = true
			a.blocks = append(a.blocks, pgBlock{e, from, end}) // what is broken in it is told when it is read
		} else {
			a.refuse("data", damaged, end-at)
		}
		at = end
	}
	for i := range a.toc.entries {
		if e := &a.toc.entries[i]; !seen[e.id] {
			a.refuse(e.member(), missingData, 0)
		}
	}
	return nil
}

// pass goes past the pieces of an object.
func (a *pgBlocks) pass(c *pgCursor) {
	for c.err == nil {
		n := c.int()
		if n == 0 {
			return
		}
		if n < 0 || n > a.size-c.at {
			c.err = cmp.Or(c.err, errPgShort)
			return
		}
		c.at += n
	}
}

// open unpacks the data of a block.
func (a *pgBlocks) open(b pgBlock, limit int64) (io.ReadCloser, error) {
	pieces := &pgPieces{c: pgCursor{w: &window{ctx: a.ctx, in: a.in, size: b.end}, at: b.from, ints: a.toc.ints}}
	s := &stream{limit: limit, rest: func() int64 { return b.end - pieces.c.at }}
	s.reason = func(error) (reason, bool) { return corrupt, true }
	var out io.ReadCloser
	var err error
	packed := bufio.NewReaderSize(pieces, 64<<10)
	switch a.toc.packing {
	case pgGzip:
		out, err = zlib.NewReader(packed)
	case pgLZ4:
		out = io.NopCloser(lz4.NewReader(packed))
	case pgZstd:
		var z *zstd.Decoder
		if z, err = zstd.NewReader(packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20)); err == nil {
			out = z.IOReadCloser()
		}
	default:
		out = io.NopCloser(packed)
	}
	if err != nil {
		if err = s.explain(err); isSourceError(err) {
			return nil, err
		}
		return ended{err}, nil
	}
	s.out = &pgUnpacked{out, packed}
	return s, nil
}

// pgUnpacked makes sure that nothing follows what was unpacked.
type pgUnpacked struct {
	io.ReadCloser
	packed *bufio.Reader
}

func (u *pgUnpacked) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		more, rest := io.Copy(io.Discard, u.packed)
		switch {
		case rest != nil:
			err = rest
		case more > 0:
			err = &broken{why: trailing, bytes: more}
		}
	}
	return n, err
}

// pgPieces joins the pieces of a block.
type pgPieces struct {
	c    pgCursor
	left int64 // of the piece under way
	done bool
}

func (r *pgPieces) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if r.done {
		return 0, io.EOF
	}
	if r.left == 0 {
		from := r.c.at
		switch r.left = r.c.int(); {
		case r.c.err != nil && !errors.Is(r.c.err, errPgShort):
			return 0, r.c.err
		case r.c.err != nil:
			return 0, &broken{why: rowCut, bytes: r.c.w.size - from}
		case r.left < 0 || r.left > r.c.w.size-r.c.at:
			return 0, &broken{why: damaged, bytes: r.c.w.size - from}
		case r.left == 0:
			r.done = true
			if rest := r.c.w.size - r.c.at; rest > 0 {
				return 0, &broken{why: damaged, bytes: rest}
			}
			return 0, io.EOF
		}
	}
	b, err := r.c.w.at(r.c.at, int(min(r.left, int64(len(p)))))
	if err != nil {
		return 0, err
	}
	if len(b) == 0 {
		return 0, &broken{why: rowCut, bytes: r.c.w.size - r.c.at}
	}
	n := copy(p, b)
	r.c.at += int64(n)
	r.left -= int64(n)
	return n, nil
}
