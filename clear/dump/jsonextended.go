package dump

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"time"

	"constat.example/clear/internal/spell"
)

// extended reads an object by which MongoDB says of what type a value is, past
// its brace ({"$oid": "…"}, MongoDB Extended JSON v2 and v1), as the value
// itself. Where the object is no such thing, nothing was read.
func (r *jsonReader) extended(n *keyNode) bool {
	at, mended := r.at, r.mended
	if at+1 >= len(r.text) || r.text[at] != '"' || r.text[at+1] != '$' {
		return false
	}
	raw, _, ok := r.quoted()
	var value []byte
	if ok {
		value, ok = r.typed(string(raw))
	}
	if ok && r.set(n, value) {
		return true
	}
	r.at, r.mended = at, mended
	return false
}

// typed reads what follows the key of such an object, its brace included.
func (r *jsonReader) typed(key string) ([]byte, bool) {
	if !r.colon() {
		return nil, false
	}
	var value []byte
	ok := false
	switch key {
	case "$oid", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$symbol", "$uuid":
		value, ok = r.scalar()
	case "$undefined", "$minKey", "$maxKey":
		_, ok = r.scalar()
	case "$date":
		value, ok = r.date()
	case "$binary":
		return r.binary()
	}
	if !ok {
		return nil, false
	}
	more, ok := r.more('}')
	return value, ok && !more
}

func (r *jsonReader) colon() bool {
	r.blanks()
	if r.at >= len(r.text) || r.text[r.at] != ':' {
		return false
	}
	r.at++
	r.blanks()
	return r.at < len(r.text)
}

// scalar reads a string, a number or a word.
func (r *jsonReader) scalar() ([]byte, bool) {
	if r.text[r.at] == '"' {
		raw, escaped, ok := r.quoted()
		if escaped {
			raw = r.unescape(make([]byte, 0, len(raw)), raw)
		}
		return raw, ok
	}
	word := r.word()
	return word, jsonNumber(word) || string(word) == "true" || string(word) == "false"
}

// date reads an instant: a text, or milliseconds since 1970.
func (r *jsonReader) date() ([]byte, bool) {
	number := r.text[r.at] != '"'
	var value []byte
	ok := false
	if r.text[r.at] == '{' {
		r.at++
		r.blanks()
		if r.at >= len(r.text) || r.text[r.at] != '"' {
			return nil, false
		}
		key, _, good := r.quoted()
		if !good || string(key) != "$numberLong" {
			return nil, false
		}
		value, ok = r.typed(string(key))
	} else {
		value, ok = r.scalar()
	}
	if !ok || !number {
		return value, ok
	}
	ms, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil {
		return nil, false
	}
	return spell.Time(nil, time.UnixMilli(ms), true), true
}

// binary reads bytes in base64 with the number of their kind, in whichever
// order, up to the brace.
func (r *jsonReader) binary() ([]byte, bool) {
	var coded, kind []byte
	nested := r.text[r.at] == '{'
	if nested {
		r.at++
	} else {
		var ok bool
		if coded, ok = r.scalar(); !ok {
			return nil, false
		}
	}
	for {
		if !nested || coded != nil || kind != nil {
			more, ok := r.more('}')
			if !ok {
				return nil, false
			}
			if !more {
				break
			}
		}
		r.blanks()
		if r.at >= len(r.text) || r.text[r.at] != '"' {
			return nil, false
		}
		key, _, ok := r.quoted()
		if !ok || !r.colon() {
			return nil, false
		}
		value, ok := r.scalar()
		switch {
		case !ok:
			return nil, false
		case nested && string(key) == "base64" && coded == nil:
			coded = append([]byte{}, value...)
		case (nested && string(key) == "subType" || !nested && string(key) == "$type") && kind == nil:
			kind = append([]byte{}, value...)
		default:
			return nil, false
		}
	}
	if nested {
		if more, ok := r.more('}'); more || !ok {
			return nil, false
		}
	}
	plain := make([]byte, base64.StdEncoding.DecodedLen(len(coded)))
	m, err := base64.StdEncoding.Decode(plain, coded)
	if err != nil {
		return nil, false
	}
	kind = bytes.TrimLeft(kind, "0")
	return bytesOfKind(nil, plain[:m], len(kind) == 1 && (kind[0] == '3' || kind[0] == '4')), true
}

// bytesOfKind appends bytes: as a UUID where they are said to be one, as they
// are where they are text.
func bytesOfKind(dst, b []byte, uuid bool) []byte {
	switch {
	case uuid && len(b) == 16:
		return spell.UUID(dst, b)
	case textual(b):
		return append(dst, b...)
	}
	return spell.Hex(dst, b)
}
