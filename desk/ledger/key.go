package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"constat.example/internal/failure"
)

// NewKey makes the key of a ledger: skey signs and stays secret, vkey verifies and is
// for everybody. Both are in the spelling of signed notes (C2SP signed-note). The
// name in them is that of the ledger.
func NewKey() (skey, vkey string, err error) {
	var id [8]byte
	rand.Read(id[:]) // never fails
	return note.GenerateKey(rand.Reader, "constat.example/ledger/"+hex.EncodeToString(id[:]))
}

// ParseKey reads a vkey as people hand it on: one line.
func ParseKey(text []byte) (note.Verifier, error) {
	v, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, failure.New(failure.BadInput, `It is one line, as "constat ledger key" prints it.`, "that is no key to verify a ledger with")
	}
	return v, nil
}

// Checkpoint is the state of a ledger that somebody vouches for (C2SP
// tlog-checkpoint).
type Checkpoint struct {
	Origin string
	Size   int64 // entries
	Root   tlog.Hash
	By     []string // names of the witnesses that cosigned it and are known
	text   []byte   // as it is written, signatures included
}

// body is what is signed of a checkpoint.
func (c *Checkpoint) body() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Text is the checkpoint as it is written, signatures included.
func (c *Checkpoint) Text() []byte { return bytes.Clone(c.text) }

// errNoCheckpoint says that a text is none.
var errNoCheckpoint = errors.New("it is no checkpoint")

func parseBody(text string) (*Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" { // no extension lines: Constat writes none
		return nil, errNoCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || size > 1<<40 {
		return nil, errNoCheckpoint
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return nil, errNoCheckpoint
	}
	c := &Checkpoint{Origin: lines[0], Size: size, Root: root}
	if c.body() != text { // one spelling
		return nil, errNoCheckpoint
	}
	return c, nil
}

// sign writes a checkpoint of the ledger.
func sign(by note.Signer, size int64, root tlog.Hash) (*Checkpoint, error) {
	c := &Checkpoint{Origin: by.Name(), Size: size, Root: root}
	var err error
	c.text, err = note.Sign(&note.Note{Text: c.body()}, by)
	return c, err
}

// OpenCheckpoint reads a checkpoint of the ledger whose key that is. It refuses what
// that key did not sign, signatures of known witnesses that do not hold, and every
// other spelling. Witnesses that are not known are passed over.
func OpenCheckpoint(text []byte, key note.Verifier, witnesses ...note.Verifier) (*Checkpoint, error) {
	n, err := note.Open(text, note.VerifierList(append([]note.Verifier{key}, witnesses...)...))
	if _, bad := errors.AsType[*note.InvalidSignatureError](err); bad {
		return nil, errors.New("its signature does not hold")
	}
	if _, other := errors.AsType[*note.UnverifiedNoteError](err); other {
		return nil, errors.New("it is signed by another key")
	}
	if err != nil {
		return nil, errNoCheckpoint
	}
	c, err := parseBody(n.Text)
	if err != nil {
		return nil, err
	}
	signed := false
	for _, s := range n.Sigs {
		if s.Name == key.Name() && s.Hash == key.KeyHash() {
			signed = true
		} else {
			c.By = append(c.By, s.Name)
		}
	}
	switch {
	case !signed:
		return nil, errors.New("it is signed by another key")
	case c.Origin != key.Name():
		return nil, errors.New("it is that of another ledger")
	}
	// Base64 has several spellings of the same bytes, and a note may repeat a signature.
	_, lines, _ := bytes.Cut(text, []byte("\n\n"))
	seen := map[string]bool{}
	for line := range strings.Lines(string(lines)) {
		_, b64, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(line, "— "), "\n"), " ")
		raw, err := base64.StdEncoding.Strict().DecodeString(b64)
		if err != nil || base64.StdEncoding.EncodeToString(raw) != b64 || seen[line] {
			return nil, errors.New("its signatures are not written as signatures are")
		}
		seen[line] = true
	}
	c.text = bytes.Clone(text)
	return c, nil
}

