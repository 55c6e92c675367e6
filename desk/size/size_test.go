package size_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/size"
	"constat.example/internal/failure"
)

func num(n int64) *int64 { return &n }

// said is an assessment that found so many people.
func said(people int64) *assessment.Assessment {
	a := assessment.New()
	a.Size = assessment.NoSize("")
	a.Size.Estimate, a.Size.Low, a.Size.High, a.Size.Basis = num(people), num(people-1), num(people+1), "people"
	return a
}

func grounds(files, register byte) size.Grounds {
	return size.Grounds{Files: strings.Repeat(string(files), 64), Register: strings.Repeat(string(register), 64), Program: "one"}
}

func TestASizeThatMovesIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := size.In(dir, "case")
	hour := 0
	clock := func() time.Time {
		hour++
		return time.Date(2026, 4, 20, hour, 0, 0, 0, time.UTC)
	}
	first := size.EntryOf(said(43_000_000), grounds('a', 'b'))
	again := first
	again.On.Program = "two" // comes to the same
	second := size.EntryOf(said(36_800_000), grounds('a', 'c'))
	second.Claimed = num(43_000_000)
	third := size.EntryOf(said(36_800_001), grounds('a', 'c'))
	third.Claimed, third.On.Program = num(43_000_000), "two"
	for i, step := range []struct {
		entry size.Entry
		want  []string // why each of those before moved
	}{
		{first, nil},
		{again, nil},
		{second, []string{assessment.SizeMovedRegister + "+" + assessment.SizeMovedClaim}},
		{third, []string{assessment.SizeMovedRegister + "+" + assessment.SizeMovedClaim, assessment.SizeMovedProgram}},
	} {
		before, err := log.Before(step.entry)
		if err != nil {
			t.Fatal(err)
		}
		if err := log.Add(step.entry, "ana", clock); err != nil {
			t.Fatal(err)
		}
		after, err := log.Before(step.entry)
		if err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("step %d: what came before is %v, then %v: %v", i, before, after, err)
		}
		var why []string
		for _, v := range after {
			why = append(why, strings.Join(v.Why, "+"))
		}
		if !reflect.DeepEqual(why, step.want) {
			t.Errorf("step %d: moved for %q, want %q", i, why, step.want)
		}
	}
	c, err := log.Chain()
	if err != nil || len(c.Entries) != 3 || c.Entries[0].Who != "ana" {
		t.Fatalf("%v: %v", c, err)
	}

	path := filepath.Join(dir, size.File)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "36800000", "26800000", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := log.Before(first); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("a line that was changed: %v", err)
	}
	if err := log.Add(first, "ana", clock); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("a line is added to a chain that does not hold: %v", err)
	}
}

func TestALineThatSaysNothingIsRefused(t *testing.T) {
	t.Parallel()
	log := size.In(t.TempDir(), "case")
	e := size.EntryOf(said(3), grounds('a', 'b'))
	e.Refused = "it is refused as well"
	if err := log.Add(e, "ana", time.Now); err == nil {
		t.Error("a size that is given and refused is kept")
	}
	e = size.EntryOf(said(3), size.Grounds{})
	if err := log.Add(e, "ana", time.Now); err == nil {
		t.Error("a size of nothing is kept")
	}
}
