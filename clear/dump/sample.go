package dump

import (
	"context"

	"constat.example/clear/table"
)

// Sample returns up to n rows of a table, spread evenly over it, always the
// same ones. Their ordinals count from 1 within the table.
func (d *Dump) Sample(ctx context.Context, index, n int) (*table.Batch, error) {
	m := &d.members[index]
	kept := &sieve{n: n, stride: 1}
	kept.batch.Reset(index, len(m.columns))
	r := run{options: d.options, chunk: d.chunk, made: func(m *member) parser { return m.layout.parser() }}
	var seen int64
	r.take = func(_ *member, p *piece, release func()) error {
		for row := range p.batch.Rows() {
			kept.offer(&p.batch, row, seen+p.batch.Ordinal[row])
		}
		seen += p.rows
		release()
		return nil
	}
	if err := d.alone(ctx, m, r); err != nil {
		return nil, err
	}
	kept.thin(n)
	return &kept.batch, nil
}

// sieve keeps every stride-th row of those it is offered, and doubles the
// stride when it has kept twice as many as are wanted.
type sieve struct {
	n      int
	stride int64
	count  int64 // offered
	batch  table.Batch
}

func (s *sieve) offer(b *table.Batch, row int, ordinal int64) {
	s.count++
	if (s.count-1)%s.stride != 0 {
		return
	}
	appendRow(&s.batch, b, row, ordinal)
	if s.batch.Rows() >= 2*s.n {
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
			appendRow(&b, &s.batch, i, s.batch.Ordinal[i])
		}
	}
	s.batch = b
}

func appendRow(to, from *table.Batch, row int, ordinal int64) {
	for c := range from.Width {
		to.Append(from.Cell(row, c))
	}
	to.EndRow(ordinal)
}
