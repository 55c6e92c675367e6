package report

import (
	"strings"
	"testing"

	"constat.example/blind/shape"
	judge "constat.example/blind/verdict"
	"constat.example/desk/assessment"
)

// TestOriginHasWords words every piece of evidence, rule, class and refusal.
func TestOriginHasWords(t *testing.T) {
	t.Parallel()
	for _, l := range []language{french, english} {
		for _, code := range []string{
			judge.FoundPeople, judge.ValuesHeld, judge.OneInstant, judge.KnownIDs, judge.IDsNotOurs,
			judge.SameWriting, judge.RuleBroken, judge.RulesKept, judge.DigitsOff, judge.Repetitious, judge.NamesOff, judge.MailOff, judge.TornRows,
			judge.HoneyFound, judge.AlreadyOut, judge.ChangedSince, judge.CopiedSince, judge.SameFiles,
		} {
			r := assessment.Reason{Code: code, Of: shape.NIRKey, Facts: map[string]float64{}}
			if text := l.Reason(r); text == code || strings.Contains(text, "%!") || !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %s is worded %q", l, code, text)
			}
		}
		for _, rule := range []string{shape.NIRKey, shape.NIRSex, shape.NIRYear, shape.NIRMonth, shape.NIRDepartment, shape.PostCodeCity, shape.BirthDate, "age"} {
			if _, ok := l.known(rules, rule); !ok {
				t.Errorf("%s: no words for the rule %s", l, rule)
			}
		}
		for _, refused := range []string{judge.TooFewRows, judge.NoEvidence, judge.NobodyOurs, judge.NotComparable, judge.Against} {
			if _, ok := l.known(refusals, refused); !ok {
				t.Errorf("%s: no words for the refusal %q", l, refused)
			}
		}
		for _, class := range []judge.Class{judge.Genuine, judge.Mixed, judge.Recycled, judge.Fabricated, judge.Foreign} {
			v := assessment.Verdict{Class: string(class), Reasons: []assessment.Reason{
				{Code: judge.OneInstant, Weight: 15, Facts: map[string]float64{"changes": 100, "against": 1}},
				{Code: judge.FoundPeople, Weight: 7, Facts: map[string]float64{"rows": 100}},
			}}
			found := strings.Contains(l.Decisive(v), l.Int(100))
			if text := l.Decisive(v); !found || text == "" || strings.Contains(text, "%!") {
				t.Errorf("%s: %s is told as %q", l, class, text)
			}
		}
		if text := l.Decisive(assessment.Verdict{Class: string(judge.Undetermined)}); text != "" {
			t.Errorf("what is undetermined is told as %q", text)
		}
	}
}
