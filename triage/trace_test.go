package triage_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/evidence"
	"constat.example/internal/failure"
	"constat.example/scenario"
	"constat.example/triage"
)

// officeLog writes a log of forty accounts at work on the people of these ids for ten
// weeks around a day, and gives it to edit, which adds to it.
func officeLog(t *testing.T, dir string, ids []string, around time.Time, add func(line func(at time.Time, account, id string))) string {
	t.Helper()
	random := rand.New(rand.NewPCG(8, 8))
	var text strings.Builder
	line := func(at time.Time, account, id string) {
		fmt.Fprintf(&text, `{"ts":%q,"account":%q,"action":"read","record":%q,"count":1,"address":"10.31.4.%s","session":"s-%s","office":"075","reason":"rdv","device":"poste"}`+"\n",
			at.UTC().Format("2006-01-02T15:04:05.000Z"), account, id, account[1:], account)
	}
	for day := -35; day < 35; day++ {
		for account := range 40 {
			for range random.IntN(2 + account/4) {
				at := around.AddDate(0, 0, day).Truncate(24 * time.Hour).Add(time.Duration(8*3600+random.IntN(9*3600)) * time.Second)
				line(at, fmt.Sprintf("c%d", 10+account), ids[random.IntN(len(ids))])
			}
		}
	}
	add(line)
	path := filepath.Join(dir, "access.jsonl")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// idsOf reads a column of a register or of links, each value once.
func idsOf(t *testing.T, path, column string, separator rune) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = separator
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], column)
	if at < 0 {
		t.Fatalf("no column %s in %v", column, rows[0])
	}
	var all []string
	for _, row := range rows[1:] {
		all = append(all, row[at])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestTrace: a log in which one account reads who leaked names it, in the case and on its
// page, also when the dump is assessed again; without it the log names nobody.
func TestTrace(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it assesses a dump, twice")
	}
	dir := filepath.Join(t.TempDir(), "drill")
	truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: 3000, Seed: 21, Snapshots: []int{0, 14, 23}}, "sample")
	if err != nil {
		t.Fatal(err)
	}
	w := workbench(filepath.Join(t.TempDir(), "home"))
	for _, s := range truth.Snapshots {
		put(t, w, "", filepath.Join(dir, "register", s.File), s)
	}
	dumps, err := filepath.Glob(filepath.Join(dir, "dump.*"))
	if err != nil || len(dumps) == 0 {
		t.Fatal("no dump")
	}
	links := filepath.Join(t.TempDir(), "links.csv")
	a := assessedAgainst(t, w, triage.AssessRequest{Paths: dumps, Case: "x", Links: links})
	if len(a.Suspects) != 0 || a.Trace.Refused != assessment.NotTraced {
		t.Fatalf("before any log: %+v, %+v", a.Suspects, a.Trace)
	}
	leaked, people := idsOf(t, links, "record_id", ','), idsOf(t, filepath.Join(dir, "register", truth.Snapshots[0].File), "identifiant", ';')
	around := middle(t, a)
	quiet := officeLog(t, t.TempDir(), people, around, func(func(time.Time, string, string)) {})
	theft := officeLog(t, t.TempDir(), people, around, func(line func(time.Time, string, string)) {
		for i, id := range leaked {
			line(around.Add(time.Duration(i)*time.Second), "c17", id)
		}
	})

	traced, err := w.Trace(t.Context(), triage.TraceRequest{Case: "x", Logs: []string{quiet}})
	if failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	if tr := traced.Assessment.Trace; len(traced.Assessment.Suspects) != 0 || tr.Nobody <= 0.5 || tr.Refused != "" || tr.Read+tr.Remainder != tr.Leaked || tr.Leaked != a.Linked.Persons {
		t.Errorf("without a theft: %+v, %+v", traced.Assessment.Suspects, tr)
	}
	if traced, err = w.Trace(t.Context(), triage.TraceRequest{Case: "x", Logs: []string{theft}}); failure.CodeOf(err) > failure.Attention {
		t.Fatal(err)
	}
	named := func(a *assessment.Assessment) {
		t.Helper()
		if len(a.Suspects) != 1 || a.Suspects[0].Account != "c17" || a.Suspects[0].Likelihood <= 0.9 || a.Suspects[0].Covered != 1 || a.Suspects[0].Exposed != int64(len(leaked)) {
			t.Errorf("suspects %+v of %+v", a.Suspects, a.Trace)
		}
	}
	named(traced.Assessment)
	happened, err := w.Timeline(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	var suspected []string
	for _, h := range happened {
		if h.From == casefile.Suspects {
			suspected = append(suspected, h.Code)
		}
	}
	if !slices.Equal(suspected, []string{"first", "last"}) {
		t.Errorf("the timeline tells of suspect reads %q", suspected)
	}
	c, err := w.Case("x")
	if err != nil {
		t.Fatal(err)
	}
	var logs []string
	for _, e := range c.Custody.Entries {
		if e.Act == evidence.Traced {
			logs = append(logs, e.SHA256)
		}
	}
	if len(logs) != 2 || logs[1] != traced.Assessment.Trace.Logs[0].SHA256 {
		t.Errorf("the chain of custody names the logs %v", logs)
	}
	if w := traced.Assessment.Window; w.Refused != a.Window.Refused || traced.Assessment.Verdict.Refused != a.Verdict.Refused || (w.NotBefore == nil) != (traced.Assessment.Trace.From == nil) {
		t.Errorf("the window is refused: %q, and %+v", w.Refused, traced.Assessment.Trace)
	}
	page, err := os.ReadFile(traced.Page)
	if err != nil || !strings.Contains(string(page), "c17") {
		t.Errorf("the page does not name the account: %v", err)
	}
	again := assessedAgainst(t, w, triage.AssessRequest{Case: "x"})
	named(again)
	for _, id := range leaked[:3] {
		nowhere(t, w.CaseDir("x"), id)
	}
}

// middle is a time within the window, as far as it is known.
func middle(t *testing.T, a *assessment.Assessment) time.Time {
	t.Helper()
	for _, at := range []*string{a.Window.MostLikely, a.Window.NotBefore, a.Window.NotAfter} {
		if at != nil {
			when, err := time.Parse(time.RFC3339, *at)
			if err != nil {
				t.Fatal(err)
			}
			return when
		}
	}
	return time.Date(2025, 6, 1, 12, 0, 0, 0, time.UTC)
}

// nowhere checks that a record id stands in no file of a folder.
func nowhere(t *testing.T, dir, id string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(text), id) {
			t.Errorf("%s holds a record id", filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
