package fold

import "unicode/utf8"

// cp1252 gives the characters of the bytes 0x80 to 0x9F; the five that the
// code page leaves out stand for themselves, as browsers read them.
var cp1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8D, 'Ž', 0x8F,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9D, 'ž', 'Ÿ',
}

// byteOf is the cp1252 byte that was read as r.
func byteOf(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true
	}
	for i, have := range cp1252 {
		if have == r {
			return byte(0x80 + i), true
		}
	}
	return 0, false
}

// mend appends text with every character put back that is plainly UTF-8 read
// as cp1252: "Ã©" was é, "â€™" was ’. Only sequences that give a Latin letter
// or general punctuation are taken, since elsewhere ("É»") the text may mean
// what it says. mended tells that something changed.
func mend(dst, text []byte, mended *bool) []byte {
	if !suspicious(text) {
		return append(dst, text...)
	}
	for len(text) > 0 {
		if r, n := misread(text); n > 0 {
			dst = utf8.AppendRune(dst, r)
			text = text[n:]
			*mended = true
			continue
		}
		_, n := utf8.DecodeRune(text)
		dst = append(dst, text[:n]...)
		text = text[n:]
	}
	return dst
}

// suspicious reports whether text holds a character that the first byte of a
// misread sequence looks like: Â to Å, à to ï.
func suspicious(text []byte) bool {
	for i, c := range text {
		if c == 0xC3 && i+1 < len(text) {
			if d := text[i+1]; (d >= 0x82 && d <= 0x85) || (d >= 0xA0 && d <= 0xAF) {
				return true
			}
		}
	}
	return false
}

// misread returns the character that the start of text was before it was
// misread, and how many bytes it takes now; 0 when there is none.
func misread(text []byte) (rune, int) {
	r, n := utf8.DecodeRune(text)
	if r < 0xC2 || r > 0xEF {
		return 0, 0
	}
	need := 2
	if r >= 0xE0 {
		need = 3
	} else if r > 0xC5 {
		return 0, 0
	}
	var seq [3]byte
	seq[0] = byte(r)
	for i := 1; i < need; i++ {
		next, m := utf8.DecodeRune(text[n:])
		if m == 0 || next == utf8.RuneError {
			return 0, 0
		}
		b, ok := byteOf(next)
		if !ok || b < 0x80 || b > 0xBF {
			return 0, 0
		}
		seq[i] = b
		n += m
	}
	was, m := utf8.DecodeRune(seq[:need])
	if m != need || !usual(was) {
		return 0, 0
	}
	return was, n
}

// usual reports whether r is among what French and its neighbours are written
// with, the replacement character included.
func usual(r rune) bool {
	return r < 0x180 || r >= 0x1E00 && r < 0x2070 || r == '€' || r == '™' || r == '\ufeff' ||
		r >= 0xFB00 && r <= 0xFB06 || r == utf8.RuneError || r >= 0x0300 && r <= 0x036F
}
