package triage_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/finding"
	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
	"constat.example/internal/failure"
	"constat.example/internal/plainyaml"
	"constat.example/triage"
)

// incidentDesk is a home with a case whose assessment says so many times 1,187,402 people,
// and who acts at it.
func incidentDesk(t testing.TB, times int64) triage.Bench {
	t.Helper()
	w := triage.Bench{Home: filepath.Join(t.TempDir(), "home"), Now: func() time.Time { return formtest.Now }, Who: "ana", As: casefile.Person{Account: "ana"}}
	a := formtest.Facts(t).Assessment
	a.Case = "forum"
	for _, n := range []*int64{&a.Exposures.Persons, &a.Exposures.Stale, &a.Linked.Persons, &a.Linked.Rows, &a.Rows.Read} {
		*n *= times
	}
	for i := range a.Exposures.Kinds {
		x := &a.Exposures.Kinds[i]
		x.People, x.Current, x.Stale, x.Unconfirmed = times*x.People, times*x.Current, times*x.Stale, times*x.Unconfirmed
	}
	dir := w.CaseDir("forum")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "assessment.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := finding.In(dir, "forum").Note(finding.Hand{Who: "ana", Now: w.Now}, finding.Of(a)); err != nil {
		t.Fatal(err)
	}
	yes := true
	act(t, w, casefile.Act{Do: casefile.State, Facts: &casefile.Facts{Parties: []deadline.PartyEntry{{ID: "agency", Name: "The agency", Country: "FR", Controller: &yes}}}})
	act(t, w, casefile.Act{Do: casefile.State, Event: &deadline.EventEntry{Kind: deadline.Aware, Party: "agency", At: "2026-04-21T12:17"}})
	return w
}

func act(t testing.TB, w triage.Bench, a casefile.Act) {
	t.Helper()
	if _, err := w.Act(t.Context(), triage.ActRequest{Case: "forum", Acts: []casefile.Act{a}}); err != nil {
		t.Fatal(err)
	}
}

var small = []*form.Form{formtest.Small()}

func given(pairs ...string) (all []form.Given) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, form.Given{Key: pairs[i], Value: plainyaml.Word(pairs[i+1])})
	}
	return all
}

// TestAnswer: what people say fills boxes, the case's before the organisation's.
func TestAnswer(t *testing.T) {
	t.Parallel()
	w := incidentDesk(t, 1)
	draft := func() map[string]form.Box {
		t.Helper()
		d, err := w.Draft(t.Context(), "forum", small[0])
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]form.Box{}
		for _, s := range d.Sections {
			for _, b := range s.Boxes {
				all[b.Key] = b
			}
		}
		return all
	}
	answer := func(id string, pairs ...string) (int, error) {
		new, err := w.Answer(t.Context(), id, small, given(pairs...), 0)
		return len(new), err
	}
	if b := draft(); b["people.count"].State != form.Filled || *b["people.count"].Value.Number != 1_187_402 || b["cause"].State != form.Asked {
		t.Fatalf("%+v", b)
	}
	for _, x := range []struct {
		id    string
		pairs []string
		new   int
	}{
		{"", []string{"organisation.name", "The agency", "contact.dpo.email", "dpo@agency.example"}, 2},
		{"", []string{"organisation.name", "The agency"}, 0},
		{"forum", []string{"organisation.name", "The agency, branch office", "cause", "attack", "ended", "2026-04-20T12:17", "people.count", "9"}, 4},
		{"forum", []string{"nature", ""}, 0},
	} {
		if n, err := answer(x.id, x.pairs...); err != nil || n != x.new {
			t.Fatalf("%v: %d new, %v", x.pairs, n, err)
		}
	}
	b := draft()
	if v := b["ended"]; v.State != form.Stated || v.Value.At != "2026-04-20T12:17:00+02:00" {
		t.Errorf("%+v", v)
	}
	if v := b["people.count"]; v.State != form.Stated || *v.Value.Number != 9 || *v.Found.Number != 1_187_402 {
		t.Errorf("%+v", v)
	}
	if v := b["organisation.name"]; v.Value.Text[0].EN != "The agency, branch office" {
		t.Errorf("%+v", v)
	}
	if v := b["contact.dpo.email"]; v.State != form.Stated || v.Value.Text[0].EN != "dpo@agency.example" {
		t.Errorf("%+v", v)
	}
	if n, err := answer("forum", "organisation.name", "", "people.count", ""); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if b = draft(); b["organisation.name"].Value.Text[0].EN != "The agency" || b["people.count"].State != form.Filled {
		t.Errorf("%+v", b)
	}
	for _, x := range []struct {
		id, key, text, why string
	}{
		{"forum", "measures.taken", "we called zoe@mail.example", "measures.taken: at character 11 the text holds what looks like somebody's data (email)"},
		{"forum", "cuase", "attack", "no form asks for that key"},
		{"", "cause", "attack", "no form asks for that key"},
		{"nowhere", "cause", "attack", "there is no case nowhere"},
	} {
		if _, err := answer(x.id, x.key, x.text); err == nil || !strings.Contains(err.Error(), x.why) {
			t.Errorf("%s: %v, not %q", x.key, err, x.why)
		}
	}
	if _, err := w.Act(t.Context(), triage.ActRequest{Acts: []casefile.Act{{Do: casefile.Say, Answers: []casefile.Answer{{Key: "cause", Value: casefile.Value{Codes: []string{"attack"}}}}}}}); err == nil || !strings.Contains(err.Error(), "cause is no fact of the organisation") {
		t.Errorf("%v", err)
	}
	checks, err := w.Verify(t.Context(), triage.VerifyRequest{Case: "forum"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !c.OK {
			t.Errorf("%s: %s", c.Name, c.Detail)
		}
	}
}

