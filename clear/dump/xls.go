package dump

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"constat.example/internal/failure"
)

// xlsFormat is a workbook of Excel 97 to 2003: records (BIFF8) in a stream of a
// compound file ([MS-XLS]).
type xlsFormat struct{}

func (xlsFormat) probe(ctx context.Context, l *look) float64 {
	if !bytes.HasPrefix(l.head, []byte(compoundMagic)) {
		return 0
	}
	at, size, err := l.file.random(ctx)
	if err != nil {
		return 0
	}
	if c, err := openCompound(at, size); err == nil && (c.has("Workbook") || c.has("Book")) {
		return certain
	}
	return 0
}

func (xlsFormat) about() About {
	return About{
		Name: "XLS", What: "workbooks of Excel 97 to 2003: every sheet, also hidden ones, and every table in it; dates by their number format, cached results of formulas",
		Example: "a workbook of one sheet, with a date and a postcode",
		NotRead: "remarks, macros, embedded files, caches of pivot tables: each is a reject; workbooks with a password, or of Excel 95 and before",
		Made:    madeXLS,
	}
}

// xlsBook is what a workbook says of its sheets.
type xlsBook struct {
	entry    *entry
	sheets   []xlsSheet
	formats  []sheetFormat // by number of a cell's style
	from1904 bool
	texts    *textStore
	reader   *textReader
	broken   brokenParts
}

type xlsSheet struct {
	name   string
	hidden bool
	at     int64 // in the stream
	merged []sheetMerge
}

// Records of BIFF8.
const (
	biffFormula    = 0x06
	biffEnd        = 0x0a
	biffNote       = 0x1c
	biff1904       = 0x22
	biffPassword   = 0x2f
	biffContinue   = 0x3c
	biffSheet      = 0x85
	biffMulRK      = 0xbd
	biffRichText   = 0xd6
	biffStyle      = 0xe0
	biffMerged     = 0xe5
	biffTexts      = 0xfc
	biffLabelSST   = 0xfd
	biffNumber     = 0x203
	biffLabel      = 0x204
	biffBoolErr    = 0x205
	biffString     = 0x207
	biffRK         = 0x27e
	biffFormatCode = 0x41e
	biffBegin      = 0x809
)

// biffReader reads records.
type biffReader struct {
	s     *compoundStream
	at    int64 // of the next record in the stream
	start int64 // of the one at hand
	id    uint16
	data  []byte

	buf  []byte
	from int64 // of buf in the stream
	cut  bool  // the stream ended within a record
	err  error
}

// bytes are those at a place of the stream.
func (r *biffReader) bytes(at int64, n int) ([]byte, bool) {
	if at < r.from || at+int64(n) > r.from+int64(len(r.buf)) {
		if cap(r.buf) == 0 {
			r.buf = make([]byte, 0, 256<<10)
		}
		k, err := r.s.ReadAt(r.buf[:cap(r.buf)], at)
		if err != nil && !errors.Is(err, io.EOF) {
			r.err = err
		}
		r.buf, r.from = r.buf[:k], at
		if k < n {
			return nil, false
		}
	}
	i := int(at - r.from)
	return r.buf[i : i+n], true
}

// next reads a record; its data are void at the next one.
func (r *biffReader) next() bool {
	r.start = r.at
	head, ok := r.bytes(r.at, 4)
	if !ok {
		r.cut = r.at < r.s.size
		return false
	}
	id, n := binary.LittleEndian.Uint16(head), int(binary.LittleEndian.Uint16(head[2:]))
	data, ok := r.bytes(r.at+4, n)
	if !ok {
		r.cut = true
		return false
	}
	r.id, r.data = id, data
	r.at += 4 + int64(n)
	return true
}

// peek is the number of the record that follows.
func (r *biffReader) peek() uint16 {
	if head, ok := r.bytes(r.at, 4); ok {
		return binary.LittleEndian.Uint16(head)
	}
	return 0
}

