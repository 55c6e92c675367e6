package dump

import (
	"bytes"
	"compress/bzip2"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"

	"constat.example/clear/internal/spell"
	"constat.example/internal/failure"
)

// avroFormat is the object container file of Apache Avro (specification 1.12):
// a schema, and blocks of records, each followed by the same sixteen bytes. By
// these reading goes on after a block that is damaged, which libraries do not.
type avroFormat struct{}

const (
	avroMark      = "Obj\x01"
	maxAvroSchema = 16 << 20  // bytes
	maxAvroPacked = 64 << 20  // bytes of a block
	maxAvroBlock  = 256 << 20 // bytes of a block, unpacked
)

func (avroFormat) probe(_ context.Context, l *look) float64 {
	if bytes.HasPrefix(l.head, []byte(avroMark)) {
		return certain
	}
	return 0
}

func (avroFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	w, err := f.window(ctx)
	if err != nil {
		return nil, err
	}
	l := &avroLayout{in: f, keys: &keySet{}}
	meta, err := l.header(w)
	if err != nil {
		return nil, err
	}
	if l.schema = avroSchema(meta["avro.schema"]); l.schema == nil {
		return nil, damagedFile(f, "an Avro file")
	}
	switch l.codec = string(meta["avro.codec"]); l.codec {
	case "", "null", "deflate", "snappy", "zstandard", "bzip2":
	default:
		return nil, failure.New(failure.BadInput, "Ask for the file packed otherwise, as with deflate.", "%s is packed in a way that is not read", f.name)
	}
	l.schema.columns("", nil, l.keys, map[string]bool{})
	if len(l.keys.paths) == 0 {
		l.keys.more = true
	}
	return l, nil
}

// avroLayout is the records of a file.
type avroLayout struct {
	in     *entry
	schema *avroType
	keys   *keySet
	codec  string
	sync   []byte // after each block
	start  int64  // of the first block
}

func (l *avroLayout) describe() string {
	if l.codec == "" || l.codec == "null" {
		return "Avro: records by a schema, not packed"
	}
	return "Avro: records by a schema, packed by " + l.codec
}

func (l *avroLayout) shapes() []shape { return []shape{{columns: l.keys.names(), header: true}} }

// header reads what precedes the blocks.
func (l *avroLayout) header(w *window) (map[string][]byte, error) {
	at := int64(len(avroMark))
	short := damagedFile(l.in, "an Avro file")
	number := func() (int64, bool, error) {
		b, err := w.at(at, binary.MaxVarintLen64)
		v, n := binary.Varint(b)
		at += int64(max(n, 0))
		return v, n > 0, err
	}
	text := func() ([]byte, bool, error) {
		n, ok, err := number()
		if !ok || n < 0 || n > maxAvroSchema {
			return nil, false, err
		}
		b, err := w.at(at, int(n))
		at += n
		return bytes.Clone(b), int64(len(b)) == n, err
	}
	meta := map[string][]byte{}
	for {
		n, ok, err := number()
		if err != nil {
			return nil, err
		}
		if ok && n < 0 { // with its length in bytes
			n = -n
			_, ok, err = number()
		}
		if err != nil || !ok || n < 0 || n > 1000 {
			return nil, orShort(err, short)
		}
		if n == 0 {
			break
		}
		for range n {
			key, ok, err := text()
			if err != nil || !ok {
				return nil, orShort(err, short)
			}
			value, ok, err := text()
			if err != nil || !ok {
				return nil, orShort(err, short)
			}
			meta[string(key)] = value
		}
	}
	sync, err := w.at(at, 16)
	if err != nil || len(sync) < 16 {
		return nil, orShort(err, short)
	}
	l.sync, l.start = bytes.Clone(sync), at+16
	return meta, nil
}

func orShort(err, short error) error {
	if err != nil {
		return err
	}
	return short
}

