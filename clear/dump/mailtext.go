package dump

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mailFormat is the table of the messages in a box.
type mailFormat struct {
	of []*blob // messages put together
}

// mailColumns are the columns of messages.
var mailColumns = []string{"date", "from", "from name", "to", "cc", "bcc", "reply-to", "subject", "body", "message-id", "ip"}

func (mailFormat) about() About {
	return About{Name: "messages", What: mailContainer{}.about().What}
}

func (mailFormat) probe(context.Context, *look) float64 { return 0 } // its container tells

func (m mailFormat) open(_ context.Context, f *entry) (wholeLayout, error) {
	return &mailLayout{f: f, of: m.of}, nil
}

type mailLayout struct {
	f  *entry
	of []*blob
}

func (l *mailLayout) describe() string { return "messages: one row for each, the text of its parts" }
func (l *mailLayout) shapes() []shape  { return []shape{{columns: mailColumns, header: true}} }

func (l *mailLayout) read(ctx context.Context, out *output) error {
	in, size, err := l.f.random(ctx)
	if err != nil {
		return err
	}
	return walkMail(ctx, in, size, l.of, func(m *mailMessage) error {
		body, fits, err := l.body(in, m)
		if err != nil {
			return err
		}
		length := int(m.to - m.from)
		if !fits {
			out.reject(tooLong, int(m.from), length)
			return nil
		}
		if len(m.header) == 0 && len(bytes.TrimSpace(body)) == 0 {
			out.between(length)
			return nil
		}
		h := m.header
		address, name := sender(h.get("from"))
		for _, cell := range []string{
			mailDate(h.get("date")), address, name, decodeWords(h.get("to")), decodeWords(h.get("cc")), decodeWords(h.get("bcc")),
			decodeWords(h.get("reply-to")), decodeWords(h.get("subject")),
		} {
			out.batch.AppendString(cell)
		}
		out.batch.Append(bytes.TrimSpace(body))
		out.batch.AppendString(decodeWords(h.get("message-id")))
		out.batch.AppendString(strings.Trim(decodeWords(h.get("x-originating-ip")), "[]"))
		out.row(length, false)
		return nil
	})
}

// body is the text of a message, and whether it fits into a row.
func (l *mailLayout) body(in io.ReaderAt, m *mailMessage) (text []byte, fits bool, err error) {
	plain := false
	for i := range m.parts {
		plain = plain || m.parts[i].body() && m.parts[i].media == "text/plain"
	}
	for i := range m.parts {
		p := &m.parts[i]
		if !p.body() || p.media == "text/html" && p.alternative && plain {
			continue
		}
		if p.to-p.from > 2*int64(l.f.maxRow()) {
			return nil, false, nil
		}
		raw, err := io.ReadAll(p.decoded(io.NewSectionReader(in, p.from, p.to-p.from)))
		if isSourceError(err) {
			return nil, false, err
		}
		part := p.asText(raw)
		if p.media == "text/html" {
			part = htmlText(part)
		}
		if len(text) > 0 {
			text = append(text, '\n')
		}
		if text = append(text, part...); len(text) > l.f.maxRow() {
			return nil, false, nil
		}
	}
	return text, true, nil
}

// decoded takes the encoding of transfer off. What is damaged ends it.
func (p *mailPart) decoded(in io.Reader) io.Reader {
	switch p.encoding {
	case "base64":
		return base64.NewDecoder(base64.RawStdEncoding, &base64Only{in: in})
	case "quoted-printable":
		return quotedprintable.NewReader(in)
	}
	return in
}

// base64Only passes the digits of base64 on and nothing else: ends of lines,
// what programs put between them, and the padding.
type base64Only struct{ in io.Reader }

func (r *base64Only) Read(p []byte) (int, error) {
	for {
		n, err := r.in.Read(p)
		kept := 0
		for _, c := range p[:n] {
			if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
				p[kept] = c
				kept++
			}
		}
		if kept > 0 || err != nil || len(p) == 0 {
			return kept, err
		}
	}
}

// quotedFrom is a line that begins as one of a box does and was quoted for that.
var quotedFrom = regexp.MustCompile(`(?m)^>(>*From )`)

