package dump

import (
	"bytes"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	wide "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// charset is how characters are written as bytes.
type charset uint8

const (
	utf8Text charset = iota
	utf16LE
	utf16BE
	utf32LE
	utf32BE
	windows1252 // of which ISO 8859-1 is a part
	latin9      // ISO 8859-15
	macRoman
	cp850 // of MS-DOS in Western Europe
)

var charsetNames = [...]string{"UTF-8", "UTF-16 LE", "UTF-16 BE", "UTF-32 LE", "UTF-32 BE", "Windows-1252", "ISO 8859-15", "Mac Roman", "CP850"}

func (c charset) String() string { return charsetNames[c] }

// isUTF8 reports that the decoded text is in UTF-8, so that its cells are.
func (c charset) isUTF8() bool { return c < windows1252 }

// wide reports that a text in the charset is decoded before it is cut.
func (c charset) wide() bool { return c > utf8Text && c < windows1252 }

// seekable reports that a text in the charset can be read from any place.
func (c charset) seekable() bool { return c == utf8Text || c >= windows1252 }

// oneByte are the charsets of one byte a character, the likeliest first.
var oneByte = []charset{windows1252, latin9, macRoman, cp850}

// decoding holds the UTF-8 of each byte of a charset of one byte a character.
var decoding = func() map[charset]*[256]string {
	m := map[charset]*[256]string{}
	for c, from := range map[charset]*charmap.Charmap{
		windows1252: charmap.Windows1252, latin9: charmap.ISO8859_15, macRoman: charmap.Macintosh, cp850: charmap.CodePage850,
	} {
		var t [256]string
		for i := range t {
			t[i] = string(from.DecodeByte(byte(i)))
		}
		m[c] = &t
	}
	return m
}()

// appendUTF8 appends a cell in a charset of one byte a character as UTF-8.
func (c charset) appendUTF8(dst, cell []byte) []byte {
	t := decoding[c]
	for _, b := range cell {
		if b < utf8.RuneSelf {
			dst = append(dst, b)
		} else {
			dst = append(dst, t[b]...)
		}
	}
	return dst
}

// of says which charset a row is in, and whether that is another than the
// text's. A row that cannot be in the text's is the trace of a file put
// together from several.
func (c charset) of(row []byte) (as charset, mended bool) {
	switch {
	case ascii(row):
		return utf8Text, false
	case utf8.Valid(row):
		return utf8Text, !c.isUTF8() // by chance once in a million rows
	case c.isUTF8():
		return windows1252, true
	default:
		return c, false
	}
}

// wideDecoder decodes the charsets of more than one byte a unit.
func (c charset) wideDecoder() transform.Transformer {
	switch c {
	case utf16LE:
		return wide.UTF16(wide.LittleEndian, wide.IgnoreBOM).NewDecoder()
	case utf16BE:
		return wide.UTF16(wide.BigEndian, wide.IgnoreBOM).NewDecoder()
	case utf32LE:
		return utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM).NewDecoder()
	case utf32BE:
		return utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM).NewDecoder()
	default:
		return nil
	}
}

// reader decodes what must be decoded before it can be cut into rows.
func (c charset) reader(r io.Reader) io.Reader {
	if d := c.wideDecoder(); d != nil {
		return transform.NewReader(r, d)
	}
	return r
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// head decodes the start of a text, and says how long its byte order mark is
// in the decoded text.
func (c charset) head(b []byte) (text []byte, mark int) {
	if d := c.wideDecoder(); d != nil {
		b, _, _ = transform.Bytes(d, b[:len(b)&^3])
	}
	if bytes.HasPrefix(b, byteOrderMark) {
		return b[len(byteOrderMark):], len(byteOrderMark)
	}
	return b, 0
}

// detect finds the charset of a text from its start and from pieces of the
// rest. It reports false for what is no text.
func detect(head []byte, spread [][]byte) (charset, bool) {
	for _, m := range []struct {
		mark string
		is   charset
	}{
		{"\xef\xbb\xbf", utf8Text}, {"\xff\xfe\x00\x00", utf32LE}, {"\x00\x00\xfe\xff", utf32BE}, {"\xff\xfe", utf16LE}, {"\xfe\xff", utf16BE},
	} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.is, true
		}
	}
	if c, ok := wideWithoutMark(head); ok {
		return c, true
	}
	if noise(head) {
		return 0, false
	}
	pieces := append([][]byte{head}, spread...)
	good, bad := 0, 0
	for _, p := range pieces {
		g, b := sequences(p)
		good += g
		bad += b
	}
	if bad == 0 || good > 4*bad {
		return utf8Text, true
	}
	best, most := utf8Text, 0
	for _, c := range oneByte {
		score := 0
		for _, p := range pieces {
			score += plausible(p, decoding[c])
		}
		margin := 0
		if c > latin9 {
			margin = most / 5 // old systems: only when it is clear
		}
		if best == utf8Text || score > most+margin {
			best, most = c, score
		}
	}
	return best, true
}

