package cli

import (
	"context"
	"time"

	"constat.example/triage"
)

func addLeak(ctx context.Context, r LeakRequest) (*Leak, error) {
	b := r.bench()
	b.Keep = r.kept()
	added, err := b.AddLeak(ctx, triage.LeakRequest{Paths: r.Paths, Name: r.Name, Seen: r.Seen, Ours: r.Ours, Map: r.Map, Passwords: r.Passwords})
	if added == nil {
		return nil, err
	}
	return leakOf(added), err
}

func listLeaks(_ context.Context, c Common) ([]Leak, error) {
	kept, err := triage.Bench{Home: c.Home}.Leaks()
	var all []Leak
	for _, l := range kept {
		all = append(all, *leakOf(&l))
	}
	return all, err
}

func showLeak(_ context.Context, r LeakNamed) (*Leak, error) {
	kept, err := r.bench().Leak(r.Name)
	if err != nil {
		return nil, err
	}
	return leakOf(kept), nil
}

func removeLeak(_ context.Context, r LeakNamed) (*LeakRemoved, error) {
	gone, err := r.bench().RemoveLeak(r.Name, r.Yes)
	if err != nil {
		return nil, err
	}
	return &LeakRemoved{Name: gone.Name, Rows: gone.Rows.Read, Bytes: gone.Tokens.Bytes, Done: r.Yes}, nil
}

func leakOf(l *triage.Leak) *Leak {
	out := &Leak{
		Name: l.Name, Added: l.Added, By: l.By, Ours: l.Ours, Key: l.KeyID, Inputs: orEmpty(l.Inputs), Rows: l.Rows,
		Columns: []LeakColumn{}, Bytes: l.Tokens.Bytes, Rejects: orEmpty(l.Rejects),
	}
	if !l.Seen.IsZero() {
		out.Seen = l.Seen.UTC().Format(time.DateOnly)
	}
	for _, c := range l.Columns {
		out.Columns = append(out.Columns, LeakColumn{Table: c.Table, Name: c.Name, Kind: c.Kind.String()})
	}
	return out
}
