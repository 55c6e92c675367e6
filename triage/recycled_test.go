package triage_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

// withEarlier imports the register of a drill and keeps its leaks of before.
func withEarlier(t *testing.T, dir string, truth *scenario.Truth) triage.Bench {
	t.Helper()
	w := workbench(filepath.Join(dir, "home"))
	if err := w.NewDrillKey([]byte(truth.Kind)); err != nil {
		t.Fatal(err)
	}
	for _, s := range truth.Snapshots {
		if _, err := w.Import(t.Context(), triage.ImportRequest{Source: filepath.Join(dir, "register", s.File), AsOf: s.At}); failure.CodeOf(err) > failure.Attention {
			t.Fatal(err)
		}
	}
	for _, e := range truth.Earlier {
		name, _, _ := strings.Cut(filepath.Base(e.File), ".")
		if _, err := w.AddLeak(t.Context(), triage.LeakRequest{Paths: []string{filepath.Join(dir, e.File)}, Name: name, Seen: e.Leaked}); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func assessOf(t *testing.T, w triage.Bench, req triage.AssessRequest) *assessment.Assessment {
	t.Helper()
	res, err := w.Assess(t.Context(), req)
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	return res.Assessment
}

// TestRecycled tells what of three dumps was out: an old leak sold again, five of others
// put together, and a new copy of a register that had leaked before.
func TestRecycled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it assesses three drills")
	}
	for i, c := range []struct {
		kind, copied string
		known        [2]float64 // share of rows that add nothing
	}{
		{"recycled", "old", [2]float64{1, 1}},
		{"aggregate", "old", [2]float64{0.97, 1}},
		{"second-copy", "new", [2]float64{0.5, 0.95}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: 2_000, Seed: uint64(8300 + i), Snapshots: []int{0, 12, 23}}, c.kind)
			if err != nil {
				t.Fatal(err)
			}
			w := withEarlier(t, dir, truth)
			a := assessOf(t, w, triage.AssessRequest{Paths: []string{filepath.Join(dir, truth.Dump)}, Claim: filepath.Join(dir, "claim.yaml")})
			r, v := a.Recycled, a.Verdict
			t.Logf("%s, %v, %+v", v.Class, v.Reasons, r)
			if v.Class != truth.Class || *v.GenuineShare.Low > truth.GenuineShare || *v.GenuineShare.High < truth.GenuineShare {
				t.Errorf("class %s, share %v to %v; truth %s, %v", v.Class, *v.GenuineShare.Low, *v.GenuineShare.High, truth.Class, truth.GenuineShare)
			}
			if r.Refused != "" || len(r.Aside) > 0 || r.Rows != int64(truth.Rows) || r.Known+r.Partly+r.New+r.Apart != r.Rows || r.Copy != c.copied {
				t.Fatalf("refused %q, left out %v, copy %q, %d rows of %d", r.Refused, r.Aside, r.Copy, r.Rows, truth.Rows)
			}
			if s := *r.Share.Estimate; s < c.known[0] || s > c.known[1] || *r.Share.Low > s || *r.Share.High < s {
				t.Errorf("share that adds nothing: %v", s)
			}
			adds, out := int64(0), int64(0)
			for _, k := range r.Kinds {
				if k.Counted {
					out += k.Out
				}
			}
			for n, l := range r.Leaks {
				adds += l.Adds
				if n > 0 && l.Adds > r.Leaks[n-1].Adds || l.Only > l.Values || l.Adds > l.Values {
					t.Errorf("%+v", l)
				}
				for _, e := range truth.Earlier {
					if !strings.HasPrefix(filepath.Base(e.File), l.Name+".") {
						continue
					}
					if off := l.Shared - int64(e.DumpRows); l.Rows != int64(e.Rows) || off*off*10_000 > l.Shared*l.Shared || (l.Ours == nil && e.Ours) || (l.Ours != nil && *l.Ours != e.Ours) {
						t.Errorf("%+v is in truth %+v", l, e)
					}
				}
			}
			if adds != out || len(r.Leaks) != len(truth.Earlier) {
				t.Errorf("%d leaks of %d; they add %d values, and %d were out", len(r.Leaks), len(truth.Earlier), adds, out)
			}
		})
	}
}

// TestPastCasesCount: another case of the home counts as an earlier leak, if it is of a
// day before and of other files; a leak that came out later does not.
func TestPastCasesCount(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it assesses a drill three times")
	}
	dir := t.TempDir()
	truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: 3_000, Seed: 8310, Snapshots: []int{0, 12, 23}}, "recycled")
	if err != nil {
		t.Fatal(err)
	}
	dump, before := filepath.Join(dir, truth.Dump), filepath.Join(dir, truth.Earlier[0].File)
	is := *truth
	is.Earlier = nil
	w := withEarlier(t, dir, &is)
	now := time.Date(2026, 5, 2, 9, 0, 0, 0, time.UTC)
	w.Now = func() time.Time { return now }
	assessOf(t, w, triage.AssessRequest{Paths: []string{before}, Case: "first"})
	if a := assessOf(t, w, triage.AssessRequest{Paths: []string{dump}, Case: "same-day"}); a.Recycled.Refused != assessment.NoLeaks || a.Verdict.Class != "genuine" {
		t.Errorf("on the same day: refused %q, class %s", a.Recycled.Refused, a.Verdict.Class)
	}
	if _, err := w.AddLeak(t.Context(), triage.LeakRequest{Paths: []string{before}, Name: "later", Seen: now.AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	now = now.AddDate(0, 0, 2)
	a := assessOf(t, w, triage.AssessRequest{Paths: []string{dump}, Case: "two-days-later"})
	r := a.Recycled
	if a.Verdict.Class != "recycled" || len(r.Leaks) != 1 || !r.Leaks[0].Case || r.Leaks[0].Name != "first" || r.Leaks[0].Seen != "2026-05-02" || r.Leaks[0].Ours == nil || !*r.Leaks[0].Ours {
		t.Errorf("two days later: class %s, %+v", a.Verdict.Class, r)
	}
	if len(r.Aside) != 1 || r.Aside[0] != (assessment.Aside{Name: "later", Why: assessment.AsideLater}) {
		t.Errorf("left out: %+v", r.Aside)
	}
	// Of the first case the second is no past: it is assessed as before.
	if a := assessOf(t, w, triage.AssessRequest{Case: "first"}); a.Recycled.Refused != assessment.LeaksNotTaken || a.Verdict.Class != "genuine" {
		t.Errorf("the first again: refused %q, class %s", a.Recycled.Refused, a.Verdict.Class)
	}
}
