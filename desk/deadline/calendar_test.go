package deadline_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"constat.example/desk/deadline"
)

var property = regexp.MustCompile(`^[A-Z-]+(;[A-Z-]+=[A-Z-]+)*:`)

// checkFeed holds a feed to RFC 5545: lines of at most 75 octets that end in CRLF,
// whole characters, components that nest, the properties an entry must have, each
// UID once. It returns the lines unfolded.
func checkFeed(t *testing.T, feed []byte) []string {
	t.Helper()
	text, ok := strings.CutSuffix(string(feed), "\r\n")
	if !ok || !utf8.ValidString(text) {
		t.Error("the feed does not end in CRLF, or is no UTF-8")
	}
	for raw := range strings.SplitSeq(text, "\r\n") {
		if len(raw) > 75 || strings.ContainsAny(raw, "\r\n") || !utf8.ValidString(raw) {
			t.Errorf("a line of %d octets, or one that is broken: %q", len(raw), raw)
		}
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n ", ""), "\r\n")
	var open []string
	seen, uids := map[string]int{}, map[string]bool{}
	for _, l := range lines {
		if !property.MatchString(l) {
			t.Errorf("%q is no property", l)
		}
		name, value, _ := strings.Cut(l, ":")
		switch name {
		case "BEGIN":
			open = append(open, value)
			if value == "VEVENT" {
				seen = map[string]int{}
			}
		case "END":
			if len(open) == 0 || open[len(open)-1] != value {
				t.Fatalf("%q ends what is not open", l)
			}
			open = open[:len(open)-1]
			if value == "VEVENT" {
				for _, must := range []string{"UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "SEQUENCE"} {
					if seen[must] != 1 {
						t.Errorf("an entry has %d of %s", seen[must], must)
					}
				}
			}
		case "UID":
			if uids[value] {
				t.Errorf("two entries are %s", value)
			}
			uids[value] = true
		case "DTSTAMP", "DTSTART":
			if _, err := time.Parse("20060102T150405Z", value); err != nil {
				t.Error(err)
			}
		case "TRIGGER":
			if !regexp.MustCompile(`^-PT([1-9][0-9]*)[HM]$`).MatchString(value) {
				t.Errorf("%q is no time before", value)
			}
		}
		if len(open) == 2 {
			seen[name]++
		}
	}
	if len(open) != 0 {
		t.Errorf("%v are not ended", open)
	}
	return lines
}

// A name with all that has a meaning in the format comes back whole.
func TestCalendarEscapes(t *testing.T) {
	t.Parallel()
	text := `{case: a, parties: [{id: a, name: 'Caisse; d’Île, \n "é" ` + strings.Repeat("été", 15) + `', country: FR, controller: true}, {id: b, name: B, country: FR, controller: true}],
events: [{kind: aware, party: a, at: 2026-03-02T09:00}]}`
	c, err := deadline.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	duties, err := deadline.Duties(book, c, time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	lines := checkFeed(t, deadline.Calendar(c, duties, "en"))
	want := `SUMMARY:Caisse\; d’Île\, \\n "é" ` + strings.Repeat("été", 15) + " – CNIL: notification of the breach"
	for _, l := range lines {
		if l == want {
			return
		}
	}
	t.Errorf("no line is %s in\n%s", want, strings.Join(lines, "\n"))
}

// An entry that is met keeps its identity and loses its reminders.
func TestCalendarMovesOn(t *testing.T) {
	t.Parallel()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	entry := func(events string) string {
		c, err := deadline.Parse([]byte(`{case: a, parties: [{id: a, name: A, country: BE, controller: true, telecom: false}], events: [` + events + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		duties, err := deadline.Duties(book, c, time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		lines := checkFeed(t, deadline.Calendar(c, duties, "en"))
		var kept []string
		for _, l := range lines {
			if name, _, _ := strings.Cut(l, ":"); bytes.Contains([]byte(" UID DTSTART SUMMARY SEQUENCE TRIGGER "), []byte(" "+name+" ")) {
				kept = append(kept, l)
			}
		}
		return strings.Join(kept, "\n")
	}
	aware := "{kind: aware, party: a, at: 2026-03-02T09:00}"
	running, moved, met := entry(aware), entry(aware+", {kind: aware, party: a, at: 2026-03-03T09:00, corrects: 1}"), entry(aware+", {kind: notified, party: a, at: 2026-03-04T09:00}")
	first, _, _ := strings.Cut(running, "\n")
	for _, c := range []struct{ got, want string }{
		{running, first + "\nSEQUENCE:1\nDTSTART:20260305T080000Z\nSUMMARY:Supervisory authority: notification of the breach\nTRIGGER:-PT24H\nTRIGGER:-PT6H\nTRIGGER:-PT1H\nTRIGGER:-PT30M"},
		{moved, first + "\nSEQUENCE:2\nDTSTART:20260306T080000Z\nSUMMARY:Supervisory authority: notification of the breach\nTRIGGER:-PT24H\nTRIGGER:-PT6H\nTRIGGER:-PT1H\nTRIGGER:-PT30M"},
		{met, first + "\nSEQUENCE:2\nDTSTART:20260305T080000Z\nSUMMARY:Done: Supervisory authority: notification of the breach"},
	} {
		if c.got != c.want {
			t.Errorf("the entry is\n%s\nand should be\n%s", c.got, c.want)
		}
	}
}
