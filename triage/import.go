package triage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/register"
	"constat.example/clear/column"
	"constat.example/clear/seal"
	"constat.example/clear/source"
	"constat.example/clear/table"
	"constat.example/desk/assessment"
	"constat.example/desk/ledger"
	"constat.example/internal/failure"
)

// ImportRequest asks for a snapshot to be added to the register.
type ImportRequest struct {
	Source   string // path or postgres:// URL
	Register string // name; "": the main one
	ID       string // name of the record id column, or ""
	AsOf     time.Time
	Map      string // file, or ""
	Fresh    bool   // use nothing that an earlier import made
	Told     *Told  // of a source that tells its own history; nil of a snapshot
}

// Imported is what an import did.
type Imported struct {
	Register string // name
	Snapshot register.Snapshot
	Rows     assessment.Rows
	Rejects  []assessment.Reject
	Columns  []assessment.Column
	Warnings []string
}

// Import adds a snapshot to the register of the home, making a key where there
// is none. One import runs at a time; the others wait.
func (b Bench) Import(ctx context.Context, req ImportRequest) (_ *Imported, err error) {
	b = b.withDefaults()
	b.bound()
	req.Register = cmp.Or(req.Register, MainRegister)
	if err := checkRegister(req.Register); err != nil {
		return nil, err
	}
	columnMap, err := readMap(req.Map)
	if err != nil {
		return nil, err
	}
	src, err := source.Open(ctx, req.Source, source.Options{Threads: b.Threads, Progress: b.Meter})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()

	// Everything about the source is settled before anything is made.
	src, told, err := b.tells(src, req.Told, req.ID, req.Register)
	if err != nil {
		return nil, err
	}
	b.Meter.Stage("typing columns", 0, "")
	sample, err := src.Sample(ctx, samples)
	if err != nil {
		return nil, err
	}
	typed, err := column.Type(sample, src.Columns(), column.Options{Role: column.Register, ID: req.ID, Map: told.mapped(src.Columns(), columnMap.m, req.ID)})
	if err != nil {
		return nil, err
	}
	told.explain(typed, columnMap.m)
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	had, err := roomIn(b.Home)
	if err != nil {
		return nil, err
	}
	defer func() { err = had.told(err) }()
	unlock, err := lock(b.Home, true)
	if err != nil {
		return nil, err
	}
	defer unlock()
	reg, err := b.openRegister(req.Register)
	if err != nil {
		return nil, err
	}
	key, err := b.keyFor(reg)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()

	columns := columnsOf(typed, sample)
	columns.Layout = layoutOf([][]kind.Kind{columns.Kinds})
	plan := sealing{key: key, columns: []seal.Columns{columns}, layout: columns.Layout, withIDs: true, threads: b.Threads, dir: dir, told: told}
	mark, err := b.stagedMark(key, src.Name()+told.how(), typed, columns)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.doneStaged(err)) }()
	stats, err := b.takeUpStaged(ctx, mark, src, req.Fresh, &plan)
	if err != nil {
		return nil, err
	}
	if stats == nil {
		if err := told.begin(dir); err != nil {
			return nil, err
		}
		if err := plan.run(ctx, func(ctx context.Context, each func(*table.Batch, func()) error) error {
			all, err := told.scan(src)(ctx, each)
			stats = &all
			return err
		}); err != nil {
			return nil, err
		}
		if err := b.keepStaged(mark, src, *stats, &plan); err != nil {
			return nil, err
		}
	}
	for i, c := range plan.counts[0] {
		if c.MissingIDs > 0 {
			return nil, failure.New(failure.BadInput, "Every person needs an id of their own: complete the column, or name another with --id.",
				"%d rows have no record id in column %q, the first is row %d", c.MissingIDs, typed[i].Name, c.FirstMissing)
		}
	}
	s, err := b.session(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	story, err := told.story(&plan, typed)
	if err != nil {
		return nil, err
	}
	staged := register.Staged{
		KeyID: key.ID(), Tokens: []string{plan.tokens}, Lexicon: []string{plan.lexicon},
		AsOf: req.AsOf, Source: src.Name(), SHA256: stats.SHA256, Imported: b.Now().UTC(), Shapes: &plan.shapes[0],
		Story: story,
	}
	for _, c := range typed {
		staged.Columns = append(staged.Columns, register.SourceColumn{Name: c.Name, Kind: c.Kind})
	}
	act, err := b.begin(ledger.ImportRegister, onRegister(reg.name), stats.SHA256)
	if err != nil {
		return nil, err
	}
	defer act.end(&err)
	snap, err := reg.Import(ctx, s, staged, b.Meter)
	if err != nil {
		return nil, err
	}
	res := &Imported{
		Register: reg.name,
		Snapshot: snap,
		Rows:     assessment.Rows{Read: stats.Read, Rejected: stats.Rejected, Repaired: stats.Repaired},
		Rejects:  rejects(stats.Rejects),
		Columns:  describe(0, typed, plan.counts[0]),
		Warnings: snap.Warnings,
	}
	if stats.Rejected > 0 {
		return res, failure.New(failure.Attention, "The snapshot was added without them: mend the source and import it again with a later --as-of if they matter.",
			"%d rows of the source could not be read", stats.Rejected)
	}
	return res, nil
}

// keyFor opens the key of the register's tokens; for a register that has none yet,
// that of the other registers of the home, so that a dump can be compared with all;
// where there are none, the current key, made now if need be.
func (b Bench) keyFor(reg named) (*seal.Key, error) {
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	if id := reg.Manifest().KeyID; id != "" {
		return ring.Open(id, b.Unlock)
	}
	others, err := b.Registers()
	if err != nil {
		return nil, err
	}
	if len(others) > 0 {
		b.Say(fmt.Sprintf("This is the first snapshot of the register %s.", reg.name))
	}
	return b.keyOfHome()
}

// keyOfHome is keyHeld; in a home that holds none a key is made.
func (b Bench) keyOfHome() (*seal.Key, error) {
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	keys, err := ring.List()
	if err != nil {
		return nil, err
	}
	regs, err := b.Registers()
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 && len(regs) == 0 {
		info, err := ring.New(b.Keep)
		if err != nil {
			return nil, err
		}
		b.Say(keyMade(info))
	}
	return b.keyHeld()
}

// keyHeld opens the key that the registers of the home are sealed under; of a home
// without any, its current key.
func (b Bench) keyHeld() (*seal.Key, error) {
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	regs, err := b.openRegisters("")
	if err != nil {
		return nil, err
	}
	id := ""
	if len(regs) > 0 {
		id = regs[0].Manifest().KeyID
	}
	return ring.Open(id, b.Unlock)
}

func keyMade(info seal.Info) string {
	if info.Kept == seal.KeptPassphrase {
		return "Made key " + info.ID + ", kept under your passphrase. Without the passphrase the register cannot be used again."
	}
	return "Made key " + info.ID + ", opened by the identity file " + info.IdentityFile +
		" (only you can read it). For trying out that is enough; in production keep that file off this machine, in a vault or on a card, or use --passphrase-file."
}
