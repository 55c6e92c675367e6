package triage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"constat.example/desk/casefile"
	"constat.example/desk/evidence"
	"constat.example/desk/finding"
	"constat.example/desk/ledger"
	"constat.example/desk/size"
	"constat.example/desk/store"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// outlasting are the files of a case that hold counts, names of kinds and hashes, and
// stay when its data is destroyed.
var outlasting = []string{
	assessmentFile, pageFile, finding.File, size.File, ownerFile,
	filepath.Join(evidenceDir, evidence.CustodyFile),
}

// perishable are the files of a case that hold originals, keys or tokens: all that are
// not known to hold none. Paths are within the case, in order.
func (b Bench) perishable(id string) ([]string, error) {
	dir := b.CaseDir(id)
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || slices.Contains(outlasting, name) || filepath.Dir(name) == claimsDir || filepath.Dir(name) == filingsDir {
			return err
		}
		all = append(all, name)
		return nil
	})
	return all, homeError(b.Home, err)
}

// Shredding is what destroying the data of a case takes away.
type Shredding struct {
	Files     []casefile.Kept
	Originals int
	Done      bool
}

// Destroy destroys the data of a case, as was agreed: keys of originals first, then all
// that holds tokens. What it takes away stands in the history of the case by name and
// SHA-256, from before it begins. After a stop at any instant it goes on. It is refused where
// the ledger does not vouch for those who agreed. Unless do is set it is only told.
func (b Bench) Destroy(ctx context.Context, id string, do bool) (*Shredding, error) {
	b = b.withDefaults()
	if err := b.knownCase(id); err != nil {
		return nil, err
	}
	var out *Shredding
	err := b.withStore(ctx, do, func(s *store.Store) (err error) {
		d, _, err := desk(ctx, s, id)
		if err == nil {
			out, err = b.destroy(ctx, s, d, do)
		}
		return err
	})
	return out, err
}

func (b Bench) destroy(ctx context.Context, s *store.Store, d Desk, do bool) (*Shredding, error) {
	c := d.Case
	agreed := c.Current(casefile.Destroy)
	if do && agreed == nil {
		hint := fmt.Sprintf("Propose it: constat case destroy %s --reason …", c.ID)
		if i := slices.IndexFunc(c.Waiting(), func(w casefile.Decision) bool { return w.Subject == casefile.Destroy }); i >= 0 {
			hint = fmt.Sprintf("An administrator has to agree: constat case approve %s %d", c.ID, c.Waiting()[i].Number)
		}
		return nil, failure.New(failure.Refused, hint, "nobody agreed that the data of case %s is destroyed", c.ID)
	}
	paths, err := b.perishable(c.ID)
	if err != nil {
		return nil, err
	}
	custody, err := b.evidence(c.ID).Chain()
	if err != nil {
		return nil, err
	}
	held := slices.DeleteFunc(custody.Originals(), func(o evidence.Original) bool { return o.State == evidence.StateDiscarded })
	out := &Shredding{Files: c.Shredded, Originals: len(held)}
	if len(out.Files) == 0 {
		for _, name := range paths {
			sums, err := b.fileSums(ctx, []string{filepath.Join(b.CaseDir(c.ID), name)})
			if err != nil {
				return nil, err
			}
			out.Files = append(out.Files, casefile.Kept{Name: filepath.ToSlash(name), SHA256: sums[0].SHA256})
		}
	}
	if !do {
		return out, nil
	}
	if err := b.vouchedFor(ctx, c.ID); err != nil {
		return nil, err
	}
	if len(c.Shredded) == 0 && len(out.Files) > 0 {
		if _, err := b.act(ctx, s, ActRequest{Case: c.ID, Acts: []casefile.Act{{Do: casefile.Shred, Of: agreed.Number, Files: out.Files}}}); err != nil {
			return nil, err
		}
	}
	if err := b.recorded(ledger.Destroy, onCase(c.ID), func() error {
		for _, o := range held {
			if err := b.evidence(c.ID).Discard(b.hand(fmt.Sprintf("the data of the case is destroyed, by decision %d", agreed.Number)), o); err != nil {
				return err
			}
		}
		return b.remove(c.ID, paths)
	}); err != nil {
		return nil, err
	}
	if _, err := b.act(ctx, s, ActRequest{Case: c.ID, Acts: []casefile.Act{{Do: casefile.Destroyed, Of: agreed.Number}}}); err != nil {
		return nil, err
	}
	out.Done = true
	return out, nil
}

// remove removes files of a case, keys first and overwritten, then folders that are
// left empty.
func (b Bench) remove(id string, names []string) error {
	dir := b.CaseDir(id)
	slices.SortStableFunc(names, func(x, y string) int {
		key := func(name string) int {
			if strings.HasSuffix(name, ".key") {
				return 0
			}
			return 1
		}
		return key(x) - key(y)
	})
	folders := map[string]bool{}
	for _, name := range names {
		path := filepath.Join(dir, name)
		var err error
		if strings.HasSuffix(name, ".key") {
			err = disk.Wipe(path)
		} else {
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return homeError(b.Home, err)
		}
		folders[filepath.Dir(path)] = true
	}
	for folder := range folders {
		if err := disk.SyncFolder(folder); err != nil {
			return homeError(b.Home, err)
		}
		if folder != dir {
			_ = os.Remove(folder) // where something stays in it, it stays
		}
	}
	return nil
}
