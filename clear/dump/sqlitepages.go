package dump

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"unicode/utf16"
	"unicode/utf8"

	"constat.example/internal/failure"
)

// sqliteFile is the pages of a database.
type sqliteFile struct {
	in      io.ReaderAt
	size    int64
	bytes   int // of a page
	usable  int // of them
	pages   uint32
	said    uint32 // pages by the header; 0 where it does not say
	free    uint32 // the first page of the list of free ones
	mapped  bool   // some pages say where others belong
	charset charset
}

func openSQLite(ctx context.Context, f *entry) (*sqliteFile, error) {
	in, size, err := f.random(ctx)
	if err != nil {
		return nil, err
	}
	var h [sqliteHeader]byte
	if n, err := in.ReadAt(h[:], 0); n < len(h) {
		if isSourceError(err) {
			return nil, err
		}
		return nil, damagedFile(f, "an SQLite database")
	}
	db := &sqliteFile{in: in, size: size, bytes: int(binary.BigEndian.Uint16(h[16:])), free: binary.BigEndian.Uint32(h[32:])}
	if db.bytes == 1 {
		db.bytes = 1 << 16
	}
	db.usable = db.bytes - int(h[20])
	if db.bytes < 512 || db.bytes&(db.bytes-1) != 0 || db.usable < 480 || size < int64(db.bytes) || size/int64(db.bytes) > math.MaxUint32 {
		return nil, damagedFile(f, "an SQLite database")
	}
	db.pages = uint32(size / int64(db.bytes))
	if binary.BigEndian.Uint32(h[24:]) == binary.BigEndian.Uint32(h[92:]) {
		db.said = binary.BigEndian.Uint32(h[28:])
	}
	db.mapped = binary.BigEndian.Uint32(h[52:]) != 0
	switch binary.BigEndian.Uint32(h[56:]) {
	case 2:
		db.charset = utf16LE
	case 3:
		db.charset = utf16BE
	}
	return db, nil
}

// damagedFile is the error where nothing of a file can be read.
func damagedFile(f *entry, kind string) error {
	return failure.New(failure.BadInput, "Ask for the file again, and check its size.", "%s is %s that is damaged or cut short at its start", f.name, kind)
}

