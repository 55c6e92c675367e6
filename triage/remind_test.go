package triage_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/reminder"
	"constat.example/internal/failure"
	"constat.example/triage"
)

// receiver takes reminders over HTTP, as long as it is up.
type receiver struct {
	sync.Mutex
	up    bool
	down  func() // is called when something comes while it is not up
	taken []reminder.Reminder
	*httptest.Server
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{up: true}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.Lock()
		defer r.Unlock()
		text, _ := io.ReadAll(q.Body)
		var one reminder.Reminder
		switch {
		case !r.up:
			w.WriteHeader(http.StatusServiceUnavailable)
			r.down()
		case json.Unmarshal(text, &one) != nil:
			t.Errorf("%q was sent", text)
		default:
			r.taken = append(r.taken, one)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// got is what was taken since it was asked last, as "case within".
func (r *receiver) got() string {
	r.Lock()
	defer r.Unlock()
	var all []string
	for _, x := range r.taken {
		all = append(all, x.Case+" "+x.Within)
	}
	r.taken = nil
	return strings.Join(all, ", ")
}

// clockedHome has two cases whose people are aware of a breach since noon and an hour later.
func clockedHome(t *testing.T) (b *triage.Bench, now *time.Time) {
	t.Helper()
	dir := t.TempDir()
	at := noon
	b = &triage.Bench{Home: filepath.Join(dir, "home"), Now: func() time.Time { return at }, Who: "agent", As: casefile.Person{Account: "agent"}}
	parties := filepath.Join(dir, "parties.yaml")
	if err := os.WriteFile(parties, []byte("parties:\n  - {id: agency, name: The agency, country: FR, controller: true, nis2: none, financial: none, telecom: false, insured: false}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"later", "first"} {
		at = noon.Add(time.Duration(1-i) * time.Hour)
		aware := deadline.EventEntry{Kind: deadline.Aware, At: at.Format(time.RFC3339)}
		if _, err := b.Deadlines(t.Context(), triage.DeadlinesRequest{Case: id, Facts: parties, Events: []deadline.EventEntry{aware}}); err != nil {
			t.Fatal(err)
		}
	}
	return b, &at
}

// TestReminders: each duty is reminded of once at each time and once when it is overdue,
// however often it is asked; nothing is sent unasked; who was down is told later, and who
// is new not of what was before.
func TestReminders(t *testing.T) {
	t.Parallel()
	b, now := clockedHome(t)
	hook := newReceiver(t)
	r := triage.RemindRequest{Within: []time.Duration{24 * time.Hour, 4 * time.Hour}, Outputs: triage.Outputs{Webhook: hook.URL}}
	remind := func(after time.Duration, want, sent string) *triage.Reminded {
		t.Helper()
		*now = noon.Add(after)
		found, err := b.Remind(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, x := range found.Reminders {
			all = append(all, x.Case+" "+x.Within)
		}
		if got := strings.Join(all, ", "); got != want {
			t.Errorf("after %s: %q, want %q", after, got, want)
		}
		if got := hook.got(); got != sent {
			t.Errorf("after %s: %q was sent, want %q", after, got, sent)
		}
		return found
	}
	remind(47*time.Hour, "", "")
	if dry := remind(49*time.Hour, "first 24h0m0s, later 24h0m0s", ""); dry.Sent || dry.New != 2 || len(dry.To) != 1 {
		t.Errorf("a dry run: %+v", dry)
	}
	if _, err := os.Stat(filepath.Join(b.Home, "remind")); !os.IsNotExist(err) {
		t.Error("a dry run kept something")
	}
	r.Send = true
	remind(48*time.Hour+time.Minute, "first 24h0m0s", "first 24h0m0s")
	remind(48*time.Hour+2*time.Minute, "first 24h0m0s", "")
	*now = noon.Add(68*time.Hour + 30*time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	hook.up, hook.down = false, cancel // so that it is tried once
	found, err := b.Remind(ctx, r)
	if err != nil || len(found.Unsent) != 1 || found.New != 2 {
		t.Fatalf("a receiver that is down: %+v, %v", found, err)
	}
	hook.up = true
	remind(68*time.Hour+31*time.Minute, "first 4h0m0s, later 24h0m0s", "first 4h0m0s, later 24h0m0s")
	remind(70*time.Hour, "first 4h0m0s, later 4h0m0s", "later 4h0m0s")
	remind(72*time.Hour+time.Second, "first , later 4h0m0s", "first ")
	remind(90*time.Hour, "first , later ", "later ")
	remind(91*time.Hour, "first , later ", "")

	// A clock that is corrected is another duty to be reminded of; one that is met, none.
	if _, err := b.Deadlines(t.Context(), triage.DeadlinesRequest{Case: "first", Events: []deadline.EventEntry{{Kind: deadline.Notified, At: noon.Add(90 * time.Hour).Format(time.RFC3339)}}}); err != nil {
		t.Fatal(err)
	}
	remind(92*time.Hour, "later ", "")
	if _, err := b.Deadlines(t.Context(), triage.DeadlinesRequest{Case: "later", Events: []deadline.EventEntry{{Kind: deadline.Aware, At: noon.Add(30 * time.Hour).Format(time.RFC3339), Corrects: 1}}}); err != nil {
		t.Fatal(err)
	}
	remind(92*time.Hour, "later 24h0m0s", "later 24h0m0s")

	// Who is new is told of what comes from now on.
	state := filepath.Join(b.Home, "remind")
	if err := os.Remove(filepath.Join(state, "sent-webhook")); err != nil {
		t.Fatal(err)
	}
	remind(92*time.Hour+time.Minute, "later 24h0m0s", "")

	// Closed cases have no clock.
	closing := casefile.Act{Do: casefile.Decide, Subject: casefile.Closing, Choice: casefile.Close, Reason: "over"}
	if _, err := b.Act(t.Context(), triage.ActRequest{Case: "later", Acts: []casefile.Act{closing}}); err != nil {
		t.Fatal(err)
	}
	remind(93*time.Hour, "", "")

	if err := os.WriteFile(filepath.Join(state, "reminders.jsonl"), []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Remind(t.Context(), r); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("a damaged journal: %v", err)
	}
}

// TestReminderOfUnknown: what hangs on what nobody said is counted, and nobody is asked to
// be reminded of a case that is not there.
func TestReminderOfUnknown(t *testing.T) {
	t.Parallel()
	b, now := clockedHome(t)
	*now = noon.Add(60 * time.Hour)
	one := triage.RemindRequest{Case: "first", Within: []time.Duration{24 * time.Hour}}
	found, err := b.Remind(t.Context(), one)
	if err != nil || len(found.Reminders) != 1 || found.Reminders[0].Party != "The agency" || found.Unsure != 0 {
		t.Fatalf("%+v, %v", found, err)
	}
	one.Case = "none"
	if _, err := b.Remind(t.Context(), one); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
	one.Case, one.Send = "", true
	if _, err := b.Remind(t.Context(), one); failure.CodeOf(err) != failure.Usage {
		t.Errorf("sent to nobody: %v", err)
	}
}
