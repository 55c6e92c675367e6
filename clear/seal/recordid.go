package seal

import (
	"crypto/subtle"
	"encoding/binary"

	"constat.example/internal/failure"
)

// tagSize is the length of the synthetic IV that heads a sealed record id.
const tagSize = 8

// SealRecordID seals a record id so that the key can open it again: a 64-bit
// tag of the id, which is also the IV, then the id in AES-CTR. It is the SIV
// construction (RFC 5297; Rogaway & Shrimpton 2006) with a 64-bit tag: equal
// ids seal equally, and a changed byte does not open. The length of the id
// shows. Two different ids share an IV with a chance of one in 2^64 per pair;
// who holds both then learns how they differ.
func (k *Key) SealRecordID(id []byte) []byte {
	return k.appendRecordID(make([]byte, 0, tagSize+len(id)), id)
}

// appendRecordID appends to dst what SealRecordID returns.
func (k *Key) appendRecordID(dst, id []byte) []byte {
	x := k.scratch.Get().(*block)
	defer k.scratch.Put(x)
	k.idTag.sum(x, id)
	start := len(dst)
	dst = append(dst, x[:tagSize]...)
	dst = append(dst, id...)
	k.crypt(dst[start+tagSize:], dst[start:start+tagSize])
	return dst
}

// OpenRecordID opens what SealRecordID made. It fails for what this key did
// not seal.
func (k *Key) OpenRecordID(sealed []byte) (string, error) {
	if len(sealed) < tagSize {
		return "", notSealed(len(sealed))
	}
	id := append([]byte(nil), sealed[tagSize:]...)
	k.crypt(id, sealed[:tagSize])
	x := k.scratch.Get().(*block)
	defer k.scratch.Put(x)
	k.idTag.sum(x, id)
	if subtle.ConstantTimeCompare(x[:tagSize], sealed[:tagSize]) != 1 {
		clear(id)
		return "", notSealed(len(sealed))
	}
	return string(id), nil
}

func notSealed(n int) error {
	return failure.New(failure.BadInput,
		"Open it with the key of the register it comes from; if that is this key, the register's files were changed and should be restored from a backup.",
		"a sealed record id of %d bytes was not sealed with this key", n)
}

// crypt turns text over in place with the AES-CTR key stream that iv begins;
// the low half of the counter block is left to count blocks. Ids are short:
// crypto/cipher's stream would cost more to make than to use.
func (k *Key) crypt(text, iv []byte) {
	x := k.scratch.Get().(*block)
	defer k.scratch.Put(x)
	for n := uint64(0); len(text) > 0; n++ {
		copy(x[:], iv)
		binary.BigEndian.PutUint64(x[tagSize:], n)
		k.idText.Encrypt(x[:], x[:])
		text = text[subtle.XORBytes(text, text, x[:]):]
	}
}
