package dump

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"time"

	"constat.example/clear/internal/spell"
)

// Types of BSON values (bsonspec.org 1.1).
const (
	bsonDouble    = 0x01
	bsonString    = 0x02
	bsonDocument  = 0x03
	bsonArray     = 0x04
	bsonBinary    = 0x05
	bsonUndefined = 0x06
	bsonObjectID  = 0x07
	bsonBool      = 0x08
	bsonDate      = 0x09
	bsonNull      = 0x0a
	bsonRegex     = 0x0b
	bsonPointer   = 0x0c
	bsonCode      = 0x0d
	bsonSymbol    = 0x0e
	bsonScoped    = 0x0f
	bsonInt32     = 0x10
	bsonTimestamp = 0x11
	bsonInt64     = 0x12
	bsonDecimal   = 0x13
	bsonMaxKey    = 0x7f
	bsonMinKey    = 0xff
)

// bsonReader reads documents into the columns of a row, as JSON is: the keys of
// nested documents are joined by dots, the values of arrays by commas.
type bsonReader struct {
	keyRow
	arena []byte // of values that are not as they lie in the document
}

// read reads a document, which is valid.
func (r *bsonReader) read(doc []byte) bool {
	r.reset()
	r.arena = r.arena[:0]
	return r.members(r.keys, doc, false)
}

func (r *bsonReader) members(n *keyNode, doc []byte, array bool) bool {
	if !array {
		n.hint = 0
	}
	for rest := doc[4 : len(doc)-1]; len(rest) > 0; {
		kind := rest[0]
		end := bytes.IndexByte(rest[1:], 0) + 1
		key := rest[1:end]
		rest = rest[end+1:]
		size := bsonSize(kind, rest)
		value := rest[:size]
		rest = rest[size:]
		child := n
		if !array {
			if child = r.child(n, key); child == nil {
				return false
			}
		}
		ok := false
		switch kind {
		case bsonDocument, bsonArray:
			if kind == bsonArray && len(value) == 5 {
				ok = r.set(child, nil)
			} else {
				ok = r.members(child, value, kind == bsonArray)
			}
		default:
			ok = r.set(child, r.text(kind, value))
		}
		if !ok {
			return false
		}
	}
	return true
}

// text is a value as text.
func (r *bsonReader) text(kind byte, v []byte) []byte {
	from := len(r.arena)
	a := r.arena
	number := func() uint64 { return binary.LittleEndian.Uint64(v) }
	switch kind {
	case bsonString, bsonCode, bsonSymbol, bsonPointer:
		return v[4 : 3+binary.LittleEndian.Uint32(v)]
	case bsonScoped:
		return v[8 : 7+binary.LittleEndian.Uint32(v[4:])]
	case bsonDouble:
		a = spell.Float(a, math.Float64frombits(number()), 64)
	case bsonInt32:
		a = strconv.AppendInt(a, int64(int32(binary.LittleEndian.Uint32(v))), 10)
	case bsonInt64:
		a = strconv.AppendInt(a, int64(number()), 10)
	case bsonDate:
		a = spell.Time(a, time.UnixMilli(int64(number())), true)
	case bsonTimestamp:
		a = spell.Time(a, time.Unix(int64(number()>>32), 0), true)
	case bsonBool:
		a = strconv.AppendBool(a, v[0] != 0)
	case bsonObjectID:
		a = hex.AppendEncode(a, v)
	case bsonBinary:
		b := v[5:]
		if v[4] == 2 && len(b) >= 4 { // an old kind says its length twice
			b = b[4:]
		}
		a = bytesOfKind(a, b, v[4] == 3 || v[4] == 4)
	case bsonRegex:
		n := bytes.IndexByte(v, 0)
		a = append(append(append(a, '/'), v[:n]...), '/')
		a = append(a, v[n+1:len(v)-1]...)
	case bsonDecimal:
		a = appendDecimal128(a, binary.LittleEndian.Uint64(v[8:]), number())
	default: // null, undefined, the least and the most
		return nil
	}
	r.arena = a
	return a[from:len(a):len(a)]
}

// appendDecimal128 appends a decimal of IEEE 754-2008 with a binary significand.
func appendDecimal128(dst []byte, high, low uint64) []byte {
	negative := high>>63 != 0
	switch high >> 58 & 0x1f {
	case 0x1f:
		return append(dst, "NaN"...)
	case 0x1e:
		if negative {
			dst = append(dst, '-')
		}
		return append(dst, "Infinity"...)
	}
	exponent, unscaled := int32(high>>49&0x3fff)-6176, new(big.Int)
	if high>>61&3 == 3 {
		exponent = int32(high>>47&0x3fff) - 6176 // such significands are out of range, and zero
	} else {
		unscaled.SetUint64(high & (1<<49 - 1))
		unscaled.Lsh(unscaled, 64).Or(unscaled, new(big.Int).SetUint64(low))
	}
	if negative {
		unscaled.Neg(unscaled)
	}
	switch {
	case exponent >= -40 && exponent <= 0:
		return spell.Decimal(dst, unscaled, -exponent)
	case exponent > 0 && exponent <= 40:
		return unscaled.Mul(unscaled, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(exponent)), nil)).Append(dst, 10)
	}
	dst = append(unscaled.Append(dst, 10), 'E')
	return strconv.AppendInt(dst, int64(exponent), 10)
}

