package scenario

import (
	"encoding/binary"
	"os"
	"testing"

	"constat.example/internal/chance"
)

func TestPileOrdersWhatItSpills(t *testing.T) {
	t.Parallel()
	p := &pile{dir: t.TempDir()}
	const rows = 4000
	text := make([]byte, 1200)
	for i := range uint64(rows) {
		// All in two buckets, so that they spill.
		key := chance.Mix(i)>>7 | i&1<<63
		binary.LittleEndian.PutUint64(text, key)
		if err := p.add(key, i, text); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := os.ReadDir(p.dir); len(left) == 0 && rows*len(text) > 2*spill {
		t.Error("nothing was put on disk")
	}
	var last, n, sum uint64
	err := p.each(func(number uint64, text []byte) error {
		key := binary.LittleEndian.Uint64(text)
		if key < last || len(text) != 1200 {
			t.Fatal("rows out of order or cut")
		}
		last = key
		n++
		sum += number
		return nil
	})
	if err != nil || n != rows || sum != rows*(rows-1)/2 {
		t.Errorf("%d rows, %v", n, err)
	}
	p.remove()
	if left, _ := os.ReadDir(p.dir); len(left) > 0 {
		t.Errorf("%d files left", len(left))
	}
}
