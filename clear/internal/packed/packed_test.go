package packed_test

import (
	"bytes"
	"testing"

	"constat.example/clear/internal/packed"
)

// TestText packs texts of every length, and gives them back.
func TestText(t *testing.T) {
	t.Parallel()
	whole := []byte("abcdefghijklmnopqrstuvw")
	seen := map[packed.Text]int{}
	for n := 1; n <= packed.Longest; n++ {
		p := packed.Of(whole[:n])
		if got := p.Append([]byte("x")); !bytes.Equal(got, append([]byte("x"), whole[:n]...)) || p.Len() != n {
			t.Errorf("%d bytes are given back as %q, %d", n, got, p.Len())
		}
		seen[p]++
		zeros := packed.Of(make([]byte, n))
		seen[zeros]++
		if q := packed.Of(bytes.Clone(whole[:n])); !p.Is(&q) || p.Hash() != q.Hash() || p.Is(&zeros) {
			t.Errorf("%d bytes are not themselves", n)
		}
	}
	if len(seen) != 2*packed.Longest {
		t.Errorf("%d texts of %d", len(seen), 2*packed.Longest)
	}
}
