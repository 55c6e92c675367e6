package seal

import (
	"bytes"
	"cmp"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"constat.example/internal/disk"
	"constat.example/internal/failure"
)

// Ring is a folder of register keys:
//
//	<id>.key.age   one key, encrypted with age
//	identity.txt   the identity that opens keys, where nobody named another
//	ring.json      which key is current, and when and for whom each was made
//
// ring.json holds nothing secret and nothing that cannot be done without:
// a key file that it does not know is listed all the same.
type Ring struct {
	// Now tells when keys are made and rotated. Default time.Now.
	Now func() time.Time

	dir  string
	work int // log2 of scrypt's work factor; 0 for age's own
}

// Kept says what opens a key file.
type Kept string

// The ways a key is kept.
const (
	KeptIdentity   Kept = "identity"
	KeptPassphrase Kept = "passphrase"
)

// Info describes a key without opening it.
type Info struct {
	ID           string    // 16 hexadecimal digits derived from the key
	Created      time.Time // zero where ring.json does not know
	Rotated      time.Time // zero where it never was
	Kept         Kept
	Recipient    string // public half of the identity it is kept for; "" for a passphrase
	Current      bool   // the one that Open takes by default
	File         string // path of the key file
	IdentityFile string // path of the identity file used; "" for a passphrase, and from List
	MadeIdentity bool   // the identity file was made just now
	Warnings     []string
}

// keyExt ends the names of key files.
const keyExt = ".key.age"

// OpenRing opens the folder of keys at dir. The folder need not exist yet: the
// first key makes it, for its owner alone.
func OpenRing(dir string) (*Ring, error) {
	switch st, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, failure.New(failure.BadInput, "Make the folder of keys readable by the account that runs this command.", "opening the folder of keys: %w", err)
	case !st.IsDir():
		return nil, failure.New(failure.BadInput, "Name another home with --home, or move that file away.", "%s is not a folder of keys but a file", dir)
	}
	return &Ring{Now: time.Now, dir: dir}, nil
}

// New makes a register key and makes it the current one. It is kept for the
// passphrase where u asks for one, else for the identity file, which is made
// (mode 0600) where there is none.
func (r *Ring) New(u Unlock) (Info, error) {
	secret := make([]byte, keySize)
	defer clear(secret)
	rand.Read(secret) // never fails
	return r.add(secret, u)
}

// NewDrill is New with a key that comes from seed alone, so that a drill gives
// the same tokens, and with them the same bytes, each time it is played. Who
// knows the seed has the key: it is for invented people, and protects nobody.
func (r *Ring) NewDrill(u Unlock, seed []byte) (Info, error) {
	prk, err := hkdf.Extract(sha256.New, seed, nil)
	if err != nil {
		return Info{}, fmt.Errorf("deriving the drill's key: %w", err)
	}
	defer clear(prk)
	secret := expand(prk, "drill", keySize)
	defer clear(secret)
	return r.add(secret, u)
}

// add keeps a key and makes it the current one.
func (r *Ring) add(secret []byte, u Unlock) (Info, error) {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return Info{}, fmt.Errorf("making the folder of keys: %w", err)
	}
	m, err := r.manifest()
	if err != nil {
		return Info{}, err
	}
	prk, err := hkdf.Extract(sha256.New, secret, nil)
	if err != nil {
		return Info{}, fmt.Errorf("deriving the key's id: %w", err)
	}
	defer clear(prk)

	to, err := r.keeper(u)
	if err != nil {
		return Info{}, err
	}
	e := entry{ID: fingerprint(prk), Created: r.Now().UTC().Truncate(time.Second), Kept: to.kept, Recipient: to.public}
	if err := r.store(e.ID, secret, to); err != nil {
		return Info{}, err
	}
	m.set(e)
	m.Current = e.ID
	if err := r.writeManifest(m); err != nil {
		return Info{}, err
	}
	info := r.describe(e, m)
	info.IdentityFile, info.MadeIdentity = to.file, to.made
	info.Warnings = r.warnings(info)
	return info, nil
}

// List describes every key of the ring, the oldest first.
func (r *Ring) List() ([]Info, error) {
	m, err := r.manifest()
	if err != nil {
		return nil, err
	}
	infos := make([]Info, 0, len(m.Keys))
	for _, e := range m.Keys {
		info := r.describe(e, m)
		info.Warnings = r.warnings(info)
		infos = append(infos, info)
	}
	return infos, nil
}

// Open opens the key of that id, or the current one for "".
func (r *Ring) Open(id string, u Unlock) (*Key, error) {
	info, secret, err := r.unlock(id, u)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	k := newKey(secret)
	k.info = info
	return k, nil
}

