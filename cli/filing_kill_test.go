package cli_test

import (
	"encoding/json"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"constat.example/cli"
	"constat.example/desk/deadline"
)

// TestFilingKilledAtAnyInstant kills the filing of a document under way. After each kill it
// is filed, with the event that its clock waits for, or nothing is, and it can be filed.
func TestFilingKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some forty processes")
	}
	dir := t.TempDir()
	parties := write(t, dir, "parties.yaml", "parties:\n  - {id: agency, name: The agency, country: FR, controller: true}\n")
	base := on(t, filepath.Join(t.TempDir(), "home"))
	base.must(0, "case", "open", "c", "--reason", "a call")
	base.must(0, "case", "deadlines", "c", "--facts", parties, "--event", "aware=2026-04-20T12:17", "--at", "2026-04-20T14:00")
	base.must(0, "case", "decide", "c", "authority", "notify", "--reason", "names are out")
	file := []string{"report", "c", "--form", "cnil-initial", "--filed", "--at", "2026-04-22T09:40", "--reference", "N-114", "--yes"}
	killed := killer(t, rand.New(rand.NewPCG(7, 33)), on(t, copyOf(t, base.home)).child(file...))
	filed := func(p program) (filings, events int) {
		var view cli.CaseView
		if err := json.Unmarshal([]byte(p.must(0, "case", "show", "c", "--json")), &view); err != nil {
			t.Fatal(err)
		}
		for _, e := range view.Desk.Events {
			if e.Event.Kind == deadline.Notified {
				events++
			}
		}
		return len(view.Desk.Filings), events
	}
	before := 0
	for i := range kills {
		p := on(t, copyOf(t, base.home))
		killed(i, p.child(file...))
		filings, events := filed(p)
		if filings != events || filings > 1 {
			t.Fatalf("after a kill there are %d filings and %d events", filings, events)
		}
		if filings == 0 {
			before++
			p.must(0, file...)
			if filings, events = filed(p); filings != 1 || events != 1 {
				t.Fatalf("filed after a kill, there are %d filings and %d events", filings, events)
			}
		}
		p.verify("c")
	}
	t.Logf("killed %d times before it was filed, %d after", before, kills-before)
	if before == 0 {
		t.Error("no filing was killed under way")
	}
}
