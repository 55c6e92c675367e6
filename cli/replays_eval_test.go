//go:build eval

package cli_test

import "testing"

// TestEvalReplays plays two claims from post to finding, as their document has them: some
// fifty snapshots are imported, which is too long for every change.
func TestEvalReplays(t *testing.T) { playDocument(t, "../docs/replays.md") }
