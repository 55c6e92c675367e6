package deadline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/desk/deadline"
	"constat.example/internal/words"
)

func TestTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, zone string
		want       string // RFC 3339 in UTC, "day" after it where only that is known; "" where it is refused
	}{
		{"2026-03-02T09:00", "Europe/Paris", "2026-03-02T08:00:00Z"},
		{"2026-03-02T09:00:07", "Europe/Paris", "2026-03-02T08:00:07Z"},
		{"2026-07-02T09:00", "Europe/Paris", "2026-07-02T07:00:00Z"},
		{"2026-03-02T09:00+05:30", "Europe/Paris", "2026-03-02T03:30:00Z"},
		{"2026-03-02T09:00Z", "Europe/Paris", "2026-03-02T09:00:00Z"},
		{"2026-03-02", "Europe/Paris", "2026-03-01T23:00:00Z day"},
		{"2026-03-29T01:59", "Europe/Paris", "2026-03-29T00:59:00Z"},
		{"2026-03-29T02:00", "Europe/Paris", ""}, // never
		{"2026-03-29T02:59", "Europe/Paris", ""},
		{"2026-03-29T03:00", "Europe/Paris", "2026-03-29T01:00:00Z"},
		{"2026-10-25T01:59", "Europe/Paris", "2026-10-24T23:59:00Z"},
		{"2026-10-25T02:00", "Europe/Paris", ""}, // twice
		{"2026-10-25T02:59", "Europe/Paris", ""},
		{"2026-10-25T03:00", "Europe/Paris", "2026-10-25T02:00:00Z"},
		{"2026-10-25T02:30+02:00", "Europe/Paris", "2026-10-25T00:30:00Z"},
		{"2026-10-25T02:30+01:00", "Europe/Paris", "2026-10-25T01:30:00Z"},
		{"2026-10-25T02:30", "Indian/Reunion", "2026-10-24T22:30:00Z"},
		{"2026-04-05T01:45", "Australia/Lord_Howe", ""}, // half an hour twice
		{"2026-04-05T02:00", "Australia/Lord_Howe", "2026-04-04T15:30:00Z"},
		{"2024-02-29", "UTC", "2024-02-29T00:00:00Z day"},
		{"2026-02-29", "UTC", ""},
		{"2026-03-02 09:00", "UTC", ""},
		{"02/03/2026", "UTC", ""},
		{"2026-03-02T24:00", "UTC", ""},
		{"", "UTC", ""},
	} {
		zone, err := deadline.Zone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, day, err := deadline.Time(c.text, zone)
		got := ""
		if err == nil {
			got = at.UTC().Format(time.RFC3339)
		}
		if day {
			got += " day"
		}
		if got != c.want {
			t.Errorf("%s in %s is %q (%v), want %q", c.text, c.zone, got, err, c.want)
		}
	}
	for _, name := range []string{"", "Local", "local", "Paris", "../etc/passwd"} {
		if _, err := deadline.Zone(name); err == nil {
			t.Errorf("%q was taken for a time zone", name)
		}
	}
}

