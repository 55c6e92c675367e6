package dump

import (
	"context"
	"errors"
	"io"

	"constat.example/internal/progress"
)

// member is one file within an input, or the input itself, and the tables it
// holds. Either it is text, in a layout that can be cut, or it is whole.
type member struct {
	index   int // in Dump.members
	table   int // index in Dump.Tables of its first table
	name    string
	blob    *blob
	file    *entry
	charset charset
	layout  layout
	whole   wholeLayout
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

// describe says how the member is written, in words.
func (m *member) describe() string {
	if m.whole != nil {
		return m.whole.describe()
	}
	return m.layout.describe()
}

// broken is the error with which an unpacker ends where data ends too soon, or
// goes on past its end. What was unpacked before stands.
type broken struct {
	why   reason
	bytes int64 // of the packed bytes that are not unpacked
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

// gauge tells a meter how much of an input a member has used up.
type gauge struct {
	meter  progress.Meter
	in     *input
	size   int64 // of the member; -1 where it is not known
	weight int64 // bytes of the input that it takes up
	before int64 // bytes of the input read before it
	read   int64 // bytes of the member
	given  int64 // told to the meter
}

func (d *Dump) gauge(m *member) *gauge {
	in := d.inputs[m.blob.input]
	return &gauge{meter: d.options.Progress, in: in, size: m.blob.size, weight: m.blob.weight, before: in.read}
}

// took hears of bytes of the member that were read.
func (g *gauge) took(n int) {
	g.read += int64(n)
	used := g.in.read - g.before
	if g.size > 0 {
		used = int64(float64(g.read) / float64(g.size) * float64(g.weight))
	}
	g.give(used)
}

func (g *gauge) give(used int64) {
	if used = min(used, g.weight); used > g.given {
		g.meter.Add(used - g.given)
		g.given = used
	}
}

// alone runs over one member, for a look ahead of the scan. stage names the
// work for the meter; without it nobody hears.
func (d *Dump) alone(ctx context.Context, m *member, r run, stage string) error {
	gauged := func(m *member) *gauge {
		g := d.gauge(m)
		g.meter = progress.None
		return g
	}
	if stage != "" {
		d.options.Progress.Stage(stage, m.blob.weight, "bytes")
		gauged = d.gauge
	}
	return r.do(ctx, []*member{m}, gauged)
}
