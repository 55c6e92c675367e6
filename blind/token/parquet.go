package token

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/google/renameio/v2"
)

// Names of the columns that are no slots.
const (
	RowColumn    = "row"    // BIGINT: 1-based ordinal in the source
	KindsColumn  = "kinds"  // BIGINT: kind.Set of the kinds present
	SealedColumn = "sealed" // BLOB: the sealed record id
)

// SQLType is the type of c's tokens in engines: SMALLINT or BIGINT.
func (c Column) SQLType() string {
	if c.Short() {
		return "SMALLINT"
	}
	return "BIGINT"
}

// rowGroup is the rows of one row group of a scratch file: few enough to hold
// in memory by the dozen columns, and the unit in which engines share out work.
const rowGroup = 1 << 17

// parquetFile is a Parquet file under way: its row groups are cut by number of
// rows, and it takes its name only when it is whole. Scratch files are read
// soon and once, so pages are not compressed; columns that repeat shrink by
// their dictionary.
type parquetFile struct {
	path    string
	pending *renameio.PendingFile
	sink    *sink
	out     *file.Writer
	group   file.BufferedRowGroupWriter
	rows    int   // in group
	err     error // the first failure: a file that met one is not finished
}

// sink is the file behind a buffer. It remembers the first error, because the
// Parquet library tells of some by their text only.
type sink struct {
	*bufio.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

func create(path string) (*parquetFile, error) {
	pending, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithStaticPermissions(0o600))
	if err != nil {
		return nil, fmt.Errorf("writing tokens: %w", err)
	}
	return &parquetFile{path: path, pending: pending, sink: &sink{Writer: bufio.NewWriterSize(pending, 1<<20)}}, nil
}

// start begins the file proper. repeats has one entry per column and says
// which are worth a dictionary.
func (f *parquetFile) start(fields schema.FieldList, repeats []bool) error {
	options := []parquet.WriterProperty{
		parquet.WithCreatedBy("constat"),
		parquet.WithStats(false), // tokens are random: their ranges say nothing
		parquet.WithDictionaryDefault(false),
		parquet.WithDictionaryPageSizeLimit(rowGroup * 8),
		parquet.WithBatchSize(8 << 10),
	}
	for i, yes := range repeats {
		if yes {
			options = append(options, parquet.WithDictionaryFor(fields[i].Name(), true))
		}
	}
	root, err := schema.NewGroupNode("tokens", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return f.failed(err)
	}
	f.out, err = file.NewParquetWriterWithError(f.sink, root, file.WithWriterProps(parquet.NewWriterProperties(options...)))
	return f.failed(err)
}

// write appends n rows: column i is written by each(i), from row first on, for
// count rows; it is called once per column and row group.
func (f *parquetFile) write(n int, each func(i int, w file.ColumnChunkWriter, first, count int) error) error {
	for first := 0; first < n; {
		if f.group == nil {
			group, err := f.out.AppendBufferedRowGroupChecked()
			if err != nil {
				return f.failed(err)
			}
			f.group, f.rows = group, 0
		}
		count := min(n-first, rowGroup-f.rows)
		for i := range f.out.NumColumns() {
			w, err := f.group.Column(i)
			if err == nil {
				err = each(i, w, first, count)
			}
			if err != nil {
				return f.failed(err)
			}
		}
		first += count
		if f.rows += count; f.rows == rowGroup {
			if err := f.endGroup(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *parquetFile) endGroup() error {
	if f.group == nil {
		return nil
	}
	err := f.group.Close()
	f.group = nil
	return f.failed(err)
}

func (f *parquetFile) close() error {
	if f.err == nil {
		_ = f.endGroup() // it remembers its error
	}
	if f.err == nil {
		_ = f.failed(f.out.Close())
	}
	if f.err == nil {
		_ = f.failed(f.sink.Flush())
	}
	if f.err == nil {
		_ = f.failed(f.pending.CloseAtomicallyReplace())
	}
	if f.err != nil {
		return errors.Join(f.err, f.abort())
	}
	return nil
}

func (f *parquetFile) abort() error {
	if err := f.pending.Cleanup(); err != nil {
		return fmt.Errorf("removing the unfinished %s: %w", f.path, err)
	}
	return nil
}

func (f *parquetFile) failed(err error) error {
	if err == nil {
		return nil
	}
	if f.sink.err != nil {
		err = f.sink.err
	}
	f.err = fmt.Errorf("writing tokens to %s: %w", f.path, err)
	return f.err
}

// table is a file that is completed once, or given up.
type table struct {
	file *parquetFile // nil until it is begun
	done bool
}

// Close completes the file, syncs it and puts it in its place. After an error
// there is no file.
func (t *table) Close() error {
	if t.done || t.file == nil {
		t.done = true
		return nil
	}
	t.done = true
	return t.file.close()
}

// Abort gives the file up; after Close it does nothing.
func (t *table) Abort() error {
	if t.done || t.file == nil {
		t.done = true
		return nil
	}
	t.done = true
	return t.file.abort()
}

// writeNumbers writes the column that is wanted now, in the one of both that
// has its type.
func writeNumbers(column file.ColumnChunkWriter, longs []int64, ints []int32) (err error) {
	switch column := column.(type) {
	case *file.Int64ColumnChunkWriter:
		_, err = column.WriteBatch(longs, nil, nil)
	case *file.Int32ColumnChunkWriter:
		_, err = column.WriteBatch(ints, nil, nil)
	}
	return err
}

func bigint(name string, repetition parquet.Repetition) schema.Node {
	return schema.NewInt64Node(name, repetition, -1)
}

func integer(name string, repetition parquet.Repetition) schema.Node {
	return schema.NewInt32Node(name, repetition, -1)
}

func smallint(name string, repetition parquet.Repetition) schema.Node {
	return schema.Must(schema.NewPrimitiveNodeLogical(name, repetition, schema.NewIntLogicalType(16, true), parquet.Types.Int32, 0, -1))
}

func blob(name string) schema.Node {
	return schema.NewByteArrayNode(name, parquet.Repetitions.Required, -1)
}
