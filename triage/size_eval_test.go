//go:build eval

package triage_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
	people := 20_000
	if n, err := strconv.Atoi(os.Getenv("CONSTAT_SIZE_PEOPLE")); err == nil {
		people = n
	}
	type score struct {
		given, holds, bounds, right int
		width                       float64
	}
	scores := map[string]*score{}
	for n := range seeds {
		c := scenario.Config{People: people, Seed: uint64(7000 + n), Snapshots: []int{0, 8, 16, 23}}
		home := filepath.Join(t.TempDir(), "home")
		for i, kind := range kinds {
			a, truth := sizeDrill(t, home, i == 0, c, kind)
			size, reached := a.Size, int64(0)
			if truth.Population != nil {
				reached = int64(truth.Population.Reached)
			}
			var failed []string
			for _, test := range size.Tests {
				if test.Result == "failed" {
					failed = append(failed, fmt.Sprintf("%s within=%v p=%g off=%g", test.Name, test.Within, test.P, test.Off))
				}
			}
			fmt.Printf("  %s %d: class %s, true %d, said %s (%s to %s), claimed %s of %d rows, %d people: %s%s; failed %v; from %g to %g, referenced %d to %d, reachable %s\n", kind, truth.Seed, a.Verdict.Class, reached,
				dash(size.Estimate), dash(size.Low), dash(size.High), dash(size.Claimed), size.Rows, size.Persons, size.Basis, size.Refused, failed,
				size.Range.From, size.Range.To, *size.Counts[0].Low, *size.Counts[0].High, dash(size.Counts[1].Estimate))
			if scores[kind] == nil {
				scores[kind] = new(score)
			}
			x := scores[kind]
			switch {
			case size.Estimate != nil:
				x.given++
				x.width += float64(*size.High-*size.Low) / float64(max(1, reached))
				if *size.Low <= reached && reached <= *size.High {
					x.holds++
				}
			case size.Low != nil:
				x.bounds++
				if *size.Low <= reached {
					x.right++
				}
			}
		}
	}
	fmt.Printf("%-12s %5s %6s %6s %6s %8s\n", "drill", "given", "holds", "bound", "holds", "width")
	for _, kind := range kinds {
		x := scores[kind]
		fmt.Printf("%-12s %5d %6d %6d %6d %8.4f\n", kind, x.given, x.holds, x.bounds, x.right, x.width/float64(max(1, x.given)))
		if x.holds*100 < x.given*90 || x.right < x.bounds {
			t.Errorf("%s: of %d sizes %d hold the truth, of %d lower bounds %d", kind, x.given, x.holds, x.bounds, x.right)
		}
	}
}

// sizeDrill assesses a drill with its claim. All drills of a seed are of one register,
// which is imported once.
func sizeDrill(t *testing.T, home string, first bool, c scenario.Config, kind string, adjust ...func(*scenario.Theft)) (*assessment.Assessment, *scenario.Truth) {
	t.Helper()
	dir := t.TempDir()
	truth, err := scenario.Write(context.Background(), dir, c, kind, adjust...)
	if err != nil {
		t.Fatal(err)
	}
	w := workbench(home)
	for _, s := range truth.Snapshots {
		if !first {
			break
		}
		if _, err := w.Import(context.Background(), triage.ImportRequest{Source: filepath.Join(dir, "register", s.File), AsOf: s.At}); failure.CodeOf(err) > failure.Attention {
			t.Fatal(err)
		}
	}
	res, err := w.Assess(context.Background(), triage.AssessRequest{Paths: []string{filepath.Join(dir, truth.Dump)}, Claim: filepath.Join(dir, "claim.yaml")})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	return res.Assessment, truth
}
