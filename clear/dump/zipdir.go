package dump

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// What records of an archive begin with.
const (
	zipLocal      = "PK\x03\x04"
	zipDirectory  = "PK\x01\x02"
	zipEnd        = "PK\x05\x06"
	zipEnd64      = "PK\x06\x06"
	zipEnd64At    = "PK\x06\x07"
	zipDescriptor = "PK\x07\x08"
	zipSpanned    = "PK\x07\x08" // at the start of the first of several volumes
	zipOneDisk    = "PK00"       // of what was to be several volumes and became one
)

// Lengths of the parts of records that are always there.
const (
	zipLocalSize     = 30
	zipDirectorySize = 46
	zipEndSize       = 22
	zipEnd64Size     = 56
	zipEnd64AtSize   = 20
)

// zipFile is an archive being read.
type zipFile struct {
	f     *entry
	in    io.ReaderAt
	size  int64
	whole bool // it has a directory

	last   int  // of the passwords, the one that fitted last
	proved bool // it opened a member

	window []byte // a piece of the archive, for looks at many places near one another
	at     int64  // where it begins
}

// zipWindow is how much is read ahead.
const zipWindow = 64 << 10

// peek is what lies at a place, n bytes or what there is; void at the next call.
func (z *zipFile) peek(at int64, n int) ([]byte, error) {
	n = int(max(min(int64(n), z.size-at), 0))
	if at < z.at || at+int64(n) > z.at+int64(len(z.window)) {
		if cap(z.window) < zipWindow {
			z.window = make([]byte, zipWindow)
		}
		z.window = z.window[:min(zipWindow, z.size-at)]
		z.at = at
		if err := z.readAt(z.window, at); err != nil {
			z.window = z.window[:0]
			return nil, err
		}
	}
	return z.window[at-z.at:][:n], nil
}

// zipMember is a file in an archive.
type zipMember struct {
	name    string
	flags   uint16
	method  uint16
	time    uint16
	summed  bool // sum is known
	sum     uint32
	packed  int64
	size    int64 // -1 where only unpacking tells
	header  int64 // where it begins
	data    int64 // where what is packed begins
	cut     bool  // the archive ends before it does
	aes     *zipAES
	special bool // a link or a device
}

func (m *zipMember) encrypted() bool { return m.flags&1 != 0 }

