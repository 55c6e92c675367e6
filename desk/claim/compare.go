package claim

import (
	"slices"
	"strings"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// Numbered is a claim of a case.
type Numbered struct {
	*Claim

	Number  int  // from 1; 0 for one from a file of its own
	Against bool // what an assessment is held against
}

// correctedBy is the number of the claim that corrects claim n, the latest of
// them; 0 for none.
func correctedBy(claims []*Claim, n int) int {
	for i, c := range slices.Backward(claims) {
		if c.Corrects == n && i+1 > n {
			return i + 1
		}
	}
	return 0
}

// Beside puts the claims of a case, and one from a file of its own, beside what
// was established, or, where a is nil, beside nothing. against is that which the assessment was held against, or nil.
func Beside(claims []*Claim, against *Numbered, a *assessment.Assessment) []assessment.Claim {
	all := []assessment.Claim{}
	for i, c := range claims {
		n := Numbered{Claim: c, Number: i + 1, Against: against != nil && against.Number == i+1}
		told := compare(n, a)
		told.CorrectedBy = correctedBy(claims, i+1)
		all = append(all, told)
	}
	if against != nil && against.Number == 0 {
		all = append(all, compare(*against, a))
	}
	return all
}

func compare(c Numbered, a *assessment.Assessment) assessment.Claim {
	out := assessment.Claim{
		Number: c.Number, Against: c.Against, Corrects: c.Corrects, Source: shown(c.Source, LongestSource),
		Count: c.Claimed.Count, Unit: c.Claimed.Unit, Counts: []assessment.ClaimCount{}, Fields: []assessment.ClaimField{},
		Unclaimed: []assessment.ClaimedKind{}, Samples: []assessment.ClaimSample{},
		Price: shown(c.Price, LongestWord), Ransom: shown(c.Ransom, LongestWord), Deadline: shown(c.Deadline, LongestWord), Sealed: len(c.Sealed),
	}
	if !c.FirstSeen.IsZero() {
		out.FirstSeen = stamp(c.FirstSeen)
	}
	if at, ok := DeadlineAt(c.Deadline, c.FirstSeen); ok {
		out.DeadlineAt = stamp(at)
	}
	for _, s := range c.Samples {
		out.Samples = append(out.Samples, assessment.ClaimSample{What: s.What, Rows: s.Rows, SHA256: s.SHA256})
	}
	if a == nil {
		for _, f := range c.Claimed.Fields {
			out.Fields = append(out.Fields, assessment.ClaimField{Field: shown(f, LongestWord), Kinds: append([]kind.Kind{}, Kinds(f)...), State: assessment.FieldNotAssessed})
		}
		return out
	}
	if c.Claimed.Count != nil {
		out.Counts = counts(*c.Claimed.Count, c.Claimed.Unit, a)
	}
	out.Fields, out.Unclaimed = fields(c.Claimed.Fields, a)
	return out
}

func shown(text string, longest int) string { return visible.Text(text, longest) }

func stamp(t time.Time) *string {
	text := t.UTC().Format(time.RFC3339)
	return &text
}

// counts holds a claimed count against what was established: people, by the
// estimate of the leak's size where there is one, else those found; rows; bytes.
// Where the claim does not say of what its count is, both people and rows are held
// against it.
func counts(claimed int64, unit string, a *assessment.Assessment) []assessment.ClaimCount {
	people := assessment.ClaimCount{Of: People, Established: a.Exposures.Persons}
	if s := a.Size; s.Refused == "" && s.Estimate != nil {
		people.Established, people.Low, people.High = *s.Estimate, s.Low, s.High
	}
	rows := assessment.ClaimCount{Of: Rows, Established: a.Rows.Read}
	var all []assessment.ClaimCount
	switch unit {
	case Bytes:
		all = []assessment.ClaimCount{{Of: Bytes, Established: a.Bytes.Total}}
	case People:
		all = []assessment.ClaimCount{people}
	case Rows:
		all = []assessment.ClaimCount{rows}
	default:
		all = []assessment.ClaimCount{people, rows}
	}
	from, to := meant(claimed)
	for i := range all {
		c := &all[i]
		low, high := c.Established, c.Established
		if c.Low != nil && c.High != nil {
			low, high = *c.Low, *c.High
		}
		switch {
		case high < from:
			c.State = assessment.CountFewer
		case low > to:
			c.State = assessment.CountMore
		default:
			c.State = assessment.CountAgrees
		}
	}
	return all
}

// meant are the least and the greatest number that a count, rounded as it is, can
// be meant for.
func meant(n int64) (from, to int64) {
	unit := int64(1)
	for n > 0 && n%(10*unit) == 0 {
		unit *= 10
	}
	return n - unit/2, n + unit/2
}

// fields holds the claimed fields against the kinds that were found.
func fields(claimed []string, a *assessment.Assessment) ([]assessment.ClaimField, []assessment.ClaimedKind) {
	found, column := map[kind.Kind]int64{}, map[kind.Kind]bool{}
	for _, x := range a.Exposures.Kinds {
		found[x.Kind] = x.People
	}
	for _, c := range a.Columns {
		column[c.Kind] = column[c.Kind] || c.Valid+c.Odd > 0
	}
	told, named := []assessment.ClaimField{}, map[kind.Kind]bool{}
	for _, f := range claimed {
		x := assessment.ClaimField{Field: shown(strings.TrimSpace(f), LongestWord), Kinds: append([]kind.Kind{}, Kinds(f)...), State: assessment.FieldNotFound}
		for _, k := range x.Kinds {
			named[k] = true
			switch {
			case found[k] > 0:
				x.State, x.People = assessment.FieldConfirmed, max(x.People, found[k])
			case column[k] && x.State == assessment.FieldNotFound:
				x.State = assessment.FieldOfNobody
			}
		}
		if len(x.Kinds) == 0 {
			x.State = assessment.FieldNotJudged
		}
		told = append(told, x)
	}
	more := []assessment.ClaimedKind{}
	for _, x := range a.Exposures.Kinds {
		if x.People > 0 && !named[x.Kind] {
			more = append(more, assessment.ClaimedKind{Kind: x.Kind, People: x.People})
		}
	}
	return told, more
}
