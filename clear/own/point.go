package own

import (
	"crypto/rand"
	"errors"

	"github.com/cloudflare/circl/group"
)

// PointSize is the length of a Point in bytes.
const PointSize = 32

// Point is an element of ristretto255, encoded (RFC 9496): a blinded value, or
// one that both sides have blinded.
type Point [PointSize]byte

// Secret is the exponent of one meeting. It is made for it and forgotten after
// it, and never leaves memory. Its methods may be called from several goroutines.
type Secret struct {
	_ [0]func() // incomparable
	s group.Scalar
}

// NewSecret makes a secret of chance.
func NewSecret() *Secret {
	return &Secret{s: group.Ristretto255.RandomNonZeroScalar(rand.Reader)}
}

// String shows nothing of the secret.
func (s *Secret) String() string { return "‹secret of a meeting›" }

// GoString is String.
func (s *Secret) GoString() string { return s.String() }

// suite is the domain separation of HashToGroup in the OPRF mode of RFC 9497,
// section 4.1, so that Blind is its Blind and Raise its BlindEvaluate.
const suite = "HashToGroup-OPRFV1-\x00-ristretto255-SHA512"

// domain keeps our points apart from those of other protocols over the same suite.
const domain = "constat.example/own/1/"

// Blind hashes a canonical value into the group and raises it to the secret.
// Values of different identifiers never give the same point.
func (s *Secret) Blind(id Identifier, canonical []byte) Point {
	input := make([]byte, 0, len(domain)+len(id.String())+1+len(canonical))
	input = append(input, domain...)
	input = append(input, id.String()...)
	input = append(input, 0)
	return s.blind(append(input, canonical...))
}

func (s *Secret) blind(input []byte) Point {
	e := group.Ristretto255.HashToElement(input, []byte(suite))
	return encode(e.Mul(e, s.s))
}

// ErrPoint says that bytes from outside are no point that an honest side sends.
var ErrPoint = errors.New("what came is no point of the group")

// Raise raises a point of the other side to the secret. It is the only thing that
// is ever done to bytes from outside with the secret, and refuses all but the one
// encoding of each point; the group has no others, of small order, to be led into.
func (s *Secret) Raise(p Point) (Point, error) {
	e, err := decode(p)
	if err != nil {
		return Point{}, err
	}
	return encode(e.Mul(e, s.s)), nil
}

// RandomPoint is nobody's value.
func RandomPoint() Point { return encode(group.Ristretto255.RandomElement(rand.Reader)) }

func decode(p Point) (group.Element, error) {
	e := group.Ristretto255.NewElement()
	if err := e.UnmarshalBinary(p[:]); err != nil || e.IsIdentity() || encode(e) != p {
		return nil, ErrPoint
	}
	return e, nil
}

func encode(e group.Element) (p Point) {
	text, err := e.MarshalBinaryCompress()
	if err != nil || len(text) != PointSize {
		panic("own: a point that cannot be written")
	}
	copy(p[:], text)
	return p
}
