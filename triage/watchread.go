package triage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"constat.example/blind/access"
	"constat.example/clear/accesslog"
	"constat.example/internal/failure"
)

const (
	fingerprint = 4 << 10 // bytes a log is known by, as accesslog.Position has it

	lookEvery = 250 * time.Millisecond // at what is to be done by the clock
	flushIdle = 30 * time.Second       // without any entry, those that wait are weighed
	mostNames = 1 << 18                // of one log that are kept at a time
)

// position is how far a log has been watched. It is known again by its first bytes,
// whatever it is called by then.
type position struct {
	Begins string `json:"begins"` // SHA-256 of them, in part
	Head   int64  `json:"head"`   // how many
	Line   int64  `json:"line"`   // the last that an access was taken of

	// Of a log that is followed: the path where it is, or was last, and up to where whole
	// portions of it were taken.
	Path   string `json:"path,omitempty"`
	Offset int64  `json:"offset,omitempty"`
	Before int64  `json:"before,omitempty"` // lines up to there
}

func (p *position) next() accesslog.Position {
	return accesslog.Position{Begins: p.Begins, Head: p.Head, Offset: p.Offset, Line: p.Before}
}

// stream is one log while it is read.
type stream struct {
	path, name string
	reader     *accesslog.Reader
	names      *access.Names
	at         int  // of positions; -1 where it cannot be read again
	quiet      bool // nothing stands in it so far that was not taken: others do not wait for it
	follow     bool
	input      string // where it is taken from the spool

	source uint16 // of the file that is followed now
	begun  bool
	done   chan bool // answered for each portion; true: its names are to be forgotten

	portion
	next int // of its accesses
}

// portion is some accesses of a log, in the order of its lines.
type portion struct {
	accesses []access.Access
	behind   accesslog.Position
	again    bool
	seq      int64 // in the spool
}

type arrival struct {
	of *stream
	portion
	quiet, ends bool
}

func (s *stream) now() int64 { return s.accesses[s.next].Time }
func (s *stream) has() bool  { return s.next < len(s.accesses) }

