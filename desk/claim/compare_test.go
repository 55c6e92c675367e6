package claim

import (
	"reflect"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]kind.Kind{
		"NIR": kind.NIR, "e-mail": kind.Email, "E-Mails": kind.Email, "birth date": kind.BirthDate, "Date de naissance": kind.BirthDate, "birth_surname": kind.BirthSurname,
		"Prénoms": kind.GivenNames, "numéro de sécurité sociale": kind.NIR, "phones": kind.Phone, "adresses": kind.City, "IBAN": kind.IBAN, "mot de passe": kind.Password, "D.O.B.": kind.BirthDate,
		"name": kind.FullName, "Carte d’identité": kind.IDCard,
	} {
		found := false
		for _, k := range Kinds(word) {
			found = found || k == want
		}
		if !found {
			t.Errorf("%q means %v, want %s", word, Kinds(word), want)
		}
	}
	for _, k := range kind.All() {
		for _, name := range []string{k.String(), k.Label("fr"), k.Label("en")} {
			if k != kind.Unknown && len(Kinds(name)) == 0 {
				t.Errorf("%q means nothing", name)
			}
		}
	}
	for _, word := range []string{"", "everything", "unknown", "fingerprints"} {
		if Kinds(word) != nil {
			t.Errorf("%q means %v", word, Kinds(word))
		}
	}
}

// found is an assessment of 950 people and 1,000 rows.
func found() *assessment.Assessment {
	a := assessment.New()
	a.Rows.Read, a.Exposures.Persons, a.Bytes.Total = 1000, 950, 64_000
	a.Exposures.Kinds = []assessment.Exposure{{Kind: kind.BirthSurname, People: 950}, {Kind: kind.Email, People: 700}, {Kind: kind.Phone}}
	a.Columns = []assessment.Column{{Kind: kind.Phone, Valid: 12}, {Kind: kind.IBAN}}
	return a
}

func number(n int64) *int64 { return &n }

func TestCountsAgreeAsFarAsClaimed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		claimed int64
		unit    string
		want    []string
	}{
		{1000, "", []string{"people as_claimed", "rows as_claimed"}}, // 500 to 1500
		{1_000_000, Records, []string{"people fewer", "rows fewer"}},
		{950, People, []string{"people as_claimed"}},
		{960, People, []string{"people fewer"}},
		{949, People, []string{"people more"}},
		{1001, Rows, []string{"rows fewer"}},
		{64_000, Bytes, []string{"bytes as_claimed"}},
		{0, People, []string{"people more"}},
	} {
		var got []string
		for _, c := range counts(test.claimed, test.unit, found()) {
			got = append(got, c.Of+" "+c.State)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%d %s: %v, want %v", test.claimed, test.unit, got, test.want)
		}
	}
	a := found()
	a.Size = assessment.Size{Estimate: number(1200), Low: number(1100), High: number(1300)}
	if c := counts(1299, People, a)[0]; c.Established != 1200 || c.State != assessment.CountAgrees {
		t.Errorf("against an estimate: %+v", c)
	}
}

func TestBeside(t *testing.T) {
	t.Parallel()
	first := &Claim{Source: "a forum\x1b", FirstSeen: time.Date(2026, 4, 20, 8, 0, 0, 0, time.UTC), Deadline: "48h", Sealed: []string{"x"}}
	first.Claimed = Claimed{Count: number(19), Fields: []string{"name", "telephone", "IBAN", "all"}}
	second := &Claim{Source: "again", Corrects: 1}
	of := &Numbered{Claim: second, Number: 2, Against: true}
	all := Beside([]*Claim{first, second}, of, found())
	if len(all) != 2 || all[0].CorrectedBy != 2 || all[0].Against || !all[1].Against || all[1].CorrectedBy != 0 || all[0].Source != `a forum\u001b` || *all[0].DeadlineAt != "2026-04-22T08:00:00Z" {
		t.Errorf("%+v", all)
	}
	var states []string
	for _, f := range all[0].Fields {
		states = append(states, f.State)
	}
	if want := []string{assessment.FieldConfirmed, assessment.FieldOfNobody, assessment.FieldNotFound, assessment.FieldNotJudged}; !reflect.DeepEqual(states, want) {
		t.Errorf("fields %v, want %v", states, want)
	}
	if want := []assessment.ClaimedKind{{Kind: kind.Email, People: 700}}; !reflect.DeepEqual(all[0].Unclaimed, want) {
		t.Errorf("found and not claimed: %v", all[0].Unclaimed)
	}
	if own := Beside(nil, &Numbered{Claim: first, Against: true}, found()); len(own) != 1 || own[0].Number != 0 || !own[0].Against {
		t.Errorf("a claim of its own file: %+v", own)
	}
	for _, x := range Beside([]*Claim{first}, nil, nil)[0].Fields {
		if x.State != assessment.FieldNotAssessed {
			t.Errorf("beside nothing, %q is %s", x.Field, x.State)
		}
	}
}
