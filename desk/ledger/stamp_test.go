package ledger_test

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"constat.example/desk/ledger"
	"constat.example/internal/tsatest"
)

// stampOf is the authority's answer about a text.
func stampOf(t testing.TB, a *tsatest.Authority, text []byte) []byte {
	t.Helper()
	sum := ledger.HashOf(text)
	answer, err := a.Stamp(sum[:], big.NewInt(5))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestStamp(t *testing.T) {
	t.Parallel()
	a, other := tsatest.New(t, day), tsatest.New(t, day)
	text := []byte("a checkpoint")
	answer := stampOf(t, a, text)
	s, err := ledger.ReadStamp(answer, text)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Time.Equal(day) || s.Nonce.Int64() != 5 {
		t.Errorf("stamped %s, nonce %s", s.Time, s.Nonce)
	}
	for _, c := range []struct {
		name  string
		roots []byte
		want  string
	}{
		{"the one that certifies it", a.Roots, ""},
		{"another", other.Roots, "is not trusted"},
	} {
		roots, err := ledger.Roots(c.roots)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Trusted(roots); (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := ledger.ReadStamp(answer, []byte("another")); err == nil || !strings.Contains(err.Error(), "something else") {
		t.Errorf("about another text: %v", err)
	}
	// Whoever is certified for something else gives no time stamps.
	web := tsatest.NewServer(t, day)
	if s, err := ledger.ReadStamp(stampOf(t, web, text), text); err != nil {
		t.Error(err)
	} else if roots, err := ledger.Roots(web.Roots); err != nil || s.Trusted(roots) == nil {
		t.Errorf("a server's certificate gives time stamps, %v", err)
	}
	ask, nonce, err := ledger.Question(text)
	if err != nil {
		t.Fatal(err)
	}
	sum := ledger.HashOf(text)
	if got, err := timestamp.ParseRequest(ask); err != nil || !bytes.Equal(got.HashedMessage, sum[:]) || got.Nonce.Cmp(nonce) != 0 || !got.Certificates {
		t.Errorf("asked: %+v, %v", got, err)
	}
	if _, err := ledger.Roots([]byte("no certificate")); err == nil {
		t.Error("roots of nothing")
	}
}

func TestWitness(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir())
	grow(t, l, 0, 5, 5)
	c := checkpoint(t, l)
	skey, vkey, err := ledger.NewWitnessKey()
	if err != nil {
		t.Fatal(err)
	}
	by, err := ledger.ParseWitnessSigner([]byte(skey+"\n"), func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	w, err := ledger.ParseWitness([]byte(vkey))
	if err != nil {
		t.Fatal(err)
	}
	text, err := ledger.Cosign(c, by)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ledger.OpenCheckpoint(text, l.Key(), w)
	if err != nil || len(got.By) != 1 || got.Size != 5 || got.Root != c.Root {
		t.Fatalf("cosigned: %+v, %v", got, err)
	}
	if got, err := ledger.OpenCheckpoint(text, l.Key()); err != nil || len(got.By) != 0 {
		t.Errorf("a witness that is not known: %+v, %v", got, err)
	}
	at := bytes.LastIndex(text, []byte(" ")) + 20
	text[at] ^= 1
	if _, err := ledger.OpenCheckpoint(text, l.Key(), w); err == nil {
		t.Error("a changed cosignature holds")
	}
	for _, bad := range []string{"", skey, "a+b+c", vkey[:len(vkey)-4]} {
		if _, err := ledger.ParseWitness([]byte(bad)); err == nil {
			t.Errorf("%q is the key of a witness", bad)
		}
	}
	if _, err := ledger.ParseWitnessSigner([]byte(vkey), nil); err == nil {
		t.Error("a public key signs")
	}
}