const (
	partyA = `{id: a, name: A, country: FR, controller: true}`
	aware  = `{kind: aware, party: a, at: 2026-03-02T09:00}`
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, why string }{
		{"no YAML", `{case: [`, "is not as expected"},
		{"an unknown key", `{case: a, secret: b}`, "is not as expected"},
		{"no id", `{parties: [` + partyA + `]}`, "no id"},
		{"a path for an id", `{case: ../a, parties: [` + partyA + `]}`, "no id"},
		{"no party", `{case: a}`, "no party"},
		{"twice the same party", `{case: a, parties: [` + partyA + `, ` + partyA + `]}`, "party 2: another party"},
		{"no role", `{case: a, parties: [{id: a, name: A, country: FR}]}`, "party 1: it is not said whether"},
		{"no country", `{case: a, parties: [{id: a, name: A, zone: Europe/Paris, controller: true}]}`, "party 1: its country"},
		{"no zone to be had", `{case: a, parties: [{id: a, name: A, country: US, controller: true}]}`, "party 1: a time zone"},
		{"no such zone", `{case: a, parties: [{id: a, name: A, country: FR, zone: Paris, controller: true}]}`, "party 1: there is no time zone"},
		{"a name of two lines", `{case: a, parties: [{id: a, name: "A\nB", country: FR, controller: true}]}`, "party 1: its name"},
		{"a name that turns the line", `{case: a, parties: [{id: a, name: "A\u202eB", country: FR, controller: true}]}`, "party 1: its name"},
		{"nis2 of no kind", `{case: a, parties: [{id: a, name: A, country: FR, controller: true, nis2: big}]}`, "party 1: nis2"},
		{"finance of no kind", `{case: a, parties: [{id: a, name: A, country: FR, controller: true, financial: bank}]}`, "party 1: financial"},
		{"serves itself", `{case: a, parties: [{id: a, name: A, country: FR, serves: [{party: a}]}]}`, "party 1: it serves none"},
		{"serves nobody known", `{case: a, parties: [{id: a, name: A, country: FR, serves: [{party: b}]}]}`, "party 1: it serves none"},
		{"a holiday that is none", `{case: a, parties: [{id: a, name: A, country: FR, controller: true, holidays: [Easter]}]}`, "party 1: a holiday"},
		{"an event of no kind", `{case: a, parties: [` + partyA + `], events: [{kind: theft, party: a, at: 2026-03-02}]}`, "event 1: there is no such kind"},
		{"an event as it is seen", `{case: a, parties: [` + partyA + `], events: [{kind: told, party: a, at: 2026-03-02}]}`, "event 1: there is no such kind"},
		{"an event of nobody", `{case: a, parties: [` + partyA + `], events: [{kind: aware, party: b, at: 2026-03-02}]}`, "event 1: its party"},
		{"no time", `{case: a, parties: [` + partyA + `], events: [{kind: aware, party: a}]}`, "event 1: a time is written"},
		{"a time that came twice", `{case: a, parties: [` + partyA + `], events: [{kind: aware, party: a, at: 2026-10-25T02:30}]}`, "event 1: clocks were put back"},
		{"a year of long ago", `{case: a, parties: [` + partyA + `], events: [{kind: aware, party: a, at: 0206-10-25}]}`, "event 1: its year"},
		{"corrects itself", `{case: a, parties: [` + partyA + `], events: [{kind: aware, party: a, at: 2026-03-02, corrects: 1}]}`, "event 1: it corrects"},
		{"takes nothing back", `{case: a, parties: [` + partyA + `], events: [` + aware + `, {kind: withdrawn, party: a, at: 2026-03-02}]}`, "event 2: a withdrawal"},
		{"tells who is not served", `{case: a, parties: [` + partyA + `, {id: b, name: B, country: FR, controller: true}], events: [{kind: told_controller, party: a, to: b, at: 2026-03-02}]}`, "event 1: who was told"},
		{"tells nobody", `{case: a, parties: [` + partyA + `], events: [{kind: told_controller, party: a, at: 2026-03-02}]}`, "event 1: only of telling"},
		{"sets a time for itself", `{case: a, parties: [` + partyA + `], events: [{kind: aware, party: a, at: 2026-03-02, set: 2026-03-09}]}`, "event 1: only an order"},
		{"orders the past", `{case: a, parties: [` + partyA + `], events: [{kind: ordered, party: a, at: 2026-03-02, set: 2026-02-09}]}`, "event 1: the time that was set"},
		{"quotes an address", `{case: a, parties: [` + partyA + `], events: [{kind: aware, party: a, at: 2026-03-02, evidence: [mail of zoe@example.org]}]}`, "event 1: a piece of evidence"},
		{"quotes a number", `{case: a, parties: [` + partyA + `], events: [{kind: aware, party: a, at: 2026-03-02, evidence: ["call to 0199001234"]}]}`, "event 1: a piece of evidence"},
		{"an anchor", "case: &a a\nparties: [" + partyA + "]\nsecret: *a", "it is not the YAML expected"},
	} {
		_, err := deadline.Parse([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, want %q", c.name, err, c.why)
		}
		if err != nil && (strings.Contains(err.Error(), "zoe") || strings.Contains(err.Error(), "0199")) {
			t.Errorf("%s: the error quotes: %v", c.name, err)
		}
	}
}

