package dump

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

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
	raws []*raw // by input, once it is read
}

// open opens the text of m. Members of one input are opened one after another.
func (s *scans) open(m *member) (*text, error) {
	r := s.raws[m.input]
	if r == nil {
		r = s.dump.sources[m.input].hashed(s.dump.options.Progress)
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
		if r == nil {
			r = s.dump.sources[i].hashed(progress.None)
		}
		if _, err := io.Copy(io.Discard, struct{ io.Reader }{r}); err != nil {
			return fmt.Errorf("reading the dump: %w", err)
		}
		a.BytesAccounted += r.read
		s.dump.Inputs[i].SHA256 = hex.EncodeToString(r.hash.Sum(nil))
	}
	return nil
}

// alone runs over one member, for a look ahead of the scan.
func (d *Dump) alone(ctx context.Context, m *member, r run) error {
	return r.do(ctx, []*member{m}, func(m *member) (*text, error) {
		in, err := m.packed.open(d.sources[m.input].raw(), d.options.MaxDecoded)
		if err != nil {
			return nil, err
		}
		return m.text(in), nil
	})
}