// Rotate keeps the current key for another identity or passphrase. The key
// stays, and with it every token; what it was kept with before no longer opens
// it.
//
// Where from and to name the same identity file, a new identity replaces the
// old one in it. That takes three atomic steps (add the new identity to the
// file, encrypt the key for it, drop the old one), and after each the file
// opens the key. An identity that another key of the ring still needs is left.
//
// Who holds a copy of the old key file together with the old identity or
// passphrase still has the key. Against that only a new key and a new import
// help, which is why no old copy is kept.
func (r *Ring) Rotate(from, to Unlock) (Info, error) {
	info, secret, err := r.unlock("", from)
	if err != nil {
		return Info{}, err
	}
	defer clear(secret)
	m, err := r.manifest()
	if err != nil {
		return Info{}, err
	}

	fresh := info.Kept == KeptIdentity && to.Passphrase == nil && sameFile(info.IdentityFile, r.identityFile(to))
	var k keeper
	if fresh {
		k, err = addIdentity(info.IdentityFile, r.Now())
	} else {
		k, err = r.keeper(to)
	}
	if err != nil {
		return Info{}, err
	}
	if err := r.store(info.ID, secret, k); err != nil {
		return Info{}, err
	}
	e := entry{ID: info.ID, Created: info.Created, Rotated: r.Now().UTC().Truncate(time.Second), Kept: k.kept, Recipient: k.public}
	m.set(e)
	m.Current = e.ID
	if err := r.writeManifest(m); err != nil {
		return Info{}, err
	}
	if fresh && info.Recipient != "" && !slices.ContainsFunc(m.Keys, func(e entry) bool {
		return e.Recipient == info.Recipient || e.Kept == KeptIdentity && e.Recipient == ""
	}) {
		if err := dropIdentity(k.file, info.Recipient); err != nil {
			return Info{}, err
		}
	}
	info = r.describe(e, m)
	info.IdentityFile, info.MadeIdentity = k.file, k.made
	info.Warnings = r.warnings(info)
	return info, nil
}

// unlock opens a key file and returns the key in it, for the caller to clear.
func (r *Ring) unlock(id string, u Unlock) (Info, []byte, error) {
	m, err := r.manifest()
	if err != nil {
		return Info{}, nil, err
	}
	if id == "" {
		if id, err = m.current(r.dir); err != nil {
			return Info{}, nil, err
		}
	}
	i := slices.IndexFunc(m.Keys, func(e entry) bool { return e.ID == id })
	if i < 0 {
		return Info{}, nil, failure.New(failure.BadInput,
			"Put the file "+clean(id)+keyExt+" of that register into the folder, or name the home where it is with --home.",
			"the folder %s does not hold the key %s; it holds %s", r.dir, clean(id), m.ids())
	}
	info := r.describe(m.Keys[i], m)
	sealed, err := os.ReadFile(info.File)
	if err != nil {
		return Info{}, nil, failure.New(failure.BadInput,
			"Make the key file readable by the account that runs this command, or restore it from a backup.",
			"reading the key file: %w", err)
	}
	if _, err := age.ExtractHeader(bytes.NewReader(sealed)); err != nil {
		return Info{}, nil, corrupted(info)
	}
	o, err := r.opener(info, u)
	if err != nil {
		return Info{}, nil, err
	}
	info.IdentityFile = o.file
	secret, used, err := decrypt(info, sealed, o)
	if err != nil {
		return Info{}, nil, err
	}
	info.Recipient = cmp.Or(used, info.Recipient)
	info.Warnings = r.warnings(info)
	return info, secret, nil
}

// store writes the file of a key, atomically.
func (r *Ring) store(id string, secret []byte, to keeper) error {
	sealed, err := encrypt(secret, to)
	if err != nil {
		return err
	}
	return writeSecret(filepath.Join(r.dir, id+keyExt), sealed)
}

// describe is what the ring knows of a key, warnings apart.
func (r *Ring) describe(e entry, m *manifest) Info {
	return Info{
		ID: e.ID, Created: e.Created, Rotated: e.Rotated, Kept: e.Kept, Recipient: e.Recipient,
		Current: e.ID == m.Current, File: filepath.Join(r.dir, e.ID+keyExt),
	}
}

// warnings tells of files that other accounts of the machine can read, and of
// a key kept beside what opens it.
func (r *Ring) warnings(info Info) []string {
	var ws []string
	identity := info.IdentityFile
	if identity == "" && info.Kept == KeptIdentity {
		identity = r.identityFile(Unlock{})
	}
	for _, path := range []string{info.File, identity} {
		if path == "" {
			continue
		}
		if st, err := os.Stat(path); err == nil && st.Mode().Perm()&0o077 != 0 {
			ws = append(ws, fmt.Sprintf("%s can be read by others (mode %04o): take that away with chmod 600", path, st.Mode().Perm()))
		}
	}
	if info.MadeIdentity && filepath.Dir(identity) == filepath.Clean(r.dir) {
		ws = append(ws, fmt.Sprintf("%s opens the key that lies beside it: in production keep it on another device or in a vault, and keep a copy, since nothing else opens the key", identity))
	}
	return ws
}

// writeSecret replaces a file atomically, for its owner alone, and makes sure
// that the new name is on the disk.
func writeSecret(path string, data []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // a link to where the file is kept stays one
	}
	if err := disk.WriteFile(path, data); err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	return nil
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// clean makes text that came from outside fit to be shown: a key id has
// letters and digits only.
func clean(id string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '?'
	}, id[:min(len(id), 64)])
}
