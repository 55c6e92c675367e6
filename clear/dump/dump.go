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
	"runtime"

	"constat.example/internal/progress"
)

// Options is how a dump is read. The zero value is good.
type Options struct {
	Threads    int            // goroutines that parse; default: the number of cores
	Progress   progress.Meter // hears of bytes of the inputs as they lie on disk; default: progress.None
	MaxRow     int            // longest row in bytes of decoded text, longer ones are rejected; default 16 MiB
	MaxDecoded int64          // most bytes one packed file or member may unpack to; default: 4 GiB, or 250 times its packed size where that is more
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
	return o
}

// Dump is a set of inputs and the tables found in them.
type Dump struct {
	Inputs []Input
	Tables []Table

	options Options
	chunk   int // bytes of text a parser is handed at a time
	members []member
	owner   []int            // by table, index in members
	samples map[int][]*sieve // by member of several tables, what a pass for samples of all of them kept
	refused []refusal
}

// Input is one file as it was given.
type Input struct {
	Name   string // base name, cleaned of control characters
	Path   string
	Bytes  int64
	SHA256 string // in hexadecimal; empty until Scan has read the file
}

// Table is one table found in the inputs.
type Table struct {
	Input   int      // index in Inputs
	Name    string   // of the file, of the member within it, and of the table within that where it may hold several
	Format  string   // how rows are written, by the names of Formats; and how they are packed
	Dialect string   // in words: separator, quote, encoding, header
	Columns []string // names from the header or the keys; else "column 1", "column 2" …
	Header  bool     // the names come from the file
	Keys    []Key    // that the file declares, as SQL does
}

// Open finds out of every input how it is packed, encoded and written. It reads
// samples only, except of JSON and SQL, which are read whole for their keys and
// tables: a key that only the last element has is a column like any other.
//
// Errors are coded failure.BadInput, with a hint: a file that is missing,
// empty, a directory, binary noise, of a format not read, or encrypted.
func Open(ctx context.Context, paths []string, o Options) (*Dump, error) {
	return open(ctx, paths, o, chunkSize)
}

func open(ctx context.Context, paths []string, o Options, chunk int) (*Dump, error) {
	d := &Dump{options: o.withDefaults(), chunk: chunk}
	for _, path := range paths {
		if err := d.add(ctx, path); err != nil {
			return nil, err
		}
	}
	return d, nil
}
