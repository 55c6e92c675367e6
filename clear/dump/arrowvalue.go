package dump

import (
	"math/big"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"constat.example/clear/internal/spell"
)

// arrowText writes values as text, so many bytes of them and no more: a short file
// can hold the same value any number of times.
type arrowText struct{ left int64 }

// spend takes from the bytes that are left. It throws errArrow, to be caught.
func (t *arrowText) spend(n int) {
	if t.left -= int64(n); t.left < 0 {
		panic(errArrow)
	}
}

// append appends a value of an array as text; null is nothing, the values
// of lists are joined by commas.
func (t *arrowText) append(dst []byte, in arrow.Array, i, depth int) []byte {
	if in.IsNull(i) || depth > maxDepth {
		return dst
	}
	start := len(dst)
	switch a := in.(type) {
	case *array.Null:
		return dst
	case *array.String:
		return spell.Text(dst, []byte(a.Value(i)))
	case *array.LargeString:
		return spell.Text(dst, []byte(a.Value(i)))
	case *array.StringView:
		return spell.Text(dst, []byte(a.Value(i)))
	case *array.Binary:
		return bytesOfKind(dst, a.Value(i), false)
	case *array.LargeBinary:
		return bytesOfKind(dst, a.Value(i), false)
	case *array.BinaryView:
		return bytesOfKind(dst, a.Value(i), false)
	case *array.FixedSizeBinary:
		return bytesOfKind(dst, a.Value(i), false)
	case *array.Boolean:
		return strconv.AppendBool(dst, a.Value(i))
	case *array.Int8:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10)
	case *array.Int16:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10)
	case *array.Int32:
		return strconv.AppendInt(dst, int64(a.Value(i)), 10)
	case *array.Int64:
		return strconv.AppendInt(dst, a.Value(i), 10)
	case *array.Uint8:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10)
	case *array.Uint16:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10)
	case *array.Uint32:
		return strconv.AppendUint(dst, uint64(a.Value(i)), 10)
	case *array.Uint64:
		return strconv.AppendUint(dst, a.Value(i), 10)
	case *array.Float16:
		return spell.Float(dst, float64(a.Value(i).Float32()), 32)
	case *array.Float32:
		return spell.Float(dst, float64(a.Value(i)), 32)
	case *array.Float64:
		return spell.Float(dst, a.Value(i), 64)
	case *array.Date32:
		return spell.Days(dst, int64(a.Value(i)))
	case *array.Date64:
		return time.UnixMilli(int64(a.Value(i))).UTC().AppendFormat(dst, time.DateOnly)
	case *array.Timestamp:
		of := a.DataType().(*arrow.TimestampType)
		return spell.Time(dst, a.Value(i).ToTime(of.Unit), of.TimeZone != "")
	case *array.Time32:
		return spell.Clock(dst, time.Duration(a.Value(i))*a.DataType().(*arrow.Time32Type).Unit.Multiplier())
	case *array.Time64:
		return spell.Clock(dst, time.Duration(a.Value(i))*a.DataType().(*arrow.Time64Type).Unit.Multiplier())
	case *array.Decimal32:
		return spell.Decimal(dst, big.NewInt(int64(a.Value(i))), a.DataType().(arrow.DecimalType).GetScale())
	case *array.Decimal64:
		return spell.Decimal(dst, big.NewInt(int64(a.Value(i))), a.DataType().(arrow.DecimalType).GetScale())
	case *array.Decimal128:
		return spell.Decimal(dst, a.Value(i).BigInt(), a.DataType().(arrow.DecimalType).GetScale())
	case *array.Decimal256:
		return spell.Decimal(dst, a.Value(i).BigInt(), a.DataType().(arrow.DecimalType).GetScale())
	case *array.Dictionary:
		return t.append(dst, a.Dictionary(), a.GetValueIndex(i), depth+1)
	case *array.RunEndEncoded:
		return t.append(dst, a.Values(), a.GetPhysicalIndex(i), depth+1)
	case *array.Struct:
		for k := range a.NumField() {
			dst = t.join(dst, start, a.Field(k), i, depth+1)
		}
		return dst
	case array.ListLike:
		from, to := a.ValueOffsets(i)
		for k := from; k < to; k++ {
			dst = t.join(dst, start, a.ListValues(), int(k), depth+1)
		}
		return dst
	case array.Union:
		child := a.Field(a.ChildID(i))
		if dense, ok := a.(*array.DenseUnion); ok {
			i = int(dense.ValueOffset(i))
		}
		return t.append(dst, child, i, depth+1)
	case array.ExtensionArray:
		if raw, ok := a.Storage().(*array.FixedSizeBinary); ok && a.ExtensionType().ExtensionName() == "arrow.uuid" {
			return spell.UUID(dst, raw.Value(i))
		}
		return t.append(dst, a.Storage(), i, depth+1)
	}
	return append(dst, in.ValueStr(i)...) // durations and intervals
}

// join appends one of several values, of which the first begins at start.
func (t *arrowText) join(dst []byte, start int, in arrow.Array, i, depth int) []byte {
	was := len(dst)
	if was > start {
		dst = append(dst, ',')
	}
	from := len(dst)
	dst = t.append(dst, in, i, depth)
	t.spend(1 + len(dst) - from)
	if len(dst) == from {
		return dst[:was]
	}
	return dst
}
