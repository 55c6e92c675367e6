package deadline_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/desk/deadline"
	"constat.example/internal/words"
)

var update = flag.Bool("update", false, "write golden files anew")

// board writes what a person would want to see of a case, in one language.
func board(c *deadline.Case, duties []deadline.Duty, now time.Time, lang string) string {
	var b strings.Builder
	party := ""
	for i := range duties {
		d := &duties[i]
		if d.Party != party {
			party = d.Party
			for _, p := range c.Parties {
				if p.ID == party {
					fmt.Fprintf(&b, "== %s (%s) %s\n", p.Name, p.Zone, deadline.Instant(now, p.Zone).In(lang))
				}
			}
		}
		if d.State == deadline.NotApplicable {
			fmt.Fprintf(&b, "- %s [%s]: %s\n", d.Title().In(lang), d.Article.In(lang), d.Why.In(lang))
			continue
		}
		fmt.Fprintf(&b, "%s [%s, %s] %s\n    %s.\n", d.Title().In(lang), d.Article.In(lang), d.Binding, d.Rule, d.Standing().In(lang))
		say := func(label string, w deadline.Words) {
			if w.EN != "" {
				fmt.Fprintf(&b, "    %s %s\n", label, w.In(lang))
			}
		}
		say("why:", d.Why)
		say("counted:", d.Counted)
		zone, err := deadline.Zone(d.Zone)
		if err != nil {
			panic(err)
		}
		if d.Latest != nil {
			say("latest:", deadline.Instant(d.Latest.At, zone))
			say("       ", d.Latest.Why)
		}
		if d.Earliest != nil {
			say("earliest:", deadline.Instant(d.Earliest.At, zone))
			say("         ", d.Earliest.Why)
		}
	}
	return b.String()
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what comes out; look at it, then go test ./desk/deadline -update\n%s", path, got)
	}
}

// The cases that were published, as far as their times are known: what is not
// known stays not known.
func TestPublishedCases(t *testing.T) {
	t.Parallel()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/cases/*.yaml")
	if err != nil || len(files) < 6 {
		t.Fatalf("found %d cases: %v", len(files), err)
	}
	made := map[string]bool{}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := deadline.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		first, _, _ := strings.Cut(string(text), "\n")
		now, err := time.Parse(time.RFC3339, strings.TrimPrefix(first, "# as it stood at "))
		if err != nil {
			t.Errorf("%s does not say first at what time it is looked at: %v", path, err)
			continue
		}
		duties, err := deadline.Duties(book, c, now)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		base := strings.TrimSuffix(path, ".yaml")
		for _, lang := range words.Languages {
			made[base+"."+lang+".txt"] = true
			golden(t, base+"."+lang+".txt", []byte(board(c, duties, now, lang)))
			feed := deadline.Calendar(c, duties, lang)
			if again := deadline.Calendar(c, duties, lang); !bytes.Equal(feed, again) {
				t.Errorf("%s: the same duties made two calendars", path)
			}
			checkFeed(t, feed)
			if c.ID == "viamedis" || c.ID == "pass-sport" {
				made[base+"."+lang+".ics"] = true
				golden(t, base+"."+lang+".ics", feed)
			}
		}
	}
	for _, pattern := range []string{"testdata/cases/*.txt", "testdata/cases/*.ics"} {
		left, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range left {
			if !made[path] {
				t.Errorf("%s belongs to no case", path)
			}
		}
	}
}
