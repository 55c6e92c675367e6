package triage

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"constat.example/blind/watch"
	"constat.example/desk/assessment"
	"constat.example/desk/claim"
	"constat.example/desk/evidence"
	"constat.example/internal/failure"
)

// Listed is what a list of cases tells of one.
type Listed struct {
	ID      string
	Opened  time.Time // zero where nothing tells
	Claims  []*claim.Claim
	People  *int64        // exposed, by the latest assessment; nil where there is none
	Alarms  []watch.Alarm // of the watch, in the order in which they were given
	Custody *evidence.Chain
}

// Case is what a case holds.
type Case struct {
	Listed
	Assessment *assessment.Assessment // the latest; nil where there is none
	Page, JSON string                 // paths of it, or ""
}

// ListCases reads of all cases of the home what is listed.
func (b Bench) ListCases() ([]Listed, error) {
	ids, err := b.Cases()
	if err != nil {
		return nil, err
	}
	var all []Listed
	for _, id := range ids {
		c, err := b.listed(id)
		if err != nil {
			return nil, err
		}
		all = append(all, *c)
	}
	return all, nil
}

// Case reads a case. It opens no key.
func (b Bench) Case(id string) (*Case, error) {
	if err := b.knownCase(id); err != nil {
		return nil, err
	}
	in, err := b.listed(id)
	if err != nil {
		return nil, err
	}
	c := &Case{Listed: *in}
	if c.Assessment, err = b.assessment(id); err != nil {
		return nil, err
	}
	if c.Assessment != nil {
		c.JSON, c.Page = filepath.Join(b.CaseDir(id), assessmentFile), filepath.Join(b.CaseDir(id), pageFile)
	}
	return c, nil
}

func (b Bench) listed(id string) (*Listed, error) {
	c := &Listed{ID: id}
	var err error
	if c.Custody, err = b.evidence(id).Chain(); err != nil {
		return nil, err
	}
	if c.Claims, err = b.Claims(id); err != nil {
		return nil, err
	}
	if c.Alarms, err = b.alarms(id); err != nil {
		return nil, err
	}
	c.People, err = readAssessment(b, id, func(r io.Reader) (*int64, error) {
		n, err := assessment.Persons(r)
		return &n, err
	})
	c.Opened = c.opened(b.CaseDir(id))
	return c, err
}

// assessment reads the latest assessment of a case; nil where there is none.
func (b Bench) assessment(id string) (*assessment.Assessment, error) {
	return readAssessment(b, id, assessment.Read)
}

// readAssessment reads something of the latest assessment of a case; nil where there is none.
func readAssessment[T any](b Bench, id string, read func(io.Reader) (*T, error)) (*T, error) {
	f, err := os.Open(filepath.Join(b.CaseDir(id), assessmentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	a, err := read(f)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Bring it back from a backup, or assess the dump again.", "the assessment of case %s is damaged", id)
	}
	return a, nil
}

// opened is when the first thing was kept: by the chain of custody where it has
// a line, else by the dates of files.
func (c *Listed) opened(dir string) time.Time {
	var first time.Time
	earlier := func(at time.Time) {
		if first.IsZero() || at.Before(first) {
			first = at.UTC()
		}
	}
	if len(c.Custody.Entries) > 0 {
		earlier(c.Custody.Entries[0].Time)
	}
	for _, path := range []string{claimPath(dir, 1), filepath.Join(dir, assessmentFile), filepath.Join(dir, alarmFile)} {
		if st, err := os.Stat(path); err == nil {
			earlier(st.ModTime().Truncate(time.Second))
		}
	}
	return first
}

func claimPath(dir string, n int) string {
	return filepath.Join(dir, claimsDir, fmt.Sprintf("%04d.yaml", n))
}

// knownCase refuses what is no case of the home.
func (b Bench) knownCase(id string) error {
	if err := checkCase(id); err != nil {
		return err
	}
	st, err := os.Stat(b.CaseDir(id))
	if errors.Is(err, fs.ErrNotExist) || err == nil && !st.IsDir() {
		return failure.New(failure.BadInput, "\"constat case list\" shows the cases of the home.", "there is no case %s in %s", id, b.Home)
	}
	return homeError(b.Home, err)
}
