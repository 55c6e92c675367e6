package seal

import "crypto/cipher"

// SetWork makes scrypt cheap enough for tests.
func (r *Ring) SetWork(log2 int) { r.work = log2 }

// NewKey makes a key of chosen bytes.
var NewKey = newKey

// RecordIDCipher is the cipher of record ids.
func (k *Key) RecordIDCipher() cipher.Block { return k.idText }