// bsonSize is how long the value of a type at the start of text is; -1 where it
// is no value, or text does not hold it.
func bsonSize(kind byte, text []byte) int {
	length := func(at, more int) int {
		if len(text) < at+4 {
			return -1
		}
		n := int64(int32(binary.LittleEndian.Uint32(text[at:]))) + int64(more)
		if n < 0 || n > int64(len(text)) {
			return -1
		}
		return int(n)
	}
	fixed := func(n int) int {
		if len(text) < n {
			return -1
		}
		return n
	}
	switch kind {
	case bsonUndefined, bsonNull, bsonMaxKey, bsonMinKey:
		return 0
	case bsonBool:
		return fixed(1)
	case bsonInt32:
		return fixed(4)
	case bsonDouble, bsonDate, bsonTimestamp, bsonInt64:
		return fixed(8)
	case bsonObjectID:
		return fixed(12)
	case bsonDecimal:
		return fixed(16)
	case bsonString, bsonCode, bsonSymbol:
		if n := length(0, 4); n >= 5 && text[n-1] == 0 {
			return n
		}
	case bsonPointer:
		if n := length(0, 4); n >= 5 && text[n-1] == 0 && n+12 <= len(text) {
			return n + 12
		}
	case bsonDocument, bsonArray:
		if n := length(0, 0); n >= 5 && text[n-1] == 0 {
			return n
		}
	case bsonBinary:
		if n := length(0, 5); n >= 5 {
			return n
		}
	case bsonRegex:
		if n := bytes.IndexByte(text, 0); n >= 0 {
			if m := bytes.IndexByte(text[n+1:], 0); m >= 0 {
				return n + m + 2
			}
		}
	case bsonScoped:
		if n := length(0, 0); n >= 14 {
			inner := text[4:n]
			if m := bsonSize(bsonCode, inner); m > 0 && bsonSize(bsonDocument, inner[m:]) == len(inner)-m {
				return n
			}
		}
	}
	return -1
}

// validBSON reports that doc is one whole document.
func validBSON(doc []byte, depth int) bool {
	if depth > maxDepth || bsonSize(bsonDocument, doc) != len(doc) {
		return false
	}
	for rest := doc[4 : len(doc)-1]; len(rest) > 0; {
		kind := rest[0]
		end := bytes.IndexByte(rest[1:], 0) + 1
		if end == 0 {
			return false
		}
		rest = rest[end+1:]
		size := bsonSize(kind, rest)
		if size < 0 || (kind == bsonDocument || kind == bsonArray) && !validBSON(rest[:size], depth+1) {
			return false
		}
		rest = rest[size:]
	}
	return true
}

// bsonStart reports that text begins as a document does, and holds at least the
// first of its keys.
func bsonStart(text []byte) bool {
	if len(text) < 8 {
		return false
	}
	n := int64(int32(binary.LittleEndian.Uint32(text)))
	if n < 8 || n > maxBSON {
		return false
	}
	if n <= int64(len(text)) {
		return validBSON(text[:n], 0)
	}
	end := bytes.IndexByte(text[5:min(len(text), 5+maxBSONKey)], 0)
	return end >= 0 && text[4] >= bsonDouble && text[4] <= bsonDecimal && textual(text[5:5+end])
}

const (
	maxBSON    = 64 << 20 // bytes of a document; MongoDB knows none above 16 MiB
	maxBSONKey = 1 << 10  // bytes of the first key, where a document is looked for
)

// firstBSONKey is the first key of a document.
func firstBSONKey(doc []byte) []byte {
	if len(doc) < 6 {
		return nil
	}
	n := bytes.IndexByte(doc[5:], 0)
	if n < 0 {
		return nil
	}
	return doc[5 : 5+n]
}

// bsonField is the text of a value of a document, by its key.
func bsonField(doc []byte, key string) (value []byte, kind byte) {
	for rest := doc[4 : len(doc)-1]; len(rest) > 0; {
		kind, end := rest[0], bytes.IndexByte(rest[1:], 0)+1
		name := rest[1:end]
		rest = rest[end+1:]
		size := bsonSize(kind, rest)
		if string(name) == key {
			return rest[:size], kind
		}
		rest = rest[size:]
	}
	return nil, 0
}
