package cli

import (
	"context"
	"strings"

	"constat.example/blind/watch"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
	"constat.example/triage"
)

func watchLogs(ctx context.Context, r WatchRequest) (*Watched, error) {
	b := r.bench()
	b.Keep = r.kept()
	receivers, to, err := triage.Outputs{Webhook: r.Webhook, Syslog: r.Syslog, File: r.Outputs}.Receivers(r.Now)
	if err != nil {
		return nil, err
	}
	if len(to) > 0 && !r.Yes {
		return nil, failure.New(failure.Refused, "Say --yes to have them sent; they hold names of accounts, addresses and tokens of records.", "alarms would be sent to %s", visible.Text(strings.Join(to, ", "), 300))
	}
	found, err := b.Watch(ctx, triage.WatchRequest{
		Logs: r.Logs, Map: r.Map, Format: r.Format, Zone: r.Zone, Skew: r.Skew, Year: r.Year, Rules: r.Rules, State: r.State,
		Follow: r.Follow, Listen: r.Listen, OTLP: r.OTLP, Receivers: receivers, Open: r.Open,
		Each: func(a *watch.Alarm, id string) error { return r.Each(a, id) },
	})
	if found == nil {
		return nil, err
	}
	out := &Watched{Accesses: found.Fresh, Late: found.Late, Unwatched: found.Unwatched, Accounts: found.Accounts, Alarms: found.Alarms, Known: found.Known, Unsent: found.Unsent}
	for _, l := range found.Logs {
		out.Logs = append(out.Logs, WatchedLog{Name: l.Name, Format: l.Format, Zone: l.Zone, Lines: l.Lines, Used: l.Used, Idle: l.Idle, Rejected: l.Rejected, ZoneTold: l.Zone == triage.ZoneTold, Gap: l.Gap, Unread: l.Unread})
	}
	return out, err
}
