package dump

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"unicode/utf8"
)

// sqlParser reads the rows that marks show it.
type sqlParser struct {
	layout *sqlLayout
	cells  cellWriter
	out    *output
	mode   sqlMode

	values []sqlCell
	order  []int  // by column, the value plus one
	arena  []byte // of values that are not as they lie in the text
}

// sqlCell is a value of a row.
type sqlCell struct {
	text   []byte
	lies   bool // as it lies in the text
	binary bool // said to be bytes
}

func (p *sqlParser) parse(c *chunk, out *output) {
	p.out = out
	p.begin(c, p.layout.mode)
	at := 0
	for _, m := range c.marks {
		out.between(m.start - at)
		at = m.end
		if m.to == nil {
			out.into(0) // before the first table
		} else {
			out.into(m.to.table)
			if m.to.mode != p.mode {
				p.begin(c, m.to.mode)
			}
		}
		text := c.text[m.start:m.end]
		switch m.as {
		case rowSQL, rowSQLMended:
			p.tuple(text, m)
		case rowsCopy, rowsNotRead:
			p.lines(text, m)
		case rowTooLong:
			out.reject(tooLong, m.start, len(text))
		case rowSQLBroken:
			out.reject(badTuple, m.start, len(text))
		default:
			out.reject(badStatement, m.start, len(text))
		}
	}
	out.between(len(c.text) - at)
}

func (p *sqlParser) begin(c *chunk, mode sqlMode) {
	p.mode = mode
	p.cells.charset = mode.charset
	p.cells.begin(c.text)
}

// tuple reads a list of values.
func (p *sqlParser) tuple(text []byte, m mark) {
	if len(text) > p.layout.maxRow {
		p.out.reject(tooLong, m.start, len(text))
		return
	}
	p.values, p.arena = p.values[:0], p.arena[:0]
	if m.as == rowSQLMended {
		p.loose(text)
	} else {
		p.strict(text)
	}
	p.emit(m.start, len(text), m.to, m.as == rowSQLMended)
}

func (p *sqlParser) strict(text []byte) {
	for i := blanks(text, 1); i < len(text) && text[i] != ')'; i = blanks(text, i+1) {
		var v sqlCell
		v, i = p.value(text, i)
		p.values = append(p.values, v)
		if i >= len(text) || text[i] == ')' {
			return
		}
	}
}

// value reads the value at i, and returns where the comma or bracket after it
// stands.
func (p *sqlParser) value(text []byte, i int) (sqlCell, int) {
	start := i
	if c := text[i]; c == '\'' || c == '"' {
		end, plain := stringIn(text, i, p.mode.backslash)
		if end > 0 {
			if at := blanks(text, end); at < len(text) && (text[at] == ',' || text[at] == ')') {
				inner := text[i+1 : end-1]
				if plain {
					return sqlCell{text: inner, lies: true}, at
				}
				return sqlCell{text: p.unescaped(inner, c, p.mode.backslash, p.layout.dialect == postgres)}, at
			}
		}
		return p.expression(text, start)
	}
	for i < len(text) {
		switch text[i] {
		case ',', ')':
			word := bytes.TrimRight(text[start:i], " \t\r\n")
			if isNull(word) {
				word = nil
			}
			return sqlCell{text: word, lies: true}, i
		case '\'', '"', '(', '[', '$', '|', ':', '`':
			return p.expression(text, start)
		}
		i++
	}
	return sqlCell{text: text[start:], lies: true}, i
}

func isNull(word []byte) bool {
	return len(word) == 4 && word[0]|0x20 == 'n' && bytes.EqualFold(word, []byte("null")) || len(word) == 7 && bytes.EqualFold(word, []byte("default"))
}

// stringIn is quotedEnd, and whether the string is as it lies.
func stringIn(text []byte, i int, backslash bool) (end int, plain bool) {
	quote := text[i]
	plain = true
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote:
			if i+1 == len(text) || text[i+1] != quote {
				return i + 1, plain
			}
			plain = false
			i++
		case c == '\\' && backslash:
			plain = false
			i++
		}
	}
	return -1, false
}

// keep copies text to the arena.
func (p *sqlParser) keep(text ...[]byte) []byte {
	from := len(p.arena)
	for _, t := range text {
		p.arena = append(p.arena, t...)
	}
	return p.arena[from:len(p.arena):len(p.arena)]
}

