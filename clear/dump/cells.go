package dump

import (
	"bytes"
	"unicode/utf8"

	"constat.example/clear/table"
)

// cellWriter writes cells to batches as UTF-8, whatever their row is written in.
type cellWriter struct {
	charset charset
	clean   bool // the chunk is in UTF-8 throughout, without NUL bytes
	under   rowText

	scratch []byte // for cells that quotes are doubled in
	plain   []byte // for cells that escapes are taken off
	decoded []byte
}

// rowText is how the row under way is decoded.
type rowText struct {
	as  charset
	nul bool // it holds NUL bytes, to be left out
	raw bool // nothing to decode
}

// begin looks at a chunk once, so that clean ones cost nothing.
func (w *cellWriter) begin(text []byte) {
	w.clean = (w.charset.isUTF8() || ascii(text)) && utf8.Valid(text) && bytes.IndexByte(text, 0) < 0
	w.under = rowText{raw: true}
}

// row looks at a row, and reports whether it must be mended.
func (w *cellWriter) row(line []byte) bool {
	if w.clean {
		return false
	}
	as, mended := w.charset.of(line)
	nul := bytes.IndexByte(line, 0) >= 0
	w.under = rowText{as: as, nul: nul, raw: as.isUTF8() && !nul}
	return mended || nul
}

// text is a cell as UTF-8; it is void at the next call.
func (w *cellWriter) text(cell []byte) []byte {
	if w.under.raw {
		return cell
	}
	if w.under.nul {
		w.decoded = append(w.decoded[:0], cell...)
		cell = bytes.ReplaceAll(w.decoded, []byte{0}, nil)
	}
	if ascii(cell) || w.under.as.isUTF8() {
		return cell
	}
	w.decoded = w.under.as.appendUTF8(nil, cell)
	return w.decoded
}

func (w *cellWriter) put(b *table.Batch, cell []byte) { b.Append(w.text(cell)) }

// ascii reports that text holds ASCII only.
func ascii(text []byte) bool {
	for len(text) >= 8 {
		if (text[0]|text[1]|text[2]|text[3]|text[4]|text[5]|text[6]|text[7])&0x80 != 0 {
			return false
		}
		text = text[8:]
	}
	for _, c := range text {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// value writes a cell that is decoded by itself, whatever its row is written
// in, and reports whether it had to be mended.
func (w *cellWriter) value(b *table.Batch, cell []byte) bool {
	was := w.clean
	w.clean = false
	mended := w.row(cell)
	w.put(b, cell)
	w.clean = was
	return mended
}
