package seal_test

import (
	"bytes"
	"crypto/cipher"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/seal"
)

func testKey() *seal.Key { return seal.NewKey(bytes.Repeat([]byte{7}, 32)) }

func whole(k kind.Kind) token.Column { return token.Column{Kind: k, Occurrence: 1} }

// The numbers fix the derivation: registers sealed before would no longer
// compare if one changed.
func TestTokensStay(t *testing.T) {
	t.Parallel()
	k := testKey()
	if got, want := k.ID(), "3c2d936adc288084"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
	if got, want := k.Token(whole(kind.Email), []byte("a@b.example")), token.Token(5063294701485663820); got != want {
		t.Errorf("e-mail %d, want %d", got, want)
	}
	head := token.Column{Kind: kind.Email, Occurrence: 1, Role: token.Head}
	if got, want := k.Token(head, []byte("a")), token.Token(-12880); got != want {
		t.Errorf("head %d, want %d", got, want)
	}
	if got, want := k.Variant(kind.Name, token.Edit, []byte("DUPNT")), token.VariantOf(k.Token(whole(kind.BirthSurname), []byte("DUPNT"))); got != want {
		t.Errorf("edit %d, want %d", got, want)
	}
}

func TestDomains(t *testing.T) {
	t.Parallel()
	k := testKey()
	text := []byte("MARTIN")
	of := func(kd kind.Kind, role token.Role) token.Token {
		return k.Token(token.Column{Kind: kd, Occurrence: 1, Role: role}, text)
	}
	half := func(t token.Token) token.Token { return token.Token(token.VariantOf(t)) }
	variant := func(c token.Class) token.Token { return token.Token(k.Variant(kind.Name, c, text)) }
	for _, test := range []struct {
		name string
		a, b token.Token
		same bool
	}{
		{"birth and used surname", of(kind.BirthSurname, 0), of(kind.UsedSurname, 0), true},
		{"surname and given name", of(kind.BirthSurname, 0), of(kind.GivenNames, 0), true},
		{"given names", of(kind.GivenNames, token.Whole), of(kind.GivenNames, token.Third), true},
		{"birthplace and city", of(kind.BirthPlace, 0), of(kind.City, 0), true},
		{"address lines", of(kind.Address, 0), of(kind.AddressExtra, 0), true},
		{"form variant and value", half(of(kind.BirthSurname, 0)), variant(token.Form), true},
		{"edit variant and value", half(of(kind.BirthSurname, 0)), variant(token.Edit), true},
		{"sound and edit", variant(token.Sound), variant(token.Edit), false},
		{"name and place", of(kind.BirthSurname, 0), of(kind.City, 0), false},
		{"login and identifier", of(kind.Login, 0), of(kind.Identifier, 0), false},
		{"head and tail", of(kind.Login, token.Head), of(kind.Login, token.Tail), false},
		{"another register", of(kind.Login, 0), seal.NewKey(make([]byte, 32)).Token(whole(kind.Login), text), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if (test.a == test.b) != test.same {
				t.Errorf("tokens %d and %d: want same %v", test.a, test.b, test.same)
			}
		})
	}
}

func TestShortTokensFitSixteenBits(t *testing.T) {
	t.Parallel()
	k := testKey()
	short := []token.Column{
		{Kind: kind.NIR, Occurrence: 1, Role: token.Head},
		{Kind: kind.Email, Occurrence: 2, Role: token.Tail},
		whole(kind.Sex), whole(kind.HouseNumber),
	}
	var low, high bool
	for i := range 200_000 { // three times over, so that zero would be met
		got := k.Token(short[i%len(short)], fmt.Append(nil, i))
		if got == 0 || int64(int16(got)) != got {
			t.Fatalf("value %d has the short token %d", i, got)
		}
		low, high = low || got < -30_000, high || got > 30_000
	}
	if !low || !high {
		t.Error("short tokens do not fill their range")
	}
}

