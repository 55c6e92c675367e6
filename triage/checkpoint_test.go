package triage_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"constat.example/desk/assessment"
	"constat.example/scenario"
	"constat.example/triage"
)

// stages is a meter that notes which stages there were.
type stages struct {
	mu    sync.Mutex
	names []string
}

func (s *stages) Stage(name string, _ int64, _ string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names = append(s.names, name)
}

func (s *stages) Add(int64) {}

func (s *stages) took(name string) bool { return slices.Contains(s.names, name) }

// timeless is an assessment as JSON, without its timings.
func timeless(t *testing.T, a *assessment.Assessment) string {
	t.Helper()
	still := *a
	still.Timings = nil
	text, err := json.Marshal(still)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestCheckpoint assesses a dump over and over. What was sealed is taken up while
// it fits, and the result is the one that beginning anew gives, to the byte.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("assesses a dump some twenty times")
	}
	dir := t.TempDir()
	drill := filepath.Join(dir, "drill")
	truth, err := scenario.Write(t.Context(), drill, scenario.Config{People: 300, Seed: 7, Snapshots: []int{0, 14, 23}}, "notes")
	if err != nil {
		t.Fatal(err)
	}
	dump := filepath.Join(drill, "dump.csv")
	var said, detail []string
	w := workbench(filepath.Join(dir, "home"))
	w.Say = func(s string) { said = append(said, s) }
	w.Detail = func(s string) { detail = append(detail, s) }
	grow := func(i int) {
		s := truth.Snapshots[i]
		if _, err := w.Import(t.Context(), triage.ImportRequest{Source: filepath.Join(drill, "register", s.File), AsOf: s.At}); err != nil {
			t.Fatal(err)
		}
	}
	request := triage.AssessRequest{Paths: []string{dump}, Case: "forum", Links: filepath.Join(dir, "links.csv")}
	var seen stages
	assess := func(change func(*triage.AssessRequest)) (json, links string) {
		t.Helper()
		r := request
		change(&r)
		said, detail, seen = nil, nil, stages{}
		w.Meter = &seen
		res, err := w.Assess(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(r.Links)
		if err != nil {
			t.Fatal(err)
		}
		return timeless(t, res.Assessment), string(text)
	}
	as := func(*triage.AssessRequest) {}
	fresh := func(r *triage.AssessRequest) { r.Fresh = true }
	const reading = "reading the dump"

	grow(0)
	first, links := assess(as)
	if !seen.took(reading) {
		t.Fatalf("the first run did not read the dump: %q", seen.names)
	}
	again, linksAgain := assess(as)
	if seen.took(reading) || seen.took("opening the dump") || seen.took("sealing the originals") || again != first || linksAgain != links || len(said) != 1 {
		t.Errorf("the second run: stages %q, said %q, same: %t", seen.names, said, again == first && linksAgain == links)
	}
	if held, _ := assess(func(r *triage.AssessRequest) { r.Paths = nil }); seen.took(reading) || held != first {
		t.Errorf("of what the case holds: stages %q", seen.names)
	}

	// A later register: the tokens are taken up, and nothing is different from reading.
	for i := 1; i < len(truth.Snapshots); i++ {
		grow(i)
		got, gotLinks := assess(as)
		if seen.took(reading) {
			t.Errorf("with snapshot %d the dump was read whole", i)
		}
		want, wantLinks := assess(fresh)
		if !seen.took(reading) {
			t.Errorf("asked to begin anew, it did not read the dump: %q", seen.names)
		}
		if got != want || gotLinks != wantLinks {
			t.Errorf("with snapshot %d the result is another than by reading", i)
		}
	}

	// What does not fit is dropped, and that is told.
	sealed := filepath.Join(w.CaseDir("forum"), "sealed")
	want, _ := assess(as)
	flip := func(name string, at int) func(*triage.AssessRequest) {
		return func(*triage.AssessRequest) {
			path := filepath.Join(sealed, name)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text = bytes.Clone(text)
			text[at] ^= 1
			if err := os.Remove(path); err != nil { // not the file that the assessment has too
				t.Fatal(err)
			}
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	other := filepath.Join(dir, "other.csv")
	if text, err := os.ReadFile(dump); err != nil || os.WriteFile(other, text, 0o600) != nil {
		t.Fatal(err)
	}
	mapped := filepath.Join(dir, "map.yaml")
	if err := os.WriteFile(mapped, []byte("columns:\n  "+strings.Split(readLine(t, dump), ";")[0]+": ignore\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string // of those that damage what is kept first: the others leave theirs
		change func(*triage.AssessRequest)
		same   bool // the result is that of before
	}{
		{"a table damaged", flip("tokens.parquet", 3000), true},
		{"probes damaged", flip("probes.bin", 9), true},
		{"the description broken", flip("sealed.json", 0), true},
		{"a table gone", func(*triage.AssessRequest) {
			if err := os.Remove(filepath.Join(sealed, "lexicon.parquet")); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"another program", func(*triage.AssessRequest) { w.Build = "another" }, true},
		{"a password", func(r *triage.AssessRequest) { r.Passwords = [][]byte{[]byte("sésame")} }, true},
		{"a map", func(r *triage.AssessRequest) { r.Map = mapped }, false},
		{"under another name", func(r *triage.AssessRequest) { r.Paths = []string{other} }, false},
	} {
		got, _ := assess(c.change)
		if !seen.took(reading) || len(detail) == 0 || !strings.HasPrefix(detail[0], "what an earlier run sealed is dropped: ") {
			t.Errorf("%s: stages %q, details %q", c.name, seen.names, detail)
		}
		if (got == want) != c.same {
			t.Errorf("%s: the same result: %t", c.name, got == want)
		}
		w.Build = ""
	}
}

// readLine is the first line of a file.
func readLine(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimRight(line, "\r")
}