// text appends text of the database as UTF-8.
func (db *sqliteFile) text(dst, raw []byte) []byte {
	if !db.charset.wide() {
		return append(dst, raw...)
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if db.charset == utf16BE {
		order = binary.BigEndian
	}
	for len(raw) >= 2 {
		r := rune(order.Uint16(raw))
		raw = raw[2:]
		if utf16.IsSurrogate(r) && len(raw) >= 2 {
			if full := utf16.DecodeRune(r, rune(order.Uint16(raw))); full != utf8.RuneError {
				r, raw = full, raw[2:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// pageSet is a set of pages.
type pageSet []uint64

func (s pageSet) has(n uint32) bool { return s[n/64]&(1<<(n%64)) != 0 }
func (s pageSet) add(n uint32)      { s[n/64] |= 1 << (n % 64) }

// sqliteWalk goes through trees, each page once.
type sqliteWalk struct {
	*sqliteFile
	ctx    context.Context
	seen   pageSet
	maxRow int
	tell   func(why reason, at, bytes int64) // of what is damaged
	row    func(*sqliteRow) error            // nil: pages are only reached

	levels  [][]byte // a page for each level of the tree
	over    []byte   // an overflow page
	payload []byte
	record  sqliteRow
}

// sqliteRow is a record.
type sqliteRow struct {
	rowid  int64
	at     int64 // in the file
	values []sqliteValue
}

type sqliteKind uint8

const (
	sqliteNull sqliteKind = iota
	sqliteInteger
	sqliteReal
	sqliteBlob
	sqliteText
)

type sqliteValue struct {
	kind    sqliteKind
	integer int64 // also the bits of a real
	bytes   []byte
}

func (db *sqliteFile) walk(ctx context.Context, maxRow int) *sqliteWalk {
	return &sqliteWalk{
		sqliteFile: db, ctx: ctx, maxRow: maxRow, seen: make(pageSet, db.pages/64+1),
		tell: func(reason, int64, int64) {}, over: make([]byte, db.bytes),
	}
}

func (w *sqliteWalk) at(n uint32) int64 { return int64(n-1) * int64(w.bytes) }

// load reads a page that exists, to be kept until another of its level is.
func (w *sqliteWalk) load(n uint32, level int) ([]byte, error) {
	for len(w.levels) <= level {
		w.levels = append(w.levels, make([]byte, w.bytes))
	}
	return w.levels[level], w.fill(n, w.levels[level])
}

func (w *sqliteWalk) fill(n uint32, page []byte) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if _, err := w.in.ReadAt(page, w.at(n)); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// reach notes that a page is led to from the one at an offset; false where that
// cannot be.
func (w *sqliteWalk) reach(n uint32, from int64) bool {
	if n == 0 || n > w.pages || w.seen.has(n) {
		w.tell(damaged, from, 0)
		return false
	}
	w.seen.add(n)
	return true
}

// tree reads all of a tree: of a table, or of an index.
func (w *sqliteWalk) tree(root uint32, index bool) error {
	return w.below(root, 0, index, 0)
}

// either reads a tree of whichever kind.
func (w *sqliteWalk) either(root uint32) error {
	index := false
	if root > 1 && root <= w.pages {
		page, err := w.load(root, 0)
		if err != nil {
			return err
		}
		index = page[0] == 0x02 || page[0] == 0x0a
	}
	return w.tree(root, index)
}

func (w *sqliteWalk) below(n uint32, from int64, index bool, level int) error {
	if level == sqliteDepth {
		w.tell(damaged, from, 0)
		return nil
	}
	if !w.reach(n, from) {
		return nil
	}
	return w.page(n, index, level)
}

// kinds of pages.
const (
	indexInterior = 0x02
	tableInterior = 0x05
	indexLeaf     = 0x0a
	tableLeaf     = 0x0d
)

// page reads a page of a tree, and what is below it.
func (w *sqliteWalk) page(n uint32, index bool, level int) error {
	w.seen.add(n)
	at := w.at(n)
	page, err := w.load(n, level)
	if err != nil {
		return err
	}
	head := 0
	if n == 1 {
		head = sqliteHeader
	}
	kind := page[head]
	interior := kind == indexInterior || kind == tableInterior
	cells := int(binary.BigEndian.Uint16(page[head+3:]))
	first := head + 8
	if interior {
		first += 4
	}
	if index && kind != indexInterior && kind != indexLeaf || !index && kind != tableInterior && kind != tableLeaf || first+2*cells > w.usable {
		w.tell(damaged, at, int64(w.bytes))
		return nil
	}
	pointer := func(i int) int { return int(binary.BigEndian.Uint16(page[first+2*i:])) }
	for i := range cells {
		p := pointer(i)
		if p < first+2*cells || p+4 > w.usable {
			w.tell(damaged, at+int64(first+2*i), 2)
			continue
		}
		cell := page[p:w.usable]
		if interior {
			if err := w.below(binary.BigEndian.Uint32(cell), at+int64(p), index, level+1); err != nil {
				return err
			}
			cell = cell[4:]
			if !index {
				continue
			}
		}
		if err := w.cell(cell, at+int64(p), index, func() int64 { return int64(extent(pointer, cells, p, w.usable)) }); err != nil {
			return err
		}
	}
	if interior {
		return w.below(binary.BigEndian.Uint32(page[head+8:]), at, index, level+1)
	}
	return nil
}

// extent is how far it is from the cell at p to the next one of its page.
func extent(pointer func(int) int, cells, p, end int) int {
	for i := range cells {
		if q := pointer(i); q > p && q < end {
			end = q
		}
	}
	return end - p
}

// cell reads the record of a cell, which lies at an offset of the file.
func (w *sqliteWalk) cell(cell []byte, at int64, index bool, extent func() int64) error {
	length, n := sqliteVarint(cell)
	r := &w.record
	r.rowid, r.at = 0, at
	if !index && n > 0 {
		id, k := sqliteVarint(cell[n:])
		if k == 0 {
			n = 0
		} else {
			r.rowid = int64(id)
			n += k
		}
	}
	if n == 0 || length > math.MaxInt32 {
		w.tell(damaged, at, extent())
		return nil
	}
	payload, why, err := w.whole(cell[n:], int(length), at, index)
	if err != nil || w.row == nil {
		return err
	}
	if why == nil && !r.parse(payload) {
		bad := badRecord
		why = &bad
	}
	if why != nil {
		w.tell(*why, at, extent())
		return nil
	}
	return w.row(r)
}

// whole is the payload of that length that begins with local, put together with
// the pages it overflows to.
func (w *sqliteWalk) whole(local []byte, length int, at int64, index bool) ([]byte, *reason, error) {
	u := w.usable
	most, least := u-35, (u-12)*32/255-23
	if index {
		most = (u-12)*64/255 - 23
	}
	if length <= most {
		if length > len(local) {
			why := damaged
			return nil, &why, nil
		}
		return local[:length], nil, nil
	}
	kept := least + (length-least)%(u-4)
	if kept > most {
		kept = least
	}
	if kept+4 > len(local) {
		why := damaged
		return nil, &why, nil
	}
	store := w.row != nil && length <= w.maxRow
	w.payload = append(w.payload[:0], local[:kept]...)
	next := binary.BigEndian.Uint32(local[kept:])
	for left := length - kept; left > 0; {
		if next == 0 || next > w.pages || w.seen.has(next) {
			why := damaged
			return nil, &why, nil
		}
		w.seen.add(next)
		if err := w.fill(next, w.over); err != nil {
			return nil, nil, err
		}
		n := min(left, u-4)
		if store {
			w.payload = append(w.payload, w.over[4:4+n]...)
		}
		left -= n
		next = binary.BigEndian.Uint32(w.over)
	}
	if !store {
		why := tooLong
		return nil, &why, nil
	}
	return w.payload, nil, nil
}

// parse reads a record: lengths and types, then values.
func (r *sqliteRow) parse(payload []byte) bool {
	r.values = r.values[:0]
	head, n := sqliteVarint(payload)
	if n == 0 || head < uint64(n) || head > uint64(len(payload)) {
		return false
	}
	types, body := payload[n:head], payload[head:]
	for len(types) > 0 {
		t, n := sqliteVarint(types)
		if n == 0 || len(r.values) == 1<<15 {
			return false
		}
		types = types[n:]
		v := sqliteValue{kind: sqliteInteger}
		size := uint64(0)
		switch {
		case t == 0:
			v.kind = sqliteNull
		case t <= 4:
			size = t
		case t == 5:
			size = 6
		case t == 6 || t == 7:
			size = 8
		case t == 8 || t == 9:
			v.integer = int64(t - 8)
		case t < 12:
			return false
		default:
			size = (t - 12) / 2
			v.kind = sqliteBlob + sqliteKind(t&1)
		}
		if size > uint64(len(body)) {
			return false
		}
		raw := body[:size]
		body = body[size:]
		switch {
		case t == 7:
			v.kind, v.integer = sqliteReal, int64(binary.BigEndian.Uint64(raw))
		case v.kind >= sqliteBlob:
			v.bytes = raw
		case size > 0:
			v.integer = int64(int8(raw[0]))
			for _, c := range raw[1:] {
				v.integer = v.integer<<8 | int64(c)
			}
		}
		r.values = append(r.values, v)
	}
	return true
}

// sqliteVarint reads a number of up to nine bytes; its length is 0 where text
// ends before it does.
func sqliteVarint(text []byte) (uint64, int) {
	v := uint64(0)
	for i := range min(len(text), 8) {
		v = v<<7 | uint64(text[i]&0x7f)
		if text[i] < 0x80 {
			return v, i + 1
		}
	}
	if len(text) < 9 {
		return 0, 0
	}
	return v<<8 | uint64(text[8]), 9
}

// orphan reports a whole leaf of a table, and how many values its records have.
func (w *sqliteWalk) orphan(page []byte) (width int, ok bool) {
	cells := int(binary.BigEndian.Uint16(page[3:]))
	if page[0] != tableLeaf || cells == 0 || 8+2*cells > w.usable {
		return 0, false
	}
	for i := range cells {
		p := int(binary.BigEndian.Uint16(page[8+2*i:]))
		if p < 8+2*cells || p+4 > w.usable {
			return 0, false
		}
		length, n := sqliteVarint(page[p:w.usable])
		_, k := sqliteVarint(page[p+n : w.usable])
		head, h := sqliteVarint(page[p+n+k : w.usable])
		if n == 0 || k == 0 || h == 0 || head > length || p+n+k+int(min(head, 1<<16)) > w.usable || head < uint64(h) {
			return 0, false
		}
		values := 0
		for types := page[p+n+k+h : p+n+k+int(head)]; len(types) > 0; values++ {
			_, n := sqliteVarint(types)
			if n == 0 {
				return 0, false
			}
			types = types[n:]
		}
		if i > 0 && values != width {
			return 0, false
		}
		width = values
	}
	return width, true
}

// free reaches the pages that are free, and those that say where others belong.
func (w *sqliteWalk) free() error {
	if w.mapped {
		for n := int64(2); n <= int64(w.pages); n += int64(w.usable)/5 + 1 {
			at := n
			if at == w.lock() {
				at++
			}
			if at <= int64(w.pages) {
				w.seen.add(uint32(at))
			}
		}
	}
	if n := w.lock(); n <= int64(w.pages) {
		w.seen.add(uint32(n))
	}
	from := int64(32)
	for n := w.sqliteFile.free; n != 0; {
		if !w.reach(n, from) {
			return nil
		}
		from = w.at(n)
		if err := w.fill(n, w.over); err != nil {
			return err
		}
		leaves := int64(binary.BigEndian.Uint32(w.over[4:]))
		for i := range min(leaves, int64(w.usable)/4-2) {
			w.reach(binary.BigEndian.Uint32(w.over[8+4*i:]), from+8+4*i)
		}
		n = binary.BigEndian.Uint32(w.over)
	}
	return nil
}

// lock is the page that SQLite leaves empty for the locks of some systems.
func (w *sqliteWalk) lock() int64 { return 1<<30/int64(w.bytes) + 1 }

// rest tells the pages that nothing leads to, and what is no whole page.
func (w *sqliteWalk) rest() error {
	for n := uint32(1); n <= w.pages; n++ {
		if w.seen.has(n) {
			continue
		}
		end := n
		for end < w.pages && !w.seen.has(end+1) {
			end++
		}
		w.tell(leftover, w.at(n), w.at(end+1)-w.at(n))
		n = end
	}
	whole := int64(w.pages) * int64(w.bytes)
	if whole < w.size || w.said > w.pages {
		w.tell(rowCut, whole, w.size-whole)
	}
	return nil
}