func TestRecordIDs(t *testing.T) {
	t.Parallel()
	k := testKey()
	seen := map[string]bool{}
	for _, id := range []string{"", "1", "A-17", "ab", "AB", strings.Repeat("long", 100), "\x00\xff"} {
		sealed := k.SealRecordID([]byte(id))
		if seen[string(sealed)] {
			t.Errorf("two ids seal equally")
		}
		seen[string(sealed)] = true
		if !bytes.Equal(sealed, k.SealRecordID([]byte(id))) {
			t.Errorf("an id of %d bytes seals differently the second time", len(id))
		}
		if len(id) > 3 && bytes.Contains(sealed, []byte(id)) {
			t.Errorf("an id of %d bytes stands in the clear", len(id))
		}
		got, err := k.OpenRecordID(sealed)
		if err != nil || got != id {
			t.Errorf("an id of %d bytes opened as %d bytes, %v", len(id), len(got), err)
		}
		for i := range sealed {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1
			if _, err := k.OpenRecordID(bad); err == nil {
				t.Errorf("an id of %d bytes opened with byte %d changed", len(id), i)
			}
		}
		if _, err := seal.NewKey(make([]byte, 32)).OpenRecordID(sealed); err == nil {
			t.Errorf("an id of %d bytes opened with another key", len(id))
		}
	}
	if _, err := k.OpenRecordID([]byte("short")); err == nil {
		t.Error("five bytes were opened")
	}
}

// The key stream is that of AES-CTR with the tag and eight zeros as IV.
func TestRecordIDIsCounterMode(t *testing.T) {
	t.Parallel()
	k := testKey()
	id := []byte(strings.Repeat("0123456789abcdef", 20) + "tail")
	sealed := k.SealRecordID(id)
	got := make([]byte, len(id))
	cipher.NewCTR(k.RecordIDCipher(), append(bytes.Clone(sealed[:8]), make([]byte, 8)...)).XORKeyStream(got, sealed[8:])
	if !bytes.Equal(got, id) {
		t.Error("crypto/cipher opens it differently")
	}
}

func TestKeysShowNothing(t *testing.T) {
	t.Parallel()
	k := testKey()
	for _, got := range []string{
		fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s %d %x", k, k, k, k, k, k), k.String(), k.GoString(), k.LogValue().String(), slog.AnyValue(k).Resolve().String(),
	} {
		if rest := strings.ReplaceAll(got, "‹register key "+k.ID()+"›", ""); strings.TrimSpace(rest) != "" {
			t.Errorf("shown as %q", got)
		}
	}
}

func TestDestroyedKeysSealNothing(t *testing.T) {
	t.Parallel()
	k := testKey()
	k.Destroy()
	defer func() {
		if recover() == nil {
			t.Error("a destroyed key sealed a value")
		}
	}()
	k.Token(whole(kind.Email), []byte("a@b.example"))
}

func BenchmarkToken(b *testing.B) {
	k := testKey()
	text := []byte("1985-07-14")
	column := whole(kind.BirthDate)
	b.ReportAllocs()
	for b.Loop() {
		k.Token(column, text)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "Mtokens/s")
}

func BenchmarkSealRecordID(b *testing.B) {
	k := testKey()
	id := []byte("A-20391827")
	b.ReportAllocs()
	for b.Loop() {
		k.SealRecordID(id)
	}
}

// Other organisations have noted the pin of this key.
func TestMeetingKeyStays(t *testing.T) {
	t.Parallel()
	k := testKey()
	public := k.Meeting().Public().(ed25519.PublicKey)
	if got, want := hex.EncodeToString(public[:8]), "7210e98e606472dc"; got != want {
		t.Errorf("public key %s…, want %s", got, want)
	}
	other := seal.NewKey(make([]byte, 32)).Meeting().Public().(ed25519.PublicKey)
	if public.Equal(other) {
		t.Error("two registers have one meeting key")
	}
	k.Destroy()
	if len(k.Meeting()) != 0 {
		t.Error("the meeting key outlives the key")
	}
}
