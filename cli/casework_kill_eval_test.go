//go:build eval

package cli_test

import "testing"

// TestEvalCaseworkKilled kills a hundred times each: work on cases, destroying, backing up and
// bringing back, on both kinds of store.
func TestEvalCaseworkKilled(t *testing.T) { killOnStores(t, 100, 100, 100) }
