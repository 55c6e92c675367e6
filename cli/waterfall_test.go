package cli

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/desk/report"
)

// sampleExplanations are invented explanations: of each verdict, with names from
// somebody who means harm.
func sampleExplanations() map[string]*assessment.Explanation {
	fall := func(probability float64, rivals, relatives float64, evidence ...assessment.Evidence) assessment.Waterfall {
		w := assessment.Waterfall{Row: 812, Start: -20.31, Present: 2.08, Evidence: evidence, Relatives: relatives, Rivals: rivals, Probability: probability}
		for _, e := range evidence {
			w.Total += e.Bits
		}
		w.Total += w.Start + w.Present + w.Relatives + w.Rivals
		return w
	}
	e := func(aspect, level string, bits, chance float64) assessment.Evidence {
		return assessment.Evidence{Aspect: aspect, Level: level, Bits: bits, Chance: chance, Exact: level == "exact"}
	}
	surname, told, stale := e("surname", "exact", 15.21, 0.000025), e("given", "exact", 1.7, 0.3), e("email", "exact", 20.15, 5e-8)
	told.Told, told.Exact, stale.Stale = true, false, true
	base := assessment.Explanation{
		Schema: assessment.ExplanationSchema, Case: "forum", Row: 812, Rows: 2_013_388, People: 2_481_906, Expected: 0.765, Threshold: 0.75,
		Decisions: []assessment.RowDecision{}, Candidates: []assessment.Candidate{},
	}
	linked := base
	linked.Verdict, linked.Probability = "linked", 0.999987
	linked.Candidates = []assessment.Candidate{{RecordID: "A-1042", Waterfall: fall(0.999987, -0.01, -3.4,
		surname, told, e("birth_date", "two_parts", 2.6, 0.01), e("place", "differs", -2.9, 0.97), stale, e("nir", "", 0, 0))}}
	linked.Against = &assessment.TieEnd{Table: "comptes\x1b[2J", Column: "client_id"}

	opened := linked
	opened.Opened = true
	opened.Candidates = []assessment.Candidate{linked.Candidates[0]}
	opened.Candidates[0].Evidence = append([]assessment.Evidence{}, linked.Candidates[0].Evidence...)
	opened.Candidates[0].Evidence[0].Cells = []string{"MOREL\u202egnp"}
	opened.Cells = []assessment.Cell{{Column: "niveau", Kind: kind.Unknown, Text: "3"}}

	ambiguous := base
	ambiguous.Verdict, ambiguous.Probability, ambiguous.Others = "ambiguous", 0.4953, 2
	ambiguous.Candidates = []assessment.Candidate{
		{RecordID: "A-1042", Waterfall: fall(0.4953, -7.1, -0.1, surname, e("given", "exact", 7.43, 0.0058), e("birth_date", "exact", 2.8, 0.00003))},
		{RecordID: "A-1043\x07", Waterfall: fall(0.4953, -7.1, -0.1, surname, e("given", "exact", 7.43, 0.0058), e("birth_date", "differs", -2.8, 0.00003))},
	}
	ambiguous.Decisions = []assessment.RowDecision{{Decision: 3, Row: 812, Act: "not", RecordID: "A-1044", Who: "Jeanne", When: "2026-04-21T12:00:00Z", Reason: "lives elsewhere"}}

	decided := ambiguous
	decided.Verdict, decided.Probability = "linked", 1
	decided.Decisions = []assessment.RowDecision{{Decision: 4, Row: 812, Act: "same", RecordID: "A-1043", Who: "Jeanne", When: "2026-04-21T12:00:00Z", Reason: "the newer record", Applied: true}}

	tied := base
	tied.Verdict, tied.Probability = "linked", 0.979987
	tied.Tie = &assessment.RowTie{TieEnd: assessment.TieEnd{Table: "clients", Column: "id"}, Row: 17, RecordID: "A-1042"}

	aside := ambiguous
	aside.Verdict, aside.Probability, aside.Aside, aside.Decisions = "unlinked", 0.91, true, nil

	nobody := base
	nobody.Verdict = "unlinked"
	return map[string]*assessment.Explanation{
		"linked": &linked, "opened": &opened, "ambiguous": &ambiguous, "decided": &decided, "tied": &tied, "aside": &aside, "nobody": &nobody,
	}
}

func TestGoldenExplanations(t *testing.T) {
	t.Parallel()
	for name, x := range sampleExplanations() {
		for _, l := range []report.Language{report.English, report.French} {
			var out bytes.Buffer
			explanation(&out, x, l, style{})
			golden(t, filepath.Join("testdata", "explanation", name+"-"+l.Lang()+".txt"), out.Bytes())
			for line := range strings.Lines(out.String()) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
					t.Errorf("%s in %s: a line of %d columns: %s", name, l.Lang(), n, line)
				}
				if strings.ContainsAny(line, "\x1b\x07\u202e") {
					t.Errorf("%s in %s: what came from outside is written as it came: %q", name, l.Lang(), line)
				}
			}
			var coloured bytes.Buffer
			explanation(&coloured, x, l, style{colour: true})
			if len(x.Candidates) > 0 && !strings.Contains(coloured.String(), "\x1b[") {
				t.Errorf("%s in %s: no colour on a terminal", name, l.Lang())
			}
		}
	}
}

// TestStretchFollows draws bars of every beginning and end: what they cover is
// drawn and nothing else, and even a bar of nothing is seen.
func TestStretchFollows(t *testing.T) {
	t.Parallel()
	for from := range 2*widthBar - 1 {
		for to := range 2*widthBar - 1 {
			drawn := []rune(stretch(from, to, 7))
			if len(drawn) != widthBar {
				t.Fatalf("%d to %d: %d cells", from, to, len(drawn))
			}
			halves := 0
			for _, r := range drawn {
				switch r {
				case '█':
					halves += 2
				case '▌', '▐':
					halves++
				}
			}
			if want := max(1, max(from, to)-min(from, to)); halves != want {
				t.Fatalf("%d to %d: %d halves, want %d: %q", from, to, halves, want, string(drawn))
			}
		}
	}
}

