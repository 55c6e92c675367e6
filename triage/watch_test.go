package triage_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"constat.example/triage"
)

// Of a child of a test: the home to watch in, and at which look at the clock and how many
// microseconds later it kills itself.
const (
	watchedHome  = "CONSTAT_TEST_WATCHED_HOME"
	watchedCalls = "CONSTAT_TEST_WATCHED_CALLS"
	watchedAfter = "CONSTAT_TEST_WATCHED_AFTER"
)

// TestWatchChild is the process that TestWatchKilled has killed.
func TestWatchChild(t *testing.T) {
	home := os.Getenv(watchedHome)
	if home == "" {
		t.Skip("only a child of TestWatchKilled does something")
	}
	calls, err1 := strconv.Atoi(os.Getenv(watchedCalls))
	after, err2 := strconv.Atoi(os.Getenv(watchedAfter))
	if err1 != nil || err2 != nil {
		t.Fatal("the parent does not say when")
	}
	watchIn(t, home, func(n int) {
		if n == calls {
			go func() {
				time.Sleep(time.Duration(after) * time.Microsecond)
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}()
		}
		if n > calls {
			select {} // it goes no further, however slow the other is
		}
	})
}

// looksAKeep is how many looks at the clock there are between two times that the state is
// kept.
const looksAKeep = 200

// watchIn watches the logs that lie beside a home, and keeps the state often.
func watchIn(t *testing.T, home string, look func(n int)) *triage.Watched {
	t.Helper()
	at, n := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), 0
	now := func() time.Time {
		n++
		at = at.Add(5 * time.Second / looksAKeep)
		if look != nil {
			look(n)
		}
		return at
	}
	b := triage.Bench{Home: home, Now: now, Threads: 2}
	done, err := b.Watch(t.Context(), triage.WatchRequest{Logs: []string{filepath.Join(filepath.Dir(home), "a.jsonl"), filepath.Join(filepath.Dir(home), "b.jsonl")}})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// writeWork writes two logs of advisers at work, among them some thieves.
func writeWork(t *testing.T, dir string, days int) (lines int64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, 12))
	for _, name := range []string{"a", "b"} {
		f, err := os.Create(filepath.Join(dir, name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		w := bufio.NewWriter(f)
		first := time.Date(2025, 3, 3, 8, 0, 0, 0, time.UTC)
		for day := range days {
			for second := 0; second < 10*3600; second += 10 + rng.IntN(20) {
				account, record := rng.IntN(30), rng.IntN(5_000)
				if day == days-2 && second > 7_000 && second < 20_000 {
					for i := range 6 {
						fmt.Fprintf(w, "{\"ts\":%q,\"account\":\"%s03\",\"action\":\"read\",\"record\":\"FT-%07d\",\"count\":1,\"address\":\"192.0.2.%d\",\"session\":\"s9\",\"office\":\"075\"}\n", first.AddDate(0, 0, day).Add(time.Duration(second*1000+i)*time.Millisecond).Format(time.RFC3339Nano), name, 100_000+rng.IntN(900_000), day)
						lines++
					}
				}
				fmt.Fprintf(w, "{\"ts\":%q,\"account\":\"%s%02d\",\"action\":\"read\",\"record\":\"FT-%07d\",\"count\":1,\"address\":\"10.0.0.%d\",\"session\":\"s1\",\"office\":\"075\",\"reason\":\"rdv\"}\n", first.AddDate(0, 0, day).Add(time.Duration(second)*time.Second).Format(time.RFC3339), name, account, record, account)
				lines++
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// TestWatchKilled kills a watch at fifty instants, many of them while it keeps its state, each
// time going on where it stopped: alarms, cases and state are those of one that was left
// alone, to the byte.
func TestWatchKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some fifty processes")
	}
	calm := filepath.Join(t.TempDir(), "home")
	lines := writeWork(t, filepath.Dir(calm), 5)
	if err := (triage.Bench{Home: calm, Now: time.Now}).MakeKey(); err != nil {
		t.Fatal(err)
	}
	killed := filepath.Join(t.TempDir(), "home")
	if err := os.CopyFS(killed, os.DirFS(calm)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.jsonl", "b.jsonl"} {
		if err := os.Link(filepath.Join(filepath.Dir(calm), name), filepath.Join(filepath.Dir(killed), name)); err != nil {
			t.Fatal(err)
		}
	}
	done := watchIn(t, calm, nil)
	if done.Fresh != lines || done.Alarms == 0 {
		t.Fatalf("%d accesses of %d lines, %d alarms", done.Fresh, lines, done.Alarms)
	}
	rng := rand.New(rand.NewPCG(13, 14))
	for i := range 50 {
		calls, after := 1+rng.IntN(2*looksAKeep), 0
		if i%2 == 0 {
			calls = (looksAKeep + 2) * (1 + rng.IntN(2)) // two looks more, and the state is being kept
			after = rng.IntN(12_000)
		}
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestWatchChild$")
		child.Env = append(os.Environ(), watchedHome+"="+killed, watchedCalls+"="+strconv.Itoa(calls), watchedAfter+"="+strconv.Itoa(after))
		var ended *exec.ExitError
		if text, err := child.CombinedOutput(); !errors.As(err, &ended) || ended.ExitCode() >= 0 {
			t.Fatalf("child %d was not killed: %v\n%s", i, err, text)
		}
	}
	last := watchIn(t, killed, nil)
	if last.Accesses != lines {
		t.Errorf("%d accesses were taken, not %d", last.Accesses, lines)
	}
	compared := 0
	for _, pattern := range []string{"watch/*", "cases/*/*"} {
		paths, err := filepath.Glob(filepath.Join(calm, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			rel, err := filepath.Rel(calm, path)
			if err != nil {
				t.Fatal(err)
			}
			want, err1 := os.ReadFile(path)
			got, err2 := os.ReadFile(filepath.Join(killed, rel))
			if err1 != nil || err2 != nil || string(got) != string(want) {
				t.Errorf("another %s: %v %v", rel, err1, err2)
			}
			compared++
		}
	}
	if last.Fresh == 0 || last.Fresh == lines {
		t.Errorf("%d of %d accesses were left for the last run", last.Fresh, lines)
	}
	if compared < 3 {
		t.Errorf("only %d files were compared", compared)
	}
}

// A log that has grown is read on; what was watched is not watched again.
func TestWatchGoesOn(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	lines := writeWork(t, filepath.Dir(home), 2)
	if done := watchIn(t, home, nil); done.Fresh != lines {
		t.Fatalf("%d accesses of %d lines", done.Fresh, lines)
	}
	f, err := os.OpenFile(filepath.Join(filepath.Dir(home), "b.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, "{\"ts\":\"2025-03-05T09:00:00Z\",\"account\":\"b01\",\"action\":\"copy\",\"address\":\"10.0.0.1\"}\n")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if done := watchIn(t, home, nil); done.Fresh != 1 || done.Alarms != 1 || done.Accesses != lines+1 {
		t.Errorf("%d new accesses, %d alarms, %d accesses in all", done.Fresh, done.Alarms, done.Accesses)
	}
	if done := watchIn(t, home, nil); done.Fresh != 0 || done.Alarms != 0 {
		t.Errorf("%d new accesses, %d alarms of logs that did not change", done.Fresh, done.Alarms)
	}
}
