package triage

import (
	"context"
	"errors"

	"constat.example/blind/engine"
	"constat.example/blind/register"
	"constat.example/clear/seal"
	"constat.example/clear/source"
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
	info, err := ring.New(b.Keep)
	return info, homeError(b.Home, err)
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
	return ring.Rotate(b.Unlock, to)
}

// Keys lists the keys of the home, oldest first.
func (b Bench) Keys() ([]KeyInfo, error) {
	ring, err := b.ring()
	if err != nil {
		return nil, err
	}
	return ring.List()
}

// Snapshots lists the snapshots of the register, oldest first.
func (b Bench) Snapshots() ([]register.Snapshot, error) {
	reg, err := b.openRegister()
	if err != nil {
		return nil, err
	}
	return reg.Manifest().Snapshots, nil
}

// Summary describes the register.
func (b Bench) Summary(ctx context.Context) (summary register.Summary, err error) {
	err = b.withRegister(ctx, func(reg *register.Register, s engine.Session) error {
		summary, err = reg.Summary(ctx, s)
		return err
	})
	return summary, err
}

// Audit checks the register's files against its manifest, and each other.
// Problems are sentences; none means that all holds.
func (b Bench) Audit(ctx context.Context) (problems []string, err error) {
	err = b.withRegister(ctx, func(reg *register.Register, s engine.Session) error {
		problems, err = reg.Audit(ctx, s)
		return err
	})
	return problems, err
}

// withRegister lends the register and a session in which to look at it.
func (b Bench) withRegister(ctx context.Context, look func(*register.Register, engine.Session) error) (err error) {
	b = b.withDefaults()
	reg, err := b.openRegister()
	if err != nil {
		return err
	}
	if len(reg.Manifest().Snapshots) == 0 {
		return look(reg, nil) // nothing to look at, and no reason to make a folder
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
	return look(reg, s)
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
