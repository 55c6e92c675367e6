package dump

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" //nolint:gosec // as the files are written
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"strconv"
	"unicode/utf16"

	"constat.example/internal/failure"
)

// officeLock is a document of Office Open XML that is protected by a password:
// the zip archive encrypted, in a compound file ([MS-OFFCRYPTO] 2.3.4.5 and
// 2.3.4.10). Only what is read is decrypted, when it is read.
type officeLock struct{}

func (officeLock) name() string { return "Office password protection" }

func (officeLock) about() Packing {
	return Packing{
		Name: "Office password protection", What: "workbooks of Office Open XML protected with AES, by Excel 2007 and later",
		NotRead: "older protection (RC4, XOR)",
	}
}

func (officeLock) magic(head []byte) bool { return bytes.HasPrefix(head, []byte(compoundMagic)) }

// usualPassword is what Excel protects with where nobody chose a password, and
// opens without asking.
const usualPassword = "VelvetSweatshop"

func (officeLock) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	c, err := f.compound(ctx)
	if err != nil {
		return nil, nil, err
	}
	packed, ok := c.stream("EncryptedPackage")
	said, described := c.stream("EncryptionInfo")
	if !ok || !described {
		return nil, nil, unsupported(f.name, oldOffice)
	}
	info := make([]byte, min(said.size, 1<<16))
	if _, err := said.ReadAt(info, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, err
	}
	lock, err := readLock(info)
	if err != nil {
		return nil, nil, failure.New(failure.BadInput, "Ask for its password, open it with Excel and save it without.", "%s: %w", f.name, err)
	}
	for _, password := range append([][]byte{[]byte(usualPassword)}, f.passwords()...) {
		if err := ctx.Err(); err != nil {
			return nil, nil, context.Cause(ctx)
		}
		block := lock.open(password)
		if block == nil {
			continue
		}
		head := make([]byte, 8)
		if _, err := packed.ReadAt(head, 0); err != nil {
			return nil, nil, failure.New(failure.BadInput, "Ask for the file again.", "%s: the compound file is damaged or cut short", f.name)
		}
		have := (packed.size - 8) / aes.BlockSize * aes.BlockSize
		n := int64(binary.LittleEndian.Uint64(head))
		if n < 0 || n > have {
			n = have // cut short: the archive will say so
		}
		open := &unlocked{in: packed, lock: lock, block: block, size: n}
		b := section("", open, 0, n)
		b.packed = c.size
		return []*blob{b}, nil, nil
	}
	why := encrypted
	if len(f.passwords()) > 0 {
		why = wrongPassword
	}
	return nil, []refusal{{why: why, bytes: c.size}}, nil
}

// officeKey is how a document is locked.
type officeKey struct {
	agile bool
	hash  func() hash.Hash
	bits  int // of the key of the document

	salt       []byte // of the document
	block      int    // bytes
	password   officeSalt
	verifier   []byte // encrypted
	verified   []byte // the hash of the verifier, encrypted
	documented []byte // the key of the document, encrypted
}

// officeSalt is how a password becomes a key.
type officeSalt struct {
	hash  func() hash.Hash
	salt  []byte
	spins int
	bits  int
}

// maxSpins is how many times over a password is hashed; Office writes 100,000.
const maxSpins = 10_000_000

var errLock = errors.New("encrypted in a way that is not read")

// readLock reads the EncryptionInfo stream.
func readLock(info []byte) (*officeKey, error) {
	if len(info) < 8 {
		return nil, errLock
	}
	major, minor := binary.LittleEndian.Uint16(info), binary.LittleEndian.Uint16(info[2:])
	switch {
	case major == 4 && minor == 4:
		return readAgile(info[8:])
	case (major == 2 || major == 3 || major == 4) && minor == 2:
		return readStandard(info[8:])
	}
	return nil, errLock
}

