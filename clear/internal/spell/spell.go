// Package spell writes typed values as text: numbers in decimal without
// exponent, dates and times as in ISO 8601, bytes in hexadecimal. Every format
// of typed values spells alike, so that columns compare whatever they came in.
package spell

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Time appends an instant; Z says that the column's times are UTC's.
func Time(dst []byte, t time.Time, utc bool) []byte {
	dst = t.UTC().AppendFormat(dst, "2006-01-02T15:04:05.999999999")
	if utc {
		dst = append(dst, 'Z')
	}
	return dst
}

// Days appends the date so many days after 1970-01-01.
func Days(dst []byte, days int64) []byte {
	return time.Unix(days*24*60*60, 0).UTC().AppendFormat(dst, time.DateOnly)
}

// Clock appends a time of day.
func Clock(dst []byte, sinceMidnight time.Duration) []byte {
	return time.Unix(0, 0).UTC().Add(sinceMidnight).AppendFormat(dst, "15:04:05.999999999")
}

// Float appends a number as a person would write it, without an exponent unless
// it would fill a line.
func Float(dst []byte, v float64, bits int) []byte {
	if math.Abs(v) >= 1e21 {
		return strconv.AppendFloat(dst, v, 'g', -1, bits)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, bits)
}

// maxScale is the largest scale of a decimal that is written out. Formats that
// hold it know no larger one.
const maxScale = 76

// Decimal appends unscaled × 10^-scale.
func Decimal(dst []byte, unscaled *big.Int, scale int32) []byte {
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

// TwosComplement is the big-endian number in v.
func TwosComplement(v []byte) *big.Int {
	n := new(big.Int).SetBytes(v)
	if len(v) > 0 && v[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
	}
	return n
}

// UUID appends an identifier of 16 bytes as RFC 9562 writes it, other lengths
// in hexadecimal.
func UUID(dst, v []byte) []byte {
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

// Hex appends bytes that are no text, as dumps of SQL write them.
func Hex(dst, v []byte) []byte {
	const digits = "0123456789ABCDEF"
	dst = append(dst, "0x"...)
	for _, c := range v {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

// Text appends text in UTF-8. Text that is not UTF-8, as databases that check no
// encoding hold it, is read as windows-1252, which takes any bytes.
func Text(dst, text []byte) []byte {
	if utf8.Valid(text) {
		return append(dst, text...)
	}
	for _, c := range text {
		dst = utf8.AppendRune(dst, charmap.Windows1252.DecodeByte(c))
	}
	return dst
}
