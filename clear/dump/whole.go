package dump

import (
	"context"
	"fmt"
	"io"

	"github.com/klauspost/compress/zip"
)

// A whole format reads a file by itself: because it is no text, because it is
// read at several places, or because its rows cannot be cut before they are
// read. It holds one table or several.
type whole interface {
	// probe says from 0 (not this format) to 1 (certain) how much the file looks
	// like the format. It does so from what is at hand, and looks into the file
	// only where its first bytes already speak for it.
	probe(ctx context.Context, l *look) float64
	// open finds the tables, which may take reading all of the file. An error
	// coded failure.BadInput says that nothing of it can be read.
	open(ctx context.Context, f *entry) (wholeLayout, error)
	about() About
}

// wholes are the formats that read files by themselves.
var wholes = []whole{
	xlsxFormat{},
	odsFormat{},
	spreadsheetMLFormat{},
	xlsFormat{},
	htmlFormat{},
	xmlTablesFormat{},
	sqliteFormat{},
	parquetFormat{},
	arrowFormat{},
	avroFormat{},
	pgCopyFormat{},
	bsonFormat{},
	mongoArchive{},
}

// certain is the probe's answer of a format that is told by its very first
// bytes: it is believed before containers are.
const certain = 1.0

// look is what is seen of a file before it is read.
type look struct {
	head []byte // its first bytes, at most headSize
	text []byte // the same as text; nil where it is none
	file *entry

	zip   *zip.Reader // the directory, where it is a zip archive that was looked into
	noZip bool        // it was looked for
}

// wholeLayout is how the rows of one file lie.
type wholeLayout interface {
	describe() string // the format's name, a colon, and how it is written
	shapes() []shape
	// read tells out every row, in order, with out.into saying of which table,
	// and what is no row where it is worth a reject. It may say how many bytes
	// of the file each took; what it does not say is taken as read in full, so
	// that whatever was not read must be told as a reject, with its place. An
	// error ends the run: what is wrong with the file is a reject instead.
	read(ctx context.Context, out *output) error
}

// entry is a blob as formats and containers see it.
type entry struct {
	name string // fit to be shown
	dump *Dump
	blob *blob
	took func(n int) // hears of bytes read, during the scan
}

// reader reads from start to end, any number of times. A *broken error ends
// what is damaged; what came before stands.
func (f *entry) reader() (io.ReadCloser, error) {
	in, err := f.blob.open()
	if err != nil || f.took == nil {
		return in, err
	}
	return &tookReader{in, f.took}, nil
}

type tookReader struct {
	io.ReadCloser
	took func(int)
}

func (r *tookReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.took(n)
	return n, err
}

// random reads at any place. What cannot be is unpacked first.
func (f *entry) random(ctx context.Context) (io.ReaderAt, int64, error) {
	at, size, err := f.dump.random(ctx, f.blob)
	if err != nil || f.took == nil {
		return at, size, err
	}
	return &tookReaderAt{at, f.took}, size, nil
}

type tookReaderAt struct {
	io.ReaderAt
	took func(int)
}

func (r *tookReaderAt) ReadAt(p []byte, at int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, at)
	r.took(n)
	return n, err
}

// budget is the most bytes that what is packed in f may unpack to.
func (f *entry) budget() int64 { return f.dump.budget(f.blob.input) }

// passwords are those that were offered.
func (f *entry) passwords() [][]byte { return f.dump.options.Passwords }

// maxRow is the longest row in bytes.
func (f *entry) maxRow() int { return f.dump.options.MaxRow }

// whole reads a member whose format does so itself.
func (f *feeder) whole(m *member, g *gauge) error {
	c := &chunk{member: m, out: make(chan *piece, 1)}
	select {
	case f.queue <- c:
	case <-f.ctx.Done():
		return context.Cause(f.ctx)
	}
	o := &output{ctx: f.ctx, c: c, spare: f.spare}
	o.fresh()
	m.file.took = g.took
	err := m.whole.read(f.ctx, o)
	m.file.took = nil
	o.hand()
	close(c.out)
	if err != nil {
		return err
	}
	size := m.blob.size
	if size < 0 {
		size = g.read
	}
	if o.told > size {
		return fmt.Errorf("reading %s: %d bytes of %d accounted for", m.name, o.told, size)
	}
	p := &piece{decoded: size, spans: size - o.told}
	p.batch.Table = m.table
	if end := m.blob.broken; end != nil {
		p.rejects.add(end.why, end.bytes, Place{Offset: size})
	}
	return f.send(&chunk{member: m, ready: p})
}
