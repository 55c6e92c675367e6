// Package meeting keeps which other organisations were asked about a dump, or
// answered about the register: lines of a chain (package chain), since each answer
// tells something of people, and somebody may want to add them up.
package meeting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"constat.example/desk/chain"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// Acts. What begins is on the disk before anything leaves; each of them ends as
// done or as failed, unless the process was killed.
const (
	Asking    = "asking"
	Answering = "answering"
	Done      = "done"
	Failed    = "failed"
)

// Entry is one line.
type Entry struct {
	Seq    int64            `json:"seq"`  // from 1
	Time   time.Time        `json:"time"` // UTC, to the second
	Who    string           `json:"who"`
	Act    string           `json:"act"`
	Of     int64            `json:"of,omitempty"`   // the line that this one ends
	Peer   string           `json:"peer"`           // pin of the other organisation
	Case   string           `json:"case,omitempty"` // of the one who asks
	Rows   int64            `json:"rows,omitempty"` // of the dump, that were sent or came
	Points int64            `json:"points,omitempty"`
	Step   int64            `json:"step,omitempty"`
	Told   int64            `json:"told"`            // rows that the asker was told are the answerer's
	Found  int64            `json:"found,omitempty"` // exactly, on the answerer's side
	People int64            `json:"people,omitempty"`
	By     map[string]int64 `json:"by,omitempty"` // as told
	Why    string           `json:"why,omitempty"`
	Prev   string           `json:"prev"` // SHA-256 of the line before
}

// Place implements chain.Act.
func (e *Entry) Place() (seq *int64, prev *string) { return &e.Seq, &e.Prev }

var fullPin = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{8}){7}$`)

// Check implements chain.Act.
func (e *Entry) Check() error {
	begins := e.Act == Asking || e.Act == Answering
	switch {
	case !begins && e.Act != Done && e.Act != Failed:
		return errors.New("is no act that is known")
	case begins != (e.Of == 0), e.Of < 0 || e.Of >= e.Seq && e.Seq > 0:
		return errors.New("does not name what it ends")
	case !fullPin.MatchString(e.Peer):
		return errors.New("names no pin")
	}
	return nil
}

// Log is the meetings of a home.
type Log struct{ dir string }

// In is the meetings kept in dir. Nothing need be there yet.
func In(dir string) Log { return Log{dir} }

const meetingsFile = "meetings.jsonl"

const about = "constat.meeting/1"

// Chain reads all meetings there ever were.
func (l Log) Chain() (*chain.Chain[Entry], error) {
	text, err := os.ReadFile(filepath.Join(l.dir, meetingsFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the log of meetings: %w", err)
	}
	c := chain.Parse[Entry](about, text)
	if len(c.Breaks) > 0 {
		return nil, failure.New(failure.BadInput, "Bring it back from a backup; until then nobody is asked or answered.", "the log of meetings does not hold: %s", c.Breaks[0])
	}
	return &c, nil
}

// Add adds a line, and returns it once it is on the disk.
func (l Log) Add(at time.Time, e Entry) (_ Entry, err error) {
	if err := disk.MakeFolder(l.dir); err != nil {
		return e, err
	}
	folder, err := os.Open(l.dir)
	if err != nil {
		return e, err
	}
	defer func() { _ = folder.Close() }() // it was only locked
	if err := disk.Lock(folder); err != nil {
		return e, err
	}
	c, err := l.Chain()
	if err != nil {
		return e, err
	}
	e.Time = at.UTC().Truncate(time.Second)
	if err := e.Check(); err != nil {
		return e, fmt.Errorf("a line of the log of meetings %w", err)
	}
	if err := chain.Append(c, filepath.Join(l.dir, meetingsFile), e); err != nil {
		return e, fmt.Errorf("writing the log of meetings: %w", err)
	}
	return c.Entries[len(c.Entries)-1], nil
}
