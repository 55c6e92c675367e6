package triage

import (
	"context"
	"errors"
	"fmt"

	"constat.example/clear/cage"
	"constat.example/clear/dump"
)

// Read is what the child process does that Bench.Reader starts.
func Read() error { return cage.Serve() }

// ReadPDF is what the process does that Bench.PDF starts. It gives an exit code
// where it cannot.
func ReadPDF() int { return cage.ServePDF() }

// crashes is how often a dump is read again after the reader failed on a part
// of it.
const crashes = 8

// readDump opens a dump in the cage and has it used. When the reader fails on a
// member, all is done again from the start without that one: what was made of
// the dump so far is dropped, so that nothing counts twice. whole says that it did
// not fail on any.
func (b Bench) readDump(ctx context.Context, inputs []cage.Input, passwords [][]byte, dir string, use func(*cage.Reader) error) (whole bool, err error) {
	o := dump.Options{Threads: b.Threads, Progress: b.Meter, Passwords: passwords}
	for try := 0; ; try++ {
		err := b.readOnce(ctx, inputs, o, dir, try == 0, use)
		crash, ok := errors.AsType[*cage.Crash](err)
		switch {
		case !ok || try == crashes || crash.Member == "" && o.OneByOne:
			return len(o.Barred) == 0, err
		case crash.Member == "":
			o.OneByOne = true // it will be told then which one it is
		default:
			o.Barred = append(o.Barred, crash.Member)
			b.Say(fmt.Sprintf("The reader failed on %s: %s. The rest is read without it.", crash.Member, crash.Why))
		}
	}
}

func (b Bench) readOnce(ctx context.Context, inputs []cage.Input, o dump.Options, dir string, first bool, use func(*cage.Reader) error) (err error) {
	b.Meter.Stage("opening the dump", 0, "")
	spool, err := dump.Unnamed(dir)()
	if err != nil {
		return fmt.Errorf("making a file for what is unpacked: %w", err)
	}
	defer func() { err = errors.Join(err, spool.Close()) }()
	r, err := cage.Open(ctx, cage.Config{Command: b.Reader, PDF: b.PDF, Spool: spool}, inputs, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if r.Missing != "" && first {
		b.Say(r.Missing)
	}
	return use(r)
}
