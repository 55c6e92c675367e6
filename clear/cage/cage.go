// Package cage reads dumps in a child process that can do nothing else. Whoever
// wrote a dump may know a mistake in one of its readers; in the cage that
// mistake opens no file, reaches no network and starts no program, and it ends
// the child, not the work.
//
// The child is the same program, started with a word that makes it call Serve.
// It inherits the files as descriptors, opens nothing by name, and shuts itself
// in before it looks at their first byte. Requests go down one pipe, answers
// come up another; the parent believes none of them unchecked.
package cage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"filippo.io/age"

	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// Config is how dumps are read. The zero value reads in this process.
type Config struct {
	Command   []string      // program and arguments that start the child; none: everything happens in this process
	PDF       []string      // the same for what reads PDF documents, which calls ServePDF; none: they are not read
	Memory    int64         // bytes the child keeps within, and may not exceed by much; default 512 MiB
	Stall     time.Duration // how long the child may show no progress; default 2 minutes
	Spool     *os.File      // an unlinked file for what is unpacked; the caller closes it after the Reader
	SpoolSize int64         // most bytes of it; default 16 GiB
}

func (c Config) withDefaults() Config {
	if c.Memory <= 0 {
		c.Memory = 512 << 20
	}
	if c.Stall <= 0 {
		c.Stall = 2 * time.Minute
	}
	if c.SpoolSize <= 0 {
		c.SpoolSize = 16 << 30
	}
	return c
}

// Input is a file to be read. The caller closes it after the Reader.
type Input struct {
	Name     string // base name
	File     *os.File
	Size     int64  // bytes, decrypted
	Identity string // the age X25519 identity that opens File, or "" when it lies in the clear
}

// Reader is a dump that is open in the cage. Its methods are called one at a
// time. Once one of them has failed or was cancelled, the others fail too.
type Reader struct {
	Inputs []dump.Input
	Tables []dump.Table
	// Missing says in a sentence what holds the child less than it should on
	// this machine; "" when nothing does.
	Missing string

	within reading
	child  *child
}

// reading is what dump.Dump offers.
type reading interface {
	Sample(ctx context.Context, index, n int) (*table.Batch, error)
	Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (*dump.Account, error)
}

// Open opens a dump as dump.Open does, in a child. What the child wants to say
// of its work is said to o's Progress and Working here. Close ends it.
//
// A child that dies, does not go on or answers nonsense is a *Crash.
func Open(ctx context.Context, config Config, inputs []Input, o dump.Options) (*Reader, error) {
	config = config.withDefaults()
	var pdf *pdfReader
	if len(config.PDF) > 0 {
		pdf = newPDFReader(config, inputs)
		o.PDFText = pdf.text
	}
	if len(config.Command) > 0 {
		return openChild(ctx, config, inputs, o, pdf)
	}
	sources, err := open(inputs, nil)
	if err != nil {
		return nil, err
	}
	if config.Spool != nil {
		o.Spool = func() (*os.File, error) { return config.Spool, nil }
	}
	d, err := dump.Open(ctx, sources, o)
	if err != nil {
		return nil, err
	}
	return &Reader{Inputs: d.Inputs, Tables: d.Tables, within: d}, nil
}

// Sample is dump.Dump's.
func (r *Reader) Sample(ctx context.Context, index, n int) (*table.Batch, error) {
	return r.within.Sample(ctx, index, n)
}

// Scan is dump.Dump's.
func (r *Reader) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (*dump.Account, error) {
	return r.within.Scan(ctx, each)
}

// Close ends the child, whatever it is at.
func (r *Reader) Close() error {
	if r.child != nil {
		r.child.end()
	}
	return nil
}

// Crash says that the reader failed: it died, did not go on, took more than it
// may, or answered nonsense. It is a failure of the dump, for which another
// reading without Member may be the way out.
type Crash struct {
	Member string // the file, and the member within it; "" when it may be one of several
	Why    string // a clause
}

func (c *Crash) Error() string {
	if c.Member == "" {
		return "the reader failed on the dump: " + c.Why
	}
	return fmt.Sprintf("the reader failed on %s: %s", c.Member, c.Why)
}

// Unwrap is what to do about it.
func (c *Crash) Unwrap() error {
	return failure.New(failure.BadInput, "Name the other files without it, and please report which program wrote it.", "%s", c.Error())
}

// open makes sources of inputs. What is read of them is added to progress,
// where that is wanted.
func open(inputs []Input, progress *atomic.Int64) ([]dump.Source, error) {
	var sources []dump.Source
	for _, in := range inputs {
		s := dump.Source{Name: in.Name, Size: in.Size, At: in.File}
		if in.Identity != "" {
			identity, err := age.ParseX25519Identity(in.Identity)
			if err != nil {
				return nil, errors.New("opening a sealed file: the identity is none")
			}
			info, err := in.File.Stat()
			if err != nil {
				return nil, fmt.Errorf("opening a sealed file: %w", err)
			}
			at, size, err := age.DecryptReaderAt(in.File, info.Size(), identity)
			if err != nil {
				return nil, fmt.Errorf("opening a sealed file: %w", err)
			}
			if size != in.Size {
				return nil, fmt.Errorf("opening a sealed file: it holds %d bytes where %d were sealed", size, in.Size)
			}
			s.At = sealed{at, s.Name}
		}
		if progress != nil {
			s.At = counted{s.At, progress}
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// sealed tells a broken seal from trouble of the disk.
type sealed struct {
	io.ReaderAt
	name string
}

func (s sealed) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(p, off)
	if _, disk := errors.AsType[*fs.PathError](err); err != nil && !disk && !errors.Is(err, io.EOF) {
		err = failure.New(failure.BadInput, "Bring the sealed file back from a backup, or assess the original anew.", "%s was altered since it was sealed: its seal is broken", s.name)
	}
	return n, err
}

// counted counts what is read.
type counted struct {
	io.ReaderAt
	bytes *atomic.Int64
}

func (c counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(p, off)
	c.bytes.Add(int64(n))
	return n, err
}
