package ledger

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"

	"constat.example/internal/failure"
)

// A time-stamp authority (RFC 3161) is sent the SHA-256 of a checkpoint, as it is
// written, and nothing else; what it answers tells that the checkpoint was there at
// that time, and with it everything that stood in the ledger.

// MostStamp is the most bytes of an answer that is read.
const MostStamp = 1 << 20

// Question is what a time-stamp authority is asked about a checkpoint, and the nonce
// that its answer must repeat.
func Question(checkpoint []byte) (ask []byte, nonce *big.Int, err error) {
	if nonce, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63)); err != nil {
		return nil, nil, err
	}
	ask, err = timestamp.CreateRequest(bytes.NewReader(checkpoint), &timestamp.RequestOptions{Hash: crypto.SHA256, Certificates: true, Nonce: nonce})
	return ask, nonce, err
}

// Stamp is an answer of a time-stamp authority.
type Stamp struct {
	Time     time.Time
	Accuracy time.Duration // 0: it does not say
	Nonce    *big.Int
	token    *pkcs7.PKCS7
}

// ReadStamp reads an answer about a checkpoint, as it came, and checks that it is
// about that checkpoint and that its signature holds. Whose signature it is, Trusted
// tells.
func ReadStamp(answer, checkpoint []byte) (_ *Stamp, err error) {
	defer func() { // a parser of what others wrote
		if recover() != nil {
			err = errors.New("it is no answer of a time-stamp authority")
		}
	}()
	if len(answer) > MostStamp {
		return nil, errors.New("it is no answer of a time-stamp authority: it is too long")
	}
	ts, err := timestamp.ParseResponse(answer)
	if err != nil {
		return nil, fmt.Errorf("it is no answer of a time-stamp authority, or it is refused: %w", err)
	}
	s := &Stamp{Time: ts.Time.UTC(), Accuracy: ts.Accuracy, Nonce: ts.Nonce}
	if s.token, err = pkcs7.Parse(ts.RawToken); err != nil {
		return nil, fmt.Errorf("it is no answer of a time-stamp authority: %w", err)
	}
	if s.token.GetOnlySigner() == nil { // with the certificate there, the signature was checked
		return nil, errors.New("it does not carry the certificate of the one that signed it")
	}
	sum := HashOf(checkpoint)
	if ts.HashAlgorithm != crypto.SHA256 || !bytes.Equal(ts.HashedMessage, sum[:]) {
		return nil, errors.New("it is about something else than the checkpoint")
	}
	return s, nil
}

// Trusted tells whether the one that signed the stamp is certified by one of roots to
// give time stamps, at the time that it gives.
func (s *Stamp) Trusted(roots *x509.CertPool) error {
	between := x509.NewCertPool()
	for _, c := range s.token.Certificates {
		between.AddCert(c)
	}
	_, err := s.token.GetOnlySigner().Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: s.Time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping},
	})
	if err != nil {
		return fmt.Errorf("the authority that signed it is not trusted: %w", err)
	}
	return nil
}

// Roots reads certificates in PEM.
func Roots(pem []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, failure.New(failure.BadInput, "Name a file of certificates in PEM, as the time-stamp authority publishes it.", "it holds no certificate")
	}
	return pool, nil
}
