// Package evidence keeps the originals of a case: each sealed as it was
// received, with who did what to it and when. It handles bytes whose meaning it
// cannot know: it stands right of the curtain.
//
// # Files
//
// The evidence of a case is a folder:
//
//	custody.jsonl   the chain of custody, one act a line
//	case.key        the key of the case, wrapped under the register key
//	<sha256>.age    an original, encrypted with age for an identity of its own
//	<sha256>.key    that identity, wrapped under the key of the case
//
// # Keys
//
// Every original has a fresh X25519 identity, so that what reads one is given
// the key of one. The identity is wrapped with AES-256-GCM under the key of the
// case, bound to the original's SHA-256 and size: what opens is what was
// received, and no original can stand in for another. The key of the case is
// wrapped under the register key, bound to the case. Without <sha256>.key an
// original is unreadable for good, and without case.key all of them are.
//
// # Crashes
//
// An original is received once its line in the chain is on the disk. Its files
// are put beside before, under names that end in ".new", and take their own names
// after; whoever next holds the folder completes what has its line and clears
// away what has none.
package evidence

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"constat.example/desk/chain"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// Keeper wraps the keys of cases. The register key is one.
type Keeper interface {
	ID() string
	Wrap(purpose string, secret []byte) []byte
	Unwrap(purpose string, wrapped []byte) ([]byte, error)
}

// Hand is who acts on evidence, why, and by which clock.
type Hand struct {
	Who    string
	Reason string
	Now    func() time.Time
}

// Store is the evidence of one case.
type Store struct {
	dir, caseID string
}

// In is the evidence kept in dir of the case of that id. Nothing need be there
// yet.
func In(dir, caseID string) Store { return Store{dir, caseID} }

// Files of a store, and ends of their names.
const (
	CustodyFile = "custody.jsonl"
	keyFile     = "case.key"
	sealedExt   = ".age"
	keyExt      = ".key"
	newExt      = ".new"
)

func (s Store) path(name string) string { return filepath.Join(s.dir, name) }

