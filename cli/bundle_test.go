package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/evidence"
	"constat.example/desk/finding"
	"constat.example/desk/form"
	"constat.example/desk/ledger"
	"constat.example/desk/reach"
	"constat.example/desk/reminder"
	"constat.example/desk/severity"
	"constat.example/internal/words"
)

// bundle is the command line on services that only note what they are asked.
type bundle struct {
	services Services
	env      map[string]string
	asked    any // the last request
	out, err string
}

// noon is when the tests take place.
var noon = time.Date(2026, 4, 21, 12, 0, 0, 0, time.UTC)

func sampleDesk(id string) *Desk {
	return &Desk{Case: id, Seen: 1, Opened: noon, TLP: "AMBER", PAP: "AMBER", Decisions: []casefile.Decision{}, Events: []casefile.Event{}}
}

// sampleDocument is a document in which nobody is asked anything.
func sampleDocument(id string, f *form.Form) *form.Document {
	title := words.Both{FR: "Un document", EN: "A document"}
	return &form.Document{Schema: form.Schema, Form: f.Name, Case: id, At: noon.Format(time.RFC3339), Title: title, For: title, Basis: title, Sections: []form.Section{}, Sources: []form.Source{}}
}

// sampleAnswers have one of each kind.
func sampleAnswers(id string) *Answers {
	n := int64(36_800_000)
	say := func(s string) words.Both { return words.Both{FR: s + " (fr)", EN: s} }
	q := func(key string, t form.Type, v *casefile.Value) form.Question {
		return form.Question{Key: key, Label: say("The " + key), Type: t, Boxes: []string{"small 1"}, Asked: v == nil, Answer: v, Options: []form.Option{{Code: "attack", Words: say("An attack")}}}
	}
	return &Answers{Schema: "constat.answers/1", Case: id, Kept: []string{}, Questions: []form.Question{
		q("cause", form.Choice, &casefile.Value{Codes: []string{"attack"}}), q("people", form.Number, &casefile.Value{Number: &n}),
		q("ended", form.Time, &casefile.Value{At: "2026-04-20"}), q("taken", form.Text, &casefile.Value{Text: []words.Both{say("Closed.\x1b[2J")}}),
		q("promised", form.Table, &casefile.Value{Table: &casefile.Grid{Rows: [][]words.Both{{say("a")}}}}), q("lost", form.Choices, nil),
	}}
}

