package dump

import (
	"bytes"
	"fmt"
	"strings"
)

// layOut finds where the rows begin, and what the columns are called.
func (d *dialect) layOut(s *sample) {
	n := d.lineEnd(s.text, true)
	row, _ := cutRow(d, s.text)
	d.width = max(d.width, len(row), 1)
	for i := range d.width {
		name := ""
		if i < len(row) {
			name = strings.TrimSpace(string(row[i].text))
		}
		if name == "" {
			name = fmt.Sprintf("column %d", i+1)
		}
		d.names = append(d.names, name)
	}
	d.named = true
	d.title = bytes.Clone(d.chomp(s.text[:n]))
	d.offset = n
}
