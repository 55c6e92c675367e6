// Package parquetfile reads Parquet files as rows of text. Columns are read side
// by side, page by page, so that a row group need not fit into memory. The
// library's own assembling of rows (pqarrow) is left aside: it works in
// goroutines of its own, where what a damaged file makes it panic about could not
// be caught.
package parquetfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"constat.example/clear/table"
	"constat.example/internal/failure"
)

const (
	maxPage   = 256 << 20 // bytes of the largest page that is read; writers make pages of about one MiB
	maxMemory = 1 << 30   // bytes of pages held at a time
	maxCells  = 256 << 20 // bytes of the cells of a column that are read at once

	batchRows  = 1024 // cells of a column read at once
	batchBytes = 8 << 20
)

var (
	magic          = []byte("PAR1")
	encryptedMagic = []byte("PARE")
)

// Begins reports whether head is the start of a Parquet file, and whether that
// is encrypted.
func Begins(head []byte) (is, encrypted bool) {
	encrypted = bytes.HasPrefix(head, encryptedMagic)
	return encrypted || bytes.HasPrefix(head, magic), encrypted
}

// File is a Parquet file. Errors are coded failure.BadInput; they say where the
// file is damaged, and nothing of what is in it.
type File struct {
	name    string
	reader  *file.Reader
	columns []Column
	shows   []shower
}

// Column is a column of plain values.
type Column struct {
	Path     []string // names from the outermost to its own
	Repeated bool     // a row may hold several values, which are joined by commas
}

// Name is the name of c, its parts joined by dots.
func (c Column) Name() string { return strings.Join(c.Path, ".") }

// Open reads the footer of a file of that name, which serves errors. Bytes that
// are no text are written in hexadecimal by hex.
func Open(name string, r parquet.ReaderAtSeeker, hex func(dst, v []byte) []byte) (*File, error) {
	p := &File{name: name}
	err := p.guard("footer", func() (err error) {
		props := parquet.NewReaderProperties(Bounded())
		props.BufferedStreamEnabled = true
		props.MaxCompressedPageSize, props.MaxUncompressedPageSize = maxPage, maxPage
		p.reader, err = file.NewParquetReader(r, file.WithReadProps(props))
		return err
	})
	if err != nil {
		return nil, err
	}
	err = p.guard("schema", func() error {
		root := p.reader.MetaData().Schema
		for i := range root.NumColumns() {
			c := root.Column(i)
			p.columns = append(p.columns, Column{Path: pathOf(c), Repeated: c.MaxRepetitionLevel() > 0})
			p.shows = append(p.shows, showing(c, hex))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(p.columns) == 0 {
		return nil, failure.New(failure.BadInput, "Export it with its columns.", "%s has no columns", name)
	}
	return p, nil
}

// pathOf is the path of a column without the groups by which lists and maps are
// written (parquet-format, LogicalTypes.md).
func pathOf(c *schema.Column) []string {
	var path []string
	var nodes []schema.Node
	for n := c.SchemaNode(); n != nil && n.Parent() != nil; n = n.Parent() {
		nodes = append(nodes, n)
	}
	wrapped := 0
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		if wrapped > 0 {
			wrapped--
			continue
		}
		path = append(path, n.Name())
		if g, ok := n.(*schema.GroupNode); ok && g.NumFields() == 1 && g.Field(0).RepetitionType() == parquet.Repetitions.Repeated {
			switch in, _ := g.Field(0).(*schema.GroupNode); {
			case in == nil: // a list of two levels
				wrapped = 1
			case isList(n):
				wrapped = 2
				if in.NumFields() != 1 || in.Name() == "array" || in.Name() == n.Name()+"_tuple" {
					wrapped = 1
				}
			case isMap(n):
				wrapped = 1
			}
		}
	}
	return path
}

func isList(n schema.Node) bool {
	_, ok := n.LogicalType().(schema.ListLogicalType)
	return ok || n.ConvertedType() == schema.ConvertedTypes.List
}

func isMap(n schema.Node) bool {
	_, ok := n.LogicalType().(schema.MapLogicalType)
	return ok || n.ConvertedType() == schema.ConvertedTypes.Map || n.ConvertedType() == schema.ConvertedTypes.MapKeyValue
}

// Columns are the columns of f, in their order.
func (p *File) Columns() []Column { return p.columns }

// Rows is how many rows the footer says there are.
func (p *File) Rows() int64 { return p.reader.NumRows() }

// Groups is how many row groups there are.
func (p *File) Groups() int { return p.reader.NumRowGroups() }

// Bounded gives one GiB at a time and no more, whatever a file says of its sizes:
// then it panics, as the libraries that ask it expect no error.
func Bounded() memory.Allocator { return &bounded{Allocator: memory.DefaultAllocator} }

type bounded struct {
	memory.Allocator
	used atomic.Int64
}

var errMemory = errors.New("the file asks for too much memory")

func (b *bounded) take(n int) {
	if b.used.Add(int64(n)) > maxMemory {
		b.used.Add(-int64(n))
		panic(errMemory)
	}
}

func (b *bounded) Allocate(n int) []byte {
	b.take(n)
	return b.Allocator.Allocate(n)
}

func (b *bounded) Reallocate(n int, was []byte) []byte {
	b.take(n - len(was))
	return b.Allocator.Reallocate(n, was)
}

func (b *bounded) Free(was []byte) {
	b.used.Add(-int64(len(was)))
	b.Allocator.Free(was)
}

// guard runs f, in which the library reads bytes that anybody may have
// written, and turns its panics and errors into one that says where. Their own text
// is left out: it may hold what it stumbled over.
func (p *File) guard(where string, f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = p.Damaged(where)
		}
	}()
	if f() != nil {
		return p.Damaged(where)
	}
	return nil
}

