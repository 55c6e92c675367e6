package dump

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"constat.example/internal/progress"
)

// member is one decoded text within an input, and the tables it holds.
type member struct {
	index   int // in Dump.members
	table   int // index in Dump.Tables of its first table
	input   int // index in Dump.Inputs
	name    string
	packed  packed
	charset charset
	layout  layout
	shapes  []shape
	start   int64 // offset of the first row in the decoded text
}

// width is the number of columns of one of the member's tables.
func (m *member) width(table int) int {
	if len(m.shapes) == 0 {
		return 0 // not known yet
	}
	return len(m.shapes[table].columns)
}

// raw is an input read from start to end: it counts and hashes what it reads.
type raw struct {
	file  *os.File
	hash  hash.Hash // nil when nobody asks
	meter progress.Meter
	read  int64
}

func openRaw(path string) (*raw, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the dump: %w", err)
	}
	return &raw{file: f, meter: progress.None}, nil
}

func (r *raw) Read(p []byte) (int, error) {
	n, err := r.file.Read(p)
	r.read += int64(n)
	if r.hash != nil {
		_, _ = r.hash.Write(p[:n])
	}
	r.meter.Add(int64(n))
	return n, err
}

// broken is the error with which an unpacker ends where data ends too soon, or
// goes on past its end. What was unpacked before stands.
type broken struct {
	why   reason
	bytes int64 // of the packed input that are not unpacked
}

func (b *broken) Error() string { return b.why.String() }

// text is the decoded text of a member, being read.
type text struct {
	unpacked io.ReadCloser
	decoded  io.Reader
	read     int64
	end      *broken // why it ended, where not at its end
}

func (m *member) text(in io.ReadCloser) *text {
	return &text{unpacked: in, decoded: m.charset.reader(in)}
}

func (t *text) Read(p []byte) (int, error) {
	if t.end != nil {
		return 0, io.EOF
	}
	n, err := t.decoded.Read(p)
	t.read += int64(n)
	if b, ok := errors.AsType[*broken](err); ok {
		t.end = b
		err = io.EOF
	}
	return n, err
}

func (t *text) close() error { return t.unpacked.Close() }

// scans is the inputs of a dump during a scan.
type scans struct {
	dump *Dump
	raws []*raw // by input, while open
}

// open opens the text of m. Members of one input are opened one after another.
func (s *scans) open(m *member) (*text, error) {
	r := s.raws[m.input]
	if r == nil {
		var err error
		if r, err = openRaw(s.dump.Inputs[m.input].Path); err != nil {
			return nil, err
		}
		r.hash = sha256.New()
		r.meter = s.dump.options.Progress
		s.raws[m.input] = r
	}
	in, err := m.packed.open(r, s.dump.options.MaxDecoded)
	if err != nil {
		return nil, err
	}
	return m.text(in), nil
}

// finish reads what no member needed, so that every byte is hashed.
func (s *scans) finish(a *Account) error {
	for i, r := range s.raws {
		in := &s.dump.Inputs[i]
		if r == nil {
			var err error
			if r, err = openRaw(in.Path); err != nil {
				return err
			}
			r.hash = sha256.New()
			s.raws[i] = r
		}
		if _, err := io.Copy(io.Discard, struct{ io.Reader }{r}); err != nil {
			return fmt.Errorf("reading the dump: %w", err)
		}
		a.BytesAccounted += r.read
		in.SHA256 = hex.EncodeToString(r.hash.Sum(nil))
	}
	return nil
}

func (s *scans) close() {
	for _, r := range s.raws {
		if r != nil {
			_ = r.file.Close()
		}
	}
}

// alone runs over one member, for a look ahead of the scan.
func (d *Dump) alone(ctx context.Context, m *member, r run) error {
	return r.do(ctx, []*member{m}, func(m *member) (*text, error) {
		in, err := openRaw(d.Inputs[m.input].Path)
		if err != nil {
			return nil, err
		}
		un, err := m.packed.open(in, d.options.MaxDecoded)
		if err != nil {
			_ = in.file.Close()
			return nil, err
		}
		return m.text(both{un, in.file}), nil
	})
}

// both reads one and closes two.
type both struct {
	io.ReadCloser
	under io.Closer
}

func (b both) Close() error { return errors.Join(b.ReadCloser.Close(), b.under.Close()) }
