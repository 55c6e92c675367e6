package severity_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/desk/severity"
	"constat.example/internal/words"
)

func exposed(people int64, kinds ...kind.Kind) []severity.Exposed {
	var all []severity.Exposed
	for _, k := range kinds {
		all = append(all, severity.Exposed{Kind: k, People: people})
	}
	return all
}

func yes() *bool { b := true; return &b }

func no() *bool { b := false; return &b }

func moves(reason severity.Reason, steps int) severity.Adjustment {
	return severity.Adjustment{Factor: "dpc", Reason: reason, Steps: steps, Note: "as ENISA's example has it", Who: "dpo"}
}

// ENISA's own examples of DPC, as far as they are known: annex 1 of the method.
func TestDPCExamples(t *testing.T) {
	t.Parallel()
	simple, behaviour, money, sensitive := kind.Address, kind.IPAddress, kind.PaymentCard, kind.NIR
	for _, c := range []struct {
		name  string
		kind  kind.Kind
		moves []severity.Adjustment
		want  float64
	}{
		{"customers of a supermarket", simple, nil, 1},
		{"customers of a seller of luxury", simple, []severity.Adjustment{moves(severity.Controller, 1)}, 2},
		{"deliveries of an adult bookshop", simple, []severity.Adjustment{moves(severity.Controller, 2)}, 3},
		{"officers under cover", simple, []severity.Adjustment{moves(severity.Vulnerable, 3)}, 4},
		{"that somebody called a help desk", behaviour, []severity.Adjustment{moves(severity.Little, -1)}, 1},
		{"calls of a week", behaviour, nil, 2},
		{"calls of a year", behaviour, []severity.Adjustment{moves(severity.Volume, 1)}, 3},
		{"calls to a centre of psychological support", behaviour, []severity.Adjustment{moves(severity.Controller, 2)}, 4},
		{"a mere letter of a bank", money, []severity.Adjustment{moves(severity.Little, -2)}, 1},
		{"transactions of a day", money, []severity.Adjustment{moves(severity.Little, -1)}, 2},
		{"balances of a month", money, nil, 3},
		{"statements of a year", money, []severity.Adjustment{moves(severity.Volume, 1)}, 4},
		{"cards long expired", money, []severity.Adjustment{moves(severity.Invalid, -2)}, 1},
		{"that somebody's blood was tested", sensitive, []severity.Adjustment{moves(severity.Little, -3)}, 1},
		{"that it was at an emergency room", sensitive, []severity.Adjustment{moves(severity.Little, -2)}, 2},
		{"for which disease", sensitive, []severity.Adjustment{moves(severity.Little, -1)}, 3},
		{"the results", sensitive, nil, 4},
	} {
		a, err := severity.Assess(severity.Breach{People: 50, Exposed: exposed(50, c.kind)}, c.moves)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := a.DPC.Score.Value(); got != c.want || a.DPC.Beyond {
			t.Errorf("%s: DPC %g, want %g (beyond the scale: %t)", c.name, got, c.want, a.DPC.Beyond)
		}
	}
}

