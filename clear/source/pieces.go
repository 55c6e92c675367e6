package source

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// touchedColumn is the name of a column that holds which columns a row speaks of.
const touchedColumn = "constat:touched"

// mostPieces is how many columns fit the bits that say which of them a row speaks of.
const mostPieces = 62

// Pieces reads a table of changes whose rows hold the new value of one column each
// (an audit table: record id, time, name of the column, value) as rows of the
// register's columns, of which one is filled. of are the register's columns, id among
// them the one of record ids; name and value are the source's, and so are times.
// Rows that speak of a column that the register does not keep are read and say nothing.
func Pieces(src Source, of []string, id, name, value string, times Times) (Source, error) {
	if len(of) > mostPieces {
		return nil, failure.New(failure.BadInput, "Export whole rows after each change.", "the register has %d columns, and changes of one column each are read for %d at most", len(of), mostPieces)
	}
	names := src.Columns()
	clock, err := NewClock(names, times, false)
	if err != nil {
		return nil, err
	}
	p := &pieces{Source: src, at: map[string]int{}}
	for i, n := range of {
		p.at[strings.TrimSpace(n)] = i
	}
	for _, x := range []struct {
		flag, name string
		into       *int
	}{{"--id", id, &p.id}, {"--column", name, &p.name}, {"--value", value, &p.value}} {
		if *x.into, err = column(names, x.name, x.flag, nil); err != nil {
			return nil, err
		}
	}
	var known bool
	if p.idAt, known = p.at[strings.TrimSpace(id)]; !known {
		return nil, failure.New(failure.BadInput, "Call the column in the changes as it is called in the register.", "the register has no column %q", id)
	}
	p.carried = []int{clock.from}
	if clock.operation >= 0 {
		p.carried = append(p.carried, clock.operation)
	}
	p.columns = append(p.columns, of...)
	for _, c := range p.carried {
		p.columns = append(p.columns, names[c])
	}
	p.columns = append(p.columns, touchedColumn)
	if file, ok := src.(Filed); ok {
		return struct {
			*pieces
			Filed
		}{p, file}, nil
	}
	return p, nil
}

type pieces struct {
	Source
	id, name, value int // columns of the source
	idAt            int
	at              map[string]int // the register's columns by name
	carried         []int          // columns of time
	columns         []string
}

func (p *pieces) Columns() []string { return p.columns }

func (p *pieces) Sample(ctx context.Context, n int) (*table.Batch, error) {
	b, err := p.Source.Sample(ctx, n)
	if err != nil {
		return nil, err
	}
	out := new(table.Batch)
	p.widen(out, b)
	return out, nil
}

func (p *pieces) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (Stats, error) {
	var wide batches
	return p.Source.Scan(ctx, func(b *table.Batch, release func()) error {
		out, done := wide.get()
		p.widen(out, b)
		release()
		return each(out, done)
	})
}

// widen writes the rows of a batch as rows of the register.
func (p *pieces) widen(out, b *table.Batch) {
	out.Reset(b.Table, len(p.columns))
	for row, ordinal := range b.Ordinal {
		is, known := p.at[strings.TrimSpace(string(b.Cell(row, p.name)))]
		touched := int64(0)
		if known && is != p.idAt {
			touched = 1 << is
		}
		for c := range len(p.columns) - len(p.carried) - 1 {
			switch {
			case c == p.idAt:
				out.Append(b.Cell(row, p.id))
			case touched != 0 && c == is:
				out.Append(b.Cell(row, p.value))
			default:
				out.Append(nil)
			}
		}
		for _, c := range p.carried {
			out.Append(b.Cell(row, c))
		}
		out.AppendString(strconv.FormatInt(touched, 10))
		out.EndRow(ordinal)
	}
}

// parts finds the column that Pieces adds.
func (c *Clock) parts() int {
	if last := len(c.names) - 1; last >= 0 && c.names[last] == touchedColumn {
		return last
	}
	return -1
}

// touches reads what Pieces wrote of a row; everything where it read nothing.
func (c *Clock) touches(b *table.Batch, row, column int) (int64, error) {
	if column < 0 {
		return -1, nil
	}
	n, err := strconv.ParseInt(string(b.Cell(row, column)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading which columns a row speaks of: %w", err)
	}
	return n, nil
}
