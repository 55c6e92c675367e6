package token

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
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

// largePage is how large a page may become before its row group ends early:
// far from what Parquet can count in a page, and from what tokens take.
const largePage = 1 << 28

// magic heads and closes a Parquet file.
var magic = []byte("PAR1")

// parquetFile is a Parquet file under way: its row groups are cut by number of
// rows, and it takes its name only when it is whole. Scratch files are read
// soon and once, so pages are not compressed; columns that repeat shrink by
// their dictionary. The pages are made here (see chunk); their headers and the
// footer are left to the library.
type parquetFile struct {
	path    string
	pending *renameio.PendingFile
	sink    *sink
	props   *parquet.WriterProperties
	meta    *metadata.FileMetaDataBuilder
	columns []*chunk
	rows    int // in the row group under way
	groups  int16
	page    []byte // under way
	err     error  // the first failure: a file that met one is not finished
}

// sink is the file behind a buffer. It remembers the first error, because the
// Parquet library tells of some by their text only, and how much was written.
type sink struct {
	*bufio.Writer
	at  int64
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)
	s.at += int64(n)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

// Tell is the offset of what is written next.
func (s *sink) Tell() int64 { return s.at }

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
	f.props = parquet.NewWriterProperties(
		parquet.WithCreatedBy("constat"),
		parquet.WithStats(false), // tokens are random: their ranges say nothing
	)
	root, err := schema.NewGroupNode("tokens", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return f.failed(err)
	}
	f.meta = metadata.NewFileMetadataBuilder(schema.NewSchema(root), f.props, nil)
	for i, field := range fields {
		f.columns = append(f.columns, newChunk(field, repeats[i]))
	}
	_, err = f.sink.Write(magic)
	return f.failed(err)
}

// write appends n rows: column i is given by each(i), from row first on, for
// count rows; it is called once per column and row group.
func (f *parquetFile) write(n int, each func(i int, c *chunk, first, count int)) error {
	for first := 0; first < n; {
		count := min(n-first, rowGroup-f.rows)
		bytes := 0
		for i, c := range f.columns {
			each(i, c, first, count)
			bytes = max(bytes, c.bytes())
		}
		first += count
		if f.rows += count; f.rows == rowGroup || bytes >= largePage {
			if err := f.endGroup(); err != nil {
				return err
			}
		}
	}
	return nil
}

// endGroup writes the row group under way.
func (f *parquetFile) endGroup() error {
	if f.rows == 0 {
		return nil
	}
	group := f.meta.AppendRowGroup()
	group.SetNumRows(f.rows)
	for i, c := range f.columns {
		if err := f.endColumn(c, group.NextColumnChunk(), int16(i)); err != nil {
			return f.failed(err)
		}
	}
	err := group.Finish(0, f.groups)
	f.rows = 0
	f.groups++
	return f.failed(err)
}

func (f *parquetFile) endColumn(c *chunk, meta *metadata.ColumnChunkMetaDataBuilder, number int16) error {
	out, err := file.NewPageWriter(f.sink, compress.Codecs.Uncompressed, 0, meta, f.groups, number, memory.DefaultAllocator, false, nil, nil)
	if err != nil {
		return err
	}
	encoding := parquet.Encodings.Plain
	if c.byDictionary() {
		encoding = f.props.DictionaryIndexEncoding()
		f.page = c.dictionaryPage(f.page[:0])
		page := file.NewDictionaryPage(memory.NewBufferBytes(f.page), int32(len(c.words.values)), f.props.DictionaryPageEncoding())
		defer page.Release()
		if _, err := out.WriteDictionaryPage(page); err != nil {
			return err
		}
	}
	f.page = c.page(f.page[:0])
	page := file.NewDataPageV1(memory.NewBufferBytes(f.page), int32(c.rows), encoding, parquet.Encodings.RLE, parquet.Encodings.RLE, int32(len(f.page)))
	defer page.Release()
	if _, err := out.WriteDataPage(page); err != nil {
		return err
	}
	if err := out.Close(c.byDictionary(), false); err != nil {
		return err
	}
	c.reset()
	return nil
}

// end writes the footer.
func (f *parquetFile) end() error {
	meta, err := f.meta.Finish()
	if err != nil {
		return err
	}
	before := f.sink.Tell()
	if _, err := meta.WriteTo(f.sink, nil); err != nil {
		return err
	}
	tail := binary.LittleEndian.AppendUint32(nil, uint32(f.sink.Tell()-before))
	_, err = f.sink.Write(append(tail, magic...))
	return err
}

func (f *parquetFile) close() error {
	if f.err == nil {
		_ = f.endGroup() // it remembers its error
	}
	if f.err == nil {
		_ = f.failed(f.end())
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