// wideWithoutMark tells UTF-16 and UTF-32 by where the zero bytes of Western
// text stand.
func wideWithoutMark(head []byte) (charset, bool) {
	head = head[:min(len(head), 1<<16)&^3]
	if len(head) < 4 {
		return 0, false
	}
	var zero [4]int
	for i, b := range head {
		if b == 0 {
			zero[i%4]++
		}
	}
	n := len(head) / 4
	most := func(i int) bool { return zero[i]*10 > n*7 }
	few := func(i int) bool { return zero[i]*20 < n }
	switch {
	case most(1) && most(2) && most(3) && few(0):
		return utf32LE, true
	case most(0) && most(1) && most(2) && few(3):
		return utf32BE, true
	case most(1) && most(3) && few(0) && few(2):
		return utf16LE, true
	case most(0) && most(2) && few(1) && few(3):
		return utf16BE, true
	}
	return 0, false
}

// noise reports what is no text: too many characters that no text has.
func noise(head []byte) bool {
	controls, zeros := 0, 0
	for _, b := range head {
		switch {
		case b == 0:
			zeros++
		case b < 0x09 && b != 0x01, b == 0x0e, b > 0x0e && b < 0x1a, b == 0x7f:
			controls++
		}
	}
	return controls*25 > len(head) || zeros*10 > len(head)
}

// sequences counts the sequences of UTF-8 beyond ASCII in text, and the bytes
// that belong to none. Sequences cut at the ends of text do not count.
func sequences(text []byte) (good, bad int) {
	for i := 0; i < 3 && len(text) > 0 && text[0]&0xc0 == 0x80; i++ {
		text = text[1:]
	}
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			n := 1
			for n < len(text) && text[n] < utf8.RuneSelf {
				n++
			}
			text = text[n:]
			continue
		}
		if !utf8.FullRune(text) {
			break
		}
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		text = text[n:]
	}
	return good, bad
}

// usual characters beyond ASCII of Western European text, by how usual.
var usual = func() map[rune]int {
	m := map[rune]int{}
	for score, letters := range map[int]string{
		5: "éèàç",
		3: "êôîûùïâëüöäñóíáúåøãõßæœ",
		2: "ÉÈÀÇÊÔÎÛÙÏÂËÜÖÄÑÓÍÁÚÅØÃÕÆŒòìšžŠŽŸÿý",
		1: "€°«»’‘“”–—…\u00a0²§£ºª¿¡•·",
	} {
		for _, r := range letters {
			m[r] = score
		}
	}
	return m
}()

// plausible scores how much text, read with that decoding, looks like words.
func plausible(text []byte, decoded *[256]string) int {
	score := 0
	for i, b := range text {
		if b < utf8.RuneSelf {
			continue
		}
		r, _ := utf8.DecodeRuneInString(decoded[b])
		before, after := letterAt(text, i-1), letterAt(text, i+1)
		within := before != 0 && after != 0
		switch {
		case unicode.IsControl(r) || r == utf8.RuneError:
			score -= 10
		case unicode.IsLetter(r) && before == 0 && after == 0 && r != 'à' && r != 'À':
			// Alone: no word speaks for it.
		case unicode.IsLetter(r):
			score += usual[r]
			if usual[r] == 0 {
				score--
			}
			if before == 'a' && unicode.IsUpper(r) {
				score -= 4
			}
			if before == 'A' && after == 'A' && unicode.IsLower(r) {
				score -= 4
			}
		case r == '’' && within:
			score += 3
		case within:
			score -= 4
		case usual[r] > 0:
			score++
		default:
			score--
		}
	}
	return score
}

// letterAt is 'a' for a small ASCII letter at i, 'A' for a capital, else 0.
func letterAt(text []byte, i int) byte {
	switch {
	case i < 0 || i >= len(text):
		return 0
	case text[i] >= 'a' && text[i] <= 'z':
		return 'a'
	case text[i] >= 'A' && text[i] <= 'Z':
		return 'A'
	}
	return 0
}
