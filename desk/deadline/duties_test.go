package deadline_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // zones, where the machine has none

	"constat.example/desk/deadline"
)

// A line of testdata/duties.txt as it is run.
type line struct {
	rule string
	c    deadline.Case
	now  time.Time
	want string
}

func parseLine(t *testing.T, text string) line {
	t.Helper()
	cells := strings.Split(text, "|")
	if len(cells) != 4 {
		t.Fatalf("%q has %d cells, not 4", text, len(cells))
	}
	l := line{rule: strings.TrimSpace(cells[0]), want: strings.TrimSpace(cells[3])}
	yes := true
	p := deadline.Party{ID: "a", Name: "A", Controller: &yes}
	zone := map[string]string{
		"FR": "Europe/Paris", "BE": "Europe/Brussels", "DE": "Europe/Berlin", "IE": "Europe/Dublin", "PT": "Europe/Lisbon",
		"GR": "Europe/Athens", "FI": "Europe/Helsinki", "PL": "Europe/Warsaw",
	}
	for i, word := range strings.Fields(cells[1]) {
		key, value, _ := strings.Cut(word, "=")
		is := value == "true"
		switch {
		case i == 0:
			p.Country = word
			l.c.ID = "case"
			value = zone[word]
			fallthrough
		case key == "zone":
			if value == "" {
				break
			}
			z, err := deadline.Zone(value)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			p.Zone = z
		case key == "with":
			l.c.With = append(l.c.With, value)
		case key == "nis2":
			p.NIS2 = value
		case key == "financial":
			p.Financial = value
		case key == "holiday":
			p.Holidays = append(p.Holidays, value)
		case key == "controller":
			p.Controller = &is
		case key == "trust":
			p.Trust = &is
		case key == "telecom":
			p.Telecom = &is
		case key == "insured":
			p.Insured = &is
		case key == "public":
			p.Public = &is
		case key == "operator":
			p.Operator = &is
		case key == "health":
			p.Health = &is
		default:
			t.Fatalf("%q says %q of its party", text, word)
		}
	}
	l.c.Parties = []deadline.Party{p}
	at := func(text string) (time.Time, bool) {
		at, day, err := deadline.Time(text, p.Zone)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		return at, day
	}
	for word := range strings.FieldsSeq(cells[2]) {
		kind, when, _ := strings.Cut(word, "=")
		if kind == "now" {
			l.now, _ = at(when)
			continue
		}
		e := deadline.Event{Kind: deadline.Kind(kind), Party: "a"}
		when, set, _ := strings.Cut(when, ">")
		if set != "" {
			var day bool
			if e.Set, day = at(set); day {
				e.Set = e.Set.Add(24 * time.Hour)
			}
		}
		when, corrects, _ := strings.Cut(when, "/")
		e.Corrects, _ = strconv.Atoi(corrects)
		e.At, e.Day = at(when)
		l.c.Events = append(l.c.Events, e)
	}
	if l.now.IsZero() {
		for _, e := range l.c.Events {
			if after := e.At.Add(time.Minute); after.After(l.now) {
				l.now = after
			}
		}
	}
	return l
}

// told writes what was reckoned in the words of the table, for the keys it asks
// for.
func told(t *testing.T, want string, d *deadline.Duty) string {
	t.Helper()
	zoneOf := func(key string) *time.Location { // as the line writes it
		for word := range strings.FieldsSeq(want) {
			if value, ok := strings.CutPrefix(word, key+"="); ok {
				for _, form := range []string{"2006-01-02T15:04Z07:00", time.RFC3339} {
					if at, err := time.Parse(form, value); err == nil {
						return at.Location()
					}
				}
			}
		}
		return time.UTC
	}
	instant := func(key string, at *time.Time) string {
		if at == nil {
			return "-"
		}
		form := "2006-01-02T15:04Z07:00"
		if at.Second() != 0 {
			form = time.RFC3339
		}
		return at.In(zoneOf(key)).Format(form)
	}
	argued := func(key string, a *deadline.Argued) string {
		if a == nil {
			return "-"
		}
		return instant(key, &a.At)
	}
	var out []string
	for i, word := range strings.Fields(want) {
		key, _, _ := strings.Cut(word, "=")
		switch {
		case i == 0:
			out = append(out, string(d.State))
		case key == "within":
			out = append(out, map[bool]string{true: "within", false: "not-within"}[d.WithinLatest])
		case key == "due":
			out = append(out, "due="+instant(key, d.Due))
		case key == "latest":
			out = append(out, "latest="+argued(key, d.Latest))
		case key == "earliest":
			out = append(out, "earliest="+argued(key, d.Earliest))
		case key == "seconds":
			s := "-"
			if d.Seconds != nil {
				s = strconv.FormatInt(*d.Seconds, 10)
			}
			out = append(out, "seconds="+s)
		case key == "if":
			out = append(out, fmt.Sprint("if=", strings.Trim(fmt.Sprint(d.If), "[]")))
		default:
			t.Fatalf("the table wants %q", word)
		}
	}
	return strings.Join(out, " ")
}

func TestDuties(t *testing.T) {
	t.Parallel()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("testdata/duties.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tested := map[string]int{}
	for lines, n := bufio.NewScanner(f), 1; lines.Scan(); n++ {
		text := lines.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		l := parseLine(t, text)
		duties, err := deadline.Duties(book, &l.c, l.now)
		if err != nil {
			t.Errorf("line %d: %v", n, err)
			continue
		}
		tested[l.rule]++
		at := slices.IndexFunc(duties, func(d deadline.Duty) bool { return d.Rule == l.rule })
		got := "absent"
		if at >= 0 {
			d := &duties[at]
			got = told(t, l.want, d)
			if d.WithinLatest && !strings.Contains(l.want, "within") {
				got += " within"
			}
		}
		if got != l.want {
			t.Errorf("line %d: %s\n got %s\nwant %s", n, text, got, l.want)
		}
	}
	total := 0
	for _, r := range book.Rules {
		if tested[r.ID] == 0 && r.ID != "gdpr-33-2" { // of several parties: TestProcessors
			t.Errorf("no line tests rule %s", r.ID)
		}
		total += tested[r.ID]
	}
	if total < 200 {
		t.Errorf("only %d lines test a rule", total)
	}
}