// TestFile: a document is filed once it was decided to, is kept as it was, and the next one
// is compared with it.
func TestFile(t *testing.T) {
	t.Parallel()
	w := incidentDesk(t, 1)
	request := triage.FileRequest{Case: "forum", Form: small[0], At: "2026-04-22T09:40", Reference: "N-114"}
	refused := func(r triage.FileRequest, code failure.Code, why string) {
		t.Helper()
		if _, err := w.File(t.Context(), r); failure.CodeOf(err) != code || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, not %d: %s", err, code, why)
		}
	}
	refused(request, failure.Refused, "it is not decided that authority of case forum is notify")
	act(t, w, casefile.Act{Do: casefile.Decide, Subject: casefile.Authority, Choice: casefile.Notify, Reason: "because"})
	for at, why := range map[string]string{"2026-04-22": "tells no hour", "lunch": "a time is written", "2026-05-22T09:40": "in the future"} {
		r := request
		r.At = at
		refused(r, failure.Usage, why)
	}
	r := request
	r.Reference = "ask zoe@mail.example"
	refused(r, failure.Usage, "looks like somebody's data")
	r = request
	r.Party = "host"
	refused(r, failure.BadInput, "its party is none of the case's")

	told, err := w.File(t.Context(), request)
	if err != nil || told.Done || told.Number != 1 || told.Event.Kind != deadline.Notified || told.Event.Party != "agency" {
		t.Fatalf("%+v, %v", told, err)
	}
	if _, err := os.Stat(told.Path); err == nil {
		t.Error("what was only told is kept")
	}
	// What an interrupted filing left is not taken for one.
	left := filepath.Join(w.CaseDir("forum"), "filings", "0001-other.json")
	if err := os.MkdirAll(filepath.Dir(left), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	request.Do = true
	filed, err := w.File(t.Context(), request)
	if err != nil || !filed.Done || filed.SHA256 != told.SHA256 {
		t.Fatalf("%+v, %v", filed, err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what an interrupted filing left is there")
	}
	facts, err := w.Facts(t.Context(), "forum")
	if err != nil {
		t.Fatal(err)
	}
	if n := slices.IndexFunc(facts.Duties, func(d deadline.Duty) bool { return d.State == deadline.Met }); n < 0 || facts.Duties[n].Rule != "gdpr-33" && !strings.Contains(facts.Duties[n].Rule, "33") {
		t.Errorf("the clock runs on: %+v", facts.Duties)
	}
	if f := facts.Filings[0]; f.Reference != "N-114" || f.Who != "ana" || !f.At.Equal(time.Date(2026, 4, 22, 7, 40, 0, 0, time.UTC)) || f.Document.Counts.Filled != 1 {
		t.Errorf("%+v", f)
	}
	line, err := w.Timeline(t.Context(), "forum")
	if err != nil || !slices.ContainsFunc(line, func(h casefile.Happened) bool {
		return h.From == casefile.Acts && h.What.EN == "filed small (filing 1), reference N-114"
	}) || !slices.ContainsFunc(line, func(h casefile.Happened) bool {
		return h.From == casefile.Events && h.Code == string(deadline.Notified)
	}) {
		t.Errorf("%+v, %v", line, err)
	}

	if _, err := w.Answer(t.Context(), "forum", small, given("people.count", "12", "cause", "attack"), 0); err != nil {
		t.Fatal(err)
	}
	next, err := w.Draft(t.Context(), "forum", small[0])
	if err != nil || next.Since == nil || next.Since.Number != 1 || next.Since.Changed != 1 || next.Since.New != 2 || *next.Sections[0].Boxes[0].Was.Number != 1_187_402 {
		t.Errorf("%+v, %v", next.Since, err)
	}

	// Two at once are numbered one after the other.
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if _, err := w.File(t.Context(), request); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if d, err := w.Desk(t.Context(), "forum"); err != nil || len(d.Case.Filings) != 3 {
		t.Errorf("%d filings, %v", len(d.Case.Filings), err)
	}

	failing := func() (all []string) {
		checks, err := w.Verify(t.Context(), triage.VerifyRequest{Case: "forum"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range checks {
			if !c.OK {
				all = append(all, c.Name+": "+c.Detail)
			}
		}
		return all
	}
	if all := failing(); len(all) > 0 {
		t.Fatal(all)
	}
	text, err := os.ReadFile(filed.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filed.Path, bytes.Replace(text, []byte(`"number": 1187402`), []byte(`"number": 1187403`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if all := failing(); len(all) != 1 || !strings.Contains(all[0], "cases/forum/filings/0001-small.json is not what entry") {
		t.Errorf("a changed filing: %q", all)
	}
	if _, err := w.Draft(t.Context(), "forum", small[0]); failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), "filing 1 of case forum is not what was filed") {
		t.Errorf("a draft is compared with it: %v", err)
	}
	if err := os.Remove(filed.Path); err != nil {
		t.Fatal(err)
	}
	if all := failing(); len(all) != 1 || !strings.Contains(all[0], "is missing") {
		t.Errorf("a filing taken away: %q", all)
	}
}

// TestFactsOfLittle: a case of which nothing is known has facts, and they are none.
func TestFactsOfLittle(t *testing.T) {
	t.Parallel()
	w := triage.Bench{Home: filepath.Join(t.TempDir(), "home"), Now: func() time.Time { return formtest.Now }, Who: "ana", As: casefile.Person{Account: "ana"}}
	if _, err := w.OpenCase(t.Context(), "forum", ""); err != nil {
		t.Fatal(err)
	}
	f, err := w.Facts(t.Context(), "forum")
	if err != nil || f.Assessment != nil || f.Severity != nil || f.Clock != nil || f.State.Seen != 1 || f.Ledger.Entries != 2 || len(f.Filings)+len(f.Answers)+len(f.History) > 0 {
		t.Errorf("%+v, %v", f, err)
	}
	r := triage.FileRequest{Case: "forum", Form: small[0]}
	if _, err := w.File(t.Context(), r); failure.CodeOf(err) != failure.Refused || !strings.Contains(err.Error(), "does not know yet who files") {
		t.Errorf("%v", err)
	}
	// What meets no duty is filed all the same.
	inside := formtest.Small()
	inside.Meets = ""
	r.Form, r.Do = inside, true
	if got, err := w.File(t.Context(), r); err != nil || got.Event != nil || !got.Done {
		t.Errorf("%+v, %v", got, err)
	}
}

// BenchmarkDraft drafts every form of a case of twenty million people, from what the case
// holds on the disk to the document in JSON.
func BenchmarkDraft(b *testing.B) {
	w := incidentDesk(b, 17)
	for _, f := range append(form.Forms(), small...) {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				d, err := w.Draft(b.Context(), "forum", f)
				if failure.CodeOf(err) == failure.Refused {
					b.Skip("this case has no such document: " + err.Error())
				}
				if err != nil {
					b.Fatal(err)
				}
				if _, err := d.JSON(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
