package form_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
	"constat.example/internal/words"
)

// box is the one of that key.
func box(t *testing.T, d *form.Document, key string) form.Box {
	t.Helper()
	for _, s := range d.Sections {
		for _, b := range s.Boxes {
			if b.Key == key {
				return b
			}
		}
	}
	t.Fatalf("%s has no box %s", d.Form, key)
	return form.Box{}
}

// written is all that a value says, in English.
func written(v form.Value) string {
	var all []string
	for _, w := range v.Text {
		all = append(all, w.EN)
	}
	if v.Table != nil {
		for _, row := range v.Table.Rows {
			var cells []string
			for _, w := range row {
				cells = append(cells, w.EN)
			}
			all = append(all, strings.Join(cells, " | "))
		}
	}
	return strings.Join(append(all, v.Codes...), "\n")
}

// holds checks what a box says, and what it does not.
func holds(t *testing.T, d *form.Document, key string, state form.State, yes []string, no ...string) {
	t.Helper()
	b := box(t, d, key)
	got := written(b.Value)
	if b.State != state {
		t.Errorf("%s of %s is %s, not %s: %s", key, d.Form, b.State, state, got)
	}
	for _, s := range yes {
		if !strings.Contains(got, s) {
			t.Errorf("%s of %s does not say %q:\n%s", key, d.Form, s, got)
		}
	}
	for _, s := range no {
		if strings.Contains(got, s) {
			t.Errorf("%s of %s says %q:\n%s", key, d.Form, s, got)
		}
	}
}

// reckoned reads the clock and the duties of facts again.
func reckoned(t *testing.T, f *form.Facts) {
	t.Helper()
	clock, err := f.State.Deadlines().Read()
	if err != nil {
		t.Fatal(err)
	}
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	f.Clock = clock
	if f.Duties, err = deadline.Duties(book, clock, f.Now); err != nil {
		t.Fatal(err)
	}
}

// TestNIS2Stages: each report is compared with the one before it, whichever stage that was,
// and carries the reference that the addressee gave.
func TestNIS2Stages(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	assessed, history := f.Assessment, f.History
	f.Assessment, f.History, f.Severity = nil, nil, nil
	decide(f, casefile.Standing, casefile.Suspected)
	formtest.Filed(t, f, "nis2-warning", formtest.Now.Add(-50*time.Hour), "FR-2026-118")
	f.Assessment, f.History = assessed, history
	decide(f, casefile.Standing, casefile.Confirmed)

	d := drafted(t, "nis2-notification", f)
	if d.Since == nil || d.Since.Form != "nis2-warning" || d.Since.Changed == 0 || d.Since.New == 0 {
		t.Fatalf("compared with %+v", d.Since)
	}
	if b := box(t, d, "case.standing"); b.Was == nil || b.Was.Codes[0] != "suspected" {
		t.Errorf("that the breach was suspected is not shown: %+v", b.Was)
	}
	if b := box(t, d, "people.count"); !b.New {
		t.Error("the number is not shown as new")
	}
	holds(t, d, "nis2.reference", form.Filled, []string{"FR-2026-118"})
	// Nobody adjusted the severity: claims of a copy are malice enough to suspect it.
	holds(t, d, "cause.malicious", form.Filled, []string{"yes"})

	formtest.Filed(t, f, "nis2-notification", formtest.Now, "")
	if d := drafted(t, "nis2-final", f); d.Since == nil || d.Since.Form != "nis2-notification" {
		t.Errorf("the final report is compared with %+v", d.Since)
	}
}

// TestNIS2InFrance: the directive is not law there until it is switched on.
func TestNIS2InFrance(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	note := func() string { return drafted(t, "nis2-warning", f).Sections[0].Note.EN }
	if got := note(); !strings.Contains(got, "Not yet the law of this country") {
		t.Errorf("the note says %q", got)
	}
	f.State.Facts.With = []string{"nis2-fr"}
	f.State.Events = append(f.State.Events, casefile.Event{Number: 20, Event: deadline.EventEntry{Kind: deadline.Significant, Party: "anpt", At: "2026-04-23T11:00"}})
	reckoned(t, f)
	if got := note(); !strings.Contains(got, "left, until Friday 24 April 2026, 11:00") {
		t.Errorf("the note says %q", got)
	}
	if b := box(t, drafted(t, "nis2-warning", f), "incident.significant"); b.Value.At != "2026-04-23T11:00:00+02:00" {
		t.Errorf("the awareness of the significant incident is %q", b.Value.At)
	}
}