func (m *zipMember) folder() bool {
	return strings.HasSuffix(m.name, "/") || strings.HasSuffix(m.name, `\`) && m.size == 0
}

// list finds the members, and what is none of them.
func (z *zipFile) list(ctx context.Context) ([]*zipMember, []refusal, error) {
	all, refused, err := z.directory(ctx)
	if err != nil {
		return nil, nil, err
	}
	if z.whole = all != nil; !z.whole {
		var lost int64
		if all, lost, err = z.scan(ctx); err != nil {
			return nil, nil, err
		}
		if len(all) > 0 {
			refused = append(refused, refusal{why: noDirectory, bytes: lost})
		}
	}
	slices.SortStableFunc(all, func(a, b *zipMember) int { return cmp.Compare(a.header, b.header) })
	end := int64(0) // of the members before
	kept := all[:0]
	for _, m := range all {
		switch {
		case m.folder() && m.packed <= 12: // of an encrypted one, its salt
			continue
		case m.data == 0:
			refused = append(refused, refusal{name: m.name, why: badMember, bytes: m.packed})
			continue
		case m.header < end:
			refused = append(refused, refusal{name: m.name, why: overlapping, bytes: m.packed})
			continue
		case m.special:
			refused = append(refused, refusal{name: m.name, why: noFile, bytes: m.packed})
		default:
			kept = append(kept, m)
		}
		end = m.data + m.packed
	}
	return kept, refused, nil
}

// directory reads the members from the directory at the end; nil where there
// is none, or none that can be right.
func (z *zipFile) directory(ctx context.Context) ([]*zipMember, []refusal, error) {
	const farthest = zipEndSize + 1<<16 // a comment may follow
	tail := make([]byte, min(z.size, farthest))
	if err := z.readAt(tail, z.size-int64(len(tail))); err != nil {
		return nil, nil, err
	}
	for at := len(tail) - zipEndSize; at >= 0; at-- {
		if string(tail[at:at+4]) != zipEnd || int(binary.LittleEndian.Uint16(tail[at+20:])) > len(tail)-at-zipEndSize {
			continue
		}
		members, refused, err := z.directoryFrom(ctx, tail[at:], z.size-int64(len(tail)-at))
		if members != nil || err != nil {
			return members, refused, err
		}
	}
	return nil, nil, nil
}

// directoryFrom reads the directory that a record at its end tells of.
func (z *zipFile) directoryFrom(ctx context.Context, end []byte, at int64) ([]*zipMember, []refusal, error) {
	disk := int64(binary.LittleEndian.Uint16(end[4:]))
	start := int64(binary.LittleEndian.Uint16(end[6:])) // the disk the directory begins on
	size := int64(binary.LittleEndian.Uint32(end[12:]))
	from := int64(binary.LittleEndian.Uint32(end[16:]))
	if big, where, err := z.end64(at); err != nil {
		return nil, nil, err
	} else if big != nil {
		disk, start = int64(binary.LittleEndian.Uint32(big[16:])), int64(binary.LittleEndian.Uint32(big[20:]))
		size, from = int64(binary.LittleEndian.Uint64(big[40:])), int64(binary.LittleEndian.Uint64(big[48:])) //nolint:gosec // checked below
		at = where
	}
	shift := int64(0) // of what precedes the archive
	switch {
	case disk > 0 && disk < 0xffff:
		first, ok := z.disk(start)
		if !ok {
			return nil, []refusal{{why: volumeMissing}}, nil
		}
		from += first
	default:
		shift = at - size - from
	}
	if size < 0 || from < 0 || shift < 0 || from+shift > at || size > at-from-shift {
		return nil, nil, nil
	}
	in := &windowed{in: io.NewSectionReader(z.in, from+shift, size)}
	members := []*zipMember{}
	var refused []refusal
	rest := int64(0) // bytes of members that are too many
	for n := 0; in.more(); n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		m, err := z.directoryEntry(in, shift)
		if err != nil {
			return nil, nil, err
		}
		if m == nil {
			if n == 0 {
				return nil, nil, nil
			}
			refused = append(refused, refusal{why: noDirectory})
			break
		}
		if len(members) > maxListed {
			rest += m.packed
			continue
		}
		if err := z.locate(m); err != nil {
			return nil, nil, err
		}
		members = append(members, m)
	}
	if rest > 0 {
		refused = append(refused, refusal{why: tooMany, bytes: rest})
	}
	return members, refused, nil
}

// end64 is the record of an archive that is too large for the plain one, which
// is at that place; and where it is.
func (z *zipFile) end64(at int64) ([]byte, int64, error) {
	if at < zipEnd64AtSize {
		return nil, 0, nil
	}
	pointer := make([]byte, zipEnd64AtSize)
	if err := z.readAt(pointer, at-zipEnd64AtSize); err != nil || string(pointer[:4]) != zipEnd64At {
		return nil, 0, err
	}
	said := int64(binary.LittleEndian.Uint64(pointer[8:])) //nolint:gosec // checked below
	if first, ok := z.disk(int64(binary.LittleEndian.Uint32(pointer[4:]))); ok {
		said += first
	}
	record := make([]byte, zipEnd64Size)
	for _, where := range []int64{said, at - zipEnd64AtSize - zipEnd64Size} { // as said, or right before
		if where < 0 || where > at-zipEnd64AtSize-zipEnd64Size {
			continue
		}
		if err := z.readAt(record, where); err != nil {
			return nil, 0, err
		}
		if string(record[:4]) == zipEnd64 {
			return record, where, nil
		}
	}
	return nil, 0, nil
}

// disk is where a volume begins.
func (z *zipFile) disk(n int64) (int64, bool) {
	at := int64(0)
	for i, p := range z.f.blob.of {
		if int64(i) == n {
			return at, true
		}
		at += p.size
	}
	return 0, n == 0
}

// directoryEntry reads one entry; nil where it is none.
func (z *zipFile) directoryEntry(in *windowed, shift int64) (*zipMember, error) {
	b, err := in.next(zipDirectorySize)
	if err != nil || len(b) < zipDirectorySize || string(b[:4]) != zipDirectory {
		return nil, err
	}
	le := binary.LittleEndian
	m := &zipMember{
		flags: le.Uint16(b[8:]), method: le.Uint16(b[10:]), time: le.Uint16(b[12:]),
		summed: true, sum: le.Uint32(b[16:]),
		packed: int64(le.Uint32(b[20:])), size: int64(le.Uint32(b[24:])), header: int64(le.Uint32(b[42:])),
	}
	disk := int64(le.Uint16(b[34:]))
	made, attributes := b[5], le.Uint32(b[38:])
	const unix, darwin, kind, regular, folder = 3, 19, 0xf000, 0x8000, 0x4000
	if mode := attributes >> 16 & kind; (made == unix || made == darwin) && mode != 0 && mode != regular && mode != folder {
		m.special = true
	}
	names, extras, comment := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	if b, err = in.next(names + extras + comment); err != nil || len(b) < names+extras+comment {
		return nil, err
	}
	m.name = z.nameOf(m, b[:names], b[names:names+extras])
	m.extra(b[names:names+extras], true, &disk)
	if disk > 0 {
		first, ok := z.disk(disk)
		if !ok {
			first = -1 << 62 // found nowhere
		}
		m.header += first
	} else {
		m.header += shift
	}
	return m, nil
}

// nameOf is the name of a member as text.
func (z *zipFile) nameOf(m *zipMember, raw, extra []byte) string {
	const inUTF8, path = 1 << 11, 0x7075
	for id, field := range extraFields(extra) {
		if id == path && len(field) > 5 && utf8.Valid(field[5:]) {
			return string(field[5:])
		}
	}
	if m.flags&inUTF8 == 0 && !utf8.Valid(raw) {
		return string(cp850.appendUTF8(nil, raw))
	}
	return string(raw)
}

// extraFields are the records in the extra part of a header.
func extraFields(extra []byte) func(yield func(id uint16, field []byte) bool) {
	return func(yield func(uint16, []byte) bool) {
		for len(extra) >= 4 {
			id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
			if n > len(extra)-4 || !yield(id, extra[4:4+n]) {
				return
			}
			extra = extra[4+n:]
		}
	}
}

// extra reads what a header has no room for: large numbers, and how a member
// is encrypted.
func (m *zipMember) extra(extra []byte, central bool, disk *int64) {
	const zip64, aes = 1, 0x9901
	for id, field := range extraFields(extra) {
		switch {
		case id == zip64:
			for _, n := range []*int64{&m.size, &m.packed, &m.header} {
				if *n == 0xffffffff && len(field) >= 8 && (central || n != &m.header) {
					*n = max(int64(binary.LittleEndian.Uint64(field)), 0) //nolint:gosec // not below zero
					field = field[8:]
				}
			}
			if *disk == 0xffff && len(field) >= 4 {
				*disk = int64(binary.LittleEndian.Uint32(field))
			}
		case id == aes && len(field) >= 7 && m.method == zipAESMethod:
			m.aes = &zipAES{strength: field[4]}
			m.summed = m.summed && binary.LittleEndian.Uint16(field) == 1
			m.method = binary.LittleEndian.Uint16(field[5:])
		}
	}
}

// locate finds where what is packed of m begins; data stays 0 where there is no
// such member.
func (z *zipFile) locate(m *zipMember) error {
	if m.header < 0 || m.header > z.size-zipLocalSize {
		return nil
	}
	b, err := z.peek(m.header, zipLocalSize)
	if err != nil || string(b[:4]) != zipLocal {
		return err
	}
	at := m.header + zipLocalSize + int64(binary.LittleEndian.Uint16(b[26:])) + int64(binary.LittleEndian.Uint16(b[28:]))
	if at > z.size {
		return nil
	}
	if m.data = at; m.packed > z.size-at {
		m.packed, m.cut = z.size-at, true
	}
	return nil
}

// scan finds the members by their own headers. lost are the bytes that belong
// to none.
func (z *zipFile) scan(ctx context.Context) (all []*zipMember, lost int64, err error) {
	for at := int64(0); at < z.size && len(all) <= maxListed; {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		here, err := z.find(at, zipLocal)
		if err != nil {
			return nil, 0, err
		}
		lost += here - at
		if here == z.size {
			break
		}
		m, err := z.localHeader(here)
		if err != nil {
			return nil, 0, err
		}
		if m == nil {
			lost++
			at = here + 1
			continue
		}
		all = append(all, m)
		if at = m.data + m.packed; len(all) > maxListed {
			lost += z.size - at
		}
	}
	return all, lost, nil
}

// localHeader reads the member that begins at that place; nil where none does.
func (z *zipFile) localHeader(at int64) (*zipMember, error) {
	if at > z.size-zipLocalSize {
		return nil, nil
	}
	b, err := z.peek(at, zipLocalSize)
	if err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	m := &zipMember{
		flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]), time: le.Uint16(b[10:]),
		summed: true, sum: le.Uint32(b[14:]),
		packed: int64(le.Uint32(b[18:])), size: int64(le.Uint32(b[22:])), header: at,
	}
	names, extras := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	if m.data = at + zipLocalSize + int64(names+extras); m.data > z.size || le.Uint16(b[4:])&0xff > 100 {
		return nil, nil
	}
	rest := make([]byte, names+extras)
	if err := z.readAt(rest, at+zipLocalSize); err != nil {
		return nil, err
	}
	m.name = z.nameOf(m, rest[:names], rest[names:])
	var disk int64
	m.extra(rest[names:], false, &disk)
	const later = 1 << 3
	if m.flags&later != 0 && m.packed == 0 {
		return m, z.measure(m)
	}
	if m.packed > z.size-m.data {
		m.packed, m.cut = z.size-m.data, true
	}
	return m, nil
}

// measure finds the end of a member whose length follows it: where a record
// says just that length, or else where another record begins.
func (z *zipFile) measure(m *zipMember) error {
	m.size, m.summed = -1, false
	for at := m.data; ; at++ {
		var err error
		if at, err = z.find(at, "PK"); err != nil {
			return err
		}
		if at == z.size {
			m.packed, m.cut = z.size-m.data, true
			return nil
		}
		b, err := z.peek(at, 24)
		if err != nil {
			return err
		}
		le := binary.LittleEndian
		length := uint64(at - m.data) //nolint:gosec // not below zero
		switch {
		case len(b) < 16:
		case string(b[:4]) == zipDescriptor && uint64(le.Uint32(b[8:])) == length:
			m.packed, m.size, m.sum, m.summed = at-m.data, int64(le.Uint32(b[12:])), le.Uint32(b[4:]), m.aes == nil
			return nil
		case string(b[:4]) == zipDescriptor && len(b) == 24 && le.Uint64(b[8:]) == length:
			m.packed, m.size, m.sum, m.summed = at-m.data, max(int64(le.Uint64(b[16:])), 0), le.Uint32(b[4:]), m.aes == nil //nolint:gosec // not below zero
			return nil
		case string(b[:4]) == zipLocal || string(b[:4]) == zipDirectory:
			m.packed = at - m.data
			return z.unsigned(m)
		}
	}
}

// unsigned looks for lengths without a mark right before the next record.
func (z *zipFile) unsigned(m *zipMember) error {
	const size = 12
	if m.packed < size {
		return nil
	}
	b, err := z.peek(m.data+m.packed-size, size)
	if err != nil {
		return err
	}
	if int64(binary.LittleEndian.Uint32(b[4:])) == m.packed-size {
		m.packed -= size
		m.size, m.sum, m.summed = int64(binary.LittleEndian.Uint32(b[8:])), binary.LittleEndian.Uint32(b), m.aes == nil
	}
	return nil
}

// find is the place of the next mark from at on; the end where there is none.
func (z *zipFile) find(at int64, mark string) (int64, error) {
	for at+int64(len(mark)) <= z.size {
		if _, err := z.peek(at, len(mark)); err != nil {
			return 0, err
		}
		b := z.window[at-z.at:]
		if i := bytes.Index(b, []byte(mark)); i >= 0 {
			return at + int64(i), nil
		}
		at += int64(len(b) - len(mark) + 1)
	}
	return z.size, nil
}

// readAt fills b, which lies within the archive.
func (z *zipFile) readAt(b []byte, at int64) error {
	n, err := z.in.ReadAt(b, at)
	if n == len(b) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// windowed reads records of any length from start to end.
type windowed struct {
	in   io.Reader
	buf  []byte
	at   int
	done bool
}

// next is the next n bytes, fewer at the end; void at the next call.
func (w *windowed) next(n int) ([]byte, error) {
	if err := w.fill(n); err != nil {
		return nil, err
	}
	b := w.buf[w.at:min(w.at+n, len(w.buf))]
	w.at += len(b)
	return b, nil
}

// more reports that there is something left.
func (w *windowed) more() bool { return w.fill(1) == nil && w.at < len(w.buf) }

func (w *windowed) fill(n int) error {
	for !w.done && len(w.buf)-w.at < n {
		const step = 64 << 10
		w.buf = append(w.buf[:0:0], w.buf[w.at:]...)
		w.at = 0
		have := len(w.buf)
		w.buf = append(w.buf, make([]byte, max(step, n))...)
		got, err := io.ReadFull(w.in, w.buf[have:])
		w.buf = w.buf[:have+got]
		if w.done = err != nil; w.done && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
	}
	return nil
}
