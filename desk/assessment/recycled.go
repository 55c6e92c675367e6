package assessment

import "constat.example/blind/kind"

// Recycled is what of the dump stood in earlier leaks. Known + Partly + New + Apart =
// Rows, and of each kind Out + Fresh + Stranger = Values.
type Recycled struct {
	Rows   int64 `json:"rows"`
	Known  int64 `json:"known"`  // rows that add nothing: all that they hold was out about the same person
	Partly int64 `json:"partly"` // rows of somebody who was out, with a value that was not
	New    int64 `json:"new"`    // rows of nobody who was out
	Apart  int64 `json:"apart"`  // rows that hold nothing by which the leaks could know the person

	Share   Interval   `json:"share"`   // of the rows, those that add nothing
	Copy    string     `json:"copy"`    // of the register: one of the copies; "" where the dump is none, or the leaks hold nothing of it
	Kept    int64      `json:"kept"`    // rows with the value that the leaks have, where the register has another by now
	Renewed int64      `json:"renewed"` // rows with the register's present value, where the leaks have another
	Leaks   []Leak     `json:"leaks"`   // those that make the dump up first, in order of what they add
	Kinds   []LeakKind `json:"kinds"`
	Aside   []Aside    `json:"aside"` // leaks that were not compared
	Refused string     `json:"refused,omitempty"`
}

// Leak is an earlier leak, and what it has of the dump. Values are those of kinds that
// cannot be worked out from others.
type Leak struct {
	Name   string `json:"name"`
	Case   bool   `json:"case"`   // it is a case of the home
	Ours   *bool  `json:"ours"`   // copied from the register; null where nothing tells
	Seen   string `json:"seen"`   // day, or "" where it is not known
	Rows   int64  `json:"rows"`   // of the leak
	Shared int64  `json:"shared"` // rows of the dump about somebody who is in it
	Whole  int64  `json:"whole"`  // of Shared: all that they hold is in it
	Values int64  `json:"values"` // of the dump that are in it
	Only   int64  `json:"only"`   // of Values: those that no other leak has
	Adds   int64  `json:"adds"`   // of Values: those that none of the leaks before it in the list has
}

// LeakKind is the values of one kind in the rows that could be compared.
type LeakKind struct {
	Kind     kind.Kind `json:"kind"`
	Counted  bool      `json:"counted"` // it decides whether a row adds anything; else it can be worked out from others
	Values   int64     `json:"values"`
	Out      int64     `json:"out"`      // that were out about the same person
	Fresh    int64     `json:"fresh"`    // that were not, of somebody who was out
	Stranger int64     `json:"stranger"` // of nobody who was out
}

// Aside is an earlier leak that was not compared, and why.
type Aside struct {
	Name string `json:"name"`
	Case bool   `json:"case"`
	Why  string `json:"why"` // one of the Aside reasons
}

// The copies of the register, against the earlier leaks.
const (
	CopyOld  = "old"      // made when they were, or of them
	CopyNew  = "new"      // made of the register since
	CopyOpen = "not told" // too little has changed since to tell
)

// Why an earlier leak is not compared.
const (
	AsideLater    = "it was seen after this dump"
	AsideOtherKey = "it is sealed under another key"
	AsideDamaged  = "what is kept of it is damaged"
)

// Why nothing is said of earlier leaks.
const (
	NoLeaks       = "no earlier leak is kept"
	LeaksUnlike   = "the earlier leaks hold nothing by which people of this dump could be found"
	LeaksNotTaken = "none of the earlier leaks kept could be compared"
)

// NotRecycled is a finding about earlier leaks that is refused.
func NotRecycled(why string) Recycled {
	return Recycled{Leaks: []Leak{}, Kinds: []LeakKind{}, Aside: []Aside{}, Refused: why}
}
