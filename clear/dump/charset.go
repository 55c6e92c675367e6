package dump

import (
	"bytes"
	"io"
)

// charset is how characters are written as bytes.
type charset uint8

const (
	utf8Text charset = iota
)

func (c charset) String() string { return "UTF-8" }

func (c charset) reader(r io.Reader) io.Reader { return r }

// head decodes the start of a text, and says how long its byte order mark is.
func (c charset) head(b []byte) (text []byte, mark int) {
	if bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		return b[3:], 3
	}
	return b, 0
}

func detect(head []byte, spread [][]byte) (charset, bool) {
	return utf8Text, bytes.IndexByte(head, 0) < 0
}

func (c charset) isUTF8() bool { return true }

func (c charset) of(line []byte) (charset, bool) { return utf8Text, false }

func (c charset) appendUTF8(dst, cell []byte) []byte { return append(dst, cell...) }
