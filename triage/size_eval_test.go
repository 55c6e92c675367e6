//go:build eval

package triage_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

// TestEvalSize assesses drills of the kinds that say how many people the thief
// reached, and prints what size was given of each: how many are given, how many of
// these hold the truth, and how wide they are. CONSTAT_SIZE_KINDS and
// CONSTAT_SIZE_SEEDS (how many) choose.
func TestEvalSize(t *testing.T) {
	kinds := []string{
		"sample", "notes", "full-copy", "partial", "id-range", "first-n", "scrape", "partner", "accounts", "padded", "recycled", "ten-rows",
		"aggregate", "false-claim", "fabricated", "foreign", "database",
	}
	if chosen := os.Getenv("CONSTAT_SIZE_KINDS"); chosen != "" {
		kinds = strings.Split(chosen, ",")
	}
	seeds, err := strconv.Atoi(os.Getenv("CONSTAT_SIZE_SEEDS"))
	if err != nil {
		seeds = 2
	}
	fmt.Printf("%-12s %5s %6s %6s %6s %8s\n", "drill", "given", "holds", "bound", "holds", "width")
	for k, kind := range kinds {
		given, holds, bounds, right, width := 0, 0, 0, 0, 0.0
		for n := range seeds {
			a, truth := sizeDrill(t, kind, uint64(7000+100*k+n))
			size := a.Size
			reached := int64(0)
			if truth.Population != nil {
				reached = int64(truth.Population.Reached)
			}
			if testing.Verbose() {
				var failed []string
				for _, test := range size.Tests {
					if test.Result == "failed" {
						failed = append(failed, fmt.Sprintf("%s within=%v p=%g", test.Name, test.Within, test.P))
					}
				}
				fmt.Printf("  %s %d: class %s, true %d, said %s (%s to %s), claimed %s of %d rows: %s%s; failed %v; %v\n", kind, truth.Seed, a.Verdict.Class, reached,
					orDash(size.Estimate), orDash(size.Low), orDash(size.High), orDash(size.Claimed), size.Rows, size.Basis, size.Refused, failed, size.Range.From)
			}
			switch {
			case size.Estimate != nil:
				given++
				width += float64(*size.High-*size.Low) / float64(max(1, reached))
				if *size.Low <= reached && reached <= *size.High {
					holds++
				}
			case size.Low != nil:
				bounds++
				if *size.Low <= reached {
					right++
				}
			}
		}
		fmt.Printf("%-12s %5d %6d %6d %6d %8.4f\n", kind, given, holds, bounds, right, width/float64(max(1, given)))
		if holds*100 < given*90 || right < bounds {
			t.Errorf("%s: of %d sizes %d hold the truth, of %d lower bounds %d", kind, given, holds, bounds, right)
		}
	}
}

func orDash(n *int64) string {
	if n == nil {
		return "–"
	}
	return strconv.FormatInt(*n, 10)
}

// sizeDrill assesses a drill of 20,000 people with its claim.
func sizeDrill(t *testing.T, kind string, seed uint64, adjust ...func(*scenario.Theft)) (*assessment.Assessment, *scenario.Truth) {
	t.Helper()
	dir := t.TempDir()
	truth, err := scenario.Write(context.Background(), dir, scenario.Config{People: 20_000, Seed: seed, Snapshots: []int{0, 8, 16, 23}}, kind, adjust...)
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
	res, err := w.Assess(context.Background(), triage.AssessRequest{Paths: []string{filepath.Join(dir, truth.Dump)}, Claim: filepath.Join(dir, "claim.yaml")})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	return res.Assessment, truth
}
