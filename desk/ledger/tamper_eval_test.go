//go:build eval

package ledger_test

import "testing"

// TestEvalTampered makes ten thousand random changes to a ledger: all are found.
func TestEvalTampered(t *testing.T) { tamper(t, 10_000, 8) }
