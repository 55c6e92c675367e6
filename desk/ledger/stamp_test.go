package ledger_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"constat.example/desk/ledger"
)

// authority is a time-stamp authority of a test, and the one that certifies it.
type authority struct {
	cert  *x509.Certificate
	key   crypto.Signer
	roots []byte // PEM
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	root := certificate(t, &x509.Certificate{IsCA: true, KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, Subject: pkix.Name{CommonName: "Root of a test"}}, nil)
	// RFC 3161, 2.3: the usage stands alone and is critical.
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	a := certificate(t, &x509.Certificate{
		KeyUsage: x509.KeyUsageDigitalSignature, Subject: pkix.Name{CommonName: "Time stamps of a test"},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
	}, &root)
	a.roots = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.cert.Raw})
	return a
}

func certificate(t testing.TB, as *x509.Certificate, by *authority) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	as.SerialNumber, as.NotBefore, as.NotAfter = big.NewInt(7), day.AddDate(-1, 0, 0), day.AddDate(20, 0, 0)
	parent, signer := as, crypto.Signer(key)
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, as, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert: cert, key: key}
}

// stampOf is the authority's answer about a text.
func stampOf(t testing.TB, a authority, text []byte) []byte {
	t.Helper()
	sum := ledger.HashOf(text)
	ts := timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Time: day, Nonce: big.NewInt(5), Policy: asn1.ObjectIdentifier{1, 2, 3}, AddTSACertificate: true}
	answer, err := ts.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestStamp(t *testing.T) {
	t.Parallel()
	a, other := newAuthority(t), newAuthority(t)
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
		{"the one that certifies it", a.roots, ""},
		{"another", other.roots, "is not trusted"},
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
	root := certificate(t, &x509.Certificate{IsCA: true, KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, Subject: pkix.Name{CommonName: "Root"}}, nil)
	web := certificate(t, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, Subject: pkix.Name{CommonName: "A server"}}, &root)
	if s, err := ledger.ReadStamp(stampOf(t, web, text), text); err == nil {
		pool := x509.NewCertPool()
		pool.AddCert(root.cert)
		if s.Trusted(pool) == nil {
			t.Error("a server's certificate gives time stamps")
		}
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