func newBundle() *bundle {
	b := &bundle{env: map[string]string{"HOME": "/home/agent"}}
	b.services = Services{
		Assess: func(_ context.Context, r AssessRequest) (*Outcome, error) {
			b.asked = r
			return &Outcome{Assessment: sample(), Page: "/h/cases/x/page.html", JSON: "/h/cases/x/assessment.json", Links: r.Links}, nil
		},
		Watch: func(_ context.Context, r WatchRequest) (*Watched, error) {
			b.asked = r
			return &Watched{Logs: []WatchedLog{{Name: "app.jsonl", Format: "json", Zone: "UTC", Lines: 5, Used: 5}}, Accesses: 5, Accounts: 2}, nil
		},
		Cases: func(home string) ([]string, error) { return []string{"case-in-" + home}, nil },
		ListCases: func(_ context.Context, c Common) ([]CaseSummary, error) {
			b.asked = c
			n := int64(98_500)
			return []CaseSummary{{ID: "forum", Opened: noon, Originals: 2, Bytes: 5_242_880, Claims: 1, People: &n}, {ID: "later", Claims: 1}}, nil
		},
		ShowCase: func(_ context.Context, r CaseRequest) (*CaseView, error) {
			b.asked = r
			return sampleCase(r.Case), nil
		},
		ReachRegister: func(_ context.Context, r ReachRequest) (*reach.Reach, error) {
			b.asked = r
			return &reach.Reach{Refused: "the logs name no record"}, nil
		},
		OpenCase: func(_ context.Context, r DeskRequest) (*Desk, error) {
			b.asked = r
			return sampleDesk(r.Case), nil
		},
		ActOnCase: func(_ context.Context, r DeskRequest) (*Desk, error) {
			b.asked = r
			return sampleDesk(r.Case), nil
		},
		Timeline: func(_ context.Context, r CaseRequest) ([]Happened, error) {
			b.asked = r
			return []Happened{{At: noon, Who: "agent", From: "act", Code: "open", What: "opened the case"}}, nil
		},
		DraftDocument: func(_ context.Context, r DocumentRequest) (*Drafted, error) {
			b.asked = r
			return &Drafted{sampleDocument(r.Case, r.Form), []byte("drawn\n")}, nil
		},
		FileDocument: func(_ context.Context, r FilingRequest) (*Filing, error) {
			b.asked = r
			return &Filing{Case: r.Case, Form: r.Form.Name, Number: 1, At: noon, Reference: r.Reference, SHA256: strings.Repeat("ab", 32), Path: "/h/cases/x/filings/0001.json", Event: deadline.Notified, Party: "agency", Open: 2, Done: r.Yes}, nil
		},
		Answer: func(_ context.Context, r AnswerRequest) (*Answers, error) {
			b.asked = r
			return sampleAnswers(r.Case), nil
		},
		TellCase: func(_ context.Context, r TellRequest) (*CaseTold, error) {
			b.asked = r
			return &CaseTold{Text: []byte("{}\n"), SHA256: strings.Repeat("ab", 32), TLP: casefile.Green, PAP: "GREEN"}, nil
		},
		ImportClaims: func(_ context.Context, r ImportClaimsRequest) (*ClaimsImported, error) {
			b.asked = r
			return &ClaimsImported{As: "rss", Known: 1, Items: []ItemImported{{Item: "1a2b3c4d", What: "known", Case: "forum", Number: 1}}}, nil
		},
		Serve: func(_ context.Context, r ServeRequest) error { b.asked = r; return nil },
		LetRead: func(_ context.Context, r ReaderRequest) (*ReaderLet, error) {
			b.asked = r
			return &ReaderLet{Reader: r.Reader, TLP: r.TLP, Since: noon, By: "agent", Token: "constat_x"}, nil
		},
		Readers: func(_ context.Context, c Common) ([]ReaderLet, error) {
			b.asked = c
			return []ReaderLet{{Reader: "cert", TLP: casefile.Amber, Since: noon, By: "agent"}}, nil
		},
		Collections: func(_ context.Context, r CollectionsRequest) ([]CollectionOffered, error) {
			b.asked = r
			return []CollectionOffered{{Address: r.Address, Title: "leaks", CanRead: true}}, nil
		},
		Severity: func(_ context.Context, r CaseRequest) (*Severity, error) {
			found, err := severity.Assess(severity.Breach{People: 2, Exposed: []severity.Exposed{{Kind: kind.Email, People: 2}}}, nil)
			return &Severity{Schema: "constat.severity/1", Case: r.Case, Assessed: true, Said: []casefile.Weighed{}, Seen: 1, Assessment: found}, err
		},
		Remind: func(_ context.Context, r RemindRequest) (*Reminded, error) {
			b.asked = r
			return &Reminded{Schema: "constat.reminders/1", At: noon, Reminders: []reminder.Reminder{}, To: []string{}, Unsent: []string{}}, nil
		},
		CasePage: func(_ context.Context, r PageRequest) ([]byte, error) {
			b.asked = r
			return []byte("<!DOCTYPE html>"), nil
		},
		Deadlines: func(_ context.Context, r DeadlinesRequest) (*Deadlines, error) {
			b.asked = r
			return &Deadlines{Case: r.Case, At: noon}, nil
		},
		DestroyCase: func(_ context.Context, r DestroyRequest) (*Destruction, error) {
			b.asked = r
			return &Destruction{Case: r.Case, Files: []casefile.Kept{}, Done: r.Yes}, nil
		},
		Team: func(_ context.Context, c Common) (*Team, error) {
			b.asked = c
			return &Team{Members: []Member{{"agent", []casefile.Role{casefile.Officer}}}, Acts: []casefile.Act{}}, nil
		},
		BackUpStore: func(_ context.Context, r StoreRequest) (*StoreDone, error) {
			b.asked = r
			return &StoreDone{r.File, 3}, nil
		},
		RestoreStore: func(_ context.Context, r StoreRequest) (*StoreDone, error) {
			b.asked = r
			return &StoreDone{r.File, 3}, nil
		},
		LedgerEntries: func(_ context.Context, r LedgerRequest) ([]LedgerEntry, error) {
			b.asked = r
			return []LedgerEntry{
				{1, "", ledger.Entry{At: noon, Actor: "agent", Act: ledger.Assess, Step: ledger.Begun, On: "cases/forum"}},
				{2, "", ledger.Entry{At: noon, Actor: "agent", Act: ledger.Assess, Step: ledger.Done, Of: 1, On: "cases/forum", Files: make([]ledger.File, 9)}},
			}, nil
		},
		LedgerKey: func(_ context.Context, c Common) (string, error) { b.asked = c; return "name+12345678+key", nil },
		LedgerCheckpoint: func(_ context.Context, c Common) (string, error) {
			b.asked = c
			return "name\n2\nroot\n\n— name sig\n", nil
		},
		ExportLedger: func(_ context.Context, r LedgerFileRequest) (*LedgerExported, error) {
			b.asked = r
			return &LedgerExported{4}, nil
		},
		StampLedger: func(_ context.Context, r StampRequest) (*Stamped, error) {
			b.asked = r
			return &Stamped{URL: r.URL, Size: 2, SHA256: strings.Repeat("ab", 32)}, nil
		},
		WitnessLedger: func(_ context.Context, r WitnessRequest) (string, error) { b.asked = r; return "cosigned\n", nil },
		NewWitness:    func(_ context.Context, path string) (string, error) { b.asked = path; return "witness+1+key", nil },
		KeepCheckpoint: func(_ context.Context, r LedgerFileRequest) (*LedgerKept, error) {
			b.asked = r
			return &LedgerKept{2}, nil
		},
		VerifyCase: func(_ context.Context, r VerifyRequest) (*Audit, error) {
			b.asked = r
			return &Audit{Checks: []Check{{Name: "the chain of custody holds", OK: true, Detail: "3 acts"}}}, nil
		},
		DiscardOriginal: func(_ context.Context, r DiscardRequest) (*Discard, error) {
			b.asked = r
			return &Discard{Case: r.Case, Name: "leak.csv.gz", SHA256: strings.Repeat("ab", 32), Bytes: 5_242_880, Done: r.Yes}, nil
		},
		Account: func() string { return "agent" },
		ImportRegister: func(_ context.Context, r ImportRequest) (*Imported, error) {
			b.asked = r
			return &Imported{Snapshot: Snapshot{ID: "0001", AsOf: r.AsOf, Source: r.Source, People: 1200, Added: 1200, Bytes: 99000}}, nil
		},
		Registers: func(string) ([]string, error) { return []string{"main", "employers"}, nil },
		ListRegister: func(_ context.Context, c RegisterRequest) ([]Snapshot, error) {
			b.asked = c
			return []Snapshot{{ID: "0001", AsOf: noon, People: 1200, Added: 1200, Bytes: 99000, Source: "/data/people.csv"}}, nil
		},
		ShowRegister: func(_ context.Context, c RegisterRequest) (*RegisterSummary, error) {
			b.asked = c
			return &RegisterSummary{Key: "k", People: 1300, Present: 1200, Bytes: 99000, Columns: []ColumnSummary{{"email", 900, 880}}}, nil
		},
		AuditRegister: func(_ context.Context, c RegisterRequest) (*Audit, error) {
			b.asked = c
			return &Audit{Checks: []Check{{Name: "files are whole", OK: true, Detail: "3 files"}}}, nil
		},
		SourceColumns: func(context.Context, string) ([]string, error) { return []string{"ref", "nom"}, nil },
		AddClaim: func(_ context.Context, r ClaimRequest) (*ClaimAdded, error) {
			b.asked = r
			return &ClaimAdded{Case: "c1", Source: "forum"}, nil
		},
		Claims: func(_ context.Context, r CaseRequest) ([]ClaimAdded, error) {
			b.asked = r
			return []ClaimAdded{{Case: "c1", Number: 1, Source: "a forum\x1b[2J", Fields: []string{}, Samples: []ClaimSample{}}}, nil
		},
		CompareClaims: func(_ context.Context, r CaseRequest) (*ClaimComparison, error) {
			b.asked = r
			return sampleComparison(r.Case), nil
		},
		OpenClaim: func(_ context.Context, r CaseRequest, _ int) ([]ClaimText, error) {
			b.asked = r
			return []ClaimText{{"post.txt", "selling\x1b[2J everything\n"}}, nil
		},
		NewKey: func(_ context.Context, r KeyRequest) (*Key, error) {
			b.asked = r
			return &Key{ID: "0123456789abcdef", Created: noon, KeptBy: "identity", Current: true, Path: "/h/keys/k.age", Identity: "/h/keys/identity.txt"}, nil
		},
		RotateKey: func(_ context.Context, r KeyRequest) (*Key, error) {
			b.asked = r
			return &Key{ID: "0123456789abcdef", Created: noon, KeptBy: "passphrase", Current: true, Path: "/h/keys/k.age"}, nil
		},
		AddLeak: func(_ context.Context, r LeakRequest) (*Leak, error) {
			b.asked = r
			return sampleLeak(r.Name), nil
		},
		ListLeaks: func(_ context.Context, c Common) ([]Leak, error) {
			b.asked = c
			return []Leak{*sampleLeak("incident-2024")}, nil
		},
		ShowLeak: func(_ context.Context, r LeakNamed) (*Leak, error) {
			b.asked = r
			return sampleLeak(r.Name), nil
		},
		RemoveLeak: func(_ context.Context, r LeakNamed) (*LeakRemoved, error) {
			b.asked = r
			return &LeakRemoved{Name: r.Name, Rows: 3, Bytes: 900, Done: r.Yes}, nil
		},
		ListKeys: func(_ context.Context, c Common) ([]Key, error) {
			b.asked = c
			return []Key{{ID: "0123456789abcdef", Created: noon, KeptBy: "identity", Current: true, Path: "/h/keys/k.age"}}, nil
		},
		DrillKinds: []DrillKind{{"full-copy", "everything, as it stood"}, {"noisy", "with typing errors"}, {"scrape", "one after the other"}},
		NewDrill: func(_ context.Context, r DrillRequest) (*DrillMade, error) {
			b.asked = r
			return &DrillMade{Out: r.Out, Kind: r.Kind, People: r.People, Seed: r.Seed, Dump: []string{"dump.csv"}, Rows: 10}, nil
		},
		RunDrill: func(_ context.Context, r DrillRunRequest) (*Outcome, error) {
			b.asked = r
			return &Outcome{Assessment: sample(), Home: r.Dir + "/home"}, nil
		},
		ScoreDrill: func(_ context.Context, r DrillRunRequest) (*Score, error) {
			b.asked = r
			return &Score{Drill: r.Dir, Precision: 1, Recall: 0.999, F1: 0.9995, Links: 999, TrueLinks: 1000}, nil
		},
		Demo: func(_ context.Context, r DemoRequest) (*Played, error) {
			b.asked = r
			return &Played{Outcome: &Outcome{Assessment: sample()}, Score: &Score{Precision: 1, Recall: 0.99999, F1: 1}, Theft: noon, Persons: 98_501, Stale: 30_000}, nil
		},
	}
	b.linkServices()
	return b
}

