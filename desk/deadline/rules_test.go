package deadline_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/deadline"
)

const goodRule = `version: "1"
rules:
  - id: a
    article: {fr: A, en: A}
    binding: law
    who: [controller]
    starts: [aware]
    met: [notified]
    hours: 72
    counting: eu
    from: 2018-05-25
    whom: {fr: A, en: A}
    what: {fr: A, en: A}
    note: {fr: A, en: A}
    source: https://example.org
`

func TestParseRules(t *testing.T) {
	t.Parallel()
	if _, err := deadline.ParseRules([]byte(goodRule)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, with, why string }{
		{"no YAML", "rules:", "rules: [", "is not as expected"},
		{"an unknown key", "    hours: 72", "    minutes: 72", "is not as expected"},
		{"no version", `version: "1"`, `version: ""`, "no version"},
		{"no rule", goodRule[strings.Index(goodRule, "  - id"):], "  []", "no rule"},
		{"an id that is none", "id: a", "id: A B", "its id"},
		{"no French", "article: {fr: A, en: A}", "article: {en: A}", "lacks its article"},
		{"no source", "source: https://example.org", "source: ''", "lacks its article"},
		{"a binding of no kind", "binding: law", "binding: habit", "its binding"},
		{"a proposal without a switch", "binding: law", "binding: proposal", "a proposal has a switch"},
		{"a law with a switch", "binding: law", "binding: law\n    switch: x", "a proposal has a switch"},
		{"replaces nothing there", "binding: law", "binding: proposal\n    switch: x\n    replaces: b", "what it replaces"},
		{"no start", "starts: [aware]", "starts: []", "nothing starts it"},
		{"an event of no kind", "starts: [aware]", "starts: [aware, moon]", "kind of event"},
		{"two lengths", "hours: 72", "hours: 72\n    months: 1", "its length"},
		{"a negative length", "hours: 72", "hours: -72", "its length"},
		{"nothing counted", "    hours: 72\n", "", "its counting"},
		{"counting of no kind", "counting: eu", "counting: moon", "its counting"},
		{"a cap from nothing", "hours: 72", "hours: 72\n    cap_hours: 4", "its cap"},
		{"dora without relief", "counting: eu", "counting: dora", "its relief"},
		{"relief without dora", "counting: eu", "counting: eu\n    relief: all", "its relief"},
		{"ongoing without an end", "counting: eu", "counting: eu\n    ongoing: final", "its ongoing"},
		{"a party of no kind", "who: [controller]", "who: [moon]", "what no party is"},
		{"a date that is none", "from: 2018-05-25", "from: 2018-05-32", "a day is not written"},
		{"read on no day", "source: https://example.org", "source: https://example.org\n    checked: true", "on which day"},
		{"read and not read", "source: https://example.org", "source: https://example.org\n    read: 2026-11-29", "on which day"},
		{"a country that is none", "binding: law", "binding: law\n    country: [France]", "a country"},
		{"asleep nowhere", "binding: law", "binding: law\n    dormant: {France: x}", "where it is dormant"},
		{"a local name of one language", "binding: law", "binding: law\n    local: {FR: {fr: A}}", "a local name"},
		{"twice", goodRule[strings.Index(goodRule, "  - id"):], goodRule[strings.Index(goodRule, "  - id"):] + goodRule[strings.Index(goodRule, "  - id"):], "another rule has its id"},
	} {
		text := strings.Replace(goodRule, c.old, c.with, 1)
		if text == goodRule {
			t.Fatalf("%s changes nothing", c.name)
		}
		if _, err := deadline.ParseRules([]byte(text)); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, want %q", c.name, err, c.why)
		}
	}
}

// A rule applies from its first day on, and no longer from the day it ends.
func TestRulesEnd(t *testing.T) {
	t.Parallel()
	book, err := deadline.ParseRules([]byte(strings.Replace(goodRule, "from: 2018-05-25", "from: 2018-05-25\n    until: 2026-03-03", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]deadline.State{
		"2018-05-24T23:59": deadline.NotApplicable, "2018-05-25T00:00": deadline.Overdue, "2026-03-02T23:59": deadline.Running, "2026-03-03T00:00": deadline.NotApplicable,
	} {
		c, err := deadline.Parse([]byte(`{case: a, parties: [` + partyA + `], events: [{kind: aware, party: a, at: ` + at + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		duties, err := deadline.Duties(book, c, time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC))
		if err != nil || len(duties) != 1 || duties[0].State != want {
			t.Errorf("aware %s: %+v (%v), want %s", at, duties, err, want)
		}
	}
}

// Each kind of event is of use to a rule, or told apart here; and each is met in
// words.
func TestKinds(t *testing.T) {
	t.Parallel()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	used := []deadline.Kind{deadline.Investigation, deadline.NotOurs, deadline.Withdrawn}
	for _, r := range book.Rules {
		used = slices.Concat(used, r.Starts, r.Strict, r.Needs, r.Waived, r.Met, r.CapFrom, r.Ends)
	}
	for _, k := range deadline.Kinds() {
		if !slices.Contains(used, k.Kind) {
			t.Errorf("no rule speaks of %s", k.Kind)
		}
		if k.Words.FR == "" || k.Words.EN == "" || k.Words != k.Kind.Words() {
			t.Errorf("%s has no words", k.Kind)
		}
	}
}

// What was not read says so, in the file and in what comes out.
func TestUncheckedRulesSaySo(t *testing.T) {
	t.Parallel()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range book.Rules {
		if !strings.HasPrefix(r.Source, "https://") && r.Checked {
			t.Errorf("%s was read at no address", r.ID)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	text, err := os.ReadFile("rules.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(goodRule))
	f.Fuzz(func(t *testing.T, text []byte) {
		book, err := deadline.ParseRules(text)
		if err == nil && len(book.Rules) == 0 {
			t.Error("a rulebook without rules was read")
		}
	})
}
