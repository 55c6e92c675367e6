package dump

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // as the format has it
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
)

// A zipKey opens a member.
type zipKey interface {
	// reader decrypts what in gives of a member of so many packed bytes.
	reader(in io.Reader, packed int64) io.Reader
}

var errZipSeal = errors.New("the seal of a member is wrong")

// trialSize is how much of a member is unpacked to see whether a password fits.
const trialSize = 16 << 20 // bytes

// unlock finds the password of m. The key is nil where none is needed.
func (z *zipFile) unlock(m *zipMember) (zipKey, reason, error) {
	const central, strong = 1 << 13, 1 << 6
	switch {
	case !m.encrypted():
		return nil, 0, nil
	case m.flags&(central|strong) != 0:
		return nil, encrypted, nil // under a scheme that was never published whole
	}
	words := z.f.passwords()
	if len(words) == 0 {
		return nil, encrypted, nil
	}
	head := make([]byte, min(m.packed, 18)) // the longest salt and what tells a wrong password
	if err := z.readAt(head, m.data); err != nil {
		return nil, 0, err
	}
	for i := range words {
		at := (z.last + i) % len(words) // that which fitted before is likely to fit again
		key, ok, err := z.try(m, head, words[at], z.proved && i == 0)
		if err != nil {
			return nil, 0, err
		}
		if ok {
			z.last, z.proved = at, true
			return key, 0, nil
		}
	}
	return nil, wrongPassword, nil
}

// try sees whether a password opens m, whose packed bytes begin with head. One
// that is proved has opened another member.
func (z *zipFile) try(m *zipMember, head, word []byte, proved bool) (zipKey, bool, error) {
	var key zipKey
	if m.aes != nil {
		k, ok := m.aes.key(head, word)
		if !ok {
			return nil, false, nil
		}
		key = k
	} else {
		if len(head) < cryptoHead || !newZipCrypto(word).opens(head, m) {
			return nil, false, nil
		}
		key = zipCryptoKey(word)
	}
	if proved || !m.known() {
		return key, true, nil
	}
	// One wrong password in 256 passes so far, or in 65,536.
	in := z.read(m, key)
	_, err := io.CopyN(io.Discard, in, trialSize)
	if err != nil && !errors.Is(err, io.EOF) {
		end, ok := errors.AsType[*broken](err)
		if !ok {
			return nil, false, errors.Join(err, in.Close())
		}
		return key, end.why == bomb || end.why == cutShort && m.cut, in.Close()
	}
	return key, true, in.Close()
}

// zipCrypto is the traditional encryption of PKWARE (APPNOTE.TXT 6.1).
type zipCrypto [3]uint32

const cryptoHead = 12 // bytes of salt before the data

func newZipCrypto(word []byte) *zipCrypto {
	k := &zipCrypto{0x12345678, 0x23456789, 0x34567890}
	for _, c := range word {
		k.take(c)
	}
	return k
}

func (k *zipCrypto) take(c byte) {
	k[0] = k[0]>>8 ^ crc32.IEEETable[byte(k[0])^c]
	k[1] = (k[1]+k[0]&0xff)*134775813 + 1
	k[2] = k[2]>>8 ^ crc32.IEEETable[byte(k[2])^byte(k[1]>>24)]
}

func (k *zipCrypto) decrypt(b []byte) {
	for i, c := range b {
		t := k[2]&0xffff | 2
		c ^= byte(t * (t ^ 1) >> 8)
		k.take(c)
		b[i] = c
	}
}

// opens reports that the last byte of the salt is what it should be.
func (k *zipCrypto) opens(head []byte, m *zipMember) bool {
	const later = 1 << 3
	salt := append([]byte(nil), head[:cryptoHead]...)
	k.decrypt(salt)
	check := salt[cryptoHead-1]
	return check == byte(m.sum>>24) && m.summed || (m.flags&later != 0 || !m.summed) && check == byte(m.time>>8)
}

type zipCryptoKey []byte

func (word zipCryptoKey) reader(in io.Reader, _ int64) io.Reader {
	return &cryptoReader{in: in, key: newZipCrypto(word), salt: cryptoHead}
}