func TestAssess(t *testing.T) {
	t.Parallel()
	full := func(b severity.Breach) severity.Breach {
		b.Confidentiality, b.Integrity, b.Availability, b.Malice = severity.Full, severity.None, severity.None, yes()
		return b
	}
	for _, c := range []struct {
		name   string
		breach severity.Breach
		moves  []severity.Adjustment
		want   string // DPC × EI + CB = SE, band, level, for, against
	}{
		{
			"as ANTS in 2026: login, names, e-mail, birth date of 11.7 million, offered by a thief",
			full(severity.Breach{People: 11_700_000, Exposed: exposed(11_700_000, kind.Login, kind.BirthSurname, kind.GivenNames, kind.Email, kind.BirthDate)}),
			nil, "1 × 1 + 1 = 2 medium limitée; for approach offered many; against ",
		},
		{
			"the same with the NIR, as France Travail in 2024",
			full(severity.Breach{People: 36_820_828, Exposed: exposed(36_820_828, kind.BirthSurname, kind.GivenNames, kind.Email, kind.BirthDate, kind.NIR)}),
			nil, "4 × 1 + 1 = 5 very_high maximale; for band identity approach offered many; against ",
		},
		{
			"bank accounts and their holders, as FICOBA in 2026",
			full(severity.Breach{People: 1_200_000, Exposed: exposed(1_200_000, kind.FullName, kind.Address, kind.IBAN)}),
			nil, "3 × 0.75 + 1 = 3.25 high importante; for band money approach offered many; against ",
		},
		{
			"account numbers alone reveal little",
			full(severity.Breach{People: 90, Exposed: exposed(90, kind.IBAN)}),
			[]severity.Adjustment{moves(severity.Little, -1)},
			"2 × 0.5 + 1 = 2 medium limitée; for money offered; against ",
		},
		{
			"a letter to the wrong person",
			severity.Breach{People: 1, Exposed: exposed(1, kind.FullName, kind.Address), Confidentiality: severity.Contained, Integrity: severity.None, Availability: severity.None, Malice: no()},
			nil, "1 × 0.75 + 0.25 = 1 low négligeable; for approach; against band known_recipients",
		},
		{
			"a server found open, no trace of anybody",
			severity.Breach{People: 4000, Exposed: exposed(4000, kind.RecordID, kind.PostCode), Confidentiality: severity.None, Integrity: severity.None, Availability: severity.None, Malice: no()},
			nil, "1 × 0.25 + 0 = 0.25 low négligeable; for ; against band no_misuse not_identified",
		},
		{
			"a laptop, encrypted and lost for good",
			severity.Breach{People: 4000, Exposed: exposed(4000, kind.FullName, kind.NIR), Confidentiality: severity.None, Integrity: severity.None, Availability: severity.Full, Malice: no(), Unintelligible: true},
			nil, "4 × 1 + 0.5 = 4.5 very_high maximale; for band identity; against unintelligible no_misuse",
		},
		{
			"ransomware, all of it",
			severity.Breach{People: 4000, Exposed: exposed(4000, kind.FullName, kind.Email, kind.Password), Confidentiality: severity.Full, Integrity: severity.Full, Availability: severity.Contained, Malice: yes()},
			nil, "4 × 0.75 + 1.75 = 4.75 very_high maximale; for band credentials approach offered; against ",
		},
		{
			"old data of everybody, public before",
			full(severity.Breach{People: 4000, Stale: 2001, Exposed: exposed(4000, kind.FullName, kind.Phone)}),
			[]severity.Adjustment{moves(severity.Public, -1), moves(severity.Invalid, -1)},
			"1 × 0.75 + 1 = 1.75 low négligeable; for approach offered; against band public invalid stale",
		},
		{
			"children's data: beyond the scale",
			full(severity.Breach{People: 4000, Exposed: exposed(4000, kind.FullName, kind.NIR)}),
			[]severity.Adjustment{moves(severity.Vulnerable, 2)},
			"4 × 1 + 1 = 5 very_high maximale; for band identity offered vulnerable beyond; against ",
		},
		{
			"a rare name, moved by a person",
			full(severity.Breach{People: 4000, Exposed: exposed(4000, kind.FullName)}),
			[]severity.Adjustment{{Factor: "ei", Reason: severity.Context, To: severity.Maximum, Note: "a small village", Who: "dpo"}},
			"1 × 1 + 1 = 2 medium limitée; for offered; against ",
		},
		{
			"nobody said of malice: the band hangs on it",
			severity.Breach{People: 4000, Exposed: exposed(4000, kind.FullName, kind.BirthDate, kind.Email), Confidentiality: severity.Full, Integrity: severity.None, Availability: severity.None},
			nil, "1 × 1 + 0.5 = 1.5..2 missing malice  ; for approach; against ",
		},
		{
			"nobody said of malice: the band is the same",
			severity.Breach{People: 4000, Exposed: exposed(4000, kind.FullName, kind.NIR), Confidentiality: severity.Full, Integrity: severity.None, Availability: severity.None},
			nil, "4 × 1 + 0.5 = 4.5..5 missing malice very_high maximale; for band identity; against ",
		},
		{
			"nothing is known",
			severity.Breach{},
			nil, "0 × 0 + 0 = 0.25..6 missing kinds,confidentiality,integrity,availability,malice  ; for ; against ",
		},
	} {
		a, err := severity.Assess(c.breach, c.moves)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		cb := 0.0
		for _, p := range a.CB {
			cb += p.Points.Value()
		}
		se := ""
		if a.SE != nil {
			se = fmt.Sprintf("%g", a.SE.Value())
		} else {
			se = fmt.Sprintf("%g..%g missing %s", a.Low.Value(), a.High.Value(), strings.Join(a.Missing, ","))
		}
		codes := func(args []severity.Argument) string {
			var all []string
			for _, g := range args {
				all = append(all, g.Code)
				for _, lang := range words.Languages {
					if g.Words.In(lang) == "" {
						t.Errorf("%s: %s has no words in %s", c.name, g.Code, lang)
					}
				}
			}
			return strings.Join(all, " ")
		}
		got := fmt.Sprintf("%g × %g + %g = %s %s %s; for %s; against %s", a.DPC.Score.Value(), a.EI.Score.Value(), cb, se, a.Band, a.Level, codes(a.For), codes(a.Against))
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if a.Hundred != (c.breach.People > 100) || a.Unintelligible != c.breach.Unintelligible || !a.Undecided.Whole() {
			t.Errorf("%s: its flags are wrong, or it decides", c.name)
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if a.SE != nil && strings.Contains(string(text), "null") {
			t.Errorf("%s: a null where a list is meant: %s", c.name, text)
		}
	}
}

// EI by which kinds stand together; ENISA's examples are the name alone, the name
// with birth date and mail, and the mail as identifier.
func TestIdentification(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kinds []kind.Kind
		want  float64
	}{
		{[]kind.Kind{kind.FullName}, 0.5},
		{[]kind.Kind{kind.BirthSurname}, 0.25},
		{[]kind.Kind{kind.BirthSurname, kind.GivenNames}, 0.5},
		{[]kind.Kind{kind.UsedSurname, kind.GivenNames, kind.BirthDate, kind.Email}, 1},
		{[]kind.Kind{kind.FullName, kind.BirthDate}, 0.75},
		{[]kind.Kind{kind.FullName, kind.Phone}, 0.75},
		{[]kind.Kind{kind.FullName, kind.IBAN}, 0.75},
		{[]kind.Kind{kind.FullName, kind.Passport}, 1},
		{[]kind.Kind{kind.NIR}, 0.75},
		{[]kind.Kind{kind.Email}, 0.75},
		{[]kind.Kind{kind.Phone}, 0.5},
		{[]kind.Kind{kind.BirthDate, kind.PostCode}, 0.5},
		{[]kind.Kind{kind.BirthDate}, 0.25},
		{[]kind.Kind{kind.RecordID, kind.Login}, 0.25},
	} {
		a, err := severity.Assess(severity.Breach{People: 10, Exposed: exposed(10, c.kinds...)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.EI.Score.Value(); got != c.want || !a.EI.Why.Whole() {
			t.Errorf("%v: EI %g, want %g", c.kinds, got, c.want)
		}
	}
}

// How many people a category concerns is told as what counts by kind can say.
func TestCategories(t *testing.T) {
	t.Parallel()
	a, err := severity.Assess(severity.Breach{People: 1000, Exposed: []severity.Exposed{
		{kind.Email, 900}, {kind.IBAN, 3}, {kind.PaymentCard, 2}, {kind.FullName, 1000}, {kind.NIR, 0}, {kind.Unknown, 1000},
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range a.Categories {
		got = append(got, fmt.Sprint(c.Category, c.Score.Value(), c.Kinds, c.Least, c.Most))
	}
	want := []string{"financial3 [iban payment_card] 3 5", "simple1 [full_name email] 1000 1000"}
	if !slices.Equal(got, want) {
		t.Errorf("categories %q, want %q", got, want)
	}
	if fr := "La catégorie la plus haute : données financières (Compte bancaire (IBAN), Carte bancaire), personnes : de 3 à 5."; a.DPC.Why.FR != fr {
		t.Errorf("DPC is explained by %q", a.DPC.Why.FR)
	}
}

func TestAssessRefuses(t *testing.T) {
	t.Parallel()
	good := severity.Breach{People: 10, Exposed: exposed(10, kind.Email)}
	ei := severity.Adjustment{Factor: "ei", Reason: severity.Context, To: severity.Limited, Note: "n", Who: "w"}
	for _, c := range []struct {
		name   string
		breach severity.Breach
		moves  []severity.Adjustment
	}{
		{"fewer than none", severity.Breach{People: -1}, nil},
		{"more stale than there are", severity.Breach{People: 1, Stale: 2}, nil},
		{"more of a kind than there are", severity.Breach{People: 1, Exposed: exposed(2, kind.Email)}, nil},
		{"an extent that is none", severity.Breach{Integrity: "some"}, nil},
		{"no reason", good, []severity.Adjustment{{Factor: "dpc", Steps: 1, Note: "n", Who: "w"}}},
		{"the wrong way", good, []severity.Adjustment{moves(severity.Volume, -1)}},
		{"no way", good, []severity.Adjustment{moves(severity.Volume, 0)}},
		{"too far", good, []severity.Adjustment{moves(severity.Volume, 4)}},
		{"dpc for the context", good, []severity.Adjustment{moves(severity.Context, 1)}},
		{"neither factor", good, []severity.Adjustment{{Factor: "cb", Reason: severity.Volume, Steps: 1, Note: "n", Who: "w"}}},
		{"no level", good, []severity.Adjustment{{Factor: "ei", Reason: severity.Context, To: "none", Note: "n", Who: "w"}}},
		{"twice", good, []severity.Adjustment{ei, ei}},
		{"without a note", good, []severity.Adjustment{{Factor: "dpc", Reason: severity.Volume, Steps: 1, Who: "w"}}},
		{"without who", good, []severity.Adjustment{{Factor: "dpc", Reason: severity.Volume, Steps: 1, Note: "n"}}},
		{"a note that quotes", good, []severity.Adjustment{{Factor: "dpc", Reason: severity.Volume, Steps: 1, Note: "zoe@example.org", Who: "w"}}},
		{"a note with a number", good, []severity.Adjustment{{Factor: "dpc", Reason: severity.Volume, Steps: 1, Note: "see 0199001234", Who: "w"}}},
		{"a note of two lines", good, []severity.Adjustment{{Factor: "dpc", Reason: severity.Volume, Steps: 1, Note: "a\nb", Who: "w"}}},
		{"a note without end", good, []severity.Adjustment{{Factor: "dpc", Reason: severity.Volume, Steps: 1, Note: strings.Repeat("a", 501), Who: "w"}}},
	} {
		if _, err := severity.Assess(c.breach, c.moves); err == nil {
			t.Errorf("%s was taken", c.name)
		} else if strings.Contains(err.Error(), "zoe") || strings.Contains(err.Error(), "0199") {
			t.Errorf("%s: the error quotes: %v", c.name, err)
		}
	}
	if _, err := severity.Assess(good, []severity.Adjustment{moves(severity.Volume, 1), ei}); err != nil {
		t.Errorf("adjustments that can be were refused: %v", err)
	}
}

// Whatever is exposed and however it is moved: the sum is the formula's, within
// its bounds, and more data never scores less.
func TestFormulaHolds(t *testing.T) {
	t.Parallel()
	chance := rand.New(rand.NewPCG(11, 7))
	extents := []severity.Extent{severity.NotSaid, severity.None, severity.Contained, severity.Full}
	for range 2000 {
		b := severity.Breach{People: 1 + chance.Int64N(1000), Confidentiality: extents[chance.IntN(4)], Integrity: extents[chance.IntN(4)], Availability: extents[chance.IntN(4)]}
		if chance.IntN(2) == 0 {
			b.Malice = yes()
		}
		for range 1 + chance.IntN(5) {
			b.Exposed = append(b.Exposed, severity.Exposed{Kind: kind.Kind(1 + chance.IntN(kind.Count-1)), People: 1 + chance.Int64N(b.People)})
		}
		a, err := severity.Assess(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		cb := severity.Quarters(0)
		for _, p := range a.CB {
			cb += p.Points
		}
		if d, e := a.DPC.Score, a.EI.Score; d < 4 || d > 16 || d%4 != 0 || e < 1 || e > 4 || a.Low != d/4*e+cb || a.High < a.Low || a.SE != nil && *a.SE != a.Low {
			t.Fatalf("%+v: DPC %d, EI %d, CB %d, from %d to %d", b, d, e, cb, a.Low, a.High)
		}
		for _, c := range a.Categories {
			if c.Least < 1 || c.Most < c.Least || c.Most > b.People {
				t.Fatalf("%+v: %s concerns from %d to %d people", b, c.Category, c.Least, c.Most)
			}
		}
		more := b
		more.Exposed = append(slices.Clone(b.Exposed), severity.Exposed{Kind: kind.NIR, People: 1})
		harsher, err := severity.Assess(more, nil)
		if err != nil {
			t.Fatal(err)
		}
		if harsher.Low < a.Low {
			t.Fatalf("%+v: with more data %d after %d", b, harsher.Low, a.Low)
		}
	}
}
