package dump

import (
	"bytes"
	"fmt"
)

// detectDialect finds how a CSV text is written.
func detectDialect(s *sample) *dialect {
	d := &dialect{quote: '"', charset: s.charset, maxRow: s.maxRow}
	n := d.lineEnd(s.text, true)
	line := d.chomp(s.text[:n])
	for _, c := range []byte(",;\t|") {
		if bytes.Count(line, []byte{c}) > bytes.Count(line, []byte{d.delim}) || d.delim == 0 && bytes.IndexByte(line, c) >= 0 {
			d.delim = c
		}
	}
	d.width = 1 << 20
	var o output
	o.piece = new(piece)
	o.batch.Reset(0, 1<<20)
	p := newCSVParser(d)
	p.out = &o
	p.cells.begin(line)
	p.read(line, quoteLenient)
	d.width = p.count
	o.batch.EndRow(1)
	for i := range d.width {
		name := string(o.batch.Cell(0, i))
		if name == "" {
			name = fmt.Sprintf("column %d", i+1)
		}
		d.names = append(d.names, name)
	}
	d.named = true
	d.title = bytes.Clone(line)
	d.offset = n
	return d
}
