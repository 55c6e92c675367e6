package seal

import (
	"encoding/hex"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The examples of RFC 4493 section 4, and of NIST SP 800-38B appendix D.3 for
// AES-256, which take the same texts.
func TestMACVectors(t *testing.T) {
	t.Parallel()
	const (
		key128 = "2b7e151628aed2a6abf7158809cf4f3c"
		key256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
		text   = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
			"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
	)
	for _, test := range []struct {
		name, key string
		length    int
		want      string
	}{
		{"AES-128, empty", key128, 0, "bb1d6929e95937287fa37d129b756746"},
		{"AES-128, one block", key128, 16, "070a16b46b4d4144f79bdd9dd04a287c"},
		{"AES-128, 40 bytes", key128, 40, "dfa66747de9ae63030ca32611497c827"},
		{"AES-128, four blocks", key128, 64, "51f0bebf7e3b9d92fc49741779363cfe"},
		{"AES-256, empty", key256, 0, "028962f61b7bf89efc6b551f4667d983"},
		{"AES-256, one block", key256, 16, "28a7023f452e8f82bd4bf28d8c37c35c"},
		{"AES-256, 40 bytes", key256, 40, "aaf3d8f1de5640c232f5b169b9c911e6"},
		{"AES-256, four blocks", key256, 64, "e1992190549f6ed5696a2c056c315410"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var x block
			newMAC(unhex(t, test.key)).sum(&x, unhex(t, text)[:test.length])
			if got := hex.EncodeToString(x[:]); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestSubkeys(t *testing.T) {
	t.Parallel()
	m := newMAC(unhex(t, "2b7e151628aed2a6abf7158809cf4f3c"))
	if got := hex.EncodeToString(m.k1[:]); got != "fbeed618357133667c85e08f7236a8de" {
		t.Errorf("K1 %s", got)
	}
	if got := hex.EncodeToString(m.k2[:]); got != "f7ddac306ae266ccf90bc11ee46d513b" {
		t.Errorf("K2 %s", got)
	}
}
