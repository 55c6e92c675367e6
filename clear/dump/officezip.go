package dump

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/klauspost/compress/zip"
)

// zipped is the directory of the zip archive that the file looks like; nil
// where it is none.
func (l *look) zipped(ctx context.Context) *zip.Reader {
	if l.zip == nil && !l.noZip {
		l.noZip = true
		if bytes.HasPrefix(l.head, []byte("PK\x03\x04")) {
			if z, err := openZip(ctx, l.file); err == nil {
				l.zip = z
			}
		}
	}
	return l.zip
}

// zipParts are the members of a document that is a zip archive, while it is
// walked through.
type zipParts struct {
	*zip.Reader
	entry *entry
	left  int64 // bytes that may still be unpacked
}

func openParts(ctx context.Context, f *entry) (*zipParts, error) {
	z, err := openZip(ctx, f)
	if err != nil {
		return nil, err
	}
	return &zipParts{z, f, f.budget()}, nil
}

// find is the member of that name.
func (z *zipParts) find(name string) *zip.File {
	if i := slices.IndexFunc(z.File, func(m *zip.File) bool { return m.Name == name }); i >= 0 {
		return z.File[i]
	}
	for _, m := range z.File { // as some programs write it
		if bytes.EqualFold(bytes.ReplaceAll([]byte(m.Name), []byte{'\\'}, []byte{'/'}), []byte(name)) {
			return m
		}
	}
	return nil
}

// part is a member being read. Where it ends too soon, cause is why.
type part struct {
	z     *zipParts
	m     *zip.File
	out   io.ReadCloser
	from  int64 // of what is packed, in the file
	cause *broken
	err   error // of the source
}

func (z *zipParts) open(m *zip.File) *part {
	p := &part{z: z, m: m}
	var err error
	if m.Flags&1 != 0 {
		p.cause = &broken{why: encrypted}
		return p
	}
	if p.from, err = m.DataOffset(); err == nil {
		p.out, err = m.Open()
	}
	if err != nil {
		p.fail(err)
	}
	return p
}

func (p *part) fail(err error) {
	switch {
	case isSourceError(err) || errors.Is(err, context.Canceled):
		p.err = err
	case errors.Is(err, io.EOF):
	case errors.Is(err, io.ErrUnexpectedEOF):
		p.cause = &broken{why: cutShort}
	default:
		p.cause = &broken{why: corrupt}
	}
}

func (p *part) Read(b []byte) (int, error) {
	if p.out == nil || p.cause != nil || p.err != nil {
		return 0, io.EOF
	}
	if p.z.left <= 0 {
		p.cause = &broken{why: bomb}
		return 0, io.EOF
	}
	n, err := p.out.Read(b[:min(int64(len(b)), p.z.left)])
	p.z.left -= int64(n)
	if err != nil {
		p.fail(err)
		err = io.EOF
	}
	return n, err
}

func (p *part) close() {
	if p.out != nil {
		_ = p.out.Close() // what is wrong was told when it was read
	}
}

// place is about where what was unpacked at an offset lies in the file.
func (p *part) place(offset int64) int64 {
	if p.m.UncompressedSize64 == 0 {
		return p.from
	}
	share := min(float64(offset)/float64(p.m.UncompressedSize64), 1)
	return p.from + int64(share*float64(p.m.CompressedSize64))
}

// end is where the member ends in the file.
func (p *part) end() int64 { return p.from + int64(p.m.CompressedSize64) }

// newPartReader reads a member, in UTF-8 or, by its mark, in UTF-16.
func newPartReader(p *part, f *entry) *xmlReader {
	head := make([]byte, 2)
	n := 0
	for n < 2 {
		k, err := p.Read(head[n:])
		n += k
		if err != nil {
			break
		}
	}
	c := utf8Text
	switch string(head[:n]) {
	case "\xff\xfe":
		c = utf16LE
	case "\xfe\xff":
		c = utf16BE
	}
	return newXMLReader(c.reader(io.MultiReader(bytes.NewReader(head[:n]), p)), utf8Text, f.maxRow())
}

// brokenParts are what of a document's own tables cannot be read, to be told
// with its rows.
type brokenParts []brokenPart

type brokenPart struct {
	why           reason
	offset, bytes int64
}

// mostBroken is how many are told one by one.
const mostBroken = 1000

func (b *brokenParts) add(why reason, offset, bytes int64) {
	if n := len(*b); n == mostBroken {
		(*b)[n-1].bytes += bytes
		return
	}
	*b = append(*b, brokenPart{why, offset, bytes})
}

func (b brokenParts) tell(to gridVisitor) {
	for _, w := range b {
		to.reject(-1, w.why, w.offset, w.bytes)
	}
}
