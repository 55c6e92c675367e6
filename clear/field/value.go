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
	text, validity, reason := s.canonical(k, []byte(raw))
	return Value{kind: k, validity: validity, reason: reason, canonical: string(text)}
}

// Kind is the kind the value was parsed as.
func (v Value) Kind() kind.Kind { return v.kind }

// Canonical is the clear canonical form: equal values have equal ones.
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
