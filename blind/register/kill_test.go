package register_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/gob"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/blind/engine"
	"constat.example/blind/engine/duckdb"
	"constat.example/blind/kind"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/internal/progress"
)

// importEnv holds, in the child process, where to import what.
const importEnv = "CONSTAT_TEST_IMPORT"

type childImport struct {
	Dir, Scratch string
	Staged       register.Staged
}

func TestMain(m *testing.M) {
	if task := os.Getenv(importEnv); task != "" {
		if err := importAsChild(task); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func importAsChild(task string) error {
	var c childImport
	if err := gob.NewDecoder(base64.NewDecoder(base64.StdEncoding, strings.NewReader(task))).Decode(&c); err != nil {
		return err
	}
	ctx := context.Background()
	s, err := duckdb.Open(ctx, engine.Config{Threads: 1, Memory: 256 << 20, Dir: c.Scratch})
	if err != nil {
		return err
	}
	r, err := register.Open(c.Dir)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	_, err = r.Import(ctx, s, c.Staged, progress.None)
	fmt.Println("done")
	return errors.Join(err, s.Close())
}

// TestKilledAtAnyInstant kills imports at random instants: the register then
// shows the snapshot before or the one after, whole, and takes the next.
func TestKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some thirty processes")
	}
	const kills, size = 24, 4000
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	snapshotOf := func(day int) people {
		var who people
		for id := int64(1); id <= size; id++ {
			if (id+int64(day))%40 != 0 {
				who = append(who, row{id, map[token.Column]int64{email: id*1_000_003 + int64(day)*(id%10/9), nir: id * 7_777_777}})
			}
		}
		return who
	}
	dir := filepath.Join(t.TempDir(), "register")
	s := open(t)
	// How long an import takes unharmed says when to strike.
	began := time.Now()
	importInto(t, openRegister(t, dir), s, stage(t, 1, []token.Column{email, nir}, snapshotOf(1)))
	importInto(t, openRegister(t, dir), s, stage(t, 2, []token.Column{email, nir}, snapshotOf(2)))
	span := time.Since(began)

	feedTo := func(t *testing.T, day int, who, before people) register.Staged {
		t.Helper()
		here := map[int64]bool{}
		var events []event
		for i, r := range who {
			here[r.id] = true
			events = append(events, event{id: r.id, at: 24*float64(day-2) + 1 + float64(i)/float64(len(who)), cells: r.cells})
		}
		for _, r := range before {
			if !here[r.id] {
				events = append(events, event{id: r.id, at: 24*float64(day-2) + 3, gone: true})
			}
		}
		return tell(t, asOf(day), []token.Column{email, nir}, register.Story{}, events...)
	}
	day, before, after := 3, 0, 0
	for range kills {
		who := snapshotOf(day)
		staged := stage(t, day, []token.Column{email, nir}, who,
			token.Entry{Family: kind.Name, Value: int64(day), Class: token.Form, Variant: int32(day)})
		if day%2 == 0 { // every other day comes as a feed of all that it may be
			staged = feedTo(t, day, who, snapshotOf(day-1))
		}
		var task bytes.Buffer
		if err := gob.NewEncoder(&task).Encode(childImport{dir, t.TempDir(), staged}); err != nil {
			t.Fatal(err)
		}
		have := len(openRegister(t, dir).Manifest().Snapshots)
		child := exec.CommandContext(t.Context(), program)
		child.Env = append(os.Environ(), importEnv+"="+base64.StdEncoding.EncodeToString(task.Bytes()))
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewReader(out)
		if line, err := lines.ReadString('\n'); err != nil {
			t.Fatalf("the child said %q: %v", line, err)
		}
		time.Sleep(time.Duration(rng.Int64N(int64(span))))
		if err := child.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = child.Wait() // it was killed

		r := openRegister(t, dir)
		switch len(r.Manifest().Snapshots) {
		case have:
			before++
		case have + 1:
			after++
			day++
			if r.Manifest().Snapshots[have].People != int64(len(who)) {
				t.Fatal("a snapshot was committed that is not whole")
			}
		default:
			t.Fatalf("%d snapshots after %d", len(r.Manifest().Snapshots), have)
		}
		if problems, err := r.Audit(t.Context(), s); err != nil || problems != nil {
			t.Fatalf("%v, %v", problems, err)
		}
	}
	t.Logf("killed before the commit %d times, after it %d times", before, after)
	if before == 0 {
		t.Error("no import was killed under way")
	}
	r := openRegister(t, dir)
	importInto(t, r, s, stage(t, day, []token.Column{email, nir}, snapshotOf(day)))
	entries, err := os.ReadDir(filepath.Join(dir, "segments"))
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, snapshot := range r.Manifest().Snapshots {
		named += len(snapshot.Files)
	}
	if len(entries) != named {
		t.Errorf("%d files in the segments, %d named by the manifest", len(entries), named)
	}
}
