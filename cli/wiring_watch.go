package cli

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"constat.example/blind/watch"
	"constat.example/desk/alarm"
	"constat.example/internal/courier"
	"constat.example/triage"
)

func watchLogs(ctx context.Context, r WatchRequest) (*Watched, error) {
	b := r.bench()
	b.Keep = r.kept()
	var receivers []triage.Receiver
	if r.Webhook != "" {
		receivers = append(receivers, triage.Receiver{Name: "webhook", Sender: courier.Webhook{URL: r.Webhook}})
	}
	if r.Syslog != "" {
		host, err := os.Hostname()
		if err != nil {
			host = "-"
		}
		receivers = append(receivers, triage.Receiver{Name: "syslog", Sender: courier.Syslog{Address: r.Syslog, Hostname: host, Format: cef}})
	}
	found, err := b.Watch(ctx, triage.WatchRequest{
		Logs: r.Logs, Map: r.Map, Format: r.Format, Zone: r.Zone, Skew: r.Skew, Rules: r.Rules, State: r.State, Receivers: receivers,
		Each: func(a *watch.Alarm, id string) error { return r.Each(a, id) },
	})
	if found == nil {
		return nil, err
	}
	out := &Watched{Accesses: found.Fresh, Late: found.Late, Unwatched: found.Unwatched, Accounts: found.Accounts, Alarms: found.Alarms, Known: found.Known, Unsent: found.Unsent}
	for _, l := range found.Logs {
		out.Logs = append(out.Logs, WatchedLog{Name: l.Name, Format: l.Format, Zone: l.Zone, Lines: l.Lines, Used: l.Used, Idle: l.Idle, Rejected: l.Rejected})
	}
	return out, err
}

// cef writes a line of the journal as CEF.
func cef(line []byte) (string, time.Time, error) {
	var a watch.Alarm
	if err := json.Unmarshal(line, &a); err != nil {
		return "", time.Time{}, err
	}
	return alarm.CEF(&a), a.At, nil
}
