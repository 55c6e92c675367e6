//go:build eval

package triage_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

// TestEvalOrigin assesses drills of every kind that says where a dump comes from, and
// prints what each was taken for. A class must be right, and the share of its rows
// that are genuine within the bounds given.
func TestEvalOrigin(t *testing.T) {
	fmt.Printf("%-12s %-12s %-14s %9s %19s\n", "drill", "is", "taken for", "genuine", "said")
	for i, kind := range []string{
		"full-copy", "stale-third", "noisy", "rekeyed", "sample", "first-n", "partial", "notes",
		"fabricated", "fabricated", "foreign", "foreign", "padded", "padded", "database",
	} {
		dir := t.TempDir()
		truth, err := scenario.Write(context.Background(), dir, scenario.Config{People: 20_000, Seed: uint64(8100 + i), Snapshots: []int{0, 8, 16, 23}}, kind)
		if err != nil {
			t.Fatal(err)
		}
		w := workbench(filepath.Join(dir, "home"))
		snapshots, err := filepath.Glob(filepath.Join(dir, "register", "*.csv"))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(snapshots)
		for n, path := range snapshots {
			if _, err := w.Import(context.Background(), triage.ImportRequest{Source: path, AsOf: truth.Snapshots[n].At}); failure.CodeOf(err) > failure.Attention {
				t.Fatal(err)
			}
		}
		res, err := w.Assess(context.Background(), triage.AssessRequest{Paths: []string{filepath.Join(dir, truth.Dump)}})
		if failure.CodeOf(err) > failure.Attention {
			t.Fatal(err)
		}
		v := res.Assessment.Verdict
		share := v.GenuineShare
		if share.Low == nil || share.High == nil {
			t.Errorf("%s: no share: %s", kind, v.Refused)
			continue
		}
		fmt.Printf("%-12s %-12s %-14s %9.4f %9.4f–%.4f\n", kind, truth.Class, v.Class, truth.GenuineShare, *share.Low, *share.High)
		if v.Class != truth.Class || truth.GenuineShare < *share.Low || truth.GenuineShare > *share.High {
			t.Errorf("%s of seed %d is taken for %s, with %g to %g genuine of %g", kind, truth.Seed, v.Class, *share.Low, *share.High, truth.GenuineShare)
		}
	}
}