func readStandard(info []byte) (*officeKey, error) {
	if len(info) < 4 {
		return nil, errLock
	}
	n := int64(binary.LittleEndian.Uint32(info))
	if n < 32 || n > int64(len(info))-4 {
		return nil, errLock
	}
	head, rest := info[4:4+n], info[4+n:]
	cipherID, hashID, bits := binary.LittleEndian.Uint32(head[8:]), binary.LittleEndian.Uint32(head[12:]), int(binary.LittleEndian.Uint32(head[16:]))
	if cipherID != 0x660e && cipherID != 0x660f && cipherID != 0x6610 || hashID != 0x8004 && hashID != 0 || len(rest) < 4+16+16+4+32 || bits != 128 && bits != 192 && bits != 256 {
		return nil, errLock
	}
	return &officeKey{
		hash: sha1.New, bits: bits, block: aes.BlockSize,
		password: officeSalt{hash: sha1.New, salt: rest[4:20], spins: 50_000, bits: bits},
		verifier: rest[20:36], verified: rest[40:72],
	}, nil
}

func readAgile(info []byte) (*officeKey, error) {
	k := &officeKey{agile: true}
	x := newXMLReader(bytes.NewReader(info), utf8Text, 1<<16)
	known := 0
	for x.next() {
		if x.kind != startTag || string(x.name) != "keyData" && string(x.name) != "encryptedKey" {
			continue
		}
		by, size := officeHash(x.value("hashAlgorithm"))
		bits, err := strconv.Atoi(x.value("keyBits"))
		salt, bad := base64.StdEncoding.DecodeString(x.value("saltValue"))
		if by == nil || err != nil || bad != nil || size == 0 || bits != 128 && bits != 192 && bits != 256 || len(salt) < 1 ||
			x.value("cipherAlgorithm") != "AES" || x.value("cipherChaining") != "ChainingModeCBC" || x.value("blockSize") != "16" {
			return nil, errLock
		}
		known++
		if string(x.name) == "keyData" {
			k.hash, k.bits, k.salt, k.block = by, bits, salt, aes.BlockSize
			continue
		}
		spins, err := strconv.Atoi(x.value("spinCount"))
		if err != nil || spins < 0 || spins > maxSpins {
			return nil, errLock
		}
		k.password = officeSalt{hash: by, salt: salt, spins: spins, bits: bits}
		for name, to := range map[string]*[]byte{"encryptedVerifierHashInput": &k.verifier, "encryptedVerifierHashValue": &k.verified, "encryptedKeyValue": &k.documented} {
			if *to, err = base64.StdEncoding.DecodeString(x.value(name)); err != nil || len(*to) == 0 || len(*to)%aes.BlockSize != 0 {
				return nil, errLock
			}
		}
		break
	}
	if known != 2 || k.salt == nil {
		return nil, errLock
	}
	return k, nil
}

func officeHash(name string) (func() hash.Hash, int) {
	switch name {
	case "SHA1", "SHA-1":
		return sha1.New, sha1.Size
	case "SHA256", "SHA-256":
		return sha256.New, sha256.Size
	case "SHA384", "SHA-384":
		return sha512.New384, sha512.Size384
	case "SHA512", "SHA-512":
		return sha512.New, sha512.Size
	}
	return nil, 0
}

func hashOf(by func() hash.Hash, parts ...[]byte) []byte {
	h := by()
	for _, p := range parts {
		_, _ = h.Write(p)
	}
	return h.Sum(nil)
}

