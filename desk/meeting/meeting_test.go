package meeting_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/desk/meeting"
	"constat.example/internal/failure"
)

var (
	pin = strings.Repeat("0123abcd-", 7) + "0123abcd"
	at  = time.Date(2026, 4, 28, 9, 31, 7, 5, time.UTC)
)

func TestLog(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "owner")
	l := meeting.In(dir)
	if c, err := l.Chain(); err != nil || len(c.Entries) != 0 {
		t.Fatal(c, err)
	}
	begun, err := l.Add(at, meeting.Entry{Who: "a", Act: meeting.Asking, Peer: pin, Case: "c", Rows: 100})
	if err != nil || begun.Seq != 1 || !begun.Time.Equal(at.Truncate(time.Second)) {
		t.Fatal(begun, err)
	}
	if _, err := l.Add(at, meeting.Entry{Who: "a", Act: meeting.Done, Of: 1, Peer: pin, Told: 5, By: map[string]int64{"nir": 5}}); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 { // several processes at once add a line each
		all.Go(func() {
			if _, err := l.Add(at, meeting.Entry{Who: "b", Act: meeting.Answering, Peer: pin}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	c, err := l.Chain()
	if err != nil || len(c.Entries) != 10 || c.Entries[1].Of != 1 || c.Entries[1].By["nir"] != 5 {
		t.Fatal(c, err)
	}
	for name, e := range map[string]meeting.Entry{
		"no act":           {Act: "x", Peer: pin},
		"no pin":           {Act: meeting.Asking, Peer: "abc"},
		"an end of none":   {Act: meeting.Done, Peer: pin},
		"a beginning's of": {Act: meeting.Asking, Of: 1, Peer: pin},
	} {
		if _, err := l.Add(at, e); err == nil {
			t.Errorf("%s was logged", name)
		}
	}
	// A line that was changed stops everything.
	path := filepath.Join(dir, "meetings.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(`"told":5`), []byte(`"told":0`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Add(at, meeting.Entry{Who: "a", Act: meeting.Asking, Peer: pin}); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
}
