package verdict

import "math"

// Out is what of a dump stood in earlier leaks, in counts of rows.
type Out struct {
	Known int64 // rows of which all was out about the same person

	// Of rows of people whose value changed in the register after it stood in the leaks:
	// Kept have the value that the leaks have, Renewed the register's present one.
	Kept, Renewed int64

	Since  bool // the window of the theft begins after the last of the leaks was seen
	Ours   bool // the leak that most of it was in is copied from the register
	Before bool // the very files of the dump were in an earlier leak
}

// Copy is how old a copy of the register is against the earlier leaks that hold the
// same people; "" where the dump is no copy, or the leaks hold nothing of it.
type Copy string

// The copies.
const (
	OldCopy  Copy = "old"      // made when the leaks were, or from them
	NewCopy  Copy = "new"      // made of the register since
	CopyOpen Copy = "not told" // too little has changed since to tell
)

// The pieces of evidence of a dump that was out before.
const (
	AlreadyOut   = "already_out"   // how many rows add nothing to earlier leaks
	ChangedSince = "changed_since" // whether what changed since shows the older value
	CopiedSince  = "copied_since"  // the copy was made after the leaks were seen
	SameFiles    = "same_files"    // the files are those of an earlier leak
)

// mostOut is the share of rows, at the least, that add nothing in a dump that is recycled.
const mostOut = 0.9

// recycled says whether a dump is recycled: whether nearly all of it was out already,
// and not because somebody copied the register again, which makes a file much like the
// one before. docs/design/recycled.md tells how this is weighed.
func (o *Origin) recycled(e Evidence) {
	out := e.Out
	if out == nil || out.Known == 0 && out.Kept+out.Renewed == 0 || e.Rows == 0 {
		return
	}
	copied := o.Class == Genuine || o.Class == Mixed || o.Class == Undetermined
	low, _ := wilson(float64(out.Known)/float64(e.Rows), float64(e.Rows))
	pieces := []Reason{{Code: AlreadyOut, Facts: []Fact{{"rows", float64(e.Rows)}, {"out", float64(out.Known)}}}}
	if !copied {
		// A file of another source that is not made of the leaks has values of its own. One
		// copied from the register again has hardly any, however new it is: that is for what
		// changed to tell.
		pieces[0].Weight = betaBinomial(e.Rows-out.Known, e.Rows, 1, 20) - betaBinomial(out.Known, e.Rows, 1, 3)
	}
	if changed, told := out.changed(); copied && told {
		pieces = append(pieces, changed)
	}
	if copied {
		o.Copy = CopyOpen
	}
	if out.Before {
		pieces = append(pieces, Reason{Code: SameFiles, Weight: capped})
	}
	bits := 0.0
	for i := range pieces {
		p := &pieces[i]
		p.Weight = max(-capped, min(capped, p.Weight))
		bits += p.Weight
		switch {
		case p.Code == AlreadyOut || !copied:
		case p.Weight >= enough:
			o.Copy = OldCopy
		case p.Weight <= -enough:
			o.Copy = NewCopy
		}
	}
	asked := e.Rows >= fewestRows && low >= mostOut
	if !asked {
		pieces[0].Weight = 0
		o.Reasons = append(o.Reasons, pieces[0])
		return
	}
	if bits < enough {
		for i := range pieces {
			pieces[i].Weight = positive(-pieces[i].Weight)
		}
		o.Reasons = append(o.Reasons, pieces...)
		return
	}
	if o.Class == Undetermined || copied && !out.Ours && !out.Before {
		// Whose it is is open, and how much is copied: leaks of others, put together, may
		// look like one old copy.
		o.Share, o.Low = 0, 0
		found := float64(e.Linked + e.Ambiguous)
		_, o.High = wilson(found/float64(e.Rows), float64(e.Rows))
		o.NoShare = true
	}
	// Whose it is was asked before, and says nothing of whether it is old.
	for i := range o.Reasons {
		o.Reasons[i].Weight = 0
	}
	o.Class, o.Refused = Recycled, ""
	if copied {
		o.Copy = OldCopy
	}
	o.Reasons = append(o.Reasons, pieces...)
}

// changed weighs what changed in the register after it stood in the leaks. A file made
// of the leaks shows the value of then, but for wrong links; one copied again shows
// any share of the values of now. Where nothing changed, the window may tell.
func (out *Out) changed() (Reason, bool) {
	n := out.Kept + out.Renewed
	switch {
	case n > 0:
		return Reason{
			Code: ChangedSince, Weight: betaBinomial(out.Renewed, n, 1, 200) - betaBinomial(out.Renewed, n, 1, 1),
			Facts: []Fact{{"changed", float64(n)}, {"renewed", float64(out.Renewed)}},
		}, true
	case out.Since:
		return Reason{Code: CopiedSince, Weight: -10}, true
	}
	return Reason{}, false
}

// NothingAdded is the interval of the share of rows that add nothing.
func (out *Out) NothingAdded(rows int64) (share, low, high float64) {
	if rows == 0 {
		return math.NaN(), 0, 1
	}
	share = float64(out.Known) / float64(rows)
	low, high = wilson(share, float64(rows))
	return share, low, high
}
