package formtest_test

import (
	"testing"

	"constat.example/desk/deadline"
	"constat.example/desk/form/formtest"
)

// TestFacts: the invented case holds: what it counts adds up, and its clocks run.
func TestFacts(t *testing.T) {
	t.Parallel()
	f := formtest.Facts(t)
	a := f.Assessment
	if l := a.Linked; l.Rows+l.Ambiguous+l.Unlinked != a.Rows.Read || l.Persons-a.Honey.Persons+a.Exposures.FreeText.Only != a.Exposures.Persons || a.Trace.Read+a.Trace.Remainder != a.Trace.Leaked {
		t.Errorf("the counts do not add up: %+v", l)
	}
	if err := a.Honey.Adds(); err != nil {
		t.Error(err)
	}
	for _, x := range a.Exposures.Kinds {
		if x.Current+x.Stale+x.Unconfirmed != x.People || x.People > a.Exposures.Persons {
			t.Errorf("%s does not add up: %+v", x.Kind, x)
		}
	}
	running := false
	for _, d := range f.Duties {
		running = running || d.Rule == "gdpr-33-1" && d.State == deadline.Running
	}
	if !running || f.Severity.SE == nil || len(formtest.Bare(t).State.Decisions) != 0 {
		t.Error("the clock of article 33 does not run, severity is open, or the bare case is not bare")
	}
}
