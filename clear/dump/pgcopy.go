package dump

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"math/big"
	"strconv"
	"time"

	"constat.example/clear/internal/spell"
)

// pgCopyFormat is what `COPY … TO … (FORMAT binary)` of PostgreSQL writes: rows
// of values, each with its length, and nothing of names and types. What the
// values of a column are is told by all those of a sample together: text,
// numbers, dates. What is none of these for certain is left in hexadecimal.
type pgCopyFormat struct{}

const (
	pgCopyMark   = "PGCOPY\n\xff\r\n\x00"
	pgCopySample = 10_000 // rows
)

func (pgCopyFormat) probe(_ context.Context, l *look) float64 {
	if bytes.HasPrefix(l.head, []byte(pgCopyMark)) {
		return certain
	}
	return 0
}

func (pgCopyFormat) open(ctx context.Context, f *entry) (wholeLayout, error) {
	l := &pgCopyLayout{in: f}
	var seen []pgCopySeen
	rows := 0
	err := l.rows(ctx, func(cells [][]byte, _, _ int64) bool {
		for len(seen) < len(cells) {
			seen = append(seen, newPgCopySeen())
		}
		for i, cell := range cells {
			if cell != nil {
				seen[i].note(cell)
			}
		}
		rows++
		return rows < pgCopySample
	}, func(reason, int64, int64) {})
	if err != nil {
		return nil, err
	}
	if l.width == 0 {
		return nil, damagedFile(f, "a binary COPY, or an empty one, which")
	}
	for len(seen) < l.width {
		seen = append(seen, newPgCopySeen())
	}
	for i := range seen {
		l.types = append(l.types, seen[i].is())
	}
	return l, nil
}

// pgCopyLayout is the rows of a file.
type pgCopyLayout struct {
	in    *entry
	width int
	types []pgCopyType
}

func (l *pgCopyLayout) describe() string {
	return "PostgreSQL COPY: binary, types told by the values"
}

func (l *pgCopyLayout) shapes() []shape {
	return []shape{{columns: named(make([]string, l.width))}}
}

func (l *pgCopyLayout) read(ctx context.Context, out *output) error {
	_, size, err := l.in.random(ctx)
	if err != nil {
		return err
	}
	w := cellWriter{charset: utf8Text}
	var plain []byte
	return l.rows(ctx, func(cells [][]byte, at, n int64) bool {
		if n > int64(l.in.maxRow()) {
			out.lost(tooLong, at, n, size)
			return true
		}
		mended := false
		for i, cell := range cells {
			switch {
			case cell == nil:
				out.batch.Append(nil)
			case l.types[i] == pgIsText:
				mended = w.value(&out.batch, cell) || mended
			default:
				plain = l.types[i].append(plain[:0], cell)
				out.batch.Append(plain)
			}
		}
		out.row(int(n), mended)
		return true
	}, func(why reason, at, n int64) { out.lost(why, at, n, size) })
}

// rows goes through the rows until each says that it has seen enough. Pieces
// that are no rows are lost.
func (l *pgCopyLayout) rows(ctx context.Context, each func(cells [][]byte, at, n int64) bool, lost func(why reason, at, n int64)) error {
	w, err := l.in.window(ctx)
	if err != nil {
		return err
	}
	head, err := w.at(int64(len(pgCopyMark)), 8)
	if err != nil {
		return err
	}
	if len(head) < 8 {
		lost(rowCut, 0, w.size)
		return nil
	}
	oids := head[1]&1 != 0 // flag 16: each row begins with a number of its own
	at := int64(len(pgCopyMark)) + 8 + int64(binary.BigEndian.Uint32(head[4:]))
	r := pgCopyRows{window: w, oids: oids}
	for at < w.size {
		n, end, err := r.row(at, l.width)
		if err != nil {
			return err
		}
		if end {
			if at += 2; at < w.size {
				lost(leftover, at, w.size-at)
			}
			return nil
		}
		if n > 0 {
			l.width = len(r.cells)
			if !each(r.cells, at, n) {
				return nil
			}
			at += n
			continue
		}
		to, err := r.resume(at+1, l.width)
		if err != nil {
			return err
		}
		why := badRecord
		if to == w.size {
			why = rowCut
		}
		lost(why, at, to-at)
		at = to
	}
	lost(rowCut, w.size, 0) // the end is missing
	return nil
}

