package scenario_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"constat.example/blind/access"
	"constat.example/internal/failure"
	"constat.example/scenario"
)

// logged is a line of an application's log.
type logged struct {
	TS      time.Time `json:"ts"`
	Account string    `json:"account"`
	Action  string    `json:"action"`
	Record  string    `json:"record"`
	Records []string  `json:"records"`
	Count   int       `json:"count"`
}

// web matches a line of a web server's log.
var web = regexp.MustCompile(`^\S+ - (\S+) \[([^]]+)\] "(?:GET|PUT|POST) /(?:api/)?([a-z_]+)/?(FT-\d+)?\S* HTTP/1.1" (\d+) `)

// readLogs reads all lines of the logs of a drill.
func readLogs(t *testing.T, dir string, truth *scenario.TruthAccess) []logged {
	t.Helper()
	var all []logged
	for _, name := range truth.Files {
		f, err := os.Open(filepath.Join(dir, "logs", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(z)
		for lines.Scan() {
			var l logged
			if lines.Bytes()[0] != '{' {
				m := web.FindStringSubmatch(lines.Text())
				if m == nil {
					t.Fatalf("%s", lines.Text())
				}
				l.Account, l.Action, l.Record = m[1], m[3], m[4]
				if m[5] == "200" {
					l.Count = 1
				}
				l.TS, err = time.Parse("02/Jan/2006:15:04:05 -0700", m[2])
			} else {
				err = json.Unmarshal(lines.Bytes(), &l)
			}
			if err != nil {
				t.Fatalf("%s: %v", lines.Text(), err)
			}
			all = append(all, l)
		}
		if err := lines.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// withLogs is an agency whose accounts are at work for a few weeks.
func withLogs(seed uint64) scenario.Config {
	c := config(seed)
	c.Accounts, c.LogWeeks = 40, [2]int{2, 1}
	return c
}

// TestLogsTellOfTheTheft: what the truth says of who read what is what the logs say.
func TestLogsTellOfTheTheft(t *testing.T) {
	t.Parallel()
	for _, k := range scenario.Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			dir, truth := write(t, withLogs(11), k.Name)
			a := truth.Access
			all := readLogs(t, dir, a)
			if len(all) != a.Lines || len(all) < 1000 {
				t.Errorf("%d lines, %d told", len(all), a.Lines)
			}
			guilty := map[string]scenario.TruthAccount{}
			for _, g := range a.Guilty {
				guilty[g.Account] = g
			}
			read := map[string]bool{} // by the guilty while they were at it
			theirs, bulk := 0, 0
			last := time.Time{}
			for _, l := range all {
				if l.TS.Before(last) || l.TS.Before(a.From) || !l.TS.Before(a.To) {
					t.Fatalf("a line at %s, after %s, of a log from %s to %s", l.TS, last, a.From, a.To)
				}
				last = l.TS
				g, is := guilty[l.Account]
				if !is {
					continue
				}
				theirs++
				if l.TS.Before(g.First.Add(-time.Minute)) || l.TS.After(g.Last.Add(time.Minute)) {
					continue
				}
				if l.Action == "copy" || l.Action == "export" && l.Count == truth.Persons {
					bulk++
				}
				if l.Count > 0 {
					for _, id := range append(l.Records, l.Record) {
						read[id] = true
					}
				}
			}
			offered := 0
			for _, g := range a.Guilty {
				offered += g.Offered
				if g.Offered > g.Read || g.First.After(g.Last) {
					t.Errorf("%+v", g)
				}
			}
			switch a.How {
			case scenario.WayNone, scenario.WayBackup, scenario.WayPartner:
				if len(a.Guilty) > 0 || a.InLogs || a.ThiefLines > 0 {
					t.Errorf("nobody can have been seen: %+v", a)
				}
				return
			case scenario.WayCopy, scenario.WayExport:
				if bulk != 1 || !a.InLogs || a.Named {
					t.Errorf("%d bulk statements, %+v", bulk, a)
				}
			case scenario.WayUnlogged:
				if theirs > 0 || a.InLogs || a.ThiefLines > 0 {
					t.Errorf("%d lines of an account that is not logged, %+v", theirs, a)
				}
			case scenario.WayGap:
				if a.InLogs || a.ThiefLines > 0 || slices.ContainsFunc(all, func(l logged) bool { return l.TS.After(*truth.TheftFrom) && l.TS.Before(*truth.TheftTo) }) {
					t.Errorf("lines in the gap, %+v", a)
				}
			}
			beside := k.Theft.Beside > 0 // people of the other agency's file may be in the register too
			if offered != truth.Persons && !beside || offered > truth.Persons {
				t.Errorf("the guilty read %d people who are offered, of %d", offered, truth.Persons)
			}
			if k.Theft.Thieves > 1 && len(a.Guilty) != k.Theft.Thieves {
				t.Errorf("%d guilty accounts", len(a.Guilty))
			}
			first, latest := a.Guilty[0].First, a.Guilty[0].Last
			for _, g := range a.Guilty {
				if g.First.Before(first) {
					first = g.First
				}
				if g.Last.After(latest) {
					latest = g.Last
				}
			}
			if first.After(*truth.TheftFrom) || latest.Before(*truth.TheftTo) {
				t.Errorf("reads from %s to %s of a theft from %s to %s", first, latest, truth.TheftFrom, truth.TheftTo)
			}
			if !a.Named {
				return
			}
			for _, id := range linksOf(t, filepath.Join(dir, "truth", "links.csv"), truth.Rows) {
				if id != "" && !read[id] {
					t.Fatal("somebody in the dump was not read by a guilty account")
				}
			}
		})
	}
}

func TestLogsAreTheSame(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"colluding", "enumeration"} {
		one, two := withLogs(12), withLogs(12)
		one.Threads, two.Threads = 1, 2
		a, _ := write(t, one, kind)
		b, truth := write(t, two, kind)
		there := tree(t, b)
		for name, text := range tree(t, a) {
			if string(there[name]) != string(text) {
				t.Errorf("%s: %s differs from one thread to two", kind, name)
			}
		}
		if truth.Access.ThiefLines == 0 {
			t.Errorf("%s: no line of the thief", kind)
		}
	}
}

