package dump

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"strconv"
	"strings"
)

// Limits of a message. What is beyond the parts is told; what is beyond the
// depth is read as text, and headers as far as they go.
const (
	maxParts      = 1000
	maxMailDepth  = 16
	maxMailHeader = 256 << 10 // bytes
	mailLine      = 64 << 10  // bytes of a line that are looked at together
)

// mailMessage is a message as it lies in a box.
type mailMessage struct {
	from, to int64 // with the line that precedes it
	header   mailHeader
	parts    []mailPart
	dropped  int64 // bytes of parts that are too many
}

// mailHeader is the fields of a header, each put together.
type mailHeader []mailField

type mailField struct {
	name  string // in small letters
	value []byte
}

// get is the first field of that name.
func (h mailHeader) get(name string) []byte {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// mailPart is a part of a message that holds no parts.
type mailPart struct {
	from, to    int64
	media       string // its type, in small letters
	charset     string
	name        string // of the file it was
	encoding    string // of transfer, in small letters
	attached    bool
	alternative bool // it says in another form what other parts say
}

// body reports a part that is the text of its message.
func (p *mailPart) body() bool {
	return !p.attached && (strings.HasPrefix(p.media, "text/") || p.media == "message/delivery-status")
}

// mailWalk reads messages line by line.
type mailWalk struct {
	in   *bufio.Reader
	at   int64 // of what follows the line under way
	each func(*mailMessage) error

	message *mailMessage
	guard   int64 // up to where no line begins a message: the header told the length
	state   mailState
	header  mailHeader
	size    int        // bytes of header
	nests   []mailNest // the parts that the one under way is in
	part    *mailPart  // under way, or nil
}

type mailState uint8

const (
	mailHead   mailState = iota // the header of a message or of a part
	mailBody                    // what a part holds
	mailAround                  // what stands before, between and behind parts
)

// mailNest is a part that holds parts.
type mailNest struct {
	boundary    []byte // with the dashes
	alternative bool
	parts       int   // begun
	start       int64 // of the lines before the first
}

// walkMail tells the messages of a box, in order; of a single message, that one;
// of messages put together, each.
func walkMail(ctx context.Context, in io.ReaderAt, size int64, of []*blob, each func(*mailMessage) error) error {
	head := make([]byte, min(size, 512))
	if n, err := in.ReadAt(head, 0); n < len(head) {
		return err
	}
	line, _ := nextLine(head)
	w := &mailWalk{in: bufio.NewReaderSize(nil, mailLine), each: each}
	if len(of) == 0 {
		return w.run(ctx, in, 0, size, isFromLine(line))
	}
	at := int64(0)
	for _, b := range of {
		if err := w.run(ctx, in, at, b.size, false); err != nil {
			return err
		}
		at += b.size
	}
	return nil
}

// run reads what lies at a place: a box, or one message.
func (w *mailWalk) run(ctx context.Context, in io.ReaderAt, from, size int64, box bool) error {
	w.in.Reset(io.NewSectionReader(in, from, size))
	w.at = from
	if !box {
		w.begin(from)
	}
	blank, whole := true, true // the line before was blank; it ended
	ending := int64(0)         // bytes of the end of the line before
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := w.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if len(line) == 0 {
			return w.finish(w.at, w.at)
		}
		start := w.at
		w.at += int64(len(line))
		text := bytes.TrimRight(line, "\r\n")
		if whole {
			if box && blank && start >= w.guard && isFromLine(line) {
				if err := w.finish(start, start-ending); err != nil {
					return err
				}
				w.begin(start)
			} else if w.message != nil {
				w.line(in, text, start, ending, from+size)
			}
		}
		ending = int64(len(line) - len(text))
		whole = line[len(line)-1] == '\n'
		blank = len(text) == 0
	}
}

// begin begins a message.
func (w *mailWalk) begin(at int64) {
	w.message = &mailMessage{from: at}
	w.state, w.header, w.size, w.nests, w.part, w.guard = mailHead, nil, 0, nil, nil, 0
}

// finish ends the message at to; its last line ends at text.
func (w *mailWalk) finish(to, text int64) error {
	m := w.message
	if m == nil {
		return nil
	}
	if w.state == mailHead {
		w.headed(nil, to, to)
	}
	w.endPart(max(text, m.from))
	w.leave(0, text)
	m.to = to
	w.message = nil
	return w.each(m)
}

// line takes a line of a message. The one before ended with so many bytes.
func (w *mailWalk) line(in io.ReaderAt, text []byte, start, ending, size int64) {
	if w.state != mailHead {
		w.boundary(text, start-ending)
		return
	}
	switch name := headerName(text); {
	case len(text) == 0:
		w.headed(in, w.at, size)
	case (text[0] == ' ' || text[0] == '\t') && len(w.header) > 0:
		if w.size += len(text); w.size <= maxMailHeader {
			last := &w.header[len(w.header)-1]
			last.value = append(append(last.value, ' '), bytes.TrimLeft(text, " \t")...)
		}
	case name != "":
		if w.size += len(text); w.size <= maxMailHeader {
			w.header = append(w.header, mailField{strings.ToLower(name), bytes.Clone(bytes.TrimSpace(text[len(name)+1:]))})
		}
	case text[0] == '>' && len(w.header) == 0: // a line of the box, quoted
	default: // a header without its end
		w.headed(in, start, size)
		w.boundary(text, start)
	}
}

