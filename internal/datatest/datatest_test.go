package datatest_test

import (
	"bytes"
	"os"
	"testing"

	"constat.example/internal/datatest"
)

func TestMissingDataSkips(t *testing.T) {
	t.Parallel()
	var inner *testing.T
	t.Run("inner", func(t *testing.T) {
		inner = t
		datatest.Path(t, "no-such-set/no-such-file.csv")
		t.Error("a missing file was found")
	})
	if !inner.Skipped() {
		t.Error("the test was not skipped")
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(datatest.Path(t, "README.md")); err != nil {
		t.Error(err)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, begins := range map[string]string{
		"fr-communes/regions.json":    "[",
		"fr-communes/communes.csv.gz": "code",
	} {
		if data := datatest.Read(t, name); !bytes.HasPrefix(data, []byte(begins)) {
			t.Errorf("%s begins with %q", name, data[:min(len(data), 8)])
		}
	}
}
