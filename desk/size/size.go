// Package size keeps what each assessment of a case said of the size of the leak, as
// lines of a chain (package chain). A size that moves is told with what moved it;
// one that stands is not written twice.
package size

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/chain"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// Entry is one line: what an assessment said of the size, and what it rested on.
type Entry struct {
	Seq  int64     `json:"seq"`  // from 1
	Time time.Time `json:"time"` // UTC, to the second
	Who  string    `json:"who"`
	On   Grounds   `json:"on"`

	Claimed  *int64                 `json:"claimed"`
	Rows     int64                  `json:"rows"`
	Persons  int64                  `json:"persons"`
	Estimate *int64                 `json:"estimate"`
	Low      *int64                 `json:"low"`
	High     *int64                 `json:"high"`
	Basis    string                 `json:"basis"`
	Refused  string                 `json:"refused"`
	Counts   []assessment.SizeCount `json:"counts"`

	Prev string `json:"prev"` // SHA-256 of the line before
}

// Grounds is what a size rests on. What moved from one to the next says why it moved.
type Grounds struct {
	Files     string `json:"files"`     // SHA-256 of those of the originals
	Register  string `json:"register"`  // SHA-256 of what its snapshots were read from
	Decisions int64  `json:"decisions"` // about links, how many were known
	Program   string `json:"program"`   // that assessed
}

// Place implements chain.Act.
func (e *Entry) Place() (seq *int64, prev *string) { return &e.Seq, &e.Prev }

var fullSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Check implements chain.Act.
func (e *Entry) Check() error {
	switch {
	case !fullSum.MatchString(e.On.Files) || !fullSum.MatchString(e.On.Register):
		return errors.New("does not say what was assessed")
	case (e.Refused == "") != (e.Estimate != nil && e.Low != nil && e.High != nil):
		return errors.New("neither gives a size nor refuses it")
	}
	return nil
}

// EntryOf is what an assessment says of the size.
func EntryOf(a *assessment.Assessment, on Grounds) Entry {
	s := a.Size
	return Entry{
		On: on, Claimed: s.Claimed, Rows: s.Rows, Persons: s.Persons,
		Estimate: s.Estimate, Low: s.Low, High: s.High, Basis: s.Basis, Refused: s.Refused, Counts: s.Counts,
	}
}

// same tells whether two lines say the same on the same grounds. Another build of
// the program that comes to the same moves nothing.
func same(a, b Entry) bool {
	for _, e := range []*Entry{&a, &b} {
		e.Seq, e.Time, e.Who, e.On.Program, e.Prev = 0, time.Time{}, "", "", ""
	}
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// why tells what moved from one line to the next.
func why(from, to Entry) []string {
	moved := []string{}
	add := func(is bool, why string) {
		if is {
			moved = append(moved, why)
		}
	}
	add(from.On.Files != to.On.Files, assessment.SizeMovedFiles)
	add(from.On.Register != to.On.Register, assessment.SizeMovedRegister)
	add((from.Claimed == nil) != (to.Claimed == nil) || from.Claimed != nil && *from.Claimed != *to.Claimed, assessment.SizeMovedClaim)
	add(from.On.Decisions != to.On.Decisions, assessment.SizeMovedDecisions)
	add(len(moved) == 0 && from.On.Program != to.On.Program, assessment.SizeMovedProgram)
	return moved
}

// Log is the lines of a case.
type Log struct{ dir, caseID string }

// In is the log kept in the folder dir of the case of that id. Nothing need be there yet.
func In(dir, caseID string) Log { return Log{dir, caseID} }

// File is the name of the log in the folder of its case.
const File = "size.jsonl"

// Chain reads all lines.
func (l Log) Chain() (*chain.Chain[Entry], error) {
	text, err := os.ReadFile(filepath.Join(l.dir, File))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the sizes of the case: %w", err)
	}
	c := chain.Parse[Entry]("constat.size/1 "+l.caseID, text)
	if len(c.Breaks) > 0 {
		return nil, failure.New(failure.BadInput, "Bring the folder of the case back from a backup; until then no size is added.",
			"the sizes of case %s do not hold: %s", l.caseID, c.Breaks[0])
	}
	return &c, nil
}

// Before lists what was said before now and is no longer, the oldest first, each with
// why it moved to what came after. It is the same before now is added and after.
func (l Log) Before(now Entry) ([]assessment.SizeVersion, error) {
	c, err := l.Chain()
	if err != nil {
		return nil, err
	}
	lines := c.Entries
	if n := len(lines); n > 0 && same(lines[n-1], now) {
		now, lines = lines[n-1], lines[:n-1]
	}
	versions := []assessment.SizeVersion{}
	for i, e := range lines {
		next := now
		if i+1 < len(lines) {
			next = lines[i+1]
		}
		versions = append(versions, assessment.SizeVersion{
			Version: e.Seq, When: e.Time.Format(time.RFC3339), Claimed: e.Claimed, Rows: e.Rows, Persons: e.Persons,
			Estimate: e.Estimate, Low: e.Low, High: e.High, Basis: e.Basis, Refused: e.Refused, Why: why(e, next),
		})
	}
	return versions, nil
}

// Add keeps a line, unless the last says the same. It returns once it is on the disk.
func (l Log) Add(e Entry, who string, now func() time.Time) (err error) {
	f, err := os.Open(l.dir)
	if err != nil {
		return fmt.Errorf("opening the case: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := disk.Lock(f); err != nil {
		return fmt.Errorf("locking the case: %w", err)
	}
	c, err := l.Chain()
	if err != nil {
		return err
	}
	if n := len(c.Entries); n > 0 && same(c.Entries[n-1], e) {
		return nil
	}
	e.Time, e.Who = now().UTC().Truncate(time.Second), visible.Text(who, 200)
	if err := e.Check(); err != nil {
		return fmt.Errorf("a size that %w", err)
	}
	if err := chain.Append(c, filepath.Join(l.dir, File), e); err != nil {
		return fmt.Errorf("writing the size: %w", err)
	}
	return nil
}
