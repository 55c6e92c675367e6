package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"constat.example/desk/ledger"
	"constat.example/internal/progress"
)

// childEnv holds, in a child process, the home whose ledger it appends to until it is
// killed, and the number it begins at.
const childEnv = "CONSTAT_TEST_LEDGER"

func TestMain(m *testing.M) {
	home, from := "", 0
	if _, err := fmt.Sscanf(os.Getenv(childEnv), "%d %s", &from, &home); err == nil {
		l, err := ledger.Open(filepath.Join(home, "ledger"), filepath.Join(home, "keys", "ledger.key"))
		for n := from; err == nil; n += 3 {
			var first int64
			if first, err = l.Append(context.Background(), entry(n), entry(n+1), entry(n+2)); err == nil {
				fmt.Println(n, first) // accepted
			}
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestKilledAtAnyInstant kills a process that appends, over and over: what it said was
// accepted is there, once, under the number it said, and the ledger holds.
func TestKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	rng := rand.New(rand.NewPCG(7, 7))
	accepted := map[int]int64{} // by number of the child, the entry
	next := 0
	for run := range 15 {
		cmd := exec.Command(os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", childEnv, next, home))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// It is killed some milliseconds after it accepted so many, or, the first time, after it began.
		kill := func() {
			time.AfterFunc(time.Duration(rng.IntN(20_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
		left := run % 4
		if left == 0 {
			kill()
		}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if left--; left == 0 {
				kill()
			}
			var n int
			var first int64
			if _, err := fmt.Sscan(lines.Text(), &n, &first); err != nil {
				break // the line it was killed at
			}
			accepted[n] = first
		}
		_ = cmd.Wait() // it was killed
		next += 10_000
		if _, err := os.Stat(filepath.Join(home, "keys", "ledger.key")); err != nil {
			continue // killed before there was a ledger
		}
		l := open(t, home)
		seen := map[ledger.Hash]int64{}
		if _, err := ledger.Replay(t.Context(), l.Dir(), l.Key(), nil, progress.None, func(n int64, e *ledger.Entry) error {
			if was := seen[e.Inputs[0]]; was > 0 {
				t.Errorf("entries %d and %d are the same", was, n)
			}
			seen[e.Inputs[0]] = n
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for n, first := range accepted {
			for i := range 3 {
				if got := seen[entry(n + i).Inputs[0]]; got != first+int64(i) {
					t.Fatalf("what was accepted as entry %d is entry %d", first+int64(i), got)
				}
			}
		}
		if len(seen)%3 != 0 {
			t.Errorf("%d entries: an append of three was torn", len(seen))
		}
	}
	if len(accepted) < 11 {
		t.Errorf("only %d appends were accepted", len(accepted))
	}
}
