package cli

import (
	"context"

	"constat.example/blind/watch"
	"constat.example/triage"
)

func watchLogs(ctx context.Context, r WatchRequest) (*Watched, error) {
	b := r.bench()
	b.Keep = r.kept()
	found, err := b.Watch(ctx, triage.WatchRequest{
		Logs: r.Logs, Map: r.Map, Format: r.Format, Zone: r.Zone, Skew: r.Skew, Rules: r.Rules, State: r.State,
		Each: func(a *watch.Alarm, id string) error { return r.Each(a, id) },
	})
	if found == nil {
		return nil, err
	}
	out := &Watched{Accesses: found.Fresh, Late: found.Late, Unwatched: found.Unwatched, Accounts: found.Accounts, Alarms: found.Alarms, Known: found.Known}
	for _, l := range found.Logs {
		out.Logs = append(out.Logs, WatchedLog{Name: l.Name, Format: l.Format, Zone: l.Zone, Lines: l.Lines, Used: l.Used, Idle: l.Idle, Rejected: l.Rejected})
	}
	return out, err
}
