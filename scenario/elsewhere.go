package scenario

import (
	"bytes"
	"context"
	"fmt"

	"constat.example/internal/chance"
	"constat.example/scenario/internal/agency"
)

// Other agencies know some of the same people, each person as of another time,
// under ids of their own and some with another mail address.

// knows reports whether the other agency knows that person, and as of when: six
// people in ten, unless a share is given.
func (j *job) knows(c *agency.Chunk, k int) (at int64, known bool) {
	random := chance.Mix(c.Key(k) + 0x7f4a + j.t.Other<<32)
	known = random%10 < 6
	if j.t.Share > 0 {
		known = random%10_000 < uint64(j.t.Share)
	}
	return int64(chance.Mix(random) % uint64(j.at+1)), known
}

// elsewhere turns a cell into what another agency has: ids of its own, and for
// four people in ten another mail address.
func elsewhere(b []byte, from int, c agency.Column, key uint64) []byte {
	switch c {
	case agency.RecordID:
		return fmt.Appendf(b[:from], "PSP%09d%c", chance.Mix(key+0x11)%1_000_000_000, 'A'+rune(chance.Mix(key+0x12)%26))
	case agency.Email:
		if at := bytes.IndexByte(b[from:], '@'); at > 0 && chance.Mix(key+0x13)%10 < 4 {
			return fmt.Appendf(b[:from+at], "%d@sport-loisir.example", chance.Mix(key+0x14)%1000)
		}
	}
	return b
}

// unissued writes an id of a format in which the agency never gave one.
func unissued(b []byte, key uint64) []byte {
	return fmt.Appendf(b, "%08X/%c", uint32(chance.Mix(key+0x15)), 'A'+rune(chance.Mix(key+0x16)%26))
}

// gather gives to use what other agencies hold: what is known of the agency's
// people, then of strangers, of whom all agencies know the same.
func (j *job) gather(ctx context.Context, use func(*loot) error) error {
	others, err := j.strangers(ctx, j.w.c.People*4/10+100)
	if err != nil {
		return err
	}
	for _, w := range []*agency.World{j.w.w, others} {
		ours := w == j.w.w
		err := agency.InOrder(ctx, j.w.c.Threads, w.Chunks(), func(i int, l *loot) *loot {
			l = l.begin(w, i)
			for k := range l.chunk.People() {
				j.join(l, k, ours)
			}
			return l
		}, use)
		if err != nil {
			return err
		}
	}
	return nil
}

// join adds one row of what the other agencies know of the k-th person: each
// column from the one that saw it last.
func (j *job) join(l *loot, k int, ours bool) {
	sources := j.sources
	if !j.t.Merged {
		sources = []*job{j}
	}
	raw := append(l.raw[:0], make([][]byte, len(j.columns))...)
	l.raw, l.scratch = raw, l.scratch[:0]
	seen := make([]int64, len(j.columns))
	found := false
	var row agency.Row
	for _, s := range sources {
		at, known := s.knows(l.chunk, k)
		if !known || !l.chunk.Row(&row, k, at) {
			continue
		}
		found = true
		for i, c := range j.columns {
			if !s.has(c) || len(row.Cell(c)) == 0 || raw[i] != nil && at < seen[i] {
				continue
			}
			from := len(l.scratch)
			l.scratch = append(l.scratch, row.Cell(c)...)
			if j.t.Merged {
				l.scratch = elsewhere(l.scratch, from, c, l.chunk.Key(k)+s.t.Other<<32)
			}
			raw[i], seen[i] = l.scratch[from:len(l.scratch):len(l.scratch)], at
		}
	}
	if !found {
		return
	}
	number := uint64(nobody)
	there := true
	now := &row
	if ours {
		number = l.chunk.Number(k)
		now = new(agency.Row)
		there = l.chunk.Row(now, k, j.last)
	}
	j.write(l, k, [][][]byte{raw}, now, there, number)
}

// has reports whether the theft has that column.
func (j *job) has(c agency.Column) bool {
	for _, have := range j.columns {
		if have == c {
			return true
		}
	}
	return false
}
