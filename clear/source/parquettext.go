package source

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// columnReader reads the next n cells of a column chunk into c, or passes over
// them where c is nil.
type columnReader func(n int, c *cells) error

// shower writes the values of one column as text: numbers in decimal without
// exponent, dates and times as in ISO 8601, truth as "true" and "false",
// bytes that are no text in hexadecimal; null is empty.
type shower struct {
	reader func(file.ColumnChunkReader) (columnReader, error)
}

// showing chooses the text of a column by its logical type
// (parquet-format, LogicalTypes.md), else by its physical one.
func showing(c *schema.Column) shower {
	logical, def := c.LogicalType(), c.MaxDefinitionLevel()
	switch c.PhysicalType() {
	case parquet.Types.Boolean:
		return show[bool, *file.BooleanColumnChunkReader](def, strconv.AppendBool)
	case parquet.Types.Int32:
		return show[int32, *file.Int32ColumnChunkReader](def, showInt32(logical))
	case parquet.Types.Int64:
		return show[int64, *file.Int64ColumnChunkReader](def, showInt64(logical))
	case parquet.Types.Int96:
		return show[parquet.Int96, *file.Int96ColumnChunkReader](def, func(dst []byte, v parquet.Int96) []byte {
			return showTime(dst, v.ToTime().UTC(), false)
		})
	case parquet.Types.Float:
		return show[float32, *file.Float32ColumnChunkReader](def, func(dst []byte, v float32) []byte {
			return showFloat(dst, float64(v), 32)
		})
	case parquet.Types.Double:
		return show[float64, *file.Float64ColumnChunkReader](def, func(dst []byte, v float64) []byte {
			return showFloat(dst, v, 64)
		})
	case parquet.Types.ByteArray:
		text := showBytes(logical)
		return show[parquet.ByteArray, *file.ByteArrayColumnChunkReader](def, func(dst []byte, v parquet.ByteArray) []byte {
			return text(dst, v)
		})
	default:
		text := showBytes(logical)
		return show[parquet.FixedLenByteArray, *file.FixedLenByteArrayColumnChunkReader](def, func(dst []byte, v parquet.FixedLenByteArray) []byte {
			return text(dst, v)
		})
	}
}

// chunk is a column chunk whose values are of type T. Values of one page at a
// time: they alias it.
type chunk[T any] interface {
	file.ColumnChunkReader
	ReadBatchInPage(n int64, values []T, defs, reps []int16) (int64, int, error)
}

var errCutShort = errors.New("fewer values than rows")

func show[T any, C chunk[T]](maxDef int16, text func([]byte, T) []byte) shower {
	return shower{func(r file.ColumnChunkReader) (columnReader, error) {
		typed, ok := r.(C)
		if !ok {
			return nil, errors.New("a column chunk is not of its column's type")
		}
		var values []T
		var defs []int16
		return func(n int, c *cells) error {
			if len(values) < n {
				values, defs = make([]T, n), make([]int16, n)
			}
			for n > 0 {
				levels, read, err := typed.ReadBatchInPage(int64(n), values, defs, nil)
				if err != nil {
					return err
				}
				if levels <= 0 || levels > int64(n) || read > int(levels) {
					return errCutShort
				}
				n -= int(levels)
				if c == nil {
					continue
				}
				v := 0
				for i := range levels {
					if maxDef == 0 || defs[i] == maxDef {
						if v >= read {
							return errCutShort
						}
						c.data = text(c.data, values[v])
						v++
					}
					c.end()
				}
			}
			return nil
		}, nil
	}}
}

func showInt32(logical schema.LogicalType) func([]byte, int32) []byte {
	switch t := logical.(type) {
	case schema.DateLogicalType:
		return func(dst []byte, days int32) []byte {
			return time.Unix(int64(days)*24*60*60, 0).UTC().AppendFormat(dst, time.DateOnly)
		}
	case schema.TimeLogicalType:
		return func(dst []byte, v int32) []byte { return showClock(dst, time.Duration(v)*time.Millisecond) }
	case schema.DecimalLogicalType:
		return func(dst []byte, v int32) []byte { return showDecimal(dst, big.NewInt(int64(v)), t.Scale()) }
	case schema.IntLogicalType:
		if !t.IsSigned() {
			return func(dst []byte, v int32) []byte { return strconv.AppendUint(dst, uint64(uint32(v)), 10) }
		}
	}
	return func(dst []byte, v int32) []byte { return strconv.AppendInt(dst, int64(v), 10) }
}

