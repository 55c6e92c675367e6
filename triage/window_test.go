package triage_test

import (
	"path/filepath"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

// TestWindowOfDrill dates the copy of a drill with monthly snapshots.
func TestWindowOfDrill(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it imports five snapshots of 20,000 people")
	}
	dir := t.TempDir()
	truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: 20_000, Seed: 77, Snapshots: []int{10, 11, 12, 13, 14}}, "full-copy",
		func(theft *scenario.Theft) { theft.Months = 12.3 })
	if err != nil {
		t.Fatal(err)
	}
	w := workbench(filepath.Join(dir, "home"))
	for _, s := range truth.Snapshots {
		if _, err := w.Import(t.Context(), triage.ImportRequest{Source: filepath.Join(dir, "register", s.File), AsOf: s.At}); failure.CodeOf(err) > failure.Attention {
			t.Fatal(err)
		}
	}
	res, err := w.Assess(t.Context(), triage.AssessRequest{Paths: []string{filepath.Join(dir, truth.Dump)}})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	got := res.Assessment.Window
	if got.Refused != "" || got.Shape != assessment.ShapeOnce || !got.Even || len(got.Curve) < 50 || got.Torn*200 > got.Rows {
		t.Fatalf("refused %q, shape %q, even %v, %d points, %d of %d rows torn", got.Refused, got.Shape, got.Even, len(got.Curve), got.Torn, got.Rows)
	}
	if *got.NotBefore != truth.Snapshots[2].At.UTC().Format(time.RFC3339) || *got.NotAfter != truth.Snapshots[3].At.UTC().Format(time.RFC3339) {
		t.Errorf("copied at %v: not before %s, not after %s", truth.Theft, *got.NotBefore, *got.NotAfter)
	}
	low, high := at(t, got.Interval.Low), at(t, got.Interval.High)
	t.Logf("copied at %v: %v to %v, most likely %s; %v, %d against, %d of %d rows torn, set aside %v", truth.Theft.UTC(), low, high, *got.MostLikely, got.Changes, got.Against, got.Torn, got.Rows, got.Aside)
	if truth.Theft.Before(low) || truth.Theft.After(high) || high.Sub(low) > 6*24*time.Hour {
		t.Errorf("copied at %v: interval %v to %v", truth.Theft, low, high)
	}
}

func at(t *testing.T, text *string) time.Time {
	t.Helper()
	if text == nil {
		t.Fatal("a bound is missing")
	}
	x, err := time.Parse(time.RFC3339, *text)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
