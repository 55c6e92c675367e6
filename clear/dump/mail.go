package dump

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
)

// mailContainer is mail: boxes of messages one after another (mbox, in all its
// ways of quoting), single messages (RFC 5322), and single messages that lie
// side by side. In it are a table of the messages, and what is attached to them
// (RFC 2045 and 2046).
type mailContainer struct{}

func (mailContainer) name() string { return "mail" }

func (mailContainer) about() Packing {
	return Packing{
		Name: "mail", What: "mbox, single messages (eml), folders of them: a table of messages (date, people, subject, text), and each attachment as a file, messages within messages too",
		NotRead: "S/MIME and PGP encryption, uuencode; Outlook's own formats (msg, pst)",
	}
}

func (mailContainer) magic(head []byte) bool {
	if bytes.HasPrefix(head, []byte("From ")) {
		line, rest := nextLine(head)
		return isFromLine(line) && (headerName(rest) != "" || len(rest) == 0)
	}
	return isMessage(head)
}

// fromLine is the line before each message of a box: it has a time and a year.
var fromLine = regexp.MustCompile(`^From .{0,300}\b\d\d?:\d\d\b.{0,80}$`)

func isFromLine(line []byte) bool {
	return bytes.HasPrefix(line, []byte("From ")) && fromLine.Match(bytes.TrimRight(line, "\r\n"))
}

// isMessage reports text that begins with the header of a message.
func isMessage(head []byte) bool {
	var sender, others int
	for rest := head; len(rest) > 0; {
		var line []byte
		line, rest = nextLine(rest)
		if len(line) == 0 || len(rest) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			continue
		}
		switch strings.ToLower(headerName(line)) {
		case "":
			return false
		case "from", "sender", "return-path", "received":
			sender++
		case "to", "subject", "date", "message-id", "mime-version", "delivered-to", "content-type", "cc", "dkim-signature":
			others++
		}
	}
	return sender > 0 && others > 1
}

// headerName is the name of the field that a line of a header begins; "" where
// it begins none.
func headerName(line []byte) string {
	for i, c := range line {
		switch {
		case c == ':':
			return string(line[:i])
		case c <= ' ' || c >= 0x7f || i > 100:
			return ""
		}
	}
	return ""
}

func (mailContainer) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	in, size, err := f.random(ctx)
	if err != nil {
		return nil, nil, err
	}
	messages := section("messages", in, 0, size)
	messages.as = mailFormat{of: f.blob.of}
	if f.blob.broken != nil {
		messages.breakOff(f.blob.broken)
	}
	all := []*blob{messages}
	var refused []refusal
	n := 0
	err = walkMail(ctx, in, size, f.blob.of, func(m *mailMessage) error {
		n++
		for i := range m.parts {
			p := &m.parts[i]
			if p.body() {
				continue
			}
			name := fmt.Sprintf("%d/%s", n, p.fileName(i))
			if b := p.blob(in, name); b != nil {
				messages.packed -= b.packed
				all = append(all, b)
			} else {
				refused = append(refused, refusal{name: name, why: unreadMethod, bytes: p.to - p.from})
			}
		}
		if m.dropped > 0 {
			refused = append(refused, refusal{name: fmt.Sprint(n), why: tooMany, bytes: m.dropped})
		}
		return nil
	})
	return all, refused, err
}

// fileName is the name of an attachment, without folders.
func (p *mailPart) fileName(at int) string {
	name := path.Base(strings.ReplaceAll(p.name, `\`, "/"))
	if name == "." || name == "/" || name == ".." {
		name = fmt.Sprintf("part %d", at+1)
		if p.media == "message/rfc822" {
			name += ".eml"
		}
	}
	return name
}

// blob is what is attached; nil where it is packed in a way that is not read.
func (p *mailPart) blob(in io.ReaderAt, name string) *blob {
	b := section(name, in, p.from, p.to-p.from)
	switch p.encoding {
	case "", "7bit", "8bit", "binary":
		return b
	case "base64", "quoted-printable":
	default:
		return nil
	}
	raw := b.at
	b.at, b.size = nil, -1
	b.open = func() (io.ReadCloser, error) {
		s := &stream{limit: b.packed + 1, out: io.NopCloser(p.decoded(io.NewSectionReader(raw, 0, b.packed)))}
		s.reason = func(error) (reason, bool) { return corrupt, true }
		return s, nil
	}
	return b
}

// mailFolders gathers single messages that lie side by side: a table each would
// say nothing.
type mailFolders struct{}

// folderName is a name as single messages have them: in a Maildir, or by their
// end.
var folderName = regexp.MustCompile(`(?i)\.(eml|emlx|msg\.txt)$|(^|/)(cur|new)/[^/]+$`)

func (mailFolders) gather(ctx context.Context, d *Dump, siblings []*blob) ([]*blob, []refusal, error) {
	folders := map[string][]*blob{}
	taken := map[*blob]bool{}
	for _, b := range siblings {
		name := b.name
		if name == "" {
			name = d.inputs[b.input].Name
		}
		if !folderName.MatchString(name) {
			continue
		}
		head, err := b.start()
		if err != nil {
			return nil, nil, err
		}
		// A header may be longer than what is looked at: its whole lines tell.
		if bytes.HasPrefix(head, []byte("From ")) || !isMessage(head[:bytes.LastIndexByte(head, '\n')+1]) {
			continue
		}
		if _, _, err := d.random(ctx, b); err != nil {
			if _, ok := errors.AsType[*broken](err); !ok {
				return nil, nil, err
			}
			continue // it is told where it is entered
		}
		if b.broken != nil {
			continue
		}
		folders[path.Dir(name)] = append(folders[path.Dir(name)], b)
		taken[b] = true
	}
	var left []*blob
	for _, b := range siblings {
		if !taken[b] {
			left = append(left, b)
			continue
		}
		name := b.name
		if name == "" {
			name = d.inputs[b.input].Name
		}
		folder := folders[path.Dir(name)]
		switch {
		case len(folder) < 2:
			left = append(left, b)
		case folder[0] == b:
			box := join(folder)
			box.in = mailContainer{}
			if b.name != "" {
				box.name = strings.TrimPrefix(path.Dir(b.name), ".")
			}
			d.takeOver(box)
			left = append(left, box)
		}
	}
	return slices.Clip(left), nil, nil
}
