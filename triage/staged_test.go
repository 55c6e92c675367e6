package triage_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/scenario"
	"constat.example/triage"
)

// breaker is a meter that stops the work when a stage begins.
type breaker struct {
	stages
	at   string
	stop func()
}

func (b *breaker) Stage(name string, total int64, unit string) {
	b.stages.Stage(name, total, unit)
	if name == b.at {
		b.stop()
	}
}

// TestImportIsGoneOnWith stops imports after the rows were sealed. The next goes on
// from there, unless what it is given is not the same, and makes the same register.
func TestImportIsGoneOnWith(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	drill := filepath.Join(dir, "drill")
	truth, err := scenario.Write(t.Context(), drill, scenario.Config{People: 200, Seed: 8, Snapshots: []int{0}}, "noisy")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(drill, "register", truth.Snapshots[0].File))
	if err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(dir, "people.csv")
	write(t, source, text)
	for name, c := range map[string]struct {
		change func(t *testing.T, home string, w *triage.Bench, r *triage.ImportRequest)
		again  bool // the rows are read again
	}{
		"the same": {func(*testing.T, string, *triage.Bench, *triage.ImportRequest) {}, false},
		"as of other day": {func(_ *testing.T, _ string, _ *triage.Bench, r *triage.ImportRequest) {
			r.AsOf = r.AsOf.AddDate(0, 0, 1)
		}, false},
		"begun anew":      {func(_ *testing.T, _ string, _ *triage.Bench, r *triage.ImportRequest) { r.Fresh = true }, true},
		"another program": {func(_ *testing.T, _ string, w *triage.Bench, _ *triage.ImportRequest) { w.Build = "another" }, true},
		"another file of the same size": {func(t *testing.T, home string, _ *triage.Bench, r *triage.ImportRequest) {
			other := []byte(strings.Replace(string(text), "1", "2", 1))
			r.Source = filepath.Join(filepath.Dir(home), "people.csv")
			write(t, r.Source, other)
		}, true},
		"damaged": {func(t *testing.T, home string, _ *triage.Bench, _ *triage.ImportRequest) {
			path := filepath.Join(home, "staged", "tokens.parquet")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text[1000] ^= 4
			write(t, path, text)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := filepath.Join(t.TempDir(), "home")
			w := workbench(home)
			at := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
			w.Now = func() time.Time { return at }
			request := triage.ImportRequest{Source: source, AsOf: truth.Snapshots[0].At}

			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			w.Meter = &breaker{at: "checking record ids", stop: stop}
			if _, err := w.Import(ctx, request); !errors.Is(err, context.Canceled) {
				t.Fatalf("stopped, it ended with %v", err)
			}
			c.change(t, home, &w, &request)
			seen := &stages{}
			w.Meter = seen
			got, err := w.Import(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			after := seen.names[slices.Index(seen.names, "typing columns"):] // opening the file has that name too
			if slices.Contains(after, "reading the register") != c.again {
				t.Errorf("stages %q", seen.names)
			}
			if _, err := os.Stat(filepath.Join(home, "staged")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("what was sealed is left behind: %v", err)
			}

			calm := filepath.Join(t.TempDir(), "home")
			if err := os.CopyFS(filepath.Join(calm, "keys"), os.DirFS(filepath.Join(home, "keys"))); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(calm, "keys", "ledger.key")); err != nil { // it has a ledger of its own
				t.Fatal(err)
			}
			w.Home, w.Meter = calm, nil
			want, err := w.Import(t.Context(), request)
			if err != nil {
				t.Fatal(err)
			}
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(want)
			if string(a) != string(b) {
				t.Error("another snapshot than without the interruption")
			}
		})
	}
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
