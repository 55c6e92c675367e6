// Package dump opens the files that somebody offers or published: it unpacks
// them, finds out how they are written, and reads them into rows and counted
// rejects. Whoever wrote these files is not to be trusted.
//
// Three things hold whatever the input. Every byte of the decoded text belongs
// to exactly one span (a row, a reject, a header, a preamble, a blank line), and
// the spans are summed and compared with what was decoded. One bad row costs
// that row: the readers resynchronise. Memory stays bounded, and the result
// depends neither on the number of threads nor on how the text was cut up.
//
// A decoded text is what unpacking yields; for UTF-16 and UTF-32 it is that
// text as UTF-8. Offsets of rejects are offsets in the decoded text. Other
// encodings are decoded row by row, so that one row in another encoding is
// mended without harm to the rest.
package dump

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime"

	"constat.example/internal/progress"
)

// Options is how a dump is read. The zero value is good.
type Options struct {
	Threads    int            // goroutines that parse; default: the number of cores
	Progress   progress.Meter // hears of bytes of the inputs as they lie on disk; default: progress.None
	MaxRow     int            // longest row in bytes of decoded text, longer ones are rejected; default 16 MiB
	MaxDecoded int64          // most bytes an input may unpack to; default: 4 GiB, or 250 times its size where that is more
	Depth      int            // how many times over an input may be packed; default: DefaultDepth
	Passwords  [][]byte       // tried on what is encrypted

	// Spool gives the file in which what is unpacked is kept, encrypted, where
	// it must be read at several places; it is asked once at most. Default: one
	// without a name, in the system's temporary folder.
	Spool func() (*os.File, error)
	// PDFText gives the words of a PDF document with their places, as
	// `pdftotext -bbox` writes them. It, or reading what it gives, may fail with a PDFTrouble. Without it
	// such documents are not read.
	PDFText func(ctx context.Context, pdf io.ReaderAt, size int64) (io.ReadCloser, error)
	// Barred are members not to be read, by their names as Working told them.
	Barred []string
	// Working hears the name of each member before it is looked at or read.
	Working func(name string)
	// OneByOne: a member is read once all of the one before is, so that Working
	// tells which one the reader fails on.
	OneByOne bool
}

// Defaults and limits.
const (
	DefaultMaxRow = 16 << 20 // bytes

	minMaxDecoded = 4 << 30 // bytes
	maxRatio      = 250     // unpacked to packed
	chunkSize     = 1 << 20 // bytes of text a parser is handed at a time
)

func (o Options) withDefaults() Options {
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Progress == nil {
		o.Progress = progress.None
	}
	if o.MaxRow <= 0 {
		o.MaxRow = DefaultMaxRow
	}
	if o.Depth <= 0 {
		o.Depth = DefaultDepth
	}
	if o.Spool == nil {
		o.Spool = Unnamed("")
	}
	if o.Working == nil {
		o.Working = func(string) {}
	}
	return o
}

// Dump is a set of inputs and the tables found in them.
type Dump struct {
	Inputs []Input
	Tables []Table

	options Options
	chunk   int // bytes of text a parser is handed at a time
	inputs  []*input
	members []member
	owner   []int            // by table, index in members
	samples map[int][]*sieve // by member of several tables, what a pass for samples of all of them kept
	refused []refusal
	spool   *spool  // nil until something must be kept
	spooled []int64 // by input, bytes unpacked and kept
	small   int64   // of these, bytes kept in memory
}

// Input is one file as it was given.
type Input struct {
	Name  string // base name, cleaned of control characters
	Bytes int64
}

// Table is one table found in the inputs.
type Table struct {
	Input   int      // index in Inputs
	Name    string   // of the file, of the member within it, and of the table within that where it may hold several
	Format  string   // how rows are written, by the names of Formats; and how they are packed, the innermost first
	Dialect string   // in words: separator, quote, encoding, header
	Columns []string // names from the header or the keys; else "column 1", "column 2" …
	Header  bool     // the names come from the file
	Keys    []Key    // that the file declares, as SQL does
}

// Open finds out of every source how it is packed, encoded and written. It reads
// samples only, except of what only tells its columns and tables when it is read
// whole: a key that only the last element of JSON has is a column like any other.
// What is packed so that it cannot be read at any place, and must be, is unpacked
// into the spool. A member that is not read is a reject, and the rest goes on.
//
// Errors are coded failure.BadInput, with a hint, where nothing can be read:
// what is empty, binary noise, of a format not read, or encrypted.
func Open(ctx context.Context, sources []Source, o Options) (*Dump, error) {
	return open(ctx, sources, o, chunkSize)
}

func open(ctx context.Context, sources []Source, o Options, chunk int) (_ *Dump, err error) {
	d := &Dump{options: o.withDefaults(), chunk: chunk, spooled: make([]int64, len(sources))}
	for _, s := range sources {
		s.Name = clean(s.Name)
		d.inputs = append(d.inputs, &input{Source: s})
		d.Inputs = append(d.Inputs, Input{Name: s.Name, Bytes: s.Size})
	}
	if err := d.explore(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Close gives up what was unpacked.
func (d *Dump) Close() error {
	if d.spool == nil {
		return nil
	}
	return d.spool.close()
}
