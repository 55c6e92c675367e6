package sigma_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/token"
	"constat.example/blind/watch"
	"constat.example/blind/watch/sigma"
)

const base = `
---
title: failed
name: failed
detection: {selection: {action: refused}, condition: selection}
---
title: entered
name: entered
detection: {selection: {action: login}, condition: selection}
---
title: read
name: read
detection: {selection: {action: [read, list]}, condition: selection}
`

func correlation(kind, rules, rest string) string {
	return fmt.Sprintf("title: joined\nid: c1\ncorrelation:\n  type: %s\n  rules: [%s]\n  group-by: [account]\n  timespan: 10m\n%s%s", kind, rules, rest, base)
}

// TestRules hands accesses to rules: each word is seconds, account, action and record.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, rules, accesses string
		want                  int // alarms of the correlation, or of the one rule
	}{
		{"counted", correlation("event_count", "failed", "  condition: {gte: 3}\n"), "0:a:refused 9:a:refused 20:a:refused", 1},
		{"too few", correlation("event_count", "failed", "  condition: {gt: 3}\n"), "0:a:refused 9:a:refused 20:a:refused", 0},
		{"of two accounts", correlation("event_count", "failed", "  condition: {gte: 3}\n"), "0:a:refused 9:b:refused 20:a:refused", 0},
		{"too long", correlation("event_count", "failed", "  condition: {gte: 3}\n"), "0:a:refused 9:a:refused 700:a:refused", 0},
		{"values", correlation("value_count", "read", "  condition: {field: record, gte: 3}\n"), "0:a:read:1 1:a:read:2 2:a:read:3", 1},
		{"the same value", correlation("value_count", "read", "  condition: {field: record, gte: 3}\n"), "0:a:read:1 1:a:read:2 2:a:read:2", 0},
		{"a value too old", correlation("value_count", "read", "  condition: {field: record, gte: 3}\n"), "0:a:read:1 601:a:read:2 602:a:read:3", 0},
		{"both", correlation("temporal", "failed, entered", ""), "5:a:login 9:a:refused", 1},
		{"both in their order", correlation("temporal_ordered", "failed, entered", ""), "5:a:refused 9:a:login", 1},
		{"both out of order", correlation("temporal_ordered", "failed, entered", ""), "5:a:login 9:a:refused", 0},
		{"alone", "title: joined\ndetection: {s: {account|startswith: adm, action: copy}, condition: s}", "1:ADMIN:copy 2:adm:read 3:bob:copy", 1},
		{"not", "title: joined\ndetection: {s: {action: copy}, f: {account: '*backup?'}, condition: s and not 1 of f*}", "1:nightbackup1:copy 2:bob:copy", 1},
		{"count", "title: joined\ndetection: {s: {count|gte: 3}, condition: all of them}", "1:a:read:0:3 2:a:read:0:2 3:a:read", 1},
		{"words that contain", "title: joined\ndetection: {s: {account|contains|all: [a, c]}, condition: s or s}", "1:abc:read 2:ab:read", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rules, err := sigma.Parse([]byte(c.rules))
			if err != nil {
				t.Fatal(err)
			}
			var names access.Names
			var all []access.Access
			for _, word := range strings.Fields(c.accesses) {
				var at, record, count int64 = 0, 0, -1
				parts := strings.Split(word, ":")
				for i, to := range []*int64{&at, nil, nil, &record, &count} {
					if to != nil && i < len(parts) {
						if _, err := fmt.Sscan(parts[i], to); err != nil {
							t.Fatal(err)
						}
					}
				}
				action, err := access.ParseAction(parts[2])
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, access.Access{Time: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMicro() + at*1_000_000, Account: names.Number([]byte(parts[1])), Action: action, Record: token.Token(record), Count: count})
			}
			// In one go, and put down and taken up after each.
			w := watch.New(watch.Options{Matcher: rules})
			alarms := append(w.Take("log", all, &names), w.Flush()...)
			var again []watch.Alarm
			var state bytes.Buffer
			for i := range all {
				fresh, err := sigma.Parse([]byte(c.rules))
				if err != nil {
					t.Fatal(err)
				}
				w := watch.New(watch.Options{Matcher: fresh})
				if i > 0 {
					if err := w.Restore(&state); err != nil {
						t.Fatal(err)
					}
				}
				again = append(again, w.Take("log", all[i:i+1], &names)...)
				again = append(again, w.Flush()...)
				state.Reset()
				if err := w.Save(&state); err != nil {
					t.Fatal(err)
				}
			}
			for _, found := range [][]watch.Alarm{alarms, again} {
				n := 0
				for _, a := range found {
					if a.Rule == watch.Sigma && a.Title == "joined" {
						n++
					}
				}
				if n != c.want {
					t.Errorf("%d alarms, not %d: %v", n, c.want, found)
				}
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	for rules, why := range map[string]string{
		"title: a\n": "neither detection nor correlation",
		"detection: {s: {EventID: 4625}, condition: s}":                 "no field",
		"detection: {s: [word], condition: s}":                          "words sought anywhere",
		"detection: {s: {account: a}, condition: s and}":                "ends too early",
		"detection: {s: {account: a}, condition: s t}":                  "not understood",
		"detection: {s: {account: a}, condition: x}":                    "not there",
		"detection: {s: {account: a}}":                                  "no condition",
		"detection: {s: {account|base64: a}, condition: s}":             "is not read",
		"detection: {s: {address|cidr: here}, condition: s}":            "cidr",
		correlation("event_count", "none", "  condition: {gte: 3}\n"):   "not there",
		correlation("event_count", "failed", "  condition: {lt: 3}\n"):  "only known when time is up",
		correlation("value_count", "failed", "  condition: {gte: 3}\n"): "names its field",
		correlation("percentile", "failed", ""):                         "no correlation",
		":":                                                             "",
		"[]":                                                            "",
		"":                                                              "no rule",
	} {
		if _, err := sigma.Parse([]byte(rules)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, not %q", rules, err, why)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(correlation("event_count", "failed", "  condition: {gte: 3}\n")))
	f.Add([]byte("detection: {s: {account|re: 'a+'}, condition: not (s or 1 of s*)}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		rules, err := sigma.Parse(text)
		if err != nil {
			return
		}
		var names access.Names
		rules.Mark(&access.Access{Account: names.Number([]byte("a"))}, names.Of)
	})
}