type cryptoReader struct {
	in   io.Reader
	key  *zipCrypto
	salt int // bytes still to be passed over
}

func (r *cryptoReader) Read(p []byte) (int, error) {
	for r.salt > 0 {
		b := make([]byte, r.salt)
		n, err := r.in.Read(b)
		r.key.decrypt(b[:n])
		if r.salt -= n; err != nil {
			return 0, err
		}
	}
	n, err := r.in.Read(p)
	r.key.decrypt(p[:n])
	return n, err
}

// zipAES is the encryption of WinZip (AES Encryption Information, AE-1 and
// AE-2): salt, two bytes that tell a wrong password, data, a seal.
type zipAES struct{ strength byte }

const (
	aesCheck = 2  // bytes that tell a wrong password
	aesSeal  = 10 // bytes of HMAC-SHA-1
	aesTurns = 1000
)

// key derives the key of a password, and reports whether it may be the one.
func (a *zipAES) key(head, word []byte) (zipKey, bool) {
	if a.strength < 1 || a.strength > 3 {
		return nil, false
	}
	size := 8 + 8*int(a.strength) // bytes of the key; the salt is half as long
	if len(head) < size/2+aesCheck {
		return nil, false
	}
	all, err := pbkdf2.Key(sha1.New, string(word), head[:size/2], aesTurns, 2*size+aesCheck)
	if err != nil || subtle.ConstantTimeCompare(all[2*size:], head[size/2:size/2+aesCheck]) == 0 {
		return nil, false
	}
	return &aesKey{salt: size / 2, cipher: all[:size], mac: all[size : 2*size]}, true
}

type aesKey struct {
	salt        int
	cipher, mac []byte
}

func (k *aesKey) reader(in io.Reader, packed int64) io.Reader {
	block, err := aes.NewCipher(k.cipher)
	if err != nil {
		return ended{err} // never: keys are made as long as they must be
	}
	return &aesReader{
		in: in, skip: k.salt + aesCheck, left: packed - int64(k.salt+aesCheck+aesSeal),
		block: block, mac: hmac.New(sha1.New, k.mac),
	}
}

// aesReader decrypts in counter mode with a counter that begins at 1 and has
// its lowest byte first, and checks the seal at the end.
type aesReader struct {
	in    io.Reader
	skip  int   // bytes still to be passed over
	left  int64 // bytes of data still to come
	block cipher.Block
	mac   hash.Hash
	count uint64
	key   [1024]byte // key stream
	used  int        // of it; 0: all is used
	ended error
}

func (r *aesReader) Read(p []byte) (int, error) {
	for r.skip > 0 {
		n, err := r.in.Read(make([]byte, r.skip))
		if r.skip -= n; err != nil {
			return 0, short(err)
		}
	}
	if r.left <= 0 {
		return 0, r.end()
	}
	n, err := r.in.Read(p[:min(int64(len(p)), r.left)])
	_, _ = r.mac.Write(p[:n])
	r.left -= int64(n)
	for b := p[:n]; len(b) > 0; {
		if r.used == 0 {
			r.refill()
		}
		k := subtle.XORBytes(b, b, r.key[r.used:])
		b = b[k:]
		r.used = (r.used + k) % len(r.key)
	}
	if errors.Is(err, io.EOF) && r.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if errors.Is(err, io.EOF) {
		err = nil // the seal comes first
	}
	return n, err
}

func (r *aesReader) refill() {
	clear(r.key[:])
	for at := 0; at < len(r.key); at += aes.BlockSize {
		r.count++
		binary.LittleEndian.PutUint64(r.key[at:], r.count)
		r.block.Encrypt(r.key[at:at+aes.BlockSize], r.key[at:at+aes.BlockSize])
	}
}

// end checks the seal.
func (r *aesReader) end() error {
	if r.ended == nil {
		seal := make([]byte, aesSeal)
		if _, err := io.ReadFull(r.in, seal); err != nil {
			r.ended = short(err)
		} else if r.ended = io.EOF; r.left < 0 || !hmac.Equal(seal, r.mac.Sum(nil)[:aesSeal]) {
			r.ended = errZipSeal
		}
	}
	return r.ended
}

// short makes an end that comes too soon one.
func short(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