// TestNIS2Borders: another country among the parties is an effect across borders; none is
// no proof that there is no effect, and is asked.
func TestNIS2Borders(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	if b := box(t, drafted(t, "nis2-warning", f), "crossborder"); b.State != form.Asked {
		t.Errorf("with one country it is %s", b.State)
	}
	formtest.Told(f, 30, map[string]form.Value{"crossborder": {Codes: []string{"no"}}})
	if b := box(t, drafted(t, "nis2-warning", f), "crossborder.states"); b.State != form.Apart {
		t.Errorf("which states is %s though none is", b.State)
	}
	yes := true
	f = formtest.Facts(t)
	f.State.Facts.Parties = append(f.State.Facts.Parties, deadline.PartyEntry{ID: "amt", Name: "Amt", Country: "DE", Controller: &yes})
	reckoned(t, f)
	d := drafted(t, "nis2-warning", f)
	holds(t, d, "crossborder", form.Filled, []string{"yes"})
	holds(t, d, "crossborder.states", form.Filled, []string{"Amt: DE"})
}

// TestNIS2Suspicion: what a person says of malice goes before what claims suggest.
func TestNIS2Suspicion(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	holds(t, drafted(t, "nis2-warning", f), "cause.grounds", form.Filled, []string{"offered or published by somebody (2\u00a0claims)", "its work explains about 212"})
	formtest.Told(f, 30, map[string]form.Value{"cause.malicious": {Codes: []string{"no"}}})
	d := drafted(t, "nis2-warning", f)
	if b := box(t, d, "cause.malicious"); b.State != form.Stated || b.Found == nil || b.Found.Codes[0] != "yes" {
		t.Errorf("the answer is %+v", b)
	}
	holds(t, d, "cause.grounds", form.Apart, nil, "claims")
}

// TestComplaint: originals stand with their hashes and who held them, an offence only where
// a fact bears on it, and nothing says who is guilty or what it costs.
func TestComplaint(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	d := drafted(t, "complaint", f)
	holds(t, d, "evidence.list", form.Filled, []string{"1 | ANPT_full_2026.csv.gz | file offered | 188,442,907 | " + formtest.Dump, "2 | post.html | post | 12,118 | " + formtest.Post})
	holds(t, d, "evidence.custody", form.Filled, []string{"L. Martin (lmartin) | received and sealed | 2", "verified, intact | 1"})
	holds(t, d, "evidence.ledger", form.Filled, []string{"214\u00a0entries", f.Ledger.Root, "constat verify forum-2026-04"})
	holds(t, d, "complaint.offences", form.Filled, []string{"art. 323-1", "art. 323-3", "art. 226-18"})
	holds(t, d, "complaint.to", form.Filled, []string{"police", "prosecutor"})
	holds(t, d, "claims", form.Filled, []string{"2 (replaces 1)", "5000 USD", "72 hours", "1,200,000\u00a0people"})
	text, err := d.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"emprisonnement", "imprisonment", "guilty", "coupable"} {
		if strings.Contains(string(text), s) {
			t.Errorf("the file says %q", s)
		}
	}

	f.Claims[1].Ransom = "20 BTC"
	holds(t, drafted(t, "complaint", f), "complaint.ransom", form.Filled, []string{"prosecutor will say"})
	judged(f, "foreign")
	f.Assessment.Suspects = nil
	d = drafted(t, "complaint", f)
	if b := box(t, d, "complaint.offences"); b.State != form.Asked {
		t.Errorf("of another's data offences are %s: %s", b.State, written(b.Value))
	}
	if b := box(t, d, "people.count"); b.State != form.Asked {
		t.Errorf("of another's data the number is %s", b.State)
	}
}

// TestImpact: what waits for a second yes is open, refusals say why, and what the score
// lacks is told.
func TestImpact(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	f.State.Decisions = append(f.State.Decisions, casefile.Decision{
		Number: 40, Time: formtest.Now, Who: casefile.Person{Account: "x"}, Subject: casefile.People, Choice: casefile.NotInform, Reason: "r", Progress: casefile.Waiting,
	})
	f.Severity.Missing, f.Severity.SE, f.Severity.Band = []string{"malice", "kinds"}, nil, ""
	d := drafted(t, "impact", f)
	holds(t, d, "decisions", form.Filled, []string{"tell each person; proposed, waits for a second yes: not tell: no high risk likely", "Public statement | to be decided"})
	holds(t, d, "severity.missing", form.Filled, []string{"Whether harm is meant", "The kinds of data"})
	holds(t, d, "severity.score", form.Filled, []string{"not determined"})
	holds(t, d, "findings.refused", form.Filled, []string{"Earlier leaks | no earlier leak is kept"}, "Origin of the file")
	holds(t, d, "size.counts", form.Filled, []string{"2,479,377 (2,478,951 to 2,479,802)", "not established: nothing tells how far"})
	holds(t, d, "risk.against", form.Filled, []string{"Nothing that is established."})
}

