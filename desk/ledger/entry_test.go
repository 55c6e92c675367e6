package ledger_test

import (
	"strings"
	"testing"
	"time"

	"constat.example/desk/ledger"
)

// TestEntriesHoldNoFreeText: what is no code, hash, time or name that Constat gave is
// refused in every field.
func TestEntriesHoldNoFreeText(t *testing.T) {
	t.Parallel()
	good := func() *ledger.Entry {
		return &ledger.Entry{
			At: day, Actor: "agent_7", Act: ledger.Assess, Step: ledger.Done, Of: 3, On: "cases/forum-2026-04",
			Files: []ledger.File{{Name: "evidence/custody.jsonl", Bytes: 9, Grows: true}}, Closes: []int64{1},
		}
	}
	if _, err := good().Marshal(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*ledger.Entry){
		"a name":                   func(e *ledger.Entry) { e.Actor = "Jeanne Exemple" },
		"an address":               func(e *ledger.Entry) { e.Actor = "ines@mail.example" },
		"nobody":                   func(e *ledger.Entry) { e.Actor = "" },
		"half a mark":              func(e *ledger.Entry) { e.Actor = "~abc" },
		"an act of its own":        func(e *ledger.Entry) { e.Act = "assessed MOREL" },
		"a step of its own":        func(e *ledger.Entry) { e.Step = "almost" },
		"a further step of no act": func(e *ledger.Entry) { e.Of = 0 },
		"local time":               func(e *ledger.Entry) { e.At = day.In(time.FixedZone("x", 3600)) },
		"half a second":            func(e *ledger.Entry) { e.At = day.Add(time.Millisecond) },
		"a folder with spaces":     func(e *ledger.Entry) { e.On = "cases/the case of MOREL" },
		"a folder above":           func(e *ledger.Entry) { e.On = "../x" },
		"a long folder":            func(e *ledger.Entry) { e.On = strings.Repeat("a", 129) },
		"a deep folder":            func(e *ledger.Entry) { e.On = strings.Repeat("a/", 9) + "a" },
		"an accent":                func(e *ledger.Entry) { e.Files[0].Name = "In\u00e8s" },
		"a hidden file":            func(e *ledger.Entry) { e.Files[0].Name = ".x" },
		"fewer than no bytes":      func(e *ledger.Entry) { e.Files[0].Bytes = -1 },
		"gone, with a sum":         func(e *ledger.Entry) { e.Files[0].Gone = true },
		"files before it ended":    func(e *ledger.Entry) { e.Step, e.Of = ledger.Begun, 0 },
		"closes nothing":           func(e *ledger.Entry) { e.Closes = []int64{0} },
		"an exit code of its own":  func(e *ledger.Entry) { e.Exit = 1987 },
	} {
		e := good()
		spoil(e)
		if text, err := e.Marshal(); err == nil {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"agent": "agent", "_apt": "_apt", "agent-7": "agent-7"} {
		if got := ledger.ActorOf(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	one, other := ledger.ActorOf("Jeanne Exemple (agent)"), ledger.ActorOf("Jeanne Exemple (root)")
	if one == other || one != ledger.ActorOf("Jeanne Exemple (agent)") || strings.Contains(one, "eanne") || len(one) != 33 {
		t.Errorf("marks %s and %s", one, other)
	}
	for in, want := range map[string]string{
		"claims/0001.yaml": "claims/0001.yaml", "a": "a", "ab c/x.json": "~", "../x": "~", "x/In\u00e8s": "x/~",
	} {
		if got := ledger.NameOf(in); !strings.HasPrefix(got, want) || strings.ContainsAny(got, " \u00e8") {
			t.Errorf("%s: %s", in, got)
		}
	}
}

// TestSteps: entries that cannot follow what came before are refused.
func TestSteps(t *testing.T) {
	t.Parallel()
	begun := func() *ledger.Entry {
		return &ledger.Entry{At: day, Actor: "agent", Act: ledger.Assess, Step: ledger.Begun, On: "cases/x"}
	}
	done := func(of int64) *ledger.Entry {
		e := begun()
		e.Step, e.Of = ledger.Done, of
		return e
	}
	other := done(1)
	other.On = "cases/y"
	elsewhere := begun()
	elsewhere.On = "cases/y"
	closes := done(2)
	closes.Closes = []int64{1}
	for _, c := range []struct {
		name    string
		entries []*ledger.Entry
		want    string
		open    int
	}{
		{"an act", []*ledger.Entry{begun(), done(1)}, "", 0},
		{"one cut short", []*ledger.Entry{begun(), begun(), done(2)}, "", 1},
		{"one cut short, and closed", []*ledger.Entry{begun(), begun(), closes}, "", 0},
		{"an end without a beginning", []*ledger.Entry{done(1)}, "entry 1 is a further step of an act that did not begin", 0},
		{"two ends", []*ledger.Entry{begun(), done(1), done(1)}, "entry 3 is a further step", 0},
		{"an end elsewhere", []*ledger.Entry{begun(), other}, "entry 2 is a further step", 0},
		{"one closed that was under way", []*ledger.Entry{begun(), begun(), closes, done(1)}, "", 0},
		{"closed after it ended", []*ledger.Entry{begun(), begun(), done(1), closes}, "", 0},
		{"closes what did not begin", []*ledger.Entry{elsewhere, begun(), closes}, "entry 3 closes an act that did not begin", 0},
	} {
		books := ledger.NewBooks()
		var err error
		for i, e := range c.entries {
			if err = books.Take(int64(i+1), e); err != nil {
				break
			}
		}
		switch {
		case (err == nil) != (c.want == ""), err != nil && !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v", c.name, err)
		case err == nil && len(books.Open("cases/x")) != c.open:
			t.Errorf("%s: open are %d", c.name, books.Open("cases/x"))
		}
	}
}
