package seal

import (
	"bytes"
	"cmp"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"constat.example/internal/failure"
)

// Unlock is what opens a key, or what a new one is kept with.
type Unlock struct {
	// Passphrase asks for the passphrase; nil where there is none. It is only
	// called where it is needed, and its result is cleared.
	Passphrase func() ([]byte, error)
	// IdentityFile is an age identity file. Default identity.txt in the ring's
	// folder.
	IdentityFile string
}

// identityFile is the identity file that u means.
func (r *Ring) identityFile(u Unlock) string {
	return cmp.Or(u.IdentityFile, filepath.Join(r.dir, "identity.txt"))
}

// keeper is what a key is encrypted for.
type keeper struct {
	kept      Kept
	recipient age.Recipient
	public    string // of an identity
	file      string // of an identity
	made      bool   // the file was made just now
}

// keeper prepares to keep a key as u says, making the identity file where u
// means one that does not exist.
func (r *Ring) keeper(u Unlock) (keeper, error) {
	if u.Passphrase != nil {
		pass, err := passphrase(u)
		if err != nil {
			return keeper{}, err
		}
		to, err := age.NewScryptRecipient(pass)
		if err != nil {
			return keeper{}, fmt.Errorf("preparing the passphrase: %w", err)
		}
		if r.work > 0 {
			to.SetWorkFactor(r.work)
		}
		return keeper{kept: KeptPassphrase, recipient: to}, nil
	}
	file := r.identityFile(u)
	switch ids, err := readIdentities(file); {
	case errors.Is(err, fs.ErrNotExist):
		return newIdentity(file, r.Now())
	case err != nil:
		return keeper{}, err
	default:
		to, public := recipientOf(ids[0])
		return keeper{kept: KeptIdentity, recipient: to, public: public, file: file}, nil
	}
}

// opener is what a key file is tried with.
type opener struct {
	ids  []age.Identity
	file string // of the identities; "" for a passphrase
}

func (r *Ring) opener(info Info, u Unlock) (opener, error) {
	if info.Kept == KeptPassphrase {
		if u.Passphrase == nil {
			return opener{}, failure.New(failure.BadInput,
				"Give it at the terminal, with --passphrase-file or in $CONSTAT_PASSPHRASE_FILE.",
				"the key %s is kept with a passphrase and none was given", clean(info.ID))
		}
		pass, err := passphrase(u)
		if err != nil {
			return opener{}, err
		}
		id, err := age.NewScryptIdentity(pass)
		if err != nil {
			return opener{}, fmt.Errorf("preparing the passphrase: %w", err)
		}
		id.SetMaxWorkFactor(maxWork)
		return opener{ids: []age.Identity{id}}, nil
	}
	file := r.identityFile(u)
	ids, err := readIdentities(file)
	if errors.Is(err, fs.ErrNotExist) {
		return opener{}, failure.New(failure.BadInput,
			"Restore the identity file from its backup or name it; without it nothing opens the key, and the register must be imported again under a new one.",
			"the identity file %s that opens the key %s is missing", file, clean(info.ID))
	}
	return opener{ids: ids, file: file}, err
}

// maxWork is the largest work factor of scrypt, as a power of two, that is
// worked through: four times age's own, which takes a gibibyte. A key file
// that somebody put there must not exhaust the machine.
const maxWork = 20

// passphrase asks for the passphrase.
func passphrase(u Unlock) (string, error) {
	pass, err := u.Passphrase()
	defer clear(pass)
	if err != nil {
		return "", fmt.Errorf("asking for the passphrase: %w", err)
	}
	if len(pass) == 0 {
		return "", failure.New(failure.BadInput, "Give a passphrase of several words.", "the passphrase is empty")
	}
	return string(pass), nil
}

// payload is what a key file holds once decrypted: a line that a person who
// opens it with age's own tool understands, with the key in hexadecimal.
const payload = "constat-register-key-1 "

func encrypt(secret []byte, to keeper) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, to.recipient)
	if err != nil {
		return nil, fmt.Errorf("encrypting the key: %w", err)
	}
	text := hex.AppendEncode([]byte(payload), secret)
	defer clear(text)
	if _, err := w.Write(append(text, '\n')); err != nil {
		return nil, fmt.Errorf("encrypting the key: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("encrypting the key: %w", err)
	}
	return sealed.Bytes(), nil
}

