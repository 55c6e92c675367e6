package agency

import (
	"bytes"
	"context"
	"testing"
)

func TestOneOrTwoThreadsMakeTheSameWorld(t *testing.T) {
	t.Parallel()
	var texts [2][]byte
	for i := range texts {
		w, err := New(t.Context(), Config{People: 30_000, Seed: 3, Threads: i + 1})
		if err != nil {
			t.Fatal(err)
		}
		type part struct {
			c   *Chunk
			out [2][]byte
		}
		err = InOrder(t.Context(), i+1, w.Chunks(), func(k int, p *part) *part {
			if p == nil {
				p = new(part)
			}
			p.c, p.out = w.Make(k, p.c), [2][]byte{}
			p.c.Snapshots(p.out[:], make([]int, 2), []int64{w.Month(0), w.Month(20)})
			return p
		}, func(p *part) error {
			texts[i] = append(append(texts[i], p.out[0]...), p.out[1]...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Error("the worlds differ")
	}
}

func BenchmarkWorld(b *testing.B) {
	for b.Loop() {
		w, err := New(context.Background(), Config{People: 200_000, Seed: 1})
		if err != nil {
			b.Fatal(err)
		}
		err = InOrder(context.Background(), 2, w.Chunks(), w.Make, func(*Chunk) error { return nil })
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(200_000*float64(b.N)/b.Elapsed().Seconds(), "people/s")
}

func BenchmarkSnapshotCSV(b *testing.B) {
	w, err := New(context.Background(), Config{People: 20_000, Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	c := w.Make(0, nil)
	var out [1][]byte
	for b.Loop() {
		out[0] = out[0][:0]
		c.Snapshots(out[:], make([]int, 1), []int64{w.Month(12)})
	}
	b.SetBytes(int64(len(out[0])))
	b.ReportMetric(float64(c.People())*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