func TestLinkRequests(t *testing.T) {
	t.Parallel()
	b := newBundle()
	if r := want[ExplainRequest](t, b, 0, "link", "explain", "c", "812", "--open", "--as", "Jeanne"); r.Case != "c" || r.Row != 812 || !r.Open || r.Who.String() != "Jeanne (agent)" {
		t.Errorf("%+v", r)
	}
	if r := want[ReviewRequest](t, b, 0, "link", "review", "c", "--after", "9"); r.Case != "c" || r.Limit != 20 || r.After != 9 {
		t.Errorf("%+v", r)
	}
	for _, says := range []string{
		"812  ambiguous     0.495300  high", "2 people fit equally well, on surname, given and birth date",
		"3 people fit, one of them best, on surname", "agrees on surname, not on birth date and place", "only surname can be compared, and agree",
		"agrees on surname, given, birth date and 2 more, as a relative’s would", "it is tied to a row that is not sure", "birth date differ",
		"9 rows are in doubt. The next page: constat link review c --limit 20 --after 818", "2 decisions made since",
	} {
		if !strings.Contains(b.out, says) {
			t.Errorf("the review does not say %q:\n%s", says, b.out)
		}
	}
	if b.run("link", "review", "c", "--decided"); !strings.Contains(b.out, "void: the dump has no such row") || !strings.Contains(b.out, "to be applied") {
		t.Error(b.out)
	}
	if r := want[DecideRequest](t, b, 0, "link", "decide", "c", "812", "not", "--person", "A1", "--reason", "the twin"); r.Row != 812 || r.Answer != "not" || r.Person != "A1" || r.Reason != "the twin" {
		t.Errorf("%+v", r)
	}
	if r := want[UndoRequest](t, b, 0, "link", "undo", "c", "3", "--reason", "x"); r.Decision != 3 || r.Row != 0 {
		t.Errorf("%+v", r)
	}
	if r := want[UndoRequest](t, b, 0, "link", "undo", "c", "--row", "812", "--reason", "x"); r.Decision != 0 || r.Row != 812 {
		t.Errorf("%+v", r)
	}
	for _, args := range [][]string{
		{"link", "explain", "c"},
		{"link", "explain", "c", "1.5"},
		{"link", "explain", "c", "1", "--lang", "it"},
		{"link", "review", "c", "--limit", "-1"},
		{"link", "review", "c", "--after", "-1"},
		{"link", "decide", "c", "1", "same"},
		{"link", "decide", "c", "1", "same", "--reason", "01 99 00 12 34"},
		{"link", "undo", "c", "--reason", "x"},
		{"link", "undo", "c", "1", "--row", "2", "--reason", "x"},
		{"link", "undo", "c", "x", "--reason", "x"},
	} {
		if code := b.run(args...); code != 2 || b.asked != nil || !strings.Contains(b.err, "hint: ") {
			t.Errorf("constat %q: exit code %d, %s", args, code, b.err)
		}
	}
}

// linkServices are services that note what they are asked.
func (b *bundle) linkServices() {
	b.services.ExplainLink = func(_ context.Context, r ExplainRequest) (*assessment.Explanation, error) {
		b.asked = r
		return sampleExplanations()["linked"], nil
	}
	b.services.ReviewLinks = func(_ context.Context, r ReviewRequest) (*assessment.Review, error) {
		b.asked = r
		row := func(n int64, reason string, people int, agree, differ []string) assessment.ReviewRow {
			return assessment.ReviewRow{Row: n, Verdict: "ambiguous", Probability: 0.4953, Stake: "high", Reason: reason, People: people, Agree: agree, Differ: differ}
		}
		names := []string{"surname", "given", "birth_date"}
		return &assessment.Review{
			Schema: assessment.ReviewSchema, Case: r.Case, Total: 9, Next: 818, Pending: 2,
			Rows: []assessment.ReviewRow{
				row(812, "alike", 2, names, nil), row(813, "several", 3, names[:1], nil), row(814, "mixed", 1, names[:1], []string{"birth_date", "place"}),
				row(815, "thin", 1, names[:1], nil), row(816, "kin", 1, append([]string{}, "surname", "given", "birth_date", "place", "street"), nil),
				row(817, "tie", 1, nil, nil), row(818, "mixed", 1, nil, []string{"birth_date"}),
			},
			Decisions: []assessment.ReviewDecision{
				{Decision: 3, Row: 9, Act: "same", Who: "Jeanne", When: "2026-04-21T12:00:00Z", Reason: "the newer record", Void: assessment.VoidRow},
				{Decision: 4, Row: 10, Act: "unknown", Who: "Jeanne", When: "2026-04-21T12:00:00Z", Reason: "two of one name"},
			},
		}, nil
	}
	decision := func(act string, row, of int64) *assessment.RowDecision {
		return &assessment.RowDecision{Decision: 5, Row: row, Act: act, Of: of, Who: "agent", When: "2026-04-21T12:00:00Z", Reason: "x"}
	}
	b.services.DecideLink = func(_ context.Context, r DecideRequest) (*assessment.RowDecision, error) {
		b.asked = r
		return decision(r.Answer, r.Row, 0), nil
	}
	b.services.UndoDecision = func(_ context.Context, r UndoRequest) (*assessment.RowDecision, error) {
		b.asked = r
		return decision("undone", r.Row, 3), nil
	}
}