// decrypt opens a key file. It also returns the public half of the identity
// that did it, "" for a passphrase.
func decrypt(info Info, sealed []byte, o opener) (secret []byte, public string, err error) {
	var used age.Identity
	tries := make([]age.Identity, len(o.ids))
	for i, id := range o.ids {
		tries[i] = noting{id, &used}
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), tries...)
	if _, no := errors.AsType[*age.NoIdentityMatchError](err); no {
		if info.Kept == KeptPassphrase {
			return nil, "", failure.New(failure.BadInput,
				"Check the passphrase; without it nothing opens the key, and the register must be imported again under a new one.",
				"the passphrase does not open the key %s", clean(info.ID))
		}
		what := "the identity file %s does not open the key %s"
		if info.Recipient != "" {
			what += ", which is kept for " + clean(info.Recipient)
		}
		return nil, "", failure.New(failure.BadInput,
			"Name the identity file the key was made or last rotated with; an older one no longer opens it.", what, o.file, clean(info.ID))
	}
	if err != nil {
		return nil, "", corrupted(info)
	}
	text, err := io.ReadAll(io.LimitReader(plain, 1<<10))
	defer clear(text)
	digits, ok := bytes.CutPrefix(bytes.TrimSuffix(text, []byte("\n")), []byte(payload))
	if err != nil || !ok || len(digits) != 2*keySize {
		return nil, "", corrupted(info)
	}
	secret = make([]byte, keySize)
	if _, err := hex.Decode(secret, digits); err != nil {
		return nil, "", corrupted(info)
	}
	prk, err := hkdf.Extract(sha256.New, secret, nil)
	if err != nil {
		return nil, "", fmt.Errorf("deriving the key's id: %w", err)
	}
	defer clear(prk)
	if got := fingerprint(prk); got != info.ID {
		clear(secret)
		return nil, "", failure.New(failure.BadInput,
			"Give the file its own name back, "+got+keyExt+", and put the right file in its place.",
			"the file %s holds another key, %s", filepath.Base(info.File), got)
	}
	if used != nil {
		_, public = recipientOf(used)
	}
	return secret, public, nil
}

func corrupted(info Info) error {
	return failure.New(failure.BadInput,
		"Restore the key file from its backup; without it the register must be imported again under a new key.",
		"the key file %s is damaged", info.File)
}

// noting is an identity that leaves word when it opened a file.
type noting struct {
	age.Identity
	used *age.Identity
}

func (n noting) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	key, err := n.Identity.Unwrap(stanzas)
	if err == nil {
		*n.used = n.Identity
	}
	return key, err
}

// readIdentities reads an identity file. Its error is fs.ErrNotExist's where
// there is none.
func readIdentities(file string) ([]age.Identity, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, failure.New(failure.BadInput, "Make the identity file readable by the account that runs this command.", "reading the identity file: %w", err)
	}
	defer clear(data)
	ids, err := age.ParseIdentities(bytes.NewReader(data))
	if err != nil {
		return nil, failure.New(failure.BadInput,
			"Name a file that age-keygen or constat key new made: lines that begin with AGE-SECRET-KEY-1.",
			"%s is not an age identity file", file)
	}
	return ids, nil
}

// newIdentity makes an identity file.
func newIdentity(file string, now time.Time) (keeper, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return keeper{}, fmt.Errorf("making an identity: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return keeper{}, fmt.Errorf("making an identity: %w", err)
	}
	if err := writeSecret(file, []byte(identityLines(id, now))); err != nil {
		return keeper{}, err
	}
	return keeper{kept: KeptIdentity, recipient: id.Recipient(), public: id.Recipient().String(), file: file, made: true}, nil
}

// addIdentity puts a new identity before those of an identity file.
func addIdentity(file string, now time.Time) (keeper, error) {
	old, err := os.ReadFile(file)
	if err != nil {
		return keeper{}, fmt.Errorf("rotating the identity: %w", err)
	}
	defer clear(old)
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return keeper{}, fmt.Errorf("rotating the identity: %w", err)
	}
	both := append([]byte(identityLines(id, now)), old...)
	defer clear(both)
	if err := writeSecret(file, both); err != nil {
		return keeper{}, err
	}
	return keeper{kept: KeptIdentity, recipient: id.Recipient(), public: id.Recipient().String(), file: file}, nil
}

// dropIdentity takes the identity with that public half, and the comments
// above it, out of an identity file.
func dropIdentity(file, public string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("rotating the identity: %w", err)
	}
	defer clear(data)
	var kept, comments []string
	for line := range strings.Lines(string(data)) {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") {
			comments = append(comments, line)
			continue
		}
		ids, err := age.ParseIdentities(strings.NewReader(text))
		if err != nil {
			return fmt.Errorf("rotating the identity: %s is not an age identity file", file)
		}
		if _, p := recipientOf(ids[0]); p != public {
			kept = slices.Concat(kept, comments, []string{line})
		}
		comments = nil
	}
	return writeSecret(file, []byte(strings.Join(kept, "")))
}

func identityLines(id *age.X25519Identity, now time.Time) string {
	return fmt.Sprintf("# created: %s\n# public key: %s\n%s\n", now.UTC().Format(time.RFC3339), id.Recipient(), id)
}

// recipientOf is the public half of an identity of an identity file.
func recipientOf(id age.Identity) (age.Recipient, string) {
	switch id := id.(type) {
	case *age.X25519Identity:
		return id.Recipient(), id.Recipient().String()
	case *age.HybridIdentity:
		return id.Recipient(), id.Recipient().String()
	default:
		return nil, "" // a passphrase has none
	}
}
