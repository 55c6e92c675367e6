package seal

import "constat.example/internal/failure"

// Wrap encrypts a small secret, such as another key, so that only this key
// opens it again, and only for the same purpose: AES-256-GCM under a key of its
// own domain, with a random nonce and the purpose as associated data. The length
// of the secret shows. The nonce is safe for some four thousand million secrets.
func (k *Key) Wrap(purpose string, secret []byte) []byte {
	return k.wrapper.Seal(nil, nil, secret, []byte(purpose))
}

// Unwrap opens what Wrap made for the same purpose. It fails for what this key
// did not wrap, and for what was changed or put in another's place.
func (k *Key) Unwrap(purpose string, wrapped []byte) ([]byte, error) {
	secret, err := k.wrapper.Open(nil, nil, wrapped, []byte(purpose))
	if err != nil {
		return nil, failure.New(failure.BadInput,
			"Open it with the key it was made under; if that is this key, the file was changed and should be restored from a backup.",
			"a wrapped secret of %d bytes was not wrapped with this key, or not for this purpose", len(wrapped))
	}
	return secret, nil
}
