//go:build eval

package triage_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/scenario/score"
	"constat.example/triage"
)

// tracedKinds are the kinds of drill whose logs are traced: those whose thief stands in
// them, in every way, and those whose thief does not or of whom there is none.
var tracedKinds = []string{
	"hijacked", "colluding", "enumeration", "slow-scrape", "scrape", "first-n", "partial", "id-range", "ten-rows", // records are named
	"counts-only", "sample", // their number is told
	"dba-copy", "padded-real", // a statement is told
	"backup", "log-gap", "unlogged", "stale-third", "partner", "recycled", // not in the logs
	"fabricated", "foreign", // nothing was taken
}

// TestEvalTrace plays many drills with logs, assesses their dumps, traces who read the
// exposed people, and prints how often that is right.
//
//	CONSTAT_EVAL_SEEDS=7000-7003     agencies (the default)
//	CONSTAT_EVAL_KINDS=hijacked,…    kinds of drill. Default all of tracedKinds
//	CONSTAT_EVAL_PEOPLE=3000-6000    people in each
//	CONSTAT_EVAL_AT_ONCE=2           agencies at one time
//	CONSTAT_EVAL_KEEP=DIR            keep what was made in there; what is there is only traced
//	CONSTAT_EVAL_BLIND=1             say nothing of what was found: to have drills ready
func TestEvalTrace(t *testing.T) {
	from, to := numbers(t, "CONSTAT_EVAL_SEEDS", "7000-7003")
	atOnce, _ := numbers(t, "CONSTAT_EVAL_AT_ONCE", "2")
	kinds := tracedKinds
	if only := os.Getenv("CONSTAT_EVAL_KINDS"); only != "" {
		kinds = strings.Split(only, ",")
	}
	var (
		mu   sync.Mutex
		all  []score.Traced
		wg   sync.WaitGroup
		turn = make(chan struct{}, atOnce)
	)
	for seed := from; seed <= to; seed++ {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			traceAgency(t, uint64(seed), kinds, func(s score.Traced, told string) {
				mu.Lock()
				defer mu.Unlock()
				all = append(all, s)
				if os.Getenv("CONSTAT_EVAL_BLIND") == "" {
					fmt.Fprintf(os.Stderr, "%4d  %s\n", len(all), told)
				}
			})
		})
	}
	wg.Wait()
	if os.Getenv("CONSTAT_EVAL_BLIND") != "" {
		return
	}
	slices.SortStableFunc(all, func(a, b score.Traced) int {
		return cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind))
	})
	fmt.Println(score.TraceFigures(all))
}

// traceAgency imports an agency's register once, and assesses and traces every kind of theft
// from it.
func traceAgency(t *testing.T, seed uint64, kinds []string, told func(score.Traced, string)) {
	ctx := context.Background()
	fail := func(err error) bool {
		if failure.CodeOf(err) > failure.Attention {
			t.Errorf("seed %d: %v", seed, err)
			return true
		}
		return false
	}
	fewest, most := numbers(t, "CONSTAT_EVAL_PEOPLE", "3000-6000")
	dice := rand.New(rand.NewPCG(seed, 0x74726163))
	people := fewest + dice.IntN(most-fewest+1)
	config := scenario.Config{
		People: people, Seed: seed, Snapshots: months(dice), Accounts: 60 + dice.IntN(41), LogWeeks: [2]int{6 + 4*dice.IntN(2), 2}, Threads: max(1, runtime.GOMAXPROCS(0)/2),
	}
	world, err := scenario.New(ctx, config)
	if fail(err) {
		return
	}
	// Of every third agency there is a snapshot a day around the thefts.
	daily, first := seed%3 == 0, 4+16*dice.Float64()
	var days []time.Time
	if daily {
		begin := world.SnapshotTime(int(first)).AddDate(0, 0, int(30*(first-float64(int(first)))))
		for d := range 32 {
			days = append(days, begin.AddDate(0, 0, d))
		}
	}
	dir := t.TempDir()
	kept := os.Getenv("CONSTAT_EVAL_KEEP") != ""
	if kept {
		dir = filepath.Join(os.Getenv("CONSTAT_EVAL_KEEP"), fmt.Sprint(seed))
	} else {
		defer os.RemoveAll(dir)
	}
	bench := workbench(filepath.Join(dir, "home"))
	bench.Threads = config.Threads
	var snapshots []scenario.Snapshot
	register := filepath.Join(dir, "register")
	if had, _ := filepath.Glob(filepath.Join(dir, "*.json")); len(had) == 0 {
		if fail(os.MkdirAll(register, 0o700)) {
			return
		}
		if snapshots, err = world.WriteRegister(ctx, register, days...); fail(err) {
			return
		}
		for _, s := range snapshots {
			path := filepath.Join(register, s.File)
			if _, err := bench.Import(ctx, triage.ImportRequest{Source: path, AsOf: s.At}); fail(err) {
				return
			}
			if fail(os.Remove(path)) {
				return
			}
		}
	}
	for i, kind := range kinds {
		began := time.Now()
		at := 0.15 + 0.3*dice.Float64()
		var truth scenario.Truth
		request := triage.TraceRequest{Case: kind}
		note := filepath.Join(dir, kind+".json")
		if text, err := os.ReadFile(note); err == nil {
			if fail(json.Unmarshal(text, &truth)) {
				return
			}
		} else {
			adjust := []func(*scenario.Theft){scenario.Vary(seed<<8 + uint64(i))}
			if daily {
				adjust = append(adjust, scenario.At(first+at))
			}
			drill := filepath.Join(dir, kind)
			made, err := world.Steal(ctx, drill, kind, snapshots, adjust...)
			if fail(err) {
				continue
			}
			if truth = *made; fail(os.RemoveAll(filepath.Join(bench.Home, "leaks"))) {
				continue
			}
			if _, err := addEarlier(ctx, bench, drill, made); fail(err) {
				continue
			}
			if _, err := bench.Assess(ctx, triage.AssessRequest{Case: kind, Paths: []string{filepath.Join(drill, truth.Dump)}, Claim: filepath.Join(drill, "claim.yaml")}); fail(err) {
				continue
			}
			for _, name := range truth.Access.Files {
				request.Logs = append(request.Logs, filepath.Join(drill, "logs", name))
			}
		}
		assessed := time.Since(began)
		traced, err := bench.Trace(ctx, request)
		if fail(err) {
			continue
		}
		s := score.Trace(&truth, traced.Assessment)
		s.Seed = seed
		tr := traced.Assessment.Trace
		told(s, fmt.Sprintf("%s %s to %s, %d people, %d accounts, logs of %d weeks, %.1f + %.1f s", s, dayOf(tr.From), dayOf(tr.To), people, config.Accounts, config.LogWeeks[0], assessed.Seconds(), (time.Since(began)-assessed).Seconds()))
		if kept {
			text, err := json.Marshal(truth)
			if fail(err) || fail(os.WriteFile(note, text, 0o600)) {
				return
			}
		} else if fail(os.RemoveAll(bench.CaseDir(kind))) {
			return
		}
		if fail(os.RemoveAll(filepath.Join(dir, kind))) {
			return
		}
	}
}

// dayOf is the day of a time, or "?".
func dayOf(at *string) string {
	if at == nil {
		return "?"
	}
	return (*at)[:len(time.DateOnly)]
}
