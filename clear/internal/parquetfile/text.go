package parquetfile

import (
	"encoding/binary"
	"errors"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/float16"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"constat.example/clear/internal/spell"
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
func showing(c *schema.Column, hex func(dst, v []byte) []byte) shower {
	logical, def := c.LogicalType(), levels{c.MaxDefinitionLevel(), c.MaxRepetitionLevel()}
	switch c.PhysicalType() {
	case parquet.Types.Boolean:
		return show[bool, *file.BooleanColumnChunkReader](def, strconv.AppendBool)
	case parquet.Types.Int32:
		return show[int32, *file.Int32ColumnChunkReader](def, showInt32(logical))
	case parquet.Types.Int64:
		return show[int64, *file.Int64ColumnChunkReader](def, showInt64(logical))
	case parquet.Types.Int96:
		return show[parquet.Int96, *file.Int96ColumnChunkReader](def, func(dst []byte, v parquet.Int96) []byte {
			return spell.Time(dst, v.ToTime().UTC(), false)
		})
	case parquet.Types.Float:
		return show[float32, *file.Float32ColumnChunkReader](def, func(dst []byte, v float32) []byte {
			return spell.Float(dst, float64(v), 32)
		})
	case parquet.Types.Double:
		return show[float64, *file.Float64ColumnChunkReader](def, func(dst []byte, v float64) []byte {
			return spell.Float(dst, v, 64)
		})
	case parquet.Types.ByteArray:
		text := showBytes(logical, hex)
		return show[parquet.ByteArray, *file.ByteArrayColumnChunkReader](def, func(dst []byte, v parquet.ByteArray) []byte {
			return text(dst, v)
		})
	default:
		text := showBytes(logical, hex)
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

// levels are the most levels of definition and repetition of a column
// (Melnik et al. 2010, as Parquet uses it).
type levels struct{ def, rep int16 }

func show[T any, C chunk[T]](most levels, text func([]byte, T) []byte) shower {
	return shower{func(r file.ColumnChunkReader) (columnReader, error) {
		typed, ok := r.(C)
		if !ok {
			return nil, errors.New("a column chunk is not of its column's type")
		}
		if most.rep > 0 {
			return (&repeated[T, C]{most: most, text: text, in: typed}).read, nil
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
					if most.def == 0 || defs[i] == most.def {
						if v >= read {
							return errCutShort
						}
						c.data = text(c.data, values[v])
						v++
					}
					c.end()
				}
				if len(c.data) > maxCells {
					return errMemory
				}
			}
			return nil
		}, nil
	}}
}

// repeated reads a column of which a row may have several values.
type repeated[T any, C chunk[T]] struct {
	most levels
	text func([]byte, T) []byte
	in   C

	values     []T
	defs, reps []int16
	at, n      int // levels used and read
	used, held int // values
}

// more reads further levels; false at the end of the chunk.
func (r *repeated[T, C]) more() (bool, error) {
	if r.values == nil {
		r.values, r.defs, r.reps = make([]T, batchRows), make([]int16, batchRows), make([]int16, batchRows)
	}
	n, read, err := r.in.ReadBatchInPage(batchRows, r.values, r.defs, r.reps)
	if err != nil {
		return false, err
	}
	if n < 0 || n > batchRows || read > int(n) {
		return false, errCutShort
	}
	r.at, r.n, r.used, r.held = 0, int(n), 0, read
	return n > 0, nil
}

// read reads n rows: each begins where the level of repetition is 0.
func (r *repeated[T, C]) read(n int, c *cells) error {
	for range n {
		first, none := true, true
		for {
			if r.at == r.n {
				more, err := r.more()
				if err != nil {
					return err
				}
				if !more {
					if first {
						return errCutShort
					}
					break
				}
			}
			if r.reps[r.at] == 0 != first {
				if first {
					return errCutShort
				}
				break
			}
			first = false
			if r.defs[r.at] == r.most.def {
				if r.used >= r.held {
					return errCutShort
				}
				if c != nil {
					was := len(c.data)
					if !none {
						c.data = append(c.data, ',')
					}
					from := len(c.data)
					c.data = r.text(c.data, r.values[r.used])
					if len(c.data) == from {
						c.data = c.data[:was]
					} else {
						none = false
					}
				}
				r.used++
			}
			r.at++
		}
		if c != nil {
			c.end()
			if len(c.data) > maxCells {
				return errMemory
			}
		}
	}
	return nil
}

func showInt32(logical schema.LogicalType) func([]byte, int32) []byte {
	switch t := logical.(type) {
	case schema.DateLogicalType:
		return func(dst []byte, days int32) []byte {
			return spell.Days(dst, int64(days))
		}
	case schema.TimeLogicalType:
		return func(dst []byte, v int32) []byte { return spell.Clock(dst, time.Duration(v)*time.Millisecond) }
	case schema.DecimalLogicalType:
		return func(dst []byte, v int32) []byte { return spell.Decimal(dst, big.NewInt(int64(v)), t.Scale()) }
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
			return func(dst []byte, v int64) []byte { return spell.Time(dst, time.UnixMilli(v).UTC(), utc) }
		case schema.TimeUnitMicros:
			return func(dst []byte, v int64) []byte { return spell.Time(dst, time.UnixMicro(v).UTC(), utc) }
		default:
			return func(dst []byte, v int64) []byte { return spell.Time(dst, time.Unix(0, v).UTC(), utc) }
		}
	case schema.TimeLogicalType:
		unit := time.Nanosecond
		if t.TimeUnit() == schema.TimeUnitMicros {
			unit = time.Microsecond
		}
		return func(dst []byte, v int64) []byte { return spell.Clock(dst, time.Duration(v)*unit) }
	case schema.DecimalLogicalType:
		return func(dst []byte, v int64) []byte { return spell.Decimal(dst, big.NewInt(v), t.Scale()) }
	case schema.IntLogicalType:
		if !t.IsSigned() {
			return func(dst []byte, v int64) []byte { return strconv.AppendUint(dst, uint64(v), 10) }
		}
	}
	return func(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }
}

func showBytes(logical schema.LogicalType, hex func(dst, v []byte) []byte) func([]byte, []byte) []byte {
	switch t := logical.(type) {
	case schema.DecimalLogicalType:
		return func(dst, v []byte) []byte { return spell.Decimal(dst, spell.TwosComplement(v), t.Scale()) }
	case schema.UUIDLogicalType:
		return spell.UUID
	case schema.Float16LogicalType:
		return func(dst, v []byte) []byte {
			if len(v) != 2 {
				return hex(dst, v)
			}
			return spell.Float(dst, float64(float16.FromBits(binary.LittleEndian.Uint16(v)).Float32()), 32)
		}
	case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
		return spell.Text
	default:
		return func(dst, v []byte) []byte {
			if utf8.Valid(v) {
				return append(dst, v...)
			}
			return hex(dst, v)
		}
	}
}
