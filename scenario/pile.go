package scenario

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
)

// pile puts rows in order of their keys, on disk when they are many. Keys are
// even: the buckets, by first bits, are about equal.
type pile struct {
	dir     string
	buckets [64]bucket
}

type bucket struct {
	rows []byte // frames: key, number, length, text
	more *os.File
}

// spill is how many bytes a bucket holds in memory.
const spill = 4 << 20

func (p *pile) add(key, number uint64, text []byte) error {
	b := &p.buckets[key>>58]
	b.rows = binary.LittleEndian.AppendUint64(b.rows, key)
	b.rows = binary.LittleEndian.AppendUint64(b.rows, number)
	b.rows = binary.LittleEndian.AppendUint32(b.rows, uint32(len(text)))
	b.rows = append(b.rows, text...)
	if len(b.rows) < spill {
		return nil
	}
	if b.more == nil {
		f, err := os.CreateTemp(p.dir, ".rows-*")
		if err != nil {
			return fmt.Errorf("putting rows in order: %w", err)
		}
		b.more = f
	}
	if _, err := b.more.Write(b.rows); err != nil {
		return fmt.Errorf("putting rows in order: %w", err)
	}
	b.rows = b.rows[:0]
	return nil
}

// each gives every row in order and empties the pile.
func (p *pile) each(use func(number uint64, text []byte) error) error {
	type place struct {
		key, number uint64
		from, to    int
	}
	for i := range p.buckets {
		b := &p.buckets[i]
		rows := b.rows
		if b.more != nil {
			if _, err := b.more.Seek(0, io.SeekStart); err != nil {
				return fmt.Errorf("putting rows in order: %w", err)
			}
			before, err := io.ReadAll(bufio.NewReader(b.more))
			if err != nil {
				return fmt.Errorf("putting rows in order: %w", err)
			}
			rows = append(before, rows...)
		}
		var places []place
		for at := 0; at < len(rows); {
			head := rows[at : at+20]
			at += 20
			n := int(binary.LittleEndian.Uint32(head[16:]))
			places = append(places, place{binary.LittleEndian.Uint64(head), binary.LittleEndian.Uint64(head[8:]), at, at + n})
			at += n
		}
		slices.SortStableFunc(places, func(a, b place) int { return cmp.Compare(a.key, b.key) })
		for _, r := range places {
			if err := use(r.number, rows[r.from:r.to]); err != nil {
				return err
			}
		}
		b.rows = nil
	}
	return nil
}

// remove deletes what the pile put on disk.
func (p *pile) remove() {
	for i := range p.buckets {
		if f := p.buckets[i].more; f != nil {
			_ = f.Close() // scratch: nothing depends on it
			_ = os.Remove(f.Name())
		}
	}
}