func (l *avroLayout) read(ctx context.Context, out *output) error {
	w, err := l.in.window(ctx)
	if err != nil {
		return err
	}
	d := avroReader{keyRow: newKeyRow(l.keys), schema: l.schema}
	u := avroUnpacker{codec: l.codec}
	cells := cellWriter{charset: utf8Text}
	left := l.in.budget()
	for at := l.start; at < w.size; {
		head, err := w.at(at, 2*binary.MaxVarintLen64)
		if err != nil {
			return err
		}
		count, n := binary.Varint(head)
		size, m := binary.Varint(head[max(n, 0):])
		from := at + int64(n+m)
		var end int64
		good := n > 0 && m > 0 && count >= 0 && size >= 0 && size <= maxAvroPacked
		if good {
			end = from + size + int64(len(l.sync))
			mark, err := w.at(from+size, len(l.sync))
			if err != nil {
				return err
			}
			good = bytes.Equal(mark, l.sync)
		}
		if !good {
			k, err := w.find(at+1, l.sync)
			if err != nil {
				return err
			}
			why := damaged
			if end = k + int64(len(l.sync)); k < 0 {
				why, end = rowCut, w.size
			}
			out.lost(why, at, end-at, w.size)
			at = end
			continue
		}
		packed, err := w.at(from, int(size))
		if err != nil {
			return err
		}
		data, ok := u.unpack(packed)
		if left -= int64(len(data)); left < 0 {
			out.lost(bomb, at, w.size-at, w.size)
			return nil
		}
		if d.data = data; !ok {
			out.lost(corrupt, at, end-at, w.size)
			at = end
			continue
		}
		for i := range count {
			before := len(d.data)
			d.reset()
			d.arena = d.arena[:0]
			if !d.value(l.schema, d.keys, 0) || before == len(d.data) && count-i > 1<<20 {
				ok = false
				break
			}
			if before-len(d.data) > l.in.maxRow() {
				out.reject(tooLong, int(at), 0)
				continue
			}
			mended := false
			for _, v := range d.slots {
				mended = cells.value(&out.batch, v) || mended
			}
			out.row(0, mended)
		}
		if !ok || len(d.data) > 0 {
			out.lost(damaged, at, end-at, w.size)
		}
		at = end
	}
	return nil
}

// avroUnpacker unpacks blocks.
type avroUnpacker struct {
	codec string
	buf   []byte
	zstd  *zstd.Decoder
}

// unpack reports false where the block is damaged.
func (u *avroUnpacker) unpack(packed []byte) ([]byte, bool) {
	switch u.codec {
	case "deflate":
		return u.all(flate.NewReader(bytes.NewReader(packed)))
	case "bzip2":
		return u.all(bzip2.NewReader(bytes.NewReader(packed)))
	case "snappy":
		if len(packed) < 4 {
			return nil, false
		}
		body, sum := packed[:len(packed)-4], binary.BigEndian.Uint32(packed[len(packed)-4:])
		n, err := s2.DecodedLen(body)
		if err != nil || n > maxAvroBlock {
			return nil, false
		}
		plain, err := s2.Decode(u.buf[:cap(u.buf)], body)
		if err != nil || crc32.ChecksumIEEE(plain) != sum {
			return nil, false
		}
		u.buf = plain
		return plain, true
	case "zstandard":
		if u.zstd == nil {
			var err error
			u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxAvroBlock))
			if err != nil {
				return nil, false
			}
		}
		plain, err := u.zstd.DecodeAll(packed, u.buf[:0])
		u.buf = plain
		return plain, err == nil
	}
	return packed, true
}

func (u *avroUnpacker) all(in io.Reader) ([]byte, bool) {
	b := bytes.NewBuffer(u.buf[:0])
	n, err := io.Copy(b, io.LimitReader(in, maxAvroBlock+1))
	u.buf = b.Bytes()
	return u.buf, err == nil && n <= maxAvroBlock
}

// avroReader reads records into the columns of a row.
type avroReader struct {
	keyRow
	schema *avroType
	data   []byte // not read yet
	arena  []byte // of values that are not as they lie in the data
}

// number reads an integer.
func (d *avroReader) number() (int64, bool) {
	v, n := binary.Varint(d.data)
	if n <= 0 {
		return 0, false
	}
	d.data = d.data[n:]
	return v, true
}

func (d *avroReader) take(n int64) ([]byte, bool) {
	if n < 0 || n > int64(len(d.data)) {
		return nil, false
	}
	b := d.data[:n]
	d.data = d.data[n:]
	return b, true
}

// value reads a value into the column of n, or those below it; false where the
// data are not as the schema has them.
func (d *avroReader) value(t *avroType, n *keyNode, depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch t.kind {
	case "record":
		n.hint = 0
		for i := range t.fields {
			f := &t.fields[i]
			child := d.child(n, f.key)
			if child == nil { // a record within itself
				child = n
			}
			if !d.value(f.of, child, depth+1) {
				return false
			}
		}
		return true
	case "union":
		i, ok := d.number()
		return ok && i >= 0 && i < int64(len(t.branches)) && d.value(t.branches[i], n, depth+1)
	case "array", "map":
		return d.several(t, n, depth)
	case "null":
		return true
	}
	from := len(d.arena)
	text, ok := d.text(t)
	if ok && text == nil {
		text = d.arena[from:len(d.arena):len(d.arena)]
	}
	return ok && d.set(n, text)
}

// several reads the values of an array, or of a map with their keys.
func (d *avroReader) several(t *avroType, n *keyNode, depth int) bool {
	for {
		count, ok := d.number()
		if ok && count < 0 { // with its length in bytes
			if count = -count; count < 0 {
				return false
			}
			_, ok = d.number()
		}
		if !ok || count == 0 {
			return ok
		}
		for i := range count {
			before := len(d.data)
			if t.kind == "map" {
				size, ok := d.number()
				key, good := d.take(size)
				if !ok || !good || !d.entry(t.items, n, key, depth) {
					return false
				}
			} else if !d.value(t.items, n, depth+1) {
				return false
			}
			if before == len(d.data) && count-i > 1<<16 {
				return false
			}
		}
	}
}