// Chain reads the chain of custody. A case without evidence has an empty one.
func (s Store) Chain() (*Chain, error) {
	text, err := os.ReadFile(s.path(CustodyFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the chain of custody: %w", err)
	}
	return Parse(s.caseID, text), nil
}

// hold gives do the chain while nobody else acts on the evidence, once what an
// interrupted act left is settled. Nothing is done on a chain that does not
// hold: what is written after a change would hide it.
func (s Store) hold(do func(c *Chain) error) (err error) {
	f, err := os.Open(s.dir)
	if err != nil {
		return fmt.Errorf("opening the evidence of the case: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := disk.Lock(f); err != nil {
		return fmt.Errorf("locking the evidence of the case: %w", err)
	}
	c, err := s.Chain()
	if err != nil {
		return err
	}
	if len(c.Breaks) > 0 {
		return failure.New(failure.BadInput, "Bring the folder of the case back from a backup; until then nothing is done to its evidence.",
			"the chain of custody of case %s does not hold: %s", s.caseID, c.Breaks[0])
	}
	if err := s.settle(c); err != nil {
		return fmt.Errorf("settling what an interrupted act left: %w", err)
	}
	return do(c)
}

// settle completes what has its line in the chain, and clears away what an
// interrupted act left without one.
func (s Store) settle(c *Chain) error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	held := map[string]bool{}
	for _, o := range c.Held() {
		held[o.SHA256] = true
	}
	changed := false
	for _, e := range entries {
		name, fresh := strings.CutSuffix(e.Name(), newExt)
		sum, _, _ := strings.Cut(name, ".")
		switch {
		case fresh && held[sum]:
			err = os.Rename(s.path(e.Name()), s.path(name))
		case fresh, strings.HasPrefix(e.Name(), "."):
			err = os.Remove(s.path(e.Name()))
		default:
			continue
		}
		if err != nil {
			return err
		}
		changed = true
	}
	if !changed {
		return nil
	}
	return disk.SyncFolder(s.dir)
}

// Receive takes sealed originals into the case. It returns once they and their
// lines in the chain are on the disk. What the case holds already is not stored
// again; that it was received again is a line too.
func (s Store) Receive(k Keeper, by Hand, sealed []*Sealed) error {
	if err := disk.MakeFolder(s.dir); err != nil {
		return fmt.Errorf("making the folder of evidence: %w", err)
	}
	return s.hold(func(c *Chain) error {
		key, err := s.caseKey(k, len(c.Held()) == 0)
		if err != nil {
			return err
		}
		if err := s.place(c, key, sealed); err != nil {
			return errors.Join(fmt.Errorf("receiving the originals: %w", err), s.settle(c))
		}
		var entries []Entry
		for _, o := range sealed {
			entries = append(entries, by.entry(Received, Original{SHA256: o.SHA256, Bytes: o.Bytes, Name: o.Name, Role: o.Role}))
		}
		if err := s.append(c, entries...); err != nil {
			return errors.Join(err, s.settle(c))
		}
		return s.settle(c)
	})
}

// place puts the files of originals beside where they will be.
func (s Store) place(c *Chain, key caseKey, sealed []*Sealed) error {
	placed := map[string]bool{}
	for _, o := range sealed {
		if placed[o.SHA256] || s.opens(c, key, o.SHA256) {
			continue
		}
		placed[o.SHA256] = true
		if err := writeSynced(s.path(o.SHA256+keyExt+newExt), key.wrap(o)); err != nil {
			return err
		}
		if err := os.Rename(o.path, s.path(o.SHA256+sealedExt+newExt)); err != nil {
			return err
		}
	}
	return disk.SyncFolder(s.dir)
}

// opens tells whether the case holds an original and can open it. One that
// cannot be opened is worth replacing.
func (s Store) opens(c *Chain, key caseKey, sum string) bool {
	for _, o := range c.Held() {
		if o.SHA256 == sum {
			r, err := s.open(key, o)
			return err == nil && r.Close() == nil
		}
	}
	return false
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Log adds an act on originals to the chain.
func (s Store) Log(by Hand, act Act, originals []Original) error {
	return s.hold(func(c *Chain) error { return s.append(c, by.entries(act, originals)...) })
}

// Discard destroys the key of an original, and then what it would open. It logs
// that before it begins, and again when it is done: begun and not done, it can
// be done again.
func (s Store) Discard(by Hand, o Original) error {
	return s.hold(func(c *Chain) error {
		if err := s.append(c, by.entries(Discarding, []Original{o})...); err != nil {
			return err
		}
		err := disk.Wipe(s.path(o.SHA256 + keyExt))
		if err == nil {
			err = os.Remove(s.path(o.SHA256 + sealedExt))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("discarding an original: %w", err)
		}
		if err := disk.SyncFolder(s.dir); err != nil {
			return fmt.Errorf("discarding an original: %w", err)
		}
		return s.append(c, by.entries(Discarded, []Original{o})...)
	})
}

// caseKey is the key of a case.
type caseKey struct{ cipher.AEAD }

// wrappedKey is what case.key holds.
type wrappedKey struct {
	Register string `json:"register_key"` // id of the key it is wrapped under
	Wrapped  []byte `json:"wrapped"`
}

func (s Store) purpose() string { return "evidence/" + s.caseID }

// KeyID is the id of the register key that the key of the case is wrapped
// under; "" where the case has no key.
func (s Store) KeyID() (string, error) {
	w, err := s.wrapped()
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return w.Register, err
}

func (s Store) wrapped() (wrappedKey, error) {
	var w wrappedKey
	text, err := os.ReadFile(s.path(keyFile))
	if err != nil {
		return w, err
	}
	if err := json.Unmarshal(text, &w); err != nil {
		return w, failure.New(failure.BadInput, restore, "the key of the evidence of case %s is damaged", s.caseID)
	}
	return w, nil
}

const restore = "Bring the folder of the case back from a backup; \"constat verify CASE\" says what does not hold."

// caseKey opens the key of the case. Where there is none it makes one, if it
// may.
func (s Store) caseKey(k Keeper, make bool) (caseKey, error) {
	w, err := s.wrapped()
	switch {
	case errors.Is(err, fs.ErrNotExist) && make:
		return s.newCaseKey(k)
	case errors.Is(err, fs.ErrNotExist):
		return caseKey{}, failure.New(failure.BadInput, "Bring it back from a backup; where it was destroyed on purpose, nothing opens these originals again.",
			"the key of the evidence of case %s is gone", s.caseID)
	case err != nil:
		return caseKey{}, err
	case w.Register != k.ID():
		return caseKey{}, failure.New(failure.BadInput, "Name the home whose register has that key with --home, or use another case.",
			"the evidence of case %s is sealed under the register key %s, not %s", s.caseID, visible.Text(w.Register, 40), k.ID())
	}
	secret, err := k.Unwrap(s.purpose(), w.Wrapped)
	if err != nil {
		return caseKey{}, failure.New(failure.BadInput, restore, "the key of the evidence of case %s was altered, or is that of another case", s.caseID)
	}
	defer clear(secret)
	return newCaseKey(secret)
}

func (s Store) newCaseKey(k Keeper) (caseKey, error) {
	secret := make([]byte, 32)
	defer clear(secret)
	rand.Read(secret) // never fails
	text, err := json.Marshal(wrappedKey{Register: k.ID(), Wrapped: k.Wrap(s.purpose(), secret)})
	if err != nil {
		return caseKey{}, err
	}
	if err := disk.WriteFile(s.path(keyFile), append(text, '\n')); err != nil {
		return caseKey{}, fmt.Errorf("keeping the key of the case: %w", err)
	}
	return newCaseKey(secret)
}

func newCaseKey(secret []byte) (caseKey, error) {
	block, err := aes.NewCipher(secret)
	if err != nil {
		return caseKey{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return caseKey{aead}, err
}

// binding is what the identity of an original is bound to.
func binding(sum string, bytes int64) []byte { return fmt.Appendf(nil, "original/%s/%d", sum, bytes) }

func (k caseKey) wrap(o *Sealed) []byte {
	secret := []byte(o.identity.String())
	defer clear(secret)
	return k.Seal(nil, nil, secret, binding(o.SHA256, o.Bytes))
}

// Reader reads an original through its seal, at any place, from several
// goroutines. Every byte it gives was proved to be the one that was received;
// where that fails, the error says that the evidence was altered.
type Reader struct {
	Original

	file     *os.File
	at       io.ReaderAt
	identity string
}

// Open opens originals that the case holds, in their order. Close each.
func (s Store) Open(k Keeper, originals []Original) (_ []*Reader, err error) {
	var all []*Reader
	defer func() {
		if err != nil {
			for _, r := range all {
				_ = r.Close() // it was only read
			}
		}
	}()
	key, err := s.caseKey(k, false)
	if err != nil {
		return nil, err
	}
	for _, o := range originals {
		r, err := s.open(key, o)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (s Store) open(key caseKey, o Original) (_ *Reader, err error) {
	wrapped, err := os.ReadFile(s.path(o.SHA256 + keyExt))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, altered(o, "its key is gone")
	}
	if err != nil {
		return nil, fmt.Errorf("opening the evidence: %w", err)
	}
	secret, err := key.AEAD.Open(nil, nil, wrapped, binding(o.SHA256, o.Bytes))
	if err != nil {
		return nil, altered(o, "its key was changed")
	}
	identity, err := age.ParseX25519Identity(string(secret))
	if err != nil {
		return nil, altered(o, "its key was changed")
	}
	f, err := os.Open(s.path(o.SHA256 + sealedExt))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, altered(o, "the sealed file is gone")
	}
	if err != nil {
		return nil, fmt.Errorf("opening the evidence: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // it was only read
		}
	}()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("opening the evidence: %w", err)
	}
	at, size, err := age.DecryptReaderAt(f, st.Size(), identity)
	if err != nil {
		return nil, broken(o, err)
	}
	if size != o.Bytes {
		return nil, altered(o, "it has another size")
	}
	return &Reader{Original: o, file: f, at: at, identity: string(secret)}, nil
}

// ReadAt implements io.ReaderAt.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) {
	if off >= r.Bytes { // age has no answer there but an error
		return 0, io.EOF
	}
	n, err := r.at.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken(r.Original, err)
	}
	return n, err
}

// Close ends the reading.
func (r *Reader) Close() error { return r.file.Close() }

// Handover is what a process that reads the original by itself needs: the
// sealed file, open for as long as r is, and the age identity that opens this one and no other. The
// identity is a secret: it is handed over a pipe, never on a command line.
func (r *Reader) Handover() (sealed *os.File, identity string) { return r.file, r.identity }

// String names the original, without its key.
func (r *Reader) String() string { return "‹original " + short(r.SHA256) + "›" }

// Format writes String for every verb, so that no verb reaches the key.
func (r *Reader) Format(f fmt.State, _ rune) { fmt.Fprint(f, r.String()) }

// broken is the error of a seal that does not open; the disk's stay the disk's.
func broken(o Original, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("reading the evidence: %w", p)
	}
	return altered(o, "its seal is broken")
}

