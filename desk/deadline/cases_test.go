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

// asPublished are cases that were published, as far as their times are known: what is not
// known is left out. The others are made up, to have clocks run by the minute.
const asPublished = "testdata/published"

func TestCases(t *testing.T) {
	t.Parallel()
	made := map[string]bool{}
	for _, s := range standings(t, asPublished, "testdata/cases") {
		for _, lang := range words.Languages {
			made[s.base+"."+lang+".txt"], made[s.base+"."+lang+".ics"] = true, true
			golden(t, s.base+"."+lang+".txt", []byte(board(s.of, s.duties, s.now, lang)))
			feed := deadline.Calendar(s.of, s.duties, lang)
			if again := deadline.Calendar(s.of, s.duties, lang); !bytes.Equal(feed, again) {
				t.Errorf("%s: the same duties made two calendars", s.base)
			}
			checkFeed(t, feed)
			golden(t, s.base+"."+lang+".ics", feed)
		}
	}
	for _, pattern := range []string{"testdata/*/*.txt", "testdata/*/*.ics"} {
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

// standing is a case as it stood at some time.
type standing struct {
	base   string // path of its file, without the end
	of     *deadline.Case
	now    time.Time
	duties []deadline.Duty
}

// standings reads the cases of folders, in the order of names.
func standings(t *testing.T, folders ...string) (all []standing) {
	t.Helper()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(folder + "/*.yaml")
		if err != nil || len(files) < 2 {
			t.Fatalf("found %d cases in %s: %v", len(files), folder, err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, factsExt) {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s := standing{base: strings.TrimSuffix(path, ".yaml")}
			if s.of, err = deadline.Parse(text); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			first, _, _ := strings.Cut(string(text), "\n")
			if s.now, err = time.Parse(time.RFC3339, strings.TrimPrefix(first, "# as it stood at ")); err != nil {
				t.Fatalf("%s does not say first at what time it is looked at: %v", path, err)
			}
			if s.duties, err = deadline.Duties(book, s.of, s.now); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			all = append(all, s)
		}
	}
	return all
}
