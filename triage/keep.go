package triage

import (
	"context"
	"errors"

	"constat.example/blind/engine"
	"constat.example/blind/register"
	"constat.example/clear/seal"
	"constat.example/clear/source"
	"constat.example/desk/ledger"
)

// Unlock says how keys are opened, or kept.
type Unlock = seal.Unlock

// KeyInfo describes a key.
type KeyInfo = seal.Info

// NewKey makes a key and makes it current: the register that is imported next,
// into a home that has none, is sealed with it.
func (b Bench) NewKey() (KeyInfo, error) {
	ring, err := b.ring()
	if err != nil {
		return KeyInfo{}, err
	}
	var info KeyInfo
	err = b.recorded(ledger.MakeKey, "", func() (err error) {
		info, err = ring.New(b.Keep)
		return homeError(b.Home, err)
	})
	return info, err
}

// NewDrillKey is NewKey for a home of invented people: the key comes from seed,
// so that a drill played again gives the same bytes.
func (b Bench) NewDrillKey(seed []byte) error {
	ring, err := b.ring()
	if err != nil {
		return err
	}
	_, err = ring.NewDrill(b.Keep, seed)
	return err
}

// RotateKey encrypts the current key anew. The tokens stay as they are.
func (b Bench) RotateKey(to Unlock) (KeyInfo, error) {
	ring, err := b.ring()
	if err != nil {
		return KeyInfo{}, err
	}
	var info KeyInfo
	err = b.recorded(ledger.RotateKey, "", func() (err error) {
		info, err = ring.Rotate(b.Unlock, to)
		return err
	})
	return info, err
}

// Keys lists the keys of the home, oldest first.
func (b Bench) Keys() ([]KeyInfo, error) {
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	return ring.List()
}

// RegisterSnapshots is a register and its snapshots, oldest first.
type RegisterSnapshots struct {
	Register  string
	Snapshots []register.Snapshot
}

// Snapshots lists the snapshots of the register of that name; for "" of all.
func (b Bench) Snapshots(name string) ([]RegisterSnapshots, error) {
	regs, err := b.openRegisters(name)
	if err != nil {
		return nil, err
	}
	var all []RegisterSnapshots
	for _, reg := range regs {
		all = append(all, RegisterSnapshots{reg.name, reg.Manifest().Snapshots})
	}
	return all, nil
}

// Summary describes the register of that name, and says which it is; for "" the
// only one, or the main one of several.
func (b Bench) Summary(ctx context.Context, name string) (which string, summary register.Summary, err error) {
	b = b.withDefaults()
	reg, err := b.theRegister(name)
	if err != nil {
		return "", register.Summary{}, err
	}
	err = b.withRegister(ctx, reg, func(s engine.Session) error {
		summary, err = reg.Summary(ctx, s)
		return err
	})
	return reg.name, summary, err
}

// Audited is what the audit of a register found.
type Audited struct {
	Register  string
	Snapshots int
	Problems  []string // sentences; none: all holds
}

// Audit checks the files of the register of that name against its manifest, and each
// other; for "" those of all.
func (b Bench) Audit(ctx context.Context, name string) (all []Audited, err error) {
	b = b.withDefaults()
	regs, err := b.openRegisters(name)
	if err != nil {
		return nil, err
	}
	for _, reg := range regs {
		is := Audited{Register: reg.name, Snapshots: len(reg.Manifest().Snapshots)}
		if err := b.withRegister(ctx, reg, func(s engine.Session) error {
			is.Problems, err = reg.Audit(ctx, s)
			return err
		}); err != nil {
			return nil, err
		}
		all = append(all, is)
	}
	return all, nil
}

// withRegister lends a session in which to look at a register.
func (b Bench) withRegister(ctx context.Context, reg named, look func(engine.Session) error) (err error) {
	if len(reg.Manifest().Snapshots) == 0 {
		return look(nil) // nothing to look at, and no reason to make a folder
	}
	dir, done, err := b.scratch()
	if err != nil {
		return err
	}
	defer done()
	s, err := b.session(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return look(s)
}

// SourceColumns names the columns of a register source.
func SourceColumns(ctx context.Context, uri string) (columns []string, err error) {
	src, err := source.Open(ctx, uri, source.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	return src.Columns(), nil
}
