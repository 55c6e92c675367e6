package triage

import (
	"testing"

	"constat.example/desk/chain"
	"constat.example/desk/ledger"
	"constat.example/internal/failure"
)

// TestActsAndLedger: the ledger may tell of an act that was cut short, and of the same one again; it holds
// against any history but those that such acts explain.
func TestActsAndLedger(t *testing.T) {
	t.Parallel()
	lines := [][]byte{[]byte("one\n"), []byte("two\n"), []byte("three\n")}
	hash := func(i int) ledger.Hash { return ledger.HashOf(lines[i]) }
	begun := func(of ...int) *ledger.Entry {
		e := &ledger.Entry{Act: ledger.CaseAct, Step: ledger.Begun, On: "cases/c"}
		for _, i := range of {
			e.Inputs = append(e.Inputs, hash(i))
		}
		return e
	}
	ends := func(step ledger.Step, of int64, exit failure.Code) *ledger.Entry {
		return &ledger.Entry{Act: ledger.CaseAct, Step: step, Of: of, On: "cases/c", Exit: int(exit)}
	}
	done := func(of int64) *ledger.Entry { return ends(ledger.Done, of, failure.OK) }
	for name, test := range map[string]struct {
		told  []*ledger.Entry
		lines [][]byte
		holds bool
	}{
		"done":                            {[]*ledger.Entry{begun(0, 1), done(1), begun(2), done(3)}, lines, true},
		"one is missing":                  {[]*ledger.Entry{begun(0, 1), done(1), begun(2), done(3)}, lines[:2], false},
		"one is another":                  {[]*ledger.Entry{begun(0, 2), done(1)}, lines[:2], false},
		"one too many":                    {[]*ledger.Entry{begun(0), done(1)}, lines[:2], false},
		"cut short, and not kept":         {[]*ledger.Entry{begun(0), done(1), begun(1)}, lines[:1], true},
		"cut short, and kept":             {[]*ledger.Entry{begun(0), done(1), begun(1)}, lines[:2], true},
		"cut short, kept, gone on":        {[]*ledger.Entry{begun(0), begun(1), done(2)}, lines[:2], true},
		"the same again in one second":    {[]*ledger.Entry{begun(0), begun(0), done(2), begun(1), done(4)}, lines[:2], true},
		"the same again, and missing":     {[]*ledger.Entry{begun(0), begun(0), done(2)}, nil, false},
		"refused":                         {[]*ledger.Entry{begun(0), begun(1), done(1), ends(ledger.Failed, 2, failure.Refused)}, lines[:1], true},
		"refused, and there":              {[]*ledger.Entry{begun(0), done(1), begun(1), ends(ledger.Failed, 3, failure.Refused)}, lines[:2], false},
		"failed, and kept all the same":   {[]*ledger.Entry{begun(0), ends(ledger.Failed, 1, failure.BadInput)}, lines[:1], true},
		"failed, and not kept":            {[]*ledger.Entry{begun(0), ends(ledger.Failed, 1, failure.BadInput)}, nil, true},
		"nothing told, and something not": {nil, lines[:1], false},
	} {
		said := newActSums()
		for i, e := range test.told {
			said.take(int64(i+1), e)
		}
		if ok, detail := matched(test.lines, said.told("cases/c")); ok != test.holds {
			t.Errorf("%s: %v, %s", name, ok, detail)
		}
	}
	if chain.Sum(lines[0]) != hash(0).String() {
		t.Error("the ledger and histories hash otherwise")
	}
}