// expression reads literals with what surrounds them: functions, casts,
// prefixes, concatenation. What holds no literal stays as written.
func (p *sqlParser) expression(text []byte, i int) (sqlCell, int) {
	start := i
	var parts [][]byte
	have, asWritten, binary, skip := false, false, false, false
	put := func(b []byte) {
		if !skip {
			parts = append(parts, b)
			have = true
		}
	}
scan:
	for i < len(text) {
		switch c := text[i]; {
		case blankByte(c) && c != 0:
			i++
		case c == ',' || c == ')' || c == ']':
			break scan
		case c == '\'' || c == '"' || c == '`':
			end := literalEnd(text, i, p.mode.backslash)
			if end < 0 {
				i = len(text)
				break scan
			}
			put(p.literal(text, i, end))
			i = end
		case c == '$' && dollarTag(text, i) > 0:
			tag := dollarTag(text, i)
			end := dollarEnd(text, i, tag)
			if end < 0 {
				i = len(text)
				break scan
			}
			put(text[i+tag : end-tag])
			i = end
		case c == '|' || c == '+' && have:
			skip = false
			i++
		case c == ':':
			skip = true
			i++
		case c == '[':
			asWritten = true
			_, i = p.arguments(text, i+1)
		case c == '(':
			var args []sqlCell
			args, i = p.arguments(text, i+1)
			if len(args) > 0 {
				put(args[0].text)
			}
		default:
			end := i + 1
			for end < len(text) && (wordByte(text[end]) || text[end] == '.' || text[end] == '&') {
				end++
			}
			word := text[i:end]
			next := blanks(text, end)
			switch {
			case next < len(text) && text[next] == '(':
				var args []sqlCell
				args, i = p.arguments(text, next+1)
				if !skip {
					v, ok := called(word, args)
					if !ok {
						asWritten = true
					}
					put(v)
				}
				continue
			case end < len(text) && text[end] == '\'' && len(word) == 1 && (word[0]|0x20 == 'x' || word[0]|0x20 == 'b'):
				close := quotedEnd(text, end, false)
				if close < 0 {
					close = len(text)
				}
				put(text[i:close])
				end = close
			case bytes.EqualFold(word, []byte("_binary")):
				binary = true
			case keyword(word, "AS", "USING", "COLLATE", "AT"):
				skip = true
			case next < len(text) && (text[next] == '\'' || text[next] == '"'):
				// A prefix, or the name of a type.
			case isNull(word):
			default:
				put(word)
			}
			i = end
		}
	}
	switch {
	case asWritten || !have:
		word := bytes.TrimRight(text[start:min(i, len(text))], " \t\r\n")
		if isNull(word) || !have && !asWritten && len(parts) == 0 && bytes.HasPrefix(bytes.ToUpper(word), []byte("NULL")) {
			word = nil
		}
		return sqlCell{text: word, lies: true}, i
	case len(parts) == 1:
		return sqlCell{text: parts[0], binary: binary}, i
	}
	return sqlCell{text: p.keep(parts...), binary: binary}, i
}

func keyword(word []byte, any ...string) bool {
	for _, w := range any {
		if len(w) == len(word) && bytes.EqualFold(word, []byte(w)) {
			return true
		}
	}
	return false
}

// arguments reads expressions up to the bracket that closes them, and returns
// where what follows stands.
func (p *sqlParser) arguments(text []byte, i int) ([]sqlCell, int) {
	var args []sqlCell
	for i < len(text) {
		var v sqlCell
		v, i = p.expression(text, i)
		args = append(args, v)
		if i >= len(text) || text[i] != ',' {
			return args, i + 1
		}
		i++
	}
	return args, i
}

// called is what a function around literals most plainly stands for; false when
// it is none that is known.
func called(name []byte, args []sqlCell) ([]byte, bool) {
	if len(args) == 0 || len(args) == 1 && len(args[0].text) == 0 && !keyword(name, "TO_CLOB", "TO_NCLOB") {
		if keyword(name, "EMPTY_CLOB", "EMPTY_BLOB") {
			return nil, true
		}
		return nil, false
	}
	switch {
	case keyword(name, "CHR", "CHAR", "NCHAR"):
		n, err := strconv.ParseUint(string(args[0].text), 10, 21)
		if err != nil {
			return nil, false
		}
		return utf8.AppendRune(nil, rune(n)), true
	case keyword(name, "CONVERT") && len(args) > 1:
		return args[1].text, true
	}
	return args[0].text, true
}

