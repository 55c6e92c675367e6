package triage

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"

	"constat.example/blind/access"
	"constat.example/clear/accesslog"
	"constat.example/internal/failure"
)

// The inputs whose accesses go through the spool.
const (
	syslogInput = "syslog"
	otlpInput   = "otlp"
)

// queued is how many portions are accepted at most before the first of them is taken: a
// watch that is slower than what is sent holds the senders back.
const queued = 16

// input is a stream of what is sent. A portion is accepted once it is in the spool, and
// taken from there after a crash.
type input struct {
	*stream

	v     *vigil
	old   []*segment // of an earlier run
	after int64      // the last portion of them that was taken

	listener net.Listener // nil where nothing is listened to
	room     chan struct{}
	queue    chan sealed
	shut     bool // the watch ends: the next run takes what is accepted from now on
}

// sealed is a portion as the spool has it.
type sealed struct {
	seq  int64
	text []byte
}

// inputs opens where what is sent is taken, and what an earlier run accepted.
func (v *vigil) inputs(ctx context.Context, options accesslog.Options) (all []*input, err error) {
	if options.Year == 0 {
		options.Year = v.b.Now().Year()
	}
	addresses := map[string]string{syslogInput: v.req.Listen, otlpInput: v.req.OTLP}
	left := v.spool.left(v.spooled)
	for _, name := range []string{syslogInput, otlpInput} {
		if addresses[name] == "" && !slices.Contains(left, name) {
			continue
		}
		in := &input{
			stream: &stream{name: "sent by " + name, input: name, names: &access.Names{}, at: -1, done: make(chan bool, 1)},
			v:      v, old: slices.Clone(v.spool.segments), after: v.spooled[name],
			room: make(chan struct{}, queued), queue: make(chan sealed, queued),
		}
		all = append(all, in)
		if addresses[name] == "" {
			continue
		}
		in.reader = accesslog.New(options)
		in.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", strings.TrimPrefix(addresses[name], "tcp://"))
		if err != nil {
			for _, in := range all {
				if in.listener != nil {
					err = errors.Join(err, in.listener.Close())
				}
			}
			return nil, failure.New(failure.BadInput, "Write host:port of this machine, as 127.0.0.1:6514, that is not in use.", "nothing can be taken at %s: %w", addresses[name], err)
		}
		if v.req.Open != nil {
			v.req.Open(name, in.listener.Addr().String())
		}
	}
	return all, nil
}

// accept puts a portion into the spool, from where it is sure to be taken. When the watch
// ends it still does, so that what was received is not lost.
func (in *input) accept(ctx context.Context, b *accesslog.Batch) error {
	if !in.shut {
		select {
		case in.room <- struct{}{}:
		case <-ctx.Done():
			in.shut = true
		}
	}
	seq, text, err := in.v.spool.add(in.input, b.Accesses, &in.reader.Names)
	if err != nil {
		return err
	}
	if !in.shut {
		in.queue <- sealed{seq, text}
	}
	if in.reader.Names.Len() > mostNames {
		in.reader.Forget()
	}
	return nil
}

// take hands on what was accepted, first that of an earlier run.
func (in *input) take(ctx context.Context, arrived chan<- arrival) error {
	hand := func(one sealed) error {
		all, err := readAccesses(one.text, in.names)
		if err != nil {
			return err
		}
		select {
		case arrived <- arrival{of: in.stream, portion: portion{accesses: all, seq: one.seq}}:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case forget := <-in.done:
			if forget {
				in.names.Reset()
			}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, segment := range in.old {
		if segment.last[in.input] <= in.after {
			continue
		}
		if err := segment.each(func(name string, seq int64, text []byte) error {
			if name != in.input || seq <= in.after {
				return nil
			}
			return hand(sealed{seq, text})
		}); err != nil {
			return err
		}
	}
	if err := pass(ctx, arrived, arrival{of: in.stream, quiet: in.listener != nil, ends: in.listener == nil}); err != nil || in.listener == nil {
		return err
	}
	for {
		select {
		case one := <-in.queue:
			<-in.room
			if err := hand(one); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// serve takes what is sent until ctx is done.
func (in *input) serve(ctx context.Context) error {
	each := func(b *accesslog.Batch) error { return in.accept(ctx, b) }
	if in.input == syslogInput {
		return in.reader.Listen(ctx, in.listener, each)
	}
	return in.reader.Serve(ctx, in.listener, each)
}
