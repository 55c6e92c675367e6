package cage

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
	"constat.example/internal/visible"
)

// talk is a dump read by a child: what is asked, and what of the answers is
// believed.
type talk struct {
	*child
	options dump.Options
	inputs  []dump.Input
	tables  []dump.Table
	reader  *pdfReader // of PDF documents; nil where there is none
	gaps    *gaps      // once the child is shut in
	member  string     // under way
	members int        // begun since the request
	err     error      // how it ended
}

// said is an error that is not the child's breaking down: one it told of, or
// one of the caller's.
type said struct{ error }

func openChild(ctx context.Context, config Config, inputs []Input, o dump.Options, pdf *pdfReader) (*Reader, error) {
	if o.Progress == nil {
		o.Progress = progress.None
	}
	if o.Working == nil {
		o.Working = func(string) {}
	}
	l := limitsOf(config, inputs)
	c, err := start(config, inputs, l)
	if err != nil {
		return nil, err
	}
	t := &talk{child: c, options: o, reader: pdf}
	ask := order{
		Spool: config.Spool != nil, Limits: l,
		Options: options{Threads: o.Threads, MaxRow: o.MaxRow, MaxDecoded: o.MaxDecoded, Depth: o.Depth, Passwords: o.Passwords, Barred: o.Barred, OneByOne: o.OneByOne, PDF: pdf != nil},
	}
	for _, in := range inputs {
		ask.Inputs = append(ask.Inputs, orderInput{in.Name, in.Size, in.Identity})
	}
	var got opened
	err = t.request(ctx, askOpen, ask, func(f frame) (bool, error) {
		switch {
		case f.kind == tellShut && t.gaps == nil:
			t.gaps = new(gaps)
			return false, f.json(t.up, t.gaps)
		case f.kind == tellPDF:
			return false, t.pdf(ctx, int64(f.a))
		case f.kind == tellOpened:
			if err := f.json(t.up, &got); err != nil {
				return false, err
			}
			return true, got.check(inputs)
		default:
			return false, nonsense("an answer to another question")
		}
	})
	if err != nil {
		return nil, err
	}
	t.inputs, t.tables = got.Inputs, got.Tables
	return &Reader{Inputs: got.Inputs, Tables: got.Tables, Missing: t.gaps.sentence(), within: t, child: c}, nil
}

// request asks for something and hands the answers to on, until it is done.
func (t *talk) request(ctx context.Context, k kind, body any, on func(f frame) (done bool, err error)) error {
	if t.err != nil {
		return t.err
	}
	t.members = 0
	defer context.AfterFunc(ctx, func() { t.kill("it was stopped") })()
	t.watch.heard()
	err := writeJSON(t.down, k, body)
	for done := false; err == nil && !done; {
		var f frame
		if f, err = t.next(); err == nil {
			done, err = on(f)
		}
	}
	t.watch.pause()
	if err == nil {
		return nil
	}
	t.err = t.broke(ctx, err)
	t.end()
	return t.err
}