// run runs a command line and returns its exit code.
func (b *bundle) run(args ...string) int {
	var out, err bytes.Buffer
	b.asked = nil
	streams := Streams{In: strings.NewReader(""), Out: &out, Err: &err}
	code := run(context.Background(), args, streams, func(name string) string { return b.env[name] }, b.services, func() time.Time { return noon })
	b.out, b.err = out.String(), err.String()
	return code
}

// want fails unless the command exits so, and returns what was asked for.
func want[T any](t *testing.T, b *bundle, code int, args ...string) T {
	t.Helper()
	if got := b.run(args...); got != code {
		t.Fatalf("constat %s: exit code %d, want %d\nstderr: %s", strings.Join(args, " "), got, code, b.err)
	}
	request, ok := b.asked.(T)
	if !ok {
		t.Fatalf("constat %s: asked for %T, want %T", strings.Join(args, " "), b.asked, request)
	}
	return request
}

// sampleComparison is an invented comparison with something in every part.
func sampleComparison(id string) *ClaimComparison {
	n, low, high := int64(19_000_000), int64(98_000), int64(99_000)
	stamp := func(s string) *string { return &s }
	facts := finding.Facts{Class: "undetermined", People: 98_000, Rows: 100_000, Kinds: []string{"email", "phone"}}
	return &ClaimComparison{
		Case: id, Assessed: true,
		Claims: []assessment.Claim{
			{Number: 1, CorrectedBy: 2, Source: "a forum\x1b[2J", Count: &n, Unit: "people", Counts: []assessment.ClaimCount{{Of: "people", Established: 98_500, Low: &low, High: &high, State: assessment.CountFewer}}},
			{
				Number: 2, Against: true, Corrects: 1, Source: "another", FirstSeen: stamp("2026-04-20T08:00:00Z"), Count: &n,
				Counts: []assessment.ClaimCount{{Of: "people", Established: 98_500, State: assessment.CountFewer}, {Of: "rows", Established: 19_200_000, State: assessment.CountAgrees}},
				Fields: []assessment.ClaimField{
					{Field: "NIR", State: assessment.FieldConfirmed, People: 98_000},
					{Field: "IBAN", State: assessment.FieldNotFound},
					{Field: "passport", State: assessment.FieldOfNobody},
					{Field: "everything", State: assessment.FieldNotJudged},
				},
				Unclaimed: []assessment.ClaimedKind{{Kind: kind.Email, People: 7}}, Price: "5000 USD", Ransom: "1 BTC",
				Deadline: "48 hours", DeadlineAt: stamp("2026-04-22T08:00:00Z"), Samples: []assessment.ClaimSample{{What: "first rows", SHA256: strings.Repeat("ab", 32)}},
			},
			{Number: 3, Source: "a letter", Deadline: "2026-04-20", DeadlineAt: stamp("2026-04-21T00:00:00Z")},
		},
		Changes: []EstablishedChange{
			{Time: noon, Who: "agent", Facts: facts, Moved: []finding.Move{}},
			{Time: noon, Who: "agent", Facts: facts, Moved: []finding.Move{
				{What: "originals", From: "1", To: "1"},
				{What: "class", From: "undetermined", To: "genuine"},
				{What: "people", From: "98000", To: "98500"},
				{What: "kinds", From: "email, phone", To: "email, birth_date"},
				{What: "size", To: "98500"},
				{What: "copied_after", To: "2026-02-01T00:00:00Z"},
			}},
		},
	}
}

