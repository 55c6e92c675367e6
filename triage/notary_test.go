package triage_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/internal/tsatest"
	"constat.example/triage"
)

var noon = time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC)

// talk is a home with a case that holds a claim.
func talk(t *testing.T) triage.Bench {
	t.Helper()
	w := triage.Bench{Home: filepath.Join(t.TempDir(), "home"), Now: func() time.Time { return noon }, Who: "agent"}
	claimed(t, w, 9)
	return w
}

func claimed(t *testing.T, w triage.Bench, people int) {
	t.Helper()
	text := []byte("source: a forum\nclaimed: {count: " + strings.Repeat("1", people) + "}\n")
	if _, err := w.AddClaim(t.Context(), triage.ClaimRequest{File: "claim.yaml", Text: text, Case: "talk"}); err != nil {
		t.Fatal(err)
	}
}

// failing are the checks that do not hold.
func failing(t *testing.T, w triage.Bench, req triage.VerifyRequest) (all []string) {
	t.Helper()
	req.Case = "talk"
	checks, err := w.Verify(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(checks, func(c evidence.Check) bool { return c.Name == "the ledger holds" }) {
		t.Errorf("the ledger was not looked at: %v", checks)
	}
	for _, c := range checks {
		if !c.OK {
			all = append(all, c.Name+": "+c.Detail)
		}
	}
	return all
}

// TestStampLedger has an authority of the test's own stamp a checkpoint.
func TestStampLedger(t *testing.T) {
	t.Parallel()
	w := talk(t)
	a, other := tsatest.New(t, noon), tsatest.New(t, noon)
	server := httptest.NewServer(a)
	defer server.Close()
	if done, err := w.StampLedger(t.Context(), triage.StampRequest{URL: server.URL}); err != nil || done.Done || len(done.SHA256) != 64 {
		t.Fatalf("without a yes: %+v, %v", done, err)
	}
	if _, err := os.Stat(filepath.Join(w.Home, "ledger", "kept")); err == nil {
		t.Error("something was kept")
	}
	if _, err := w.StampLedger(t.Context(), triage.StampRequest{URL: server.URL, Roots: other.Roots, Do: true}); err == nil || !strings.Contains(err.Error(), "is not trusted") {
		t.Errorf("stamped by a stranger: %v", err)
	}
	done, err := w.StampLedger(t.Context(), triage.StampRequest{URL: server.URL, Roots: a.Roots, Do: true})
	if err != nil || !done.Done || !done.Time.Equal(noon) {
		t.Fatalf("stamped: %+v, %v", done, err)
	}
	claimed(t, w, 5) // the ledger goes on
	for _, roots := range [][]byte{nil, a.Roots} {
		if all := failing(t, w, triage.VerifyRequest{Roots: roots}); len(all) > 0 {
			t.Errorf("%q", all)
		}
	}
	if all := failing(t, w, triage.VerifyRequest{Roots: other.Roots}); len(all) != 1 || !strings.Contains(all[0], "is not trusted") {
		t.Errorf("by another authority: %q", all)
	}
	stamps, err := filepath.Glob(filepath.Join(w.Home, "ledger", "kept", "*.tsr"))
	if err != nil || len(stamps) != 1 {
		t.Fatalf("%q, %v", stamps, err)
	}
	text, err := os.ReadFile(stamps[0])
	if err != nil {
		t.Fatal(err)
	}
	text[len(text)-20] ^= 1
	if err := os.WriteFile(stamps[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	if all := failing(t, w, triage.VerifyRequest{Roots: a.Roots}); len(all) == 0 {
		t.Error("a changed stamp holds")
	}
}

// TestCutShort: what an act left that was cut short is not vouched for, and said so,
// until an act on the folder ends.
func TestCutShort(t *testing.T) {
	t.Parallel()
	w := talk(t)
	l, err := ledger.Open(filepath.Join(w.Home, "ledger"), filepath.Join(w.Home, "keys", "ledger.key"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), &ledger.Entry{At: noon, Actor: "agent", Act: ledger.Assess, Step: ledger.Begun, On: "cases/talk"}); err != nil {
		t.Fatal(err)
	}
	if all := failing(t, w, triage.VerifyRequest{}); len(all) > 0 {
		t.Errorf("cut short before it wrote anything: %q", all)
	}
	left := filepath.Join(w.CaseDir("talk"), "assessed.parquet")
	if err := os.WriteFile(left, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all := failing(t, w, triage.VerifyRequest{}); len(all) != 1 || !strings.HasPrefix(all[0], "every act on cases/talk ended: the act that began with entry 3 ") {
		t.Errorf("cut short: %q", all)
	}
	claimed(t, w, 5)
	if all := failing(t, w, triage.VerifyRequest{}); len(all) > 0 {
		t.Errorf("after another act: %q", all)
	}
	if err := os.Remove(left); err != nil {
		t.Fatal(err)
	}
	if all := failing(t, w, triage.VerifyRequest{}); len(all) != 1 || !strings.Contains(all[0], "assessed.parquet is missing; entry 5 tells of it") {
		t.Errorf("taken away: %q", all)
	}
}

// TestNotWritten: what somebody changed before an act, and the act did not write, is
// not vouched for by it.
func TestNotWritten(t *testing.T) {
	t.Parallel()
	w := talk(t)
	path := filepath.Join(w.CaseDir("talk"), "claims", "0001.yaml")
	if err := os.WriteFile(path, []byte("source: another forum\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	claimed(t, w, 5)
	if all := failing(t, w, triage.VerifyRequest{}); len(all) != 1 || !strings.Contains(all[0], "cases/talk/claims/0001.yaml is not what entry 2 left") {
		t.Errorf("%q", all)
	}
}

// TestFoundBefore: a case from before there was a ledger is taken as it is found, and
// that is said.
func TestFoundBefore(t *testing.T) {
	t.Parallel()
	w := talk(t)
	for _, gone := range []string{"ledger", "keys/ledger.key"} {
		if err := os.RemoveAll(filepath.Join(w.Home, gone)); err != nil {
			t.Fatal(err)
		}
	}
	claimed(t, w, 5)
	if all := failing(t, w, triage.VerifyRequest{}); len(all) > 0 {
		t.Errorf("%q", all)
	}
	entries, err := w.LedgerEntries(t.Context(), "talk")
	if err != nil || len(entries) != 3 || entries[0].Act != ledger.Found || len(entries[0].Files) != 1 {
		t.Errorf("%+v, %v", entries, err)
	}
}