// broke is how the talk ended, which is over then.
func (t *talk) broke(ctx context.Context, err error) error {
	if s, ok := errors.AsType[said](err); ok {
		return s.error
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	why := ""
	if errors.Is(err, errNonsense) {
		why = err.Error()
	} else {
		_ = t.process.Kill() // the pipe is closed, so it is about to go
		_ = t.down.Close()
		<-t.gone
		why = t.cause()
	}
	switch {
	case t.gaps == nil:
		return failure.New(failure.Internal, "Please report it with the name of the system it runs on.", "the reader could not be started: %s", why)
	case t.members > 1 && !t.options.OneByOne && t.tables != nil:
		return &Crash{Why: why} // rows of several may have been under way
	default:
		return &Crash{Member: t.member, Why: why}
	}
}

// next returns the next frame that is no talk of progress.
func (t *talk) next() (frame, error) {
	for {
		f, err := readFrame(t.up)
		if err != nil {
			return f, err
		}
		t.watch.heard()
		if t.gaps == nil && f.kind != tellShut {
			return f, nonsense("work before it was shut in")
		}
		switch f.kind {
		case tellStage:
			var s stage
			if err := f.json(t.up, &s); err != nil {
				return f, err
			}
			if !shown(s.Name) || !shown(s.Unit) || s.Total < 0 {
				return f, nonsense("a stage of its work")
			}
			t.options.Progress.Stage(s.Name, s.Total, s.Unit)
		case tellMember:
			var name string
			if err := f.json(t.up, &name); err != nil {
				return f, err
			}
			if !shown(name) {
				return f, nonsense("a name that cannot be shown")
			}
			t.member = name
			t.members++
			t.options.Working(t.member)
		case tellGoing:
			n := int64(f.a) | int64(f.b)<<32
			if n < 0 {
				return f, nonsense("progress backwards")
			}
			t.options.Progress.Add(n)
		case tellFailed:
			var e failed
			if err := f.json(t.up, &e); err != nil {
				return f, err
			}
			return f, e.check()
		default:
			return f, nil
		}
	}
}

// Sample is dump.Dump's.
func (t *talk) Sample(ctx context.Context, index, n int) (*table.Batch, error) {
	b := new(table.Batch)
	err := t.request(ctx, askSample, sampleOrder{index, n}, func(f frame) (bool, error) {
		if f.kind != tellSample || int64(f.a) != int64(index) || int64(f.b) > int64(max(n, 1)) {
			return false, nonsense("an answer to another question")
		}
		return true, f.batch(t.up, b, t.tables, 0)
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Batches that are kept for the next rows, and how large they may be.
const (
	spares    = 16
	spareText = 8 << 20 // bytes
)

// Scan is dump.Dump's.
func (t *talk) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (*dump.Account, error) {
	spare := make(chan *table.Batch, spares)
	seen := tally{rows: make([]int64, len(t.tables))}
	var got account
	err := t.request(ctx, askScan, nil, func(f frame) (bool, error) {
		switch f.kind {
		case tellRows:
			var b *table.Batch
			select {
			case b = <-spare:
			default:
				b = new(table.Batch)
			}
			if err := f.batch(t.up, b, t.tables, seen.last); err != nil {
				return false, err
			}
			if b.Rows() == 0 {
				return false, nonsense("no rows")
			}
			t.watch.pause() // what the caller does with them takes its time
			seen.rows[b.Table] += int64(b.Rows())
			seen.last = b.Ordinal[b.Rows()-1]
			err := each(b, func() {
				if b.Bytes() > spareText {
					return
				}
				select {
				case spare <- b:
				default:
				}
			})
			if err != nil {
				return false, said{err}
			}
			t.watch.heard()
			return false, nil
		case tellAccount:
			if err := f.json(t.up, &got); err != nil {
				return false, err
			}
			return true, got.check(t.inputs, t.tables, seen)
		default:
			return false, nonsense("an answer to another question")
		}
	})
	if err != nil {
		return nil, err
	}
	return (*dump.Account)(&got), nil
}

// tally is what came of a scan.
type tally struct {
	rows []int64 // by table
	last int64   // ordinal
}

// shown reports that text is fit to be shown.
func shown(text string) bool {
	return utf8.ValidString(text) && len(text) < 1<<16 && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
}

// check holds what was opened against what was to be.
func (o opened) check(inputs []Input) error {
	if len(o.Inputs) != len(inputs) {
		return nonsense("other files")
	}
	for i, in := range o.Inputs {
		if in.Bytes != inputs[i].Size || !shown(in.Name) {
			return nonsense("other files")
		}
	}
	for _, tab := range o.Tables {
		if tab.Input < 0 || tab.Input >= len(inputs) || !shown(tab.Name) || !shown(tab.Format) || !shown(tab.Dialect) {
			return nonsense("a table that cannot be")
		}
		for _, name := range tab.Columns {
			if !shown(name) {
				return nonsense("a name that cannot be shown")
			}
		}
	}
	return nil
}

// check holds an account against what came.
func (a account) check(inputs []dump.Input, tables []dump.Table, seen tally) error {
	wrong := nonsense("an account that does not add up")
	if len(a.TableRows) != len(tables) || len(a.TableRejected) != len(tables) {
		return wrong
	}
	size, read, rejected := int64(0), int64(0), int64(0)
	for _, in := range inputs {
		size += in.Bytes
	}
	for i := range tables {
		if a.TableRows[i] != seen.rows[i] || a.TableRejected[i] < 0 {
			return wrong
		}
		read += seen.rows[i]
		rejected += a.TableRejected[i]
	}
	switch {
	case a.BytesTotal != size, a.BytesAccounted != size, a.DecodedTotal != a.DecodedAccounted, a.DecodedTotal < 0,
		a.Read != read, a.Rejected != rejected, a.Repaired < 0, a.Repaired > read, seen.last > read+rejected:
		return wrong
	}
	for _, r := range a.Rejects {
		if r.Input < 0 || r.Input >= len(inputs) || !shown(r.Name) || !dump.IsReason(r.Reason) || r.Count < int64(len(r.First)) || r.Bytes < 0 {
			return wrong
		}
		for _, p := range r.First {
			if p.Offset < 0 || p.Row < 0 || p.Row > read+rejected {
				return wrong
			}
		}
	}
	return nil
}

// check makes an error of what the child told of one.
func (e failed) check() error {
	what, hint := visible.Text(e.What, 1000), visible.Text(e.Hint, 1000)
	switch code := failure.Code(e.Code); code {
	case failure.BadInput, failure.Refused:
		return said{&failure.Error{Code: code, What: what, Hint: hint}}
	case failure.Internal:
		if hint != "" {
			return said{&failure.Error{Code: code, What: what, Hint: hint}}
		}
		return said{errors.New(what)}
	default:
		return nonsense("an error of no kind")
	}
}

// sentence tells people of gaps; "" when there are none.
func (g gaps) sentence() string {
	if len(g.Lacks)+len(g.Can) == 0 {
		return ""
	}
	text := "The program that reads the dump is shut in less than it should be"
	if len(g.Lacks) > 0 {
		text += ": this machine offers no " + strings.Join(g.Lacks, " and no ")
	}
	if len(g.Can) > 0 {
		text += "; a hostile file that took it over could " + strings.Join(g.Can, " and ")
	}
	return visible.Text(text, 1000) + "."
}
