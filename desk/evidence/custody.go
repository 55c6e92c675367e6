package evidence

import (
	"errors"
	"regexp"
	"slices"
	"time"

	"constat.example/desk/chain"
)

// Act is what was done to an original.
type Act string

// The acts. Discarding is logged before anything is destroyed, Discarded after;
// Altered is a verification that failed; Shown is that somebody looked at values
// of it in the clear, logged before they do. Traced is that a log was read for who read
// whose records: it is no original, and is not kept.
const (
	Received   Act = "received"
	Read       Act = "read"
	Verified   Act = "verified"
	Altered    Act = "altered"
	Discarding Act = "discarding"
	Discarded  Act = "discarded"
	Shown      Act = "shown"
	Traced     Act = "traced"
)

// Role is what an original is to its case.
type Role string

// The roles. A dump is what gets assessed; the post that a claim was made in, and
// the samples offered with it, are kept beside. What was received as a dump is
// one, whatever else it was received as.
const (
	Dump   Role = ""
	Post   Role = "post"
	Sample Role = "sample"
)

// Entry is one line of the chain of custody.
type Entry struct {
	Seq    int64     `json:"seq"`  // from 1
	Time   time.Time `json:"time"` // UTC, to the second
	Who    string    `json:"who"`
	Act    Act       `json:"act"`
	SHA256 string    `json:"sha256"` // of the original, in hexadecimal
	Bytes  int64     `json:"bytes"`  // of the original
	Name   string    `json:"name"`   // of the original, fit to be shown
	Role   Role      `json:"role,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Prev   string    `json:"prev"` // SHA-256 of the line before, its end included
}

var fullSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Place implements chain.Act.
func (e *Entry) Place() (seq *int64, prev *string) { return &e.Seq, &e.Prev }

// Check implements chain.Act.
func (e *Entry) Check() error {
	if !fullSum.MatchString(e.SHA256) || e.Bytes < 0 {
		return errors.New("names no original")
	}
	if e.Role != Dump && e.Role != Post && e.Role != Sample {
		return errors.New("gives the original a role that there is not")
	}
	return nil
}

// Chain is the chain of custody of a case.
type Chain struct{ chain.Chain[Entry] }

// Parse reads the chain of a case, as far as crashes left it whole.
func Parse(caseID string, text []byte) *Chain {
	return &Chain{chain.Parse[Entry]("constat.custody/1 "+caseID, text)}
}

// Original is one original of a case, as its chain tells.
type Original struct {
	SHA256   string
	Bytes    int64
	Name     string // as it was first received
	Received time.Time
	By       string
	State    State
	Role     Role
}

// State is where an original stands.
type State string

// The states. One whose discarding began may be unreadable already.
const (
	StateHeld       State = "held"
	StateDiscarding State = "discarding"
	StateDiscarded  State = "discarded"
)

// Originals are all that were ever received, in the order of their receipt. One
// that was discarded and received again stands where it stood.
func (c *Chain) Originals() []Original {
	var all []Original
	for _, e := range c.Entries {
		i := slices.IndexFunc(all, func(o Original) bool { return o.SHA256 == e.SHA256 })
		switch e.Act {
		case Received:
			if i < 0 {
				all = append(all, Original{})
				i = len(all) - 1
			}
			if all[i].State != StateHeld {
				all[i] = Original{e.SHA256, e.Bytes, e.Name, e.Time, e.Who, StateHeld, e.Role}
			}
			if e.Role == Dump {
				all[i].Role = Dump
			}
		case Discarding, Discarded:
			if i >= 0 {
				all[i].State = State(e.Act)
			}
		}
	}
	return all
}

// Held are the originals that the case holds.
func (c *Chain) Held() []Original {
	return slices.DeleteFunc(c.Originals(), func(o Original) bool { return o.State != StateHeld })
}

// Dump are the originals that the case holds to be assessed.
func (c *Chain) Dump() []Original {
	return slices.DeleteFunc(c.Held(), func(o Original) bool { return o.Role != Dump })
}
