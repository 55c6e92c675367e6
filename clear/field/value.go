package field

import (
	"fmt"
	"log/slog"
	"unicode/utf8"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Value is one personal value in the clear. Every way of printing it is
// redacted; Canonical is the only way to its text. The zero Value is empty.
type Value struct {
	kind      kind.Kind
	validity  Validity
	reason    Reason
	canonical string
}

// Part is the canonical text of one token column that a cell gives.
type Part struct {
	Column token.Column
	Text   []byte
}

// Parse reads raw, however messy, as a value of kind k.
func Parse(k kind.Kind, raw string) Value {
	var s Splitter
	validity, reason := s.read(k, []byte(raw))
	return Value{kind: k, validity: validity, reason: reason, canonical: string(s.compose(k))}
}

// compose writes the canonical text of the whole cell that s has just read.
func (s *Splitter) compose(k kind.Kind) []byte {
	switch k {
	case kind.BirthSurname, kind.UsedSurname:
		return s.composeSurname()
	case kind.GivenNames:
		return s.composeGiven(nil)
	case kind.FullName:
		return s.composeFullName()
	case kind.Address:
		return s.composeAddress()
	}
	return s.out[:s.whole]
}

// text is the text of the part in the column of that kind and role, or nil.
func (s *Splitter) text(k kind.Kind, role token.Role) []byte {
	for _, p := range s.spans {
		if p.kind == k && p.role == role {
			return s.out[p.from:p.to]
		}
	}
	return nil
}

// Kind is the kind the value was parsed as.
func (v Value) Kind() kind.Kind { return v.kind }

// Canonical is the clear canonical form: equal values have equal ones, and
// parsing one gives it back. Where a cell gives several parts it holds them
// all: "DUPONT NEE MARTIN", "DUPONT, MARIE, ANNE", "JEAN-PIERRE".
func (v Value) Canonical() string { return v.canonical }

// Validity says what the value is worth.
func (v Value) Validity() Validity { return v.validity }

// Reason says why the value is odd or invalid.
func (v Value) Reason() Reason { return v.reason }

// String is redacted: the kind and the length only.
func (v Value) String() string {
	return fmt.Sprintf("‹%s, %d characters›", v.kind, utf8.RuneCountInString(v.canonical))
}

// GoString is redacted like String.
func (v Value) GoString() string { return v.String() }

// Format is redacted like String, whatever the verb.
func (v Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(v.String())) }

// LogValue is redacted like String.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalText is redacted like String, so that no encoder reaches the value.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
