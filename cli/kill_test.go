package cli_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/cli"
)

// kills is how often each command is killed, at instants spread over its run.
const kills = 9

// TestKilledAtAnyInstant kills imports and assessments under way. After each
// kill the register shows the snapshot before or the one after, whole; what was
// sealed by then is not read again, and at the end all is as if nothing had happened.
func TestKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some forty processes")
	}
	dir := drill(t, "noisy", 1500, 21, []int{0, 20})
	snapshots, dump := snapshotsOf(t, dir), dumpOf(t, dir)
	base := on(t, filepath.Join(t.TempDir(), "home"))
	base.must(0, "register", "import", snapshots[0])
	rng := rand.New(rand.NewPCG(4, 21))

	calm := on(t, copyOf(t, base.home))
	importing := killer(t, rng, calm.child("register", "import", snapshots[1]))
	calmHome := copyOf(t, calm.home)
	assessing := killer(t, rng, calm.child("assess", dump))
	want := timeless(t, calm.must(0, "assess", dump, "--json"))

	p := on(t, copyOf(t, base.home))
	before, after, resumed := 0, 0, 0
	for i := range kills {
		importing(i, p.child("register", "import", snapshots[1]))
		switch n := len(p.snapshots()); n {
		case 1:
			before++
		case 2:
			after++
			p.must(0, "register", "audit")
			p = on(t, copyOf(t, base.home)) // for the next to have something to do
			continue
		default:
			t.Fatalf("%d snapshots after a kill", n)
		}
		p.must(0, "register", "audit")
		if left := filepath.Join(p.home, "staged", "staged.json"); i%2 == 0 && there(left) {
			resumed++
			next := on(t, copyOf(t, p.home))
			if code, _, talk := next.run("register", "import", snapshots[1]); code != 0 || !strings.Contains(talk, "is not read again") {
				t.Errorf("an import was not gone on with: code %d: %s", code, talk)
			}
			sameRegister(t, filepath.Join(calmHome, "register"), filepath.Join(next.home, "register"))
			sameFiles(t, calmHome, next.home)
		}
	}
	t.Logf("imports: killed %d times before the snapshot was there, %d times after; gone on with %d times", before, after, resumed)
	if before < kills/4 {
		t.Error("too few imports were killed under way")
	}
	p.must(0, "register", "import", snapshots[1])

	// A leak is kept whole or not at all.
	none := 0
	q := on(t, copyOf(t, base.home))
	adding := killer(t, rng, on(t, copyOf(t, base.home)).child("leak", "add", dump, "--name", "old"))
	for i := range kills {
		adding(i, q.child("leak", "add", dump, "--name", "old"))
		if !there(filepath.Join(q.home, "leaks", "old")) {
			none++
			continue
		}
		q.must(0, "leak", "show", "old")
		q.must(0, "leak", "remove", "old", "--yes")
	}
	if none < kills/4 {
		t.Error("too few leaks were killed under way")
	}

	whole, held := 0, 0
	for i := range kills {
		again := p.child("assess", dump)
		if i%3 == 1 { // to have it killed while it replaces what another kept
			again = p.child("assess", dump, "--fresh")
		}
		assessing(i, again)
		// What of the dump was received is held, whatever of it came after.
		now := p.evidence()
		if now < held {
			t.Fatalf("%d acts in the chain of custody, %d before", now, held)
		}
		held = now
		if n := len(p.snapshots()); n != 2 {
			t.Fatalf("%d snapshots after an assessment was killed", n)
		}
		p.must(0, "register", "audit")
		// What is in the case is whole.
		found, err := filepath.Glob(filepath.Join(p.home, "cases", "*", "assessment.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			whole++
			if timeless(t, read(t, path)) != want {
				t.Error("the case holds another assessment")
			}
		}
	}
	if whole == kills {
		t.Error("no assessment was killed under way")
	}
	if held == 0 {
		t.Error("no assessment was killed after it received the dump")
	}
	kept, err := filepath.Glob(filepath.Join(p.home, "cases", "*", "sealed", "sealed.json"))
	if err != nil || len(kept) != 1 {
		t.Errorf("what was sealed is kept %d times, %v", len(kept), err)
	}
	code, got, talk := p.run("assess", dump, "--json", "--verbose")
	if code != 0 || timeless(t, got) != want {
		t.Errorf("another assessment: code %d, %s", code, firstDifference(want, got))
	}
	if !strings.Contains(talk, "is not read again") || strings.Contains(talk, "reading the dump: done") || strings.Contains(talk, "sealing the originals: done") {
		t.Errorf("what was done was done again: %s", talk)
	}
	sameFiles(t, calm.home, p.home)
	p.must(0, "verify") // done again, all is vouched for
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// sameRegister checks that two registers hold the same segments, to the byte.
func sameRegister(t *testing.T, want, got string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(want, "segments", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no segments: %v", err)
	}
	for _, path := range paths {
		if read(t, path) != read(t, filepath.Join(got, "segments", filepath.Base(path))) {
			t.Errorf("another %s", filepath.Base(path))
		}
	}
}

// killer measures one undisturbed run of a command, and returns a function that
// kills the i-th run of its like at an instant in the i-th part of that span.
func killer(t *testing.T, rng *rand.Rand, calm *exec.Cmd) func(i int, cmd *exec.Cmd) {
	t.Helper()
	began := time.Now()
	if out, err := calm.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	span := time.Since(began)
	return func(i int, cmd *exec.Cmd) {
		t.Helper()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration((float64(i) + rng.Float64()) / kills * float64(span)))
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()         // it was killed
	}
}

