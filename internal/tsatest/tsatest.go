// Package tsatest is a time-stamp authority (RFC 3161) for tests, on a certificate that
// a root of its own certifies. Nobody trusts it.
package tsatest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// Authority gives time stamps.
type Authority struct {
	Roots []byte    // what certifies it, in PEM
	At    time.Time // what it says the time is

	cert *x509.Certificate
	key  crypto.Signer
}

// New makes an authority for which it is that time.
func New(t testing.TB, at time.Time) *Authority {
	t.Helper()
	// RFC 3161, 2.3: the usage stands alone and is critical.
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	return certified(t, at, &x509.Certificate{
		KeyUsage: x509.KeyUsageDigitalSignature, Subject: pkix.Name{CommonName: "Time stamps of a test"},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
	})
}

// NewServer makes one whose certificate is for servers, and not for time stamps.
func NewServer(t testing.TB, at time.Time) *Authority {
	t.Helper()
	return certified(t, at, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, Subject: pkix.Name{CommonName: "A server"}})
}

func certified(t testing.TB, at time.Time, as *x509.Certificate) *Authority {
	t.Helper()
	root := certificate(t, at, &x509.Certificate{IsCA: true, KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, Subject: pkix.Name{CommonName: "Root of a test"}}, nil)
	a := certificate(t, at, as, root)
	a.Roots = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.cert.Raw})
	return a
}

func certificate(t testing.TB, at time.Time, as *x509.Certificate, by *Authority) *Authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	as.SerialNumber, as.NotBefore, as.NotAfter = big.NewInt(7), at.AddDate(-1, 0, 0), at.AddDate(20, 0, 0)
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
	return &Authority{At: at, cert: cert, key: key}
}

// Stamp answers about a SHA-256. The nonce is that of the question; it may be nil.
func (a *Authority) Stamp(sum []byte, nonce *big.Int) ([]byte, error) {
	ts := timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: sum, Time: a.At, Nonce: nonce, Policy: asn1.ObjectIdentifier{1, 2, 3}, AddTSACertificate: true}
	return ts.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
}

// ServeHTTP answers questions (RFC 3161, 3.4).
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err == nil && r.Header.Get("Content-Type") != "application/timestamp-query" {
		err = http.ErrNotSupported
	}
	var ask *timestamp.Request
	if err == nil {
		ask, err = timestamp.ParseRequest(text)
	}
	var answer []byte
	if err == nil {
		answer, err = a.Stamp(ask.HashedMessage, ask.Nonce)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(answer) // who asked may be gone
}
