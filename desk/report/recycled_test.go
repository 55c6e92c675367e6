package report

import (
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	judge "constat.example/blind/verdict"
	"constat.example/desk/assessment"
)

// TestRecycledHasWords words every copy, refusal and reason to leave a leak out.
func TestRecycledHasWords(t *testing.T) {
	t.Parallel()
	if assessment.CopyOld != string(judge.OldCopy) || assessment.CopyNew != string(judge.NewCopy) || assessment.CopyOpen != string(judge.CopyOpen) {
		t.Error("copies are not called as the verdict calls them")
	}
	for _, l := range []language{french, english} {
		for _, c := range []judge.Copy{judge.OldCopy, judge.NewCopy, judge.CopyOpen} {
			if l.Copy(assessment.Recycled{Copy: string(c)}) == "" {
				t.Errorf("%s: no words for the copy %q", l, c)
			}
		}
		for _, why := range []string{assessment.NoLeaks, assessment.LeaksUnlike, assessment.LeaksNotTaken} {
			if _, ok := l.known(refusals, why); !ok {
				t.Errorf("%s: no words for the refusal %q", l, why)
			}
		}
		for _, why := range []string{assessment.AsideLater, assessment.AsideOtherKey, assessment.AsideDamaged} {
			if x := l.word(leftOut, why); x.English {
				t.Errorf("no words for %q", why)
			}
		}
	}
}

// TestRecycledIsLeftOut: a page without earlier leaks has no section about them.
func TestRecycledIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, r := range []assessment.Recycled{assessment.NotRecycled(assessment.NoLeaks), assessment.NotRecycled(assessment.NotAssessed)} {
		e := newEdition(french, &assessment.Assessment{Recycled: r}, time.Time{})
		if e.Recycled != nil {
			t.Errorf("%+v", e.Recycled)
		}
	}
}

// TestRecycledAddsUp: the segments of the bar are all values that count.
func TestRecycledAddsUp(t *testing.T) {
	t.Parallel()
	a := assessment.New()
	a.Recycled = assessment.NotRecycled("")
	for i := range int64(7) {
		a.Recycled.Leaks = append(a.Recycled.Leaks, assessment.Leak{Name: "leak", Values: 100, Adds: 100 - 10*i})
	}
	a.Recycled.Kinds = []assessment.LeakKind{{Kind: kind.Email, Counted: true, Values: 600, Out: 490, Fresh: 70, Stranger: 40}, {Kind: kind.Sex, Values: 9, Fresh: 9}}
	e := newEdition(english, a, time.Time{})
	var drawn, adds int64
	last := ""
	for _, p := range e.Recycled.Parts {
		drawn += p.N
		last += " " + p.Class
	}
	for _, l := range a.Recycled.Leaks {
		adds += l.Adds
	}
	for _, k := range a.Recycled.Kinds {
		if k.Counted {
			adds += k.Fresh + k.Stranger
		}
	}
	if drawn != adds || !strings.HasSuffix(last, "leak-5 leak-6 fresh stranger") {
		t.Errorf("%d values are drawn of %d, as%s", drawn, adds, last)
	}
}