// literal is the string between two offsets, its quotes and escapes taken off.
func (p *sqlParser) literal(text []byte, i, end int) []byte {
	before := byte(0)
	if i > 0 && wordByte(text[i-1]) && (i == 1 || !wordByte(text[i-2]) || text[i-2]|0x20 == 'n') {
		before = text[i-1] | 0x20
	}
	switch {
	case before == 'q' && end-i >= 4:
		return text[i+2 : end-2]
	case before == 'e':
		return p.unescaped(text[i+1:end-1], text[i], true, true)
	}
	return p.unescaped(text[i+1:end-1], text[i], p.mode.backslash, p.layout.dialect == postgres)
}

// unescaped takes doubled quotes and escapes off. Those of PostgreSQL have
// numbers too.
func (p *sqlParser) unescaped(inner []byte, quote byte, backslash, numbers bool) []byte {
	from := len(p.arena)
	a := p.arena
	for i := 0; i < len(inner); i++ {
		c := inner[i]
		switch {
		case c == quote && i+1 < len(inner) && inner[i+1] == quote:
			i++
			a = append(a, c)
		case c == '\\' && backslash && i+1 < len(inner):
			var n int
			a, n = appendEscape(a, inner[i+1:], numbers)
			i += n
		default:
			a = append(a, c)
		}
	}
	p.arena = a
	return a[from:len(a):len(a)]
}