// read reads the logs side by side and takes their accesses in by time.
func (v *vigil) read(ctx context.Context, options accesslog.Options) ([]accesslog.Account, error) {
	all, err := v.streams(options)
	if err != nil {
		return nil, err
	}
	if v.req.Follow { // from now on a log is found again, wherever it is moved
		if err := v.save(); err != nil {
			return nil, err
		}
	}
	sent, err := v.inputs(ctx, options)
	if err != nil {
		return nil, err
	}
	parent, arrived := ctx, make(chan arrival)
	group, ctx := errgroup.WithContext(parent)
	stopped := func(err error) error {
		if v.req.live() && parent.Err() != nil && errors.Is(err, context.Canceled) {
			return nil // as it was asked to
		}
		return err
	}
	for _, s := range all {
		group.Go(func() error {
			each := func(b *accesslog.Batch) error {
				select {
				case arrived <- arrival{of: s, portion: portion{accesses: b.Accesses, behind: b.Next, again: b.Again}}:
				case <-ctx.Done():
					return ctx.Err()
				}
				select { // the batch is the reader's again once it was taken
				case forget := <-s.done:
					if forget {
						s.reader.Forget()
					}
				case <-ctx.Done():
					return ctx.Err()
				}
				return nil
			}
			var err error
			if s.follow {
				s.reader.Quiet = func() error { return pass(ctx, arrived, arrival{of: s, quiet: true}) }
				err = s.reader.Follow(ctx, s.path, v.positions[s.at].next(), each)
			} else {
				err = s.reader.Scan(ctx, []string{s.path}, each)
			}
			if err != nil {
				return stopped(err)
			}
			return pass(ctx, arrived, arrival{of: s, ends: true})
		})
	}
	for _, in := range sent {
		group.Go(func() error { return stopped(in.take(ctx, arrived)) })
		if in.listener != nil {
			group.Go(func() error { return stopped(in.serve(ctx)) })
		}
		all = append(all, in.stream)
	}
	group.Go(func() error { return stopped(v.merge(ctx, slices.Clone(all), arrived)) })
	if v.req.live() {
		group.Go(func() error { return v.sendOn(ctx) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var accounts []accesslog.Account
	for _, s := range all {
		if s.reader != nil {
			accounts = append(accounts, s.reader.Accounts()...)
		}
	}
	return accounts, nil
}

// pass passes something on about a stream.
func pass(ctx context.Context, arrived chan<- arrival, a arrival) error {
	select {
	case arrived <- a:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// streams makes the streams of the files that are named.
func (v *vigil) streams(options accesslog.Options) ([]*stream, error) {
	var all []*stream
	names := map[string]int{}
	for _, path := range v.req.Logs {
		s := &stream{path: path, name: filepath.Base(path), reader: accesslog.New(options), at: -1, follow: v.req.Follow, done: make(chan bool, 1)}
		s.names = &s.reader.Names
		var err error
		switch {
		case path == "-":
			s.name, s.path = "standard input", "/dev/stdin"
			s.quiet = v.req.live() // it may be silent for long
		case v.req.Follow:
			s.at, err = v.follows(path)
		default:
			s.at, err = v.find(path)
		}
		if err != nil {
			return nil, err
		}
		if names[s.name]++; names[s.name] > 1 {
			s.name = fmt.Sprintf("%s (%d)", s.name, names[s.name])
		}
		all = append(all, s)
	}
	return all, nil
}

// merge takes accesses of all logs in, the earliest first.
func (v *vigil) merge(ctx context.Context, open []*stream, arrived <-chan arrival) error {
	v.saved = v.b.Now()
	live, last := v.req.live(), v.saved
	var tick <-chan time.Time
	if live {
		ticker := time.NewTicker(lookEvery)
		defer ticker.Stop()
		tick = ticker.C
	}
	for len(open) > 0 {
		first, wait := earliest(open), false
		for _, s := range open {
			wait = wait || !s.has() && !s.quiet
		}
		if first == nil || wait {
			select {
			case a := <-arrived:
				open = v.arrive(&a, open)
			case <-tick:
				if err := v.look(last); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
			continue
		}
		if live {
			select {
			case a := <-arrived: // perhaps of one that was not waited for
				open = v.arrive(&a, open)
				continue
			case <-ctx.Done():
				return ctx.Err()
			default:
			}
		}
		if err := v.take(ctx, first, first.run(open)); err != nil {
			return err
		}
		if live {
			last = v.b.Now()
		}
	}
	return nil
}

// earliest is the stream whose next access is; of the same instant, the log named first.
func earliest(open []*stream) (first *stream) {
	for _, s := range open {
		if s.has() && (first == nil || s.now() < first.now()) {
			first = s
		}
	}
	return first
}

// run is the next accesses of a stream up to where another's come before, and goes on
// behind them. What a line tells stays together.
func (s *stream) run(open []*stream) []access.Access {
	limit, after := int64(1<<63-1), false
	for _, o := range open {
		switch {
		case o == s:
			after = true
		case !o.has():
		case after:
			limit = min(limit, o.now()+1)
		default:
			limit = min(limit, o.now())
		}
	}
	from, all := s.next, s.accesses
	for s.next++; s.next < len(all) && (all[s.next].Time < limit || all[s.next].Line == all[s.next-1].Line); s.next++ {
	}
	return all[from:s.next]
}

// arrive gives a stream what came of it, or takes it away when it ended.
func (v *vigil) arrive(a *arrival, open []*stream) []*stream {
	s := a.of
	if a.ends {
		return slices.DeleteFunc(open, func(o *stream) bool { return o == s })
	}
	if a.quiet {
		s.quiet = true
		return open
	}
	s.portion, s.next = a.portion, 0
	if s.follow {
		s.quiet = false
		v.opened(s)
	}
	if s.at >= 0 { // what was taken in an earlier run
		for s.has() && s.accesses[s.next].Line <= v.positions[s.at].Line {
			s.next++
		}
	}
	if !s.has() {
		v.finish(s)
	}
	return open
}

// opened notes that a portion of a log that is followed is of another file than the one
// before, where it is.
func (v *vigil) opened(s *stream) {
	p := &v.positions[s.at]
	source := s.accesses[0].Source
	if s.begun && source != s.source || !s.begun && !s.again && p.Head > 0 {
		path := p.Path
		p.Path = "" // it is still known by how it begins
		v.positions = append(v.positions, position{Path: path})
		s.at = len(v.positions) - 1
		p = &v.positions[s.at]
	}
	s.begun, s.source = true, source
	if p.Head == 0 {
		p.Begins, p.Head = s.behind.Begins, s.behind.Head
		v.saved = time.Time{} // the state is to know it soon
	}
}

// finish gives a portion back that was taken.
func (v *vigil) finish(s *stream) {
	switch {
	case s.input != "":
		v.spooled[s.input] = s.seq
	case s.follow:
		p := &v.positions[s.at]
		p.Begins, p.Head, p.Offset, p.Before = s.behind.Begins, s.behind.Head, s.behind.Offset, s.behind.Line
	}
	forget := s.names.Len() > mostNames
	if forget {
		v.watch.Renew(s.name)
	}
	s.portion, s.next = portion{}, 0
	s.done <- forget
}

func (v *vigil) take(ctx context.Context, s *stream, run []access.Access) error {
	alarms := v.watch.Take(s.name, run, s.names)
	v.fresh = true
	if s.at >= 0 {
		v.positions[s.at].Line = run[len(run)-1].Line
	}
	if err := v.give(alarms); err != nil {
		return err
	}
	if !s.has() {
		v.finish(s)
	}
	if v.due() {
		return v.save()
	}
	return ctx.Err()
}

// look does what is to be done by the clock, of a watch that is live: what waits for
// something earlier is weighed when nothing has come for long, and the state is kept.
func (v *vigil) look(last time.Time) error {
	if v.watch.Waiting() > 0 && v.b.Now().Sub(last) >= flushIdle {
		v.fresh = true
		if err := v.give(v.watch.Flush()); err != nil {
			return err
		}
	}
	if v.fresh && v.due() {
		return v.save()
	}
	return nil
}

// follows is the place among positions of a log that is followed, which need not be there
// yet.
func (v *vigil) follows(path string) (int, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return 0, err
	}
	at := slices.IndexFunc(v.positions, func(p position) bool { return p.Path == whole })
	if at >= 0 {
		return at, nil
	}
	if _, err := os.Stat(path); err == nil {
		if at, err = v.find(path); err != nil {
			return 0, err
		}
	} else if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return 0, failure.New(failure.BadInput, "Check the name of the file.", "following the log: %w", err)
	}
	if at < 0 {
		v.positions = append(v.positions, position{})
		at = len(v.positions) - 1
	}
	v.positions[at].Path = whole
	return at, nil
}

// find is the place among positions of a log, by what it begins with; -1 of one that is
// empty.
func (v *vigil) find(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading the log: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	head := make([]byte, fingerprint)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, failure.New(failure.BadInput, "Copy the file again from where it was made.", "reading the log %s: %w", path, err)
	}
	if head = head[:n]; n == 0 {
		return -1, nil // there is nothing to know it by, and nothing to go on after
	}
	for i, p := range v.positions {
		if p.Head > 0 && p.Head <= int64(n) && p.Begins == headSum(head[:p.Head]) {
			if p.Head < int64(n) { // it has grown: it can be told apart better
				v.positions[i].Begins, v.positions[i].Head = headSum(head), int64(n)
			}
			return i, nil
		}
	}
	v.positions = append(v.positions, position{Begins: headSum(head), Head: int64(n)})
	return len(v.positions) - 1, nil
}

func headSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
