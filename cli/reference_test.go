package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// TestReferenceIsFresh holds docs/cli.md against the help that it is made from.
func TestReferenceIsFresh(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	streams := Streams{In: strings.NewReader(""), Out: &out, Err: &errs}
	if code := Run(t.Context(), []string{"man", "--markdown"}, streams, func(string) string { return "" }); code != 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	golden(t, filepath.Join("..", "docs", "cli.md"), out.Bytes())
}
