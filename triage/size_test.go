package triage_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"constat.example/blind/verdict"
	"constat.example/desk/assessment"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

// TestSizeOfSamples assesses one, then two samples of a leak of two fifths of a
// register: of one is told whom the thief could reach, of both what they were drawn from;
// and the case tells what it said before.
func TestSizeOfSamples(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it imports two snapshots of 6,000 people")
	}
	dir := t.TempDir()
	truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: 6_000, Seed: 78, Snapshots: []int{4, 8}}, "partner",
		func(theft *scenario.Theft) { theft.Months, theft.Leaked, theft.Share = 6, 7, 4000 })
	if err != nil {
		t.Fatal(err)
	}
	w := workbench(filepath.Join(dir, "home"))
	for _, s := range truth.Snapshots {
		if _, err := w.Import(t.Context(), triage.ImportRequest{Source: filepath.Join(dir, "register", s.File), AsOf: s.At}); failure.CodeOf(err) > failure.Attention {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, truth.Dump))
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.Collect(bytes.Lines(text))
	r := rand.New(rand.NewPCG(5, 71))
	var paths []string
	for _, name := range []string{"one.csv", "two.csv"} {
		drawn := slices.Clone(lines[:1])
		for _, i := range r.Perm(len(lines) - 1)[:600] {
			drawn = append(drawn, lines[1+i])
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, bytes.Join(drawn, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	claimed := filepath.Join(dir, "claim-of-more.yaml")
	if err := os.WriteFile(claimed, []byte("source: a forum\nfirst_seen: 2025-06-01T00:00:00Z\nclaimed:\n  count: 90000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	assess := func(fresh bool, paths ...string) (*assessment.Assessment, string) {
		t.Helper()
		res, err := w.Assess(t.Context(), triage.AssessRequest{Paths: paths, Case: "leak", Claim: claimed, Fresh: fresh})
		if failure.CodeOf(err) > failure.Attention {
			t.Fatal(err)
		}
		kept, err := os.ReadFile(res.JSON)
		if err != nil {
			t.Fatal(err)
		}
		same, _, _ := strings.Cut(string(kept), `"timings"`)
		return res.Assessment, same
	}
	a, _ := assess(false, paths[0])
	if s := a.Size; s.Basis != verdict.ReachedAll || *s.Low > int64(truth.Population.Register) || *s.High < int64(truth.Population.Register) || len(s.History) != 0 {
		t.Errorf("one sample of %d people of %d: %q %q, %s (%s to %s), %d before", truth.Persons, truth.Population.Register, s.Basis, s.Refused, dash(s.Estimate), dash(s.Low), dash(s.High), len(s.History))
	}
	a, first := assess(false, paths...)
	s := a.Size
	if s.Basis != verdict.DrawnTwice || *s.Low > int64(truth.Persons) || *s.High < int64(truth.Persons) || len(s.Files) != 2 || s.Files[1].Known < 50 {
		t.Errorf("two samples of %d people: %q %q, %s (%s to %s) of %+v", truth.Persons, s.Basis, s.Refused, dash(s.Estimate), dash(s.Low), dash(s.High), s.Files)
	}
	if len(s.History) != 1 || !slices.Equal(s.History[0].Why, []string{assessment.SizeMovedFiles}) || s.History[0].Basis != verdict.ReachedAll {
		t.Errorf("before: %+v", s.History)
	}
	if len(s.Regions) < 50 || s.Rows != s.Persons+s.Duplicates+a.Linked.Ambiguous+a.Linked.Unlinked {
		t.Errorf("%d regions; %d rows, %d people, %d duplicates", len(s.Regions), s.Rows, s.Persons, s.Duplicates)
	}
	if _, again := assess(true, paths...); again != first {
		t.Error("the same files give another assessment")
	}
}

func dash(n *int64) string {
	if n == nil {
		return "–"
	}
	return strconv.FormatInt(*n, 10)
}
