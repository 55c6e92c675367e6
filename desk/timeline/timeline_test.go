package timeline_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones, where the machine has none

	"constat.example/desk/deadline"
	"constat.example/desk/timeline"
)

func facts(id string) *timeline.Facts {
	yes := true
	return &timeline.Facts{Parties: []deadline.PartyEntry{{ID: id, Name: "A", Country: "FR", Controller: &yes}}}
}

func event(kind deadline.Kind, at string) deadline.EventEntry {
	return deadline.EventEntry{Kind: kind, At: at} // of the only party
}

func hand() timeline.Hand {
	return timeline.Hand{Who: "dpo", Now: func() time.Time { return time.Date(2026, 3, 4, 9, 0, 0, 5, time.UTC) }}
}

func fine(*deadline.Case, time.Time) error { return nil }

func TestAdd(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "forum")
	s := timeline.In(dir, "forum")
	if lines, err := s.Lines(); err != nil || len(lines) != 0 {
		t.Fatalf("a case without a timeline has %v: %v", lines, err)
	}
	if err := s.Add(hand(), nil, []deadline.EventEntry{event(deadline.Aware, "2026-03-02T09:00")}, fine); err == nil {
		t.Error("an event of no party was kept")
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("what was refused opened a case")
	}
	if err := s.Add(hand(), facts("a"), []deadline.EventEntry{event(deadline.Signal, "2026-03-02T08:00"), event(deadline.Aware, "2026-03-02T09:00")}, fine); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(hand(), facts("a"), nil, fine); err != nil { // said already
		t.Fatal(err)
	}
	wrong := event(deadline.Withdrawn, "2026-03-04")
	wrong.Corrects = 7
	for name, err := range map[string]error{
		"an event that corrects none":    s.Add(hand(), nil, []deadline.EventEntry{event(deadline.Notified, "2026-03-04"), wrong}, fine),
		"facts that lose an event's own": s.Add(hand(), facts("b"), nil, fine),
		"what the caller refuses": s.Add(hand(), nil, []deadline.EventEntry{event(deadline.Notified, "2026-03-04")}, func(c *deadline.Case, now time.Time) error {
			if len(c.Events) != 3 || now.Nanosecond() != 0 {
				t.Errorf("the case as it would be has %d events, at %s", len(c.Events), now)
			}
			return errors.New("no")
		}),
	} {
		if err == nil {
			t.Errorf("%s was kept", name)
		}
	}
	lines, err := s.Lines()
	if err != nil || len(lines) != 3 {
		t.Fatalf("%d lines: %v", len(lines), err)
	}
	f := timeline.File("forum", lines)
	if len(f.Parties) != 1 || len(f.Events) != 2 || f.Events[1].Kind != deadline.Aware || f.Events[1].Who != "dpo" || f.Events[1].Party != "a" || f.Case != "forum" {
		t.Errorf("the lines state %+v", f)
	}
}

// A line that was changed is found, and a line that a crash tore is healed.
func TestTimelineHolds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := timeline.In(dir, "forum")
	if err := s.Add(hand(), facts("a"), []deadline.EventEntry{event(deadline.Aware, "2026-03-02T09:00")}, fine); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "timeline.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(strings.Replace(string(text), "09:00", "19:00", 1) + string(text[len(text)-20:]))
	write(strings.Replace(string(text), `"id":"a"`, `"id":"b"`, 1))
	if _, err := s.Lines(); err == nil || !strings.Contains(err.Error(), "line 2 does not follow") {
		t.Errorf("a changed line: %v", err)
	}
	if _, err := timeline.In(dir, "other").Lines(); err == nil {
		t.Error("the lines of another case were taken")
	}
	write(string(text) + string(text[:40]))
	if err := s.Add(hand(), nil, []deadline.EventEntry{event(deadline.Notified, "2026-03-03T09:00")}, fine); err != nil {
		t.Fatal(err)
	}
	if lines, err := s.Lines(); err != nil || len(lines) != 3 {
		t.Errorf("after a torn line %d: %v", len(lines), err)
	}
	write(strings.Replace(string(text), `"event"`, `"facts":{"parties":null},"event"`, 1))
	if _, err := s.Lines(); err == nil {
		t.Error("a line that states two things was taken")
	}
}