func showInt64(logical schema.LogicalType) func([]byte, int64) []byte {
	switch t := logical.(type) {
	case schema.TimestampLogicalType:
		utc := t.IsAdjustedToUTC()
		switch t.TimeUnit() {
		case schema.TimeUnitMillis:
			return func(dst []byte, v int64) []byte { return showTime(dst, time.UnixMilli(v).UTC(), utc) }
		case schema.TimeUnitMicros:
			return func(dst []byte, v int64) []byte { return showTime(dst, time.UnixMicro(v).UTC(), utc) }
		default:
			return func(dst []byte, v int64) []byte { return showTime(dst, time.Unix(0, v).UTC(), utc) }
		}
	case schema.TimeLogicalType:
		unit := time.Nanosecond
		if t.TimeUnit() == schema.TimeUnitMicros {
			unit = time.Microsecond
		}
		return func(dst []byte, v int64) []byte { return showClock(dst, time.Duration(v)*unit) }
	case schema.DecimalLogicalType:
		return func(dst []byte, v int64) []byte { return showDecimal(dst, big.NewInt(v), t.Scale()) }
	case schema.IntLogicalType:
		if !t.IsSigned() {
			return func(dst []byte, v int64) []byte { return strconv.AppendUint(dst, uint64(v), 10) }
		}
	}
	return func(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }
}

func showBytes(logical schema.LogicalType) func([]byte, []byte) []byte {
	switch t := logical.(type) {
	case schema.DecimalLogicalType:
		return func(dst, v []byte) []byte { return showDecimal(dst, twosComplement(v), t.Scale()) }
	case schema.UUIDLogicalType:
		return func(dst, v []byte) []byte {
			if len(v) != 16 {
				return hex.AppendEncode(dst, v)
			}
			for i, part := range [][]byte{v[:4], v[4:6], v[6:8], v[8:10], v[10:]} {
				if i > 0 {
					dst = append(dst, '-')
				}
				dst = hex.AppendEncode(dst, part)
			}
			return dst
		}
	case schema.Float16LogicalType:
		return func(dst, v []byte) []byte {
			if len(v) != 2 {
				return hex.AppendEncode(dst, v)
			}
			return showFloat(dst, float64(float16.FromBits(binary.LittleEndian.Uint16(v)).Float32()), 32)
		}
	case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
		return appendText
	default:
		return func(dst, v []byte) []byte {
			if utf8.Valid(v) {
				return append(dst, v...)
			}
			return hex.AppendEncode(dst, v)
		}
	}
}

// showTime writes an instant; Z says that the column's times are UTC's.
func showTime(dst []byte, t time.Time, utc bool) []byte {
	dst = t.AppendFormat(dst, "2006-01-02T15:04:05.999999999")
	if utc {
		dst = append(dst, 'Z')
	}
	return dst
}

// showClock writes a time of day.
func showClock(dst []byte, sinceMidnight time.Duration) []byte {
	return time.Unix(0, 0).UTC().Add(sinceMidnight).AppendFormat(dst, "15:04:05.999999999")
}

// showFloat writes a number as a person would, without an exponent unless it
// would fill a line.
func showFloat(dst []byte, v float64, bits int) []byte {
	if math.Abs(v) >= 1e21 {
		return strconv.AppendFloat(dst, v, 'g', -1, bits)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, bits)
}

// maxScale is the largest scale of a decimal that is written out. Formats that
// hold it know no larger one.
const maxScale = 76

func showDecimal(dst []byte, unscaled *big.Int, scale int32) []byte {
	if scale <= 0 || scale > maxScale {
		return unscaled.Append(dst, 10)
	}
	if unscaled.Sign() < 0 {
		dst = append(dst, '-')
	}
	digits := new(big.Int).Abs(unscaled).Append(nil, 10)
	for len(digits) <= int(scale) {
		digits = append([]byte{'0'}, digits...)
	}
	point := len(digits) - int(scale)
	dst = append(dst, digits[:point]...)
	dst = append(dst, '.')
	return append(dst, digits[point:]...)
}

// twosComplement is the big-endian number in v.
func twosComplement(v []byte) *big.Int {
	n := new(big.Int).SetBytes(v)
	if len(v) > 0 && v[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
	}
	return n
}
