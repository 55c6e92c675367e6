package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/finding"
	"constat.example/desk/report"
	"constat.example/desk/severity"
)

// hostile is what somebody who means harm may have written.
const hostile = "<script>alert(1)</script>\u202e"

var drawnAt = time.Date(2026, 4, 22, 9, 30, 0, 0, time.UTC)

// decidedCase is an invented case in which every part of the page has something.
func decidedCase(t *testing.T) *report.Case {
	t.Helper()
	at := time.Date(2026, 4, 20, 7, 10, 0, 0, time.UTC)
	no, yes := false, true
	ana, dan, eve := casefile.Person{Account: "ana", Name: "Ana"}, casefile.Person{Account: "u00412"}, casefile.Person{Account: "eve", Name: hostile}
	event := func(kind deadline.Kind, when string, corrects int) *deadline.EventEntry {
		return &deadline.EventEntry{Kind: kind, Party: "agency", At: when, Corrects: corrects, Evidence: []string{"minutes"}}
	}
	weigh := func(texts ...string) (all []casefile.Weighing) {
		for _, text := range texts {
			w, err := casefile.ParseStatement(text)
			if err != nil {
				w, err = casefile.ParseAdjustment(text)
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, w)
		}
		return all
	}
	acts := []casefile.Act{
		{Do: casefile.Open, Who: ana, Reason: "call from the CERT"},
		{Do: casefile.Mark, Who: ana, TLP: casefile.Red, PAP: "AMBER"},
		{Do: casefile.State, Who: ana, Facts: &casefile.Facts{Parties: []deadline.PartyEntry{
			{ID: "agency", Name: "The agency <b>", Country: "FR", Controller: &yes, NIS2: "none", Financial: "none", Telecom: &no, Public: &yes},
			{ID: "host", Name: "Its host", Country: "DE", Controller: &no, Serves: []deadline.ServiceEntry{{Party: "agency", Hours: 24}}, NIS2: "important"},
		}}},
		{Do: casefile.State, Who: ana, Event: event(deadline.Signal, "2026-04-15T09:02", 0)},
		{Do: casefile.State, Who: ana, Event: event(deadline.Aware, "2026-04-19T12:17", 0)},
		{Do: casefile.State, Who: dan, Event: event(deadline.Notified, "2026-04-22T10:40", 0)},
		{Do: casefile.State, Who: ana, Event: &deadline.EventEntry{Kind: deadline.Known, Party: "host", At: "2026-04-20T08:00"}},
		{Do: casefile.State, Who: ana, Event: &deadline.EventEntry{Kind: deadline.Aware, Party: "host", At: "2026-04-20T08:00"}},
		{Do: casefile.State, Who: ana, Event: &deadline.EventEntry{Kind: deadline.Significant, Party: "host", At: "2026-04-20T08:00"}},
		{Do: casefile.Decide, Who: ana, Subject: casefile.Standing, Choice: casefile.Suspected, Reason: "formats are ours"},
		{Do: casefile.Decide, Who: ana, Subject: casefile.Standing, Choice: casefile.Confirmed, Reason: "rows agree with the copy of August"},
		{Do: casefile.Decide, Who: dan, Subject: casefile.Authority, Choice: casefile.Notify, Reason: "people are at risk"},
		{Do: casefile.Decide, Who: dan, Subject: casefile.People, Choice: casefile.Publicly, Reason: hostile},
		{Do: casefile.Reject, Who: ana, Of: 13, Reason: "each can be reached"},
		{Do: casefile.Decide, Who: dan, Subject: casefile.People, Choice: casefile.Inform, Reason: "IBAN and birth dates of 11.7 million people"},
		{Do: casefile.Approve, Who: ana, Of: 15, Reason: "read"},
		{Do: casefile.Decide, Who: eve, Subject: casefile.Notices, Choice: casefile.Send, Reason: "texts are approved"},
		{Do: casefile.File, Who: dan, Filing: &casefile.Filing{Number: 1, Form: "cnil-initial", At: at.Add(50 * time.Hour), Reference: "N-114", SHA256: strings.Repeat("ab", 32)}},
		{Do: casefile.Weigh, Who: ana, Weighs: weigh("confidentiality=full", "malice=yes"), Reason: "offered for sale"},
		{Do: casefile.Weigh, Who: dan, Weighs: weigh("dpc+1:vulnerable", "ei=significant:context"), Reason: "job seekers, minors among them"},
	}
	page := &report.Case{At: drawnAt, Opened: at, Titles: map[string]casefile.Both{"cnil-initial": {FR: "Notification initiale", EN: "Initial notification"}}, Team: casefile.TeamOf([]casefile.Act{
		{Do: casefile.Grant, Whom: "ana", Role: casefile.Communication}, {Do: casefile.Grant, Whom: "u00412", Role: casefile.Officer},
	})}
	for i := range acts {
		acts[i].Number, acts[i].Time = int64(i+1), at.Add(time.Duration(i)*97*time.Minute)
		page.Happened = append(page.Happened, casefile.Happened{At: acts[i].Time, Who: acts[i].Who.String(), From: casefile.Acts, Code: string(acts[i].Do), What: casefile.Words(&acts[i])})
	}
	page.State = casefile.Of("forum-2026-04", acts)
	clock(t, page)
	for i, e := range page.Clock.Events {
		if i < len(page.State.Events) {
			page.Happened = append(page.Happened, casefile.Happened{At: e.At, From: casefile.Events, Code: string(e.Kind), What: e.Kind.Words()})
		}
	}
	page.Happened = append(page.Happened,
		casefile.Happened{At: at.Add(-90 * time.Hour), From: casefile.Claims, Code: "claimed", What: casefile.Both{FR: "affirmé : " + hostile, EN: "claimed: " + hostile}},
		casefile.Happened{At: at.Add(3 * time.Hour), Who: "ana", From: casefile.Evidence, Code: "received", What: casefile.Both{FR: "reçu : a.csv", EN: "received: a.csv"}},
		casefile.Happened{At: at.Add(4 * time.Hour), Who: "ana", From: casefile.Findings, Code: "genuine", What: casefile.Both{FR: "établi", EN: "established"}},
		casefile.Happened{At: at.Add(-30 * time.Hour), From: casefile.Suspects, Code: "first", What: casefile.Both{FR: "première lecture suspecte", EN: "first suspect read"}},
		casefile.Happened{At: at.Add(-20 * time.Hour), From: casefile.Alarms, Code: "walk", What: casefile.Both{FR: "des dossiers parcourus", EN: "records gone through"}},
	)
	slices.SortStableFunc(page.Happened, func(x, y casefile.Happened) int { return x.At.Compare(y.At) })
	page.Assessment = rich()
	page.Claims = page.Assessment.Claims
	size, claimed := int64(36_800_000), int64(43_000_000)
	page.Established = []finding.Line{
		{Seq: 1, Time: at.Add(4 * time.Hour), Who: hostile, Facts: finding.Facts{Dump: "a", Originals: 1, Claimed: &claimed, Class: "undetermined", Rows: 900, Linked: 800, People: 790, Kinds: []string{"email"}}},
		{Seq: 2, Time: at.Add(30 * time.Hour), Who: "ana", Facts: finding.Facts{Dump: "b", Originals: 2, Claimed: &claimed, Class: "genuine", Rows: 2_013_388, Linked: 1_800_000, People: 1_790_000, Kinds: []string{"birth_date", "email", "iban"}}},
		{Seq: 3, Time: at.Add(40 * time.Hour), Who: "ana", Facts: finding.Facts{Dump: "b", Originals: 2, Claimed: &claimed, Class: "genuine", Rows: 2_013_388, Linked: 1_800_000, People: 1_790_000, Kinds: []string{"birth_date", "email", "iban"}, Size: &size}},
	}
	var err error
	if page.Severity, err = severity.Assess(page.State.Breach(severity.Of(page.Assessment))); err != nil {
		t.Fatal(err)
	}
	return page
}

