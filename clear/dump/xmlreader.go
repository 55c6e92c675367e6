package dump

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

// xmlReader reads XML, token by token, from start to end. It is made for texts
// that nobody vouches for: it knows no entity but the five of XML and numbers,
// fetches nothing, and goes on after what is malformed, which is a token of its
// own. No tag holds a '<', not even in quotes, so that the next one is where a
// broken tag ends at the latest.
type xmlReader struct {
	in    io.Reader
	buf   []byte // from at on: read and not yet told
	at    int
	base  int64 // offset of buf[0]
	eof   bool
	most  int   // longest tag in bytes
	cause error // why there is no more, where it is not the end

	cells cellWriter
	raw   bool // within CDATA, of which more is to come

	kind   tokenKind
	start  int64  // offset of the token
	name   []byte // of the element, without prefix; void at the next token
	full   []byte // with it
	attrs  []xmlAttr
	text   []byte // as it lies
	cdata  bool   // no entities in text
	closed bool   // a start tag that is its own end tag
	depth  int    // elements that are open, this one with its start tag
}

type tokenKind uint8

const (
	startTag tokenKind = iota
	endTag
	textToken
	brokenToken // what is no markup
)

type xmlAttr struct {
	name, full []byte
	value      []byte // as it lies
}

// markupPiece is how long a text is before it is told in pieces.
const markupPiece = 64 << 10

func newXMLReader(in io.Reader, as charset, most int) *xmlReader {
	m := &xmlReader{in: in, most: most, buf: make([]byte, 0, 2*markupPiece)}
	m.cells.charset = as
	return m
}

// offset is where the next token begins.
func (m *xmlReader) offset() int64 { return m.base + int64(m.at) }

// fill reads more, always as much as there is room for, so that where texts are
// cut does not depend on how the bytes arrive. It reports false at the end.
func (m *xmlReader) fill() bool {
	if m.eof {
		return false
	}
	if m.at > 0 {
		n := copy(m.buf[:cap(m.buf)], m.buf[m.at:])
		m.base += int64(m.at)
		m.buf, m.at = m.buf[:n], 0
	}
	if len(m.buf) == cap(m.buf) {
		m.buf = append(make([]byte, 0, 2*cap(m.buf)), m.buf...)
	}
	n, err := io.ReadFull(m.in, m.buf[len(m.buf):cap(m.buf)])
	m.buf = m.buf[:len(m.buf)+n]
	if err != nil {
		m.eof = true
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			m.cause = err
		}
	}
	return n > 0
}

// have reads until n bytes lie ahead.
func (m *xmlReader) have(n int) bool {
	for len(m.buf)-m.at < n {
		if !m.fill() {
			return false
		}
	}
	return true
}

// next reads a token; false at the end.
func (m *xmlReader) next() bool {
	for m.have(1) {
		m.start = m.offset()
		rest := m.buf[m.at:]
		switch {
		case m.raw:
			m.character()
			if len(m.text) > 0 {
				return true
			}
		case rest[0] != '<':
			m.run()
			return true
		case !m.have(2):
			m.broken(len(m.buf) - m.at)
			return true
		default:
			if m.tag() {
				return true
			}
		}
	}
	return false
}

// run tells text up to the next tag, or a piece of it.
func (m *xmlReader) run() {
	from := 0
	for {
		rest := m.buf[m.at:]
		if i := bytes.IndexByte(rest[from:], '<'); i >= 0 {
			m.textIs(from+i, false)
			return
		}
		from = len(rest)
		if from >= markupPiece {
			n := from
			if k := bytes.LastIndexByte(rest[n-16:], '&'); k >= 0 && !m.eof {
				n = n - 16 + k // the entity may go on
			} else {
				for k := n - 1; k > n-utf8.UTFMax && rest[k] >= utf8.RuneSelf; k-- {
					if utf8.RuneStart(rest[k]) {
						if !utf8.FullRune(rest[k:]) {
							n = k
						}
						break
					}
				}
			}
			m.textIs(n, false)
			return
		}
		if !m.fill() {
			m.textIs(from, false)
			return
		}
	}
}

// character tells the text of CDATA, or a piece of it.
func (m *xmlReader) character() {
	end := []byte("]]>")
	for {
		rest := m.buf[m.at:]
		if i := bytes.Index(rest, end); i >= 0 {
			m.textIs(i, true)
			m.at += len(end)
			m.raw = false
			return
		}
		if len(rest) >= markupPiece {
			n := len(rest) - len(end)
			for !utf8.RuneStart(rest[n]) && n > len(rest)-8 {
				n--
			}
			m.textIs(n, true)
			return
		}
		if !m.fill() {
			m.broken(len(rest))
			m.raw = false
			m.text = rest
			return
		}
	}
}

func (m *xmlReader) textIs(n int, cdata bool) {
	m.kind, m.cdata = textToken, cdata
	m.text = m.buf[m.at : m.at+n]
	m.at += n
}

func (m *xmlReader) broken(n int) {
	m.kind, m.text = brokenToken, m.buf[m.at:m.at+n]
	m.name, m.full, m.attrs = nil, nil, nil
	m.at += n
}

