package cli

import (
	"testing"

	"constat.example/desk/ledger"
)

// TestEveryActHasWords: what the ledger can tell of, people can read.
func TestEveryActHasWords(t *testing.T) {
	t.Parallel()
	for _, act := range ledger.Acts {
		if acts[act] == "" {
			t.Errorf("%s has no words", act)
		}
	}
	if len(acts) != len(ledger.Acts) {
		t.Errorf("words for %d acts of %d", len(acts), len(ledger.Acts))
	}
}
