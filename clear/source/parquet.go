package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// parquetFile is a register in a Parquet file. Columns are read side by side,
// page by page, so that a row group need not fit into memory. The library's own
// assembling of rows (pqarrow) is left aside: it works in goroutines of its own, where
// what a damaged file makes it panic about could not be caught.
type parquetFile struct {
	*original
	reader  *file.Reader
	columns []string
	shows   []shower
	options Options
	pool    batches
}

// maxPage is the largest page that is read, in bytes; writers make pages of
// about one MiB.
const maxPage = 256 << 20

// readRows is how many cells of a column are read at once.
const readRows = 1024

var (
	parquetMagic   = []byte("PAR1")
	encryptedMagic = []byte("PARE")
)

// isParquet reports whether the file at path begins as a Parquet file. What it
// cannot read it leaves for dump to complain of.
func isParquet(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return false, nil
	}
	if bytes.Equal(head, encryptedMagic) {
		return false, failure.New(failure.BadInput, "Export the register without Parquet encryption; Constat keeps no copy of it.",
			"%s is encrypted", filepath.Base(path))
	}
	return bytes.Equal(head, parquetMagic), nil
}

func openParquet(path string, o Options) (Source, error) {
	whole, err := openOriginal(path)
	if err != nil {
		return nil, err
	}
	p := &parquetFile{original: whole, options: o}
	if err := p.open(whole.file); err != nil {
		return nil, errors.Join(err, whole.file.Close())
	}
	return p, nil
}

// open reads the footer of a Parquet file.
func (p *parquetFile) open(r parquet.ReaderAtSeeker) error {
	err := p.guard("footer", func() (err error) {
		props := parquet.NewReaderProperties(memory.DefaultAllocator)
		props.BufferedStreamEnabled = true
		props.MaxCompressedPageSize, props.MaxUncompressedPageSize = maxPage, maxPage
		p.reader, err = file.NewParquetReader(r, file.WithReadProps(props))
		return err
	})
	if err != nil {
		return err
	}
	var nested []string
	err = p.guard("schema", func() error {
		root := p.reader.MetaData().Schema
		for i := range root.Root().NumFields() {
			if root.Root().Field(i).Type() == schema.Group {
				nested = append(nested, root.Root().Field(i).Name())
			}
		}
		for i := range root.NumColumns() {
			c := root.Column(i)
			if c.MaxRepetitionLevel() > 0 && len(c.ColumnPath()) == 1 {
				nested = append(nested, c.Name())
			}
			p.columns = append(p.columns, c.Name())
			p.shows = append(p.shows, showing(c))
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case len(nested) > 0:
		return failure.New(failure.BadInput,
			"Export these columns flat, one value per person and column, or leave them out.",
			"%s has columns that hold lists or structures: %s", p.name, strings.Join(nested, ", "))
	case len(p.columns) == 0:
		return failure.New(failure.BadInput, "Export the register with its columns.", "%s has no columns", p.name)
	}
	return nil
}

func (p *parquetFile) Name() string { return p.name }

func (p *parquetFile) Columns() []string { return p.columns }

func (p *parquetFile) Close() error { return p.file.Close() }

// Scan reads the file row group by row group, and its checksum beside.
func (p *parquetFile) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (Stats, error) {
	p.options.Progress.Stage(stage, p.reader.NumRows(), "rows")
	var read int64
	sum, err := p.summing(ctx, func() (err error) {
		read, err = p.scan(ctx, each)
		return err
	})
	if err != nil {
		return Stats{}, err
	}
	return Stats{Read: read, Bytes: p.info.Size(), SHA256: sum}, nil
}

func (p *parquetFile) scan(ctx context.Context, each func(b *table.Batch, release func()) error) (int64, error) {
	var read int64
	for g := range p.reader.NumRowGroups() {
		group, err := p.group(g)
		if err != nil {
			return read, err
		}
		for group.at < group.rows {
			if err := ctx.Err(); err != nil {
				group.close()
				return read, err
			}
			b, release := p.pool.get()
			b.Reset(0, len(p.columns))
			for b.Bytes() < batchBytes && b.Rows() < batchRows && group.at < group.rows {
				if err := group.read(b, int(min(group.rows-group.at, readRows)), read+1); err != nil {
					group.close()
					return read, err
				}
				read = b.Ordinal[len(b.Ordinal)-1]
			}
			n := b.Rows()
			if err := each(b, release); err != nil {
				group.close()
				return read, err
			}
			p.options.Progress.Add(int64(n))
		}
		group.close()
	}
	if read != p.reader.NumRows() {
		return read, p.damaged("footer")
	}
	return read, nil
}

// guard runs f, in which the library reads bytes that anybody may have
// written, and turns its panics and errors into one that says where. Their own text
// is left out: it may hold what it stumbled over.
func (p *parquetFile) guard(where string, f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = p.damaged(where)
		}
	}()
	if f() != nil {
		return p.damaged(where)
	}
	return nil
}

func (p *parquetFile) damaged(where string) error {
	return failure.New(failure.BadInput, "Export or copy the file again, and check its size.",
		"%s is damaged or not written as Parquet should be (%s)", p.name, where)
}

// group reads the rows of one row group.
type group struct {
	file  *parquetFile
	where string
	rows  int64
	at    int64 // rows read or skipped
	chunk []file.ColumnChunkReader
	next  []columnReader
	cells []cells
}

func (p *parquetFile) group(g int) (*group, error) {
	r := &group{file: p, where: fmt.Sprintf("row group %d", g+1), cells: make([]cells, len(p.columns))}
	err := p.guard(r.where, func() error {
		rg := p.reader.RowGroup(g)
		r.rows = rg.NumRows()
		for c, show := range p.shows {
			chunk, err := rg.Column(c)
			if err != nil {
				return err
			}
			r.chunk = append(r.chunk, chunk)
			one, err := show.reader(chunk)
			if err != nil {
				return err
			}
			r.next = append(r.next, one)
		}
		return nil
	})
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (g *group) close() {
	for _, c := range g.chunk {
		// What closing complains of was read already; a panic in it must not
		// outlive the file.
		_ = g.file.guard(g.where, c.Close)
	}
	g.chunk = nil
}

// skip goes forward to a row of the group. It decodes what it passes over: the
// library's seeking relies on page indexes that not every writer makes.
func (g *group) skip(to int64) error {
	for g.at < to {
		n := min(to-g.at, readRows)
		for c := range g.cells {
			if err := g.file.guard(fmt.Sprintf("%s, column %d", g.where, c+1), func() error { return g.next[c](int(n), nil) }); err != nil {
				return err
			}
		}
		g.at += n
	}
	return nil
}

// read adds the next n rows to b, numbered from ordinal.
func (g *group) read(b *table.Batch, n int, ordinal int64) error {
	for c := range g.cells {
		g.cells[c].reset()
		err := g.file.guard(fmt.Sprintf("%s, column %d", g.where, c+1), func() error { return g.next[c](n, &g.cells[c]) })
		if err != nil {
			return err
		}
	}
	for i := range n {
		for c := range g.cells {
			b.Append(g.cells[c].at(i))
		}
		b.EndRow(ordinal + int64(i))
	}
	g.at += int64(n)
	return nil
}

// cells is a run of cells of one column.
type cells struct {
	data []byte
	ends []int
}

func (c *cells) reset() { c.data, c.ends = c.data[:0], c.ends[:0] }

func (c *cells) at(i int) []byte {
	start := 0
	if i > 0 {
		start = c.ends[i-1]
	}
	return c.data[start:c.ends[i]]
}

func (c *cells) end() { c.ends = append(c.ends, len(c.data)) }
