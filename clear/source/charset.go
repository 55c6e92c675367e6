package source

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// appendText adds text to dst in UTF-8. Text that is not UTF-8, as databases
// that check no encoding hold it, is read as windows-1252, which takes any bytes.
func appendText(dst, text []byte) []byte {
	if utf8.Valid(text) {
		return append(dst, text...)
	}
	for _, c := range text {
		dst = utf8.AppendRune(dst, charmap.Windows1252.DecodeByte(c))
	}
	return dst
}