// Witnesses sign checkpoints with a key of another kind, and add the time (C2SP
// tlog-cosignature, cosignature/v1 with Ed25519).
const algCosignature = 4

// NewWitnessKey makes the key of a witness.
func NewWitnessKey() (skey, vkey string, err error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	var id [8]byte
	rand.Read(id[:]) // never fails
	name := "constat.example/witness/" + hex.EncodeToString(id[:])
	seed := append([]byte{algCosignature}, private.Seed()...)
	pub := append([]byte{algCosignature}, public...)
	hash := keyHash(name, pub)
	skey = fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", name, hash, base64.StdEncoding.EncodeToString(seed))
	return skey, fmt.Sprintf("%s+%08x+%s", name, hash, base64.StdEncoding.EncodeToString(pub)), nil
}

func keyHash(name string, key []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), key...))
	return binary.BigEndian.Uint32(sum[:])
}

func cosigned(at int64, body string) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, body)
}

// witness verifies cosignatures, and makes them where it has the private key.
type witness struct {
	name    string
	hash    uint32
	public  ed25519.PublicKey
	private ed25519.PrivateKey
	now     func() time.Time
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at < 1<<62 && ed25519.Verify(w.public, cosigned(int64(at), string(msg)), sig[8:])
}

func (w *witness) Sign(msg []byte) ([]byte, error) {
	at := w.now().Unix()
	sig := binary.BigEndian.AppendUint64(nil, uint64(at))
	return append(sig, ed25519.Sign(w.private, cosigned(at, string(msg)))...), nil
}

// noWitness says that a text is no key of a witness.
func noWitness() error {
	return failure.New(failure.BadInput, `"constat ledger witness-key FILE" makes one.`, "that is no key of a witness")
}

// ParseWitness reads the public key of a witness.
func ParseWitness(text []byte) (note.Verifier, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(string(text)), "+")
	w, err := witnessOf(name, rest, func(key []byte) (ed25519.PublicKey, ed25519.PrivateKey) { return key, nil })
	if err != nil {
		return nil, err
	}
	return w, nil
}

// ParseWitnessSigner reads the private key of a witness, which signs by that clock.
func ParseWitnessSigner(text []byte, now func() time.Time) (note.Signer, error) {
	rest, private := strings.CutPrefix(strings.TrimSpace(string(text)), "PRIVATE+KEY+")
	name, rest, _ := strings.Cut(rest, "+")
	if !private {
		return nil, noWitness()
	}
	w, err := witnessOf(name, rest, func(seed []byte) (ed25519.PublicKey, ed25519.PrivateKey) {
		key := ed25519.NewKeyFromSeed(seed)
		return key.Public().(ed25519.PublicKey), key
	})
	if err != nil {
		return nil, err
	}
	w.now = now
	return w, nil
}

func witnessOf(name, rest string, keys func([]byte) (ed25519.PublicKey, ed25519.PrivateKey)) (*witness, error) {
	hash, b64, _ := strings.Cut(rest, "+")
	raw, err := base64.StdEncoding.Strict().DecodeString(b64)
	if err != nil || len(raw) != 1+ed25519.SeedSize || raw[0] != algCosignature || name == "" || strings.ContainsAny(name, " \n\t") {
		return nil, noWitness()
	}
	w := &witness{name: name}
	w.public, w.private = keys(raw[1:])
	w.hash = keyHash(name, append([]byte{algCosignature}, w.public...))
	if hash != fmt.Sprintf("%08x", w.hash) {
		return nil, noWitness()
	}
	return w, nil
}

// Cosign adds the signature of a witness to a checkpoint.
func Cosign(c *Checkpoint, by note.Signer) ([]byte, error) {
	sig, err := by.Sign([]byte(c.body()))
	if err != nil {
		return nil, err
	}
	raw := append(binary.BigEndian.AppendUint32(nil, by.KeyHash()), sig...)
	return fmt.Appendf(c.Text(), "— %s %s\n", by.Name(), base64.StdEncoding.EncodeToString(raw)), nil
}
