package claim

import "testing"

func TestFirstSeenMayBeADate(t *testing.T) {
	t.Parallel()
	k, err := Keep([]byte("source: x\nfirst_seen: 2026-04-20\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := k.Claim.FirstSeen.Format("2006-01-02T15:04"); got != "2026-04-20T00:00" {
		t.Errorf("first seen %s", got)
	}
}
