package triage

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"constat.example/blind/kind"
	"constat.example/blind/shape"
	"constat.example/blind/tie"
	"constat.example/blind/token"
	"constat.example/clear/column"
	"constat.example/clear/dump"
	"constat.example/clear/seal"
	"constat.example/desk/assessment"
	"constat.example/internal/disk"
)

// A checkpoint is what sealing a dump made, kept in the case for a later run to go
// on from: one that follows a run cut short, or one against a later register. It is
// a folder of tables of tokens and a file that says what they are; it holds no
// value.
//
// It is bound to everything it was made from by a digest, its mark, and used
// where the mark is the same and its files are whole, else dropped. It is made
// beside, synced, and put in its place by one renaming. Its tables are links to the files that
// the case's assessment has too, so that they take no room twice.
const (
	checkpointDir    = "sealed" // in a case
	checkpointFile   = "sealed.json"
	checkpointSchema = "constat.sealed/2"
	probesFile       = "probes.bin"
)

// checkpoint is what checkpointFile holds.
type checkpoint struct {
	Schema  string            `json:"schema"`
	Mark    string            `json:"mark"`
	Files   []keptFile        `json:"files"`
	Tables  []dump.Table      `json:"tables"`
	Columns [][]column.Column `json:"columns"`
	Account *dump.Account     `json:"account"`
	Probes  []keptProbe       `json:"probes"`
	Layout  token.Layout      `json:"layout"`
	Sealed  []seal.Columns    `json:"sealed"`
	Counts  [][]seal.Count    `json:"counts"`
	Shapes  []shape.Facts     `json:"shapes"`
	Heard   seal.Heard        `json:"heard"`
	Ties    *keptTies         `json:"ties,omitempty"`
}

// keptProbe is a probe; its values follow those of the one before in probesFile.
type keptProbe struct {
	probe
	Of int
}

// keptTies is what is known of the keys of a dump's tables.
type keptTies struct {
	Tables  []tie.Table
	Keys    []tie.Key
	Columns [][]seal.KeyColumn
}

func (t *tying) kept() *keptTies {
	if t == nil {
		return nil
	}
	return &keptTies{t.found.Tables, t.found.Keys, t.columns}
}

