package seal_test

import (
	"bytes"
	"testing"

	"constat.example/clear/seal"
	"constat.example/internal/failure"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	key, other := seal.NewKey(bytes.Repeat([]byte{1}, 32)), seal.NewKey(bytes.Repeat([]byte{2}, 32))
	secret := []byte("another key, of some length")
	wrapped := key.Wrap("case/a", secret)
	if got, err := key.Unwrap("case/a", wrapped); err != nil || !bytes.Equal(got, secret) {
		t.Fatalf("%q, %v", got, err)
	}
	if bytes.Contains(wrapped, secret[:8]) || bytes.Equal(wrapped, key.Wrap("case/a", secret)) {
		t.Error("the secret shows, or is wrapped the same twice")
	}
	if got, err := key.Unwrap("", key.Wrap("", nil)); err != nil || len(got) != 0 {
		t.Errorf("nothing, for nothing: %q, %v", got, err)
	}
	for _, c := range []struct {
		name    string
		key     *seal.Key
		purpose string
		wrapped []byte
	}{
		{"another key", other, "case/a", wrapped},
		{"another purpose", key, "case/b", wrapped},
		{"cut short", key, "case/a", wrapped[:len(wrapped)-1]},
		{"next to nothing", key, "case/a", wrapped[:5]},
		{"nothing", key, "case/a", nil},
	} {
		if _, err := c.key.Unwrap(c.purpose, c.wrapped); failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	for i := range wrapped {
		changed := bytes.Clone(wrapped)
		changed[i] ^= 1
		if _, err := key.Unwrap("case/a", changed); err == nil {
			t.Errorf("byte %d was changed, and it opens", i)
		}
	}
}
