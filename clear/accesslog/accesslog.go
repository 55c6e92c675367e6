// Package accesslog reads logs of who read whose records into numbers. Lines may
// quote people's names, addresses and searches: nothing of them leaves but record
// ids, to be sealed by whoever reads, and the step from one search to the next.
//
// Every line of a log is accounted for: used, of no interest, or rejected with the
// reason and the place.
package accesslog

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Options say how logs are read.
type Options struct {
	Map     *Map           // what the fields of the log are; nil: found by their names
	Format  string         // one of Formats; "": found from the first lines
	Zone    *time.Location // of times that tell none; nil: that of the map, else UTC
	Year    int            // of the first line of logs whose times tell no year; 0: they are refused
	Skew    time.Duration  // added to all times: how much the source's clock was behind
	Threads int            // default 2; changes nothing in the result

	// Seal makes, for each of the goroutines that read, what turns a record id into a
	// token. It is given text that is void when it returns. nil: Batch.IDs holds the ids.
	Seal func() func(id []byte) token.Token

	enclosed bool // lines are messages in something that tells their time
}

// Batch is a run of entries.
type Batch struct {
	Accesses []access.Access
	IDs      [][]byte // without Options.Seal: the record id of each as written; nil where none is told; good until the call returns
	Next     Position // where to go on behind these entries
	Again    bool     // they are of the file that the position was of where reading went on
}

// Account says what became of the lines of one log.
type Account struct {
	Name   string // of the file
	Format string
	Zone   string // ZoneTold, or the one that was taken for its times
	Bytes  int64  // of the file, before it was unpacked
	Text   int64  // of text

	Lines    int64 // = Used + Idle + Rejected
	Used     int64 // lines of entries
	Idle     int64 // read, and of no interest: nothing about who read what
	Rejected int64
	Entries  int64 // accesses made of them
	Local    int64 // lines of entries whose time told no zone

	Rejects []Reject

	First, Last time.Time // of the entries
	Gap         bool      // what was read of it before could not be found again: lines may be missing
	Unread      int64     // bytes of a file that was moved away, and cannot be unpacked or is shorter than what was read of it
	Backwards   int64     // entries earlier than one before them
	Furthest    time.Duration
}

// ZoneTold says that all times of a log told their zone.
const ZoneTold = "in the log"

// Reject is lines that could not be read, for one reason.
type Reject struct {
	Reason string
	Count  int64
	Lines  []int64 // the first few, from 1
}

// Reader reads logs, one after the other.
type Reader struct {
	Names access.Names // of accounts, addresses and all else that has a name

	// Quiet, where it is set, is called when everything that stands in a log that is followed
	// so far was given to each.
	Quiet func() error

	options  Options
	mu       sync.Mutex // of all below and Names; held while each is called
	accounts []*Account
	known    atomic.Pointer[index] // of Names
	walks    map[walk]int64
	latest   []asked // by account: what walks would tell of what it asked by last
}

// walk is who asked by what: an account, or, where a log tells none, an address.
type walk struct {
	account, address access.Name
	by               kind.Kind
}

// asked is what was asked for last.
type asked struct {
	number int64
	by     kind.Kind
}

// New returns a reader.
func New(o Options) *Reader {
	if o.Threads < 1 {
		o.Threads = 2
	}
	if o.Zone == nil && o.Map != nil {
		o.Zone = o.Map.Zone
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	r := &Reader{options: o, walks: map[walk]int64{}}
	r.known.Store(newIndex())
	return r
}

// Forget forgets names, so that what reads for months does not grow. Steps from what was
// asked for before are not seen. Only each may call it.
func (r *Reader) Forget() {
	r.Names.Reset()
	r.known.Store(newIndex())
	clear(r.walks)
	r.latest = nil
}

// Accounts says what became of the lines of each log read so far.
func (r *Reader) Accounts() []Account {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Account, len(r.accounts))
	for i, a := range r.accounts {
		all[i] = *a
		all[i].Rejects = slices.Clone(a.Rejects)
	}
	return all
}

// adds checks that every line was accounted for.
func (a *Account) adds() error {
	if a.Used+a.Idle+a.Rejected != a.Lines {
		return fmt.Errorf("the lines of %s do not add up: %d used, %d of no interest and %d rejected of %d", a.Name, a.Used, a.Idle, a.Rejected, a.Lines)
	}
	return nil
}

// placesKept is how many places of rejected lines are told.
const placesKept = 5

// reject counts n lines from line on.
func (a *Account) reject(reason string, line, n int64) {
	a.Rejected += n
	for i := range a.Rejects {
		if r := &a.Rejects[i]; r.Reason == reason {
			if r.Count += n; len(r.Lines) < placesKept {
				r.Lines = append(r.Lines, line)
			}
			return
		}
	}
	a.Rejects = append(a.Rejects, Reject{Reason: reason, Count: n, Lines: []int64{line}})
}

// Scan reads files, in the order given, and calls each with their entries in the order
// of the lines. each must be done with a batch when it returns.
func (r *Reader) Scan(ctx context.Context, paths []string, each func(*Batch) error) error {
	for _, path := range paths {
		if err := r.scanFile(ctx, path, each); err != nil {
			return err
		}
	}
	return nil
}
