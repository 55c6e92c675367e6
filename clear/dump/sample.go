package dump

import (
	"context"
	"errors"
	"fmt"
	"io"

	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// How a large plain file is sampled.
const (
	sampleSeek   = 16 << 20 // bytes from which on a sample is taken by seeking
	samplePlaces = 64
	samplePiece  = 256 << 10 // bytes read at each place
	sampleTries  = 20        // rows at which reading is tried at each place
	sampleBytes  = 128 << 20 // kept of all tables of a member that holds several
)

// Sample returns up to n rows of a table, spread evenly over it, always the
// same ones; rows that cannot be read are left out. Ordinals count the rows of
// the sample. Large plain files are read at many places; others are read whole.
func (d *Dump) Sample(ctx context.Context, index, n int) (*table.Batch, error) {
	m := &d.members[d.owner[index]]
	if len(m.shapes) > 1 {
		return d.sampleTable(ctx, m, index, n)
	}
	if by, ok := m.whole.(sampler); ok {
		if b, err := by.sample(ctx, max(n, 1)); err == nil {
			b.Table = index
			return b, nil
		} else if failure.CodeOf(err) != failure.BadInput || isSourceError(err) {
			return nil, err
		}
	}
	kept := &sieve{n: max(n, 1), stride: 1}
	kept.batch.Reset(index, m.width(0))
	var err error
	if by, ok := m.layout.(tabled); (!ok || by.placed()) && m.whole == nil && m.blob.at != nil && m.charset.seekable() && m.blob.size > sampleSeek {
		err = d.samplePlaces(ctx, m, kept)
	} else {
		err = d.sampleWhole(ctx, m, kept)
	}
	if err != nil {
		return nil, err
	}
	return kept.done(n), nil
}

// sampler is a layout of one table that finds rows all over its file by itself. An
// error coded failure.BadInput says that only reading all of it will tell.
type sampler interface {
	sample(ctx context.Context, n int) (*table.Batch, error)
}

// sampleTable samples one of several tables of a member: one pass serves all of
// them, so that it does not read the member once a table.
func (d *Dump) sampleTable(ctx context.Context, m *member, index, n int) (*table.Batch, error) {
	kept := d.samples[m.index]
	at := index - m.table
	if kept == nil || kept[at] == nil || kept[at].n != max(n, 1) {
		kept = make([]*sieve, len(m.shapes))
		for i := range kept {
			kept[i] = &sieve{n: max(n, 1), stride: 1, limit: max(sampleBytes/len(kept), 1<<20)}
			kept[i].batch.Reset(m.table+i, m.width(i))
		}
		r := run{options: d.options, chunk: d.chunk, made: func(m *member) parser { return m.layout.parser() }}
		r.take = func(_ *member, p *piece, release func()) error {
			for row := range p.batch.Rows() {
				kept[p.batch.Table-m.table].offer(&p.batch, row)
			}
			release()
			return nil
		}
		if err := d.alone(ctx, m, r, ""); err != nil {
			return nil, err
		}
		if d.samples == nil {
			d.samples = map[int][]*sieve{}
		}
		d.samples[m.index] = kept
	}
	got := kept[at].done(n)
	kept[at] = nil // handed out, to be forgotten by the one who asked
	return got, nil
}

// done is the sample, its rows numbered.
func (s *sieve) done(n int) *table.Batch {
	s.thin(n)
	for i := range s.batch.Ordinal {
		s.batch.Ordinal[i] = int64(i + 1)
	}
	return &s.batch
}

func (d *Dump) sampleWhole(ctx context.Context, m *member, kept *sieve) error {
	r := run{options: d.options, chunk: d.chunk, made: func(m *member) parser { return m.layout.parser() }}
	r.take = func(_ *member, p *piece, release func()) error {
		for row := range p.batch.Rows() {
			kept.offer(&p.batch, row)
		}
		release()
		return nil
	}
	return d.alone(ctx, m, r, "")
}

// samplePlaces reads the rows at many places of a plain file. At each the start
// of a row must be guessed: the guess is good when the rows that follow read
// without trouble.
func (d *Dump) samplePlaces(ctx context.Context, m *member, kept *sieve) error {
	p := m.layout.parser()
	buf := make([]byte, samplePiece)
	for i := range int64(samplePlaces) {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := m.blob.at.ReadAt(buf, m.start+(m.blob.size-m.start)*i/samplePlaces)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading %s: %w", m.name, err)
		}
		text := buf[:n]
		var best *piece
		for try := range sampleTries {
			if try > 0 || i > 0 {
				n, ended := m.layout.split().skip(text, false)
				if !ended {
					break
				}
				text = text[n:]
			}
			got := readPiece(ctx, m, p, text)
			if best == nil || got.better(best) {
				best = got
			}
			if len(got.rejects) == 0 && got.repaired == 0 {
				break
			}
		}
		if best == nil {
			continue
		}
		// As many rows of each place as make up the sample.
		rows, want := best.batch.Rows(), kept.n/samplePlaces+1
		for k := range min(rows, want) {
			kept.offer(&best.batch, k*rows/min(rows, want))
		}
	}
	return nil
}

// better reports that less went wrong in p than in q.
func (p *piece) better(q *piece) bool {
	trouble := func(p *piece) int64 { return p.rows - int64(p.batch.Rows()) + p.repaired }
	return trouble(p)*q.rows < trouble(q)*p.rows
}

// readPiece reads the whole rows at the start of text.
func readPiece(ctx context.Context, m *member, p parser, text []byte) *piece {
	n, marks := m.layout.split().split(text, false)
	c := &chunk{member: m, text: text[:n], marks: marks, out: make(chan *piece, 1)}
	o := &output{ctx: ctx, c: c, only: true}
	o.fresh()
	p.parse(c, o)
	return o.piece
}

// sieve keeps every stride-th row of those it is offered, and doubles the
// stride when it has kept twice as many as are wanted.
type sieve struct {
	n      int
	stride int64
	count  int64 // offered
	limit  int   // bytes beyond which the stride is doubled too; 0: none
	batch  table.Batch
}

func (s *sieve) offer(b *table.Batch, row int) {
	s.count++
	if (s.count-1)%s.stride != 0 {
		return
	}
	appendRow(&s.batch, b, row)
	if s.batch.Rows() >= 2*s.n || s.limit > 0 && s.batch.Bytes() > s.limit && s.batch.Rows() > 1 {
		s.stride *= 2
		s.keep(func(i int) bool { return i%2 == 0 })
	}
}

// thin leaves n rows, evenly spread.
func (s *sieve) thin(n int) {
	have := s.batch.Rows()
	if have <= n {
		return
	}
	next := 0
	s.keep(func(i int) bool {
		if next < n && i == next*have/n {
			next++
			return true
		}
		return false
	})
}

func (s *sieve) keep(ok func(int) bool) {
	var b table.Batch
	b.Reset(s.batch.Table, s.batch.Width)
	for i := range s.batch.Rows() {
		if ok(i) {
			appendRow(&b, &s.batch, i)
		}
	}
	s.batch = b
}

func appendRow(to, from *table.Batch, row int) {
	for c := range from.Width {
		to.Append(from.Cell(row, c))
	}
	to.EndRow(int64(to.Rows() + 1))
}