func TestUnknownSwitch(t *testing.T) {
	t.Parallel()
	c, err := deadline.Parse([]byte(`{case: a, with: [omnibus, moon], parties: [` + partyA + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deadline.Duties(book, c, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)); err == nil || !strings.Contains(err.Error(), "switch 2 is none of [nis2-fr omnibus]") {
		t.Errorf("an unknown switch: %v", err)
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	for ref, good := range map[string]bool{
		strings.Repeat("ab12", 16):     true,
		"CERT-FR ticket 4711":          true,
		"https://example.org/?p=14017": true,
		"ticket 12345":                 false,
		"a@b":                          false,
		"":                             false,
		strings.Repeat("a", 81):        false,
		"https://example.org/ 1":       false,
	} {
		c := deadline.Case{ID: "a", Parties: parties(t), Events: []deadline.Event{{Kind: deadline.Aware, Party: "a", At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Evidence: []string{ref}}}}
		if err := c.Check(); (err == nil) != good {
			t.Errorf("evidence %q: %v", ref, err)
		}
	}
}

func parties(t *testing.T) []deadline.Party {
	t.Helper()
	c, err := deadline.Parse([]byte(`{case: a, parties: [` + partyA + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return c.Parties
}

func TestLocal(t *testing.T) {
	t.Parallel()
	c, err := deadline.Parse([]byte(`{case: a, parties: [{id: a, name: A, country: FR, zone: Pacific/Tongatapu, controller: true}], events: [
{kind: aware, party: a, at: 2026-03-02}, {kind: aware, party: a, at: 2026-03-02T09:00}, {kind: aware, party: a, at: 2026-03-02T09:00, zone: Europe/Paris}, {kind: aware, party: a, at: 2026-03-02T09:00Z}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"2026-03-02", "2026-03-02T09:00:00+13:00", "2026-03-02T09:00:00+01:00", "2026-03-02T22:00:00+13:00"} {
		if got := c.Local(i); got != want {
			t.Errorf("event %d was at %s, want %s", i+1, got, want)
		}
	}
}

// Each controller has the clock that its own telling started.
func TestProcessors(t *testing.T) {
	t.Parallel()
	c, err := deadline.Parse([]byte(`
case: a
parties:
  - {id: host, name: Host, country: IE, controller: false, serves: [{party: pay, hours: 12}]}
  - {id: pay, name: Pay, country: FR, controller: false, serves: [{party: x, hours: 24}, {party: y}]}
  - {id: x, name: X, country: FR, controller: true}
  - {id: y, name: Y, country: BE, controller: true}
events:
  - {kind: aware, party: host, at: 2026-03-27T10:00Z}
  - {kind: told_controller, party: host, to: pay, at: 2026-03-27T20:00Z}
  - {kind: told_controller, party: pay, to: x, at: 2026-03-28T12:30+01:00}
`))
	if err != nil {
		t.Fatal(err)
	}
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	duties, err := deadline.Duties(book, c, time.Date(2026, 3, 29, 20, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i := range duties {
		d := &duties[i]
		if d.Rule != "gdpr-33-2" && d.Rule != "gdpr-33-1" || d.State == deadline.NotApplicable {
			continue
		}
		text := string(d.State) + " " + string(d.Binding)
		if d.Due != nil {
			text += " " + d.Due.Format(time.RFC3339)
		}
		got[d.Rule+" "+d.Party+" "+d.To] = text
	}
	want := map[string]string{
		"gdpr-33-2 host pay": "met contract 2026-03-27T22:00:00Z", // 10:00 + 12 h; told at 20:00
		"gdpr-33-2 pay x":    "met contract 2026-03-28T20:00:00Z", // told at 20:00 + 24 h; told on at 11:30
		"gdpr-33-2 pay y":    "running law",                       // no hour set, not told yet
		"gdpr-33-1 x ":       "running law 2026-03-31T11:30:00Z",  // told at 11:30 + 72 h
		"gdpr-33-1 y ":       "waiting law",                       // not told
	}
	for key, w := range want {
		if got[key] != w {
			t.Errorf("%s: %q, want %q", key, got[key], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("duties %v, want %v", got, want)
	}
}

// Whatever is read as a case is reckoned without a fault, adds up, and makes a
// calendar that holds.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/cases/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{case: a, with: [omnibus, nis2-fr], parties: [` + partyA + `], events: [` + aware + `, {kind: ordered, party: a, at: 2026-03-02, set: 2026-03-09}]}`))
	book, err := deadline.Rules()
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 3, 20, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := deadline.Parse(text)
		if err != nil {
			return
		}
		duties, err := deadline.Duties(book, c, now)
		if err != nil {
			return
		}
		for i := range duties {
			d := &duties[i]
			checkDuty(t, d)
		}
		for _, lang := range words.Languages {
			checkFeed(t, deadline.Calendar(c, duties, lang))
		}
	})
}

// checkDuty tells what no duty can be.
func checkDuty(t *testing.T, d *deadline.Duty) {
	t.Helper()
	for _, lang := range words.Languages {
		if d.Title().In(lang) == "" || d.Standing().In(lang) == "" {
			t.Errorf("%s: no words in %s", d.Rule, lang)
		}
	}
	switch {
	case d.Latest != nil && (d.Due == nil || !d.Latest.At.After(*d.Due)):
		t.Errorf("%s: the latest arguable is not after it is due", d.Rule)
	case d.Earliest != nil && d.Due != nil && !d.Earliest.At.Before(*d.Due):
		t.Errorf("%s: the earliest is not before it is due", d.Rule)
	case d.Due != nil && (d.Start == nil || d.Counted.EN == ""):
		t.Errorf("%s: due for no reason", d.Rule)
	case (d.State == deadline.Overdue || d.State == deadline.MetLate || d.State == deadline.Unsure) && d.Due == nil:
		t.Errorf("%s: late for nothing", d.Rule)
	case (d.State == deadline.NotApplicable || d.State == deadline.Waiting) && (d.Why.EN == "" || d.Why.FR == ""):
		t.Errorf("%s: %s without a reason", d.Rule, d.State)
	case (d.State == deadline.Met || d.State == deadline.MetLate || d.State == deadline.Unsure) && d.Met == nil:
		t.Errorf("%s: %s by nothing", d.Rule, d.State)
	case (d.State == deadline.Running || d.State == deadline.Overdue) && d.Met != nil:
		t.Errorf("%s: %s, and met", d.Rule, d.State)
	}
}
