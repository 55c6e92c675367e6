package triage

import (
	"errors"
	"fmt"
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

// Case is what a case holds.
type Case struct {
	ID         string
	Opened     time.Time // zero where nothing tells
	Claims     []*claim.Claim
	Assessment *assessment.Assessment // the latest; nil where there is none
	Page, JSON string                 // paths of it, or ""
	Alarms     []watch.Alarm          // of the watch, in the order in which they were given
	Custody    *evidence.Chain
}

// ListCases reads all cases of the home.
func (b Bench) ListCases() ([]Case, error) {
	ids, err := b.Cases()
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, id := range ids {
		c, err := b.Case(id)
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
	c := &Case{ID: id}
	var err error
	if c.Custody, err = b.evidence(id).Chain(); err != nil {
		return nil, err
	}
	dir := b.CaseDir(id)
	if c.Claims, err = b.Claims(id); err != nil {
		return nil, err
	}
	if c.Assessment, err = b.assessment(id); err != nil {
		return nil, err
	}
	if c.Alarms, err = b.alarms(id); err != nil {
		return nil, err
	}
	if c.Assessment != nil {
		c.JSON, c.Page = filepath.Join(dir, assessmentFile), filepath.Join(dir, pageFile)
	}
	c.Opened = c.opened(dir)
	return c, nil
}

// assessment reads the latest assessment of a case; nil where there is none.
func (b Bench) assessment(id string) (*assessment.Assessment, error) {
	f, err := os.Open(filepath.Join(b.CaseDir(id), assessmentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	a, err := assessment.Read(f)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Bring it back from a backup, or assess the dump again.", "the assessment of case %s is damaged", id)
	}
	return a, nil
}

// opened is when the first thing was kept: by the chain of custody where it has
// a line, else by the dates of files.
func (c *Case) opened(dir string) time.Time {
	var first time.Time
	earlier := func(at time.Time) {
		if first.IsZero() || at.Before(first) {
			first = at.UTC()
		}
	}
	if len(c.Custody.Entries) > 0 {
		earlier(c.Custody.Entries[0].Time)
	}
	for _, path := range []string{claimPath(dir, 1), c.JSON, filepath.Join(dir, alarmFile)} {
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
