package dump

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"constat.example/clear/internal/parquetfile"
	"constat.example/internal/failure"
)

// arrowFormat is Arrow IPC, as a file and as a stream. Both are read as streams:
// a file is one with a footer behind, which then says nothing new.
type arrowFormat struct{}

const (
	arrowMark = "ARROW1\x00\x00"
	// arrowMessage begins every message since Arrow 0.15.
	arrowMessage = "\xff\xff\xff\xff"
)

func (arrowFormat) probe(_ context.Context, l *look) float64 {
	head, file := bytes.CutPrefix(l.head, []byte(arrowMark))
	if !bytes.HasPrefix(head, []byte(arrowMessage)) || len(head) < 16 {
		return 0
	}
	// The schema comes first: a short message, whose table begins within it.
	size, root := binary.LittleEndian.Uint32(head[4:]), binary.LittleEndian.Uint32(head[8:])
	if file || size > 8 && size < 64<<20 && size%8 == 0 && root < size {
		return certain
	}
	return 0
}

func (arrowFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	l := &arrowLayout{in: f}
	s, err := l.stream(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if s.reader == nil {
		return nil, damagedFile(f, "an Arrow file")
	}
	k := &keySet{}
	for i, field := range s.reader.Schema().Fields() {
		l.leaves(field, nil, []int{i}, k)
	}
	if len(l.columns) == 0 {
		return nil, failure.New(failure.BadInput, "Ask for the part that holds the data.", "%s has no columns", f.name)
	}
	if len(l.columns) > maxParquetColumns {
		return nil, failure.New(failure.BadInput, "Ask for the file with fewer columns.", "%s has %d columns", f.name, len(l.columns))
	}
	l.names = k.names()
	return l, nil
}

// arrowLayout is a file or stream of record batches.
type arrowLayout struct {
	in      *entry
	columns []arrowColumn
	names   []string
}

// arrowColumn is where the values of a column are: a field, and fields of
// structures in it.
type arrowColumn struct{ path []int }

// leaves notes the columns under a field: structures have one for each of their
// fields.
func (l *arrowLayout) leaves(field arrow.Field, names []string, path []int, k *keySet) {
	names = append(names[:len(names):len(names)], field.Name)
	if of, ok := field.Type.(*arrow.StructType); ok && len(path) < maxDepth && of.NumFields() > 0 {
		for i, inner := range of.Fields() {
			l.leaves(inner, names, append(path[:len(path):len(path)], i), k)
		}
		return
	}
	l.columns = append(l.columns, arrowColumn{path})
	k.paths = append(k.paths, strings.Join(names, "\x00")+"\x00")
}

func (l *arrowLayout) describe() string { return "Arrow: typed columns" }

func (l *arrowLayout) shapes() []shape { return []shape{{columns: l.names, header: true}} }

// arrowStream reads record batches; what a damaged file makes the library panic
// about is an error.
type arrowStream struct {
	in     *counter
	at     io.ReaderAt
	size   int64 // of the file
	start  int64 // of the messages
	end    int64 // and where they end at the latest
	file   bool
	footed bool        // the file has its footer
	reader *ipc.Reader // nil where not even the schema can be read
}

// stream begins to read. Errors are the machine's.
func (l *arrowLayout) stream(ctx context.Context) (*arrowStream, error) {
	at, size, err := l.in.random(ctx)
	if err != nil {
		return nil, err
	}
	s := &arrowStream{at: at, size: size, end: size}
	head, err := s.bytes(0, len(arrowMark))
	if err != nil {
		return nil, err
	}
	if s.file = string(head) == arrowMark; s.file {
		s.start = int64(len(arrowMark))
		const tail = 4 + 6
		foot, err := s.bytes(size-tail, tail)
		if err != nil {
			return nil, err
		}
		if len(foot) == tail && string(foot[4:]) == arrowMark[:6] {
			if n := int64(binary.LittleEndian.Uint32(foot)); n <= size-tail-s.start {
				s.footed, s.end = true, size-tail-n
			}
		}
	}
	s.in = &counter{r: io.NewSectionReader(at, s.start, s.end-s.start)}
	err = caught(func() (err error) {
		mem := parquetfile.Bounded()
		s.reader, err = ipc.NewReaderFromMessageReader(&arrowMessages{in: s.in, mem: mem, left: s.end - s.start}, ipc.WithAllocator(mem))
		return err
	})
	if isSourceError(err) {
		return nil, err
	}
	if err != nil {
		s.reader = nil
	}
	return s, nil
}

const maxArrow = 512 << 20 // bytes of a message

// bytes are those at a place, fewer where the file has no more.
func (s *arrowStream) bytes(at int64, n int) ([]byte, error) {
	b := make([]byte, n)
	if at < 0 {
		return nil, nil
	}
	got, err := s.at.ReadAt(b, at)
	if isSourceError(err) {
		return nil, err
	}
	return b[:got], nil
}

func (s *arrowStream) close() {
	if s.reader != nil {
		_ = caught(func() error { s.reader.Release(); return nil }) // it was read
	}
}

// caught turns a panic of f into an error.
func caught(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errArrow
		}
	}()
	return f()
}

