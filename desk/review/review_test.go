package review_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/blind/link"
	"constat.example/desk/chain"
	"constat.example/desk/review"
	"constat.example/internal/failure"
)

var hand = review.Hand{Who: "an analyst", Now: func() time.Time { return time.Date(2026, 4, 21, 12, 0, 0, 0, time.UTC) }}

var (
	dump  = review.DumpSum([]string{"a"})
	other = review.DumpSum([]string{"a", "b"})
)

func decide(act string, row int64, person string) review.Decision {
	d := review.Decision{Act: act, Dump: dump, Row: row, Reason: "a test"}
	if person != "" {
		d.Person, d.Key = strings.Repeat(person, 16), "k"
	}
	return d
}

func TestStanding(t *testing.T) {
	t.Parallel()
	undo := func(of int64) review.Decision {
		return review.Decision{Act: review.Undone, Dump: dump, Row: 1, Of: of}
	}
	elsewhere := decide("same", 1, "b")
	elsewhere.Dump = other
	for _, c := range []struct {
		name string
		all  []review.Decision
		want string
	}{
		{"none", nil, ""},
		{"one", []review.Decision{decide("same", 1, "a")}, "1"},
		{"two rows", []review.Decision{decide("same", 1, "a"), decide("same", 2, "a")}, "1 2"},
		{"two dumps", []review.Decision{decide("same", 1, "a"), elsewhere}, "1 2"},
		{"another person instead", []review.Decision{decide("same", 1, "a"), decide("same", 1, "b")}, "2"},
		{"neither of two", []review.Decision{decide("not", 1, "a"), decide("not", 1, "b")}, "1 2"},
		{"not, twice", []review.Decision{decide("not", 1, "a"), decide("not", 1, "a")}, "2"},
		{"not, then unknown", []review.Decision{decide("not", 1, "a"), decide("not", 1, "b"), decide("unknown", 1, "")}, "3"},
		{"same, then not", []review.Decision{decide("same", 1, "a"), decide("not", 1, "b")}, "2"},
		{"undone", []review.Decision{decide("same", 1, "a"), undo(1)}, ""},
		{"undone and decided again", []review.Decision{decide("same", 1, "a"), undo(1), decide("same", 1, "a")}, "3"},
		{"what was replaced does not come back", []review.Decision{decide("same", 1, "a"), decide("same", 1, "b"), undo(2)}, ""},
	} {
		var got []string
		for i := range c.all {
			c.all[i].Seq = int64(i + 1)
		}
		for _, d := range review.Standing(c.all) {
			got = append(got, string(rune('0'+d.Seq)))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q stand, want %q", c.name, s, c.want)
		}
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "review")
	s := review.In(dir, "c1")
	if c, err := s.Chain(); err != nil || len(c.Entries) != 0 {
		t.Fatalf("%v, %v", c, err)
	}
	// Many at once: each has a line of its own.
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if _, err := review.In(dir, "c1").Add(hand, decide("same", int64(i+1), "a")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	d, err := s.Undo(hand, func(standing []review.Decision) (review.Decision, error) { return standing[3], nil }, "a mistake")
	if err != nil || d.Act != review.Undone || d.Of != 4 {
		t.Fatalf("%+v, %v", d, err)
	}
	c, err := s.Chain()
	if err != nil || len(c.Entries) != 9 || len(review.Standing(c.Entries)) != 7 {
		t.Fatalf("%+v, %v", c, err)
	}
	gone := errors.New("nothing to undo")
	if _, err := s.Undo(hand, func([]review.Decision) (review.Decision, error) { return review.Decision{}, gone }, "x"); !errors.Is(err, gone) {
		t.Errorf("%v", err)
	}
	if r := review.Standing(c.Entries)[0].Ruling(); r.Answer != link.Same || review.Mark(r.Record) != strings.Repeat("a", 16) {
		t.Errorf("%+v", r)
	}

	// A line changed: nothing is added to it, nor read from it.
	path := filepath.Join(dir, "decisions.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), `"row":`, `"row":1`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add(hand, decide("unknown", 1, "")); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
	if _, err := s.Chain(); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
}

func TestDecisionsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := review.In(t.TempDir(), "c1")
	noRow, noPerson, twoPeople := decide("same", 0, "a"), decide("same", 1, ""), decide("unknown", 1, "a")
	noDump, what := decide("same", 1, "a"), decide("maybe", 1, "a")
	noDump.Dump = "x"
	for _, d := range []review.Decision{noRow, noPerson, twoPeople, noDump, what} {
		if _, err := s.Add(hand, d); err == nil {
			t.Errorf("%+v was kept", d)
		}
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	for reason, fine := range map[string]bool{
		"the second given name tells them apart": true,
		"1 of 2 twins, the house number is 12":   true,
		"":                                       false,
		" \n":                                    false,
		"born 1987-03-14":                        false,
		"né le 14/03/1987":                       false,
		"phone 01 99 00 12 34":                   false,
		"phone 01.99.00.12.34":                   false,
		"lives in 75011":                         false,
		"writes from ines@mail.example":          false,
		"file 2026, box 4, shelf 3, place 2, no 1": true,
	} {
		if err := review.CheckReason(reason); (err == nil) != fine {
			t.Errorf("%q: %v", reason, err)
		} else if err != nil && (failure.CodeOf(err) != failure.Usage || failure.HintOf(err) == "" || reason != "" && strings.Contains(err.Error(), "1987")) {
			t.Errorf("%q: %v", reason, err)
		}
	}
}

func FuzzDecisions(f *testing.F) {
	dir := f.TempDir()
	s := review.In(dir, "c1")
	for _, d := range []review.Decision{decide("same", 1, "a"), decide("unknown", 1, "")} {
		if _, err := s.Add(hand, d); err != nil {
			f.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "decisions.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := chain.Parse[review.Decision]("constat.decision/1 c1", text)
		if len(c.Breaks) > 0 {
			return
		}
		standing := review.Standing(c.Entries)
		if len(standing) > len(c.Entries) {
			t.Fatalf("%d of %d decisions stand", len(standing), len(c.Entries))
		}
		for _, d := range standing {
			if r := d.Ruling(); r.Answer == 0 || r.Row < 1 || r.Answer != link.Unknown && review.Mark(r.Record) != d.Person {
				t.Fatalf("%+v is %+v", d, r)
			}
		}
	})
}
