package triage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"constat.example/blind/shape"
	"constat.example/clear/column"
	"constat.example/clear/seal"
	"constat.example/clear/source"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// What an import sealed of a file is kept in the home until the import is done, so
// that one that was cut short is gone on with. It is bound to how the file was
// sealed by a digest, and to the file by its SHA-256, which is taken anew before
// anything of it is used: a size and a date prove nothing of a register. A
// database has no such sum: what was read there is read again.
//
// Whoever reads or writes it holds the home's lock.
const (
	stagedDir    = "staged" // in a home
	stagedFile   = "staged.json"
	stagedSchema = "constat.staged/2"
)

// stagedImport is what stagedFile holds.
type stagedImport struct {
	Schema string       `json:"schema"`
	Mark   string       `json:"mark"`
	Files  []keptFile   `json:"files"`
	Stats  source.Stats `json:"stats"`
	Counts []seal.Count `json:"counts"`
	Shapes shape.Facts  `json:"shapes"`
	Days   bool         `json:"days,omitempty"` // of when rows became so: see telling
}

// stagedMark is a digest of how a file is sealed.
func (b Bench) stagedMark(key *seal.Key, name string, typed []column.Column, columns seal.Columns) (string, error) {
	text, err := json.Marshal(struct {
		Schema, Build, Key, Name string
		Typed                    []column.Column
		Columns                  seal.Columns
	}{stagedSchema, b.Build, key.ID(), name, typed, columns})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// keepStaged keeps what was sealed of src in the home, and has the plan read it there.
func (b Bench) keepStaged(mark string, src source.Source, stats source.Stats, plan *sealing) error {
	if _, ok := src.(source.Filed); !ok {
		return nil
	}
	err := func() error {
		made := filepath.Join(plan.dir, stagedDir)
		if err := os.Mkdir(made, 0o700); err != nil {
			return err
		}
		for _, name := range plan.files() {
			if err := os.Rename(filepath.Join(plan.dir, name), filepath.Join(made, name)); err != nil {
				return err
			}
		}
		staged := stagedImport{Schema: stagedSchema, Mark: mark, Stats: stats, Counts: plan.counts[0], Shapes: plan.shapes[0]}
		if plan.told != nil {
			staged.Days = plan.told.days
		}
		var err error
		if staged.Files, err = describeFiles(made, plan.files()); err != nil {
			return err
		}
		if err := writeDescription(filepath.Join(made, stagedFile), staged); err != nil {
			return err
		}
		if err := os.Rename(made, b.staged()); err != nil {
			return err
		}
		return disk.SyncFolder(b.Home)
	}()
	if err != nil {
		return fmt.Errorf("keeping what was sealed: %w", err)
	}
	plan.reads(b.staged())
	return nil
}

// takeUpStaged takes up what an import cut short sealed of src, if there is some
// and it is whole; else it clears it away. The plan then has its files and counts.
func (b Bench) takeUpStaged(ctx context.Context, mark string, src source.Source, fresh bool, plan *sealing) (*source.Stats, error) {
	dir := b.staged()
	text, err := os.ReadFile(filepath.Join(dir, stagedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, b.dropStaged()
	}
	var staged stagedImport
	file, ok := src.(source.Filed)
	switch {
	case err != nil:
	case fresh:
		return nil, b.dropStaged()
	case decodeDescription(text, &staged) != nil:
		err = errDamaged
	case staged.Schema != stagedSchema || staged.Mark != mark || !ok || staged.Stats.Bytes != file.Size():
		err = errors.New("it was made from something else")
	default:
		var sum string
		if sum, err = file.Checksum(ctx, b.Meter); err == nil && sum != staged.Stats.SHA256 {
			err = errors.New("the file has changed")
		}
		if err == nil {
			err = whole(ctx, b.Meter, dir, staged.Files)
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		b.Detail(fmt.Sprintf("what an earlier import sealed is dropped: %v", err))
		return nil, b.dropStaged()
	}
	b.Say("The file was sealed by an import that was cut short, and is not read again; --fresh reads it.")
	plan.counts, plan.shapes = [][]seal.Count{staged.Counts}, []shape.Facts{staged.Shapes}
	if plan.told != nil {
		plan.told.days = staged.Days
	}
	plan.reads(dir)
	return &staged.Stats, nil
}

// dropStaged clears away what imports keep.
func (b Bench) dropStaged() error {
	if err := os.RemoveAll(b.staged()); err != nil {
		return fmt.Errorf("clearing away what an earlier import sealed: %w", err)
	}
	return nil
}

// doneStaged clears it away where it is of no more use: the import is done, or the
// same would come of it again.
func (b Bench) doneStaged(err error) error {
	if failure.CodeOf(err) == failure.Internal {
		return nil
	}
	return b.dropStaged()
}

func (b Bench) staged() string { return filepath.Join(b.Home, stagedDir) }

// reads has what was sealed read from another folder.
func (s *sealing) reads(dir string) {
	s.tokens, s.lexicon, s.moments = filepath.Join(dir, tokensFile), filepath.Join(dir, lexiconFile), filepath.Join(dir, momentsFile)
}
