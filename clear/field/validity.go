package field

// Validity says what a cell is worth as a value of its kind.
type Validity uint8

// The validities.
const (
	Empty   Validity = iota // nothing, or a mark for a missing value
	Valid                   // of the right shape, and its check passes if it has one
	Odd                     // usable, with something unusual: flagged, never rejected
	Invalid                 // not a value of the kind; still compared as typed where that makes sense
)

func (v Validity) String() string {
	if v > Invalid {
		return "unknown"
	}
	return [...]string{"empty", "valid", "odd", "invalid"}[v]
}
