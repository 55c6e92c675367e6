package triage

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/casefile"
	"constat.example/desk/deadline"
	"constat.example/desk/exchange"
	"constat.example/internal/failure"
)

// TestTold: what is told moves on with what was done, and with nothing else.
func TestTold(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 4, 20, 7, 0, 0, 0, time.UTC)
	var said []string
	b := Bench{Home: t.TempDir(), Now: func() time.Time { return now }, As: casefile.Person{Account: "ana"}, Who: "ana", Say: func(s string) { said = append(said, s) }}
	ctx := t.Context()
	act := func(acts ...casefile.Act) {
		t.Helper()
		if _, err := b.Act(ctx, ActRequest{Case: "forum", Acts: acts}); err != nil {
			t.Fatal(err)
		}
	}
	told := func() *exchange.Told {
		t.Helper()
		said = nil
		x, err := b.Told(ctx, "forum")
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	if _, err := b.OpenCase(ctx, "forum", "a call"); err != nil {
		t.Fatal(err)
	}
	first := told()
	if first.State != exchange.New || first.Standing != "" || first.Owner != nil || !first.Created.Equal(now) || !first.Modified.Equal(now) || !first.Began.Equal(now) || first.Seed == "" {
		t.Errorf("%+v", first)
	}
	// Within the same second.
	yes := true
	act(casefile.Act{Do: casefile.Decide, Subject: casefile.Standing, Choice: casefile.Suspected, Reason: "r"})
	second := told()
	if second.State != exchange.Open || second.Standing != casefile.Suspected || !second.Modified.Equal(now.Add(time.Millisecond)) {
		t.Errorf("%+v", second)
	}
	now = now.Add(time.Hour)
	act(casefile.Act{Do: casefile.State, Facts: &casefile.Facts{Parties: []deadline.PartyEntry{{ID: "host"}, {ID: "agency", Name: "The agency", Country: "FR", Controller: &yes, Public: &yes}}}})
	third := told()
	if third.Owner == nil || *third.Owner != (exchange.Owner{Name: "The agency", Country: "FR", Public: true}) || !third.Modified.Equal(now) || !third.Created.Equal(first.Created) || third.Seed != first.Seed || len(said) > 0 {
		t.Errorf("%+v, said %q", third, said)
	}
	// To tell moves nothing, and is kept where a reason is given.
	now = now.Add(time.Hour)
	quiet, err := b.Tell(ctx, TellRequest{Case: "forum", Form: TellSTIX})
	if err != nil {
		t.Fatal(err)
	}
	loud, err := b.Tell(ctx, TellRequest{Case: "forum", Form: TellSTIX, Reason: " for the CERT "})
	if err != nil || !bytes.Equal(quiet.Text, loud.Text) || quiet.SHA256 != loud.SHA256 {
		t.Errorf("%v; told otherwise with a reason", err)
	}
	d, err := b.Desk(ctx, "forum")
	if err != nil {
		t.Fatal(err)
	}
	if last := d.Acts[len(d.Acts)-1]; last.Do != casefile.Tell || last.Reason != "for the CERT" || last.Files[0] != (casefile.Kept{Name: "stix.json", SHA256: loud.SHA256}) || d.Acts[len(d.Acts)-2].Do == casefile.Tell {
		t.Errorf("%+v", last)
	}
	if again := told(); !again.Modified.Equal(third.Modified) {
		t.Errorf("telling moved the case to %s", again.Modified)
	}
	// A name that may be somebody's number is not told.
	act(casefile.Act{Do: casefile.State, Facts: &casefile.Facts{Parties: []deadline.PartyEntry{{ID: "a", Name: "Customer 4711 22", Country: "FR", Controller: &yes}}}})
	if x := told(); x.Owner != nil || len(said) != 1 || strings.Contains(said[0], "4711") {
		t.Errorf("%+v, said %q", x.Owner, said)
	}
	// Who has no role for it tells nobody.
	act2 := func(who string, a casefile.Act) error {
		as := b
		as.As = casefile.Person{Account: who}
		_, err := as.Act(ctx, ActRequest{Acts: []casefile.Act{a}})
		return err
	}
	if err := act2("ana", casefile.Act{Do: casefile.Grant, Role: casefile.Administrator, Whom: "ana"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Tell(ctx, TellRequest{Case: "forum", Form: TellMISP, Reason: "for the CERT"}); failure.CodeOf(err) != failure.Refused {
		t.Errorf("an administrator told others: %v", err)
	}
	if _, err := b.Tell(ctx, TellRequest{Case: "forum", Form: "csv"}); err == nil {
		t.Error("a format that there is not was written")
	}
	// A folder in which nothing happened is no case to tell.
	if err := os.MkdirAll(filepath.Join(b.Home, casesDir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Told(ctx, "empty"); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("nothing is told: %v", err)
	}
}

// TestClaimOfAFile: a claim that an assessment was held against without being kept is told,
// and not twice.
func TestClaimOfAFile(t *testing.T) {
	t.Parallel()
	n, seen := int64(3500), "2025-10-03T23:59:59Z"
	of := []assessment.Claim{
		{Number: 1, Source: "elsewhere"},
		{Source: "a forum", FirstSeen: &seen, Count: &n, Unit: "rows", Fields: []assessment.ClaimField{{Field: "nir"}, {Field: "Zorglub"}}, Deadline: "soon", Samples: []assessment.ClaimSample{{What: "three rows"}}},
	}
	var said []string
	b := Bench{Say: func(s string) { said = append(said, s) }}
	told := &exchange.Told{}
	b.fileClaimTold(told, of)
	b.fileClaimTold(told, of)
	if len(told.Claims) != 1 || told.Claims[0].Number != 0 || told.Claims[0].Other != 1 || told.Claims[0].FirstSeen.Year() != 2025 || *told.Claims[0].Claimed.Count != 3500 || len(told.Claims[0].Samples) > 0 {
		t.Errorf("%+v", told.Claims)
	}
	if want := "The claim that the assessment was held against is told without 1 of its fields, its deadline: free words may quote somebody."; len(said) == 0 || said[0] != want {
		t.Errorf("said %q", said)
	}
}

// TestFindingIsTold: what was refused is not told as established.
func TestFindingIsTold(t *testing.T) {
	t.Parallel()
	a := assessment.New()
	from := "2026-04-01T00:00:00Z"
	a.Window = assessment.NoWindow("nothing bounds it")
	a.Window.NotBefore = &from
	f, err := findingOf(a)
	if err != nil || !f.Refused || f.NotBefore != nil || f.Estimate != nil || f.Verdict != "undetermined" || len(f.Kinds) > 0 {
		t.Errorf("%+v, %v", f, err)
	}
	a.Window.Refused = ""
	if f, err = findingOf(a); err != nil || f.NotBefore == nil {
		t.Errorf("%+v, %v", f, err)
	}
	from = "in April"
	if _, err := findingOf(a); err == nil {
		t.Error("a window of no time is told")
	}
	if f, err := findingOf(nil); f != nil || err != nil {
		t.Errorf("%+v, %v", f, err)
	}
}