// tag reads what begins with '<'; it reports false where that tells nothing,
// such as a remark.
func (m *xmlReader) tag() bool {
	c := m.buf[m.at+1]
	switch {
	case c == '?':
		return m.pass("?>")
	case c == '!' && m.ahead("<!--"):
		return m.pass("-->")
	case c == '!' && m.ahead("<![CDATA["):
		m.at += len("<![CDATA[")
		m.raw = true
		return false
	case c == '!':
		return m.declaration()
	case c == '/' || nameStart(c):
		return m.element(c == '/')
	}
	m.textIs(1, true) // a '<' that should have been written otherwise
	return true
}

func (m *xmlReader) ahead(mark string) bool {
	return m.have(len(mark)) && string(m.buf[m.at:m.at+len(mark)]) == mark
}

// pass leaves out what ends with that mark.
func (m *xmlReader) pass(mark string) bool {
	m.at += 2
	for {
		rest := m.buf[m.at:]
		if i := bytes.Index(rest, []byte(mark)); i >= 0 {
			m.at += i + len(mark)
			return false
		}
		m.at += max(len(rest)-len(mark)+1, 0)
		if !m.fill() {
			m.broken(len(m.buf) - m.at)
			return true
		}
	}
}

// declaration leaves out <!DOCTYPE …>, with what it declares in brackets.
func (m *xmlReader) declaration() bool {
	depth, quote := 0, byte(0)
	for i := 2; ; i++ {
		if i > markupPiece || !m.have(i+1) {
			m.broken(i)
			return true
		}
		switch c := m.buf[m.at+i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			m.at += i + 1
			return false
		}
	}
}

func nameStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':' || c >= 0x80
}

func nameByte(c byte) bool {
	return nameStart(c) || c >= '0' && c <= '9' || c == '-' || c == '.'
}

// element reads a start tag or an end tag.
func (m *xmlReader) element(end bool) bool {
	quote := byte(0)
	i := 1
scan:
	for {
		for rest := m.buf[m.at:]; i < len(rest); i++ {
			switch c := rest[i]; {
			case c == '<':
				m.broken(i)
				return true
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '>':
				break scan
			case (c == '"' || c == '\'') && !end:
				quote = c
			}
		}
		if i > m.most || !m.fill() {
			m.broken(i)
			return true
		}
	}
	tag := m.buf[m.at+1 : m.at+i]
	m.text = m.buf[m.at : m.at+i+1]
	m.attrs, m.closed = m.attrs[:0], false
	m.kind = startTag
	if end {
		m.kind, tag = endTag, tag[1:]
	} else if n := len(tag); tag[n-1] == '/' {
		m.closed, tag = true, tag[:n-1]
	}
	n := 0
	for n < len(tag) && nameByte(tag[n]) {
		n++
	}
	m.full, m.name = tag[:n], local(tag[:n])
	if n == 0 || !m.attributes(tag[n:]) {
		m.broken(i + 1)
		return true
	}
	switch {
	case end:
		m.depth = max(m.depth-1, 0)
	case !m.closed:
		m.depth++
	}
	m.at += i + 1
	return true
}

// attributes reads those of a tag.
func (m *xmlReader) attributes(text []byte) bool {
	for {
		had := len(text)
		text = skipBlanks(text)
		if len(text) == 0 {
			return true
		}
		n := 0
		for n < len(text) && nameByte(text[n]) {
			n++
		}
		if n == 0 || had == len(text) && len(m.attrs) == 0 {
			return false
		}
		a := xmlAttr{full: text[:n], name: local(text[:n])}
		text = skipBlanks(text[n:])
		if len(text) == 0 || text[0] != '=' {
			return false
		}
		text = skipBlanks(text[1:])
		if len(text) == 0 || text[0] != '"' && text[0] != '\'' {
			return false
		}
		k := bytes.IndexByte(text[1:], text[0])
		if k < 0 {
			return false
		}
		a.value = text[1 : 1+k]
		text = text[2+k:]
		m.attrs = append(m.attrs, a)
	}
}

func skipBlanks(text []byte) []byte {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\n' || text[0] == '\t' || text[0] == '\r') {
		text = text[1:]
	}
	return text
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// attr is the value of an attribute as it lies, by its name without prefix.
func (m *xmlReader) attr(name string) []byte {
	for i := range m.attrs {
		if string(m.attrs[i].name) == name {
			return m.attrs[i].value
		}
	}
	return nil
}

// value is an attribute as text.
func (m *xmlReader) value(name string) string {
	text, _ := m.appendText(nil, m.attr(name), false)
	return string(text)
}

// appendText appends text as UTF-8, its entities resolved, and reports whether
// it had to be mended.
func (m *xmlReader) appendText(dst, text []byte, cdata bool) ([]byte, bool) {
	mended := m.cells.row(text)
	text = m.cells.text(text)
	if cdata {
		return append(dst, text...), mended
	}
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(dst, text...), mended
		}
		dst = append(dst, text[:i]...)
		text = text[i:]
		n := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if n > 0 {
			if r, ok := entity(text[1:n]); ok {
				dst = utf8.AppendRune(dst, r)
				text = text[n+1:]
				continue
			}
		}
		dst = append(dst, '&')
		text = text[1:]
	}
}

// entity resolves what stands between & and ;.
func entity(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base := 10
	if name = name[1:]; name[0]|0x20 == 'x' {
		base, name = 16, name[1:]
	}
	n, err := strconv.ParseUint(string(name), base, 32)
	if err != nil || n == 0 || n > utf8.MaxRune || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