// sampleCase is an invented case with something in every part.
func sampleCase(id string) *CaseView {
	sum, gone := strings.Repeat("ab", 32), strings.Repeat("cd", 32)
	return &CaseView{
		ID: id, Opened: noon,
		Claims:     []ClaimAdded{{Case: id, Source: "a forum\x1b[2J", Fields: []string{}}},
		Assessment: &CaseAssessment{Summary: "98 500 people.", Inputs: []assessment.Input{}, People: 98_500, JSON: "/h/a.json", Page: "/h/a.html"},
		Evidence: []Original{
			{Name: "leak.csv.gz", Bytes: 5_242_880, SHA256: sum, Received: noon, By: "agent", State: "held"},
			{Name: "old\u202e.csv", Bytes: 7, SHA256: gone, Received: noon, By: "agent", State: "discarded"},
		},
		Custody: Custody{Holds: true, Breaks: []string{}, Head: strings.Repeat("ef", 32), Acts: []evidence.Entry{
			{Seq: 1, Time: noon, Who: "agent", Act: evidence.Received, SHA256: sum, Bytes: 5_242_880, Name: "leak.csv.gz"},
			{Seq: 2, Time: noon, Who: "agent", Act: evidence.Discarding, SHA256: gone, Bytes: 7, Name: "old\u202e.csv", Reason: "closed"},
		}},
	}
}

