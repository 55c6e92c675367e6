package cli

import "testing"

func TestBuildIsKnown(t *testing.T) {
	t.Parallel()
	if id := build(); id == "" || id != build() {
		t.Errorf("the build is told as %q", id)
	}
}
