package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/desk/ledger"
	"constat.example/internal/progress"
)

var day = time.Date(2026, 4, 20, 9, 0, 0, 0, time.UTC)

// entry is an act on a case, begun.
func entry(n int) *ledger.Entry {
	return &ledger.Entry{
		At: day.Add(time.Duration(n) * time.Second), Actor: "analyst", Act: ledger.Assess, Step: ledger.Begun, On: fmt.Sprintf("cases/case-%d", n%7),
		Inputs: []ledger.Hash{ledger.HashOf(fmt.Append(nil, n))},
	}
}

func open(t testing.TB, home string) *ledger.Log {
	t.Helper()
	l, err := ledger.Open(filepath.Join(home, "ledger"), filepath.Join(home, "keys", "ledger.key"))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// grow appends entries from..to-1, together where batch says so.
func grow(t testing.TB, l *ledger.Log, from, to, batch int) {
	t.Helper()
	for from < to {
		var all []*ledger.Entry
		for ; from < to && len(all) < batch; from++ {
			all = append(all, entry(from))
		}
		first, err := l.Append(t.Context(), all...)
		if err != nil {
			t.Fatal(err)
		}
		if want := int64(from - len(all) + 1); first != want {
			t.Fatalf("appended as entry %d, not %d", first, want)
		}
	}
}

func replay(t testing.TB, l *ledger.Log, noted ...*ledger.Checkpoint) (n int64, err error) {
	t.Helper()
	_, err = ledger.Replay(t.Context(), l.Dir(), l.Key(), noted, progress.None, func(number int64, e *ledger.Entry) error {
		if n++; n != number {
			t.Fatalf("entry %d comes as number %d", n, number)
		}
		if want := entry(int(n - 1)); e.Inputs[0] != want.Inputs[0] || e.On != want.On {
			t.Fatalf("entry %d is another", n)
		}
		return nil
	})
	return n, err
}

func checkpoint(t testing.TB, l *ledger.Log) *ledger.Checkpoint {
	t.Helper()
	c, err := l.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestGrows appends across every border of a bundle and a tile, in batches of other
// sizes, by one log and by logs opened anew, and replays.
func TestGrows(t *testing.T) {
	t.Parallel()
	for _, batch := range []int{1, 7, 255, 256, 257, 1000} {
		t.Run(fmt.Sprint(batch), func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			l := open(t, home)
			if n, err := replay(t, l); n != 0 || err != nil {
				t.Fatalf("an empty ledger: %d entries, %v", n, err)
			}
			if at, err := l.Began(); err != nil || !at.IsZero() {
				t.Errorf("an empty ledger began %s, %v", at, err)
			}
			var noted []*ledger.Checkpoint
			at := 0
			for i := 1; i <= 6; i++ {
				to := at + min(batch*i, 700)
				if batch == 1 {
					to = at + 2*i
				}
				grow(t, l, at, to, batch)
				at = to
				noted = append(noted, checkpoint(t, l))
				if n, err := replay(t, l, noted...); n != int64(at) || err != nil {
					t.Fatalf("%d entries of %d: %v", n, at, err)
				}
				if i%2 == 0 {
					l = open(t, home)
				}
			}
			if at, err := l.Began(); err != nil || !at.Equal(entry(0).At) {
				t.Errorf("it began %s, %v", at, err)
			}
		})
	}
}

// TestAppendTogether has many append at once, by two logs of one folder: each entry
// has a number of its own.
func TestAppendTogether(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	logs := []*ledger.Log{open(t, home), open(t, home)}
	const workers, each = 16, 8
	var mu sync.Mutex
	seen := map[int64]bool{}
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for i := range each {
				n, err := logs[w%2].Append(t.Context(), entry(w*each+i))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if seen[n] {
					t.Errorf("entry %d twice", n)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	group.Wait()
	inputs := map[ledger.Hash]bool{}
	if _, err := ledger.Replay(t.Context(), logs[0].Dir(), logs[0].Key(), nil, progress.None, func(_ int64, e *ledger.Entry) error {
		inputs[e.Inputs[0]] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != workers*each || len(inputs) != workers*each {
		t.Errorf("%d numbers and %d entries of %d", len(seen), len(inputs), workers*each)
	}
}

// TestNothingIsBuiltUponDamage appends to ledgers that do not hold.
func TestNothingIsBuiltUponDamage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, want string
		change           func(text []byte) []byte
	}{
		{"another checkpoint", "checkpoint", "its signature does not hold", func(b []byte) []byte { return []byte(strings.Replace(string(b), "\n300\n", "\n299\n", 1)) }},
		{"no checkpoint", "checkpoint", "its checkpoint is missing", nil},
		{"another tile", "tile/0/001.p/44", "its tiles are not those", func(b []byte) []byte { b[5] ^= 1; return b }},
		{"a short tile", "tile/1/000.p/1", "not of its size", func(b []byte) []byte { return b[:8] }},
		{"no bundle", "tile/entries/001.p/44", "cannot be read", nil},
		{"another entry", "tile/entries/001.p/44", "entry 257 is not the one", func(b []byte) []byte { b[9] ^= 1; return b }},
		{"a short bundle", "tile/entries/001.p/44", "cut short", func(b []byte) []byte { return b[:len(b)-1] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			l := open(t, home)
			grow(t, l, 0, 300, 300)
			path := filepath.Join(l.Dir(), c.file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if c.change != nil {
				if err := os.WriteFile(path, c.change(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			l = open(t, home)
			if _, err := l.Append(t.Context(), entry(300)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("appended upon it: %v", err)
			}
			if _, err := replay(t, l); err == nil {
				t.Error("a replay finds nothing")
			}
		})
	}
}

// TestKeyIsMissing is a ledger whose signing key was lost: it is not begun anew.
func TestKeyIsMissing(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	open(t, home)
	key := filepath.Join(home, "keys", "ledger.key")
	if err := os.Remove(key); err != nil { // as a crash before the first entry leaves it
		t.Fatal(err)
	}
	l := open(t, home)
	grow(t, l, 0, 1, 1)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(l.Dir(), key); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("opened without its key: %v", err)
	}
	if err := os.WriteFile(key, []byte("PRIVATE+KEY+x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(l.Dir(), key); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("opened with a damaged key: %v", err)
	}
	other := open(t, t.TempDir())
	text, err := os.ReadFile(filepath.Join(filepath.Dir(other.Dir()), "keys", "ledger.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(l.Dir(), key); err == nil || !strings.Contains(err.Error(), "another") {
		t.Errorf("opened with another's key: %v", err)
	}
}

// TestOlderState puts an older state of a ledger back, and a ledger that was written
// anew with the same key: each holds by itself, and not beside a checkpoint that was
// noted.
func TestOlderState(t *testing.T) {
	t.Parallel()
	home, old := t.TempDir(), t.TempDir()
	l := open(t, home)
	grow(t, l, 0, 290, 290)
	if err := os.CopyFS(filepath.Join(old, "all"), os.DirFS(home)); err != nil {
		t.Fatal(err)
	}
	grow(t, l, 290, 310, 20)
	noted := checkpoint(t, l)
	back := open(t, filepath.Join(old, "all"))
	if _, err := replay(t, back); err != nil {
		t.Fatalf("an older state does not hold by itself: %v", err)
	}
	_, err := replay(t, back, noted)
	if broke, is := errors.AsType[*ledger.Break](err); !is || !strings.Contains(broke.Why, "an older state put back") {
		t.Errorf("an older state holds: %v", err)
	}
	for n := range 30 { // another history, longer than what was noted
		if _, err := back.Append(t.Context(), entry(1000+n)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = ledger.Replay(t.Context(), back.Dir(), back.Key(), []*ledger.Checkpoint{noted}, progress.None, func(int64, *ledger.Entry) error { return nil })
	if broke, is := errors.AsType[*ledger.Break](err); !is || !strings.Contains(broke.Why, "is not the one that was noted") {
		t.Errorf("another history holds: %v", err)
	}
}
