// Package timeline keeps what happened in a case and who its parties are, as the
// clocks of package deadline need it: lines of a chain (package chain) that are
// added and never changed. An event that was wrong is corrected by a later one.
package timeline

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"constat.example/desk/chain"
	"constat.example/desk/deadline"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// Line is one statement: of the facts, which stand for all that were stated
// before, or of one event.
type Line struct {
	Seq  int64     `json:"seq"`  // from 1
	Time time.Time `json:"time"` // at which it was recorded; UTC, to the second
	Who  string    `json:"who"`

	Facts *Facts               `json:"facts,omitempty"`
	Event *deadline.EventEntry `json:"event,omitempty"`

	Prev string `json:"prev"` // SHA-256 of the line before
}

// Facts are who the parties are, and what is switched on.
type Facts struct {
	With    []string              `json:"with,omitempty"`
	Parties []deadline.PartyEntry `json:"parties"`
}

// Place implements chain.Act.
func (l *Line) Place() (seq *int64, prev *string) { return &l.Seq, &l.Prev }

// Check implements chain.Act.
func (l *Line) Check() error {
	if (l.Facts == nil) == (l.Event == nil) {
		return errors.New("states neither facts nor an event, or both")
	}
	return nil
}

// Store is what happened in a case.
type Store struct{ dir, caseID string }

// In is what is kept in dir, the folder of the case of that id.
func In(dir, caseID string) Store { return Store{dir, caseID} }

// LinesFile is where the lines are, in the folder of a case.
const LinesFile = "timeline.jsonl"

// Lines reads what was stated, in order.
func (s Store) Lines() ([]Line, error) {
	c, err := s.chain()
	if err != nil {
		return nil, err
	}
	return c.Entries, nil
}

func (s Store) chain() (*chain.Chain[Line], error) {
	text, err := os.ReadFile(filepath.Join(s.dir, LinesFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the timeline: %w", err)
	}
	c := chain.Parse[Line]("constat.timeline/1 "+s.caseID, text)
	if len(c.Breaks) > 0 {
		return nil, failure.New(failure.BadInput, "Bring the folder of the case back from a backup.", "the timeline of case %s does not hold: %s", s.caseID, c.Breaks[0])
	}
	return &c, nil
}

// File is the case that lines state: the parties of the last facts, all events in
// order.
func File(caseID string, lines []Line) *deadline.File {
	f := &deadline.File{Case: caseID}
	for _, l := range lines {
		if l.Facts != nil {
			f.With, f.Parties = l.Facts.With, l.Facts.Parties
			continue
		}
		e := *l.Event
		e.Who = l.Who
		f.Events = append(f.Events, e)
	}
	return f
}

// Hand is who states, and by which clock.
type Hand struct {
	Who string
	Now func() time.Time
}

// Add adds statements, and returns once they are on the disk. All are refused
// where one cannot be: check is asked about the case as it would be. Facts that
// stand already are not stated again.
func (s Store) Add(by Hand, facts *Facts, events []deadline.EventEntry, check func(*deadline.Case, time.Time) error) (err error) {
	now := by.Now().UTC().Truncate(time.Second)
	line := Line{Time: now, Who: visible.Text(by.Who, 200)}
	if _, err := os.Stat(s.dir); errors.Is(err, fs.ErrNotExist) { // what is refused opens no case
		if _, err := s.would(nil, line, facts, events, check); err != nil {
			return err
		}
	}
	if err := disk.MakeFolder(s.dir); err != nil {
		return fmt.Errorf("keeping the timeline: %w", err)
	}
	f, err := os.Open(s.dir)
	if err != nil {
		return fmt.Errorf("keeping the timeline: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := disk.Lock(f); err != nil {
		return fmt.Errorf("keeping the timeline: %w", err)
	}
	c, err := s.chain()
	if err != nil {
		return err
	}
	more, err := s.would(c.Entries, line, facts, events, check)
	if err != nil || len(more) == 0 {
		return err
	}
	if err := chain.Append(c, filepath.Join(s.dir, LinesFile), more...); err != nil {
		return fmt.Errorf("keeping the timeline: %w", err)
	}
	return nil
}

// would is the lines that statements add to those there are, each like line.
func (s Store) would(lines []Line, line Line, facts *Facts, events []deadline.EventEntry, check func(*deadline.Case, time.Time) error) (more []Line, err error) {
	if facts != nil && !facts.stand(lines) {
		stated := line
		stated.Facts = facts
		more = append(more, stated)
	}
	parties := File(s.caseID, append(lines[:len(lines):len(lines)], more...)).Parties
	for _, e := range events {
		if e.Party == "" && len(parties) == 1 {
			e.Party = parties[0].ID
		}
		stated := line
		stated.Event = &e
		more = append(more, stated)
	}
	c, err := File(s.caseID, append(lines[:len(lines):len(lines)], more...)).Read()
	if err == nil {
		err = check(c, line.Time)
	}
	if err != nil {
		return nil, failure.New(failure.BadInput, "Nothing was kept. See \"constat help deadlines\" for what parties and events are.", "the timeline of case %s would not hold: %w", s.caseID, err)
	}
	return more, nil
}

// stand reports whether the facts are those that were stated last.
func (f *Facts) stand(lines []Line) bool {
	var last *Facts
	for _, l := range lines {
		if l.Facts != nil {
			last = l.Facts
		}
	}
	if last == nil {
		return false
	}
	a, errA := chain.Line(f)
	b, errB := chain.Line(last)
	return errA == nil && errB == nil && string(a) == string(b)
}