// spin hashes a password many times over.
func (s *officeSalt) spin(password []byte) []byte {
	var wide []byte
	for _, u := range utf16.Encode([]rune(string(password))) {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	sum := hashOf(s.hash, s.salt, wide)
	h := s.hash()
	var n [4]byte
	for i := range s.spins {
		binary.LittleEndian.PutUint32(n[:], uint32(i))
		h.Reset()
		_, _ = h.Write(n[:])
		_, _ = h.Write(sum)
		sum = h.Sum(sum[:0])
	}
	return sum
}

// fitted makes a sum as long as a key.
func fitted(sum []byte, size int) []byte {
	for len(sum) < size {
		sum = append(sum, 0x36)
	}
	return sum[:size]
}

// open returns what decrypts the document where the password is right, else nil.
func (k *officeKey) open(password []byte) cipher.Block {
	sum := k.password.spin(password)
	if !k.agile {
		key := k.standardKey(hashOf(sha1.New, sum, make([]byte, 4)))
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil
		}
		verifier, verified := make([]byte, 16), make([]byte, 32)
		block.Decrypt(verifier, k.verifier)
		block.Decrypt(verified, k.verified)
		block.Decrypt(verified[16:], k.verified[16:])
		if subtle.ConstantTimeCompare(hashOf(sha1.New, verifier), verified[:sha1.Size]) != 1 {
			return nil
		}
		return block
	}
	part := func(purpose string, text []byte) []byte {
		block, err := aes.NewCipher(fitted(hashOf(k.password.hash, sum, []byte(purpose)), k.password.bits/8))
		if err != nil {
			return nil
		}
		out := make([]byte, len(text))
		cipher.NewCBCDecrypter(block, fitted(bytes.Clone(k.password.salt), aes.BlockSize)).CryptBlocks(out, text)
		return out
	}
	verifier := part("\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79", k.verifier)
	want := part("\xd7\xaa\x0f\x6d\x30\x61\x34\x4e", k.verified)
	got := hashOf(k.password.hash, verifier[:min(len(verifier), len(k.password.salt))])
	if len(want) < len(got) || subtle.ConstantTimeCompare(got, want[:len(got)]) != 1 {
		return nil
	}
	key := part("\x14\x6e\x0b\xe7\xab\xac\xd0\xd6", k.documented)
	if len(key) < k.bits/8 {
		return nil
	}
	block, err := aes.NewCipher(key[:k.bits/8])
	if err != nil {
		return nil
	}
	return block
}

// standardKey makes the key of the sum as Windows does.
func (k *officeKey) standardKey(sum []byte) []byte {
	var key []byte
	for _, pad := range []byte{0x36, 0x5c} {
		b := bytes.Repeat([]byte{pad}, 64)
		for i := range sum {
			b[i] ^= sum[i]
		}
		key = append(key, hashOf(sha1.New, b)...)
	}
	return key[:k.bits/8]
}

// lockedPiece is how much of a document is encrypted in one go.
const lockedPiece = 4096

// unlocked decrypts what is read.
type unlocked struct {
	in    io.ReaderAt
	lock  *officeKey
	block cipher.Block
	size  int64
}

func (u *unlocked) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= u.size {
		return 0, io.EOF
	}
	done := 0
	var piece [lockedPiece]byte
	for done < len(p) && at < u.size {
		number := at / lockedPiece
		n, err := u.in.ReadAt(piece[:], 8+number*lockedPiece)
		if err != nil && !errors.Is(err, io.EOF) {
			return done, err
		}
		n = n / aes.BlockSize * aes.BlockSize
		u.decrypt(piece[:n], uint32(number))
		from := int(at - number*lockedPiece)
		to := int(min(int64(n), u.size-number*lockedPiece))
		if from >= to {
			break
		}
		k := copy(p[done:], piece[from:to])
		done += k
		at += int64(k)
	}
	if done < len(p) {
		return done, io.EOF
	}
	return done, nil
}

func (u *unlocked) decrypt(piece []byte, number uint32) {
	if u.lock.agile {
		iv := hashOf(u.lock.hash, u.lock.salt, binary.LittleEndian.AppendUint32(nil, number))
		cipher.NewCBCDecrypter(u.block, fitted(iv, aes.BlockSize)).CryptBlocks(piece, piece)
		return
	}
	for i := 0; i < len(piece); i += aes.BlockSize {
		u.block.Decrypt(piece[i:], piece[i:])
	}
}
