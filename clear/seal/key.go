package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// keySize is the length of a register key in bytes.
const keySize = 32

// Key is an open register key. Its methods may be called from several
// goroutines. It shows itself redacted, and cannot be compared with ==.
type Key struct {
	_ [0]func() // incomparable

	info    Info
	columns [kind.Count][roleCount]*mac
	variant [familyCount][classCount]*mac
	rowKey  *mac // of the keys by which the tables of a dump name each other's rows
	idTag   *mac
	idText  cipher.Block
	wrapper cipher.AEAD
	meeting ed25519.PrivateKey // by which other organisations know this one
	seeds   []byte             // what seeds are drawn with
	scratch sync.Pool          // of *block
}

const (
	roleCount   = int(token.Tail) + 1
	familyCount = int(kind.Street) + 1
	classCount  = int(token.Sound) + 1
)

// newKey derives from a register key all that sealing needs. It keeps no
// reference to secret.
func newKey(secret []byte) *Key {
	prk, err := hkdf.Extract(sha256.New, secret, nil)
	if err != nil {
		panic("seal: " + err.Error()) // only where FIPS 140 forbids the length, which is fixed
	}
	defer clear(prk)
	k := &Key{info: Info{ID: fingerprint(prk)}}
	k.scratch.New = func() any { return new(block) }

	domains := map[string]*mac{}
	domain := func(name string) *mac {
		if domains[name] == nil {
			sub := expand(prk, "token/"+name, keySize)
			domains[name] = newMAC(sub)
			clear(sub)
		}
		return domains[name]
	}
	for _, kd := range kind.All() {
		for role := range roleCount {
			k.columns[kd][role] = domain(columnDomain(kd, token.Role(role)))
		}
	}
	for f := kind.Name; int(f) < familyCount; f++ {
		for c := token.Form; int(c) < classCount; c++ {
			k.variant[f][c] = domain(variantDomain(f, c))
		}
	}
	k.rowKey = domain("row_key")
	k.idTag = domain("record_id/sealed")
	k.idText = newAES(prk, "record_id/text")
	seed := expand(prk, "owner/identity", ed25519.SeedSize)
	k.meeting = ed25519.NewKeyFromSeed(seed)
	clear(seed)
	k.seeds = expand(prk, "seed", keySize)
	if k.wrapper, err = cipher.NewGCMWithRandomNonce(newAES(prk, "wrap")); err != nil {
		panic("seal: " + err.Error())
	}
	return k
}

// newAES is AES-256 under a key of that purpose.
func newAES(prk []byte, purpose string) cipher.Block {
	sub := expand(prk, purpose, keySize)
	defer clear(sub)
	c, err := aes.NewCipher(sub)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return c
}

// fingerprint is the public id of the key that prk was extracted from.
func fingerprint(prk []byte) string { return hex.EncodeToString(expand(prk, "id", 8)) }

func expand(prk []byte, purpose string, n int) []byte {
	sub, err := hkdf.Expand(sha256.New, prk, "constat.example/seal/1/"+purpose, n)
	if err != nil {
		panic("seal: " + err.Error())
	}
	return sub
}

// columnDomain names what the tokens of a column compare within.
func columnDomain(k kind.Kind, role token.Role) string {
	name := k.String()
	if f := k.Family(); f != kind.NoFamily {
		name = f.String()
	}
	switch role {
	case token.Head:
		return name + "/head"
	case token.Tail:
		return name + "/tail"
	default:
		return name
	}
}

// variantDomain names what variants of a class compare within. Forms and Edits
// share the domain of whole values: what a value is a variant of itself need
// not be kept.
func variantDomain(f kind.Family, c token.Class) string {
	if c == token.Sound {
		return "sound/" + f.String()
	}
	return f.String()
}

// ID is the key's public fingerprint: 16 hexadecimal digits derived from it.
func (k *Key) ID() string { return k.info.ID }

// Meeting is the key by which other organisations know this one when they compare
// a dump with a register. It comes from the register key, so that there is no
// second secret to be kept; it is void after Destroy.
func (k *Key) Meeting() ed25519.PrivateKey { return k.meeting }

// Info says how the key is kept, with warnings for people.
func (k *Key) Info() Info { return k.info }

// Token seals a canonical value for a column. It is never zero; for a column
// whose tokens are short it fits 16 bits, sign included.
func (k *Key) Token(c token.Column, canonical []byte) token.Token {
	x := k.scratch.Get().(*block)
	t := k.token(x, c, canonical)
	k.scratch.Put(x)
	return t
}

// Variant seals a variant of a value of a family for the lexicon.
func (k *Key) Variant(f kind.Family, c token.Class, text []byte) token.Variant {
	x := k.scratch.Get().(*block)
	t := k.variantToken(x, f, c, text)
	k.scratch.Put(x)
	return t
}

func (k *Key) token(x *block, c token.Column, canonical []byte) token.Token {
	k.columns[c.Kind][c.Role].sum(x, canonical)
	if c.Short() {
		return x.short()
	}
	return x.long()
}

func (k *Key) variantToken(x *block, f kind.Family, c token.Class, text []byte) token.Variant {
	k.variant[f][c].sum(x, text)
	return token.VariantOf(x.long())
}

// long is the first 64 bits of a tag. Zero means "no value" right of the
// curtain, so the one tag in 2^64 that is zero becomes 1.
func (b *block) long() token.Token {
	return nonZero(token.Token(binary.BigEndian.Uint64(b[:8])))
}

// short is the first 16 bits of a tag, zero again becoming 1.
func (b *block) short() token.Token {
	return nonZero(token.Token(int16(binary.BigEndian.Uint16(b[:2]))))
}

func nonZero(t token.Token) token.Token {
	if t == 0 {
		return 1
	}
	return t
}

// Destroy makes the key unusable: sealing with it afterwards panics. The key
// itself was forgotten when it was opened; the schedules that AES made of its
// subkeys are dropped for the collector, which Go gives no means to hurry.
func (k *Key) Destroy() {
	for _, ms := range k.columns {
		destroy(ms[:])
	}
	for _, ms := range k.variant {
		destroy(ms[:])
	}
	destroy([]*mac{k.rowKey, k.idTag})
	k.columns = [kind.Count][roleCount]*mac{}
	k.variant = [familyCount][classCount]*mac{}
	k.rowKey, k.idTag, k.idText, k.wrapper = nil, nil, nil, nil
	clear(k.meeting)
	k.meeting = nil
	clear(k.seeds)
	k.seeds = nil
}

// Seed is what a random stream for that purpose begins with: always the same, and
// known to nobody without the key.
func (k *Key) Seed(purpose string) (seed [32]byte) {
	if k.seeds == nil {
		panic("seal: a destroyed key is used")
	}
	h := hmac.New(sha256.New, k.seeds)
	h.Write([]byte(purpose))
	h.Sum(seed[:0])
	return seed
}

func destroy(ms []*mac) {
	for _, m := range ms {
		if m != nil {
			*m = mac{}
		}
	}
}

// String names the key by its id.
func (k *Key) String() string { return "‹register key " + k.info.ID + "›" }

// GoString is String.
func (k *Key) GoString() string { return k.String() }

// Format writes String for every verb, so that no verb reaches the fields.
func (k *Key) Format(f fmt.State, _ rune) { fmt.Fprint(f, k.String()) }

// LogValue is String.
func (k *Key) LogValue() slog.Value { return slog.StringValue(k.String()) }