// pgCopyRows finds rows.
type pgCopyRows struct {
	*window
	oids  bool
	cells [][]byte
	vain  int64
}

// row reads the row at an offset, of so many values, any number where width is
// 0. n is 0 where none is there; end says that the rows end there.
func (r *pgCopyRows) row(at int64, width int) (n int64, end bool, err error) {
	head, err := r.at(at, 2)
	if err != nil || len(head) < 2 {
		return 0, false, err
	}
	count := int(int16(binary.BigEndian.Uint16(head)))
	if count == -1 {
		return 0, true, nil
	}
	if count <= 0 || count > maxColumns || width > 0 && count != width {
		return 0, false, nil
	}
	if r.oids {
		count++
	}
	// How long the row is, and then the row.
	to := at + 2
	for range count {
		b, err := r.at(to, 4)
		if err != nil || len(b) < 4 {
			return 0, false, err
		}
		size := int64(int32(binary.BigEndian.Uint32(b)))
		if size < -1 || size > r.size-to-4 || to-at > 1<<30 {
			return 0, false, nil
		}
		to += 4 + max(size, 0)
	}
	b, err := r.at(at, int(to-at))
	if err != nil {
		return 0, false, err
	}
	r.cells = r.cells[:0]
	for i, rest := 0, b[2:]; i < count; i++ {
		size := int32(binary.BigEndian.Uint32(rest))
		rest = rest[4:]
		var cell []byte
		if size >= 0 {
			cell, rest = rest[:size:size], rest[size:]
		}
		if i > 0 || !r.oids {
			r.cells = append(r.cells, cell)
		}
	}
	return to - at, false, nil
}

// resume is the next place from an offset on where two rows follow one another,
// or one and the end; else the end of the file.
func (r *pgCopyRows) resume(from int64, width int) (int64, error) {
	if width == 0 {
		return r.size, nil
	}
	mark := binary.BigEndian.AppendUint16(nil, uint16(width))
	for at := from; ; at++ {
		k, err := r.find(at, mark)
		if err != nil {
			return 0, err
		}
		if k < 0 || r.vain > patience {
			return r.size, nil
		}
		at = k
		n, _, err := r.row(k, width)
		if err != nil {
			return 0, err
		}
		if n > 0 {
			next, end, err := r.row(k+n, width)
			if err != nil {
				return 0, err
			}
			if next > 0 || end {
				return k, nil
			}
		}
		r.vain += max(n, 64)
	}
}

// pgCopyType is what the values of a column are.
type pgCopyType uint8

const (
	pgIsBytes pgCopyType = iota
	pgIsText
	pgIsJSON // with a byte before it
	pgIsBool
	pgIsInt
	pgIsFloat
	pgIsDate
	pgIsTime
	pgIsUUID
	pgIsNumeric
)

// pgCopySeen is what was seen of the values of a column.
type pgCopySeen struct {
	n        int
	size     int // of all; -1 where they differ
	text     bool
	json     bool
	truth    bool
	numeric  bool
	negative int
	least    int64
	most     int64
	small    int64 // the smallest there is, without its sign, but for 0
	seconds  int   // that are whole seconds of a timestamp
	short    int   // that have few digits as a floating-point number
}

func newPgCopySeen() pgCopySeen {
	return pgCopySeen{text: true, json: true, truth: true, numeric: true, least: math.MaxInt64, most: math.MinInt64, small: math.MaxInt64}
}

