//go:build eval

package triage_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/scenario/score"
	"constat.example/triage"
)

// TestEvalVerdict plays many drills and prints how often the verdict, its shares,
// windows and sizes are right: every kind of drill, each by a thief of its own,
// against one agency for each seed. Of every third agency there is a snapshot a day
// around the thefts.
//
//	CONSTAT_EVAL_SEEDS=7000-7003     agencies (the default)
//	CONSTAT_EVAL_KINDS=full-copy,…   kinds of drill. Default all
//	CONSTAT_EVAL_PEOPLE=5000-40000   people in each, drawn evenly of their logarithm
//	CONSTAT_EVAL_AT_ONCE=2           agencies at one time
func TestEvalVerdict(t *testing.T) {
	from, to := numbers(t, "CONSTAT_EVAL_SEEDS", "7000-7003")
	atOnce, _ := numbers(t, "CONSTAT_EVAL_AT_ONCE", "2")
	var kinds []string
	for _, k := range scenario.Kinds() {
		if !k.Theft.Second && k.Name != "honey-partner" { // which change the register itself
			kinds = append(kinds, k.Name)
		}
	}
	if only := os.Getenv("CONSTAT_EVAL_KINDS"); only != "" {
		kinds = strings.Split(only, ",")
	}
	var (
		mu   sync.Mutex
		all  []score.Judged
		wg   sync.WaitGroup
		turn = make(chan struct{}, atOnce)
	)
	for seed := from; seed <= to; seed++ {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			evalAgency(t, uint64(seed), kinds, func(j score.Judged) {
				mu.Lock()
				defer mu.Unlock()
				all = append(all, j)
				right := ""
				if !j.Right {
					right = "  NOT RIGHT " + j.Name + " " + j.Reasons
				}
				fmt.Fprintf(os.Stderr, "%4d  %d %-12s %-12s %-14s %5.1f s%s\n", len(all), j.Seed, j.Kind, j.Class, j.Said, j.Seconds, right)
			})
		})
	}
	wg.Wait()
	slices.SortFunc(all, func(a, b score.Judged) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(a.Seed, b.Seed))
	})
	fmt.Println(score.Figures(all))
	for _, j := range all {
		if j.Grave {
			t.Errorf("%s of seed %d is %s, told for %s", j.Kind, j.Seed, j.Class, j.Said)
		}
	}
}

// numbers reads a range, or one number, from the environment.
func numbers(t *testing.T, name, otherwise string) (from, to int) {
	t.Helper()
	text := cmp.Or(os.Getenv(name), otherwise)
	low, high, found := strings.Cut(text, "-")
	if !found {
		high = low
	}
	from, err1 := strconv.Atoi(low)
	to, err2 := strconv.Atoi(high)
	if err1 != nil || err2 != nil || from > to || from < 1 {
		t.Fatalf("%s: %q is no range of numbers", name, text)
	}
	return from, to
}

// evalAgency imports an agency's register once and assesses every kind of theft
// from it.
func evalAgency(t *testing.T, seed uint64, kinds []string, told func(score.Judged)) {
	ctx := context.Background()
	fail := func(err error) bool {
		if failure.CodeOf(err) > failure.Attention {
			t.Errorf("seed %d: %v", seed, err)
			return true
		}
		return false
	}
	fewest, most := numbers(t, "CONSTAT_EVAL_PEOPLE", "5000-40000")
	dice := rand.New(rand.NewPCG(seed, 0x6576616c))
	people := int(float64(fewest) * math.Pow(float64(most)/float64(fewest), dice.Float64()))
	world, err := scenario.New(ctx, scenario.Config{People: people, Seed: seed, Snapshots: months(dice)})
	if fail(err) {
		return
	}
	daily := seed%3 == 0
	first := 4 + 16*dice.Float64() // months after the start at which the days begin
	var days []time.Time
	if daily {
		begin := world.SnapshotTime(int(first)).AddDate(0, 0, int(30*(first-float64(int(first)))))
		for d := range 32 {
			days = append(days, begin.AddDate(0, 0, d))
		}
	}
	dir := t.TempDir()
	defer os.RemoveAll(dir)
	register := filepath.Join(dir, "register")
	if fail(os.Mkdir(register, 0o700)) {
		return
	}
	snapshots, err := world.WriteRegister(ctx, register, days...)
	if fail(err) {
		return
	}
	bench := workbench(filepath.Join(dir, "home"))
	bench.Threads = max(1, runtime.GOMAXPROCS(0)/2)
	for _, s := range snapshots {
		path := filepath.Join(register, s.File)
		if _, err := bench.Import(ctx, triage.ImportRequest{Source: path, AsOf: s.At}); fail(err) {
			return
		}
		if fail(os.Remove(path)) {
			return
		}
	}
	for i, kind := range kinds {
		began := time.Now()
		adjust := []func(*scenario.Theft){scenario.Vary(seed<<8 + uint64(i))}
		if daily {
			adjust = append(adjust, scenario.At(first+0.15+0.7*dice.Float64()))
		}
		drill := filepath.Join(dir, kind)
		truth, err := world.Steal(ctx, drill, kind, snapshots, adjust...)
		if fail(err) {
			continue
		}
		earlier, err := addEarlier(ctx, bench, drill, truth)
		if fail(err) {
			continue
		}
		res, err := bench.Assess(ctx, triage.AssessRequest{
			Paths: []string{filepath.Join(drill, truth.Dump)}, Claim: filepath.Join(drill, "claim.yaml"),
		})
		if fail(err) {
			continue
		}
		j := score.Judge(truth, res.Assessment, earlier)
		j.Daily, j.Seconds = daily, time.Since(began).Seconds()
		j.Name = fmt.Sprintf("(%d people, %d snapshots, %d rows, %d linked, %s, %v)", people, len(snapshots), truth.Rows, j.Linked, truth.Format.Type, truth.Columns)
		told(j)
		if fail(os.RemoveAll(drill)) || fail(os.RemoveAll(bench.CaseDir(res.Assessment.Case))) {
			return
		}
	}
}

// months draws when the monthly snapshots were kept: at the start and the end, and
// between them at every one to six months, or at some.
func months(dice *rand.Rand) []int {
	kept := []int{0}
	step := 1 + dice.IntN(6)
	for m := step; m < 23; m += step {
		if dice.IntN(5) > 0 {
			kept = append(kept, m)
		}
	}
	return append(kept, 23)
}

// addEarlier makes the leaks of before known that a drill comes with, and no others, and
// reports whether there are some.
func addEarlier(ctx context.Context, b triage.Bench, drill string, truth *scenario.Truth) (bool, error) {
	if err := os.RemoveAll(filepath.Join(b.Home, "leaks")); err != nil {
		return false, err
	}
	for _, e := range truth.Earlier {
		name, _, _ := strings.Cut(filepath.Base(e.File), ".")
		if _, err := b.AddLeak(ctx, triage.LeakRequest{Paths: []string{filepath.Join(drill, filepath.FromSlash(e.File))}, Name: name}); failure.CodeOf(err) > failure.Attention {
			return false, err
		}
	}
	return len(truth.Earlier) > 0, nil
}
