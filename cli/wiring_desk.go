package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"

	"constat.example/desk/casefile"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/triage"
)

func openCase(ctx context.Context, r DeskRequest) (*Desk, error) {
	d, err := r.bench().OpenCase(ctx, r.Case, r.Act.Reason)
	return deskOf(d), err
}

func actOnCase(ctx context.Context, r DeskRequest) (*Desk, error) {
	d, err := r.bench().Act(ctx, triage.ActRequest{Case: r.Case, Acts: []casefile.Act{r.Act}, Seen: r.Seen})
	if err != nil {
		return nil, err
	}
	return deskOf(d), nil
}

// deskOf is nil where nobody acted.
func deskOf(d triage.Desk) *Desk {
	c := d.Case
	if c == nil || c.Seen == 0 {
		return nil
	}
	out := &Desk{
		Case: c.ID, Seen: c.Seen, Opened: c.Opened, Closed: c.Closed(), Destroyed: c.Destroyed, TLP: string(c.TLP), PAP: string(c.PAP),
		Decisions: orEmpty(c.Decisions), Events: orEmpty(c.Events), Filings: orEmpty(c.Filings),
	}
	if s := c.Current(casefile.Standing); s != nil {
		out.Standing = string(s.Choice)
	}
	return out
}

func destroyCase(ctx context.Context, r DestroyRequest) (*Destruction, error) {
	done, err := r.bench().Destroy(ctx, r.Case, r.Yes)
	if err != nil {
		return nil, err
	}
	return &Destruction{Case: r.Case, Originals: done.Originals, Files: orEmpty(done.Files), Done: done.Done}, nil
}

func team(ctx context.Context, c Common) (*Team, error) {
	d, err := c.bench().Team(ctx)
	if err != nil {
		return nil, err
	}
	out := &Team{Members: []Member{}, Acts: orEmpty(d.Acts)}
	for _, account := range slices.Sorted(maps.Keys(d.Team.Roles)) {
		out.Members = append(out.Members, Member{account, d.Team.Roles[account]})
	}
	return out, nil
}

func timeline(ctx context.Context, r CaseRequest) ([]Happened, error) {
	all, err := r.bench().Timeline(ctx, r.Case)
	if err != nil {
		return nil, err
	}
	var out []Happened
	for _, h := range all {
		out = append(out, Happened{At: h.At, Who: h.Who, From: string(h.From), Code: h.Code, What: h.What.EN})
	}
	return out, nil
}

func backUpStore(ctx context.Context, r StoreRequest) (_ *StoreDone, err error) {
	var n int64
	err = disk.Create(r.File, func(w io.Writer) (err error) { n, err = r.bench().BackUp(ctx, w); return err })
	if _, is := errors.AsType[*fs.PathError](err); is {
		return nil, failure.New(failure.BadInput, "Name a new file in a folder that is there.", "writing the backup: %w", err)
	}
	if err != nil {
		return nil, err
	}
	return &StoreDone{r.File, n}, nil
}

func restoreStore(ctx context.Context, r StoreRequest) (*StoreDone, error) {
	f, err := os.Open(r.File)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading the backup: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	n, err := r.bench().Restore(ctx, f)
	if err != nil {
		return nil, err
	}
	return &StoreDone{r.File, n}, nil
}
