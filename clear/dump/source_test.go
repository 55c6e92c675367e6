package dump

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// failing is a source that cannot be read from some place on.
type failing struct {
	io.ReaderAt
	from int64
	err  error
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, f.err
	}
	return f.ReaderAt.ReadAt(p, off)
}

// TestSourceFails holds that the failure of a source ends the reading, in every
// packing, and is never taken for damage of the data.
func TestSourceFails(t *testing.T) {
	t.Parallel()
	text := numbered(200_000)
	broken := failure.New(failure.BadInput, "Do so.", "the seal is broken")
	for name, content := range map[string]string{"plain": text, "gzip": gz(t, text), "zstd": zst(t, text), "zip": zipped(t, "a.csv", text)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, share := range []int64{0, 1, 2, 3} {
				size := int64(len(content))
				src := Source{Name: "a", Size: size, At: failing{bytes.NewReader([]byte(content)), size * share / 4, broken}}
				d, err := Open(t.Context(), []Source{src}, Options{})
				if err == nil {
					_, err = d.Scan(t.Context(), nopEach)
				}
				if !errors.Is(err, broken) || failure.HintOf(err) != "Do so." {
					t.Errorf("failing at %d of 4: %v", share, err)
				}
			}
		})
	}
}

func TestSourceCutShort(t *testing.T) {
	t.Parallel()
	text := numbered(20_000)
	d, err := Open(t.Context(), []Source{{Name: "a", Size: int64(len(text)), At: bytes.NewReader([]byte(text[:len(text)-100]))}}, Options{})
	if err == nil {
		_, err = d.Scan(t.Context(), nopEach)
	}
	if failure.CodeOf(err) != failure.BadInput {
		t.Errorf("error %v", err)
	}
}

func nopEach(_ *table.Batch, release func()) error {
	release()
	return nil
}