// asText is what a part holds as UTF-8.
func (p *mailPart) asText(raw []byte) []byte {
	text, ok := decodeLabelled(p.charset, raw)
	if !ok || !utf8.Valid(text) {
		if text = raw; !utf8.Valid(text) {
			text = windows1252.appendUTF8(nil, text)
		}
	}
	text = bytes.ReplaceAll(text, []byte{0}, nil)
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte{'\n'})
	if bytes.Contains(text, []byte(">From ")) {
		text = quotedFrom.ReplaceAll(text, []byte("$1"))
	}
	return text
}

// decodeWords is a field of a header as text: words in other charsets (RFC 2047)
// decoded.
func decodeWords(raw []byte) string {
	if !utf8.Valid(raw) {
		raw = windows1252.appendUTF8(nil, raw)
	}
	text := string(raw)
	if strings.Contains(text, "=?") {
		if decoded, err := wordDecoder.DecodeHeader(text); err == nil && utf8.ValidString(decoded) {
			text = decoded
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(text, "\x00", ""))
}

var errCharset = errors.New("a charset that is not known")

var wordDecoder = &mime.WordDecoder{CharsetReader: func(label string, in io.Reader) (io.Reader, error) {
	raw, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	text, ok := decodeLabelled(label, raw)
	if !ok {
		return nil, errCharset
	}
	return bytes.NewReader(text), nil
}}

// sender is the mail address in a field, and the name beside it.
func sender(raw []byte) (address, name string) {
	text := decodeWords(raw)
	by := mail.AddressParser{WordDecoder: wordDecoder}
	if !utf8.Valid(raw) {
		raw = []byte(text)
	}
	if all, err := by.ParseList(string(raw)); err == nil && len(all) > 0 {
		return all[0].Address, all[0].Name
	}
	if from, to := strings.LastIndexByte(text, '<'), strings.LastIndexByte(text, '>'); from >= 0 && to > from {
		return strings.TrimSpace(text[from+1 : to]), strings.Trim(strings.TrimSpace(text[:from]), `"`)
	}
	if strings.Contains(text, "@") && !strings.Contains(text, " ") {
		return text, ""
	}
	return "", text
}

// mailDate is a date in ISO 8601; as it is written where it is none.
func mailDate(raw []byte) string {
	text := decodeWords(raw)
	when, err := mail.ParseDate(text)
	if err != nil || when.Year() < 1 || when.Year() > 9999 {
		return text
	}
	return when.Format("2006-01-02T15:04:05Z07:00")
}

// htmlText is what a page says, a line for each block.
func htmlText(page []byte) []byte {
	var text []byte
	z := html.NewTokenizer(bytes.NewReader(page))
	hidden := 0 // elements under way whose text is not shown
	newLine := func() {
		if len(text) > 0 && text[len(text)-1] != '\n' {
			text = append(bytes.TrimRight(text, " "), '\n')
		}
	}
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return text
		case html.TextToken:
			if hidden > 0 {
				continue
			}
			said := z.Text()
			words := bytes.Fields(said)
			if len(words) == 0 {
				if len(said) > 0 && len(text) > 0 && text[len(text)-1] != '\n' && text[len(text)-1] != ' ' {
					text = append(text, ' ')
				}
				continue
			}
			if c := said[0]; (c == ' ' || c == '\n' || c == '\t') && len(text) > 0 && text[len(text)-1] != '\n' && text[len(text)-1] != ' ' {
				text = append(text, ' ')
			}
			text = append(text, bytes.Join(words, []byte{' '})...)
			if c := said[len(said)-1]; c == ' ' || c == '\n' || c == '\t' {
				text = append(text, ' ')
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch atom.Lookup(name) {
			case atom.Script, atom.Style, atom.Title:
				switch {
				case kind == html.StartTagToken:
					hidden++
				case kind == html.EndTagToken && hidden > 0:
					hidden--
				}
			case atom.Br, atom.P, atom.Div, atom.Tr, atom.Li, atom.Table, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.Blockquote, atom.Hr, atom.Pre:
				newLine()
			case atom.Td, atom.Th:
				if len(text) > 0 && text[len(text)-1] != '\n' && text[len(text)-1] != ' ' {
					text = append(text, ' ')
				}
			}
		}
	}
}