// headed ends a header: what follows lies at that place.
func (w *mailWalk) headed(in io.ReaderAt, at, size int64) {
	top := w.message.header == nil && len(w.nests) == 0
	if top {
		w.message.header = w.header
		if w.message.header == nil {
			w.message.header = mailHeader{}
		}
		w.guard = w.length(in, at, size)
	}
	p := readPart(w.header)
	p.from = at
	media, parameters := mediaOf(w.header.get("content-type"))
	w.header, w.size = nil, 0
	if boundary := parameters["boundary"]; strings.HasPrefix(media, "multipart/") && boundary != "" && len(w.nests) < maxMailDepth {
		w.nests = append(w.nests, mailNest{boundary: []byte("--" + strings.TrimRight(boundary, " ")), alternative: media == "multipart/alternative", start: at})
		w.state = mailAround
		return
	}
	for _, n := range w.nests {
		p.alternative = p.alternative || n.alternative
	}
	w.part, w.state = &p, mailBody
}

// length is the end of a message whose header tells its length, if that can be
// right; else 0.
func (w *mailWalk) length(in io.ReaderAt, at, size int64) int64 {
	n, err := strconv.ParseInt(string(w.header.get("content-length")), 10, 64)
	if in == nil || err != nil || n <= 0 || n > size-at {
		return 0
	}
	if size-at-n <= 2 {
		return at + n
	}
	next := make([]byte, min(8, size-at-n))
	if got, _ := in.ReadAt(next, at+n); got == len(next) && bytes.HasPrefix(bytes.TrimLeft(next, "\r\n"), []byte("From ")) {
		return at + n
	}
	return 0
}

// boundary looks whether a line ends the part under way, which then ends at to.
func (w *mailWalk) boundary(text []byte, to int64) {
	if len(w.nests) == 0 || !bytes.HasPrefix(text, []byte("--")) {
		return
	}
	text = bytes.TrimRight(text, " \t")
	for i := len(w.nests) - 1; i >= 0; i-- {
		rest, ok := bytes.CutPrefix(text, w.nests[i].boundary)
		if !ok || len(rest) > 0 && string(rest) != "--" {
			continue
		}
		w.endPart(to)
		w.leave(i+1, to)
		w.nests[i].parts++
		if len(rest) > 0 {
			if w.state = mailAround; i > 0 {
				w.leave(i, to)
			}
			return
		}
		w.state, w.header, w.size = mailHead, nil, 0
		return
	}
}

// leave leaves all but the outermost n nests. One whose boundary never came is
// text.
func (w *mailWalk) leave(n int, to int64) {
	for _, nest := range w.nests[n:] {
		if nest.parts == 0 && to > nest.start {
			w.part = &mailPart{from: nest.start, media: "text/plain"}
			w.endPart(to)
			break // what it was in holds it too
		}
	}
	w.nests = w.nests[:n]
}

// endPart ends the part under way.
func (w *mailWalk) endPart(to int64) {
	if w.part == nil {
		return
	}
	p := *w.part
	w.part = nil
	p.to = max(to, p.from)
	if p.to == p.from && !p.attached {
		return
	}
	if len(w.message.parts) == maxParts {
		w.message.dropped += p.to - p.from
		return
	}
	w.message.parts = append(w.message.parts, p)
}

// readPart reads what a header says of the part that follows it.
func readPart(h mailHeader) mailPart {
	media, parameters := mediaOf(h.get("content-type"))
	disposition, more := mediaOf(h.get("content-disposition"))
	p := mailPart{media: media, charset: parameters["charset"]}
	if p.media == "" || !strings.Contains(p.media, "/") || strings.HasPrefix(p.media, "multipart/") {
		p.media = "text/plain"
	}
	p.encoding = strings.ToLower(string(bytes.TrimSpace(h.get("content-transfer-encoding"))))
	if p.name = more["filename"]; p.name == "" {
		p.name = parameters["name"]
	}
	p.name = decodeWords([]byte(p.name))
	p.attached = disposition == "attachment" || p.name != ""
	return p
}

// mediaOf reads a value and its parameters, also where the form is not kept.
func mediaOf(value []byte) (string, map[string]string) {
	if len(value) == 0 {
		return "", nil
	}
	media, parameters, err := mime.ParseMediaType(string(value))
	if err == nil {
		return media, parameters
	}
	head, rest, _ := strings.Cut(string(value), ";")
	parameters = map[string]string{}
	for field := range strings.SplitSeq(rest, ";") {
		key, what, ok := strings.Cut(field, "=")
		if key = strings.ToLower(strings.TrimSpace(key)); ok && parameters[key] == "" {
			parameters[key] = strings.Trim(strings.TrimSpace(what), `"`)
		}
	}
	return strings.ToLower(strings.TrimSpace(head)), parameters
}
