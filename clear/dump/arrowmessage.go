package dump

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// arrowMessages reads the messages of a stream, and looks at what describes each
// before the library does, which would ask for as much memory as any number in
// it says.
type arrowMessages struct {
	in    io.Reader
	mem   memory.Allocator
	left  int64 // bytes of the stream
	under *ipc.Message
}

const (
	maxArrowHead   = 64 << 20 // bytes of what describes a message
	maxArrowFields = 100_000  // of a schema, nested ones too
)

var errArrow = errors.New("not as Arrow writes it")

func (m *arrowMessages) Retain() {}

func (m *arrowMessages) Release() {
	if m.under != nil {
		m.under.Release()
		m.under = nil
	}
}

func (m *arrowMessages) fill(b []byte) error {
	n, err := io.ReadFull(m.in, b)
	m.left -= int64(n)
	if err != nil && isSourceError(err) {
		return err
	}
	if n < len(b) {
		return errArrow
	}
	return nil
}

// Message is the next message; io.EOF at the end of the stream.
func (m *arrowMessages) Message() (*ipc.Message, error) {
	m.Release()
	if m.left == 0 {
		return nil, io.EOF
	}
	var mark [4]byte
	if err := m.fill(mark[:]); err != nil {
		return nil, err
	}
	if string(mark[:]) == arrowMessage {
		if err := m.fill(mark[:]); err != nil {
			return nil, err
		}
	}
	n := int64(binary.LittleEndian.Uint32(mark[:]))
	if n == 0 {
		return nil, io.EOF
	}
	if n > maxArrowHead || n > m.left {
		return nil, errArrow
	}
	head := make([]byte, n)
	if err := m.fill(head); err != nil {
		return nil, err
	}
	f := flat{b: head, left: maxArrowFields}
	body, ok := f.message()
	if !ok || body < 0 || body > maxArrow || body > m.left {
		return nil, errArrow
	}
	buf := memory.NewResizableBuffer(m.mem)
	buf.Resize(int(body))
	if err := m.fill(buf.Bytes()); err != nil {
		buf.Release()
		return nil, err
	}
	m.under = ipc.NewMessage(memory.NewBufferBytes(head), buf)
	buf.Release()
	return m.under, nil
}

// flat is a FlatBuffer (flatbuffers.dev, internals): tables that say where their
// fields are, and vectors that say how long they are. What is looked at is that
// vectors lie within, and how many tables there are; the rest the language does.
type flat struct {
	b    []byte
	left int // tables that may be looked at
}

// ref is where an offset leads.
func (f *flat) ref(at int) (int, bool) {
	if at < 0 || at+4 > len(f.b) {
		return 0, false
	}
	to := at + int(binary.LittleEndian.Uint32(f.b[at:]))
	return to, to+4 <= len(f.b)
}

// field is where a field of a table is; 0 where the table has none.
func (f *flat) field(table, slot int) (int, bool) {
	if table < 0 || table+4 > len(f.b) {
		return 0, false
	}
	v := table - int(int32(binary.LittleEndian.Uint32(f.b[table:])))
	if v < 0 || v+4 > len(f.b) {
		return 0, false
	}
	size := int(binary.LittleEndian.Uint16(f.b[v:]))
	if v+size > len(f.b) {
		return 0, false
	}
	if 4+2*slot+2 > size {
		return 0, true
	}
	offset := int(binary.LittleEndian.Uint16(f.b[v+4+2*slot:]))
	if offset == 0 {
		return 0, true
	}
	return table + offset, table+offset < len(f.b)
}

// table is the table that a field leads to; 0 for none.
func (f *flat) table(table, slot int) (int, bool) {
	at, ok := f.field(table, slot)
	if !ok || at == 0 {
		return 0, ok
	}
	return f.ref(at)
}

// vector is where the elements of a vector are, and how many.
func (f *flat) vector(table, slot, size int) (at, n int, ok bool) {
	at, ok = f.field(table, slot)
	if !ok || at == 0 {
		return 0, 0, ok
	}
	if at, ok = f.ref(at); !ok {
		return 0, 0, false
	}
	n = int(binary.LittleEndian.Uint32(f.b[at:]))
	return at + 4, n, n <= (len(f.b)-at-4)/size
}

// tables looks at each table of a vector.
func (f *flat) tables(table, slot int, each func(at int) bool) bool {
	at, n, ok := f.vector(table, slot, 4)
	if !ok {
		return false
	}
	for i := range n {
		to, ok := f.ref(at + 4*i)
		if f.left--; !ok || f.left < 0 || !each(to) {
			return false
		}
	}
	return true
}

// message looks at all of a message, and returns the length of its body.
func (f *flat) message() (body int64, ok bool) {
	root, ok := f.ref(0)
	if !ok {
		return 0, false
	}
	kind, ok := f.field(root, 1)
	if !ok || kind == 0 {
		return 0, false
	}
	header, ok := f.table(root, 2)
	if !ok || header == 0 || !f.notes(root, 4) {
		return 0, false
	}
	length, ok := f.field(root, 3)
	switch {
	case !ok || length+8 > len(f.b):
		return 0, false
	case length > 0:
		body = int64(binary.LittleEndian.Uint64(f.b[length:]))
	}
	switch f.b[kind] {
	case 1: // a schema
		_, _, features := f.vector(header, 3, 8)
		ok = features && f.notes(header, 2) && f.tables(header, 1, func(at int) bool { return f.column(at, 0) })
	case 2: // a dictionary
		var data int
		data, ok = f.table(header, 1)
		ok = ok && data > 0 && f.batch(data)
	case 3:
		ok = f.batch(header)
	default:
		ok = false
	}
	return body, ok
}

// notes looks at pairs of texts.
func (f *flat) notes(table, slot int) bool {
	return f.tables(table, slot, func(int) bool { return true })
}

// column looks at a field of a schema.
func (f *flat) column(at, depth int) bool {
	const union = 14
	kind, ok := f.field(at, 2)
	if !ok || depth > maxDepth || !f.notes(at, 6) {
		return false
	}
	of, ok := f.table(at, 3)
	if !ok {
		return false
	}
	if kind > 0 && f.b[kind] == union && of > 0 {
		if _, _, ok := f.vector(of, 1, 4); !ok {
			return false
		}
	}
	return f.tables(at, 5, func(in int) bool { return f.column(in, depth+1) })
}

// batch looks at what describes rows.
func (f *flat) batch(at int) bool {
	_, _, nodes := f.vector(at, 1, 16)
	_, _, buffers := f.vector(at, 2, 16)
	_, _, variadic := f.vector(at, 4, 8)
	return nodes && buffers && variadic
}
