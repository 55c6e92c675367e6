// Package finding keeps what was established in a case, each time it changed:
// lines of a chain (package chain), one an assessment whose findings are not those
// of the line before. It holds counts and names of kinds, no value.
package finding

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"constat.example/desk/assessment"
	"constat.example/desk/chain"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// Line is what one assessment established.
type Line struct {
	Seq  int64     `json:"seq"`  // from 1
	Time time.Time `json:"time"` // UTC, to the second
	Who  string    `json:"who"`

	Facts

	Prev string `json:"prev"` // SHA-256 of the line before
}

// Facts are the findings whose change is worth telling. Those that were refused
// are null.
type Facts struct {
	Dump      string            `json:"dump"`      // SHA-256 over those of the originals, in order
	Originals int               `json:"originals"` // how many
	Claim     int               `json:"claim"`     // number of the claim it was held against; 0: none of the case
	Claimed   *int64            `json:"claimed"`
	Snapshots int               `json:"snapshots"` // of the register
	Rows      int64             `json:"rows"`
	Linked    int64             `json:"linked"` // rows
	People    int64             `json:"people"`
	Kinds     []string          `json:"kinds"` // of data that people are exposed by
	Class     string            `json:"class"`
	Share     *float64          `json:"share"`  // genuine
	Copied    assessment.Bounds `json:"copied"` // not before, not after
	Size      *int64            `json:"size"`   // estimate of the people in the leak
}

// Of are the facts of an assessment.
func Of(a *assessment.Assessment) Facts {
	f := Facts{
		Originals: len(a.Inputs), Claimed: a.Size.Claimed, Snapshots: a.Register.Snapshots, Rows: a.Rows.Read, Linked: a.Linked.Rows,
		People: a.Exposures.Persons, Kinds: []string{}, Class: a.Verdict.Class, Share: a.Verdict.GenuineShare.Estimate,
		Copied: assessment.Bounds{Low: a.Window.NotBefore, High: a.Window.NotAfter}, Size: a.Size.Estimate,
	}
	sums := []byte("constat.dump/1")
	for _, in := range a.Inputs {
		sums = fmt.Appendf(sums, "\n%s", in.SHA256)
	}
	f.Dump = chain.Sum(sums)
	for _, x := range a.Exposures.Kinds {
		if x.People > 0 {
			f.Kinds = append(f.Kinds, x.Kind.String())
		}
	}
	for _, c := range a.Claims {
		if c.Against {
			f.Claim = c.Number
		}
	}
	return f
}

// Place implements chain.Act.
func (l *Line) Place() (seq *int64, prev *string) { return &l.Seq, &l.Prev }

// Check implements chain.Act.
func (l *Line) Check() error {
	if len(l.Dump) != 64 || l.Rows < 0 || l.Linked < 0 || l.People < 0 || l.Class == "" || l.Kinds == nil {
		return errors.New("says nothing that was established")
	}
	return nil
}

// Store is what was established in a case.
type Store struct{ dir, caseID string }

// In is what is kept in dir, the folder of the case of that id.
func In(dir, caseID string) Store { return Store{dir, caseID} }

// File is its name within the folder of a case.
const File = "established.jsonl"

// Lines reads what was established, the latest last.
func (s Store) Lines() ([]Line, error) {
	c, err := s.chain()
	if err != nil {
		return nil, err
	}
	return c.Entries, nil
}

func (s Store) chain() (*chain.Chain[Line], error) {
	text, err := os.ReadFile(filepath.Join(s.dir, File))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading what was established: %w", err)
	}
	c := chain.Parse[Line]("constat.established/1 "+s.caseID, text)
	if len(c.Breaks) > 0 {
		return nil, failure.New(failure.BadInput, "Bring the folder of the case back from a backup.",
			"the record of what was established in case %s does not hold: %s", s.caseID, c.Breaks[0])
	}
	return &c, nil
}

// Hand is who assesses, and by which clock.
type Hand struct {
	Who string
	Now func() time.Time
}

// Note adds the facts of an assessment, unless they are those of the last line. It
// returns once they are on the disk.
func (s Store) Note(by Hand, facts Facts) (err error) {
	f, err := os.Open(s.dir)
	if err != nil {
		return fmt.Errorf("noting what was established: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := disk.Lock(f); err != nil {
		return fmt.Errorf("noting what was established: %w", err)
	}
	c, err := s.chain()
	if err != nil {
		return err
	}
	if n := len(c.Entries); n > 0 && reflect.DeepEqual(c.Entries[n-1].Facts, facts) {
		return nil
	}
	line := Line{Time: by.Now().UTC().Truncate(time.Second), Who: visible.Text(by.Who, 200), Facts: facts}
	if err := chain.Append(c, filepath.Join(s.dir, File), line); err != nil {
		return fmt.Errorf("noting what was established: %w", err)
	}
	return nil
}