// epoch is where PostgreSQL counts days and microseconds from.
var pgEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (s *pgCopySeen) note(v []byte) {
	if s.n == 0 {
		s.size = len(v)
	} else if s.size != len(v) {
		s.size = -1
	}
	s.n++
	s.text = s.text && textual(v)
	s.json = s.json && len(v) > 1 && v[0] == 1 && textual(v[1:])
	s.truth = s.truth && len(v) == 1 && v[0] <= 1
	s.numeric = s.numeric && pgNumeric(v)
	if len(v) != 2 && len(v) != 4 && len(v) != 8 {
		return
	}
	i := pgInt(v)
	s.least, s.most = min(s.least, i), max(s.most, i)
	if i < 0 {
		s.negative++
	}
	if size := max(i, -i); i != 0 && size >= 0 {
		s.small = min(s.small, size)
	}
	if i%1_000_000 == 0 {
		s.seconds++
	}
	digits := 20
	switch len(v) {
	case 4:
		digits = len(strconv.FormatFloat(float64(math.Float32frombits(uint32(i))), 'g', -1, 32))
	case 8:
		digits = len(strconv.FormatFloat(math.Float64frombits(uint64(i)), 'g', -1, 64))
	}
	if i == 0 || len(v) == 4 && digits <= 8 || len(v) == 8 && digits <= 18 {
		s.short++
	}
}

// is decides. A number that fits both an integer and something else is an
// integer unless all values speak for the other: numbers of people must not turn
// into dates.
func (s *pgCopySeen) is() pgCopyType {
	const (
		days1850, days2100 = -54786, 36525
		us1900, us2100     = -3155673600000000, 3155760000000000
		us2010, us2038     = 315619200000000, 1199145600000000
		floatFrom4         = 0x30000000 // 4.7e-10 and more, in whose place integers are rare
		floatFrom8         = 0x3e00000000000000
	)
	most := s.n * 9 / 10
	switch {
	case s.n == 0 || s.text:
		return pgIsText
	case s.truth:
		return pgIsBool
	case s.json:
		return pgIsJSON
	case s.size == 2:
		return pgIsInt
	case s.size == 4 && s.small >= floatFrom4 && s.small != math.MaxInt64 && s.short > most:
		return pgIsFloat
	case s.size == 4 && s.negative*5 >= s.n && s.least >= days1850 && s.most <= days2100 && s.small > 31:
		return pgIsDate // integers are seldom negative; births before 2000 are
	case s.size == 4:
		return pgIsInt
	case s.size == 8 && s.small >= floatFrom8 && s.small != math.MaxInt64 && s.short > most:
		return pgIsFloat
	case s.size == 8 && s.small >= 1_000_000_000_000 && s.small != math.MaxInt64 && s.seconds > most && s.least >= us1900 && s.most <= us2100:
		return pgIsTime
	case s.size == 8 && s.least >= us2010 && s.most <= us2038:
		return pgIsTime // fifteen digits that are no NIR, whose first is 1 or 2
	case s.numeric && s.size != 8: // all of which would be 0
		return pgIsNumeric
	case s.size == 8:
		return pgIsInt
	case s.size == 16:
		return pgIsUUID
	}
	return pgIsBytes
}

func pgInt(v []byte) int64 {
	switch len(v) {
	case 2:
		return int64(int16(binary.BigEndian.Uint16(v)))
	case 4:
		return int64(int32(binary.BigEndian.Uint32(v)))
	}
	return int64(binary.BigEndian.Uint64(v))
}