// appendEscape appends what the escape stands for whose backslash stands before
// text, and returns how long it is.
func appendEscape(a, text []byte, numbers bool) ([]byte, int) {
	c := text[0]
	if numbers {
		digits := func(from, most, base int) (uint64, int) {
			n := 0
			for from+n < len(text) && n < most && (text[from+n] >= '0' && text[from+n] <= '7' || base == 16 && isHex(text[from+n])) {
				n++
			}
			v, err := strconv.ParseUint(string(text[from:from+n]), base, 64)
			if err != nil {
				return 0, 0
			}
			return v, n
		}
		switch c {
		case 'x':
			if v, n := digits(1, 2, 16); n > 0 {
				return append(a, byte(v)), n + 1
			}
		case 'u':
			if v, n := digits(1, 4, 16); n == 4 {
				return utf8.AppendRune(a, rune(v)), n + 1
			}
		case 'U':
			if v, n := digits(1, 8, 16); n == 8 {
				return utf8.AppendRune(a, rune(min(v, utf8.MaxRune+1))), n + 1
			}
		case '0', '1', '2', '3', '4', '5', '6', '7':
			v, n := digits(0, 3, 8)
			return append(a, byte(v)), n
		case 'f':
			return append(a, '\f'), 1
		case 'v':
			return append(a, '\v'), 1
		}
	}
	switch c {
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'b':
		c = '\b'
	case '0':
		c = 0
	case 'Z':
		if !numbers {
			c = 0x1a
		}
	case '%', '_':
		if !numbers {
			return append(a, '\\', c), 1 // MySQL keeps these
		}
	}
	return append(a, c), 1
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// loose reads a list of values in which quotes stand unescaped.
func (p *sqlParser) loose(text []byte) {
	for i := 1; i < len(text); i++ {
		i = blanks(text, i)
		start := i
		for i < len(text) && text[i] != '\'' && text[i] != ',' && text[i] != ')' {
			i++
		}
		v := bytes.TrimSpace(text[start:min(i, len(text))])
		if i < len(text) && text[i] == '\'' {
			end := looseEnd(text, i, true)
			if end < 0 {
				return
			}
			v = p.unescaped(text[i+1:end-1], '\'', p.mode.backslash, false)
			i = blanks(text, end)
		} else if isNull(v) {
			v = nil
		}
		p.values = append(p.values, sqlCell{text: v})
	}
}

// lines reads the lines of a COPY block.
func (p *sqlParser) lines(text []byte, m mark) {
	for at := 0; at < len(text); {
		end, closed := m.to.style.lineEnd(text, at, p.layout.maxRow)
		if !closed {
			p.out.reject(openQuote, m.start+at, end-at)
		} else {
			p.line(text[at:end], m.start+at, m)
		}
		at = end
	}
}

// copyLineEnd is the offset past the end of the line that begins at an offset.
func copyLineEnd(text []byte, at int) int {
	for i := at; ; {
		k := bytes.IndexByte(text[i:], '\n')
		if k < 0 {
			return len(text)
		}
		i += k + 1
		if !escapedAt(text[at:], i-1-at) {
			return i
		}
	}
}

func (p *sqlParser) line(text []byte, at int, m mark) {
	width := p.out.batch.Width
	line := bytes.TrimSuffix(bytes.TrimSuffix(text, []byte{'\n'}), []byte{'\r'})
	switch {
	case len(line) == 0 && width > 1:
		p.out.between(len(text))
		return
	case m.as == rowsNotRead:
		p.out.reject(otherCopy, at, len(text))
		return
	case len(text) > p.layout.maxRow:
		p.out.reject(tooLong, at, len(text))
		return
	}
	p.values, p.arena = p.values[:0], p.arena[:0]
	if m.to.style != nil {
		p.styled(line, m.to.style)
	} else {
		p.copyCells(line, '\t', copyNothing)
	}
	p.emit(at, len(text), m.to, false)
}

var copyNothing = []byte(`\N`)

// copyCells reads the cells of a line of COPY text.
func (p *sqlParser) copyCells(line []byte, delim byte, nothing []byte) {
	escaped := bytes.IndexByte(line, '\\') >= 0
	for {
		end := bytes.IndexByte(line, delim)
		for escaped && end > 0 && escapedAt(line, end) {
			k := bytes.IndexByte(line[end+1:], delim)
			if k < 0 {
				end = -1
				break
			}
			end += k + 1
		}
		cell := line
		if end >= 0 {
			cell = line[:end]
		}
		switch {
		case bytes.Equal(cell, nothing):
			p.values = append(p.values, sqlCell{lies: true})
		case escaped && bytes.IndexByte(cell, '\\') >= 0:
			from := len(p.arena)
			for i := 0; i < len(cell); i++ {
				if cell[i] != '\\' || i+1 == len(cell) {
					p.arena = append(p.arena, cell[i])
					continue
				}
				var n int
				p.arena, n = appendEscape(p.arena, cell[i+1:], p.layout.dialect == postgres)
				i += n
			}
			p.values = append(p.values, sqlCell{text: p.arena[from:len(p.arena):len(p.arena)]})
		default:
			p.values = append(p.values, sqlCell{text: cell, lies: true})
		}
		if end < 0 {
			return
		}
		line = line[end+1:]
	}
}

// emit writes the row of the values read, which took so many bytes of the chunk.
func (p *sqlParser) emit(at, bytes int, to *sqlTarget, mended bool) {
	b := &p.out.batch
	n, width := len(p.values), b.Width
	want := width
	if to.list > 0 {
		want = to.list
	}
	switch {
	case n > want && p.spill(want):
		p.out.reject(tooManyCells, at, bytes)
		return
	case n < want && n <= 1 && want > 2:
		p.out.reject(tooFewCells, at, bytes)
		return
	}
	mended = mended || n != want
	n = min(n, want)
	if to.slots == nil {
		for i, v := range p.values[:min(n, width)] {
			mended = p.put(v, i, to) || mended
		}
		p.out.row(bytes, mended)
		return
	}
	p.order = append(p.order[:0], make([]int, width)...)
	for i, slot := range to.slots[:n] {
		if slot < width {
			p.order[slot] = i + 1
		}
	}
	for column, i := range p.order {
		if i == 0 {
			b.Append(nil)
			continue
		}
		mended = p.put(p.values[i-1], column, to) || mended
	}
	p.out.row(bytes, mended)
}

// spill reports a value beyond those wanted.
func (p *sqlParser) spill(want int) bool {
	for _, v := range p.values[want:] {
		if len(v.text) > 0 {
			return true
		}
	}
	return false
}

// put writes one value, and reports whether it had to be mended. Bytes that are
// no text are written as hexadecimal digits, as mysqldump --hex-blob does.
func (p *sqlParser) put(v sqlCell, column int, to *sqlTarget) bool {
	b := &p.out.batch
	if v.lies && p.cells.clean || len(v.text) == 0 {
		b.Append(v.text)
		return false
	}
	if (v.binary || column < len(to.binary) && to.binary[column]) && !textual(v.text) {
		b.Append(append([]byte("0x"), bytes.ToUpper(hex.AppendEncode(nil, v.text))...))
		return false
	}
	return p.cells.value(b, v.text)
}

// textual reports text in UTF-8 without control characters.
func textual(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return utf8.Valid(b)
}
