package dump

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"constat.example/clear/table"
)

// chunk is a run of whole rows of one member.
type chunk struct {
	member *member
	offset int64 // of text in the decoded text
	text   []byte
	buffer []byte // that text is part of
	marks  []mark
	ready  *piece // instead of text: what needs no parser
	out    chan *piece
}

// piece is what became of a part of a chunk. Ordinals in it are relative.
type piece struct {
	batch    table.Batch
	rows     int64 // read and rejected
	repaired int64
	spans    int64 // bytes accounted for
	decoded  int64 // bytes of the whole text, once it is known
	rejects  rejects
	keys     *keySet // what a pass over the keys of JSON found
}

// Limits of a batch beyond which a parser hands it on.
const (
	batchCells = 1 << 20
	batchBytes = 4 << 20
)

// output takes what a parser makes of a chunk, piece by piece, so that rows
// that swell when they are read never fill the memory.
type output struct {
	*piece
	ctx   context.Context
	c     *chunk
	spare chan *piece
	only  bool  // a piece is all that is wanted
	told  int64 // bytes accounted for by the pieces handed on
}

func (o *output) fresh() {
	select {
	case o.piece = <-o.spare:
	default:
		o.piece = new(piece)
	}
	o.rows, o.repaired, o.spans, o.decoded, o.rejects, o.keys = 0, 0, 0, 0, nil, nil
	o.batch.Reset(o.c.member.table, o.c.member.width(0))
}

// into says which of the member's tables the rows that follow belong to.
func (o *output) into(table int) {
	m := o.c.member
	if o.batch.Table == m.table+table {
		return
	}
	if o.rows > 0 && !o.only {
		o.hand()
		o.fresh()
	}
	o.batch.Reset(m.table+table, m.width(table))
}

// row ends the row under way, which took so many bytes.
func (o *output) row(bytes int, repaired bool) {
	o.rows++
	o.spans += int64(bytes)
	o.batch.EndRow(o.rows)
	if repaired {
		o.repaired++
	}
	if rows := o.batch.Rows(); !o.only && rows*o.batch.Width >= batchCells || !o.only && o.batch.Bytes() >= batchBytes {
		o.hand()
		o.fresh()
	}
}

// reject drops the row under way, which begins at start in the chunk.
func (o *output) reject(why reason, start, bytes int) {
	o.batch.DropRow()
	o.rows++
	o.spans += int64(bytes)
	o.rejects.add(why, int64(bytes), Place{Offset: o.c.offset + int64(start), Row: o.rows})
}

// lost rejects what a format that reads a file of that size by itself leaves of
// it. What a hostile file names twice is accounted for once.
func (o *output) lost(why reason, at, bytes, size int64) {
	o.reject(why, int(at), int(max(min(bytes, size-o.told-o.spans), 0)))
}

// between accounts for bytes that are no row.
func (o *output) between(bytes int) { o.spans += int64(bytes) }

func (o *output) hand() {
	o.told += o.spans
	select {
	case o.c.out <- o.piece:
	case <-o.ctx.Done():
	}
}

// run reads members in order: one goroutine cuts their texts into chunks,
// others parse, and take gets the pieces in order. made says what parses.
type run struct {
	options Options
	chunk   int
	made    func(*member) parser
	cut     splitter // instead of the layout's, for a run over one member
	take    func(m *member, p *piece, release func()) error
}