// entry reads a value of a map, which is written behind its key.
func (d *avroReader) entry(t *avroType, n *keyNode, key []byte, depth int) bool {
	inner := avroReader{keyRow: newKeyRow(&keySet{paths: []string{"v\x00"}}), data: d.data}
	if !inner.value(t, inner.keys.order[0], depth+1) {
		return false
	}
	d.data = inner.data
	from := len(d.arena)
	d.arena = append(append(append(d.arena, key...), '='), inner.slots[0]...)
	return d.set(n, d.arena[from:len(d.arena):len(d.arena)])
}

// text reads a plain value. It is nil where it was put into the arena.
func (d *avroReader) text(t *avroType) ([]byte, bool) {
	switch t.kind {
	case "boolean":
		b, ok := d.take(1)
		if ok {
			d.arena = strconv.AppendBool(d.arena, b[0] != 0)
		}
		return nil, ok
	case "int", "long":
		v, ok := d.number()
		d.arena = t.appendNumber(d.arena, v)
		return nil, ok
	case "float":
		b, ok := d.take(4)
		if ok {
			d.arena = spell.Float(d.arena, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 32)
		}
		return nil, ok
	case "double":
		b, ok := d.take(8)
		if ok {
			d.arena = spell.Float(d.arena, math.Float64frombits(binary.LittleEndian.Uint64(b)), 64)
		}
		return nil, ok
	case "enum":
		i, ok := d.number()
		if !ok || i < 0 || i >= int64(len(t.symbols)) {
			return nil, false
		}
		return []byte(t.symbols[i]), true
	}
	size := int64(t.size)
	if t.kind != "fixed" {
		var ok bool
		if size, ok = d.number(); !ok {
			return nil, false
		}
	}
	b, ok := d.take(size)
	switch {
	case !ok:
		return nil, false
	case t.kind == "string":
		return append([]byte{}, b...), true
	case t.logical == "decimal":
		d.arena = spell.Decimal(d.arena, spell.TwosComplement(b[:min(len(b), 1<<10)]), t.scale)
	case t.logical == "duration" && len(b) == 12:
		d.arena = fmt.Appendf(d.arena, "P%dM%dDT%gS", binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), float64(binary.LittleEndian.Uint32(b[8:]))/1000)
	default:
		d.arena = bytesOfKind(d.arena, b, t.logical == "uuid")
	}
	return nil, true
}

// appendNumber appends an integer as what it stands for.
func (t *avroType) appendNumber(dst []byte, v int64) []byte {
	switch t.logical {
	case "date":
		return spell.Days(dst, v)
	case "time-millis":
		return spell.Clock(dst, time.Duration(v)*time.Millisecond)
	case "time-micros":
		return spell.Clock(dst, time.Duration(v)*time.Microsecond)
	case "timestamp-millis", "local-timestamp-millis":
		return spell.Time(dst, time.UnixMilli(v), t.logical[0] == 't')
	case "timestamp-micros", "local-timestamp-micros":
		return spell.Time(dst, time.UnixMicro(v), t.logical[0] == 't')
	case "timestamp-nanos", "local-timestamp-nanos":
		return spell.Time(dst, time.Unix(0, v), t.logical[0] == 't')
	}
	return strconv.AppendInt(dst, v, 10)
}

func (avroFormat) about() About {
	return About{
		Name: "Avro", What: "object container files, packed in any usual way but xz; nested records by dots, the values of arrays by commas",
		Example: "Two records of a nom (a string) and an age (null or an int).",
		NotRead: "single records without a file around them",
		Made:    avroExample,
	}
}

func avroExample() []byte {
	const schema = `{"type":"record","name":"client","fields":[{"name":"nom","type":"string"},{"name":"age","type":["null","int"]}]}`
	return avroFile(schema, "null", avroRecords{2, []byte("\x0cMartin\x02\x54\x0aPetit\x00")})
}

// avroRecords is a block, packed.
type avroRecords struct {
	count int64
	data  []byte
}

// avroFile makes a file.
func avroFile(schema, codec string, blocks ...avroRecords) []byte {
	const sync = "\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10"
	text := func(dst []byte, s string) []byte { return append(binary.AppendVarint(dst, int64(len(s))), s...) }
	b := binary.AppendVarint([]byte(avroMark), 2)
	for _, s := range []string{"avro.schema", schema, "avro.codec", codec} {
		b = text(b, s)
	}
	b = append(append(b, 0), sync...)
	for _, block := range blocks {
		b = text(binary.AppendVarint(b, block.count), string(block.data))
		b = append(b, sync...)
	}
	return b
}