func (b *xlsBook) stream(ctx context.Context) (*compound, *compoundStream, error) {
	c, err := b.entry.compound(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, ok := c.stream("Workbook")
	if !ok {
		return nil, nil, failure.New(failure.BadInput, "Open it with Excel or LibreOffice, save it as XLSX, and name that file.", "%s is a workbook of Excel 95 or before, which is not read", b.entry.name)
	}
	return c, s, nil
}

func (xlsFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	b := &xlsBook{entry: f}
	_, s, err := b.stream(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.globals(ctx, s); err != nil {
		return nil, err
	}
	if len(b.sheets) == 0 {
		return nil, failure.New(failure.BadInput, "Check that the file was copied whole.", "%s: the workbook holds no sheet that can be read", f.name)
	}
	return openGrid(ctx, "XLS: workbook", f, b)
}

// globals reads what precedes the sheets.
func (b *xlsBook) globals(ctx context.Context, s *compoundStream) error {
	r := &biffReader{s: s}
	codes := map[uint16]sheetFormat{}
	var styles []uint16
	ended := false
	for !ended && r.next() {
		d := r.data
		switch {
		case r.start == 0 && (r.id != biffBegin || len(d) < 4 || binary.LittleEndian.Uint16(d) != 0x600):
			return failure.New(failure.BadInput, "Open it with Excel or LibreOffice, save it as XLSX, and name that file.", "%s is a workbook of a version that is not read", b.entry.name)
		case r.id == biffPassword:
			return failure.New(failure.BadInput, "Ask for its password, open it with Excel or LibreOffice and save it without.", "%s: the workbook is encrypted", b.entry.name)
		case r.id == biffEnd:
			ended = true
		case r.id == biff1904 && len(d) >= 2:
			b.from1904 = d[0] == 1
		case r.id == biffFormatCode && len(d) > 4 && len(codes) < maxStyles:
			text, _ := biffText(nil, d[2:])
			codes[binary.LittleEndian.Uint16(d)] = readFormat(string(text))
		case r.id == biffStyle && len(d) >= 4 && len(styles) < maxStyles:
			styles = append(styles, binary.LittleEndian.Uint16(d[2:]))
		case r.id == biffSheet && len(d) >= 8:
			if d[5] == 0 && len(b.sheets) < maxSheets { // no chart, no macros
				name, _ := biffChars(nil, d[8:], int(d[6]), d[7]&1 == 1)
				b.sheets = append(b.sheets, xlsSheet{name: string(name), hidden: d[4]&3 != 0, at: int64(binary.LittleEndian.Uint32(d))})
			}
		case r.id == biffTexts && b.texts == nil:
			if err := b.shared(ctx, r); err != nil {
				return err
			}
		}
	}
	for _, id := range styles {
		f, ok := codes[id]
		if !ok {
			f = builtinFormat(int(id))
		}
		b.formats = append(b.formats, f)
	}
	if !ended {
		b.broken.add(cutShort, s.place(r.at), 0)
	}
	return r.err
}

// shared keeps the texts that cells share, which go on over several records.
func (b *xlsBook) shared(ctx context.Context, r *biffReader) error {
	if len(r.data) < 8 {
		b.broken.add(badRecord, r.s.place(r.start), int64(len(r.data)))
		return nil
	}
	left := int64(binary.LittleEndian.Uint32(r.data[4:]))
	t := &biffTextReader{r: r, rest: r.data[8:]}
	most := b.entry.maxRow() + 1
	var text []byte
	var err error
	b.texts, err = b.entry.dump.storeTexts(ctx, b.entry.blob.input, func() ([]byte, bool, error) {
		if left <= 0 {
			return nil, false, nil
		}
		left--
		var ok bool
		if text, ok = t.text(text[:0]); !ok {
			if r.err == nil {
				b.broken.add(badRecord, r.s.place(r.start), r.at-r.start)
			}
			return nil, false, r.err
		}
		return text[:min(len(text), most)], true, nil
	})
	return err
}

// biffTextReader reads texts that go on in the records after theirs.
type biffTextReader struct {
	r    *biffReader
	rest []byte
}

func (t *biffTextReader) more() bool {
	if t.r.peek() != biffContinue || !t.r.next() {
		return false
	}
	t.rest = t.r.data
	return true
}

// take gives n bytes of a small field.
func (t *biffTextReader) take(n int) (uint32, bool) {
	v := uint32(0)
	for i := range n {
		if len(t.rest) == 0 && !t.more() || len(t.rest) == 0 {
			return 0, false
		}
		v |= uint32(t.rest[0]) << (8 * i)
		t.rest = t.rest[1:]
	}
	return v, true
}

func (t *biffTextReader) skip(n int64) bool {
	for n > 0 {
		if len(t.rest) == 0 && !t.more() {
			return false
		}
		k := min(n, int64(len(t.rest)))
		t.rest = t.rest[k:]
		n -= k
	}
	return true
}

func (t *biffTextReader) text(dst []byte) ([]byte, bool) {
	count, ok := t.take(2)
	flags, good := t.take(1)
	if !ok || !good {
		return dst, false
	}
	tail := int64(0)
	if flags&8 != 0 {
		runs, ok := t.take(2)
		if !ok {
			return dst, false
		}
		tail += 4 * int64(runs)
	}
	if flags&4 != 0 { // how it is spoken
		size, ok := t.take(4)
		if !ok {
			return dst, false
		}
		tail += int64(size)
	}
	wide := flags&1 == 1
	for left := int(count); left > 0; {
		var n int
		dst, n = biffChars(dst, t.rest, left, wide)
		size := n
		if wide {
			size = 2 * n
		}
		t.rest = t.rest[size:]
		if left -= n; left == 0 {
			break
		}
		if len(t.rest) > 1 || !t.more() || len(t.rest) == 0 {
			return dst, false
		}
		wide = t.rest[0]&1 == 1
		t.rest = t.rest[1:]
	}
	return dst, t.skip(tail)
}

// biffChars appends up to count characters, and says how many there were.
func biffChars(dst, data []byte, count int, wide bool) ([]byte, int) {
	if !wide {
		n := min(count, len(data))
		for _, c := range data[:n] {
			dst = utf8.AppendRune(dst, rune(c))
		}
		return dst, n
	}
	n := min(count, len(data)/2)
	for i := 0; i < n; i++ {
		r := rune(binary.LittleEndian.Uint16(data[2*i:]))
		if utf16.IsSurrogate(r) && i+1 < n {
			if both := utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(data[2*i+2:]))); both != utf8.RuneError {
				r = both
				i++
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst, n
}

// biffText appends a text that lies in one record, and reports whether it does.
func biffText(dst, data []byte) ([]byte, bool) {
	if len(data) < 3 {
		return dst, false
	}
	t := &biffTextReader{rest: data, r: &biffReader{s: &compoundStream{}}}
	return t.text(dst)
}

func (b *xlsBook) walk(ctx context.Context, to gridVisitor) error {
	c, s, err := b.stream(ctx)
	if err != nil {
		return err
	}
	b.reader = &textReader{s: b.texts}
	defer func() { b.reader = nil }()
	for i := range b.sheets {
		to.sheet(b.sheets[i].name)
		if err := b.sheet(ctx, s, i, to); err != nil {
			return err
		}
		to.end(i, b.sheets[i].hidden)
	}
	b.broken.tell(to)
	if !s.whole || c.short() {
		to.reject(-1, cutShort, c.size, 0)
	}
	for _, e := range c.names {
		if e.kind != 2 || e.name == "Workbook" || strings.HasPrefix(e.name, "\x01") || strings.HasPrefix(e.name, "\x03") || strings.HasPrefix(e.name, "\x05") {
			continue
		}
		at, size := int64(0), e.size
		if other, ok := c.stream(e.name); ok {
			at, size = other.place(0), other.size
		}
		to.reject(-1, unknownMember, at, size)
	}
	return nil
}

// sheet tells the rows of one sheet.
func (b *xlsBook) sheet(ctx context.Context, s *compoundStream, index int, to gridVisitor) error {
	sheet := &b.sheets[index]
	w := &xlsWalk{book: b, to: to, index: index, stream: s, last: -1, merged: sheet.merged}
	w.row.most = b.entry.maxRow()
	r := &biffReader{s: s, at: sheet.at}
	if !r.next() || r.id != biffBegin {
		if r.err != nil {
			return r.err
		}
		to.reject(index, damaged, s.place(min(sheet.at, s.size)), 0)
		return nil
	}
	depth := 1
	for depth > 0 && r.next() {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		switch {
		case r.id == biffBegin: // of a chart
			depth++
		case r.id == biffEnd:
			depth--
		case depth == 1:
			if err := w.record(r); err != nil {
				return err
			}
		}
	}
	if r.err != nil {
		return r.err
	}
	if err := w.finish(s.place(r.at)); err != nil {
		return err
	}
	if depth > 0 {
		to.reject(index, cutShort, s.place(r.at), max(0, s.size-r.at))
	}
	sheet.merged = sorted(w.learnt)
	return nil
}

// xlsWalk gathers the cells of a sheet in rows.
type xlsWalk struct {
	book   *xlsBook
	to     gridVisitor
	index  int
	stream *compoundStream

	row    gridRow
	open   bool
	last   int64 // row told last
	formal int   // column of the formula whose text is to come, plus one
	down   carried
	merged []sheetMerge
	learnt []sheetMerge
}

func (w *xlsWalk) finish(end int64) error {
	if !w.open {
		return nil
	}
	w.open, w.formal = false, 0
	w.merged = w.down.merge(&w.row, w.merged)
	w.down.fill(&w.row)
	w.down.pass(1)
	w.last = w.row.number
	return w.row.tell(w.to, w.index, max(end, w.row.offset))
}

func (w *xlsWalk) record(r *biffReader) error {
	d := r.data
	at := w.stream.place(r.start)
	switch r.id {
	case biffMerged:
		for i := 2; i+8 <= len(d) && len(w.learnt) < mostMerged; i += 8 {
			from, last, column := binary.LittleEndian.Uint16(d[i:]), binary.LittleEndian.Uint16(d[i+2:]), binary.LittleEndian.Uint16(d[i+4:])
			if last > from {
				w.learnt = append(w.learnt, sheetMerge{int32(from), int32(last), int32(column)})
			}
		}
		return nil
	case biffNote:
		w.to.reject(w.index, otherType, at, 0)
		return nil
	case biffString:
		if w.open && w.formal > 0 {
			w.text(d, w.formal-1)
			w.formal = 0
		}
		return nil
	case biffNumber, biffRK, biffMulRK, biffLabelSST, biffLabel, biffRichText, biffBoolErr, biffFormula:
	default:
		return nil
	}
	if len(d) < 8 {
		w.to.reject(w.index, badRecord, at, r.at-r.start)
		return nil
	}
	number := int64(binary.LittleEndian.Uint16(d))
	column, style := int(binary.LittleEndian.Uint16(d[2:])), binary.LittleEndian.Uint16(d[4:])
	if !w.open || w.row.number != number {
		if err := w.finish(at); err != nil {
			return err
		}
		w.down.pass(max(number-w.last-1, 0))
		w.row.begin(number, at)
		w.open = true
	}
	w.formal = 0
	switch r.id {
	case biffNumber:
		if len(d) < 14 {
			w.row.fail(badRecord)
			return nil
		}
		w.number(math.Float64frombits(binary.LittleEndian.Uint64(d[6:])), column, style)
	case biffRK:
		if len(d) < 10 {
			w.row.fail(badRecord)
			return nil
		}
		w.number(readRK(binary.LittleEndian.Uint32(d[6:])), column, style)
	case biffMulRK:
		for i := 4; i+6 <= len(d)-2; i += 6 {
			w.number(readRK(binary.LittleEndian.Uint32(d[i+2:])), column, binary.LittleEndian.Uint16(d[i:]))
			column++
		}
	case biffLabelSST:
		if len(d) < 10 {
			w.row.fail(badRecord)
			return nil
		}
		var ok bool
		var err error
		if w.row.text, ok, err = w.book.reader.append(w.row.text, int(binary.LittleEndian.Uint32(d[6:]))); err != nil {
			return err
		}
		if !ok {
			w.row.fail(damaged)
		}
		w.row.put(column)
	case biffLabel, biffRichText:
		w.text(d[6:], column)
	case biffBoolErr:
		w.truth(d[6], d[7] == 1, column)
	case biffFormula:
		if len(d) < 14 {
			w.row.fail(badRecord)
			return nil
		}
		switch v := d[6:14]; {
		case v[6] != 0xff || v[7] != 0xff:
			w.number(math.Float64frombits(binary.LittleEndian.Uint64(v)), column, style)
		case v[0] == 0:
			w.formal = column + 1
		case v[0] == 1 || v[0] == 2:
			w.truth(v[2], v[0] == 2, column)
		}
	}
	return nil
}

func (w *xlsWalk) text(d []byte, column int) {
	var ok bool
	if w.row.text, ok = biffText(w.row.text, d); !ok {
		w.row.fail(badRecord)
	}
	w.row.put(column)
}

func (w *xlsWalk) number(v float64, column int, style uint16) {
	f := sheetFormat{}
	if int(style) < len(w.book.formats) {
		f = w.book.formats[style]
	}
	var buf [32]byte
	w.row.text = f.append(w.row.text, strconv.AppendFloat(buf[:0], v, 'g', -1, 64), w.book.from1904)
	w.row.put(column)
}

// truth is a boolean, or an error that a formula came to.
func (w *xlsWalk) truth(v byte, isError bool, column int) {
	text := map[byte]string{0: "false", 1: "true"}[v]
	if isError {
		text = map[byte]string{0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}[v]
	}
	if text == "" {
		w.row.fail(badRecord)
	}
	w.row.text = append(w.row.text, text...)
	w.row.put(column)
}

// readRK reads a number that is written in 30 bits.
func readRK(v uint32) float64 {
	n := math.Float64frombits(uint64(v&^3) << 32)
	if v&2 != 0 {
		n = float64(int32(v) >> 2)
	}
	if v&1 != 0 {
		n /= 100
	}
	return n
}