// clock reckons the duties of a case as they stand when the page is drawn.
func clock(t *testing.T, page *report.Case) {
	t.Helper()
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	if page.Clock, err = page.State.Deadlines().Read(); err != nil {
		t.Fatal(err)
	}
	if page.Duties, err = deadline.Duties(book, page.Clock, page.At); err != nil {
		t.Fatal(err)
	}
}

// bareCase is a case of which nothing is known.
func bareCase(t *testing.T) *report.Case {
	t.Helper()
	s, err := severity.Assess(severity.Breach{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &report.Case{State: casefile.Of("empty", nil), At: drawnAt, Severity: s}
}

func casePage(t *testing.T, c *report.Case, first report.Language) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := report.CasePage(&page, c, first); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

// rows are three cases: one that presses, one without a clock, one that is closed.
func rows(t *testing.T) []report.CaseRow {
	t.Helper()
	full, people := decidedCase(t), int64(1_790_000)
	closed := casefile.Of("old", []casefile.Act{{Number: 1, Time: drawnAt, Do: casefile.Decide, Subject: casefile.Closing, Choice: casefile.Close, Reason: "over"}})
	return []report.CaseRow{
		{State: closed, Opened: drawnAt.Add(-900 * time.Hour)},
		{State: casefile.Of("alarm<i>", nil), Alarms: 3},
		{State: full.State, Opened: full.Opened, People: &people, Clock: full.Clock, Duties: full.Duties},
	}
}

func casesPage(t *testing.T, rows []report.CaseRow) []byte {
	t.Helper()
	var page bytes.Buffer
	if err := report.CasesPage(&page, rows, drawnAt, report.French); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

func TestGoldenCasePages(t *testing.T) {
	t.Parallel()
	for name, got := range map[string][]byte{"case": casePage(t, decidedCase(t), report.French), "bare": casePage(t, bareCase(t), report.English), "cases": casesPage(t, rows(t))} {
		path := filepath.Join("testdata", "case", name+".html")
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what was kept; look at it, then run the test with -update (%v)", path, err)
		}
		fetchesNothing(t, name, got)
		wellFormed(t, name, got)
		for _, bad := range []string{"\u202e", "<script", "<b>", "<i>", "{{", "ZgotmplZ", "%!"} {
			if bytes.Contains(got, []byte(bad)) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
}

// TestCasePageSays looks for what a reader must find, in both languages.
func TestCasePageSays(t *testing.T) {
	t.Parallel()
	says := [2][]string{
		{
			"TLP:RED", "PAP:AMBER", "Violation confirmée", "22\u00a0avril 2026, 11\u00a0h\u00a030", "Europe/Paris", "dépassée depuis", "1\u00a0décision attend un second accord",
			"envoi des messages aux personnes\u00a0: envoyer", "délégué à la protection des données ou communication", "u00412", "36\u202f800\u202f000", "personnes trouvées 790 → 1\u202f790\u202f000", "et Date de naissance, Compte bancaire (IBAN)",
			"CNIL\u00a0: notification de la violation", "Fait le mercredi 22 avril 2026 à 10 h 40", "personnes vulnérables\u202f; motif\u00a0: job seekers", "Décidé\u00a0: ", "informer chacune", "Notification initiale", "N-114",
		},
		{
			"Breach confirmed", "22\u00a0April 2026, 11:30", "overdue by", "1\u00a0decision waits for a second yes", "sending of notices: send", "36,800,000", "people found 790 → 1,790,000", "and Birth date, Bank account (IBAN)",
			"CNIL: notification of the breach", "Done Wednesday 22 April 2026, 10:40", "vulnerable people, because: job seekers", "second yes: ", "replaced", "rejected", "each can be reached",
		},
	}
	page := casePage(t, decidedCase(t), report.English)
	for i, edition := range editions(t, page) {
		text := words(edition)
		for _, want := range says[i] {
			if !strings.Contains(text, want) {
				t.Errorf("edition %d does not say %q", i, want)
			}
		}
	}
	if !bytes.Contains(page, []byte(`id="en" checked`)) || bytes.Contains(page, []byte(`id="fr" checked`)) || !bytes.HasPrefix(page, []byte("<!DOCTYPE html>\n<html lang=\"en\">")) {
		t.Error("English is not shown first")
	}
}

// TestCasePagePictures: what is drawn lies within its picture.
func TestCasePagePictures(t *testing.T) {
	t.Parallel()
	shapes := 0
	walk(t, casePage(t, decidedCase(t), report.French), func(n *html.Node) {
		if n.Namespace != "svg" {
			return
		}
		for _, a := range n.Attr {
			x, err := strconv.ParseFloat(strings.TrimSuffix(a.Val, "%"), 64)
			if !strings.HasSuffix(a.Val, "%") || err != nil {
				continue
			}
			shapes++
			if x < 0 || x > 100.01 {
				t.Errorf("<%s> has %s=%s", n.Data, a.Key, a.Val)
			}
		}
	})
	if shapes < 200 {
		t.Errorf("only %d places are drawn", shapes)
	}
}

// TestClosedCase: nothing presses in a case that is closed, and its duties are still told.
func TestClosedCase(t *testing.T) {
	t.Parallel()
	page := decidedCase(t)
	page.State.Decisions = append(page.State.Decisions, casefile.Decision{Number: 30, Time: drawnAt, Subject: casefile.Closing, Choice: casefile.Close, Reason: "over", Progress: casefile.Decided})
	text := words(editions(t, casePage(t, page, report.French))[0])
	for says, want := range map[string]bool{"plus aucune horloge ne court": true, "dossier clos": true, "échéance dépassée depuis": false, "échéances non tenues": false, "Fait le mercredi 22 avril 2026": true} {
		if strings.Contains(text, says) != want {
			t.Errorf("%q is said: %v", says, !want)
		}
	}
}

// TestClockBars holds bars of one duty at several times against what they must show.
func TestClockBars(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		name         string
		after        time.Duration // awareness
		met          time.Duration // 0: not
		over, more   bool
		span, latest string
	}{
		{"just begun", time.Minute, 0, false, false, "il reste 71 h 59 min", ""},
		{"nearly up", 71 * time.Hour, 0, false, false, "il reste 1 h", ""},
		{"late, arguable", 72*time.Hour + 20*time.Minute, 0, true, false, "dépassée depuis 20 min", "défendable jusqu’au"},
		{"a week late", 240 * time.Hour, 0, true, true, "dépassée depuis 7 jours", "défendable jusqu’au"},
		{"met", 80 * time.Hour, 30 * time.Hour, false, false, "", ""},
		{"met late", 100 * time.Hour, 90 * time.Hour, true, false, "", ""},
	} {
		aware := time.Date(2026, 4, 20, 12, 17, 0, 0, time.UTC)
		events := []casefile.Event{{Number: 2, Event: deadline.EventEntry{Kind: deadline.Aware, Party: "a", At: aware.Format(time.RFC3339)}}}
		if c.met > 0 {
			events = append(events, casefile.Event{Number: 3, Event: deadline.EventEntry{Kind: deadline.Notified, Party: "a", At: aware.Add(c.met).Format(time.RFC3339)}})
		}
		page := bareCase(t)
		page.At = aware.Add(c.after)
		page.State.Facts = &casefile.Facts{Parties: []deadline.PartyEntry{{ID: "a", Name: "A", Country: "FR", Controller: &yes, NIS2: "none", Financial: "none", Telecom: &no, Insured: &no, Public: &no, Operator: &no, Health: &no}}}
		page.State.Events = events
		clock(t, page)
		edition := editions(t, casePage(t, page, report.French))[0]
		var bar *html.Node
		for n := range edition.Descendants() {
			if n.DataAtom == atom.Li && strings.Contains(words(n), "RGPD 33(1)") {
				for d := range n.Descendants() {
					if d.DataAtom == atom.Svg {
						bar = d
					}
				}
			}
		}
		if bar == nil {
			t.Fatalf("%s: no bar", c.name)
		}
		seen := map[string]bool{}
		for n := range bar.ChildNodes() {
			class, _ := attr(n, "class")
			seen[class] = true
		}
		if seen["over"] != c.over || seen["more"] != c.more || seen["met"] != (c.met > 0) || !seen["due"] || !seen["latest"] {
			t.Errorf("%s: the bar has %v", c.name, seen)
		}
		text := strings.Join(strings.Fields(words(edition)), " ")
		if !strings.Contains(text, c.span) || !strings.Contains(text, c.latest) || (c.span == "") != strings.Contains(text, "Aucune échéance à heure fixe ne court") {
			t.Errorf("%s: %q and %q are not said", c.name, c.span, c.latest)
		}
	}
}

// TestMovesHaveWords: whatever may move is named in both languages.
func TestMovesHaveWords(t *testing.T) {
	t.Parallel()
	told := reflect.TypeFor[finding.Facts]()
	for i := range told.NumField() {
		what := strings.Split(told.Field(i).Tag.Get("json"), ",")[0]
		switch what {
		case "dump": // told as other files
			continue
		case "copied":
			what = "copied_after"
		}
		m := finding.Move{What: what, From: "1", To: "2"}
		en, fr := report.Move(report.English, m, report.English.Int), report.Move(report.French, m, report.French.Int)
		if en == fr && what != "class" || strings.Contains(en, "_") || strings.Contains(fr, "_") {
			t.Errorf("%s is %q and %q", what, en, fr)
		}
	}
	for want, m := range map[string]finding.Move{
		"catégories de données et Compte bancaire (IBAN), sans Adresse électronique": {What: "kinds", From: "birth_date, email", To: "birth_date, iban"},
		"personnes trouvées 12 → 1\u202f340":                                         {What: "people", From: "12", To: "1340"},
		"verdict indéterminé → authentique":                                          {What: "class", From: "undetermined", To: "genuine"},
		"part authentique aucun → 98,5\u00a0%":                                       {What: "share", To: "0.985"},
		"autres fichiers":                                                            {What: "originals", From: "2", To: "2"},
	} {
		if got := report.Move(report.French, m, report.French.Int); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestCasesPage: what presses most is first, and nothing of a closed case presses.
func TestCasesPage(t *testing.T) {
	t.Parallel()
	page := casesPage(t, rows(t))
	var order, marks []string
	walk(t, page, func(n *html.Node) {
		if class, _ := attr(n, "class"); n.DataAtom == atom.P && class == "marks" {
			marks = append(marks, strings.Join(strings.Fields(words(n)), " "))
		} else if n.DataAtom == atom.Tr && class != "" {
			order = append(order, class+" "+strings.Fields(words(n))[0])
		}
	})
	want := "[open forum-2026-04 open alarm<i> closed old open forum-2026-04 open alarm<i> closed old]"
	if got := fmt.Sprint(order); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := fmt.Sprint(marks); got != "[TLP:RED PAP:AMBER TLP:RED PAP:AMBER]" {
		t.Errorf("the page is marked %s", got)
	}
	text := string(page)
	for _, want := range []string{"une échéance dépassée", "décision attend un second accord", "personne n’a encore dit qui doit informer qui", "plus d’horloge", "3\u00a0alertes", "TLP:RED"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if none := casesPage(t, nil); !bytes.Contains(none, []byte("Il n’y a pas encore de dossier")) {
		t.Error("no case, and the page does not say so")
	}
}

// TestMarkingsCanBeRead checks the colours of TLP on black, which the protocol prescribes.
func TestMarkingsCanBeRead(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("case.css")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`\.tlp-(\w+)\{color:(#[0-9a-f]{6})\}`).FindAllStringSubmatch(string(css), -1)
	if len(found) != 3 {
		t.Fatalf("%d colours", len(found))
	}
	for _, f := range found {
		var r, g, b int
		if _, err := fmt.Sscanf(f[2], "#%02x%02x%02x", &r, &g, &b); err != nil || 0.2126*float64(r)+0.7152*float64(g)+0.0722*float64(b) < 80 {
			t.Errorf("TLP:%s in %s is too dark on black", f[1], f[2])
		}
	}
}

// TestDeadlinesOnTheAssessment: the page of an assessment tells when duties of its case are
// due, and nothing where none presses.
func TestDeadlinesOnTheAssessment(t *testing.T) {
	t.Parallel()
	var with, without bytes.Buffer
	if err := report.Page(&with, rich(), time.Time{}, decidedCase(t).Duties...); err != nil {
		t.Fatal(err)
	}
	if err := report.Page(&without, rich(), time.Time{}, bareCase(t).Duties...); err != nil {
		t.Fatal(err)
	}
	wellFormed(t, "with", with.Bytes())
	for _, want := range []string{"CSIRT ou autorité compétente\u00a0: alerte précoce", "mardi 21 avril 2026 à 08 h 00", "Tuesday 21 April 2026, 08:00", "constat case page forum-2026-04"} {
		if !strings.Contains(with.String(), want) || strings.Contains(without.String(), want) {
			t.Errorf("%q is not told where it should be", want)
		}
	}
}