func altered(o Original, how string) error {
	return failure.New(failure.BadInput,
		"Bring the folder of the case back from a backup, or discard this original and assess the file anew; \"constat verify CASE\" says what else does not hold.",
		"the evidence was altered: %s (SHA-256 %s) is not what was received: %s", visible.Text(o.Name, 80), short(o.SHA256), how)
}

// short is enough of a SHA-256 to tell originals apart.
func short(sum string) string { return sum[:12] }

// entries are lines about originals.
func (h Hand) entries(act Act, originals []Original) []Entry {
	var all []Entry
	for _, o := range originals {
		all = append(all, h.entry(act, o))
	}
	return all
}

func (h Hand) entry(act Act, o Original) Entry {
	return Entry{
		Time: h.Now().UTC().Truncate(time.Second), Who: visible.Text(h.Who, longestWord), Act: act,
		SHA256: o.SHA256, Bytes: o.Bytes, Name: visible.Text(o.Name, longestWord), Role: o.Role, Reason: visible.Text(h.Reason, longestReason),
	}
}

// Longest texts of a line, in characters.
const (
	longestWord   = 200
	longestReason = 400
)

// append adds entries to the chain, and returns once they are on the disk.
func (s Store) append(c *Chain, entries ...Entry) error {
	if err := chain.Append(&c.Chain, s.path(CustodyFile), entries...); err != nil {
		return fmt.Errorf("writing the chain of custody: %w", err)
	}
	return nil
}