// append appends a value as text, one unlike those of the sample in hexadecimal.
func (t pgCopyType) append(dst, v []byte) []byte {
	size := len(v)
	switch {
	case t == pgIsJSON && size > 1 && v[0] == 1 && textual(v[1:]):
		return append(dst, v[1:]...)
	case t == pgIsBool && size == 1 && v[0] <= 1:
		return strconv.AppendBool(dst, v[0] == 1)
	case t == pgIsInt && (size == 2 || size == 4 || size == 8):
		return strconv.AppendInt(dst, pgInt(v), 10)
	case t == pgIsFloat && size == 4:
		return spell.Float(dst, float64(math.Float32frombits(binary.BigEndian.Uint32(v))), 32)
	case t == pgIsFloat && size == 8:
		return spell.Float(dst, math.Float64frombits(binary.BigEndian.Uint64(v)), 64)
	case t == pgIsDate && size == 4:
		return spell.Days(dst, pgInt(v)+pgEpoch.Unix()/(24*60*60))
	case t == pgIsTime && size == 8:
		return spell.Time(dst, time.UnixMicro(pgInt(v)+pgEpoch.UnixMicro()), false)
	case t == pgIsUUID && size == 16:
		return spell.UUID(dst, v)
	case t == pgIsNumeric && pgNumeric(v):
		return appendPgNumeric(dst, v)
	}
	return spell.Hex(dst, v)
}

// pgNumeric reports a value of type numeric: how many digits to the base 10,000,
// the weight of the first, the sign, the digits after the point, the digits.
func pgNumeric(v []byte) bool {
	if len(v) < 8 || len(v)%2 != 0 || len(v) > 1<<10 {
		return false
	}
	n, sign := int(binary.BigEndian.Uint16(v)), binary.BigEndian.Uint16(v[4:])
	weight, scale := int(int16(binary.BigEndian.Uint16(v[2:]))), int(binary.BigEndian.Uint16(v[6:]))
	if 8+2*n != len(v) || sign != 0 && sign != 0x4000 && sign != 0xc000 || scale > 1000 || weight > 250 || weight < -250 {
		return false
	}
	for d := v[8:]; len(d) > 0; d = d[2:] {
		if binary.BigEndian.Uint16(d) >= 10_000 {
			return false
		}
	}
	return true
}

func appendPgNumeric(dst, v []byte) []byte {
	sign := binary.BigEndian.Uint16(v[4:])
	if sign == 0xc000 {
		return append(dst, "NaN"...)
	}
	weight, scale := int(int16(binary.BigEndian.Uint16(v[2:]))), int(binary.BigEndian.Uint16(v[6:]))
	whole := new(big.Int)
	places := -weight - 1 // groups of four digits after the point
	for d := v[8:]; len(d) > 0; d = d[2:] {
		whole.Mul(whole, big.NewInt(10_000)).Add(whole, big.NewInt(int64(binary.BigEndian.Uint16(d))))
		places++
	}
	// As many digits after the point as there are to be.
	ten := big.NewInt(10)
	for have := 4 * places; have != scale; {
		if have < scale {
			whole.Mul(whole, ten)
			have++
		} else {
			whole.Quo(whole, ten)
			have--
		}
	}
	if sign == 0x4000 {
		whole.Neg(whole)
	}
	return spell.Decimal(dst, whole, int32(scale))
}

func (pgCopyFormat) about() About {
	return About{
		Name: "PostgreSQL COPY", What: "the binary format of `COPY`; text, numbers, dates, JSON and UUIDs are told by the values of each column",
		Example: "Two rows of an integer and a text.",
		NotRead: "names of columns, which such files do not hold; values whose type nothing tells stay in hexadecimal",
		Made:    pgCopyExample,
	}
}

func pgCopyExample() []byte {
	return pgCopyOf([][]byte{{0, 0, 0, 1}, []byte("Martin")}, [][]byte{{0, 0, 0, 2}, []byte("Petit")})
}

// pgCopyOf makes a file of rows; nil is null.
func pgCopyOf(rows ...[][]byte) []byte {
	b := append([]byte(pgCopyMark), make([]byte, 8)...)
	for _, row := range rows {
		b = binary.BigEndian.AppendUint16(b, uint16(len(row)))
		for _, cell := range row {
			if cell == nil {
				b = binary.BigEndian.AppendUint32(b, math.MaxUint32)
				continue
			}
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(cell))), cell...)
		}
	}
	return append(b, 0xff, 0xff)
}