func (l *arrowLayout) read(ctx context.Context, out *output) error {
	s, err := l.stream(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	text := arrowText{left: l.in.budget()}
	from := s.start
	for s.reader != nil {
		if err := ctx.Err(); err != nil {
			return err
		}
		from = s.start + s.in.n
		var batch arrow.RecordBatch
		err := caught(func() error {
			if s.reader.Next() {
				batch = s.reader.RecordBatch()
				return nil
			}
			return s.reader.Err()
		})
		if isSourceError(err) {
			return err
		}
		if err != nil {
			break
		}
		if batch == nil {
			s.ended(out, from)
			return nil
		}
		if err := caught(func() error { return l.rows(ctx, batch, out, from, &text) }); err != nil {
			if ctx.Err() != nil {
				return err
			}
			if text.left < 0 {
				out.lost(bomb, from, s.size-from, s.size)
				return nil
			}
			out.lost(damaged, from, s.start+s.in.n-from, s.size)
		}
	}
	out.lost(damaged, from, s.size-from, s.size)
	return nil
}

// ended tells what is missing of the end, of which the last look was at an
// offset, and what follows it.
func (s *arrowStream) ended(out *output, from int64) {
	at := s.start + s.in.n
	switch {
	case !s.footed && (s.file || at == from): // a stream ends with a message of no length
		out.lost(rowCut, at, s.size-at, s.size)
	case s.footed && at < s.end:
		out.lost(leftover, at, s.end-at, s.size)
	case !s.file && at < s.size:
		out.lost(leftover, at, s.size-at, s.size)
	}
}

// rows writes the rows of a batch, which lies at an offset.
func (l *arrowLayout) rows(ctx context.Context, batch arrow.RecordBatch, out *output, at int64, text *arrowText) error {
	var cell []byte
	for i := range int(batch.NumRows()) {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		size := 0
		for _, c := range l.columns {
			cell = cell[:0]
			a := batch.Column(c.path[0])
			for _, k := range c.path[1:] {
				if a.IsNull(i) {
					a = nil
					break
				}
				a = a.(*array.Struct).Field(k)
			}
			if a != nil {
				cell = text.append(cell, a, i, 0)
			}
			size += len(cell)
			out.batch.Append(cell)
		}
		text.spend(size + len(l.columns))
		if size > l.in.maxRow() {
			out.reject(tooLong, int(at), 0)
			continue
		}
		out.row(0, false)
	}
	return nil
}

func (arrowFormat) about() About {
	return About{
		Name: "Arrow", What: "Arrow IPC (also called Feather 2), files and streams; structures by dots, the values of lists by commas",
		Example: "Two columns, id (an integer) and nom (text), of two rows.",
		NotRead: "what follows a message that is damaged",
		Made:    arrowExample,
	}
}

func arrowExample() []byte {
	fields := []arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "nom", Type: arrow.BinaryTypes.String}}
	rows := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer rows.Release()
	rows.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 2}, nil)
	rows.Field(1).(*array.StringBuilder).AppendValues([]string{"Martin", "Petit"}, nil)
	var b bytes.Buffer
	w := ipc.NewWriter(&b, ipc.WithSchema(rows.Schema()))
	if err := errors.Join(w.Write(rows.NewRecordBatch()), w.Close()); err != nil {
		panic(err) // to memory
	}
	return b.Bytes()
}
