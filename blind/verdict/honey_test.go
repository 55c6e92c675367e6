package verdict_test

import (
	"slices"
	"testing"
	"time"

	"constat.example/blind/honey"
	"constat.example/blind/verdict"
)

// TestHoneyOf judges counts: who is named, and how surely.
func TestHoneyOf(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	set := func(name string, people, found int64, from, until int) verdict.HoneyCount {
		s := honey.Set{Copy: name, Everywhere: name == "register", People: people, From: day(from)}
		if until > 0 {
			s.Until = day(until)
		}
		return verdict.HoneyCount{Set: s, Found: found}
	}
	for name, test := range map[string]struct {
		sets   []verdict.HoneyCount
		named  []string
		after  time.Time
		before time.Time
	}{
		"nothing":              {nil, []string{}, time.Time{}, time.Time{}},
		"nobody":               {[]verdict.HoneyCount{set("register", 60, 0, 1, 0), set("a", 40, 0, 1, 0)}, []string{}, time.Time{}, time.Time{}},
		"the register":         {[]verdict.HoneyCount{set("register", 60, 50, 2, 0), set("a", 40, 0, 1, 0)}, []string{}, day(2), time.Time{}},
		"a copy":               {[]verdict.HoneyCount{set("register", 60, 50, 2, 0), set("a", 40, 38, 5, 9), set("b", 40, 0, 1, 0)}, []string{"a"}, day(5), day(9)},
		"a tenth of a copy":    {[]verdict.HoneyCount{set("a", 40, 4, 5, 0), set("b", 40, 0, 1, 0)}, []string{"a"}, day(5), time.Time{}},
		"one may be a mistake": {[]verdict.HoneyCount{set("a", 40, 1, 5, 0), set("b", 40, 0, 1, 0)}, []string{}, time.Time{}, time.Time{}},
		"two may be":           {[]verdict.HoneyCount{set("a", 3, 2, 5, 0), set("b", 40, 0, 1, 0)}, []string{}, time.Time{}, time.Time{}},
		"two copies":           {[]verdict.HoneyCount{set("a", 40, 30, 5, 0), set("b", 40, 21, 7, 0)}, []string{"a", "b"}, time.Time{}, time.Time{}},
		"times that exclude":   {[]verdict.HoneyCount{set("register", 40, 30, 1, 4), set("a", 40, 21, 7, 0)}, []string{"a"}, time.Time{}, time.Time{}},
	} {
		j := verdict.HoneyOf(test.sets)
		if !slices.Equal(j.Named, test.named) || !j.NotBefore.Equal(test.after) || !j.NotAfter.Equal(test.before) {
			t.Errorf("%s: named %q, made after %v, before %v", name, j.Named, j.NotBefore, j.NotAfter)
		}
		for _, s := range j.Sets {
			if s.Likelihood < 0 || s.Likelihood > 1 || s.Everywhere && s.Bits != 0 {
				t.Errorf("%s: %+v", name, s)
			}
			if !s.Everywhere && s.Found == 0 && s.Likelihood > 0.1 {
				t.Errorf("%s: a copy of which nobody was found leaked with %g", name, s.Likelihood)
			}
		}
	}
}

// TestHoneyWeighs decides by made-up people alone, and never by none.
func TestHoneyWeighs(t *testing.T) {
	t.Parallel()
	e := verdict.Evidence{Rows: 1000, Linked: 950, People: 5000, Power: 90, HoneyPlaced: 80}
	if o := verdict.OriginOf(e); o.Class != verdict.Undetermined {
		t.Fatalf("without evidence it is %s", o.Class)
	}
	e.Honey, e.HoneyRows = 5, 40
	o := verdict.OriginOf(e)
	at := slices.IndexFunc(o.Reasons, func(r verdict.Reason) bool { return r.Code == verdict.HoneyFound })
	if o.Class != verdict.Genuine || at < 0 || o.Reasons[at].Weight != 15 {
		t.Errorf("with five made-up people it is %s: %+v", o.Class, o.Reasons)
	}
	e.Honey, e.HoneyRows = 1, 1
	if at := slices.IndexFunc(verdict.OriginOf(e).Reasons, func(r verdict.Reason) bool { return r.Code == verdict.HoneyFound && r.Weight == 10 }); at < 0 {
		t.Error("one made-up person does not weigh ten bits")
	}
	e = verdict.Evidence{Rows: 12, HoneyRows: 12, Honey: 12, HoneyPlaced: 12, People: 6}
	if o := verdict.OriginOf(e); o.Class != verdict.Undetermined || o.Refused != verdict.TooFewRows {
		t.Errorf("a dump of made-up people alone is %s, %q", o.Class, o.Refused)
	}
}