// sample is an invented assessment with something in every part of the
// summary.
func sample() *assessment.Assessment {
	a := assessment.New()
	a.Case = "forum-2026-04"
	a.Inputs = []assessment.Input{{Name: "leak.csv.gz", SHA256: strings.Repeat("ab", 32), Bytes: 5_242_880}}
	a.Bytes = assessment.Bytes{Total: 5_242_880, Accounted: 5_242_880}
	a.Rows = assessment.Rows{Read: 100_000, Repaired: 3}
	a.Tables = []assessment.Table{{Name: "leak.csv.gz", Format: "csv", Dialect: "comma, UTF-8", Rows: 100_000}}
	a.Columns = []assessment.Column{
		{Name: "nom", Kind: kind.BirthSurname, Confidence: 0.998, Evidence: []string{"98 % of distinct values are surnames of the register"}, Filled: 100_000, Valid: 99_990, Odd: 8, Invalid: 2},
		{Name: "x\u202ey\x1b[2J", Kind: kind.Unknown, Confidence: 0.4, Filled: 5},
	}
	a.Register = assessment.Register{People: 200_000, Snapshots: 3, From: "2026-01-01T00:00:00Z", To: "2026-03-01T00:00:00Z"}
	a.Linked = assessment.Linked{Rows: 99_000, Persons: 98_500, Ambiguous: 12, Unlinked: 988}
	a.Exposures = assessment.Exposures{Persons: 98_500, Stale: 30_001, ByKind: map[string]int64{"birth_surname": 98_500, "email": 80_000, "iban": 40}, Kinds: []assessment.Exposure{
		{Kind: kind.BirthSurname, People: 98_500, Current: 98_100, Stale: 300, Unconfirmed: 100},
		{Kind: kind.IBAN, People: 40, Current: 40},
		{Kind: kind.Email, People: 80_000, Current: 50_000, Stale: 29_000, Unconfirmed: 1_000},
	}}
	a.Notes = []string{"The column x was not compared, since nothing says what it holds; a map file can say so, and the assessment can then be made again."}
	return a
}

func withRejects() *assessment.Assessment {
	a := sample()
	a.Rows.Rejected = 2
	a.Rejects = []assessment.Reject{{File: "leak.csv.gz", Reason: "too many cells", Count: 2, Bytes: 180, First: []assessment.Place{{Offset: 5012, Row: 41}, {Offset: 1_900_333, Row: 16_020}}}}
	return a
}

func sampleLeak(name string) *Leak {
	return &Leak{
		Name: name, Seen: "2024-03-12", Added: noon, By: "agent", Ours: true, Key: "k1",
		Inputs: []assessment.Input{{Name: "incident.csv", SHA256: strings.Repeat("cd", 32), Bytes: 2048}}, Rows: assessment.Rows{Read: 3},
		Columns: []LeakColumn{{Table: "incident.csv", Name: "mail", Kind: "email"}}, Bytes: 900, Rejects: []assessment.Reject{},
	}
}