// do reads members in order.
func (r run) do(ctx context.Context, members []*member, gauged func(*member) *gauge) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	threads := r.options.Threads
	work := make(chan *chunk, threads)
	queue := make(chan *chunk, threads+1)
	spare := make(chan *piece, 2*threads+2)
	buffers := make(chan []byte, 2*threads+2)

	var wg, parsing sync.WaitGroup
	defer wg.Wait()
	defer cancel(nil)

	for range threads {
		wg.Go(func() {
			var last *member
			var p parser
			for c := range work {
				if ctx.Err() != nil {
					close(c.out)
					parsing.Done()
					continue
				}
				o := &output{ctx: ctx, c: c, spare: spare}
				if c.ready != nil {
					o.piece = c.ready
				} else {
					if c.member != last {
						last, p = c.member, r.made(c.member)
					}
					o.fresh()
					p.parse(c, o)
				}
				o.hand()
				close(c.out)
				parsing.Done()
				if cap(c.buffer) <= 2*r.chunk {
					select {
					case buffers <- c.buffer[:0]:
					default:
					}
				}
			}
		})
	}

	f := feeder{run: r, ctx: ctx, work: work, queue: queue, buffers: buffers, spare: spare, parsing: &parsing}
	wg.Go(func() {
		defer close(work)
		defer close(queue)
		for _, m := range members {
			if r.options.OneByOne {
				parsing.Wait()
			}
			r.options.Working(m.name)
			if err := f.member(m, gauged(m)); err != nil {
				cancel(err)
				return
			}
		}
	})

	for c := range queue {
		for p := range c.out {
			if ctx.Err() != nil {
				continue
			}
			release := func() {
				select {
				case spare <- p:
				default:
				}
			}
			if err := r.take(c.member, p, release); err != nil {
				cancel(err)
			}
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// feeder cuts texts into chunks.
type feeder struct {
	run
	ctx     context.Context
	work    chan<- *chunk
	queue   chan<- *chunk
	buffers chan []byte
	spare   chan *piece
	parsing *sync.WaitGroup // chunks that are not parsed yet
}

// buffer returns an empty buffer with room for that many bytes, and a chunk.
func (f *feeder) buffer(size int) []byte {
	size = max(size, f.chunk)
	select {
	case b := <-f.buffers:
		if cap(b) >= size {
			return b
		}
	default:
	}
	return make([]byte, 0, size)
}

func (f *feeder) send(c *chunk) error {
	c.out = make(chan *piece, 1)
	select {
	case f.queue <- c:
	case <-f.ctx.Done():
		return context.Cause(f.ctx)
	}
	f.parsing.Add(1)
	select {
	case f.work <- c:
	case <-f.ctx.Done():
		f.parsing.Done()
		close(c.out)
		return context.Cause(f.ctx)
	}
	return nil
}

// member reads m.
func (f *feeder) member(m *member, g *gauge) error {
	defer g.give(g.weight)
	if m.whole != nil {
		return f.whole(m, g)
	}
	m.file.took = g.took
	in, err := m.file.reader()
	m.file.took = nil
	if err != nil {
		return err
	}
	t := m.text(in)
	return errors.Join(f.feed(m, t), t.close())
}

// feed cuts the text of m into chunks of whole rows, up to its end.
func (f *feeder) feed(m *member, t *text) error {
	if err := f.lead(m, t); err != nil {
		return err
	}
	s := f.cut
	if s == nil {
		s = m.layout.split()
	}
	longest := f.options.MaxRow
	if by, ok := s.(tableSplitter); ok {
		longest += by.ahead()
	}
	offset := m.start // of buf in the text
	buf := f.buffer(f.chunk)
	long := int64(-1) // bytes so far of a row that is too long, or -1
	for {
		n, err := io.ReadFull(t, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		final := err != nil
		if final && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		used := 0
		pass := func() error {
			n, ended := s.skip(buf[used:], final)
			used += n
			long += int64(n)
			if !ended && !final {
				return nil
			}
			p := &piece{spans: long}
			p.batch.Table = m.table
			if by, ok := s.(tableSplitter); ok {
				p.batch.Table += by.table()
			}
			long = -1
			return f.span(m, p, tooLong, Place{Offset: offset + int64(used) - p.spans, Row: 1})
		}
		if long >= 0 {
			if err := pass(); err != nil {
				return err
			}
		}
		var cut []byte
		if final && t.end != nil {
			at := used + s.tail(buf[used:])
			buf, cut = buf[:at], buf[at:]
		}
		k := 0
		var marks []mark
		if long < 0 {
			k, marks = s.split(buf[used:], final)
			if k == 0 && !final && len(buf)-used > longest {
				long = 0
				if err := pass(); err != nil {
					return err
				}
			}
		}
		rest := buf[used+k:]
		var next []byte
		switch {
		case final:
		case used+k > 0:
			next = append(f.buffer(len(rest)+f.chunk/2), rest...)
		default:
			next = append(make([]byte, 0, 2*cap(buf)), rest...)
		}
		if k > 0 {
			if err := f.send(&chunk{member: m, offset: offset + int64(used), text: buf[used : used+k], buffer: buf, marks: marks}); err != nil {
				return err
			}
		}
		offset += int64(used + k)
		if final {
			if len(cut) > 0 {
				p := &piece{spans: int64(len(cut))}
				p.batch.Table = m.table
				if by, ok := s.(tableSplitter); ok {
					p.batch.Table += by.table()
				}
				if err := f.span(m, p, rowCut, Place{Offset: offset, Row: 1}); err != nil {
					return err
				}
			}
			return f.trail(m, t)
		}
		buf = next
	}
}

// lead passes over what precedes the first row.
func (f *feeder) lead(m *member, t *text) error {
	n, err := io.CopyN(io.Discard, t, m.start)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	p := &piece{spans: n}
	p.batch.Table = m.table
	return f.send(&chunk{member: m, ready: p})
}

// span sends the reject of a row that no parser need see.
func (f *feeder) span(m *member, p *piece, why reason, at Place) error {
	p.rows = 1
	p.rejects.add(why, p.spans, at)
	return f.send(&chunk{member: m, ready: p})
}

// trail tells how much text there was, and why it ended where that was too soon.
func (f *feeder) trail(m *member, t *text) error {
	p := &piece{decoded: t.read}
	p.batch.Table = m.table
	if t.end != nil {
		p.rejects.add(t.end.why, t.end.bytes, Place{Offset: t.read})
	}
	return f.send(&chunk{member: m, ready: p})
}

// Scan reads every row of every table once, in the order of ordinals, which
// count the rows of the whole dump from 1, rejected ones too, headers not. each
// is called from one goroutine at a time with batches of about 1 MiB; a batch
// is the callee's until it calls release, which it may do from any goroutine.
//
// A total that does not reconcile is an
// error without a code, hence internal.
func (d *Dump) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (*Account, error) {
	a := &Account{TableRows: make([]int64, len(d.Tables)), TableRejected: make([]int64, len(d.Tables))}
	for _, in := range d.Inputs {
		a.BytesTotal += in.Bytes
	}
	d.options.Progress.Stage("reading the dump", a.BytesTotal, "bytes")

	byMember := make([]rejects, len(d.members))
	members := make([]*member, len(d.members))
	for i := range d.members {
		members[i] = &d.members[i]
	}
	r := run{options: d.options, chunk: d.chunk, made: func(m *member) parser { return m.layout.parser() }}
	r.take = func(m *member, p *piece, release func()) error {
		base := a.Read + a.Rejected
		read := int64(p.batch.Rows())
		a.DecodedTotal += p.decoded
		a.DecodedAccounted += p.spans
		a.Read += read
		a.Rejected += p.rows - read
		a.Repaired += p.repaired
		a.TableRows[p.batch.Table] += read
		a.TableRejected[p.batch.Table] += p.rows - read
		for _, e := range p.rejects {
			byMember[m.index].merge(e, base)
		}
		if read == 0 {
			release()
			return nil
		}
		for i := range p.batch.Ordinal {
			p.batch.Ordinal[i] += base
		}
		return each(&p.batch, release)
	}
	if err := r.do(ctx, members, d.gauge); err != nil {
		return nil, err
	}
	for _, in := range d.inputs {
		a.BytesAccounted += in.Size // of each the members tell what became of it
	}
	for i := range d.Inputs {
		for _, f := range d.refused {
			if f.input == i {
				a.Rejects = append(a.Rejects, Reject{Input: i, Name: f.name, Reason: f.why.String(), Count: max(f.count, 1), Bytes: f.bytes, First: []Place{{}}})
			}
		}
		for at, m := range d.members {
			if m.blob.input == i {
				a.Rejects = append(a.Rejects, byMember[at].list(i, m.name)...)
			}
		}
	}
	if a.DecodedTotal != a.DecodedAccounted {
		return nil, fmt.Errorf("reading the dump: %d bytes of text decoded, %d accounted for", a.DecodedTotal, a.DecodedAccounted)
	}
	return a, nil
}
