// Package formtest has the facts of invented cases, for tests of forms: one in which
// everything is known that evidence can tell, and one that was just opened.
package formtest

import (
	"fmt"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/trace"
	judged "constat.example/blind/verdict"
	"constat.example/blind/watch"
	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/claim"
	"constat.example/desk/deadline"
	"constat.example/desk/evidence"
	"constat.example/desk/finding"
	"constat.example/desk/form"
	"constat.example/desk/severity"
	"constat.example/internal/words"
)

// Now is when documents are drafted: some 51 hours after the awareness of the rich case.
var Now = time.Date(2026, 4, 23, 13, 0, 0, 0, time.UTC)

// Originals of the rich case.
const (
	Dump = "3f0a94c1d7be52680e1c77a9b46f3d20915ce8ab7764f1d20bb8e35c90a1f7d2"
	Post = "77b1c3fe0a4482d95c6e2f91ab3047d8e6510c9f2b8d7a41e35f06bc98d21a64"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func zone(t testing.TB) *time.Location {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return paris
}

// Bare is a case that was opened a minute ago, and nothing more.
func Bare(t testing.TB) *form.Facts {
	opened := casefile.Act{Number: 1, Time: Now.Add(-time.Minute), Who: analyst, Do: casefile.Open}
	return &form.Facts{
		Case: "forum-2026-05", Now: Now, Zone: zone(t), State: casefile.Of("forum-2026-05", []casefile.Act{opened}),
		Answers: map[string]form.Answer{},
	}
}

var (
	analyst = casefile.Person{Account: "lmartin", Name: "L. Martin"}
	officer = casefile.Person{Account: "adupont", Name: "A. Dupont"}
	head    = casefile.Person{Account: "nbernard", Name: "N. Bernard"}
)

// Facts are those of a case in which the evidence tells all that it can, the organisation
// described itself, people made their decisions, and nobody answered a question. Each call
// makes them anew.
func Facts(t testing.TB) *form.Facts {
	t.Helper()
	f := &form.Facts{
		Case: "forum-2026-04", Now: Now, Zone: zone(t), Assessment: assess(),
		Ledger: form.Ledger{Entries: 214, Root: "qM0N5tq0Z8mCkzYk0m8w2bJYQ1n0cXn8v1oGd2b3m4E=", Origin: "constat.example/home"},
	}
	f.State = casefile.Of(f.Case, history(t, f.Case))
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
	malice := true
	breach := severity.Of(f.Assessment)
	breach.Confidentiality, breach.Integrity, breach.Availability, breach.Malice = severity.Full, severity.None, severity.None, &malice
	if f.Severity, err = severity.Assess(breach, nil); err != nil {
		t.Fatal(err)
	}
	num := func(n int64) *int64 { return &n }
	f.Claims = []*claim.Claim{
		{Source: "a forum where data is sold", FirstSeen: at("2026-04-20T07:12:00Z"), Claimed: claim.Claimed{Count: num(3_000_000), Unit: claim.Records, Fields: []string{"name", "e-mail"}}, Price: "4000 USD", Sealed: []string{Post}},
		{
			Source: "the same forum", FirstSeen: at("2026-04-20T16:40:00Z"), Corrects: 1, Price: "5000 USD", Deadline: "72 hours",
			Claimed: claim.Claimed{Count: num(1_200_000), Unit: claim.People, Fields: []string{"name", "birth date", "NIR", "e-mail", "phone", "address", "IBAN"}},
		},
	}
	f.Originals = []evidence.Original{
		{SHA256: Dump, Bytes: 188_442_907, Name: "ANPT_full_2026.csv.gz", Received: at("2026-04-20T08:05:00Z"), By: analyst.String(), State: evidence.StateHeld, Role: evidence.Dump},
		{SHA256: Post, Bytes: 12_118, Name: "post.html", Received: at("2026-04-20T08:02:00Z"), By: analyst.String(), State: evidence.StateHeld, Role: evidence.Post},
	}
	for i, e := range []evidence.Entry{
		{Time: at("2026-04-20T08:02:00Z"), Act: evidence.Received, SHA256: Post, Bytes: 12_118, Name: "post.html", Role: evidence.Post},
		{Time: at("2026-04-20T08:05:00Z"), Act: evidence.Received, SHA256: Dump, Bytes: 188_442_907, Name: "ANPT_full_2026.csv.gz"},
		{Time: at("2026-04-20T08:21:00Z"), Act: evidence.Read, SHA256: Dump, Bytes: 188_442_907, Name: "ANPT_full_2026.csv.gz", Reason: "assessed"},
		{Time: at("2026-04-21T09:10:00Z"), Act: evidence.Verified, SHA256: Dump, Bytes: 188_442_907, Name: "ANPT_full_2026.csv.gz"},
	} {
		e.Seq, e.Who = int64(i+1), analyst.String()
		f.Custody = append(f.Custody, e)
	}
	first := finding.Of(f.Assessment)
	first.Claim, first.Claimed, first.Class, first.Share, first.People, first.Linked = 1, num(3_000_000), "undetermined", nil, 1_181_044, 1_183_790
	first.Size = nil
	f.History = []finding.Line{
		{Seq: 1, Time: at("2026-04-20T08:21:00Z"), Who: analyst.String(), Facts: first},
		{Seq: 2, Time: at("2026-04-21T09:30:00Z"), Who: analyst.String(), Facts: finding.Of(f.Assessment)},
	}
	f.Alarms = []watch.Alarm{{
		ID: "5be0c1f9a2d7", Rule: watch.Walk, Severity: watch.Critical, At: at("2026-04-08T20:05:00Z"), Period: "2026-04-08", Account: "partner-rgl-07",
		Office: "partners", People: 41_220, Usual: 62.5, Peers: 48, Bits: 240, Signs: []watch.Sign{watch.OddHour, watch.NewAddress, watch.Guessed}, Address: "192.0.2.7",
		Relation: "people", Action: "read", By: "id", Step: 1, Run: 40_119, Rules: []string{}, Source: "access.log.gz", Line: 1_204_551,
	}}
	f.Answers = organisation()
	return f
}

// history are the acts of the rich case, each allowed when it was done.
func history(t testing.TB, id string) []casefile.Act {
	yes, no := true, false
	event := func(kind deadline.Kind, when string, evidence ...string) casefile.Act {
		return casefile.Act{Who: analyst, Do: casefile.State, Event: &deadline.EventEntry{Kind: kind, Party: "anpt", At: when, Evidence: evidence}}
	}
	decide := func(subject casefile.Subject, choice casefile.Choice, reason string) casefile.Act {
		return casefile.Act{Who: officer, Do: casefile.Decide, Subject: subject, Choice: choice, Reason: reason}
	}
	acts := []struct {
		at  string
		act casefile.Act
	}{
		{"2026-04-20T07:50:00Z", casefile.Act{Who: analyst, Do: casefile.Open}},
		{"2026-04-20T07:52:00Z", casefile.Act{Who: analyst, Do: casefile.State, Facts: &casefile.Facts{Parties: []deadline.PartyEntry{{
			ID: "anpt", Name: "Agence nationale des permis de test", Country: "FR", Controller: &yes, NIS2: "essential", Financial: "none",
			Trust: &no, Telecom: &no, Insured: &yes, Public: &yes, Operator: &no, Health: &no,
		}}}}},
		{"2026-04-20T07:53:00Z", event(deadline.Signal, "2026-04-20T09:30", Post)},
		{"2026-04-20T08:30:00Z", event(deadline.Investigation, "2026-04-20T10:15")},
		{"2026-04-20T14:00:00Z", decide(casefile.Standing, casefile.Suspected, "First rows fit the register.")},
		{"2026-04-21T09:45:00Z", event(deadline.Aware, "2026-04-21T11:40", Dump)},
		{"2026-04-21T10:05:00Z", decide(casefile.Standing, casefile.Confirmed, "The dump is a copy of the register, made at one time through one account.")},
		{"2026-04-21T15:20:00Z", decide(casefile.Authority, casefile.Notify, "Identity and bank data of over a million people are for sale.")},
		{"2026-04-22T08:00:00Z", decide(casefile.People, casefile.Inform, "Identity theft and fraud are likely; people can protect themselves.")},
		{"2026-04-22T09:10:00Z", casefile.Act{Who: head, Do: casefile.Approve, Of: 9}},
		{"2026-04-22T09:30:00Z", decide(casefile.Complaint, casefile.Complain, "The systems were accessed through a hijacked account.")},
		{"2026-04-22T16:00:00Z", event(deadline.Complaint, "2026-04-22T15:20")},
		{"2026-04-22T16:02:00Z", event(deadline.ProsecutorTold, "2026-04-22T15:45")},
		{"2026-04-22T16:05:00Z", event(deadline.ANSSITold, "2026-04-21T18:00")},
	}
	var all []casefile.Act
	for i, a := range acts {
		a.act.Number, a.act.Time = int64(i+1), at(a.at)
		if err := (casefile.Team{}).May(casefile.Of(id, all), a.act); err != nil {
			t.Fatalf("act %d: %v", i+1, err)
		}
		all = append(all, a.act)
	}
	return all
}

// assess is an assessment whose counts add up.
func assess() *assessment.Assessment {
	str := func(s string) *string { return &s }
	num := func(n int64) *int64 { return &n }
	share := func(x float64) *float64 { return &x }
	a := assessment.New()
	a.Case = "forum-2026-04"
	a.Inputs = []assessment.Input{{Name: "ANPT_full_2026.csv.gz", SHA256: Dump, Bytes: 188_442_907}}
	a.Bytes = assessment.Bytes{Total: 188_442_907, Accounted: 188_442_907}
	a.Rows = assessment.Rows{Read: 1_204_118, Rejected: 12, Repaired: 207}
	a.Rejects = []assessment.Reject{{File: "ANPT_full_2026.csv.gz", Reason: "too many cells", Count: 12, Bytes: 2_104, First: []assessment.Place{{Offset: 1_043_877, Row: 6_120}}}}
	a.Tables = []assessment.Table{{Name: "ANPT_full_2026.csv.gz", Format: "csv", Dialect: "separator ';', quote '\"', header, UTF-8", Rows: 1_204_118, Rejected: 12}}
	a.Register = assessment.Register{People: 2_481_906, Snapshots: 24, From: "2024-05-01T00:00:00Z", To: "2026-04-15T00:00:00Z"}
	a.Linked = assessment.Linked{Rows: 1_190_377, Persons: 1_187_430, Ambiguous: 1_022, Unlinked: 12_719}
	expose := func(k kind.Kind, column string, current, stale, unconfirmed int64) {
		people := current + stale + unconfirmed
		a.Exposures.ByKind[k.String()] = people
		a.Exposures.Kinds = append(a.Exposures.Kinds, assessment.Exposure{Kind: k, People: people, Current: current, Stale: stale, Unconfirmed: unconfirmed})
		a.Columns = append(a.Columns, assessment.Column{Name: column, Kind: k, Confidence: 0.998, Evidence: []string{"the name \"" + column + "\" says so"}, Filled: people + 11_000, Valid: people + 10_000, Odd: 700, Invalid: 300})
	}
	a.Exposures.Persons, a.Exposures.Stale = 1_187_402, 301_877
	expose(kind.RecordID, "num_dossier", 1_187_402, 0, 0)
	expose(kind.BirthSurname, "nom", 1_187_201, 98, 103)
	expose(kind.GivenNames, "prenoms", 1_187_144, 104, 91)
	expose(kind.BirthDate, "ddn", 1_186_933, 57, 78)
	expose(kind.BirthPlace, "lieu_naissance", 1_180_021, 0, 211)
	expose(kind.NIR, "nir", 802_117, 0, 743)
	expose(kind.Email, "courriel", 836_920, 149_014, 12_708)
	expose(kind.Phone, "portable", 901_455, 104_117, 9_926)
	expose(kind.Address, "adresse", 940_288, 177_603, 14_042)
	expose(kind.PostCode, "cp", 998_340, 161_816, 907)
	expose(kind.City, "ville", 998_011, 161_299, 1_344)
	expose(kind.IBAN, "iban", 271_006, 5_455, 4_370)
	a.Verdict = assessment.Verdict{
		Class: "genuine", GenuineShare: assessment.Interval{Estimate: share(0.9894), Low: share(0.9871), High: share(0.9912)},
		Reasons: []assessment.Reason{
			{Code: "people_found", Weight: 22.207, Bits: assessment.Origins{Other: -22.207, Made: -31.5}, Facts: map[string]float64{"rows": 1_204_118, "found": 1_191_399, "people": 2_481_906}},
			{Code: "one_instant", Weight: 14.912, Bits: assessment.Origins{Other: -14.912}, Facts: map[string]float64{"changes": 44_467, "against": 31}},
		},
	}
	a.Window = assessment.NoWindow("")
	w := &a.Window
	w.NotBefore, w.NotAfter, w.MostLikely = str("2026-04-01T00:00:00Z"), str("2026-04-15T00:00:00Z"), str("2026-04-09T01:20:00Z")
	w.Interval = assessment.Bounds{Low: str("2026-04-08T05:40:00Z"), High: str("2026-04-09T19:55:00Z")}
	w.Basis, w.Shape, w.Even, w.Against, w.Rows, w.Torn = assessment.BasisSnapshots, assessment.ShapeOnce, true, 31, 71_733, 27
	w.Changes = []assessment.Change{{From: "2026-04-01T00:00:00Z", To: "2026-04-15T00:00:00Z", Before: 2_177, After: 3_201}}
	a.Size = assessment.NoSize("")
	z := &a.Size
	z.Claimed, z.Estimate, z.Low, z.High, z.Basis = num(1_200_000), num(1_187_402), num(1_187_102), num(1_187_733), judged.WholeFile
	z.Rows, z.Persons, z.Duplicates = 1_204_118, 1_187_402, 2_947
	z.Counts = []assessment.SizeCount{
		{Name: assessment.Referenced, Estimate: num(2_479_377), Low: num(2_478_951), High: num(2_479_802)},
		{Name: assessment.Reachable, Refused: assessment.NoReach},
		{Name: assessment.Queried, Estimate: num(1_176_220), Low: num(1_176_220), High: num(1_176_220)},
		{Name: assessment.Returned, Estimate: num(1_176_220), Low: num(1_176_220), High: num(1_176_220)},
		{Name: assessment.Exfiltrated, Estimate: num(1_187_402), Low: num(1_187_102), High: num(1_187_733)},
	}
	z.History = []assessment.SizeVersion{{
		Version: 1, When: "2026-04-20T08:21:00Z", Claimed: num(3_000_000), Rows: 1_204_118, Persons: 1_181_044, Low: num(1_180_900), Refused: judged.SizeUntold,
		Why: []string{assessment.SizeMovedRegister, assessment.SizeMovedClaim},
	}}
	a.Honey = assessment.Honey{Placed: 60, Found: 28, Rows: 28, Persons: 28, Named: []string{}, Window: assessment.HoneyFits, Copies: []assessment.HoneyCopy{
		{Name: "register-2025", Everywhere: true, From: "2025-06-01T00:00:00Z", Placed: 60, Found: 28},
	}}
	a.Recycled = assessment.NotRecycled("no earlier leak is kept")
	a.Claims = []assessment.Claim{
		{
			Number: 1, CorrectedBy: 2, Source: "a forum where data is sold", FirstSeen: str("2026-04-20T07:12:00Z"), Count: num(3_000_000), Unit: claim.Records,
			Counts: []assessment.ClaimCount{{Of: "rows", Established: 1_204_118, State: assessment.CountFewer}}, Fields: []assessment.ClaimField{}, Unclaimed: []assessment.ClaimedKind{},
			Price: "4000 USD", Samples: []assessment.ClaimSample{}, Sealed: 1,
		},
		{
			Number: 2, Corrects: 1, Against: true, Source: "the same forum", FirstSeen: str("2026-04-20T16:40:00Z"), Count: num(1_200_000), Unit: claim.People,
			Counts:    []assessment.ClaimCount{{Of: "people", Established: 1_187_402, State: assessment.CountAgrees}},
			Fields:    []assessment.ClaimField{{Field: "NIR", Kinds: []kind.Kind{kind.NIR}, State: assessment.FieldConfirmed, People: 802_860}},
			Unclaimed: []assessment.ClaimedKind{{Kind: kind.BirthPlace, People: 1_180_232}}, Price: "5000 USD", Deadline: "72 hours", DeadlineAt: str("2026-04-23T16:40:00Z"),
			Samples: []assessment.ClaimSample{},
		},
	}
	a.Suspects = []assessment.Suspect{{
		Account: "partner-rgl-07", First: "2026-04-08T19:12:00Z", Last: "2026-04-09T03:40:00Z", Covered: 0.9906, Read: 1_177_402, Likelihood: 0.9971,
		Exposed: 1_176_220, Reads: 1_176_501, Expected: 212.4, Addresses: []assessment.SuspectWay{{Name: "192.0.2.7", Reads: 1_176_501}}, Sessions: []assessment.SuspectWay{},
		Days: []assessment.SuspectDay{{Day: "2026-04-08", Read: 601_223, Exposed: 600_815}, {Day: "2026-04-09", Read: 576_179, Exposed: 575_405}},
	}}
	tr := &a.Trace
	*tr = assessment.NoTrace("")
	tr.Logs = []assessment.Log{{
		Name: "access.log.gz", SHA256: "9c0e4d6b1a55b1d3f2a6c8e07f64912d0b3a7c5e1f8d2946ab7035ce81f4d260", Bytes: 902_118_331, Format: "web", Zone: "in the log", Lines: 9_204_117,
		Used: 8_801_002, Idle: 403_104, Rejected: 11, Entries: 8_801_002, Rejects: []assessment.LogReject{{Reason: "no time", Count: 11, Lines: []int64{77}}},
		First: str("2026-03-15T00:00:02Z"), Last: str("2026-04-20T06:59:58Z"),
	}}
	tr.From, tr.To, tr.Accounts, tr.Leaked, tr.Read, tr.Remainder, tr.Explained, tr.Nobody = str("2026-03-31T00:00:00Z"), str("2026-04-16T00:00:00Z"), 412, 1_187_402, 1_179_233, 8_169, 0.9906, 0.0029
	tr.BlindSpots = []assessment.BlindSpot{
		{Code: trace.Declared, Share: 1, Name: "nightly copy", Kind: "backup", Accounts: []string{}},
		{Code: trace.RejectedLines, Share: 0.0001, Count: 11, Accounts: []string{}},
	}
	a.Timings["link"] = 9.1
	return a
}

// organisation is what the organisation says of itself, once for all its cases.
func organisation() map[string]form.Answer {
	all := map[string]form.Answer{}
	say := func(key string, v form.Value) {
		all[key] = form.Answer{Key: key, Value: v, Who: officer.String(), Time: at("2026-01-12T09:00:00Z")}
	}
	text := func(fr, en string) form.Value { return form.Value{Text: []words.Both{{FR: fr, EN: en}}} }
	same := func(s string) form.Value { return text(s, s) }
	say("organisation.name", same("Agence nationale des permis de test"))
	say("organisation.siren", same("SIREN 130 000 000"))
	say("organisation.address", same("1 place de l’Essai, 35000 Rennes"))
	say("organisation.country", same("France"))
	say("organisation.sector", form.Value{Codes: []string{"public"}})
	say("organisation.activity", form.Value{Codes: []string{"O"}})
	say("organisation.people", form.Value{Codes: []string{"users"}})
	say("organisation.measures", form.Value{Codes: []string{"backup", "policies", "training", "log", "levels", "logical", "physical"}})
	say("organisation.measures.text", text("Droits par profil, journal des accès, sauvegardes chiffrées ; pas de double authentification pour les partenaires.", "Rights by profile, a log of accesses, encrypted backups; no second factor for partners."))
	say("organisation.systems", text("Application de gestion des permis et son API, hébergées en France.", "The permit application and its API, hosted in France."))
	say("contact.dpo.name", same("A. Dupont"))
	say("contact.dpo.address", same("dpo@anpt.example, 01 99 00 00 00"))
	say("contact.reporter.name", same("A. Dupont"))
	say("contact.reporter.function", form.Value{Codes: []string{"dpo"}})
	say("contact.reporter.address", same("dpo@anpt.example, 01 99 00 00 00"))
	say("contact.information", form.Value{Codes: []string{"dpo"}})
	say("contact.people", text("0 800 00 00 00 et anpt.example/fuite", "0 800 00 00 00 and anpt.example/leak"))
	return all
}

// Told adds the answers of people of the case to facts.
func Told(f *form.Facts, act int64, answers map[string]form.Value) {
	for key, v := range answers {
		f.Answers[key] = form.Answer{Key: key, Value: v, Who: officer.String(), Time: Now.Add(-time.Hour), Act: act}
	}
}

// Filed files a form of the facts, as it would be drafted at that time, so that a later
// draft is compared with it.
func Filed(t testing.TB, f *form.Facts, name string, when time.Time, reference string) {
	t.Helper()
	which, err := form.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	then := *f
	then.Now = when
	d, err := form.Draft(which, &then)
	if err != nil {
		t.Fatal(err)
	}
	n := len(f.Filings) + 1
	f.Filings = append(f.Filings, form.Filing{
		Number: n, Form: name, At: when, Reference: reference, Who: officer.String(), Act: f.State.Seen + int64(n), SHA256: fmt.Sprintf("%064x", n), Document: d,
	})
}
