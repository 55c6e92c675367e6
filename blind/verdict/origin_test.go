package verdict_test

import (
	"math"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/shape"
	"constat.example/blind/verdict"
)

// formats is how an agency writes, told by a code of its own in every kind.
func formats(code, id string, idKind kind.Kind) shape.Facts {
	f := shape.Facts{Rows: 4000}
	for _, k := range []kind.Kind{kind.BirthSurname, kind.GivenNames, kind.Sex, kind.BirthDate, kind.BirthPlace, kind.Phone, kind.Email, kind.Address, kind.City, kind.UsedSurname} {
		f.Columns = append(f.Columns, shape.Column{Kind: k, Shapes: []shape.Count{{Code: code, Cells: 4000}}})
	}
	if id != "" {
		f.Columns = append(f.Columns, shape.Column{Kind: idKind, Shapes: []shape.Count{{Code: id, Cells: 4000}}})
	}
	return f
}

// changes are those between snapshots a month apart: of each pair, how many the dump
// shows the value before of, and the one after.
func changes(pairs ...[2]int64) verdict.Counts {
	month := func(m int) time.Time { return time.Date(2025, time.Month(1+m), 1, 0, 0, 0, 0, time.UTC) }
	c := verdict.Counts{Snapshots: []time.Time{month(0)}, Rows: 1800, Torn: 2}
	for i, p := range pairs {
		c.Snapshots = append(c.Snapshots, month(i+1))
		c.Changes = append(c.Changes, verdict.Change{From: month(i), To: month(i + 1), Kind: kind.Email, Before: p[0], After: p[1]})
	}
	return c
}

// copied is the evidence of a copy made between the second snapshot and the third.
func copied() verdict.Evidence {
	return verdict.Evidence{
		Rows: 20_000, Linked: 19_980, Ambiguous: 18, People: 20_000, Power: 90, Year: 2026,
		Agreement: link.Agreement{
			Rows: 19_980, Strange: 60,
			Kinds: []link.KindAgreement{{Kind: kind.Email, Rows: 15_000, Current: 13_000, Stale: 1960, Never: 40}},
		},
		Counts:   changes([2]int64{2, 898}, [2]int64{300, 350}, [2]int64{797, 3}),
		Window:   verdict.Window{Shape: verdict.Once, NotBefore: time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)},
		Register: []shape.Facts{formats("ours", "L2-D10", kind.RecordID)},
		Dump:     formats("ours", "", kind.Unknown),
	}
}

func TestOriginOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		change  func(*verdict.Evidence)
		class   verdict.Class
		refused string
		share   float64 // that the interval must hold
	}{
		{"a copy", func(*verdict.Evidence) {}, verdict.Genuine, "", 1},
		{"a copy with the register's ids", func(e *verdict.Evidence) { e.Agreement.IDs, e.Agreement.KnownIDs = 20_000, 19_990 }, verdict.Genuine, "", 1},
		{"a copy keyed in by hand", func(e *verdict.Evidence) { e.Agreement.Strange = 2200; e.Linked = 19_800 }, verdict.Genuine, "", 1},
		{"a copy written anew", func(e *verdict.Evidence) { e.Dump = formats("theirs", "", kind.Unknown) }, verdict.Genuine, "", 1},
		{"a copy with rows of nobody", func(e *verdict.Evidence) { e.Rows = 26_000 }, verdict.Mixed, "", 20_000. / 26_000},
		{"a copy whose rows are numbered", func(e *verdict.Evidence) { e.Dump = formats("ours", "D5", kind.Identifier) }, verdict.Genuine, "", 1},
		{"a register of one snapshot", func(e *verdict.Evidence) { e.Counts = verdict.Counts{} }, verdict.Genuine, "", 1},
		{"a copy with the first of several given names only", func(e *verdict.Evidence) {
			e.Agreement.Strange = 13_000
			e.Agreement.Kinds = append(e.Agreement.Kinds, link.KindAgreement{Kind: kind.GivenNames, Rows: 19_980, Current: 7_000, Never: 12_980})
		}, verdict.Genuine, "", 1},
		{"another agency's file", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous = 12_000, 0
			e.Agreement.Rows, e.Agreement.Strange, e.Agreement.Kinds[0].Never = 12_000, 4500, 4000
			e.Counts = changes([2]int64{200, 700}, [2]int64{300, 300}, [2]int64{700, 300})
			e.Dump = formats("theirs", "L3D9L1", kind.Identifier)
		}, verdict.Foreign, "", 0},
		{"another agency's file without ids, written as ours", func(e *verdict.Evidence) {
			e.Agreement.Strange, e.Agreement.Kinds[0].Never = 9000, 5000
			e.Counts = changes([2]int64{200, 700}, [2]int64{300, 300}, [2]int64{700, 300})
		}, verdict.Foreign, "", 0},
		{"rows put together from several sources, written as ours", func(e *verdict.Evidence) {
			e.Agreement.Strange, e.Agreement.Kinds[0].Never = 2400, 1900
			e.Counts = changes([2]int64{90, 810}, [2]int64{300, 350}, [2]int64{710, 90})
			e.Counts.Torn = 90
		}, verdict.Foreign, "", 0},
		{"a copy made over seven weeks", func(e *verdict.Evidence) {
			e.Counts = changes([2]int64{2, 898}, [2]int64{300, 350}, [2]int64{700, 100})
			e.Window = verdict.Window{Shape: verdict.Over, NotBefore: e.Window.NotBefore, NotAfter: e.Window.NotAfter.AddDate(0, 1, 0), Against: 2}
		}, verdict.Genuine, "", 1},
		{"made up as the register is written", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous, e.Agreement = 0, 0, link.Agreement{}
		}, verdict.Fabricated, "", 0},
		{"made up, for a register of half the country", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous, e.Agreement, e.People = 3, 0, link.Agreement{}, 34_000_000
			e.Dump = formats("theirs", "", kind.Unknown)
		}, verdict.Fabricated, "", 0},
		{"made up without care", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous, e.Agreement = 0, 0, link.Agreement{}
			e.Dump = formats("theirs", "", kind.Unknown)
			e.Dump.Checks = []shape.Check{{Code: shape.NIRKey, Rows: 4000, Broken: 3900}, {Code: shape.NIRSex, Rows: 4000, Broken: 2000}}
		}, verdict.Fabricated, "", 0},
		{"nobody of ours, written otherwise", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous, e.Agreement = 0, 0, link.Agreement{}
			e.Dump = formats("theirs", "", kind.Unknown)
		}, verdict.Undetermined, verdict.NobodyOurs, 0},
		{"columns by which nobody can be found", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous, e.Agreement, e.Power = 0, 0, link.Agreement{}, 17
		}, verdict.Undetermined, verdict.NotComparable, 0},
		{"ten rows of a copy", func(e *verdict.Evidence) {
			e.Rows, e.Linked, e.Ambiguous = 10, 10, 0
			e.Agreement = link.Agreement{Rows: 10}
			e.Dump = shape.Facts{Rows: 10}
		}, verdict.Undetermined, verdict.TooFewRows, 0},
		{"no rows", func(e *verdict.Evidence) { *e = verdict.Evidence{} }, verdict.Undetermined, verdict.TooFewRows, 0},
		{"people of ours and nothing else to go by", func(e *verdict.Evidence) {
			e.Counts, e.Agreement.Kinds[0].Never, e.Dump = verdict.Counts{}, 1500, shape.Facts{}
		}, verdict.Undetermined, verdict.NoEvidence, 0},
		{"a copy blown up with another agency's rows of our people", func(e *verdict.Evidence) {
			e.Agreement.IDs, e.Agreement.KnownIDs = 20_000, 14_000
			e.Agreement.Kinds[0].Never = 2900
			e.Counts = changes([2]int64{90, 810}, [2]int64{300, 350}, [2]int64{710, 90})
			e.Agreement.Kinds = append(e.Agreement.Kinds, link.KindAgreement{Kind: kind.RecordID, Rows: 19_980, Current: 14_000, Never: 5980})
		}, verdict.Mixed, "", 14_000. / 20_000},
		{"some of our people under ids of our pattern among people who do not exist", func(e *verdict.Evidence) {
			e.Rows, e.Linked, e.Ambiguous = 20_000, 1000, 0
			e.Agreement.IDs, e.Agreement.KnownIDs, e.Agreement.Rows = 20_000, 1000, 1000
			e.Agreement.Kinds = []link.KindAgreement{{Kind: kind.RecordID, Rows: 1000, Current: 1000}}
			e.Dump = formats("ours", "L2-D10", kind.RecordID)
		}, verdict.Mixed, "", 0.05},
		{"nobody of ours, under ids of our pattern", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous, e.Agreement = 0, 0, link.Agreement{IDs: 20_000}
			e.Dump = formats("theirs", "L2-D10", kind.RecordID)
			e.Dump.Checks = []shape.Check{{Code: shape.NIRKey, Rows: 4000, Broken: 300}}
		}, verdict.Fabricated, "", 0},
		{"nobody of ours, names of a short list", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous = 0, 0
			e.Agreement = link.Agreement{Namesakes: []link.Namesakes{{Kind: kind.BirthSurname, Dump: 0.03, Register: 0.0004, DumpRows: 20_000, RegisterRows: 20_000}}}
			e.Dump = formats("theirs", "", kind.Unknown)
			e.People = 2_000_000
		}, verdict.Fabricated, "", 0},
		{"nobody of ours, mail addresses that no name fits", func(e *verdict.Evidence) {
			e.Linked, e.Ambiguous, e.Agreement, e.People = 0, 0, link.Agreement{}, 10_000_000
			e.Register[0].Checks = []shape.Check{{Code: shape.MailName, Rows: 4000, Broken: 1400}}
			e.Dump.Checks = []shape.Check{{Code: shape.MailName, Rows: 4000, Broken: 3990}}
		}, verdict.Fabricated, "", 0},
		{"against itself", func(e *verdict.Evidence) {
			e.Agreement.Kinds[0].Never, e.Counts, e.Dump = 9_000, verdict.Counts{}, shape.Facts{}
			e.Agreement.IDs, e.Agreement.KnownIDs = 20_000, 19_000
		}, verdict.Undetermined, verdict.Against, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := copied()
			c.change(&e)
			o := verdict.OriginOf(e)
			if o.Class != c.class || o.Refused != c.refused {
				t.Errorf("%s (%s), not %s (%s): %+v", o.Class, o.Refused, c.class, c.refused, o.Reasons)
			}
			if o.Class != verdict.Undetermined && (c.share < o.Low || c.share > o.High) {
				t.Errorf("the share %g is not between %g and %g", c.share, o.Low, o.High)
			}
			if o.Low > o.Share || o.Share > o.High {
				t.Errorf("%g is not between %g and %g", o.Share, o.Low, o.High)
			}
			last := math.Inf(1)
			for _, r := range o.Reasons {
				if r.Weight > last || math.IsNaN(r.Weight) || math.IsInf(r.Weight, 0) || math.Abs(r.Weight) > 15 {
					t.Errorf("%s weighs %g after %g", r.Code, r.Weight, last)
				}
				last = r.Weight
			}
			if o.Class != verdict.Undetermined && (len(o.Reasons) == 0 || o.Reasons[0].Weight <= 0) {
				t.Error("nothing speaks for the class")
			}
		})
	}
}

// TestDependent breaks seven rules at once: they weigh no more than the worst.
func TestDependent(t *testing.T) {
	t.Parallel()
	weight := func(checks ...shape.Check) (sum float64) {
		e := copied()
		e.Linked, e.Ambiguous, e.Agreement = 0, 0, link.Agreement{}
		e.Dump.Checks = checks
		for _, r := range verdict.OriginOf(e).Reasons {
			if r.Code == verdict.RuleBroken {
				sum += r.Weight
			}
		}
		return sum
	}
	one := weight(shape.Check{Code: shape.NIRKey, Rows: 4000, Broken: 900})
	two := weight(shape.Check{Code: shape.NIRKey, Rows: 4000, Broken: 900}, shape.Check{Code: shape.NIRSex, Rows: 4000, Broken: 700})
	if one <= 0 || one != two {
		t.Errorf("one rule weighs %g, two %g", one, two)
	}
}
