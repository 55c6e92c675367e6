package assessment

// Window is when the copy was made, RFC 3339; null when not known. Changes of
// people's values date it: the dump shows the value before a change, or the one after.
type Window struct {
	NotBefore  *string   `json:"not_before"` // these two hold however changes are spread between two snapshots
	NotAfter   *string   `json:"not_after"`
	MostLikely *string   `json:"most_likely"`
	Interval   Bounds    `json:"interval"` // with 95 chances in 100, changes taken as spread evenly between two snapshots
	Even       bool      `json:"even"`     // the kinds of data agree that they are; else the interval holds what each of them says by itself, and a quarter more on both sides
	Basis      string    `json:"basis"`    // what bounds the copy: BasisSnapshots or BasisHistory, "" where refused
	Shape      string    `json:"shape"`    // one of the Shapes, "" where refused
	Instants   []Instant `json:"instants"` // where the copy was not made at once
	Curve      []Point   `json:"curve"`
	Changes    []Change  `json:"changes"` // what it is worked out from, by time; those far from the window put together
	Against    int64     `json:"against"` // of the changes, those that contradict the window: wrong links, rows that were stale
	Rows       int64     `json:"rows"`    // that show some change
	Torn       int64     `json:"torn"`    // of Rows: no one instant fits all that they show
	Aside      []string  `json:"aside"`   // what was left out as it contradicts the changes: AsideCreated, AsideGone
	Refused    string    `json:"refused,omitempty"`
}

// The shapes of a copy: made at once, at two instants, or bit by bit.
const (
	ShapeOnce  = "once"
	ShapeTwice = "twice"
	ShapeOver  = "over"
)

// What may bound a copy: changes known to lie between two snapshots, or those whose
// instants the register's own history tells.
const (
	BasisSnapshots = "snapshots"
	BasisHistory   = "history"
)

// What may be left out.
const (
	AsideCreated = "people created later"
	AsideGone    = "people gone before"
)

// Bounds are two times; null where there is none.
type Bounds struct {
	Low  *string `json:"low"`
	High *string `json:"high"`
}

// Instant is when a part was copied, at At, surely between From and To. Of a copy
// made bit by bit there is one, without At: it took from From to To.
type Instant struct {
	At    *string `json:"at"`
	From  *string `json:"from"`
	To    *string `json:"to"`
	Share float64 `json:"share"` // of what was copied
}

// Point is a point of the likelihood curve, 1 at its highest.
type Point struct {
	At         string  `json:"at"`
	Likelihood float64 `json:"likelihood"`
}

// Change counts changes that happened after From and not after To, by what the
// dump shows of them.
type Change struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Before int64  `json:"before"`
	After  int64  `json:"after"`
}

// NoWindow is a window that is refused.
func NoWindow(why string) Window {
	return Window{Refused: why, Instants: []Instant{}, Curve: []Point{}, Changes: []Change{}, Aside: []string{}}
}