// verify verifies a case. After a kill, the act that was cut short may have left what
// nobody vouches for: that, and nothing else, may not hold.
func (p program) verify(id string) {
	p.t.Helper()
	code, out, talk := p.run("verify", id, "--json")
	var audit cli.Audit
	if err := json.Unmarshal([]byte(out), &audit); err != nil || code > 1 {
		p.t.Fatalf("verifying: code %d, %v: %s", code, err, talk)
	}
	for _, c := range audit.Checks {
		if !c.OK && !strings.HasPrefix(c.Name, "every act on ") {
			p.t.Errorf("does not hold: %s: %s", c.Name, c.Detail)
		}
	}
}

// evidence checks the evidence of every case, and counts the acts on it.
func (p program) evidence() (acts int) {
	p.t.Helper()
	var cases []cli.CaseSummary
	if err := json.Unmarshal([]byte(p.must(0, "case", "list", "--json")), &cases); err != nil {
		p.t.Fatal(err)
	}
	for _, c := range cases {
		p.verify(c.ID)
		var view cli.CaseView
		if err := json.Unmarshal([]byte(p.must(0, "case", "show", c.ID, "--json")), &view); err != nil {
			p.t.Fatal(err)
		}
		if !view.Custody.Holds {
			p.t.Errorf("the chain of custody does not hold: %q", view.Custody.Breaks)
		}
		acts += len(view.Custody.Acts)
	}
	return acts
}

func (p program) snapshots() []cli.Snapshot {
	p.t.Helper()
	var all []cli.Snapshot
	if err := json.Unmarshal([]byte(p.must(0, "register", "list", "--json")), &all); err != nil {
		p.t.Fatal(err)
	}
	return all
}

// sameFiles checks that two homes hold files of the same names: nothing is left
// of what was killed.
func sameFiles(t *testing.T, want, got string) {
	t.Helper()
	list := func(home string) string {
		var names []string
		err := filepath.WalkDir(home, func(path string, e os.DirEntry, err error) error {
			// The tiles of a ledger are named after how many acts there were.
			if name, cut := strings.CutPrefix(path, home); cut && err == nil && !strings.HasPrefix(name, "/ledger/tile/") {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(names, "\n")
	}
	if a, b := list(want), list(got); a != b {
		t.Errorf("the home holds another file, or lacks one: %s", firstDifference(a, b))
	}
}

// TestInterrupted interrupts an import and an assessment as a user does.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	dir := drill(t, "noisy", 2500, 22, []int{0, 20})
	snapshots := snapshotsOf(t, dir)
	p := on(t, filepath.Join(t.TempDir(), "home"))
	p.must(0, "register", "import", snapshots[0])
	for _, args := range [][]string{{"register", "import", snapshots[1]}, {"assess", dumpOf(t, dir)}} {
		t.Run(args[0], func(t *testing.T) {
			began := time.Now()
			if out, err := on(t, copyOf(t, p.home)).child(args...).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			span := time.Since(began)
			stopped := 0
			for i := range 4 {
				p := on(t, copyOf(t, p.home)) // of its own: a run that was quicker changes it
				cmd := p.child(args...)
				var talk strings.Builder
				cmd.Stderr = &talk
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(span * time.Duration(2+2*i) / 10)
				_ = cmd.Process.Signal(os.Interrupt) // it may have ended
				_ = cmd.Wait()                       // its code is looked at
				if code := cmd.ProcessState.ExitCode(); code == 0 || code < 0 {
					continue // it was quicker, or did not listen yet
				}
				stopped++
				if cmd.ProcessState.ExitCode() != 70 || !strings.Contains(talk.String(), "constat: interrupted\nhint: Nothing half-done was kept") {
					t.Errorf("ended with %d: %s", cmd.ProcessState.ExitCode(), talk.String())
				}
				left, err := os.ReadDir(filepath.Join(p.home, "tmp"))
				if err != nil || len(left) > 0 {
					t.Errorf("left in the home's tmp: %v, %v", left, err)
				}
				on(t, p.home).must(0, "register", "audit")
			}
			if stopped == 0 {
				t.Error("every run was quicker than the interrupt")
			}
		})
	}
}