// TestRemediation: what a measure would have left unread is reckoned of what happened.
func TestRemediation(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	d := drafted(t, "remediation", f)
	holds(t, d, "remediation.averted", form.Filled, []string{
		"1,136,182\u00a0people not read through this account, of 1,177,402", // 1,177,402 − 41,220
		"1,174,096\u00a0people not read through this account, of 1,176,220", // 1,176,220 − 10 × 212.4
	})
	holds(t, d, "spans", form.Filled, []string{"The first abnormal read | The first alarm of the watch | 53 min", "The signal | The awareness of the breach | 26 h 10 min"})
	holds(t, d, "remediation.blind", form.Filled, []string{"Log this way, or close it.", "less than 0.1%"})
	holds(t, d, "remediation.figures", form.Filled, []string{"Duties met in time | 3", "Duties late | 0"})
	x := &f.Alarms[0]
	x.At, x.Period = x.At.Add(5*time.Hour), "2026-04-09"
	holds(t, drafted(t, "remediation", f), "remediation.averted", form.Filled, []string{"534,959\u00a0people not read"}) // 1,177,402 − 601,223 − 41,220
	x.At, x.Period = x.At.Add(24*time.Hour), "2026-04-10"
	holds(t, drafted(t, "remediation", f), "remediation.averted", form.Filled, []string{"The alarm came after the last", "nothing"}, "Somebody acts")
	f.Alarms = nil
	d = drafted(t, "remediation", f)
	holds(t, d, "remediation.averted", form.Filled, []string{"No alarm on this account is recorded"}, "Somebody acts at once")
	holds(t, d, "spans", form.Filled, nil, "alarm")
	f.Assessment.Suspects[0].Likelihood = 0.4
	f.Assessment.Honey.Placed = 0
	if b := box(t, drafted(t, "remediation", f), "remediation.averted"); b.State != form.Asked {
		t.Errorf("of accounts that are not sure it is %s: %s", b.State, written(b.Value))
	}
}

// TestAlike: a fact that several forms have is the same in all of them, and what a person
// answers for one fills the others.
func TestAlike(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	formtest.Told(f, 30, map[string]form.Value{"measures.taken": {Text: []words.Both{{FR: "Compte fermé.", EN: "Account closed."}}}})
	for _, name := range []string{"nis2-final", "complaint", "remediation", "statement", "cnil-initial"} {
		d := drafted(t, name, f)
		holds(t, d, "measures.taken", form.Stated, []string{"Account closed."})
	}
	if got := text(drafted(t, "statement", f), "en"); !strings.Contains(got, "Account closed.") {
		t.Error("the statement does not tell what was done")
	}
}

// TestTypography: English has no space before double punctuation, nor French quotes.
func TestTypography(t *testing.T) {
	t.Parallel()
	for _, which := range form.Forms() {
		for name, facts := range map[string]*form.Facts{"rich": formtest.Facts(t), "bare": formtest.Bare(t)} {
			d := drafted(t, which.Name, facts)
			check := func(at string, all ...words.Both) {
				for _, w := range all {
					for _, s := range []string{" :", " ;", " ?", " !", "«", "..", "  "} {
						if strings.Contains(w.EN, s) {
							t.Errorf("%s of the %s case, %s: %q in %s", which.Name, name, at, s, w.EN)
						}
					}
					if strings.Contains(w.FR, "..") || strings.Contains(w.FR, "“") {
						t.Errorf("%s of the %s case, %s: %s", which.Name, name, at, w.FR)
					}
				}
			}
			check("head", d.Title, d.For, d.Basis)
			for _, s := range d.Sections {
				check(s.ID, s.Title, s.Note)
				for _, b := range s.Boxes {
					check(b.Key, b.Label, b.Help, b.Why, b.Ask)
					check(b.Key, b.Value.Text...)
					if b.Value.Table != nil {
						check(b.Key, b.Value.Table.Head...)
						for _, row := range b.Value.Table.Rows {
							check(b.Key, row...)
						}
					}
				}
			}
		}
	}
}

// TestTwice: the same facts give the same documents.
func TestTwice(t *testing.T) {
	t.Parallel()
	for _, which := range form.Forms() {
		one, err := drafted(t, which.Name, formtest.Facts(t)).JSON()
		if err != nil {
			t.Fatal(err)
		}
		other, err := drafted(t, which.Name, formtest.Facts(t)).JSON()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(one, other) {
			t.Errorf("%s differs from one time to the next", which.Name)
		}
	}
}
