package source

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/parquet"

	"constat.example/clear/internal/parquetfile"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// parquetFile is a register in a Parquet file.
type parquetFile struct {
	*original
	*parquetfile.File
	columns []string
	options Options
	pool    batches
}

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
	is, encrypted := parquetfile.Begins(head)
	if encrypted {
		return false, failure.New(failure.BadInput, "Export the register without Parquet encryption; Constat keeps no copy of it.",
			"%s is encrypted", filepath.Base(path))
	}
	return is, nil
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
func (p *parquetFile) open(r parquet.ReaderAtSeeker) (err error) {
	if p.File, err = parquetfile.Open(p.name, r, hex.AppendEncode); err != nil {
		return err
	}
	var nested []string
	for _, c := range p.File.Columns() {
		if (c.Repeated || len(c.Path) > 1) && !slices.Contains(nested, c.Path[0]) {
			nested = append(nested, c.Path[0])
		}
		p.columns = append(p.columns, c.Name())
	}
	if len(nested) > 0 {
		return failure.New(failure.BadInput,
			"Export these columns flat, one value per person and column, or leave them out.",
			"%s has columns that hold lists or structures: %s", p.name, strings.Join(nested, ", "))
	}
	return nil
}

func (p *parquetFile) Name() string { return p.name }

func (p *parquetFile) Columns() []string { return p.columns }

func (p *parquetFile) Close() error { return p.file.Close() }

// Scan reads the file row group by row group, and its checksum beside.
func (p *parquetFile) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (Stats, error) {
	p.options.Progress.Stage(stage, p.Rows(), "rows")
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
	for g := range p.Groups() {
		group, err := p.Group(g)
		if err != nil {
			return read, err
		}
		for group.Left() > 0 {
			if err := ctx.Err(); err != nil {
				group.Close()
				return read, err
			}
			b, release := p.pool.get()
			b.Reset(0, len(p.columns))
			for b.Bytes() < batchBytes && b.Rows() < batchRows && group.Left() > 0 {
				n, err := group.Next(group.Left())
				if err != nil {
					group.Close()
					return read, err
				}
				group.Add(b, n, read+1)
				read += int64(n)
			}
			n := b.Rows()
			if err := each(b, release); err != nil {
				group.Close()
				return read, err
			}
			p.options.Progress.Add(int64(n))
		}
		group.Close()
	}
	if read != p.Rows() {
		return read, p.Damaged("footer")
	}
	return read, nil
}
