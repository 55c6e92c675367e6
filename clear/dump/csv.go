package dump

import (
	"bytes"
	"fmt"
	"strings"
)

// csvFormat is text in rows of cells, with any delimiter and quote (RFC 4180
// and all that is called CSV).
type csvFormat struct{}

// probe is low: any text is CSV of one column.
func (csvFormat) probe(s *sample) float64 {
	if len(bytes.TrimSpace(s.text)) == 0 {
		return 0
	}
	return 0.1
}

func (csvFormat) open(s *sample) layout {
	d, at := firstTable(s)
	return newCSVLayout(d, at)
}

// dialect is how a CSV text is written, and where its rows begin.
type dialect struct {
	delim   byte   // 0 when there is one column
	long    []byte // the whole delimiter where it has several characters, of which delim is the first
	quote   byte   // 0 when cells are never quoted
	escape  byte   // '\\' when it takes a delimiter's or a quote's meaning away; else 0
	trim    bool   // blanks after a delimiter are no part of a cell
	anyCR   bool   // a carriage return alone ends a row
	charset charset
	maxRow  int

	width  int
	short  int          // cells of most rows, where these are fewer; 0 otherwise
	looks  []columnLook // of the columns
	names  []string
	named  bool   // names come from a header
	title  []byte // the header as it lies, to tell when it comes again; nil without one
	head   int    // offset of the header, or of the first row where there is none, in the sample's text
	offset int    // of the first row in the sample's text
}

func (d *dialect) columns() []string { return d.names }
func (d *dialect) header() bool      { return d.named }
func (d *dialect) start() int        { return d.offset }
func (d *dialect) split() splitter   { return &csvSplitter{d: d} }
func (d *dialect) parser() parser    { return newCSVParser(d) }

func (d *dialect) describe() string {
	words := []string{"one column"}
	if d.delim != 0 {
		words[0] = "separator " + character(d.delim)
		if d.long != nil {
			words[0] = fmt.Sprintf("separator %q", d.long)
		}
		if d.trim {
			words[0] += " with blanks"
		}
	}
	if d.quote != 0 {
		words = append(words, "quote "+character(d.quote))
	}
	if d.escape != 0 {
		words = append(words, "escape "+character(d.escape))
	}
	if d.named {
		words = append(words, "header")
	} else {
		words = append(words, "no header")
	}
	return "CSV: " + strings.Join(words, ", ")
}

// delimiter is what stands between cells.
func (d *dialect) delimiter() []byte {
	if d.long != nil {
		return d.long
	}
	return []byte{d.delim}
}

// step is the length of a delimiter.
func (d *dialect) step() int { return max(1, len(d.long)) }

// nextDelim is the offset of the next delimiter; -1 when there is none.
func (d *dialect) nextDelim(text []byte) int {
	if d.long != nil {
		return bytes.Index(text, d.long)
	}
	return bytes.IndexByte(text, d.delim)
}

// delimAt reports that a delimiter stands at that offset.
func (d *dialect) delimAt(text []byte, i int) bool {
	return i < len(text) && text[i] == d.delim && d.delim != 0 && (d.long == nil || bytes.HasPrefix(text[i:], d.long))
}

// delimBefore reports that a delimiter ends at that offset.
func (d *dialect) delimBefore(text []byte, i int) bool {
	return d.delim != 0 && bytes.HasSuffix(text[:i], d.delimiter())
}

// character names a character for people.
func character(c byte) string {
	switch c {
	case '\t':
		return "tab"
	case ' ':
		return "space"
	default:
		return fmt.Sprintf("%q", rune(c))
	}
}

// lineEnd returns the offset past the end of the line at the start of text, or
// -1 when text does not show it. At the end of a text all is a line.
func (d *dialect) lineEnd(text []byte, final bool) int {
	i := bytes.IndexByte(text, '\n')
	if d.anyCR {
		upTo := text
		if i >= 0 {
			upTo = text[:i]
		}
		if r := bytes.IndexByte(upTo, '\r'); r >= 0 {
			switch {
			case r+1 < len(text) && text[r+1] == '\n':
				return r + 2
			case r+1 < len(text) || final:
				return r + 1
			default:
				return -1
			}
		}
	}
	if i < 0 {
		if final {
			return len(text)
		}
		return -1
	}
	return i + 1
}

// chomp takes the end of line off a line.
func (d *dialect) chomp(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}
