package source

import (
	"context"

	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// text is a register in a CSV or JSON file.
type text struct {
	*original
	dump *dump.Dump
	done func()
}

func openText(ctx context.Context, path string, o Options) (_ Source, err error) {
	t := &text{}
	var sources []dump.Source
	if sources, t.done, err = dump.Files([]string{path}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			t.done()
		}
	}()
	if t.dump, err = dump.Open(ctx, sources, dump.Options{Threads: o.Threads, Progress: renamed{o.Progress}}); err != nil {
		return nil, err
	}
	if n := len(t.dump.Tables); n != 1 {
		return nil, failure.New(failure.BadInput,
			"Unpack it and name the file that holds the people; further files can be imported as registers of their own.",
			"%s holds %d tables where a register is one", sources[0].Name, n)
	}
	if t.original, err = openOriginal(path); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *text) Name() string { return t.dump.Tables[0].Name }

func (t *text) Columns() []string { return t.dump.Tables[0].Columns }

func (t *text) Sample(ctx context.Context, n int) (*table.Batch, error) {
	return t.dump.Sample(ctx, 0, n)
}

func (t *text) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (Stats, error) {
	var a *dump.Account
	sum, err := t.summing(ctx, func() (err error) {
		a, err = t.dump.Scan(ctx, each)
		return err
	})
	if err != nil {
		return Stats{}, err
	}
	return Stats{Read: a.Read, Rejected: a.Rejected, Repaired: a.Repaired, Bytes: t.info.Size(), SHA256: sum, Rejects: a.Rejects}, nil
}

func (t *text) Close() error {
	t.done()
	return t.file.Close()
}

// renamed tells of a register what the dump's reader tells of a dump.
type renamed struct{ progress.Meter }

func (r renamed) Stage(_ string, total int64, unit string) { r.Meter.Stage(stage, total, unit) }