// Damaged is the error of a file that is damaged at a place.
func (p *File) Damaged(where string) error {
	return failure.New(failure.BadInput, "Export or copy the file again, and check its size.",
		"%s is damaged or not written as Parquet should be (%s)", p.name, where)
}

// Group reads the rows of one row group.
type Group struct {
	file  *File
	where string
	rows  int64
	at    int64 // rows read or skipped
	most  int   // rows read at once
	chunk []file.ColumnChunkReader
	next  []columnReader
	cells []cells
}

// Group opens a row group.
func (p *File) Group(g int) (*Group, error) {
	r := &Group{file: p, where: fmt.Sprintf("row group %d", g+1), cells: make([]cells, len(p.columns))}
	err := p.guard(r.where, func() error {
		rg := p.reader.RowGroup(g)
		r.rows = rg.NumRows()
		r.most = batchRows
		if size := rg.ByteSize(); r.rows > 0 && size/r.rows > 0 {
			r.most = int(max(min(batchBytes/(size/r.rows), batchRows), 1))
		}
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
		r.Close()
		return nil, err
	}
	return r, nil
}

// Extent is where a row group lies in the file, as the footer says.
func (p *File) Extent(g int) (from, bytes int64) {
	err := p.guard("row group", func() error {
		rg := p.reader.MetaData().RowGroup(g)
		for i := range rg.NumColumns() {
			c, err := rg.ColumnChunk(i)
			if err != nil {
				return err
			}
			at := c.DataPageOffset()
			if c.HasDictionaryPage() && c.DictionaryPageOffset() < at && c.DictionaryPageOffset() > 0 {
				at = c.DictionaryPageOffset()
			}
			if i == 0 || at < from {
				from = at
			}
			bytes += max(c.TotalCompressedSize(), 0)
		}
		return nil
	})
	if err != nil || from < 0 || bytes < 0 {
		return 0, 0
	}
	return from, bytes
}

// Close gives up what the group holds.
func (g *Group) Close() {
	for _, c := range g.chunk {
		// What closing complains of was read already; a panic in it must not
		// outlive the file.
		_ = g.file.guard(g.where, c.Close)
	}
	g.chunk = nil
}

// Left is how many rows were neither read nor skipped.
func (g *Group) Left() int64 { return g.rows - g.at }

// skip goes forward to a row of the group. It decodes what it passes over: the
// library's seeking relies on page indexes that not every writer makes.
func (g *Group) skip(to int64) error {
	for g.at < to {
		n := min(to-g.at, int64(g.most))
		for c := range g.cells {
			if err := g.file.guard(fmt.Sprintf("%s, column %d", g.where, c+1), func() error { return g.next[c](int(n), nil) }); err != nil {
				return err
			}
		}
		g.at += n
	}
	return nil
}

// Next reads rows, up to a number of its own choice and to most; 0 at the end.
func (g *Group) Next(most int64) (int, error) {
	n := int(max(min(g.Left(), int64(g.most), most), 0))
	for c := range g.cells {
		g.cells[c].reset()
		err := g.file.guard(fmt.Sprintf("%s, column %d", g.where, c+1), func() error { return g.next[c](n, &g.cells[c]) })
		if err != nil {
			return 0, err
		}
	}
	g.at += int64(n)
	return n, nil
}

// Cell is a cell of a row of those read last.
func (g *Group) Cell(row, column int) []byte { return g.cells[column].at(row) }

// Add adds the rows read last to b, numbered from ordinal.
func (g *Group) Add(b *table.Batch, n int, ordinal int64) {
	for i := range n {
		for c := range g.cells {
			b.Append(g.cells[c].at(i))
		}
		b.EndRow(ordinal + int64(i))
	}
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
