package triage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"constat.example/desk/evidence"
	"constat.example/desk/ledger"
	"constat.example/internal/courier"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// Ends of the names of what others vouch for, in the folder kept of a ledger.
const (
	checkpointExt = ".checkpoint"
	stampExt      = ".tsr" // a time stamp of the checkpoint of that name
)

// LedgerKey is what verifies the ledger of the home: a line for everybody.
func (b Bench) LedgerKey() (string, error) {
	text, err := os.ReadFile(filepath.Join(b.Home, ledgerDir, "key"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", noLedger(b.Home)
	}
	return strings.TrimSpace(string(text)), homeError(b.Home, err)
}

func noLedger(home string) error {
	return failure.New(failure.BadInput, "The first act in a home begins one.", "there is no ledger in %s", home)
}

// LedgerCheckpoint is the latest checkpoint of the ledger, once its signature was
// checked with the key beside it.
func (b Bench) LedgerCheckpoint() ([]byte, error) {
	c, err := b.latest()
	if err != nil {
		return nil, err
	}
	return c.Text(), nil
}

func (b Bench) latest() (*ledger.Checkpoint, error) {
	text, err := b.LedgerKey()
	if err != nil {
		return nil, err
	}
	key, err := ledger.ParseKey([]byte(text))
	if err != nil {
		return nil, err
	}
	at := filepath.Join(b.Home, ledgerDir, "checkpoint")
	text2, err := os.ReadFile(at)
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	c, err := ledger.OpenCheckpoint(text2, key)
	if err != nil {
		return nil, failure.New(failure.BadInput, "\"constat verify\" tells what does not hold.", "the checkpoint of the ledger cannot be used: %w", err)
	}
	return c, nil
}

// LedgerEntry is an entry of the ledger for people to read.
type LedgerEntry struct {
	Number int64
	ledger.Entry
	Name string // of the one who acted, where the records of a case tell it
}

// LedgerEntries replays the ledger and lists its entries, or those on a case.
func (b Bench) LedgerEntries(ctx context.Context, id string) (all []LedgerEntry, err error) {
	if b.Meter == nil {
		b.Meter = progress.None
	}
	text, err := b.LedgerKey()
	if err != nil {
		return nil, err
	}
	key, err := ledger.ParseKey([]byte(text))
	if err != nil {
		return nil, err
	}
	names, err := b.actors()
	if err != nil {
		return nil, err
	}
	_, err = ledger.Replay(ctx, filepath.Join(b.Home, ledgerDir), key, nil, b.Meter, func(n int64, e *ledger.Entry) error {
		if id == "" || e.Case() == id {
			all = append(all, LedgerEntry{n, *e, names[e.Actor]})
		}
		return nil
	})
	if _, broke := errors.AsType[*ledger.Break](err); broke {
		err = failure.New(failure.BadInput, "Bring the folder of the ledger back from a backup; \"constat verify\" tells more.", "the ledger does not hold: %w", err)
	}
	return all, homeError(b.Home, err)
}

// actors are the names behind the marks of those who acted, as the chains of custody
// and the findings of the home tell them.
func (b Bench) actors() (map[string]string, error) {
	names := map[string]string{ledger.ActorOf(b.Who): b.Who}
	cases, err := b.Cases()
	if err != nil {
		return nil, err
	}
	for _, id := range cases {
		chain, err := b.evidence(id).Chain()
		if err != nil {
			return nil, err
		}
		for _, e := range chain.Entries {
			names[ledger.ActorOf(e.Who)] = e.Who
		}
		lines, _ := b.established(id).Lines() // one that does not hold tells no names
		for _, l := range lines {
			names[ledger.ActorOf(l.Who)] = l.Who
		}
	}
	return names, nil
}

// keepVouched keeps files about a checkpoint beside the ledger.
func (b Bench) keepVouched(act ledger.Act, files map[string][]byte) error {
	return b.recorded(act, ledgerKept, func() error {
		dir := filepath.Join(b.Home, filepath.FromSlash(ledgerKept))
		if err := disk.MakeFolder(dir); err != nil {
			return err
		}
		for _, ext := range []string{checkpointExt, stampExt} { // a stamp without its checkpoint would tell of nothing
			for name, text := range files {
				if filepath.Ext(name) != ext {
					continue
				}
				if err := disk.WriteFile(filepath.Join(dir, name), text); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func vouchedName(c *ledger.Checkpoint) string { return fmt.Sprintf("%012d", c.Size) }

// KeepCheckpoint keeps a checkpoint that came back from a witness. It must be of this
// ledger, and of what it holds.
func (b Bench) KeepCheckpoint(ctx context.Context, text []byte) (*ledger.Checkpoint, error) {
	b = b.withDefaults()
	log, err := b.ledger()
	if err != nil {
		return nil, err
	}
	c, err := ledger.OpenCheckpoint(text, log.Key())
	if err == nil {
		_, err = ledger.Replay(ctx, log.Dir(), log.Key(), []*ledger.Checkpoint{c}, b.Meter, func(int64, *ledger.Entry) error { return nil })
	}
	if err != nil {
		return nil, failure.New(failure.BadInput, "Give it as the witness wrote it.", "that checkpoint is not of this ledger: %w", err)
	}
	sum := ledger.HashOf(text).String()
	return c, b.keepVouched(ledger.Keep, map[string][]byte{vouchedName(c) + "-" + sum[:8] + checkpointExt: text})
}

// StampRequest asks for the latest checkpoint to be time-stamped.
type StampRequest struct {
	URL   string
	Roots []byte // certificates that the authority must be certified by, in PEM; nil: whoever answers
	Do    bool   // else it is only told what would be sent
}

// Stamped is what was stamped, or would be.
type Stamped struct {
	URL    string
	Size   int64  // entries
	SHA256 string // what was sent: that of the checkpoint
	Time   time.Time
	Done   bool
}

// StampLedger has a time-stamp authority vouch for when the latest checkpoint was
// there. It is sent its SHA-256 and nothing else.
func (b Bench) StampLedger(ctx context.Context, req StampRequest) (*Stamped, error) {
	b = b.withDefaults()
	to, err := url.Parse(req.URL)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" || to.User != nil {
		return nil, failure.New(failure.Usage, "Write it as http://… or https://…, as the authority publishes it.", "--tsa is no address of a time-stamp authority")
	}
	c, err := b.latest()
	if err != nil {
		return nil, err
	}
	text := c.Text()
	out := &Stamped{URL: to.String(), Size: c.Size, SHA256: ledger.HashOf(text).String()}
	if !req.Do {
		return out, nil
	}
	ask, nonce, err := ledger.Question(text)
	if err != nil {
		return nil, err
	}
	answer, err := courier.Ask(ctx, to.String(), "application/timestamp-query", ask, ledger.MostStamp)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Try again later, or name another authority.", "the time-stamp authority did not answer: %w", err)
	}
	stamp, err := ledger.ReadStamp(answer, text)
	if err == nil && (stamp.Nonce == nil || stamp.Nonce.Cmp(nonce) != 0) {
		err = errors.New("it answers another question")
	}
	if err == nil && req.Roots != nil {
		roots, rootsErr := ledger.Roots(req.Roots)
		if rootsErr != nil {
			return nil, rootsErr
		}
		err = stamp.Trusted(roots)
	}
	if err != nil {
		return nil, failure.New(failure.BadInput, "Name another authority.", "the answer of the time-stamp authority is not kept: %w", err)
	}
	out.Time, out.Done = stamp.Time, true
	name := vouchedName(c) + "-" + out.SHA256[:8]
	return out, b.keepVouched(ledger.TimeStamp, map[string][]byte{name + checkpointExt: text, name + stampExt: answer})
}

// verifyStamp verifies the time stamp of a checkpoint that the home keeps; nil: it
// has none.
func (b Bench) verifyStamp(req VerifyRequest, name string, checkpoint []byte) (*evidence.Check, error) {
	stem, is := strings.CutSuffix(name, checkpointExt)
	if !is || !strings.HasPrefix(name, ledgerKept+"/") {
		return nil, nil
	}
	answer, err := os.ReadFile(filepath.Join(b.Home, filepath.FromSlash(stem+stampExt)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, homeError(b.Home, err)
	}
	check := &evidence.Check{Name: fmt.Sprintf("the time stamp of %s holds", name)}
	stamp, err := ledger.ReadStamp(answer, checkpoint)
	if err == nil && req.Roots != nil {
		roots, rootsErr := ledger.Roots(req.Roots)
		if rootsErr != nil {
			return nil, rootsErr
		}
		err = stamp.Trusted(roots)
	}
	if err != nil {
		check.Detail = err.Error()
		return check, nil //nolint:nilerr // that it does not hold is the answer
	}
	check.OK, check.Detail = true, "of "+stamp.Time.Format(time.RFC3339)
	if req.Roots == nil {
		check.Detail += "; whose it is was not checked, since no certificate was given"
	}
	return check, nil
}

// WitnessRequest asks a witness to cosign the checkpoint of a ledger.
type WitnessRequest struct {
	Ledger string // folder of the ledger, or a copy
	Key    []byte // that of the ledger, as the witness had it before
	Signer []byte // private key of the witness
	Last   []byte // the checkpoint that it cosigned before; nil: none
}

// WitnessLedger replays a ledger on the side of a witness, holds it against the
// checkpoint that was cosigned before, and cosigns the latest. It needs no home.
func (b Bench) WitnessLedger(ctx context.Context, req WitnessRequest) ([]byte, error) {
	b = b.withDefaults()
	key, err := ledger.ParseKey(req.Key)
	if err != nil {
		return nil, err
	}
	by, err := ledger.ParseWitnessSigner(req.Signer, b.Now)
	if err != nil {
		return nil, err
	}
	var noted []*ledger.Checkpoint
	if req.Last != nil {
		c, err := ledger.OpenCheckpoint(req.Last, key)
		if err != nil {
			return nil, failure.New(failure.BadInput, "Name the checkpoint that was cosigned before.", "the last checkpoint cannot be used: %w", err)
		}
		noted = append(noted, c)
	}
	replayed, err := ledger.Replay(ctx, req.Ledger, key, noted, b.Meter, ledger.NewBooks().Take)
	if _, broke := errors.AsType[*ledger.Break](err); broke {
		return nil, failure.New(failure.Refused, "Tell whoever keeps it, and keep the folder to look into.", "the ledger does not hold, and is not cosigned: %w", err)
	}
	if err != nil {
		return nil, err
	}
	return ledger.Cosign(replayed.Checkpoint, by)
}

// ExportLedger copies the ledger, for whoever verifies it elsewhere, into a folder that
// is not there yet. Nothing secret is in it.
func (b Bench) ExportLedger(ctx context.Context, to string) (files int, err error) {
	if _, err := b.LedgerEntries(ctx, ""); err != nil { // nothing is handed on that does not hold
		return 0, err
	}
	if _, err := os.Lstat(to); err == nil {
		return 0, failure.New(failure.BadInput, "Name a folder that is not there yet.", "%s is there already", to)
	}
	unlock, err := lock(filepath.Join(b.Home, ledgerDir), true) // nobody appends meanwhile
	if err != nil {
		return 0, err
	}
	defer unlock()
	all, err := ledger.Walk(b.Home, ledgerDir)
	if err != nil {
		return 0, homeError(b.Home, err)
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text, err := os.ReadFile(all[name])
		if err != nil {
			return 0, homeError(b.Home, err)
		}
		at := filepath.Join(to, filepath.FromSlash(name))
		if err := errors.Join(disk.MakeFolder(filepath.Dir(at)), disk.WriteFile(at, text)); err != nil {
			return 0, fmt.Errorf("writing %s: %w", at, err)
		}
	}
	return len(names), nil
}
