package dump

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"
	chunks "github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"constat.example/clear/internal/parquetfile"
	"constat.example/clear/internal/spell"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// parquetFormat is Apache Parquet.
type parquetFormat struct{}

func (parquetFormat) probe(_ context.Context, l *look) float64 {
	if is, _ := parquetfile.Begins(l.head); is {
		return certain
	}
	return 0
}

func (parquetFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	l := &parquetLayout{in: f}
	p, _, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	if len(p.Columns()) > maxParquetColumns {
		return nil, failure.New(failure.BadInput, "Ask for the file with fewer columns.", "%s has %d columns", f.name, len(p.Columns()))
	}
	k := &keySet{}
	for _, c := range p.Columns() {
		k.paths = append(k.paths, strings.Join(c.Path, "\x00")+"\x00")
	}
	l.columns = k.names()
	return l, nil
}

const maxParquetColumns = 10_000

// parquetLayout is a Parquet file.
type parquetLayout struct {
	in      *entry
	columns []string
}

func (l *parquetLayout) describe() string { return "Parquet: typed columns" }

func (l *parquetLayout) shapes() []shape { return []shape{{columns: l.columns, header: true}} }

// minded is a source of bytes that minds when it failed.
type minded struct {
	io.ReaderAt
	failed error
}

func (m *minded) ReadAt(p []byte, at int64) (int, error) {
	n, err := m.ReaderAt.ReadAt(p, at)
	if isSourceError(err) {
		m.failed = err
	}
	return n, err
}

// open reads the footer. What went wrong with the source comes before what is
// made of it.
func (l *parquetLayout) open(ctx context.Context) (*parquetfile.File, *minded, error) {
	at, size, err := l.in.random(ctx)
	if err != nil {
		return nil, nil, err
	}
	in := &minded{ReaderAt: at}
	head := make([]byte, 4)
	if _, err := in.ReadAt(head, 0); isSourceError(err) {
		return nil, nil, err
	}
	if _, encrypted := parquetfile.Begins(head); encrypted {
		return nil, nil, failure.New(failure.BadInput, "Ask for the file without Parquet encryption.", "%s is encrypted", l.in.name)
	}
	p, err := parquetfile.Open(l.in.name, io.NewSectionReader(in, 0, size), spell.Hex)
	if in.failed != nil {
		err = in.failed
	}
	return p, in, err
}

func (l *parquetLayout) read(ctx context.Context, out *output) error {
	f, in, err := l.open(ctx)
	if err != nil {
		return err
	}
	_, size, err := l.in.random(ctx)
	if err != nil {
		return err
	}
	left := l.in.budget() // of text: a short file can hold the same value any number of times
	for g := range f.Groups() {
		if err := l.group(ctx, f, g, out, &left); err != nil {
			if in.failed != nil || ctx.Err() != nil {
				return err
			}
			from, bytes := f.Extent(g)
			out.lost(damaged, min(from, size), bytes, size)
		}
		if left < 0 {
			from, _ := f.Extent(g)
			out.lost(bomb, min(from, size), size, size)
			return nil
		}
	}
	return nil
}

// group reads a row group, up to where it is damaged.
func (l *parquetLayout) group(ctx context.Context, f *parquetfile.File, index int, out *output, left *int64) error {
	g, err := f.Group(index)
	if err != nil {
		return err
	}
	defer g.Close()
	for g.Left() > 0 && *left >= 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := g.Next(g.Left())
		if err != nil {
			return err
		}
		for row := range n {
			size := 0
			for c := range l.columns {
				cell := g.Cell(row, c)
				size += len(cell)
				out.batch.Append(cell)
			}
			*left -= int64(size + len(l.columns))
			if size > l.in.maxRow() {
				from, _ := f.Extent(index)
				out.reject(tooLong, int(from), 0)
				continue
			}
			out.row(0, false)
		}
	}
	return nil
}

// sample reads runs of rows from places all over the file.
func (l *parquetLayout) sample(ctx context.Context, n int) (*table.Batch, error) {
	f, in, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	b, err := f.Sample(ctx, n)
	if in.failed != nil {
		err = in.failed
	}
	return b, err
}

func (parquetFormat) about() About {
	return About{
		Name: "Parquet", What: "typed columns, packed in any usual way; nested ones by dots, the values of lists by commas",
		Example: "Two columns, id (an integer) and nom (text), of two rows.",
		NotRead: "encrypted files; a file without its end, where its columns are described; what follows damage in a row group",
		Made:    parquetExample,
	}
}

func parquetExample() []byte {
	must := func(n schema.Node, err error) schema.Node {
		if err != nil {
			panic(err) // a schema of our own
		}
		return n
	}
	fields := schema.FieldList{
		schema.NewInt64Node("id", parquet.Repetitions.Required, -1),
		must(schema.NewPrimitiveNodeLogical("nom", parquet.Repetitions.Optional, schema.StringLogicalType{}, parquet.Types.ByteArray, -1, -1)),
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
	must(root, err)
	var b bytes.Buffer
	w := chunks.NewParquetWriter(&b, root)
	rows, err := w.AppendRowGroupChecked()
	must(root, err)
	for range fields {
		c, err := rows.NextColumn()
		if err == nil {
			switch c := c.(type) {
			case *chunks.Int64ColumnChunkWriter:
				_, err = c.WriteBatch([]int64{1, 2}, nil, nil)
			case *chunks.ByteArrayColumnChunkWriter:
				_, err = c.WriteBatch([]parquet.ByteArray{parquet.ByteArray("Martin"), parquet.ByteArray("Petit")}, []int16{1, 1}, nil)
			}
		}
		if err == nil {
			err = c.Close()
		}
		must(root, err)
	}
	must(root, w.Close())
	return b.Bytes()
}
