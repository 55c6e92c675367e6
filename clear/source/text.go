package source

import (
	"context"

	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// text is a register in a CSV or JSON file.
type text struct{ dump *dump.Dump }

func openText(ctx context.Context, path string, o Options) (Source, error) {
	d, err := dump.Open(ctx, []string{path}, dump.Options{Threads: o.Threads, Progress: renamed{o.Progress}})
	if err != nil {
		return nil, err
	}
	if n := len(d.Tables); n != 1 {
		return nil, failure.New(failure.BadInput,
			"Unpack it, or cut it where a table ends, and name the file that holds the people; further files can be imported as registers of their own.",
			"%s holds %d tables where a register is one", d.Inputs[0].Name, n)
	}
	return &text{d}, nil
}

func (t *text) Name() string { return t.dump.Tables[0].Name }

func (t *text) Columns() []string { return t.dump.Tables[0].Columns }

func (t *text) Sample(ctx context.Context, n int) (*table.Batch, error) {
	return t.dump.Sample(ctx, 0, n)
}

func (t *text) Scan(ctx context.Context, each func(b *table.Batch, release func()) error) (Stats, error) {
	a, err := t.dump.Scan(ctx, each)
	if err != nil {
		return Stats{}, err
	}
	in := t.dump.Inputs[0]
	return Stats{Read: a.Read, Rejected: a.Rejected, Repaired: a.Repaired, Bytes: in.Bytes, SHA256: in.SHA256, Rejects: a.Rejects}, nil
}

func (t *text) Close() error { return nil }

// renamed tells of a register what the dump's reader tells of a dump.
type renamed struct{ progress.Meter }

func (r renamed) Stage(_ string, total int64, unit string) { r.Meter.Stage(stage, total, unit) }
