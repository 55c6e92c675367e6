package field

// Reason says, in a fixed vocabulary, why a value is odd or invalid. Its zero
// value is NoReason.
type Reason uint8

// The reasons.
const (
	NoReason Reason = iota
	Shape           // not the shape of the kind
)

var reasons = [...]string{
	NoReason: "",
	Shape:    "shape is not that of the kind",
}

// String is the reason in English, without any part of the value.
func (r Reason) String() string {
	if int(r) >= len(reasons) {
		return "unknown reason"
	}
	return reasons[r]
}
