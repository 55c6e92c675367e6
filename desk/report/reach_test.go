package report_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	judged "constat.example/blind/reach"
	"constat.example/desk/assessment"
	"constat.example/desk/reach"
	"constat.example/desk/report"
)

func whole(somebody, nobody, doors int64) reach.Whole {
	return reach.Whole{Somebody: &somebody, Nobody: &nobody, Doors: &doors}
}

// reached is how far the accounts of a small agency reach.
func reached() *reach.Reach {
	from, to := "2026-02-02T00:00:00Z", "2026-03-03T00:00:00Z"
	n := func(x int64) *int64 { return &x }
	r := &reach.Reach{
		Register: "main", From: &from, To: &to, People: 120_000, Outside: 3, RankedBy: "could",
		Logs:  []assessment.Log{{Name: "app<1>.jsonl", Format: "json", Lines: 90_210, Used: 90_000, Idle: 200, Rejected: 10}},
		Could: whole(120_000, 0, 361_000), Read: whole(61_000, 59_000, 92_000), Needed: whole(40_000, 80_000, 51_000),
		Accounts: []reach.Account{
			{Account: "nuit\u202e", Role: "batch", Could: n(120_000), Read: 0, Needed: n(0), Unread: n(0), Bulk: 29, Cost: 120_000, Flags: []string{judged.Bulk, judged.Counted}},
			{Account: "c0412", Role: "adviser", Could: n(120_000), Read: 31_000, Needed: n(12_000), Unread: n(89_000), Cost: 120_000, Flags: []string{judged.Left, judged.AfterLeft, judged.Shared}},
			{Account: "c0007", Role: "adviser", Could: n(120_000), Read: 60_000, Needed: n(38_000), Unread: n(60_000), Cost: 120_000, Flags: []string{judged.Beyond, judged.Unlisted}},
			{Account: "x1", Could: n(1000), Read: 1000, Needed: n(1000), Unread: n(0), Cost: 12.5, Flags: []string{judged.Asleep}},
		},
		Costliest: []string{"nuit\u202e", "c0412", "c0007"},
	}
	r.Roles = reach.Roles(r.Accounts)
	for _, code := range []string{judged.StepRevoke, judged.StepNarrow, judged.StepProtect, judged.StepEnforce, judged.StepSeparate, judged.StepList, judged.StepName, judged.StepWho} {
		r.Steps = append(r.Steps, reach.Step{Code: code, Accounts: []string{"c0412", "c0007"}, Roles: []string{"adviser"}, Doors: 7, Count: 12})
	}
	return r
}

func reachPage(t *testing.T, r *reach.Reach) string {
	t.Helper()
	var page bytes.Buffer
	if err := report.ReachPage(&page, r); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func TestReachPage(t *testing.T) {
	t.Parallel()
	got := reachPage(t, reached())
	path := filepath.Join("testdata", "reach", "page.html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || got != string(want) {
		t.Errorf("%s is not what was kept; look at it, then run the test with -update (%v)", path, err)
	}
	if strings.Contains(got, "\u202e") || strings.Contains(got, "app<1>") || strings.Contains(got, "<script") {
		t.Error("a name from outside is shown as it came")
	}
}

// TestReachRefused: what is not declared is refused on the page, in both languages.
func TestReachRefused(t *testing.T) {
	t.Parallel()
	r := reached()
	doors := int64(92_000)
	r.Could, r.Needed, r.RankedBy = reach.Whole{Refused: judged.NoRights, AtLeast: &doors}, reach.Whole{Refused: judged.NoReasons, AtMost: &doors}, "read"
	for i := range r.Accounts {
		r.Accounts[i].Could, r.Accounts[i].Needed, r.Accounts[i].Unread = nil, nil, nil
	}
	r.Roles = reach.Roles(r.Accounts)
	page := reachPage(t, r)
	for _, says := range []string{judged.NoRights, judged.NoReasons, "aucun droit n’a été déclaré", "aucun motif n’a été déclaré", "classés par ce qu’ils ont lu"} {
		if !strings.Contains(page, says) {
			t.Errorf("the page does not say %q", says)
		}
	}
	if strings.Contains(page, `class="could"`) || strings.Contains(page, `class="curve needed"`) {
		t.Error("what is refused is drawn")
	}
	r = &reach.Reach{Register: "main", People: 9, Refused: judged.NoJoin}
	if page = reachPage(t, r); !strings.Contains(page, judged.NoJoin) || !strings.Contains(page, "aucun identifiant de fiche") || strings.Contains(page, "<table") {
		t.Error("a page that can tell nothing tells something else")
	}
}

// TestReachWords: whatever the judge says has words in both languages.
func TestReachWords(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{judged.Left, judged.AfterLeft, judged.Asleep, judged.Unlisted, judged.Shared, judged.Beyond, judged.Counted, judged.Bulk} {
		en, fr := report.ReachFlag(report.English, flag), report.ReachFlag(report.French, flag)
		if en == flag || fr == flag || en == fr {
			t.Errorf("flag %s is %q and %q", flag, en, fr)
		}
	}
	for _, why := range []string{judged.NoReads, judged.NoJoin, judged.NoRights, judged.NoReasons} {
		if fr := report.ReachRefusal(report.French, why); report.ReachRefusal(report.English, why) != why || fr == why {
			t.Errorf("%q is %q", why, fr)
		}
	}
	for _, s := range reached().Steps {
		en, why := report.ReachStep(report.English, s)
		fr, warum := report.ReachStep(report.French, s)
		if en == s.Code || fr == s.Code || why == "" || warum == "" || en == fr || why == warum {
			t.Errorf("step %s is %q, %q and %q, %q", s.Code, en, why, fr, warum)
		}
		if slices.Contains([]string{judged.StepName, judged.StepWho}, s.Code) && !strings.Contains(en+why, "12") {
			t.Errorf("step %s does not say how many: %q, %q", s.Code, en, why)
		}
	}
}
