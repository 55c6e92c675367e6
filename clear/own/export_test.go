package own

import (
	"encoding/hex"
	"testing"

	"github.com/cloudflare/circl/group"
)

// BlindInput is Blind of an input as it is.
func (s *Secret) BlindInput(input []byte) Point { return s.blind(input) }

// SecretOf makes a secret of an encoded scalar.
func SecretOf(t *testing.T, text string) *Secret {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	s := group.Ristretto255.NewScalar()
	if err := s.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	return &Secret{s: s}
}

// Unblind undoes a secret.
func (s *Secret) Unblind(t *testing.T, p Point) Point {
	t.Helper()
	inverse := group.Ristretto255.NewScalar().Inv(s.s)
	out, err := (&Secret{s: inverse}).Raise(p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Messages, for tests that speak the protocol by themselves.
const (
	MsgOffer    = msgOffer
	MsgQuery    = msgQuery
	MsgAccepted = msgAccepted
	MsgRefused  = msgRefused
	MsgRows     = msgRows
	MsgPoints   = msgPoints
	MsgRaised   = msgRaised
	MsgTold     = msgTold
	Chunk       = chunk
)

// ParseMessage reads any message of the conversation.
func ParseMessage(kind byte, payload []byte) error {
	for want, into := range map[byte]any{msgOffer: &offer{}, msgQuery: &query{}, msgAccepted: &accepted{}, msgRefused: &refused{}, msgTold: &Told{}} {
		if kind == want {
			return parse(kind, payload, want, into)
		}
	}
	_, err := points(payload)
	return err
}
