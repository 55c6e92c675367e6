package verdict_test

import (
	"slices"
	"testing"

	"constat.example/blind/link"
	"constat.example/blind/verdict"
)

// ours is the evidence of a dump that is copied from the register, or, with strange
// values and ids, of another source's.
func ours(rows int64, copied bool) verdict.Evidence {
	e := verdict.Evidence{Rows: rows, Linked: rows, People: 100_000, Power: 60}
	e.Agreement = link.Agreement{Rows: rows, IDs: rows, KnownIDs: rows}
	if !copied {
		e.Agreement = link.Agreement{Rows: rows, Strange: rows / 2, IDs: rows}
	}
	return e
}

func TestRecycled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		rows   int64
		copied bool
		out    verdict.Out
		class  verdict.Class
		is     verdict.Copy
		first  string // the reason that weighs most; "" for any
	}{
		{"sold again", 20_000, true, verdict.Out{Known: 20_000, Kept: 4_000, Ours: true}, verdict.Recycled, verdict.OldCopy, verdict.ChangedSince},
		{"sold again, with wrong links", 20_000, true, verdict.Out{Known: 19_500, Kept: 4_000, Renewed: 9, Ours: true}, verdict.Recycled, verdict.OldCopy, ""},
		{"copied again soon after", 20_000, true, verdict.Out{Known: 19_000, Kept: 300, Renewed: 500}, verdict.Genuine, verdict.NewCopy, ""},
		{"copied again, and nothing changed since", 20_000, true, verdict.Out{Known: 20_000}, verdict.Genuine, verdict.CopyOpen, ""},
		{"copied again, by the window", 20_000, true, verdict.Out{Known: 20_000, Since: true}, verdict.Genuine, verdict.NewCopy, ""},
		{"the same files", 20_000, true, verdict.Out{Known: 20_000, Before: true}, verdict.Recycled, verdict.OldCopy, verdict.SameFiles},
		{"half of it sold again", 20_000, true, verdict.Out{Known: 10_000, Kept: 2_000}, verdict.Genuine, verdict.OldCopy, ""},
		{"in no leak", 20_000, true, verdict.Out{}, verdict.Genuine, "", ""},
		{"others' leaks put together", 20_000, false, verdict.Out{Known: 19_900, Kept: 900, Renewed: 900}, verdict.Recycled, "", verdict.AlreadyOut},
		{"much like others' leaks", 20_000, false, verdict.Out{Known: 17_000}, verdict.Foreign, "", ""},
		{"a sample sold again, too few of whom changed", 1_000, true, verdict.Out{Known: 1_000, Kept: 90}, verdict.Genuine, verdict.CopyOpen, ""},
		{"few rows", 29, true, verdict.Out{Known: 29, Kept: 29}, verdict.Undetermined, verdict.CopyOpen, ""},
	} {
		e := ours(c.rows, c.copied)
		before := verdict.OriginOf(e)
		e.Out = &c.out
		o := verdict.OriginOf(e)
		if o.Class != c.class || o.Copy != c.is || c.first != "" && o.Reasons[0].Code != c.first {
			t.Errorf("%s: class %s, copy %q, reasons %+v", c.name, o.Class, o.Copy, o.Reasons)
		}
		if o.Share != before.Share || o.Low != before.Low || o.High != before.High {
			t.Errorf("%s: the share that is copied is %v now and was %v", c.name, o.Share, before.Share)
		}
		if !slices.IsSortedFunc(o.Reasons, func(a, b verdict.Reason) int {
			switch {
			case a.Weight > b.Weight:
				return -1
			case a.Weight < b.Weight:
				return 1
			}
			return 0
		}) || (o.Class != verdict.Undetermined && o.Reasons[0].Weight <= 0) {
			t.Errorf("%s: reasons %+v", c.name, o.Reasons)
		}
	}
	// Whose it is may be open, and that it was out not.
	e := verdict.Evidence{Rows: 500, Linked: 300, People: 100_000, Power: 60, Out: &verdict.Out{Known: 500, Kept: 400}}
	if o := verdict.OriginOf(e); o.Class != verdict.Recycled || !o.NoShare || o.Refused != "" || o.Low != 0 || o.High < 0.6 {
		t.Errorf("whose is open: %+v", o)
	}
}