// TestStreamIsTheLog: what is streamed is what is written.
func TestStreamIsTheLog(t *testing.T) {
	t.Parallel()
	c := withLogs(13)
	_, truth := write(t, c, "hijacked")
	w, err := scenario.New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	kind, err := scenario.LookUp("hijacked")
	if err != nil {
		t.Fatal(err)
	}
	work, err := w.Work(t.Context(), kind.Theft)
	if err != nil {
		t.Fatal(err)
	}
	from, to := work.Period()
	lines, last, thief := int64(0), int64(0), 0
	name := truth.Access.Guilty[0].Account
	err = work.Stream(t.Context(), from, to, func(all []access.Access) error {
		for _, a := range all {
			if a.Line != lines && a.Line != lines+1 || a.Time < last {
				t.Fatalf("line %d after %d, at %d after %d", a.Line, lines, a.Time, last)
			}
			lines, last = a.Line, a.Time
			if work.Names().Of(a.Account) == name && a.Action == access.Read && a.Time%86_400_000_000 < 5*3_600_000_000 {
				thief++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if lines != int64(truth.Access.Lines) || work.Truth().Guilty[0] != truth.Access.Guilty[0] {
		t.Errorf("%d lines streamed, %d written; %+v, not %+v", lines, truth.Access.Lines, work.Truth().Guilty, truth.Access.Guilty)
	}
	if thief < truth.Access.Guilty[0].Read/2 {
		t.Errorf("%d reads by night of %d", thief, truth.Access.Guilty[0].Read)
	}
}

func TestTooFewAccounts(t *testing.T) {
	t.Parallel()
	c := withLogs(14)
	c.Accounts = 3
	if _, err := scenario.Write(t.Context(), filepath.Join(t.TempDir(), "drill"), c, "hijacked"); failure.CodeOf(err) != failure.Usage {
		t.Errorf("three accounts: %v", err)
	}
}