// markOf is a digest of everything on which depends what sealing a dump makes, but
// for what the register answers.
func (b Bench) markOf(x crossing) (string, error) {
	text, err := json.Marshal(struct {
		Schema, Build string
		Key           string
		Originals     []assessment.Input
		Map           column.Map // maps are written in the order of their keys
		Register      token.Layout
		PDF           bool
		Passwords     []token.Token
	}{
		checkpointSchema, b.Build, x.key.ID(), x.given.inputs(), x.columnMap.m, layoutsOf(x.registers), len(b.PDF) > 0, sealPasswords(x.key, x.passwords),
	})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// sealPasswords makes numbers of passwords: without the key nobody can try
// passwords on a mark.
func sealPasswords(key *seal.Key, passwords [][]byte) []token.Token {
	var all []token.Token
	for _, p := range passwords {
		all = append(all, key.Token(token.Column{Kind: kind.Password, Occurrence: 1, Role: token.Whole}, p))
	}
	return all
}

// keepCheckpoint keeps what was sealed, in place of what the case kept before.
func (b Bench) keepCheckpoint(x crossing, mark string, d *crossed) error {
	err := b.writeCheckpoint(x, mark, d)
	if err != nil {
		return fmt.Errorf("keeping what was sealed: %w", err)
	}
	return nil
}

func (b Bench) writeCheckpoint(x crossing, mark string, d *crossed) error {
	made := filepath.Join(x.dir, checkpointDir)
	if err := os.RemoveAll(made); err != nil {
		return err
	}
	if err := os.Mkdir(made, 0o700); err != nil {
		return err
	}
	c := checkpoint{
		Schema: checkpointSchema, Mark: mark, Tables: d.tables, Columns: d.columns, Account: d.account,
		Layout: d.plan.layout, Sealed: slices.Clone(d.plan.columns), Counts: d.plan.counts, Shapes: d.plan.shapes, Heard: d.plan.spoken.Heard, Ties: d.plan.ties.kept(),
	}
	for i := range c.Sealed {
		c.Sealed[i].Layout = nil // that of all
	}
	var values []byte
	for _, p := range d.probes {
		c.Probes = append(c.Probes, keptProbe{p, len(p.values)})
		for _, t := range p.values {
			values = binary.LittleEndian.AppendUint64(values, uint64(t))
		}
	}
	if err := disk.WriteFile(filepath.Join(x.dir, probesFile), values); err != nil {
		return err
	}
	names := append(d.plan.files(), probesFile)
	for _, name := range names {
		if err := disk.Link(filepath.Join(x.dir, name), filepath.Join(made, name)); err != nil {
			return err
		}
	}
	var err error
	if c.Files, err = describeFiles(made, names); err != nil {
		return err
	}
	if err := writeDescription(filepath.Join(made, checkpointFile), c); err != nil {
		return err
	}
	dir := b.CaseDir(x.given.caseID)
	unlock, err := lock(dir, true)
	if err != nil {
		return err
	}
	defer unlock()
	to := filepath.Join(dir, checkpointDir)
	if err := os.Rename(to, filepath.Join(x.dir, "before")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(made, to); err != nil {
		return err
	}
	return disk.SyncFolder(dir)
}

// takeUp takes up what the case keeps, if it is of that mark and whole: its files
// are linked into the job's folder. It returns nil where there is none.
func (b Bench) takeUp(ctx context.Context, x crossing, mark string) (*crossed, error) {
	c, err := b.linkCheckpoint(x, mark)
	if err == nil && c != nil {
		err = whole(ctx, b.Meter, x.dir, c.Files)
	}
	var d *crossed
	if err == nil && c != nil {
		d, err = c.crossed(b, x)
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		b.Detail(fmt.Sprintf("what an earlier run sealed is dropped: %v", err))
		return nil, clearAway(x.dir, c)
	}
	return d, nil
}

func (b Bench) linkCheckpoint(x crossing, mark string) (*checkpoint, error) {
	dir := b.CaseDir(x.given.caseID)
	unlock, err := lock(dir, true)
	if err != nil {
		return nil, err
	}
	defer unlock()
	from := filepath.Join(dir, checkpointDir)
	text, err := os.ReadFile(filepath.Join(from, checkpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var c checkpoint
	if err := decodeDescription(text, &c); err != nil {
		return nil, err
	}
	if c.Schema != checkpointSchema || c.Mark != mark {
		return nil, errors.New("it was made from something else")
	}
	for _, f := range c.Files {
		if !f.beside() {
			return nil, errDamaged
		}
		if err := disk.Link(filepath.Join(from, f.Name), filepath.Join(x.dir, f.Name)); err != nil {
			return &c, err
		}
	}
	return &c, nil
}

// clearAway removes from the job's folder what was linked into it.
func clearAway(dir string, c *checkpoint) error {
	if c == nil {
		return nil
	}
	for _, f := range c.Files {
		if err := os.Remove(filepath.Join(dir, f.Name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// crossed is what the run would have at hand that made the checkpoint.
func (c *checkpoint) crossed(b Bench, x crossing) (*crossed, error) {
	if c.Account == nil || len(c.Columns) != len(c.Tables) || len(c.Sealed) != len(c.Tables) || len(c.Counts) != len(c.Tables) || len(c.Shapes) != len(c.Tables) {
		return nil, errDamaged
	}
	d := &crossed{tables: c.Tables, columns: c.Columns, account: c.Account}
	d.plan = sealing{key: x.key, threads: b.Threads, dir: x.dir, columns: c.Sealed, layout: c.Layout, counts: c.Counts, shapes: c.Shapes}
	for i := range d.plan.columns {
		d.plan.columns[i].Layout = c.Layout
	}
	d.plan.tokens, d.plan.lexicon = filepath.Join(x.dir, tokensFile), filepath.Join(x.dir, lexiconFile)
	d.plan.spoken.Heard = c.Heard
	if slices.ContainsFunc(c.Files, func(f keptFile) bool { return f.Name == mentionsFile }) {
		d.plan.spoken.path = filepath.Join(x.dir, mentionsFile)
	}
	if c.Ties != nil {
		d.plan.ties = &tying{tables: c.Tables, found: tie.Dump{Tables: c.Ties.Tables, Keys: c.Ties.Keys}, columns: c.Ties.Columns}
	}
	values, err := os.ReadFile(filepath.Join(x.dir, probesFile))
	if err != nil {
		return nil, err
	}
	for _, p := range c.Probes {
		if p.Of < 0 || len(values) < 8*p.Of {
			return nil, errDamaged
		}
		p.values = make([]token.Token, p.Of)
		for i := range p.values {
			p.values[i] = token.Token(binary.LittleEndian.Uint64(values[8*i:]))
		}
		values = values[8*p.Of:]
		d.probes = append(d.probes, p.probe)
	}
	return d, nil
}
