package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Act is what was done to an original.
type Act string

// The acts. Discarding is logged before anything is destroyed, Discarded after;
// Altered is a verification that failed.
const (
	Received   Act = "received"
	Read       Act = "read"
	Verified   Act = "verified"
	Altered    Act = "altered"
	Discarding Act = "discarding"
	Discarded  Act = "discarded"
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
	Reason string    `json:"reason,omitempty"`
	Prev   string    `json:"prev"` // SHA-256 of the line before, its end included
}

// line is the entry as it is written: JSON on one line.
func (e Entry) line() ([]byte, error) {
	text, err := json.Marshal(e)
	return append(text, '\n'), err
}

var fullSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// read reads a line. It refuses what line would have written otherwise, so that
// one act has one spelling.
func (e *Entry) read(line []byte) error {
	if err := json.Unmarshal(line, e); err != nil {
		return errors.New("is no act")
	}
	if again, err := e.line(); err != nil || !bytes.Equal(again, line) {
		return errors.New("is not written as acts are")
	}
	if !fullSum.MatchString(e.SHA256) || e.Bytes < 0 {
		return errors.New("names no original")
	}
	return nil
}

// Chain is the chain of custody of a case: each line carries the SHA-256 of the
// one before, the first that of the case's id. A changed line, and one taken out
// or put in, breaks it. Lines cut off the end do not show in it; who has noted
// its Head sees that too.
type Chain struct {
	Entries []Entry
	Head    string  // SHA-256 of the last line
	Breaks  []Break // what does not hold; nil where all does

	size int64 // bytes of whole lines; what follows was torn by a crash
}

// Break is a place at which a chain does not hold.
type Break struct {
	Line int // from 1
	Why  string
}

func (b Break) String() string { return fmt.Sprintf("line %d %s", b.Line, b.Why) }

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// whole is how many bytes of a chain are whole lines. A line that a crash tore is
// none, since it was never accepted: its end is missing, or it holds what a disk
// shows of what was not written.
func whole(text []byte) int {
	end := bytes.LastIndexByte(text, '\n') + 1
	for end > 0 {
		start := bytes.LastIndexByte(text[:end-1], '\n') + 1
		if bytes.IndexByte(text[start:end], 0) < 0 {
			break
		}
		end = start
	}
	return end
}

// Parse reads the chain of a case, as far as crashes left it whole.
func Parse(caseID string, text []byte) *Chain {
	c := &Chain{Head: sum([]byte("constat.custody/1 " + caseID)), size: int64(whole(text))}
	n := 0
	for line := range bytes.Lines(text[:c.size]) {
		n++
		var e Entry
		switch err := e.read(line); {
		case err != nil:
			c.Breaks = append(c.Breaks, Break{n, err.Error()})
		case e.Prev != c.Head:
			c.Breaks = append(c.Breaks, Break{n, "does not follow what stands before it: one of them was changed, or something between them taken out"})
			c.Entries = append(c.Entries, e)
		case e.Seq != int64(n):
			c.Breaks = append(c.Breaks, Break{n, fmt.Sprintf("is numbered %d", e.Seq)})
			c.Entries = append(c.Entries, e)
		default:
			c.Entries = append(c.Entries, e)
		}
		c.Head = sum(line)
	}
	return c
}

// Original is one original of a case, as its chain tells.
type Original struct {
	SHA256   string
	Bytes    int64
	Name     string // as it was first received
	Received time.Time
	By       string
	State    State
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
				all[i] = Original{e.SHA256, e.Bytes, e.Name, e.Time, e.Who, StateHeld}
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
